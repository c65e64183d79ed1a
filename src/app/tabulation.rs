//! The standings of a group as they are now: the kept ones where its marks are fixed, computed ones otherwise.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::ids::GroupId;
use crate::domain::policy::{Action, Relation, Verdict};
use crate::domain::round::Phase;
use crate::domain::rules::Rules;
use crate::domain::scoring::{Explain, FixedScale, Input, Standings, tabulate};
use crate::domain::text::{Code, Slug};
use crate::error::{Conflict, Error, Result};
use crate::store::rounds::{self, Group, Round};
use crate::store::sql_types::Json;
use crate::store::{dialect, places, revisions, scales, standings, tabulation};

use super::access::Scene;
use super::spent::{self, Part};
use super::{Tx, rules_cache};

/// What computes standings, as it is named in what is kept and published.
pub const ENGINE: &str = concat!("palmares ", env!("CARGO_PKG_VERSION"));

/// The standings of a group with what they rest on.
#[derive(Debug, Clone)]
pub struct Tabulated {
    /// The group.
    pub group: Group,
    /// The revision of what was counted.
    pub revision: i64,
    /// The version of the rules.
    pub rules_version: i64,
    /// The standings.
    pub standings: Standings,
    /// The group's marks are fixed, and these standings were not kept yet.
    pub fresh: bool,
    /// What makes panels comparable is to be fixed with these standings.
    pub fixes: bool,
}

/// A group, by the names in its address.
#[derive(Debug, Clone)]
pub struct GroupPath {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// The group.
    pub group: Code,
}

impl GroupPath {
    /// The group's address below that of its competition.
    #[must_use]
    pub fn below(&self) -> String {
        format!("rounds/{}/groups/{}", self.round, self.group)
    }
}

/// The groups of a round whose unpublished results the caller may read.
///
/// # Errors
/// What the policy says when there are none.
pub fn readable(tx: &mut Tx<'_>, scene: &Scene, round: &Round) -> Result<Vec<Group>> {
    let chaired: BTreeSet<GroupId> = match &scene.person {
        Some(person) => standings::chaired_by(tx.conn, round.id, person.id)?
            .into_iter()
            .collect(),
        None => BTreeSet::new(),
    };
    let judged = scene.judged(tx)?;
    let relation = |group: &Group| Relation {
        chair: chaired.contains(&group.id),
        ..judged.relation(scene, group)
    };
    let all = rounds::groups(tx.conn, round.id)?;
    let may_read = |g: &&Group| scene.may(Action::ReadStandings, &relation(g)) == Verdict::Allow;
    let readable: Vec<Group> = all.iter().filter(may_read).cloned().collect();
    if readable.is_empty() {
        let refused = all.first().map_or_else(|| scene.relation(), relation);
        scene.require(Action::ReadStandings, &refused, "round")?;
    }
    Ok(readable)
}

/// The rules of a round as they hold now.
///
/// # Errors
/// 409 `rules_missing` when it has none.
pub fn rules(tx: &mut Tx<'_>, round: &Round) -> Result<Arc<Rules>> {
    match rounds::rules_text(tx.conn, round.id, round.rules_version)? {
        Some(text) => rules_cache::read(&text),
        None => Err(Conflict::new("rules_missing").with("round", &round.code).into()),
    }
}

/// The standings of a group: kept ones, or computed here. For transactions that only read, which see one state of the
/// data: the marks are then those that the revision counts.
///
/// # Errors
/// When the database fails.
pub fn group(tx: &mut Tx<'_>, round: &Round, group: Group, rules: &Rules) -> Result<Tabulated> {
    let revision = revisions::of_group(tx.conn, group.id)?;
    let closed = group.phase.is_closed();
    let scale = scale(tx, round, &group, rules)?;
    let fixes = closed && rules.equalise.is_some() && !matches!(scale, Scale::Fixed(_));
    if closed
        && scale != Scale::Awaited
        && let Some(kept) = standings::of_revision(tx.conn, group.id, revision)?
    {
        return Ok(Tabulated {
            group,
            revision,
            rules_version: kept.rules_version,
            standings: kept.document.into_inner(),
            fresh: false,
            fixes: false,
        });
    }
    let input = input(tx, round, &group, rules)?;
    Ok(Tabulated {
        group,
        revision,
        rules_version: round.rules_version,
        standings: spent::time(Part::Tabulating, || tabulate(rules, &input, Explain::All)),
        fresh: closed,
        fixes,
    })
}

/// What is known of a group's scale.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scale {
    /// There is nothing to fix: the group is not closed, or its panels are compared as they are.
    None,
    /// It was fixed.
    Fixed(Box<FixedScale>),
    /// When it was to be fixed nothing could be computed.
    Nothing,
    /// It is to be fixed with the next standings.
    Awaited,
}

/// What was fixed at the closure of a group. Rules that were changed since keep it unless they change what it is made of.
fn scale(tx: &mut Tx<'_>, round: &Round, group: &Group, rules: &Rules) -> Result<Scale> {
    if rules.equalise.is_none() || !group.phase.is_closed() {
        return Ok(Scale::None);
    }
    for fixed in scales::of_closure(tx.conn, group.id)? {
        let holds = fixed.rules_version == round.rules_version
            || match rounds::rules_text(tx.conn, round.id, fixed.rules_version)? {
                Some(text) => rules.has_scale_of(&*rules_cache::read(&text)?),
                None => false,
            };
        if holds {
            let scale = fixed.scale.into_inner();
            return Ok(scale.map_or(Scale::Nothing, |scale| Scale::Fixed(Box::new(scale))));
        }
    }
    Ok(Scale::Awaited)
}

/// What a group's standings are computed from, with what its closure fixed.
///
/// # Errors
/// When the database fails.
pub fn input(tx: &mut Tx<'_>, round: &Round, group: &Group, rules: &Rules) -> Result<Input> {
    let mut input = match tx.sheets() {
        Some(sheets) => {
            let known = sheets.of_group(tx, group.id, round.rules_version, rules)?;
            tabulation::input_of(tx.conn, round, group, rules, known)?
        }
        None => tabulation::input(tx.conn, round, group, rules)?,
    };
    if let Scale::Fixed(fixed) = scale(tx, round, group, rules)? {
        input.fixed.insert(group.code.to_string(), *fixed);
    }
    Ok(input)
}

/// Goes on only if nothing that a closed group's scale is made of is lost: its standings were kept since it was closed.
/// The caller holds the phase.
///
/// # Errors
/// 409 `closure_unfinished`.
pub fn require_scale(tx: &mut Tx<'_>, group: GroupId) -> Result<()> {
    let footing = places::footing(tx.conn, group)?;
    let Some(document) = footing.rules.filter(|_| footing.phase == Phase::Closed) else {
        return Ok(());
    };
    let compared = rules_cache::read(&document)?.equalise.is_some();
    if compared && scales::of_closure(tx.conn, group)?.is_empty() {
        return Err(Error::conflict("closure_unfinished"));
    }
    Ok(())
}

/// Keeps standings that were computed from fixed marks. They are left if the group was reopened or its revision moved
/// since: whoever reads next computes those of the new revision.
///
/// # Errors
/// When the database fails.
pub fn keep(tx: &mut Tx<'_>, tabulated: &Tabulated) -> Result<()> {
    let id = tabulated.group.id;
    dialect::lock_phase_shared(tx.conn, id)?;
    let unchanged =
        standings::phase(tx.conn, id)?.is_closed() && revisions::of_group(tx.conn, id)? == tabulated.revision;
    if tabulated.fresh && unchanged {
        let document = Json::new(&tabulated.standings)?;
        let made_of = (tabulated.revision, tabulated.rules_version);
        standings::keep(tx.conn, id, made_of, ENGINE, document.as_text(), tx.now)?;
        if tabulated.fixes {
            let scale = tabulated.standings.groups.first().and_then(|g| g.scale.clone());
            scales::fix(tx.conn, id, made_of, &Json::new(scale)?, tx.now)?;
        }
    }
    Ok(())
}

/// Goes on only if the caller saw the current revision of a group.
///
/// # Errors
/// 409 `standings_moved` with the current one.
pub fn require_revision(group: &Group, current: i64, given: i64) -> Result<()> {
    if current == given {
        return Ok(());
    }
    let moved = Conflict::new("standings_moved")
        .with("group", &group.code)
        .with("current", current)
        .with("given", given);
    Err(Error::Conflict(moved))
}
