//! Reading standings before they are published: live while a group is open, fixed once it is closed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::advancement::{self, AdvanceNote};
use crate::domain::round::Phase;
use crate::domain::rules::Rules;
use crate::domain::scoring::Warning;
use crate::domain::text::{Code, Slug, Text};
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::rounds::{Group, Round};
use crate::store::{advancements, revisions, standings};

use super::access;
use super::actor::Actor;
use super::tabulation::{self, Tabulated};
use super::{App, Tx, carried};

/// The standings of a round's groups, as far as the caller may see them.
#[derive(Debug)]
pub struct RoundStandings {
    /// The round.
    pub round: Round,
    /// Its rules; none before they are written.
    pub rules: Option<Arc<Rules>>,
    /// The groups, in order.
    pub groups: Vec<GroupStandings>,
}

/// The standings of a group.
#[derive(Debug)]
pub struct GroupStandings {
    /// The group.
    pub group: Group,
    /// The revision of what is counted.
    pub revision: i64,
    /// The standings; none before the group is opened, or while nobody previews them.
    pub tabulated: Option<Tabulated>,
    /// The round is on stage and the group not closed: nobody previews.
    pub hidden: bool,
    /// What the entries are called.
    pub titles: BTreeMap<i64, Text>,
    /// What is to be looked at beside what was computed: what was carried over and corrected since.
    pub moved: Vec<Warning>,
    /// What became of the entries, where that is decided from these standings and the caller may read all of it.
    pub told: BTreeMap<i64, AdvanceNote>,
}

/// The standings of a round, or of one of its groups. What is computed from fixed marks is kept; who looks before the
/// publication of a round on stage is in the log.
///
/// # Errors
/// 404 and 403 as the policy says; 404 for an unknown group.
pub async fn read(
    app: &App,
    actor: Actor,
    slug: Slug,
    round: Code,
    group: Option<Code>,
) -> Result<Arc<RoundStandings>> {
    let (reader, place) = (actor.clone(), slug.clone());
    let seen = app
        .read(move |tx| look(tx, &reader, &place, &round, group.as_ref()))
        .await?;
    let seen = Arc::new(seen);
    let fresh = seen.tabulated().any(|t| t.fresh);
    if fresh || seen.is_preview_of_a_stage() {
        let kept = Arc::clone(&seen);
        app.write(move |tx| write_down(tx, &actor, &slug, &kept)).await?;
    }
    Ok(seen)
}

impl RoundStandings {
    fn tabulated(&self) -> impl Iterator<Item = &Tabulated> {
        self.groups.iter().filter_map(|g| g.tabulated.as_ref())
    }

    fn is_preview_of_a_stage(&self) -> bool {
        self.round.on_stage && self.tabulated().any(|t| t.group.phase != Phase::Published)
    }
}

fn look(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    round: &Code,
    wanted: Option<&Code>,
) -> Result<RoundStandings> {
    let scene = access::competition(tx, actor, slug)?;
    let round = scene.round(tx, round)?;
    let mut groups = tabulation::readable(tx, &scene, &round)?;
    let codes: BTreeSet<String> = groups.iter().map(|g| g.code.to_string()).collect();
    let mut decisions = advancements::current(tx.conn, round.id)?;
    decisions.retain(|d| d.revisions.keys().all(|code| codes.contains(code)));
    if let Some(code) = wanted {
        groups.retain(|g| g.code == *code);
        if groups.is_empty() {
            return Err(Error::NotFound("group"));
        }
    }
    let rules = match round.rules_version {
        0 => None,
        _ => Some(tabulation::rules(tx, &round)?),
    };
    let mut seen = Vec::with_capacity(groups.len());
    for group in groups {
        let hidden = round.on_stage && group.phase == Phase::Open;
        let lines = standings::lines(tx.conn, group.id)?;
        let tabulated = match &rules {
            Some(rules) if !hidden && group.phase != Phase::Draft => {
                Some(tabulation::group(tx, &round, group.clone(), rules)?)
            }
            _ => None,
        };
        let revision = revisions::of_group(tx.conn, group.id)?;
        let of_these = |d: &&advancements::Current| d.revisions.get(group.code.as_str()) == Some(&revision);
        let told = decisions
            .iter()
            .filter(of_these)
            .flat_map(|d| advancement::told(&d.document));
        seen.push(GroupStandings {
            revision,
            told: told.collect(),
            moved: match &rules {
                Some(rules) => carried::moved(tx, &round, &group, rules)?,
                None => Vec::new(),
            },
            group,
            tabulated,
            hidden,
            titles: lines
                .into_iter()
                .map(|l| (l.number, l.title.into_inner()))
                .collect(),
        });
    }
    Ok(RoundStandings {
        round,
        rules,
        groups: seen,
    })
}

fn write_down(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, seen: &RoundStandings) -> Result<()> {
    for tabulated in seen.tabulated().filter(|t| t.fresh) {
        tabulation::keep(tx, tabulated)?;
    }
    if !seen.round.on_stage {
        return Ok(());
    }
    let scene = access::competition(tx, actor, slug)?;
    for tabulated in seen.tabulated().filter(|t| t.group.phase != Phase::Published) {
        let event = NewEvent {
            competition: Some(scene.competition.id),
            actor: Some(scene.person()?.id),
            action: "standings_preview",
            subject: format!("rounds/{}/groups/{}", seen.round.code, tabulated.group.code),
            details: serde_json::json!({ "revision": tabulated.revision }),
            ..NewEvent::default()
        };
        if !events::is_known(tx.conn, &event)? {
            events::record(tx.conn, tx.now, &event)?;
        }
    }
    Ok(())
}
