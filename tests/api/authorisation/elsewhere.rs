//! The other scopes of the table: what people of one contest get of another one just like it, and of one that is not
//! published.

use super::matrix::{Verdict, verdict};
use super::table;
use super::world::{Who, build, build_two};
use crate::attacks::addresses::{exchanged, variables};
use crate::attacks::range::{held, operation};
use crate::hall::Hall;

both_databases! {
    async fn in_another_contest_everybody_is_a_stranger(db) {
        let [(_, people), (trophy, _)] = build_two(&db).await;
        let hall = Hall::open(db.same()).await;
        let before = held(&hall).await;
        let (mut tried, mut wrongs) = (0, Vec::new());
        for row in table(&trophy).into_iter().filter_map(|row| row.about("trophy")) {
            for who in Who::ALL {
                // Guests are strangers everywhere, and admins the same.
                let like = if matches!(who, Who::Guest | Who::Admin) { *who } else { Who::Elsewhere };
                let wanted = row.verdict(like);
                if wanted == Verdict::Allowed {
                    continue;
                }
                let got = row.send_by(&hall, people.get(*who)).await;
                tried += 1;
                if verdict(&got) != wanted {
                    wrongs.push(format!("{} as {who:?} of the cup: {wanted:?}, but {} {}", row.operation, got.status, got.text));
                }
            }
        }
        assert!(wrongs.is_empty(), "{} wrong verdicts:\n{}", wrongs.len(), wrongs.join("\n"));
        assert!(tried > 1000, "{tried}");
        assert_eq!(held(&hall).await, before, "who is refused changes nothing");
        hall.close().await;
    }

    async fn what_is_not_published_is_not_there(db) {
        let (world, people) = build(&db).await;
        let hall = Hall::open(db.same()).await;
        let before = held(&hall).await;
        let mut wrongs = Vec::new();
        let about = |slug| table(&world).into_iter().filter_map(move |row| row.about(slug));
        for (hidden, nowhere) in about("league").zip(about("nowhere")) {
            for who in Who::ALL.iter().filter(|who| !matches!(who, Who::Elsewhere | Who::Admin)) {
                let persona = people.get(*who);
                let (got, none) = (hidden.send_by(&hall, persona).await, nowhere.send_by(&hall, persona).await);
                if got.status != 404 || (got.status, &got.text) != (none.status, &none.text) {
                    wrongs.push(format!("{} as {who:?}: {} {}\n  nowhere: {} {}", hidden.operation, got.status, got.text, none.status, none.text));
                }
            }
        }
        assert!(wrongs.is_empty(), "{} wrong verdicts:\n{}", wrongs.len(), wrongs.join("\n"));
        assert_eq!(held(&hall).await, before, "who is refused changes nothing");
        hall.close().await;
    }

    async fn who_is_refused_does_not_learn_what_there_is(db) {
        let (world, people) = build(&db).await;
        let hall = Hall::open(db.same()).await;
        let (mut tried, mut wrongs) = (0, Vec::new());
        for row in table(&world) {
            let (template, _) = operation(row.operation);
            for (step, name) in variables(template) {
                let missing = match name {
                    // Rounds and competitions are public.
                    "slug" | "code" | "round" => continue,
                    "number" | "n" | "entry" => "99",
                    "group" | "panel" => "nowhere",
                    _ => "AAAAAAAAAAAAAAAAAAAAAA",
                };
                for who in [Who::Guest, Who::Contestant, Who::Elsewhere, Who::OtherJudge] {
                    // Whoever may ask knows.
                    if row.verdict(who) == Verdict::Allowed || (who != Who::Guest && !strange(who, &row.path)) {
                        continue;
                    }
                    let body = || row.body.as_ref().map(ToString::to_string);
                    let there = row.send_as(&hall, people.get(who), &row.path, body()).await;
                    let not_there = row.send_as(&hall, people.get(who), &exchanged(&row.path, step, missing), body()).await;
                    tried += 1;
                    if (there.status, &there.text) != (not_there.status, &not_there.text) {
                        wrongs.push(format!("{} as {who:?}, {name}: {} {}\n  not there: {} {}", row.operation, there.status, there.text, not_there.status, not_there.text));
                    }
                }
            }
        }
        assert!(wrongs.is_empty(), "{} wrong answers:\n{}", wrongs.len(), wrongs.join("\n"));
        assert!(tried > 100, "{tried}");
        hall.close().await;
    }
}

/// Whether somebody has nothing to do with what an address names: entry 2 is the contestant's own and of Chengdu.
fn strange(who: Who, path: &str) -> bool {
    match who {
        Who::Contestant => !path.contains("/entries/2"),
        Who::OtherJudge => path.contains("/entries/1") || path.contains("/entries/3"),
        _ => true,
    }
}
