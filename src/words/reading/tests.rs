use std::collections::BTreeMap;

use super::*;

fn read_out(settings: &str, lang: Lang) -> Vec<String> {
    let rules = Rules::parse(&format!(r#"{{ "schema": 1, {settings} }}"#)).unwrap_or_else(|e| panic!("{e}"));
    reading(&rules, lang)
        .into_iter()
        .flat_map(|section| section.sentences)
        .collect()
}

const TALENTS: &str = include_str!("../../domain/rules/templates/talents-cup.json");

#[test]
fn the_talents_cup_is_read_out() {
    let rules = Rules::parse(TALENTS).unwrap();
    assert_eq!(
        as_text(&rules, Lang::En),
        "Semi-final on stage\n\n\
         What is marked\n\
         - Technology and product: 0 to 30 in steps of 0.5, marked by each judge; from 25 leading, from 18 sound.\n\
         - Business model: 0 to 25 in steps of 0.5, marked by each judge.\n\
         - Market: 0 to 20 in steps of 0.5, marked by each judge.\n\
         - Team: 0 to 25 in steps of 0.5, marked by each judge.\n\
         - A sheet's total is the sum of its marks: 100 at most.\n\
         - A sheet counts only when it is complete.\n\
         - Judges may comment.\n\n\
         Across judges\n\
         - At least 5 judges mark each entry; with fewer sheets it has no place.\n\
         - Every judge marks every entry of the group; the sheets of a judge who misses one are set aside for all of them.\n\
         - What counts is each judge's total.\n\
         - The highest and the lowest are dropped.\n\
         - The mean of the others counts.\n\n\
         Rounding\n\
         - The entry's total: to 2 decimals, half goes up.\n\
         - Nothing else is rounded; ties are decided on the value as rounded last.\n\n\
         Places\n\
         - The highest total wins.\n\
         - Entries are ranked apart by region.\n\
         - Equal totals are decided by, in this order: Technology and product; the sum of all sheets, dropped ones \
         included; the chair's recorded decision.\n\
         - Where that decides nothing, the place is shared.\n\n\
         Who goes on\n\
         - 25 entries go on.\n\
         - Each group has at least 4 of them; the others go to the best of the rest.\n\
         - Of a tie at the cut all go on.\n\
         - 5 reserves are named.\n"
    );
    let chinese = as_text(&rules, Lang::Zh);
    for line in [
        "半决赛路演",
        "- 技术和产品：0 至 30 分，步长 0.5，由每位评委打分；25 分起为领先、18 分起为扎实。",
        "- 去掉 1 个最高分和 1 个最低分。",
        "- 取其余分数的平均值。",
        "- 项目总分保留 2 位小数，四舍五入。",
        "- 按赛区分组排名。",
        "- 总分相同时，依次比较：技术和产品；全部评分表之和（含去掉的）；评委组长的书面决定。",
        "- 其中每组至少 4 个，其余名额由剩余项目按成绩产生。",
        "- 晋级线上同分的项目全部晋级。",
    ] {
        assert!(chinese.lines().any(|l| l == line), "{line}\n{chinese}");
    }
}

#[test]
fn other_settings_are_read_out() {
    let said = read_out(
        r#""rubric": { "total": "mean", "comment": "none", "distinct_totals": true, "criteria": [ { "code": "a", "max": 10, "weight": "0.5" },
             { "code": "b", "max": 10, "weight": "0.5" }, { "code": "dd", "kind": "recorded", "as": "multiplier", "max": 4, "step": "0.1" } ] },
           "aggregate": { "by": "sum", "trim": [ { "from": 7, "high": 2, "low": 2 }, { "from": 5, "high": 1 } ] },
           "own_weight": "0.7", "carry": [ { "round": "semi", "weight": "0.3", "of": "exact", "missing": { "value": 60 } } ],
           "ranking": { "wins": "lowest", "ranks": "dense", "ties": [ { "by": "earlier_rank", "round": "semi" }, { "by": "shared" } ] },
           "advance": { "per_group": 3, "nominations": "beside", "minimum_score": 70, "maximum_per_institution": 1, "tie_at_cut": "wait" },
           "awards": [ { "code": "gold", "places": 1 }, { "code": "silver", "title": { "en": "Silver" }, "places": 2 } ]"#,
        Lang::En,
    );
    for sentence in [
        "dd: 0 to 4 in steps of 0.1, recorded by the organizers; what the judges' marks give is multiplied by it.",
        "a: 0 to 10 in steps of 1, marked by each judge; weight 0.5.",
        "A sheet's total is the weighted mean of its marks: 10 at most.",
        "Judges do not comment.",
        "The totals that a judge gives to the entries of a group must all differ.",
        "At least 1 judge marks each entry; with fewer sheets it has no place.",
        "From 5 sheets on the highest is dropped.",
        "From 7 sheets on the 2 highest and the 2 lowest are dropped.",
        "The sum of the others counts.",
        "Nothing else is rounded: places rest on the exact values.",
        "The total is 0.7 × this round + 0.3 × semi before its rounding.",
        "Without a result in semi an entry counts 60 there.",
        "The lowest total wins.",
        "Equal totals are decided by, in this order: the rank in semi; else the place is shared.",
        "After two entries in place 2 comes place 3.",
        "3 entries go on.",
        "At most 1 of one institution goes on.",
        "Nominated entries go on beside the places.",
        "Only totals of 70 and less go on.",
        "A tie at the cut waits for a recorded decision.",
        "gold: place 1.",
        "Silver: places 2 to 3.",
    ] {
        assert!(said.iter().any(|s| s == sentence), "{sentence}\n{said:#?}");
    }
}

#[test]
fn classes_attempts_vetoes_streams_and_awards_are_read_out() {
    let said = |lang| {
        read_out(
            r#""rubric": { "attempts": { "count": 3, "take": { "best": 2, "by": "mean" } }, "criteria": [ { "code": "a", "max": 10 },
                 { "code": "fit", "title": { "en": "Fit", "zh": "合规" }, "kind": "pass_fail", "rejects": { "class": "sponsor" } } ] },
               "panel": { "classes": [ { "code": "jury", "weight": 80, "minimum_sheets": 3 }, { "code": "sponsor", "title": { "en": "the sponsor", "zh": "赞助方" }, "weight": 20 } ],
                          "empty_class": "renormalise" },
               "best_of": 2, "carry": [ { "round": "one", "missing": "leave_out" }, { "round": "two" } ],
               "ranking": { "group_by": [ "track" ], "ties": [ { "by": "attempt", "nth": 2 } ] },
               "advance": { "places": 9, "share": { "by": "sainte_lague", "of": "accepted" }, "maximum_per_group": 4, "tie_at_cut": { "group": "all_advance", "overall": "wait" },
                            "streams": [ { "code": "roadshow", "places": 3, "tie_at_cut": "none_advance" } ] },
               "one_award_per_entry": true,
               "awards": [ { "code": "gold", "from": "9.5" }, { "code": "idea", "places": 1, "by": { "criterion": "a" }, "beside_others": true } ]"#,
            lang,
        )
    };
    let english = said(Lang::En);
    for sentence in [
        "Fit: each judge lets an entry pass or fails it; an entry that a judge of the sponsor fails is rejected.",
        "Judges are combined within their class; the classes then weigh: jury 80 (3 sheets at least), the sponsor 20 (1 sheet at least).",
        "For an entry with fewer sheets of a class that class is left out, and the others weigh in proportion.",
        "Each entry has 3 attempts. The 2 best are averaged.",
        "The total is this round + one as published + two as published.",
        "Only the best 2 of these count.",
        "Without a result in one an entry has one result fewer of which the best count.",
        "Equal totals are decided by, in this order: the second best attempt.",
        "They are shared out among the groups in proportion to the entries accepted, by Sainte-Laguë's quotients; what is left over goes to the best of the rest.",
        "At most 4 of one group go on.",
        "Within a group: Of a tie at the cut all go on. Among all: A tie at the cut waits for a recorded decision.",
        "roadshow, for the next of the same order: 3 entries go on. Of a tie at the cut nobody goes on, and nobody comes in for them.",
        "An entry gets one award, the first of these that it can get.",
        "gold: all entries of each group with 9.5 or more.",
        "idea: place 1 of each group by a; also to an entry with another award.",
    ] {
        assert!(english.iter().any(|s| s == sentence), "{sentence}\n{english:#?}");
    }
    let chinese = said(Lang::Zh);
    for sentence in [
        "合规：由每位评委判定通过或不通过；赞助方中有评委判定不通过的项目被淘汰。",
        "每个项目有 3 次机会。取最好的 2 次的平均值。",
        "gold：每组全部项目，不低于 9.5 分。",
        "idea：a 每组第 1 名；可与其他奖项兼得。",
    ] {
        assert!(chinese.iter().any(|s| s == sentence), "{sentence}\n{chinese:#?}");
    }
}

#[test]
fn ranks_and_penalties_are_read_out() {
    let said = |lang| {
        read_out(
            r#""rubric": { "criteria": [ { "code": "a", "max": 10 }, { "code": "time", "kind": "recorded", "max": 100, "wins": "lowest" } ] },
               "aggregate": { "by": "component_ranks" },
               "penalties": [ { "code": "overtime", "title": { "en": "Over time", "zh": "超时" }, "points": "-1", "per": "30", "grace": "10",
                                "disqualify_from": "120", "unit": { "en": "s", "zh": "秒" } } ]"#,
            lang,
        )
    };
    let english = said(Lang::En);
    for sentence in [
        "time: 0 to 100 in steps of 1, recorded by the organizers; the lowest value is the best.",
        "The entries of the group are ranked by each criterion; the ranks are added up, and the lowest sum wins.",
        "Over time: -1 for each 30 s begun, the first 10 s free; from 120 s on the entry is disqualified.",
    ] {
        assert!(english.iter().any(|s| s == sentence), "{sentence}\n{english:#?}");
    }
    let chinese = said(Lang::Zh);
    let sentence = "超时：每 30 秒 -1 分（不足亦计），前 10 秒不计；达到 120 秒者取消资格。";
    assert!(chinese.iter().any(|s| s == sentence), "{chinese:#?}");
}

#[test]
fn how_panels_are_made_comparable_is_read_out() {
    let said = |equalise: &str, lang| {
        let rounding = if equalise.contains("_means") {
            r#", "rounding": { "factor": { "decimals": 4 } }"#
        } else {
            ""
        };
        let settings = format!(
            r#""rubric": {{ "criteria": [ {{ "code": "a", "max": 10 }} ] }}, "equalise": {equalise}{rounding}"#
        );
        read_out(&settings, lang)
    };
    for (equalise, sentence) in [
        (
            r#"{ "by": "panel_means" }"#,
            "Each entry's value is multiplied by the mean of the panels' means and divided by the mean of its own panel.",
        ),
        (
            r#"{ "by": "grand_mean" }"#,
            "Each entry's value is multiplied by the mean of all entries of the group and divided by the mean of its own panel.",
        ),
        (
            r#"{ "by": "z_score", "deviation": "sample" }"#,
            "Each judge's totals are put on one scale: how many of the judge's own standard deviations (of a sample) each is above the judge's own mean.",
        ),
        (
            r#"{ "by": "z_score" }"#,
            "Points come back with the mean and the deviation of all marks.",
        ),
        (
            r#"{ "by": "z_score", "to": "observed_range" }"#,
            "Points come back from the range of the entries' raw values.",
        ),
        (
            r#"{ "by": "z_score", "to": { "mean": 70, "deviation": 10 } }"#,
            "Points come back with a mean of 70 and a deviation of 10.",
        ),
        (
            r#"{ "by": "z_score", "minimum_sheets": 5 }"#,
            "A judge with fewer than 5 sheets is not put on the scale.",
        ),
        (
            r#"{ "by": "severity" }"#,
            "Judges and entries that share nothing are not compared: the result is refused then.",
        ),
        (
            r#"{ "by": "severity", "assume_panels_equal": true }"#,
            "Judges and entries that share nothing are compared all the same, as if the panels were equal.",
        ),
        (
            r#"{ "by": "panel_means" }"#,
            "The factor of a panel: to 4 decimals, half goes up.",
        ),
    ] {
        let all = said(equalise, Lang::En);
        assert!(all.iter().any(|s| s == sentence), "{sentence}\n{all:#?}");
    }
    let chinese = said(r#"{ "by": "severity" }"#, Lang::Zh);
    let sentence = "用最小二乘法估计每位评委比全体评委平均严格或宽松多少，并从其打分中扣除。";
    assert!(chinese.iter().any(|s| s == sentence), "{chinese:#?}");
}

/// The sources of the rules, and of the words that they borrow.
const SOURCES: &[&str] = &[
    include_str!("../../domain/rules/mod.rs"),
    include_str!("../../domain/rules/rubric.rs"),
    include_str!("../../domain/rules/aggregate.rs"),
    include_str!("../../domain/rules/rounding.rs"),
    include_str!("../../domain/rules/carry.rs"),
    include_str!("../../domain/rules/ranking.rs"),
    include_str!("../../domain/rules/advance.rs"),
    include_str!("../../domain/rules/attempts.rs"),
    include_str!("../../domain/rules/awards.rs"),
    include_str!("../../domain/rules/classes.rs"),
    include_str!("../../domain/rules/equalise.rs"),
    include_str!("../../domain/rules/veto.rs"),
    include_str!("../../domain/rules/penalties.rs"),
    include_str!("../../domain/rules/ranks.rs"),
    include_str!("../../domain/rules/missing.rs"),
    include_str!("../../domain/rules/drop.rs"),
    include_str!("../../domain/rules/scaled.rs"),
];

/// What is no setting, or is said otherwise: the version of the form, inputs of checks, limits as they are computed.
const UNSAID: &[&str] = &[
    "schema",
    "earlier_rounds",
    "groupable",
    "groups",
    "maximum",
    "max",
    "attempt",
];

#[test]
fn every_file_of_the_rules_is_a_source() {
    let modules = SOURCES[0]
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    let plain = ["check", "read", "schema", "tests"];
    let settings = modules.filter(|module| !plain.contains(module)).count();
    assert_eq!(
        settings + 1,
        SOURCES.len(),
        "a new file of the rules belongs into SOURCES"
    );
}

/// The items of every `pub enum` or `pub struct` of the sources: lines at the first step inwards.
fn items<'s>(kind: &str, source: &'s str) -> Vec<(&'s str, Vec<&'s str>)> {
    let start = format!("pub {kind} ");
    let blocks = source.split(start.as_str()).skip(1).filter_map(|rest| {
        let (name, body) = rest.split_once(" {\n")?;
        let first = body.lines().find(|l| !l.trim().is_empty())?;
        let indent = first.len() - first.trim_start().len();
        let own = move |l: &&str| l.len() > indent && l.len() - l.trim_start().len() == indent;
        let body = body
            .lines()
            .take_while(move |l| l.trim().is_empty() || l.len() - l.trim_start().len() >= indent);
        Some((
            name,
            body.filter(own)
                .map(str::trim)
                .filter(|l| l.starts_with(char::is_alphabetic))
                .collect(),
        ))
    });
    blocks.collect()
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

#[test]
fn every_word_of_every_setting_has_words_in_both_languages() {
    let mut missing = Vec::new();
    let mut seen = 0;
    let exact = include_str!("../../domain/exact.rs");
    for source in SOURCES.iter().chain(&[exact]) {
        // What a penalty does is no setting.
        for (name, variants) in items("enum", source)
            .into_iter()
            .filter(|(name, _)| *name != "Effect")
        {
            for variant in variants {
                let (bare, word) = match variant.split_once(" = ") {
                    Some((bare, text)) => (bare, text.trim_matches(['"', ',']).to_owned()),
                    None => (
                        variant,
                        snake(variant.split(|c: char| !c.is_alphanumeric()).next().unwrap()),
                    ),
                };
                let key = format!("reading-{}-{word}", snake(name));
                seen += 1;
                for lang in [Lang::En, Lang::Zh] {
                    if message(&key, &Params::new(), lang) == key {
                        missing.push(format!("{name}::{bare}: {key} ({lang:?})"));
                    }
                }
            }
        }
    }
    assert!(seen > 40, "the sources are written differently");
    assert!(missing.is_empty(), "no words for\n{}", missing.join("\n"));
}

#[test]
fn every_setting_is_read() {
    let reader = concat!(
        include_str!("mod.rs"),
        include_str!("comparable.rs"),
        include_str!("judging.rs"),
        include_str!("deciding.rs")
    );
    let mut fields: BTreeMap<&str, &str> = BTreeMap::new();
    for source in SOURCES {
        for (name, lines) in items("struct", source) {
            let names = lines
                .iter()
                .filter_map(|l| l.strip_prefix("pub ")?.split(':').next());
            fields.extend(names.map(|field| (field, name)));
        }
    }
    assert!(fields.len() > 40, "the sources are written differently");
    let read = |field: &str| {
        reader.match_indices(&format!(".{field}")).any(|(at, found)| {
            !reader[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    };
    let unread: Vec<_> = fields
        .iter()
        .filter(|(field, _)| !UNSAID.contains(field) && !read(field))
        .collect();
    assert!(unread.is_empty(), "nothing is said of {unread:?}");
}
