//! The rules of a round, read out in plain sentences: what organizers and the public see beside the results.
//!
//! A word of the rules document has its sentence under `reading-<setting>-<word>`, so that a new word needs two lines
//! and no code; a new setting needs a sentence here. A test reads the sources of the rules and finds what is left out.

mod comparable;
mod deciding;
mod judging;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Params, message};
use crate::domain::rules::Rules;
use crate::domain::text::{Lang, Text};

/// A part of the rules, read out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Section {
    /// What it is about: `marks`, `judges`, `comparable`, `penalties`, `rounding`, `earlier`, `places`, `advance`, `awards`.
    #[schema(example = "judges")]
    pub about: &'static str,
    /// The same for people.
    #[schema(example = "Across judges")]
    pub title: String,
    /// Its sentences.
    #[schema(example = json!(["At least 5 judges mark each entry; with fewer sheets it has no place."]))]
    pub sentences: Vec<String>,
}

/// Reads the rules out. A part that has nothing to say is left out.
#[must_use]
pub fn reading(rules: &Rules, lang: Lang) -> Vec<Section> {
    let reader = Reader { rules, lang };
    let parts = [
        ("marks", reader.marks()),
        ("judges", reader.judges()),
        ("comparable", reader.comparable()),
        ("penalties", reader.penalties()),
        ("rounding", reader.rounding()),
        ("earlier", reader.earlier()),
        ("places", reader.places()),
        ("advance", reader.advance()),
        ("awards", reader.awards()),
    ];
    let section = |(about, sentences): (&'static str, Vec<String>)| Section {
        about,
        title: reader.say(about, &[]),
        sentences,
    };
    parts
        .into_iter()
        .filter(|(_, sentences)| !sentences.is_empty())
        .map(section)
        .collect()
}

/// The same as a text, a heading and its sentences for each part.
#[must_use]
pub fn as_text(rules: &Rules, lang: Lang) -> String {
    let mut text = rules
        .title
        .as_ref()
        .map(|t| format!("{}\n\n", t.in_lang(lang)))
        .unwrap_or_default();
    for (i, section) in reading(rules, lang).iter().enumerate() {
        let gap = if i > 0 { "\n" } else { "" };
        text.push_str(&format!("{gap}{}\n", section.title));
        for sentence in &section.sentences {
            text.push_str(&format!("- {sentence}\n"));
        }
    }
    text
}

struct Reader<'a> {
    rules: &'a Rules,
    lang: Lang,
}

impl Reader<'_> {
    /// The sentence of a key below `reading-`.
    fn say(&self, key: &str, params: &[(&str, &str)]) -> String {
        let params: Params<'_> = params
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        message(&format!("reading-{key}"), &params, self.lang)
    }

    /// The sentence of a word of the document: `word("wins", …)`.
    fn word(&self, setting: &str, word: impl std::fmt::Display, params: &[(&str, &str)]) -> String {
        self.say(&format!("{setting}-{word}"), params)
    }

    /// Parts that belong to one sentence.
    fn sentence(&self, parts: &[String]) -> String {
        let text = parts.join(self.separator("; ", "；"));
        message("sentence", &Params::from([("text", text)]), self.lang)
    }

    fn list(&self, items: &[String]) -> String {
        items.join(self.separator(", ", "、"))
    }

    const fn separator(&self, english: &'static str, chinese: &'static str) -> &'static str {
        match self.lang {
            Lang::En => english,
            Lang::Zh => chinese,
        }
    }

    fn name_of(&self, title: Option<&Text>, code: &impl ToString) -> String {
        title.map_or_else(|| code.to_string(), |t| t.in_lang(self.lang).to_owned())
    }
}

const fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// A sentence begins with a capital.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
