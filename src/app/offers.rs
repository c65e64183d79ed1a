//! Offering places to those to whom a published result gives them, and answering.

mod answering;

use std::collections::BTreeSet;

use serde_json::json;

use crate::domain::ids::GroupId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::offer::{self, Due};
use crate::domain::policy::{Action, Verdict};
use crate::domain::text::{Code, Slug};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Result};
use crate::store::events::{self, NewEvent};
use crate::store::offers::{self, Stored};
use crate::store::rounds::{self, Group, Round};
use crate::store::standings::{self, Line};
use crate::store::{advancements, dialect};

use super::access::{self, Scene};
use super::actor::Actor;
use super::leavers::{Since, numbers};
use super::offering::{Offering, bare, published, view};
use super::{Effect, Tx};

pub use self::answering::{OfferAt, answer, extend, one, withdraw};
pub use super::offering::{AnswerView, OfferView};

/// The most entries that are named at once.
const MOST: usize = 5_000;

/// What is to be offered.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The competition.
    pub slug: Slug,
    /// The round whose result gives the places.
    pub round: Code,
    /// To whom; without a word to everybody whom a place is due.
    pub entries: Option<Vec<i64>>,
    /// The first moment at which it is too late to answer.
    pub deadline: Stamp,
}

/// The offers of a round.
#[derive(Debug, Clone)]
pub struct Offers {
    /// All of them, in the order in which they were made.
    pub offers: Vec<OfferView>,
    /// The places that are given and not offered, in order.
    pub due: Vec<DuePlace>,
}

/// A place that is given and not offered.
#[derive(Debug, Clone)]
pub struct DuePlace {
    /// Whose it is.
    pub due: Due,
    /// The entry's group.
    pub group: Code,
    /// Whether what is published says so: only then it can be offered.
    pub published: bool,
}

/// A decision's places that somebody may offer.
struct Giving {
    decision: advancements::Current,
    due: Vec<Due>,
}

/// The offers of a round, and what is to be offered, as far as the caller may read them.
///
/// # Errors
/// 404 and 403 as the policy says.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, round: &Code) -> Result<Offers> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadOffers, "round")?;
    let round = scene.round(tx, round)?;
    let mine = groups_for(tx, &scene, &round, Action::ReadOffers)?;
    let mut stored = offers::of_round(tx.conn, round.id)?;
    let lines = lines_of(tx, &mine)?;
    let flat: Vec<Line> = lines.iter().map(|(_, line)| line.clone()).collect();
    let seen = published(tx, &round, &flat)?;
    let group_of = |due: &Due| {
        let line = lines.iter().find(|(_, line)| line.number == due.entry);
        line.map(|(group, _)| group.code.clone())
    };
    let due = giving(tx, &round, &stored)?
        .into_iter()
        .flat_map(|giving| giving.due)
        .filter_map(|due| {
            Some(DuePlace {
                group: group_of(&due)?,
                published: seen.contains(&due),
                due,
            })
        })
        .collect();
    stored.retain(|s| mine.iter().any(|g| g.id == s.group));
    let now = tx.now;
    Ok(Offers {
        offers: stored.into_iter().map(|s| view(&scene, s, now)).collect(),
        due,
    })
}

/// Offers places to those whom they are due and who can read so in what is published.
///
/// # Errors
/// 422 at `/entries` and `/deadline`; 409 `nothing_to_offer`, `offer_exists`, `decision_stale` when one of them left,
/// `result_not_published`.
pub fn make(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked) -> Result<Vec<OfferView>> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    scene.require_reach(Action::Offer, "round")?;
    let round = scene.round(tx, &asked.round)?;
    for group in rounds::groups(tx.conn, round.id)? {
        dialect::lock_phase_shared(tx.conn, group.id)?;
    }
    let all = rounds::groups(tx.conn, round.id)?;
    let lines = lines_of(tx, &all)?;
    let stored = offers::of_round(tx.conn, round.id)?;
    let mut given = giving(tx, &round, &stored)?;
    check(tx, &scene, asked, &lines, (&given, &stored))?;
    let wanted = |due: &Due| match &asked.entries {
        Some(entries) => entries.contains(&due.entry),
        None => lines.iter().any(|(group, line)| {
            line.number == due.entry
                && scene.may(Action::Offer, &scene.in_region(group.region_id)) == Verdict::Allow
        }),
    };
    for giving in &mut given {
        giving.due.retain(wanted);
    }
    let due: Vec<&Due> = given.iter().flat_map(|g| &g.due).collect();
    if due.is_empty() {
        return Err(Conflict::new("nothing_to_offer")
            .with("round", &round.code)
            .into());
    }
    let lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    let ids: Vec<GroupId> = all.iter().map(|g| g.id).collect();
    let since = Since::of(tx, &round, &ids)?;
    let gone: Vec<i64> = given
        .iter()
        .flat_map(|g| since.holders(&g.decision.document))
        .collect();
    refuse(&due, "decision_stale", |due| gone.contains(&due.entry))?;
    let seen = published(tx, &round, &lines)?;
    refuse(&due, "result_not_published", |due| !seen.contains(due))?;
    let by = scene.person()?.id;
    let mut rows = Vec::new();
    for giving in &given {
        let offering = Offering {
            advancement: &giving.decision.document,
            before: None,
            places: &giving.due,
            deadline: asked.deadline,
            by,
        };
        rows.extend(offering.rows(&round, &lines, tx.now));
    }
    offers::insert(tx.conn, &rows)?;
    let entries: Vec<i64> = due.iter().map(|due| due.entry).collect();
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(by),
        action: "offers",
        subject: format!("rounds/{}", round.code),
        version: None,
        details: json!({ "entries": entries, "deadline": asked.deadline }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::RoundChanged(round.id));
    let now = tx.now;
    let made = offers::of_round(tx.conn, round.id)?.into_iter();
    let new = made.filter(|s| {
        s.offer.is_live() && entries.contains(&s.offer.entry) && stored.iter().all(|k| k.id != s.id)
    });
    Ok(new.map(|s| view(&scene, s, now)).collect())
}

/// The groups of a round in which the caller may do something.
fn groups_for(tx: &mut Tx<'_>, scene: &Scene, round: &Round, action: Action) -> Result<Vec<Group>> {
    let mut groups = rounds::groups(tx.conn, round.id)?;
    groups.retain(|g| scene.may(action, &scene.in_region(g.region_id)) == Verdict::Allow);
    Ok(groups)
}

fn lines_of(tx: &mut Tx<'_>, groups: &[Group]) -> Result<Vec<(Group, Line)>> {
    let mut lines = Vec::new();
    for group in groups {
        let of_group = standings::lines(tx.conn, group.id)?;
        lines.extend(of_group.into_iter().map(|line| (group.clone(), line)));
    }
    Ok(lines)
}

/// The decisions of a round that hold, with their places that are not offered.
fn giving(tx: &mut Tx<'_>, round: &Round, stored: &[Stored]) -> Result<Vec<Giving>> {
    let made = bare(stored);
    let decisions = advancements::current(tx.conn, round.id)?.into_iter();
    let giving = |decision: advancements::Current| Giving {
        due: offer::due(&decision.document, &made),
        decision,
    };
    Ok(decisions.map(giving).collect())
}

/// The deadline is to come; each named entry is in the round, once, and has a place that is not offered.
fn check(
    tx: &Tx<'_>,
    scene: &Scene,
    asked: &Asked,
    lines: &[(Group, Line)],
    (given, stored): (&[Giving], &[Stored]),
) -> Result<()> {
    let mut invalid = Invalid::default();
    if asked.deadline <= tx.now {
        invalid.push(FieldError::new("/deadline", "time_past").with("now", tx.now));
    }
    let named = asked.entries.as_deref().unwrap_or_default();
    if asked.entries.is_some() && !(1..=MOST).contains(&named.len()) {
        let limits = FieldError::new("/entries", "offer_entries_length");
        invalid.push(limits.with("minimum", 1).with("maximum", MOST));
    }
    let (mut seen, mut offered) = (BTreeSet::new(), Vec::new());
    for (i, entry) in named.iter().enumerate().take(MOST) {
        let line = lines.iter().find(|(_, line)| line.number == *entry);
        if let Some((group, _)) = line {
            scene.require(Action::Offer, &scene.in_region(group.region_id), "group")?;
        }
        let due = given.iter().flat_map(|g| &g.due).any(|due| due.entry == *entry);
        let has_offer = stored
            .iter()
            .any(|s| s.offer.entry == *entry && s.offer.is_live());
        let code = if line.is_none() {
            "entry_not_in_groups"
        } else if !seen.insert(entry) {
            "entry_named_twice"
        } else if !due && has_offer {
            offered.push(*entry);
            continue;
        } else if !due {
            "entry_without_place"
        } else {
            continue;
        };
        invalid.push(FieldError::new(format!("/entries/{i}"), code).with("entry", entry));
    }
    invalid.into_result()?;
    if offered.is_empty() {
        return Ok(());
    }
    let exists = Conflict::new("offer_exists").with("entries", numbers(&offered));
    Err(exists.into())
}

/// Refuses to offer places of which this holds.
fn refuse(due: &[&Due], code: &'static str, wrong: impl Fn(&Due) -> bool) -> Result<()> {
    let entries: Vec<i64> = due.iter().filter(|due| wrong(due)).map(|due| due.entry).collect();
    if entries.is_empty() {
        return Ok(());
    }
    Err(Conflict::new(code).with("entries", numbers(&entries)).into())
}
