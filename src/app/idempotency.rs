//! A repeated request gets the first answer: the answer is kept in the same transaction as the work.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::invalid::FieldError;
use crate::error::{Error, Restriction, Result};
use crate::store::idempotency::{self, Once};

use super::actor::{self, Actor, Person, Proof};
use super::{App, Tx};

/// The kept answer to a repeated request, if there is one: for work that is prepared before the transaction that writes.
///
/// # Errors
/// [`Error::Invalid`] when the key was used with another body.
pub async fn kept<T>(app: &App, actor: &Actor, once: Option<&Once>) -> Result<Option<T>>
where
    T: DeserializeOwned + Send + 'static,
{
    let Some(once) = once.cloned() else {
        return Ok(None);
    };
    let actor = actor.clone();
    app.read(move |tx| {
        let person = actor::known(tx, &actor)?;
        answer(tx, &person, &of(&person, &once)?)
    })
    .await
}

/// Runs a use case that creates something, once for each key of the caller; without a key it just runs.
///
/// # Errors
/// What the use case gives; [`Error::Invalid`] when the key was used with another body.
pub async fn write_once<T, F>(app: &App, actor: &Actor, once: Option<Once>, work: F) -> Result<T>
where
    T: Serialize + DeserializeOwned + Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let Some(once) = once else {
        return app.write(work).await;
    };
    let actor = actor.clone();
    app.write(move |tx| {
        let person = actor::known(tx, &actor)?;
        let once = of(&person, &once)?;
        if let Some(answer) = answer(tx, &person, &once)? {
            return Ok(answer);
        }
        let answer = work(tx)?;
        let text = serde_json::to_string(&answer).map_err(Error::internal)?;
        idempotency::keep(tx.conn, person.id, &once, &text, tx.now)?;
        Ok(answer)
    })
    .await
}

/// The key of a program is its token's own, and that of a judge's link its session's: what one asked is not repeated to
/// another with fewer rights.
fn of(person: &Person, once: &Once) -> Result<Once> {
    if person.must_enrol {
        return Err(Error::Restricted(Restriction::SecondFactor));
    }
    let path = match &person.proof {
        Proof::Session { .. } => once.path.clone(),
        Proof::Token { id, .. } => format!("{}#{id}", once.path),
        Proof::Link { session, .. } => format!("{}#session-{}", once.path, session.0),
    };
    Ok(Once { path, ..once.clone() })
}

fn answer<T: DeserializeOwned>(tx: &mut Tx<'_>, person: &Person, once: &Once) -> Result<Option<T>> {
    let Some((body_hash, answer)) = idempotency::find(tx.conn, person.id, once, tx.now)? else {
        return Ok(None);
    };
    if body_hash != once.body_hash {
        return Err(FieldError::new("", "idempotency_key_reused")
            .with("key", &once.key)
            .into());
    }
    serde_json::from_str(&answer).map(Some).map_err(Error::internal)
}
