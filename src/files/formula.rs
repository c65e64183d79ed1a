//! Fields that a spreadsheet would take for a formula: team names and reasons come from strangers, and organizers open the
//! files. They are written with an apostrophe before them, as spreadsheets themselves say that a field is a text
//! (OWASP, "CSV injection"), and read without it.

use std::borrow::Cow;

/// A field as it is written.
pub(super) fn guarded(field: &str) -> Cow<'_, str> {
    if is_formula(field) {
        return Cow::Owned(format!("'{field}"));
    }
    Cow::Borrowed(field)
}

/// A field as it was before it was written.
pub(super) fn unguarded(field: &str) -> &str {
    field
        .strip_prefix('\'')
        .filter(|rest| is_formula(rest))
        .unwrap_or(field)
}

/// Whether a field begins like a formula, behind any apostrophes, and is no number.
fn is_formula(field: &str) -> bool {
    let field = field.trim_start_matches('\'');
    let mut letters = field.chars();
    let first = letters.next();
    let rest = letters.as_str();
    let is_number = || rest.chars().all(|c| c.is_ascii_digit() || c == '.');
    match first {
        Some('=' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') => !rest.is_empty(),
        Some('+' | '-') => !rest.is_empty() && !is_number(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{guarded, unguarded};

    #[test]
    fn what_begins_like_a_formula_is_written_as_a_text_and_read_as_it_was() {
        for field in [
            "=cmd|' /C calc'!A0",
            "@SUM(A1)",
            "+1+1",
            "-2+3",
            "\t=1",
            "'=1",
            "''=1",
            "＝1",
            "=HYPERLINK(\"http://x\")",
            "-x",
        ] {
            let written = guarded(field);
            assert_eq!(written, format!("'{field}"));
            assert_eq!(unguarded(&written), field);
        }
        for field in ["", "-1.50", "+3", "-", "'", "'x", "x=1", "O'Neill", "12", "A-1"] {
            assert_eq!(guarded(field), field);
            assert_eq!(unguarded(field), field);
        }
    }
}
