//! Asking for a code that signs in without a password.

use crate::domain::letter::LetterKind;
use crate::domain::phone::Recipient;
use crate::domain::text::Lang;
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::store::sign_in_codes::{self, SignInCode};

use super::brakes::{self, Request};
use super::post::{Order, Post};
use super::{Tx, random};

/// How long a code can be used, in seconds.
const LIFE: i64 = 600;

/// Who wants a code.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The address or phone of the account, if there is one.
    pub to: Recipient,
    /// The language to write in.
    pub lang: Lang,
    /// The network address that the request came from.
    pub from: String,
    /// How many requests of guests an address has in an hour.
    pub per_address: i64,
}

/// A request, whose code is on its way.
#[derive(Debug, Clone)]
pub struct Requested {
    /// Without it the code is good for nothing. Only whoever asked has it.
    pub handle: String,
    /// Until when the code can be used.
    pub expires_at: Stamp,
}

/// Has a code sent. Whether there is such an account is looked up later, by the delivery: what is done here, and how long
/// it takes, is the same for all.
///
/// # Errors
/// [`crate::error::Error::TooMany`] when it was asked for too often; [`crate::error::Error::Conflict`] `no_channel` or
/// `no_phone_channel` where nothing can be sent.
pub fn request(tx: &mut Tx<'_>, post: &Post, wanted: &Wanted) -> Result<Requested> {
    match wanted.to {
        Recipient::Email(_) => post.require()?,
        Recipient::Phone(_) => post.require_phones()?,
    }
    let brake = Request {
        what: "sign-in code",
        account: wanted.to.as_str(),
        from: &wanted.from,
    };
    brakes::guest(tx, brake, wanted.per_address)?;
    let (public_id, handle) = (random::public_id(), random::secret());
    let new = SignInCode {
        public_id: public_id.clone(),
        handle_hash: random::hash(&handle),
        recipient: wanted.to.clone(),
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(LIFE),
        tries: 0,
        used_at: None,
    };
    sign_in_codes::insert(tx.conn, &new)?;
    let order = Order {
        kind: LetterKind::SignInCode,
        to: wanted.to.clone(),
        lang: wanted.lang,
        about: public_id.to_string(),
        life: LIFE,
    };
    post.enqueue(tx, &order)?;
    Ok(Requested {
        handle,
        expires_at: new.expires_at,
    })
}
