//! Invitations: a link that one person accepts once.

use serde_json::json;

use crate::competitions::published_cup;
use crate::hall::Hall;

const INVITATIONS: &str = "/competitions/cup/invitations";
const ACCEPTANCE: &str = "/invitations/acceptance";

both_databases! {
    async fn an_invitation_is_accepted_once_by_whom_it_is_for(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let (zhao, other) = (hall.person("zhao").await, hall.person("other").await);
        let body = json!({ "email": "Zhao@Example.org", "role": "judge", "region": "south" });
        other.post(INVITATIONS, body.clone()).await.problem(403, "forbidden");
        let sent = organizer.post(INVITATIONS, body).await;
        let token = sent.created()["token"].as_str().unwrap().to_owned();
        assert_eq!(sent.body["link"], format!("https://palmares.example/invitations/{token}"));
        assert_eq!(sent.body["expires_at"], "2026-07-15T01:00:00Z");
        let listed = organizer.get(INVITATIONS).await;
        assert_eq!(listed.ok()["items"][0]["email"], "zhao@example.org");
        assert!(!listed.text.contains(&token), "a token is shown once");
        let accept = json!({ "token": token });
        hall.guest().post(ACCEPTANCE, accept.clone()).await.problem(401, "sign_in_required");
        other.post(ACCEPTANCE, accept.clone()).await.wrong(&[("/token", "invitation_for_another")]);
        zhao.post(ACCEPTANCE, json!({ "token": "guessed" })).await.wrong(&[("/token", "invitation_unknown")]);
        let accepted = zhao.post(ACCEPTANCE, accept.clone()).await;
        assert_eq!(accepted.ok(), &json!({ "competition": "cup", "role": "judge", "region": "south" }));
        assert_eq!(zhao.get("/me").await.ok()["roles"][0]["role"], "judge");
        zhao.post(ACCEPTANCE, accept).await.problem(409, "invitation_used");
        let id = sent.body["id"].as_str().unwrap();
        organizer.delete(&format!("{INVITATIONS}/{id}")).await.problem(409, "invitation_used");
        hall.close().await;
    }

    async fn an_invitation_ends_after_two_weeks_or_when_it_is_taken_back(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let mut zhao = hall.person("zhao").await;
        let invite = || organizer.post(INVITATIONS, json!({ "email": "zhao@example.org", "role": "clerk" }));
        let (kept, taken) = (invite().await, invite().await);
        let id = taken.created()["id"].as_str().unwrap().to_owned();
        organizer.delete(&format!("{INVITATIONS}/{id}")).await.expect(204);
        organizer.delete(&format!("{INVITATIONS}/{id}")).await.problem(404, "not_found");
        zhao.post(ACCEPTANCE, json!({ "token": taken.body["token"] })).await.wrong(&[("/token", "invitation_unknown")]);
        assert_eq!(organizer.get(INVITATIONS).await.ok()["items"].as_array().unwrap().len(), 1);
        hall.clock.advance(14 * 24 * 3600);
        hall.refresh(&mut zhao).await;
        zhao.post(ACCEPTANCE, json!({ "token": kept.created()["token"] })).await.problem(409, "invitation_expired");
        hall.close().await;
    }
}
