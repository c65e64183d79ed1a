//! Several attempts of an entry: each has a value of its own, and the best, or all of them, make the entry's.

use super::Bench;
use super::aggregate::{NoScore, Numbers, PanelScore, part_score};
use super::input::EntryInput;
use super::ranking::better_first;
use super::recorded;
use super::sheets::Sheets;
use crate::domain::exact::Exact;
use crate::domain::rules::{Criterion, Rounding, Together};

/// An attempt that has a value.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    /// From 1.
    pub(super) number: u32,
    pub(super) sheets: &'a Sheets,
    pub(super) panel: PanelScore<'a>,
    /// With what was recorded for it, before and after its rounding.
    pub(super) exact: Exact,
    pub(super) value: Exact,
}

/// The attempts of an entry.
#[derive(Debug)]
pub(super) struct Attempted<'a> {
    /// Those that have a value, the best first.
    pub(super) best_first: Vec<Attempt<'a>>,
    /// How many of them count.
    pub(super) counting: usize,
    pub(super) together: Together,
    /// Those that were begun and have no value.
    pub(super) left_out: Vec<u32>,
    /// What those that count give together.
    pub(super) taken: Exact,
    /// What judges mark once.
    pub(super) once: Box<PanelScore<'a>>,
}

/// The value of an entry that has several attempts.
///
/// # Errors
/// Why an attempt that counts has no value, or how many have one where more are asked for.
pub(super) fn score<'a>(bench: &Bench<'a>, entry: &'a EntryInput) -> Result<PanelScore<'a>, NoScore> {
    let Some(rules) = &bench.rules.rubric.attempts else {
        return part_score(bench, bench.sheets, entry, Numbers::Given);
    };
    let (mut best_first, mut left_out) = (Vec::new(), Vec::new());
    for (number, sheets) in (1..).zip(bench.attempts) {
        match attempt(bench, entry, number, sheets) {
            None => {}
            Some(Ok(attempt)) => best_first.push(attempt),
            Some(Err(_)) if rules.may_lack_one() => left_out.push(number),
            Some(Err(no)) => return Err(no),
        }
    }
    let counting = usize::try_from(rules.counting()).unwrap_or(usize::MAX);
    if best_first.len() < counting {
        return Err(NoScore::TooFewAttempts(best_first.len()));
    }
    let wins = bench.rules.attempts_win();
    best_first.sort_by(|a, b| better_first(wins, &a.value, &b.value).then(a.number.cmp(&b.number)));
    let counted = best_first.iter().take(counting).map(|a| a.value.clone());
    let taken = together(rules.together(), counted).ok_or(NoScore::NothingLeft)?;
    let once = part_score(bench, bench.sheets, entry, Numbers::Given)?;
    let parts = best_first.iter().map(|a| &a.panel).chain([&once]);
    let complete = parts.flat_map(|panel| panel.sheets().iter().copied()).collect();
    let exact = &taken + &once.value;
    let attempted = Attempted {
        best_first,
        counting,
        together: rules.together(),
        left_out,
        taken,
        once: Box::new(once),
    };
    Ok(PanelScore {
        complete,
        parts: super::aggregate::Parts::Attempts(attempted),
        value: exact.clone(),
        exact,
    })
}

/// An attempt's value, or why it has none; nothing where nobody gave or recorded anything for it.
fn attempt<'a>(
    bench: &Bench<'a>,
    entry: &'a EntryInput,
    number: u32,
    sheets: &'a Sheets,
) -> Option<Result<Attempt<'a>, NoScore>> {
    let rules = bench.rules;
    let mut recorded = rules.rubric.recorded_in(Some(number));
    let begun = entry.sheets.iter().any(|s| sheets.begun(&s.marks))
        || recorded.any(|slot| entry.recorded.contains_key(slot.code().as_ref()));
    begun.then(|| {
        let panel = part_score(bench, sheets, entry, Numbers::Given)?;
        let exact = recorded::with(bench, entry, Some(number), &panel.value)
            .map_err(|slot| NoScore::RecordedMissing(slot.code().into_owned()))?;
        Ok(Attempt {
            number,
            sheets,
            panel,
            value: Rounding::at(rules.rounding.attempt, &exact),
            exact,
        })
    })
}

/// The sum or the mean; none of nothing.
fn together(how: Together, values: impl Iterator<Item = Exact>) -> Option<Exact> {
    let (mut sum, mut of) = (Exact::ZERO, 0);
    for value in values {
        sum = &sum + &value;
        of += 1;
    }
    match how {
        Together::Sum => (of > 0).then_some(sum),
        Together::Mean => sum.divided_by(&Exact::whole(of)),
    }
}

impl<'a> Attempted<'a> {
    /// The attempts that count, the best first.
    pub(super) fn counted(&self) -> &[Attempt<'a>] {
        self.best_first.get(..self.counting).unwrap_or_default()
    }

    /// The classes of judges that an attempt does without.
    pub(super) fn classes_left_out(&self) -> Vec<&str> {
        let parts = self.best_first.iter().map(|a| &a.panel).chain([&*self.once]);
        parts.flat_map(PanelScore::left_out).collect()
    }

    /// A criterion's value in the attempts that count, combined as their values are.
    pub(super) fn criterion(&self, entry: &EntryInput, criterion: &Criterion) -> Option<Exact> {
        let code = criterion.code.as_str();
        let value = |attempt: &Attempt<'a>| {
            if criterion.is_recorded() {
                let recorded = entry.recorded.get(&format!("{code}.{}", attempt.number))?;
                return Some(Exact::from(*recorded));
            }
            let place = attempt.sheets.criteria().iter().position(|c| c == code)?;
            attempt.panel.criterion(attempt.sheets, place)
        };
        let values: Option<Vec<Exact>> = self.counted().iter().map(value).collect();
        together(self.together, values?.into_iter())
    }
}
