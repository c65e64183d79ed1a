//! The form of a round: which marks a ballot holds and which values are recorded, each by the code that requests use.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::points::Points;
use crate::domain::rules::{Attempts, Comment, Kind, Level, MissingMarks, Rejects, Rules, Slot};
use crate::domain::text::{Code, Text};

/// What is marked and recorded for an entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Form)]
pub(super) struct FormView {
    /// What judges mark, in the order of their sheet: attempt by attempt, then what is marked once.
    marks: Vec<PlaceView>,
    /// What organizers record, in order.
    recorded: Vec<PlaceView>,
    /// Whether a judge comments.
    comment: Comment,
}

/// A place on the form.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FormPlace, example = json!({ "code": "run.2", "criterion": "run", "attempt": 2, "kind": "judged",
    "min": "0", "max": "100", "step": "0.5", "required": false }))]
struct PlaceView {
    /// What requests call it: the criterion, and the attempt behind it where there are several.
    #[schema(example = "run.2")]
    code: String,
    /// The criterion.
    #[schema(value_type = String, example = "run")]
    criterion: Code,
    /// Which attempt, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    /// The criterion's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Text>,
    /// Who gives it, and how.
    kind: Kind,
    /// The least number.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Points>,
    /// The greatest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Points>,
    /// Numbers go up from the least by whole steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<Points>,
    /// The words that are taken in the place of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<[&'static str; 2]>,
    /// Whose verdict counts, where not everybody's does; one of anybody else is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_of: Option<Rejects>,
    /// Whether every sheet needs it. An attempt that may be left out is needed whole once it was begun.
    required: bool,
    /// What the numbers mean, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    levels: Vec<Level>,
}

impl FormView {
    /// The form that rules make.
    pub(super) fn of(rules: &Rules) -> Self {
        let rubric = &rules.rubric;
        Self {
            marks: rubric.marked().map(|slot| PlaceView::of(rules, slot)).collect(),
            recorded: rubric.records().map(|slot| PlaceView::of(rules, slot)).collect(),
            comment: rubric.comment,
        }
    }
}

impl PlaceView {
    fn of(rules: &Rules, slot: Slot<'_>) -> Self {
        let criterion = slot.criterion;
        let verdict = criterion.kind == Kind::PassFail;
        let number = |number: Points| (!verdict).then_some(number);
        let everybody = criterion.rejects.asks_everybody();
        let attempts = rules.rubric.attempts.as_ref();
        let spared = slot.attempt.is_some() && attempts.is_some_and(Attempts::may_lack_one);
        let left_out = !criterion.is_recorded() && rules.rubric.missing == MissingMarks::LeftOut;
        Self {
            code: slot.code().into_owned(),
            criterion: criterion.code.clone(),
            attempt: slot.attempt,
            title: criterion.title.clone(),
            kind: criterion.kind,
            min: number(criterion.min),
            max: number(criterion.maximum()),
            step: number(criterion.step),
            words: verdict.then_some(["pass", "fail"]),
            asked_of: (verdict && !everybody).then(|| criterion.rejects.clone()),
            required: everybody && !spared && !left_out,
            levels: criterion.levels.clone(),
        }
    }
}
