//! Writes the letter of a message that is due, as things are now: what nobody waits for any more is not written.

use crate::domain::ids::PublicId;
use crate::domain::letter::{Letter, LetterKind, LinkKind};
use crate::domain::phone::{Phone, Recipient};
use crate::domain::text::{Email, Lang};
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::store::competitions;
use crate::store::invitations;
use crate::store::judge_links;
use crate::store::links::{self, Link};
use crate::store::outbox::Message;
use crate::store::phones;
use crate::store::sign_in_codes;
use crate::store::users::{self, User};
use crate::words;

use super::post::{Post, Slip};
use super::{Tx, random};

/// How long a link that sets a new password can be used, in seconds.
pub const RESET_LIFE: i64 = 45 * 60;
/// How long a link that confirms an address can be used, in seconds.
pub const CONFIRMATION_LIFE: i64 = 3 * 24 * 3600;

/// Where the buttons of letters are.
#[derive(Debug, Clone, Copy)]
pub struct Pages<'a> {
    /// Where the public finds this server, without a slash at the end.
    pub public_url: &'a str,
}

/// A letter and to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// The address, or the phone.
    pub to: Recipient,
    /// The letter.
    pub letter: Letter,
}

/// What became of a message that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A letter.
    Letter(Addressed),
    /// Nobody waits for it any more: no such account, confirmed already, taken back.
    Pointless,
    /// It is none of ours.
    Unreadable,
}

/// Writes the letter of a message, in the transaction that opens its link.
///
/// # Errors
/// When the database fails.
pub fn write(tx: &mut Tx<'_>, post: &Post, pages: Pages<'_>, message: &Message) -> Result<Written> {
    let (Ok(kind), Ok(slip), Ok(to)) = (
        message.kind.parse::<LetterKind>(),
        serde_json::from_str::<Slip>(&message.body),
        message.recipient.parse::<Recipient>(),
    ) else {
        return Ok(Written::Unreadable);
    };
    let mut writer = Writer {
        tx,
        post,
        pages,
        message,
        letter: Letter::new(kind, slip.lang),
        about: PublicId(slip.about),
    };
    let letter = match (kind, &to) {
        (LetterKind::SignInCode, _) => writer.sign_in_code(&to)?,
        (LetterKind::PhoneConfirmation, Recipient::Phone(phone)) => writer.phone_confirmation(phone)?,
        (_, Recipient::Phone(_)) | (LetterKind::PhoneConfirmation, _) => return Ok(Written::Unreadable),
        (LetterKind::Invitation, _) => writer.invitation()?,
        (LetterKind::EmailVerification, Recipient::Email(to)) => writer.email_verification(to)?,
        (LetterKind::PasswordReset, Recipient::Email(to)) => writer.password_reset(to)?,
        (LetterKind::EmailChange, Recipient::Email(to)) => writer.email_change(to)?,
        (LetterKind::EmailChanged, _) => Some(writer.letter.with("address", writer.about)),
        (LetterKind::PhoneAdded, _) => Some(writer.letter.with("phone", writer.about)),
        (LetterKind::PasswordChanged | LetterKind::SecondFactorRemoved, _) => Some(writer.letter),
        (LetterKind::IdentityAdded, _) => Some(writer.letter.with("provider", writer.about)),
        (LetterKind::JudgeLink, Recipient::Email(to)) => writer.judge_link(to)?,
    };
    Ok(letter.map_or(Written::Pointless, |letter| {
        Written::Letter(Addressed { to, letter })
    }))
}

struct Writer<'a, 'c> {
    tx: &'a mut Tx<'c>,
    post: &'a Post,
    pages: Pages<'a>,
    message: &'a Message,
    letter: Letter,
    about: PublicId,
}

impl Writer<'_, '_> {
    fn invitation(&mut self) -> Result<Option<Letter>> {
        let token = self.post.token(LetterKind::Invitation, &self.about);
        let found = invitations::by_token(self.tx.conn, &random::hash(&token))?;
        let Some(invitation) = found.filter(|i| i.accepted_at.is_none() && self.tx.now < i.expires_at) else {
            return Ok(None);
        };
        let competition = competitions::by_id(self.tx.conn, invitation.competition)?;
        let lang = self.letter.lang;
        let role = words::message(
            &format!("page-role-{}", invitation.role),
            &words::Params::new(),
            lang,
        );
        let letter = self
            .begun()
            .with("inviter", invitations::inviter(self.tx.conn, invitation.id)?)
            .with("competition", competition.name.into_inner().in_lang(lang))
            .with("role", role)
            .with("until", invitation.expires_at.in_zone(&competition.time_zone));
        Ok(Some(self.link(letter, "invitations", &token)))
    }

    fn email_verification(&mut self, to: &Email) -> Result<Option<Letter>> {
        let user = users::by_public_id(self.tx.conn, &self.about)?;
        let waits = |u: &User| u.email == *to && u.email_verified_at.is_none() && u.disabled_at.is_none();
        let Some(user) = user.filter(waits) else {
            return Ok(None);
        };
        self.confirmation(&user, LinkKind::EmailVerification, to)
    }

    fn email_change(&mut self, to: &Email) -> Result<Option<Letter>> {
        let user = users::by_public_id(self.tx.conn, &self.about)?;
        let Some(user) = user.filter(|u| u.email != *to && u.disabled_at.is_none()) else {
            return Ok(None);
        };
        // Whether an address has an account is not for whoever asks: its owner hears nothing, the asker neither.
        if users::by_email(self.tx.conn, to)?.is_some() {
            return Ok(None);
        }
        self.confirmation(&user, LinkKind::EmailChange, to)
    }

    fn confirmation(&mut self, user: &User, kind: LinkKind, to: &Email) -> Result<Option<Letter>> {
        let Some(token) = self.open_link(user, kind, to, CONFIRMATION_LIFE)? else {
            return Ok(None);
        };
        let letter = self.begun().with("days", CONFIRMATION_LIFE / (24 * 3600));
        Ok(Some(self.link(letter, "verification", &token)))
    }

    fn password_reset(&mut self, to: &Email) -> Result<Option<Letter>> {
        let user = users::by_email(self.tx.conn, to)?;
        let Some(user) = user.filter(|u| u.disabled_at.is_none()) else {
            return Ok(None);
        };
        let Some(token) = self.open_link(&user, LinkKind::PasswordReset, to, RESET_LIFE)? else {
            return Ok(None);
        };
        let letter = self.begun().with("minutes", RESET_LIFE / 60);
        Ok(Some(self.link(letter, "password", &token)))
    }

    fn sign_in_code(&mut self, to: &Recipient) -> Result<Option<Letter>> {
        let asked = sign_in_codes::by_public_id(self.tx.conn, &self.about)?;
        let Some(asked) = asked.filter(|c| c.used_at.is_none() && self.tx.now < c.expires_at) else {
            return Ok(None);
        };
        if sign_in_codes::account(self.tx.conn, to)?.is_none() {
            return Ok(None);
        }
        let code = self.post.code(&self.about);
        Ok(Some(self.coded(&code, asked.expires_at)))
    }

    fn phone_confirmation(&mut self, to: &Phone) -> Result<Option<Letter>> {
        let wanted = phones::by_public_id(self.tx.conn, &self.about)?;
        let Some(wanted) = wanted.filter(|w| w.phone == *to && self.tx.now < w.expires_at) else {
            return Ok(None);
        };
        let code = self.post.phone_code(&self.about);
        Ok(Some(self.coded(&code, wanted.expires_at)))
    }

    fn coded(&self, code: &str, expires_at: Stamp) -> Letter {
        let minutes = (expires_at.unix() - self.tx.now.unix()).max(60) / 60;
        // In two groups it is easier to type.
        let (first, last) = code.split_at_checked(code.len() / 2).unwrap_or((code, ""));
        let letter = self.begun().with("code", format!("{first} {last}"));
        letter.with("minutes", minutes)
    }

    fn judge_link(&mut self, to: &Email) -> Result<Option<Letter>> {
        let code = self.post.judge_code(&self.about);
        let link = judge_links::by_code(self.tx.conn, &random::hash(&code))?;
        let Some(link) = link.filter(|l| l.revoked_at.is_none() && self.tx.now < l.expires_at) else {
            return Ok(None);
        };
        if users::by_id(self.tx.conn, link.user)?.email != *to {
            return Ok(None);
        }
        let competition = competitions::by_id(self.tx.conn, link.competition)?;
        let zone = &competition.time_zone;
        let letter = self
            .begun()
            .with("from", link.opens_at.in_zone(zone))
            .with("until", link.expires_at.in_zone(zone))
            .with(
                "competition",
                competition.name.into_inner().in_lang(self.letter.lang),
            )
            .with("link", format!("{}/judge#{code}", self.pages.public_url));
        Ok(Some(letter))
    }

    /// The token of this message's link, which takes the place of an older one; nothing when it was used already.
    fn open_link(&mut self, user: &User, kind: LinkKind, to: &Email, life: i64) -> Result<Option<String>> {
        let token = self.post.token(self.letter.kind, &self.message.public_id);
        let token_hash = random::hash(&token);
        let known = links::by_token(self.tx.conn, &token_hash)?;
        if known.is_some_and(|link| link.used_at.is_some()) {
            return Ok(None);
        }
        let link = Link {
            user_id: user.id,
            kind,
            token_hash,
            email: Some(to.clone()),
            created_at: self.tx.now,
            expires_at: self.tx.now.plus_seconds(life),
            used_at: None,
        };
        links::put(self.tx.conn, &link)?;
        Ok(Some(token))
    }

    fn begun(&self) -> Letter {
        self.letter.clone()
    }

    fn link(&self, letter: Letter, page: &str, token: &str) -> Letter {
        letter.with("link", format!("{}/{page}/{token}", self.pages.public_url))
    }
}

/// The language to write in: the reader's, where it is known, else the one that was asked in.
#[must_use]
pub fn language(reader: Option<&User>, asked: Lang) -> Lang {
    reader.and_then(|user| user.language).unwrap_or(asked)
}
