//! Judges of several classes: combined within each class, then weighed.

use std::collections::BTreeMap;

use super::Bench;
use super::aggregate::NoScore;
use super::combined::{Combined, Valued};
use super::derivation::Dropped;
use super::input::{EntryInput, Input, Sheet};
use crate::domain::exact::Exact;
use crate::domain::rules::{Combine, EmptyClass, JudgeClass, Rounding, Rules};

/// The class of each judge.
#[derive(Debug, Default)]
pub(super) struct Classes<'a>(BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>);

impl<'a> Classes<'a> {
    pub(super) fn of(input: &'a Input) -> Self {
        let mut of: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        for judge in &input.judges {
            if let Some(class) = &judge.class {
                let panels = of.entry(&judge.code).or_default();
                // Of two classes in one panel the first by name, so that no order matters.
                let known = panels.entry(&judge.panel).or_insert(class);
                *known = (*known).min(class);
            }
        }
        Self(of)
    }

    /// The class in which a judge marks an entry: that of the entry's panel, or the one that the judge has everywhere.
    pub(super) fn class(&self, entry: &EntryInput, judge: &str) -> Option<&'a str> {
        let panels = self.0.get(judge)?;
        let everywhere = || {
            let mut classes = panels.values();
            let first = classes.next()?;
            classes.all(|class| class == first).then_some(first)
        };
        panels.get(entry.panel.as_str()).or_else(everywhere).copied()
    }

    /// The class that decides how much a judge's marks of an entry count; none where they count nowhere.
    pub(super) fn counting<'r>(
        &self,
        rules: &'r Rules,
        entry: &EntryInput,
        judge: &str,
    ) -> Option<&'r JudgeClass> {
        let code = self.class(entry, judge)?;
        let known = rules.panel.classes.iter().find(|c| c.code.as_str() == code);
        known.filter(|class| class.counts())
    }
}

/// Numbers across judges: all alike, or class by class.
#[derive(Debug)]
pub(super) enum Pooled<'a> {
    Alike(Combined<'a>),
    Classes(Mix<'a>),
}

/// Numbers combined within each class, and the classes weighed.
#[derive(Debug)]
pub(super) struct Mix<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// The classes without enough sheets, whose weight the others share.
    left_out: Vec<String>,
    exact: Exact,
}

/// What the judges of a class give.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) class: String,
    pub(super) weight: Exact,
    pub(super) combined: Combined<'a>,
    /// As rounded for a class.
    pub(super) value: Exact,
}

/// The classes that count for an entry; none of them where all judges are alike.
///
/// # Errors
/// The class that has too few sheets, unless the rules leave such a class out.
pub(super) fn present<'a>(
    bench: &Bench<'a>,
    entry: &EntryInput,
    sheets: &[&Sheet],
) -> Result<Vec<&'a JudgeClass>, NoScore> {
    let mut found = Vec::new();
    for class in bench.rules.panel.classes.iter().filter(|c| c.counts()) {
        let of_class =
            |sheet: &&&Sheet| bench.classes.class(entry, &sheet.judge) == Some(class.code.as_str());
        let present = sheets.iter().filter(of_class).count();
        if present >= usize::try_from(class.minimum()).unwrap_or(usize::MAX) {
            found.push(class);
        } else if bench.rules.panel.empty_class == EmptyClass::Refuse {
            let class = class.clone();
            return Err(NoScore::ClassTooFew(Box::new((class, present))));
        }
    }
    Ok(found)
}

impl<'a> Pooled<'a> {
    /// Combines numbers, within the classes that count where there are classes.
    pub(super) fn of(
        bench: &Bench<'a>,
        entry: &'a EntryInput,
        classes: &[&JudgeClass],
        values: Vec<Valued<'a>>,
        denominator: i128,
    ) -> Result<Self, NoScore> {
        let rules = bench.rules;
        // Where ranks are combined, ranks are dropped and not totals.
        let (by, trim) = match rules.aggregate.by {
            by if by.ranks_by_judge() => (Combine::Mean, &[][..]),
            by => (by, rules.aggregate.trim.as_slice()),
        };
        if rules.panel.classes.is_empty() {
            let combined = Combined::of(by, trim, values, denominator).ok_or(NoScore::NothingLeft)?;
            return Ok(Self::Alike(combined));
        }
        let (mut parts, mut left_out): (Vec<Part<'a>>, Vec<String>) = (Vec::new(), Vec::new());
        for class in rules.panel.classes.iter().filter(|c| c.counts()) {
            let code = class.code.as_str();
            let of_class = |v: &&Valued<'a>| bench.classes.class(entry, &v.sheet.judge) == Some(code);
            let numbers: Vec<Valued<'a>> = values.iter().filter(of_class).copied().collect();
            let enough = classes.iter().any(|c| c.code == class.code) && !numbers.is_empty();
            if !enough {
                if rules.panel.empty_class == EmptyClass::Refuse {
                    return Err(NoScore::NothingLeft);
                }
                left_out.push(code.to_owned());
                continue;
            }
            let combined = Combined::of(by, trim, numbers, denominator).ok_or(NoScore::NothingLeft)?;
            parts.push(Part {
                class: code.to_owned(),
                weight: class.weight.into(),
                value: Rounding::at(rules.rounding.class, &combined.exact),
                combined,
            });
        }
        let exact = weighed(parts.iter().map(|p| (p.weight.clone(), Some(p.value.clone()))))
            .ok_or(NoScore::NothingLeft)?;
        Ok(Self::Classes(Mix {
            parts,
            left_out,
            exact,
        }))
    }

    /// The value before rounding.
    pub(super) const fn exact(&self) -> &Exact {
        match self {
            Self::Alike(combined) => &combined.exact,
            Self::Classes(mix) => &mix.exact,
        }
    }

    /// One of the numbers.
    pub(super) fn number(&self, of: &Valued<'_>) -> Exact {
        let combined = match self {
            Self::Alike(combined) => Some(combined),
            Self::Classes(mix) => mix.parts.first().map(|part| &part.combined),
        };
        combined.map_or(Exact::ZERO, |combined| combined.exact(of))
    }

    /// What each class gives; nothing where all judges are alike.
    pub(super) fn parts(&self) -> &[Part<'a>] {
        match self {
            Self::Alike(_) => &[],
            Self::Classes(mix) => &mix.parts,
        }
    }

    /// The classes that were left out.
    pub(super) fn left_out(&self) -> &[String] {
        match self {
            Self::Alike(_) => &[],
            Self::Classes(mix) => &mix.left_out,
        }
    }

    /// How many numbers there are, dropped ones included.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Alike(combined) => combined.len(),
            Self::Classes(mix) => mix.parts.iter().map(|p| p.combined.len()).sum(),
        }
    }

    /// Every number, class by class, the highest first, with its class and why it did not count.
    pub(super) fn explained(
        &self,
    ) -> impl Iterator<Item = (Option<&str>, &Valued<'a>, Option<Dropped>)> + '_ {
        let alike = match self {
            Self::Alike(combined) => Some((None, combined)),
            Self::Classes(_) => None,
        };
        let classes = self.parts().iter();
        let classes = classes.map(|part| (Some(part.class.as_str()), &part.combined));
        let together = alike.into_iter().chain(classes);
        together.flat_map(|(class, combined)| combined.explained().map(move |(v, why)| (class, v, why)))
    }

    /// The mean of something over the sheets that counted, classes weighed as their totals are; a sheet that
    /// lacks it is left out, and there is none where all do.
    pub(super) fn mean_of(
        &self,
        number: impl Fn(&Sheet) -> Option<i128>,
        denominator: i128,
    ) -> Option<Exact> {
        let mean = |combined: &Combined<'a>| {
            let (mut sum, mut of) = (0, 0);
            for number in combined
                .counted()
                .iter()
                .filter_map(|counted| number(counted.sheet))
            {
                sum += number;
                of += 1;
            }
            Exact::over(sum, of * denominator)
        };
        match self {
            Self::Alike(combined) => mean(combined),
            Self::Classes(mix) => weighed(
                mix.parts
                    .iter()
                    .map(|part| (part.weight.clone(), mean(&part.combined))),
            ),
        }
    }
}

/// The weighted mean; none where there is nothing to weigh or a value is missing.
fn weighed(parts: impl Iterator<Item = (Exact, Option<Exact>)>) -> Option<Exact> {
    let (mut sum, mut weights) = (Exact::ZERO, Exact::ZERO);
    for (weight, value) in parts {
        sum = &sum + &(&weight * &value?);
        weights = &weights + &weight;
    }
    sum.divided_by(&weights)
}
