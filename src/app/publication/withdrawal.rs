//! Taking a publication back that nobody could see yet.

use crate::app::access;
use crate::app::actor::Actor;
use crate::app::documents::decision_of;
use crate::app::{Effect, Tx};
use crate::domain::invalid::Invalid;
use crate::domain::policy::Action;
use crate::domain::round::Phase;
use crate::domain::text::{Code, Slug, check_reason};
use crate::error::{Conflict, Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::publications::{self, Publication};
use crate::store::rounds::{Group, Round};
use crate::store::{dialect, standings};

/// Takes a publication back, for a reason. The group is decided again, unless what the public sees is what was decided.
///
/// # Errors
/// 422 at `/reason`; 404 for an unknown one; 409 `publication_visible`, `publication_withdrawn`.
pub fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    (round, group, number): (&Code, &Code, i64),
    reason: &str,
) -> Result<Publication> {
    let scene = access::competition(tx, actor, slug)?;
    let round = scene.round(tx, round)?;
    let group = scene.group(tx, &round, group)?;
    scene.require(Action::Publish, &scene.in_region(group.region_id), "group")?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    invalid.into_result()?;
    dialect::lock_phase_exclusive(tx.conn, group.id)?;
    let publication = publications::by_number(tx.conn, group.id, number)?;
    let publication = publication.ok_or(Error::NotFound("publication"))?;
    if !publications::take_one_back(tx.conn, group.id, number, Some(reason), tx.now)? {
        let code = match publication.taken_back_at {
            Some(_) => "publication_withdrawn",
            None => "publication_visible",
        };
        return Err(Conflict::new(code)
            .with("group", &group.code)
            .with("number", number)
            .into());
    }
    step_back(tx, &round, &group)?;
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "publication_withdrawal",
        subject: format!(
            "rounds/{}/groups/{}/publications/{number}",
            round.code, group.code
        ),
        version: None,
        details: serde_json::json!({ "reason": reason }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::GroupChanged(group.id))?;
    tx.announce(Effect::Published(scene.competition.id))?;
    publications::by_number(tx.conn, group.id, number)?.ok_or(Error::NotFound("publication"))
}

fn step_back(tx: &mut Tx<'_>, round: &Round, group: &Group) -> Result<()> {
    if standings::phase(tx.conn, group.id)? != Phase::Published {
        return Ok(());
    }
    let decision = decision_of(tx, round, group.id)?;
    let fixed = decision.as_ref().map(|d| d.decided_at).or(group.closed_at);
    let seen = publications::visible(tx.conn, group.id, tx.now)?;
    if seen.is_some_and(|seen| fixed.is_none_or(|fixed| seen.created_at >= fixed)) {
        return Ok(());
    }
    let phase = if decision.is_some() {
        Phase::Decided
    } else {
        Phase::Closed
    };
    standings::unpublish(tx.conn, group.id, phase)
}
