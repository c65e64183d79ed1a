//! Sealed sheets: a tie-breaking judge's, which count nowhere and are opened only where a tie asks for them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::input::{EntryInput, Input, Participation, Sheet};
use super::sheets::Sheets;
use super::warning::Warning;
use crate::domain::exact::Exact;
use crate::domain::rules::{Rules, TieBreak};

/// What the sealed sheets would say of each entry.
#[derive(Debug, Default)]
pub(super) struct Sealed {
    totals: BTreeMap<i64, Exact>,
    pub(super) warnings: BTreeSet<Warning>,
}

impl Sealed {
    /// The total of an entry's sealed sheet, or the sum of several; none unless every tie-breaking judge of its panel gave a
    /// complete one.
    pub(super) fn total(&self, entry: i64) -> Option<&Exact> {
        self.totals.get(&entry)
    }
}

/// Takes the sheets of tie-breaking judges out of the input, so that nothing else can see them.
pub(super) fn set_apart<'a>(rules: &Rules, sheets: &Sheets, input: &'a Input) -> (Cow<'a, Input>, Sealed) {
    let mut judges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for judge in input.judges.iter().filter(|j| j.sealed) {
        judges.entry(&judge.panel).or_default().insert(&judge.code);
    }
    if judges.is_empty() {
        return (Cow::Borrowed(input), Sealed::default());
    }
    let mut open = input.clone();
    open.judges.retain(|judge| !judge.sealed);
    let mut sealed = Sealed::default();
    let asked = rules.ranking.ties.contains(&TieBreak::Sealed);
    for entry in &mut open.entries {
        let Some(judges) = judges.get(entry.panel.as_str()) else {
            continue;
        };
        let taken: Vec<Sheet> = entry
            .sheets
            .extract_if(.., |s| judges.contains(s.judge.as_str()))
            .collect();
        let total = judges
            .iter()
            .map(|judge| sheets.total(&taken.iter().find(|s| s.judge == *judge)?.marks))
            .try_fold(0_i128, |sum, total| sum.checked_add(total?));
        sealed
            .totals
            .extend(total.map(|n| (entry.number, sheets.exact(n))));
        if asked && entry.participation == Participation::TakingPart {
            sealed.warnings.extend(missing(entry, judges, &taken));
        }
    }
    if !asked {
        let never = judges.values().flatten().map(|judge| Warning::SealedNeverOpened {
            judge: (*judge).to_owned(),
        });
        sealed.warnings.extend(never);
    }
    (Cow::Owned(open), sealed)
}

/// The sealed sheets that an entry lacks, so that a tie can't be broken by them.
fn missing<'a>(
    entry: &'a EntryInput,
    judges: &'a BTreeSet<&str>,
    taken: &'a [Sheet],
) -> impl Iterator<Item = Warning> + 'a {
    let lacking = judges
        .iter()
        .filter(|judge| !taken.iter().any(|s| s.judge == **judge));
    let lacking = lacking.filter(|judge| !entry.excused.iter().any(|excused| excused == **judge));
    lacking.map(|judge| Warning::SheetMissing {
        entry: entry.number,
        judge: (*judge).to_owned(),
    })
}
