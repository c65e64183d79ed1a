//! What a use case works with: a connection inside a transaction, the time, and what follows the commit.

use std::sync::Arc;

use diesel::Connection;

use crate::app::bus::Effect;
use crate::app::sheets::Sheets;
use crate::domain::second_factor::Demand;
use crate::domain::session::Limits;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::conn::Conn;
use crate::store::versions;

/// What the instance's settings say to use cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// How long sessions last.
    pub sessions: Limits,
    /// Of whom a second factor is demanded.
    pub second_factor: Demand,
}

impl Default for Instance {
    fn default() -> Self {
        Self {
            sessions: Limits::default(),
            second_factor: Demand::None,
        }
    }
}

/// An open transaction.
pub struct Tx<'a> {
    /// The connection that the queries of `store` take.
    pub conn: &'a mut Conn,
    /// The time of this transaction, sampled once.
    pub now: Stamp,
    /// The instance's settings.
    pub instance: Instance,
    effects: Vec<Effect>,
    sheets: Option<Arc<Sheets>>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, now: Stamp, instance: Instance) -> Self {
        Self {
            conn,
            now,
            instance,
            effects: Vec::new(),
            sheets: None,
        }
    }

    /// The same for a transaction that only reads: it may take what was read before.
    pub(super) fn reading(self, sheets: Arc<Sheets>) -> Self {
        Self {
            sheets: Some(sheets),
            ..self
        }
    }

    /// Sheets that were read before, in a transaction that only reads.
    pub(super) fn sheets(&self) -> Option<Arc<Sheets>> {
        self.sheets.clone()
    }

    pub(super) fn into_effects(self) -> Vec<Effect> {
        self.effects
    }

    /// Tells this node about a change, once it is on disk.
    pub fn after(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Tells every node about a change, once it is on disk: others learn of it within half a second.
    ///
    /// Transactions that announce the same thing wait for each other on PostgreSQL: this is for changes of phase and
    /// for publications, never for ballots.
    ///
    /// # Errors
    /// Fails when the connection is lost.
    pub fn announce(&mut self, effect: Effect) -> Result<()> {
        versions::bump(self.conn, &effect.to_string())?;
        self.after(effect);
        Ok(())
    }

    /// Runs a part that may fail by itself: its rows and effects go, those before it stay.
    ///
    /// # Errors
    /// As the part does.
    pub fn nested<T>(&mut self, part: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let (now, instance) = (self.now, self.instance);
        let (value, effects) = self.conn.transaction::<_, Error, _>(|conn| {
            let mut tx = Tx::new(conn, now, instance);
            let value = part(&mut tx)?;
            Ok((value, tx.into_effects()))
        })?;
        self.effects.extend(effects);
        Ok(value)
    }
}
