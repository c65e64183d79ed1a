//! Screening: organizers accept and reject what was handed in.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::code_enum;
use crate::domain::entry::EntryStatus;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::Action;
use crate::domain::text::{REASON_MAX, Slug, check_length, check_reason};
use crate::error::{Conflict, Error, Result};
use crate::store::entries::{self, Shown, Step};
use crate::store::members;

use super::Tx;
use super::access::{self, Scene};
use super::actor::Actor;
use super::dossier::{self, EntryView};

/// The most entries that are screened at once.
pub const SCREENINGS_MAX: usize = 1_000;

code_enum! {
    /// What organizers decided about an entry.
    pub enum Decision {
        /// It takes part.
        Accepted = "accepted",
        /// It does not take part.
        Rejected = "rejected",
    }
}

/// What is decided about an entry, and why.
#[derive(Debug, Clone)]
pub struct Screening {
    /// The entry's number.
    pub entry: i64,
    /// What is decided.
    pub decision: Decision,
    /// Why; needed to reject.
    pub reason: Option<String>,
}

/// How far an entry is after it was screened.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Screened {
    /// The entry's number.
    #[schema(example = 25)]
    pub entry: i64,
    /// How far it is.
    pub status: EntryStatus,
}

/// Accepts or rejects one entry. The decision may be changed until a round takes the entry in.
///
/// # Errors
/// [`Error::Conflict`] when it is a draft, withdrawn, takes part in a round, or names the caller in its team; [`Error::Invalid`]
/// at `/reason`.
pub fn screen(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, screening: &Screening) -> Result<EntryView> {
    let scene = access::competition(tx, actor, slug)?;
    let (shown, relation) = scene.entry(tx, screening.entry, Action::ReadEntry)?;
    scene.require(Action::ManageEntries, &relation, "entry")?;
    screening.check("").into_result()?;
    if let Some(code) = obstacle(tx, &scene, &shown, screening)? {
        return Err(Error::conflict(code));
    }
    decide(tx, &scene, &shown, screening)?;
    dossier::current(tx, &scene, screening.entry)
}

/// Accepts and rejects many entries, all or none.
///
/// # Errors
/// [`Error::Invalid`] with every wrong place; [`Error::Conflict`] `entries_not_screenable` with each entry that is not.
pub fn screen_many(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    items: &[Screening],
) -> Result<Vec<Screened>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ManageEntries, "competition")?;
    let mut invalid = Invalid::default();
    if items.is_empty() || items.len() > SCREENINGS_MAX {
        let limits = FieldError::new("/items", "number_of_items");
        return Err(limits.with("minimum", 1).with("maximum", SCREENINGS_MAX).into());
    }
    let numbers: Vec<_> = items.iter().map(|s| s.entry).collect();
    let found = entries::shown_by_numbers(tx.conn, scene.competition.id, &numbers)?;
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::with_capacity(items.len());
    for (i, screening) in items.iter().enumerate() {
        let here = format!("/items/{i}");
        invalid.append(screening.check(&here));
        let wrong = |code| FieldError::new(format!("{here}/entry"), code).with("entry", screening.entry);
        let shown = found.binary_search_by_key(&screening.entry, |s| s.entry.number);
        match shown.ok().and_then(|at| found.get(at)) {
            None => invalid.push(wrong("unknown_entry")),
            Some(_) if !seen.insert(screening.entry) => invalid.push(wrong("entry_twice")),
            Some(shown) => pairs.push((here, shown, screening)),
        }
    }
    invalid.into_result()?;
    let mut conflict = Conflict::new("entries_not_screenable");
    for (here, shown, screening) in &pairs {
        scene.require(
            Action::ManageEntries,
            &scene.in_region(shown.entry.region_id),
            "entry",
        )?;
        if let Some(code) = obstacle(tx, &scene, shown, screening)? {
            conflict
                .places
                .push(FieldError::new(format!("{here}/entry"), code));
        }
    }
    if !conflict.places.is_empty() {
        return Err(conflict.into());
    }
    for (_, shown, screening) in &pairs {
        decide(tx, &scene, shown, screening)?;
    }
    Ok(items
        .iter()
        .map(|s| Screened {
            entry: s.entry,
            status: s.decision.status(),
        })
        .collect())
}

impl Decision {
    const fn status(self) -> EntryStatus {
        match self {
            Self::Accepted => EntryStatus::Accepted,
            Self::Rejected => EntryStatus::Rejected,
        }
    }
}

impl Screening {
    fn check(&self, here: &str) -> Invalid {
        let mut invalid = Invalid::default();
        let reason = self.reason.as_deref().unwrap_or_default();
        let place = format!("{here}/reason");
        match self.decision {
            Decision::Rejected => check_reason(reason, &place, &mut invalid),
            Decision::Accepted => check_length(reason, &place, REASON_MAX, &mut invalid),
        }
        invalid
    }
}

/// Why an entry can't be screened now, if so.
fn obstacle(
    tx: &mut Tx<'_>,
    scene: &Scene,
    shown: &Shown,
    screening: &Screening,
) -> Result<Option<&'static str>> {
    let entry = &shown.entry;
    // Their interest counts in the whole competition once the entry takes part: whether it does is not theirs to say.
    let excepted = scene.subject.grants.iter().any(|grant| grant.excepted);
    if !excepted && members::is_named(tx.conn, entry.id, &scene.person()?.email)? {
        return Ok(Some("entry_of_own_team"));
    }
    if !entry.status.can_be_screened() {
        let draft = entry.status == EntryStatus::Draft;
        return Ok(Some(if draft {
            "entry_not_submitted"
        } else {
            "entry_withdrawn"
        }));
    }
    let leaves = entry.status == EntryStatus::Accepted && screening.decision == Decision::Rejected;
    if leaves && !dossier::locked_groups(tx, entry.id)?.is_empty() {
        return Ok(Some("entry_in_group"));
    }
    Ok(None)
}

fn decide(tx: &mut Tx<'_>, scene: &Scene, shown: &Shown, screening: &Screening) -> Result<()> {
    let entry = &shown.entry;
    let reason = screening
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|r| !r.is_empty());
    let status = screening.decision.status();
    if entry.status == status && entry.status_reason.as_deref() == reason {
        return Ok(());
    }
    if !entries::step(
        tx.conn,
        entry,
        &Step {
            status,
            reason,
            now: tx.now,
        },
    )? {
        return Err(dossier::stale(tx, scene, entry.number));
    }
    let details = json!({ "from": entry.status, "decision": screening.decision, "reason": reason });
    dossier::record(
        tx,
        scene,
        entry.number,
        "screening",
        (entry.version, entry.version + 1),
        details,
    )
}
