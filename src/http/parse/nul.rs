//! U+0000, which PostgreSQL keeps in no text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::NAMED;
use crate::domain::invalid::{FieldError, Invalid, pointer_step};

/// Refuses it wherever it stands. JSON can only write it as an escape.
pub(super) fn no_nul(text: &str) -> Result<(), Invalid> {
    if !text.contains("\\u0000") {
        return Ok(());
    }
    let mut found = Invalid::default();
    let search = Nuls {
        at: String::new(),
        found: &mut found,
    };
    let searched = search.deserialize(&mut serde_json::Deserializer::from_str(text));
    if let Err(error) = searched {
        // What is behind a place that can't be read is not known: the document is refused whole.
        let deep = error.to_string().starts_with("recursion limit");
        let code = if deep {
            "nested_too_deeply"
        } else {
            "nul_character"
        };
        if deep || found.0.is_empty() {
            found.push(FieldError::new("", code));
        }
    }
    found.into_result()
}

/// Looks through a document for U+0000.
struct Nuls<'a> {
    at: String,
    found: &'a mut Invalid,
}

impl Nuls<'_> {
    fn note(&mut self, text: &str) {
        if text.contains('\0') && self.found.0.len() < NAMED {
            self.found.push(FieldError::new(self.at.clone(), "nul_character"));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Nuls<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nuls<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.note(text);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0usize;
        while let Some(()) = list.next_element_seed(Nuls {
            at: format!("{}/{index}", self.at),
            found: self.found,
        })? {
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let mut value = Nuls {
                at: format!("{}/{}", self.at, pointer_step(&key)),
                found: self.found,
            };
            value.note(&key);
            map.next_value_seed(value)?;
        }
        Ok(())
    }
}
