//! Publishing: what the public sees of a group becomes bytes that never change; a correction is a new revision that says
//! what it corrects and what changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::advancement::{Decided, Outcome};
use crate::domain::ids::{EntryId, GroupId};
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::policy::{Action, Verdict};
use crate::domain::publication::{
    CriterionResult, JudgeComment, Placing, PrivateResult, PublicOutcome, Published, PublishedAward,
    PublishedEntry, PublishedStream, changes,
};
use crate::domain::round::{Phase, PublicList};
use crate::domain::rules::{Rules, Stream};
use crate::domain::scoring::Standing;
use crate::domain::text::{Code, REASON_MAX, Slug, Text, check_length};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result};
use crate::store::ballots::{self, CountedSheet};
use crate::store::events::{self, NewEvent};
use crate::store::publications::{self, Publication};
use crate::store::rounds::{self, Group, Round};
use crate::store::standings::{self, Line};
use crate::store::{advancements, dialect, revisions};

use super::access::{self, Scene};
use super::actor::Actor;
use super::tabulation::{self, Tabulated};
use super::{Effect, Tx};

/// What is to be published.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// The groups, with the revisions that the caller saw.
    pub revisions: BTreeMap<String, i64>,
    /// From when the public sees it; at once without a word.
    pub visible_at: Option<Stamp>,
    /// What a correction corrects.
    pub note: Option<String>,
}

/// A publication, made and not yet kept.
#[derive(Debug)]
pub struct Prepared {
    group: Group,
    tabulated: Tabulated,
    number: i64,
    decision: Option<i64>,
    visible_at: Stamp,
    document: String,
    owners: Vec<(EntryId, PrivateResult)>,
}

/// A publication that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The group.
    pub group: Code,
    /// Counts the publications of the group.
    pub number: i64,
    /// From when the public sees it.
    pub visible_at: Stamp,
    /// The hash of its bytes.
    pub sha256: String,
    /// What a correction corrects.
    pub note: Option<String>,
}

/// Makes the documents from what is decided: for a transaction that only reads.
///
/// # Errors
/// 422 at `/revisions`, `/visible_at`, `/note`; 409 `group_not_decided`, `standings_moved`.
pub fn prepare(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked) -> Result<Vec<Prepared>> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    let round = scene.round(tx, &asked.round)?;
    let groups = concerned(tx, &scene, &round, asked)?;
    let rules = tabulation::rules(tx, &round)?;
    let visible_at = asked.visible_at.unwrap_or(tx.now);
    let mut invalid = Invalid::default();
    if visible_at < tx.now {
        invalid.push(FieldError::new("/visible_at", "time_past").with("now", tx.now));
    }
    let note = asked.note.as_deref().filter(|n| !n.trim().is_empty());
    check_length(note.unwrap_or_default(), "/note", REASON_MAX, &mut invalid);
    let mut before = BTreeMap::new();
    for (group, _) in &groups {
        if let Some(publication) = publications::latest(tx.conn, group.id)? {
            before.insert(group.id, publication);
        }
    }
    if note.is_none() && !before.is_empty() {
        invalid.push(FieldError::new("/note", "note_required"));
    }
    invalid.into_result()?;
    let mut prepared = Vec::with_capacity(groups.len());
    for (group, given) in groups {
        require_decided(&group, &rules)?;
        let tabulated = tabulation::group(tx, &round, group.clone(), &rules)?;
        tabulation::require_revision(&group, tabulated.revision, given)?;
        let made = Made {
            scene: &scene,
            round: &round,
            rules: &rules,
            visible_at,
            note,
        };
        prepared.push(made.publication(tx, group, tabulated, &before)?);
    }
    Ok(prepared)
}

/// Publishes what was prepared, if everything is still as it was.
///
/// # Errors
/// As [`prepare`], for what changed since.
pub fn publish(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked, prepared: &[Prepared]) -> Result<Vec<Kept>> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    let round = scene.round(tx, &asked.round)?;
    let groups = concerned(tx, &scene, &round, asked)?;
    for (group, _) in &groups {
        dialect::lock_phase_exclusive(tx.conn, group.id)?;
    }
    let rules = tabulation::rules(tx, &round)?;
    let person = scene.person()?.id;
    let mut kept = Vec::with_capacity(prepared.len());
    for p in prepared {
        let id = p.group.id;
        let phase = standings::phase(tx.conn, id)?;
        let group = Group {
            phase,
            ..p.group.clone()
        };
        require_decided(&group, &rules)?;
        tabulation::require_revision(&group, revisions::of_group(tx.conn, id)?, p.tabulated.revision)?;
        let latest = publications::latest(tx.conn, id)?.map_or(0, |l| l.number);
        if latest + 1 != p.number || decision_of(tx, &round, id)?.map(|d| d.id) != p.decision {
            return Err(Conflict::new("decided_meanwhile")
                .with("round", &round.code)
                .into());
        }
        tabulation::keep(tx, &p.tabulated)?;
        let sha256 = hash(&p.document);
        let note = asked.note.as_deref().filter(|n| !n.trim().is_empty());
        let new = publications::New {
            group: id,
            number: p.number,
            revision: p.tabulated.revision,
            visible_at: p.visible_at,
            document: &p.document,
            sha256: &sha256,
            rules_version: p.tabulated.rules_version,
            engine: tabulation::ENGINE,
            note,
            created_by: person,
        };
        publications::insert(tx.conn, &new, &p.owners, tx.now)?;
        if phase != Phase::Published {
            standings::set_phase(tx.conn, id, Phase::Published, tx.now)?;
        }
        let event = NewEvent {
            competition: Some(scene.competition.id),
            actor: Some(person),
            action: "publication",
            subject: format!("rounds/{}/groups/{}", round.code, group.code),
            version: Some((latest, p.number)),
            details: serde_json::json!({
                "revision": p.tabulated.revision, "visible_at": p.visible_at, "sha256": sha256, "note": note,
            }),
        };
        events::record(tx.conn, tx.now, &event)?;
        tx.announce(Effect::GroupChanged(id))?;
        kept.push(Kept {
            group: group.code,
            number: p.number,
            visible_at: p.visible_at,
            sha256,
            note: note.map(str::to_owned),
        });
    }
    tx.announce(Effect::Published(scene.competition.id))?;
    Ok(kept)
}

/// The publications of a group: all of them for who may read standings, else those that can be seen.
///
/// # Errors
/// 404 as the policy says, and for an unknown group.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    round: &Code,
    group: &Code,
) -> Result<Vec<Publication>> {
    let scene = access::competition(tx, actor, slug)?;
    let group = open_to(tx, &scene, round, group)?;
    let mut publications = publications::of_group(tx.conn, group.id)?;
    if !sees_all(&scene, &group) {
        publications.retain(|p| p.visible_at <= tx.now);
    }
    Ok(publications)
}

/// One publication of a group.
///
/// # Errors
/// 404 as [`list`], and for one that can't be seen yet.
pub fn one(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    (round, group): (&Code, &Code),
    number: i64,
) -> Result<Publication> {
    let scene = access::competition(tx, actor, slug)?;
    let group = open_to(tx, &scene, round, group)?;
    publications::by_number(tx.conn, group.id, number)?
        .filter(|p| p.visible_at <= tx.now || sees_all(&scene, &group))
        .ok_or(Error::NotFound("publication"))
}

fn open_to(tx: &mut Tx<'_>, scene: &Scene, round: &Code, group: &Code) -> Result<Group> {
    scene.require(Action::ReadResults, &scene.relation(), "competition")?;
    let round = scene.round(tx, round)?;
    scene.group(tx, &round, group)
}

fn sees_all(scene: &Scene, group: &Group) -> bool {
    scene.may(Action::ReadStandings, &scene.in_region(group.region_id)) == Verdict::Allow
}

/// The groups that are to be published, in order of their rows, with the revisions that the caller saw.
fn concerned(tx: &mut Tx<'_>, scene: &Scene, round: &Round, asked: &Asked) -> Result<Vec<(Group, i64)>> {
    let mut invalid = Invalid::default();
    let groups = rounds::groups(tx.conn, round.id)?;
    if asked.revisions.is_empty() {
        scene.require(Action::Publish, &scene.whole(), "round")?;
        invalid.push(FieldError::new("/revisions", "groups_missing"));
    }
    for code in asked.revisions.keys() {
        if !groups.iter().any(|g| g.code.as_str() == code) {
            let at = format!("/revisions/{}", pointer_step(code));
            invalid.push(FieldError::new(at, "unknown_group").with("group", code));
        }
    }
    let mut concerned = Vec::with_capacity(groups.len());
    for group in groups {
        if let Some(revision) = asked.revisions.get(group.code.as_str()) {
            scene.require(Action::Publish, &scene.in_region(group.region_id), "group")?;
            concerned.push((group, *revision));
        }
    }
    if concerned.is_empty() {
        scene.require(Action::Publish, &scene.whole(), "round")?;
    }
    invalid.into_result()?;
    Ok(concerned)
}

/// A group is published once it is decided, or closed where the rules leave nothing to decide.
fn require_decided(group: &Group, rules: &Rules) -> Result<()> {
    let nothing_to_decide = rules.advance.is_none() && rules.awards.is_empty();
    match group.phase {
        Phase::Decided | Phase::Published => Ok(()),
        Phase::Closed if nothing_to_decide => Ok(()),
        Phase::Draft | Phase::Open | Phase::Closed => {
            let code = if nothing_to_decide {
                "group_not_closed"
            } else {
                "group_not_decided"
            };
            Err(Conflict::new(code).with("group", &group.code).into())
        }
    }
}

fn decision_of(tx: &mut Tx<'_>, round: &Round, group: GroupId) -> Result<Option<advancements::Current>> {
    let mut current = advancements::current(tx.conn, round.id)?;
    current.retain(|d| d.group_id.is_none_or(|id| id == group));
    Ok(current.pop())
}

fn hash(document: &str) -> String {
    let digest = Sha256::digest(document.as_bytes());
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

/// What all documents of one publication have in common.
struct Made<'a> {
    scene: &'a Scene,
    round: &'a Round,
    rules: &'a Rules,
    visible_at: Stamp,
    note: Option<&'a str>,
}

impl Made<'_> {
    fn publication(
        &self,
        tx: &mut Tx<'_>,
        group: Group,
        tabulated: Tabulated,
        before: &BTreeMap<GroupId, Publication>,
    ) -> Result<Prepared> {
        let decision = decision_of(tx, self.round, group.id)?;
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
                entries.push(listed_entry(line, standing, result));
            }
        }
        let prior = before.get(&group.id);
        let seen: Option<Published> = prior
            .map(|p| serde_json::from_str(&p.document).map_err(Error::internal))
            .transpose()?;
        let published = Published {
            competition: self.scene.competition.slug.clone(),
            round: self.round.code.clone(),
            group: group.code.clone(),
            title: (*group.title).clone(),
            number: prior.map_or(0, |p| p.number) + 1,
            published_at: self.visible_at,
            revision: tabulated.revision,
            rules_version: tabulated.rules_version,
            engine: tabulation::ENGINE.to_owned(),
            note: self.note.map(str::to_owned),
            changes: seen
                .map(|seen| changes(&seen.entries, &entries))
                .unwrap_or_default(),
            awards: self.awards(&entries),
            streams: self.streams(&entries),
            entries,
        };
        Ok(Prepared {
            number: published.number,
            decision: decision.as_ref().map(|d| d.id),
            visible_at: self.visible_at,
            document: serde_json::to_string(&published).map_err(Error::internal)?,
            group,
            tabulated,
            owners,
        })
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
            code: line.code.clone(),
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

fn listed_entry(line: &Line, standing: &Standing, result: Placing) -> PublishedEntry {
    PublishedEntry {
        entry: line.number,
        title: (*line.title).clone(),
        track: line.track.clone(),
        region: line.region.clone(),
        institution: line.institution.clone(),
        status: standing.status,
        result,
    }
}
