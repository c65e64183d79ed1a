//! Places are offered, answered, and given to reserves: everybody who is told of a place can read of it, and nothing moves
//! before an organizer saw who comes in.

use palmares::app::Tx;
use palmares::app::offers::{self, OfferAt};
use serde_json::{Value, json};

use crate::contest::{Contest, FINAL, SEMI, four_places, numbers, ties};
use crate::hall::{Got, Persona, at};
use crate::race::{A_WHILE, Hold};

const OFFERS: &str = "/competitions/cup/rounds/semi-final/offers";
const REFILLING: &str = "/competitions/cup/rounds/semi-final/refilling";
/// Five minutes after the tests begin.
const DEADLINE: &str = "2026-07-01T01:05:00Z";
const LATER: &str = "2026-07-01T01:08:00Z";

fn offer(entry: i64, rest: &str) -> String {
    format!("{SEMI}/entries/{entry}/offer{rest}")
}

impl Contest {
    /// The places of the published semi-final are offered.
    async fn offered(db: crate::support::Db) -> Self {
        let contest = Self::published(db).await;
        contest.offer(json!({ "deadline": DEADLINE })).await.created();
        contest
    }

    async fn offer(&self, body: Value) -> Got {
        self.organizer.post(OFFERS, body).await
    }

    async fn says(&self, who: &Persona, entry: i64, version: i64, body: Value) -> Got {
        who.put(&offer(entry, "/answer"), &format!("\"v{version}\""), body)
            .await
    }

    /// The owner of entry 1 gives its place up.
    async fn first_declines(&self) {
        let body = json!({ "comes": false, "reason": "We can't travel." });
        self.says(&self.zhou, 1, 1, body).await.ok();
    }

    async fn refill(&self, body: Value) -> Got {
        self.organizer.post(REFILLING, body).await
    }

    /// Who would come in, as the organizer is shown it.
    async fn vacancies(&self) -> Vec<(Vec<i64>, Vec<i64>)> {
        let shown = self.organizer.get(REFILLING).await;
        let items = shown.ok()["items"].as_array().unwrap();
        items
            .iter()
            .map(|v| (numbers(&v["left"]), numbers(&v["instead"])))
            .collect()
    }

    async fn status(&self, who: &Persona) -> Value {
        who.get("/competitions/cup/entries/1/status").await.ok()["status"].clone()
    }

    async fn opening(&self) -> Got {
        self.organizer
            .post(&format!("{FINAL}/groups/all/opening"), json!({}))
            .await
    }
}

fn states(list: &Got) -> Vec<(i64, String)> {
    let items = list.ok()["items"].as_array().unwrap();
    let state = |o: &Value| {
        (
            o["entry"].as_i64().unwrap(),
            o["state"].as_str().unwrap().to_owned(),
        )
    };
    items.iter().map(state).collect()
}

both_databases! {
    async fn nobody_is_offered_a_place_before_they_can_read_of_it(db) {
        let contest = Contest::begin(db).await;
        contest.offer(json!({ "deadline": DEADLINE })).await.problem(409, "nothing_to_offer");
        contest.score_and_close().await;
        contest.advance(ties()).await.created();
        let refused = contest.offer(json!({ "deadline": DEADLINE })).await;
        refused.problem(409, "result_not_published");
        assert_eq!(refused.body["params"]["entries"], "5, 1, 2, 6");
        let due = contest.organizer.get(OFFERS).await;
        assert!(due.ok()["due"].as_array().unwrap().iter().all(|d| d["published"] == false), "{}", due.text);
        contest.publish(json!({ "visible_at": "2026-07-01T01:02:00Z" })).await.created();
        contest.offer(json!({ "deadline": DEADLINE })).await.problem(409, "result_not_published");
        contest.zhou.get(&offer(1, "")).await.problem(404, "not_found");
        contest.hall.clock.set(at("2026-07-01T01:02:00Z"));
        let made = contest.offer(json!({ "deadline": DEADLINE })).await;
        assert_eq!(numbers(&made.created()["items"]).len(), 4);
        assert_eq!(contest.organizer.get(OFFERS).await.ok()["due"], json!([]));
        let own = contest.zhou.get(&offer(1, "")).await;
        assert_eq!((&own.ok()["state"], &own.body["deadline"], &own.body["time_zone"]), (&json!("offered"), &json!(DEADLINE), &json!("Asia/Shanghai")));
        contest.end().await;
    }

    async fn what_is_wrong_with_an_offering_is_said_all_at_once(db) {
        let contest = Contest::published(db).await;
        let wrong = contest.offer(json!({ "entries": [1, 1, 3, 77], "deadline": "2026-07-01T01:00:00Z" })).await;
        wrong.wrong(&[("/deadline", "time_past"), ("/entries/1", "entry_named_twice"), ("/entries/2", "entry_without_place"), ("/entries/3", "entry_not_in_groups")]);
        contest.offer(json!({ "entries": [], "deadline": DEADLINE })).await.wrong(&[("/entries", "offer_entries_length")]);
        contest.offer(json!({ "entries": [1, 2], "deadline": DEADLINE })).await.created();
        let twice = contest.offer(json!({ "entries": [2, 5], "deadline": DEADLINE })).await;
        twice.problem(409, "offer_exists");
        assert_eq!(twice.body["params"]["entries"], "2");
        let rest = contest.offer(json!({ "deadline": DEADLINE })).await;
        let mut made = numbers(&rest.created()["items"]);
        made.sort_unstable();
        assert_eq!(made, [5, 6]);
        for (entry, version) in [(1, "\"v1\""), (2, "\"v1\"")] {
            contest.organizer.put(&offer(entry, "/deadline"), version, json!({ "deadline": DEADLINE })).await
                .wrong(&[("/deadline", "offer_deadline_not_later")]);
            contest.organizer.post_on(&offer(entry, "/withdrawal"), Some(version), Some(json!({ "reason": " " }))).await
                .wrong(&[("/reason", "reason_required")]);
        }
        contest.organizer.put(&offer(1, "/answer"), "\"v1\"", json!({ "comes": true })).await.wrong(&[("/reason", "reason_required")]);
        contest.zhou.post(&offer(1, "/withdrawal"), json!({ "reason": "x" })).await.problem(428, "precondition_required");
        contest.end().await;
    }

    async fn the_owner_answers_until_the_deadline_and_reads_it_as_their_status(db) {
        let contest = Contest::offered(db).await;
        let (zhou, chinese) = (&contest.zhou, contest.zhou.speaking("zh"));
        let told = contest.status(zhou).await;
        assert_eq!((&told["code"], &told["round"]), (&json!("offered"), &json!("final")));
        assert_eq!(told["text"], "offered place 2 in final; answer before 2026-07-01 09:05 (Asia/Shanghai)");
        assert_eq!(contest.status(&chinese).await["text"], "获得决赛第 2 个名额，请在 2026-07-01 09:05 (Asia/Shanghai) 之前答复");
        contest.says(zhou, 1, 7, json!({ "comes": true })).await.problem(412, "stale");
        let answered = contest.says(zhou, 1, 1, json!({ "comes": true })).await;
        assert_eq!((&answered.ok()["state"], answered.tag()), (&json!("confirmed"), "\"v2\"".to_owned()));
        // The same again, since the answer got lost on its way.
        assert_eq!(contest.says(zhou, 1, 1, json!({ "comes": true })).await.ok()["version"], 2);
        contest.says(zhou, 1, 2, json!({ "comes": true, "reason": "Gladly." })).await.problem(409, "offer_same_answer");
        assert_eq!(contest.status(zhou).await["text"], "confirmed its place in final");
        let left = contest.says(zhou, 1, 2, json!({ "comes": false, "reason": "Ill." })).await;
        assert_eq!((&left.ok()["state"], &left.body["answer"]["reason"]), (&json!("declined"), &json!("Ill.")));
        contest.says(zhou, 1, 3, json!({ "comes": true })).await.problem(409, "offer_declined");
        assert_eq!(contest.status(zhou).await["text"], "gave up its place");
        let back = contest.says(&contest.organizer, 1, 3, json!({ "comes": true, "reason": "They called: all are well." })).await;
        assert_eq!((&back.ok()["state"], &back.body["answer"]["by"]), (&json!("confirmed"), &json!("organizer")));
        contest.hall.clock.set(at(DEADLINE));
        assert_eq!(contest.status(zhou).await["code"], "confirmed");
        contest.end().await;
    }

    async fn an_offer_expires_at_its_deadline_and_organizers_give_more_time(db) {
        let contest = Contest::offered(db).await;
        let zhou = &contest.zhou;
        contest.hall.clock.set(at(DEADLINE));
        assert_eq!(contest.status(zhou).await["text"], "did not answer the offer of a place in final in time");
        contest.says(zhou, 1, 1, json!({ "comes": true })).await.problem(409, "offer_expired");
        assert_eq!(contest.vacancies().await.len(), 1);
        let more = contest.organizer.put(&offer(1, "/deadline"), "\"v1\"", json!({ "deadline": LATER })).await;
        assert_eq!((&more.ok()["state"], &more.body["deadline"]), (&json!("offered"), &json!(LATER)));
        contest.says(zhou, 1, 2, json!({ "comes": true })).await.ok();
        contest.organizer.put(&offer(1, "/deadline"), "\"v3\"", json!({ "deadline": "2026-07-01T01:09:00Z" })).await.problem(409, "offer_answered");
        contest.organizer.post_on(&offer(1, "/withdrawal"), Some("\"v3\""), Some(json!({ "reason": "x" }))).await.problem(409, "offer_answered");
        contest.end().await;
    }

    async fn an_offer_is_taken_back_with_a_reason_and_the_place_can_be_offered_again(db) {
        let contest = Contest::offered(db).await;
        let back = contest.organizer.post_on(&offer(1, "/withdrawal"), Some("\"v1\""), Some(json!({ "reason": "The wrong day." }))).await;
        assert_eq!((&back.ok()["state"], &back.body["withdrawal_reason"]), (&json!("withdrawn"), &json!("The wrong day.")));
        contest.says(&contest.zhou, 1, 2, json!({ "comes": true })).await.problem(409, "offer_withdrawn");
        assert_eq!(contest.status(&contest.zhou).await["code"], "advanced", "the place is theirs");
        assert_eq!(contest.vacancies().await, []);
        let again = contest.offer(json!({ "deadline": LATER })).await;
        assert_eq!(numbers(&again.created()["items"]), [1]);
        contest.says(&contest.zhou, 1, 1, json!({ "comes": true })).await.ok();
        assert_eq!(states(&contest.organizer.get(OFFERS).await).iter().filter(|(n, _)| *n == 1).count(), 2);
        contest.end().await;
    }

    async fn a_reserve_comes_in_for_one_who_declined_once_an_organizer_says_so(db) {
        let contest = Contest::offered(db).await;
        contest.fill_final(&contest.judge).await;
        contest.refill(json!({ "decision": 1, "entries": [], "deadline": DEADLINE })).await.problem(409, "nothing_to_refill");
        contest.first_declines().await;
        assert_eq!(contest.vacancies().await, [(vec![1], vec![3])]);
        // Nothing moved: the reserve is one still, and the group can't be opened with one who declined.
        let current = contest.organizer.get(&format!("{SEMI}/advancement")).await;
        assert_eq!((&current.ok()["items"][0]["number"], numbers(&current.body["items"][0]["reserves"])), (&json!(1), vec![3, 4]));
        let refused = contest.opening().await;
        refused.problem(409, "entries_declined_place");
        assert_eq!(refused.body["params"]["entries"], "1");
        contest.publish(json!({ "note": "x" })).await.problem(409, "decision_stale");
        for (body, status, code) in [
            (json!({ "decision": 1, "entries": [4], "deadline": LATER }), 409, "refilling_moved"),
            (json!({ "decision": 1, "entries": [], "deadline": LATER }), 409, "refilling_moved"),
            (json!({ "decision": 7, "entries": [3], "deadline": LATER }), 409, "decided_meanwhile"),
        ] {
            contest.refill(body).await.problem(status, code);
        }
        contest.refill(json!({ "decision": 1, "entries": [3] })).await.wrong(&[("/deadline", "deadline_required")]);
        contest.refill(json!({ "decision": 1, "entries": [3], "deadline": "2026-07-01T00:59:00Z" })).await.wrong(&[("/deadline", "time_past")]);
        let body = json!({ "decision": 1, "entries": [3], "deadline": LATER }).to_string();
        let send = || contest.organizer.send(reqwest::Method::POST, REFILLING, Some(body.clone()), &[("Idempotency-Key", "once")]);
        let done = send().await;
        assert_eq!((&done.created()["decision"], &done.body["left"]), (&json!(2), &json!([1])));
        let came = &done.body["offers"][0];
        assert_eq!((&came["entry"], &came["state"], &came["reserve"], &came["place"]), (&json!(3), &json!("offered"), &json!(1), &json!(2)), "the place of entry 1");
        assert_eq!(send().await.created(), &done.body, "the same request again does nothing");
        assert_eq!(contest.vacancies().await, []);
        let text = contest.organizer.get("/competitions/cup/entries/3/status").await;
        assert_eq!(text.ok()["status"]["text"], "offered place 2 in final, as reserve 1; answer before 2026-07-01 09:08 (Asia/Shanghai)");
        // From here on the organizers can't bring entry 1 back by a call.
        contest.says(&contest.organizer, 1, 3, json!({ "comes": true, "reason": "They called." })).await.problem(409, "offer_settled");
        let taken = contest.take_in().await;
        assert_eq!((&taken["added"], &taken["removed"]), (&json!(1), &json!([1])));
        // What everybody reads changes with a publication that says what changed, and why nobody says.
        let guest = contest.hall.guest();
        let before = guest.get("/competitions/cup/finalists").await;
        assert!(numbers(&before.ok()["rounds"][0]["advances"]).contains(&1));
        contest.publish(json!({ "note": "Entry 1 gave its place up; entry 3 comes in." })).await.created();
        let north = guest.get(&format!("{SEMI}/results")).await.ok()["groups"][0].clone();
        assert_eq!((&north["number"], numbers(&north["changes"])), (&json!(2), vec![1, 3, 4]));
        let of = |entry: i64| north["entries"].as_array().unwrap().iter().find(|e| e["entry"] == entry).unwrap()["outcome"].clone();
        assert_eq!((of(1), of(3)), (json!("declined"), json!("advances")));
        assert!(!guest.get(&format!("{SEMI}/results")).await.text.contains("travel"));
        assert_eq!(contest.status(&contest.zhou).await["code"], "declined");
        contest.opening().await.problem(409, "entries_without_judges");
        contest.end().await;
    }

    async fn reserves_follow_each_other_until_one_comes(db) {
        let contest = Contest::offered(db).await;
        contest.first_declines().await;
        contest.refill(json!({ "decision": 1, "entries": [3], "deadline": DEADLINE })).await.created();
        for entry in [2, 5, 6] {
            let body = json!({ "comes": true, "reason": "By phone." });
            contest.says(&contest.organizer, entry, 1, body).await.ok();
        }
        contest.hall.clock.set(at(DEADLINE));
        assert_eq!(contest.vacancies().await, [(vec![3], vec![4])], "entry 1, the best, does not come back");
        let done = contest.refill(json!({ "decision": 2, "entries": [4], "deadline": LATER })).await;
        assert_eq!(numbers(&done.created()["offers"]), [4]);
        contest.says(&contest.organizer, 4, 1, json!({ "comes": true, "reason": "By mail." })).await.ok();
        let list = contest.observer.get(OFFERS).await;
        let expected = [(1, "declined"), (2, "confirmed"), (3, "expired"), (4, "confirmed"), (5, "confirmed"), (6, "confirmed")];
        let mut found = states(&list);
        found.sort();
        assert_eq!(found, expected.map(|(n, state)| (n, state.to_owned())));
        let current = contest.organizer.get(&format!("{SEMI}/advancement")).await;
        let mut declined = numbers(&current.ok()["items"][0]["declined"]);
        declined.sort_unstable();
        assert_eq!(declined, [1, 3], "who declined before is still told so");
        // Decided again for another reason they stay out; named with a reason, one comes back.
        let again = contest.advance(ties()).await;
        assert!(!numbers(&again.created()["advances"]).contains(&1));
        let mut named = ties();
        named["nominations"] = json!([{ "entry": 1, "reason": "They can come after all." }]);
        let back = contest.advance(named).await;
        assert!(numbers(&back.created()["advances"]).contains(&1), "{}", back.text);
        contest.publish(json!({ "note": "Entry 1 comes after all." })).await.created();
        assert_eq!(contest.status(&contest.zhou).await["code"], "advanced");
        contest.end().await;
    }

    async fn who_is_judged_in_the_final_has_come_and_leaves_by_withdrawal(db) {
        let contest = Contest::offered(db).await;
        contest.open_final(&contest.judge).await;
        let refused = contest.says(&contest.zhou, 1, 1, json!({ "comes": false })).await;
        refused.problem(409, "offer_entry_judged");
        assert_eq!((&refused.body["params"]["round"], &refused.body["params"]["group"]), (&json!("final"), &json!("all")));
        contest.hall.clock.set(at(DEADLINE));
        assert_eq!(contest.vacancies().await, [], "an answer is not missed any more");
        assert_eq!(contest.status(&contest.zhou).await["code"], "in_round");
        contest.says(&contest.organizer, 1, 1, json!({ "comes": true, "reason": "They are here." })).await.ok();
        contest.zhou.post("/competitions/cup/entries/1/withdrawal", json!({ "reason": "Sold." })).await.ok();
        assert_eq!(contest.vacancies().await, [(vec![1], vec![3])]);
        contest.refill(json!({ "decision": 1, "entries": [3], "deadline": LATER })).await.created();
        contest.says(&contest.organizer, 3, 1, json!({ "comes": true, "reason": "By phone." })).await.ok();
        assert_eq!(contest.take_in().await["added"], 1);
        contest.says(&contest.zhou, 1, 3, json!({ "comes": false })).await.problem(409, "entry_withdrawn");
        contest.end().await;
    }

    async fn answers_and_reasons_are_for_the_owner_organizers_and_observers(db) {
        let contest = Contest::offered(db).await;
        contest.first_declines().await;
        assert_eq!(contest.observer.get(&offer(1, "")).await.ok()["answer"]["reason"], "We can't travel.");
        contest.refill(json!({ "decision": 1, "entries": [3], "deadline": LATER })).await.created();
        contest.publish(json!({ "note": "Entry 3 comes in." })).await.created();
        let guest = contest.hall.guest();
        let standings = format!("{SEMI}/standings");
        let decided = format!("{SEMI}/advancement");
        for (who, path) in [(&contest.chair, &standings), (&contest.chair, &decided), (&contest.observer, &standings)] {
            let seen = who.get(path).await;
            seen.ok();
            assert!(!seen.text.contains("travel"), "{}", seen.text);
        }
        for path in [format!("{SEMI}/results"), "/competitions/cup/finalists".to_owned(), format!("{SEMI}/groups/north/publications/2")] {
            assert!(!guest.get(&path).await.text.contains("travel"));
        }
        let log = contest.observer.get("/competitions/cup/changes?limit=200").await;
        log.ok();
        assert!(log.text.contains("offer_answer") && !log.text.contains("travel"), "{}", log.text);
        for path in [OFFERS.to_owned(), REFILLING.to_owned()] {
            contest.zhou.get(&path).await.problem(403, "forbidden");
            contest.clerk.get(&path).await.problem(403, "forbidden");
            contest.chair.get(&path).await.problem(403, "forbidden");
        }
        contest.zhou.get(&offer(3, "")).await.problem(404, "not_found");
        contest.end().await;
    }

    async fn where_a_round_releases_nothing_the_owner_learns_no_place(db) {
        let contest = Contest::with(db, four_places(), json!({ "release": "nothing" })).await;
        contest.score_and_close().await;
        contest.advance(ties()).await.created();
        contest.publish(json!({})).await.created();
        contest.offer(json!({ "deadline": DEADLINE })).await.created();
        assert_eq!(contest.status(&contest.zhou).await["text"], "offered a place in final; answer before 2026-07-01 09:05 (Asia/Shanghai)");
        assert_eq!(contest.zhou.get(&offer(1, "")).await.ok().get("place"), None);
        assert_eq!(contest.organizer.get(&offer(1, "")).await.ok()["place"], 2);
        contest.end().await;
    }

    async fn a_correction_that_is_not_published_lets_nobody_be_told(db) {
        let contest = Contest::published(db).await;
        let excluded = json!({ "ties": ties()["ties"], "exclusions": [{ "entry": 2, "reason": "Found ineligible." }] });
        contest.advance(excluded).await.created();
        contest.offer(json!({ "entries": [3], "deadline": DEADLINE })).await.problem(409, "result_not_published");
        contest.offer(json!({ "entries": [1, 5, 6], "deadline": DEADLINE })).await.created();
        contest.first_declines().await;
        let refused = contest.refill(json!({ "decision": 2, "entries": [4], "deadline": LATER })).await;
        refused.problem(409, "result_not_published");
        assert_eq!(refused.body["params"]["entries"], "3");
        contest.end().await;
    }
}

/// A confirmation and a withdrawal at the same time, on two connections: whoever comes second sees the other's version.
#[actix_web::test]
async fn an_answer_and_a_withdrawal_never_both_hold() {
    let Some(db) = crate::support::postgres() else {
        return;
    };
    let contest = std::sync::Arc::new(Contest::offered(db).await);
    let hold = Hold::new();
    let answer = {
        let (actor, hold) = (contest.hall.actor(&contest.zhou), hold.clone());
        let work = move |tx: &mut Tx<'_>| {
            let at = OfferAt {
                slug: "cup".parse().unwrap(),
                round: "semi-final".parse().unwrap(),
                entry: 1,
            };
            let said = offers::answer(tx, &actor, &at, 1, (true, None))?;
            hold.stop();
            Ok(said.state)
        };
        let app = contest.hall.app.clone();
        actix_web::rt::spawn(async move { app.write(work).await })
    };
    hold.until_reached().await;
    let withdrawing = {
        let contest = std::sync::Arc::clone(&contest);
        actix_web::rt::spawn(async move {
            let why = json!({ "reason": "The wrong team." });
            contest
                .organizer
                .post_on(&offer(1, "/withdrawal"), Some("\"v1\""), Some(why))
                .await
        })
    };
    let refilling = {
        let contest = std::sync::Arc::clone(&contest);
        actix_web::rt::spawn(async move { contest.advance(ties()).await })
    };
    actix_web::rt::time::sleep(A_WHILE).await;
    assert!(
        !withdrawing.is_finished(),
        "an offer was taken back while it was answered"
    );
    assert!(
        !refilling.is_finished(),
        "it was decided again while an offer was answered"
    );
    hold.release().await;
    assert_eq!(answer.await.unwrap().unwrap().as_str(), "confirmed");
    let refused = withdrawing.await.unwrap();
    refused.problem(412, "stale");
    assert_eq!(refused.body["current"]["state"], "confirmed");
    assert_eq!(
        refilling.await.unwrap().created()["changed"],
        json!({ "entered": [], "left": [] })
    );
}
