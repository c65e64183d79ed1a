//! Who asks: what the request proved, and what the database says of them.

use crate::domain::api_token::Scopes;
use crate::domain::ids::{CompetitionId, PublicId, SessionId, UserId};
use crate::domain::second_factor::Demand;
use crate::domain::session::RECENT;
use crate::domain::text::Email;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::{api_tokens, members, second_factors, sessions};

use super::Tx;

/// What a request proved by its token; nothing about rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular.
    Guest,
    /// Somebody with a session.
    Session(PublicId),
    /// A program with the API token of this hash.
    Program(String),
}

/// A person who is signed in, or for whom a program asks, as their rows say in this transaction.
#[derive(Debug, Clone)]
pub struct Person {
    /// The row.
    pub id: UserId,
    /// What clients see.
    pub public_id: PublicId,
    /// Their address.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// Whether they administer the instance.
    pub admin: bool,
    /// By what they ask.
    pub proof: Proof,
    /// Whether the instance demands a second factor of them that they do not have.
    pub must_enrol: bool,
}

/// By what a person asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// By a session.
    Session {
        /// The row.
        id: SessionId,
        /// Whether they proved a moment ago who they are.
        fresh: bool,
        /// Whether somebody else vouched for their second factor when it was begun.
        vouched: bool,
    },
    /// By a program.
    Token {
        /// What clients see of the token.
        id: PublicId,
        /// What it is good for.
        scopes: Scopes,
        /// The only competition that it is good for.
        competition: Option<CompetitionId>,
    },
    /// By a session that a judge's link began.
    Link {
        /// The session's row.
        session: SessionId,
        /// The only competition that it is good for.
        competition: CompetitionId,
    },
}

impl Person {
    /// The session that they ask through.
    ///
    /// # Errors
    /// [`Unauthenticated::Missing`] for a program, which has none.
    pub fn session(&self) -> Result<SessionId> {
        match self.proof {
            Proof::Session { id, .. } | Proof::Link { session: id, .. } => Ok(id),
            Proof::Token { .. } => Err(Error::Unauthenticated(Unauthenticated::Missing)),
        }
    }

    /// The only competition in which they ask.
    #[must_use]
    pub const fn limit(&self) -> Option<CompetitionId> {
        match self.proof {
            Proof::Session { .. } => None,
            Proof::Token { competition, .. } => competition,
            Proof::Link { competition, .. } => Some(competition),
        }
    }
}

/// The person behind a request; `None` for a guest. What they may is decided by the policy.
///
/// # Errors
/// [`Unauthenticated::Session`] when the session has ended or the account was suspended since the token was made,
/// [`Unauthenticated::Token`] when an API token is not good or not good any more.
pub fn person(tx: &mut Tx<'_>, actor: &Actor) -> Result<Option<Person>> {
    let mut person = match actor {
        Actor::Guest => return Ok(None),
        Actor::Session(session) => of_session(tx, session)?,
        Actor::Program(hash) => of_token(tx, hash)?,
    };
    // A judge's link can't do what a second factor is demanded for.
    if !matches!(person.proof, Proof::Link { .. }) {
        person.must_enrol = must_enrol(tx, &person)?;
    }
    Ok(Some(person))
}

/// The person behind a request that needs one. What they may is decided by the policy.
///
/// # Errors
/// [`Error::Unauthenticated`] for guests, ended sessions and tokens.
pub fn known(tx: &mut Tx<'_>, actor: &Actor) -> Result<Person> {
    person(tx, actor)?.ok_or(Error::Unauthenticated(Unauthenticated::Missing))
}

fn of_session(tx: &mut Tx<'_>, session: &PublicId) -> Result<Person> {
    let begun_after = tx.now.plus_seconds(-tx.instance.sessions.whole);
    let live = sessions::live(tx.conn, session, begun_after, tx.now)?
        .ok_or(Error::Unauthenticated(Unauthenticated::Session))?;
    let now = tx.now;
    let fresh = live
        .proved_at
        .is_some_and(|at| now < at.plus_seconds(RECENT) && at <= now.plus_seconds(RECENT));
    let id = live.session;
    let proof = match live.judging {
        Some(competition) => Proof::Link {
            session: id,
            competition,
        },
        None => Proof::Session {
            id,
            fresh,
            vouched: live.vouched,
        },
    };
    Ok(Person {
        id: live.user,
        public_id: live.public_id,
        email: live.email,
        name: live.name,
        admin: live.is_admin && live.judging.is_none(),
        proof,
        must_enrol: false,
    })
}

fn of_token(tx: &mut Tx<'_>, hash: &str) -> Result<Person> {
    let live =
        api_tokens::live(tx.conn, hash, tx.now)?.ok_or(Error::Unauthenticated(Unauthenticated::Token))?;
    Ok(Person {
        id: live.user,
        public_id: live.public_id,
        email: live.email,
        name: live.name,
        admin: live.is_admin,
        proof: Proof::Token {
            id: live.token,
            scopes: Scopes::new(&live.scopes),
            competition: live.competition,
        },
        must_enrol: false,
    })
}

fn must_enrol(tx: &mut Tx<'_>, person: &Person) -> Result<bool> {
    let demanded = match tx.instance.second_factor {
        Demand::None => false,
        Demand::Admins => person.admin,
        Demand::Organizers => person.admin || members::organizes(tx.conn, person.id)?,
    };
    let vouched = matches!(person.proof, Proof::Session { vouched: true, .. });
    Ok(demanded && !vouched && !second_factors::is_confirmed(tx.conn, person.id)?)
}
