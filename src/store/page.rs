//! Lists in pages: `{items, next}`, where `next` is an opaque cursor that knows the last row and the filter.
//!
//! A query asks for one row more than the limit, sorted by its key and then by id, after the cursor's pair:
//!
//! ```ignore
//! let place = Place::<String>::read(cursor, &filter)?;
//! let mut query = entries::table.order((entries::title, entries::id)).limit(limit.with_one_more()).into_boxed();
//! if let Some(after) = &place { query = query.filter(/* (title, id) > (after.key, after.id) */); }
//! let page = Page::cut(query.load(conn)?, limit, &filter, |row| Place { key: row.title.clone(), id: row.id.0 })?;
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

/// A place in a sorted list: the sort key of a row, and its id, since keys may be equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place<K> {
    /// What the list is sorted by.
    pub key: K,
    /// The row.
    pub id: i64,
}

#[derive(Serialize, Deserialize)]
struct Cursor<K> {
    place: Place<K>,
    filter: String,
}

impl<K: DeserializeOwned> Place<K> {
    /// The place that a cursor names; `filter` is everything that decides what the list holds and how it is sorted.
    ///
    /// # Errors
    /// `?cursor` `cursor`, when it is none of ours or belongs to another filter.
    pub fn read(cursor: Option<&str>, filter: &impl Serialize) -> Result<Option<Self>> {
        let Some(text) = cursor else { return Ok(None) };
        let refused = || Error::invalid("?cursor", "cursor");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let cursor: Cursor<K> = serde_json::from_slice(&bytes).map_err(|_| refused())?;
        if cursor.filter != hash(filter)? {
            return Err(refused());
        }
        Ok(Some(cursor.place))
    }
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
        place: impl FnOnce(&T) -> Place<K>,
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
        Page::cut(rows, limit, &"all", |row| Place {
            key: format!("k{row}"),
            id: *row,
        })
        .unwrap()
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let limit = Limit::new(Some(2)).unwrap();
        let mut seen = Vec::new();
        let mut next = None;
        loop {
            let place = Place::<String>::read(next.as_deref(), &"all").unwrap();
            let page = page(place.map_or(1, |p| p.id + 1), limit);
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
            Place::<String>::read(Some(&next), &"mine"),
            Err(Error::Invalid(_))
        ));
        assert!(matches!(
            Place::<i64>::read(Some(&next), &"all"),
            Err(Error::Invalid(_))
        ));
        for forged in ["", "x", "e30", "半"] {
            assert!(
                matches!(
                    Place::<String>::read(Some(forged), &"all"),
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
