//! Rules that were read already. A ballot needs the rubric, and reading a document takes longer than storing a ballot.
//!
//! Entries are found by the document's text, so what is here is never out of date, whatever database it came from.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::domain::rules::Rules;
use crate::error::{Error, Result};

/// Documents that are kept; rounds that are judged at the same time are few.
const KEPT: usize = 64;

static READ: LazyLock<Mutex<HashMap<String, Arc<Rules>>>> = LazyLock::new(Mutex::default);

/// The rules that a stored document holds.
///
/// # Errors
/// [`Error::Internal`] for a document that can't be read, since only ones that can are stored.
pub(super) fn read(document: &str) -> Result<Arc<Rules>> {
    let lock = || READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(rules) = lock().get(document) {
        return Ok(Arc::clone(rules));
    }
    let rules = Arc::new(Rules::parse(document).map_err(Error::internal)?);
    let mut kept = lock();
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(document.to_owned(), Arc::clone(&rules));
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_once_and_another_is_not_mistaken_for_it() {
        let document = |max: usize| {
            format!(r#"{{"schema":1,"rubric":{{"criteria":[{{"code":"quality","max":"{max}"}}]}}}}"#)
        };
        let first = read(&document(10)).unwrap();
        assert!(Arc::ptr_eq(&first, &read(&document(10)).unwrap()));
        assert_ne!(first.rubric, read(&document(20)).unwrap().rubric);
        for max in 100..100 + 2 * KEPT {
            read(&document(max)).unwrap();
        }
        assert!(READ.lock().unwrap().len() <= KEPT);
        assert!(read("{}").is_err());
    }
}
