//! The rules of a round: one JSON document.

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::standings::hash;
use crate::app::rules::{self, RulesState};
use crate::domain::rules::Rules;
use crate::domain::text::{Code, Slug};
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Language, Params, Precondition, blocking};
use crate::http::mount::Mount;
use crate::words::reading::{self, Section};

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(read_rules)
        .service(read_out_rules)
        .service(change_rules);
}

/// What a change of rules says beside the document.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangeQuery {
    /// Why the rules are changed; needed once they are fixed.
    #[param(example = "The jury asked for half points.")]
    reason: Option<String>,
}

/// The rules of a round.
#[utoipa::path(tag = "rounds",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "The document in its canonical form", body = Rules),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_competition"))))]
#[get("/competitions/{slug}/rounds/{code}/rules")]
async fn read_rules(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
) -> Reply<Box<RawValue>> {
    let (slug, code) = path.into_inner();
    let rules = state
        .app
        .read(move |tx| rules::read(tx, &caller.0, &slug, &code))
        .await?;
    let version = rules.version;
    Ok(Answer::ok(document(rules)?).version(version))
}

/// The rules of a round in plain words.
#[derive(Debug, Serialize, ToSchema)]
struct ReadingView {
    /// The version of the rules.
    rules_version: i64,
    /// Its parts, in order.
    sections: Vec<Section>,
}

/// The rules of a round, read out in plain words in the language asked for, as the public sees them beside the results.
#[utoipa::path(tag = "rounds",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "The rules in sentences", body = ReadingView)),
    extensions(("x-action" = json!("read_competition"))))]
#[get("/competitions/{slug}/rounds/{code}/rules/reading")]
async fn read_out_rules(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    lang: Language,
) -> Reply<ReadingView> {
    let (slug, code) = path.into_inner();
    let (rules_version, rules) = state
        .app
        .read(move |tx| rules::parsed(tx, &caller.0, &slug, &code))
        .await?;
    let view = ReadingView {
        rules_version,
        sections: reading::reading(&rules, lang.0),
    };
    let tag = hash(&view)?;
    Ok(Answer::ok(view).tag(&tag))
}

/// Gives a round its rules, or changes them. They are fixed when its first group is opened: a later change needs a
/// reason, and is refused unless every sheet that was handed in stays valid.
#[utoipa::path(tag = "rounds", request_body = Rules,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final"), ChangeQuery),
    responses((status = 200, description = "The document in its canonical form", body = Rules),
              (status = 201, description = "The round's first rules", body = Rules)),
    extensions(("x-action" = json!("edit_competition"))))]
#[put("/competitions/{slug}/rounds/{code}/rules")]
async fn change_rules(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    query: Params<ChangeQuery>,
    seen: Precondition,
    body: Body<Box<RawValue>>,
) -> Reply<Box<RawValue>> {
    let (slug, code) = path.into_inner();
    let new = blocking(move || Ok(Rules::parse(body.value.get())?)).await?;
    let reason = query.0.reason;
    let rules = state
        .app
        .write(move |tx| {
            rules::change(
                tx,
                &caller.0,
                (&slug, &code),
                seen.version(),
                &new,
                reason.as_deref(),
            )
        })
        .await?;
    let (version, first) = (rules.version, rules.changed && rules.version == 1);
    let document = document(rules)?;
    let answer = if first {
        Answer::made(document)
    } else {
        Answer::ok(document)
    };
    Ok(answer.version(version))
}

fn document(rules: RulesState) -> Result<Box<RawValue>> {
    RawValue::from_string(rules.document).map_err(Error::internal)
}
