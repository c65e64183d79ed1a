//! The Talents Cup at real size: 330 projects, a paper review, semi-finals in four cities, 25 in the final.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use super::client::{Account, list, number, text};
use super::contest::{Contest, Judged, Stage};
use super::people::{self, CITIES, TRACKS};
use crate::error::{Error, Result};

/// Contestants who register at the same time.
const AT_ONCE: usize = 16;
/// Judges who review on paper, three for each project.
const REVIEWERS: usize = 40;
/// Judges on each city's panel.
const PANEL: usize = 7;
/// Judges in the final.
const FINAL_PANEL: usize = 9;
/// The days of the semi-finals, city by city.
const DAYS: [&str; 4] = ["2026-07-15", "2026-07-16", "2026-07-17", "2026-07-18"];

/// The whole contest.
#[derive(Debug)]
pub(super) struct TalentsCup {
    pub(super) contest: Contest,
    pub(super) rounds: Vec<Judged>,
    /// Whom to sign in as: role, address.
    pub(super) people: Vec<(&'static str, String)>,
}

/// Plays it from registration to published prizes.
pub(super) async fn play(stage: &Stage, admin: &Account) -> Result<TalentsCup> {
    stage.day("2026-05-20")?;
    stage.say("Talents Cup: the competition is set up");
    let mut contest = set_up(stage, admin).await?;
    contest.invite_judges(REVIEWERS, "talents-cup.example").await?;
    let people = staff(&contest).await?;

    stage.day("2026-06-10")?;
    stage.say("Talents Cup: 330 contestants register");
    register(&contest).await?;

    stage.day("2026-07-01")?;
    screen(&contest).await?;

    stage.say("Talents Cup: paper review by 3 of 40 judges each");
    let review = paper_review(&contest).await?;
    let semi = semi_final(&contest).await?;

    stage.day("2026-07-25")?;
    stage.say("Talents Cup: the final");
    let mut last = contest
        .add_round("final", true, include_str!("rules/final.json"))
        .await?;
    contest
        .seat(
            &last,
            "all",
            contest.judges.get(..FINAL_PANEL).unwrap_or_default(),
        )
        .await?;
    contest.open(&last, "all").await?;
    contest.judge(&mut last, "all").await?;
    contest.close(&last, "all").await?;
    contest.advance(&mut last).await?;
    contest.publish(&last).await?;
    Ok(TalentsCup {
        contest,
        rounds: vec![review, semi, last],
        people,
    })
}

async fn set_up(stage: &Stage, admin: &Account) -> Result<Contest> {
    let organizer = stage
        .person("Liu Fang 刘芳", "organizer@talents-cup.example")
        .await?;
    let document = json!({
        "slug": "talents-cup",
        "name": { "en": "Talents Cup 2026", "zh": "2026 英才杯" },
        "description": { "en": "A project competition in four fields and four cities.", "zh": "四个领域、四座城市的项目大赛。" },
        "time_zone": "Asia/Shanghai",
        "registration": { "opens_at": "2026-05-31T16:00:00Z", "closes_at": "2026-06-30T16:00:00Z" },
        "team": { "min": 1, "max": 8 },
        "organizers": [organizer.email],
    });
    let contest = Contest::create(stage, admin, organizer, document).await?;
    contest.divisions("tracks", &TRACKS).await?;
    contest
        .divisions("regions", &CITIES.map(|(code, en, zh, _)| (code, en, zh)))
        .await?;
    contest
        .organizer
        .post(&format!("{}/publication", contest.path), json!({}))
        .await?;
    Ok(contest)
}

/// An organizer for one city, a clerk and an observer.
async fn staff(contest: &Contest) -> Result<Vec<(&'static str, String)>> {
    let mut people = vec![("organizer", contest.organizer.email.clone())];
    for (role, region, name) in [
        ("organizer", Some("shanghai"), "Zhao Ming 赵明"),
        ("clerk", None, "Sun Yan 孙艳"),
        ("observer", None, "He Rui 何瑞"),
    ] {
        let email = match region {
            Some(region) => format!("{region}@talents-cup.example"),
            None => format!("{role}@talents-cup.example"),
        };
        contest.invite(name, &email, role, region).await?;
        people.push((
            if region.is_some() {
                "organizer of Shanghai"
            } else {
                role
            },
            email,
        ));
    }
    people.push(("judge", "judge1@talents-cup.example".into()));
    people.push(("contestant", contestant(0)));
    Ok(people)
}

fn contestant(project: usize) -> String {
    format!("team{}@talents-cup.example", project + 1)
}

/// Every project is registered by its own contestant: an account, a draft, a submission.
async fn register(contest: &Contest) -> Result<()> {
    let stage = &contest.stage;
    let regions: Vec<&str> = CITIES
        .iter()
        .flat_map(|(code, _, _, n)| std::iter::repeat_n(*code, *n))
        .collect();
    let accounts: Vec<Account> = stream::iter(0..regions.len())
        .map(|i| async move {
            stage
                .person(&people::name(stage.seed, "contestant", i), &contestant(i))
                .await
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let entries = format!("{}/entries", contest.path);
    // Drafts one after the other, so that the same seed gives the same numbers; the rest all at once.
    let mut drafts = Vec::new();
    for (i, (account, region)) in accounts.iter().zip(&regions).enumerate() {
        let draft = account
            .post(&entries, people::project(stage.seed, "talents", i, Some(region)))
            .await?;
        drafts.push((account, number(&draft, "number")?));
    }
    stream::iter(drafts)
        .map(|(account, entry)| async move {
            account
                .post(&format!("{}/entries/{entry}/submission", contest.path), json!({}))
                .await?;
            stage.bar.inc(1);
            Ok::<_, Error>(())
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Organizers accept what was submitted.
async fn screen(contest: &Contest) -> Result<()> {
    let mut next = String::new();
    loop {
        let page = format!("{}/entries?status=submitted&limit=200{next}", contest.path);
        let page = contest.organizer.get(&page).await?;
        let accept = |e| Ok(json!({ "entry": number(e, "number")?, "decision": "accepted" }));
        let items: Vec<_> = list(&page, "items")?.iter().map(accept).collect::<Result<_>>()?;
        if !items.is_empty() {
            contest
                .organizer
                .post(
                    &format!("{}/entries/screenings", contest.path),
                    json!({ "items": items }),
                )
                .await?;
        }
        match text(&page, "next") {
            Ok(cursor) => next = format!("&cursor={cursor}"),
            Err(_last_page) => return Ok(()),
        }
    }
}

async fn paper_review(contest: &Contest) -> Result<Judged> {
    let mut review = contest
        .add_round("paper-review", false, include_str!("rules/paper-review.json"))
        .await?;
    contest.distribute(&review, 3).await?;
    for (city, ..) in CITIES {
        contest.open(&review, city).await?;
        contest.judge(&mut review, city).await?;
    }
    contest.stage.day("2026-07-08")?;
    for (city, ..) in CITIES {
        contest.close(&review, city).await?;
    }
    contest.advance(&mut review).await?;
    contest.publish(&review).await?;
    Ok(review)
}

/// Four cities on four days, each with its own panel, closed city by city.
async fn semi_final(contest: &Contest) -> Result<Judged> {
    let mut semi = contest
        .add_round("semi-final", true, include_str!("rules/semi-final.json"))
        .await?;
    for ((city, name, ..), (panel, day)) in CITIES.iter().zip(contest.judges.chunks(PANEL).zip(DAYS)) {
        contest.stage.day(day)?;
        contest.stage.say(&format!("Talents Cup: semi-final in {name}"));
        contest.seat(&semi, city, panel).await?;
        contest.open(&semi, city).await?;
        contest.judge(&mut semi, city).await?;
        let late = semi
            .groups
            .iter()
            .find(|(_, group)| *group == city)
            .map(|(entry, _)| *entry);
        if let Some(entry) = late {
            contest
                .adjust(
                    &mut semi,
                    entry,
                    -1000,
                    "35 s over the time: 1 point for each 30 s begun",
                )
                .await?;
        }
        contest.close(&semi, city).await?;
    }
    contest.advance(&mut semi).await?;
    contest.publish(&semi).await?;
    Ok(semi)
}
