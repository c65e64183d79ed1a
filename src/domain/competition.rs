//! What an organizer says about a competition, and when contestants may register.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{self, Field};
use super::invalid::{FieldError, Invalid};
use super::text::{NAME_MAX, PROSE_MAX, Slug, Text};
use super::time::Stamp;

/// The largest team that a competition can allow.
pub const TEAM_MAX: u32 = 200;

/// From when until when contestants register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The first moment.
    pub opens_at: Stamp,
    /// The first moment after it.
    pub closes_at: Stamp,
}

/// Where a moment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// There is no window, or it has not begun.
    NotYet(Option<Stamp>),
    /// Contestants may register.
    Open,
    /// It ended.
    Closed(Stamp),
}

/// How many people a team has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "min": 1, "max": 20 }))]
pub struct TeamLimits {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

impl Default for TeamLimits {
    fn default() -> Self {
        Self { min: 0, max: 20 }
    }
}

/// Everything about a competition that its organizers set in one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its name in addresses; fixed once it is published.
    #[schema(example = "talents-cup")]
    pub slug: Slug,
    /// What it is called.
    pub name: Text,
    /// What it is about.
    #[serde(default)]
    pub description: Text,
    /// The IANA time zone that its deadlines are spoken in.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// When contestants register; without it, only organizers enter projects.
    #[serde(default)]
    pub registration: Option<Window>,
    /// Whether judges see neither team nor owner, institution, country or answers that identify.
    #[serde(default)]
    pub blind: bool,
    /// How many people a team has.
    #[serde(default)]
    pub team: TeamLimits,
    /// What is asked of each entry beyond title, track, region and team.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Whether organizers may compare rules over real marks before they are published: without names, and logged.
    #[serde(default)]
    pub early_comparisons: bool,
    /// Whether closing, adjusting, recording values, correcting and publishing takes two persons: one proposes, another
    /// confirms by the same request.
    #[serde(default)]
    pub two_persons: bool,
}

impl Window {
    /// Where a moment lies; `None` is a competition without a window.
    #[must_use]
    pub fn at(window: Option<Self>, now: Stamp) -> Registration {
        match window {
            None => Registration::NotYet(None),
            Some(w) if now < w.opens_at => Registration::NotYet(Some(w.opens_at)),
            Some(w) if now < w.closes_at => Registration::Open,
            Some(w) => Registration::Closed(w.closes_at),
        }
    }
}

impl Settings {
    /// Everything that is wrong with it by itself.
    #[must_use]
    pub fn check(&self) -> Invalid {
        let mut invalid = Invalid::default();
        self.name.check("/name", NAME_MAX, true, &mut invalid);
        self.description
            .check("/description", PROSE_MAX, false, &mut invalid);
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            invalid.push(FieldError::new("/time_zone", "time_zone").with("given", &self.time_zone));
        }
        if self.registration.is_some_and(|w| w.opens_at >= w.closes_at) {
            invalid.push(FieldError::new(
                "/registration/closes_at",
                "closes_before_it_opens",
            ));
        }
        if self.team.max == 0 || self.team.max > TEAM_MAX {
            let limits = FieldError::new("/team/max", "number_range");
            invalid.push(limits.with("minimum", 1).with("maximum", TEAM_MAX));
        }
        if self.team.min > self.team.max {
            invalid.push(FieldError::new("/team/min", "team_limits").with("maximum", self.team.max));
        }
        fields::check(&self.fields, &mut invalid);
        invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Stamp {
        serde_json::from_value(text.into()).unwrap()
    }

    #[test]
    fn the_window_takes_its_first_moment_and_not_its_last() {
        let window = Window {
            opens_at: at("2026-07-01T00:00:00Z"),
            closes_at: at("2026-07-02T00:00:00Z"),
        };
        let when = |text| Window::at(Some(window), at(text));
        assert_eq!(
            when("2026-06-30T23:59:59.999999Z"),
            Registration::NotYet(Some(window.opens_at))
        );
        assert_eq!(when("2026-07-01T00:00:00Z"), Registration::Open);
        assert_eq!(when("2026-07-01T23:59:59.999999Z"), Registration::Open);
        assert_eq!(
            when("2026-07-02T00:00:00Z"),
            Registration::Closed(window.closes_at)
        );
        assert_eq!(Window::at(None, window.opens_at), Registration::NotYet(None));
    }

    #[test]
    fn every_wrong_place_is_named_at_once() {
        let settings: Settings = serde_json::from_value(serde_json::json!({
            "slug": "cup", "name": { "en": " " }, "time_zone": "Asia/Atlantis",
            "registration": { "opens_at": "2026-07-02T00:00:00Z", "closes_at": "2026-07-02T00:00:00Z" },
            "team": { "min": 9, "max": 3 },
        }))
        .unwrap();
        let invalid = settings.check();
        let places: Vec<_> = invalid.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(
            places,
            [
                ("/name", "text_blank"),
                ("/time_zone", "time_zone"),
                ("/registration/closes_at", "closes_before_it_opens"),
                ("/team/min", "team_limits"),
            ]
        );
    }
}
