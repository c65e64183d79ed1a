//! Earlier rounds, places, who goes on, awards.

use super::{Reader, yes_no};
use crate::domain::points::Points;
use crate::domain::rules::{
    Advance, AwardBy, Carry, MissingRound, Nominations, PerGroup, RankStyle, Share, TieBreak, TiePolicy,
};

impl Reader<'_> {
    /// What earlier rounds contribute.
    pub(super) fn earlier(&self) -> Vec<String> {
        let carry = &self.rules.carry;
        if carry.is_empty() {
            return Vec::new();
        }
        let own = self.rules.own_weight.unwrap_or(Points::ONE);
        let own = (own != Points::ZERO).then(|| self.say("own", &[("weight", &own.to_string())]));
        let term = |c: &Carry| {
            let (weight, round) = (c.weight.to_string(), c.round.as_str());
            let points = match c.points.as_slice() {
                [] => "none".to_owned(),
                points => self.points(points),
            };
            let params = [("weight", weight.as_str()), ("round", round), ("points", &points)];
            self.word("carry_of", c.of, &params)
        };
        let terms: Vec<String> = own.into_iter().chain(carry.iter().map(term)).collect();
        let missing = carry.iter().map(|c| {
            let (word, value) = match c.missing {
                MissingRound::Refuse => ("refuse", String::new()),
                MissingRound::LeaveOut => ("leave_out", String::new()),
                MissingRound::Renormalise => ("renormalise", String::new()),
                MissingRound::Value(points) => ("value", points.to_string()),
            };
            self.word(
                "missing_round",
                word,
                &[("round", c.round.as_str()), ("value", &value)],
            )
        });
        let total = self.say("total", &[("terms", &terms.join(" + "))]);
        let best = self
            .rules
            .best_of
            .map(|n| self.say("best_of", &[("best", &n.to_string())]));
        std::iter::once(total).chain(best).chain(missing).collect()
    }

    /// How entries are put in order.
    pub(super) fn places(&self) -> Vec<String> {
        let ranking = &self.rules.ranking;
        let mut sentences = vec![self.word("wins", ranking.wins, &[])];
        let field = |code: &crate::domain::text::Code| match code.as_str() {
            "region" | "track" => self.word("field", code, &[]),
            other => other.to_owned(),
        };
        let fields: Vec<String> = ranking.group_by.iter().map(field).collect();
        sentences.push(if fields.is_empty() {
            self.say("together", &[])
        } else {
            self.say("group_by", &[("fields", &self.list(&fields))])
        });
        let chain: Vec<String> = ranking.ties.iter().map(|tie| self.tie(tie)).collect();
        match ranking.ties.as_slice() {
            [] | [TieBreak::Shared] => sentences.push(self.say("ties-none", &[])),
            ties => {
                let chain = chain.join(self.separator("; ", "；"));
                sentences.push(self.say("ties", &[("chain", &chain)]));
                let shared = ties.contains(&TieBreak::Shared);
                sentences.extend((!shared).then(|| self.say("ties-left", &[])));
            }
        }
        if ranking.ranks != RankStyle::default() {
            sentences.push(self.word("rank_style", ranking.ranks, &[]));
        }
        sentences
    }

    fn tie(&self, tie: &TieBreak) -> String {
        let params = match tie {
            TieBreak::Criterion { code } => {
                let title = self
                    .rules
                    .rubric
                    .criterion(code.as_str())
                    .and_then(|c| c.title.as_ref());
                Some(("criterion", self.name_of(title, code)))
            }
            TieBreak::Attempt { nth } => Some(("nth", nth.to_string())),
            TieBreak::EarlierTotal { round } | TieBreak::EarlierRank { round } => {
                Some(("round", round.to_string()))
            }
            _ => None,
        };
        let params: Vec<(&str, &str)> = params
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.word("tie_break", tie.as_str(), &params)
    }

    /// Who goes on.
    pub(super) fn advance(&self) -> Vec<String> {
        let Some(advance) = &self.rules.advance else {
            return Vec::new();
        };
        let mut sentences = self.terms(advance);
        sentences.extend(advance.streams.iter().map(|stream| {
            let name = self.name_of(stream.title.as_ref(), &stream.code);
            let terms = self.terms(&stream.terms()).join(self.separator(" ", ""));
            self.say("stream", &[("stream", &name), ("terms", &terms)])
        }));
        sentences
    }

    /// What holds for the places of those who go on, or of a stream.
    fn terms(&self, advance: &Advance) -> Vec<String> {
        let number = |key: &str, name: &str, n: u32| self.say(key, &[(name, &n.to_string())]);
        let mut sentences = self.quota(advance);
        sentences.extend(
            advance
                .maximum_per_institution
                .map(|n| number("maximum_per_institution", "maximum", n)),
        );
        if advance.nominations != Nominations::default() {
            sentences.push(self.word("nominations", advance.nominations, &[]));
        }
        sentences.extend(advance.minimum_score.map(|score| {
            let wins = self.rules.ranking.wins.as_str();
            self.say("minimum_score", &[("wins", wins), ("score", &score.to_string())])
        }));
        sentences.push(self.tie_policy(advance.tie_at_cut));
        if !advance.ties_use_places {
            sentences.push(self.say("ties_beside", &[]));
        }
        if advance.reserves > 0 {
            let grouped = !self.rules.ranking.group_by.is_empty();
            let each = yes_no(grouped && advance.per_group.is_some());
            let reserves = advance.reserves.to_string();
            sentences.push(self.say("reserves", &[("reserves", &reserves), ("each", each)]));
        }
        sentences
    }

    fn tie_policy(&self, policy: TiePolicy) -> String {
        let words = |policy| self.word("tie_at_cut", policy, &[]);
        match policy {
            TiePolicy::Every(policy) => words(policy),
            TiePolicy::Each { group, overall } => {
                let (group, overall) = (words(group), words(overall));
                self.word("tie_policy", "each", &[("group", &group), ("overall", &overall)])
            }
        }
    }

    /// How many, and how they are shared out.
    fn quota(&self, advance: &Advance) -> Vec<String> {
        let number = |key: &str, n: u32| self.say(key, &[("places", &n.to_string())]);
        let mut sentences: Vec<String> = advance
            .places
            .map(|n| number("places_all", n))
            .into_iter()
            .collect();
        match &advance.per_group {
            Some(PerGroup::All(n)) if self.rules.ranking.group_by.is_empty() => {
                sentences.push(number("places_all", *n));
            }
            Some(PerGroup::All(n)) => sentences.push(number("per_group-all", *n)),
            Some(PerGroup::Each(each)) => {
                let one = |(group, n): (&String, &u32)| {
                    self.say("per_group-one", &[("group", group), ("places", &n.to_string())])
                };
                let each: Vec<String> = each.iter().map(one).collect();
                sentences.push(self.say("per_group-each", &[("places", &self.list(&each))]));
            }
            None => {}
        }
        if advance.minimum_per_group > 0 {
            sentences.push(number("minimum_per_group", advance.minimum_per_group));
        }
        sentences.extend(advance.share.as_ref().map(|share| self.share(share)));
        let most = advance.maximum_per_group;
        sentences.extend(most.map(|n| self.say("maximum_per_group", &[("maximum", &n.to_string())])));
        sentences
    }

    fn share(&self, share: &Share) -> String {
        let (by, of) = (
            self.word("share_by", share.by, &[]),
            self.word("share_of", share.of, &[]),
        );
        self.say("share", &[("by", &by), ("of", &of)])
    }

    /// Who is awarded.
    pub(super) fn awards(&self) -> Vec<String> {
        let each = yes_no(!self.rules.ranking.group_by.is_empty());
        // The places that the ladder has given so far; none once a portion gave as many as there are entries for.
        let (mut before_each, mut before_all) = (Some(0_u32), Some(0_u32));
        let mut sentences = Vec::new();
        if self.rules.one_award_per_entry {
            sentences.push(self.say("one_award", &[]));
        }
        for award in &self.rules.awards {
            // Those for the best of all groups are another ladder.
            let before = if award.across_groups {
                &mut before_all
            } else {
                &mut before_each
            };
            let each = match award.across_groups {
                true => "all",
                false => each,
            };
            // Awards by the total are one ladder; one by a criterion begins with the best.
            let (above, by) = match &award.by {
                AwardBy::Total => (*before, "none".to_owned()),
                AwardBy::Criterion(code) => {
                    let title = self
                        .rules
                        .rubric
                        .criterion(code.as_str())
                        .and_then(|c| c.title.as_ref());
                    (Some(0), self.name_of(title, code))
                }
            };
            let places = award.places.unwrap_or(0);
            let (first, last) = match (award.portion, above) {
                (Some(portion), Some(0)) => ("portion".to_owned(), portion.to_string()),
                (Some(portion), _) => ("next_portion".to_owned(), portion.to_string()),
                (None, _) if award.places.is_none() => ("none".to_owned(), String::new()),
                (None, None) => ("next".to_owned(), places.to_string()),
                (None, Some(above)) => {
                    let first = if places == 1 {
                        "same".to_owned()
                    } else {
                        above.saturating_add(1).to_string()
                    };
                    (first, above.saturating_add(places).to_string())
                }
            };
            if award.by == AwardBy::Total {
                *before = match award.portion {
                    Some(_) => None,
                    None => above.map(|above| above.saturating_add(places)),
                };
            }
            let name = self.name_of(award.title.as_ref(), &award.code);
            let from = award
                .from
                .map_or_else(|| "none".to_owned(), |from| from.to_string());
            let wins = self.rules.ranking.wins.as_str();
            let params = [
                ("award", name.as_str()),
                ("first", &first),
                ("last", &last),
                ("each", each),
                ("by", &by),
                ("from", &from),
                ("wins", wins),
            ];
            let beside = award.beside_others.then(|| self.say("beside_others", &[]));
            let parts: Vec<String> = std::iter::once(self.say("award", &params))
                .chain(beside)
                .collect();
            sentences.push(self.sentence(&parts));
        }
        sentences
    }
}
