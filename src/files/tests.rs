use proptest::prelude::*;

use super::*;
use crate::domain::advancement::{By, GivenUp, Kept, Withheld};
use crate::domain::scoring::{
    Adjustment, DecidedBy, Decision, EarlierRound, EntryInput, FixedJudge, FixedRange, FixedScale,
    JudgeInput, Participation, Rank, Sheet,
};

const RULES_TEXT: &str = r#"{
  "schema": 1,
  "rubric": { "criteria": [
    { "code": "idea", "title": { "en": "Idea", "zh": "创意" }, "max": 10, "step": "0.5" },
    { "code": "plan", "max": 10 },
    { "code": "votes", "kind": "recorded", "max": 5 } ] },
  "penalties": [ { "code": "overtime", "points": -1, "per": 30 } ],
  "ranking": { "group_by": [ "region" ], "ties": [ { "by": "criterion", "code": "idea" }, { "by": "chair" } ] },
  "advance": { "per_group": 1, "reserves": 1 }
}"#;

const ENTRIES_TEXT: &str =
    "entry,title,region,phone\n1,\"Solar, \"\"new\"\"\",Chengdu,0\n2,Wind,Chengdu,1\n3,Wave,Shanghai,2\n";
const MARKS_TEXT: &str = "entry,judge,criterion,mark\n1,,votes,3\n1,J1,idea,8.5\n1,J1,plan,7\n1,J2,idea,9\n1,J2,plan,\n2,,votes,0\n2,J1,idea,9\n2,J1,plan,9.0\n3,,votes,1\n3,J1,idea,1\n3,J1,plan,2\n";

fn folder(files: &[(&str, &str)]) -> Folder {
    let usual = [(RULES, RULES_TEXT), (ENTRIES, ENTRIES_TEXT), (MARKS, MARKS_TEXT)];
    let files = usual.iter().chain(files);
    files
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
        .collect()
}

fn problems(files: &[(&str, &str)]) -> Vec<String> {
    read(&folder(files)).unwrap_err().sentences(Lang::En)
}

#[test]
fn a_contest_is_read_tabulated_and_told() {
    let contest = read(&folder(&[])).unwrap();
    assert_eq!(contest.titles[&1].in_lang(Lang::En), "Solar, \"new\"");
    assert_eq!(contest.further.value(2, "phone"), Some("1"));
    let result = contest.tabulate();
    assert_eq!(
        String::from_utf8(result.csv()).unwrap(),
        "entry,group,rank,total,status,outcome\n\
         1,Chengdu,1,18.5,ranked,advances\n\
         2,Chengdu,2,18,ranked,reserve\n\
         3,Shanghai,1,4,ranked,advances\n"
    );
    assert_eq!(
        result.table(Lang::Zh).lines().take(2).collect::<Vec<_>>(),
        [
            "名次  编号  项目          组别      总分  按规则",
            "   1     1  Solar, \"new\"  Chengdu   18.5  入围"
        ]
    );
    assert!(
        result
            .table(Lang::En)
            .contains("- The sheet of judge J2 for entry 1 lacks marks")
    );
    assert_eq!(
        result.sentence(2, Lang::En).unwrap(),
        "18; votes 0; total 18. Second in Chengdu. Reserve 1."
    );
    assert_eq!(result.sentence(9, Lang::En), None);
    let document: serde_json::Value = serde_json::from_str(&result.json(Lang::En)).unwrap();
    assert_eq!(document["groups"][0]["standings"][0]["total"], "18.5");
    assert_eq!(
        document["groups"][0]["standings"][0]["title"]["en"],
        "Solar, \"new\""
    );
    assert_eq!(document["advancement"]["entries"][0]["outcome"], "advances");
}

#[test]
fn line_ends_marks_of_byte_order_and_blank_lines_mean_nothing() {
    let usual = read(&folder(&[])).unwrap();
    let spreadsheet = |text: &str| format!("\u{feff}{}\r\n,,,\r\n\r\n", text.replace('\n', "\r\n"));
    let (rules, entries, marks) = (
        spreadsheet(RULES_TEXT).replace(",,,", ""),
        spreadsheet(ENTRIES_TEXT),
        spreadsheet(MARKS_TEXT),
    );
    let same = read(&folder(&[(RULES, &rules), (ENTRIES, &entries), (MARKS, &marks)])).unwrap();
    assert_eq!(same, usual);
}

#[test]
fn every_wrong_place_is_named_at_once() {
    let found = problems(&[
        (
            ENTRIES,
            "entry,title,region\r\n1,A,Chengdu\r\n\r\n1,B,Chengdu\r\nx,C,Chengdu\r\n4,\"D\r\nd\",\r\n5,E\r\n",
        ),
        (
            MARKS,
            "entry,judge,criterion,mark\n1,J1,idea,11\n1,J1,ideas,1\n2,J1,idea,1\n1,,plan,1\n1,J1,votes,1\n\
             1,J2,idea,\"1,5\"\n1,J2,plan,1\n1,J2,plan,1\n",
        ),
        (
            ADJUSTMENTS,
            "entry,points,reason,rule,quantity\n1,-1e3,,,\n1,-1,,overtime,\n1,-1,late,,5\n1,,,noise,1\n",
        ),
        (PREVIOUS, "entry,round,total,rank\n1,Short,1.,first\n"),
        (
            DECISIONS,
            "decision,entries,reason\nchair,1,\ncoin,1 4,\nexcluded,1 1,late\nnominated,1,\n",
        ),
        (GROUPS, "group,entrants\nChengdu,ten\nBeijing,1\n"),
        (PANELS, "judge,judge\n"),
    ]);
    assert_eq!(
        found,
        [
            "entries.csv, line 4, column entry: Entry 1 stands here twice.",
            "entries.csv, line 5, column entry: “x” is no entry's number.",
            "entries.csv, line 6, column region: Something must stand here.",
            "entries.csv, line 8: This line has 2 fields, the heading has 3.",
            "panels.csv, line 1, column judge: The column “judge” stands here twice.",
            "marks.csv, line 2, column mark: Idea takes 0 to 10; 11 was given.",
            "marks.csv, line 3, column criterion: This round has no criterion “ideas”.",
            "marks.csv, line 4, column entry: There is no entry 2 in entries.csv.",
            "marks.csv, line 5, column judge: plan is marked by judges; say which of them gave this mark.",
            "marks.csv, line 6, column judge: votes is recorded by the organizers, not marked by judges.",
            "marks.csv, line 7, column mark: Idea: “1,5” is no plain decimal number such as 27.5.",
            "marks.csv, line 9, column criterion: plan has been given by the same judge to the same entry before.",
            "adjustments.csv, line 2, column points: “-1e3” is no decimal number with at most three decimals, such as \"27.5\".",
            "adjustments.csv, line 2, column reason: A reason is needed.",
            "adjustments.csv, line 3, column points: The rule counts the points; leave them out.",
            "adjustments.csv, line 3, column quantity: Something must stand here.",
            "adjustments.csv, line 4, column quantity: A quantity belongs to a penalty of the rules: name it as rule.",
            "adjustments.csv, line 5, column rule: “noise” is not known here; known are overtime.",
            "previous.csv, line 2, column round: “Short” is no code: lower-case letters, digits, single hyphens and underscores.",
            "previous.csv, line 2, column total: “1.” is neither a decimal number nor a fraction.",
            "previous.csv, line 2, column rank: “first” is no rank.",
            "decisions.csv, line 2, column entries: A tie is decided between two or more entries.",
            "decisions.csv, line 3, column decision: “coin” is not known here; known are chair, lot, organizers, excluded, nominated, withheld, given_up, left, kept.",
            "decisions.csv, line 4, column entries: Entry 1 is named more than once.",
            "decisions.csv, line 5, column reason: A reason is needed.",
            "groups.csv, line 2, column entrants: “ten” is no whole number.",
            "groups.csv, line 3, column group: No entry is in the group Beijing.",
        ]
    );
}

/// What spreadsheet programs in China save, and what others do for Excel, is the same contest.
#[test]
fn a_contest_in_other_encodings_is_the_same() {
    let entries = "entry,title_zh,region\n1,“智造”机器人㐀,成都\n2,新能源,成都\n3,智慧养老,上海\n";
    let contest =
        read(&folder(&[(ENTRIES, entries)])).unwrap_or_else(|p| panic!("{:?}", p.sentences(Lang::Zh)));
    assert_eq!(contest.titles[&1].in_lang(Lang::Zh), "“智造”机器人㐀");
    let (gb, _, lost) = encoding_rs::GB18030.encode(entries);
    assert!(!lost && std::str::from_utf8(&gb).is_err());
    let utf_16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(entries.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let marked = format!("\u{feff}{entries}").into_bytes();
    for bytes in [gb.into_owned(), utf_16, marked] {
        let mut other = folder(&[]);
        other.insert(ENTRIES.into(), bytes);
        let read = read(&other).unwrap_or_else(|p| panic!("{:?}", p.sentences(Lang::Zh)));
        assert_eq!(
            super::write(&read),
            super::write(&contest),
            "what is written is UTF-8"
        );
    }
}

#[test]
fn what_is_wrong_with_whole_files_is_named() {
    assert_eq!(
        read(&Folder::new()).unwrap_err().sentences(Lang::Zh),
        ["rules.json：缺少此文件。", "entries.csv：缺少此文件。"]
    );
    let mut broken = folder(&[
        (ENTRIES, ""),
        (
            RULES,
            "{\n \"schema\": 2, \"x\": 1,\n \"rubric\": { \"criteria\": [] } }",
        ),
    ]);
    broken.insert(MARKS.into(), b"entry,judge\n1,\xff\n".to_vec());
    let found = read(&broken).unwrap_err().sentences(Lang::En);
    assert!(
        found[0].starts_with(
            "rules.json, line 2, column 20 (/x): “x” is not known here; known are schema, title, "
        )
    );
    assert_eq!(
        found[1..],
        [
            "entries.csv: This file is empty; its first line should name its columns.",
            "marks.csv, line 2, column 3: This is neither UTF-8 nor UTF-16 nor GB18030 (GBK); save the file as “CSV UTF-8”.",
        ]
    );
    assert_eq!(
        problems(&[(RULES, "{ \"schema\": 1,\n  \"rubric\": }")]),
        ["rules.json, line 2, column 13: This is not JSON: line 2, column 13."]
    );
    let carrying = RULES_TEXT.replace(
        "\"schema\": 1,",
        "\"schema\": 1, \"carry\": [ { \"round\": \"short\" } ],",
    );
    assert_eq!(
        problems(&[(RULES, &carrying)]),
        ["rules.json, line 2, column 38 (/carry/0/round): “short” is no earlier round."]
    );
    assert_eq!(
        problems(&[(ENTRIES, "entry,title\n1,A\n2,B\n3,C\n")]),
        [
            "entries.csv, line 1, column region: The rules group entries by “region”, and there is no such column."
        ]
    );
    assert_eq!(
        problems(&[(MARKS, "entry,judge,criterion,mark\n1,J1,idea,\"8\n1,J1,plan,7\n")]),
        ["marks.csv, line 2: A quotation mark is opened here and never closed."]
    );
}

#[test]
fn judges_are_missed_only_where_they_are_named_and_not_excused() {
    let missing = |files: &[(&str, &str)]| {
        let contest = read(&folder(files)).unwrap();
        let table = contest.tabulate().table(Lang::En);
        table
            .lines()
            .filter(|line| line.contains("gave no sheet"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let panels = (PANELS, "judge,panel,class\nJ1,a,x\nJ2,a,x\nJ3,b,x\n");
    assert!(missing(&[]).is_empty());
    assert_eq!(
        missing(&[panels]),
        [
            "- Judge J2 gave no sheet for entry 2 and is not excused.",
            "- Judge J2 gave no sheet for entry 3 and is not excused."
        ]
    );
    assert_eq!(
        missing(&[panels, (EXCUSED, "entry,judge\n2,J2\n")]),
        ["- Judge J2 gave no sheet for entry 3 and is not excused."]
    );
    assert_eq!(
        problems(&[(PANELS, "judge\nJ1\n"), (EXCUSED, "entry,judge\n1,J9\n")]),
        [
            "marks.csv, line 5, column judge: Judge J2 is not in panels.csv.",
            "marks.csv, line 6, column judge: Judge J2 is not in panels.csv.",
            "excused.csv, line 2, column judge: Judge J9 is not in panels.csv.",
        ]
    );
}

fn text() -> impl Strategy<Value = String> {
    // White space at the ends of a reason is the reason's; blank ones are none.
    "[a-z,\"\n\r评=é]{0,6}x"
}

prop_compose! {
    fn entry(number: i64)(
        group in prop::sample::select(vec!["Chengdu", "上海", "a,b"]),
        panel in prop::sample::select(vec!["", "p", "q"]),
        institution in prop::option::of(text()),
        status in 0..3_u8,
        reason in text(),
        marks in prop::collection::vec((0..=20_i64, prop::option::of(0..=10_i64)), 0..4),
        votes in prop::option::of(0..=5_i64),
        points in prop::collection::vec((-99_999..99_999_i64, text()), 0..3),
        earlier in prop::option::of((0..999_999_i64, 1..4_i64, prop::option::of(1..9_u32))),
        excused in prop::sample::subsequence(vec!["J8", "J9"], 0..=2),
    ) -> EntryInput {
        let points_of = crate::domain::points::Points::from_thousandths;
        let sheet = |(i, (idea, plan)): (usize, &(i64, Option<i64>))| Sheet {
            judge: format!("J{i}"),
            marks: vec![Some(points_of(idea * 500)), plan.map(|plan| points_of(plan * 1000))],
        };
        EntryInput {
            number,
            group: group.into(),
            panel: panel.into(),
            institution,
            participation: match status {
                0 => Participation::TakingPart,
                1 => Participation::Withdrawn { reason },
                _ => Participation::Disqualified { reason },
            },
            sheets: marks.iter().enumerate().map(sheet).collect(),
            excused: excused.into_iter().map(str::to_owned).collect(),
            recorded: votes.map(|votes| ("votes".to_owned(), points_of(votes * 1000))).into_iter().collect(),
            adjustments: points.into_iter().map(|(points, reason)| if points % 3 == 0 {
                Adjustment { reason, rule: Some("overtime".into()), quantity: Some(points_of(points)), ..Adjustment::default() }
            } else {
                Adjustment { points: points_of(points), reason, ..Adjustment::default() }
            }).collect(),
            earlier: earlier.map(|(n, d, rank)| {
                let total = crate::domain::exact::Exact::over(n.into(), d.into()).unwrap();
                ("short".to_owned(), EarlierRound { exact: total.clone(), total, rank: rank.map(Rank::whole) })
            }).into_iter().collect(),
        }
    }
}

prop_compose! {
    fn scale()(sheets in 0..9_usize, x in any::<f64>().prop_filter("finite", |x| x.is_finite()), effect in any::<bool>()) -> FixedScale {
        let real: crate::domain::scoring::Real = format!("{x}").parse().unwrap();
        let exact = |n: i128| crate::domain::exact::Exact::over(n, 7).unwrap();
        FixedScale {
            judges: vec![FixedJudge { judge: "J1".into(), criterion: effect.then(|| "idea".into()), sheets, mean: Some(exact(9)), deviation: Some(real), effect: effect.then_some(real), standard_error: None }],
            ranges: vec![FixedRange { z_lowest: exact(-3), z_highest: exact(4), lowest: exact(1), highest: exact(2) }],
            ..FixedScale::default()
        }
    }
}

prop_compose! {
    fn contest()(
        entries in (1..6_i64).prop_flat_map(|n| (1..=n).map(entry).collect::<Vec<_>>()),
        judges in any::<bool>(),
        tie in any::<bool>(),
        title in prop::option::of(text()),
        group_title in prop::option::of(text()),
        scales in prop::option::of(scale()),
        again in prop::option::of((prop::option::of(text()), prop::option::of("[a-z]{1,4}"))),
    ) -> Contest {
        let names = (0..4).chain(8..10).flat_map(|i| ["p", "q"].map(|panel| JudgeInput { code: format!("J{i}"), panel: panel.into(), sealed: i == 9, class: (i % 2 == 0).then(|| "experts".to_owned()) }));
        let decision = |by| Decision { by, order: vec![1, 2] };
        let many = tie && entries.len() > 1;
        let first = entries[0].group.clone();
        Contest {
            rules: Rules::parse(RULES_TEXT).unwrap(),
            decisions: Decisions {
                ties: many.then(|| decision(DecidedBy::Organizers)).into_iter().collect(),
                sizes: tie.then(|| (first.clone(), 7)).into_iter().collect(),
                withheld: tie.then(|| Withheld { award: "gold".into(), group: None, reason: "No entry is ready.".into() }).into_iter().collect(),
                share_lot: tie.then(|| first.clone()).into_iter().collect(),
                given_up: again.clone().map(|(reason, stream)| GivenUp { entry: 1, stream, reason }).into_iter().collect(),
                left: again.iter().filter(|(reason, _)| reason.is_some()).map(|_| 1).collect(),
                kept: again.map(|(_, stream)| Kept { entry: 1, by: By::Wildcard, stream }).into_iter().collect(),
                ..Decisions::default()
            },
            titles: title.map(|zh| (1, Text { en: None, zh: Some(zh) })).into_iter().collect(),
            group_titles: group_title.map(|en| (first.clone(), Text::english(en))).into_iter().collect(),
            further: Further::default(),
            input: Input {
                judges: judges.then_some(names).into_iter().flatten().collect(),
                decisions: many.then(|| decision(DecidedBy::Chair)).into_iter().collect(),
                entries,
                fixed: scales.map(|scale| (first, scale)).into_iter().collect(),
            },
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_and_written_as_the_same_bytes(contest in contest()) {
        let folder = write(&contest);
        let mut again = read(&folder).map_err(|p| TestCaseError::fail(p.sentences(Lang::En).join("\n")))?;
        prop_assert_eq!(&write(&again), &folder);
        again.further = Further::default();
        prop_assert_eq!(again, contest);
    }

}
