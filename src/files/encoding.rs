//! Which letters a file's bytes are: UTF-8, UTF-16 as spreadsheet programs save it, or GB18030 (and so GBK), which they
//! write in China.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};

/// Bytes that are in none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Undecodable {
    /// The line of the first that is wrong, from 1.
    pub(super) line: u64,
    /// The character in that line, from 1.
    pub(super) column: u64,
}

/// The text of a file: what its byte order mark says, else UTF-8 where it is valid, else GB18030 where that is.
///
/// # Errors
/// Where the first wrong byte stands, read in the encoding that the mark names, or as UTF-8.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Undecodable> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let rest = bytes.get(mark..).unwrap_or_default();
    let fits =
        |encoding: &'static Encoding| encoding.decode_without_bom_handling_and_without_replacement(rest);
    fits(encoding)
        .or_else(|| fits(GB18030).filter(|_| mark == 0))
        .ok_or_else(|| first_wrong(encoding, rest))
}

fn first_wrong(encoding: &'static Encoding, bytes: &[u8]) -> Undecodable {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let most = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut good = String::with_capacity(most.unwrap_or_default());
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut good, true);
    debug_assert!(matches!(result, DecoderResult::Malformed(..)));
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let line = good.rsplit('\n').next().unwrap_or_default();
    Undecodable {
        line: number(good.matches('\n').count()).saturating_add(1),
        column: number(line.chars().count()).saturating_add(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `项目,评委` in GB18030.
    const GB: &[u8] = b"\xcf\xee\xc4\xbf,\xc6\xc0\xce\xaf";

    fn utf_16(text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.into_iter()
            .chain(text.encode_utf16().flat_map(bytes))
            .collect()
    }

    #[test]
    fn what_spreadsheet_programs_save_is_read() {
        let text = "项目,评委";
        assert_eq!(decoded(text.as_bytes()).unwrap(), text);
        assert_eq!(decoded(format!("\u{feff}{text}").as_bytes()).unwrap(), text);
        assert_eq!(
            decoded(&utf_16(text, [0xff, 0xfe], u16::to_le_bytes)).unwrap(),
            text
        );
        assert_eq!(
            decoded(&utf_16(text, [0xfe, 0xff], u16::to_be_bytes)).unwrap(),
            text
        );
        assert_eq!(decoded(GB).unwrap(), text);
        // Four bytes, which GBK has not: 㐀.
        assert_eq!(decoded(b"\x81\x39\xee\x39").unwrap(), "\u{3400}");
        assert_eq!(decoded(b"").unwrap(), "");
        assert_eq!(decoded(b"plain").unwrap(), "plain");
    }

    #[test]
    fn other_bytes_are_refused_with_their_place() {
        let at = |bytes: &[u8]| {
            decoded(bytes)
                .map_err(|e| (e.line, e.column))
                .map(Cow::into_owned)
        };
        assert_eq!(at(b"a,b\n1,\xff"), Err((2, 3)));
        assert_eq!(
            at(b"a\n\n\xe9,2"),
            Err((3, 1)),
            "a letter of Latin-1 before a comma"
        );
        assert_eq!(at(b"\xef\xbb\xbfa\xcf\xee"), Err((1, 2)), "marked as UTF-8");
        assert_eq!(at(b"\xff\xfea\0\n\0b"), Err((2, 1)), "half a letter");
        assert_eq!(at(b"\xff\xfe\x3d\xd8a\0"), Err((1, 1)), "half a pair");
    }
}
