//! Standings and warnings as people's programs read them: the numbers, and the same in sentences.

use serde::Serialize;
use smol_str::SmolStr;
use utoipa::ToSchema;

use crate::domain::advancement::Outcome;
use crate::domain::exact::Shown;
use crate::domain::rules::Rules;
use crate::domain::scoring::outcome::AdvanceNote;
use crate::domain::scoring::{Derivation, Own, Rank, Reason, Standing, Status, Warning};
use crate::domain::text::{Lang, Text};

/// An entry's place with every number that led to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingView {
    /// The entry's number.
    #[schema(example = 25)]
    pub entry: i64,
    /// Its title.
    pub title: Text,
    /// Its group.
    #[schema(example = "chengdu")]
    pub group: String,
    /// Whether it has a place.
    pub status: Status,
    /// Why it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Its rank.
    pub rank: Option<Rank>,
    /// Whether it shares its place.
    pub tied: bool,
    /// Its total.
    #[schema(value_type = Option<String>, example = "89.90")]
    pub total: Option<Shown>,
    /// This round alone, where earlier rounds are carried over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<Own>,
    /// Every number that led here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derivation: Option<Box<Derivation>>,
    /// The same in one or two sentences, in the language asked for.
    #[schema(example = "88.50 + 90.00 + 91.20 = 269.70, ÷ 3 = 89.90.")]
    pub words: String,
}

/// What a group is called, and how many of its entries have a place.
#[derive(Debug, Clone, Copy)]
pub struct InGroup<'a> {
    /// Its name for people.
    pub title: &'a Text,
    /// How many have a place.
    pub ranked: usize,
}

impl StandingView {
    /// A standing with what became of it, where that is decided, and its sentence; without rules there is none.
    #[must_use]
    pub fn of(
        standing: &Standing,
        title: Text,
        group: InGroup<'_>,
        note: Option<&AdvanceNote>,
        rules: Option<&Rules>,
        lang: Lang,
    ) -> Self {
        let standing = &decided(standing, note);
        Self {
            entry: standing.entry,
            title,
            group: standing.group.to_string(),
            status: standing.status,
            reason: standing.reason.clone(),
            rank: standing.rank,
            tied: standing.tied,
            total: standing.total.clone(),
            own: standing.own.clone(),
            derivation: standing.derivation.clone(),
            words: rules
                .map(|rules| {
                    let called = called(standing, group.title, rules, lang);
                    super::derivation_among(&called, group.ranked, rules, lang)
                })
                .unwrap_or_default(),
        }
    }
}

/// The standing with what became of it. Of an entry without a place its own reason says enough.
fn decided(standing: &Standing, note: Option<&AdvanceNote>) -> Standing {
    let mut standing = standing.clone();
    if let Some(note) = note.filter(|note| !matches!(note.outcome, Outcome::Unplaced { .. })) {
        standing.derivation.get_or_insert_default().advance = Some(Box::new(note.clone()));
    }
    standing
}

/// The standing with its group as people call it; without groups nobody calls it anything.
fn called(standing: &Standing, title: &Text, rules: &Rules, lang: Lang) -> Standing {
    let group = if rules.ranking.group_by.is_empty() {
        SmolStr::default()
    } else {
        title.in_lang(lang).into()
    };
    Standing {
        group,
        ..standing.clone()
    }
}

/// What somebody should look at before a result is used.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// The warning with its numbers.
    #[serde(flatten)]
    warning: Warning,
    /// The same in a sentence, in the language asked for.
    #[schema(example = "Entry 25 is unranked: only 4 sheets count, the rules ask for 5.")]
    text: String,
}

impl WarningView {
    /// Warnings in a language.
    #[must_use]
    pub fn all(warnings: &[Warning], lang: Lang) -> Vec<Self> {
        let view = |warning: &Warning| Self {
            text: super::warning(warning, lang),
            warning: warning.clone(),
        };
        warnings.iter().map(view).collect()
    }
}
