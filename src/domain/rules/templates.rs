//! Rules to start from. Each is the rules of a contest in `tests/scenarios/templates`, with its result.

/// Rules of a kind of contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// Its short name.
    pub name: &'static str,
    /// The document, as people would write it.
    pub document: &'static str,
}

macro_rules! templates {
    ($($name:literal,)+) => {
        &[$(Template { name: $name, document: include_str!(concat!("templates/", $name, ".json")) },)+]
    };
}

/// Every template. A new one needs a line here, its file, and a contest that shows what it gives.
pub const TEMPLATES: &[Template] = templates![
    "talents-cup",
    "roadshow",
    "start-up-contest",
    "city-semi-final",
    "two-stage-final",
    "pitch-day",
    "science-fair",
    "speech-contest",
    "diving",
    "skating-short",
    "skating-free",
    "robot-contest",
    "multi-panel-grants",
    "expert-and-public",
    "song-contest",
    "regatta",
    "hackathon",
];

/// The template of a name.
#[must_use]
pub fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|t| t.name == name)
}
