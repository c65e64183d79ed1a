//! Who learns what, and who no longer: judges who left, contestants before the publication, judges with other roles.

use serde_json::{Value, json};

use crate::competitions::published_cup;
use crate::contest::{Contest, FINAL, SEMI, four_places, numbers, six_before_three};
use crate::hall::{Got, Hall, Persona, at};

const CUP: &str = "/competitions/cup";
const MEMBERS: &str = "/competitions/cup/members";
const STATUS: &str = "/competitions/cup/entries/1/status";

fn marks() -> Value {
    json!({ "marks": { "idea": "40", "team": "30" } })
}

impl Contest {
    async fn member(&self, persona: &Persona, role: &str, region: Value) {
        let member = json!({ "email": persona.email, "role": role, "region": region });
        self.organizer.post(MEMBERS, member).await.created();
    }

    /// Ends somebody's membership in a role.
    async fn remove(&self, persona: &Persona, role: &str) {
        let members = self.organizer.get(MEMBERS).await;
        let items = members.ok()["items"].as_array().unwrap();
        let theirs = |m: &&Value| m["user"]["email"] == json!(persona.email) && m["role"] == role;
        let id = items.iter().find(theirs).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        self.organizer
            .delete(&format!("{MEMBERS}/{id}"))
            .await
            .expect(204);
    }

    /// Who sits on a panel of the semi-final from now on; the first one chairs it.
    async fn seat(&self, region: &str, judges: &[&Persona]) -> Got {
        let panels = self.organizer.get(&format!("{SEMI}/panels")).await;
        let panel = panels.ok()["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["code"] == region)
            .unwrap();
        let tag = format!("\"v{}\"", panel["version"]);
        let seats: Vec<_> = judges
            .iter()
            .enumerate()
            .map(|(i, j)| json!({ "judge": j.id, "chair": i == 0 }))
            .collect();
        let body = json!({ "group": region, "judges": seats });
        self.organizer
            .put(&format!("{SEMI}/panels/{region}"), &tag, body)
            .await
    }

    async fn progress(&self, group: usize) -> Value {
        self.organizer.get(&format!("{SEMI}/progress")).await.ok()["groups"][group].clone()
    }
}

fn codes(rounds: &Got) -> Vec<String> {
    let groups = rounds.ok()["items"][1]["groups"].as_array().unwrap().clone();
    groups
        .iter()
        .map(|g| g["code"].as_str().unwrap().to_owned())
        .collect()
}

both_databases! {
    async fn who_is_a_judge_no_longer_judges_no_longer(db) {
        let contest = Contest::begin(db).await;
        let judge = &contest.judge;
        contest.score(judge, (1, "50", "30")).await.ok();
        judge.put_new(&format!("{SEMI}/entries/2/ballot"), marks()).await.created();
        contest.remove(judge, "judge").await;
        let ballot = |n: i64| format!("{SEMI}/entries/{n}/ballot");
        judge.get(&ballot(1)).await.problem(404, "not_found");
        judge.put(&ballot(1), "\"v1\"", marks()).await.problem(404, "not_found");
        judge.put(&ballot(2), "\"v1\"", marks()).await.problem(404, "not_found");
        judge.post_on(&format!("{}/submission", ballot(1)), Some("\"v1\""), Some(marks())).await.problem(404, "not_found");
        judge.post_on(&format!("{}/submission", ballot(2)), Some("\"v1\""), None).await.problem(404, "not_found");
        contest.score(judge, (3, "40", "30")).await.problem(404, "not_found");
        judge.post(&format!("{SEMI}/entries/3/recusal"), json!({ "reason": "A friend." })).await.problem(404, "not_found");
        judge.get(&format!("{CUP}/entries/1")).await.problem(404, "not_found");
        assert_eq!(judge.get("/me/assignments").await.ok()["items"], json!([]));
        let stays = contest.organizer.get(&format!("{SEMI}/entries/1/ballots")).await;
        let theirs = stays.ok()["items"].as_array().unwrap().iter().find(|b| b["name"] == "judge").unwrap().clone();
        assert_eq!((&theirs["status"], &theirs["versions"][0]["total"]), (&json!("submitted"), &json!("80.00")));
        contest.member(judge, "judge", json!("south")).await;
        contest.score(judge, (3, "40", "30")).await.problem(404, "not_found");
        contest.score(judge, (5, "40", "30")).await.ok();
        let south = judge.get("/me/assignments").await;
        assert_eq!(numbers(&south.ok()["items"]), [5, 6, 7, 8]);
        contest.remove(judge, "judge").await;
        contest.member(judge, "judge", Value::Null).await;
        contest.score(judge, (3, "40", "30")).await.ok();
        contest.end().await;
    }

    async fn what_a_removed_judge_leaves_is_vacant_until_somebody_is_excused_or_put_in_their_place(db) {
        let contest = Contest::begin(db).await;
        contest.score(&contest.judge, (1, "50", "30")).await.ok();
        contest.remove(&contest.judge, "judge").await;
        let north = contest.progress(0).await;
        assert_eq!((&north["assigned"], &north["submitted"], &north["vacant"], &north["missing_total"]),
            (&json!(8), &json!(1), &json!(3), &json!(7)));
        assert_eq!(north["missing"][0], json!({ "entry": 1, "judge": "J1" }));
        assert_eq!(north["missing"][2], json!({ "entry": 2, "judge": "J2", "vacant": true }));
        let listed = contest.organizer.get(&format!("{SEMI}/assignments?judge={}&group=north", contest.judge.id)).await;
        let vacant: Vec<_> = listed.ok()["items"].as_array().unwrap().iter().map(|a| a["vacant"] == true).collect();
        assert_eq!(vacant, [false, true, true, true], "a ballot that counts is nobody's to hand in");
        // Somebody else in the north, nobody in the south.
        let other = contest.hall.person("other").await;
        contest.member(&other, "judge", Value::Null).await;
        contest.seat("north", &[&contest.chair, &other]).await.ok();
        contest.score(&other, (2, "45", "35")).await.ok();
        let excuse = json!({ "judge": contest.judge.id, "reason": "Left the jury." });
        for (group, left) in [("north", 3), ("south", 4)] {
            let excused = contest.group(group, "absences", excuse.clone()).await;
            assert_eq!(excused.status, 200, "{}", excused.text);
            let at = usize::from(group == "south");
            let after = contest.progress(at).await;
            assert_eq!((&after["vacant"], after["absent"].as_i64()), (&json!(0), Some(left)), "{after}");
        }
        for marks in crate::contest::MARKS {
            contest.score(&contest.chair, marks).await.ok();
        }
        let closed = contest.close_group("south").await;
        assert_eq!(closed.ok()["missing"], json!([]));
        contest.remove(&other, "judge").await;
        let missing = contest.close_group("north").await.ok()["missing"].clone();
        let gone = |n: i64| json!({ "entry": n, "judge": "J3", "vacant": true });
        assert_eq!(missing, json!([gone(1), gone(3), gone(4)]));
        contest.end().await;
    }

    async fn a_chair_who_left_reads_and_decides_nothing(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        let standings = format!("{SEMI}/standings");
        contest.chair.get(&standings).await.ok();
        contest.remove(&contest.chair, "judge").await;
        contest.chair.get(&standings).await.problem(403, "forbidden");
        contest.chair.get(&format!("{SEMI}/entries/1/ballots")).await.problem(403, "forbidden");
        let tie = json!({ "kind": "chair", "order": [1, 2], "reason": "The idea." });
        contest.chair.post(&format!("{SEMI}/groups/north/tie-decisions"), tie).await.problem(403, "forbidden");
        contest.end().await;
    }

    async fn nobody_learns_who_went_on_from_the_next_round_before_the_publication(db) {
        let contest = Contest::begin(db).await;
        let guest = contest.hall.guest();
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.open_final(&contest.judge).await;
        let waits = json!({ "code": "in_round", "round": "semi-final", "text": "in semi-final" });
        let rounds = format!("{CUP}/rounds");
        for moment in ["before", "planned"] {
            assert_eq!(contest.zhou.get(STATUS).await.ok()["status"], waits, "{moment}");
            assert_eq!(contest.zhou.get("/me/entries").await.ok()["items"][0]["status"], waits, "{moment}");
            for who in [&guest, &contest.zhou] {
                assert_eq!(codes(&who.get(&rounds).await), Vec::<String>::new());
                let round = who.get(FINAL).await;
                assert_eq!((&round.ok()["phase"], &round.body["groups"]), (&json!("draft"), &json!([])));
                who.get(&format!("{FINAL}/groups/all/publications")).await.problem(404, "not_found");
                assert_eq!(who.get(&format!("{FINAL}/results")).await.ok()["groups"], json!([]));
            }
            // Entry 1 is in the final, entry 8 is not: whoever asks gets the same.
            for (path, contestant) in [("ballot", 404), ("ballots", 403), ("recorded", 403)] {
                for entry in [1, 8] {
                    let path = format!("{FINAL}/entries/{entry}/{path}");
                    assert_eq!(contest.zhou.get(&path).await.status, contestant, "{path}");
                    assert_eq!(guest.get(&path).await.status, 401, "{path}");
                }
            }
            for entry in [1, 8] {
                let recusal = format!("{FINAL}/entries/{entry}/recusal");
                contest.zhou.post(&recusal, json!({ "reason": "x" })).await.problem(404, "not_found");
            }
            for group in ["all", "none"] {
                let ties = format!("{FINAL}/groups/{group}/tie-decisions");
                contest.zhou.get(&ties).await.problem(403, "forbidden");
                guest.get(&ties).await.problem(401, "sign_in_required");
            }
            for who in [&contest.organizer, &contest.observer, &contest.clerk, &contest.judge] {
                assert_eq!(codes(&who.get(&rounds).await), ["all"], "who works there knows of it");
            }
            if moment == "before" {
                contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
            }
        }
        contest.hall.clock.set(at("2026-07-01T01:05:00Z"));
        let there = json!({ "code": "in_round", "round": "final", "text": "in final" });
        assert_eq!(contest.zhou.get(STATUS).await.ok()["status"], there);
        assert_eq!(codes(&guest.get(&rounds).await), ["all"]);
        guest.get(&format!("{FINAL}/groups/all/publications")).await.ok();
        contest.end().await;
    }

    async fn a_round_of_all_accepted_entries_tells_nothing_and_is_shown(db) {
        let contest = Contest::begin(db).await;
        contest.organizer.put_new(&format!("{FINAL}/rules"), json!({ "schema": 1, "rubric": four_places()["rubric"] })).await
            .created();
        contest.organizer.post(&format!("{FINAL}/intake"), json!({ "from": "accepted" })).await.ok();
        let panel = json!({ "group": "all", "judges": [{ "judge": contest.judge.id }] });
        contest.organizer.put_new(&format!("{FINAL}/panels/a"), panel).await.created();
        contest.organizer.post(&format!("{FINAL}/groups/all/opening"), json!({})).await.ok();
        assert_eq!(contest.zhou.get(STATUS).await.ok()["status"]["round"], "final");
        assert_eq!(codes(&contest.hall.guest().get(&format!("{CUP}/rounds")).await), ["all"]);
        contest.end().await;
    }

    async fn who_judges_sees_no_marks_of_others_through_another_role_before_the_group_is_closed(db) {
        let mut rules = four_places();
        let votes = json!({ "code": "votes", "kind": "recorded", "max": "100", "step": "1" });
        rules["rubric"]["criteria"].as_array_mut().unwrap().push(votes);
        let contest = Contest::with(db, rules, json!({})).await;
        let second = contest.hall.person("second").await;
        contest.member(&second, "organizer", Value::Null).await;
        let (organizer, observer, clerk) = (&contest.organizer, &contest.observer, &contest.clerk);
        for who in [organizer, observer, clerk] {
            contest.member(who, "judge", Value::Null).await;
        }
        let recorded = |n: i64| format!("{SEMI}/entries/{n}/recorded");
        for entry in 1..=8 {
            second.put_new(&recorded(entry), json!({ "values": { "votes": 7 } })).await.created();
        }
        let penalty = json!({ "entry": 1, "points": "-2", "reason": "Late on stage." });
        second.post(&format!("{SEMI}/adjustments"), penalty).await.created();
        contest.seat("north", &[&contest.chair, &contest.judge, organizer, observer, clerk]).await.ok();
        contest.score_all().await;
        let groups = |got: &Got| {
            let items = got.ok()["groups"].as_array().unwrap().clone();
            items.iter().map(|g| g["group"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let standings = format!("{SEMI}/standings");
        for who in [organizer, observer] {
            assert_eq!(groups(&who.get(&standings).await), ["south"]);
            who.get(&format!("{standings}?group=north")).await.problem(404, "not_found");
            who.get(&format!("{SEMI}/entries/1/ballots")).await.problem(403, "forbidden");
            who.get(&format!("{SEMI}/entries/5/ballots")).await.ok();
            assert_eq!(who.get(&format!("{SEMI}/adjustments")).await.ok()["items"], json!([]));
            who.get(&format!("{SEMI}/groups/north/tie-decisions")).await.problem(403, "forbidden");
            let log = who.get(&format!("{CUP}/changes?limit=200")).await;
            let penalty = log.ok()["items"].as_array().unwrap().iter().find(|e| e["action"] == "adjustment").unwrap();
            assert_eq!(penalty["details"], json!({}));
        }
        for who in [organizer, observer, clerk] {
            who.get(&recorded(1)).await.problem(403, "forbidden");
            who.get(&recorded(5)).await.ok();
            let entries = who.get(&format!("{SEMI}/entries")).await;
            let values = |n: usize| entries.ok()["items"][n]["recorded"].clone();
            assert_eq!((values(0), values(4)), (json!({}), json!({ "votes": "7" })));
        }
        clerk.put(&recorded(1), "\"v1\"", json!({ "values": { "votes": 9 } })).await.problem(403, "forbidden");
        // Giving the role up opens nothing, for it could be taken again.
        contest.remove(observer, "judge").await;
        assert_eq!(groups(&observer.get(&standings).await), ["south"]);
        assert_eq!(groups(&second.get(&standings).await), ["north", "south"]);
        contest.close_group("north").await.ok();
        for who in [organizer, observer] {
            assert_eq!(groups(&who.get(&standings).await), ["north", "south"]);
            who.get(&format!("{SEMI}/entries/1/ballots")).await.ok();
            who.get(&recorded(1)).await.ok();
        }
        contest.end().await;
    }

    async fn who_judges_blindly_learns_through_no_other_role_whose_the_entries_are(db) {
        let contest = Contest::begin(db).await;
        contest.sql("UPDATE competitions SET blind = TRUE").await;
        contest.sql("UPDATE entries SET institution = 'Harbour School', country = 'CN'").await;
        let observer = &contest.observer;
        contest.member(observer, "judge", Value::Null).await;
        let seen = observer.get(&format!("{CUP}/entries/1")).await;
        assert_eq!(seen.ok()["owner"]["name"], "zhou");
        contest.seat("north", &[&contest.chair, &contest.judge, observer]).await.ok();
        let hidden = |entry: &Value| entry["team"].is_null() && entry["owner"].is_null()
            && entry["institution"].is_null() && entry["country"].is_null();
        assert!(hidden(observer.get(&format!("{CUP}/entries/1")).await.ok()));
        let list = observer.get(&format!("{CUP}/entries")).await;
        let hidden: Vec<_> = list.ok()["items"].as_array().unwrap().iter().map(hidden).collect();
        assert_eq!(hidden, [true, true, true, true, false, false, false, false]);
        let log = observer.get(&format!("{CUP}/changes?limit=200")).await;
        assert!(!log.ok().to_string().contains("\"zhou\""), "{}", log.text);
        contest.score_and_close().await;
        assert_eq!(observer.get(&format!("{CUP}/entries/1")).await.ok()["owner"]["name"], "zhou");
        contest.end().await;
    }

    async fn judges_of_a_blind_competition_get_neither_country_nor_answers_that_identify(db) {
        let hall = Hall::open(db).await;
        let field = |code: &str, identifies: bool| json!({ "code": code, "title": { "en": code }, "kind": "text", "identifies": identifies });
        let fields = json!([field("school", true), field("stage", false)]);
        let organizer = published_cup(&hall, json!({ "blind": true, "fields": fields })).await;
        let settings = organizer.get(CUP).await;
        let told: Vec<_> = settings.ok()["fields"].as_array().unwrap().iter().map(|f| f["identifies"] == true).collect();
        assert_eq!(told, [true, false]);
        let judge = hall.person("judge").await;
        organizer.post(MEMBERS, json!({ "email": judge.email, "role": "judge" })).await.created();
        let item = json!({ "status": "accepted", "title": { "en": "Wind" }, "track": "energy", "region": "north", "country": "CN",
            "institution": "Harbour School", "team": [{ "name": "Li" }], "answers": { "school": "Harbour", "stage": "early" } });
        organizer.post(&format!("{CUP}/entries/batch"), json!({ "items": [item] })).await.created();
        organizer.post(&format!("{CUP}/rounds"), json!({ "code": "final", "title": { "en": "Final" } })).await.created();
        let rules = json!({ "schema": 1, "rubric": four_places()["rubric"] });
        organizer.put_new(&format!("{FINAL}/rules"), rules).await.created();
        organizer.post(&format!("{FINAL}/intake"), json!({})).await.ok();
        let panel = json!({ "group": "all", "judges": [{ "judge": judge.id }] });
        organizer.put_new(&format!("{FINAL}/panels/a"), panel).await.created();
        let seen = judge.get(&format!("{CUP}/entries/1")).await;
        assert_eq!(seen.ok()["answers"], json!({ "stage": "early" }));
        assert_eq!((&seen.body["country"], &seen.body["institution"]), (&Value::Null, &Value::Null));
        let whole = organizer.get(&format!("{CUP}/entries/1")).await;
        assert_eq!(whole.ok()["answers"], json!({ "school": "Harbour", "stage": "early" }));
        hall.close().await;
    }

    async fn an_observer_with_an_entry_reads_nothing_that_is_not_published_unless_an_admin_says_so(db) {
        let contest = Contest::begin(db).await;
        contest.member(&contest.zhou, "observer", Value::Null).await;
        contest.score_all().await;
        let paths = [format!("{SEMI}/standings"), format!("{SEMI}/entries/5/ballots"), format!("{CUP}/changes"), format!("{SEMI}/progress")];
        for path in &paths {
            contest.observer.get(path).await.ok();
            contest.zhou.get(path).await.problem(403, "forbidden");
        }
        contest.zhou.get(&format!("{CUP}/entries/5")).await.problem(404, "not_found");
        assert_eq!(contest.zhou.get(STATUS).await.ok()["status"]["code"], "in_round", "their own entry stays theirs");
        let members = contest.organizer.get(MEMBERS).await;
        let items = members.ok()["items"].as_array().unwrap();
        let id = items.iter().find(|m| m["user"]["email"] == json!(contest.zhou.email)).unwrap()["id"].as_str().unwrap();
        let admin = crate::competitions::its_admin(&contest.hall).await;
        admin.put_new(&format!("{MEMBERS}/{id}/exception"), json!({ "reason": "Only watches the south." })).await.ok();
        for path in &paths {
            contest.zhou.get(path).await.ok();
        }
        contest.end().await;
    }

    async fn everybody_reads_of_a_result_what_the_round_releases(db) {
        let contest = Contest::with(db, four_places(), json!({ "release": "place" })).await;
        contest.score_and_close().await;
        let excluded = json!([{ "entry": 4, "reason": "Withdrew from the fair." }]);
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({})).await.created();
        let guest = contest.hall.guest();
        let results = guest.get(&format!("{SEMI}/results")).await;
        let best = &results.ok()["groups"][0]["entries"][0];
        assert_eq!((&best["entry"], &best["rank"], &best["total"]), (&json!(1), &json!(1), &Value::Null));
        assert!(!results.text.contains("80.00"), "{}", results.text);
        assert!(!guest.get(&format!("{CUP}/finalists")).await.text.contains("80.00"));
        assert!(!guest.get(&format!("{SEMI}/groups/north/publications/1")).await.text.contains("80.00"));
        let own = contest.zhou.get(STATUS).await;
        assert_eq!((&own.ok()["results"][0]["rank"], own.body["results"][0].get("total")), (&json!(1), None));
        let whole = contest.observer.get(&format!("{SEMI}/standings")).await;
        assert_eq!(whole.ok()["groups"][0]["standings"][0]["total"], "80.00", "who supervises reads everything");
        // Less is released: the correction says no more than that, of what was before neither.
        let round = contest.organizer.get(SEMI).await;
        let less = json!({ "code": "semi-final", "title": round.ok()["title"], "release": "nothing" });
        contest.organizer.put(SEMI, &round.tag(), less).await.ok();
        contest.advance(json!({ "ties": six_before_three(), "exclusions": excluded })).await.created();
        contest.publish(json!({ "note": "Entry 4 withdrew." })).await.created();
        let north = guest.get(&format!("{SEMI}/results")).await.ok()["groups"][0].clone();
        assert_eq!(numbers(&north["entries"]), [1, 2, 3, 4], "by number, for the order would tell places");
        assert_eq!(numbers(&north["changes"]), [4]);
        for entry in north["entries"].as_array().unwrap().iter().chain([&north["changes"][0]["before"], &north["changes"][0]["after"]]) {
            assert_eq!((&entry["rank"], &entry["total"], &entry["reserve"]), (&Value::Null, &Value::Null, &Value::Null));
        }
        contest.end().await;
    }

    async fn a_blind_competition_names_no_institution_while_a_round_is_to_be_judged(db) {
        let contest = Contest::begin(db).await;
        contest.sql("UPDATE competitions SET blind = TRUE").await;
        contest.sql("UPDATE entries SET institution = 'Harbour School', country = 'CN'").await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({})).await.created();
        let guest = contest.hall.guest();
        let semi = guest.get(&format!("{SEMI}/results")).await;
        assert!(!semi.ok().to_string().contains("Harbour"), "{}", semi.text);
        contest.open_final(&contest.judge).await;
        for entry in [1, 2, 5, 6] {
            let path = format!("{FINAL}/entries/{entry}/ballot/submission");
            contest.judge.post_on(&path, None, Some(json!({ "marks": { "idea": 30 + entry, "team": 30 } }))).await.ok();
        }
        let seen = |groups: Got| json!({ "revision": groups.ok()["items"][0]["revision"] });
        let revision = seen(contest.organizer.get(&format!("{FINAL}/groups")).await);
        for what in ["closure", "advancement", "publication"] {
            let done = contest.organizer.post(&format!("{FINAL}/groups/all/{what}"), revision.clone()).await;
            assert!(done.status < 300, "{}", done.text);
        }
        let last = guest.get(&format!("{FINAL}/results")).await;
        assert_eq!(last.ok()["groups"][0]["entries"][0]["institution"], "Harbour School");
        contest.publish(json!({ "note": "With the institutions." })).await.created();
        let semi = guest.get(&format!("{SEMI}/results")).await;
        assert_eq!(semi.ok()["groups"][0]["entries"][0]["institution"], "Harbour School");
        contest.end().await;
    }
}
