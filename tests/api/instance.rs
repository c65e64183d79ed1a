//! A whole instance moves from one kind of database to the other and back: who asks afterwards gets what they got before.

use std::io::{BufReader, Cursor};

use palmares::app::{App, Options, instance};
use palmares::error::Error;
use serde_json::json;

use crate::contest::{Contest, SEMI, six_before_three};
use crate::hall::Hall;
use crate::support::{self, Db};

/// Everything of the database as it is exported, but for the line that says when.
async fn exported(db: &Db) -> (Vec<u8>, instance::Summary) {
    let app = App::open(Options::new(&db.url).unwrap().for_command()).unwrap();
    let written = std::sync::Mutex::new(Vec::new());
    let summary = app
        .read_blocking(|tx| instance::write(tx, &mut *written.lock().unwrap()))
        .unwrap();
    // Whoever comes next needs the lock of the file.
    app.close().await;
    (written.into_inner().unwrap(), summary)
}

async fn imported(db: &Db, file: &[u8]) -> Result<instance::Summary, Error> {
    instance::check(&mut BufReader::new(Cursor::new(file)))?;
    let app = App::open(db.options()).unwrap();
    let file = file.to_vec();
    let read = app.write_blocking(move |tx| instance::read(tx, &mut Cursor::new(file.clone())));
    app.close().await;
    read
}

/// The lines that hold tables and rows.
fn lines_of(file: &[u8]) -> Vec<&str> {
    let text = std::str::from_utf8(file).unwrap();
    let lines: Vec<_> = text.lines().collect();
    lines[1..lines.len() - 1].to_vec()
}

/// An empty database of the other kind; none where PostgreSQL is not installed.
fn other_kind(db: &Db) -> Option<Db> {
    if db.is_postgres() {
        Some(support::sqlite())
    } else {
        support::postgres()
    }
}

const PUBLIC: [&str; 6] = [
    "/competitions",
    "/competitions/cup",
    "/competitions/cup/finalists",
    "/competitions/cup/rounds/semi-final/results",
    "/competitions/cup/rounds/semi-final/groups/north/publications/1",
    "/competitions/cup/rounds/semi-final/groups/south/publications/1",
];

const FOR_THE_ORGANIZER: [&str; 9] = [
    "/competitions/cup/rounds/semi-final/standings",
    "/competitions/cup/rounds/semi-final/groups",
    "/competitions/cup/rounds/semi-final/advancement",
    "/competitions/cup/rounds/semi-final/rules",
    "/competitions/cup/rounds/semi-final/panels",
    "/competitions/cup/rounds/semi-final/entries/3/ballots",
    "/competitions/cup/members",
    "/competitions/cup/entries",
    "/competitions/cup/changes",
];

/// What everybody reads, byte for byte.
async fn answers(hall: &Hall, organizer: &crate::hall::Persona) -> Vec<(String, String)> {
    let guest = hall.guest();
    let mut answers = Vec::new();
    for (who, paths) in [
        (&guest, PUBLIC.as_slice()),
        (organizer, FOR_THE_ORGANIZER.as_slice()),
    ] {
        for path in paths {
            let got = who.get(path).await;
            got.ok();
            answers.push(((*path).to_owned(), got.text));
        }
    }
    answers
}

both_databases! {
    async fn a_whole_instance_moves_there_and_back(db) {
        let Some(there) = other_kind(&db) else { return };
        let back = if db.is_postgres() { support::postgres().unwrap() } else { support::sqlite() };
        let contest = Contest::begin(db.same()).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({})).await.created();
        let invited = json!({ "email": "open@example.org", "role": "judge" });
        contest.organizer.post("/competitions/cup/invitations", invited).await.created();
        let before = answers(&contest.hall, &contest.organizer).await;
        assert_eq!(before.iter().filter(|(path, _)| path.ends_with("publications/1")).count(), 2);
        let now = contest.hall.clock.now();
        let mut organizer = contest.organizer.clone();
        contest.end().await;

        let (file, summary) = exported(&db).await;
        let text = std::str::from_utf8(&file).unwrap();
        assert!(summary.rows() > 100 && text.contains("$argon2id$"), "{summary:?}");
        assert!(!text.contains("open@example.org\",\"judge\""), "an open invitation is a link");
        let mut last = file;
        for db in [&there, &back] {
            let moved = imported(db, &last).await.unwrap();
            assert_eq!(moved.tables, summary.tables);
            let (again, same) = exported(db).await;
            assert_eq!(lines_of(&again), lines_of(&last), "every row of every table");
            assert_eq!(same.tables, summary.tables);
            last = again;

            let hall = Hall::open(db.same()).await;
            hall.clock.set(now);
            organizer = hall.welcome(&organizer);
            organizer.get("/me").await.problem(401, "token_invalid");
            hall.refresh(&mut organizer).await;
            assert_eq!(answers(&hall, &organizer).await, before);
            // Ids are counted on: what comes next meets nothing that came along.
            let body = json!({ "title": { "en": "One more" }, "track": "energy", "region": "north", "status": "accepted",
                "team": [{ "name": "Somebody" }] });
            let made = organizer.post("/competitions/cup/entries/batch", json!({ "items": [body] })).await;
            made.created();
            hall.person("somebody new").await;
            let note = json!({ "reason": "What was wrong?" });
            organizer.post(&format!("{SEMI}/groups/north/reopening"), note).await.ok();
            hall.close().await;
            last = if db.url == there.url { last } else { break };
        }
    }

    async fn an_instance_goes_into_an_empty_database_only(db) {
        let contest = Contest::begin(db.same()).await;
        contest.end().await;
        let (file, _) = exported(&db).await;
        let refused = imported(&db, &file).await.unwrap_err().to_string();
        assert!(refused.contains("the database is in use (it has users)"), "{refused}");
        let (same, _) = exported(&db).await;
        assert_eq!(lines_of(&same), lines_of(&file));
    }

    async fn a_file_that_is_not_whole_leaves_nothing(db) {
        let contest = Contest::begin(db.same()).await;
        contest.score_all().await;
        contest.end().await;
        let (file, _) = exported(&db).await;
        let text = String::from_utf8(file.clone()).unwrap();
        let Some(there) = other_kind(&db) else { return };
        let newer = text.replacen("\"schema\":\"", "\"schema\":\"9", 1);
        let older = text.replacen("\"schema\":\"", "\"schema\":\"0000", 1);
        let format = text.replacen("\"palmares_instance\":1", "\"palmares_instance\":2", 1);
        let lines: Vec<&str> = text.lines().collect();
        let without = |at: usize| {
            let mut lines = lines.clone();
            lines.remove(at);
            lines.join("\n") + "\n"
        };
        let tampered = text.replacen("\\\"idea\\\":50000", "\\\"idea\\\":59000", 1);
        assert_ne!(tampered, text);
        for (wrong, told) in [
            (String::new(), "line 1: the file ends here"),
            ("PK\u{3}\u{4} zip\n".to_owned(), "line 1: is no instance that palmares exported"),
            (newer, "made by a newer palmares"),
            (older, "made by an older palmares"),
            (format, "has the format 2"),
            (text[..text.len() / 2].to_owned(), "it is not whole"),
            (text[..text.len() - 1].to_owned(), "it is not whole"),
            (lines[..lines.len() - 1].join("\n") + "\n", "it is not whole"),
            (without(2), "the rows of users are not those that were exported"),
            (without(1), "begins no table"),
            (text.replacen("[1,\"", "[\"1\",\"", 1), "line 3: is no row of users"),
            (text.replacen("[1,\"", "[1,2,\"", 1), "line 3: is no row of users"),
            (tampered, "are not those that were exported"),
            (text.replacen("\"program\":\"", "\"program\":\"x", 1), "the file was changed after it was exported"),
            (text.clone() + "\n", "there is more after the end"),
        ] {
            let refused = imported(&there, wrong.as_bytes()).await.unwrap_err().to_string();
            assert!(refused.contains(told), "{refused}\n{told}");
        }
        let (empty, nothing) = exported(&there).await;
        assert_eq!(nothing.rows(), 0, "{}", String::from_utf8_lossy(&empty));
        imported(&there, &file).await.unwrap();
    }

    async fn rows_that_point_to_nothing_are_refused_and_nothing_stays(db) {
        use sha2::{Digest, Sha256};
        let contest = Contest::begin(db.same()).await;
        contest.end().await;
        let (file, _) = exported(&db).await;
        let Some(there) = other_kind(&db) else { return };
        // Whoever can count can make sums that fit: the database itself still says no.
        let text = String::from_utf8(file).unwrap();
        let mut made = String::new();
        let (mut total, mut rows, mut sum, mut in_table) = (0, 0, Sha256::new(), "");
        let hex = |sum: Sha256| -> String { sum.finalize().iter().map(|b| format!("{b:02x}")).collect() };
        for line in text.lines() {
            if line.starts_with('[') {
                if in_table == "users" && rows == 0 {
                    rows = 1;
                    continue;
                }
                sum.update(line);
                sum.update("\n");
                total += 1;
            } else if line.starts_with("{\"table\"") {
                in_table = line.split('"').nth(3).unwrap();
                (sum, rows) = (Sha256::new(), 0);
            } else if line.starts_with("{\"end\":\"instance\"") {
                let whole = hex(Sha256::new().chain_update(&made));
                made.push_str(&format!("{{\"end\":\"instance\",\"rows\":{total},\"sha256\":\"{whole}\"}}\n"));
                break;
            } else if line.starts_with("{\"end\"") {
                let mut end: serde_json::Value = serde_json::from_str(line).unwrap();
                if in_table == "users" {
                    end["rows"] = json!(end["rows"].as_u64().unwrap() - 1);
                    end["sha256"] = json!(hex(sum.clone()));
                }
                made.push_str(&end.to_string());
                made.push('\n');
                continue;
            }
            made.push_str(line);
            made.push('\n');
        }
        let refused = imported(&there, made.as_bytes()).await.unwrap_err().to_string();
        assert!(refused.contains("can't be filled") && refused.to_lowercase().contains("foreign key"), "{refused}");
        assert_eq!(exported(&there).await.1.rows(), 0);
    }
}
