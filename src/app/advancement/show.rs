//! A decision as it is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::advancement::again::Changed;
use crate::domain::advancement::{self, Advancement, Outcome, Turn};
use crate::domain::rules::Rules;
use crate::domain::scoring::Warning;
use crate::domain::text::Text;
use crate::domain::time::Stamp;
use crate::store::standings::Line;

/// A decision as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Counts the decisions of the round.
    pub number: i64,
    /// When.
    pub decided_at: Stamp,
    /// The revision of each group's standings, by the group's code.
    pub revisions: BTreeMap<String, i64>,
    /// What becomes of each entry, who goes on first.
    pub entries: Vec<Fate>,
    /// What else entries are invited to, in the order of the rules.
    #[serde(default)]
    pub streams: Vec<Stream>,
    /// The awards.
    pub awards: Vec<Award>,
    /// What somebody should look at.
    pub warnings: Vec<Warning>,
    /// Who goes on otherwise than the decision before said.
    #[serde(default)]
    pub changed: Option<Changed>,
}

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// Its number.
    pub entry: i64,
    /// Its title.
    pub title: Text,
    /// Its group.
    pub group: String,
    /// Its place in its group, if it has one.
    pub place: Option<u32>,
    /// Its place among all that were compared.
    pub overall: Option<u32>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Its turns among reserves beside that.
    #[serde(default)]
    pub turns: Vec<Turn>,
}

/// Something beside the next round that entries are invited to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: Text,
}

/// An award and who gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// The entries' numbers.
    pub entries: Vec<i64>,
}

/// Shows a decision of a number and moment.
pub(super) fn present(
    (number, decided_at): (i64, Stamp),
    advancement: &Advancement,
    lines: &BTreeMap<i64, Line>,
    rules: &Rules,
    revisions: &BTreeMap<String, i64>,
) -> Decision {
    let title = |entry: i64| {
        lines
            .get(&entry)
            .map(|line| (*line.title).clone())
            .unwrap_or_default()
    };
    let fate = |d: &advancement::Decided| Fate {
        entry: d.entry,
        title: title(d.entry),
        group: d.group.clone(),
        place: match &d.outcome {
            Outcome::Advances { place, .. } | Outcome::Invited { place, .. } => *place,
            _ => None,
        },
        overall: d.overall,
        outcome: d.outcome.clone(),
        turns: d.turns.clone(),
    };
    let award = |award: &crate::domain::rules::Award| Award {
        code: award.code.to_string(),
        title: award
            .title
            .clone()
            .unwrap_or_else(|| Text::english(award.code.as_str())),
        entries: advancement
            .entries
            .iter()
            .filter(|d| d.awards.iter().any(|code| code == award.code.as_str()))
            .map(|d| d.entry)
            .collect(),
    };
    let streams = rules
        .advance
        .iter()
        .flat_map(|a| &a.streams)
        .map(|stream| Stream {
            code: stream.code.to_string(),
            title: stream.name(),
        });
    Decision {
        number,
        decided_at,
        revisions: revisions.clone(),
        streams: streams.collect(),
        entries: advancement.entries.iter().map(fate).collect(),
        awards: rules.awards.iter().map(award).collect(),
        warnings: advancement.warnings.clone(),
        changed: advancement.changed.clone(),
    }
}
