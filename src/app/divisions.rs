//! A competition's tracks and regions: each list is one document, with the competition's version.

use std::collections::BTreeSet;

use serde_json::json;

use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::Action;
use crate::domain::text::{NAME_MAX, Slug};
use crate::error::Result;
use crate::store::{competitions, divisions};

use super::actor::Actor;
use super::prospectus::{self, DivisionView};
use super::{Tx, access};

/// The most tracks or regions of a competition.
const DIVISIONS_MAX: usize = 200;

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Fields of work.
    Tracks,
    /// Places.
    Regions,
}

/// The list, and the competition's version.
///
/// # Errors
/// [`crate::error::Error::NotFound`] when there is no competition that the caller may see.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, kind: Kind) -> Result<(Vec<DivisionView>, i64)> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadCompetition, &scene.relation(), "competition")?;
    let competition = scene.competition;
    let list = match kind {
        Kind::Tracks => of_rows(divisions::tracks_of(tx.conn, competition.id)?),
        Kind::Regions => of_rows(divisions::regions_of(tx.conn, competition.id)?),
    };
    Ok((list, competition.version))
}

/// Sets the list, if the competition has this version; gives the list and the new version.
///
/// # Errors
/// [`crate::error::Error::Conflict`] `track_in_use` or `region_in_use` when something still points to one that goes.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    kind: Kind,
    version: i64,
    items: &[DivisionView],
) -> Result<(Vec<DivisionView>, i64)> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::EditCompetition, &scene.whole(), "competition")?;
    check(items)?;
    prospectus::fresh(tx, &scene.competition, version)?;
    let id = scene.competition.id;
    if !competitions::bump(tx.conn, id, version)? {
        return Err(prospectus::stale(tx, slug));
    }
    let wanted: Vec<_> = items.iter().map(|i| (i.code.clone(), i.name.clone())).collect();
    let action = match kind {
        Kind::Tracks => {
            divisions::replace_tracks(tx.conn, id, &wanted)?;
            "change_of_tracks"
        }
        Kind::Regions => {
            divisions::replace_regions(tx.conn, id, &wanted)?;
            "change_of_regions"
        }
    };
    let codes: Vec<_> = items.iter().map(|i| i.code.as_str()).collect();
    prospectus::changed(
        tx,
        &scene,
        action,
        Some((version, version + 1)),
        json!({ "codes": codes }),
    )?;
    Ok((items.to_vec(), version + 1))
}

fn check(items: &[DivisionView]) -> Result<(), Invalid> {
    let mut invalid = Invalid::default();
    if items.len() > DIVISIONS_MAX {
        invalid.push(FieldError::new("/items", "too_many").with("maximum", DIVISIONS_MAX));
    }
    let mut codes = BTreeSet::new();
    for (i, item) in items.iter().enumerate() {
        if !codes.insert(&item.code) {
            invalid.push(FieldError::new(format!("/items/{i}/code"), "code_twice").with("code", &item.code));
        }
        item.name
            .check(&format!("/items/{i}/name"), NAME_MAX, true, &mut invalid);
    }
    invalid.into_result()
}

fn of_rows<Id>(rows: Vec<divisions::Division<Id>>) -> Vec<DivisionView> {
    rows.into_iter().map(DivisionView::of).collect()
}
