//! What has to be there before somebody can do what they may.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use palmares::app::post::Post;
use palmares::domain::ids::{PublicId, UserId};
use palmares::domain::time::Stamp;
use palmares::store::schema::{competitions, outbox, phone_codes, users};
use serde_json::{Value, json};

use super::world::{CUP, People, Who, done};
use crate::hall::{Hall, PASSWORD, Persona};
use crate::second_factor::{code, enrol};

const FIRST: &str = "/competitions/cup/rounds/first";

/// The cup is published no more.
pub async fn unpublished(hall: &Hall) -> Value {
    let hidden = |tx: &mut palmares::app::Tx<'_>| {
        let cup = competitions::table.filter(competitions::slug.eq("cup"));
        let never: Option<Stamp> = None;
        Ok(diesel::update(cup)
            .set(competitions::published_at.eq(never))
            .execute(tx.conn)?)
    };
    assert_eq!(hall.app.write(hidden).await.unwrap(), 1);
    json!({})
}

/// Every message was given up.
pub async fn given_up(hall: &Hall) -> Value {
    let dead = |tx: &mut palmares::app::Tx<'_>| {
        let all = diesel::update(outbox::table);
        Ok(all.set(outbox::state.eq("dead")).execute(tx.conn)?)
    };
    assert!(hall.app.write(dead).await.unwrap() > 0);
    json!({})
}

/// They began to set up a second factor, and have its code.
pub async fn second_factor_begun(hall: &Hall, who: &Persona) -> Value {
    let begun = done(hall.welcome(who).post("/me/second-factor", json!({})).await);
    json!({ "code": code(hall, begun["secret"].as_str().unwrap(), 0) })
}

/// They have a second factor, and its code.
pub async fn second_factor(hall: &Hall, who: &Persona) -> Value {
    let (secret, _) = enrol(hall, &hall.welcome(who)).await;
    json!({ "password": PASSWORD, "code": code(hall, &secret, 0) })
}

/// They asked for a code to a phone, and read it.
pub async fn phone_asked_for(hall: &Hall, who: &Persona) -> Value {
    let wanted = json!({ "phone": "+8613900139000" }).to_string();
    let asked = hall
        .welcome(who)
        .send(reqwest::Method::PUT, "/me/phone", Some(wanted), &[])
        .await;
    done(asked);
    let who = who.id.clone();
    let id = hall
        .app
        .read(move |tx| {
            let user: UserId = users::table
                .filter(users::public_id.eq(PublicId(who.clone())))
                .select(users::id)
                .first(tx.conn)?;
            let theirs = phone_codes::table.filter(phone_codes::user_id.eq(user));
            Ok(theirs.select(phone_codes::public_id).first::<PublicId>(tx.conn)?)
        })
        .await
        .unwrap();
    json!({ "code": Post::new(&[7; 32], true).phone_code(&id) })
}

/// The clerk typed a sheet, which another one confirms; for the clerk, the organizer typed it anew.
pub async fn typed(hall: &Hall, people: &People, who: Who) -> Value {
    if who != Who::Clerk {
        return json!({ "version": 1 });
    }
    let sheet = format!(
        "{CUP}/rounds/semi/entries/3/ballots/{}",
        people.get(Who::Judge).id
    );
    done(
        hall.welcome(people.get(Who::Organizer))
            .put(
                &sheet,
                "\"v1\"",
                json!({ "marks": { "idea": "41", "team": "31" } }),
            )
            .await,
    );
    json!({ "version": 2 })
}

/// Shanghai is ready to be decided.
pub async fn closed(hall: &Hall, people: &People) -> Value {
    let (organizer, judge) = (hall.welcome(people.get(Who::Organizer)), people.get(Who::Judge));
    let late = format!("{FIRST}/entries/1/ballots/{}/acceptance", judge.id);
    let decision = json!({ "version": 1, "decision": "left", "reason": "The network was down." });
    done(organizer.post(&late, decision).await);
    let tie = json!({ "kind": "chair", "order": [1, 3], "reason": "The idea weighs more." });
    done(
        organizer
            .post(&format!("{FIRST}/groups/shanghai/tie-decisions"), tie)
            .await,
    );
    json!({ "revision": revision(&organizer, FIRST, "shanghai").await })
}

/// The final compares all entries with each other, and is ready to be decided: the rounds before it decide by region.
pub async fn final_closed(hall: &Hall, people: &People) -> Value {
    let round = format!("{CUP}/rounds/final");
    let (organizer, chair) = (
        hall.welcome(people.get(Who::Organizer)),
        hall.welcome(people.get(Who::Chair)),
    );
    let rules = json!({ "schema": 1, "rubric": { "criteria": [{ "code": "idea", "max": "60", "step": "0.5" }] },
        "advance": { "places": 1 } });
    done(organizer.put(&format!("{round}/rules"), "\"v1\"", rules).await);
    done(
        organizer
            .post(&format!("{round}/intake"), json!({ "from": "accepted" }))
            .await,
    );
    let panel = json!({ "group": "all", "judges": [{ "judge": chair.id }] });
    done(organizer.put_new(&format!("{round}/panels/a"), panel).await);
    done(
        organizer
            .post(&format!("{round}/groups/all/opening"), json!({}))
            .await,
    );
    for entry in 1..=3 {
        let path = format!("{round}/entries/{entry}/ballot/submission");
        let marks = json!({ "marks": { "idea": format!("{}", 40 + entry) } }).to_string();
        let first = [("If-None-Match", "*")];
        done(
            chair
                .send(reqwest::Method::POST, &path, Some(marks), &first)
                .await,
        );
    }
    let seen = json!({ "revision": revision(&organizer, &round, "all").await });
    done(organizer.post(&format!("{round}/groups/all/closure"), seen).await);
    json!({ "revisions": { "all": revision(&organizer, &round, "all").await } })
}

/// Shanghai is decided.
pub async fn decided(hall: &Hall, people: &People) -> Value {
    let seen = closed(hall, people).await;
    let organizer = hall.welcome(people.get(Who::Organizer));
    let path = format!("{FIRST}/groups/shanghai/advancement");
    done(organizer.post(&path, seen.clone()).await);
    seen
}

/// The same, as a whole round's publication names it.
pub async fn decided_in_the_round(hall: &Hall, people: &People) -> Value {
    let seen = decided(hall, people).await;
    json!({ "revisions": { "shanghai": seen["revision"] } })
}

/// Shanghai is published from tomorrow on.
pub async fn scheduled(hall: &Hall, people: &People) -> Value {
    let mut seen = decided(hall, people).await;
    seen["visible_at"] = json!("2026-07-02T01:00:00Z");
    let organizer = hall.welcome(people.get(Who::Organizer));
    done(
        organizer
            .post(&format!("{FIRST}/groups/shanghai/publication"), seen)
            .await,
    );
    json!({ "reason": "It was the hall's fault." })
}

async fn revision(organizer: &Persona, round: &str, group: &str) -> i64 {
    let groups = done(organizer.get(&format!("{round}/groups")).await);
    let groups = groups["items"].as_array().unwrap();
    let group = groups.iter().find(|g| g["code"] == group).unwrap();
    group["revision"].as_i64().unwrap()
}
