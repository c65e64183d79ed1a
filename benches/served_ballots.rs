//! Ballots over HTTP, the whole path: token, permission, version, six marks, event, durable before it is answered. Beside
//! it, in the same run: the same use case in the same grouped writer without HTTP; the server that commits each ballot by
//! itself; people who sign in meanwhile without end; the last minute of a round; on PostgreSQL, pgbench with the same
//! statements.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement may fail"
)]

mod measure;
#[path = "../tests/support/mod.rs"]
mod support;

mod rival;
mod stage;
mod wire;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use measure::median;
use palmares::app::actor::Actor;
use palmares::app::closure::{self, Seen};
use palmares::app::enrolment::Registration;
use palmares::app::guessing::{Brake, Limits};
use palmares::app::keys::Keys;
use palmares::app::passwords::{self, Passwords};
use palmares::app::post::Post;
use palmares::app::providers::Providers;
use palmares::app::tabulation::GroupPath;
use palmares::app::two_persons::Outcome;
use palmares::app::{App, Options, progress};
use palmares::domain::points::Points;
use palmares::domain::rules::Rules;
use palmares::domain::user::Demands;
use palmares::http::edge::{Edge, Settings};
use palmares::http::{State, server};
use rival::{Rival, Watched};
use stage::{Stage, register, write};
use support::postgres::Own;
use wire::Wire;

const ENTRIES: i64 = 20;
const TURNS: i64 = 5;
/// How often each client hands in each sheet in a turn beside pgbench, which prepares its statements anew in each.
const PASSES: i64 = 5;
/// Who sign in without end beside the judges.
const SIGN_INS: usize = 50;
const PASSWORD: &str = "a phrase for the measurement";
/// A round of the usual size, for its last minute.
const RUSH: (i64, i64) = (330, 7);

const CODES: [&str; 6] = ["idea", "technology", "business", "market", "team", "stage"];

fn rules() -> Rules {
    let criteria: Vec<_> = CODES
        .iter()
        .map(|code| format!(r#"{{ "code": "{code}", "max": "30", "step": "0.5" }}"#))
        .collect();
    let rules = format!(
        r#"{{ "schema": 1, "rubric": {{ "criteria": [ {} ] }} }}"#,
        criteria.join(",")
    );
    Rules::parse(&rules).unwrap_or_else(|e| panic!("{e}"))
}

/// A sheet that differs from turn to turn.
fn marks(entry: i64, turn: i64) -> BTreeMap<String, Points> {
    let mark = |(nth, code): (i64, &&str)| {
        let halves = (entry + turn * 3 + nth * 7) % 60;
        ((*code).to_owned(), Points::from_thousandths(halves * 500))
    };
    (0..).zip(&CODES).map(mark).collect()
}

fn body(entry: i64, turn: i64) -> String {
    let marks: Vec<_> = marks(entry, turn)
        .iter()
        .map(|(code, mark)| format!("\"{code}\":\"{mark}\""))
        .collect();
    format!("{{\"marks\":{{{}}}}}", marks.join(","))
}

/// A round, and a server for it.
struct Served {
    stage: Stage,
    address: String,
    tokens: Vec<String>,
    /// How many of the judges hand in over connections of their own.
    clients: usize,
    server: actix_web::dev::ServerHandle,
}

impl Served {
    async fn open(stage: Stage) -> Self {
        let (app, secret) = (stage.app.clone(), [7; 32]);
        let keys = tokio::task::spawn_blocking(move || Keys::open(&app, &secret).unwrap());
        let keys = Arc::new(keys.await.unwrap());
        let token = |(actor, user): (&Actor, &_)| {
            let Actor::Session(session) = actor else {
                panic!("a judge without a session")
            };
            keys.sign(user, session, Vec::new(), stage.app.now()).unwrap()
        };
        let tokens = stage.judges.iter().zip(&stage.judge_ids).map(token).collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = State {
            app: stage.app.clone(),
            keys: Arc::clone(&keys),
            passwords: Arc::new(Passwords::new().unwrap()),
            post: Arc::new(Post::new(&secret, false)),
            providers: Arc::new(Providers::open(Vec::new(), "http://bench").unwrap()),
            demands: Demands::default(),
            public_url: "http://bench".into(),
            brake: Arc::new(Brake::new(Limits::default(), &secret)),
            edge: Arc::new(Edge::new(Settings::of("http://bench"))),
        };
        let server = server::start(state, listener, 2).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            clients: stage.judges.len(),
            stage,
            address,
            tokens,
            server: handle,
        }
    }

    fn headers(&self, judge: usize, from: i64) -> [(String, String); 2] {
        let condition = match from {
            0 => ("If-None-Match".into(), "*".into()),
            _ => ("If-Match".into(), format!("\"v{from}\"")),
        };
        [
            ("Authorization".into(), format!("Bearer {}", self.tokens[judge])),
            condition,
        ]
    }

    /// A ballot; gives how long it took.
    async fn submit(&self, wire: &mut Wire, judge: usize, entry: i64, from: i64) -> Duration {
        self.send(wire, judge, (entry, from), &body(entry, from)).await
    }

    async fn send(&self, wire: &mut Wire, judge: usize, (entry, from): (i64, i64), body: &str) -> Duration {
        let path = format!("/api/v1/competitions/cup/rounds/final/entries/{entry}/ballot/submission");
        let headers = self.headers(judge, from);
        let headers = [
            (headers[0].0.as_str(), headers[0].1.as_str()),
            (headers[1].0.as_str(), headers[1].1.as_str()),
        ];
        let begun = Instant::now();
        let answer = wire.send("POST", &path, &headers, body).await;
        let took = begun.elapsed();
        let text = String::from_utf8_lossy(&answer.body);
        assert!(
            answer.status == 200 && text.contains("\"submitted\""),
            "{} {text}",
            answer.status
        );
        took
    }

    async fn close(self) {
        self.server.stop(true).await;
        self.stage.app.close().await;
    }
}

/// Every judge hands every sheet in over a connection of their own.
async fn over_http(served: &Arc<Served>, turn: i64) -> (Duration, Vec<Duration>) {
    let begun = Instant::now();
    let judges = (0..served.clients).map(|judge| {
        let served = Arc::clone(served);
        tokio::spawn(async move {
            let mut wire = Wire::to(&served.address).await;
            let mut took = Vec::new();
            for entry in 1..=ENTRIES {
                took.push(served.submit(&mut wire, judge, entry, turn).await);
            }
            took
        })
    });
    let judges: Vec<_> = judges.collect();
    let mut took = Vec::new();
    for judge in judges {
        took.extend(judge.await.unwrap());
    }
    (begun.elapsed(), took)
}

/// Every judge hands every sheet in, without HTTP.
async fn in_process(stage: &Arc<Stage>, turn: i64) -> Duration {
    let begun = Instant::now();
    let judges = (1..).zip(&stage.judges).map(|(judge, _)| {
        let stage = Arc::clone(stage);
        tokio::spawn(async move {
            for entry in 1..=ENTRIES {
                stage.submit(judge, entry, turn, marks(entry, turn)).await;
            }
        })
    });
    let judges: Vec<_> = judges.collect();
    for judge in judges {
        judge.await.unwrap();
    }
    begun.elapsed()
}

/// The share `nth` of a hundred.
fn percentile(mut times: Vec<Duration>, nth: usize) -> f64 {
    times.sort_unstable();
    times[(times.len() - 1) * nth / 100].as_secs_f64() * 1e3
}

fn tell(name: &str, ballots: i64, times: Vec<Duration>) -> f64 {
    let rate = f64::from(u32::try_from(ballots).unwrap()) / median(times).as_secs_f64();
    println!("{name:<46} {rate:>8.0} ballots/s");
    rate
}

/// The peak and the present memory of this process, in MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

async fn sqlite(group: usize, judges: i64) -> Stage {
    Stage::open(group, &rules(), ENTRIES, judges).await
}

async fn compare(judges: i64) {
    println!("\nSQLite, synchronous=FULL, {judges} clients");
    let plain = Arc::new(sqlite(256, judges).await);
    let served = Arc::new(Served::open(sqlite(256, judges).await).await);
    let single = Arc::new(Served::open(sqlite(1, judges).await).await);
    let (mut a, mut b, mut c, mut all) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for turn in 0..TURNS {
        a.push(in_process(&plain, turn).await);
        let (time, took) = over_http(&served, turn).await;
        b.push(time);
        all.extend(took);
        c.push(over_http(&single, turn).await.0);
    }
    let ballots = ENTRIES * judges;
    let limit = tell("in process, grouped writer", ballots, a);
    let rate = tell("over HTTP", ballots, b);
    let alone = tell("over HTTP, each in a transaction", ballots, c);
    println!("  {:.2} of the limit (goal: 0.65)", rate / limit);
    println!("  {:.1} × a transaction each (goal: 3)", rate / alone);
    println!(
        "  p50 {:.1} ms, p99 {:.1} ms (goal at 64: 15)",
        percentile(all.clone(), 50),
        percentile(all, 99)
    );
    if judges == 64 {
        beside_sign_ins(&served).await;
    }
    plain.app.close().await;
    for served in [served, single] {
        Arc::into_inner(served).unwrap().close().await;
    }
}

/// The judges alone, then beside people who sign in without end, turn by turn.
async fn beside_sign_ins(served: &Arc<Served>) {
    let hash = passwords::hash(PASSWORD).unwrap();
    for person in 0..SIGN_INS {
        let registration = Registration {
            email: format!("visitor{person}@example.org").parse().unwrap(),
            name: "Visitor".to_owned(),
            password_hash: hash.clone(),
            language: None,
        };
        write(&served.stage.app, move |tx| register(tx, &registration).map(drop)).await;
    }
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let (mut before, mut most) = (0.0_f64, 0.0_f64);
    let signed_in = Arc::new(AtomicU64::new(0));
    for turn in 0..TURNS {
        alone.push(over_http(served, TURNS + 2 * turn).await.0);
        before = before.max(memory());
        let over = Arc::new(AtomicBool::new(false));
        let people: Vec<_> = (0..SIGN_INS)
            .map(|person| {
                let (served, over, count) = (Arc::clone(served), Arc::clone(&over), Arc::clone(&signed_in));
                tokio::spawn(async move {
                    let mut wire = Wire::to(&served.address).await;
                    let proof =
                        format!("{{\"email\":\"visitor{person}@example.org\",\"password\":\"{PASSWORD}\"}}");
                    while !over.load(Ordering::Relaxed) {
                        let answer = wire.send("POST", "/api/v1/sessions", &[], &proof).await;
                        match answer.status {
                            201 => drop(count.fetch_add(1, Ordering::Relaxed)),
                            503 => tokio::time::sleep(Duration::from_millis(100)).await,
                            status => panic!("{status} {}", String::from_utf8_lossy(&answer.body)),
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        beside.push(over_http(served, TURNS + 2 * turn + 1).await.0);
        most = most.max(memory());
        over.store(true, Ordering::Relaxed);
        for person in people {
            person.await.unwrap();
        }
    }
    let ballots = ENTRIES * 64;
    let alone = tell("64 clients alone", ballots, alone);
    let beside = tell("beside 50 who sign in without end", ballots, beside);
    println!(
        "  {:.2} of the rate alone (goal: 0.7), {} signed in, {:.0} MB more (goal: under 100)",
        beside / alone,
        signed_in.load(Ordering::Relaxed),
        most - before
    );
}

/// 2,310 ballots at once, then the closure: none is lost, none is late.
async fn last_minute() {
    let (entries, judges) = RUSH;
    let served = Arc::new(Served::open(Stage::open(256, &rules(), entries, judges).await).await);
    let begun = Instant::now();
    let lanes: Vec<_> = (0..64)
        .map(|lane| {
            let served = Arc::clone(&served);
            tokio::spawn(async move {
                let mut wire = Wire::to(&served.address).await;
                for seat in (lane..entries * judges).step_by(64) {
                    let judge = usize::try_from(seat % judges).unwrap();
                    served.submit(&mut wire, judge, seat / judges + 1, 0).await;
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.unwrap();
    }
    let handed_in = begun.elapsed();
    let (stage, organizer) = (&served.stage, served.stage.organizer.0.clone());
    let path = GroupPath {
        slug: stage.slug.clone(),
        round: stage.round.clone(),
        group: "all".parse().unwrap(),
    };
    let (who, slug, round) = (organizer.clone(), path.slug.clone(), path.round.clone());
    let seen = write(&stage.app, move |tx| progress::read(tx, &who, &slug, &round)).await;
    let group = &seen.groups[0];
    let seen = Seen {
        revision: None,
        basis: Some(group.counted.basis),
    };
    let (submitted, late) = (group.ballots.submitted, group.ballots.late);
    let closed = closure::close(&stage.app, organizer, path, seen).await;
    let Outcome::Done(closed) = closed.unwrap_or_else(|e| panic!("{e}")) else {
        panic!("one person closes this group")
    };
    let missing = closed.missing.len();
    println!(
        "\nthe last minute: {} ballots handed in within {:.2} s; {submitted} count, {missing} are missing, {late} are late; \
         closed {:.2} s after the first",
        entries * judges,
        handed_in.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
    Arc::into_inner(served).unwrap().close().await;
}

/// The same on PostgreSQL, each commit on disk before it is answered; beside it pgbench with the same statements.
async fn postgres(judges: i64) {
    let Some(own) = Own::durable() else { return };
    println!("\nPostgreSQL, fsync and synchronous_commit on, {judges} clients");
    let app = App::open(Options::new(&own.url()).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // One judge more, whose ballots are the model of pgbench's.
    let stage = Stage::over(app, folder, &rules(), ENTRIES, judges + 1).await;
    let mut served = Served::open(stage).await;
    served.clients = usize::try_from(judges).unwrap();
    let mut wire = Wire::to(&served.address).await;
    // One after the other, so that the rows are in order.
    for judge in 0..=served.clients {
        for entry in 1..=ENTRIES {
            served.submit(&mut wire, judge, entry, 0).await;
        }
    }
    let rival = model(&own, &served, &mut wire).await;
    let served = Arc::new(served);
    let (mut times, mut rates, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let mut version = 1;
    for _ in 0..TURNS {
        for _ in 0..PASSES {
            let (time, took) = over_http(&served, version).await;
            times.push(time);
            all.extend(took);
            version += 1;
        }
        rates.push(rival.run(judges, PASSES, version));
        version += PASSES;
    }
    let rate = tell("over HTTP", ENTRIES * judges, times);
    rates.sort_unstable_by(f64::total_cmp);
    let limit = rates[rates.len() / 2];
    println!(
        "{:<46} {limit:>8.0} ballots/s",
        "pgbench -M prepared, the same statements"
    );
    println!("  {:.2} of pgbench (goal: 0.85)", rate / limit);
    println!(
        "  p50 {:.1} ms, p99 {:.1} ms",
        percentile(all.clone(), 50),
        percentile(all, 99)
    );
    drop(wire);
    Arc::into_inner(served).unwrap().close().await;
}

/// The statements of a ballot, read from PostgreSQL's log.
async fn model(own: &Own, served: &Served, wire: &mut Wire) -> Rival {
    // A version that no row id is likely to be.
    const FROM: i64 = 8;
    let (judge, entry) = (served.clients, 13);
    for from in 1..FROM {
        served.submit(wire, judge, entry, from).await;
    }
    // Nobody else hands in the same: a ballot that changes nothing would be no new version.
    let body = body(entry, FROM).replacen('{', "{\"comment\":\"A model.\",", 1);
    rival::listen(own, true);
    served.send(wire, judge, (entry, FROM), &body).await;
    rival::listen(own, false);
    let Actor::Session(session) = &served.stage.judges[judge] else {
        panic!("a judge without a session")
    };
    let watched = Watched {
        judge: i64::try_from(judge).unwrap() + 1,
        entry,
        from: FROM,
        session: session.0.clone(),
    };
    Rival::of(own, ENTRIES, &watched)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    println!(
        "{ENTRIES} sheets of 6 marks a client and turn, {TURNS} turns, medians; clients on the same processors"
    );
    compare(64).await;
    compare(200).await;
    last_minute().await;
    postgres(64).await;
    postgres(200).await;
}
