//! QR codes as pictures.

use qrcode::QrCode;
use qrcode::render::svg;

use crate::error::{Error, Result};

/// A text as an SVG document.
///
/// # Errors
/// When the text is too long.
pub(super) fn picture(text: &str) -> Result<String> {
    let code = QrCode::new(text).map_err(Error::internal)?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

/// The same to stand in a page: without the XML declaration.
///
/// # Errors
/// When the text is too long.
pub(super) fn inline(text: &str) -> Result<String> {
    let document = picture(text)?;
    let start = document.find("<svg").unwrap_or_default();
    Ok(document.get(start..).unwrap_or_default().to_owned())
}
