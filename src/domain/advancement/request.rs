//! What organizers ask for when they decide who goes on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Reasoned, Withheld};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::rules::Rules;
use crate::domain::scoring::{DecidedBy, Decision, Standings, Status};
use crate::domain::text::check_reason;

/// What the organizers ask for beside the standings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Entries that may not go on.
    pub exclusions: Vec<Reasoned>,
    /// Entries that go on whatever their place.
    pub nominations: Vec<Reasoned>,
    /// Ties that were decided with it, also between entries of different groups.
    #[serde(default)]
    pub ties: Vec<TieDecided>,
    /// Awards that nobody gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Withheld>,
    /// Groups in the order in which a lot put them, for places that equal claims leave open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub share_lot: Vec<String>,
}

/// A tie that was decided with the advancement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TieDecided {
    /// Who or what decided; without a word the organizers, about a place at the cut.
    #[serde(default = "organizers")]
    pub by: DecidedBy,
    /// The numbers of the entries, the best first.
    #[schema(example = json!([17, 25]))]
    pub order: Vec<i64>,
    /// Why, or how.
    #[schema(example = "The jury prefers the younger team.")]
    pub reason: String,
}

const fn organizers() -> DecidedBy {
    DecidedBy::Organizers
}

impl Request {
    /// Each exclusion and nomination names an entry of the groups, once, with a reason; so does each decided tie. What is
    /// withheld is an award of the rules, and a lot names groups among which places are shared out.
    ///
    /// # Errors
    /// Each wrong place.
    pub fn check(&self, rules: &Rules, groups: &[&Standings]) -> Result<(), Invalid> {
        let mut invalid = Invalid::default();
        let mut named = BTreeSet::new();
        let lists = [
            ("exclusions", &self.exclusions),
            ("nominations", &self.nominations),
        ];
        for (list, entries) in lists {
            for (i, Reasoned { entry, reason }) in entries.iter().enumerate() {
                let at = format!("/{list}/{i}");
                let mut standing = groups.iter().flat_map(|g| &g.entries);
                let wrong = match standing.find(|s| s.entry == *entry) {
                    None => Some("entry_not_in_groups"),
                    Some(_) if !named.insert(*entry) => Some("entry_named_twice"),
                    Some(s)
                        if list == "nominations"
                            && matches!(s.status, Status::Disqualified | Status::Withdrawn) =>
                    {
                        Some("entry_not_taking_part")
                    }
                    Some(_) => None,
                };
                if let Some(code) = wrong {
                    invalid.push(FieldError::new(format!("{at}/entry"), code).with("entry", entry));
                }
                check_reason(reason, &format!("{at}/reason"), &mut invalid);
            }
        }
        for (i, tie) in self.ties.iter().enumerate() {
            check_tie(tie, &format!("/ties/{i}"), groups, &mut invalid);
        }
        for (i, Withheld { award, group, reason }) in self.withheld.iter().enumerate() {
            let at = format!("/withheld/{i}");
            if !rules.awards.iter().any(|known| known.code.as_str() == award) {
                invalid.push(FieldError::new(format!("{at}/award"), "unknown_award").with("award", award));
            }
            let mut known = groups.iter().flat_map(|g| &g.groups);
            if let Some(group) = group
                && !known.any(|summary| summary.group == *group)
            {
                invalid.push(FieldError::new(format!("{at}/group"), "unknown_group").with("group", group));
            }
            check_reason(reason, &format!("{at}/reason"), &mut invalid);
        }
        self.check_lot(rules, groups, &mut invalid);
        invalid.into_result()
    }

    fn check_lot(&self, rules: &Rules, groups: &[&Standings], invalid: &mut Invalid) {
        let shares = rules.advance.as_ref().is_some_and(|a| a.share.is_some());
        if !shares && !self.share_lot.is_empty() {
            invalid.push(FieldError::new("/share_lot", "places_not_shared"));
            return;
        }
        let mut named = BTreeSet::new();
        for (i, group) in self.share_lot.iter().enumerate() {
            let mut known = groups.iter().flat_map(|g| &g.groups);
            let wrong = if !known.any(|summary| summary.group == *group) {
                "unknown_group"
            } else if !named.insert(group) {
                "group_named_twice"
            } else {
                continue;
            };
            invalid.push(FieldError::new(format!("/share_lot/{i}"), wrong).with("group", group));
        }
    }

    /// The decided ties, as the engine takes them.
    #[must_use]
    pub fn decisions(&self) -> Vec<Decision> {
        let tie = |tie: &TieDecided| Decision {
            by: tie.by,
            order: tie.order.clone(),
        };
        self.ties.iter().map(tie).collect()
    }
}

/// A decided tie names two or more entries of the groups, each once, with a reason.
fn check_tie(tie: &TieDecided, at: &str, groups: &[&Standings], invalid: &mut Invalid) {
    if tie.order.len() < 2 {
        invalid.push(FieldError::new(format!("{at}/order"), "tie_of_one"));
    }
    let mut named = BTreeSet::new();
    for (i, entry) in tie.order.iter().enumerate() {
        let mut standings = groups.iter().flat_map(|g| &g.entries);
        let wrong = if !standings.any(|s| s.entry == *entry) {
            Some("entry_not_in_groups")
        } else if !named.insert(*entry) {
            Some("entry_named_twice")
        } else {
            None
        };
        if let Some(code) = wrong {
            invalid.push(FieldError::new(format!("{at}/order/{i}"), code).with("entry", entry));
        }
    }
    check_reason(&tie.reason, &format!("{at}/reason"), invalid);
}
