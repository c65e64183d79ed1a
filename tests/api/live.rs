//! What is watched live: the board and the progress of a round.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use palmares::app::live::{Audience, Key, Look, Looker, News, Picture};
use palmares::app::{App, Effect};
use palmares::domain::ids::CompetitionId;
use palmares::domain::user::Role;
use palmares::http::edge::Settings;
use palmares::http::streams::Most;
use serde_json::json;

use crate::contest::{Contest, FINAL, MARKS, SEMI};
use crate::cup::{CUP, Stage};
use crate::hall::{Hall, PUBLIC_URL, at};

/// Long enough for a room to look again by itself.
const A_WHILE: Duration = Duration::from_millis(1_500);

both_databases! {
    async fn the_board_shows_a_publication_at_once_and_whoever_comes_later_sees_it_first(db) {
        let contest = Contest::begin(db).await;
        let board = format!("{SEMI}/results/live");
        let guest = contest.hall.guest();
        let (mut early, mut chinese) = (guest.watch(&board).await, guest.speaking("zh").watch(&board).await);
        let first = early.event().await;
        assert_eq!((first.name.as_str(), &first.data["groups"]), ("results", &json!([])));
        chinese.event().await;
        contest.score_and_close().await;
        contest.advance(crate::contest::ties()).await.created();
        early.is_quiet(A_WHILE).await;
        let begun = Instant::now();
        contest.publish(json!({})).await.created();
        let event = early.event().await;
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        let now = guest.get(&format!("{SEMI}/results")).await;
        assert_eq!(&event.data, now.ok(), "what the board shows is what is answered");
        assert_eq!(Some(format!("\"{}\"", event.id.unwrap())), now.header("etag"));
        let rules = chinese.event().await.data["rules"].to_string();
        assert!(rules.contains('评'), "{rules}");
        let late = guest.watch(&board).await.event().await;
        assert_eq!(&late.data, now.ok());
        early.is_quiet(A_WHILE).await;
        guest.get(&format!("{FINAL}/results/live")).await.ok();
        guest.get("/competitions/cup/rounds/nowhere/results/live").await.problem(404, "not_found");
        contest.end().await;
    }

    async fn what_is_published_for_later_is_shown_then(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(crate::contest::ties()).await.created();
        let mut board = contest.hall.guest().watch(&format!("{SEMI}/results/live")).await;
        board.event().await;
        contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
        board.is_quiet(A_WHILE).await;
        contest.hall.clock.set(at("2026-07-01T01:05:00Z"));
        assert_eq!(board.event().await.data["groups"].as_array().unwrap().len(), 2);
        contest.end().await;
    }

    async fn progress_follows_the_ballots(db) {
        let contest = Contest::begin(db).await;
        let path = format!("{SEMI}/progress/live");
        let mut stream = contest.organizer.watch(&path).await;
        let first = stream.event().await;
        assert_eq!((first.name.as_str(), &first.data["groups"][0]["submitted"]), ("progress", &json!(0)));
        let begun = Instant::now();
        contest.score(&contest.judge, MARKS[0]).await;
        let event = stream.event().await;
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        assert_eq!(event.data["groups"][0]["submitted"], 1);
        assert_eq!(event.data["judges"].as_array().unwrap().len(), 2);
        assert_eq!(&event.data, contest.organizer.get(&format!("{SEMI}/progress")).await.ok());
        contest.score_all().await;
        loop {
            // Many ballots are few events: the newest counts.
            let groups = stream.event().await.data["groups"].clone();
            if groups[0]["submitted"] == 8 && groups[1]["submitted"] == 8 {
                break;
            }
        }
        contest.judge.get(&path).await.problem(403, "forbidden");
        contest.hall.guest().get(&path).await.problem(401, "sign_in_required");
        contest.end().await;
    }

    async fn whoever_may_not_look_any_more_is_told_and_sees_nothing_more(db) {
        let contest = Contest::begin(db).await;
        let path = format!("{SEMI}/progress/live");
        let (removed, left) = (contest.observer.watch(&path).await, contest.clerk.watch(&path).await);
        let mut stays = contest.organizer.watch(&path).await;
        let members = contest.organizer.get("/competitions/cup/members").await;
        let observer = members.ok()["items"].as_array().unwrap().iter()
            .find(|m| m["role"] == "observer").unwrap()["id"].as_str().unwrap().to_owned();
        contest.organizer.delete(&format!("/competitions/cup/members/{observer}")).await.expect(204);
        contest.clerk.delete("/sessions/current").await.expect(204);
        assert_eq!(removed.end().await, json!({ "code": "forbidden" }));
        assert_eq!(left.end().await, json!({ "code": "session_ended" }));
        stays.event().await;
        contest.score(&contest.judge, MARKS[0]).await;
        stays.event().await;
        contest.observer.get(&path).await.problem(403, "forbidden");
        contest.end().await;
    }

    async fn a_stream_lasts_no_longer_than_its_session(db) {
        let contest = Contest::begin(db).await;
        let path = format!("{SEMI}/progress/live");
        let (mut kept_up, idle) = (contest.observer.watch(&path).await, contest.organizer.watch(&path).await);
        kept_up.event().await;
        contest.sql("UPDATE sessions SET last_used_at = '2026-07-10 01:00:00'
            WHERE user_id = (SELECT id FROM users WHERE name = 'observer')").await;
        // Both access tokens are long out of date: what counts is the session, which lasts 14 days without a refresh.
        contest.hall.clock.set(at("2026-07-15T01:00:01Z"));
        assert_eq!(idle.end().await, json!({ "code": "session_ended" }));
        kept_up.is_quiet(A_WHILE).await;
        contest.end().await;
    }

    async fn a_hidden_board_is_for_members_only(db) {
        let stage = Stage::set(Hall::open(db).await).await;
        stage.final_of_four(&[]).await;
        let board = format!("{CUP}/rounds/final/results/live");
        let (guest, observer) = (stage.hall.guest(), stage.hall.person("observer").await);
        stage.member(&observer, Role::Observer, None).await;
        let shown = guest.watch(&board).await;
        stage.sql("UPDATE competitions SET published_at = NULL").await;
        assert_eq!(shown.end().await, json!({ "code": "not_found" }));
        guest.get(&board).await.problem(404, "not_found");
        stage.hall.person("stranger").await.get(&board).await.problem(404, "not_found");
        let (mut removed, mut stays) = (observer.watch(&board).await, stage.organizer.watch(&board).await);
        removed.event().await;
        stays.event().await;
        assert_eq!(stage.hall.app.live().rooms(), 2, "nobody shares a room with guests");
        stage.sql("DELETE FROM members WHERE role = 'observer'").await;
        assert_eq!(removed.end().await, json!({ "code": "not_found" }));
        stays.is_quiet(A_WHILE).await;
        stage.close().await;
    }

    async fn what_was_taken_back_before_its_hour_is_never_shown(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(crate::contest::ties()).await.created();
        let mut board = contest.hall.guest().watch(&format!("{SEMI}/results/live")).await;
        board.event().await;
        contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
        let withdrawal = json!({ "reason": "A sheet is missing." });
        contest.group("north", "publications/1/withdrawal", withdrawal).await.ok();
        contest.hall.clock.set(at("2026-07-01T01:05:00Z"));
        let shown = board.event().await.data["groups"].clone();
        assert_eq!((shown.as_array().unwrap().len(), &shown[0]["group"]), (1, &json!("south")));
        // Whoever corrects what is published takes nothing away: the correction takes its place.
        contest.group("south", "reopening", json!({ "reason": "A sheet was found." })).await.ok();
        board.is_quiet(A_WHILE).await;
        contest.end().await;
    }

    async fn a_blind_round_is_watched_without_names(db) {
        let contest = Contest::begin(db).await;
        contest.sql("UPDATE competitions SET blind = TRUE").await;
        contest.sql("UPDATE entries SET institution = 'Harbour School'").await;
        let path = format!("{SEMI}/progress/live");
        contest.chair.get(&path).await.problem(403, "forbidden");
        for who in [&contest.organizer, &contest.observer, &contest.clerk] {
            let shown = who.watch(&path).await.event().await.data.to_string();
            for name in ["Project", "Somebody", "zhou", "Harbour"] {
                assert!(!shown.contains(name), "{shown}");
            }
        }
        contest.end().await;
    }

    async fn whoever_comes_back_sees_the_state_of_now_first(db) {
        let contest = Contest::begin(db).await;
        let path = format!("{SEMI}/progress/live");
        let mut stream = contest.organizer.watch(&path).await;
        let first = stream.event().await.id.unwrap();
        drop(stream);
        contest.score(&contest.judge, MARKS[0]).await;
        let mut again = contest.organizer.watch_from(&path, &first).await;
        let event = again.event().await;
        assert_eq!(event.data["groups"][0]["submitted"], 1);
        let id = event.id.unwrap();
        assert_ne!(id, first);
        // Also when nothing has changed: the client may have lost what it knew.
        assert_eq!(contest.organizer.watch_from(&path, &id).await.event().await.id, Some(id));
        // A proxy or a monitor that asks for the head only is not kept waiting.
        let url = format!("{}/api/v1{path}", contest.hall.base);
        let head = contest.organizer.send_to(reqwest::Method::HEAD, &url, None, &[]).await;
        assert_eq!((head.status, head.header("content-type").as_deref()), (200, Some("text/event-stream")));
        contest.end().await;
    }

    async fn nobody_takes_all_the_places(db) {
        let settings = Settings { streams: Most { all: 3, address: 2, account: 1 }, ..Settings::of(PUBLIC_URL) };
        let contest = Contest::over(Hall::behind(db, settings).await, crate::contest::four_places(), json!({})).await;
        let (board, progress) = (format!("{SEMI}/results/live"), format!("{SEMI}/progress/live"));
        let guest = contest.hall.guest();
        let _one = guest.watch(&board).await;
        let _two = guest.watch(&board).await;
        let refused = guest.get(&board).await;
        refused.problem(429, "too_many");
        assert_eq!(refused.header("retry-after").as_deref(), Some("10"));
        let three = contest.organizer.watch(&progress).await;
        assert_eq!(contest.hall.edge.streams().open(), 3);
        assert_eq!(contest.hall.app.live().rooms(), 2, "guests share a room");
        contest.observer.get(&progress).await.problem(503, "busy");
        contest.organizer.get(&progress).await.problem(429, "too_many");
        contest.organizer.delete("/sessions/current").await.expect(204);
        assert_eq!(three.end().await, json!({ "code": "session_ended" }));
        let until = Instant::now() + Duration::from_secs(10);
        while contest.hall.edge.streams().open() > 2 {
            assert!(Instant::now() < until, "a place that was left is not free");
            actix_web::rt::time::sleep(Duration::from_millis(50)).await;
        }
        contest.observer.get(&progress).await.ok();
        contest.end().await;
    }

    async fn who_reads_slowly_gets_the_newest_picture_and_holds_up_nobody(db) {
        let app = db.open();
        let shown = Arc::new(AtomicU64::new(0));
        let (mut quick, mut slow) = (enter(&app, &shown), enter(&app, &shown));
        assert_eq!((next(&mut quick).await, next(&mut slow).await), (0, 0));
        for number in 1..=20 {
            shown.store(number, Ordering::SeqCst);
            app.write(|tx| { tx.after(Effect::Published(CompetitionId(7))); Ok(()) }).await.unwrap();
            assert_eq!(next(&mut quick).await, number);
        }
        assert_eq!(next(&mut slow).await, 20, "only the newest waits");
        assert_eq!(app.live().watchers(), 2);
        drop((quick, slow));
        let until = Instant::now() + Duration::from_secs(5);
        while app.live().rooms() > 0 {
            assert!(Instant::now() < until, "an empty room is not closed");
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        }
        app.close().await;
        assert!(app.live().enter(&app, key(), || unreachable!()).is_err(), "a node that stops lets nobody in");
    }
}

fn key() -> Key {
    Key {
        what: "a number".into(),
        audience: Audience::Everybody,
    }
}

/// Watches a number.
fn enter(app: &App, shown: &Arc<AtomicU64>) -> palmares::app::live::Watcher {
    let shown = Arc::clone(shown);
    let look = move || -> Arc<Looker> {
        Arc::new(move |_, hangs| {
            let mark = shown.load(Ordering::SeqCst).to_string();
            if hangs == Some(mark.as_str()) {
                return Ok(Look::Same);
            }
            Ok(Look::New(Picture {
                bytes: mark.clone().into(),
                mark,
                rests_on: vec![Effect::Published(CompetitionId(7))],
            }))
        })
    };
    app.live().enter(app, key(), look).unwrap()
}

async fn next(watcher: &mut palmares::app::live::Watcher) -> u64 {
    loop {
        match watcher.next().await {
            News::Picture(bytes) => return std::str::from_utf8(&bytes).unwrap().parse().unwrap(),
            News::Beat => {}
            News::Over(why) => panic!("{why}"),
        }
    }
}

#[actix_web::test]
async fn what_another_node_writes_is_shown_within_a_second() {
    let Some(db) = crate::support::postgres() else {
        return;
    };
    let options = db.options();
    let other = Hall::over(db.same(), options).await;
    let contest = Contest::begin(db).await;
    let organizer = other.welcome(&contest.organizer);
    let mut stream = organizer.watch(&format!("{SEMI}/progress/live")).await;
    stream.event().await;
    for marks in MARKS {
        let begun = Instant::now();
        contest.score(&contest.judge, marks).await;
        stream.event().await;
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
    contest.end().await;
    other.close().await;
}
