//! Who goes on: decided from fixed standings, for one group where groups are never compared, else for all at once.

pub mod refilling;
mod show;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::advancement::again::{Before, again};
use crate::domain::advancement::{Advancement, Decided, Decisions, Outcome, Reasoned, Request};
use crate::domain::ids::GroupId;
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::policy::Action;
use crate::domain::round::Phase;
use crate::domain::rules::Rules;
use crate::domain::scoring::{Standings, Warning};
use crate::domain::text::{Code, Slug};
use crate::error::{Conflict, Result};
use crate::store::advancements::{self, NewOutcome};
use crate::store::events::{self, NewEvent};
use crate::store::rounds::{self, Group, Round};
use crate::store::sql_types::Json;
use crate::store::standings::{self, Line};
use crate::store::{dialect, revisions};

use super::access::{self, Scene};
use super::actor::Actor;
use super::leavers::{Since, numbers};
use super::tabulation::{self, Tabulated};
use super::{Effect, Tx, offering, shares};

use self::show::present;
pub use self::show::{Award, Decision, Fate, Stream};

/// What is to be decided.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// The groups with the revisions that the caller saw.
    pub scope: Scope,
    /// Entries that may not go on, and entries that do whatever their place.
    pub request: Request,
}

/// The groups with the revisions that the caller saw.
#[derive(Debug, Clone)]
pub enum Scope {
    /// One group by itself.
    Group(Code, i64),
    /// All groups of the round.
    Round(BTreeMap<String, i64>),
}

/// A decision, computed and not yet taken.
#[derive(Debug)]
pub struct Prepared {
    round: Round,
    /// The groups, in order of their rows.
    tabulated: Vec<Tabulated>,
    lines: BTreeMap<i64, Line>,
    advancement: Advancement,
    /// The decisions that this one ends.
    prior: Vec<i64>,
    revisions: BTreeMap<String, i64>,
    rules: Arc<Rules>,
    /// Who left, and who is judged in a later round already.
    since: Since,
}

/// Computes a decision from standings that can't change any more: for a transaction that only reads. Taken again it leaves
/// out who left, and all others keep their places unless the corrected order says otherwise.
///
/// # Errors
/// 422 for entries that are not in the groups or named twice; 409 when a group is not closed (`group_not_closed`) or was
/// counted anew (`standings_moved`), when a later round is judged already with others (`later_group_open`,
/// `later_group_filled`), or when a tie has to be decided first (`tie_undecided`, with the entries).
pub fn prepare(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked) -> Result<Prepared> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    let round = scene.round(tx, &asked.round)?;
    let groups = concerned(tx, &scene, &round, &asked.scope)?;
    let rules = tabulation::rules(tx, &round)?;
    let all = rounds::groups(tx.conn, round.id)?.len();
    match &asked.scope {
        Scope::Group(..) if rules.spans_groups() && all > 1 => {
            return Err(Conflict::new("groups_compared").with("round", &round.code).into());
        }
        Scope::Round(_) if !rules.spans_groups() && all > 1 => {
            return Err(Conflict::new("groups_apart").with("round", &round.code).into());
        }
        Scope::Group(..) | Scope::Round(_) => {}
    }
    if rules.advance.is_none() && rules.awards.is_empty() {
        return Err(Conflict::new("nothing_to_decide")
            .with("round", &round.code)
            .into());
    }
    let mut tabulated = Vec::with_capacity(groups.len());
    let mut lines = BTreeMap::new();
    for (group, given) in groups {
        require_closed(&group)?;
        let one = tabulation::group(tx, &round, group, &rules)?;
        tabulation::require_revision(&one.group, one.revision, given)?;
        let of_group = standings::lines(tx.conn, one.group.id)?;
        lines.extend(of_group.into_iter().map(|line| (line.number, line)));
        tabulated.push(one);
    }
    let ids: Vec<GroupId> = tabulated.iter().map(|t| t.group.id).collect();
    let standings: Vec<&Standings> = tabulated.iter().map(|t| &t.standings).collect();
    asked.request.check(&rules, &standings)?;
    let revisions: BTreeMap<String, i64> = tabulated
        .iter()
        .map(|t| (t.group.code.to_string(), t.revision))
        .collect();
    let since = Since::of(tx, &round, &ids)?;
    let prior = prior(tx, &round, &ids)?;
    let sizes = shares::sizes(tx, &scene.competition, &round, &rules)?;
    let advancement = redecide(tx, &round, &rules, &tabulated, (&asked.request, sizes), &since)?;
    require_decided(&advancement)?;
    since.allow(advancement.changed.as_ref())?;
    Ok(Prepared {
        round,
        lines,
        rules,
        advancement,
        prior: prior.iter().map(|p| p.id).collect(),
        revisions,
        tabulated,
        since,
    })
}

/// Decides on top of what was decided before, whether that still holds or was ended by a reopening.
fn redecide(
    tx: &mut Tx<'_>,
    round: &Round,
    rules: &Rules,
    tabulated: &[Tabulated],
    (request, sizes): (&Request, BTreeMap<String, u64>),
    since: &Since,
) -> Result<Advancement> {
    let codes: BTreeSet<String> = tabulated.iter().map(|t| t.group.code.to_string()).collect();
    let newest = advancements::newest(tx.conn, round.id, &codes)?;
    let mut kept: Vec<Standings> = Vec::new();
    let mut holds = newest.iter().all(|before| still(&before.request, request));
    for one in tabulated {
        let code = one.group.code.as_str();
        let Some(revision) = newest.iter().find_map(|d| d.revisions.get(code)) else {
            continue;
        };
        match standings::of_revision(tx.conn, one.group.id, *revision)? {
            Some(stored) => kept.push(stored.document.into_inner()),
            None => holds = false,
        }
    }
    let before = Before {
        decided: newest.iter().map(|d| &*d.document).collect(),
        standings: kept.iter().collect(),
        holds,
    };
    let decisions = Decisions {
        excluded: request.exclusions.clone(),
        nominated: request.nominations.clone(),
        sizes,
        share_lot: request.share_lot.clone(),
        ties: request.decisions(),
        withheld: request.withheld.clone(),
        ..Decisions::default()
    };
    let standings: Vec<&Standings> = tabulated.iter().map(|t| &t.standings).collect();
    Ok(again(rules, &standings, &decisions, &before, &since.left))
}

/// Whether everything that was asked for before is asked for again: else it is decided afresh.
fn still(before: &Request, now: &Request) -> bool {
    let named =
        |before: &[Reasoned], now: &[Reasoned]| before.iter().all(|b| now.iter().any(|n| n.entry == b.entry));
    named(&before.exclusions, &now.exclusions)
        && named(&before.nominations, &now.nominations)
        && before.share_lot == now.share_lot
        && before.ties.iter().all(|tie| now.ties.contains(tie))
}

/// Takes a prepared decision, if everything is still as it was.
///
/// # Errors
/// As [`prepare`], for what changed since; 409 `decided_meanwhile` when somebody else decided.
pub fn decide(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked, prepared: &Prepared) -> Result<Decision> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    let round = scene.round(tx, &asked.round)?;
    let groups = concerned(tx, &scene, &round, &asked.scope)?;
    for (group, _) in &groups {
        dialect::lock_phase_exclusive(tx.conn, group.id)?;
    }
    let ids: Vec<GroupId> = groups.iter().map(|(g, _)| g.id).collect();
    for (group, given) in &groups {
        let phase = standings::phase(tx.conn, group.id)?;
        require_closed(&Group {
            phase,
            ..group.clone()
        })?;
        tabulation::require_revision(group, revisions::of_group(tx.conn, group.id)?, *given)?;
    }
    let prior: Vec<i64> = prior(tx, &round, &ids)?.iter().map(|p| p.id).collect();
    if prior != prepared.prior || Since::of(tx, &round, &ids)? != prepared.since {
        return Err(Conflict::new("decided_meanwhile")
            .with("round", &round.code)
            .into());
    }
    for tabulated in &prepared.tabulated {
        tabulation::keep(tx, tabulated)?;
    }
    advancements::supersede(tx.conn, &prior, tx.now)?;
    offering::settle(tx, &round, &ids, &prepared.advancement)?;
    let number = store(tx, &scene, asked, prepared)?;
    for (group, _) in &groups {
        if standings::phase(tx.conn, group.id)? == Phase::Closed {
            standings::set_phase(tx.conn, group.id, Phase::Decided, tx.now)?;
        }
        tx.announce(Effect::GroupChanged(group.id))?;
    }
    let Prepared {
        advancement,
        lines,
        rules,
        revisions,
        ..
    } = prepared;
    Ok(present((number, tx.now), advancement, lines, rules, revisions))
}

/// The decisions of a round that hold, as far as the caller may read their groups.
///
/// # Errors
/// 404 and 403 as the policy says.
pub fn current(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, round: &Code) -> Result<Vec<Decision>> {
    let scene = access::competition(tx, actor, slug)?;
    let round = scene.round(tx, round)?;
    let readable = tabulation::readable(tx, &scene, &round)?;
    let codes: BTreeSet<&str> = readable.iter().map(|g| g.code.as_str()).collect();
    let mut lines = BTreeMap::new();
    for group in &readable {
        let of_group = standings::lines(tx.conn, group.id)?;
        lines.extend(of_group.into_iter().map(|line| (line.number, line)));
    }
    let mut decisions = Vec::new();
    for kept in advancements::current(tx.conn, round.id)? {
        if kept.revisions.keys().all(|code| codes.contains(code.as_str())) {
            let rules = tabulation::rules(tx, &round)?;
            let made = (kept.number, kept.decided_at);
            let mut decision = present(made, &kept.document, &lines, &rules, &kept.revisions);
            decision
                .warnings
                .extend(outdated(tx, &scene, (&round, &rules), &readable, &kept)?);
            decisions.push(decision);
        }
    }
    Ok(decisions)
}

/// Says who left since a decision, and who comes in when it is decided again.
fn outdated(
    tx: &mut Tx<'_>,
    scene: &Scene,
    about: (&Round, &Rules),
    groups: &[Group],
    decided: &advancements::Current,
) -> Result<Option<Warning>> {
    let Some((entries, again)) = renewed(tx, scene, about, groups, decided)? else {
        return Ok(None);
    };
    let instead = again.changed.map(|changed| changed.entered).unwrap_or_default();
    Ok(Some(Warning::PlacesGivenUp { entries, instead }))
}

/// Who holds a place by a decision and left since, and the decision without them; nothing when everybody is still there.
fn renewed(
    tx: &mut Tx<'_>,
    scene: &Scene,
    (round, rules): (&Round, &Rules),
    groups: &[Group],
    decided: &advancements::Current,
) -> Result<Option<(Vec<i64>, Advancement)>> {
    let mut groups: Vec<Group> = groups.to_vec();
    groups.retain(|g| decided.revisions.contains_key(g.code.as_str()));
    let ids: Vec<GroupId> = groups.iter().map(|g| g.id).collect();
    let since = Since::of(tx, round, &ids)?;
    let entries = since.holders(&decided.document);
    if entries.is_empty() {
        return Ok(None);
    }
    let mut tabulated = Vec::with_capacity(groups.len());
    for group in groups {
        tabulated.push(tabulation::group(tx, round, group, rules)?);
    }
    let sizes = shares::sizes(tx, &scene.competition, round, rules)?;
    let asked = (&*decided.request, sizes);
    let again = redecide(tx, round, rules, &tabulated, asked, &since)?;
    Ok(Some((entries, again)))
}

/// The groups that are to be decided, in order of their rows, with the revisions that the caller saw.
fn concerned(tx: &mut Tx<'_>, scene: &Scene, round: &Round, scope: &Scope) -> Result<Vec<(Group, i64)>> {
    match scope {
        Scope::Group(code, revision) => {
            let group = scene.group(tx, round, code)?;
            scene.require(Action::Advance, &scene.in_region(group.region_id), "group")?;
            Ok(vec![(group, *revision)])
        }
        Scope::Round(given) => {
            scene.require(Action::Advance, &scene.whole(), "round")?;
            let groups = rounds::groups(tx.conn, round.id)?;
            let mut invalid = Invalid::default();
            for code in given.keys() {
                if !groups.iter().any(|g| g.code.as_str() == code) {
                    let at = format!("/revisions/{}", pointer_step(code));
                    invalid.push(FieldError::new(at, "unknown_group").with("group", code));
                }
            }
            let mut concerned = Vec::with_capacity(groups.len());
            for group in groups {
                match given.get(group.code.as_str()) {
                    Some(revision) => concerned.push((group, *revision)),
                    None => invalid
                        .push(FieldError::new("/revisions", "revision_missing").with("group", &group.code)),
                }
            }
            invalid.into_result()?;
            Ok(concerned)
        }
    }
}

fn require_closed(group: &Group) -> Result<()> {
    if group.phase.is_closed() {
        return Ok(());
    }
    Err(Conflict::new("group_not_closed")
        .with("group", &group.code)
        .into())
}

/// The decisions that one about these groups ends.
fn prior(tx: &mut Tx<'_>, round: &Round, groups: &[GroupId]) -> Result<Vec<advancements::Current>> {
    let mut current = advancements::current(tx.conn, round.id)?;
    current.retain(|d| d.group_id.is_none_or(|id| groups.contains(&id)));
    Ok(current)
}

/// Nothing is decided while somebody has to decide a tie first.
fn require_decided(advancement: &Advancement) -> Result<()> {
    let waits = |entry: &i64| {
        let decided = advancement.entries.iter().find(|d| d.entry == *entry);
        decided.is_some_and(|d| d.outcome == Outcome::Waiting)
    };
    for warning in advancement.warnings.iter().map(Warning::itself) {
        match warning {
            Warning::TieAtCut { entries, .. } if entries.iter().any(waits) => {
                return Err(Conflict::new("tie_undecided")
                    .with("entries", numbers(entries))
                    .into());
            }
            Warning::ShareLotAwaited { groups, .. } | Warning::SizesMissing { groups } => {
                return Err(Conflict::new("shares_undecided")
                    .with("groups", groups.join(", "))
                    .into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Keeps the decision and what becomes of each entry, with the line in the log, and gives its number.
fn store(tx: &mut Tx<'_>, scene: &Scene, asked: &Asked, prepared: &Prepared) -> Result<i64> {
    let single = match prepared.tabulated.as_slice() {
        [one] => Some(one.group.id),
        _ => None,
    };
    let new = advancements::New {
        round: prepared.round.id,
        group: single,
        revisions: &Json::new(prepared.revisions.clone())?,
        rules_version: prepared.round.rules_version,
        request: &Json::new(asked.request.clone())?,
        document: &Json::new(prepared.advancement.clone())?,
        decided_by: scene.person()?.id,
    };
    let outcome = |d: &Decided| {
        let (outcome, place, reason) = match &d.outcome {
            Outcome::Advances { place, reason, .. } => ("advances", *place, reason.clone()),
            Outcome::Invited { place, .. } => ("invited", *place, None),
            Outcome::Reserve { number, stream: None } => ("reserve", Some(*number), None),
            Outcome::Reserve { stream: Some(_), .. } => ("not_advanced", None, None),
            Outcome::NotAdvanced | Outcome::Unplaced { .. } => ("not_advanced", None, None),
            Outcome::Declined { reason, .. } => ("declined", None, reason.clone()),
            Outcome::Excluded { reason } => ("excluded", None, Some(reason.clone())),
            Outcome::Waiting => ("waiting", None, None),
        };
        Some(NewOutcome {
            round_entry: prepared.lines.get(&d.entry)?.round_entry,
            outcome,
            place: place.map(i64::from),
            awards: d.awards.clone(),
            reason,
            stream: match &d.outcome {
                Outcome::Invited { stream, .. } => Some(stream.clone()),
                _ => None,
            },
        })
    };
    let outcomes: Vec<NewOutcome> = prepared.advancement.entries.iter().filter_map(outcome).collect();
    let number = advancements::insert(tx.conn, &new, &outcomes, tx.now)?;
    let subject = match prepared.tabulated.as_slice() {
        [one] => format!("rounds/{}/groups/{}", prepared.round.code, one.group.code),
        _ => format!("rounds/{}", prepared.round.code),
    };
    let advancing = outcomes.iter().filter(|o| o.outcome == "advances").count();
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "advancement",
        subject,
        version: Some((number - 1, number)),
        details: serde_json::json!({
            "revisions": prepared.revisions, "advances": advancing,
            "exclusions": asked.request.exclusions, "nominations": asked.request.nominations,
            "ties": asked.request.ties, "withheld": asked.request.withheld,
            "share_lot": asked.request.share_lot,
        }),
    };
    events::record(tx.conn, tx.now, &event)?;
    Ok(number)
}
