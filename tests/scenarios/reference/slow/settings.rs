//! What of several values counts, what ranks are worth, and values in proportion to those of the others.

use palmares::domain::scoring::EntryInput;
use serde_json::Value;

use super::{Big, Reference, Scored, big, count, list, number, whole};

impl<'a> Reference<'a> {
    /// Whether each judge's order of the entries counts.
    pub(super) fn ranks_by_judge(&self) -> bool {
        matches!(self.by(), "rank_sum" | "borda" | "rank_points" | "rank_product")
    }

    /// Whether the orders by each criterion count.
    pub(super) fn ranks_by_criterion(&self) -> bool {
        self.by().starts_with("component_")
    }

    /// The criteria that are part of the total.
    pub(super) fn is_apart(&self, criterion: &Value) -> bool {
        criterion["as"] == "apart"
    }

    /// How many of so many values stay when the highest and lowest of them are dropped.
    pub(super) fn staying(&self, values: usize) -> usize {
        let drop = &self.document["rubric"]["drop"];
        values - count(&drop["high"], 0) - count(&drop["low"], 0)
    }

    /// The values without the highest and lowest that the rules drop.
    pub(super) fn without_dropped(&self, mut values: Vec<Big>) -> Vec<Big> {
        let drop = &self.document["rubric"]["drop"];
        values.sort();
        let staying = self.staying(values.len());
        values
            .into_iter()
            .skip(count(&drop["low"], 0))
            .take(staying)
            .collect()
    }

    /// What a table gives for a shared rank, among so many who share it: the mean of what their places give.
    pub(super) fn points(&self, rank: &Big, sharing: usize) -> Big {
        let first = rank - (whole(sharing) - whole(1)) / whole(2);
        let table = list(&self.document["aggregate"]["points"]);
        let of_place = |nth: usize| {
            let place = &first + whole(nth) - whole(1);
            let given = (0..table.len()).find(|i| whole(*i) == place);
            given.map_or(whole(0), |i| number(&table[i], 0))
        };
        (0..sharing).map(of_place).sum::<Big>() / whole(sharing)
    }

    /// What a table gives for a rank in an earlier round, between two places what is between their points.
    pub(super) fn carried_points(table: &[Value], rank: &Big) -> Big {
        let of = |place: Big| {
            let given = (0..table.len()).find(|i| whole(*i) + whole(1) == place);
            given.map_or(whole(0), |i| number(&table[i], 0))
        };
        (of(rank.floor()) + of(rank.ceil())) / whole(2)
    }

    /// A recorded value as the others of its group make it.
    pub(super) fn scaled(&self, entry: &EntryInput, criterion: &Value, value: Big) -> Big {
        if criterion["scaled"].is_null() {
            return value;
        }
        let code = criterion["code"].as_str().unwrap();
        let others = self
            .input
            .entries
            .iter()
            .filter(|e| e.group == entry.group && self.takes_part(e));
        let values: Vec<Big> = others
            .filter_map(|e| Some(big(&e.recorded.get(code)?.to_string())))
            .collect();
        let (lowest, highest) = (
            values.iter().min().unwrap().clone(),
            values.iter().max().unwrap().clone(),
        );
        let fewer = criterion["wins"] == "lowest";
        let (zero, one) = (whole(0), whole(1));
        let over = |part: Big, all: Big| if all == zero { zero.clone() } else { part / all };
        let share = match criterion["scaled"]["by"].as_str().unwrap() {
            "sum" => over(value, values.iter().sum()),
            "best" if fewer => over(lowest, value),
            "best" => over(value, highest),
            _ if lowest == highest => one,
            _ if fewer => (&highest - value) / (&highest - &lowest),
            _ => (value - &lowest) / (&highest - &lowest),
        };
        share * number(&criterion["scaled"]["to"], 0)
    }

    /// Whether an entry has a place that lacks what a criterion asks for.
    pub(super) fn unqualified(&self, one: &Scored<'a>) -> bool {
        let strict = self.document["ranking"]["unqualified"] == "unranked";
        let asking = self.criteria().iter().filter(|c| c["qualify_from"].is_string());
        let below = |criterion: &Value| {
            let from = number(&criterion["qualify_from"], 0);
            self.criterion(&one.judged, criterion).is_none_or(|value| {
                if self.fewer_is_better_by(criterion) {
                    value > from
                } else {
                    value < from
                }
            })
        };
        strict && asking.into_iter().any(below)
    }
}
