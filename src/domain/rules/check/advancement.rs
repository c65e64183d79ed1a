//! What a document may not say about who goes on and who is awarded.

use super::{MOST_PLACES, at_most, unique};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::rules::{Advance, PerGroup, Rules, TiePolicy};

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
    for (i, award) in rules.awards.iter().enumerate() {
        if award.places == 0 {
            errors.push(FieldError::new(format!("/awards/{i}/places"), "number_zero"));
        } else if award.places > MOST_PLACES {
            let at = format!("/awards/{i}/places");
            errors.push(FieldError::new(at, "number_too_large").with("maximum", MOST_PLACES));
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
}
