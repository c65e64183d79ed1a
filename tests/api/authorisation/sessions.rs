//! Sessions, second factors, API tokens, other people's accounts.

use serde_json::json;

use super::matrix::{Row, op};
use super::ready;
use super::world::Who::*;
use super::world::World;
use crate::hall::PASSWORD;

pub fn rows(world: &World) -> Vec<Row> {
    let mut rows = own(world);
    rows.extend(of_others(world));
    rows
}

fn own(world: &World) -> Vec<Row> {
    let both = json!({ "password": PASSWORD, "code": "000000" });
    let code = json!({ "handle": world.handle, "code": world.recovery_code });
    vec![
        op("give_code")
            .post("/sessions/second-factor", code)
            .public()
            .once(),
        op("sign_out").delete("/sessions/current").for_everybody(),
        op("prove_again")
            .post("/sessions/current/proof", json!({ "password": PASSWORD }))
            .for_everybody(),
        op("list_sessions").get("/me/sessions").for_everybody(),
        op("end_session")
            .delete(format!("/me/sessions/{}", world.session))
            .hidden_from_the_rest()
            .allowed(&[Owner]),
        op("end_sessions")
            .delete("/me/sessions?keep_current=true")
            .for_everybody(),
        op("read_second_factor").get("/me/second-factor").for_everybody(),
        op("begin_second_factor")
            .post("/me/second-factor", json!({}))
            .for_everybody(),
        op("confirm_second_factor")
            .post("/me/second-factor/confirmation", json!({ "code": "000000" }))
            .for_everybody()
            .ready(|hall, people, who| Box::pin(ready::second_factor_begun(hall, people.get(who)))),
        op("replace_recovery_codes")
            .post("/me/second-factor/recovery-codes", both.clone())
            .for_everybody()
            .ready(|hall, people, who| Box::pin(ready::second_factor(hall, people.get(who)))),
        op("remove_second_factor")
            .post("/me/second-factor/removal", both)
            .for_everybody()
            .ready(|hall, people, who| Box::pin(ready::second_factor(hall, people.get(who)))),
        op("list_providers").get("/sign-in-providers").public(),
        op("list_identities").get("/me/identities").for_everybody(),
        // No provider is configured.
        op("link_identity")
            .post("/me/identities", json!({ "provider": "campus" }))
            .hidden_from_the_rest(),
        op("unlink_identity")
            .delete(format!("/me/identities/{}", world.identity))
            .hidden_from_the_rest()
            .allowed(&[Owner]),
        op("change_phone")
            .put_alone("/me/phone", json!({ "phone": "+8613900139000" }))
            .for_everybody()
            .with_phones()
            .once(),
        op("confirm_phone")
            .post("/me/phone/confirmation", json!({ "code": "00000000" }))
            .for_everybody()
            .with_phones()
            .ready(|hall, people, who| Box::pin(ready::phone_asked_for(hall, people.get(who)))),
        op("remove_phone")
            .delete("/me/phone")
            .hidden_from_the_rest()
            .allowed(&[Owner]),
        op("list_tokens").get("/me/tokens").for_everybody(),
        op("issue_token")
            .post("/me/tokens", json!({ "name": "Board", "scopes": ["read"] }))
            .for_everybody(),
        op("revoke_token")
            .delete(format!("/me/tokens/{}", world.token))
            .hidden_from_the_rest()
            .allowed(&[Owner]),
    ]
}

fn of_others(world: &World) -> Vec<Row> {
    let careful = &world.careful;
    let reason = json!({ "reason": "Lost the phone." });
    vec![
        op("list_accounts").get("/users?q=careful").allowed(&[Admin]),
        op("suspend_account")
            .post(format!("/users/{careful}/suspension"), reason.clone())
            .allowed(&[Admin]),
        op("reinstate_account")
            .post(format!("/users/{careful}/reinstatement"), json!({}))
            .allowed(&[Admin])
            .after(
                Admin,
                op("suspend_account").post(format!("/users/{careful}/suspension"), reason.clone()),
            ),
        op("end_sessions_of")
            .delete(format!("/users/{careful}/sessions"))
            .allowed(&[Admin]),
        op("remove_second_factor_of")
            .post(format!("/users/{careful}/second-factor/removal"), reason)
            .allowed(&[Admin]),
    ]
}
