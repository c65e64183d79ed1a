//! Interest over HTTP: whoever owns an entry or is in its team, and organizes, types or supervises, loses what the role gives,
//! in every combination, until an admin grants an exception.

use serde_json::json;

use crate::authorisation::world::Who::{self, *};
use crate::authorisation::world::{CUP, build, done};
use crate::hall::Hall;

const ROLES: [&str; 3] = ["organizer", "clerk", "observer"];

/// What only the role gives.
fn probes(role: &str) -> Vec<String> {
    let all = [
        "entries/1",
        "rounds/semi/progress",
        "rounds/semi/entries",
        "rounds/semi/panels",
        "rounds/semi/entries/1/recorded",
    ];
    let more = [
        "changes",
        "rounds/first/standings?group=shanghai",
        "rounds/semi/adjustments",
        "rounds/semi/entries/1/ballots",
        "rounds/first/offers",
    ];
    let more = more.iter().filter(|_| role != "clerk");
    all.iter()
        .chain(more)
        .map(|rest| format!("{CUP}/{rest}"))
        .collect()
}

both_databases! {
    async fn who_has_an_interest_loses_what_the_role_gives(db) {
        let (_, people) = build(&db).await;
        let hall = Hall::open(db.same()).await;
        let by = |who: Who| hall.welcome(people.get(who));
        for role in ROLES {
            for owns in [true, false] {
                for region in [None, Some("shanghai")] {
                    let kin = hall.person(&format!("kin {role} {owns} {}", region.unwrap_or("all"))).await;
                    let member = json!({ "email": kin.email, "role": role, "region": region });
                    let member = done(by(Organizer).post(&format!("{CUP}/members"), member).await);
                    let member = format!("{CUP}/members/{}", member["id"].as_str().unwrap());
                    let mut seen = Vec::new();
                    for probe in probes(role) {
                        if kin.get(&probe).await.status == 200 {
                            seen.push(probe);
                        }
                    }
                    assert!(seen.len() >= 3, "{role} {region:?} sees {seen:?}");
                    // An interest begins: in a draft of one's own, or when an entry that names them takes part.
                    let team = json!([{ "name": "Kin", "email": if owns { "nobody@example.org" } else { kin.email.as_str() } }]);
                    let entry = json!({ "title": { "en": "Sun" }, "region": "shanghai", "team": team });
                    let friend = if owns { kin.clone() } else { by(Contestant) };
                    let made = done(friend.post(&format!("{CUP}/entries"), entry).await);
                    if !owns {
                        let path = format!("{CUP}/entries/{}", made["number"]);
                        done(friend.post(&format!("{path}/submission"), json!({})).await);
                        // What a stranger wrote takes nobody's rights, and yet nobody decides on their own team.
                        for probe in &seen {
                            kin.get(probe).await.ok();
                        }
                        let accepted = json!({ "decision": "accepted" });
                        if role == "organizer" {
                            kin.post(&format!("{path}/screening"), accepted.clone()).await.problem(409, "entry_of_own_team");
                            let many = json!({ "items": [{ "entry": made["number"], "decision": "accepted" }] });
                            kin.post(&format!("{CUP}/entries/screenings"), many).await.problem(409, "entries_not_screenable");
                        }
                        done(by(Organizer).post(&format!("{path}/screening"), accepted).await);
                    }
                    for probe in &seen {
                        let got = kin.get(probe).await;
                        assert!(matches!(got.status, 403 | 404), "{role} {owns} {region:?} {probe}: {} {}", got.status, got.text);
                    }
                    let accepted = json!({ "decision": "accepted" });
                    let got = kin.post(&format!("{CUP}/entries/5/screening"), accepted).await;
                    assert!(matches!(got.status, 403 | 404), "{role} {owns}: {} {}", got.status, got.text);
                    let got = kin.put_new(&format!("{CUP}/rounds/semi/entries/3/recorded"), json!({ "values": { "votes": "9" } })).await;
                    assert!(matches!(got.status, 403 | 404), "{role} {owns}: {} {}", got.status, got.text);
                    // An exception gives back exactly what was lost, and its end takes it again.
                    let reason = json!({ "reason": "Only helps with the hall." });
                    let granted = by(Admin).put(&format!("{member}/exception"), "\"v1\"", reason).await;
                    done(granted);
                    for probe in probes(role) {
                        let got = kin.get(&probe).await;
                        assert_eq!(got.status == 200, seen.contains(&probe), "{role} {owns} {region:?} {probe}: {}", got.text);
                    }
                    done(by(Admin).delete(&format!("{member}/exception")).await);
                    for probe in &seen {
                        assert!(matches!(kin.get(probe).await.status, 403 | 404), "{role} {owns} {region:?} {probe}");
                    }
                }
            }
        }
        hall.close().await;
    }
}
