//! What happens in a contest of the world before the table is tried: its entries and its rounds.

use serde_json::json;

use super::world::{People, Who, done, marks};
use crate::hall::Persona;

/// Entries 1 (Shanghai, the owner's), 2 (Chengdu), 3 (Shanghai, the interested organizer's) take part; 4 is a draft and 5
/// submitted, both the owner's.
pub async fn entries(people: &People, home: &str) {
    let p = |who| people.get(who);
    let organizer = p(Who::Organizer);
    let entry = |region: &str, email: &str| json!({ "title": { "en": "Wind at sea" }, "region": region, "team": [{ "name": "Li", "email": email }] });
    let mate = p(Who::Mate).email.clone();
    for (number, who, region, email) in [
        (1, Who::Owner, "shanghai", mate.as_str()),
        (2, Who::Contestant, "chengdu", "nobody@example.org"),
        (3, Who::Interested, "shanghai", "nobody@example.org"),
        (4, Who::Owner, "shanghai", "nobody@example.org"),
        (5, Who::Owner, "shanghai", "nobody@example.org"),
    ] {
        let made = done(
            p(who)
                .post(&format!("{home}/entries"), entry(region, email))
                .await,
        );
        assert_eq!(made["number"], number);
        if number != 4 {
            done(
                p(who)
                    .post(&format!("{home}/entries/{number}/submission"), json!({}))
                    .await,
            );
        }
        if number <= 3 {
            let accepted = json!({ "decision": "accepted" });
            done(
                organizer
                    .post(&format!("{home}/entries/{number}/screening"), accepted)
                    .await,
            );
        }
    }
}

/// The three rounds.
pub async fn rounds(people: &People, home: &str) {
    let p = |who| people.get(who);
    let organizer = p(Who::Organizer);
    for round in ["first", "semi", "final"] {
        let path = format!("{home}/rounds");
        done(
            organizer
                .post(&path, json!({ "code": round, "title": { "en": round } }))
                .await,
        );
        let rules = json!({ "schema": 1, "rubric": { "criteria": [
                { "code": "idea", "max": "60", "step": "0.5" }, { "code": "team", "max": "40", "step": "0.5" },
                { "code": "votes", "kind": "recorded", "max": "10", "step": "1" } ] },
            "ranking": { "group_by": ["region"], "ties": [ { "by": "chair" } ] },
            "advance": { "per_group": 1, "tie_at_cut": "all_advance" } });
        done(organizer.put_new(&format!("{path}/{round}/rules"), rules).await);
        if round == "final" {
            continue;
        }
        done(
            organizer
                .post(&format!("{path}/{round}/intake"), json!({ "from": "accepted" }))
                .await,
        );
        for (panel, group, judges) in [
            ("a", "shanghai", [Who::Chair, Who::Judge, Who::Recused].as_slice()),
            ("b", "chengdu", &[Who::OtherJudge]),
        ] {
            let judges: Vec<_> = judges
                .iter()
                .map(|who| json!({ "judge": p(*who).id, "chair": *who == Who::Chair }))
                .collect();
            let body = json!({ "group": group, "judges": judges });
            done(
                organizer
                    .put_new(&format!("{path}/{round}/panels/{panel}"), body)
                    .await,
            );
            if (round, group) != ("semi", "chengdu") {
                done(
                    organizer
                        .post(&format!("{path}/{round}/groups/{group}/opening"), json!({}))
                        .await,
                );
            }
        }
        let recusal = format!("{path}/{round}/entries/1/recusal");
        done(
            p(Who::Recused)
                .post(&recusal, json!({ "reason": "We studied together." }))
                .await,
        );
    }
    for (round, entry) in [("first", 1), ("first", 2), ("first", 3), ("semi", 1)] {
        let path = format!("{home}/rounds/{round}/entries/{entry}/recorded");
        done(
            organizer
                .put_new(&path, json!({ "values": { "votes": "7" } }))
                .await,
        );
    }
    submit(home, p(Who::Chair), "first", 1).await;
    submit(home, p(Who::Chair), "first", 3).await;
    submit(home, p(Who::OtherJudge), "first", 2).await;
    submit(home, p(Who::Chair), "semi", 1).await;
    let paper = format!("{home}/rounds/semi/entries/3/ballots/{}", p(Who::Judge).id);
    done(p(Who::Clerk).put_new(&paper, marks()).await);
    for group in ["shanghai", "chengdu"] {
        let path = format!("{home}/rounds/first/groups/{group}");
        done(
            organizer
                .post(
                    &format!("{path}/closure"),
                    json!({ "revision": revision(home, organizer, group).await }),
                )
                .await,
        );
    }
    // After closure: kept as late.
    submit(home, p(Who::Judge), "first", 1).await;
    let path = format!("{home}/rounds/first/groups/chengdu");
    let seen = json!({ "revision": revision(home, organizer, "chengdu").await });
    done(organizer.post(&format!("{path}/advancement"), seen.clone()).await);
    done(organizer.post(&format!("{path}/publication"), seen).await);
    let offer = json!({ "deadline": "2026-07-02T01:00:00Z" });
    done(
        organizer
            .post(&format!("{home}/rounds/first/offers"), offer)
            .await,
    );
}

async fn submit(home: &str, judge: &Persona, round: &str, entry: i64) {
    let path = format!("{home}/rounds/{round}/entries/{entry}/ballot/submission");
    let headers = [("If-None-Match", "*")];
    done(
        judge
            .send(reqwest::Method::POST, &path, Some(marks().to_string()), &headers)
            .await,
    );
}

async fn revision(home: &str, organizer: &Persona, group: &str) -> i64 {
    let groups = done(organizer.get(&format!("{home}/rounds/first/groups")).await);
    let groups = groups["items"].as_array().unwrap();
    groups.iter().find(|g| g["code"] == group).unwrap()["revision"]
        .as_i64()
        .unwrap()
}
