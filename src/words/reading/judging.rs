//! What is marked, how judges are combined, where values are rounded.

use super::{Reader, capital, yes_no};
use crate::domain::points::Points;
use crate::domain::rules::{
    Attempts, Counts, Criterion, Drop, JudgeClass, Kind, Over, Panel, Penalty, Rejects, Take, Trim, Wins,
};
use crate::domain::text::Code;

impl Reader<'_> {
    /// The rubric.
    pub(super) fn marks(&self) -> Vec<String> {
        let rubric = &self.rules.rubric;
        let mut sentences: Vec<String> = rubric.criteria.iter().map(|c| self.criterion(c)).collect();
        let dropped = rubric.drop.map(|drop| self.drop(drop));
        if rubric.judged().next().is_none() {
            sentences.extend(dropped);
            return sentences;
        }
        if self.rules.aggregate.over == Over::Sheets {
            let factors = yes_no(rubric.judged().any(|c| c.factor.is_some()));
            let weighted = yes_no(rubric.judged().any(|c| c.weight.is_some()));
            // `maximum` in the document is a cross-check of what is computed here.
            let maximum = self.rules.sheet_maximum().show(0);
            let params = [
                ("factors", factors),
                ("weighted", weighted),
                ("maximum", &maximum),
            ];
            sentences.push(self.word("sheet_total", rubric.total, &params));
        }
        sentences.extend(dropped);
        sentences.push(self.word("missing_marks", rubric.missing, &[]));
        sentences.extend(rubric.distinct_totals.then(|| self.say("distinct_totals", &[])));
        sentences.push(self.word("comment", rubric.comment, &[]));
        sentences
    }

    fn criterion(&self, c: &Criterion) -> String {
        let decimals = c.decimals();
        let (minimum, maximum, step) = (c.min.show(0), c.maximum().show(0), c.step.show(decimals));
        let name = self.name_of(c.title.as_ref(), &c.code);
        let params = [
            ("criterion", name.as_str()),
            ("minimum", &minimum),
            ("maximum", &maximum),
            ("step", &step),
        ];
        let mut parts = vec![self.word("kind", c.kind, &params)];
        let added = c.kind == Kind::Recorded && !self.rules.aggregate.by.ranks_by_criterion();
        if added || c.counts != Counts::Added {
            parts.push(self.word("counts", c.counts, &[]));
        }
        if c.kind == Kind::PassFail {
            parts.push(self.rejects(&c.rejects));
        }
        parts.extend(c.scaled.map(|scaled| {
            let (to, wins) = (scaled.to.to_string(), self.rules.criterion_wins(c).as_str());
            self.word("scale_by", scaled.by, &[("to", &to), ("wins", wins)])
        }));
        if c.wins == Some(Wins::Lowest) {
            parts.push(self.say("lowest_value", &[]));
        }
        if !c.per_attempt {
            parts.push(self.say("once", &[]));
        }
        parts.extend(
            c.factor
                .map(|factor| self.say("factor", &[("factor", &factor.to_string())])),
        );
        parts.extend(
            c.weight
                .map(|weight| self.say("weight", &[("weight", &weight.to_string())])),
        );
        parts.extend(c.qualify_from.map(|from| {
            let (from, wins) = (from.to_string(), self.rules.criterion_wins(c).as_str());
            let unqualified = self.rules.ranking.unqualified;
            self.word("unqualified", unqualified, &[("from", &from), ("wins", wins)])
        }));
        let level = |level: &crate::domain::rules::Level| {
            let (from, title) = (level.from.to_string(), level.title.in_lang(self.lang));
            self.say("level", &[("from", &from), ("title", title)])
        };
        let levels: Vec<String> = c.levels.iter().map(level).collect();
        if !levels.is_empty() {
            parts.push(self.say("levels", &[("levels", &self.list(&levels))]));
        }
        self.sentence(&parts)
    }

    fn rejects(&self, rejects: &Rejects) -> String {
        let (word, class, judge) = match rejects {
            Rejects::Majority => ("majority", String::new(), ""),
            Rejects::Any => ("any", String::new(), ""),
            Rejects::Class(code) => ("class", self.class(code), ""),
            Rejects::Judge(judge) => ("judge", String::new(), judge.as_str()),
        };
        self.word("rejects", word, &[("class", &class), ("judge", judge)])
    }

    /// What is dropped before criteria are added up.
    fn drop(&self, drop: Drop) -> String {
        let by = self.rules.aggregate.by;
        let of = match self.rules.aggregate.over {
            _ if by.ranks_by_criterion() => "ranks",
            _ if self.rules.rubric.judged().next().is_none() => "recorded",
            Over::Sheets => "sheets",
            Over::Criteria => "criteria",
        };
        let (high, low) = (drop.high.to_string(), drop.low.to_string());
        let dropped = self.say("dropped", &[("high", &high), ("low", &low)]);
        let single = yes_no(drop.high.saturating_add(drop.low) == 1);
        let params = [
            ("dropped", dropped.as_str()),
            ("high", &high),
            ("low", &low),
            ("single", single),
        ];
        self.word("drop", of, &params)
    }

    fn class(&self, code: &Code) -> String {
        let class = self.rules.panel.classes.iter().find(|class| class.code == *code);
        self.name_of(class.and_then(|class| class.title.as_ref()), code)
    }

    fn attempts(&self, attempts: &Attempts) -> String {
        let taken = match attempts.take {
            Take::Word(word) => self.word("take_word", word, &[]),
            Take::Best { best, by } => {
                let together = self.word("together", by, &[]);
                self.word(
                    "take",
                    "best",
                    &[("best", &best.to_string()), ("together", &together)],
                )
            }
        };
        self.say(
            "attempts",
            &[("count", &attempts.count.to_string()), ("taken", &taken)],
        )
    }

    fn classes(&self, panel: &Panel) -> Vec<String> {
        if panel.classes.is_empty() {
            return Vec::new();
        }
        let one = |class: &JudgeClass| {
            let (weight, sheets) = (
                class.weight.to_string(),
                class.minimum_sheets.unwrap_or(1).to_string(),
            );
            let name = self.class(&class.code);
            self.say(
                "class",
                &[("class", &name), ("weight", &weight), ("sheets", &sheets)],
            )
        };
        let classes: Vec<String> = panel.classes.iter().map(one).collect();
        let empty = self.word("empty_class", panel.empty_class, &[]);
        vec![self.say("classes", &[("classes", &self.list(&classes))]), empty]
    }

    /// Panel and aggregation.
    pub(super) fn judges(&self) -> Vec<String> {
        let (panel, aggregate) = (&self.rules.panel, &self.rules.aggregate);
        if self.rules.rubric.judged().next().is_none() {
            let by = aggregate.by;
            let ranks = by.ranks_by_criterion().then(|| self.word("combine", by, &[]));
            return ranks.into_iter().chain(self.ranks()).collect();
        }
        let sheets = panel
            .minimum_sheets
            .unwrap_or_else(|| self.rules.minimum_sheets());
        let mut sentences = vec![self.say("minimum_sheets", &[("sheets", &sheets.to_string())])];
        if panel.common {
            sentences.push(self.say("common", &[]));
        }
        let total = self.rules.rubric.total.as_str();
        sentences.push(self.word("over", aggregate.over, &[("total", total)]));
        let mut steps: Vec<&Trim> = aggregate.trim.iter().collect();
        steps.sort_by_key(|step| step.from);
        sentences.extend(steps.iter().map(|step| self.trim(step, sheets)));
        let trimmed = yes_no(steps.iter().any(|step| step.high + step.low > 0));
        sentences.push(self.word("combine", aggregate.by, &[("trimmed", trimmed)]));
        sentences.extend(self.ranks());
        if aggregate.by.ranks_by_judge() {
            sentences.push(self.word("unequal", aggregate.unequal, &[]));
        }
        sentences.extend(self.classes(panel));
        sentences.extend(
            self.rules
                .rubric
                .attempts
                .as_ref()
                .map(|attempts| self.attempts(attempts)),
        );
        sentences
    }

    /// What ranks give by a table, and what holds for an entry that lacks a value.
    fn ranks(&self) -> Vec<String> {
        let aggregate = &self.rules.aggregate;
        let table = (!aggregate.points.is_empty())
            .then(|| self.say("points", &[("points", &self.points(&aggregate.points))]));
        let absent = aggregate
            .by
            .ranks_by_criterion()
            .then(|| self.word("absent", aggregate.absent, &[]));
        table.into_iter().chain(absent).collect()
    }

    /// What the first, the second … rank gives.
    pub(super) fn points(&self, table: &[Points]) -> String {
        let points: Vec<String> = table.iter().map(ToString::to_string).collect();
        self.list(&points)
    }

    /// `fewest` sheets are there always, so that a step from there on needs no condition.
    fn trim(&self, step: &Trim, fewest: u32) -> String {
        let (high, low) = (step.high.to_string(), step.low.to_string());
        let dropped = self.say("dropped", &[("high", &high), ("low", &low)]);
        let from = if step.from <= fewest { 0 } else { step.from };
        let params = [("from", from.to_string()), ("dropped", dropped)];
        let [from, dropped] = &params;
        let over = self.rules.aggregate.over;
        capital(&self.word("trim", over, &[(from.0, &from.1), (dropped.0, &dropped.1)]))
    }

    /// Penalties that the rules count.
    pub(super) fn penalties(&self) -> Vec<String> {
        let one = |p: &Penalty| {
            let unit = p
                .unit
                .as_ref()
                .map(|unit| format!(" {}", unit.in_lang(self.lang)))
                .unwrap_or_default();
            let or_none = |value: Option<Points>| value.map_or_else(|| "none".to_owned(), |v| v.to_string());
            let (per, from) = (or_none(p.per), or_none(p.disqualify_from));
            let params = [
                ("penalty", self.name_of(p.title.as_ref(), &p.code)),
                ("points", p.points.to_string()),
                ("grace", p.grace.to_string()),
                ("per", per),
                ("from", from),
                ("unit", unit),
            ];
            let params: Vec<(&str, &str)> = params
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            self.say("penalty", &params)
        };
        self.rules.penalties.iter().map(one).collect()
    }

    /// Where values are rounded.
    pub(super) fn rounding(&self) -> Vec<String> {
        let r = &self.rules.rounding;
        let places = [
            ("criterion", r.criterion),
            ("weighted_criterion", r.weighted_criterion),
            ("sheet", r.sheet),
            ("class", r.class),
            ("panel", r.panel),
            ("factor", r.factor),
            ("attempt", r.attempt),
            ("entry", r.entry),
            ("round", r.round),
        ];
        let sentence = |(place, to): (&str, Option<crate::domain::rules::RoundTo>)| {
            let to = to?;
            let (what, mode) = (self.word("round", place, &[]), self.word("mode", to.mode, &[]));
            let params = [
                ("what", what.as_str()),
                ("decimals", &to.decimals.to_string()),
                ("mode", &mode),
            ];
            Some(self.say("round_to", &params))
        };
        let mut sentences: Vec<String> = places.into_iter().filter_map(sentence).collect();
        let rounded = yes_no(!sentences.is_empty());
        sentences.push(self.say("exact", &[("rounded", rounded)]));
        sentences
    }
}
