//! Ranks in the place of totals.

use super::Words;
use super::across::counted;
use crate::domain::exact::Exact;
use crate::domain::rules::Combine;
use crate::domain::scoring::{Derivation, Step};

impl Words<'_> {
    /// What a step that ranks entries did; nothing of another step.
    pub(super) fn ranks(&self, step: &Step, derivation: &Derivation) -> Option<String> {
        Some(match step {
            Step::RankSum(across)
            | Step::MeanRank(across)
            | Step::Borda(across)
            | Step::RankPoints(across)
            | Step::RankProduct(across) => {
                let summed = across.exact == *across.sum.value();
                let by = match step {
                    Step::RankProduct(_) => Combine::RankProduct,
                    _ if summed => Combine::Sum,
                    _ => Combine::Mean,
                };
                let result = self.rounded(&across.exact, &across.rounded);
                self.combined(by, &counted(&derivation.sheets), &across.sum.to_string(), &result)
            }
            Step::ComponentRank {
                code,
                value,
                rank,
                points,
                factor,
                dropped,
                ..
            } => {
                let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
                let (criterion, rank) = (self.criterion(code), rank.to_string());
                let value = or_none(value.as_ref().map(ToString::to_string));
                let points = or_none(points.as_ref().map(ToString::to_string));
                let factor = (*factor.value() != Exact::whole(1)).then(|| factor.to_string());
                let params = [
                    ("criterion", criterion.as_str()),
                    ("value", &value),
                    ("rank", &rank),
                    ("points", &points),
                    ("factor", &or_none(factor)),
                ];
                let text = self.say("derivation-component_rank", &params);
                self.unless_dropped(*dropped, text)
            }
            Step::ComponentRanks { exact, rounded } => {
                let value = self.rounded(exact, rounded);
                self.say("derivation-component_ranks", &[("value", &value)])
            }
            Step::ComponentPoints { exact, rounded } => {
                let value = self.rounded(exact, rounded);
                self.say("derivation-component_points", &[("value", &value)])
            }
            Step::ComponentProduct { exact, rounded } => {
                let value = self.rounded(exact, rounded);
                self.say("derivation-component_product", &[("value", &value)])
            }
            _ => return None,
        })
    }
}
