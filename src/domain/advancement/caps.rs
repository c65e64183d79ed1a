//! Limits on how many entries of one institution, or of one group, go on.

use std::collections::BTreeMap;

use crate::domain::scoring::Standing;

/// How many entries of each institution and group go on already, and how many may.
#[derive(Debug, Clone, Default)]
pub(super) struct Caps<'a> {
    per_institution: Option<u32>,
    per_group: Option<u32>,
    institutions: BTreeMap<&'a str, u32>,
    groups: BTreeMap<&'a str, u32>,
}

/// The limit that an entry meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Full {
    Institution,
    Group,
}

impl<'a> Caps<'a> {
    pub(super) fn new(per_institution: Option<u32>, per_group: Option<u32>) -> Self {
        Self {
            per_institution,
            per_group,
            ..Self::default()
        }
    }

    /// The entry goes on.
    pub(super) fn count(&mut self, standing: &'a Standing) {
        *self.groups.entry(&standing.group).or_default() += 1;
        self.count_institution(standing);
    }

    /// The entry goes on beside the places: that its institution has one more counts, for its group it does not.
    pub(super) fn count_institution(&mut self, standing: &'a Standing) {
        if let Some(institution) = &standing.institution {
            *self.institutions.entry(institution).or_default() += 1;
        }
    }

    /// The limit that keeps one more entry like this from going on.
    pub(super) fn full(&self, standing: &Standing) -> Option<Full> {
        let reached = |maximum: Option<u32>, counts: &BTreeMap<&str, u32>, name: Option<&str>| {
            let count = name.and_then(|name| counts.get(name)).copied().unwrap_or(0);
            name.is_some() && maximum.is_some_and(|maximum| count >= maximum)
        };
        if reached(
            self.per_institution,
            &self.institutions,
            standing.institution.as_deref(),
        ) {
            Some(Full::Institution)
        } else if reached(self.per_group, &self.groups, Some(&standing.group)) {
            Some(Full::Group)
        } else {
            None
        }
    }
}
