//! Tablets of a hall: bound once, judges take turns, nothing of one is left for the next.

use reqwest::Method;
use serde_json::{Value, json};

use crate::cup::{CUP, Stage};
use crate::hall::{Got, Hall, Persona};
use crate::judge_links::{code_of, form, jar};

const TABLETS: &str = "/competitions/cup/tablets";
const OURS: (&str, &str) = ("Sec-Fetch-Site", "same-origin");

/// A tablet of the hall.
struct Tablet<'a> {
    hall: &'a Hall,
    seat: String,
}

impl<'a> Tablet<'a> {
    async fn bind(hall: &'a Hall, organizer: &Persona, path: &str) -> (Self, Value) {
        let made = organizer
            .post(path, json!({ "name": "Table 3" }))
            .await
            .created()
            .clone();
        let code = made["url"]
            .as_str()
            .unwrap()
            .split_once('#')
            .unwrap()
            .1
            .to_owned();
        let bound = form(hall, "/tablet/binding", &format!("code={code}"), &[OURS]).await;
        assert_eq!(
            (bound.status, bound.header("location").as_deref()),
            (303, Some("/seat")),
            "{}",
            bound.text
        );
        let seat = jar(&bound);
        assert!(seat.starts_with("__Host-palmares-seat="), "{seat}");
        (Self { hall, seat }, made)
    }

    async fn send(&self, path: &str, body: &str) -> Got {
        form(self.hall, path, body, &[OURS, ("Cookie", &self.seat)]).await
    }

    async fn shows(&self) -> String {
        let url = format!("{}/seat", self.hall.base);
        let got = self
            .hall
            .guest()
            .send_to(Method::GET, &url, None, &[("Cookie", &self.seat)])
            .await;
        got.text
    }

    /// A request of a page on it, with the cookies that an answer set.
    async fn asks(&self, sat: &Got, path: &str) -> Got {
        let cookies = format!("{}; {}", self.seat, jar(sat));
        let headers = [("Cookie", cookies.as_str()), ("X-Palmares", "1"), OURS];
        self.hall.guest().send(Method::GET, path, None, &headers).await
    }
}

fn pin_of(issued: &Value, judge: &Persona) -> String {
    let items = issued["items"].as_array().unwrap();
    let item = items
        .iter()
        .find(|i| i["link"]["judge"]["id"] == judge.id)
        .unwrap();
    item["pin"].as_str().unwrap().to_owned()
}

/// A contest with a final that two judges mark, and their links.
async fn stage(hall: Hall) -> (Stage, Persona, Persona, Value) {
    let stage = Stage::set(hall).await;
    let (wang, zhao) = (stage.judge("wang").await, stage.judge("zhao").await);
    stage.final_of_four(&[&wang, &zhao]).await;
    stage.open("final", "all").await;
    let issued = stage
        .organizer
        .post("/competitions/cup/judge-links", json!({}))
        .await
        .created()
        .clone();
    (stage, wang, zhao, issued)
}

both_databases! {
    async fn judges_take_turns_and_nothing_of_one_is_left_for_the_next(db) {
        let (stage, wang, zhao, issued) = stage(Hall::open(db).await).await;
        let (tablet, made) = Tablet::bind(&stage.hall, &stage.organizer, TABLETS).await;
        assert!(tablet.shows().await.contains("The tablet is free"));
        let sat = tablet.send("/seat/session", &format!("code={}", pin_of(&issued, &wang))).await;
        assert!(sat.status == 200 && sat.text.contains("Welcome, wang"), "{}", sat.text);
        assert_eq!(sat.header("clear-site-data").as_deref(), Some("\"cache\", \"storage\""));
        assert!(tablet.shows().await.contains("It is wang&#39;s turn"));
        let listed = stage.organizer.get(TABLETS).await;
        assert_eq!(listed.ok()["items"][0]["sitting"]["name"], "wang");
        assert!(!listed.text.contains(made["code"].as_str().unwrap()));
        let sessions = wang.get("/me/sessions").await.ok()["items"].clone();
        assert_eq!((&sessions[0]["kind"], &sessions[0]["tablet"]), (&json!("judge_link"), &json!("Table 3")));

        // A draft of the one is nothing to the next.
        let cookies = format!("{}; {}", tablet.seat, jar(&sat));
        let path = format!("{CUP}/rounds/final/entries/1/ballot");
        let draft = json!({ "marks": { "idea": "40" } }).to_string();
        let headers = [("Cookie", cookies.as_str()), ("X-Palmares", "1"), OURS, ("If-None-Match", "*")];
        stage.hall.guest().send(Method::PUT, &path, Some(draft), &headers).await.created();
        tablet.asks(&sat, &path).await.ok();
        let over = tablet.send("/seat/hand-over", "").await;
        assert_eq!((over.status, over.header("location").as_deref()), (303, Some("/seat")));
        assert_eq!(over.header("clear-site-data").as_deref(), Some("\"cache\", \"storage\""));
        let ended = over.headers.get_all("set-cookie").iter().filter(|c| c.to_str().unwrap().contains("Max-Age=0")).count();
        assert_eq!(ended, 2, "access and refresh token");
        tablet.asks(&sat, "/me").await.problem(401, "session_ended");
        let next = tablet.send("/seat/session", &format!("code={}", pin_of(&issued, &zhao))).await;
        assert_eq!(tablet.asks(&next, "/me").await.ok()["name"], "zhao");
        tablet.asks(&next, &path).await.problem(404, "not_found");
        assert_eq!(stage.log("hand_over").await.len(), 1);

        // Whoever comes without a hand-over takes the turn; by their link, too, however many phones it has.
        let own = stage.hall.guest().post("/sessions/judge-link", json!({ "code": code_of(&issued, &wang) })).await;
        own.created();
        let again = tablet.send("/judge/session", &format!("code={}", code_of(&issued, &wang))).await;
        assert!(again.text.contains("Welcome, wang"), "{}", again.text);
        tablet.asks(&next, "/me").await.problem(401, "session_ended");
        tablet.asks(&again, "/me").await.ok();
        let phone = stage.hall.guest().with_token(own.created()["access_token"].as_str().unwrap());
        phone.get("/me").await.ok();
        stage.close().await;
    }

    async fn a_tablet_is_bound_once_by_a_button_and_removed_by_the_organizer(db) {
        let (stage, wang, _, issued) = stage(Hall::open(db).await).await;
        let hall = &stage.hall;
        let made = stage.organizer.post(TABLETS, json!({ "name": " Table 3 " })).await.created().clone();
        let code = made["url"].as_str().unwrap().split_once('#').unwrap().1;
        let body = format!("code={code}");
        hall.page("/tablet").await.expect(200);
        let look = form(hall, "/tablet/look", &body, &[]).await;
        assert!(look.status == 200 && look.text.contains("Table 3"), "{}", look.text);
        assert_eq!(form(hall, "/tablet/binding", &body, &[]).await.status, 422);
        assert_eq!(stage.organizer.get(TABLETS).await.ok()["items"][0].get("bound_at"), None);
        let bound = form(hall, "/tablet/binding", &body, &[OURS]).await;
        assert_eq!(bound.status, 303);
        let twice = form(hall, "/tablet/binding", &body, &[OURS]).await;
        assert!(twice.status == 409 && jar(&twice).is_empty(), "{}", twice.text);
        let tablet = Tablet { hall, seat: jar(&bound) };
        let sat = tablet.send("/seat/session", &format!("code={}", pin_of(&issued, &wang))).await;
        tablet.asks(&sat, "/me").await.ok();
        let id = made["tablet"]["id"].as_str().unwrap();
        stage.organizer.delete(&format!("{TABLETS}/{id}")).await.expect(204);
        tablet.asks(&sat, "/me").await.problem(401, "session_ended");
        let gone = tablet.send("/seat/session", &format!("code={}", pin_of(&issued, &wang))).await;
        assert!(gone.status == 409 && gone.text.contains("belongs to the hall no longer"), "{}", gone.text);
        stage.organizer.delete(&format!("{TABLETS}/{id}")).await.problem(404, "not_found");
        stage.organizer.post(TABLETS, json!({ "name": " ", "expires_at": "2027-01-01T00:00:00Z" })).await
            .wrong(&[("/name", "text_length"), ("/expires_at", "judge_link_window")]);
        stage.close().await;
    }

    async fn digits_count_on_a_tablet_of_their_competition_only_and_few_are_tried(db) {
        let (stage, wang, _, issued) = stage(Hall::open(db).await).await;
        let hall = &stage.hall;
        let pin = pin_of(&issued, &wang);
        hall.guest().post("/sessions/judge-link", json!({ "code": pin })).await.problem(401, "judge_link_unknown");
        let nowhere = form(hall, "/seat/session", &format!("code={pin}"), &[OURS]).await;
        assert_eq!((nowhere.status, nowhere.header("location").as_deref()), (303, Some("/tablet")));
        let admin = hall.admin().await;
        let league = json!({ "slug": "league", "name": { "en": "League" }, "time_zone": "UTC" });
        admin.post("/competitions", league).await.created();
        let (other, _) = Tablet::bind(hall, &admin, "/competitions/league/tablets").await;
        let refused = other.send("/seat/session", &format!("code={pin}")).await;
        assert!(refused.status == 422 && refused.text.contains("no such link"), "{}", refused.text);
        let refused = other.send("/seat/session", &format!("code={}", code_of(&issued, &wang))).await;
        assert!(refused.status == 409 && refused.text.contains("another competition"), "{}", refused.text);

        let (tablet, _) = Tablet::bind(hall, &stage.organizer, TABLETS).await;
        for n in 0..5 {
            let wrong = tablet.send("/seat/session", &format!("code=0000000{n}")).await;
            assert_eq!(wrong.status, 422, "{}", wrong.text);
        }
        assert_eq!(tablet.send("/seat/session", &format!("code={pin}")).await.status, 429);
        hall.clock.advance(2);
        assert_eq!(tablet.send("/seat/session", &format!("code={pin}")).await.status, 200);
        stage.close().await;
    }
}
