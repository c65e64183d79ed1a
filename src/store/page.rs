//! Lists in pages: `{items, next}`, where `next` is an opaque cursor that knows the last row and the filter.
//!
//! A query asks for one row more than the limit, sorted by a key that no two rows share, after the cursor's. The key is
//! something that clients see anyway: a number, an address, a slug, and never the number of a row, which would tell how
//! much the instance holds.
//!
//! ```ignore
//! let mut query = users::table.order(users::email).limit(limit.with_one_more()).into_boxed();
//! if let Some(after) = page::after::<Email>(cursor, &filter)? { query = query.filter(users::email.gt(after)); }
//! let page = Page::cut(query.load(conn)?, limit, &filter, |row| row.email.clone())?;
//! ```

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::invalid::FieldError;
use crate::error::{Error, Result};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// The cursor of the next page; nothing when this is the last.
    pub next: Option<String>,
}

/// How many rows a page has: 1 to 200, 50 unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(usize);

impl Limit {
    /// The most rows of a page.
    pub const MAX: usize = 200;

    /// The limit that a caller gave, or the usual one.
    ///
    /// # Errors
    /// `?limit` `limit`: it is never silently cut.
    pub fn new(given: Option<usize>) -> Result<Self, FieldError> {
        let limit = given.unwrap_or(50);
        if (1..=Self::MAX).contains(&limit) {
            return Ok(Self(limit));
        }
        Err(FieldError::new("?limit", "limit").with("maximum", Self::MAX))
    }

    /// What to ask the database for: one row more shows that there is a next page.
    #[must_use]
    pub fn with_one_more(self) -> i64 {
        i64::try_from(self.0).map_or(i64::MAX, |limit| limit.saturating_add(1))
    }
}

#[derive(Serialize, Deserialize)]
struct Cursor<K> {
    place: K,
    filter: String,
}

/// The place that a cursor names; `filter` is everything that decides what the list holds and how it is sorted.
///
/// # Errors
/// `?cursor` `cursor`, when it is none of ours or belongs to another filter.
pub fn after<K: DeserializeOwned>(cursor: Option<&str>, filter: &impl Serialize) -> Result<Option<K>> {
    let Some(text) = cursor else { return Ok(None) };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    let cursor: Cursor<K> = serde_json::from_slice(&bytes).map_err(|_| refused())?;
    if cursor.filter != hash(filter)? {
        return Err(refused());
    }
    Ok(Some(cursor.place))
}

/// What a cursor is answered that is none of a list.
#[must_use]
pub fn refused() -> Error {
    Error::invalid("?cursor", "cursor")
}

impl<T> Page<T> {
    /// The page of what the database gave for [`Limit::with_one_more`].
    ///
    /// # Errors
    /// Fails for a key or filter that JSON can't hold.
    pub fn cut<K: Serialize>(
        mut items: Vec<T>,
        limit: Limit,
        filter: &impl Serialize,
        place: impl FnOnce(&T) -> K,
    ) -> Result<Self> {
        let has_more = items.len() > limit.0;
        items.truncate(limit.0);
        let next = match items.last() {
            Some(last) if has_more => {
                let filter = hash(filter)?;
                let place = place(last);
                let cursor = serde_json::to_vec(&Cursor { place, filter }).map_err(Error::internal)?;
                Some(BASE64_URL_SAFE_NO_PAD.encode(cursor))
            }
            _ => None,
        };
        Ok(Self { items, next })
    }

    /// The same page with each row as something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

/// The first 72 bits of SHA-256 over the filter's JSON: it guards against mistakes, not against malice.
fn hash(filter: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(filter).map_err(Error::internal)?;
    let digest = Sha256::digest(&json);
    Ok(BASE64_URL_SAFE_NO_PAD.encode(digest.iter().copied().take(9).collect::<Vec<u8>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(from: i64, limit: Limit) -> Page<i64> {
        let rows = (from..=5)
            .take(usize::try_from(limit.with_one_more()).unwrap())
            .collect();
        Page::cut(rows, limit, &"all", |row| (format!("k{row}"), *row)).unwrap()
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let limit = Limit::new(Some(2)).unwrap();
        let mut seen = Vec::new();
        let mut next = None;
        loop {
            let place = after::<(String, i64)>(next.as_deref(), &"all").unwrap();
            let page = page(place.map_or(1, |(_, last)| last + 1), limit);
            seen.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen, [1, 2, 3, 4, 5]);
        assert_eq!(
            page(1, Limit::new(Some(5)).unwrap()).next,
            None,
            "a full last page has no next one"
        );
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let next = page(1, Limit::new(Some(2)).unwrap()).next.unwrap();
        assert!(matches!(
            after::<(String, i64)>(Some(&next), &"mine"),
            Err(Error::Invalid(_))
        ));
        assert!(matches!(
            after::<i64>(Some(&next), &"all"),
            Err(Error::Invalid(_))
        ));
        for forged in ["", "x", "e30", "半"] {
            assert!(
                matches!(
                    after::<(String, i64)>(Some(forged), &"all"),
                    Err(Error::Invalid(_))
                ),
                "{forged}"
            );
        }
    }

    #[test]
    fn a_limit_is_never_silently_cut() {
        assert_eq!(Limit::new(None), Ok(Limit(50)));
        for bad in [0, 201, usize::MAX] {
            assert_eq!(Limit::new(Some(bad)).unwrap_err().pointer, "?limit");
        }
    }
}
