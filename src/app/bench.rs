//! The bench of a round: who may judge in the competition, who does in the round and under which code, and which
//! entries a judge must not see because of an interest or a region.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::assignment::next_judge_code;
use crate::domain::ids::{EntryId, JudgeId, PublicId, RegionId, UserId};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::round::is_judge_code;
use crate::domain::text::Code;
use crate::error::{Conflict, Error, Result};
use crate::store::dialect;
use crate::store::round_entries::RoundEntry;
use crate::store::round_judges::{self, RoundJudge, Standing};
use crate::store::rounds::{self, Group, Round};

use super::Tx;

/// A judge as an organizer names them.
#[derive(Debug, Clone)]
pub struct JudgeInput {
    /// The person.
    pub judge: PublicId,
    /// What stands for them in results; without a word they keep theirs or get the next of J1, J2 …
    pub code: Option<String>,
    /// The class of judges that they belong to; without a word it stays.
    pub class: Option<Code>,
    /// Whether their sheets are opened only to break a tie; without a word it stays.
    pub sealed: Option<bool>,
}

/// Who may judge what.
pub(super) struct Bench {
    members: BTreeMap<PublicId, (UserId, Vec<Option<RegionId>>)>,
    interests: BTreeSet<(EntryId, UserId)>,
    judges: Vec<RoundJudge>,
}

impl Bench {
    /// The bench as it is.
    pub(super) fn of(tx: &mut Tx<'_>, round: &Round) -> Result<Self> {
        let mut members = BTreeMap::<PublicId, (UserId, Vec<_>)>::new();
        for member in round_judges::members(tx.conn, round.competition_id)? {
            let known = members.entry(member.public_id);
            known.or_insert((member.user, Vec::new())).1.push(member.region);
        }
        let interests = round_judges::interests(tx.conn, round.competition_id)?;
        let judges = round_judges::of_round(tx.conn, round.id)?;
        let interests = interests.into_iter().collect();
        Ok(Self {
            members,
            interests,
            judges,
        })
    }

    /// Whether somebody is a judge of the competition now.
    pub(super) fn has(&self, judge: &PublicId) -> bool {
        self.members.contains_key(judge)
    }

    /// The judges of the round.
    pub(super) fn judges(&self) -> &[RoundJudge] {
        &self.judges
    }

    /// Notes, below `at`, which of these can't judge in the round: no judges of the competition, named twice, under a
    /// code that is misspelt, another's, or fixed by now.
    pub(super) fn check(&self, asked: &[JudgeInput], at: &str, round: &Round, invalid: &mut Invalid) {
        let mut people = BTreeSet::new();
        let named: BTreeSet<_> = asked.iter().map(|a| &a.judge).collect();
        let others = self.judges.iter().filter(|j| !named.contains(&j.public_id));
        let mut codes: BTreeSet<&str> = others.map(|j| j.code.as_str()).collect();
        for (i, input) in asked.iter().enumerate() {
            if !self.members.contains_key(&input.judge) {
                invalid.push(
                    FieldError::new(format!("{at}/{i}/judge"), "not_a_judge").with("judge", &input.judge),
                );
            }
            if !people.insert(&input.judge) {
                invalid.push(
                    FieldError::new(format!("{at}/{i}/judge"), "judge_twice").with("judge", &input.judge),
                );
            }
            let sits = self.judges.iter().find(|j| j.public_id == input.judge);
            let at_code = || format!("{at}/{i}/code");
            if let Some(code) = &input.code {
                if !is_judge_code(code) {
                    invalid.push(FieldError::new(at_code(), "judge_code").with("given", code));
                }
                if sits.is_some_and(|j| j.code != *code) && round.fixed_at.is_some() {
                    invalid.push(FieldError::new(at_code(), "judge_code_fixed").with("given", code));
                }
            }
            let counts_otherwise = |j: &RoundJudge| {
                let class = input.class.as_ref().map(Code::as_str);
                (class.is_some() && class != j.class.as_deref())
                    || input.sealed.is_some_and(|sealed| sealed != j.sealed)
            };
            if sits.is_some_and(counts_otherwise) && round.fixed_at.is_some() {
                let place = if input.class.is_some() { "class" } else { "sealed" };
                invalid.push(FieldError::new(format!("{at}/{i}/{place}"), "judge_class_fixed"));
            }
            let code = input.code.as_deref().or(sits.map(|j| j.code.as_str()));
            if let Some(code) = code
                && !codes.insert(code)
            {
                invalid.push(FieldError::new(at_code(), "judge_code_taken").with("given", code));
            }
        }
    }

    /// Why somebody must not judge an entry: a code of a wrong place.
    pub(super) fn obstacle(&self, judge: &PublicId, entry: &RoundEntry) -> Option<&'static str> {
        let (user, regions) = self.members.get(judge)?;
        if self.interests.contains(&(entry.entry, *user)) {
            Some("judge_has_interest")
        } else if regions.iter().all(|r| r.is_some() && *r != entry.region) {
            Some("judge_out_of_region")
        } else {
            None
        }
    }

    /// Notes why a judge must not mark some of these entries.
    pub(super) fn obstacles(
        &self,
        judge: &PublicId,
        entries: &[&RoundEntry],
        at: &str,
        invalid: &mut Invalid,
    ) {
        let mut found = BTreeMap::<&'static str, Vec<String>>::new();
        for entry in entries {
            if let Some(code) = self.obstacle(judge, entry) {
                found.entry(code).or_default().push(entry.number.to_string());
            }
        }
        for (code, entries) in found {
            invalid.push(FieldError::new(at, code).with("entries", entries.join(", ")));
        }
    }

    /// Makes these judges of the round, those that are not yet; in the order asked, those who are unknown left out.
    pub(super) fn seat(
        &mut self,
        tx: &mut Tx<'_>,
        round: &Round,
        asked: &[JudgeInput],
    ) -> Result<Vec<JudgeId>> {
        let mut taken: BTreeSet<String> = self.judges.iter().map(|j| j.code.clone()).collect();
        taken.extend(asked.iter().filter_map(|a| a.code.clone()));
        let mut seated = Vec::new();
        for input in asked {
            let Some((user, _)) = self.members.get(&input.judge) else {
                continue;
            };
            let class = input.class.as_ref().map(Code::as_str);
            let judge = match self.judges.iter().find(|j| j.public_id == input.judge) {
                Some(sits) => {
                    let before = Standing {
                        code: &sits.code,
                        class: sits.class.as_deref(),
                        sealed: sits.sealed,
                    };
                    let standing = Standing {
                        code: input.code.as_deref().unwrap_or(before.code),
                        class: class.or(before.class),
                        sealed: input.sealed.unwrap_or(before.sealed),
                    };
                    if standing != before {
                        round_judges::update(tx.conn, sits.id, standing)?;
                    }
                    sits.id
                }
                None => {
                    let code = input.code.clone().unwrap_or_else(|| next_judge_code(&taken));
                    taken.insert(code.clone());
                    let standing = Standing {
                        code: &code,
                        class,
                        sealed: input.sealed.unwrap_or(false),
                    };
                    round_judges::insert(tx.conn, round.id, *user, standing, tx.now)?
                }
            };
            seated.push(judge);
        }
        self.judges = round_judges::of_round(tx.conn, round.id)?;
        Ok(seated)
    }
}

/// Keeps the phase of the group as it is and other organizers away from the round; the group must not be closed.
///
/// # Errors
/// [`Error::Conflict`] `group_closed`.
pub(super) fn arrange(tx: &mut Tx<'_>, round: &Round, group: &Group) -> Result<(Round, Group)> {
    dialect::lock_phase_shared(tx.conn, group.id)?;
    let round = rounds::lock(tx.conn, round.id)?;
    let group = rounds::group_by_code(tx.conn, round.id, &group.code)?.ok_or(Error::NotFound("group"))?;
    if group.phase.is_closed() {
        return Err(Conflict::new("group_closed").with("group", group.code).into());
    }
    Ok((round, group))
}
