//! Which group of a round an entry belongs to, by what the rules group by: for taking entries in, and for counting entrants.

use std::collections::BTreeMap;

use crate::domain::grouping::Field;
use crate::domain::ids::{RegionId, TrackId};
use crate::domain::rules::Rules;
use crate::domain::text::Code;
use crate::error::{Conflict, Result};
use crate::store::competitions::Competition;
use crate::store::divisions;
use crate::store::intake::Candidate;

use super::Tx;
use super::surroundings::groupable;

/// The fields that the rules group by.
///
/// # Errors
/// 409 `rules_do_not_fit`.
pub(super) fn fields(tx: &mut Tx<'_>, competition: &Competition, rules: &Rules) -> Result<Vec<Field>> {
    let known = groupable(tx, competition)?;
    let field = |code: &Code| {
        let found = known.iter().find(|f| f.code == *code).cloned();
        found.ok_or_else(|| Conflict::new("rules_do_not_fit").with("field", code).into())
    };
    rules.ranking.group_by.iter().map(field).collect()
}

/// Codes of regions and tracks by row.
pub(super) struct Names {
    pub(super) regions: BTreeMap<RegionId, Code>,
    tracks: BTreeMap<TrackId, Code>,
}

impl Names {
    /// Those of a competition.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn of(tx: &mut Tx<'_>, competition: &Competition) -> Result<Self> {
        let regions = divisions::region_codes(tx.conn, competition.id)?;
        let tracks = divisions::track_codes(tx.conn, competition.id)?;
        Ok(Self {
            regions: regions.into_iter().map(|(code, id)| (id, code)).collect(),
            tracks: tracks.into_iter().map(|(code, id)| (id, code)).collect(),
        })
    }

    /// What an entry can be grouped by, by the field's code.
    pub(super) fn values<'a>(&'a self, entry: &'a Candidate) -> BTreeMap<&'a str, &'a str> {
        let answers = entry.answers.iter();
        let mut values: BTreeMap<_, _> = answers
            .filter_map(|(field, answer)| Some((field.as_str(), answer.as_str()?)))
            .collect();
        // A custom field can't stand in for the region or the track of an entry that has none.
        values.remove("region");
        values.remove("track");
        if let Some(code) = entry.region_id.and_then(|id| self.regions.get(&id)) {
            values.insert("region", code.as_str());
        }
        if let Some(code) = entry.track_id.and_then(|id| self.tracks.get(&id)) {
            values.insert("track", code.as_str());
        }
        values
    }
}
