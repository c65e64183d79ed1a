use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::Zero;
use proptest::prelude::*;

use super::*;
use crate::domain::exact::Mode;
use crate::domain::points::Points;
use crate::domain::rules::Rules;

type Big = Ratio<BigInt>;

fn rules(settings: &str) -> Rules {
    Rules::parse(&format!(r#"{{ "schema": 1, {settings} }}"#)).unwrap()
}

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

/// An entry of one criterion with a mark from each judge: j0, j1 …
fn entry(number: i64, marks: &[&str]) -> EntryInput {
    let sheet = |(j, mark): (usize, &&str)| Sheet {
        judge: format!("j{j}"),
        marks: vec![Some(points(mark))],
    };
    EntryInput {
        number,
        sheets: marks.iter().enumerate().map(sheet).collect(),
        ..EntryInput::default()
    }
}

fn places(standings: &Standings) -> Vec<(i64, String)> {
    let rank = |s: &Standing| s.rank.map_or_else(|| s.status.to_string(), |r| r.to_string());
    standings.entries.iter().map(|s| (s.entry, rank(s))).collect()
}

const ONE: &str = r#""rubric": { "criteria": [ { "code": "a", "max": 100, "step": "0.01" } ] }"#;

#[test]
fn ranks_are_counted_in_each_style() {
    let entries = || {
        vec![
            entry(1, &["90"]),
            entry(2, &["80"]),
            entry(3, &["80"]),
            entry(4, &["70"]),
        ]
    };
    for (style, expected) in [
        ("competition", ["1", "2", "2", "4"]),
        ("dense", ["1", "2", "2", "3"]),
        ("fractional", ["1", "2.5", "2.5", "4"]),
    ] {
        let rules = rules(&format!(r#"{ONE}, "ranking": {{ "ranks": "{style}" }}"#));
        let standings = tabulate(
            &rules,
            &Input {
                entries: entries(),
                ..Input::default()
            },
            Explain::All,
        );
        let ranks: Vec<String> = places(&standings).into_iter().map(|(_, rank)| rank).collect();
        assert_eq!(ranks, expected);
        let json = serde_json::to_string(&standings).unwrap();
        assert_eq!(serde_json::from_str::<Standings>(&json).unwrap(), standings);
    }
}

#[test]
fn each_link_of_the_chain_breaks_ties_in_its_way() {
    let two = r#""rubric": { "criteria": [ { "code": "a", "max": 100, "step": "0.01" }, { "code": "b", "max": 100 },
        { "code": "votes", "kind": "recorded", "max": 9 } ] },
        "aggregate": { "trim": [ { "from": 3, "high": 1, "low": 1 } ] }, "rounding": { "entry": { "decimals": 0 } }"#;
    // Both total 101: 50 + 50 and 1 vote; entry 2 has more of b, less of everything else.
    let build = |number: i64, sheets: &[(&str, &str)]| {
        let sheet = |(j, (a, b)): (usize, &(&str, &str))| Sheet {
            judge: format!("j{j}"),
            marks: vec![Some(points(a)), Some(points(b))],
        };
        let earlier = EarlierRound {
            total: Exact::whole(number.into()),
            exact: Exact::whole(number.into()),
            rank: Some(Rank::whole(u32::try_from(number).unwrap())),
        };
        EntryInput {
            number,
            sheets: sheets.iter().enumerate().map(sheet).collect(),
            recorded: [("votes".to_owned(), Points::ONE)].into(),
            earlier: [("heats".to_owned(), earlier)].into(),
            ..EntryInput::default()
        }
    };
    let entries = vec![
        build(1, &[("50.3", "50"), ("60", "60"), ("41", "40")]),
        build(2, &[("50.1", "50"), ("58", "60"), ("40", "40")]),
    ];
    for (tie, ahead) in [
        (r#"{ "by": "criterion", "code": "a" }"#, Some(1)),
        (r#"{ "by": "criterion", "code": "votes" }"#, None),
        (r#"{ "by": "judged" }"#, Some(1)),
        (r#"{ "by": "untrimmed_sum" }"#, Some(1)),
        (r#"{ "by": "highest_sheet" }"#, Some(1)),
        (r#"{ "by": "lowest_sheet" }"#, Some(1)),
        (r#"{ "by": "median" }"#, Some(1)),
        (r#"{ "by": "more_digits" }"#, Some(1)),
        (r#"{ "by": "first_places" }"#, Some(1)),
        (r#"{ "by": "earlier_total", "round": "heats" }"#, Some(2)),
        (r#"{ "by": "earlier_rank", "round": "heats" }"#, Some(1)),
        (r#"{ "by": "chair" }"#, Some(2)),
        (r#"{ "by": "lot" }"#, None),
        (r#"{ "by": "shared" }, { "by": "chair" }"#, None),
    ] {
        let Ok(rules) = Rules::parse(&format!(
            r#"{{ "schema": 1, {two}, "ranking": {{ "ties": [ {tie} ] }} }}"#
        )) else {
            assert!(tie.contains("shared"), "{tie}");
            continue;
        };
        let decisions = vec![Decision {
            by: DecidedBy::Chair,
            order: vec![2, 3, 1],
        }];
        let input = Input {
            entries: entries.clone(),
            decisions,
            ..Input::default()
        };
        let standings = tabulate(&rules, &input, Explain::All);
        let first = standings.entries.iter().find(|s| !s.tied).map(|s| s.entry);
        assert_eq!(first, ahead, "{tie}");
        if let Some(ahead) = ahead {
            let note = &standings.entries[0].derivation.as_ref().unwrap().ties[0];
            assert!(note.ahead && note.with == 3 - ahead, "{note:?}");
            assert_ne!(note.ours, note.theirs);
        }
    }
}

#[test]
fn what_is_undecided_is_said() {
    let rules = rules(&format!(
        r#"{ONE}, "panel": {{ "minimum_sheets": 2 }}, "ranking": {{ "ties": [
        {{ "by": "earlier_total", "round": "heats" }}, {{ "by": "chair" }}, {{ "by": "highest_sheet" }} ] }}"#
    ));
    let mut few = entry(3, &["99"]);
    few.sheets.push(Sheet {
        judge: "j9".into(),
        marks: vec![None],
    });
    let gone = EntryInput {
        participation: Participation::Withdrawn { reason: "ill".into() },
        ..entry(4, &["99", "99"])
    };
    let judges = vec![JudgeInput {
        code: "j1".into(),
        ..JudgeInput::default()
    }];
    let mut input = Input {
        entries: vec![entry(1, &["90", "80"]), entry(2, &["85", "85"]), few, gone],
        judges,
        decisions: vec![Decision {
            by: DecidedBy::Chair,
            order: vec![2, 7],
        }],
        ..Input::default()
    };
    let standings = tabulate(&rules, &input, Explain::All);
    let named = |entries: &[(i64, &str)]| {
        entries
            .iter()
            .map(|(n, r)| (*n, (*r).to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        places(&standings),
        named(&[(1, "1"), (2, "1"), (3, "unranked"), (4, "withdrawn")])
    );
    assert_eq!(
        standings.warnings,
        [
            Warning::TooFewSheets {
                entry: 3,
                present: 1,
                minimum: 2
            },
            Warning::SheetIncomplete {
                entry: 3,
                judge: "j9".into()
            },
            Warning::SheetMissing {
                entry: 3,
                judge: "j1".into()
            },
            Warning::DecisionAwaited {
                by: DecidedBy::Chair,
                entries: vec![1, 2]
            },
            Warning::TieValueMissing {
                by: "earlier_total".into(),
                entries: vec![1, 2]
            },
        ]
    );
    input.decisions.push(Decision {
        by: DecidedBy::Chair,
        order: vec![2, 1],
    });
    let standings = tabulate(&rules, &input, Explain::All);
    assert_eq!(
        places(&standings),
        named(&[(2, "1"), (1, "2"), (3, "unranked"), (4, "withdrawn")])
    );
}

#[test]
fn a_judge_who_left_a_common_panel_early_counts_for_no_entry_of_it() {
    let rules = rules(&format!(r#"{ONE}, "panel": {{ "common": true }}"#));
    let mut entries = vec![
        entry(1, &["90", "60"]),
        entry(2, &["80"]),
        entry(3, &[]),
        entry(4, &["10", "20"]),
    ];
    entries[3].panel = "other".into();
    let standings = tabulate(
        &rules,
        &Input {
            entries,
            ..Input::default()
        },
        Explain::All,
    );
    let totals: Vec<_> = standings
        .entries
        .iter()
        .map(|s| s.total.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(
        totals,
        [Some("90".into()), Some("80".into()), Some("15".into()), None]
    );
    let aside = Warning::JudgeSetAside {
        group: String::new(),
        judge: "j1".into(),
        missing: vec![2],
    };
    assert!(standings.warnings.contains(&aside), "{:?}", standings.warnings);
    let lines = &standings.entries[0].derivation.as_ref().unwrap().sheets;
    assert_eq!(lines[1].dropped, Some(Dropped::SetAside));
}

#[test]
fn earlier_rounds_are_carried_as_the_rules_say() {
    let earlier = |total: &str| EarlierRound {
        total: total.parse().unwrap(),
        exact: format!("{total}4").parse().unwrap(),
        rank: None,
    };
    let total = |carry: &str, has: bool| {
        let rules = rules(&format!(
            r#"{ONE}, "own_weight": "0.7", "carry": [ {{ "round": "semi", "weight": "0.3" {carry} }} ],
               "rounding": {{ "entry": {{ "decimals": 2 }}, "round": {{ "decimals": 3 }} }}"#
        ));
        let mut one = entry(1, &["90", "90", "91"]);
        if has {
            one.earlier.insert("semi".into(), earlier("80.01"));
        }
        let standings = tabulate(
            &rules,
            &Input {
                entries: vec![one],
                ..Input::default()
            },
            Explain::All,
        );
        let own = standings.entries[0].own.as_ref().map(|own| own.total.to_string());
        standings.entries[0]
            .total
            .as_ref()
            .map(|t| (t.to_string(), own.unwrap()))
    };
    let is = |total: &str| Some((total.to_owned(), "90.33".to_owned()));
    assert_eq!(total("", true), is("87.234"));
    assert_eq!(total(r#", "of": "exact""#, true), is("87.235"));
    assert_eq!(total("", false), None);
    assert_eq!(total(r#", "missing": "renormalise""#, false), is("90.330"));
    assert_eq!(total(r#", "missing": { "value": "60" }"#, false), is("81.231"));
}

/// Settings at random, as text, with what the reference needs of them.
#[derive(Debug, Clone)]
struct Setting {
    document: String,
    by_criteria: bool,
    combine: &'static str,
    trim: Option<(usize, usize)>,
    decimals: u32,
    mode: Mode,
    factors: [i64; 2],
}

fn settings() -> impl Strategy<Value = Setting> {
    let combine = proptest::sample::select(vec!["mean", "median", "sum"]);
    let mode = proptest::sample::select(Mode::ALL.to_vec());
    let factor = 1..2_000_i64;
    (any::<bool>(), combine, proptest::option::of((0..2_usize, 0..2_usize)), 0..4_u32, mode, [factor.clone(), factor])
        .prop_map(|(by_criteria, combine, trim, decimals, mode, factors)| {
            let over = if by_criteria { "criteria" } else { "sheets" };
            let step = trim.map_or(String::new(), |(high, low)| {
                format!(r#"{{ "from": 3, "high": {high}, "low": {low} }}"#)
            });
            let [a, b] = factors.map(Points::from_thousandths);
            let to = format!(r#"{{ "decimals": {decimals}, "mode": "{mode}" }}"#);
            let places = if by_criteria {
                format!(r#""criterion": {to}, "weighted_criterion": {to}, "entry": {to}"#)
            } else {
                format!(r#""weighted_criterion": {to}, "sheet": {to}, "entry": {to}"#)
            };
            let document = format!(
                r#"{{ "schema": 1, "rubric": {{ "criteria": [
                    {{ "code": "a", "min": -50, "max": 50, "step": "0.001", "factor": "{a}" }},
                    {{ "code": "b", "min": -50, "max": 50, "step": "0.001", "factor": "{b}" }} ] }},
                    "aggregate": {{ "over": "{over}", "by": "{combine}", "trim": [ {step} ] }},
                    "rounding": {{ {places} }},
                    "ranking": {{ "ties": [ {{ "by": "criterion", "code": "b" }}, {{ "by": "untrimmed_sum" }} ] }} }}"#
            );
            Setting { document, by_criteria, combine, trim, decimals, mode, factors }
        })
}

fn entries() -> impl Strategy<Value = Vec<EntryInput>> {
    let mark = prop_oneof![(-50..=50_i64).prop_map(|n| n * 1000), -50_000..=50_000_i64];
    let sheets = proptest::collection::vec((mark.clone(), mark), 1..6);
    proptest::collection::vec((sheets, -3_i64..3), 1..7).prop_map(|entries| {
        let entry = |(number, (sheets, adjustment)): (i64, (Vec<(i64, i64)>, i64))| EntryInput {
            number,
            sheets: (0..)
                .zip(sheets)
                .map(|(j, (a, b))| Sheet {
                    judge: format!("j{j}"),
                    marks: [a, b].map(|m| Some(Points::from_thousandths(m))).to_vec(),
                })
                .collect(),
            adjustments: vec![Adjustment {
                points: Points::from_thousandths(adjustment * 500),
                ..Adjustment::default()
            }],
            ..EntryInput::default()
        };
        (1..).zip(entries).map(entry).collect()
    })
}

/// The slow reference: the same rules told with big rationals and without any cleverness.
fn reference(setting: &Setting, entry: &EntryInput) -> Big {
    let big = |thousandths: i64| Big::new(thousandths.into(), 1000.into());
    let round = |value: Big| {
        let scale = Big::from(BigInt::from(10).pow(setting.decimals));
        let scaled = value * &scale;
        let (magnitude, half) = (scaled.clone().trunc(), Big::new(1.into(), 2.into()));
        let rest = if scaled < Big::zero() {
            &magnitude - &scaled
        } else {
            &scaled - &magnitude
        };
        let odd = magnitude.to_integer().bit(0);
        let away = match setting.mode {
            Mode::HalfUp => rest >= half,
            Mode::HalfEven => rest > half || (rest == half && odd),
            Mode::Truncate => false,
        };
        let step = Big::from(BigInt::from(if scaled < Big::zero() { -1 } else { 1 }));
        (if away { magnitude + step } else { magnitude }) / scale
    };
    let combine = |mut values: Vec<Big>| {
        values.sort();
        if let Some((high, low)) = setting.trim.filter(|_| values.len() >= 3) {
            values = values[low..values.len() - high].to_vec();
        }
        let n = values.len();
        match setting.combine {
            "median" => (&values[(n - 1) / 2] + &values[n / 2]) / BigInt::from(2),
            "sum" => values.into_iter().sum(),
            _ => values.into_iter().sum::<Big>() / BigInt::from(n),
        }
    };
    let marks = |c: usize| {
        entry
            .sheets
            .iter()
            .map(move |s| big(s.marks[c].unwrap().thousandths()))
    };
    let factor = |c: usize| big(setting.factors[c]);
    let judged = if setting.by_criteria {
        (0..2)
            .map(|c| round(round(combine(marks(c).collect())) * factor(c)))
            .sum()
    } else {
        let sheets = marks(0)
            .zip(marks(1))
            .map(|(a, b)| round(round(a * factor(0)) + round(b * factor(1))));
        combine(sheets.collect())
    };
    round(
        judged
            + entry
                .adjustments
                .iter()
                .map(|a| big(a.points.thousandths()))
                .sum::<Big>(),
    )
}

fn standing(standings: &Standings, number: i64) -> &Standing {
    standings.entries.iter().find(|s| s.entry == number).unwrap()
}

proptest! {
    #[test]
    fn totals_equal_a_slow_reference_and_ranks_follow_them(setting in settings(), entries in entries()) {
        let rules = Rules::parse(&setting.document).unwrap();
        let input = Input { entries, ..Input::default() };
        let standings = tabulate(&rules, &input, Explain::All);
        for entry in &input.entries {
            let computed = standing(&standings, entry.number).total.as_ref().unwrap().value().to_string();
            let expected: Exact = reference(&setting, entry).to_string().parse().unwrap();
            prop_assert_eq!(computed, expected.to_string());
        }
        for pair in standings.entries.windows(2) {
            let (a, b) = (&pair[0], &pair[1]);
            let (ta, tb) = (a.total.as_ref().unwrap().value(), b.total.as_ref().unwrap().value());
            prop_assert!(ta >= tb);
            prop_assert_eq!(a.place == b.place, ta == tb && a.keys == b.keys);
            prop_assert!(a.rank <= b.rank);
        }
        let ahead = |s: &Standing| standings.entries.iter().filter(|o| o.place < s.place).count() + 1;
        prop_assert!(standings.entries.iter().all(|s| s.place == u32::try_from(ahead(s)).ok()));
        let json = serde_json::to_string(&standings).unwrap();
        prop_assert_eq!(serde_json::from_str::<Standings>(&json).unwrap(), standings);
    }

    #[test]
    fn the_order_of_the_input_never_matters(setting in settings(), entries in entries(), seed: u64) {
        let rules = Rules::parse(&setting.document).unwrap();
        let mut shuffled = entries.clone();
        let turn = |n: usize| usize::try_from(seed).unwrap_or(1) % n;
        let n = shuffled.len();
        shuffled.rotate_left(turn(n));
        shuffled.reverse();
        for entry in &mut shuffled {
            let n = entry.sheets.len();
            entry.sheets.rotate_left(turn(n));
        }
        let computed = |entries| tabulate(&rules, &Input { entries, ..Input::default() }, Explain::All);
        prop_assert_eq!(computed(entries), computed(shuffled));
    }

    #[test]
    fn one_entrys_adjustment_changes_no_other_entrys_number(setting in settings(), entries in entries(), by in -9_i64..9) {
        let rules = Rules::parse(&setting.document).unwrap();
        let mut adjusted = entries.clone();
        adjusted[0].adjustments.push(Adjustment { points: Points::from_thousandths(by * 1000), ..Adjustment::default() });
        let before = tabulate(&rules, &Input { entries, ..Input::default() }, Explain::All);
        let after = tabulate(&rules, &Input { entries: adjusted.clone(), ..Input::default() }, Explain::All);
        for entry in &adjusted[1..] {
            let (before, after) = (standing(&before, entry.number), standing(&after, entry.number));
            prop_assert_eq!(&before.total, &after.total);
            prop_assert_eq!(&before.keys, &after.keys);
        }
    }

    #[test]
    fn an_absent_judge_equals_one_that_never_was(setting in settings(), entries in entries()) {
        let rules = Rules::parse(&setting.document).unwrap();
        let computed = |excused: &[&str], judges: Vec<JudgeInput>| {
            let excused: Vec<String> = excused.iter().map(|j| (*j).to_owned()).collect();
            let with = |entry: &EntryInput| EntryInput { excused: excused.clone(), ..entry.clone() };
            let entries = entries.iter().map(with).collect();
            tabulate(&rules, &Input { entries, judges, ..Input::default() }, Explain::All)
        };
        let judges = vec![JudgeInput { code: "absent".into(), ..JudgeInput::default() }];
        prop_assert_eq!(computed(&["absent"], judges), computed(&[], Vec::new()));
    }

    #[test]
    fn no_marks_make_it_panic(setting in settings(), marks in proptest::collection::vec(any::<[Option<i64>; 3]>(), 0..4)) {
        let rules = Rules::parse(&setting.document).unwrap();
        let sheet = |(j, marks): (usize, [Option<i64>; 3])| Sheet {
            judge: format!("j{}", j % 2),
            marks: marks[..2 + j % 2].iter().map(|m| m.map(Points::from_thousandths)).collect(),
        };
        let one = EntryInput { number: 1, sheets: marks.into_iter().enumerate().map(sheet).collect(), ..EntryInput::default() };
        let input = Input { entries: vec![one.clone(), one], ..Input::default() };
        let standings = tabulate(&rules, &input, Explain::Entry(1));
        prop_assert_eq!(standings.entries.len(), 2);
    }
}
