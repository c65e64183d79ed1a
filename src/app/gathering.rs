//! Everything that the standings and the decision of a round rest on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::advancement::{By, Decisions, GivenUp, Outcome, Withheld, kept};
use crate::domain::rules::Rules;
use crate::domain::scoring::Input;
use crate::domain::text::Text;
use crate::error::Result;
use crate::store::competitions::Competition;
use crate::store::rounds::{Group, Round};
use crate::store::{advancements, standings};

use super::{Tx, shares, tabulation};

/// A round with everything that its result rests on.
#[derive(Debug)]
pub struct Gathered {
    /// The rules.
    pub rules: Arc<Rules>,
    /// What happened.
    pub input: Input,
    /// What people decided about advancement.
    pub decisions: Decisions,
    /// What entries are called, by number.
    pub titles: BTreeMap<i64, Text>,
    /// What groups are called, by code.
    pub group_titles: BTreeMap<String, Text>,
}

/// Gathers groups of a round.
///
/// # Errors
/// 409 `rules_missing`, `rules_do_not_fit`.
pub(super) fn gather(
    tx: &mut Tx<'_>,
    competition: &Competition,
    round: &Round,
    groups: &[Group],
) -> Result<Gathered> {
    let rules = tabulation::rules(tx, round)?;
    let mut sizes = shares::sizes(tx, competition, round, &rules)?;
    sizes.retain(|code, _| groups.iter().any(|g| g.code.as_str() == code));
    let mut gathered = Gathered {
        input: Input::default(),
        decisions: decisions(tx, round, groups)?,
        titles: BTreeMap::new(),
        group_titles: BTreeMap::new(),
        rules,
    };
    gathered.decisions.sizes = sizes;
    for group in groups {
        let input = tabulation::input(tx, round, group, &gathered.rules)?;
        gathered.add(group, input, groups.len() > 1);
        let lines = standings::lines(tx.conn, group.id)?.into_iter();
        gathered
            .titles
            .extend(lines.map(|line| (line.number, line.title.into_inner())));
    }
    Ok(gathered)
}

impl Gathered {
    fn add(&mut self, group: &Group, mut input: Input, several: bool) {
        if several {
            // Judges of no panel make one panel of their group, and not of all groups together.
            let judges = input.judges.iter_mut().map(|judge| &mut judge.panel);
            let entries = input.entries.iter_mut().map(|entry| &mut entry.panel);
            for panel in judges.chain(entries).filter(|panel| panel.is_empty()) {
                group.code.as_str().clone_into(panel);
            }
        }
        self.input.entries.append(&mut input.entries);
        self.input.judges.append(&mut input.judges);
        self.input.decisions.append(&mut input.decisions);
        self.input.fixed.append(&mut input.fixed);
        let title = group.title.clone().into_inner();
        self.group_titles.insert(group.code.to_string(), title);
    }
}

/// What the decisions that hold were asked for, as far as they are about these groups.
fn decisions(tx: &mut Tx<'_>, round: &Round, groups: &[Group]) -> Result<Decisions> {
    let codes: BTreeSet<&str> = groups.iter().map(|g| g.code.as_str()).collect();
    let mut decisions = Decisions::default();
    for made in advancements::current(tx.conn, round.id)? {
        if !made.revisions.keys().any(|code| codes.contains(code.as_str())) {
            continue;
        }
        let declined = made
            .document
            .entries
            .iter()
            .filter_map(|decided| match &decided.outcome {
                Outcome::Declined { stream, reason } => Some(GivenUp {
                    entry: decided.entry,
                    stream: stream.clone(),
                    reason: reason.clone(),
                }),
                _ => None,
            });
        let declined: Vec<GivenUp> = declined.collect();
        if !declined.is_empty() || !made.document.left.is_empty() {
            // All others kept their places when it was decided without those.
            let kept = kept(&made.document).into_iter();
            decisions.kept.extend(kept.filter(|k| k.by != By::Nomination));
            decisions.given_up.extend(declined);
            decisions.left.extend(&made.document.left);
        }
        let ties = made.request.decisions();
        let request = made.request.into_inner();
        // What was withheld in a decision about one group was withheld there.
        let of = made.group_id.and_then(|id| groups.iter().find(|g| g.id == id));
        let of = of.map(|group| group.code.to_string());
        decisions.excluded.extend(request.exclusions);
        decisions.nominated.extend(request.nominations);
        decisions.ties.extend(ties);
        decisions.share_lot.extend(request.share_lot);
        decisions
            .withheld
            .extend(request.withheld.into_iter().map(|w| Withheld {
                group: w.group.or_else(|| of.clone()),
                ..w
            }));
    }
    Ok(decisions)
}
