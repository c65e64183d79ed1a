//! What became of an entry, as sentences after its place.

use super::Words;
use crate::domain::scoring::Standing;
use crate::domain::scoring::outcome::{AdvanceNote, Outcome};
use crate::words::outcome;

impl Words<'_> {
    /// What became of the entry: its place among all where groups are compared, whether it goes on, its awards. Nothing of
    /// one without a place, whose reason says enough.
    pub(super) fn advance(&self, note: &AdvanceNote, standing: &Standing) -> Vec<String> {
        let mut said = Vec::new();
        if let (Some(overall), Some(of)) = (note.overall, note.of)
            && !standing.group.is_empty()
        {
            let (overall, of) = (overall.to_string(), of.to_string());
            let place = self.say("derivation-overall", &[("overall", &overall), ("of", &of)]);
            let parts = std::iter::once(place).chain(note.ties.iter().map(|tie| self.tie(tie)));
            let text = parts.collect::<Vec<_>>().join(self.comma());
            said.push(self.say("sentence", &[("text", &text)]));
        }
        match &note.outcome {
            Outcome::Unplaced { .. } => {}
            // Rules that let nobody go on have nothing to say about it.
            Outcome::NotAdvanced if self.rules.advance.is_none() => {}
            told => said.push(outcome(&self.named(told), self.lang)),
        }
        for turn in &note.turns {
            let turn = Outcome::Reserve {
                number: turn.number,
                stream: turn.stream.clone(),
            };
            said.push(outcome(&self.named(&turn), self.lang));
        }
        let title = |code: &String| {
            let award = self.rules.awards.iter().find(|a| a.code.as_str() == code);
            let title = award.and_then(|a| a.title.as_ref());
            title.map_or(code.as_str(), |t| t.in_lang(self.lang)).to_owned()
        };
        if let Some(list) = self.list(note.awards.iter().map(title).collect()) {
            said.push(self.say("derivation-awards", &[("list", &list)]));
        }
        said
    }

    /// An outcome with its stream as people call it.
    fn named(&self, outcome: &Outcome) -> Outcome {
        let mut outcome = outcome.clone();
        if let Outcome::Invited { stream, .. }
        | Outcome::Reserve {
            stream: Some(stream), ..
        }
        | Outcome::Declined {
            stream: Some(stream), ..
        } = &mut outcome
        {
            let mut streams = self.rules.advance.iter().flat_map(|a| &a.streams);
            if let Some(known) = streams.find(|known| known.code.as_str() == stream) {
                *stream = known.name().in_lang(self.lang).to_owned();
            }
        }
        outcome
    }
}
