//! An entry's own life, before any round: drafted, submitted, screened, perhaps withdrawn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::codes::each_code_once;
use super::competition::TeamLimits;
use super::fields::{self, Answers, Field};
use super::invalid::{FieldError, Invalid};
use super::text::{Code, Email, NAME_MAX, PROSE_MAX, TITLE_MAX, Text, check_length, check_name, is_visible};
use crate::code_enum;

code_enum! {
    /// How far an entry is.
    pub enum EntryStatus {
        /// Being written by its owner.
        Draft = "draft",
        /// Handed in, waiting to be screened.
        Submitted = "submitted",
        /// Takes part.
        Accepted = "accepted",
        /// Does not take part; the reason is kept.
        Rejected = "rejected",
        /// Taken back by its owner or an organizer.
        Withdrawn = "withdrawn",
    }
}

impl EntryStatus {
    /// Whether the owner may still change it, as far as its status goes.
    #[must_use]
    pub const fn is_open_to_owner(self) -> bool {
        matches!(self, Self::Draft | Self::Submitted)
    }

    /// Whether it can be accepted or rejected.
    #[must_use]
    pub const fn can_be_screened(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted | Self::Rejected)
    }
}

/// What somebody writes about a project; still unchecked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryBody)]
pub struct Draft {
    /// The project's title.
    pub title: Text,
    /// What it is about.
    #[serde(default)]
    pub summary: Text,
    /// The code of its track.
    #[serde(default)]
    pub track: Option<Code>,
    /// The code of its region.
    #[serde(default)]
    pub region: Option<Code>,
    /// The company, school or institute behind it.
    #[serde(default)]
    #[schema(example = "Tsinghua University")]
    pub institution: Option<String>,
    /// The country it comes from.
    #[serde(default)]
    #[schema(example = "China")]
    pub country: Option<String>,
    /// The team.
    #[serde(default)]
    pub team: Vec<NamedMember>,
    /// Answers to the competition's fields, by code.
    #[serde(default, deserialize_with = "each_code_once")]
    #[schema(value_type = BTreeMap<String, serde_json::Value>, example = json!({ "stage": "prototype", "patents": 3 }))]
    pub answers: BTreeMap<String, Box<RawValue>>,
}

/// Somebody in a team, as written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TeamMemberBody)]
pub struct NamedMember {
    /// What they are called.
    #[schema(example = "Wang Li")]
    pub name: String,
    /// Their address; who is named by it counts as having an interest in the entry.
    #[serde(default)]
    #[schema(example = "wang.li@example.org")]
    pub email: Option<String>,
    /// What they do in the team.
    #[serde(default)]
    #[schema(example = "Chief engineer")]
    pub role: Option<String>,
}

/// What an entry says, checked against its competition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The project's title.
    pub title: Text,
    /// What it is about.
    pub summary: Text,
    /// The code of its track.
    pub track: Option<Code>,
    /// The code of its region.
    pub region: Option<Code>,
    /// The company, school or institute behind it.
    pub institution: Option<String>,
    /// The country it comes from.
    pub country: Option<String>,
    /// The team, in order.
    pub team: Vec<TeamMember>,
    /// Answers to the competition's fields.
    pub answers: Answers,
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamMember {
    /// What they are called.
    #[schema(example = "Wang Li")]
    pub name: String,
    /// Their address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// What they do in the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// What a competition asks of its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The codes of its tracks.
    pub tracks: Vec<Code>,
    /// The codes of its regions.
    pub regions: Vec<Code>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// How many people a team has.
    pub team: TeamLimits,
}

impl Draft {
    /// The draft as an entry keeps it. It may still lack what a submission needs.
    ///
    /// # Errors
    /// Every wrong place.
    pub fn check(&self, asked: &Asked) -> Result<Content, Invalid> {
        let mut invalid = Invalid::default();
        self.title.check("/title", TITLE_MAX, true, &mut invalid);
        self.summary.check("/summary", PROSE_MAX, false, &mut invalid);
        for (pointer, given, known) in [
            ("/track", &self.track, &asked.tracks),
            ("/region", &self.region, &asked.regions),
        ] {
            if let Some(code) = given.as_ref().filter(|c| !known.contains(c)) {
                invalid.push(FieldError::new(pointer, "unknown_code").with("code", code));
            }
        }
        for (pointer, given) in [("/institution", &self.institution), ("/country", &self.country)] {
            check_length(
                given.as_deref().unwrap_or_default(),
                pointer,
                NAME_MAX,
                &mut invalid,
            );
        }
        let most = usize::try_from(asked.team.max).unwrap_or(usize::MAX);
        if self.team.len() > most {
            invalid.push(FieldError::new("/team", "team_too_large").with("maximum", most));
        }
        let members = self.team.iter().enumerate();
        let team = members
            .map(|(i, m)| m.check(&format!("/team/{i}"), &mut invalid))
            .collect();
        let answers = fields::parse_answers(&asked.fields, &self.answers, &mut invalid);
        invalid.into_result()?;
        Ok(Content {
            title: self.title.clone(),
            summary: self.summary.clone(),
            track: self.track.clone(),
            region: self.region.clone(),
            institution: said(self.institution.as_deref()),
            country: said(self.country.as_deref()),
            team,
            answers,
        })
    }
}

impl NamedMember {
    fn check(&self, here: &str, invalid: &mut Invalid) -> TeamMember {
        let name = self.name.trim().to_owned();
        check_name(&name, &format!("{here}/name"), invalid);
        check_length(
            self.role.as_deref().unwrap_or_default(),
            &format!("{here}/role"),
            NAME_MAX,
            invalid,
        );
        let email = said(self.email.as_deref()).and_then(|given| {
            given
                .parse()
                .map_err(|_| invalid.push(FieldError::new(format!("{here}/email"), "email")))
                .ok()
        });
        TeamMember {
            name,
            email,
            role: said(self.role.as_deref()),
        }
    }
}

impl Content {
    /// What it lacks to be submitted: track and region where the competition has any, required answers, a full team.
    #[must_use]
    pub fn missing(&self, asked: &Asked) -> Invalid {
        let mut invalid = Invalid::default();
        for (pointer, given, known) in [
            ("/track", &self.track, &asked.tracks),
            ("/region", &self.region, &asked.regions),
        ] {
            if given.is_none() && !known.is_empty() {
                invalid.push(FieldError::new(pointer, "needed_to_submit"));
            }
        }
        let size = u32::try_from(self.team.len()).unwrap_or(u32::MAX);
        if size < asked.team.min {
            invalid.push(FieldError::new("/team", "team_too_small").with("minimum", asked.team.min));
        }
        if size > asked.team.max {
            invalid.push(FieldError::new("/team", "team_too_large").with("maximum", asked.team.max));
        }
        fields::check_required(&asked.fields, &self.answers, &mut invalid);
        invalid
    }
}

/// A text without white space around it, if it shows anything.
fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| is_visible(t)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        let code = |c: &str| c.parse().unwrap();
        Asked {
            tracks: vec![code("energy")],
            regions: vec![],
            fields: vec![Field {
                code: code("stage"),
                title: Text::english("Stage"),
                kind: fields::FieldKind::Text,
                required: true,
                identifies: false,
                choices: vec![],
            }],
            team: TeamLimits { min: 1, max: 2 },
        }
    }

    fn draft(text: &str) -> Draft {
        serde_json::from_str(text).unwrap()
    }

    fn places(invalid: &Invalid) -> Vec<(&str, &str)> {
        invalid.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect()
    }

    #[test]
    fn a_draft_may_lack_what_a_submission_needs() {
        let content = draft(r#"{"title":{"zh":"氢能"},"institution":"  "}"#)
            .check(&asked())
            .unwrap();
        assert_eq!(content.institution, None);
        assert_eq!(
            places(&content.missing(&asked())),
            [
                ("/track", "needed_to_submit"),
                ("/team", "team_too_small"),
                ("/answers/stage", "answer_required")
            ]
        );
        let whole =
            r#"{"title":{"en":"H"},"track":"energy","team":[{"name":"Li"}],"answers":{"stage":"pilot"}}"#;
        assert!(
            draft(whole)
                .check(&asked())
                .unwrap()
                .missing(&asked())
                .0
                .is_empty()
        );
    }

    #[test]
    fn every_wrong_place_of_a_draft_is_named_at_once() {
        let wrong = r#"{"title":{},"track":"coal","region":"east","answers":{"stage":7,"other":1},
            "team":[{"name":"Li","email":"li"},{"name":" "},{"name":"Wu"}]}"#;
        let invalid = draft(wrong).check(&asked()).unwrap_err();
        assert_eq!(
            places(&invalid),
            [
                ("/title", "text_blank"),
                ("/track", "unknown_code"),
                ("/region", "unknown_code"),
                ("/team", "team_too_large"),
                ("/team/0/email", "email"),
                ("/team/1/name", "text_length"),
                ("/answers/other", "unknown_field"),
                ("/answers/stage", "answer_text"),
            ]
        );
    }
}
