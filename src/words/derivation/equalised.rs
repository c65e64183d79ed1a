//! How panels were made comparable.

use super::Words;
use crate::domain::scoring::Step;

impl Words<'_> {
    /// What a step that makes panels comparable did; nothing of another step.
    pub(super) fn equalised(&self, step: &Step) -> Option<String> {
        Some(match step {
            Step::Factor(line) => {
                let params = [
                    ("mean", line.mean.digits(4)),
                    ("reference", line.reference.digits(4)),
                    ("factor", line.factor.digits(4)),
                    ("value", line.value.digits(4)),
                ];
                self.say("derivation-factor", &borrowed(&params))
            }
            Step::Standardised { mean, deviation } => match (mean, deviation) {
                (Some(mean), Some(deviation)) => {
                    let (mean, deviation) = (mean.digits(4), deviation.digits(4));
                    self.say(
                        "derivation-standardised_to",
                        &[("mean", &mean), ("deviation", &deviation)],
                    )
                }
                _ => self.say("derivation-standardised", &[]),
            },
            Step::Mapped(line) => {
                let params = [
                    ("z", line.z.digits(4)),
                    ("z_lowest", line.z_lowest.digits(4)),
                    ("z_highest", line.z_highest.digits(4)),
                    ("lowest", line.lowest.show(0)),
                    ("highest", line.highest.show(0)),
                    ("value", line.rounded.to_string()),
                ];
                self.say("derivation-mapped", &borrowed(&params))
            }
            Step::Severity { standard_error } => {
                let error = standard_error
                    .as_ref()
                    .map_or_else(|| "none".to_owned(), |e| e.digits(4));
                self.say("derivation-severity", &[("error", &error)])
            }
            Step::ScaleFixed => self.say("derivation-scale_fixed", &[]),
            _ => return None,
        })
    }
}

fn borrowed<'p>(params: &'p [(&'p str, String)]) -> Vec<(&'p str, &'p str)> {
    params
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}
