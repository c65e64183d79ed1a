//! A sheet to print, with a card for each judge: name, QR code, what to do with it.

use super::{Page, escape};
use crate::app::judge_links::Issued;
use crate::domain::second_factor::grouped;
use crate::domain::text::Lang;
use crate::error::Result;
use crate::http::api::judge_links::url;
use crate::http::qr;
use crate::words::{self, Params};

const STYLE: &str = "\
main{max-width:62rem}\
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:1rem;margin:1.5rem 0}\
.card{padding:1rem;border:1px dashed var(--soft);break-inside:avoid;text-align:center}\
.card h2{margin:0 0 .25rem;overflow-wrap:anywhere}.card p{margin:.4rem 0}\
.card svg{display:block;width:100%;max-width:13rem;height:auto;margin:.6rem auto;background:#fff}\
.code{font:.85rem/1.5 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}\
@media print{:root{--ink:#000;--soft:#444;--line:#999;--card:#fff;--back:#fff}\
body{padding:0}main{margin:0;padding:0;border:0;max-width:none}.help{display:none}\
.cards{grid-template-columns:1fr 1fr}}";

/// The sheet of new links.
///
/// # Errors
/// When an address is too long for a QR code.
pub(in crate::http) fn sheet(issued: &Issued, public_url: &str, lang: Lang) -> Result<Page> {
    let competition = issued.competition.in_lang(lang).to_owned();
    let params = Params::from([
        ("competition", competition.clone()),
        ("made", issued.made.len().to_string()),
        ("kept", issued.kept.len().to_string()),
    ]);
    let say = |key: &str| words::message(key, &params, lang);
    let mut page = Page::new(lang, &say("page-sheet-title"));
    page.style = Some(STYLE);
    page.html("<div class=\"help\">");
    page.tag("p", &say("page-sheet-what"));
    if !issued.kept.is_empty() {
        page.tag("p", &say("page-sheet-kept"));
        page.html("<ul>");
        for kept in &issued.kept {
            page.tag("li", &kept.link.name);
        }
        page.html("</ul>");
    }
    page.html("</div><div class=\"cards\">");
    for made in &issued.made {
        let link = &made.shown.link;
        let own = Params::from([
            ("from", link.opens_at.in_zone(&issued.time_zone)),
            ("until", link.expires_at.in_zone(&issued.time_zone)),
            ("devices", link.devices.to_string()),
        ]);
        let (first, last) = made.pin.split_at_checked(4).unwrap_or((&made.pin, ""));
        page.html("<section class=\"card\">");
        page.tag("h2", &link.name);
        page.tag("p", &competition);
        page.html(&qr::inline(&url(public_url, &made.code))?);
        page.tag("p", &words::message("page-sheet-scan", &own, lang));
        page.html(&format!(
            "<p><small>{}</small></p><p class=\"code\">{}/judge<br>{}</p><p><small>{}</small></p><p class=\"code\">{first} {last}</p>",
            escape(&say("page-sheet-type")),
            escape(public_url),
            grouped(&made.code),
            escape(&say("page-sheet-pin")),
        ));
        page.html("<p>");
        page.tag("small", &words::message("page-sheet-window", &own, lang));
        page.html("</p></section>");
    }
    page.html("</div>");
    Ok(page)
}
