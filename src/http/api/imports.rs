//! Many entries at once.

use std::collections::BTreeMap;

use actix_web::{post, web};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::app::imports::{self, ImportStatus, Imported, Line};
use crate::domain::codes::each_code_once;
use crate::domain::entry::{Draft, NamedMember};
use crate::domain::text::{Code, Slug, Text};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, IMPORT_MAX};
use crate::http::mount::Mount;
use crate::http::parse::Lines;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(import_entries);
}

/// Many entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportRequest {
    /// 1 to 1,000 entries.
    #[schema(value_type = Vec<ImportLine>)]
    items: Lines<ImportLine>,
}

/// An entry that organizers enter on behalf of a team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportLine {
    /// How far it is.
    status: ImportStatus,
    /// The project's title.
    title: Text,
    /// What it is about.
    #[serde(default)]
    summary: Text,
    /// The code of its track.
    #[serde(default)]
    track: Option<Code>,
    /// The code of its region.
    #[serde(default)]
    region: Option<Code>,
    /// The company, school or institute behind it.
    #[serde(default)]
    institution: Option<String>,
    /// The country it comes from.
    #[serde(default)]
    country: Option<String>,
    /// The team.
    #[serde(default)]
    team: Vec<NamedMember>,
    /// Answers to the competition's fields, by code.
    #[serde(default, deserialize_with = "each_code_once")]
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    answers: BTreeMap<String, Box<RawValue>>,
}

impl From<ImportLine> for Line {
    fn from(line: ImportLine) -> Self {
        let ImportLine {
            status,
            title,
            summary,
            track,
            region,
            institution,
            country,
            team,
            answers,
        } = line;
        let draft = Draft {
            title,
            summary,
            track,
            region,
            institution,
            country,
            team,
            answers,
        };
        Self { draft, status }
    }
}

/// Enters projects on behalf of teams, all or nothing. The registration window does not bind organizers.
#[utoipa::path(tag = "entries", request_body = ImportRequest,
    responses((status = 201, description = "The numbers they were given, in their order", body = Imported)),
    extensions(("x-action" = json!("manage_entries"))))]
#[post("/competitions/{slug}/entries/batch")]
async fn import_entries(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    body: Body<ImportRequest, IMPORT_MAX>,
) -> Reply<Imported> {
    let lines = body.value.items.all("/items")?;
    let lines = lines.into_iter().map(Line::from).collect();
    let imported = imports::import(&state.app, &caller.0, &path, body.once, lines).await?;
    Ok(Answer::made(imported))
}
