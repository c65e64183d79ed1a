//! Penalties and bonuses.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::adjustments::{self, AdjustmentView, Asked, AskedBy};
use crate::app::idempotency::write_once;
use crate::app::two_persons::{Outcome, ProposalView};
use crate::domain::ids::PublicId;
use crate::domain::points::Given;
use crate::domain::text::{Code, Slug};
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;

use super::proposals::agreed;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_adjustments)
        .service(give_adjustment)
        .service(revoke_adjustment);
}

/// A penalty or a bonus.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdjustmentRequest {
    /// The entry's number.
    #[schema(example = 25)]
    entry: i64,
    /// The points, below 0 for a penalty, as a decimal text or a plain number. Not beside `rule`.
    #[schema(example = "-1.00")]
    points: Option<Given>,
    /// A penalty of the round's rules, which then count the points.
    #[schema(value_type = Option<String>, example = json!(null))]
    rule: Option<Code>,
    /// What was measured for it, such as the seconds over time.
    #[schema(example = json!(null))]
    quantity: Option<Given>,
    /// Why, 1 to 2,000 characters; needed beside `points`.
    #[schema(example = "30 seconds over time")]
    reason: Option<String>,
}

impl AdjustmentRequest {
    fn parse(self) -> Result<Asked> {
        let wrong = |at: &str, code| Err(Error::invalid(at, code));
        let by = match (self.points, self.rule, self.quantity) {
            (Some(points), None, None) => AskedBy::Points(points),
            (None, Some(rule), quantity) => AskedBy::Rule(rule, quantity),
            (Some(_), Some(_), _) => return wrong("/points", "not_beside_rule"),
            (Some(_), None, Some(_)) => return wrong("/quantity", "quantity_without_rule"),
            (None, None, _) => return wrong("/points", "points_or_rule"),
        };
        Ok(Asked {
            entry: self.entry,
            by,
            reason: self.reason,
        })
    }
}

/// Why it is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevocationRequest {
    /// Why, 1 to 2,000 characters.
    #[schema(example = "The clock was wrong")]
    reason: String,
}

/// The penalties and bonuses of a round.
#[derive(Debug, Serialize, ToSchema)]
struct AdjustmentsView {
    /// Revoked ones too, oldest first.
    items: Vec<AdjustmentView>,
}

/// The penalties and bonuses of a round, revoked ones too.
#[utoipa::path(tag = "ballots", responses((status = 200, description = "The list", body = AdjustmentsView)),
    extensions(("x-action" = json!("read_standings"))))]
#[get("/competitions/{slug}/rounds/{round}/adjustments")]
async fn list_adjustments(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
) -> Reply<AdjustmentsView> {
    let (slug, round) = path.into_inner();
    let items = state
        .app
        .read(move |tx| adjustments::list(tx, &caller.0, &slug, &round))
        .await?;
    Ok(Answer::ok(AdjustmentsView { items }))
}

/// Gives an entry a penalty or a bonus.
#[utoipa::path(tag = "ballots", request_body = AdjustmentRequest,
    responses((status = 201, description = "The adjustment", body = AdjustmentView),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("adjust"))))]
#[post("/competitions/{slug}/rounds/{round}/adjustments")]
async fn give_adjustment(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    body: Body<AdjustmentRequest>,
) -> Reply<Outcome<AdjustmentView>> {
    let (slug, round) = path.into_inner();
    let asked = body.value.parse()?;
    let actor = caller.0.clone();
    let view = write_once(&state.app, &caller.0, body.once, move |tx| {
        adjustments::give(tx, &actor, &slug, &round, &asked)
    })
    .await?;
    Ok(agreed(view, Answer::made))
}

/// Takes a penalty or a bonus back.
#[utoipa::path(tag = "ballots", request_body = RevocationRequest,
    responses((status = 200, description = "The adjustment, revoked", body = AdjustmentView),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("adjust"))))]
#[post("/competitions/{slug}/rounds/{round}/adjustments/{adjustment}/revocation")]
async fn revoke_adjustment(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, String)>,
    body: Body<RevocationRequest>,
) -> Reply<Outcome<AdjustmentView>> {
    let (slug, round, id) = path.into_inner();
    let (id, reason) = (PublicId(id), body.value.reason);
    let view = state
        .app
        .write(move |tx| adjustments::revoke(tx, &caller.0, &slug, &round, &id, &reason))
        .await?;
    Ok(agreed(view, Answer::ok))
}
