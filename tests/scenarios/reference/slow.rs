//! The reference: the rules as RULES tells them, on big rationals, straight from the document.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::Ratio;
use palmares::domain::scoring::{DecidedBy, EntryInput, Input, Participation};
use serde_json::Value;

pub(crate) type Big = Ratio<BigInt>;

/// Where an entry stands; nothing where it has no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) entry: i64,
    pub(crate) rank: Option<Big>,
    pub(crate) total: Option<Big>,
    pub(crate) exact: Option<Big>,
}

/// A decimal number or a fraction.
pub(crate) fn big(text: &str) -> Big {
    if let Some((n, d)) = text.split_once('/') {
        return Big::new(n.parse().unwrap(), d.parse().unwrap());
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let scale = BigInt::from(10).pow(u32::try_from(fraction.len()).unwrap());
    Big::new(format!("{whole}{fraction}").parse().unwrap(), scale)
}

fn whole(n: usize) -> Big {
    Big::from(BigInt::from(n))
}

fn number(value: &Value, default: i64) -> Big {
    value
        .as_str()
        .map_or_else(|| Big::from(BigInt::from(default)), big)
}

/// One sheet: the judge, the marks, the total where no mark is missing.
struct Sheet {
    judge: String,
    marks: Vec<Option<Big>>,
    total: Option<Big>,
}

/// An entry that has a total.
struct Scored<'a> {
    entry: &'a EntryInput,
    sheets: Vec<Sheet>,
    criteria: Vec<Big>,
    judged: Big,
    own: Big,
    exact: Big,
    total: Big,
}

struct Reference<'a> {
    document: &'a Value,
    input: &'a Input,
}

/// The places of all entries, in order of their numbers.
pub(crate) fn places(document: &Value, input: &Input) -> Vec<Placed> {
    let reference = Reference { document, input };
    let mut placed: Vec<Placed> = Vec::new();
    let groups: BTreeSet<&str> = input.entries.iter().map(|e| e.group.as_str()).collect();
    for group in groups {
        let of_group: Vec<&EntryInput> = input.entries.iter().filter(|e| e.group == group).collect();
        let scored: Vec<Scored<'_>> = of_group.iter().filter_map(|e| reference.scored(e)).collect();
        let blocks = reference.ranked(&scored);
        let mut ahead = 0;
        for (nth, block) in blocks.iter().enumerate() {
            let (first, last) = (ahead + 1, ahead + block.len());
            let rank = match document["ranking"]["ranks"].as_str().unwrap() {
                "competition" => whole(first),
                "dense" => whole(nth + 1),
                _ => (whole(first) + whole(last)) / whole(2),
            };
            ahead = last;
            placed.extend(block.iter().map(|i| Placed {
                entry: scored[*i].entry.number,
                rank: Some(rank.clone()),
                total: Some(scored[*i].total.clone()),
                exact: Some(scored[*i].exact.clone()),
            }));
        }
        let without = of_group
            .iter()
            .filter(|e| !scored.iter().any(|s| s.entry.number == e.number));
        placed.extend(without.map(|e| Placed {
            entry: e.number,
            rank: None,
            total: None,
            exact: None,
        }));
    }
    placed.sort_by_key(|p| p.entry);
    placed
}

impl Reference<'_> {
    fn round(&self, place: &str, value: Big) -> Big {
        let to = &self.document["rounding"][place];
        let Some(decimals) = to["decimals"].as_u64() else {
            return value;
        };
        let scale = Big::from(BigInt::from(10).pow(u32::try_from(decimals).unwrap()));
        let scaled = &value * &scale;
        let zero = whole(0);
        let magnitude = if scaled < zero {
            -scaled.clone()
        } else {
            scaled.clone()
        };
        let (floor, half) = (magnitude.floor(), Big::new(1.into(), 2.into()));
        let rest = &magnitude - &floor;
        let odd = &floor.to_integer() % BigInt::from(2) != BigInt::from(0);
        let up = match to["mode"].as_str().unwrap() {
            "half_up" => rest >= half,
            "half_even" => rest > half || (rest == half && odd),
            _ => false,
        };
        let rounded = (if up { floor + whole(1) } else { floor }) / scale;
        if scaled < zero { -rounded } else { rounded }
    }

    fn judged(&self) -> Vec<&Value> {
        let criteria = self.document["rubric"]["criteria"].as_array().unwrap();
        criteria.iter().filter(|c| c["kind"] != "recorded").collect()
    }

    /// What each judged criterion is multiplied by: its factor, or its share in the mean.
    fn factors(&self) -> Vec<Big> {
        if self.document["rubric"]["total"] == "mean" {
            let weights: Vec<Big> = self.judged().iter().map(|c| number(&c["weight"], 1)).collect();
            let sum: Big = weights.iter().sum();
            return weights.into_iter().map(|w| w / &sum).collect();
        }
        self.judged().iter().map(|c| number(&c["factor"], 1)).collect()
    }

    fn left_out(&self) -> bool {
        self.document["rubric"]["missing"] == "left_out"
    }

    fn sheets(&self, entry: &EntryInput) -> Vec<Sheet> {
        let sheet = |s: &palmares::domain::scoring::Sheet| {
            let marks: Vec<Option<Big>> = s.marks.iter().map(|m| m.map(|m| big(&m.to_string()))).collect();
            let terms: Option<Vec<Big>> = marks
                .iter()
                .zip(self.factors())
                .map(|(m, f)| Some(self.round("weighted_criterion", m.clone()? * f)))
                .collect();
            let total = terms.map(|terms| self.round("sheet", terms.into_iter().sum()));
            Sheet {
                judge: s.judge.clone(),
                marks,
                total,
            }
        };
        entry.sheets.iter().map(sheet).collect()
    }

    /// Whose sheets may count for an entry: on a common panel those of judges who marked every entry that was marked.
    fn counts(&self, entry: &EntryInput, judge: &str) -> bool {
        if self.document["panel"]["common"] != true {
            return true;
        }
        let panel = self.input.entries.iter().filter(|e| {
            e.participation == Participation::TakingPart
                && (&e.group, &e.panel) == (&entry.group, &entry.panel)
        });
        let judges = |e: &EntryInput| -> Vec<String> {
            let counted = self
                .sheets(e)
                .into_iter()
                .filter(|s| self.left_out() || s.total.is_some());
            counted.map(|s| s.judge).collect()
        };
        let marked: Vec<Vec<String>> = panel.map(judges).filter(|judges| !judges.is_empty()).collect();
        let somewhere = marked.iter().any(|judges| judges.iter().any(|j| j == judge));
        !somewhere || marked.iter().all(|judges| judges.iter().any(|j| j == judge))
    }

    /// Values without the highest and lowest; none when nothing is left.
    fn trimmed(&self, mut values: Vec<(Big, usize)>) -> Option<Vec<(Big, usize)>> {
        values.sort_by(|a, b| a.0.cmp(&b.0));
        let steps = self.document["aggregate"]["trim"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let count = |step: &Value, key: &str| usize::try_from(step[key].as_u64().unwrap()).unwrap();
        let step = steps
            .iter()
            .filter(|s| count(s, "from") <= values.len())
            .max_by_key(|s| count(s, "from"));
        let (high, low) = step.map_or((0, 0), |s| (count(s, "high"), count(s, "low")));
        let left: Vec<_> = values
            .iter()
            .skip(low)
            .take(values.len().saturating_sub(high + low))
            .cloned()
            .collect();
        (!left.is_empty()).then_some(left)
    }

    fn combined(&self, values: &[(Big, usize)]) -> Big {
        let numbers: Vec<&Big> = values.iter().map(|(v, _)| v).collect();
        let n = numbers.len();
        match self.document["aggregate"]["by"].as_str().unwrap() {
            "sum" => numbers.into_iter().sum(),
            "mean" => numbers.into_iter().sum::<Big>() / whole(n),
            _ => (numbers[(n - 1) / 2] + numbers[n / 2]) / whole(2),
        }
    }

    fn scored<'e>(&self, entry: &'e EntryInput) -> Option<Scored<'e>> {
        if entry.participation != Participation::TakingPart {
            return None;
        }
        let present: Vec<Sheet> = self
            .sheets(entry)
            .into_iter()
            .filter(|s| self.counts(entry, &s.judge))
            .collect();
        let by_criteria = self.document["aggregate"]["over"] == "criteria";
        let partial = self.left_out();
        let counting: Vec<&Sheet> = present.iter().filter(|s| partial || s.total.is_some()).collect();
        if u64::try_from(counting.len()).unwrap() < self.document["panel"]["minimum_sheets"].as_u64().unwrap()
        {
            return None;
        }
        let numbered = |value: &dyn Fn(&Sheet) -> Option<Big>| -> Vec<(Big, usize)> {
            let numbers = counting
                .iter()
                .enumerate()
                .filter_map(|(i, s)| Some((value(s)?, i)));
            numbers.collect()
        };
        let criteria = self.judged().len();
        let (judged, values) = if by_criteria {
            let mut values = Vec::new();
            for c in 0..criteria {
                let marks = self.trimmed(numbered(&|s| s.marks[c].clone()))?;
                values.push(self.round("criterion", self.combined(&marks)));
            }
            let terms = values
                .iter()
                .zip(self.factors())
                .map(|(v, f)| self.round("weighted_criterion", v * f));
            (terms.sum::<Big>(), values)
        } else {
            let kept = self.trimmed(numbered(&|s| s.total.clone()))?;
            let mean = |c: usize| {
                let marks = kept.iter().map(|(_, i)| counting[*i].marks[c].clone().unwrap());
                marks.sum::<Big>() / whole(kept.len())
            };
            (self.combined(&kept), (0..criteria).map(mean).collect())
        };
        let judged = self.round("panel", judged);
        let recorded = self.recorded(entry, &judged)?;
        let adjusted = entry
            .adjustments
            .iter()
            .map(|a| big(&a.points.to_string()))
            .sum::<Big>()
            + recorded;
        let own = self.round("entry", adjusted.clone());
        let (exact, total) = match self.carried(entry, &own)? {
            Some(exact) => (exact.clone(), self.round("round", exact)),
            None => (adjusted, own.clone()),
        };
        let sheets = present.into_iter().filter(|s| s.total.is_some()).collect();
        Some(Scored {
            entry,
            sheets,
            criteria: values,
            judged,
            own,
            exact,
            total,
        })
    }

    fn recorded(&self, entry: &EntryInput, judged: &Big) -> Option<Big> {
        let mut sum = judged.clone();
        let criteria = self.document["rubric"]["criteria"].as_array().unwrap();
        let recorded = || criteria.iter().filter(|c| c["kind"] == "recorded");
        let value = |c: &Value| Some(big(&entry.recorded.get(c["code"].as_str().unwrap())?.to_string()));
        for c in recorded().filter(|c| c["as"] == "multiplier") {
            sum *= value(c)?;
        }
        for c in recorded().filter(|c| c["as"] != "multiplier") {
            sum += self.round("weighted_criterion", value(c)? * number(&c["factor"], 1));
        }
        Some(sum)
    }

    /// None where it can't be ranked, nothing inside where nothing is carried.
    fn carried(&self, entry: &EntryInput, own: &Big) -> Option<Option<Big>> {
        let rounds = self.document["carry"].as_array().unwrap();
        if rounds.is_empty() {
            return Some(None);
        }
        let weight = number(&self.document["own_weight"], 1);
        let (mut sum, mut has, mut all) = (own * &weight, weight.clone(), weight);
        for round in rounds {
            let weight = number(&round["weight"], 1);
            all += &weight;
            let value = match entry.earlier.get(round["round"].as_str().unwrap()) {
                Some(earlier) if round["of"] == "exact" => big(&earlier.exact.to_string()),
                Some(earlier) => big(&earlier.total.to_string()),
                None if round["missing"] == "refuse" => return None,
                None if round["missing"] == "renormalise" => continue,
                None => number(&round["missing"]["value"], 0),
            };
            sum += value * &weight;
            has += &weight;
        }
        Some(Some(sum * all / has))
    }

    /// Blocks of equal entries, the best first.
    fn ranked(&self, scored: &[Scored<'_>]) -> Vec<Vec<usize>> {
        let lowest = self.document["ranking"]["wins"] == "lowest";
        let blocks = split((0..scored.len()).collect(), &|i| scored[i].total.clone(), lowest);
        let ties = self.document["ranking"]["ties"].as_array().unwrap();
        let mut done = Vec::new();
        for block in blocks {
            self.break_ties(scored, block, ties, &mut done);
        }
        done
    }

    fn break_ties(
        &self,
        scored: &[Scored<'_>],
        block: Vec<usize>,
        ties: &[Value],
        done: &mut Vec<Vec<usize>>,
    ) {
        let Some((tie, rest)) = ties.split_first().filter(|_| block.len() > 1) else {
            return done.push(block);
        };
        let by = tie["by"].as_str().unwrap();
        let lowest = match by {
            "shared" => return done.push(block),
            "chair" => {
                let named = |d: &&palmares::domain::scoring::Decision| {
                    d.by == DecidedBy::Chair
                        && block.iter().all(|i| d.order.contains(&scored[*i].entry.number))
                };
                let Some(decision) = self.input.decisions.iter().rev().find(named) else {
                    return done.push(block);
                };
                let place = |i: usize| {
                    whole(
                        decision
                            .order
                            .iter()
                            .position(|n| *n == scored[i].entry.number)
                            .unwrap(),
                    )
                };
                for part in split(block, &place, true) {
                    self.break_ties(scored, part, rest, done);
                }
                return;
            }
            "earlier_rank" => true,
            "first_places" => false,
            _ => self.document["ranking"]["wins"] == "lowest",
        };
        let value = |i: usize| self.tie_value(scored, &scored[i], tie);
        if block.iter().any(|i| value(*i).is_none()) {
            return self.break_ties(scored, block, rest, done);
        }
        for part in split(block, &|i| value(i).unwrap(), lowest) {
            self.break_ties(scored, part, rest, done);
        }
    }

    fn tie_value(&self, group: &[Scored<'_>], one: &Scored<'_>, tie: &Value) -> Option<Big> {
        let mut totals: Vec<Big> = one.sheets.iter().filter_map(|s| s.total.clone()).collect();
        totals.sort();
        let n = totals.len();
        let earlier = || one.entry.earlier.get(tie["round"].as_str().unwrap());
        match tie["by"].as_str().unwrap() {
            "criterion" => one.criteria.first().cloned(),
            "judged" => Some(one.judged.clone()),
            "own_total" => Some(one.own.clone()),
            "earlier_total" => Some(big(&earlier()?.total.to_string())),
            "earlier_rank" => Some(big(&earlier()?.rank?.to_string())),
            "untrimmed_sum" => Some(totals.into_iter().sum()),
            "highest_sheet" => totals.last().cloned(),
            "lowest_sheet" => totals.first().cloned(),
            "median" => (n > 0).then(|| (&totals[(n - 1) / 2] + &totals[n / 2]) / whole(2)),
            "more_digits" => Some(one.exact.clone()),
            "first_places" => {
                let lowest = self.document["ranking"]["wins"] == "lowest";
                let beaten = |judge: &str, total: &Big| {
                    let others = group.iter().flat_map(|s| &s.sheets).filter(|s| s.judge == judge);
                    others
                        .filter_map(|s| s.total.as_ref())
                        .any(|o| if lowest { o < total } else { o > total })
                };
                let firsts = one
                    .sheets
                    .iter()
                    .filter(|s| s.total.as_ref().is_some_and(|t| !beaten(&s.judge, t)));
                Some(whole(firsts.count()))
            }
            other => panic!("{other}"),
        }
    }
}

/// Positions in blocks of equal values, the best block first.
fn split(mut positions: Vec<usize>, value: &dyn Fn(usize) -> Big, lowest: bool) -> Vec<Vec<usize>> {
    let order = |a: &usize, b: &usize| -> Ordering {
        let by_value = value(*a).cmp(&value(*b));
        if lowest { by_value } else { by_value.reverse() }
    };
    positions.sort_by(order);
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for i in positions {
        match blocks.last_mut() {
            Some(block) if value(block[0]) == value(i) => block.push(i),
            _ => blocks.push(vec![i]),
        }
    }
    blocks
}
