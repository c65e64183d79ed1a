//! Accepting and rejecting entries.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::dossier::EntryView;
use crate::app::screening::{self, Decision, Screened, Screening};
use crate::domain::text::Slug;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;
use crate::http::parse::Lines;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(screen_entries).service(screen_entry);
}

/// A decision about one entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScreeningRequest {
    /// What is decided.
    decision: Decision,
    /// Why; needed to reject.
    #[serde(default)]
    #[schema(example = "The company is older than five years.")]
    reason: Option<String>,
}

/// Decisions about many entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [
    { "entry": 25, "decision": "accepted" },
    { "entry": 26, "decision": "rejected", "reason": "The company is older than five years." },
] }))]
struct ScreeningsRequest {
    /// 1 to 1,000 decisions.
    #[schema(value_type = Vec<ScreeningLine>)]
    items: Lines<ScreeningLine>,
}

/// One of many decisions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScreeningLine {
    /// The entry's number.
    entry: i64,
    /// What is decided.
    decision: Decision,
    /// Why; needed to reject.
    #[serde(default)]
    reason: Option<String>,
}

/// How far the entries are now.
#[derive(Debug, Serialize, ToSchema)]
struct ScreenedList {
    /// One for each decision, in their order.
    items: Vec<Screened>,
}

/// Accepts or rejects an entry. The decision may be changed until a round takes the entry in.
#[utoipa::path(tag = "entries", request_body = ScreeningRequest,
    responses((status = 200, description = "The entry", body = EntryView)),
    extensions(("x-action" = json!("manage_entries")), ("x-example" = json!({ "200": { "status": "accepted" } }))))]
#[post("/competitions/{slug}/entries/{number}/screening")]
async fn screen_entry(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, i64)>,
    body: Body<ScreeningRequest>,
) -> Reply<EntryView> {
    let (slug, entry) = path.into_inner();
    let ScreeningRequest { decision, reason } = body.value;
    let screening = Screening {
        entry,
        decision,
        reason,
    };
    let view = state
        .app
        .write(move |tx| screening::screen(tx, &caller.0, &slug, &screening))
        .await?;
    let version = view.version;
    Ok(Answer::ok(view).version(version))
}

/// Accepts and rejects many entries, all or none.
#[utoipa::path(tag = "entries", request_body = ScreeningsRequest,
    responses((status = 200, description = "How far they are now", body = ScreenedList)),
    extensions(("x-action" = json!("manage_entries"))))]
#[post("/competitions/{slug}/entries/screenings")]
async fn screen_entries(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    body: Body<ScreeningsRequest>,
) -> Reply<ScreenedList> {
    let line = |l: ScreeningLine| Screening {
        entry: l.entry,
        decision: l.decision,
        reason: l.reason,
    };
    let lines = body.value.items.all("/items")?;
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    let items = state
        .app
        .write(move |tx| screening::screen_many(tx, &caller.0, &path, &lines))
        .await?;
    Ok(Answer::ok(ScreenedList { items }))
}
