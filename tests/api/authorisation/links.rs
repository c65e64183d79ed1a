//! Judges' links and tablets, and what a session that a link began may: what its judge may as a judge, in that competition.

use palmares::domain::policy::Action;
use serde_json::{Value, json};

use super::matrix::{Row, Verdict, op};
use super::world::Who::*;
use super::world::{CUP, People, Who, World};
use crate::hall::{Hall, Persona};
use crate::judge_links::{form, jar};
use crate::support::Db;

pub fn rows(world: &World) -> Vec<Row> {
    let (link, tablet) = (&world.judge_link, &world.tablet);
    let both = &[Organizer, Admin];
    vec![
        op("issue_judge_links")
            .post(format!("{CUP}/judge-links"), json!({ "reissue": true }))
            .allowed(both),
        op("list_judge_links")
            .get(format!("{CUP}/judge-links"))
            .allowed(both),
        op("renew_judge_link")
            .post(format!("{CUP}/judge-links/{link}/renewal"), json!({}))
            .allowed(both)
            .once(),
        op("revoke_judge_link")
            .delete(format!("{CUP}/judge-links/{link}"))
            .allowed(both)
            .once(),
        op("sign_in_by_link")
            .post("/sessions/judge-link", json!({ "code": world.judge_code }))
            .public(),
        op("add_tablet")
            .post(format!("{CUP}/tablets"), json!({ "name": "Table 4" }))
            .allowed(both),
        op("list_tablets").get(format!("{CUP}/tablets")).allowed(both),
        op("remove_tablet")
            .delete(format!("{CUP}/tablets/{tablet}"))
            .allowed(both)
            .once(),
    ]
}

/// A phone or a tablet of the hall on which a judge's link of the cup signed somebody in.
pub struct Phone {
    who: Who,
    /// They were named as judges for this alone: what the table says of them is what they may without a link.
    added: bool,
    persona: Persona,
}

/// What a link is good for.
const GOOD_FOR: &[Action] = &[
    Action::ReadCompetition,
    Action::ReadResults,
    Action::ListEntries,
    Action::ReadEntry,
    Action::ReadAuthors,
    Action::Judge,
    Action::Recuse,
    Action::Decide,
    Action::ReadBallots,
    Action::ReadStandings,
    Action::ReadProfile,
    Action::ReadAssignments,
    Action::SignOut,
];

/// Links for judges, and for those who are much more than that and become judges, too.
pub async fn issue(db: &Db, people: &People) -> Vec<Phone> {
    let hall = Hall::open(db.same()).await;
    let organizer = hall.welcome(people.get(Organizer));
    let added = [Organizer, Admin, Elsewhere, Interested];
    for who in added {
        let body = json!({ "email": people.get(who).email, "role": "judge" });
        organizer.post(&format!("{CUP}/members"), body).await.created();
    }
    let issued = organizer
        .post(&format!("{CUP}/judge-links"), json!({ "reissue": true }))
        .await
        .created()
        .clone();
    let mut phones = Vec::new();
    for who in [Judge, Chair].into_iter().chain(added) {
        let id = &people.get(who).id;
        let items = issued["items"].as_array().unwrap();
        let made = items.iter().find(|i| i["link"]["judge"]["id"] == *id).unwrap();
        let body = json!({ "code": made["code"] });
        let session = hall.guest().post("/sessions/judge-link", body).await;
        let token = session.created()["access_token"].as_str().unwrap();
        phones.push(Phone {
            who,
            added: added.contains(&who),
            persona: hall.guest().with_token(token),
        });
    }
    phones.push(Phone {
        who: OtherJudge,
        added: false,
        persona: seated(&hall, &organizer, &issued, &people.get(OtherJudge).id).await,
    });
    hall.close().await;
    phones
}

/// A judge who shows the digits of their card on a tablet.
async fn seated(hall: &Hall, organizer: &Persona, issued: &Value, judge: &str) -> Persona {
    const OURS: (&str, &str) = ("Sec-Fetch-Site", "same-origin");
    let tablet = json!({ "name": "Table 5" });
    let tablet = organizer.post(&format!("{CUP}/tablets"), tablet).await;
    let code = tablet.created()["code"].as_str().unwrap().to_owned();
    let bound = form(hall, "/tablet/binding", &format!("code={code}"), &[OURS]).await;
    let items = issued["items"].as_array().unwrap();
    let card = items.iter().find(|i| i["link"]["judge"]["id"] == judge).unwrap();
    let pin = format!("code={}", card["pin"].as_str().unwrap());
    let sat = form(hall, "/seat/session", &pin, &[OURS, ("Cookie", &jar(&bound))]).await;
    let cookies = jar(&sat);
    let access = cookies
        .split("; ")
        .find_map(|c| c.strip_prefix("__Host-palmares-access="))
        .unwrap_or_else(|| panic!("{}", sat.text));
    hall.guest().with_token(access)
}

/// Sends a row's request from every phone, to the cup and to the league, and gives what is more than judging.
pub async fn try_out(db: &Db, phones: &[Phone], row: &Row, action: Action) -> Vec<String> {
    let mut wrongs = Vec::new();
    let hall = Hall::open(db.copy()).await;
    for phone in phones {
        let Phone { who, added, .. } = phone;
        let good_for = GOOD_FOR.contains(&action);
        let as_guest = row.verdict(Guest) == Verdict::Allowed;
        if row.path.starts_with(CUP) && !as_guest {
            // The league is not published: whatever they are there, for this phone there is none.
            let path = row.path.replacen(CUP, "/competitions/league", 1);
            let got = row.send_to(&hall, &phone.persona, &path).await;
            if !matches!(got.status, 403 | 404) {
                wrongs.push(format!(
                    "{} of the league as {who:?}: {} {}",
                    row.operation, got.status, got.text
                ));
            }
        }
        // What they sign out of is gone for the rows after it; each row has its own copy.
        let got = row.send_by(&hall, &phone.persona).await;
        let refused = matches!(got.status, 401 | 403 | 404);
        let as_judge = good_for && row.verdict(*who) == Verdict::Allowed && !added;
        let as_anybody = good_for && row.verdict(Contestant) == Verdict::Allowed;
        let fine = if as_guest || as_judge || as_anybody {
            got.status != 403
        } else if *added && good_for {
            // Named as judges and assigned nothing: no more than the judge of the other region.
            refused || row.verdict(OtherJudge) == Verdict::Allowed
        } else {
            refused
        };
        if !fine {
            wrongs.push(format!(
                "{} as {who:?}: {} {}",
                row.operation, got.status, got.text
            ));
        }
    }
    hall.close().await;
    wrongs
}
