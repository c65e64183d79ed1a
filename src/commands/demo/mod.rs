//! `palmares demo`: plays the Talents Cup and a roadshow at real size, through the API, as real clients would.
//!
//! - `client` signs in and keeps sessions up; `people` makes up people, projects and marks from a seed;
//! - `contest` has what both contests share, `talents` and `roadshow` tell the two stories;
//! - `check` computes everything again and compares it with what the public sees; `report` prints.

mod check;
mod client;
mod contest;
mod people;
mod report;
mod roadshow;
mod talents;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use self::client::{Account, Server};
use self::contest::{PASSWORD, Stage};
use crate::app::guessing::{Brake, Limits};
use crate::app::keys::Keys;
use crate::app::passwords::Passwords;
use crate::app::post::Post;
use crate::app::providers::Providers;
use crate::app::{App, Clock, Options, random, users};
use crate::domain::user::Demands;
use crate::error::{Error, Result};
use crate::http::edge::{Edge, Settings};
use crate::http::{State, server};

/// Steps that the progress bar counts: accounts, submissions of entries, ballots.
const STEPS: u64 = 410 + 330 + 990 + 700 + 225 + 1800;

/// How to play.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The same seed gives the same contests.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Check that what the public sees equals what the engine computes, and stop.
    #[arg(long)]
    once: bool,
    /// Listen on the local network, not only on this machine.
    #[arg(long)]
    lan: bool,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

/// Plays both contests on an embedded database in a fresh temporary folder, and serves it until Ctrl-C.
pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let url = format!("sqlite:{}", folder.path().join("palmares.db").display());
    let clock = Clock::shifted();
    let app = App::open(Options::new(&url)?.with_clock(clock.clone()))?;
    let keys = Keys::open(&app, &random::key())?;
    let token = app
        .write_blocking(users::offer_set_up)?
        .ok_or_else(|| Error::internal("somebody is here already"))?;
    let host = if arguments.lan {
        Ipv4Addr::UNSPECIFIED
    } else {
        Ipv4Addr::LOCALHOST
    };
    let listener = server::listen(SocketAddr::new(IpAddr::V4(host), arguments.port))?;
    let port = listener.local_addr().map_err(Error::internal)?.port();
    let base = format!("http://127.0.0.1:{port}");
    let state = State {
        app: app.clone(),
        keys: Arc::new(keys),
        passwords: Arc::new(Passwords::new()?),
        // Nobody in the demo has a mailbox.
        post: Arc::new(Post::new(&random::key(), false)),
        providers: Arc::new(Providers::open(Vec::new(), &base)?),
        demands: Demands::default(),
        public_url: base.as_str().into(),
        brake: Arc::new(Brake::new(Limits::default(), &random::key())),
        // Everybody in the demo comes from this machine, as fast as it can.
        edge: Arc::new(Edge::new(Settings::of(&base))),
    };
    super::runtime()?.block_on(async move {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let running = server::start(state, listener, workers)?;
        let handle = running.handle();
        let serving = tokio::spawn(running);
        let played = play(&Server::new(&base), clock, arguments.seed, &token).await;
        if played.is_err() || arguments.once {
            handle.stop(true).await;
        } else {
            println!("Serving until Ctrl-C; everything goes with it.");
        }
        let served = serving.await.map_err(Error::internal)?;
        app.close().await;
        played?;
        served.map_err(Error::internal)
    })
}

async fn play(server: &Server, clock: Clock, seed: u64, token: &str) -> Result<()> {
    let begun = Instant::now();
    let bar = ProgressBar::new(STEPS);
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}").map_err(Error::internal)?;
    bar.set_style(style);
    let stage = Stage {
        server: server.clone(),
        clock,
        seed,
        bar,
    };
    stage.day("2026-05-20")?;
    let admin = set_up(server, token).await?;
    let cup = talents::play(&stage, &admin).await?;
    let show = roadshow::play(&stage, &admin).await?;
    stage.bar.finish_and_clear();

    let (finalists, places) = report::finalists(server, &cup.contest.path).await?;
    let (programme, on_site) = report::programme(server, &show.contest.path).await?;
    println!("{finalists}\n{programme}");
    let people = [
        ("Talents Cup", cup.people.as_slice()),
        ("Roadshow", show.people.as_slice()),
    ];
    println!(
        "{}  {:<40} admin\n",
        report::where_to_look(&server.base, &people),
        admin.email
    );

    let of_cup = check::rounds(server, &cup.contest.path, &cup.rounds).await?;
    let of_show = check::rounds(server, &show.contest.path, std::slice::from_ref(&show.review)).await?;
    if (places, on_site) != (25, 24) {
        return Err(Error::internal(format!(
            "{places} finalists and {on_site} places on site"
        )));
    }
    let (entries, rounds) = (of_cup.entries + of_show.entries, of_cup.rounds + of_show.rounds);
    println!(
        "Checked: {entries} results of {rounds} rounds are what the engine computes from the judges' marks."
    );
    print!("{}", report::effort(server.requests(), begun.elapsed()));
    Ok(())
}

/// The first admin, by the token that the server made at its start.
async fn set_up(server: &Server, token: &str) -> Result<Account> {
    let (email, name) = ("admin@palmares.example", "Chen Jing 陈静");
    let setup = json!({ "token": token, "email": email, "password": PASSWORD, "name": name });
    let user = server.post("/setup", setup).await?;
    server.account(client::text(&user, "id")?, email, PASSWORD).await
}
