//! Letters as people read them.

use super::{Params, message};
use crate::domain::letter::{Letter, LetterKind};

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

/// Writes a letter for a phone: a few words, since each costs, and nobody scrolls.
#[must_use]
pub fn write_for_phone(letter: &Letter) -> Written {
    let params: Params<'_> = letter.params.iter().map(|(k, v)| (*k, v.clone())).collect();
    let say = |part: &str| message(&format!("letter-{}-{part}", letter.kind), &params, letter.lang);
    let part = match letter.kind {
        LetterKind::SignInCode => "brief",
        _ => "text",
    };
    Written {
        subject: say("subject"),
        text: say(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Lang;

    #[test]
    fn every_letter_can_be_written_in_both_languages() {
        let params = [
            "inviter",
            "competition",
            "role",
            "until",
            "from",
            "link",
            "days",
            "minutes",
            "code",
            "address",
            "provider",
            "phone",
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
                    | LetterKind::JudgeLink
            );
            assert_eq!(text.contains("<link>"), linked, "{text}");
            if matches!(kind, LetterKind::SignInCode | LetterKind::PhoneConfirmation) {
                let Written { text, .. } = write_for_phone(&letter);
                assert!(text.contains("<code>") && !text.contains("letter-"), "{text}");
                assert!(!text.contains('\n') && text.chars().count() < 140, "{text}");
            }
        }
    }
}
