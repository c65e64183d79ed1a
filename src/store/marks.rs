//! Marks and recorded values in the one form that the database keeps: a JSON object from the criterion's code to whole
//! thousandths of a point, codes in order, such as `{"business":21000,"technology":27500}`.
//!
//! A criterion without a value is left out: a value that was not given is never 0.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::sql_types::Json;
use crate::domain::points::Points;
use crate::error::{Error, Result};

/// Values by criterion, as they are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Marks(BTreeMap<String, i64>);

impl Marks {
    /// The stored form of some values.
    #[must_use]
    pub fn of(values: &BTreeMap<String, Points>) -> Self {
        Self(
            values
                .iter()
                .map(|(code, v)| (code.clone(), v.thousandths()))
                .collect(),
        )
    }

    /// The values.
    #[must_use]
    pub fn points(&self) -> BTreeMap<String, Points> {
        let value = |(code, v): (&String, &i64)| (code.clone(), Points::from_thousandths(*v));
        self.0.iter().map(value).collect()
    }

    /// The value of a criterion.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<Points> {
        self.0.get(code).map(|v| Points::from_thousandths(*v))
    }

    /// The same as a column.
    ///
    /// # Errors
    /// Never in practice: texts and numbers are JSON.
    pub fn json(self) -> Result<Json<Self>> {
        Json::new(self)
    }
}

/// The stored values of some criteria, in their order, without a map in between: a round has hundreds of thousands of sheets.
///
/// # Errors
/// When the text is none of the stored form.
pub fn in_order(stored: &str, codes: &[Cow<'_, str>]) -> Result<Box<[Option<Points>]>> {
    let mut json = serde_json::Deserializer::from_str(stored);
    let values = InOrder(codes).deserialize(&mut json).map_err(Error::internal)?;
    json.end().map_err(Error::internal)?;
    Ok(values)
}

struct InOrder<'c>(&'c [Cow<'c, str>]);

impl<'de> DeserializeSeed<'de> for InOrder<'_> {
    type Value = Box<[Option<Points>]>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for InOrder<'_> {
    type Value = Box<[Option<Points>]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("thousandths by criterion")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = vec![None; self.0.len()];
        while let Some((code, value)) = map.next_entry::<Text<'de>, i64>()? {
            let place = self.0.iter().position(|known| *known == code.0);
            if let Some(place) = place.and_then(|place| values.get_mut(place)) {
                *place = Some(Points::from_thousandths(value));
            }
        }
        Ok(values.into())
    }
}

/// A text as it stands in the JSON, where nothing in it is escaped.
#[derive(Deserialize)]
struct Text<'t>(#[serde(borrow)] Cow<'t, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_values_come_in_the_order_that_is_asked_for() {
        let codes = ["technology", "team", "business", "idea.2"].map(Cow::Borrowed);
        let stored = r#"{"business":-1,"idea.2":0,"market":5,"technology":27500}"#;
        let points = |thousandths| Some(Points::from_thousandths(thousandths));
        let expected = [points(27_500), None, points(-1), points(0)];
        assert_eq!(*in_order(stored, &codes).unwrap(), expected);
        assert_eq!(
            *in_order(r#"{"te\u0061m":1}"#, &codes).unwrap(),
            [None, points(1), None, None]
        );
        assert_eq!(in_order("{}", &[]).unwrap().len(), 0);
        for wrong in ["", "[]", r#"{"team":"1"}"#, r#"{"team":1.5}"#, "{} {}"] {
            assert!(in_order(wrong, &codes).is_err(), "{wrong}");
        }
    }

    #[test]
    fn values_are_kept_in_thousandths_in_the_order_of_their_codes() {
        let values = BTreeMap::from([
            ("technology".to_owned(), "27.5".parse().unwrap()),
            ("business".to_owned(), "-0.001".parse().unwrap()),
        ]);
        let stored = Marks::of(&values).json().unwrap();
        assert_eq!(stored.as_text(), r#"{"business":-1,"technology":27500}"#);
        assert_eq!(stored.points(), values);
        assert_eq!(
            (stored.get("technology"), stored.get("idea")),
            (values.get("technology").copied(), None)
        );
    }
}
