//! What the server writes to people, and the links that letters carry.

use std::collections::BTreeMap;

use super::text::Lang;
use crate::code_enum;

code_enum! {
    /// What a letter is about.
    pub enum LetterKind {
        /// Somebody is invited to a role.
        Invitation = "invitation",
        /// Whether an address reaches who registered with it.
        EmailVerification = "email_verification",
        /// A link that sets a new password.
        PasswordReset = "password_reset",
        /// A code that signs in.
        SignInCode = "sign_in_code",
        /// Whether a new address reaches the account's owner.
        EmailChange = "email_change",
        /// To the old address: the account has another one now.
        EmailChanged = "email_changed",
        /// The account has another password now.
        PasswordChanged = "password_changed",
        /// Somebody else removed the account's second factor.
        SecondFactorRemoved = "second_factor_removed",
        /// A judge's link, from whoever organizes.
        JudgeLink = "judge_link",
        /// A code that shows that a phone reaches the account's owner.
        PhoneConfirmation = "phone_confirmation",
        /// The account has another phone now.
        PhoneAdded = "phone_added",
        /// The account can be entered by somebody's account elsewhere now.
        IdentityAdded = "identity_added",
    }
}

code_enum! {
    /// What the link of a letter does, once its button is pressed.
    pub enum LinkKind {
        /// Sets a new password.
        PasswordReset = "password_reset",
        /// Shows that the account's address reaches its owner.
        EmailVerification = "email_verification",
        /// Gives the account the address that the link was sent to.
        EmailChange = "email_change",
    }
}

code_enum! {
    /// How far a message is on its way.
    pub enum MessageState {
        /// It is to be sent, now or after a pause.
        Waiting = "waiting",
        /// The mail server or the gateway took it.
        Delivered = "delivered",
        /// It was refused, tried too often, or came to its end: nobody sends it any more.
        Dead = "dead",
    }
}

/// A letter to one person, which `words` turns into sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is about.
    pub kind: LetterKind,
    /// The language that its reader is taken to read.
    pub lang: Lang,
    /// What its sentences need.
    pub params: BTreeMap<&'static str, String>,
}

impl Letter {
    /// A letter whose sentences need nothing yet.
    #[must_use]
    pub const fn new(kind: LetterKind, lang: Lang) -> Self {
        let params = BTreeMap::new();
        Self { kind, lang, params }
    }

    /// The same with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.insert(name, value.to_string());
        self
    }
}
