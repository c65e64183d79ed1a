//! Bytes in every coding that clients take, each with a tag of its own.

use std::io::Write;

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// How bytes are packed on their way (RFC 9110, 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Brotli.
    Br,
    /// Zstandard.
    Zstd,
    /// Gzip.
    Gzip,
}

impl Coding {
    /// All, the one that packs best first.
    pub const ALL: [Self; 3] = [Self::Br, Self::Zstd, Self::Gzip];

    /// What it is called in headers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Br => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }
}

/// The same bytes, plain and packed.
#[derive(Debug)]
pub struct Form {
    plain: Variant,
    packed: Vec<(Coding, Variant)>,
}

/// Bytes with their strong tag, quotes included.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The bytes.
    pub bytes: Bytes,
    /// The tag: these bytes have it and no others.
    pub tag: Bytes,
}

impl Form {
    /// Packs bytes in every coding that makes them shorter.
    #[must_use]
    pub fn pack(plain: Bytes) -> Self {
        let hash: String = Sha256::digest(&plain)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let packed = Coding::ALL.into_iter().filter_map(|coding| {
            let bytes: Bytes = packed(coding, &plain).ok()?.into();
            let tag = format!("\"{hash}-{}\"", coding.as_str()).into();
            (bytes.len() < plain.len()).then_some((coding, Variant { bytes, tag }))
        });
        Self {
            packed: packed.collect(),
            plain: Variant {
                bytes: plain.clone(),
                tag: format!("\"{hash}\"").into(),
            },
        }
    }

    /// Whether these are its plain bytes.
    pub(super) fn is_of(&self, plain: &[u8]) -> bool {
        self.plain.bytes == plain
    }

    /// The memory of all its bytes.
    pub(super) fn bytes(&self) -> usize {
        let packed: usize = self.packed.iter().map(|(_, variant)| variant.bytes.len()).sum();
        self.plain.bytes.len() + packed
    }

    /// The bytes as they are.
    #[must_use]
    pub const fn plain(&self) -> &Variant {
        &self.plain
    }

    /// The bytes in a coding, where that makes them shorter.
    #[must_use]
    pub fn packed(&self, coding: Coding) -> Option<&Variant> {
        self.packed
            .iter()
            .find(|(c, _)| *c == coding)
            .map(|(_, variant)| variant)
    }
}

/// As well as is worth it for something that is sent many times and must be there within a second.
fn packed(coding: Coding, plain: &[u8]) -> std::io::Result<Vec<u8>> {
    match coding {
        Coding::Br => {
            let mut out = Vec::new();
            let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 6, 22);
            writer.write_all(plain)?;
            drop(writer);
            Ok(out)
        }
        Coding::Zstd => zstd::bulk::compress(plain, 9),
        Coding::Gzip => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            writer.write_all(plain)?;
            writer.finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_packed_is_the_same_bytes() {
        let plain = Bytes::from("{\"entry\":1,\"total\":\"89.90\"}".repeat(2000));
        let form = Form::pack(plain.clone());
        assert!(form.is_of(&plain) && form.bytes() > plain.len());
        let mut tags = vec![form.plain().tag.clone()];
        for coding in Coding::ALL {
            let variant = form.packed(coding).unwrap();
            assert!(variant.bytes.len() * 20 < plain.len(), "{coding:?}");
            let mut back = Vec::new();
            match coding {
                Coding::Br => drop(brotli::Decompressor::new(&*variant.bytes, 4096).read_to_end(&mut back)),
                Coding::Zstd => back = zstd::bulk::decompress(&variant.bytes, plain.len()).unwrap(),
                Coding::Gzip => drop(flate2::read::GzDecoder::new(&*variant.bytes).read_to_end(&mut back)),
            }
            assert_eq!(back, plain, "{coding:?}");
            tags.push(variant.tag.clone());
        }
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 4, "each coding has a tag of its own");
        assert!(
            Form::pack(Bytes::from_static(b"{}"))
                .packed(Coding::Gzip)
                .is_none()
        );
    }
}
