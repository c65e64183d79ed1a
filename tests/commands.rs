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

#[path = "commands/contests.rs"]
mod contests;
#[path = "commands/upkeep.rs"]
mod upkeep;

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
        self.ended(1)
    }

    /// What of that which was typed can't be used.
    #[track_caller]
    fn mistaken(&self) -> &str {
        self.ended(2)
    }

    #[track_caller]
    fn ended(&self, status: i32) -> &str {
        assert_eq!(self.status.code(), Some(status), "{self:?}");
        let told = self.err.starts_with("palmares: ") || self.err.starts_with("error: ");
        assert!(told && !self.err.contains("panicked"), "{self:?}");
        assert!(
            !self.err.contains("internal:") && !self.err.contains("{}"),
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
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
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
        let again = program.run(&create, &format!("{PASSWORD}\n"));
        assert_eq!(again.mistaken(), "palmares: --email: This e-mail address has an account already.\n");
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

        let url = server.base.clone();
        let link = program.run(&["admin", "reset-link", "--email", "chen@example.org", "--public-url", &url], "");
        let link = link.well().trim().to_owned();
        let token = link.strip_prefix(&format!("{url}/password/")).unwrap();
        let set = json!({ "token": token, "password": "walnut ferry copper dusk" });
        let (status, _) = post(&server.base, "/password-resets/completion", set).await;
        assert_eq!(status, 204);
        assert_eq!(sign_in(&server.base, "chen@example.org", "walnut ferry copper dusk").await.0, 201);
    }

    async fn keys_are_rotated_beside_a_running_server(db) {
        let program = Program::on(&db);
        let create = ["admin", "create", "--name", "Chen Jing", "--email", "chen@example.org", "--password-stdin"];
        program.run(&create, &format!("{PASSWORD}\n")).well();
        let server = program.serve();
        let (_, session) = sign_in(&server.base, "chen@example.org", PASSWORD).await;
        let me = |token: &Value| {
            let ask = reqwest::Client::new().get(format!("{}/api/v1/me", server.base)).bearer_auth(token.as_str().unwrap());
            async move { ask.send().await.unwrap().status().as_u16() }
        };
        assert!(program.run(&["keys", "rotate"], "").well().contains("made the key"));
        let listed = program.run(&["keys", "list"], "").well().to_owned();
        assert_eq!(listed.lines().count(), 2, "{listed}");
        assert!(listed.contains("signs in a moment") && listed.contains("taken until"), "{listed}");
        assert_eq!(me(&session["access_token"]).await, 200);

        program.run(&["keys", "rotate", "--revoke-old"], "").well();
        let begun = std::time::Instant::now();
        while me(&session["access_token"]).await != 401 {
            assert!(begun.elapsed().as_secs() < 7, "the old key is still taken");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        let refresh = json!({ "refresh_token": session["refresh_token"] });
        let (status, kept) = post(&server.base, "/sessions/refresh", refresh).await;
        assert_eq!((status, me(&kept["access_token"]).await), (200, 200));

        let stranger = Program::on(&db).with("PALMARES_SECRET", "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=");
        assert!(stranger.run(&["keys", "rotate"], "").badly().contains("does not open"));
        assert_eq!(program.run(&["keys", "list"], "").well().lines().count(), 3);
    }

    async fn a_lost_second_factor_is_removed_by_whoever_has_the_machine(db) {
        let program = Program::on(&db);
        let create = ["admin", "create", "--name", "Chen Jing", "--email", "chen@example.org", "--password-stdin"];
        program.run(&create, &format!("{PASSWORD}\n")).well();
        let reset = ["admin", "reset-second-factor", "--email", "chen@example.org"];
        assert_eq!(program.run(&reset, "").mistaken(), "palmares: There is no second factor.\n");
        let server = program.with("PALMARES_DEMAND_SECOND_FACTOR", "admins").serve();
        let program = Program::on(&db);
        let (_, session) = sign_in(&server.base, "chen@example.org", PASSWORD).await;
        let ask = |path: &str, body: Value| {
            let ask = reqwest::Client::new()
                .post(format!("{}/api/v1{path}", server.base))
                .bearer_auth(session["access_token"].as_str().unwrap())
                .json(&body);
            async move {
                let answer = ask.send().await.unwrap();
                (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
            }
        };
        let cup = json!({ "slug": "cup", "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai" });
        assert_eq!(ask("/competitions", cup.clone()).await.1["code"], "second_factor_demanded");
        let (_, begun) = ask("/me/second-factor", json!({})).await;
        let secret = totp_rs::Secret::try_from_base32(begun["secret"].as_str().unwrap()).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        let now = u64::try_from(palmares::app::Clock::system().now().unix()).unwrap();
        let code = json!({ "code": totp.generate(now).to_string() });
        assert_eq!(ask("/me/second-factor/confirmation", code).await.0, 201);
        assert_eq!(ask("/competitions", cup).await.0, 201);
        assert_eq!(sign_in(&server.base, "chen@example.org", PASSWORD).await.0, 202);
        assert!(program.run(&reset, "").well().contains("removed the second factor"));
        assert_eq!(sign_in(&server.base, "chen@example.org", PASSWORD).await.0, 201);
        let unknown = ["admin", "reset-second-factor", "--email", "nobody@example.org"];
        assert_eq!(program.run(&unknown, "").mistaken(), "palmares: There is no such user\n");
    }

    async fn what_admin_commands_refuse_they_say(db) {
        let program = Program::on(&db);
        let create = |email: &'static str, password: &str| {
            program.run(&["admin", "create", "--name", "C", "--email", email, "--password-stdin"], password)
        };
        assert!(create("chen", PASSWORD).mistaken().contains("--email"));
        assert!(create("chen@example.org", "short").mistaken().contains("A password has 12 to 128"));
        let unknown = program.run(&["admin", "reset-password", "--email", "nobody@example.org"], "");
        assert_eq!(unknown.mistaken(), "palmares: There is no such user\n");
        let unknown = program.run(&["admin", "promote"], "");
        assert_eq!(unknown.status.code(), Some(2));
    }

    async fn nodes_that_start_together_print_tokens_that_work(db) {
        if !db.is_postgres() {
            return;
        }
        let program = Program::on(&db);
        let (one, other) = (program.serve(), program.serve());
        let tokens = [one.set_up_token.clone().unwrap(), other.set_up_token.clone().unwrap()];
        let account = |token: &str, email: &str| json!({ "token": token, "email": email, "password": PASSWORD, "name": "Chen" });
        let made = post(&other.base, "/setup", account(&tokens[0], "chen@example.org")).await;
        assert_eq!(made.0, 201, "{made:?}");
        assert_eq!(post(&one.base, "/setup", account(&tokens[1], "li@example.org")).await.0, 422, "one admin is the first");
    }

    async fn a_client_that_sends_nothing_holds_up_no_stop(db) {
        use std::io::Write;
        let program = Program::on(&db);
        let server = program.serve();
        let mut stream = std::net::TcpStream::connect(server.base.trim_start_matches("http://")).unwrap();
        stream.write_all(b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
            Content-Length: 100\r\n\r\n{").unwrap();
        // It hears signals from its first answer on.
        reqwest::get(format!("{}/healthz", server.base)).await.unwrap();
        let begun = std::time::Instant::now();
        server.terminate();
        assert_eq!(server.wait().code(), Some(0));
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
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
        for page in ["/invitations/a-secret-token", "/"] {
            reqwest::get(format!("{}{page}", server.base)).await.unwrap();
        }
        let log = server.log();
        assert!(log.contains("\"path\":\"/invitations/\"") && !log.contains("a-secret-token"), "{log}");
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
    for file in ["secret", "palmares.db", "palmares.db-wal"] {
        let file = std::fs::metadata(data.join(file)).unwrap();
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o777,
            0o600
        );
    }
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
    assert!(refused.mistaken().contains("mysql"), "{refused:?}");
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
    // The secret is asked for before the database is.
    assert!(postgres.mistaken().contains("PALMARES_SECRET"), "{postgres:?}");
}

#[test]
fn each_command_takes_its_own_flags_and_says_what_it_can_not_use() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::in_folder(folder.path());
    for arguments in [
        &["demo", "--database-url", "sqlite:x.db"][..],
        &["demo", "--data-dir", "x"],
        &["migrate", "--port", "8080"],
        &["openapi", "--database-url", "sqlite:x.db"],
        &[
            "admin",
            "create",
            "--name",
            "Chen",
            "--email",
            "c@example.org",
            "--port",
            "1",
        ],
    ] {
        assert!(
            program
                .run(arguments, "")
                .mistaken()
                .contains("unexpected argument"),
            "{arguments:?}"
        );
    }
    for url in [
        "contest.example.org",
        "https://",
        "https://example.org/?x",
        "javascript:alert(1)",
    ] {
        let refused = program.run(&["serve", "--port", "0", "--public-url", url], "");
        assert!(
            refused.mistaken().contains("https://contest.example.org"),
            "{refused:?}"
        );
    }
    let secret = program.run(&["serve", "--port", "0", "--secret", "short"], "");
    assert!(secret.mistaken().contains("32 bytes of base64"), "{secret:?}");
    let create = |name: &str, email: &str, password: &str| {
        let arguments = [
            "admin",
            "create",
            "--name",
            name,
            "--email",
            email,
            "--password-stdin",
        ];
        program.run(&arguments, &format!("{password}\n"))
    };
    assert!(
        create("Chen", "chen", PASSWORD)
            .mistaken()
            .starts_with("palmares: --email: Expected an e-mail address")
    );
    let both = create("\u{202e}", "chen@example.org", "short");
    assert_eq!(
        both.mistaken(),
        "palmares: --name: This text has 1 to 200 characters.\nA password has 12 to 128 characters.\n"
    );
    assert!(
        !folder.path().join("palmares.db").exists(),
        "a mistake makes no database"
    );
}

#[test]
fn a_log_that_no_terminal_shows_has_no_colours() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::in_folder(folder.path()).with("NO_COLOR", "");
    let migrated = program.run(&["migrate"], "");
    migrated.well();
    let refused = program
        .with("RUST_LOG", "debug")
        .run(&["migrate", "--log-format", "text"], "");
    assert!(!refused.err.contains('\u{1b}'), "{refused:?}");
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
