//! What a document may not say about who goes on and who is awarded.

use super::{MOST_PLACES, at_most, unique};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::rules::{Advance, PerGroup, Rules};

/// Notes what contradicts itself about who goes on.
pub(super) fn places(rules: &Rules, advance: &Advance, errors: &mut Invalid) {
    let grouped = !rules.ranking.group_by.is_empty();
    match (&advance.places, &advance.per_group) {
        (Some(_), Some(_)) => errors.push(FieldError::new("/advance/per_group", "places_and_per_group")),
        (None, None) => errors.push(FieldError::new("/advance/places", "places_missing")),
        _ => {}
    }
    let minimum = advance.minimum_per_group;
    for (asked, at) in [
        (minimum > 0, "/advance/minimum_per_group"),
        (advance.maximum_per_group.is_some(), "/advance/maximum_per_group"),
        (advance.share.is_some(), "/advance/share"),
    ] {
        if asked && advance.places.is_none() {
            errors.push(FieldError::new(at, "needs_places"));
        } else if asked && !grouped {
            errors.push(FieldError::new(at, "needs_groups"));
        }
    }
    if !grouped && matches!(advance.per_group, Some(PerGroup::Each(_))) {
        errors.push(FieldError::new("/advance/per_group", "needs_groups"));
    }
    if let Some(places) = advance.places.filter(|places| minimum > *places) {
        errors.push(
            FieldError::new("/advance/minimum_per_group", "minimum_above_places")
                .with("minimum", minimum)
                .with("groups", 1)
                .with("places", places),
        );
    }
    for (most, at) in [
        (
            advance.maximum_per_institution,
            "/advance/maximum_per_institution",
        ),
        (advance.maximum_per_group, "/advance/maximum_per_group"),
    ] {
        if most == Some(0) {
            errors.push(FieldError::new(at, "number_zero"));
        }
    }
    if let Some(maximum) = advance
        .maximum_per_group
        .filter(|most| (1..minimum).contains(most))
    {
        errors.push(
            FieldError::new("/advance/maximum_per_group", "maximum_below_minimum")
                .with("maximum", maximum)
                .with("minimum", minimum),
        );
    }
    let numbers = [(advance.places, "places"), (Some(advance.reserves), "reserves")];
    for (_, key) in numbers.iter().filter(|(n, _)| n.is_some_and(|n| n > MOST_PLACES)) {
        errors.push(
            FieldError::new(format!("/advance/{key}"), "number_too_large").with("maximum", MOST_PLACES),
        );
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
}
