//! The Roadshow: 600 applications entered by the organizers, 24 places on site, at least four of each field.

use serde_json::{Value, json};

use super::client::Account;
use super::contest::{Contest, Judged, Stage};
use super::people::{self, TRACKS};
use crate::error::Result;

/// Applications.
const APPLICATIONS: usize = 600;
/// Applications that go into one request.
const BATCH: usize = 200;
/// Judges who review, three for each application.
const REVIEWERS: usize = 30;

/// The whole roadshow.
#[derive(Debug)]
pub(super) struct Roadshow {
    pub(super) contest: Contest,
    pub(super) review: Judged,
    /// Whom to sign in as: role, address.
    pub(super) people: Vec<(&'static str, String)>,
}

/// Plays it from applications to the published programme.
pub(super) async fn play(stage: &Stage, admin: &Account) -> Result<Roadshow> {
    stage.day("2026-08-01")?;
    stage.say("Roadshow: 600 applications");
    let organizer = stage.person("Guo Hao 郭浩", "organizer@roadshow.example").await?;
    let document = json!({
        "slug": "roadshow",
        "name": { "en": "Roadshow 2026", "zh": "2026 项目路演" },
        "description": { "en": "24 projects meet investors on site.", "zh": "24 个项目现场对接投资人。" },
        "time_zone": "Asia/Shanghai",
        "organizers": [organizer.email],
    });
    let mut contest = Contest::create(stage, admin, organizer, document).await?;
    contest.divisions("tracks", &TRACKS).await?;
    contest
        .organizer
        .post(&format!("{}/publication", contest.path), json!({}))
        .await?;
    let numbers: Vec<usize> = (0..APPLICATIONS).collect();
    for batch in numbers.chunks(BATCH) {
        let accepted = |number: &usize| {
            let mut entry = people::project(stage.seed, "roadshow", *number, None);
            if let Some(entry) = entry.as_object_mut() {
                entry.insert("status".into(), "accepted".into());
            }
            entry
        };
        let items: Vec<Value> = batch.iter().map(accepted).collect();
        contest
            .organizer
            .post(
                &format!("{}/entries/batch", contest.path),
                json!({ "items": items }),
            )
            .await?;
    }
    contest.invite_judges(REVIEWERS, "roadshow.example").await?;

    stage.day("2026-08-10")?;
    stage.say("Roadshow: professional review by 3 of 30 judges each");
    let mut review = contest
        .add_round("review", false, include_str!("rules/roadshow.json"))
        .await?;
    contest.distribute(&review, 3).await?;
    for (track, ..) in TRACKS {
        contest.open(&review, track).await?;
        contest.judge(&mut review, track).await?;
        contest.close(&review, track).await?;
    }
    contest.advance(&mut review).await?;
    contest.publish(&review).await?;
    let people = vec![
        ("organizer", contest.organizer.email.clone()),
        ("judge", "judge1@roadshow.example".to_owned()),
    ];
    Ok(Roadshow {
        contest,
        review,
        people,
    })
}
