//! API tokens: what a program with a scope gets is never more than what its person gets, and never out of its scope.

use std::collections::BTreeMap;

use palmares::domain::api_token::Scope;
use palmares::domain::policy::{Action, Programs, programs};
use palmares::http::openapi;
use serde_json::json;

use super::matrix::{Row, Verdict};
use super::world::{People, Who};
use crate::hall::{Hall, Persona};
use crate::support::Db;

/// A program.
pub struct Program {
    who: Who,
    scopes: &'static [Scope],
    /// Its token is limited to another competition.
    elsewhere: bool,
    persona: Persona,
}

/// Which tokens there are: each scope in the name of those for whom it matters, all together, and all together for
/// another competition.
const TOKENS: &[(&[Scope], &[Who], Option<&str>)] = &[
    (
        &[Scope::Read],
        &[Who::Organizer, Who::Judge, Who::Contestant],
        None,
    ),
    (&[Scope::Enter], &[Who::Owner], None),
    (&[Scope::Judge], &[Who::Judge], None),
    (&[Scope::Record], &[Who::Clerk], None),
    (&[Scope::Manage], &[Who::Organizer, Who::Admin], None),
    (&[Scope::Members], &[Who::Organizer], None),
    (&[Scope::Publish], &[Who::Organizer], None),
    (
        Scope::ALL,
        &[Who::Owner, Who::Judge, Who::Organizer, Who::Observer],
        None,
    ),
    // The league is not published: whoever has nothing to do with it can't even name it.
    (Scope::ALL, &[Who::Admin], Some("league")),
];

/// Makes the tokens.
pub async fn issue(db: &Db, people: &People) -> Vec<Program> {
    let hall = Hall::open(db.same()).await;
    let mut issued = Vec::new();
    for (scopes, owners, competition) in TOKENS {
        for who in *owners {
            let person = hall.welcome(people.get(*who));
            let body = json!({ "name": "Program", "scopes": scopes, "competition": competition });
            let made = person.post("/me/tokens", body).await;
            issued.push(Program {
                who: *who,
                scopes,
                elsewhere: competition.is_some(),
                persona: person.with_token(made.created()["secret"].as_str().unwrap()),
            });
        }
    }
    hall.close().await;
    issued
}

/// Operations that read the entry or its offer by themselves before they change it: their tokens read, too.
const READ_FIRST: &[&str] = &["screen_entry", "answer_offer", "extend_offer", "withdraw_offer"];

/// What each operation does, by its name; those that ask nobody to sign in do nothing by who asks.
pub fn actions() -> BTreeMap<String, Action> {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    operations
        .filter_map(|says| {
            let action = says["x-action"].as_str()?.parse().unwrap();
            Some((says["operationId"].as_str()?.to_owned(), action))
        })
        .collect()
}

/// Sends a row's request as every program and gives what is more than the person may, or out of scope.
pub async fn try_out(db: &Db, all: &[Program], row: &Row, action: Action) -> Vec<String> {
    let mut wrongs = Vec::new();
    let hall = Hall::open(db.copy()).await;
    for program in all {
        let got = row.send_by(&hall, &program.persona).await;
        let refused = matches!(got.status, 401 | 403 | 404);
        let by_person = row.verdict(program.who) == Verdict::Allowed;
        let by_guest = row.verdict(Who::Guest) == Verdict::Allowed;
        let by_scope = match programs(action) {
            Programs::All => true,
            Programs::With(scope) => program.scopes.contains(&scope),
            Programs::None => false,
        };
        let reads = !READ_FIRST.contains(&row.operation) || program.scopes.contains(&Scope::Read);
        let by_scope = by_scope && reads;
        let allowed = by_guest || (by_person && by_scope && !program.elsewhere);
        // What belongs to the other competition is still there.
        let reads_itself = program.elsewhere
            && matches!(
                action,
                Action::ReadProfile | Action::ReadOwn | Action::ReadAssignments
            );
        let fine = if allowed {
            got.status != 403
        } else {
            refused || reads_itself
        };
        if !fine {
            wrongs.push(format!(
                "{} as {:?} with {:?}{}: {} {}",
                row.operation,
                program.who,
                program.scopes,
                if program.elsewhere { " elsewhere" } else { "" },
                got.status,
                got.text
            ));
        }
    }
    hall.close().await;
    wrongs
}
