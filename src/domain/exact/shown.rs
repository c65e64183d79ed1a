//! Values as people read them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{Exact, MOST_DECIMALS};

/// A value and the least number of decimals that it is shown with. In JSON a decimal text such as `"89.90"`; two that
/// are shown alike are equal.
#[derive(Debug, Clone)]
pub struct Shown {
    value: Exact,
    decimals: u32,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Shown {}

impl PartialSchema for Shown {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.examples(["89.90"]).into()
    }
}

impl ToSchema for Shown {}

impl Shown {
    /// A value that is shown with at least so many decimals.
    #[must_use]
    pub const fn new(value: Exact, decimals: u32) -> Self {
        Self { value, decimals }
    }

    /// The value.
    #[must_use]
    pub const fn value(&self) -> &Exact {
        &self.value
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.shown(self.decimals, |text| f.write_str(text))
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.value.shown(self.decimals, |text| s.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let value = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self {
            value,
            decimals: u32::try_from(decimals).unwrap_or(MOST_DECIMALS),
        })
    }
}
