//! Entries without a place, and what entries with one do without.

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate::{NoScore, PanelScore, Parts};
use super::input::EntryInput;
use super::standings::{Reason, Standing, Status};
use super::warning::Warning;
use super::{Bench, Placeless, passed};
use crate::domain::rules::{Attempts, Rules};

impl NoScore {
    /// Why the entry is unranked.
    pub(super) fn reason(self, rules: &Rules) -> Placeless {
        let reason = match self {
            NoScore::TooFewSheets(present) => Reason::TooFewSheets {
                present,
                minimum: rules.minimum_sheets(),
            },
            NoScore::ClassTooFew(of) => Reason::ClassTooFew {
                class: of.0.code.to_string(),
                present: of.1,
                minimum: of.0.minimum(),
            },
            NoScore::NothingLeft => Reason::NothingLeft,
            NoScore::RecordedMissing(criterion) => Reason::RecordedMissing { criterion },
            NoScore::TooFewAttempts(present) => Reason::TooFewAttempts {
                present,
                needed: rules.rubric.attempts.as_ref().map_or(1, Attempts::counting),
            },
        };
        (Status::Unranked, reason)
    }
}

/// The entries that have no place, in order of their numbers. A rejection goes before any other reason to be unranked.
pub(super) fn without_places(
    bench: &Bench<'_>,
    mut refused: Vec<(&EntryInput, Placeless)>,
    warnings: &mut BTreeSet<Warning>,
) -> Vec<Standing> {
    refused.sort_by_key(|(entry, _)| entry.number);
    let one = |(entry, no): (&EntryInput, Placeless)| {
        let (status, reason) = match no {
            (Status::Unranked, _) => passed(bench, entry).err().unwrap_or(no),
            _ => no,
        };
        warnings.extend(warning(entry, &reason));
        without_place(entry, status, reason)
    };
    refused.into_iter().map(one).collect()
}

fn without_place(entry: &EntryInput, status: Status, reason: Reason) -> Standing {
    Standing {
        entry: entry.number,
        group: entry.group.as_str().into(),
        status,
        reason: Some(reason),
        rank: None,
        place: None,
        tied: false,
        total: None,
        exact: None,
        own: None,
        institution: entry.institution.clone(),
        keys: Vec::new(),
        award_values: BTreeMap::new(),
        below: Vec::new(),
        derivation: None,
    }
}

/// What somebody should know about an entry without a place; nothing where somebody decided so.
fn warning(entry: &EntryInput, reason: &Reason) -> Option<Warning> {
    let entry = entry.number;
    match reason.clone() {
        Reason::TooFewSheets { present, minimum } => Some(Warning::TooFewSheets {
            entry,
            present,
            minimum,
        }),
        Reason::ClassTooFew {
            class,
            present,
            minimum,
        } => Some(Warning::ClassTooFew {
            entry,
            class,
            present,
            minimum,
        }),
        Reason::NothingLeft => Some(Warning::NothingLeft { entry }),
        Reason::TooFewAttempts { present, needed } => Some(Warning::TooFewAttempts {
            entry,
            present,
            needed,
        }),
        Reason::RecordedMissing { criterion } => Some(Warning::RecordedMissing { entry, criterion }),
        Reason::EarlierMissing { round } => Some(Warning::EarlierMissing { entry, round }),
        Reason::PanelWithoutFactor { panel } => Some(Warning::PanelWithoutFactor { entry, panel }),
        // Somebody decided so, or it is said once of the whole group.
        Reason::JudgesUnequal { .. }
        | Reason::PointsTooFine
        | Reason::NotQualified { .. }
        | Reason::Penalised { .. }
        | Reason::Unconnected { .. }
        | Reason::PanelMeanZero { .. }
        | Reason::TooManyJudges { .. }
        | Reason::Rejected { .. }
        | Reason::Stated { .. } => None,
    }
}

/// The classes of judges, and the attempts, that an entry's value does without.
pub(super) fn left_out(entry: i64, panel: &PanelScore<'_>) -> Vec<Warning> {
    let class = |class: &str| Warning::ClassLeftOut {
        entry,
        class: class.to_owned(),
    };
    let attempt = |attempt: &u32| Warning::AttemptLeftOut {
        entry,
        attempt: *attempt,
    };
    let mut warnings: Vec<Warning> = panel.left_out().into_iter().map(class).collect();
    if let Parts::Attempts(attempted) = &panel.given().parts {
        warnings.extend(attempted.left_out.iter().map(attempt));
    }
    warnings
}
