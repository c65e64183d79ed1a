//! Backups, moving an instance, and the doctor, as whoever looks after an installation types them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use super::{PASSWORD, post, sign_in};
use crate::support::program::{Ended, Program};
use crate::support::{self, Db};

const CREATE: [&str; 7] = [
    "admin",
    "create",
    "--name",
    "Chen Jing",
    "--email",
    "chen@example.org",
    "--password-stdin",
];

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}

/// The names of files in a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[actix_web::test]
async fn a_backup_is_made_beside_a_running_server_and_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::in_folder(&data);
    program.run(&CREATE, PASSWORD).well();
    let server = program.serve();
    let copy = folder.path().join("it's a copy.db");
    let made = program.run(&["backup", copy.to_str().unwrap()], "");
    assert!(
        made.well().contains("read it through, and it is whole"),
        "{made:?}"
    );
    assert!(
        made.out.contains(&data.join("secret").display().to_string()),
        "{made:?}"
    );
    assert_eq!(mode(&copy), 0o600);
    assert_eq!(
        files(folder.path()),
        ["data", "it's a copy.db"],
        "nothing else stays"
    );
    let again = program.run(&["backup", copy.to_str().unwrap()], "");
    assert!(again.mistaken().contains("is there already"), "{again:?}");
    let nowhere = folder.path().join("no/such/folder.db");
    assert!(
        program
            .run(&["backup", nowhere.to_str().unwrap()], "")
            .mistaken()
            .contains("No such file")
    );

    // What comes after the copy is not in it.
    let account = json!({ "email": "late@example.org", "password": PASSWORD, "name": "Late" });
    let (_, admin) = sign_in(&server.base, "chen@example.org", PASSWORD).await;
    let client = reqwest::Client::new();
    let token = admin["access_token"].as_str().unwrap();
    let made = client
        .post(format!("{}/api/v1/users", server.base))
        .bearer_auth(token)
        .json(&account)
        .send()
        .await;
    assert_eq!(made.unwrap().status(), 201);
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
    // As the README says.
    for file in ["palmares.db-wal", "palmares.db-shm"] {
        let _ = std::fs::remove_file(data.join(file));
    }
    std::fs::copy(&copy, data.join("palmares.db")).unwrap();
    let server = program.serve();
    assert_eq!(sign_in(&server.base, "chen@example.org", PASSWORD).await.0, 201);
    assert_eq!(sign_in(&server.base, "late@example.org", PASSWORD).await.0, 401);
}

#[test]
fn a_damaged_database_gives_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::in_folder(folder.path());
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let nothing = program.run(&["backup", copy], "");
    assert!(nothing.mistaken().contains("there is no database"), "{nothing:?}");
    assert!(files(folder.path()).is_empty(), "nothing was made");
    program.run(&["migrate"], "").well();
    let file = folder.path().join("palmares.db");
    let mut bytes = std::fs::read(&file).unwrap();
    // Several pages, since the first that comes may be one that holds nothing.
    let quarter = bytes.len() / 4 / 4096 * 4096;
    bytes[quarter..2 * quarter].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let damaged = program.run(&["backup", copy], "");
    assert_eq!(damaged.status.code(), Some(1), "{damaged:?}");
    assert!(
        damaged.err.contains("damaged") || damaged.err.contains("malformed"),
        "{damaged:?}"
    );
    assert!(!Path::new(copy).exists());
    let doctor = examined(&program, &[]);
    assert_eq!(doctor.0.status.code(), Some(2), "{:?}", doctor.1);
}

both_databases! {
    async fn an_instance_is_exported_beside_its_server_and_imported_into_the_other_kind(db) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("instance.jsonl");
        let file = file.to_str().unwrap();
        let program = Program::on(&db);
        program.run(&CREATE, PASSWORD).well();
        let server = program.serve();
        let made = program.run(&["export-instance", file], "");
        assert!(made.well().contains("  users: 1\n") && made.out.contains("everybody signs in again"), "{made:?}");
        assert_eq!(mode(Path::new(file)), 0o600);
        assert!(program.run(&["export-instance", file], "").mistaken().contains("is there already"));
        let sum = made.out.lines().find(|line| line.starts_with("sha256 ")).unwrap();
        let refused = program.run(&["import-instance", file], "");
        if db.is_postgres() {
            assert!(refused.mistaken().contains("the database is in use (it has users)"), "{refused:?}");
        } else {
            assert!(refused.badly().contains("another palmares serves"), "{refused:?}");
        }
        drop(server);

        let there = if db.is_postgres() { Some(support::empty_sqlite()) } else { support::empty_postgres() };
        let Some(there) = there else { return };
        let other = Program::on(&there);
        let text = std::fs::read_to_string(file).unwrap();
        let half = folder.path().join("half.jsonl");
        std::fs::write(&half, &text[..text.len() / 2]).unwrap();
        let refused = other.run(&["import-instance", half.to_str().unwrap()], "");
        assert!(refused.mistaken().contains("half.jsonl: line") && refused.err.contains("nothing was imported"), "{refused:?}");
        if !there.is_postgres() {
            assert!(!Path::new(there.url.trim_start_matches("sqlite:")).exists(), "a wrong file makes no database");
        }
        let done = other.run(&["import-instance", file], "");
        assert!(done.well().contains(sum), "{done:?}");
        let again = other.run(&["import-instance", file], "");
        assert!(again.mistaken().contains("the database is in use"), "{again:?}");
        let server = other.serve();
        assert_eq!(server.set_up_token, None, "its admin came along");
        let (status, session) = sign_in(&server.base, "chen@example.org", PASSWORD).await;
        assert_eq!((status, &session["user"]["admin"]), (201, &json!(true)));
        assert_eq!(post(&server.base, "/sessions", json!({ "email": "chen@example.org", "password": "wrong phrase here" })).await.0, 401);
    }

    async fn a_server_that_was_started_once_is_empty_still(db) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("instance.jsonl");
        let from = support::sqlite();
        Program::on(&from).run(&CREATE, PASSWORD).well();
        Program::on(&from).run(&["export-instance", file.to_str().unwrap()], "").well();
        let program = Program::on(&db);
        let token = program.serve().set_up_token.clone().unwrap();
        program.run(&["import-instance", file.to_str().unwrap()], "").well();
        let server = program.serve();
        let account = json!({ "token": token, "email": "thief@example.org", "password": PASSWORD, "name": "T" });
        assert_eq!(post(&server.base, "/setup", account).await.0, 422, "the token is void");
    }

    async fn the_doctor_finds_nothing_wrong_before_the_first_start_and_beside_a_server(_db) {
        let db = if _db.is_postgres() { support::empty_postgres().unwrap() } else { support::empty_sqlite() };
        let folder = tempfile::tempdir().unwrap();
        let program = Program::on(&db).with("PALMARES_DATA_DIR", folder.path().to_str().unwrap());
        let (before, report) = examined(&program, &["--bind", "0.0.0.0", "--port", "0"]);
        // The tests' PostgreSQL needs to survive nothing, and the doctor sees it.
        let errors = report["findings"].as_array().unwrap().iter().filter(|f| f["state"] == "error");
        let errors: Vec<_> = errors.map(|f| f["found"].as_str().unwrap()).collect();
        let expected = if db.is_postgres() { &["fsync is off", "full_page_writes is off"][..] } else { &[] };
        assert_eq!(errors, expected, "{before:?}");
        assert!(files(folder.path()).is_empty(), "it makes nothing");
        assert_eq!(untouched(&db), 0, "it makes no table");
        let checks: Vec<_> = report["findings"].as_array().unwrap().iter().map(|f| f["check"].as_str().unwrap()).collect();
        for check in ["database", "secret", "disk", "clock", "network", "mail"] {
            assert!(checks.contains(&check), "{check}: {checks:?}");
        }
        program.run(&CREATE, PASSWORD).well();
        let server = program.serve();
        let port = server.base.rsplit(':').next().unwrap().to_owned();
        let (beside, report) = examined(&program, &["--port", &port]);
        assert!(told(&report, "network").contains("a server answers at"), "{beside:?}");
        assert!(told(&report, "secret").contains("it opens the keys of this database"), "{beside:?}");
        let foreign = Program::on(&db).with("PALMARES_SECRET", "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=");
        let (ended, report) = examined(&foreign, &["--port", &port]);
        assert_eq!(ended.status.code(), Some(2));
        assert!(told(&report, "secret").contains("does not open"), "{report}");
    }
}

/// How many tables a database has.
fn untouched(db: &Db) -> usize {
    if !db.is_postgres() && !Path::new(db.url.trim_start_matches("sqlite:")).exists() {
        return 0;
    }
    palmares::store::instance::tables(&mut db.connect())
        .unwrap()
        .len()
}

/// What the doctor finds, without asking the internet for the time.
fn examined(program: &Program, more: &[&str]) -> (Ended, Value) {
    let arguments = [&["doctor", "--format", "json", "--time-server", "none"], more].concat();
    let ended = program.run(&arguments, "");
    let report = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended:?}"));
    (ended, report)
}

/// What was found about something.
fn told(report: &Value, check: &str) -> String {
    let findings = report["findings"].as_array().unwrap();
    let of_check = findings.iter().filter(|f| f["check"] == check);
    of_check
        .map(|f| f["found"].as_str().unwrap())
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::in_folder(&data);
    program.run(&["migrate"], "").well();
    std::fs::write(data.join("secret"), "not base64").unwrap();
    let (ended, report) = examined(&program, &[]);
    assert_eq!(ended.status.code(), Some(2));
    assert_eq!(report["state"], "error");
    assert!(told(&report, "secret").contains("holds no secret"), "{report}");
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(
            finding["state"] == "ok",
            finding.get("advice").is_none(),
            "{finding}"
        );
    }

    std::fs::write(
        data.join("secret"),
        "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
    )
    .unwrap();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(data.join("secret"), open).unwrap();
    let (ended, report) = examined(&program, &[]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(told(&report, "secret").contains("0644"), "{report}");
    assert!(
        told(&report, "network").contains("phones do not get here"),
        "{report}"
    );

    let text = program.run(&["doctor", "--time-server", "none"], "");
    assert_eq!(text.status.code(), Some(1));
    assert!(
        text.out.contains("WARNING  secret    ") && text.out.contains("-> chmod 600 "),
        "{text:?}"
    );

    let mailed = program
        .with("PALMARES_SMTP_URL", "smtp://127.0.0.1:1")
        .with("PALMARES_MAIL_FROM", "cup@example.org");
    let (ended, report) = examined(&mailed, &[]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(
        told(&report, "mail").contains("does not take mails from here"),
        "{report}"
    );
    let program = mailed;
    let away = program.run(
        &[
            "doctor",
            "--time-server",
            "none",
            "--database-url",
            "postgres://me:pass@127.0.0.1:1/x",
        ],
        "",
    );
    assert_eq!(away.status.code(), Some(2));
    assert!(
        away.out.contains("can't be reached") && !away.out.contains("pass@"),
        "{away:?}"
    );
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let (ended, report) = examined(&program, &["--port", &port]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(
        told(&report, "network").contains("something else listens"),
        "{report}"
    );
}

#[test]
fn postgres_is_backed_up_with_its_own_program() {
    let Some(db) = support::postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let refused = Program::on(&db).run(&["backup", folder.path().join("x.dump").to_str().unwrap()], "");
    assert!(
        refused.mistaken().contains("pg_dump --format=custom --file="),
        "{refused:?}"
    );
    assert!(
        refused.err.contains("export-instance") && !refused.err.contains("postgres@"),
        "{refused:?}"
    );
}
