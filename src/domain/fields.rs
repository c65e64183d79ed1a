//! Custom fields of entries: what a competition asks beyond title, track and team, and what teams answer.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::invalid::{FieldError, Invalid, pointer_step};
use super::text::{Code, NAME_MAX, PROSE_MAX, Text, is_visible};
use crate::code_enum;

/// The most fields that a competition asks for.
pub const FIELDS_MAX: usize = 50;
/// The most choices of a field.
pub const CHOICES_MAX: usize = 200;
/// The longest link, in characters.
const LINK_MAX: usize = 2_000;
/// The most digits of a number, before and after the point.
const DIGITS_MAX: usize = 15;

code_enum! {
    /// What an answer looks like.
    pub enum FieldKind {
        /// Any text.
        Text = "text",
        /// A decimal number.
        Number = "number",
        /// One of the field's choices.
        Choice = "choice",
        /// True or false.
        YesNo = "yes_no",
        /// An address that begins with http:// or https://.
        Link = "link",
    }
}

/// One thing that a competition asks of each entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name in answers.
    #[schema(example = "stage")]
    pub code: Code,
    /// The question.
    pub title: Text,
    /// What an answer looks like.
    pub kind: FieldKind,
    /// Whether an entry can't be submitted without an answer.
    #[serde(default)]
    pub required: bool,
    /// Whether the answer says who is behind an entry: judges of a blind competition don't get it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub identifies: bool,
    /// What can be chosen; only for `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// One of a field's choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its name in answers.
    #[schema(example = "prototype")]
    pub code: Code,
    /// What it is called.
    pub title: Text,
}

/// Checked answers by field: a text, a decimal as text, a choice's code, true or false, a link.
pub type Answers = BTreeMap<String, Value>;

/// Notes what is wrong with a list of fields at `/fields`.
pub fn check(fields: &[Field], invalid: &mut Invalid) {
    if fields.len() > FIELDS_MAX {
        invalid.push(FieldError::new("/fields", "too_many").with("maximum", FIELDS_MAX));
    }
    let mut codes = BTreeSet::new();
    for (i, field) in fields.iter().enumerate() {
        let here = format!("/fields/{i}");
        if !codes.insert(&field.code) {
            invalid.push(FieldError::new(format!("{here}/code"), "code_twice").with("code", &field.code));
        }
        field
            .title
            .check(&format!("{here}/title"), NAME_MAX, true, invalid);
        field.check_choices(&here, invalid);
    }
}

impl Field {
    fn check_choices(&self, here: &str, invalid: &mut Invalid) {
        let place = format!("{here}/choices");
        match (self.kind, self.choices.len()) {
            (FieldKind::Choice, 0) => invalid.push(FieldError::new(&place, "choices_missing")),
            (FieldKind::Choice, n) if n > CHOICES_MAX => {
                invalid.push(FieldError::new(&place, "too_many").with("maximum", CHOICES_MAX));
            }
            (FieldKind::Choice, _) | (_, 0) => {}
            (kind, _) => invalid.push(FieldError::new(&place, "choices_not_here").with("kind", kind)),
        }
        let mut codes = BTreeSet::new();
        for (j, choice) in self.choices.iter().enumerate() {
            if !codes.insert(&choice.code) {
                let at = format!("{place}/{j}/code");
                invalid.push(FieldError::new(at, "code_twice").with("code", &choice.code));
            }
            choice
                .title
                .check(&format!("{place}/{j}/title"), NAME_MAX, true, invalid);
        }
    }

    /// The answer as it is kept; `None` when nothing was answered.
    fn parse(&self, raw: &str) -> Result<Option<Value>, FieldError> {
        let wrong = |code| FieldError::new("", code);
        let text = serde_json::from_str::<String>(raw).ok();
        if raw == "null" || text.as_deref().is_some_and(|t| !is_visible(t)) {
            return Ok(None);
        }
        let value = match self.kind {
            FieldKind::Text => {
                let text = text.ok_or_else(|| wrong("answer_text"))?;
                if text.chars().count() > PROSE_MAX {
                    return Err(wrong("text_too_long").with("maximum", PROSE_MAX));
                }
                Value::String(text)
            }
            FieldKind::Number => {
                let digits = text.as_deref().unwrap_or(raw).trim();
                if !is_decimal(digits) {
                    return Err(wrong("answer_number")
                        .with("given", digits)
                        .with("digits", DIGITS_MAX));
                }
                Value::String(digits.to_owned())
            }
            FieldKind::Choice => {
                let given = text.ok_or_else(|| wrong("answer_choice").with("choices", self.choice_list()))?;
                if !self.choices.iter().any(|c| c.code.as_str() == given) {
                    return Err(wrong("answer_choice").with("choices", self.choice_list()));
                }
                Value::String(given)
            }
            FieldKind::YesNo => Value::Bool(serde_json::from_str(raw).map_err(|_| wrong("answer_yes_no"))?),
            FieldKind::Link => {
                let link = text.filter(|t| is_link(t.trim()));
                Value::String(link.ok_or_else(|| wrong("answer_link"))?.trim().to_owned())
            }
        };
        Ok(Some(value))
    }

    fn choice_list(&self) -> String {
        let codes: Vec<_> = self.choices.iter().map(|c| c.code.as_str()).collect();
        codes.join(", ")
    }
}

/// Reads the answers of a body, noting each wrong one at `/answers/<field>`.
#[must_use]
pub fn parse_answers(
    fields: &[Field],
    given: &BTreeMap<String, Box<RawValue>>,
    invalid: &mut Invalid,
) -> Answers {
    let mut answers = Answers::new();
    for (code, raw) in given {
        let here = format!("/answers/{}", pointer_step(code));
        let Some(field) = fields.iter().find(|f| f.code.as_str() == code) else {
            invalid.push(FieldError::new(here, "unknown_field").with("field", code));
            continue;
        };
        match field.parse(raw.get()) {
            Ok(Some(value)) => {
                answers.insert(code.clone(), value);
            }
            Ok(None) => {}
            Err(error) => invalid.push(FieldError {
                pointer: here,
                ..error
            }),
        }
    }
    answers
}

/// Notes each required field without an answer.
pub fn check_required(fields: &[Field], answers: &Answers, invalid: &mut Invalid) {
    for field in fields.iter().filter(|f| f.required) {
        if !answers.contains_key(field.code.as_str()) {
            let at = format!("/answers/{}", field.code);
            invalid.push(FieldError::new(at, "answer_required"));
        }
    }
}

/// What a new list of fields takes away from an old one: fields that go or change their kind, choices that go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// Codes of fields.
    pub fields: BTreeSet<String>,
    /// Field and choice.
    pub choices: BTreeSet<(String, String)>,
}

impl Taken {
    /// The difference.
    #[must_use]
    pub fn between(old: &[Field], new: &[Field]) -> Self {
        let mut taken = Self::default();
        for was in old {
            let code = was.code.to_string();
            match new.iter().find(|f| f.code == was.code) {
                Some(is) if is.kind == was.kind => {
                    let gone = was
                        .choices
                        .iter()
                        .filter(|c| !is.choices.iter().any(|d| d.code == c.code));
                    taken
                        .choices
                        .extend(gone.map(|c| (code.clone(), c.code.to_string())));
                }
                _ => {
                    taken.fields.insert(code);
                }
            }
        }
        taken
    }

    /// Whether nothing goes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.choices.is_empty()
    }

    /// What an entry's answers still need of it: a field, or a field with a choice.
    #[must_use]
    pub fn needed_by(&self, answers: &Answers) -> Option<(String, Option<String>)> {
        answers.iter().find_map(|(code, value)| {
            if self.fields.contains(code) {
                return Some((code.clone(), None));
            }
            let choice = (code.clone(), value.as_str()?.to_owned());
            self.choices
                .contains(&choice)
                .then_some((choice.0, Some(choice.1)))
        })
    }
}

/// An optional sign, digits, perhaps a point and digits; no exponent.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction) && whole.len() <= DIGITS_MAX && fraction.len() <= DIGITS_MAX
}

fn is_link(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().len();
    rest.is_some_and(|rest| host(rest) > 0)
        && text.chars().count() <= LINK_MAX
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(code: &str, kind: FieldKind, choices: &[&str]) -> Field {
        let choice = |c: &&str| Choice {
            code: c.parse().unwrap(),
            title: Text::english(*c),
        };
        Field {
            code: code.parse().unwrap(),
            title: Text::english(code),
            kind,
            required: true,
            identifies: false,
            choices: choices.iter().map(choice).collect(),
        }
    }

    fn answer(field: &Field, raw: &str) -> Result<Option<Value>, &'static str> {
        field.parse(raw).map_err(|e| e.code)
    }

    #[test]
    fn answers_are_kept_as_their_kind_asks() {
        let number = field("n", FieldKind::Number, &[]);
        for (raw, kept) in [("8.50", "8.50"), ("\"-3\"", "-3"), ("1200000", "1200000")] {
            assert_eq!(
                answer(&number, raw),
                Ok(Some(Value::String(kept.into()))),
                "{raw}"
            );
        }
        for raw in [
            "\"1,25\"",
            "1e3",
            "\"NaN\"",
            "true",
            "[1]",
            "\".5\"",
            "\"5.\"",
            "1234567890123456",
        ] {
            assert_eq!(answer(&number, raw), Err("answer_number"), "{raw}");
        }
        let choice = field("c", FieldKind::Choice, &["a", "b"]);
        assert_eq!(answer(&choice, "\"b\""), Ok(Some("b".into())));
        assert_eq!(answer(&choice, "\"z\""), Err("answer_choice"));
        let yes = field("y", FieldKind::YesNo, &[]);
        assert_eq!(answer(&yes, "false"), Ok(Some(Value::Bool(false))));
        assert_eq!(answer(&yes, "\"yes\""), Err("answer_yes_no"));
        let link = field("l", FieldKind::Link, &[]);
        assert_eq!(
            answer(&link, "\"https://example.org/a\""),
            Ok(Some("https://example.org/a".into()))
        );
        for raw in [
            "\"javascript:alert(1)\"",
            "\"https://\"",
            "\"https:///a\"",
            "\"http://a b\"",
            "7",
        ] {
            assert_eq!(answer(&link, raw), Err("answer_link"), "{raw}");
        }
        let text = field("t", FieldKind::Text, &[]);
        assert_eq!(answer(&text, "\" \""), Ok(None));
        assert_eq!(answer(&text, "null"), Ok(None));
        assert_eq!(answer(&text, "7"), Err("answer_text"));
    }

    #[test]
    fn contradictory_fields_are_named() {
        let mut fields = vec![
            field("a", FieldKind::Choice, &[]),
            field("a", FieldKind::Text, &["x"]),
            field("b", FieldKind::Choice, &["x", "x"]),
        ];
        fields[2].title = Text::default();
        let mut invalid = Invalid::default();
        check(&fields, &mut invalid);
        let places: Vec<_> = invalid.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(
            places,
            [
                ("/fields/0/choices", "choices_missing"),
                ("/fields/1/code", "code_twice"),
                ("/fields/1/choices", "choices_not_here"),
                ("/fields/2/title", "text_blank"),
                ("/fields/2/choices/1/code", "code_twice"),
            ]
        );
    }

    #[test]
    fn what_answers_need_is_not_taken_away() {
        let old = [
            field("a", FieldKind::Choice, &["x", "y"]),
            field("b", FieldKind::Text, &[]),
        ];
        let new = [field("a", FieldKind::Choice, &["y"])];
        let taken = Taken::between(&old, &new);
        let answers = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(k, v)| ((*k).into(), Value::from(*v)))
                .collect::<Answers>()
        };
        assert_eq!(taken.needed_by(&answers(&[("a", "y")])), None);
        assert_eq!(
            taken.needed_by(&answers(&[("a", "x")])),
            Some(("a".into(), Some("x".into())))
        );
        assert_eq!(taken.needed_by(&answers(&[("b", "t")])), Some(("b".into(), None)));
        assert!(Taken::between(&old, &old).is_empty());
    }
}
