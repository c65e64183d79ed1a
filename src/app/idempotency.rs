//! A repeated request gets the first answer: the answer is kept in the same transaction as the work.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::invalid::FieldError;
use crate::error::{Error, Result};
use crate::store::idempotency::{self, Once};

use super::actor::{self, Actor};
use super::{App, Tx};

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
        let person = actor::signed_in(tx, &actor)?;
        if let Some((body_hash, answer)) = idempotency::find(tx.conn, person.id, &once, tx.now)? {
            if body_hash != once.body_hash {
                return Err(FieldError::new("", "idempotency_key_reused")
                    .with("key", &once.key)
                    .into());
            }
            return serde_json::from_str(&answer).map_err(Error::internal);
        }
        let answer = work(tx)?;
        let text = serde_json::to_string(&answer).map_err(Error::internal)?;
        idempotency::keep(tx.conn, person.id, &once, &text, tx.now)?;
        Ok(answer)
    })
    .await
}
