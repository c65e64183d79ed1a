//! Values across judges, and what each of them is told with.

use super::Words;
use crate::domain::exact::{Exact, Shown};
use crate::domain::points::Points;
use crate::domain::rules::Combine;
use crate::domain::scoring::{CriterionLine, Dropped, DroppedMark, MarkLine, SheetLine};

impl Words<'_> {
    /// Values across judges, the lowest first, and what comes of them. One value alone is what it is.
    pub(super) fn combined(&self, by: Combine, values: &[String], sum: &str, result: &str) -> String {
        if values.len() == 1 {
            return result.to_owned();
        }
        let of = values.len().to_string();
        let (key, left) = match by {
            Combine::Sum => ("derivation-equals", values.join(" + ")),
            Combine::Median => ("derivation-median", values.join(", ")),
            Combine::RankProduct => ("derivation-equals", values.join(" × ")),
            // Where ranks count, what they are of is a mean.
            _ => ("derivation-divided", values.join(" + ")),
        };
        self.say(
            key,
            &[("left", &left), ("sum", sum), ("of", &of), ("right", result)],
        )
    }

    /// A value as rounded, behind what it was before where that does not look the same: a value that was stored is as it is
    /// shown, and nobody rounded it.
    pub(super) fn rounded(&self, exact: &Exact, rounded: &Shown) -> String {
        if exact == rounded.value() {
            return rounded.to_string();
        }
        let (exact, rounded) = (exact.show(0), rounded.to_string());
        if exact == rounded {
            return rounded;
        }
        self.say("derivation-rounded", &[("exact", &exact), ("rounded", &rounded)])
    }

    /// The sheets that did not count, each with why.
    pub(super) fn dropped(&self, sheets: &[SheetLine]) -> Option<String> {
        let one = |line: &SheetLine| {
            let counted = line.counted.as_ref().map(ToString::to_string);
            self.left_out(line.dropped?, counted.or_else(|| of_sheet(line)), &line.judge)
        };
        let list = self.list(sheets.iter().filter_map(one).collect())?;
        Some(self.say("derivation-dropped", &[("list", &list)]))
    }

    /// The marks that sheets do without, sheet by sheet.
    pub(super) fn marks_dropped(&self, sheets: &[SheetLine]) -> Option<String> {
        let mark = |line: &SheetLine, mark: &DroppedMark| {
            let value = Some(mark.weighted.to_string());
            let text = self.left_out(mark.dropped, value, &line.judge)?;
            let name = self.criterion(&mark.code);
            Some(self.say("derivation-criterion", &[("criterion", &name), ("value", &text)]))
        };
        let sheet = |line: &SheetLine| {
            let marks = line.marks_dropped.iter().filter_map(|one| mark(line, one));
            let list = self.list(marks.collect())?;
            Some(self.say("derivation-off_sheet", &[("judge", &line.judge), ("list", &list)]))
        };
        let list = self.list(sheets.iter().rev().filter_map(sheet).collect())?;
        Some(self.say("derivation-off_sheets", &[("list", &list)]))
    }

    /// A value that did not count, with why.
    pub(super) fn left_out(&self, why: Dropped, value: Option<String>, judge: &str) -> Option<String> {
        let value = value.unwrap_or_default();
        let params = [("value", value.as_str()), ("judge", judge)];
        Some(self.say(&format!("derivation-{why}"), &params))
    }

    /// `a, b and c`.
    pub(super) fn list(&self, mut items: Vec<String>) -> Option<String> {
        let last = items.pop()?;
        let comma = |all: String, next: String| self.say("list-comma", &[("first", &all), ("next", &next)]);
        match items.into_iter().reduce(comma) {
            Some(first) => Some(self.say("list-and", &[("first", &first), ("last", &last)])),
            None => Some(last),
        }
    }

    /// A criterion across judges: its marks, which of them were dropped, and what it counts.
    pub(super) fn weighted(&self, line: &CriterionLine) -> String {
        let criterion = self.rules.rubric.criterion(&line.code);
        let kept: Vec<&MarkLine> = line.marks.iter().rev().filter(|m| m.dropped.is_none()).collect();
        let sum = kept.iter().fold(Exact::ZERO, |sum, line| {
            &sum + line.adjusted.as_deref().unwrap_or(line.mark.value())
        });
        let marks: Vec<String> = kept.iter().map(|line| of_mark(line)).collect();
        let across = self.rounded(&line.exact, &line.value);
        let value = self.combined(self.rules.aggregate.by, &marks, &sum.show(0), &across);
        let name = self.criterion(&line.code);
        let dropped = line
            .marks
            .iter()
            .filter_map(|m| self.left_out(m.dropped?, Some(of_mark(m)), &m.judge));
        let dropped = self.list(dropped.collect()).unwrap_or_else(|| "none".to_owned());
        let text = match (
            criterion.and_then(|c| c.factor),
            criterion.and_then(|c| c.weight),
            &line.weighted,
        ) {
            (Some(factor), _, Some(weighted)) => {
                let exact = line.value.value() * &factor.into();
                self.times(&name, &value, factor, &self.rounded(&exact, weighted))
            }
            _ if line.apart => {
                let text = self.say("derivation-criterion", &[("criterion", &name), ("value", &value)]);
                self.say("derivation-apart", &[("text", &text)])
            }
            (None, Some(weight), Some(weighted)) => {
                let (weight, weighted) = (weight.to_string(), weighted.to_string());
                let params = [
                    ("criterion", name.as_str()),
                    ("value", &value),
                    ("weight", &weight),
                    ("result", &weighted),
                ];
                self.say("derivation-share", &params)
            }
            _ => self.say("derivation-criterion", &[("criterion", &name), ("value", &value)]),
        };
        let text = self.say("derivation-marks", &[("text", &text), ("dropped", &dropped)]);
        self.unless_dropped(line.dropped, text)
    }

    pub(super) fn times(&self, criterion: &str, value: &str, factor: Points, weighted: &str) -> String {
        let factor = factor.to_string();
        // A factor behind a computation stands apart from it.
        let long = if value.contains(' ') { "yes" } else { "no" };
        let params = [
            ("criterion", criterion),
            ("value", value),
            ("long", long),
            ("factor", &factor),
            ("weighted", weighted),
        ];
        self.say("derivation-weighted", &params)
    }
}

/// The totals of the sheets that counted, the lowest first.
pub(super) fn kept(sheets: &[SheetLine]) -> Vec<String> {
    let counted = sheets.iter().rev().filter(|line| line.dropped.is_none());
    counted.filter_map(of_sheet).collect()
}

/// What was combined of a sheet: its total, or what making panels comparable made of it.
fn of_sheet(line: &SheetLine) -> Option<String> {
    match &line.adjusted {
        Some(adjusted) => Some(adjusted.show(2)),
        None => line.total.as_ref().map(ToString::to_string),
    }
}

/// What was combined of a mark: itself, or what making panels comparable made of it.
fn of_mark(line: &MarkLine) -> String {
    match &line.adjusted {
        Some(adjusted) => adjusted.show(2),
        None => line.mark.to_string(),
    }
}

/// What counts for the ranks that judges gave, in the order of [`kept`].
pub(super) fn counted(sheets: &[SheetLine]) -> Vec<String> {
    let counting = sheets.iter().rev().filter(|line| line.dropped.is_none());
    counting
        .filter_map(|line| line.counted.as_ref().map(ToString::to_string))
        .collect()
}
