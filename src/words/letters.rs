//! Letters as people read them.

use super::{Params, message};
use crate::domain::letter::Letter;

/// A letter's text and what stands over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Writes a letter in its language.
#[must_use]
pub fn write(letter: &Letter) -> Written {
    let params: Params<'_> = letter.params.iter().map(|(k, v)| (*k, v.clone())).collect();
    let say = |part: &str| message(&format!("letter-{}-{part}", letter.kind), &params, letter.lang);
    let end = message("letter-end", &params, letter.lang);
    Written {
        subject: say("subject"),
        text: format!("{}\n\n{end}\n", say("text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::letter::LetterKind;
    use crate::domain::text::Lang;

    #[test]
    fn every_letter_can_be_written_in_both_languages() {
        let params = [
            "inviter",
            "competition",
            "role",
            "until",
            "link",
            "days",
            "minutes",
            "code",
            "address",
            "provider",
        ];
        for (kind, lang) in LetterKind::ALL
            .iter()
            .flat_map(|k| [(*k, Lang::En), (*k, Lang::Zh)])
        {
            let letter = params.iter().fold(Letter::new(kind, lang), |l, name| {
                l.with(name, format!("<{name}>"))
            });
            let Written { subject, text } = write(&letter);
            assert!(
                !subject.starts_with("letter-") && !subject.contains('\n'),
                "{subject}"
            );
            assert!(!text.contains("letter-") && !text.contains('{'), "{text}");
            let linked = matches!(
                kind,
                LetterKind::Invitation
                    | LetterKind::EmailVerification
                    | LetterKind::PasswordReset
                    | LetterKind::EmailChange
            );
            assert_eq!(text.contains("<link>"), linked, "{text}");
        }
    }
}
