//! Limits per institution where groups fill their places one after the other.

use std::collections::BTreeSet;

use super::Draw;
use crate::domain::advancement::{By, Outcome};
use crate::domain::rules::Advance;
use crate::domain::scoring::{Standing, Warning};

impl Draw<'_> {
    /// Whether somebody of a group may go on only if one of the same institution, who waits for a tie in another group,
    /// does not.
    pub(super) fn depends_on_a_tie(&self, advance: &Advance, group: &str) -> bool {
        let waits = |s: &&Standing| self.outcomes.get(&s.entry) == Some(&Outcome::Waiting);
        let waiting = self.standings.iter().copied().filter(waits);
        let institutions: BTreeSet<&str> = waiting.filter_map(|s| s.institution.as_deref()).collect();
        if advance.maximum_per_institution.is_none() || institutions.is_empty() {
            return false;
        }
        let left: BTreeSet<i64> = self.pool.left().into_iter().collect();
        let here = self
            .standings
            .iter()
            .filter(|s| s.group == group && left.contains(&s.entry));
        let mut theirs = here.filter_map(|s| s.institution.as_deref());
        theirs.any(|institution| institutions.contains(institution))
    }

    /// Notes whom the limit of an institution keeps out of a group's places because of entries of other groups: groups that
    /// are never compared can only come one after the other.
    pub(super) fn across_groups(&mut self, group: Option<&str>, full: &[i64]) {
        let Some(group) = group else { return };
        let seated = |s: &Standing, institution: &Option<String>| {
            let by = match self.outcomes.get(&s.entry) {
                Some(Outcome::Advances { by, .. } | Outcome::Invited { by, .. }) => *by,
                _ => return false,
            };
            by != By::Nomination && s.group != group && s.institution == *institution
        };
        let kept_out = |entry: &&i64| {
            let own = self.standings.iter().find(|s| s.entry == **entry);
            own.is_some_and(|own| self.standings.iter().any(|s| seated(s, &own.institution)))
        };
        let entries: Vec<i64> = full.iter().filter(kept_out).copied().collect();
        if !entries.is_empty() {
            let group = group.to_owned();
            self.warn(Warning::InstitutionElsewhere { group, entries });
        }
    }
}
