//! Ten thousand watch the board of a round: how much memory each takes on the server, and how long a change takes to reach
//! all of them. Some of them never read. The server is the program itself, in a process of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement may fail"
)]

mod measure;
mod stage;
mod wire;

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use palmares::app::actor::Actor;
use palmares::app::keys::Keys;
use palmares::domain::rules::Rules;
use serde_json::{Value, json};
use stage::Stage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use wire::Wire;

/// Who watch; `PALMARES_WATCHERS` says otherwise.
const WATCHERS: usize = 10_000;
/// Who watch and never read.
const DEAF: usize = 100;
/// Ports are scarce: so many come from one address.
const FROM_ONE: usize = 5_000;
const ENTRIES: i64 = 25;
const JUDGES: i64 = 3;
const CHANGES: usize = 15;
const SECRET: [u8; 32] = [7; 32];

const RULES: &str = r#"{ "schema": 1, "rubric": { "criteria": [
    { "code": "idea", "max": "60", "step": "0.5" }, { "code": "team", "max": "40", "step": "0.5" } ] },
    "ranking": { "ties": [ { "by": "shared" } ] },
    "advance": { "places": 5, "tie_at_cut": "all_advance" } }"#;

/// Everything is measured: streams may end.
static OVER: AtomicBool = AtomicBool::new(false);

/// The program, serving.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn serve(stage: &Stage) -> Self {
        let url = format!("sqlite:{}", stage.folder.path().join("palmares.db").display());
        let secret = base64_of(&SECRET);
        let mut child = Command::new(env!("CARGO_BIN_EXE_palmares"))
            .args(["serve", "--port", "0", "--log-format", "json"])
            .env("PALMARES_DATABASE_URL", url)
            .env("PALMARES_SECRET", secret)
            .env("PALMARES_REQUESTS_PER_SESSION", "0")
            .env("PALMARES_REQUESTS_PER_ADDRESS", "0")
            .env("PALMARES_CONNECTIONS_PER_ADDRESS", "0")
            .env("PALMARES_LIVE_STREAMS_PER_ADDRESS", "20000")
            .env("RUST_LOG", "palmares=warn,palmares::commands=info")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().unwrap().unwrap();
            let said: Value = serde_json::from_str(&line).unwrap_or_default();
            if said["fields"]["message"] == "serving" {
                break said["fields"]["address"].as_str().unwrap().parse().unwrap();
            }
        };
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("{line}")));
        Self { child, address }
    }

    /// Its memory in bytes.
    fn memory(&self) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kilobytes.unwrap_or_default() * 1024.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Whoever runs the round, over HTTP.
struct Organizer {
    wire: Wire,
    token: String,
}

impl Organizer {
    async fn post(&mut self, path: &str, body: Value) -> Value {
        self.send("POST", path, &[], body).await
    }

    async fn send(&mut self, method: &str, path: &str, more: &[(&str, &str)], body: Value) -> Value {
        let token = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", token.as_str())];
        headers.extend(more);
        let path = format!("/api/v1/competitions/cup{path}");
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = self.wire.send(method, &path, &headers, &body).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status < 300, "{method} {path}: {} {text}", answer.status);
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The round is called something else, which everybody sees.
    async fn rename(&mut self, number: usize) {
        let now = self.send("GET", "/rounds/final", &[], Value::Null).await;
        let tag = format!("\"v{}\"", now["version"]);
        let mut round = json!({});
        for name in ["code", "on_stage", "release", "public_list"] {
            round[name] = now[name].clone();
        }
        round["title"] = json!({ "en": title(number) });
        self.send("PUT", "/rounds/final", &[("If-Match", &tag)], round)
            .await;
    }
}

fn title(number: usize) -> String {
    format!("Final, edition {number}.")
}

/// A stream that is open.
async fn open(address: SocketAddr, nth: usize) -> TcpStream {
    let from = Ipv4Addr::new(127, 0, 1, u8::try_from(nth / FROM_ONE).unwrap() + 1);
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.into(), 0)).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let request = "GET /api/v1/competitions/cup/rounds/final/results/live HTTP/1.1\r\nHost: bench\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Reads a stream for ever, and tells when it shows another edition.
async fn watch(
    mut stream: TcpStream,
    ready: Arc<AtomicUsize>,
    seen: mpsc::UnboundedSender<(usize, Instant)>,
) {
    let mut read = Vec::with_capacity(1024);
    let mut is_ready = false;
    let mut piece = vec![0; 2048];
    loop {
        let count = stream.read(&mut piece).await.unwrap_or(0);
        if count == 0 {
            assert!(OVER.load(Ordering::Relaxed), "a stream ended");
            return;
        }
        read.extend_from_slice(&piece[..count]);
        if !is_ready && read.windows(8).any(|w| w == b"\"groups\"") {
            is_ready = true;
            ready.fetch_add(1, Ordering::Relaxed);
        }
        let name = b"edition ";
        while let Some(at) = read.windows(name.len()).position(|w| w == name) {
            let rest = &read[at + name.len()..];
            let Some(end) = rest.iter().position(|b| *b == b'.') else {
                break;
            };
            let number: usize = std::str::from_utf8(&rest[..end]).unwrap().parse().unwrap();
            let _ = seen.send((number, Instant::now()));
            read.drain(..at + name.len() + end);
        }
        // The start of the name may be at the end.
        let keep = read.len().saturating_sub(64);
        if read.windows(name.len()).all(|w| w != name) {
            read.drain(..keep);
        }
    }
}

/// How many files this process, and the server that it starts, may have open.
fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next());
    soft.and_then(|soft| soft.parse().ok()).unwrap_or(usize::MAX)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let watchers = std::env::var("PALMARES_WATCHERS").map_or(WATCHERS, |n| n.parse().unwrap());
    let files = open_files();
    if files < watchers + DEAF + 200 {
        println!("{files} open files are too few for {watchers} watchers: ulimit -n 12000");
        return;
    }
    let rules = Rules::parse(RULES).unwrap_or_else(|e| panic!("{e}"));
    let stage = Stage::open(256, &rules, ENTRIES, JUDGES).await;
    let app = stage.app.clone();
    let keys = tokio::task::spawn_blocking(move || Keys::open(&app, &SECRET).unwrap())
        .await
        .unwrap();
    for entry in 1..=ENTRIES {
        for judge in 1..=JUDGES {
            let mark = |half: i64| palmares::domain::points::Points::from_thousandths(half * 500);
            let marks = [
                ("idea".to_owned(), mark(entry * 3 % 100)),
                ("team".to_owned(), mark((entry + judge) % 80)),
            ];
            stage.submit(judge, entry, 0, marks.into()).await;
        }
    }
    let Actor::Session(session) = &stage.organizer.0 else {
        panic!("no session")
    };
    let token = keys
        .sign(&stage.organizer.1, session, Vec::new(), stage.app.now())
        .unwrap();
    stage.app.close().await;

    let program = Program::serve(&stage);
    let wire = Wire::to(&program.address.to_string()).await;
    let mut organizer = Organizer { wire, token };
    let groups = organizer
        .send("GET", "/rounds/final/groups", &[], Value::Null)
        .await;
    let revision = json!({ "revision": groups["items"][0]["revision"] });
    organizer
        .post("/rounds/final/groups/all/closure", revision.clone())
        .await;
    let revisions = json!({ "revisions": { "all": revision["revision"] } });
    organizer
        .post("/rounds/final/advancement", revisions.clone())
        .await;
    organizer.post("/rounds/final/publication", revisions).await;
    let now = organizer.send("GET", "", &[], Value::Null).await;
    if now["published_at"].is_null() {
        organizer.post("/publication", json!({})).await;
    }
    let board = organizer
        .send("GET", "/rounds/final/results", &[], Value::Null)
        .await;
    println!(
        "{watchers} watchers and {DEAF} who never read; an event has {} bytes",
        board.to_string().len()
    );

    let before = program.memory();
    let (seen, mut heard) = mpsc::unbounded_channel();
    let ready = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut deaf = Vec::new();
    for nth in 0..watchers + DEAF {
        let stream = open(program.address, nth).await;
        if nth < DEAF {
            deaf.push(stream);
        } else {
            tokio::spawn(watch(stream, Arc::clone(&ready), seen.clone()));
        }
    }
    while ready.load(Ordering::Relaxed) < watchers {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("all are in after {:.1} s", begun.elapsed().as_secs_f64());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let each = |memory: f64| (memory - before) / f64::from(u32::try_from(watchers + DEAF).unwrap()) / 1024.0;
    println!(
        "memory of the server: {:.0} MB idle, {:.1} KB a watcher",
        before / 1e6,
        each(program.memory())
    );

    let mut times = Vec::new();
    for change in 1..=CHANGES {
        let begun = Instant::now();
        organizer.rename(change).await;
        let answered = begun.elapsed();
        let mut reached = 0;
        while reached < watchers {
            let (number, at) = heard.recv().await.unwrap();
            if number == change {
                times.push(at.duration_since(begun));
                reached += 1;
            }
        }
        if change == 1 {
            println!(
                "the first change: answered after {:.1} ms",
                answered.as_secs_f64() * 1e3
            );
        }
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000].as_secs_f64() * 1e3;
    println!(
        "a change reaches a watcher after p50 {:.0} ms, p99 {:.0} ms, the last one {:.0} ms (goal: p99 under 1000)",
        at(500),
        at(990),
        at(1000)
    );
    println!(
        "memory after {CHANGES} changes: {:.1} KB a watcher (goal: under 32)",
        each(program.memory())
    );
    OVER.store(true, Ordering::Relaxed);
    drop(deaf);
}
