//! Reading a JSON document by hand, so that every wrong place is named at once and numbers keep their digits.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::points::Points;
use crate::domain::text::{Code, TITLE_MAX, Text, check_length, is_visible};

/// Nesting that no sensible document reaches; a deeper one is refused before it can exhaust the stack.
const DEEPEST: usize = 24;
/// Keys of an object and items of a list that no sensible document reaches: reading one more often than that, and naming
/// each as wrong, would keep the machine busy.
const LONGEST: usize = 1_000;

/// A JSON value whose numbers are still text and whose keys are still in order, doubles included.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The document's value.
    pub(super) fn parse(text: &str) -> Result<Self, FieldError> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|e| {
            FieldError::new("", "not_json")
                .with("line", e.line())
                .with("column", e.column())
        })?;
        let node = Self::of(raw, DEEPEST).ok_or_else(|| FieldError::new("", "nested_too_deeply"))?;
        node.oversized("").map_or(Ok(node), |at| {
            Err(FieldError::new(at, "too_many_items").with("maximum", LONGEST))
        })
    }

    /// Where the first list or object stands that is longer than any sensible one.
    fn oversized(&self, at: &str) -> Option<String> {
        match self {
            Self::List(items) if items.len() > LONGEST => Some(at.to_owned()),
            Self::Map(pairs) if pairs.len() > LONGEST => Some(at.to_owned()),
            Self::List(items) => (0_usize..)
                .zip(items)
                .find_map(|(i, item)| item.oversized(&format!("{at}/{i}"))),
            Self::Map(pairs) => pairs
                .iter()
                .find_map(|(key, node)| node.oversized(&format!("{at}/{}", pointer_step(key)))),
            _ => None,
        }
    }

    /// Whether something is said at the end of a path of keys.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        match (path.split_first(), self) {
            (None, node) => !matches!(node, Self::Null),
            (Some((key, rest)), Self::Map(pairs)) => {
                let mut named = pairs.iter().filter(|(k, _)| k == key);
                named.any(|(_, node)| node.has(rest))
            }
            (Some(_), _) => false,
        }
    }

    fn of(raw: &RawValue, deeper: usize) -> Option<Self> {
        let deeper = deeper.checked_sub(1)?;
        let text = raw.get();
        Some(match text.as_bytes().first()? {
            b'{' => {
                let Pairs(pairs) = serde_json::from_str(text).ok()?;
                let read = |(key, raw): (String, &RawValue)| Some((key, Self::of(raw, deeper)?));
                Self::Map(pairs.into_iter().map(read).collect::<Option<_>>()?)
            }
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::List(
                    items
                        .into_iter()
                        .map(|raw| Self::of(raw, deeper))
                        .collect::<Option<_>>()?,
                )
            }
            b'"' => Self::Text(serde_json::from_str(text).ok()?),
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'n' => Self::Null,
            _ => Self::Number(text.to_owned()),
        })
    }
}

/// The pairs of a JSON object in the order they were written.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        d.deserialize_map(Collect)
    }
}

/// What can be read from a node. `None` means that at least one error was noted.
pub(super) trait Read: Sized {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self>;
}

/// Notes that something else was expected here.
pub(super) fn expected<T>(what: &'static str, at: &str, errors: &mut Invalid) -> Option<T> {
    errors.push(FieldError::new(at, "wrong_type").with("expected", what));
    None
}

/// The keys of an object, each asked for once; what was not asked for is an error.
pub(super) struct Fields<'n> {
    pairs: &'n [(String, Node)],
    at: String,
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    pub(super) fn of(node: &'n Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Map(pairs) => Some(Self {
                pairs,
                at: at.to_owned(),
                known: Vec::new(),
            }),
            _ => expected("object", at, errors),
        }
    }

    /// The value of a key; absent and null are the same.
    pub(super) fn optional<T: Read>(&mut self, key: &'static str, errors: &mut Invalid) -> Option<T> {
        self.known.push(key);
        let (_, node) = self.pairs.iter().find(|(k, _)| k == key)?;
        match node {
            Node::Null => None,
            _ => T::read(node, &format!("{}/{key}", self.at), errors),
        }
    }

    /// The value of a key that must be there.
    pub(super) fn required<T: Read>(&mut self, key: &'static str, errors: &mut Invalid) -> Option<T> {
        if !self
            .pairs
            .iter()
            .any(|(k, node)| k == key && !matches!(node, Node::Null))
        {
            errors.push(FieldError::new(format!("{}/{key}", self.at), "missing_key").with("key", key));
        }
        self.optional(key, errors)
    }

    /// The value of a key, or what it is when nobody says.
    pub(super) fn or_default<T: Read + Default>(&mut self, key: &'static str, errors: &mut Invalid) -> T {
        self.optional(key, errors).unwrap_or_default()
    }

    /// Names every key that nobody asked for, and every key that stands there twice.
    pub(super) fn finish(self, errors: &mut Invalid) {
        for (i, (key, _)) in self.pairs.iter().enumerate() {
            let at = format!("{}/{}", self.at, pointer_step(key));
            if !self.known.contains(&key.as_str()) {
                let known = self.known.join(", ");
                errors.push(
                    FieldError::new(at, "unknown_key")
                        .with("key", key)
                        .with("known", known),
                );
            } else if self.pairs.iter().take(i).any(|(k, _)| k == key) {
                errors.push(FieldError::new(at, "duplicate_key").with("key", key));
            }
        }
    }
}

impl Read for bool {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Bool(b) => Some(*b),
            _ => expected("boolean", at, errors),
        }
    }
}

impl Read for u32 {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Number(n) => n.parse().ok().or_else(|| expected("whole_number", at, errors)),
            _ => expected("whole_number", at, errors),
        }
    }
}

impl Read for String {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Text(s) => Some(s.clone()),
            _ => expected("text", at, errors),
        }
    }
}

impl Read for Points {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Text(given) | Node::Number(given) => given.parse().map_or_else(
                |_| {
                    errors.push(FieldError::new(at, "not_points").with("given", given));
                    None
                },
                Some,
            ),
            _ => expected("points", at, errors),
        }
    }
}

impl Read for Code {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let given = String::read(node, at, errors)?;
        given.parse().ok().or_else(|| {
            errors.push(FieldError::new(at, "not_a_code").with("given", given));
            None
        })
    }
}

impl Read for Text {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let text = Self {
            en: f.optional("en", errors).filter(|t: &String| is_visible(t)),
            zh: f.optional("zh", errors).filter(|t: &String| is_visible(t)),
        };
        f.finish(errors);
        for (lang, given) in [("en", &text.en), ("zh", &text.zh)] {
            if let Some(given) = given {
                check_length(given, &format!("{at}/{lang}"), TITLE_MAX, errors);
            }
        }
        if text.is_blank() {
            errors.push(FieldError::new(at, "text_empty"));
        }
        Some(text)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::List(items) => {
                let read = |(i, item): (usize, &Node)| T::read(item, &format!("{at}/{i}"), errors);
                let read: Vec<Option<T>> = items.iter().enumerate().map(read).collect();
                read.into_iter().collect()
            }
            _ => expected("list", at, errors),
        }
    }
}

/// Reads closed sets of words; an unknown one is refused with the list of those that are known.
macro_rules! read_words {
    ($($name:ty),+ $(,)?) => {
        $(impl $crate::domain::rules::read::Read for $name {
            fn read(node: &$crate::domain::rules::read::Node, at: &str, errors: &mut $crate::domain::invalid::Invalid) -> Option<Self> {
                let given = String::read(node, at, errors)?;
                given.parse().map_or_else(|unknown: $crate::domain::codes::UnknownCode| {
                    errors.push($crate::domain::rules::read::unknown_word(at, &unknown));
                    None
                }, Some)
            }
        })+
    };
}
pub(super) use read_words;

/// The error for a word that is none of a set.
pub(super) fn unknown_word(at: &str, unknown: &crate::domain::codes::UnknownCode) -> FieldError {
    FieldError::new(at, "unknown_word")
        .with("given", &unknown.given)
        .with("known", unknown.known.join(", "))
}
