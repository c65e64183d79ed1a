//! Penalties and bonuses of an entry: points as somebody entered them, or as the rules count them.

use super::input::{Adjustment, EntryInput};
use super::standings::Reason;
use super::warning::Warning;
use crate::domain::exact::Exact;
use crate::domain::invalid::FieldError;
use crate::domain::points::Points;
use crate::domain::rules::{Effect, Rules};

/// What a penalty of the rules does for a quantity, which stands at `/quantity` of what somebody sends, beside `/rule`.
///
/// # Errors
/// `unknown_penalty`, `quantity_missing`, `quantity_negative`.
pub fn effect(rules: &Rules, rule: &str, quantity: Option<Points>) -> Result<Effect, FieldError> {
    let known = rules.penalties.iter().find(|p| p.code.as_str() == rule);
    let penalty = known.ok_or_else(|| FieldError::new("/rule", "unknown_penalty").with("rule", rule))?;
    match quantity {
        Some(quantity) if quantity < Points::ZERO => {
            Err(FieldError::new("/quantity", "quantity_negative").with("given", quantity))
        }
        Some(quantity) => Ok(penalty.effect(quantity)),
        None if penalty.is_measured() => Err(FieldError::new("/quantity", "quantity_missing")),
        None => Ok(Effect::Points {
            steps: 1,
            points: penalty.points.into(),
        }),
    }
}

/// What an adjustment adds, and how many steps of its rule were begun; what can't be counted by a rule adds the points
/// that were entered.
pub(super) fn added(rules: &Rules, adjustment: &Adjustment) -> (Exact, Option<i64>) {
    let counted = adjustment
        .rule
        .as_deref()
        .map(|rule| effect(rules, rule, adjustment.quantity));
    match counted {
        Some(Ok(Effect::Points { steps, points })) => (points, Some(steps)),
        Some(Ok(Effect::Disqualifies { .. })) => (Exact::ZERO, None),
        Some(Err(_)) | None => (adjustment.points.into(), None),
    }
}

/// Why an entry is disqualified by its penalties: the first of them by name, so that no order matters.
pub(super) fn disqualification(rules: &Rules, entry: &EntryInput) -> Option<Reason> {
    let disqualifies = |adjustment: &Adjustment| {
        let (rule, quantity) = (adjustment.rule.as_deref()?, adjustment.quantity?);
        match effect(rules, rule, Some(quantity)).ok()? {
            Effect::Disqualifies { from } => Some((rule.to_owned(), quantity, from)),
            Effect::Points { .. } => None,
        }
    };
    let first = entry.adjustments.iter().filter_map(disqualifies).min();
    first.map(|(rule, quantity, from)| Reason::Penalised {
        rule,
        quantity: Box::new(quantity.into()),
        from: Box::new(from.into()),
    })
}

/// The penalties of an entry that the rules can't count.
pub(super) fn uncounted(rules: &Rules, entry: &EntryInput) -> Vec<Warning> {
    let uncounted = |adjustment: &Adjustment| {
        let rule = adjustment.rule.as_deref()?;
        effect(rules, rule, adjustment.quantity).err()?;
        Some(Warning::PenaltyUncounted {
            entry: entry.number,
            rule: rule.to_owned(),
        })
    };
    entry.adjustments.iter().filter_map(uncounted).collect()
}
