//! How panels are made comparable.

use super::Reader;
use crate::domain::rules::{Equalise, Rescale, ZScore};

impl Reader<'_> {
    /// What is done to what the judges give, so that entries of different judges can be compared.
    pub(super) fn comparable(&self) -> Vec<String> {
        let Some(equalise) = &self.rules.equalise else {
            return Vec::new();
        };
        let mut sentences = match equalise {
            Equalise::PanelMeans => vec![self.word("equalise", "panel_means", &[])],
            Equalise::GrandMean => vec![self.word("equalise", "grand_mean", &[])],
            Equalise::ZScore(z) => self.z_score(z),
            Equalise::Severity { assume_panels_equal } => {
                let mut sentences = vec![self.word("equalise", "severity", &[])];
                sentences.push(self.unconnected(*assume_panels_equal));
                sentences
            }
        };
        sentences.push(self.say("equalise_fixed", &[]));
        sentences
    }

    fn z_score(&self, z: &ZScore) -> Vec<String> {
        let over = z.over.unwrap_or(self.rules.aggregate.over);
        let deviation = self.word("deviation", z.deviation, &[]);
        let params = [("over", over.as_str()), ("deviation", &deviation)];
        let to = match z.to {
            Rescale::Observed(word) => {
                let way = self.word("observed", word, &[]);
                self.word("rescale", "observed", &[("way", &way)])
            }
            Rescale::Stated(scale) => {
                let (mean, deviation) = (scale.mean.to_string(), scale.deviation.to_string());
                self.word("rescale", "stated", &[("mean", &mean), ("deviation", &deviation)])
            }
        };
        let few = z.minimum_sheets.to_string();
        vec![
            self.word("equalise", "z_score", &params),
            to,
            self.say("z_minimum_sheets", &[("sheets", &few)]),
            self.unconnected(z.assume_panels_equal),
        ]
    }

    fn unconnected(&self, assumed_equal: bool) -> String {
        self.say("unconnected", &[("assumed", super::yes_no(assumed_equal))])
    }
}
