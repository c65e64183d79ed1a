//! One judge's sheet: marks that fit the rubric, and their total.

use std::collections::BTreeMap;

pub use super::distinct::distinct;
use super::sheets::Sheets;
use crate::domain::exact::Exact;
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::points::{Given, Points, PointsError};
use crate::domain::rules::{Attempts, Comment, Criterion, Kind, MissingMarks, Rubric, Rules, Slot};

/// Marks that fit a rubric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// A mark for each place on the sheet, in the order of [`Rubric::marked`]; none where none was given.
    pub in_order: Vec<Option<Points>>,
    /// The codes of the places without a mark, in order.
    pub missing: Vec<String>,
}

impl Marks {
    /// The marks by criterion, as a client sees them: with the decimals of the step.
    #[must_use]
    pub fn shown(&self, rubric: &Rubric) -> BTreeMap<String, String> {
        let pairs = rubric.marked().zip(&self.in_order);
        pairs
            .filter_map(|(slot, mark)| Some((slot.code().into_owned(), shown(slot.criterion, (*mark)?))))
            .collect()
    }

    /// The marks that were given, by criterion.
    #[must_use]
    pub fn by_code(&self, rubric: &Rubric) -> BTreeMap<String, Points> {
        let pairs = rubric.marked().zip(&self.in_order);
        pairs
            .filter_map(|(slot, mark)| Some((slot.code().into_owned(), (*mark)?)))
            .collect()
    }
}

/// A mark of a criterion as a client sees it.
#[must_use]
pub fn shown(criterion: &Criterion, mark: Points) -> String {
    let word = VERDICTS.iter().find(|(_, verdict)| *verdict == mark);
    match word.filter(|_| criterion.kind == Kind::PassFail) {
        Some((word, _)) => (*word).to_owned(),
        None => mark.show(criterion.decimals()),
    }
}

/// What a judge says of a pass/fail criterion, and the mark that it is kept as.
const VERDICTS: [(&str, Points); 2] = [("pass", Points::ONE), ("fail", Points::ZERO)];

/// Stored marks as somebody would write them today.
#[must_use]
pub fn as_given(rubric: &Rubric, marks: &BTreeMap<String, Points>) -> BTreeMap<String, Given> {
    let given = |(code, mark): (&String, &Points)| {
        let text = match rubric.slot(code) {
            Some(slot) => shown(slot.criterion, *mark),
            None => mark.to_string(),
        };
        (code.clone(), Given::new(text))
    };
    marks.iter().map(given).collect()
}

/// Marks as they were stored, in the rubric's order; what belongs to no place on the sheet is left out.
#[must_use]
pub fn stored_marks(rubric: &Rubric, marks: &BTreeMap<String, Points>) -> Marks {
    let in_order: Vec<_> = rubric
        .marked()
        .map(|slot| marks.get(slot.code().as_ref()).copied())
        .collect();
    let missing = rubric.marked().zip(&in_order).filter(|(_, mark)| mark.is_none());
    Marks {
        missing: missing.map(|(slot, _)| slot.code().into_owned()).collect(),
        in_order,
    }
}

/// Takes the marks of a draft: some may be missing.
///
/// # Errors
/// Each wrong mark at `/marks/<code>`: no plain number, out of range, off the step, of no judged criterion.
pub fn draft(rubric: &Rubric, given: &BTreeMap<String, Given>) -> Result<Marks, Invalid> {
    let mut errors = Invalid::default();
    let mut marks = BTreeMap::new();
    for (code, given) in given {
        let at = format!("/marks/{}", pointer_step(code));
        match rubric.slot(code) {
            None => errors.push(FieldError::new(at, "mark_unknown_criterion").with("criterion", code)),
            Some(slot) if slot.criterion.is_recorded() => {
                errors.push(named(FieldError::new(at, "mark_of_recorded_criterion"), slot));
            }
            Some(slot) => match value(slot, given, &at) {
                Ok(mark) => drop(marks.insert(code.clone(), mark)),
                Err(error) => errors.push(error),
            },
        }
    }
    errors.into_result().map(|()| stored_marks(rubric, &marks))
}

/// Takes the marks and the comment of a sheet that is submitted: complete, unless the rules leave missing marks out.
///
/// # Errors
/// As [`draft`]; each missing mark (`mark_missing`), a missing or unwanted comment.
pub fn submission(
    rubric: &Rubric,
    given: &BTreeMap<String, Given>,
    comment: Option<&str>,
) -> Result<Marks, Invalid> {
    let mut errors = Invalid::default();
    let marks = draft(rubric, given).unwrap_or_else(|wrong| {
        errors = wrong;
        Marks {
            in_order: Vec::new(),
            missing: Vec::new(),
        }
    });
    for slot in lacking(rubric, &marks) {
        let at = format!("/marks/{}", pointer_step(&slot.code()));
        errors.push(named(FieldError::new(at, "mark_missing"), slot));
    }
    let commented = comment.is_some_and(|c| !c.trim().is_empty());
    match rubric.comment {
        Comment::Required if !commented => errors.push(FieldError::new("/comment", "comment_missing")),
        Comment::None if commented => errors.push(FieldError::new("/comment", "comment_not_allowed")),
        Comment::Required | Comment::Optional | Comment::None => {}
    }
    errors.into_result().map(|()| marks)
}

/// The codes of the places that still need a mark before a sheet can be submitted, in order.
#[must_use]
pub fn needed(rubric: &Rubric, marks: &Marks) -> Vec<String> {
    let lacking = lacking(rubric, marks).into_iter();
    lacking.map(|slot| slot.code().into_owned()).collect()
}

/// The places without a mark that a submitted sheet needs. An attempt may be missing whole, where the rules can do
/// without it.
fn lacking<'r>(rubric: &'r Rubric, marks: &Marks) -> Vec<Slot<'r>> {
    let given = || rubric.marked().zip(&marks.in_order);
    let missing = given().filter(|(_, mark)| mark.is_none()).map(|(slot, _)| slot);
    // A veto that only some have is theirs to use.
    let asked =
        |slot: &Slot<'_>| slot.criterion.kind != Kind::PassFail || slot.criterion.rejects.asks_everybody();
    let missing = missing.filter(asked);
    if given().all(|(_, mark)| mark.is_none()) {
        return missing.collect();
    }
    if rubric.missing == MissingMarks::LeftOut {
        return Vec::new();
    }
    let optional = rubric.attempts.as_ref().is_some_and(Attempts::may_lack_one);
    let begun = |attempt| given().any(|(slot, mark)| slot.attempt == attempt && mark.is_some());
    missing
        .filter(|slot| slot.attempt.is_none() || !optional || begun(slot.attempt))
        .collect()
}

/// Takes one value of a place on the form, judged or recorded.
///
/// # Errors
/// `mark_not_a_number`, `mark_above_maximum`, `mark_below_minimum`, `mark_off_step` at the place; `mark_not_pass_or_fail`.
pub fn value(slot: Slot<'_>, given: &Given, at: &str) -> Result<Points, FieldError> {
    let criterion = slot.criterion;
    if criterion.kind == Kind::PassFail {
        let verdict = VERDICTS.iter().find(|(word, _)| *word == given.as_str());
        let error =
            || named(FieldError::new(at, "mark_not_pass_or_fail"), slot).with("given", given.as_str());
        return verdict.map(|(_, mark)| *mark).ok_or_else(error);
    }
    let maximum = criterion.maximum();
    let error = |code| named(FieldError::new(at, code), slot).with("given", given.as_str());
    let above = || {
        error("mark_above_maximum")
            .with("maximum", maximum)
            .with("minimum", criterion.min)
    };
    let below = || {
        error("mark_below_minimum")
            .with("maximum", maximum)
            .with("minimum", criterion.min)
    };
    let off = || error("mark_off_step").with("step", criterion.step);
    let mark: Points = given.as_str().parse().map_err(|why| match why {
        PointsError::NotANumber => error("mark_not_a_number"),
        PointsError::TooManyDecimals => off(),
        PointsError::TooLarge => above(),
        PointsError::TooSmall => below(),
    })?;
    if mark > maximum {
        Err(above())
    } else if mark < criterion.min {
        Err(below())
    } else if !Points::from_thousandths(mark.thousandths() - criterion.min.thousandths())
        .is_multiple_of(criterion.step)
    {
        Err(off())
    } else {
        Ok(mark)
    }
}

/// The error with the criterion's names, from which `words` takes the reader's language, and the attempt behind them.
#[must_use]
pub fn named(error: FieldError, slot: Slot<'_>) -> FieldError {
    use crate::domain::text::Lang;
    let name = |lang| match slot.attempt {
        None => slot.criterion.name(lang).to_owned(),
        Some(attempt) => format!("{} {attempt}", slot.criterion.name(lang)),
    };
    error
        .with("criterion", slot.code())
        .with("criterion_en", name(Lang::En))
        .with("criterion_zh", name(Lang::Zh))
}

/// The total that complete marks give, as the rules round a sheet; none while marks are missing, and none where entries
/// have several attempts, which only all judges together compare.
#[must_use]
pub fn total(rules: &Rules, marks: &Marks) -> Option<Exact> {
    if rules.rubric.attempts.is_some() {
        return None;
    }
    let sheets = Sheets::once(rules);
    sheets.total(&marks.in_order).map(|n| sheets.exact(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rubric() -> Rules {
        Rules::parse(
            r#"{ "schema": 1, "rubric": { "comment": "required", "criteria": [
                { "code": "technology", "title": { "en": "Technology", "zh": "技术" }, "max": "30", "step": "0.5" },
                { "code": "depth", "min": "-5", "max": "5", "step": "2.5", "factor": "2" },
                { "code": "votes", "kind": "recorded", "max": "100" } ] } }"#,
        )
        .unwrap()
    }

    fn given(marks: &[(&str, &str)]) -> BTreeMap<String, Given> {
        marks
            .iter()
            .map(|(code, mark)| ((*code).to_owned(), Given::from(*mark)))
            .collect()
    }

    #[test]
    fn each_wrong_mark_is_named() {
        let rules = rubric();
        for (code, mark, wrong) in [
            ("technology", "1,25", "mark_not_a_number"),
            ("technology", "NaN", "mark_not_a_number"),
            ("technology", "1e3", "mark_not_a_number"),
            ("technology", "1e400", "mark_not_a_number"),
            ("technology", "", "mark_not_a_number"),
            ("technology", "33", "mark_above_maximum"),
            ("technology", "99999999999", "mark_above_maximum"),
            ("technology", "-0.5", "mark_below_minimum"),
            ("technology", "1.25", "mark_off_step"),
            ("technology", "1.50000", "mark_off_step"),
            ("depth", "1", "mark_off_step"),
            ("votes", "1", "mark_of_recorded_criterion"),
            ("a/b", "1", "mark_unknown_criterion"),
        ] {
            let errors = draft(&rules.rubric, &given(&[(code, mark)])).unwrap_err().0;
            let at = format!("/marks/{}", code.replace('/', "~1"));
            assert_eq!(
                (errors[0].pointer.as_str(), errors[0].code),
                (at.as_str(), wrong),
                "{mark}"
            );
        }
        let above = draft(&rules.rubric, &given(&[("technology", "33")]))
            .unwrap_err()
            .0;
        assert_eq!(
            (
                above[0].params["maximum"].as_str(),
                above[0].params["given"].as_str()
            ),
            ("30", "33")
        );
    }

    #[test]
    fn a_draft_may_lack_marks_and_a_submission_may_not() {
        let rules = rubric();
        let marks = draft(&rules.rubric, &given(&[("technology", "27.5")])).unwrap();
        assert_eq!(marks.missing, ["depth"]);
        assert_eq!(
            marks.shown(&rules.rubric),
            BTreeMap::from([("technology".into(), "27.5".into())])
        );
        assert_eq!(total(&rules, &marks), None);
        let wrong = submission(&rules.rubric, &given(&[("technology", "27.5")]), Some(" "))
            .unwrap_err()
            .0;
        let codes: Vec<_> = wrong.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(
            codes,
            [("/marks/depth", "mark_missing"), ("/comment", "comment_missing")]
        );
        let whole = given(&[("technology", "27.5"), ("depth", "-2.5")]);
        let marks = submission(&rules.rubric, &whole, Some("Fine.")).unwrap();
        assert_eq!(total(&rules, &marks).unwrap().to_string(), "22.5");
        assert_eq!(stored_marks(&rules.rubric, &marks.by_code(&rules.rubric)), marks);
    }

    #[test]
    fn a_weighted_mean_and_every_rounding_of_a_sheet() {
        let total_of = |settings: &str, a: &str, b: &str| {
            let rules = Rules::parse(&format!(
                r#"{{ "schema": 1, "rubric": {{ {settings} "criteria": [
                    {{ "code": "a", "max": 100, "step": "0.001" }}, {{ "code": "b", "max": 100, "step": "0.001" }} ] }} }}"#
            ));
            let mut rules = rules.unwrap();
            rules.rubric.criteria[0].weight = Some("2".parse().unwrap());
            let marks = draft(&rules.rubric, &given(&[("a", a), ("b", b)])).unwrap();
            let exact = total(&rules, &marks).unwrap().to_string();
            rules.rounding.sheet = Some(crate::domain::rules::RoundTo {
                decimals: 2,
                mode: Default::default(),
            });
            (exact, total(&rules, &marks).unwrap().to_string())
        };
        assert_eq!(
            total_of(r#""total": "mean","#, "80", "90"),
            ("250/3".into(), "83.33".into())
        );
        assert_eq!(total_of("", "80", "90"), ("250".into(), "250".into()));
    }
}
