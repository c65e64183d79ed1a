//! A round that is being judged, made through the use cases: a fresh database, one open group, one panel.

#![allow(dead_code, reason = "each measurement uses its part of it")]

use std::collections::BTreeMap;

use palmares::app::actor::Actor;
use palmares::app::bench::JudgeInput;
use palmares::app::desk::Written;
use palmares::app::enrolment::Registration;
use palmares::app::entrance::Entered;
use palmares::app::imports::{self, Line};
use palmares::app::members;
use palmares::app::panels::{self, PanelInput};
use palmares::app::place::EntryAt;
use palmares::app::post::Post;
use palmares::app::rounds::{self, RoundInput};
use palmares::app::users;
use palmares::app::{App, Options, Tx, ballots, competitions, groups, intake, rules, sessions};
use palmares::domain::ids::PublicId;
use palmares::domain::points::{Given, Points};
use palmares::domain::rules::Rules;
use palmares::domain::text::{Code, Slug};
use palmares::domain::user::Appointment;
use palmares::error::Result;
use serde::de::DeserializeOwned;
use serde_json::json;
use tempfile::TempDir;

/// The round and those who judge in it.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) slug: Slug,
    pub(crate) round: Code,
    pub(crate) judges: Vec<Actor>,
    /// What clients see of the judges.
    pub(crate) judge_ids: Vec<PublicId>,
    pub(crate) organizer: (Actor, PublicId),
    pub(crate) folder: TempDir,
}

impl Stage {
    /// Opens a group of so many entries, all marked by so many judges.
    pub(crate) async fn open(group: usize, round_rules: &Rules, entries: i64, judges: i64) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        Self::over(open(&folder, group), folder, round_rules, entries, judges).await
    }

    /// The same over data that are open.
    pub(crate) async fn over(
        app: App,
        folder: TempDir,
        round_rules: &Rules,
        entries: i64,
        judges: i64,
    ) -> Self {
        let (slug, round): (Slug, Code) = ("cup".parse().unwrap(), "final".parse().unwrap());
        let (admin, _) = write(&app, |tx| person(tx, "admin", users::create_admin)).await;
        let settings = given(json!({ "slug": slug, "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai" }));
        let (who, organizer) = (admin.clone(), "organizer@example.org".to_owned());
        let (organizer_actor, organizer_id) = write(&app, |tx| person(tx, "organizer", register)).await;
        write(&app, move |tx| {
            competitions::create(tx, &who, &settings, std::slice::from_ref(&organizer))
        })
        .await;

        let mut seats = Vec::new();
        let mut actors = Vec::new();
        let mut judge_ids = Vec::new();
        for judge in 1..=judges {
            let name = format!("judge{judge}");
            let (actor, id) = write(&app, move |tx| person(tx, &name, register)).await;
            let appointment = Appointment {
                email: format!("judge{judge}@example.org").parse().unwrap(),
                role: "judge".parse().unwrap(),
                region: None,
            };
            let (who, slug) = (organizer_actor.clone(), slug.clone());
            write(&app, move |tx| members::add(tx, &who, &slug, &appointment)).await;
            judge_ids.push(id.clone());
            let seat = JudgeInput {
                judge: id,
                code: None,
                class: None,
                sealed: None,
            };
            seats.push((seat, false));
            actors.push(actor);
        }
        let line = |number: i64| Line {
            draft: given(json!({ "title": { "en": format!("Project {number}") } })),
            status: "accepted".parse().unwrap(),
        };
        let lines: Vec<Line> = (1..=entries).map(line).collect();
        for some in lines.chunks(imports::IMPORT_ENTRIES_MAX) {
            imports::import(&app, &organizer_actor, &slug, None, some.to_vec())
                .await
                .unwrap();
        }

        let input = RoundInput {
            code: round.clone(),
            title: given(json!({ "en": "Final" })),
            on_stage: false,
            release: "place".parse().unwrap(),
            public_list: "all".parse().unwrap(),
        };
        let panel = PanelInput {
            title: given(json!({ "en": "Panel" })),
            group: "all".parse().unwrap(),
            judges: seats,
            entries: None,
        };
        let (who, slug_, round_, rules_) = (
            organizer_actor.clone(),
            slug.clone(),
            round.clone(),
            round_rules.clone(),
        );
        write(&app, move |tx| {
            rounds::create(tx, &who, &slug_, &input)?;
            rules::change(tx, &who, (&slug_, &round_), 0, &rules_, None)?;
            intake::take_in(tx, &who, &slug_, &round_, &intake::Asked::default())?;
            panels::change(tx, &who, (&slug_, &round_, &"one".parse().unwrap()), 0, &panel)?;
            groups::open(tx, &who, &slug_, &round_, &"all".parse().unwrap())
        })
        .await;
        Self {
            app,
            slug,
            round,
            judges: actors,
            judge_ids,
            organizer: (organizer_actor, organizer_id),
            folder,
        }
    }

    /// The same data on a node that has nothing in memory.
    pub(crate) async fn reopen(&mut self) {
        self.app.close().await;
        self.app = open(&self.folder, 256);
    }

    /// A judge's submission on top of version `from`, as the handler makes it; gives the version that it became.
    pub(crate) async fn submit(
        &self,
        judge: i64,
        entry: i64,
        from: i64,
        marks: BTreeMap<String, Points>,
    ) -> i64 {
        let actor = self.judges[usize::try_from(judge - 1).unwrap()].clone();
        let at = EntryAt {
            slug: self.slug.clone(),
            round: self.round.clone(),
            entry,
        };
        let given = |(code, mark): (String, Points)| (code, Given::new(mark.to_string()));
        let written = Written {
            marks: marks.into_iter().map(given).collect(),
            comment: None,
        };
        write(&self.app, move |tx| {
            ballots::submit(tx, &actor, &at, from, Some(&written)).map(|changed| changed.ballot.version)
        })
        .await
    }
}

fn open(folder: &TempDir, group: usize) -> App {
    let url = format!("sqlite:{}", folder.path().join("palmares.db").display());
    let options = Options {
        write_group: group,
        ..Options::new(&url).unwrap()
    };
    App::open(options).unwrap()
}

pub(crate) async fn write<T: Send + 'static>(
    app: &App,
    work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    app.write(work).await.unwrap_or_else(|e| panic!("{e}"))
}

/// An account of whose address nobody asks.
pub(crate) fn register(tx: &mut Tx<'_>, registration: &Registration) -> Result<PublicId> {
    users::register(tx, &Post::new(&[7; 32], false), registration)
}

/// Somebody with an account, signed in.
pub(crate) fn person(
    tx: &mut Tx<'_>,
    name: &str,
    make: fn(&mut Tx<'_>, &Registration) -> Result<PublicId>,
) -> Result<(Actor, PublicId)> {
    let registration = Registration {
        email: format!("{name}@example.org").parse().unwrap(),
        name: name.to_owned(),
        password_hash: "none".to_owned(),
        language: None,
    };
    let id = make(tx, &registration)?;
    match sessions::begin(tx, &registration.email, "none", None)? {
        Entered::In(session) => Ok((Actor::Session(session.id), id)),
        Entered::Halfway(_) => panic!("nobody here has a second factor"),
    }
}

pub(crate) fn given<T: DeserializeOwned>(value: serde_json::Value) -> T {
    serde_json::from_value(value).unwrap()
}
