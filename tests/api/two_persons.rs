//! A competition that asks for two persons: one proposes, another confirms by the same request.

use diesel::prelude::*;
use palmares::domain::proposal::LIFE;
use palmares::domain::round::Phase;
use palmares::store::schema::competitions;
use reqwest::Method;
use serde_json::{Value, json};

use crate::contest::{Contest, SEMI, six_before_three};
use crate::hall::{Got, Hall, Persona, at};
use crate::stage::{Stage, entry};
use crate::support::Db;

const PROPOSALS: &str = "/competitions/cup/proposals";

/// A contest that asks for two persons, and its second organizer.
async fn by_two(db: Db) -> (Contest, Persona) {
    let contest = Contest::begin(db).await;
    ask_for_two(&contest.hall).await;
    let second = organizer(&contest, "second organizer", Value::Null).await;
    (contest, second)
}

async fn ask_for_two(hall: &Hall) {
    let asked = hall.app.write(|tx| {
        let all = diesel::update(competitions::table);
        Ok(all.set(competitions::two_persons.eq(true)).execute(tx.conn)?)
    });
    assert_eq!(asked.await.unwrap(), 1);
}

async fn organizer(contest: &Contest, name: &str, region: Value) -> Persona {
    let person = contest.hall.person(name).await;
    let member = json!({ "email": person.email, "role": "organizer", "region": region });
    contest
        .organizer
        .post("/competitions/cup/members", member)
        .await
        .created();
    person
}

/// Sends what a proposal says that another person is to send.
async fn confirm(person: &Persona, proposal: &Value) -> Got {
    let request = &proposal["request"];
    let path = request["path"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
    let method: Method = request["method"].as_str().unwrap().parse().unwrap();
    let tag = request["tag"].as_str();
    let header = tag.map(|tag| (if tag == "*" { "If-None-Match" } else { "If-Match" }, tag));
    person
        .send(method, path, Some(request["body"].to_string()), header.as_slice())
        .await
}

async fn waiting(person: &Persona) -> Vec<Value> {
    person.get(PROPOSALS).await.ok()["items"]
        .as_array()
        .unwrap()
        .clone()
}

/// The phase of a group of the semi-final.
async fn phase(contest: &Contest, group: &str) -> Value {
    let groups = contest.organizer.get(&format!("{SEMI}/groups")).await;
    let items = groups.ok()["items"].as_array().unwrap();
    items.iter().find(|g| g["code"] == group).unwrap()["phase"].clone()
}

both_databases! {
    async fn what_one_proposes_another_confirms_by_the_same_request(db) {
        let (contest, second) = by_two(db).await;
        contest.score_all().await;
        let proposed = contest.close_group("north").await;
        let proposal = proposed.expect(202).clone();
        assert_eq!(proposal["kind"], "closure");
        assert_eq!(proposal["proposed_by"], json!({ "id": contest.organizer.id, "name": "organizer" }));
        assert_eq!(phase(&contest, "north").await, "open", "nothing is done yet");
        // The same person changes nothing by asking again.
        assert_eq!(contest.close_group("north").await.expect(202), &proposal);
        assert_eq!(waiting(&second).await, std::slice::from_ref(&proposal));
        let closed = confirm(&second, &proposal).await;
        assert_eq!((&closed.ok()["group"], &closed.body["phase"]), (&json!("north"), &json!("closed")));
        assert!(waiting(&second).await.is_empty());
        // What comes to pass is in the log with both of them.
        let log = contest.organizer.get("/competitions/cup/changes").await;
        let of = |action: &str| {
            let items = log.ok()["items"].as_array().unwrap();
            items.iter().find(|e| e["action"] == action).unwrap_or_else(|| panic!("{action}: {}", log.text)).clone()
        };
        assert_eq!(of("proposal")["actor"]["id"], contest.organizer.id.as_str());
        assert_eq!(of("proposal")["subject"], format!("proposals/{}", proposal["id"].as_str().unwrap()));
        for action in ["confirmation", "closure"] {
            assert_eq!(of(action)["actor"]["id"], second.id.as_str(), "{action}");
        }
        contest.hall.close().await;
    }

    async fn another_request_is_another_proposal(db) {
        let (contest, second) = by_two(db).await;
        contest.score_all().await;
        for group in ["north", "south"] {
            let proposal = contest.close_group(group).await.expect(202).clone();
            confirm(&second, &proposal).await.ok();
        }
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        let at_noon = contest.publish(json!({ "visible_at": "2026-07-02T04:00:00Z" })).await.expect(202).clone();
        let revisions = contest.revisions().await;
        let at_once = json!({ "revisions": revisions });
        let other = second.post(&format!("{SEMI}/publication"), at_once).await.expect(202).clone();
        assert_ne!(other["id"], at_noon["id"]);
        assert_eq!(waiting(&contest.organizer).await, std::slice::from_ref(&other), "the newer one took the place of the older");
        assert_eq!(contest.hall.guest().get(&format!("{SEMI}/results")).await.ok()["groups"], json!([]));
        let published = confirm(&contest.organizer, &other).await;
        assert_eq!(published.created()["publications"].as_array().unwrap().len(), 2);
        let seen = contest.hall.guest().get(&format!("{SEMI}/results")).await;
        assert_eq!(seen.ok()["groups"].as_array().unwrap().len(), 2);
        contest.hall.close().await;
    }

    async fn what_changed_since_is_proposed_anew(db) {
        let (contest, second) = by_two(db).await;
        contest.score(&contest.chair, (1, "50", "30")).await.ok();
        let proposal = contest.close_group("north").await.expect(202).clone();
        contest.score(&contest.judge, (1, "40", "30")).await.ok();
        confirm(&second, &proposal).await.problem(409, "standings_moved");
        assert_eq!(phase(&contest, "north").await, "open");
        contest.hall.close().await;
    }

    async fn penalties_stand_side_by_side_and_a_proposal_is_taken_back(db) {
        let (contest, second) = by_two(db).await;
        let path = format!("{SEMI}/adjustments");
        let give = |points: &str| json!({ "entry": 1, "points": points, "reason": "Over time." });
        let first = contest.organizer.post(&path, give("-1")).await.expect(202).clone();
        let other = second.post(&path, give("-2.50")).await.expect(202).clone();
        assert_eq!(waiting(&second).await, [first.clone(), other.clone()]);
        let made = confirm(&second, &first).await;
        assert_eq!((&made.created()["points"], &made.body["entry"]), (&json!("-1.00"), &json!(1)));
        let withdrawal = format!("{PROPOSALS}/{}/withdrawal", other["id"].as_str().unwrap());
        let stranger = contest.hall.person("stranger").await;
        stranger.post(&withdrawal, json!({})).await.problem(403, "forbidden");
        contest.observer.post(&withdrawal, json!({})).await.problem(403, "forbidden");
        contest.judge.post(&withdrawal, json!({})).await.problem(404, "not_found");
        contest.organizer.post(&withdrawal, json!({})).await.expect(204);
        contest.organizer.post(&withdrawal, json!({})).await.problem(404, "not_found");
        // Whoever sends it now proposes it.
        confirm(&contest.organizer, &other).await.expect(202);
        let id = made.body["id"].as_str().unwrap();
        let back = format!("{path}/{id}/revocation");
        let proposal = second.post(&back, json!({ "reason": "The clock was wrong." })).await.expect(202).clone();
        assert_eq!(contest.organizer.get(&path).await.ok()["items"][0]["revoked_at"], Value::Null);
        assert!(confirm(&contest.organizer, &proposal).await.ok()["revoked_at"].is_string());
        contest.organizer.post(&back, json!({ "reason": "Again." })).await.problem(409, "adjustment_revoked");
        contest.hall.close().await;
    }

    async fn a_proposal_waits_for_a_week_and_is_checked_like_any_request(db) {
        let (contest, second) = by_two(db).await;
        let path = format!("{SEMI}/adjustments");
        let wrong = json!({ "entry": 99, "points": "0", "reason": "Over time." });
        contest.organizer.post(&path, wrong).await.wrong(&[("/entry", "entry_not_in_round"), ("/points", "points_zero")]);
        assert!(waiting(&second).await.is_empty());
        let give = json!({ "entry": 1, "points": "-1", "reason": "Over time." });
        let proposal = contest.organizer.post(&path, give).await.expect(202).clone();
        assert_eq!(proposal["ends_at"], "2026-07-08T01:00:00Z");
        contest.hall.clock.set(at("2026-07-01T01:00:00Z").plus_seconds(LIFE));
        let (mut first, mut second) = (contest.organizer.clone(), second);
        for person in [&mut first, &mut second] {
            contest.hall.refresh(person).await;
        }
        assert!(waiting(&second).await.is_empty());
        let anew = confirm(&second, &proposal).await.expect(202).clone();
        assert_ne!(anew["id"], proposal["id"]);
        confirm(&first, &anew).await.created();
        contest.hall.close().await;
    }

    async fn a_key_brings_the_first_answer_back(db) {
        let (contest, second) = by_two(db).await;
        let path = format!("{SEMI}/adjustments");
        let give = json!({ "entry": 1, "points": "-1", "reason": "Over time." }).to_string();
        let send = async |who: &Persona, key: &str| {
            who.send(Method::POST, &path, Some(give.clone()), &[("Idempotency-Key", key)]).await
        };
        let proposal = send(&contest.organizer, "one").await.expect(202).clone();
        let done = send(&second, "two").await.created().clone();
        assert_eq!(send(&contest.organizer, "one").await.expect(202), &proposal);
        assert_eq!(send(&second, "two").await.created(), &done);
        assert_eq!(contest.organizer.get(&path).await.ok()["items"].as_array().unwrap().len(), 1);
        contest.hall.close().await;
    }

    async fn a_region_has_its_own_second_person(db) {
        let (contest, _) = by_two(db).await;
        let north = organizer(&contest, "north", json!("north")).await;
        let south = organizer(&contest, "south", json!("south")).await;
        let proposal = contest.close_group("north").await.expect(202).clone();
        assert!(waiting(&south).await.is_empty());
        confirm(&south, &proposal).await.problem(403, "forbidden");
        assert_eq!(waiting(&north).await, std::slice::from_ref(&proposal));
        confirm(&north, &proposal).await.ok();
        let reopening = contest.group("north", "reopening", json!({ "reason": "A sheet was found." })).await;
        confirm(&north, reopening.expect(202)).await.ok();
        assert_eq!(phase(&contest, "north").await, "open");
        contest.hall.close().await;
    }

    async fn nobody_ends_the_rule_alone_but_an_admin(db) {
        let (contest, second) = by_two(db).await;
        let cup = contest.organizer.get("/competitions/cup").await;
        assert_eq!(cup.ok()["two_persons"], true);
        let settings = |two: bool| {
            let mut body = json!({ "two_persons": two });
            for field in ["slug", "name", "description", "time_zone", "registration", "blind", "team", "fields", "early_comparisons"] {
                body[field] = cup.body[field].clone();
            }
            body
        };
        let ended = contest.organizer.put("/competitions/cup", &cup.tag(), settings(false)).await;
        let proposal = ended.expect(202).clone();
        assert_eq!(contest.organizer.get("/competitions/cup").await.ok()["two_persons"], true);
        assert_eq!(confirm(&second, &proposal).await.ok()["two_persons"], false);
        let begun = second.put("/competitions/cup", &second.get("/competitions/cup").await.tag(), settings(true)).await;
        assert_eq!(begun.ok()["two_persons"], true);
        let mut admin = contest.hall.guest();
        admin.email = "admin@example.org".into();
        contest.hall.refresh(&mut admin).await;
        assert_eq!(admin.put("/competitions/cup", &begun.tag(), settings(false)).await.ok()["two_persons"], false);
        contest.close_group("north").await.ok();
        contest.hall.close().await;
    }

    async fn values_that_officials_measured_take_two_persons(db) {
        let stage = Stage::open(db).await;
        ask_for_two(&stage.hall).await;
        let path = entry(1, "recorded");
        let proposals = "/competitions/talents-cup/proposals";
        let proposal = stage.clerk.put_new(&path, json!({ "values": { "votes": "42.37" } })).await.expect(202).clone();
        stage.clerk.get(&path).await.problem(404, "not_found");
        let listed = |got: Got| got.ok()["items"].as_array().unwrap().len();
        assert_eq!(listed(stage.second_clerk.get(proposals).await), 1);
        assert_eq!(listed(stage.wang.get(proposals).await), 0, "a judge learns nothing of it");
        // The same value, written in another way.
        let confirmed = stage.second_clerk.put_new(&path, json!({ "values": { "votes": 42.37 } })).await;
        assert_eq!(confirmed.created()["values"], json!({ "votes": "42.37" }));
        let changed = stage.second_clerk.put(&path, "\"v1\"", json!({ "values": { "votes": "43" } })).await;
        assert_eq!(changed.expect(202)["request"]["tag"], "\"v1\"");
        stage.clerk.put(&path, "\"v9\"", json!({ "values": { "votes": "43" } })).await.problem(412, "stale");
        let proposal_two = changed.body.clone();
        assert_ne!(proposal_two["id"], proposal["id"]);
        assert_eq!(confirm(&stage.clerk, &proposal_two).await.ok()["version"], 2);
        stage.close().await;
    }

    async fn a_late_ballot_counts_once_two_persons_accept_it(db) {
        let stage = Stage::open(db).await;
        ask_for_two(&stage.hall).await;
        stage.phase(Phase::Closed).await;
        let sheet = json!({ "marks": { "technology": 12, "team": 1 } });
        stage.li.post_on(&entry(1, "ballot/submission"), None, Some(sheet)).await.expect(202);
        let path = entry(1, &format!("ballots/{}/acceptance", stage.li.id));
        let body = json!({ "version": 1, "decision": "accepted", "reason": "The network was down." });
        let proposal = stage.organizer.post(&path, body).await.expect(202).clone();
        assert_eq!(proposal["kind"], "acceptance");
        // The chair is the second person here.
        let done = confirm(&stage.wang, &proposal).await;
        assert_eq!((&done.ok()["counted"], &done.body["status"]), (&json!(1), &json!("submitted")));
        stage.close().await;
    }
}
