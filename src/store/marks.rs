//! Marks and recorded values in the one form that the database keeps: a JSON object from the criterion's code to whole
//! thousandths of a point, codes in order, such as `{"business":21000,"technology":27500}`.
//!
//! A criterion without a value is left out: a value that was not given is never 0.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sql_types::Json;
use crate::domain::points::Points;
use crate::error::Result;

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

#[cfg(test)]
mod tests {
    use super::*;

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
