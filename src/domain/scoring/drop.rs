//! Terms of a sum that are dropped before the others are added up.

use super::derivation::Dropped;
use crate::domain::exact::Exact;
use crate::domain::rules::Drop;

/// Terms from the lowest to the highest, with why they are not added, if they aren't. Of equal ones the first is taken for
/// the lowest.
pub(super) fn kept(
    drop: Option<Drop>,
    mut terms: Vec<(usize, Exact)>,
) -> Vec<(usize, Exact, Option<Dropped>)> {
    let Some(drop) = drop else {
        return terms.into_iter().map(|(i, term)| (i, term, None)).collect();
    };
    terms.sort_by(|(i, a), (j, b)| a.cmp(b).then(i.cmp(j)));
    let kept = drop.kept(terms.len());
    let why = |place: usize| match place {
        place if place < kept.start => Some(Dropped::Lowest),
        place if place >= kept.end => Some(Dropped::Highest),
        _ => None,
    };
    let terms = terms.into_iter().enumerate();
    terms.map(|(place, (i, term))| (i, term, why(place))).collect()
}
