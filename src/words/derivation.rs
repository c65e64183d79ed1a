//! How an entry came to its total and place, as one or two sentences.

mod across;
mod advance;
mod equalised;
mod ranks;
mod recorded;

use self::across::kept;
use super::{Params, message, reason};
use crate::domain::rules::{Combine, RankStyle, Rules, Together};
use crate::domain::scoring::{
    AttemptLine, DecidedBy, Derivation, SheetLine, Standing, Step, TieNote, VetoLine,
};
use crate::domain::text::Lang;

/// `88.50 + 90.00 + 91.20 = 269.70, ÷ 3 = 89.90; dropped 93.00 (highest) and 85.00 (lowest). Third in Chengdu, ahead of
/// entry 17 by technology 27.50 : 27.00.`
///
/// An entry without a place gets the reason. The numbers are there only if the standing was explained.
#[must_use]
pub fn derivation(standing: &Standing, rules: &Rules, lang: Lang) -> String {
    told(standing, None, rules, lang)
}

/// The same among so many entries with a place in the group, said of places that have no name of their own: `… = 89.90;
/// place 25 of 330.`
#[must_use]
pub fn derivation_among(standing: &Standing, ranked: usize, rules: &Rules, lang: Lang) -> String {
    told(standing, Some(ranked), rules, lang)
}

fn told(standing: &Standing, of: Option<usize>, rules: &Rules, lang: Lang) -> String {
    let words = Words { rules, lang };
    let advance = standing.derivation.as_ref().and_then(|d| d.advance.as_ref());
    let advance = advance
        .map(|note| words.advance(note, standing))
        .unwrap_or_default();
    if let Some(why) = &standing.reason {
        let why = std::iter::once(reason(why, lang));
        return words.together(why.chain(advance).collect());
    }
    let computed = standing
        .derivation
        .as_ref()
        .map(|d| words.computed(d))
        .filter(|text| !text.is_empty());
    let sentences = match computed {
        // A place that has a name of its own begins a sentence, a number ends the one before.
        Some(text) if standing.place.is_some_and(|place| place > NAMED_PLACES) => {
            vec![words.joined([text, words.place("place-numbered", standing, of)].into_iter())]
        }
        computed => {
            let place = words.place("place", standing, of);
            computed.into_iter().chain([place]).collect()
        }
    };
    let sentences = sentences
        .iter()
        .map(|text| words.say("sentence", &[("text", text)]));
    words.together(sentences.chain(advance).collect())
}

/// Places that English has words for.
const NAMED_PLACES: u32 = 10;

struct Words<'a> {
    rules: &'a Rules,
    lang: Lang,
}

impl Words<'_> {
    fn say(&self, key: &str, params: &[(&str, &str)]) -> String {
        let params: Params<'_> = params
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        message(key, &params, self.lang)
    }

    fn together(&self, sentences: Vec<String>) -> String {
        sentences.join(match self.lang {
            Lang::En => " ",
            Lang::Zh => "",
        })
    }

    const fn comma(&self) -> &'static str {
        match self.lang {
            Lang::En => ", ",
            Lang::Zh => "，",
        }
    }

    fn computed(&self, derivation: &Derivation) -> String {
        let attempts = derivation.attempts.iter().map(|line| self.attempt(line));
        let vetoes = derivation.vetoes.iter().filter(|line| line.fails > 0);
        let vetoes = vetoes.map(|line| self.veto(line));
        let below = derivation.below.iter().map(|line| self.below(line));
        self.joined(attempts.chain(self.parts(derivation)).chain(vetoes).chain(below))
    }

    fn veto(&self, line: &VetoLine) -> String {
        let (fails, of) = (line.fails.to_string(), line.of.to_string());
        let criterion = self.criterion(&line.code);
        let params = [("criterion", criterion.as_str()), ("fails", &fails), ("of", &of)];
        self.say("derivation-veto", &params)
    }

    /// An attempt, told as an entry's total is.
    fn attempt(&self, line: &AttemptLine) -> String {
        let whole = Derivation {
            sheets: line.sheets.clone(),
            criteria: line.criteria.clone(),
            steps: line.steps.clone(),
            ..Derivation::default()
        };
        let mut text = self.joined(self.parts(&whole).into_iter());
        let value = line.value.to_string();
        if !text.ends_with(&value) {
            text = self.equals(&text, &value);
        }
        let params = [("attempt", line.attempt.to_string()), ("text", text)];
        let [attempt, text] = &params;
        self.say(
            "derivation-attempt",
            &[(attempt.0, &attempt.1), (text.0, &text.1)],
        )
    }

    fn parts(&self, derivation: &Derivation) -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for step in &derivation.steps {
            if let Step::ComponentScore { .. } = step {
                parts.extend(derivation.criteria.iter().map(|line| self.weighted(line)));
            }
            parts.extend(self.step(step, derivation));
            if let Step::Mean(_)
            | Step::Median(_)
            | Step::Sum(_)
            | Step::Classes { .. }
            | Step::RankSum(_)
            | Step::MeanRank(_)
            | Step::Borda(_)
            | Step::RankPoints(_)
            | Step::RankProduct(_) = step
            {
                parts.extend(self.dropped(&derivation.sheets));
                parts.extend(self.marks_dropped(&derivation.sheets));
            }
        }
        parts
    }

    fn joined(&self, parts: impl Iterator<Item = String>) -> String {
        let together =
            |all: String, next: String| self.say("list-parts", &[("first", &all), ("next", &next)]);
        parts.reduce(together).unwrap_or_default()
    }

    fn step(&self, step: &Step, derivation: &Derivation) -> Option<String> {
        Some(match step {
            Step::Mean(across) | Step::Sum(across) | Step::Median(across) => {
                let by = match step {
                    Step::Mean(_) => Combine::Mean,
                    Step::Sum(_) => Combine::Sum,
                    _ => Combine::Median,
                };
                let result = self.rounded(&across.exact, &across.rounded);
                self.combined(by, &kept(&derivation.sheets), &across.sum.to_string(), &result)
            }
            Step::Class {
                class,
                weight,
                sum,
                exact,
                rounded,
                ..
            } => {
                let of_class = derivation
                    .sheets
                    .iter()
                    .filter(|s| s.class.as_ref() == Some(class));
                let sheets: Vec<SheetLine> = of_class.cloned().collect();
                let result = self.rounded(exact, rounded);
                let text = self.combined(self.rules.aggregate.by, &kept(&sheets), &sum.to_string(), &result);
                let (name, weight) = (self.class(class), weight.to_string());
                let params = [("class", name.as_str()), ("text", &text), ("weight", &weight)];
                self.say("derivation-class", &params)
            }
            Step::Classes {
                without,
                exact,
                rounded,
                ..
            } => {
                let names: Vec<String> = without.iter().map(|class| self.class(class)).collect();
                let without = self.list(names).unwrap_or_else(|| "none".to_owned());
                let value = self.rounded(exact, rounded);
                let params = [("without", without.as_str()), ("value", &value)];
                self.say("derivation-classes", &params)
            }
            Step::RankSum(_)
            | Step::MeanRank(_)
            | Step::Borda(_)
            | Step::RankPoints(_)
            | Step::RankProduct(_)
            | Step::ComponentRank { .. }
            | Step::ComponentRanks { .. }
            | Step::ComponentPoints { .. }
            | Step::ComponentProduct { .. } => return self.ranks(step, derivation),
            Step::ComponentScore { exact, rounded } => {
                let value = self.rounded(exact, rounded);
                self.say("derivation-component_score", &[("value", &value)])
            }
            Step::Attempts {
                attempts,
                by,
                rounded,
                ..
            } => {
                let list = self.list(attempts.iter().map(ToString::to_string).collect())?;
                let key = match by {
                    Together::Mean => "derivation-attempts_mean",
                    Together::Sum if attempts.len() == 1 => "derivation-attempts_best",
                    Together::Sum => "derivation-attempts_sum",
                };
                self.say(key, &[("attempts", &list), ("value", &rounded.to_string())])
            }
            Step::Multiplied { code, by, exact } => {
                let (name, value, result) = (self.criterion(code), by.to_string(), exact.to_string());
                let params = [
                    ("criterion", name.as_str()),
                    ("value", &value),
                    ("result", &result),
                ];
                self.say("derivation-multiplied", &params)
            }
            Step::Recorded { .. } | Step::Apart { .. } => return self.recorded(step),
            // Nothing to tell: the source of a contest's files writes a deduction of 0 for everybody.
            Step::Adjusted { points, .. } if points.value().is_zero() => return None,
            Step::Adjusted { points, reason } => self.say(
                "derivation-adjusted",
                &[("points", &points.to_string()), ("reason", reason)],
            ),
            Step::Factor(_)
            | Step::Standardised { .. }
            | Step::Mapped(_)
            | Step::Severity { .. }
            | Step::ScaleFixed => return self.equalised(step),
            Step::Penalised {
                rule,
                quantity,
                points,
                reason,
                ..
            } => {
                let penalty = self.rules.penalties.iter().find(|p| p.code.as_str() == rule);
                let title = penalty.and_then(|p| p.title.as_ref());
                let name = title.map_or(rule.as_str(), |t| t.in_lang(self.lang));
                let unit = penalty.and_then(|p| p.unit.as_ref());
                let unit = unit
                    .map(|u| format!(" {}", u.in_lang(self.lang)))
                    .unwrap_or_default();
                let quantity = quantity
                    .as_ref()
                    .map_or_else(|| "none".to_owned(), |q| format!("{q}{unit}"));
                let reason = if reason.trim().is_empty() { "none" } else { reason };
                let points = points.to_string();
                let params = [
                    ("points", points.as_str()),
                    ("penalty", name),
                    ("quantity", &quantity),
                    ("reason", reason),
                ];
                self.say("derivation-penalised", &params)
            }
            Step::Entry { exact, rounded } => {
                self.say("derivation-entry", &[("value", &self.rounded(exact, rounded))])
            }
            Step::OwnPart { .. } | Step::Carried { .. } => return None,
            Step::Renormalised { without, by } => {
                let params = [("rounds", without.join(", ")), ("factor", by.to_string())];
                let [rounds, factor] = &params;
                self.say(
                    "derivation-renormalised",
                    &[(rounds.0, &rounds.1), (factor.0, &factor.1)],
                )
            }
            Step::Round { exact, rounded } => {
                let (dropped, counted): (Vec<&Step>, Vec<&Step>) =
                    derivation.steps.iter().partition(|step| is_dropped(step));
                let terms =
                    |steps: Vec<&Step>| steps.into_iter().filter_map(|s| self.term(s)).collect::<Vec<_>>();
                let (terms, dropped) = (terms(counted).join(" + "), self.list(terms(dropped)));
                let value = self.rounded(exact, rounded);
                let dropped = dropped.unwrap_or_else(|| "none".to_owned());
                let params = [
                    ("terms", terms.as_str()),
                    ("value", &value),
                    ("dropped", &dropped),
                ];
                self.say("derivation-round", &params)
            }
        })
    }

    /// What a round contributes to the total.
    fn term(&self, step: &Step) -> Option<String> {
        match step {
            Step::OwnPart { weight, value, .. } => {
                let (weight, value) = (weight.to_string(), value.to_string());
                Some(self.say("derivation-own_part", &[("weight", &weight), ("value", &value)]))
            }
            Step::Carried {
                round,
                weight,
                value,
                assumed,
                ..
            } => {
                let key = if *assumed {
                    "derivation-assumed"
                } else {
                    "derivation-carried"
                };
                let (weight, value) = (weight.to_string(), value.to_string());
                Some(self.say(key, &[("weight", &weight), ("value", &value), ("round", round)]))
            }
            _ => None,
        }
    }

    fn equals(&self, left: &str, right: &str) -> String {
        self.say("derivation-equals", &[("left", left), ("right", right)])
    }

    /// The place, and what tells it from the neighbours with the same total.
    fn place(&self, key: &str, standing: &Standing, of: Option<usize>) -> String {
        let rank = standing.rank.map(|r| r.to_string()).unwrap_or_default();
        let group = if standing.group.is_empty() {
            "none"
        } else {
            &standing.group
        };
        let tied = if standing.tied && self.rules.ranking.ranks != RankStyle::Fractional {
            "yes"
        } else {
            "no"
        };
        let of = of.filter(|_| standing.place.is_some_and(|place| place > NAMED_PLACES));
        let of = of.map_or_else(|| "none".to_owned(), |of| of.to_string());
        let params = [
            ("rank", rank.as_str()),
            ("of", &of),
            ("group", group),
            ("tied", tied),
        ];
        let place = self.say(key, &params);
        let notes = standing
            .derivation
            .iter()
            .flat_map(|d| &d.ties)
            .map(|note| self.tie(note));
        std::iter::once(place)
            .chain(notes)
            .collect::<Vec<_>>()
            .join(self.comma())
    }

    fn tie(&self, note: &TieNote) -> String {
        let by = match (note.by.as_str(), &note.code) {
            ("criterion", Some(code)) => self.criterion(code),
            (by, code) => self.say(
                &format!("tie-{by}"),
                &[
                    ("round", code.as_deref().unwrap_or_default()),
                    ("nth", code.as_deref().unwrap_or_default()),
                ],
            ),
        };
        // What a chair or a lot says has no value of its own.
        let decided = note.by.parse::<DecidedBy>().is_ok();
        let key = match (note.ahead, decided) {
            (true, false) => "place-ahead",
            (false, false) => "place-behind",
            (true, true) => "place-ahead_decided",
            (false, true) => "place-behind_decided",
        };
        let (with, ours, theirs) = (
            note.with.to_string(),
            note.ours.to_string(),
            note.theirs.to_string(),
        );
        self.say(
            key,
            &[("with", &with), ("by", &by), ("ours", &ours), ("theirs", &theirs)],
        )
    }

    fn class(&self, code: &str) -> String {
        let classes = &self.rules.panel.classes;
        let title = classes.iter().find(|c| c.code.as_str() == code);
        let title = title.and_then(|c| c.title.as_ref());
        title.map_or(code, |t| t.in_lang(self.lang)).to_owned()
    }

    fn criterion(&self, code: &str) -> String {
        self.rules
            .rubric
            .criterion(code)
            .map_or(code, |c| c.name(self.lang))
            .to_owned()
    }
}

/// Whether a round's contribution is not among the best, which alone count.
const fn is_dropped(step: &Step) -> bool {
    matches!(
        step,
        Step::OwnPart { dropped: true, .. } | Step::Carried { dropped: true, .. }
    )
}
