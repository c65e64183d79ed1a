//! How many of the places each group fills by its own order.

use super::Draw;
use crate::domain::advancement::{By, quota};
use crate::domain::rules::{Advance, ShareOf};
use crate::domain::scoring::{Status, Warning};

/// The places that groups fill by their own order.
pub(super) struct Owned {
    pub(super) seats: Vec<u32>,
    /// Whether a lot must first say which group gets the places that are left.
    pub(super) lot_awaited: bool,
}

impl Draw<'_> {
    /// How many of the places each group gets by its own order; nothing when they can't be shared out yet.
    pub(super) fn own_places(
        &mut self,
        advance: &Advance,
        places: u32,
        groups: &[String],
    ) -> (Option<Owned>, By) {
        let Some(share) = &advance.share else {
            let seats = vec![advance.minimum_per_group; groups.len()];
            return (
                Some(Owned {
                    seats,
                    lot_awaited: false,
                }),
                By::MinimumPerGroup,
            );
        };
        let scored = |group: &String| {
            let ranked = self
                .standings
                .iter()
                .filter(|s| s.group == *group && s.status == Status::Ranked);
            u64::try_from(ranked.count()).ok()
        };
        let size = |group: &String| match share.of {
            ShareOf::Scored => scored(group),
            ShareOf::Submitted | ShareOf::Accepted => self.decisions.sizes.get(group).copied(),
        };
        let sizes: Vec<Option<u64>> = groups.iter().map(size).collect();
        let unknown: Vec<String> = groups
            .iter()
            .zip(&sizes)
            .filter(|(_, size)| size.is_none())
            .map(|(g, _)| g.clone())
            .collect();
        if !unknown.is_empty() {
            self.warnings.push(Warning::SizesMissing { groups: unknown });
            return (None, By::PlaceInGroup);
        }
        let sizes: Vec<u64> = sizes.into_iter().flatten().collect();
        let drawn = self.decisions.share_lot.iter();
        let lot: Vec<usize> = drawn
            .filter_map(|group| groups.iter().position(|g| g == group))
            .collect();
        let bounds = quota::Bounds {
            minimum: advance.minimum_per_group,
            maximum: advance.maximum_per_group,
        };
        let shared = quota::share(share.by, places, &sizes, bounds, &lot);
        let lot_awaited = !shared.undecided.is_empty();
        if lot_awaited {
            let names = shared
                .undecided
                .iter()
                .filter_map(|i| groups.get(*i).cloned())
                .collect();
            self.warnings.push(Warning::ShareLotAwaited {
                groups: names,
                places: shared.left,
            });
        }
        (
            Some(Owned {
                seats: shared.seats,
                lot_awaited,
            }),
            By::PlaceInGroup,
        )
    }
}
