//! Across judges: an entry's sheets become one value, attempt by attempt where it has several.

use palmares::domain::scoring::EntryInput;
use serde_json::Value;

use super::sheets::{Part, Sheet};
use super::{Big, Reference, big, count, list, mean, number, whole, word};

/// What the judges give together for a part.
pub(super) struct Together {
    pub(super) value: Big,
    /// Each criterion across the judges whose sheets counted.
    criteria: Vec<Option<Big>>,
    /// The sheets that have a total, dropped ones too.
    pub(super) sheets: Vec<Sheet>,
}

/// An attempt that has a value.
pub(super) struct Try {
    number: usize,
    pub(super) value: Big,
    judges: Together,
}

/// An entry with what the judges give.
pub(super) struct Judged<'a> {
    pub(super) entry: &'a EntryInput,
    /// The attempts, the best first.
    pub(super) tries: Vec<Try>,
    pub(super) once: Together,
    pub(super) value: Big,
}

/// A number of a sheet, by the sheet's position.
type Numbered = (Big, usize);

/// The weight of a class, and the positions of its sheets that were not dropped.
type Counted = (Big, Vec<usize>);

impl<'a> Reference<'a> {
    /// What the judges give an entry; nothing where it can't be ranked.
    pub(super) fn judged(&self, entry: &'a EntryInput) -> Option<Judged<'a>> {
        if !self.enough_verdicts(entry) {
            return None;
        }
        let (attempts, mut tries) = (self.attempts(), Vec::new());
        let take = &self.document["rubric"]["attempts"]["take"];
        let counting = match take.as_str() {
            Some("best") => 1,
            Some(_) => attempts,
            None => count(&take["best"], attempts),
        };
        for part in self.tries() {
            if !self.begun(entry, &part) {
                continue;
            }
            match self.attempt(entry, &part) {
                Some(found) => tries.push(found),
                None if counting < attempts => {}
                None => return None,
            }
        }
        if tries.len() < counting {
            return None;
        }
        let fewer = self.fewer_attempt_points_win();
        tries.sort_by(|a, b| {
            if fewer {
                a.value.cmp(&b.value)
            } else {
                b.value.cmp(&a.value)
            }
        });
        let once = self.together(entry, &self.once())?;
        let best: Vec<Big> = tries.iter().take(counting).map(|t| t.value.clone()).collect();
        let value = self.taken(&best).unwrap_or_else(|| whole(0)) + &once.value;
        Some(Judged {
            entry,
            tries,
            once,
            value,
        })
    }

    /// Which attempt is better is said by the criteria that it is made of.
    pub(super) fn fewer_attempt_points_win(&self) -> bool {
        let first = self.criteria().iter().find(|c| self.is_per_attempt(c));
        first.map_or(self.fewer_is_better(), |c| self.fewer_is_better_by(c))
    }

    /// The sum or the mean of attempts.
    fn taken(&self, values: &[Big]) -> Option<Big> {
        let take = &self.document["rubric"]["attempts"]["take"];
        let mean_of = take == "mean" || take["by"] == "mean";
        if mean_of {
            return mean(values);
        }
        (!values.is_empty()).then(|| values.iter().sum())
    }

    fn begun(&self, entry: &EntryInput, part: &Part<'_>) -> bool {
        let recorded = self.recorded_codes(part.attempt).into_iter();
        let mut recorded = recorded.filter(|(_, code)| entry.recorded.contains_key(code));
        let open = self.present(entry);
        recorded.next().is_some() || open.iter().any(|s| self.sheet(part, s).begun())
    }

    fn attempt(&self, entry: &'a EntryInput, part: &Part<'_>) -> Option<Try> {
        let judges = self.together(entry, part)?;
        let value = self.with_recorded(entry, part.attempt, &judges.value)?;
        Some(Try {
            number: part.attempt.unwrap(),
            value: self.round("attempt", value),
            judges,
        })
    }

    /// The criteria that are recorded in an attempt, or once, with what their values are called by.
    pub(super) fn recorded_codes(&self, attempt: Option<usize>) -> Vec<(&'a Value, String)> {
        let recorded = self.criteria().iter().filter(|c| c["kind"] == "recorded");
        let here = recorded.filter(|c| self.is_per_attempt(c) == attempt.is_some());
        let code = |c: &'a Value| match attempt {
            Some(n) => (c, format!("{}.{n}", c["code"].as_str().unwrap())),
            None => (c, c["code"].as_str().unwrap().to_owned()),
        };
        here.map(code).collect()
    }

    /// A value times what was recorded as a multiplier, and with the rest added.
    pub(super) fn with_recorded(
        &self,
        entry: &EntryInput,
        attempt: Option<usize>,
        value: &Big,
    ) -> Option<Big> {
        let mut sum = value.clone();
        let recorded = self.recorded_codes(attempt);
        let given = |code: &str| Some(big(&entry.recorded.get(code)?.to_string()));
        for (_, code) in recorded.iter().filter(|(c, _)| c["as"] == "multiplier") {
            sum *= given(code)?;
        }
        let mut added = Vec::new();
        for (criterion, code) in recorded.iter().filter(|(c, _)| c["as"].is_null()) {
            let value = self.scaled(entry, criterion, given(code)?);
            added.push(self.round("weighted_criterion", value * number(&criterion["factor"], 1)));
        }
        let none_judged = self.criteria().iter().all(|c| !c["kind"].is_null());
        if none_judged {
            added = self.without_dropped(added);
        }
        Some(sum + added.iter().sum::<Big>())
    }

    /// What the judges give together for a part of the sheets.
    fn together(&self, entry: &'a EntryInput, part: &Part<'_>) -> Option<Together> {
        if part.criteria.is_empty() {
            return Some(Together {
                value: whole(0),
                criteria: Vec::new(),
                sheets: Vec::new(),
            });
        }
        let classes = list(&self.document["panel"]["classes"]);
        let weight = |judge: &str| -> Option<&Value> {
            let class = self.class_of(entry, judge)?;
            classes
                .iter()
                .find(|c| c["code"] == class && number(&c["weight"], 0) > whole(0))
        };
        let sheets: Vec<Sheet> = self
            .present(entry)
            .into_iter()
            .map(|s| self.sheet(part, s))
            .collect();
        let of_class = sheets
            .into_iter()
            .filter(|s| classes.is_empty() || weight(&s.judge).is_some());
        let each_mark = self.left_out() && self.by_criteria();
        let counting: Vec<Sheet> = of_class
            .filter(|s| if each_mark { s.begun() } else { s.total.is_some() })
            .collect();
        if counting.len() < self.minimum_sheets() {
            return None;
        }
        let numbers = |value: &dyn Fn(&Sheet) -> Option<Big>| -> Vec<Numbered> {
            let numbers = counting.iter().enumerate();
            numbers.filter_map(|(i, s)| Some((value(s)?, i))).collect()
        };
        let (value, criteria) = if self.by_criteria() {
            let mut values = Vec::new();
            for c in 0..part.criteria.len() {
                let marks = numbers(&|s| s.marks[c].clone());
                let across = self.across(entry, &counting, &marks)?.0;
                values.push(self.round("criterion", across));
            }
            let terms = values.iter().zip(self.factors(part, true)).zip(&part.criteria);
            let terms = terms.filter(|(_, criterion)| !self.is_apart(criterion));
            let terms = terms
                .map(|((v, f), _)| self.round("weighted_criterion", v * f))
                .collect();
            let terms = if self.ranks_by_criterion() {
                terms
            } else {
                self.without_dropped(terms)
            };
            (terms.iter().sum(), values.into_iter().map(Some).collect())
        } else {
            let totals = numbers(&|s| s.total.clone());
            let (value, kept) = self.across(entry, &counting, &totals)?;
            let criterion = |c: usize| {
                let of_class = |(weight, of): &Counted| {
                    let marks: Vec<Big> = of.iter().filter_map(|i| counting[*i].marks[c].clone()).collect();
                    Some((weight.clone(), mean(&marks)?))
                };
                let classes: Option<Vec<(Big, Big)>> = kept.iter().map(of_class).collect();
                Some(weighed(&classes?))
            };
            (value, (0..part.criteria.len()).map(criterion).collect())
        };
        Some(Together {
            value: self.round("panel", value),
            criteria,
            sheets: counting.into_iter().filter(|s| s.total.is_some()).collect(),
        })
    }

    /// Numbers across judges, within each class where there are classes; with the weights and the sheets that were not
    /// dropped.
    fn across(
        &self,
        entry: &EntryInput,
        sheets: &[Sheet],
        numbers: &[Numbered],
    ) -> Option<(Big, Vec<Counted>)> {
        let positions = |kept: &[Numbered]| kept.iter().map(|(_, i)| *i).collect::<Vec<_>>();
        let classes = list(&self.document["panel"]["classes"]);
        if classes.is_empty() {
            let kept = self.kept(numbers.to_vec())?;
            return Some((self.combined(&kept), vec![(whole(1), positions(&kept))]));
        }
        let renormalise = self.document["panel"]["empty_class"] == "renormalise";
        let (mut values, mut counted) = (Vec::new(), Vec::new());
        for class in classes.iter().filter(|c| number(&c["weight"], 0) > whole(0)) {
            let member = |i: usize| self.class_of(entry, &sheets[i].judge) == class["code"].as_str();
            let present = (0..sheets.len()).filter(|i| member(*i)).count();
            let of_class: Vec<Numbered> = numbers.iter().filter(|(_, i)| member(*i)).cloned().collect();
            if present < count(&class["minimum_sheets"], 1) || of_class.is_empty() {
                if renormalise {
                    continue;
                }
                return None;
            }
            let (kept, weight) = (self.kept(of_class)?, number(&class["weight"], 0));
            values.push((weight.clone(), self.round("class", self.combined(&kept))));
            counted.push((weight, positions(&kept)));
        }
        (!values.is_empty()).then(|| (weighed(&values), counted))
    }

    /// Numbers without the highest and lowest; none when nothing is left. Where judges' ranks are combined these are
    /// trimmed later.
    fn kept(&self, mut values: Vec<Numbered>) -> Option<Vec<Numbered>> {
        values.sort();
        if self.ranks_by_judge() {
            return (!values.is_empty()).then_some(values);
        }
        self.trimmed(values)
    }

    /// Sorted numbers without as many of the highest and lowest as the rules drop of so many.
    pub(super) fn trimmed<N: Clone>(&self, values: Vec<N>) -> Option<Vec<N>> {
        let steps = list(&self.document["aggregate"]["trim"]).iter();
        let step = steps
            .filter(|s| count(&s["from"], 0) <= values.len())
            .max_by_key(|s| count(&s["from"], 0));
        let dropped = |key: &str| step.map_or(0, |s| count(&s[key], 0));
        let (high, low) = (dropped("high"), dropped("low"));
        let left: Vec<N> = values
            .iter()
            .skip(low)
            .take(values.len().saturating_sub(high + low))
            .cloned()
            .collect();
        (!left.is_empty()).then_some(left)
    }

    fn combined(&self, values: &[Numbered]) -> Big {
        let numbers: Vec<&Big> = values.iter().map(|(v, _)| v).collect();
        let n = numbers.len();
        match self.by() {
            "sum" => numbers.into_iter().sum(),
            "median" => (numbers[(n - 1) / 2] + numbers[n / 2]) / whole(2),
            _ => numbers.into_iter().sum::<Big>() / whole(n),
        }
    }

    /// A criterion's value: across judges or as recorded, in the attempts that count or once.
    pub(super) fn criterion(&self, of: &Judged<'_>, criterion: &Value) -> Option<Big> {
        let code = criterion["code"].as_str().unwrap();
        let recorded = word(&criterion["kind"], "judged") == "recorded";
        let given = |code: &str| Some(big(&of.entry.recorded.get(code)?.to_string()));
        if !self.is_per_attempt(criterion) {
            if recorded {
                return given(code);
            }
            let part = self.once();
            let place = part.criteria.iter().position(|c| c["code"] == code)?;
            return of.once.criteria[place].clone();
        }
        let take = &self.document["rubric"]["attempts"]["take"];
        let counting = match take.as_str() {
            Some("best") => 1,
            Some(_) => self.attempts(),
            None => count(&take["best"], 0),
        };
        let value = |attempt: &Try| {
            if recorded {
                return given(&format!("{code}.{}", attempt.number));
            }
            let place = self.tries()[0].criteria.iter().position(|c| c["code"] == code)?;
            attempt.judges.criteria[place].clone()
        };
        let values: Option<Vec<Big>> = of.tries.iter().take(counting).map(value).collect();
        self.taken(&values?)
    }
}

fn weighed(values: &[(Big, Big)]) -> Big {
    let weights: Big = values.iter().map(|(w, _)| w).sum();
    values.iter().map(|(w, v)| w * v).sum::<Big>() / weights
}
