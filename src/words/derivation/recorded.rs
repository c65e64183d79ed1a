//! What was recorded, what was dropped of it, and what was asked for and not reached.

use super::Words;
use crate::domain::exact::Exact;
use crate::domain::scoring::{BelowLine, Dropped, Step};

impl Words<'_> {
    /// What a recorded criterion adds, or that it adds nothing; nothing of another step.
    pub(super) fn recorded(&self, step: &Step) -> Option<String> {
        match step {
            Step::Apart { code, value } => {
                let (name, value) = (self.criterion(code), value.to_string());
                let text = self.say("derivation-criterion", &[("criterion", &name), ("value", &value)]);
                Some(self.say("derivation-apart", &[("text", &text)]))
            }
            Step::Recorded {
                code,
                value,
                scaled,
                added,
                dropped,
            } => {
                let (name, given) = (self.criterion(code), value.to_string());
                let factor = self.rules.rubric.criterion(code).and_then(|c| c.factor);
                let counted = scaled.as_ref().unwrap_or(value.value());
                let value = match scaled {
                    Some(scaled) => {
                        let scaled = scaled.show(0);
                        self.say("derivation-scaled", &[("value", &given), ("scaled", &scaled)])
                    }
                    None => given,
                };
                let text = match factor {
                    Some(factor) => {
                        let exact: Exact = counted * &factor.into();
                        self.times(&name, &value, factor, &self.rounded(&exact, added))
                    }
                    None => {
                        let value = if scaled.is_some() {
                            value
                        } else {
                            added.to_string()
                        };
                        self.say("derivation-recorded", &[("criterion", &name), ("added", &value)])
                    }
                };
                Some(self.unless_dropped(*dropped, text))
            }
            _ => None,
        }
    }

    /// What does not count since it was dropped, marked as such.
    pub(super) fn unless_dropped(&self, dropped: Option<Dropped>, text: String) -> String {
        match dropped {
            Some(why) => self.say(
                "derivation-left_out",
                &[("text", &text), ("why", &why.to_string())],
            ),
            None => text,
        }
    }

    /// What was asked for to go on or win an award, and was not reached.
    pub(super) fn below(&self, line: &BelowLine) -> String {
        let value = line
            .value
            .as_ref()
            .map_or_else(|| "none".to_owned(), ToString::to_string);
        let (criterion, needed) = (self.criterion(&line.code), line.needed.to_string());
        let params = [
            ("criterion", criterion.as_str()),
            ("value", &value),
            ("needed", &needed),
        ];
        self.say("derivation-below", &params)
    }
}
