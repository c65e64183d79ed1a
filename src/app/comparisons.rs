//! What other rules would do: over made-up marks before the first mark is given, over the real ones once they are
//! published. Earlier only where the competition allows it, then without names, and logged: nobody shops for a rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use crate::domain::advancement::Decisions;
use crate::domain::comparison::made_up::{self, Shape};
use crate::domain::comparison::{self, Comparison, Variation};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::Action;
use crate::domain::rules::Rules;
use crate::domain::scoring::Input;
use crate::domain::text::{Code, Slug};
use crate::error::{Conflict, Result};
use crate::store::events::{self, NewEvent};
use crate::store::rounds::{self, Group, Round};
use crate::store::{comparisons, intake, progress, publications};

use super::access::{self, Scene};
use super::actor::Actor;
use super::gathering::{self, Gathered};
use super::{App, Tx, tabulation};

/// The most rules that are compared at once.
pub const MOST: usize = 20;

/// The fewest judges that marks are made up for, and the most.
const JUDGES: (i64, i64) = (3, 50);

/// How many entries marks are made up for, where none is accepted yet.
const ENTRIES: usize = 30;

/// What is compared.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// Other rules.
    pub others: Vec<Rules>,
    /// Changes of the round's rules that have names.
    pub variations: Vec<Variation>,
    /// What made-up marks are made from.
    pub seed: u64,
}

/// What was compared over which marks.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The numbers: the other rules first, then the variations.
    pub comparison: Comparison,
    /// Whether the marks are made up.
    pub made_up: bool,
    /// Whether the marks are real and not published: nobody is to be named.
    pub early: bool,
}

/// Compares the rules of a round with others. Nothing is changed; an early comparison is logged before it is answered.
///
/// # Errors
/// 422 at `/others/…` and `/variations/…`; 409 `comparison_too_early`, `rules_missing`.
pub async fn compare(app: &App, actor: Actor, asked: Asked) -> Result<Compared> {
    let asked = Arc::new(asked);
    let (reader, what) = (actor.clone(), Arc::clone(&asked));
    let compared = app.read(move |tx| compute(tx, &reader, &what)).await?;
    if compared.early {
        app.write(move |tx| note(tx, &actor, &asked)).await?;
    }
    Ok(compared)
}

fn permitted(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked) -> Result<(Scene, Round)> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    let round = scene.round(tx, &asked.round)?;
    scene.require(Action::Compare, &scene.whole(), "round")?;
    Ok((scene, round))
}

fn compute(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked) -> Result<Compared> {
    let (scene, round) = permitted(tx, actor, asked)?;
    let rules = tabulation::rules(tx, &round)?;
    let others = others(&rules, asked)?;
    let groups = rounds::groups(tx.conn, round.id)?;
    let made_up = !comparisons::has_marks(tx.conn, round.id)?;
    let early = !made_up && !are_published(tx, &groups)?;
    if early && !scene.competition.early_comparisons {
        return Err(Conflict::new("comparison_too_early")
            .with("round", &round.code)
            .into());
    }
    let (input, decisions) = if made_up {
        invented(tx, &scene, &round, &groups, (&rules, asked.seed))?
    } else {
        let Gathered { input, decisions, .. } = gathering::gather(tx, &scene.competition, &round, &groups)?;
        (input, decisions.without_holders())
    };
    let comparison = comparison::compare(&rules, &input, &decisions, &others)
        .map_err(|invalid| at_variations(invalid, asked.others.len()))?;
    Ok(Compared {
        comparison,
        made_up,
        early,
    })
}

/// The rules to compare with, in order.
fn others(rules: &Rules, asked: &Asked) -> Result<Vec<Rules>, Invalid> {
    let mut invalid = Invalid::default();
    let mut others = asked.others.clone();
    for (i, variation) in asked.variations.iter().enumerate() {
        match variation.of(rules) {
            Some(other) => others.push(other),
            None => invalid.push(
                FieldError::new(format!("/variations/{i}"), "variation_changes_nothing")
                    .with("variation", variation),
            ),
        }
    }
    if others.is_empty() && invalid.0.is_empty() {
        invalid.push(FieldError::new("/others", "nothing_to_compare"));
    }
    if others.len() > MOST {
        invalid.push(FieldError::new("/others", "too_many").with("maximum", MOST));
    }
    invalid.into_result().map(|()| others)
}

/// Whether the public sees a result of every group.
fn are_published(tx: &mut Tx<'_>, groups: &[Group]) -> Result<bool> {
    for group in groups {
        if publications::visible(tx.conn, group.id, tx.now)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Made-up marks for the groups as they are, or for all accepted entries while there are none.
fn invented(
    tx: &mut Tx<'_>,
    scene: &Scene,
    round: &Round,
    groups: &[Group],
    (rules, seed): (&Rules, u64),
) -> Result<(Input, Decisions)> {
    let sizes = progress::sizes(tx.conn, round.id)?;
    let judges = progress::judges(tx.conn, round.id)?;
    let small = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let of_group = |g: &Group| (g.code.to_string(), small(sizes.get(&g.id).copied().unwrap_or(0)));
    let mut shape: Vec<(String, u32)> = groups.iter().map(of_group).collect();
    if shape.is_empty() {
        let accepted = intake::accepted(tx.conn, scene.competition.id)?.len();
        let entries = if accepted == 0 { ENTRIES } else { accepted };
        shape.push(("all".to_owned(), u32::try_from(entries).unwrap_or(u32::MAX)));
    }
    let (fewest, most) = JUDGES;
    let wanted = fewest.max(rules.minimum_sheets().into());
    let judges = judges.values().copied().max().unwrap_or(wanted).max(wanted);
    let shape = Shape {
        groups: shape,
        judges: small(judges.min(most)),
    };
    let mut input = made_up::input(rules, &shape, seed);
    let classes = rules.panel.classes.iter().map(|class| class.code.to_string());
    for (judge, class) in input.judges.iter_mut().zip(classes.cycle()) {
        judge.class = Some(class);
    }
    let sizes: BTreeMap<String, u64> = shape
        .groups
        .iter()
        .map(|(group, n)| (group.clone(), u64::from(*n)))
        .collect();
    let decisions = Decisions {
        sizes,
        ..Decisions::default()
    };
    Ok((input, decisions))
}

/// What the marks can't serve, where it was asked: variations were compared behind the other rules.
fn at_variations(invalid: Invalid, others: usize) -> Invalid {
    let moved = |mut error: FieldError| {
        let rest = error.pointer.strip_prefix("/others/").map(str::to_owned);
        let (nth, below) = rest
            .as_deref()
            .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
            .unwrap_or_default();
        if let Some(variation) = nth.parse::<usize>().ok().and_then(|n| n.checked_sub(others)) {
            error.pointer = format!("/variations/{variation}/{below}");
        }
        error
    };
    Invalid(invalid.0.into_iter().map(moved).collect())
}

/// Writes down who compared over marks that nobody knows yet.
fn note(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked) -> Result<()> {
    let (scene, round) = permitted(tx, actor, asked)?;
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "comparison",
        subject: format!("rounds/{}", round.code),
        version: None,
        details: json!({ "others": asked.others.len(), "variations": asked.variations }),
    };
    events::record(tx.conn, tx.now, &event)
}
