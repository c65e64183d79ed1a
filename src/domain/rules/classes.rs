//! Classes of judges: experts and public, each with its share of the value.

use serde::Serialize;
use utoipa::ToSchema;

use super::check::{GREATEST_FACTOR, MOST_PLACES, at_most, unique};
use super::read::{Fields, Node, Read, read_words};
use super::{Combine, Rules};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::text::{Code, Text};

/// Judges whose sheets are combined among themselves, and then weigh together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JudgeClass {
    /// Its short name, unique in the panel.
    pub code: Code,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Its share; the weights of all classes that count are divided by their sum (80 and 20, or 4 and 1). Marks of a
    /// class of weight 0 count nowhere, but its judges may have a veto.
    pub weight: Points,
    /// An entry with fewer sheets of this class has too few; without a word 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_sheets: Option<u32>,
}

crate::code_enum! {
    /// What happens to an entry that has too few sheets of a class.
    #[derive(Default)]
    pub enum EmptyClass {
        /// It is unranked.
        #[default]
        Refuse = "refuse",
        /// The class is left out for it, and the weights of the others count in proportion.
        Renormalise = "renormalise",
    }
}

read_words!(EmptyClass);

impl JudgeClass {
    /// Whether its marks count.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.weight > Points::ZERO
    }

    /// Sheets without which it counts as empty.
    #[must_use]
    pub fn minimum(&self) -> u32 {
        self.minimum_sheets.unwrap_or(1)
    }
}

impl Read for JudgeClass {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let code = f.required("code", errors);
        let title = f.optional("title", errors);
        let weight = f.required("weight", errors);
        let minimum_sheets = f.optional("minimum_sheets", errors);
        f.finish(errors);
        Some(Self {
            code: code?,
            title,
            weight: weight?,
            minimum_sheets,
        })
    }
}

/// Notes what contradicts itself about classes of judges.
pub(super) fn check(rules: &Rules, errors: &mut Invalid) {
    let classes = &rules.panel.classes;
    let at = |i: usize, key: &str| format!("/panel/classes/{i}/{key}");
    at_most(classes.len(), "/panel/classes", errors);
    unique(classes.iter().map(|c| &c.code), |i| at(i, "code"), errors);
    for (i, class) in classes.iter().enumerate() {
        if class.weight < Points::ZERO || class.weight > GREATEST_FACTOR {
            let error = FieldError::new(at(i, "weight"), "class_weight_out_of_range");
            errors.push(error.with("maximum", GREATEST_FACTOR));
        }
        match class.minimum_sheets {
            Some(0) => errors.push(FieldError::new(at(i, "minimum_sheets"), "minimum_sheets_zero")),
            Some(n) if n > MOST_PLACES => {
                let error = FieldError::new(at(i, "minimum_sheets"), "number_too_large");
                errors.push(error.with("maximum", MOST_PLACES));
            }
            Some(_) if !class.counts() => {
                errors.push(FieldError::new(at(i, "minimum_sheets"), "class_without_weight"));
            }
            _ => {}
        }
    }
    if classes.is_empty() {
        if rules.panel.empty_class != EmptyClass::default() {
            errors.push(FieldError::new(
                "/panel/empty_class",
                "empty_class_without_classes",
            ));
        }
        return;
    }
    if !classes.iter().any(JudgeClass::counts) {
        errors.push(FieldError::new("/panel/classes", "classes_without_weight"));
    }
    if rules.rubric.judged().next().is_none() {
        errors.push(FieldError::new("/panel/classes", "nothing_is_judged"));
    }
    if !matches!(
        rules.aggregate.by,
        Combine::Mean
            | Combine::Median
            | Combine::ComponentRanks
            | Combine::ComponentPoints
            | Combine::ComponentProduct
    ) {
        errors.push(FieldError::new("/aggregate/by", "classes_need_mean").with("by", rules.aggregate.by));
    }
}
