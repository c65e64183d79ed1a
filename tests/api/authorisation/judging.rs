//! Rounds, panels, ballots.

use serde_json::json;

use super::matrix::{Row, op};
use super::ready;
use super::world::Who::*;
use super::world::{CUP, World, marks};

const ROUNDS: &str = "/competitions/cup/rounds";
const SEMI: &str = "/competitions/cup/rounds/semi";

pub fn rows(world: &World) -> Vec<Row> {
    let mut rows = rounds();
    rows.extend(panels(world));
    rows.extend(ballots(world));
    rows
}

fn rounds() -> Vec<Row> {
    let round = |code: &str| json!({ "code": code, "title": { "en": "Round" } });
    let rules = json!({ "schema": 1, "rubric": { "criteria": [ { "code": "idea", "max": "60", "step": "0.5" } ] },
        "advance": { "places": 1 } });
    let reason = json!({ "reason": "No prototype." });
    vec![
        op("list_rounds").get(ROUNDS).public(),
        op("create_round")
            .post(ROUNDS, round("gala"))
            .allowed(&[Organizer, Admin]),
        op("read_round").get(SEMI).public(),
        op("update_round")
            .put(SEMI, 1, round("semi"))
            .allowed(&[Organizer, Admin]),
        op("read_rules").get(format!("{SEMI}/rules")).public(),
        op("read_out_rules").get(format!("{SEMI}/rules/reading")).public(),
        op("compare_rules")
            .post(
                format!("{ROUNDS}/final/comparisons"),
                json!({ "variations": ["median"] }),
            )
            .allowed(&[Organizer, Observer]),
        op("change_rules")
            .put(format!("{ROUNDS}/final/rules"), 1, rules)
            .allowed(&[Organizer, Admin]),
        // It fills groups of every region.
        op("take_entries_in")
            .post(format!("{ROUNDS}/final/intake"), json!({ "from": "accepted" }))
            .allowed(&[Organizer]),
        op("list_groups")
            .get(format!("{SEMI}/groups"))
            .allowed(&[Clerk, Organizer, OfShanghai, OfChengdu, Observer]),
        op("open_group")
            .post(format!("{SEMI}/groups/chengdu/opening"), json!({}))
            .allowed(&[Organizer, OfChengdu]),
        op("list_round_entries")
            .get(format!("{SEMI}/entries?group=shanghai"))
            .allowed(&[Clerk, Organizer, OfShanghai, Observer]),
        op("disqualify_entry")
            .post(format!("{SEMI}/entries/1/disqualification"), reason.clone())
            .allowed(&[Organizer, OfShanghai]),
        op("reinstate_entry")
            .post(format!("{SEMI}/entries/1/reinstatement"), reason.clone())
            .allowed(&[Organizer, OfShanghai])
            .after(
                Organizer,
                op("disqualify_entry").post(format!("{SEMI}/entries/1/disqualification"), reason),
            )
            .once(),
        op("read_progress")
            .get(format!("{SEMI}/progress"))
            .allowed(&[Clerk, Organizer, OfShanghai, OfChengdu, Observer]),
        op("watch_progress")
            .get(format!("{SEMI}/progress/live"))
            .allowed(&[Clerk, Organizer, OfShanghai, OfChengdu, Observer]),
    ]
}

fn panels(world: &World) -> Vec<Row> {
    let other = json!({ "judge": world.other_judge });
    let panel = json!({ "group": "shanghai", "judges": [other] });
    let assignments = json!({ "items": [{ "judge": world.other_judge, "entries": [1] }] });
    let absence = json!({ "judge": world.judge, "reason": "Missed the train." });
    vec![
        op("list_panels")
            .get(format!("{SEMI}/panels"))
            .allowed(&[Clerk, Organizer, OfShanghai, OfChengdu, Observer]),
        op("change_panel")
            .put_new(format!("{SEMI}/panels/c"), panel)
            .allowed(&[Organizer, OfShanghai]),
        op("list_assignments")
            .get(format!("{SEMI}/assignments"))
            .allowed(&[Clerk, Organizer, OfShanghai, OfChengdu, Observer]),
        op("assign_judges")
            .post(format!("{SEMI}/assignments"), assignments)
            .allowed(&[Organizer, OfShanghai]),
        // A judge steps down; organizers have to name one, and did not here.
        op("recuse_judge")
            .post(
                format!("{SEMI}/entries/1/recusal"),
                json!({ "reason": "A former student." }),
            )
            .hidden_from_the_rest()
            .allowed(&[Judge, Recused, Chair, Organizer, OfShanghai])
            .forbidden(&[Clerk, Observer]),
        op("note_absence")
            .post(format!("{SEMI}/groups/shanghai/absences"), absence)
            .allowed(&[Organizer, OfShanghai]),
    ]
}

fn ballots(world: &World) -> Vec<Row> {
    let own = |round: &str, rest: &str| format!("{CUP}/rounds/{round}/entries/1/ballot{rest}");
    let sheet = |rest: &str| format!("{SEMI}/entries/3/ballots/{}{rest}", world.judge);
    let late = format!("{CUP}/rounds/first/entries/1/ballots/{}/acceptance", world.judge);
    let decision = json!({ "version": 1, "decision": "accepted", "reason": "The network was down." });
    let votes = json!({ "values": { "votes": "8" } });
    let for_judges = |row: Row| {
        row.hidden_from_the_rest()
            .allowed(&[Judge, Chair])
            .forbidden(&[Clerk, Organizer, OfShanghai, Observer])
    };
    vec![
        for_judges(op("read_ballot").get(own("first", ""))),
        // Who stepped down is told so.
        for_judges(op("save_ballot").put_new(own("semi", ""), marks())).allowed(&[Recused]),
        for_judges(
            op("submit_ballot")
                .post(own("semi", "/submission"), marks())
                .first(),
        )
        .allowed(&[Recused]),
        op("list_ballots")
            .get(own("first", "s"))
            .allowed(&[Chair, Organizer, OfShanghai, Observer]),
        op("read_paper")
            .get(sheet(""))
            .allowed(&[Clerk, Organizer, OfShanghai]),
        op("type_paper")
            .put(sheet(""), 1, json!({ "marks": { "idea": "1", "team": "2" } }))
            .allowed(&[Clerk, Organizer, OfShanghai]),
        op("confirm_paper")
            .post(sheet("/confirmation"), json!({ "version": 1 }))
            .allowed(&[Clerk, Organizer, OfShanghai])
            .ready(|hall, people, who| Box::pin(ready::typed(hall, people, who))),
        op("accept_late_ballot")
            .post(late, decision)
            .allowed(&[Chair, Organizer, OfShanghai]),
        op("read_recorded")
            .get(format!("{SEMI}/entries/1/recorded"))
            .allowed(&[Clerk, Organizer, OfShanghai, Observer]),
        op("set_recorded")
            .put(format!("{SEMI}/entries/1/recorded"), 1, votes)
            .allowed(&[Clerk, Organizer, OfShanghai]),
    ]
}
