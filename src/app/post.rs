//! What use cases need to write to people: whether anything can leave the house, and the secrets of links and codes.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{CompetitionId, PublicId};
use crate::domain::judge_link;
use crate::domain::letter::LetterKind;
use crate::domain::phone::Recipient;
use crate::domain::text::Lang;
use crate::error::{Error, Result};
use crate::store::outbox::{self, NewMessage};

use super::{Effect, Tx, random};

/// How many digits a sign-in code has.
pub const CODE_DIGITS: usize = 8;

/// The post office of a node.
pub struct Post {
    key: hmac::Key,
    sends: bool,
    phones: bool,
}

/// What a message of the outbox holds beside its kind and recipient. No secret is among it: the delivery makes links and
/// codes anew from what they are about.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Slip {
    /// The language of whoever caused it.
    pub(super) lang: Lang,
    /// The opaque id of what it is about, or a small fact; may be empty.
    pub(super) about: String,
}

/// A letter to be written.
#[derive(Debug, Clone)]
pub struct Order {
    /// What it is about.
    pub kind: LetterKind,
    /// For whom.
    pub to: Recipient,
    /// In which language.
    pub lang: Lang,
    /// The opaque id of what it is about, or a small fact; may be empty.
    pub about: String,
    /// After so many seconds it is of no use any more.
    pub life: i64,
}

impl Post {
    /// The post office of an instance with this secret; `sends` tells whether a channel is configured.
    #[must_use]
    pub fn new(secret: &[u8; 32], sends: bool) -> Self {
        // Not the secret itself: what is made here says nothing about the keys that it encrypts.
        let master = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let own = hmac::sign(&master, b"palmares links and codes");
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()),
            sends,
            phones: false,
        }
    }

    /// The same, where messages reach phones or not.
    #[must_use]
    pub fn reaching_phones(self, phones: bool) -> Self {
        Self { phones, ..self }
    }

    /// Refuses what makes no sense where no phone is reached.
    ///
    /// # Errors
    /// [`Error::Conflict`] `no_phone_channel`.
    pub fn require_phones(&self) -> Result<()> {
        if self.phones {
            Ok(())
        } else {
            Err(Error::conflict("no_phone_channel"))
        }
    }

    /// Whether letters can leave.
    #[must_use]
    pub const fn sends(&self) -> bool {
        self.sends
    }

    /// Refuses what makes no sense where no letter can leave.
    ///
    /// # Errors
    /// [`Error::Conflict`] `no_channel`.
    pub fn require(&self) -> Result<()> {
        if self.sends {
            Ok(())
        } else {
            Err(Error::conflict("no_channel"))
        }
    }

    /// The token of a link, 256 bits. The same at each attempt to deliver it; kept nowhere, and unknown to whoever has the
    /// database without the instance's secret.
    #[must_use]
    pub fn token(&self, kind: LetterKind, id: &PublicId) -> String {
        URL_SAFE_NO_PAD.encode(self.tag(kind, id).as_ref())
    }

    /// The code of a judge's link or of a tablet, 130 bits that people can type.
    #[must_use]
    pub fn judge_code(&self, id: &PublicId) -> String {
        judge_link::spelled(self.tag(LetterKind::JudgeLink, id).as_ref())
    }

    /// The digits that a judge types on a tablet of the hall.
    #[must_use]
    pub fn pin(&self, id: &PublicId) -> String {
        digits(&self.sign(&format!("pin:{id}")), judge_link::PIN_DIGITS)
    }

    /// What is kept of such digits: with the database alone nobody finds them by trying all.
    #[must_use]
    pub fn pin_hash(&self, competition: CompetitionId, pin: &str) -> String {
        let tag = self.sign(&format!("pin hash:{}:{pin}", competition.0));
        URL_SAFE_NO_PAD.encode(tag.as_ref())
    }

    /// The digits of a sign-in code.
    #[must_use]
    pub fn code(&self, id: &PublicId) -> String {
        digits(&self.tag(LetterKind::SignInCode, id), CODE_DIGITS)
    }

    /// The digits of a code that confirms a phone.
    #[must_use]
    pub fn phone_code(&self, id: &PublicId) -> String {
        digits(&self.tag(LetterKind::PhoneConfirmation, id), CODE_DIGITS)
    }

    fn tag(&self, kind: LetterKind, id: &PublicId) -> hmac::Tag {
        self.sign(&format!("{kind}:{id}"))
    }

    fn sign(&self, text: &str) -> hmac::Tag {
        hmac::sign(&self.key, text.as_bytes())
    }

    /// Puts a letter into the outbox, in the transaction of its cause. Where nothing can leave, nothing piles up.
    ///
    /// # Errors
    /// When the database fails.
    pub fn enqueue(&self, tx: &mut Tx<'_>, order: &Order) -> Result<()> {
        let reached = match order.to {
            Recipient::Email(_) => self.sends,
            Recipient::Phone(_) => self.phones,
        };
        if !reached {
            return Ok(());
        }
        let slip = Slip {
            lang: order.lang,
            about: order.about.clone(),
        };
        let new = NewMessage {
            public_id: random::public_id(),
            kind: order.kind.as_str().into(),
            recipient: order.to.to_string(),
            body: serde_json::to_string(&slip).map_err(Error::internal)?,
            created_at: tx.now,
            due_at: tx.now,
            expires_at: tx.now.plus_seconds(order.life),
        };
        outbox::enqueue(tx.conn, &new)?;
        tx.after(Effect::MessageWaiting);
        Ok(())
    }
}

/// So many digits, made from a tag.
fn digits(tag: &hmac::Tag, count: usize) -> String {
    let bytes = tag.as_ref().iter().take(8);
    let number = bytes.fold(0_u64, |n, byte| (n << 8) | u64::from(*byte));
    format!("{number:020}").chars().rev().take(count).collect()
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post")
            .field("sends", &self.sends)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_again_and_another_for_every_thing_kind_and_instance() {
        let (one, two) = (Post::new(&[1; 32], true), Post::new(&[2; 32], true));
        let (a, b) = (PublicId("a".into()), PublicId("b".into()));
        let token = one.token(LetterKind::PasswordReset, &a);
        assert_eq!(token.len(), 43);
        assert_eq!(token, one.token(LetterKind::PasswordReset, &a));
        for other in [
            one.token(LetterKind::PasswordReset, &b),
            one.token(LetterKind::EmailChange, &a),
            two.token(LetterKind::PasswordReset, &a),
        ] {
            assert_ne!(token, other);
        }
        assert_eq!(one.code(&a).len(), CODE_DIGITS);
        assert!(one.code(&a).bytes().all(|b| b.is_ascii_digit()));
        assert_ne!(one.code(&a), one.code(&b));
    }
}
