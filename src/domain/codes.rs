//! One macro for closed sets of words (roles, phases, statuses) that databases, JSON and people all spell alike.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Makes an enum whose variants each have one stable spelling.
///
/// Gives `as_str`, `ALL`, `Display`, `FromStr`, serde as that text, and an OpenAPI schema.
#[macro_export]
macro_rules! code_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:tt,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        $vis enum $name {
            $($(#[$vmeta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable spelling.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::codes::UnknownCode;

            fn from_str(given: &str) -> Result<Self, Self::Err> {
                match given {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::domain::codes::UnknownCode { given: given.to_owned(), known: &[$($text,)+] }),
                }
            }
        }
    };
}

/// Values by code, for `#[serde(deserialize_with = "each_code_once")]`. A code that stands twice is refused: no value
/// replaces another one silently.
///
/// # Errors
/// serde's own for a duplicate field.
pub fn each_code_once<'de, D, V>(d: D) -> Result<BTreeMap<String, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct Each<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Each<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut values = BTreeMap::new();
            while let Some((code, value)) = map.next_entry::<String, V>()? {
                if values.contains_key(&code) {
                    return Err(A::Error::custom(format_args!("duplicate field `{code}`")));
                }
                values.insert(code, value);
            }
            Ok(values)
        }
    }

    d.deserialize_map(Each(PhantomData))
}

/// A word that is not in the set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is none of {known:?}")]
pub struct UnknownCode {
    /// What was given.
    pub given: String,
    /// What would have been understood.
    pub known: &'static [&'static str],
}
