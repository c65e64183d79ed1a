//! Adjustments, standings, closure, advancement, publication.

use serde_json::json;

use super::matrix::{Row, op};
use super::ready;
use super::world::Who::*;
use super::world::{CUP, World};

const FIRST: &str = "/competitions/cup/rounds/first";
const SEMI: &str = "/competitions/cup/rounds/semi";

pub fn rows(world: &World) -> Vec<Row> {
    let shanghai = world.revisions["first/shanghai"];
    let open = world.revisions["semi/shanghai"];
    let penalty = json!({ "entry": 1, "points": "-2.00", "reason": "Late on stage." });
    let reason = json!({ "reason": "It was the hall's fault." });
    let tie = json!({ "kind": "chair", "order": [1, 3], "reason": "The idea weighs more." });
    let correction = "A name was wrong.";
    let revocation = format!("{SEMI}/adjustments/{}/revocation", world.adjustment);
    let group = |name: &str, rest: &str| format!("{FIRST}/groups/{name}/{rest}");
    let mut rows = offers();
    rows.extend(proposals(world));
    rows.extend(vec![
        op("list_adjustments")
            .get(format!("{SEMI}/adjustments"))
            .allowed(&[Organizer, OfShanghai, OfChengdu, Observer]),
        op("give_adjustment")
            .post(format!("{SEMI}/adjustments"), penalty)
            .allowed(&[Organizer, OfShanghai]),
        op("revoke_adjustment")
            .post(revocation, reason.clone())
            .allowed(&[Organizer, OfShanghai]),
        op("list_tie_decisions")
            .get(group("shanghai", "tie-decisions"))
            .allowed(&[Chair, Organizer, OfShanghai, Observer]),
        op("record_tie_decision")
            .post(group("shanghai", "tie-decisions"), tie)
            .allowed(&[Chair, Organizer, OfShanghai]),
        op("read_standings")
            .get(format!("{FIRST}/standings?group=shanghai"))
            .allowed(&[Chair, Organizer, OfShanghai, Observer])
            .hidden(&[OfChengdu]),
        op("close_group")
            .post(
                format!("{SEMI}/groups/shanghai/closure"),
                json!({ "revision": open }),
            )
            .allowed(&[Organizer, OfShanghai]),
        op("reopen_group")
            .post(group("shanghai", "reopening"), reason.clone())
            .allowed(&[Organizer, OfShanghai]),
        op("advance_group")
            .post(group("shanghai", "advancement"), json!({ "revision": shanghai }))
            .allowed(&[Organizer, OfShanghai])
            .ready(|hall, people, _| Box::pin(ready::closed(hall, people))),
        // It is about every region.
        op("advance_round")
            .post(
                format!("{CUP}/rounds/final/advancement"),
                json!({ "revisions": { "all": 0 } }),
            )
            .allowed(&[Organizer])
            .ready(|hall, people, _| Box::pin(ready::final_closed(hall, people))),
        // Each sees what was decided where they may see standings.
        op("read_advancement")
            .get(format!("{FIRST}/advancement"))
            .allowed(&[Chair, Organizer, OfShanghai, OfChengdu, Observer]),
        op("publish_group")
            .post(
                group("shanghai", "publication"),
                json!({ "revision": shanghai, "note": correction }),
            )
            .allowed(&[Organizer, OfShanghai])
            .ready(|hall, people, _| Box::pin(ready::decided(hall, people))),
        op("publish_round")
            .post(
                format!("{FIRST}/publication"),
                json!({ "revisions": { "shanghai": shanghai }, "note": correction }),
            )
            .allowed(&[Organizer, OfShanghai])
            .ready(|hall, people, _| Box::pin(ready::decided_in_the_round(hall, people))),
        op("withdraw_publication")
            .post(group("shanghai", "publications/1/withdrawal"), reason.clone())
            .allowed(&[Organizer, OfShanghai])
            .ready(|hall, people, _| Box::pin(ready::scheduled(hall, people))),
        op("list_publications")
            .get(group("chengdu", "publications"))
            .public(),
        op("read_publication")
            .get(group("chengdu", "publications/1"))
            .public(),
        op("read_results").get(format!("{FIRST}/results")).public(),
        op("watch_results").get(format!("{FIRST}/results/live")).public(),
    ]);
    rows
}

/// Opening Shanghai's group again waits for a second person.
fn proposals(world: &World) -> Vec<Row> {
    let withdrawal = format!("{CUP}/proposals/{}/withdrawal", world.proposal);
    let judges = [Judge, OtherJudge, Recused, Chair];
    vec![
        op("list_proposals")
            .get(format!("{CUP}/proposals"))
            .allowed(&[Organizer, OfShanghai, OfChengdu, Observer, Clerk, Admin])
            .allowed(&judges),
        op("withdraw_proposal")
            .post(withdrawal, json!({}))
            .allowed(&[Organizer, OfShanghai])
            .hidden(&[OfChengdu, Admin])
            .hidden(&judges)
            .once(),
    ]
}

/// Entry 2 of Chengdu, which is the contestant's own and the other judge's to mark, is offered its place.
fn offers() -> Vec<Row> {
    let offer = |rest: &str| format!("{FIRST}/entries/2/offer{rest}");
    let later = json!({ "deadline": "2026-07-03T01:00:00Z" });
    let hidden = |row: Row| {
        row.hidden_from_the_rest()
            .allowed(&[Organizer, OfChengdu])
            .forbidden(&[Clerk, OtherJudge, Observer, Contestant])
    };
    vec![
        op("list_offers")
            .get(format!("{FIRST}/offers"))
            .allowed(&[Organizer, OfShanghai, OfChengdu, Observer]),
        // Every place is offered already, but one that was taken back. It is Chengdu's.
        op("make_offers")
            .post(format!("{FIRST}/offers"), later.clone())
            .allowed(&[Organizer, OfShanghai, OfChengdu])
            .after(
                OfChengdu,
                op("withdraw_offer").change(offer("/withdrawal"), 1, json!({ "reason": "The wrong team." })),
            ),
        hidden(op("read_offer").get(offer(""))).allowed(&[Contestant, Observer]),
        hidden(op("answer_offer").put(
            offer("/answer"),
            1,
            json!({ "comes": true, "reason": "By phone." }),
        ))
        .allowed(&[Contestant])
        .once(),
        hidden(op("extend_offer").put(offer("/deadline"), 1, later)).once(),
        hidden(op("withdraw_offer").change(offer("/withdrawal"), 1, json!({ "reason": "The wrong team." })))
            .once(),
        op("preview_refilling")
            .get(format!("{FIRST}/refilling"))
            .allowed(&[Organizer, OfShanghai, OfChengdu, Observer]),
        // Nobody left, so nobody comes in.
        op("refill")
            .post(
                format!("{FIRST}/refilling"),
                json!({ "decision": 1, "entries": [] }),
            )
            .allowed(&[Organizer, OfChengdu])
            .in_vain(),
    ]
}
