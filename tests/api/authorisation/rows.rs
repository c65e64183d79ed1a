//! Accounts, competitions, members, entries.

use serde_json::json;

use super::matrix::{Row, op};
use super::ready;
use super::world::Who::*;
use super::world::{CUP, World};
use crate::hall::PASSWORD;

pub fn rows(world: &World) -> Vec<Row> {
    let mut rows = accounts(world);
    rows.extend(competitions(world));
    rows.extend(members(world));
    rows.extend(entries());
    rows
}

fn accounts(world: &World) -> Vec<Row> {
    let account = json!({ "email": "new@example.org", "password": PASSWORD, "name": "New" });
    let set_up = json!({ "token": "x", "email": "new@example.org", "password": PASSWORD, "name": "New" });
    let proof = json!({ "email": world.contestant_email, "password": PASSWORD });
    let invitation = json!({ "token": world.invitation_token });
    let email = json!({ "email": "someone@example.org" });
    vec![
        op("live").get("/healthz").public(),
        op("ready").get("/readyz").public(),
        op("register").post("/users", account).public(),
        // Nobody can any more: the world has its admin, and without one there is no world. `accounts.rs` does it.
        op("set_up").post("/setup", set_up).public().in_vain(),
        op("sign_in").post("/sessions", proof).public(),
        op("refresh")
            .post(
                "/sessions/refresh",
                json!({ "refresh_token": world.refresh_token }),
            )
            .public()
            .once(),
        op("sign_in_by_code")
            .post(
                "/sessions/code",
                json!({ "handle": world.opened.code.0, "code": world.opened.code.1 }),
            )
            .public()
            .once(),
        op("request_sign_in_code")
            .post("/sign-in-codes", email.clone())
            .public()
            .once(),
        op("request_password_reset")
            .post("/password-resets", email)
            .public()
            .once(),
        op("complete_password_reset")
            .post(
                "/password-resets/completion",
                json!({ "token": world.opened.reset, "password": "another phrase for the tests" }),
            )
            .public(),
        op("make_password_reset")
            .post(
                "/password-resets/links",
                json!({ "email": world.contestant_email }),
            )
            .allowed(&[Admin]),
        op("confirm_email")
            .post(
                "/email-confirmations",
                json!({ "token": world.opened.confirmation }),
            )
            .public(),
        op("change_password")
            .put_alone(
                "/me/password",
                json!({ "current_password": PASSWORD, "password": "another phrase for the tests" }),
            )
            .for_everybody(),
        op("change_email")
            .put_alone(
                "/me/email",
                json!({ "email": "new@example.org", "password": PASSWORD }),
            )
            .for_everybody(),
        op("verify_email_again")
            .post("/me/email-verification", json!({}))
            .for_everybody(),
        op("list_messages").get("/messages").allowed(&[Admin]),
        op("redeliver_message")
            .post(
                format!("/messages/{}/redelivery", world.opened.message),
                json!({}),
            )
            .allowed(&[Admin])
            .ready(|hall, _, _| Box::pin(ready::given_up(hall))),
        op("me").get("/me").for_everybody(),
        op("my_assignments").get("/me/assignments").for_everybody(),
        op("my_entries").get("/me/entries").for_everybody(),
        op("accept_invitation")
            .post("/invitations/acceptance", invitation)
            .for_everybody(),
    ]
}

fn competitions(world: &World) -> Vec<Row> {
    let settings = json!({ "slug": "cup", "name": { "en": "The Cup" }, "time_zone": "Asia/Shanghai" });
    let new = json!({ "slug": "new", "name": { "en": "New" }, "time_zone": "Asia/Shanghai" });
    let item = |code: &str| json!({ "code": code, "name": { "en": code } });
    let regions = json!({ "items": [item("shanghai"), item("chengdu"), item("beijing")] });
    let version = world.competition;
    vec![
        op("list_competitions").get("/competitions").public(),
        op("create_competition")
            .post("/competitions", new)
            .allowed(&[Admin]),
        op("read_competition").get(CUP).public(),
        op("change_competition")
            .put(CUP, version, settings)
            .allowed(&[Organizer, Admin]),
        op("publish_competition")
            .post(format!("{CUP}/publication"), json!({}))
            .allowed(&[Organizer, Admin])
            .ready(|hall, _, _| Box::pin(ready::unpublished(hall))),
        op("read_tracks").get(format!("{CUP}/tracks")).public(),
        op("replace_tracks")
            .put(
                format!("{CUP}/tracks"),
                version,
                json!({ "items": [item("energy")] }),
            )
            .allowed(&[Organizer, Admin]),
        op("read_regions").get(format!("{CUP}/regions")).public(),
        op("replace_regions")
            .put(format!("{CUP}/regions"), version, regions)
            .allowed(&[Organizer, Admin]),
        op("list_changes")
            .get(format!("{CUP}/changes"))
            .allowed(&[Organizer, Observer]),
        op("read_finalists").get(format!("{CUP}/finalists")).public(),
    ]
}

fn members(world: &World) -> Vec<Row> {
    let appointment = json!({ "email": world.contestant_email, "role": "observer" });
    let invitation = json!({ "email": "new@example.org", "role": "judge" });
    let (member, interested) = (&world.member, &world.interested);
    vec![
        op("list_members")
            .get(format!("{CUP}/members"))
            .allowed(&[Organizer, Observer, Admin]),
        op("add_member")
            .post(format!("{CUP}/members"), appointment)
            .allowed(&[Organizer, Admin]),
        op("remove_member")
            .delete(format!("{CUP}/members/{member}"))
            .allowed(&[Organizer, Admin])
            .once(),
        op("grant_exception")
            .put(
                format!("{CUP}/members/{interested}/exception"),
                1,
                json!({ "reason": "Only helps with the hall." }),
            )
            .allowed(&[Admin]),
        op("end_exception")
            .delete(format!("{CUP}/members/{interested}/exception"))
            .allowed(&[Admin]),
        op("list_invitations")
            .get(format!("{CUP}/invitations"))
            .allowed(&[Organizer, Admin]),
        op("invite")
            .post(format!("{CUP}/invitations"), invitation)
            .allowed(&[Organizer, Admin]),
        op("revoke_invitation")
            .delete(format!("{CUP}/invitations/{}", world.invitation))
            .allowed(&[Organizer, Admin])
            .once(),
    ]
}

fn entries() -> Vec<Row> {
    let entry =
        json!({ "title": { "en": "Sun on roofs" }, "region": "shanghai", "team": [{ "name": "Li" }] });
    let mut line = entry.clone();
    line["status"] = json!("accepted");
    let accepted = json!({ "decision": "accepted" });
    let line_of_5 = json!({ "entry": 5, "decision": "accepted" });
    let own = |number: i64, rest: &str| format!("{CUP}/entries/{number}{rest}");
    vec![
        // Everybody lists what they may read.
        op("list_entries").get(format!("{CUP}/entries")).for_everybody(),
        op("create_entry")
            .post(format!("{CUP}/entries"), entry.clone())
            .for_everybody(),
        op("import_entries")
            .post(format!("{CUP}/entries/batch"), json!({ "items": [line] }))
            .allowed(&[Organizer, OfShanghai]),
        op("screen_entries")
            .post(
                format!("{CUP}/entries/screenings"),
                json!({ "items": [line_of_5] }),
            )
            .allowed(&[Organizer, OfShanghai]),
        op("screen_entry")
            .post(own(5, "/screening"), accepted)
            .hidden_from_the_rest()
            .allowed(&[Organizer, OfShanghai])
            .forbidden(&[Owner, Clerk, Observer]),
        op("read_entry")
            .get(own(1, ""))
            .hidden_from_the_rest()
            .allowed(&[Owner, Clerk, Judge, Chair, Organizer, OfShanghai, Observer]),
        op("change_entry")
            .put(own(5, ""), 2, entry)
            .hidden_from_the_rest()
            .allowed(&[Owner, Organizer, OfShanghai])
            .forbidden(&[Clerk, Observer]),
        op("submit_entry")
            .post(own(4, "/submission"), json!({}))
            .hidden_from_the_rest()
            .allowed(&[Owner, Organizer, OfShanghai])
            .forbidden(&[Clerk, Observer]),
        op("withdraw_entry")
            .post(own(5, "/withdrawal"), json!({ "reason": "Sold." }))
            .hidden_from_the_rest()
            .allowed(&[Owner, Organizer, OfShanghai])
            .forbidden(&[Clerk, Observer]),
        op("read_status")
            .get(own(1, "/status"))
            .hidden_from_the_rest()
            .allowed(&[Owner, Organizer, OfShanghai, Observer])
            .forbidden(&[Clerk, Judge, Chair]),
    ]
}
