//! Places that are offered, and who comes in for those who decline or let the offer expire.

use palmares::domain::advancement::again::{Before, Left, LeftFrom, again};
use palmares::domain::advancement::{Advancement, Decisions, GivenUp, Outcome, decide, kept};
use palmares::domain::offer::{Answer, Due, Offer, Party, came_in, due, free_seats, left, seat, turn};
use palmares::domain::text::Lang;
use palmares::domain::time::Stamp;

use crate::contest::{ONE, advancing, entry, rules, standings};

fn at(day: i64) -> Stamp {
    let start: chrono::DateTime<chrono::Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
    Stamp::new(start).plus_seconds(day * 86_400)
}

fn offered(due: &Due, day: i64) -> Offer {
    Offer {
        entry: due.entry,
        stream: due.stream.clone(),
        offered_at: at(day),
        deadline: at(day + 3),
        answer: None,
        withdrawn_at: None,
        settled_at: None,
    }
}

fn says(offer: &Offer, comes: bool, day: i64) -> Offer {
    let answer = Answer {
        comes,
        by: Party::Owner,
        at: at(day),
        reason: Some("No time.".into()),
    };
    offer.answered(answer).unwrap()
}

fn invited(decided: &Advancement) -> Vec<i64> {
    let invited = decided
        .entries
        .iter()
        .filter(|d| matches!(d.outcome, Outcome::Invited { .. }));
    let mut numbers: Vec<i64> = invited.map(|d| d.entry).collect();
    numbers.sort_unstable();
    numbers
}

/// Three places of the final and two of the roadshow: one declines, one lets the deadline pass, and those who come next
/// are offered a place; everybody else keeps theirs, and everybody keeps their award.
#[test]
fn places_that_were_given_up_are_offered_to_those_who_come_next() {
    let rules = rules(&format!(
        r#"{ONE}, "advance": {{ "places": 3, "reserves": 1, "streams": [ {{ "code": "roadshow", "places": 2 }} ] }},
           "awards": [ {{ "code": "first", "places": 1 }} ]"#
    ));
    let result = standings(
        &rules,
        (1..=8).map(|n| entry(n, "", &[&(100 - n).to_string()])).collect(),
    );
    let (groups, nothing) = ([&result], Decisions::default());
    let first = decide(&rules, &groups, &nothing);
    assert_eq!((advancing(&first), invited(&first)), (vec![1, 2, 3], vec![4, 5]));
    let roadshow = Some("roadshow".to_owned());
    let to_offer = due(&first, &[]);
    assert_eq!(
        to_offer.iter().map(|d| d.entry).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(
        to_offer[3],
        Due {
            entry: 4,
            stream: roadshow.clone()
        }
    );

    let mut offers: Vec<Offer> = to_offer.iter().map(|due| offered(due, 0)).collect();
    for offer in &mut offers[1..4] {
        *offer = says(offer, true, 1);
    }
    offers[0] = says(&offers[0], false, 2);
    let fill = |decided: &Advancement, offers: &[Offer], day: i64| {
        let before = Before {
            decided: vec![decided],
            standings: vec![&result],
            holds: true,
        };
        again(&rules, &groups, &nothing, &before, &left(offers, at(day)))
    };
    // In time entry 5 may still answer, so only entry 1 has left.
    let second = fill(&first, &offers, 2);
    assert_eq!(
        (advancing(&second), invited(&second)),
        (vec![2, 3, 4], vec![5, 6])
    );
    let one = second.entries.iter().find(|d| d.entry == 1).unwrap();
    assert_eq!(
        one.outcome,
        Outcome::Declined {
            stream: None,
            reason: None
        }
    );
    assert_eq!(one.awards, ["first"]);
    // At the deadline entry 5 has let its offer expire.
    let third = fill(&second, &offers, 3);
    assert_eq!((advancing(&third), invited(&third)), (vec![2, 3, 4], vec![6, 7]));
    let new = due(&third, &offers);
    assert_eq!(
        new,
        [
            Due {
                entry: 4,
                stream: None
            },
            Due {
                entry: 6,
                stream: roadshow.clone()
            },
            Due {
                entry: 7,
                stream: roadshow.clone()
            }
        ]
    );

    // Entry 4 came up from the roadshow, does not want to, and goes back to the place that it confirmed: the next in the
    // order comes up instead, from the roadshow too.
    offers.push(says(&offered(&new[0], 4), false, 5));
    let fourth = fill(&third, &offers, 5);
    assert_eq!(advancing(&fourth), [2, 3, 5]);
    assert_eq!(invited(&fourth), [4, 6, 7]);
    let came = came_in(&third, &fourth);
    let five = &came[0];
    // 2 and 3 were told their numbers before anybody left; the free one is the first.
    let told: Vec<(Due, u32)> = [(2, 2), (3, 3)]
        .map(|(entry, n)| (Due { entry, stream: None }, n))
        .into();
    assert_eq!(free_seats((&third, &fourth), &told, &came)[0], 1);
    assert_eq!(
        (five.entry, seat(&fourth, five), turn(&third, five)),
        (5, Some(3), Some(1))
    );
    let one = fourth.entries.iter().find(|d| d.entry == 1).unwrap();
    assert!(
        matches!(one.outcome, Outcome::Declined { stream: None, .. }),
        "who declined before is still told so: {one:?}"
    );
}

/// Who gave up a place of a stream can still go on when it is the first reserve.
#[test]
fn who_declined_the_roadshow_can_still_go_on() {
    let rules = rules(&format!(
        r#"{ONE}, "advance": {{ "places": 1, "reserves": 1, "streams": [ {{ "code": "roadshow", "places": 1 }} ] }}"#
    ));
    let result = standings(
        &rules,
        (1..=4).map(|n| entry(n, "", &[&(100 - n).to_string()])).collect(),
    );
    let given_up = |entry, stream: Option<&str>| GivenUp {
        entry,
        stream: stream.map(str::to_owned),
        reason: None,
    };
    let decide = |given_up: Vec<GivenUp>| {
        let decided = decide(
            &rules,
            &[&result],
            &Decisions {
                given_up,
                ..Decisions::default()
            },
        );
        (advancing(&decided), invited(&decided))
    };
    let roadshow = Some("roadshow");
    assert_eq!(decide(vec![given_up(2, roadshow)]), (vec![1], vec![3]));
    assert_eq!(
        decide(vec![given_up(2, roadshow), given_up(1, None)]),
        (vec![2], vec![3])
    );
    assert_eq!(decide(vec![given_up(1, None)]), (vec![2], vec![3]));
}

/// Whoever leaves altogether is out of every stream, whether they held a place or only waited for one; and the decision says
/// enough about it to be taken again from files.
#[test]
fn whoever_leaves_altogether_is_out_of_every_stream() {
    let rules = rules(&format!(
        r#"{ONE}, "advance": {{ "places": 2, "reserves": 2, "streams": [ {{ "code": "roadshow", "places": 2 }} ] }}"#
    ));
    let result = standings(
        &rules,
        (1..=8).map(|n| entry(n, "", &[&(100 - n).to_string()])).collect(),
    );
    let (groups, nothing) = ([&result], Decisions::default());
    let first = decide(&rules, &groups, &nothing);
    let before = Before {
        decided: vec![&first],
        standings: vec![&result],
        holds: true,
    };
    let gone = |entry: i64, from: LeftFrom| Left {
        entry,
        from,
        reason: Some("Gone.".into()),
    };
    let declined = LeftFrom::Place {
        stream: None,
        back: None,
        settled: false,
    };
    // 1 declines the final, 3 of the roadshow and 5 without a place leave.
    let left = [
        gone(1, declined),
        gone(3, LeftFrom::Everything),
        gone(5, LeftFrom::Everything),
    ];
    let decided = again(&rules, &groups, &nothing, &before, &left);
    assert_eq!(advancing(&decided), [2, 4]);
    assert_eq!(invited(&decided), [6, 7]);
    let given_up = decided.entries.iter().filter_map(|d| match &d.outcome {
        Outcome::Declined { stream, reason } => Some(GivenUp {
            entry: d.entry,
            stream: stream.clone(),
            reason: reason.clone(),
        }),
        _ => None,
    });
    let written = Decisions {
        given_up: given_up.collect(),
        left: decided.left.clone(),
        kept: kept(&decided),
        ..Decisions::default()
    };
    assert_eq!(written.given_up[1].stream.as_deref(), Some("roadshow"));
    assert_eq!(decide(&rules, &groups, &written).entries, decided.entries);
    let silent = Outcome::Declined {
        stream: None,
        reason: None,
    };
    for (lang, told) in [(Lang::En, "Gave up its place."), (Lang::Zh, "放弃名额。")] {
        assert_eq!(palmares::words::outcome(&silent, lang), told);
    }
}
