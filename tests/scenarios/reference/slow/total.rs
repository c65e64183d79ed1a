//! From the judges' value to the total: what was recorded, penalties, earlier rounds.

use palmares::domain::scoring::{Adjustment, EarlierRound, EntryInput};

use super::judges::Judged;
use super::{Big, Reference, Scored, big, count, list, number, whole};

/// What a penalty does.
#[derive(PartialEq)]
pub(super) enum Penalty {
    Points(Big),
    Disqualified,
}

impl<'a> Reference<'a> {
    /// What an adjustment does: so many points for each step begun beyond the grace, or those that were entered.
    pub(super) fn penalty(&self, adjustment: &Adjustment) -> Penalty {
        let entered = Penalty::Points(big(&adjustment.points.to_string()));
        let mut rules = list(&self.document["penalties"]).iter();
        let Some(rule) = rules.find(|p| p["code"].as_str() == adjustment.rule.as_deref()) else {
            return entered;
        };
        let points = number(&rule["points"], 0);
        let measured = ["per", "grace", "disqualify_from"]
            .iter()
            .any(|key| !rule[*key].is_null());
        let Some(quantity) = adjustment.quantity else {
            return if measured {
                entered
            } else {
                Penalty::Points(points)
            };
        };
        let quantity = big(&quantity.to_string());
        if rule["disqualify_from"].is_string() && quantity >= number(&rule["disqualify_from"], 0) {
            return Penalty::Disqualified;
        }
        let over = quantity - number(&rule["grace"], 0);
        let steps = if over <= whole(0) {
            whole(0)
        } else if rule["per"].is_string() {
            (over / number(&rule["per"], 1)).ceil()
        } else {
            whole(1)
        };
        Penalty::Points(steps * points)
    }

    pub(super) fn scored(&self, judged: Judged<'a>) -> Option<Scored<'a>> {
        let entry = judged.entry;
        // Ranked by each criterion, what was recorded is a rank among others.
        let mut sum = if self.ranks_by_criterion() {
            judged.value.clone()
        } else {
            self.with_recorded(entry, None, &judged.value)?
        };
        for adjustment in &entry.adjustments {
            if let Penalty::Points(points) = self.penalty(adjustment) {
                sum += points;
            }
        }
        let own = self.round("entry", sum.clone());
        let (exact, total) = if list(&self.document["carry"]).is_empty() {
            (sum, own.clone())
        } else {
            let exact = self.carried(entry, &own)?;
            (exact.clone(), self.round("round", exact))
        };
        Some(Scored {
            judged,
            own,
            exact,
            total,
        })
    }

    /// This round's total with those of earlier rounds; nothing where the entry can't be ranked.
    fn carried(&self, entry: &EntryInput, own: &Big) -> Option<Big> {
        let weight = number(&self.document["own_weight"], 1);
        let mut parts = vec![own * &weight];
        let (mut has, mut all) = (weight.clone(), weight);
        for round in list(&self.document["carry"]) {
            let weight = number(&round["weight"], 1);
            all += &weight;
            let value = match entry.earlier.get(round["round"].as_str().unwrap()) {
                Some(earlier) if round["of"] == "exact" => big(&earlier.exact.to_string()),
                Some(EarlierRound { rank: Some(rank), .. }) if round["of"] == "rank" => {
                    let rank = big(&rank.to_string());
                    match list(&round["points"]) {
                        [] => rank,
                        table => Self::carried_points(table, &rank),
                    }
                }
                Some(earlier) if round["of"] != "rank" => big(&earlier.total.to_string()),
                _ if round["missing"] == "renormalise" || round["missing"] == "leave_out" => continue,
                _ if round["missing"]["value"].is_string() => number(&round["missing"]["value"], 0),
                _ => return None,
            };
            has += &weight;
            parts.push(value * weight);
        }
        if self.document["best_of"].is_u64() {
            let best = count(&self.document["best_of"], 0);
            parts.sort();
            if !self.lowest_wins() {
                parts.reverse();
            }
            return (parts.len() >= best).then(|| parts.iter().take(best).sum());
        }
        let sum: Big = parts.iter().sum();
        (has != whole(0)).then(|| sum * all / has)
    }
}
