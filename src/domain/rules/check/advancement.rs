//! What a document may not say about who goes on and who is awarded.

use super::{MOST_PLACES, at_most, unique};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::rules::{Advance, Kind, PerGroup, Rules, TiePolicy, Wins};

/// Notes what contradicts itself about who goes on.
pub(super) fn places(rules: &Rules, advance: &Advance, errors: &mut Invalid) {
    terms(rules, advance, "/advance", errors);
    at_most(advance.streams.len(), "/advance/streams", errors);
    unique(
        advance.streams.iter().map(|stream| &stream.code),
        |i| format!("/advance/streams/{i}/code"),
        errors,
    );
    for (i, stream) in advance.streams.iter().enumerate() {
        terms(rules, &stream.terms(), &format!("/advance/streams/{i}"), errors);
    }
}

/// Notes where there are more groups than the places suffice for.
pub(super) fn misfits(advance: &Advance, groups: Option<u32>, errors: &mut Invalid) {
    let streams = (0..).zip(&advance.streams);
    let streams = streams.map(|(i, stream)| {
        (
            format!("/advance/streams/{i}"),
            stream.places,
            stream.minimum_per_group,
        )
    });
    let first = ("/advance".to_owned(), advance.places, advance.minimum_per_group);
    for (at, places, minimum) in std::iter::once(first).chain(streams) {
        if let (Some(places), Some(groups)) = (places, groups)
            && minimum.saturating_mul(groups) > places
        {
            errors.push(
                FieldError::new(format!("{at}/minimum_per_group"), "minimum_above_places")
                    .with("minimum", minimum)
                    .with("groups", groups)
                    .with("places", places),
            );
        }
    }
}

/// Notes what contradicts itself about the places of one stream.
fn terms(rules: &Rules, advance: &Advance, at: &str, errors: &mut Invalid) {
    let place = |key: &str| format!("{at}/{key}");
    let grouped = !rules.ranking.group_by.is_empty();
    match (&advance.places, &advance.per_group) {
        (Some(_), Some(_)) => errors.push(FieldError::new(place("per_group"), "places_and_per_group")),
        (None, None) => errors.push(FieldError::new(place("places"), "places_missing")),
        _ => {}
    }
    let (minimum, maximum) = (advance.minimum_per_group, advance.maximum_per_group);
    for (asked, key) in [
        (minimum > 0, "minimum_per_group"),
        (maximum.is_some(), "maximum_per_group"),
        (advance.share.is_some(), "share"),
    ] {
        if asked && advance.places.is_none() {
            errors.push(FieldError::new(place(key), "needs_places"));
        } else if asked && !grouped {
            errors.push(FieldError::new(place(key), "needs_groups"));
        }
    }
    if !grouped && matches!(advance.per_group, Some(PerGroup::Each(_))) {
        errors.push(FieldError::new(place("per_group"), "needs_groups"));
    }
    if let Some(places) = advance.places.filter(|places| minimum > *places) {
        errors.push(
            FieldError::new(place("minimum_per_group"), "minimum_above_places")
                .with("minimum", minimum)
                .with("groups", 1)
                .with("places", places),
        );
    }
    for (most, key) in [
        (advance.maximum_per_institution, "maximum_per_institution"),
        (maximum, "maximum_per_group"),
    ] {
        if most == Some(0) {
            errors.push(FieldError::new(place(key), "number_zero"));
        }
    }
    if let Some(maximum) = maximum.filter(|most| (1..minimum).contains(most)) {
        errors.push(
            FieldError::new(place("maximum_per_group"), "maximum_below_minimum")
                .with("maximum", maximum)
                .with("minimum", minimum),
        );
    }
    let two_cuts = advance.places.is_some() && (minimum > 0 || advance.share.is_some());
    if matches!(advance.tie_at_cut, TiePolicy::Each { .. }) && !two_cuts {
        errors.push(FieldError::new(place("tie_at_cut"), "only_one_cut"));
    }
    let numbers = [(advance.places, "places"), (Some(advance.reserves), "reserves")];
    for (_, key) in numbers.iter().filter(|(n, _)| n.is_some_and(|n| n > MOST_PLACES)) {
        errors.push(FieldError::new(place(key), "number_too_large").with("maximum", MOST_PLACES));
    }
}

/// Notes what contradicts itself about who is awarded.
pub(super) fn awards(rules: &Rules, errors: &mut Invalid) {
    at_most(rules.awards.len(), "/awards", errors);
    unique(
        rules.awards.iter().map(|a| &a.code),
        |i| format!("/awards/{i}/code"),
        errors,
    );
    if rules.one_award_per_entry && rules.awards.len() < 2 {
        errors.push(FieldError::new("/one_award_per_entry", "awards_missing"));
    }
    let mut reached: Option<Points> = None;
    for (i, award) in rules.awards.iter().enumerate() {
        let at = |key: &str| format!("/awards/{i}/{key}");
        if award.places.is_some() && award.portion.is_some() {
            errors.push(FieldError::new(at("portion"), "places_and_portion"));
        }
        match (award.places, award.from) {
            (None, None) if award.portion.is_none() => {
                errors.push(FieldError::new(at("places"), "award_without_end"))
            }
            (Some(0), _) => errors.push(FieldError::new(at("places"), "number_zero")),
            (Some(places), _) if places > MOST_PLACES => {
                errors.push(FieldError::new(at("places"), "number_too_large").with("maximum", MOST_PLACES));
            }
            _ => {}
        }
        if award.across_groups && rules.ranking.group_by.is_empty() {
            errors.push(FieldError::new(at("across_groups"), "needs_groups"));
        }
        if award.beside_others && !rules.one_award_per_entry {
            errors.push(FieldError::new(at("beside_others"), "beside_nothing"));
        }
        match award.criterion() {
            Some(code) if rules.rubric.criterion(code.as_str()).is_none() => {
                errors.push(FieldError::new(at("by/criterion"), "unknown_criterion").with("criterion", code));
            }
            Some(code)
                if rules
                    .rubric
                    .criterion(code.as_str())
                    .is_some_and(|c| c.kind == Kind::PassFail) =>
            {
                errors
                    .push(FieldError::new(at("by/criterion"), "award_by_pass_fail").with("criterion", code));
            }
            Some(_) => {}
            // Everybody who reaches this one has got the one before it, which goes to as many as reach it.
            None if award
                .from
                .zip(reached)
                .is_some_and(|(from, above)| match rules.ranking.wins {
                    Wins::Highest => from >= above,
                    Wins::Lowest => from <= above,
                }) =>
            {
                errors.push(FieldError::new(at("from"), "award_never_reached"));
            }
            None if award.is_unlimited() => reached = award.from.or(reached),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong in a document of one criterion with these settings.
    fn wrong(settings: &str) -> Vec<(String, &'static str)> {
        let document = format!(
            r#"{{ "schema": 1, "rubric": {{ "criteria": [ {{ "code": "a", "max": 10 }} ] }}, {settings} }}"#
        );
        match Rules::parse(&document) {
            Ok(_) => Vec::new(),
            Err(invalid) => invalid.0.into_iter().map(|e| (e.pointer, e.code)).collect(),
        }
    }

    #[test]
    fn bounds_of_groups_need_groups_and_one_another() {
        let grouped = r#""ranking": { "group_by": [ "region" ] }"#;
        for (settings, at, code) in [
            (
                r#""advance": { "places": 3, "maximum_per_group": 2 }"#.to_owned(),
                "maximum_per_group",
                "needs_groups",
            ),
            (
                format!(r#"{grouped}, "advance": {{ "per_group": 3, "maximum_per_group": 2 }}"#),
                "maximum_per_group",
                "needs_places",
            ),
            (
                format!(r#"{grouped}, "advance": {{ "places": 3, "maximum_per_group": 0 }}"#),
                "maximum_per_group",
                "number_zero",
            ),
            (
                format!(
                    r#"{grouped}, "advance": {{ "places": 9, "minimum_per_group": 3, "maximum_per_group": 2 }}"#
                ),
                "maximum_per_group",
                "maximum_below_minimum",
            ),
            (
                format!(r#"{grouped}, "advance": {{ "places": 9, "share": {{ "by": "hare" }} }}"#),
                "share/by",
                "unknown_word",
            ),
        ] {
            assert_eq!(wrong(&settings), [(format!("/advance/{at}"), code)], "{settings}");
        }
    }

    #[test]
    fn a_policy_for_each_cut_needs_two_cuts_and_a_stream_its_own_places() {
        let each = r#""tie_at_cut": { "group": "all_advance", "overall": "wait" }"#;
        let groups = r#""ranking": { "group_by": [ "region" ] }"#;
        assert_eq!(
            wrong(&format!(r#"{groups}, "advance": {{ "places": 3, {each} }}"#)),
            [("/advance/tie_at_cut".to_owned(), "only_one_cut")]
        );
        assert_eq!(
            wrong(&format!(r#"{groups}, "advance": {{ "per_group": 3, {each} }}"#)),
            [("/advance/tie_at_cut".to_owned(), "only_one_cut")]
        );
        assert_eq!(
            wrong(&format!(
                r#"{groups}, "advance": {{ "places": 3, "minimum_per_group": 1, {each} }}"#
            )),
            []
        );
        let streams = r#""advance": { "places": 3, "streams": [ { "code": "a" }, { "code": "a", "places": 3, "share": 1 } ] }"#;
        assert_eq!(
            wrong(streams),
            [("/advance/streams/1/share".to_owned(), "unknown_key")]
        );
        let streams =
            r#""advance": { "places": 3, "streams": [ { "code": "a" }, { "code": "a", "places": 3 } ] }"#;
        assert_eq!(
            wrong(streams),
            [
                ("/advance/streams/1/code".to_owned(), "duplicate_code"),
                ("/advance/streams/0/places".to_owned(), "places_missing"),
            ]
        );
    }

    #[test]
    fn awards_end_somewhere_and_can_be_reached() {
        for (settings, at, code) in [
            (
                r#""awards": [ { "code": "gold" } ]"#,
                "/awards/0/places",
                "award_without_end",
            ),
            (
                r#""awards": [ { "code": "gold", "from": 80 }, { "code": "silver", "from": 90 } ]"#,
                "/awards/1/from",
                "award_never_reached",
            ),
            (
                r#""awards": [ { "code": "gold", "places": 1, "by": { "criterion": "looks" } } ]"#,
                "/awards/0/by/criterion",
                "unknown_criterion",
            ),
            (
                r#""awards": [ { "code": "gold", "places": 1, "by": "looks" } ]"#,
                "/awards/0/by",
                "unknown_word",
            ),
            (
                r#""awards": [ { "code": "gold", "places": 1, "beside_others": true } ]"#,
                "/awards/0/beside_others",
                "beside_nothing",
            ),
            (
                r#""one_award_per_entry": true, "awards": [ { "code": "gold", "places": 1 } ]"#,
                "/one_award_per_entry",
                "awards_missing",
            ),
        ] {
            assert_eq!(wrong(settings), [(at.to_owned(), code)], "{settings}");
        }
        // Who is beyond the places of the first one may well reach the second.
        let limited =
            r#""awards": [ { "code": "gold", "from": 8, "places": 1 }, { "code": "silver", "from": 9 } ]"#;
        assert_eq!(wrong(limited), []);
    }

    /// What is written again says the same, without what would hold anyway.
    #[test]
    fn the_canonical_form_is_read_as_it_was_written() {
        let document = serde_json::json!({
            "schema": 1,
            "rubric": { "criteria": [ { "code": "a", "max": "10" }, { "code": "looks", "max": "10" } ] },
            "carry": [ { "round": "spring", "missing": "leave_out" } ],
            "best_of": 1,
            "ranking": { "group_by": [ "region" ], "ties": [ { "by": "sealed" } ] },
            "advance": {
                "places": 9, "minimum_per_group": 1, "maximum_per_group": 4, "share": { "by": "d_hondt" },
                "tie_at_cut": { "group": "all_advance" },
                "streams": [ { "code": "roadshow", "places": 35, "minimum_score": "5", "tie_at_cut": "wait" } ]
            },
            "awards": [ { "code": "gold", "from": "9" },
                { "code": "design", "places": 1, "by": { "criterion": "looks" }, "beside_others": true } ],
            "one_award_per_entry": true
        });
        let rules = Rules::parse(&document.to_string()).unwrap();
        assert_eq!(serde_json::to_value(&rules).unwrap(), document);
        let plain = r#""advance": { "places": 1, "streams": [], "tie_at_cut": { "group": "chain" } },
            "awards": [ { "code": "gold", "places": 1, "by": "total", "beside_others": false } ], "one_award_per_entry": false"#;
        let plain = format!(
            r#"{{ "schema": 1, "rubric": {{ "criteria": [ {{ "code": "a", "max": 10 }} ] }}, {plain} }}"#
        );
        let written = serde_json::to_value(Rules::parse(&plain).unwrap()).unwrap();
        assert_eq!(written["advance"], serde_json::json!({ "places": 1 }));
        assert_eq!(
            written["awards"],
            serde_json::json!([{ "code": "gold", "places": 1 }])
        );
        assert_eq!(written.get("one_award_per_entry"), None);
        let passed = r#"{ "schema": 1, "rubric": { "criteria": [ { "code": "a", "max": 10 }, { "code": "legal", "kind": "pass_fail" } ] },
            "awards": [ { "code": "gold", "places": 1, "by": { "criterion": "legal" } } ] }"#;
        let invalid = Rules::parse(passed).unwrap_err();
        assert_eq!(invalid.0[0].code, "award_by_pass_fail");
    }
}
