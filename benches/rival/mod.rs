//! pgbench with the statements of a ballot: what the server sent for one is read from PostgreSQL's log, word for word and
//! in order, and sent again by as many clients, each for a judge and entries of its own.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use crate::support::postgres::Own;

/// Every line of the log that begins a message begins so.
const MARK: char = '@';

/// The statements of a ballot as a script of pgbench.
pub(crate) struct Rival {
    script: tempfile::NamedTempFile,
    /// Values that are the same for every ballot.
    fixed: Vec<(String, String)>,
    url: String,
    program: std::path::PathBuf,
    entries: i64,
}

/// The ballot that was watched.
pub(crate) struct Watched {
    pub(crate) judge: i64,
    pub(crate) entry: i64,
    /// The version that it was based on.
    pub(crate) from: i64,
    pub(crate) session: String,
}

/// An id that is a sum: of a start, of a step for each judge, of a step for each entry.
#[derive(Debug, Clone, Copy)]
struct Sum {
    start: i64,
    judge: i64,
    entry: i64,
}

impl Sum {
    const fn at(self, judge: i64, entry: i64) -> i64 {
        self.start + self.judge * judge + self.entry * entry
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    judge: i64,
    #[diesel(sql_type = BigInt)]
    entry: i64,
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// From now on PostgreSQL logs what it is sent, or no longer.
pub(crate) fn listen(own: &Own, listens: bool) {
    let mut conn = PgConnection::establish(&own.url()).unwrap();
    let what = if listens { "all" } else { "none" };
    for sql in [
        format!("ALTER SYSTEM SET log_line_prefix = '{MARK}%p '"),
        format!("ALTER SYSTEM SET log_statement = '{what}'"),
        "SELECT pg_reload_conf()".to_owned(),
    ] {
        conn.batch_execute(&sql).unwrap();
    }
    std::thread::sleep(std::time::Duration::from_millis(500));
}

impl Rival {
    /// The script of the one ballot that was handed in while PostgreSQL logged.
    pub(crate) fn of(own: &Own, entries: i64, watched: &Watched) -> Self {
        let statements = statements(&own.log());
        let conn = &mut PgConnection::establish(&own.url()).unwrap();
        // Judges and entries were made in order, so that their rows need not be looked up.
        let people = sum(
            conn,
            "SELECT u.id - s.first AS judge, 0::bigint AS entry, u.id FROM users u,
                (SELECT MIN(id) - 1 AS first FROM users WHERE email LIKE 'judge%') s WHERE u.email LIKE 'judge%'",
        );
        let seats = sum(conn, &ids_of("assignments a", "a.id"));
        let ballots = sum(
            conn,
            &ids_of("assignments a JOIN ballots b ON b.assignment_id = a.id", "b.id"),
        );
        let places = sum(
            conn,
            "SELECT 0::bigint AS judge, e.number AS entry, p.id FROM round_entries p JOIN entries e ON e.id = p.entry_id",
        );
        let at = |sum: Sum| sum.at(watched.judge, watched.entry).to_string();
        let known: BTreeMap<String, &str> = [
            (watched.entry.to_string(), "entry"),
            (at(places), "place"),
            (at(seats), "seat"),
            (at(ballots), "ballot"),
            (at(people), "person"),
            (watched.from.to_string(), "before"),
            ((watched.from + 1).to_string(), "after"),
            (watched.session.clone(), "session"),
        ]
        .into();
        let set = |name: &str, sum: Sum| {
            format!(
                "\\set {name} {} + {} * :judge + {} * :entry\n",
                sum.start, sum.judge, sum.entry
            )
        };
        let mut script = format!(
            "\\set judge :client_id + 1\n\\set entry :nth % {entries} + 1\n\\set before :base + :nth / {entries}\n\
             \\set after :before + 1\n\\set nth :nth + 1\n"
        );
        script += &set("person", people);
        script += &set("place", places);
        script += &set("seat", seats);
        script += &set("ballot", ballots);
        script += "\\if :nth = 1\nSELECT public_id AS session FROM sessions WHERE user_id = :person \\gset\n\\endif\n";
        let mut fixed = Vec::new();
        for (sql, values) in &statements {
            let sql = placed(sql, values, |value| match known.get(value) {
                Some(name) => format!(":{name}"),
                None => {
                    let name = format!("fixed{}", fixed.len());
                    fixed.push((name.clone(), value.to_owned()));
                    format!(":{name}")
                }
            });
            writeln!(script, "{sql};").unwrap();
        }
        println!("  {} statements a ballot", statements.len());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), script).unwrap();
        Self {
            script: file,
            fixed,
            url: own.url(),
            program: own.program("pgbench"),
            entries,
        }
    }

    /// Every client sends so many ballots of each entry, on top of a version; gives how many went through in a second.
    pub(crate) fn run(&self, clients: i64, passes: i64, base: i64) -> f64 {
        let mut command = Command::new(&self.program);
        command.args(["-n", "-M", "prepared", "-j", "2"]);
        command.args([
            "-c",
            &clients.to_string(),
            "-t",
            &(passes * self.entries).to_string(),
        ]);
        command.args(["-D", "nth=0", "-D", &format!("base={base}"), "-f"]);
        command.arg(self.script.path());
        for (name, value) in &self.fixed {
            command.args(["-D", &format!("{name}={value}")]);
        }
        let before = self.versions();
        let done = command.arg(&self.url).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(
            done.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert_eq!(
            self.versions() - before,
            clients * passes * self.entries,
            "each ballot is kept"
        );
        let line = said.lines().find(|line| line.starts_with("tps = ")).unwrap();
        line.split_whitespace().nth(2).unwrap().parse().unwrap()
    }

    fn versions(&self) -> i64 {
        let conn = &mut PgConnection::establish(&self.url).unwrap();
        let sql = "SELECT COUNT(*) AS id, 0::bigint AS judge, 0::bigint AS entry FROM ballot_versions";
        sql_query(sql).get_result::<Row>(conn).unwrap().id
    }
}

fn ids_of(tables: &str, id: &str) -> String {
    format!(
        "SELECT j.user_id - s.first AS judge, e.number AS entry, {id} FROM {tables}
            JOIN round_judges j ON j.id = a.judge_id JOIN round_entries p ON p.id = a.round_entry_id
            JOIN entries e ON e.id = p.entry_id,
            (SELECT MIN(id) - 1 AS first FROM users WHERE email LIKE 'judge%') s"
    )
}

/// How ids follow from judges and entries.
fn sum(conn: &mut PgConnection, sql: &str) -> Sum {
    let rows: Vec<Row> = sql_query(sql).load(conn).unwrap();
    let find = |judge: i64, entry: i64| rows.iter().find(|r| r.judge == judge && r.entry == entry);
    let is_of_judges = rows.iter().any(|r| r.judge > 0);
    let is_of_entries = rows.iter().any(|r| r.entry > 0);
    let (j, e) = (i64::from(is_of_judges), i64::from(is_of_entries));
    let first = find(j, e).unwrap().id;
    let step = |is_there: bool, judge: i64, entry: i64| {
        if is_there {
            find(judge, entry).map_or(0, |r| r.id - first)
        } else {
            0
        }
    };
    let (judge, entry) = (step(is_of_judges, 2 * j, e), step(is_of_entries, j, 2 * e));
    let sum = Sum {
        start: first - judge * j - entry * e,
        judge,
        entry,
    };
    for row in &rows {
        assert_eq!(
            sum.at(row.judge, row.entry),
            row.id,
            "the rows were not made in order: {sql}"
        );
    }
    sum
}

/// A statement and its values.
type Sent = (String, Vec<Option<String>>);

/// What the connection sent that wrote a ballot, from BEGIN to COMMIT.
fn statements(log: &str) -> Vec<Sent> {
    let mut sent: BTreeMap<String, Vec<Sent>> = BTreeMap::new();
    for message in log.split(&format!("\n{MARK}")) {
        let Some((process, said)) = message.trim_start_matches(MARK).split_once(' ') else {
            continue;
        };
        let statements = sent.entry(process.to_owned()).or_default();
        if let Some(sql) = said.strip_prefix("LOG:  statement: ") {
            if sql.starts_with("BEGIN") {
                statements.clear();
            }
            statements.push((sql.trim().to_owned(), Vec::new()));
        } else if let Some((_, sql)) = said
            .strip_prefix("LOG:  execute ")
            .and_then(|s| s.split_once(": "))
        {
            statements.push((sql.trim().to_owned(), Vec::new()));
        } else if let Some((_, values)) = said
            .split_once("DETAIL:  ")
            .and_then(|s| s.1.split_once("arameters: "))
            && let Some((_, last)) = statements.last_mut()
        {
            *last = values_of(values);
        }
    }
    let ballot = sent.into_values().find(|statements| {
        let has = |what: &str| statements.iter().any(|(sql, _)| sql.contains(what));
        has("ballot_versions") && has("COMMIT")
    });
    ballot.unwrap_or_else(|| panic!("no ballot is in the log"))
}

/// The values of `$1 = 'a', $2 = NULL`.
fn values_of(text: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    let mut rest = text.trim();
    while let Some((_, after)) = rest.split_once(" = ") {
        if let Some(after) = after.strip_prefix("NULL") {
            values.push(None);
            rest = after;
            continue;
        }
        let mut value = String::new();
        let mut letters = after.strip_prefix('\'').unwrap().char_indices().peekable();
        let mut end = after.len();
        while let Some((at, letter)) = letters.next() {
            if letter != '\'' {
                value.push(letter);
            } else if letters.peek().is_some_and(|(_, next)| *next == '\'') {
                letters.next();
                value.push('\'');
            } else {
                end = at + 2;
                break;
            }
        }
        values.push(Some(value));
        rest = after.get(end..).unwrap_or_default();
    }
    values
}

/// A statement with a variable for each of its values.
fn placed(sql: &str, values: &[Option<String>], mut name: impl FnMut(&str) -> String) -> String {
    let mut placed = sql.to_owned();
    for (nth, value) in values.iter().enumerate().rev() {
        let name = value.as_deref().map_or("NULL".to_owned(), &mut name);
        placed = placed.replace(&format!("${}", nth + 1), &name);
    }
    placed
}
