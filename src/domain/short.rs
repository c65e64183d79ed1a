//! Short texts that ask for no memory.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The longest text that is held in place, in bytes.
const ROOM: usize = 22;

/// A text that is mostly short, such as a judge's code, and stands in many lines: up to 22 bytes are held in place, so
/// that a copy asks for no memory. As large as a `String`, and in JSON the same.
#[derive(Clone)]
pub struct Short(Repr);

#[derive(Clone)]
enum Repr {
    Here { length: u8, bytes: [u8; ROOM] },
    Elsewhere(Box<str>),
}

impl Short {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Here { length, bytes } => {
                let text = bytes.get(..usize::from(*length)).unwrap_or_default();
                std::str::from_utf8(text).unwrap_or_default()
            }
            Repr::Elsewhere(text) => text,
        }
    }
}

impl From<&str> for Short {
    fn from(text: &str) -> Self {
        let mut bytes = [0; ROOM];
        let here = bytes.get_mut(..text.len());
        let Some((here, length)) = here.zip(u8::try_from(text.len()).ok()) else {
            return Self(Repr::Elsewhere(text.into()));
        };
        here.copy_from_slice(text.as_bytes());
        Self(Repr::Here { length, bytes })
    }
}

impl From<&String> for Short {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl Deref for Short {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Short {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Short {}

impl PartialEq<str> for Short {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Short {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Short {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl Ord for Short {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for Short {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl Serialize for Short {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Short {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(d)?.as_str().into())
    }
}

impl PartialSchema for Short {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).into()
    }
}

impl ToSchema for Short {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_is_kept() {
        let exactly = "x".repeat(ROOM);
        for text in [
            "",
            "J1",
            "评委一",
            "一二三四五六七",
            "一二三四五六七八",
            &exactly,
            &(exactly.clone() + "y"),
        ] {
            let short = Short::from(text);
            assert_eq!((short.as_str(), short.to_string()), (text, text.to_owned()));
            let json = serde_json::to_string(&short).unwrap();
            assert_eq!(json, serde_json::to_string(text).unwrap());
            assert_eq!(serde_json::from_str::<Short>(&json).unwrap(), short);
        }
        assert!(Short::from("J1") < Short::from("J10") && Short::from("J10") < Short::from("J2"));
        assert_eq!(size_of::<Short>(), size_of::<String>());
    }
}
