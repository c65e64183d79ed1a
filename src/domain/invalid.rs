//! What is wrong with an input: a place, a code, the numbers that belong to it. The sentence is made by `words`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// One wrong place of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the input, such as `/marks/technology`.
    pub pointer: String,
    /// A stable code such as `mark_above_maximum`; `words` has a sentence for each in every language.
    pub code: &'static str,
    /// What the sentence needs: limits, the value given.
    pub params: BTreeMap<&'static str, String>,
}

impl FieldError {
    /// An error at a place.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &'static str) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            params: BTreeMap::new(),
        }
    }

    /// The same with one more parameter; long values are cut so that an answer never repeats a whole input.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let mut text = value.to_string();
        if let Some((cut, _)) = text.char_indices().nth(200) {
            text.truncate(cut);
            text.push('…');
        }
        self.params.insert(name, text);
        self
    }
}

/// Wrong places that are named at once: an input with more of them is not a mistake that somebody corrects by hand, and
/// the answer must not outgrow the question.
const MOST: usize = 1_000;

/// What is wrong with an input, in the order it was found, the first thousand places; never empty inside an `Err`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// A single wrong place.
    #[must_use]
    pub fn one(error: FieldError) -> Self {
        Self(vec![error])
    }

    /// Notes one more wrong place, unless there are a thousand.
    pub fn push(&mut self, error: FieldError) {
        if self.0.len() < MOST {
            self.0.push(error);
        }
    }

    /// Notes what was found elsewhere, as far as there is room.
    pub fn append(&mut self, found: Self) {
        found.0.into_iter().for_each(|error| self.push(error));
    }

    /// `Ok` when nothing was found.
    ///
    /// # Errors
    /// `self`, when something was.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The same errors with every pointer below `prefix`.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        for error in &mut self.0 {
            error.pointer.insert_str(0, prefix);
        }
        self
    }
}

impl From<FieldError> for Invalid {
    fn from(error: FieldError) -> Self {
        Self::one(error)
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, e) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{}: {} {:?}", e.pointer, e.code, e.params)?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

/// One step of a JSON pointer, escaped as RFC 6901 asks.
#[must_use]
pub fn pointer_step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
