//! What is published: a document whose bytes never change, what a correction changed, and what an owner may learn.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::round::Release;
use super::scoring::{Rank, Status};
use super::text::{Code, Slug, Text};
use super::time::Stamp;

crate::code_enum! {
    /// Whether an entry goes on, as the public reads it.
    pub enum PublicOutcome {
        /// It goes on.
        Advances = "advances",
        /// It does not go on, and is invited to something else.
        Invited = "invited",
        /// It goes on when somebody leaves.
        Reserve = "reserve",
        /// It does not go on.
        NotAdvanced = "not_advanced",
        /// It had a place and gave it up.
        Declined = "declined",
        /// It may not go on.
        Excluded = "excluded",
    }
}

crate::code_enum! {
    /// What became of a publication.
    pub enum PublicationState {
        /// The public can see it.
        Visible = "visible",
        /// The public sees it from its time on.
        Scheduled = "scheduled",
        /// A newer one took its place before anybody could see it.
        Superseded = "superseded",
        /// Organizers took it back before anybody could see it.
        Withdrawn = "withdrawn",
    }
}

/// The published result of a group. Serialised in the order of its fields, without white space, it is the canonical
/// form that the hash is taken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    /// The competition.
    pub competition: Slug,
    /// The round.
    pub round: Code,
    /// The group.
    pub group: Code,
    /// What the group is called.
    pub title: Text,
    /// Counts the publications of the group, also those that were taken back before anybody saw them.
    pub number: i64,
    /// The publication that it takes the place of: then it is a correction.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaces: Option<i64>,
    /// From when the public sees it.
    pub published_at: Stamp,
    /// The revision of the standings that it shows.
    pub revision: i64,
    /// The version of the rules that it was computed by.
    pub rules_version: i64,
    /// What computed it.
    #[schema(example = "palmares 0.1.0")]
    pub engine: String,
    /// What a correction corrects.
    pub note: Option<String>,
    /// What a correction changed.
    pub changes: Vec<Change>,
    /// The entries: in order of rank, those without one last; by their numbers where the round does not release places.
    pub entries: Vec<PublishedEntry>,
    /// The awards that were given.
    pub awards: Vec<PublishedAward>,
    /// What entries are invited to beside the next round.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub streams: Vec<PublishedStream>,
}

impl Published {
    /// Whether another publication of the group says the same, whatever its number, time and note.
    #[must_use]
    pub fn says_as(&self, other: &Self) -> bool {
        (&self.title, &self.entries, &self.awards, &self.streams)
            == (&other.title, &other.entries, &other.awards, &other.streams)
    }
}

/// An entry as the public sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedEntry {
    /// The entry's number.
    #[schema(example = 25)]
    pub entry: i64,
    /// Its title.
    pub title: Text,
    /// Its track.
    pub track: Option<Code>,
    /// Its region.
    pub region: Option<Code>,
    /// Whose it is; left out of a blind competition's documents while another round is still to be judged.
    pub institution: Option<String>,
    /// Whether it has a place.
    pub status: Status,
    /// Its result.
    #[serde(flatten)]
    pub result: Placing,
}

/// What can change between two publications. The public reads of it what the round releases: who goes on and what was
/// awarded always, ranks and turns among the reserves from `place` on, totals from `total` on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Placing {
    /// Its rank.
    pub rank: Option<Rank>,
    /// Whether it shares its place.
    pub tied: bool,
    /// Its total.
    #[schema(example = "89.90")]
    pub total: Option<String>,
    /// Whether it goes on; nothing where the rules let nobody go on.
    pub outcome: Option<PublicOutcome>,
    /// What it is invited to beside the next round: the stream's code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(example = "roadshow")]
    pub stream: Option<String>,
    /// Its turn among the reserves.
    pub reserve: Option<u32>,
    /// The codes of its awards.
    pub awards: Vec<String>,
}

impl Placing {
    /// The part of it that a round releases to everybody.
    #[must_use]
    pub fn released(self, release: Release) -> Self {
        let places = release >= Release::Place;
        Self {
            rank: self.rank.filter(|_| places),
            tied: self.tied && places,
            total: self.total.filter(|_| release >= Release::Total),
            reserve: self.reserve.filter(|_| places),
            ..self
        }
    }
}

/// What a document says to everybody of these entries, the best first: without places in order of their numbers.
#[must_use]
pub fn released(mut entries: Vec<PublishedEntry>, release: Release) -> Vec<PublishedEntry> {
    if release < Release::Place {
        entries.sort_by_key(|e| e.entry);
    }
    let limited = |e: PublishedEntry| PublishedEntry {
        result: e.result.released(release),
        ..e
    };
    entries.into_iter().map(limited).collect()
}

/// An award.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedAward {
    /// Its code.
    #[schema(example = "first")]
    pub code: String,
    /// What it is called.
    pub title: Text,
}

/// What entries are invited to beside the next round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedStream {
    /// Its code.
    #[schema(example = "roadshow")]
    pub code: String,
    /// What it is called.
    pub title: Text,
}

/// What a correction changed for an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PublishedChange)]
pub struct Change {
    /// The entry's number.
    pub entry: i64,
    /// Its title.
    pub title: Text,
    /// What was published before; nothing when it was not listed.
    pub before: Option<Placing>,
    /// What is published now; nothing when it is not listed any more.
    pub after: Option<Placing>,
}

/// What changed from one publication to the next, in order of the entries' numbers.
#[must_use]
pub fn changes(before: &[PublishedEntry], after: &[PublishedEntry]) -> Vec<Change> {
    let of = |list: &[PublishedEntry], entry: i64| {
        list.iter().find(|e| e.entry == entry).map(|e| e.result.clone())
    };
    let mut known: Vec<(i64, &Text)> = after.iter().chain(before).map(|e| (e.entry, &e.title)).collect();
    known.sort_by_key(|(entry, _)| *entry);
    known.dedup_by_key(|(entry, _)| *entry);
    let change = |(entry, title): (i64, &Text)| Change {
        entry,
        title: title.clone(),
        before: of(before, entry),
        after: of(after, entry),
    };
    known
        .into_iter()
        .map(change)
        .filter(|c| c.before != c.after)
        .collect()
}

/// Everything that a publication says of one entry, for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateResult {
    /// Whether it has a place.
    pub status: Status,
    /// Its result.
    pub result: Placing,
    /// The title of what it is invited to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<Text>,
    /// The titles of its awards.
    pub awards: Vec<Text>,
    /// What each criterion gave.
    pub criteria: Vec<CriterionResult>,
    /// What the judges wrote.
    pub comments: Vec<JudgeComment>,
}

/// What a criterion gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CriterionResult {
    /// Its code.
    #[schema(example = "technology")]
    pub code: String,
    /// Its value across the judges.
    #[schema(example = "26.83")]
    pub value: String,
}

/// What a judge wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgeComment {
    /// The judge's code.
    #[schema(example = "J1")]
    pub judge: String,
    /// What they wrote.
    #[schema(example = "Strong pilot customers.")]
    pub comment: String,
}

/// The part of an own result that a round releases to the entry's owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Released {
    /// Its rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
    /// Whether it shares its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tied: Option<bool>,
    /// Its total.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "89.90")]
    pub total: Option<String>,
    /// What each criterion gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Vec<CriterionResult>>,
    /// What the judges wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<Vec<JudgeComment>>,
}

impl PrivateResult {
    /// What the owner learns beside the outcome.
    #[must_use]
    pub fn released(self, release: Release) -> Released {
        let upto = |least: Release| release >= least;
        Released {
            rank: self.result.rank.filter(|_| upto(Release::Place)),
            tied: (upto(Release::Place) && self.result.rank.is_some()).then_some(self.result.tied),
            total: self.result.total.filter(|_| upto(Release::Total)),
            criteria: upto(Release::Criteria).then_some(self.criteria),
            comments: upto(Release::Comments).then_some(self.comments),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(entry: i64, total: &str) -> PublishedEntry {
        PublishedEntry {
            entry,
            title: Text::english("A project"),
            track: None,
            region: None,
            institution: None,
            status: Status::Ranked,
            result: Placing {
                rank: Some(Rank::whole(1)),
                total: Some(total.into()),
                ..Placing::default()
            },
        }
    }

    #[test]
    fn a_correction_lists_who_changed_came_and_went() {
        let before = [entry(3, "90.00"), entry(1, "80.00"), entry(2, "70.00")];
        let after = [entry(4, "90.00"), entry(1, "81.00"), entry(2, "70.00")];
        let changes = changes(&before, &after);
        let totals: Vec<_> = changes
            .iter()
            .map(|c| {
                let total = |r: &Option<Placing>| r.as_ref().and_then(|r| r.total.clone());
                (c.entry, total(&c.before), total(&c.after))
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            totals,
            [
                (1, some("80.00"), some("81.00")),
                (3, some("90.00"), None),
                (4, None, some("90.00"))
            ]
        );
        assert!(super::changes(&before, &before).is_empty());
    }

    #[test]
    fn everybody_reads_no_more_than_is_released() {
        let best = PublishedEntry {
            result: Placing {
                outcome: Some(PublicOutcome::Advances),
                tied: true,
                awards: vec!["first".into()],
                ..entry(2, "90.00").result
            },
            ..entry(2, "90.00")
        };
        let next = PublishedEntry {
            result: Placing {
                outcome: Some(PublicOutcome::Reserve),
                reserve: Some(1),
                ..entry(1, "80.00").result
            },
            ..entry(1, "80.00")
        };
        let seen = |release| {
            let document = released(vec![best.clone(), next.clone()], release);
            let line = |e: &PublishedEntry| {
                let r = &e.result;
                assert!(r.outcome.is_some(), "who goes on is always said");
                (e.entry, r.rank.is_some(), r.tied, r.total.is_some(), r.reserve)
            };
            document.iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(
            seen(Release::Nothing),
            [(1, false, false, false, None), (2, false, false, false, None)]
        );
        assert_eq!(
            seen(Release::Place),
            [(2, true, true, false, None), (1, true, false, false, Some(1))]
        );
        for release in [Release::Total, Release::Criteria, Release::Comments] {
            assert_eq!(
                seen(release),
                [(2, true, true, true, None), (1, true, false, true, Some(1))]
            );
        }
    }

    #[test]
    fn each_word_of_release_includes_those_before_it() {
        let own = PrivateResult {
            status: Status::Ranked,
            result: entry(1, "80.00").result,
            stream: None,
            awards: Vec::new(),
            criteria: Vec::new(),
            comments: Vec::new(),
        };
        let seen = |release| {
            let r = own.clone().released(release);
            (
                r.rank.is_some(),
                r.total.is_some(),
                r.criteria.is_some(),
                r.comments.is_some(),
            )
        };
        assert_eq!(seen(Release::Nothing), (false, false, false, false));
        assert_eq!(seen(Release::Place), (true, false, false, false));
        assert_eq!(seen(Release::Total), (true, true, false, false));
        assert_eq!(seen(Release::Criteria), (true, true, true, false));
        assert_eq!(seen(Release::Comments), (true, true, true, true));
    }
}
