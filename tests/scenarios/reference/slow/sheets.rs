//! Sheets: where they hold what, what they total, and whose of them count.

use palmares::domain::scoring::{EntryInput, Participation, Sheet as Given};
use serde_json::Value;

use super::total::Penalty;
use super::{Big, Reference, big, list, number, whole, word};

/// What judges mark together: in an attempt, or once.
#[derive(Clone)]
pub(super) struct Part<'a> {
    /// From 1; none for what is marked once.
    pub(super) attempt: Option<usize>,
    first: usize,
    pub(super) criteria: Vec<&'a Value>,
}

/// A judge's part of a sheet.
#[derive(Clone)]
pub(super) struct Sheet {
    pub(super) judge: String,
    pub(super) marks: Vec<Option<Big>>,
    /// None where marks are missing that may not be.
    pub(super) total: Option<Big>,
}

impl Sheet {
    pub(super) fn begun(&self) -> bool {
        self.marks.iter().any(Option::is_some)
    }
}

impl<'a> Reference<'a> {
    pub(super) fn attempts(&self) -> usize {
        super::count(&self.document["rubric"]["attempts"]["count"], 0)
    }

    pub(super) fn is_per_attempt(&self, criterion: &Value) -> bool {
        self.attempts() > 0 && criterion["kind"] != "pass_fail" && criterion["per_attempt"] != false
    }

    fn judged_criteria(&self, per_attempt: bool) -> Vec<&'a Value> {
        let judged = self
            .criteria()
            .iter()
            .filter(|c| word(&c["kind"], "judged") == "judged");
        judged.filter(|c| self.is_per_attempt(c) == per_attempt).collect()
    }

    /// What is marked in each attempt.
    pub(super) fn tries(&self) -> Vec<Part<'a>> {
        let criteria = self.judged_criteria(true);
        let part = |n: usize| Part {
            attempt: Some(n),
            first: (n - 1) * criteria.len(),
            criteria: criteria.clone(),
        };
        (1..=self.attempts()).map(part).collect()
    }

    /// What is marked once.
    pub(super) fn once(&self) -> Part<'a> {
        Part {
            attempt: None,
            first: self.attempts() * self.judged_criteria(true).len(),
            criteria: self.judged_criteria(false),
        }
    }

    fn parts(&self) -> Vec<Part<'a>> {
        let mut parts = self.tries();
        parts.push(self.once());
        parts.retain(|part| !part.criteria.is_empty());
        parts
    }

    /// What each criterion of a part is multiplied by: its factor, or its share in the mean.
    pub(super) fn factors(&self, part: &Part<'_>, dropping: bool) -> Vec<Big> {
        let unless_apart = |c: &Value, value: Big| if self.is_apart(c) { whole(0) } else { value };
        let of = |key: &str| {
            let criteria = part.criteria.iter();
            criteria
                .map(|c| unless_apart(c, number(&c[key], 1)))
                .collect::<Vec<Big>>()
        };
        if self.document["rubric"]["total"] != "mean" {
            return of("factor");
        }
        let weights = of("weight");
        let counting = part.criteria.iter().filter(|c| !self.is_apart(c)).count();
        let sum: Big = weights.iter().sum();
        if sum == whole(0) {
            return weights;
        }
        let sum = if dropping && counting > 0 {
            sum * whole(self.staying(counting)) / whole(counting)
        } else {
            sum
        };
        weights.into_iter().map(|w| w / &sum).collect()
    }

    pub(super) fn sheet(&self, part: &Part<'_>, given: &Given) -> Sheet {
        let marks: Vec<Option<Big>> = given.marks[part.first..part.first + part.criteria.len()]
            .iter()
            .map(|m| m.map(|m| big(&m.to_string())))
            .collect();
        let dropping = !self.by_criteria() && !self.ranks_by_criterion();
        let factors = self.factors(part, dropping);
        // A weighted mean does without the marks that are missing, and without their weights.
        let of_those_given =
            self.left_out() && !self.by_criteria() && self.document["rubric"]["total"] == "mean";
        let sum = if of_those_given {
            let pairs = || {
                marks
                    .iter()
                    .zip(&factors)
                    .filter_map(|(m, f)| Some((m.as_ref()?, f)))
            };
            let weights: Big = pairs().map(|(_, f)| f).sum();
            (weights != whole(0)).then(|| pairs().map(|(m, f)| m * f).sum::<Big>() / weights)
        } else {
            let terms = marks.iter().zip(&factors);
            let terms: Option<Vec<Big>> = terms
                .map(|(m, f)| Some(self.round("weighted_criterion", m.clone()? * f)))
                .collect();
            let counted = |terms: Vec<Big>| -> Vec<Big> {
                let with = terms.into_iter().zip(&part.criteria);
                with.filter(|(_, c)| !self.is_apart(c))
                    .map(|(term, _)| term)
                    .collect()
            };
            let kept = |terms| {
                if dropping {
                    self.without_dropped(counted(terms))
                } else {
                    counted(terms)
                }
            };
            terms.map(|terms| kept(terms).iter().sum())
        };
        Sheet {
            judge: given.judge.clone(),
            total: sum.map(|sum| self.round("sheet", sum)),
            marks,
        }
    }

    fn is_sealed(&self, entry: &EntryInput, judge: &str) -> bool {
        let judges = &self.input.judges;
        judges
            .iter()
            .any(|j| j.sealed && j.code == judge && j.panel == entry.panel)
    }

    /// The sum of what the tie-breaking judges of the entry's panel gave, if each of them gave a whole sheet.
    pub(super) fn sealed(&self, entry: &EntryInput) -> Option<Big> {
        let sealed = self
            .input
            .judges
            .iter()
            .filter(|j| j.sealed && j.panel == entry.panel);
        let totals: Option<Vec<Big>> = sealed
            .map(|judge| {
                let given = entry.sheets.iter().find(|s| s.judge == judge.code)?;
                self.sheet(&self.once(), given).total
            })
            .collect();
        totals.filter(|t| !t.is_empty()).map(|t| t.iter().sum())
    }

    /// Whether an entry takes part: not withdrawn, not disqualified, also not by a penalty.
    pub(super) fn takes_part(&self, entry: &EntryInput) -> bool {
        let mut penalties = entry.adjustments.iter().map(|a| self.penalty(a));
        entry.participation == Participation::TakingPart && penalties.all(|p| p != Penalty::Disqualified)
    }

    /// The sheets of judges who are not set aside and don't only break ties.
    pub(super) fn present(&self, entry: &'a EntryInput) -> Vec<&'a Given> {
        let open = entry.sheets.iter().filter(|s| !self.is_sealed(entry, &s.judge));
        open.filter(|s| !self.set_aside(entry, &s.judge)).collect()
    }

    /// On a common panel a judge who marked some entries and not all is set aside; an attempt counts like an entry, and
    /// what nobody marked did not take place.
    fn set_aside(&self, entry: &EntryInput, judge: &str) -> bool {
        if self.document["panel"]["common"] != true {
            return false;
        }
        let same = |e: &&EntryInput| (&e.group, &e.panel) == (&entry.group, &entry.panel);
        let of_panel = self
            .input
            .entries
            .iter()
            .filter(same)
            .filter(|e| self.takes_part(e));
        let (parts, mut marked, mut missed) = (self.parts(), false, false);
        for one in of_panel {
            for part in &parts {
                let open = one.sheets.iter().filter(|s| !self.is_sealed(one, &s.judge));
                let counts = |given: &&Given| {
                    let sheet = self.sheet(part, given);
                    let verdicts = parts.len() == 1 && given.marks.iter().any(Option::is_some);
                    if self.left_out() {
                        sheet.begun() || verdicts
                    } else {
                        sheet.total.is_some()
                    }
                };
                let counted: Vec<&Given> = open.filter(counts).collect();
                let here = counted.iter().any(|s| s.judge == judge);
                marked |= here;
                missed |= !here && !counted.is_empty();
            }
        }
        marked && missed
    }

    /// The class in which a judge marks an entry: that of the entry's panel, or the one that the judge has everywhere.
    pub(super) fn class_of(&self, entry: &EntryInput, judge: &str) -> Option<&'a str> {
        let known = || self.input.judges.iter().filter(|j| j.code == judge && !j.sealed);
        let here = known().find(|j| j.panel == entry.panel && j.class.is_some());
        if let Some(judge) = here {
            return judge.class.as_deref();
        }
        let mut all: Vec<&str> = known().filter_map(|j| j.class.as_deref()).collect();
        all.sort_unstable();
        all.dedup();
        (all.len() == 1).then(|| all[0])
    }

    /// Whether the judges reject an entry.
    pub(super) fn rejected(&self, entry: &'a EntryInput) -> bool {
        let before: usize = self.parts().iter().map(|part| part.criteria.len()).sum();
        let verdicts = self.criteria().iter().filter(|c| c["kind"] == "pass_fail");
        let rejects = |(place, criterion): (usize, &Value)| {
            let who = &criterion["rejects"];
            let asked = |judge: &str| match (who["class"].as_str(), who["judge"].as_str()) {
                (Some(class), _) => self.class_of(entry, judge) == Some(class),
                (_, Some(named)) => judge == named,
                _ => true,
            };
            let sheets = self.present(entry).into_iter().filter(|s| asked(&s.judge));
            let votes: Vec<bool> = sheets
                .filter_map(|s| Some(s.marks[place]?.to_string() == "0"))
                .collect();
            let fails = votes.iter().filter(|fails| **fails).count();
            let majority = who.is_null() || who == "majority";
            if majority {
                fails * 2 > votes.len()
            } else {
                fails > 0
            }
        };
        (before..).zip(verdicts).any(rejects)
    }

    /// Judges mark nothing, and only let pass or fail: how many of them there are.
    pub(super) fn enough_verdicts(&self, entry: &'a EntryInput) -> bool {
        let criteria = list(&self.document["rubric"]["criteria"]);
        let none_judged = criteria.iter().all(|c| word(&c["kind"], "judged") != "judged");
        let verdicts = criteria.iter().any(|c| c["kind"] == "pass_fail");
        let sheets = self.present(entry).into_iter();
        let voted = sheets.filter(|s| s.marks.iter().any(Option::is_some)).count();
        !(none_judged && verdicts) || voted >= self.minimum_sheets()
    }

    pub(super) fn minimum_sheets(&self) -> usize {
        super::count(&self.document["panel"]["minimum_sheets"], 1)
    }
}
