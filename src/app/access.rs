//! Gathers the facts that `domain::policy` judges by, inside the transaction that does the work.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::{CompetitionId, EntryId, GroupId, RegionId};
use crate::domain::invalid::FieldError;
use crate::domain::policy::{self, Action, Bound, Grant, Relation, Subject, Verdict};
use crate::domain::text::{Code, Slug};
use crate::domain::user::Role;
use crate::error::{Error, Restriction, Result, Unauthenticated};
use crate::store::competitions::{self, Competition};
use crate::store::divisions;
use crate::store::entries::{self, Entry, Shown};
use crate::store::members;
use crate::store::places;
use crate::store::publications;
use crate::store::rounds::{self, Group, Round};

use super::Tx;
use super::actor::{self, Actor, Person, Proof};

/// A competition and how the caller stands to it.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The competition.
    pub competition: Competition,
    /// The caller; `None` for a guest.
    pub person: Option<Person>,
    /// The caller as the policy sees them.
    pub subject: Subject,
}

/// The competition with a slug, as the caller stands to it. Whether they may see it is decided by [`Scene::require`].
///
/// # Errors
/// [`Error::NotFound`] when there is none, [`Error::Unauthenticated`] for an ended session.
pub fn competition(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Scene> {
    let person = actor::person(tx, actor)?;
    let competition = competitions::by_slug(tx.conn, slug)?.ok_or(Error::NotFound("competition"))?;
    let subject = subject(tx, &competition, person.as_ref())?;
    Ok(Scene {
        competition,
        person,
        subject,
    })
}

/// The caller as the policy sees them outside any competition.
#[must_use]
pub fn instance(person: Option<&Person>) -> Subject {
    Subject {
        signed_in: person.is_some(),
        admin: person.is_some_and(|p| p.admin),
        bound: person.map(|p| bound(p, None)).unwrap_or_default(),
        ..Subject::default()
    }
}

/// The caller, for what they do outside any competition.
///
/// # Errors
/// What the policy says.
pub fn personally(tx: &mut Tx<'_>, actor: &Actor, action: Action) -> Result<Person> {
    let person = actor::person(tx, actor)?;
    let verdict = policy::may(&instance(person.as_ref()), action, &Relation::default());
    enforce(verdict, action, "address")?;
    person.ok_or(Error::Unauthenticated(Unauthenticated::Missing))
}

/// The caller, for what they read of themselves in all competitions; an API token or judge's link that is limited to one
/// reads what belongs to that one: whoever calls this leaves the rest out, by [`Person::limit`].
///
/// # Errors
/// What the policy says.
pub fn within_limit(tx: &mut Tx<'_>, actor: &Actor, action: Action) -> Result<Person> {
    let person = actor::known(tx, actor)?;
    let subject = Subject {
        bound: bound(&person, person.limit()),
        ..instance(Some(&person))
    };
    enforce(
        policy::may(&subject, action, &Relation::default()),
        action,
        "address",
    )?;
    Ok(person)
}

/// What the way in which somebody proved who they are takes away, in a competition or outside any.
fn bound(person: &Person, competition: Option<CompetitionId>) -> Bound {
    match &person.proof {
        Proof::Session { fresh, .. } if person.must_enrol => Bound::Enrolling { fresh: *fresh },
        // A program can't enrol, and whoever must is nobody until they have.
        Proof::Token { .. } if person.must_enrol => Bound::Enrolling { fresh: false },
        Proof::Session { fresh: true, .. } => Bound::Fresh,
        Proof::Session { fresh: false, .. } => Bound::Older,
        Proof::Token {
            scopes,
            competition: limit,
            ..
        } => Bound::Token {
            scopes: scopes.clone(),
            elsewhere: limit.is_some() && *limit != competition,
        },
        Proof::Link {
            competition: limit, ..
        } => Bound::Judging {
            elsewhere: competition.is_some_and(|competition| competition != *limit),
        },
    }
}

/// Turns a verdict into an error.
///
/// # Errors
/// What the verdict says, unless it is [`Verdict::Allow`]; `what` is the kind of thing that is hidden.
pub fn enforce(verdict: Verdict, action: Action, what: &'static str) -> Result<()> {
    match verdict {
        Verdict::Allow => Ok(()),
        Verdict::SignIn => Err(Error::Unauthenticated(Unauthenticated::Missing)),
        Verdict::Forbid => Err(Error::Forbidden(action.as_str())),
        Verdict::Hide => Err(Error::NotFound(what)),
        Verdict::Enrol => Err(Error::Restricted(Restriction::SecondFactor)),
        Verdict::Prove => Err(Error::Restricted(Restriction::Proof)),
        Verdict::OutOfScope => Err(Error::Restricted(Restriction::Scope)),
        Verdict::JudgesOnly => Err(Error::Restricted(Restriction::Judging)),
    }
}

impl Scene {
    /// The round with a code.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, or the caller may not see the competition.
    pub fn round(&self, tx: &mut Tx<'_>, code: &Code) -> Result<Round> {
        self.require(Action::ReadCompetition, &self.relation(), "competition")?;
        rounds::by_code(tx.conn, self.competition.id, code)?.ok_or(Error::NotFound("round"))
    }

    /// A group of a round.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none. Who may not see how far the round is gets what they would get if there was
    /// one: the groups of a round tell who came so far.
    pub fn group(&self, tx: &mut Tx<'_>, round: &Round, code: &Code) -> Result<Group> {
        if let Some(group) = rounds::group_by_code(tx.conn, round.id, code)? {
            return Ok(group);
        }
        self.require_reach(Action::ReadProgress, "group")?;
        Err(Error::NotFound("group"))
    }

    /// The relation to the competition as a whole.
    #[must_use]
    pub fn whole(&self) -> Relation {
        Relation {
            published: self.competition.published_at.is_some(),
            whole: true,
            ..Relation::default()
        }
    }

    /// The relation to something in the competition that stands for all its regions: reading lists, progress.
    #[must_use]
    pub fn relation(&self) -> Relation {
        Relation {
            whole: false,
            ..self.whole()
        }
    }

    /// The relation to something of a region.
    #[must_use]
    pub fn in_region(&self, region: Option<RegionId>) -> Relation {
        Relation {
            region,
            ..self.relation()
        }
    }

    /// What the policy says.
    #[must_use]
    pub fn may(&self, action: Action, relation: &Relation) -> Verdict {
        policy::may(&self.subject, action, relation)
    }

    /// Goes on only if the policy allows it.
    ///
    /// # Errors
    /// 404 for the competition when the caller may not even see that, else what the verdict says of `what`.
    pub fn require(&self, action: Action, relation: &Relation, what: &'static str) -> Result<()> {
        let verdict = self.may(action, relation);
        let tells = matches!(
            verdict,
            Verdict::Hide | Verdict::SignIn | Verdict::Enrol | Verdict::OutOfScope
        );
        if tells && !policy::knows_of(&self.subject, &self.relation()) {
            return Err(Error::NotFound("competition"));
        }
        enforce(verdict, action, what)
    }

    /// Where the policy allows an action by role: `None` stands for everywhere, else these regions, perhaps none.
    #[must_use]
    pub fn reach(&self, action: Action) -> Option<Vec<RegionId>> {
        if self.may(action, &self.relation()) == Verdict::Allow {
            return None;
        }
        let grants = self.subject.grants.iter().filter_map(|g| g.region);
        let mut regions: Vec<_> = grants
            .filter(|r| self.may(action, &self.in_region(Some(*r))) == Verdict::Allow)
            .collect();
        regions.sort_unstable();
        regions.dedup();
        Some(regions)
    }

    /// Goes on only if the policy allows the action at least somewhere; gives where, as [`Scene::reach`] does.
    ///
    /// # Errors
    /// As [`Scene::require`].
    pub fn require_reach(&self, action: Action, what: &'static str) -> Result<Option<Vec<RegionId>>> {
        let reach = self.reach(action);
        if reach.as_ref().is_some_and(Vec::is_empty) {
            self.require(action, &self.relation(), what)?;
        }
        Ok(reach)
    }

    /// The region with a code of a body.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `/region` when the competition has none with it.
    pub fn region(&self, tx: &mut Tx<'_>, code: Option<&Code>) -> Result<Option<RegionId>> {
        let Some(code) = code else { return Ok(None) };
        let regions = divisions::region_codes(tx.conn, self.competition.id)?;
        let unknown = || FieldError::new("/region", "unknown_code").with("code", code);
        Ok(Some(*regions.get(code).ok_or_else(unknown)?))
    }

    /// The entry with a number, if the caller may do this with it, and how they stand to it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, or the caller may not know of it.
    pub fn entry(&self, tx: &mut Tx<'_>, number: i64, action: Action) -> Result<(Shown, Relation)> {
        self.require(Action::ReadCompetition, &self.relation(), "competition")?;
        self.person()?;
        let shown =
            entries::by_number(tx.conn, self.competition.id, number)?.ok_or(Error::NotFound("entry"))?;
        let relation = self.of_entry(tx, &shown.entry)?;
        self.require(action, &relation, "entry")?;
        Ok((shown, relation))
    }

    /// The relation to an entry.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_entry(&self, tx: &mut Tx<'_>, entry: &Entry) -> Result<Relation> {
        let Some(person) = &self.person else {
            return Ok(self.in_region(entry.region_id));
        };
        let judges = self.subject.grants.iter().any(|g| g.role == Role::Judge);
        Ok(Relation {
            owner: entry.owner_id == Some(person.id),
            assigned: judges && entries::is_assigned(tx.conn, entry.id, person.id)?,
            blinded: self.blinded(tx)?.contains_key(&entry.id),
            ..self.in_region(entry.region_id)
        })
    }

    /// The entries, with their numbers, whose authors stay hidden from the caller whatever else they are: the competition
    /// is blind, and the caller is assigned in a group of theirs that is not closed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn blinded(&self, tx: &mut Tx<'_>) -> Result<BTreeMap<EntryId, i64>> {
        match &self.person {
            Some(person) if self.competition.blind && !self.subject.grants.is_empty() => {
                places::judged_by(tx.conn, self.competition.id, person.id)
            }
            _ => Ok(BTreeMap::new()),
        }
    }

    /// The groups in which the caller is assigned to judge.
    ///
    /// # Errors
    /// When the database fails.
    pub fn judged(&self, tx: &mut Tx<'_>) -> Result<Judged> {
        match &self.person {
            Some(person) if !self.subject.grants.is_empty() => {
                let groups = places::judged_groups(tx.conn, self.competition.id, person.id)?;
                Ok(Judged(groups))
            }
            _ => Ok(Judged::default()),
        }
    }

    /// The groups of the competition of which the caller must not know yet, for who went on to them is not published.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unrevealed(&self, tx: &mut Tx<'_>) -> Result<BTreeSet<GroupId>> {
        if self.may(Action::ReadProgress, &self.relation()) == Verdict::Allow {
            return Ok(BTreeSet::new());
        }
        let mut groups = publications::unrevealed(tx.conn, self.competition.id, tx.now)?;
        if !groups.is_empty() && self.subject.grants.iter().any(|g| g.role == Role::Judge) {
            let judged = self.judged(tx)?;
            groups.retain(|group| !judged.0.contains(group));
        }
        Ok(groups)
    }

    /// Whether the caller may know of a group: with [`Scene::unrevealed`].
    #[must_use]
    pub fn knows(&self, group: &Group, unrevealed: &BTreeSet<GroupId>) -> bool {
        !unrevealed.contains(&group.id)
            || self.may(Action::ReadProgress, &self.in_region(group.region_id)) == Verdict::Allow
    }

    /// The caller, for actions that guests can't do.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a guest.
    pub fn person(&self) -> Result<&Person> {
        self.person
            .as_ref()
            .ok_or(Error::Unauthenticated(Unauthenticated::Missing))
    }

    /// The regions that the caller's memberships of these roles are limited to; `None` when one of them has no limit.
    ///
    /// Lists use it to show no more than the single things would.
    #[must_use]
    pub fn regions(&self, roles: &[Role]) -> Option<Vec<RegionId>> {
        let grants = || self.subject.grants.iter().filter(|g| roles.contains(&g.role));
        if grants().any(|g| g.region.is_none()) {
            None
        } else {
            Some(grants().filter_map(|g| g.region).collect())
        }
    }
}

/// The groups of a competition in which somebody is assigned to judge.
#[derive(Debug, Default)]
pub struct Judged(BTreeSet<GroupId>);

impl Judged {
    /// The relation to one of the competition's groups.
    #[must_use]
    pub fn relation(&self, scene: &Scene, group: &Group) -> Relation {
        Relation {
            assigned: self.0.contains(&group.id),
            closed: group.phase.is_closed(),
            ..scene.in_region(group.region_id)
        }
    }
}

/// Memberships, and interest where it matters.
fn subject(tx: &mut Tx<'_>, competition: &Competition, person: Option<&Person>) -> Result<Subject> {
    let Some(person) = person else {
        return Ok(Subject::default());
    };
    let memberships = members::of_user(tx.conn, competition.id, person.id)?;
    let loses = |m: &members::Membership| policy::loses_by_interest(m.role) && m.interest_exception.is_none();
    let interested = memberships.iter().any(loses)
        && members::has_interest(tx.conn, competition.id, person.id, &person.email)?;
    Ok(Subject {
        signed_in: true,
        admin: person.admin,
        grants: memberships
            .iter()
            .map(|m| Grant {
                role: m.role,
                region: m.region,
                excepted: m.interest_exception.is_some(),
            })
            .collect(),
        interested,
        bound: bound(person, Some(competition.id)),
    }
    .narrowed())
}
