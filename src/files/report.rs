//! The result of a contest in files: a table, CSV, JSON, a sentence for each entry.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Contest, width, write};
use crate::domain::advancement::{self, Advancement, Decided, Outcome};
use crate::domain::scoring::outcome::AdvanceNote;
use crate::domain::scoring::{self, Equalised, Explain, Input, Standing, Standings, Status, Warning};
use crate::domain::text::{Lang, Text};
use crate::words::views::{InGroup, StandingView, WarningView};
use crate::words::{self, Params};

/// A contest with its result.
#[derive(Debug)]
pub struct Tabulated<'c> {
    contest: &'c Contest,
    /// The standings of each group, in order of the groups' names.
    pub groups: Vec<(&'c str, Standings)>,
    /// Who goes on and who is awarded, where the rules say anything about that.
    pub advancement: Option<Advancement>,
    /// What is told of each entry's advancement.
    notes: BTreeMap<i64, AdvanceNote>,
}

impl Contest {
    /// Computes the result, group by group as the server does, with every number of every entry.
    #[must_use]
    pub fn tabulate(&self) -> Tabulated<'_> {
        self.explained(Explain::All)
    }

    /// The same with the numbers of those that are asked for.
    #[must_use]
    pub fn explained(&self, explain: Explain) -> Tabulated<'_> {
        let names: BTreeSet<&str> = self.input.entries.iter().map(|e| e.group.as_str()).collect();
        let groups: Vec<(&str, Standings)> = names
            .into_iter()
            .map(|name| (name, scoring::tabulate(&self.rules, &self.group(name), explain)))
            .collect();
        let decides = self.rules.advance.is_some() || !self.rules.awards.is_empty();
        let standings: Vec<&Standings> = groups.iter().map(|(_, standings)| standings).collect();
        let advancement = decides.then(|| advancement::decide(&self.rules, &standings, &self.decisions));
        Tabulated {
            contest: self,
            groups,
            notes: advancement.iter().flat_map(advancement::told).collect(),
            advancement,
        }
    }

    /// What happened in one group.
    fn group(&self, name: &str) -> Input {
        let entries: Vec<_> = self
            .input
            .entries
            .iter()
            .filter(|e| e.group == name)
            .cloned()
            .collect();
        let numbers: BTreeSet<i64> = entries.iter().map(|e| e.number).collect();
        let within = self.input.decisions.iter();
        let within = within.filter(|d| d.order.iter().any(|entry| numbers.contains(entry)));
        Input {
            decisions: within.cloned().collect(),
            judges: self.input.judges.clone(),
            fixed: self.input.fixed.clone(),
            entries,
        }
    }
}

/// The document of `--format json`: the groups as the server's standings show them, and the decision.
#[derive(Serialize)]
struct Document<'t> {
    groups: Vec<GroupDocument<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advancement: Option<&'t Advancement>,
}

#[derive(Serialize)]
struct GroupDocument<'t> {
    group: &'t str,
    standings: Vec<StandingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    equalised: Option<&'t Equalised>,
    warnings: Vec<WarningView>,
}

impl Tabulated<'_> {
    /// The lines of `entry,group,rank,total,status,outcome`, in order of group and rank.
    #[must_use]
    pub fn csv(&self) -> Vec<u8> {
        let heading = ["entry", "group", "rank", "total", "status", "outcome"];
        let mut table = vec![heading.map(str::to_owned).to_vec()];
        let decided = self.decided();
        for standing in self.standings() {
            let outcome = decided.get(&standing.entry).map(|d| outcome_word(&d.outcome));
            table.push(vec![
                standing.entry.to_string(),
                standing.group.to_string(),
                shown(standing.rank.as_ref()),
                shown(standing.total.as_ref()),
                standing.status.to_string(),
                outcome
                    .filter(|_| self.contest.rules.advance.is_some())
                    .unwrap_or_default(),
            ]);
        }
        write::bytes(&table)
    }

    /// The same for people, and below it what somebody should look at.
    #[must_use]
    pub fn table(&self, lang: Lang) -> String {
        let contest = self.contest;
        let say = |key: &str| words::message(&format!("files-{key}"), &Params::new(), lang);
        let grouped = !contest.rules.ranking.group_by.is_empty();
        let asked = [
            ("rank", true),
            ("entry", true),
            ("title", !contest.titles.is_empty()),
            ("group", grouped),
            ("total", true),
            ("status", self.standings().any(|s| s.status != Status::Ranked)),
            ("outcome", contest.rules.advance.is_some()),
            ("award", !contest.rules.awards.is_empty()),
        ];
        let columns: Vec<&str> = asked
            .iter()
            .filter(|(_, asked)| *asked)
            .map(|(name, _)| *name)
            .collect();
        let decided = self.decided();
        let mut lines = vec![columns.iter().map(|name| say(name)).collect::<Vec<_>>()];
        for standing in self.standings() {
            let decided = decided.get(&standing.entry).copied();
            let cell = |name: &&str| self.cell(name, standing, decided, lang);
            lines.push(columns.iter().map(cell).collect());
        }
        let right = |name: &&str| matches!(*name, "rank" | "entry" | "total");
        let mut text = aligned(&lines, &columns.iter().map(right).collect::<Vec<_>>());
        if contest.rules.advance.is_some() {
            // A round that is not decided yet has the same files as one that was decided by its rules alone.
            text.push_str(&format!("\n{}\n", say("outcome_note")));
        }
        let warnings = self.warnings();
        if !warnings.is_empty() {
            text.push_str(&format!("\n{}\n", say("warnings")));
            for warning in warnings {
                text.push_str(&format!("- {}\n", words::warning(warning, lang)));
            }
        }
        text
    }

    fn cell(&self, column: &str, standing: &Standing, decided: Option<&Decided>, lang: Lang) -> String {
        let contest = self.contest;
        match column {
            "rank" => shown(standing.rank.as_ref()),
            "entry" => standing.entry.to_string(),
            "title" => {
                let title = contest.titles.get(&standing.entry);
                title.map(|t| t.in_lang(lang).to_owned()).unwrap_or_default()
            }
            "group" => self.group_title(&standing.group).in_lang(lang).to_owned(),
            "total" => shown(standing.total.as_ref()),
            "status" => words::status(standing.status, lang),
            "outcome" => decided
                .map(|d| self.outcome_cell(&d.outcome, lang))
                .unwrap_or_default(),
            _ => {
                let award = |code: &String| {
                    let award = contest.rules.awards.iter().find(|a| a.code.as_str() == code);
                    let title = award.and_then(|a| a.title.as_ref());
                    title.map_or(code.as_str(), |t| t.in_lang(lang)).to_owned()
                };
                let awards = decided.iter().flat_map(|d| &d.awards).map(award);
                awards.collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// The document: for each group its standings with every number and its warnings, and who goes on.
    #[must_use]
    pub fn json(&self, lang: Lang) -> String {
        let groups = self.groups.iter().map(|(name, standings)| GroupDocument {
            group: name,
            standings: standings
                .entries
                .iter()
                .map(|one| self.view(one, standings, lang))
                .collect(),
            equalised: standings.groups.first().and_then(|g| g.equalised.as_ref()),
            warnings: WarningView::all(&standings.warnings, lang),
        });
        pretty(&Document {
            groups: groups.collect(),
            advancement: self.advancement.as_ref(),
        })
    }

    /// The standing of one entry as it is in the document; none when there is no such entry.
    #[must_use]
    pub fn json_of(&self, entry: i64, lang: Lang) -> Option<String> {
        let (standing, standings) = self.standing(entry)?;
        Some(pretty(&self.view(standing, standings, lang)))
    }

    /// How an entry came to its total and place, and what becomes of it, in sentences; none when there is no such entry.
    #[must_use]
    pub fn sentence(&self, entry: i64, lang: Lang) -> Option<String> {
        let (standing, standings) = self.standing(entry)?;
        Some(self.view(standing, standings, lang).words)
    }

    fn outcome_cell(&self, outcome: &Outcome, lang: Lang) -> String {
        let mut params = Params::new();
        if let Outcome::Reserve { number, .. } = outcome {
            params.insert("number", number.to_string());
        }
        if let Outcome::Invited { stream, .. } = outcome {
            let streams = self.contest.rules.advance.iter().flat_map(|a| &a.streams);
            let name = streams
                .into_iter()
                .find(|s| s.code.as_str() == stream)
                .map(|s| s.name());
            params.insert(
                "stream",
                name.map_or_else(|| stream.clone(), |n| n.in_lang(lang).to_owned()),
            );
        }
        words::message(&format!("files-outcome-{}", outcome_word(outcome)), &params, lang)
    }

    fn view(&self, standing: &Standing, standings: &Standings, lang: Lang) -> StandingView {
        let title = self
            .contest
            .titles
            .get(&standing.entry)
            .cloned()
            .unwrap_or_default();
        let ranked = standings.entries.iter().filter(|one| one.place.is_some()).count();
        let group = self.group_title(&standing.group);
        StandingView::of(
            standing,
            title,
            InGroup {
                title: &group,
                ranked,
            },
            self.notes.get(&standing.entry),
            Some(&self.contest.rules),
            lang,
        )
    }

    fn standings(&self) -> impl Iterator<Item = &Standing> {
        self.groups.iter().flat_map(|(_, standings)| &standings.entries)
    }

    fn standing(&self, entry: i64) -> Option<(&Standing, &Standings)> {
        self.groups.iter().find_map(|(_, standings)| {
            let one = standings.entries.iter().find(|s| s.entry == entry)?;
            Some((one, standings))
        })
    }

    fn decided(&self) -> BTreeMap<i64, &Decided> {
        let decided = self.advancement.iter().flat_map(|a| &a.entries);
        decided.map(|d| (d.entry, d)).collect()
    }

    fn group_title(&self, group: &str) -> Text {
        let title = self.contest.group_titles.get(group).cloned();
        title.unwrap_or_else(|| Text::english(group))
    }

    fn warnings(&self) -> BTreeSet<&Warning> {
        let of_groups = self.groups.iter().flat_map(|(_, standings)| &standings.warnings);
        of_groups
            .chain(self.advancement.iter().flat_map(|a| &a.warnings))
            .collect()
    }
}

fn shown(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn pretty(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// The word that the JSON document uses for an outcome.
fn outcome_word(outcome: &Outcome) -> String {
    let value = serde_json::to_value(outcome).unwrap_or_default();
    value
        .get("outcome")
        .and_then(|word| word.as_str())
        .unwrap_or_default()
        .to_owned()
}

/// Lines whose cells stand below each other, two spaces apart; numbers to the right.
fn aligned(lines: &[Vec<String>], right: &[bool]) -> String {
    let widest = |i: usize| {
        let cells = lines.iter().filter_map(|line| line.get(i));
        cells.map(|cell| width::of(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..right.len()).map(widest).collect();
    let mut text = String::new();
    for line in lines {
        let mut row = String::new();
        for ((cell, width), right) in line.iter().zip(&widths).zip(right) {
            let gap = " ".repeat(width - width::of(cell));
            let (before, after) = if *right {
                (gap.as_str(), "")
            } else {
                ("", gap.as_str())
            };
            row.push_str(&format!("{before}{cell}{after}  "));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}
