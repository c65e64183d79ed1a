//! Moments: UTC, in whole microseconds, so that both databases and JSON hold exactly the same.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, SubsecRound, TimeDelta, Timelike, Utc};
use serde::de::Unexpected;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// A moment in UTC with whole microseconds; in JSON an RFC 3339 text such as `2026-07-08T01:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-07-08T01:00:00Z")]
pub struct Stamp(NaiveDateTime);

impl Stamp {
    /// The moment, with anything finer than a microsecond cut off.
    #[must_use]
    pub fn new(moment: DateTime<Utc>) -> Self {
        Self::from_naive(moment.naive_utc())
    }

    /// A moment that is already known to be UTC.
    #[must_use]
    pub fn from_naive(utc: NaiveDateTime) -> Self {
        Self(utc.trunc_subsecs(6))
    }

    /// The same moment for whoever needs chrono's type without a zone.
    #[must_use]
    pub const fn naive(self) -> NaiveDateTime {
        self.0
    }

    /// The same, borrowed: a database binds it without a copy.
    #[must_use]
    pub const fn as_naive(&self) -> &NaiveDateTime {
        &self.0
    }

    /// The same moment with its zone.
    #[must_use]
    pub const fn utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }

    /// The moment `seconds` later (earlier when negative); stays put at the end of time.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        TimeDelta::try_seconds(seconds)
            .and_then(|d| self.0.checked_add_signed(d))
            .map_or(self, Self)
    }

    /// The moment as clocks in an IANA time zone show it, with the zone: `2026-07-08 09:00 (Asia/Shanghai)`. In a zone
    /// that is none, UTC.
    #[must_use]
    pub fn in_zone(self, zone: &str) -> String {
        let (zone, name) = match zone.parse::<chrono_tz::Tz>() {
            Ok(known) => (known, zone),
            Err(_) => (chrono_tz::UTC, "UTC"),
        };
        let local = self.utc().with_timezone(&zone);
        let format = if local.second() == 0 {
            "%Y-%m-%d %H:%M"
        } else {
            "%Y-%m-%d %H:%M:%S"
        };
        format!("{} ({name})", local.format(format))
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0.and_utc().timestamp()
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|t| Self::new(t.to_utc()))
            .map_err(|_| serde::de::Error::invalid_value(Unexpected::Str(&text), &"time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_json_to_the_microsecond() {
        let given: Stamp = serde_json::from_str("\"2026-07-08T09:00:00.123456789+08:00\"").unwrap();
        assert_eq!(
            serde_json::to_string(&given).unwrap(),
            "\"2026-07-08T01:00:00.123456Z\""
        );
        assert!(serde_json::from_str::<Stamp>("\"yesterday\"").is_err());
        assert_eq!(given.plus_seconds(60).unix() - given.unix(), 60);
    }

    #[test]
    fn a_moment_is_told_as_local_clocks_show_it() {
        let at = |text: &str| serde_json::from_value::<Stamp>(text.into()).unwrap();
        assert_eq!(
            at("2026-06-30T16:00:00Z").in_zone("Asia/Shanghai"),
            "2026-07-01 00:00 (Asia/Shanghai)"
        );
        assert_eq!(
            at("2026-06-30T16:00:05Z").in_zone("Europe/Berlin"),
            "2026-06-30 18:00:05 (Europe/Berlin)"
        );
        assert_eq!(
            at("2026-06-30T16:00:00Z").in_zone("Nowhere"),
            "2026-06-30 16:00 (UTC)"
        );
    }
}
