//! The documents of a publication: what everybody reads of a group, no more than the round releases, and what the owners
//! of its entries may be told.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::domain::advancement::{Decided, Outcome};
use crate::domain::ids::{EntryId, GroupId};
use crate::domain::publication::{
    CriterionResult, JudgeComment, Placing, PrivateResult, PublicOutcome, Published, PublishedAward,
    PublishedEntry, PublishedStream, changes, released,
};
use crate::domain::round::{Phase, PublicList, phase_of_round};
use crate::domain::rules::{Rules, Stream};
use crate::domain::scoring::Standing;
use crate::domain::text::{Slug, Text};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::advancements;
use crate::store::ballots::{self, CountedSheet};
use crate::store::publications::{self, Publication};
use crate::store::rounds::{self, Round};
use crate::store::standings::{self, Line};

use super::Tx;
use super::tabulation::{self, Tabulated};

/// Whether entries of a round are still to be judged elsewhere: a later round is not closed, or an earlier one is open.
pub(super) fn is_to_be_judged(tx: &mut Tx<'_>, round: &Round) -> Result<bool> {
    let groups = rounds::groups_of_competition(tx.conn, round.competition_id)?;
    let to_be_judged = |other: &Round| {
        let mut phases = groups.iter().filter(|g| g.round_id == other.id).map(|g| g.phase);
        match other.position.cmp(&round.position) {
            Ordering::Greater => !phase_of_round(phases).is_closed(),
            Ordering::Less => phases.any(Phase::takes_marks),
            Ordering::Equal => false,
        }
    };
    let all = rounds::of_competition(tx.conn, round.competition_id)?;
    Ok(all.iter().any(to_be_judged))
}

/// The decision that holds for a group now.
pub(super) fn decision_of(
    tx: &mut Tx<'_>,
    round: &Round,
    group: GroupId,
) -> Result<Option<advancements::Current>> {
    let mut current = advancements::current(tx.conn, round.id)?;
    current.retain(|d| d.group_id.is_none_or(|id| id == group));
    Ok(current.pop())
}

/// What all documents of one publication have in common.
pub(super) struct Made<'a> {
    pub(super) competition: &'a Slug,
    pub(super) round: &'a Round,
    pub(super) rules: &'a Rules,
    pub(super) visible_at: Stamp,
    pub(super) note: Option<&'a str>,
    /// Judges of other rounds must not learn whose the entries are.
    pub(super) anonymous: bool,
}

/// What a publication says.
pub(super) struct Documents {
    /// What everybody reads: the canonical bytes.
    pub(super) public: String,
    /// Everything that the owners of the entries may be told, each of their own.
    pub(super) owners: Vec<(EntryId, PrivateResult)>,
    /// Whether what the public sees now says the same.
    pub(super) unchanged: bool,
}

impl Made<'_> {
    /// What is said of a group by a publication of this number, after what the public sees of it now.
    pub(super) fn of(
        &self,
        tx: &mut Tx<'_>,
        tabulated: &Tabulated,
        decision: Option<&advancements::Current>,
        (number, base): (i64, Option<&Publication>),
    ) -> Result<Documents> {
        let group = &tabulated.group;
        let decided: BTreeMap<i64, &Decided> = decision
            .iter()
            .flat_map(|d| &d.document.entries)
            .map(|d| (d.entry, d))
            .collect();
        let comments = ballots::counted_of_group(tx.conn, group.id)?;
        let standing: BTreeMap<i64, &Standing> =
            tabulated.standings.entries.iter().map(|s| (s.entry, s)).collect();
        let lines: BTreeMap<i64, Line> = standings::lines(tx.conn, group.id)?
            .into_iter()
            .map(|line| (line.number, line))
            .collect();
        let mut entries = Vec::with_capacity(standing.len());
        let mut owners = Vec::with_capacity(standing.len());
        for standing in &tabulated.standings.entries {
            let Some(line) = lines.get(&standing.entry) else {
                continue;
            };
            let result = self.placing(standing, decided.get(&standing.entry).copied());
            owners.push((line.entry, self.for_owner(standing, &result, &comments)));
            let listed = match self.round.public_list {
                PublicList::All => true,
                PublicList::Advancing => {
                    let chosen = [Some(PublicOutcome::Advances), Some(PublicOutcome::Invited)];
                    chosen.contains(&result.outcome) || !result.awards.is_empty()
                }
            };
            if listed {
                entries.push(self.listed(line, standing, result));
            }
        }
        let entries = released(entries, self.round.release);
        let seen: Option<Published> = base
            .map(|p| serde_json::from_str(&p.document).map_err(Error::internal))
            .transpose()?;
        let published = Published {
            competition: self.competition.clone(),
            round: self.round.code.clone(),
            group: group.code.clone(),
            title: (*group.title).clone(),
            number,
            replaces: base.map(|p| p.number),
            published_at: self.visible_at,
            revision: tabulated.revision,
            rules_version: tabulated.rules_version,
            engine: tabulation::ENGINE.to_owned(),
            note: self.note.map(str::to_owned),
            changes: seen
                .as_ref()
                .map(|seen| changes(&released(seen.entries.clone(), self.round.release), &entries))
                .unwrap_or_default(),
            awards: self.awards(&entries),
            streams: self.streams(&entries),
            entries,
        };
        let unchanged = match (base, seen) {
            (Some(base), Some(seen)) => {
                seen.says_as(&published) && publications::owners(tx.conn, base.id)? == owners
            }
            _ => false,
        };
        Ok(Documents {
            unchanged,
            public: serde_json::to_string(&published).map_err(Error::internal)?,
            owners,
        })
    }

    fn listed(&self, line: &Line, standing: &Standing, result: Placing) -> PublishedEntry {
        PublishedEntry {
            entry: line.number,
            title: (*line.title).clone(),
            track: line.track.clone(),
            region: line.region.clone(),
            institution: line.institution.clone().filter(|_| !self.anonymous),
            status: standing.status,
            result,
        }
    }

    fn placing(&self, standing: &Standing, decided: Option<&Decided>) -> Placing {
        let outcome = decided.and_then(|d| match &d.outcome {
            Outcome::Excluded { .. } => Some(PublicOutcome::Excluded),
            _ if self.rules.advance.is_none() => None,
            Outcome::Advances { .. } => Some(PublicOutcome::Advances),
            Outcome::Invited { .. } => Some(PublicOutcome::Invited),
            Outcome::Reserve { .. } => Some(PublicOutcome::Reserve),
            Outcome::Declined { .. } => Some(PublicOutcome::Declined),
            Outcome::NotAdvanced | Outcome::Unplaced { .. } | Outcome::Waiting => {
                Some(PublicOutcome::NotAdvanced)
            }
        });
        // One who is invited elsewhere may be among those who go on when somebody leaves, too.
        let reserve = decided.and_then(|d| match &d.outcome {
            Outcome::Reserve { number, .. } => Some(*number),
            _ => d.turns.first().map(|turn| turn.number),
        });
        let stream = decided.and_then(|d| match &d.outcome {
            Outcome::Invited { stream, .. } => Some(stream.clone()),
            Outcome::Reserve { stream, .. } => stream.clone(),
            _ => None,
        });
        Placing {
            rank: standing.rank,
            tied: standing.tied,
            total: standing.total.as_ref().map(ToString::to_string),
            outcome,
            stream,
            reserve,
            awards: decided.map(|d| d.awards.clone()).unwrap_or_default(),
        }
    }

    fn title_of(&self, award: &str) -> Text {
        let known = self.rules.awards.iter().find(|a| a.code.as_str() == award);
        known
            .and_then(|a| a.title.clone())
            .unwrap_or_else(|| Text::english(award))
    }

    fn awards(&self, entries: &[PublishedEntry]) -> Vec<PublishedAward> {
        let given = |code: &str| entries.iter().any(|e| e.result.awards.iter().any(|a| a == code));
        let awards = self.rules.awards.iter().map(|a| a.code.as_str());
        awards
            .filter(|code| given(code))
            .map(|code| PublishedAward {
                code: code.to_owned(),
                title: self.title_of(code),
            })
            .collect()
    }

    fn streams(&self, entries: &[PublishedEntry]) -> Vec<PublishedStream> {
        let filled = |code: &str| entries.iter().any(|e| e.result.stream.as_deref() == Some(code));
        let streams = self.rules.advance.iter().flat_map(|a| &a.streams);
        streams
            .filter(|stream| filled(stream.code.as_str()))
            .map(|stream| PublishedStream {
                code: stream.code.to_string(),
                title: stream.name(),
            })
            .collect()
    }

    fn name_of(&self, stream: &str) -> Text {
        let mut streams = self.rules.advance.iter().flat_map(|a| &a.streams);
        streams
            .find(|known| known.code.as_str() == stream)
            .map_or_else(|| Text::english(stream), Stream::name)
    }

    fn for_owner(&self, standing: &Standing, result: &Placing, sheets: &[CountedSheet]) -> PrivateResult {
        let criteria = standing.derivation.iter().flat_map(|d| &d.criteria);
        let criterion = |line: &crate::domain::scoring::CriterionLine| CriterionResult {
            code: line.code.to_string(),
            value: line.value.to_string(),
        };
        let comment = |sheet: &CountedSheet| {
            Some(JudgeComment {
                judge: sheet.judge.clone(),
                comment: sheet.comment.clone()?,
            })
        };
        PrivateResult {
            status: standing.status,
            result: result.clone(),
            stream: result.stream.as_deref().map(|code| self.name_of(code)),
            awards: result.awards.iter().map(|code| self.title_of(code)).collect(),
            criteria: criteria.map(criterion).collect(),
            comments: sheets
                .iter()
                .filter(|sheet| sheet.entry == standing.entry && !sheet.sealed)
                .filter_map(comment)
                .collect(),
        }
    }
}
