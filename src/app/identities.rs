//! Who people are at providers of single sign-on: signing in by it, having one's own, giving it up.

use serde_json::json;

use crate::domain::ids::PublicId;
use crate::domain::letter::LetterKind;
use crate::domain::policy::Action;
use crate::domain::provider::{Proved, Provider};
use crate::domain::session::{self, SessionKind};
use crate::domain::text::{Email, Lang};
use crate::error::{Conflict, Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::identities::{self, Identity, NewIdentity};
use crate::store::users::{self, User};

use super::actor::{Actor, Person};
use super::enrolment::{self, Registration};
use super::entrance::{self, Coming, Entered};
use super::post::{Order, Post};
use super::providers::{Flow, LIFE};
use super::{Tx, access, letters, random};

/// How long it is of use to say that somebody signs in in another way from now on, in seconds.
const NOTICE_LIFE: i64 = 7 * 24 * 3600;

/// Lets a sign-in come back once.
///
/// # Errors
/// [`Error::Conflict`] `sign_in_lost` when it came back before.
pub fn come_back(tx: &mut Tx<'_>, flow: &Flow) -> Result<()> {
    let until = tx.now.plus_seconds(2 * LIFE);
    if identities::spend(tx.conn, &flow.hash(), until, tx.now)? {
        Ok(())
    } else {
        Err(Error::conflict("sign_in_lost"))
    }
}

/// Lets somebody in whom a provider proved: whoever has the identity; else, where the provider is configured so, whoever
/// has the address, or somebody new.
///
/// # Errors
/// [`Error::Conflict`] `address_unproved`, `address_not_admitted`, `identity_unknown`, `account_address_unproved` or
/// `account_closed`, which say why not.
pub fn sign_in(
    tx: &mut Tx<'_>,
    post: &Post,
    provider: &Provider,
    proved: &Proved,
    user_agent: Option<&str>,
    lang: Lang,
) -> Result<Entered> {
    let address = provider.address(proved);
    admit(provider, address.as_ref())?;
    let known = identities::by_subject(tx.conn, &provider.issuer, &proved.subject)?;
    let user = match known {
        Some(known) => {
            identities::note_use(tx.conn, &known.public_id, tx.now)?;
            users::by_id(tx.conn, known.user_id)?
        }
        None => newcomer(tx, post, provider, proved, address, lang)?,
    };
    if user.disabled_at.is_some() {
        return Err(Error::conflict("account_closed"));
    }
    let coming = Coming {
        kind: SessionKind::Provider,
        device: user_agent.and_then(session::device),
        vouched: provider.vouches(proved),
    };
    entrance::admit(tx, user, coming)
}

fn admit(provider: &Provider, address: Option<&Email>) -> Result<()> {
    if provider.admits(address) {
        return Ok(());
    }
    let refused = Conflict::new("address_not_admitted").with("domains", provider.domains.join(", "));
    Err(refused.into())
}

/// The account of somebody who comes with this identity for the first time.
fn newcomer(
    tx: &mut Tx<'_>,
    post: &Post,
    provider: &Provider,
    proved: &Proved,
    address: Option<Email>,
    lang: Lang,
) -> Result<User> {
    if !provider.link_by_email && !provider.new_accounts {
        return Err(Error::conflict("identity_unknown"));
    }
    let Some(email) = address else {
        return Err(Error::conflict("address_unproved"));
    };
    let user = match users::by_email(tx.conn, &email)? {
        // A provider that could open an admin's account would be one itself: admins link theirs from inside.
        Some(user) if !provider.link_by_email || user.is_admin => {
            return Err(Error::conflict("identity_unknown"));
        }
        // Whoever registered with the address of somebody else waits for just this.
        Some(user) if user.email_verified_at.is_none() => {
            return Err(Error::conflict("account_address_unproved"));
        }
        Some(user) if user.disabled_at.is_some() => return Err(Error::conflict("account_closed")),
        Some(user) => user,
        None if provider.new_accounts => {
            let registration = Registration {
                name: called(proved, &email),
                email,
                password_hash: String::new(),
                language: Some(lang),
            };
            let user = enrolment::enrol(tx, &registration, false)?;
            users::verify_email(tx.conn, user.id, tx.now)?;
            return give(tx, provider, proved, &user).map(|()| user);
        }
        None => return Err(Error::conflict("identity_unknown")),
    };
    give(tx, provider, proved, &user)?;
    tell(tx, post, provider, &user, lang)?;
    Ok(user)
}

fn called(proved: &Proved, email: &Email) -> String {
    let name = proved.name.as_deref().map(str::trim).unwrap_or_default();
    if name.is_empty() {
        let local = email.as_str().split('@').next();
        local.unwrap_or_default().to_owned()
    } else {
        name.to_owned()
    }
}

/// Gives the caller the identity that a provider proved, after it came back to the browser that they asked in.
///
/// # Errors
/// [`Error::Conflict`] `identity_taken` when somebody else has it, `identity_yours` when they have it already,
/// `address_not_admitted`; what the policy says when their session has ended or proved too long ago who they are.
pub fn link(
    tx: &mut Tx<'_>,
    post: &Post,
    actor: &Actor,
    provider: &Provider,
    proved: &Proved,
    lang: Lang,
) -> Result<()> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    admit(provider, provider.address(proved).as_ref())?;
    if let Some(known) = identities::by_subject(tx.conn, &provider.issuer, &proved.subject)? {
        let code = if known.user_id == person.id {
            "identity_yours"
        } else {
            "identity_taken"
        };
        return Err(Error::conflict(code));
    }
    let user = users::by_id(tx.conn, person.id)?;
    give(tx, provider, proved, &user)?;
    tell(tx, post, provider, &user, lang)
}

/// Checks that the caller may have another identity now; gives the session that it is bound to.
///
/// # Errors
/// What the policy says.
pub fn ask(tx: &mut Tx<'_>, actor: &Actor) -> Result<PublicId> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    person.session()?;
    match actor {
        Actor::Session(session) => Ok(session.clone()),
        Actor::Guest | Actor::Program(_) => Err(Error::NotFound("session")),
    }
}

/// What a person has to sign in with.
#[derive(Debug, Clone)]
pub struct WaysIn {
    /// Whether they have a password.
    pub password: bool,
    /// Who they are at providers, the oldest first.
    pub identities: Vec<Identity>,
}

/// What the caller has to sign in with.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<WaysIn> {
    let person = access::personally(tx, actor, Action::ManageSessions)?;
    ways_in(tx, &person)
}

fn ways_in(tx: &mut Tx<'_>, person: &Person) -> Result<WaysIn> {
    Ok(WaysIn {
        password: !users::by_id(tx.conn, person.id)?.password_hash.is_empty(),
        identities: identities::of_user(tx.conn, person.id)?,
    })
}

/// Takes one of the caller's identities from them, in an instance with these issuers. The sessions that it began stay.
///
/// # Errors
/// [`Error::NotFound`] when they have none with this id; [`Error::Conflict`] `last_way_in` when they would have nothing
/// left to sign in with.
pub fn unlink(tx: &mut Tx<'_>, actor: &Actor, id: &PublicId, issuers: &[String]) -> Result<()> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    // Two at once wait for each other here, so that neither takes the last one.
    users::touch(tx.conn, person.id)?;
    let ways = ways_in(tx, &person)?;
    let Some(identity) = ways.identities.iter().find(|i| i.public_id == *id) else {
        return Err(Error::NotFound("identity"));
    };
    let mut others = ways.identities.iter().filter(|i| i.public_id != *id);
    if !ways.password && !others.any(|i| issuers.contains(&i.issuer)) {
        return Err(Error::conflict("last_way_in"));
    }
    let provider = identity.provider.clone();
    identities::remove(tx.conn, person.id, id)?;
    record(tx, &person, "identity_removal", &provider)
}

fn record(
    tx: &mut Tx<'_>,
    person: &Person,
    action: &'static str,
    provider: &crate::domain::text::Code,
) -> Result<()> {
    let event = NewEvent {
        actor: Some(person.id),
        action,
        subject: format!("users/{}", person.public_id),
        details: json!({ "provider": provider }),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}

fn give(tx: &mut Tx<'_>, provider: &Provider, proved: &Proved, user: &User) -> Result<()> {
    let new = NewIdentity {
        public_id: random::public_id(),
        user_id: user.id,
        provider: provider.code.clone(),
        issuer: provider.issuer.clone(),
        subject: proved.subject.clone(),
        created_at: tx.now,
    };
    identities::insert(tx.conn, &new)?;
    let event = NewEvent {
        actor: Some(user.id),
        action: "identity",
        subject: format!("users/{}", user.public_id),
        details: json!({ "provider": provider.code }),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}

/// Tells the owner of an account that it can be entered in another way now.
fn tell(tx: &mut Tx<'_>, post: &Post, provider: &Provider, user: &User, lang: Lang) -> Result<()> {
    let lang = letters::language(Some(user), lang);
    let order = Order {
        kind: LetterKind::IdentityAdded,
        to: user.email.clone().into(),
        lang,
        about: provider.label.in_lang(lang).to_owned(),
        life: NOTICE_LIFE,
    };
    post.enqueue(tx, &order)
}
