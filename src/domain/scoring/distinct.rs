//! Whether the totals that a judge gives all differ, where the rules ask for that.

use super::ballot::{Marks, total};
use crate::domain::invalid::FieldError;
use crate::domain::rules::Rules;

/// Whether a sheet's total differs from those of the other sheets that its judge handed in for entries of the group,
/// where the rules ask for that.
///
/// # Errors
/// `total_not_distinct` at `/marks`, with the entries that have the same total.
pub fn distinct(rules: &Rules, marks: &Marks, others: &[(i64, Marks)]) -> Result<(), FieldError> {
    let Some(ours) = total(rules, marks).filter(|_| rules.rubric.distinct_totals) else {
        return Ok(());
    };
    let same = others
        .iter()
        .filter(|(_, other)| total(rules, other).as_ref() == Some(&ours));
    let mut entries: Vec<i64> = same.map(|(entry, _)| *entry).collect();
    entries.sort_unstable();
    let named: Vec<String> = entries.iter().map(ToString::to_string).collect();
    if named.is_empty() {
        return Ok(());
    }
    let error = FieldError::new("/marks", "total_not_distinct").with("total", ours.show(rules.decimals()));
    Err(error.with("entries", named.join(", ")))
}
