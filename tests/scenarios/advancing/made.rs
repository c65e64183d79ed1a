//! Made-up rules of advancement, with the standings of a round of one mark.

use palmares::domain::advancement::{Decisions, Reasoned, Withheld};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{
    DecidedBy, Decision, EntryInput, Explain, Input, Participation, Sheet, Standings, tabulate,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::contest::points;

const GROUPS: [&str; 4] = ["east", "north", "south", "west"];
const POLICIES: [&str; 4] = ["chain", "all_advance", "none_advance", "wait"];

/// Rules, the standings, and what people decided.
#[derive(Clone)]
pub(super) struct Round {
    pub(super) document: Value,
    pub(super) rules: Rules,
    pub(super) input: Input,
    pub(super) standings: Standings,
    pub(super) decisions: Decisions,
}

impl std::fmt::Debug for Round {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.document, self.decisions)?;
        self.standings.entries.iter().try_for_each(|s| {
            write!(f, "; {} {:?} {:?} {:?}", s.entry, s.group, s.institution, s.place)?;
            write!(f, " {:?}", s.total.as_ref().map(ToString::to_string))
        })
    }
}

fn policy() -> impl Strategy<Value = Value> {
    proptest::sample::select(POLICIES.to_vec()).prop_map(Value::from)
}

/// One word for every cut, or one for each where there are two.
fn policies(two: bool) -> impl Strategy<Value = Value> {
    (policy(), policy(), any::<bool>()).prop_map(move |(group, overall, each)| {
        if two && each {
            json!({ "group": group, "overall": overall })
        } else {
            group
        }
    })
}

/// Terms of those who go on, or of a stream, as keys of a document.
fn terms(grouped: bool) -> impl Strategy<Value = Value> {
    let places = (0..9_u32, any::<bool>(), 0..3_u32, proptest::option::of(1..4_u32));
    let caps = (
        proptest::option::weighted(0.3, 1..3_u32),
        proptest::option::weighted(0.2, 0..12_u32),
        0..4_u32,
    );
    (places, caps, policies(false), policies(true)).prop_map(
        move |((places, per_group, minimum, maximum), (institution, score, reserves), one, each)| {
            let mut terms = json!({ "reserves": reserves });
            let minimum = if grouped && !per_group {
                minimum.min(places)
            } else {
                0
            };
            terms["tie_at_cut"] = if minimum > 0 { each } else { one };
            if per_group {
                terms["per_group"] = json!(places % 4);
            } else {
                terms["places"] = json!(places);
                if grouped {
                    terms["minimum_per_group"] = json!(minimum);
                    if let Some(maximum) = maximum {
                        terms["maximum_per_group"] = json!(maximum.max(minimum));
                    }
                }
            }
            if let Some(most) = institution {
                terms["maximum_per_institution"] = json!(most);
            }
            if let Some(score) = score {
                terms["minimum_score"] = json!(score.to_string());
            }
            terms
        },
    )
}

fn awards() -> impl Strategy<Value = Value> {
    let award = (
        proptest::option::of(1..4_u32),
        proptest::option::of(4..12_i64),
        0..5_u32,
        any::<bool>(),
    );
    (proptest::collection::vec(award, 0..4), any::<bool>()).prop_map(|(awards, once)| {
        let once = once && awards.len() > 1;
        let mut least = 13;
        let written = (0..)
            .zip(awards)
            .map(|(i, (places, from, by, beside)): (u32, _)| {
                let mut award = json!({ "code": format!("a{i}") });
                if by == 0 {
                    award["by"] = json!({ "criterion": "looks" });
                }
                // Thresholds of the ladder go down.
                least = from.map_or(least - 1, |from| from.min(least - 1));
                if places.is_none() || from.is_some() {
                    award["from"] = json!(least.to_string());
                }
                match places {
                    Some(1) if beside => {
                        award["portion"] = json!(["1/12", "0.3", "1"][usize::try_from(i % 3).unwrap()]);
                    }
                    Some(places) => award["places"] = json!(places),
                    None => {}
                }
                if once && beside {
                    award["beside_others"] = json!(true);
                }
                award
            });
        json!({ "awards": written.collect::<Vec<_>>(), "one_award_per_entry": once })
    })
}

fn documents() -> impl Strategy<Value = Value> {
    let ties = proptest::sample::select(vec![
        json!([]),
        json!([{ "by": "criterion", "code": "looks" }]),
        json!([{ "by": "lot" }]),
        json!([{ "by": "criterion", "code": "looks" }, { "by": "chair" }, { "by": "shared" }]),
    ]);
    let share = proptest::option::weighted(
        0.4,
        (
            proptest::sample::select(vec!["largest_remainder", "d_hondt", "sainte_lague"]),
            proptest::sample::select(vec!["scored", "submitted"]),
        ),
    );
    let of_grouped = |grouped: bool| (terms(grouped), proptest::collection::vec(terms(grouped), 0..3));
    let advance = any::<bool>().prop_flat_map(move |grouped| (Just(grouped), of_grouped(grouped)));
    (advance, ties, share, awards(), any::<[bool; 3]>()).prop_map(
        |((grouped, (mut advance, streams)), ties, share, awards, [lowest, beside, use_places])| {
            if let Some((by, of)) = share.filter(|_| grouped && advance["places"].is_u64()) {
                advance["share"] = json!({ "by": by, "of": of });
            }
            if beside {
                advance["nominations"] = json!("beside");
            }
            advance["ties_use_places"] = json!(use_places);
            let streams = (0..).zip(streams).map(|(i, mut stream): (u32, Value)| {
                stream["code"] = json!(format!("s{i}"));
                stream
            });
            advance["streams"] = streams.collect();
            let mut document = json!({ "schema": 1, "advance": advance,
                "rubric": { "criteria": [ { "code": "mark", "max": "12" }, { "code": "looks", "max": "3", "factor": "0.001" } ] },
                "rounding": { "entry": { "decimals": 0 } },
                "ranking": { "wins": if lowest { "lowest" } else { "highest" }, "ties": ties } });
            if grouped {
                document["ranking"]["group_by"] = json!(["region"]);
            }
            document["awards"] = awards["awards"].clone();
            document["one_award_per_entry"] = awards["one_award_per_entry"].clone();
            if lowest {
                // A threshold of the ladder is the worst value: the lowest win, so they go up.
                for award in document["awards"].as_array_mut().unwrap() {
                    if let Some(from) = award["from"].as_str() {
                        award["from"] = json!((12 - from.parse::<i64>().unwrap()).to_string());
                    }
                }
            }
            document
        },
    )
}

/// One entry: its group, institution, mark, looks, and a number that something rare is chosen by.
type Made = (usize, usize, i64, i64, u8);

fn entry(grouped: bool, number: i64, (group, institution, mark, looks, rare): Made) -> EntryInput {
    let judge = |code: &str| Sheet {
        judge: code.to_owned(),
        marks: vec![Some(points(&mark.to_string())), Some(points(&looks.to_string()))],
    };
    EntryInput {
        number,
        group: if grouped {
            GROUPS[group].to_owned()
        } else {
            String::new()
        },
        institution: (institution > 0).then(|| format!("i{institution}")),
        participation: match rare {
            0..=4 => Participation::Withdrawn { reason: "ill".into() },
            _ => Participation::TakingPart,
        },
        sheets: if rare < 10 { Vec::new() } else { vec![judge("c1")] },
        ..EntryInput::default()
    }
}

fn reasoned(entry: i64) -> Reasoned {
    Reasoned {
        entry,
        reason: "Found so.".into(),
    }
}

fn decisions(entries: i64) -> impl Strategy<Value = Decisions> {
    let some = || proptest::collection::btree_set(1..=entries, 0..3);
    let order = Just((1..=entries).collect::<Vec<i64>>()).prop_shuffle();
    let by = proptest::sample::select(DecidedBy::ALL.to_vec());
    let ties = proptest::collection::vec((by, order), 0..3);
    let sizes = proptest::option::of(proptest::collection::vec(0..40_u64, GROUPS.len()));
    let lot = proptest::option::of(Just(GROUPS.to_vec()).prop_shuffle());
    (some(), some(), ties, sizes, lot, any::<u8>()).prop_map(|(out, named, ties, sizes, lot, withheld)| {
        Decisions {
            nominated: named
                .iter()
                .filter(|n| !out.contains(n))
                .map(|n| reasoned(*n))
                .collect(),
            excluded: out.into_iter().map(reasoned).collect(),
            ties: ties
                .into_iter()
                .map(|(by, order)| Decision { by, order })
                .collect(),
            sizes: sizes
                .into_iter()
                .flat_map(|sizes| GROUPS.map(str::to_owned).into_iter().zip(sizes))
                .collect(),
            share_lot: lot.into_iter().flatten().map(str::to_owned).collect(),
            withheld: if withheld < 40 {
                vec![Withheld {
                    award: "a0".into(),
                    group: None,
                    reason: "Nobody is ready.".into(),
                }]
            } else {
                Vec::new()
            },
            ..Decisions::default()
        }
    })
}

/// Rounds of every kind, with and without what people decide.
pub(super) fn rounds() -> impl Strategy<Value = Round> {
    let one = (0..GROUPS.len(), 0..4_usize, 0..12_i64, 0..2_i64, any::<u8>());
    let entries = proptest::collection::vec(one, 1..20);
    (documents(), entries).prop_flat_map(|(document, made)| {
        let entries = i64::try_from(made.len()).unwrap();
        let decisions = prop_oneof![Just(Decisions::default()), decisions(entries)];
        decisions.prop_map(move |decisions| round(&document, &made, decisions))
    })
}

fn round(document: &Value, made: &[Made], mut decisions: Decisions) -> Round {
    let rules = Rules::parse(&document.to_string()).unwrap_or_else(|e| panic!("{e} {document}"));
    let grouped = document["ranking"]["group_by"].is_array();
    let entries = (1..).zip(made).map(|(n, one)| entry(grouped, n, *one)).collect();
    decisions
        .withheld
        .retain(|w| rules.awards.iter().any(|a| a.code.as_str() == w.award));
    let input = Input {
        entries,
        ..Input::default()
    };
    Round {
        standings: tabulate(&rules, &input, Explain::All),
        document: document.clone(),
        rules,
        input,
        decisions,
    }
}
