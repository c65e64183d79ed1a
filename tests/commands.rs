//! The commands as whoever has the machine types them, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

#[macro_use]
mod support;

use serde_json::{Value, json};
use support::program::{Ended, Program};

const PASSWORD: &str = "a phrase that only I know";

impl Ended {
    /// What it printed, if it ended well.
    #[track_caller]
    fn well(&self) -> &str {
        assert!(self.status.success(), "{self:?}");
        &self.out
    }

    /// Why it ended badly: for people, without a panic.
    #[track_caller]
    fn badly(&self) -> &str {
        assert_eq!(self.status.code(), Some(1), "{self:?}");
        assert!(
            self.err.starts_with("palmares: ") && !self.err.contains("panicked"),
            "{self:?}"
        );
        &self.err
    }
}

/// The answer to a POST.
async fn post(base: &str, path: &str, body: Value) -> (u16, Value) {
    let answer = reqwest::Client::new()
        .post(format!("{base}/api/v1{path}"))
        .json(&body)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn sign_in(base: &str, email: &str, password: &str) -> (u16, Value) {
    post(base, "/sessions", json!({ "email": email, "password": password })).await
}

both_databases! {
    async fn migrate_brings_an_empty_database_up_to_date(db) {
        let program = Program::on(&db);
        assert!(program.run(&["migrate"], "").well().contains("up to date"));
        assert!(program.run(&["migrate"], "").well().contains("up to date"));
    }

    async fn an_admin_is_made_and_signs_in_and_a_reset_ends_their_sessions(db) {
        let program = Program::on(&db);
        let create = ["admin", "create", "--name", "Chen Jing", "--email", "chen@example.org", "--password-stdin"];
        let made = program.run(&create, &format!("{PASSWORD}\n"));
        assert_eq!(made.well(), "made the admin chen@example.org\n");
        assert!(program.run(&create, &format!("{PASSWORD}\n")).badly().contains("email_taken"));
        let server = program.serve();
        assert_eq!(server.set_up_token, None, "there is an admin");
        let (status, session) = sign_in(&server.base, "chen@example.org", PASSWORD).await;
        assert_eq!((status, &session["user"]["admin"]), (201, &json!(true)));

        // Beside the running server.
        let reset = program.run(&["admin", "reset-password", "--email", "chen@example.org"], "");
        let password = reset.well().lines().find_map(|l| l.strip_prefix("password: ")).unwrap().to_owned();
        assert_eq!(sign_in(&server.base, "chen@example.org", PASSWORD).await.0, 401);
        assert_eq!(sign_in(&server.base, "chen@example.org", &password).await.0, 201);
        let refresh = json!({ "refresh_token": session["refresh_token"] });
        assert_eq!(post(&server.base, "/sessions/refresh", refresh).await.0, 401);
    }

    async fn what_admin_commands_refuse_they_say(db) {
        let program = Program::on(&db);
        let create = |email: &'static str, password: &str| {
            program.run(&["admin", "create", "--name", "C", "--email", email, "--password-stdin"], password)
        };
        assert!(create("chen", PASSWORD).badly().contains("--email"));
        assert!(create("chen@example.org", "short").badly().contains("password_length"));
        let unknown = program.run(&["admin", "reset-password", "--email", "nobody@example.org"], "");
        assert!(unknown.badly().contains("no such user"));
        let unknown = program.run(&["admin", "promote"], "");
        assert_eq!(unknown.status.code(), Some(2));
    }

    async fn the_first_start_prints_a_token_for_the_first_admin(db) {
        let program = Program::on(&db);
        let server = program.serve();
        let token = server.set_up_token.clone().expect("no token was printed");
        let log = server.log();
        let said_once = log.lines().filter(|line| line.contains(&token)).count();
        assert_eq!(said_once, 1, "the token stands in the log");
        let account = |token: &str| json!({ "token": token, "email": "chen@example.org", "password": PASSWORD, "name": "Chen" });
        assert_eq!(post(&server.base, "/setup", account("guessed")).await.0, 422);
        let (status, made) = post(&server.base, "/setup", account(&token)).await;
        assert_eq!((status, &made["admin"]), (201, &json!(true)));
        assert_eq!(sign_in(&server.base, "chen@example.org", PASSWORD).await.0, 201);
        assert_eq!(post(&server.base, "/setup", account(&token)).await.0, 422);
        server.terminate();
        assert_eq!(server.wait().code(), Some(0));
        assert_eq!(program.serve().set_up_token, None);
    }
}

#[actix_web::test]
async fn a_folder_is_all_that_a_first_start_needs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::in_folder(&data);
    let server = program.serve();
    let (status, _) = sign_in(&server.base, "nobody@example.org", PASSWORD).await;
    assert_eq!(status, 401);
    assert!(data.join("palmares.db").exists());
    let secret = std::fs::metadata(data.join("secret")).unwrap();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&secret.permissions()) & 0o777,
        0o600
    );
}

#[actix_web::test]
async fn a_second_server_on_the_same_file_is_refused() {
    let db = support::sqlite();
    let program = Program::on(&db);
    let _first = program.serve();
    let second = program.run(&["serve", "--port", "0"], "");
    assert!(second.badly().contains("another palmares serves"), "{second:?}");
}

#[test]
fn a_database_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::in_folder(folder.path());
    let refused = program.run(&["migrate", "--database-url", "mysql://localhost/contest"], "");
    assert!(refused.badly().contains("mysql"), "{refused:?}");
    assert!(!folder.path().join("mysql:").exists());
    let postgres = program.run(
        &[
            "serve",
            "--port",
            "0",
            "--database-url",
            "postgres://127.0.0.1:1/none",
        ],
        "",
    );
    postgres.badly();
}

#[test]
fn the_api_document_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::in_folder(folder.path());
    assert!(program.run(&["openapi"], "").well().starts_with("openapi: 3.1"));
    let document: Value =
        serde_json::from_str(program.run(&["openapi", "--format", "json"], "").well()).unwrap();
    assert_eq!(document["info"]["title"], "Palmares");
    assert!(
        !folder.path().join("palmares.db").exists(),
        "it needs no database"
    );
}
