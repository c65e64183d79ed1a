//! What a group's entries make of one another's values: ranks in the place of totals, and factors of panels.

use std::collections::BTreeSet;

use serde_json::Value;

use super::judges::Judged;
use super::{Big, Reference, mean, number, whole, word};

/// The rank of a value among values; equal ones share the mean of their ranks.
fn rank(value: &Big, among: &[Big], fewer_is_better: bool) -> Big {
    let better = |other: &&Big| {
        if fewer_is_better {
            *other < value
        } else {
            *other > value
        }
    };
    let ahead = among.iter().filter(better).count();
    let equal = among.iter().filter(|other| *other == value).count();
    whole(ahead) + (whole(equal) + whole(1)) / whole(2)
}

impl<'a> Reference<'a> {
    /// The values with which the entries of a group are compared; without those who can't be.
    pub(super) fn comparable(&self, judged: Vec<Judged<'a>>) -> Vec<Judged<'a>> {
        match self.by() {
            _ if self.ranks_by_judge() => self.by_judges(judged),
            _ if self.ranks_by_criterion() => self.by_components(judged),
            _ => match word(&self.document["equalise"]["by"], "") {
                by @ ("panel_means" | "grand_mean") => self.times_factors(judged, by == "grand_mean"),
                _ => judged,
            },
        }
    }

    /// Each judge ranks the entries that they marked.
    fn by_judges(&self, mut judged: Vec<Judged<'a>>) -> Vec<Judged<'a>> {
        let unequal_mean = self.document["aggregate"]["unequal"] == "mean";
        let numbers: BTreeSet<usize> = judged.iter().map(|j| j.once.sheets.len()).collect();
        if numbers.len() > 1 && !unequal_mean {
            return Vec::new();
        }
        let mut values = Vec::new();
        for one in &judged {
            let counted = one.once.sheets.iter().map(|sheet| {
                let all = judged.iter().flat_map(|j| &j.once.sheets);
                let of_judge = all.filter(|s| s.judge == sheet.judge);
                let totals: Vec<Big> = of_judge.filter_map(|s| s.total.clone()).collect();
                let own = sheet.total.as_ref().unwrap();
                let rank = rank(own, &totals, false);
                match self.by() {
                    "borda" => whole(totals.len()) - rank,
                    "rank_points" => self.points(&rank, totals.iter().filter(|total| *total == own).count()),
                    _ => rank,
                }
            });
            let mut counted: Vec<Big> = counted.collect();
            counted.sort();
            values.push(self.trimmed(counted).map(|kept| {
                let sum = kept.iter().sum::<Big>();
                let value = if self.by() == "rank_product" {
                    kept.iter().product()
                } else if unequal_mean {
                    sum / whole(kept.len())
                } else {
                    sum
                };
                self.round("panel", value)
            }));
        }
        let mut values = values.into_iter();
        judged.retain_mut(|one| match values.next().flatten() {
            Some(value) => {
                one.value = value;
                true
            }
            None => false,
        });
        judged
    }

    /// The entries are ranked by each criterion, and the ranks added up with their factors.
    fn by_components(&self, mut judged: Vec<Judged<'a>>) -> Vec<Judged<'a>> {
        let counts = |c: &&Value| c["kind"] != "pass_fail" && !self.is_apart(c);
        let criteria = || self.criteria().iter().filter(counts);
        let may_lack = self.document["aggregate"]["absent"] == "after_last";
        judged.retain(|one| {
            let mut has = criteria().map(|c| self.criterion(one, c).is_some());
            if may_lack {
                has.any(|has| has)
            } else {
                has.all(|has| has)
            }
        });
        let product = self.by() == "component_product";
        let value = |one: &Judged<'a>| -> Big {
            let term = |criterion| {
                let column = judged.iter().filter_map(|j| self.criterion(j, criterion));
                let column: Vec<Big> = column.collect();
                let own = self.criterion(one, criterion);
                let place = match &own {
                    Some(own) => rank(own, &column, self.fewer_is_better_by(criterion)),
                    None => whole(judged.len() + 1),
                };
                let sharing = column.iter().filter(|other| Some(*other) == own.as_ref()).count();
                let worth = match self.by() {
                    "component_points" if own.is_none() => whole(0),
                    "component_points" => self.points(&place, sharing),
                    _ => place,
                };
                worth * number(&criterion["factor"], 1)
            };
            let terms = self.without_dropped(criteria().map(term).collect());
            let together = if product {
                terms.iter().product()
            } else {
                terms.iter().sum()
            };
            self.round("panel", together)
        };
        let values: Vec<Big> = judged.iter().map(value).collect();
        for (one, value) in judged.iter_mut().zip(values) {
            one.value = value;
        }
        judged
    }

    /// Every value × R / A: A its panel's mean, R the mean of the panels' means or of all values. A panel without a mean
    /// above 0 can't be compared, and so nobody can.
    fn times_factors(&self, mut judged: Vec<Judged<'a>>, grand: bool) -> Vec<Judged<'a>> {
        let panels: BTreeSet<&str> = judged.iter().map(|j| j.entry.panel.as_str()).collect();
        let of_panel = |panel: &str| {
            let values = judged.iter().filter(|j| j.entry.panel == panel);
            mean(&values.map(|j| j.value.clone()).collect::<Vec<_>>()).unwrap()
        };
        let means: Vec<(&str, Big)> = panels.iter().map(|panel| (*panel, of_panel(panel))).collect();
        if means.iter().any(|(_, mean)| *mean == whole(0)) {
            return Vec::new();
        }
        let reference = if grand {
            mean(&judged.iter().map(|j| j.value.clone()).collect::<Vec<_>>())
        } else {
            mean(&means.iter().map(|(_, mean)| mean.clone()).collect::<Vec<_>>())
        };
        for one in &mut judged {
            let own = &means
                .iter()
                .find(|(panel, _)| *panel == one.entry.panel)
                .unwrap()
                .1;
            let factor = self.round("factor", reference.clone().unwrap() / own);
            one.value = &one.value * factor;
        }
        judged
    }
}
