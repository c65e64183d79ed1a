//! From marks to places. [`tabulate`] is the whole pipeline on one page; each step is a pure function in its own file:
//! `ballot` (one sheet), `sealed` (what counts only for ties), `panels` (who counts), `aggregate` (across judges), `totals` (recorded criteria, adjustments,
//! earlier rounds), `ranking` and `tie_break` (places), `explain` (every number that led there).
//!
//! The result depends on the rules and the input alone, never on the order in which anything was given.

mod aggregate;
mod attempts;
pub mod ballot;
mod classes;
mod combined;
mod derivation;
mod distinct;
mod drop;
mod equalise;
mod equalised;
mod explain;
mod fixed;
mod idle;
mod input;
pub mod outcome;
mod panels;
mod partial;
pub mod penalties;
mod placeless;
mod qualify;
pub mod ranking;
mod ranks;
mod recorded;
mod sealed;
mod sheets;
mod standings;
mod tie_break;
mod totals;
mod veto;
mod warning;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

pub use derivation::{
    Across, AttemptLine, BelowLine, ClassLine, CriterionLine, Derivation, Dropped, DroppedMark, FactorLine,
    MappedLine, MarkLine, SheetLine, Step, TieNote, VetoLine,
};
pub use equalised::{ConnectedSet, Equalised, JudgeScale, PanelFactor};
pub use explain::Explain;
pub use fixed::{FixedEntry, FixedJudge, FixedRange, FixedScale, FixedScales, FixedTarget, NotReal, Real};
pub use input::{
    Adjustment, DecidedBy, Decision, EarlierRound, EntryInput, Input, JudgeInput, Participation, Sheet,
};
pub use standings::{GroupSummary, Own, Rank, Reason, Standing, Standings, Status};
pub use veto::unasked;
pub use warning::Warning;

use self::aggregate::PanelScore;
use self::classes::Classes;
use smol_str::SmolStr;

use self::equalise::{Comparable, Judged};
use self::panels::SetAside;
use self::placeless::{left_out, without_places};
use self::ranking::{By, Contender};
use self::recorded::Scales;
use self::sealed::Sealed;
use self::sheets::Sheets;
use self::tie_break::{Beside, Early};
use self::totals::Carried;
use self::veto::Veto;
use super::exact::{Exact, Shown};
use super::rules::{Award, Criterion, Rules, TieBreak};

/// What the sheets of an entry are combined with.
#[derive(Clone, Copy)]
struct Bench<'a> {
    rules: &'a Rules,
    /// What judges mark once.
    sheets: &'a Sheets,
    /// What they mark in each attempt, where entries have several.
    attempts: &'a [Sheets],
    set_aside: &'a SetAside<'a>,
    classes: &'a Classes<'a>,
    vetoes: &'a [Veto<'a>],
    /// The criteria that ask for something to go on.
    gates: &'a [&'a Criterion],
    /// What recorded values are put in proportion to.
    scales: &'a Scales<'a>,
    /// The first links of the chain that look at the sheets, by their place in it.
    early: Early<'a>,
}

/// An entry that has a total. Small, since the entries of a group are visited once more in order of their places.
struct Scored<'a> {
    number: i64,
    entry: &'a EntryInput,
    /// What the judges gave, where it is needed again; else a tie that asks for it has it computed anew.
    panel: Option<Box<PanelScore<'a>>>,
    /// What making panels comparable made of that.
    comparable: Option<Box<Comparable<'a>>>,
    /// This round's total before and after its rounding.
    own_exact: Exact,
    own: Exact,
    /// What earlier rounds contribute, where the rules say so.
    carried: Option<Box<Carried>>,
    /// Its values for the first links of the chain that look at the sheets.
    early: [Option<Exact>; tie_break::EARLY],
    institution: Option<&'a str>,
    /// What it does not reach, to go on or win an award.
    below: Vec<BelowLine>,
}

/// What the judges gave an entry: kept, or computed anew.
enum Held<'s, 'a> {
    Kept(&'s PanelScore<'a>),
    Anew(Box<PanelScore<'a>>),
}

impl<'a> Deref for Held<'_, 'a> {
    type Target = PanelScore<'a>;

    fn deref(&self) -> &PanelScore<'a> {
        match self {
            Held::Kept(panel) => panel,
            Held::Anew(panel) => panel,
        }
    }
}

impl<'a> Scored<'a> {
    /// What the judges gave; none only where they gave nothing.
    fn panel(&self, bench: &Bench<'a>) -> Option<Held<'_, 'a>> {
        match &self.panel {
            Some(panel) => Some(Held::Kept(panel)),
            None => across_judges(bench, self.entry)
                .ok()
                .map(|p| Held::Anew(Box::new(p))),
        }
    }

    /// What the judges' marks give, panels made comparable.
    fn judged<'s>(&'s self, given: &'s PanelScore<'a>) -> &'s Exact {
        self.comparable.as_ref().map_or(&given.value, |c| &c.value)
    }

    /// What was combined across judges: their own numbers, or what making panels comparable made of these.
    fn combined<'s>(&'s self, given: &'s PanelScore<'a>) -> &'s PanelScore<'a> {
        let score = self.comparable.as_ref().and_then(|c| c.score.as_ref());
        score.unwrap_or(given)
    }

    /// Itself, to be placed by a total.
    fn contender<'s>(&self, total: &'s Exact) -> Contender<'s> {
        Contender {
            number: self.number,
            total,
        }
    }

    /// The total before its last rounding.
    fn exact(&self) -> &Exact {
        self.carried.as_ref().map_or(&self.own_exact, |c| &c.exact)
    }

    /// The total.
    fn total(&self) -> &Exact {
        self.carried.as_ref().map_or(&self.own, |c| &c.total)
    }
}

/// Computes the standings of the groups in `input`.
#[must_use]
pub fn tabulate(rules: &Rules, input: &Input, explain: Explain) -> Standings {
    let (sheets, attempts) = (Sheets::once(rules), Sheets::attempts(rules));
    let (input, sealed) = sealed::set_apart(rules, &sheets, input);
    let input: &Input = &input;
    let set_aside = panels::set_aside(rules, &panels::parts(&sheets, &attempts), input);
    let (classes, vetoes) = (Classes::of(input), veto::vetoes(rules));
    let gates = qualify::gates(rules);
    let scales = Scales::of(rules, input, |entry| participation(rules, entry).is_ok());
    let bench = Bench {
        rules,
        sheets: &sheets,
        attempts: &attempts,
        set_aside: &set_aside,
        classes: &classes,
        vetoes: &vetoes,
        gates: &gates,
        scales: &scales,
        early: tie_break::early(rules),
    };
    let mut warnings: BTreeSet<Warning> = panels::warnings(&bench, input);
    let present = panels::Present::of(&bench, input);
    warnings.extend(sealed.warnings.iter().cloned());
    let mut groups: BTreeMap<&str, Vec<(i64, &EntryInput)>> = BTreeMap::new();
    for run in input.entries.chunk_by(|a, b| a.group == b.group) {
        let Some(first) = run.first() else { continue };
        let group = groups.entry(&first.group).or_default();
        group.extend(run.iter().map(|entry| (entry.number, entry)));
    }
    let mut standings = Standings {
        decisions: input.decisions.clone(),
        ..Standings::default()
    };
    for (group, mut entries) in groups {
        entries.sort_unstable_by_key(|(number, _)| *number);
        let (mut scored, mut refused) = (Vec::with_capacity(entries.len()), Vec::new());
        let mut panels = Vec::new();
        for (_, entry) in entries {
            warnings.extend(present.warnings(&bench, entry));
            // marks → sheets → across judges, attempts combined
            let panel = participation(rules, entry).and_then(|()| across_judges(&bench, entry));
            if rules.compares_entries() {
                panels.push((entry, panel));
                continue;
            }
            // What is not compared goes on at once, while its sheets are at hand.
            match panel.and_then(|panel| settle(&bench, Judged::new(entry, panel), explain, &mut warnings)) {
                Ok(one) => scored.push(one),
                Err(no) => refused.push((entry, no)),
            }
        }
        // → ranks in the place of totals
        let (panels, ranks_warnings) = ranks::apply(&bench, group, panels);
        warnings.extend(ranks_warnings);
        let mut judged = Vec::with_capacity(panels.len());
        for (entry, panel) in panels {
            match panel {
                Ok(panel) => judged.push(Judged::new(entry, panel)),
                Err(no) => refused.push((entry, no)),
            }
        }
        // → panels made comparable → vetoes → recorded criteria and adjustments → earlier rounds
        let comparable = equalise::apply(&bench, group, judged, input.fixed.get(group));
        warnings.extend(comparable.warnings);
        refused.extend(comparable.refused);
        for one in comparable.judged {
            let entry = one.entry;
            match settle(&bench, one, explain, &mut warnings) {
                Ok(one) => scored.push(one),
                Err(no) => refused.push((entry, no)),
            }
        }
        warnings.extend(idle::warnings(&bench, group, &scored));
        let mut placeless = without_places(&bench, refused, &mut warnings);
        // → ranking
        let (mut placed, order_warnings) = place(&bench, input, (group, &scored), &sealed, explain);
        warnings.extend(order_warnings);
        let scale = (comparable.equalised, comparable.scale);
        standings
            .groups
            .push(summary(&bench, group, &scored, explain, scale));
        if standings.entries.is_empty() {
            standings.entries = placed;
        } else {
            standings.entries.append(&mut placed);
        }
        standings.entries.append(&mut placeless);
    }
    standings.warnings = warnings.into_iter().collect();
    standings
}

type Placeless = (Status, Reason);

fn participation(rules: &Rules, entry: &EntryInput) -> Result<(), Placeless> {
    let stated = |reason: &String| Reason::Stated {
        reason: reason.clone(),
    };
    match &entry.participation {
        Participation::TakingPart => match penalties::disqualification(rules, entry) {
            Some(reason) => Err((Status::Disqualified, reason)),
            None => Ok(()),
        },
        Participation::Withdrawn { reason } => Err((Status::Withdrawn, stated(reason))),
        Participation::Disqualified { reason } => Err((Status::Disqualified, stated(reason))),
    }
}

fn across_judges<'a>(bench: &Bench<'a>, entry: &'a EntryInput) -> Result<PanelScore<'a>, Placeless> {
    aggregate::panel_score(bench, entry).map_err(|no| no.reason(bench.rules))
}

/// → vetoes → recorded criteria and adjustments → earlier rounds
fn settle<'a>(
    bench: &Bench<'a>,
    one: Judged<'a>,
    explain: Explain,
    warnings: &mut BTreeSet<Warning>,
) -> Result<Scored<'a>, Placeless> {
    passed(bench, one.entry)?;
    let rules = bench.rules;
    let mut scored = total(bench, one.entry, one.value())?;
    scored.comparable = one.comparable;
    let panel = one.panel;
    if !rules.panel.classes.is_empty() || rules.rubric.attempts.is_some() {
        warnings.extend(left_out(scored.number, &panel));
    }
    // Taken now that the sheets are at hand: to fetch them again, entry by entry in another order, costs many times more.
    let value = |(_, tie): (usize, &TieBreak)| tie_break::of_sheets(bench, tie, &scored, &panel);
    scored.early = bench.early.map(|link| link.and_then(value));
    if !bench.gates.is_empty() {
        scored.below = qualify::below(bench, scored.entry, scored.combined(&panel));
        if let Some(reason) = qualify::refused(rules, &scored.below) {
            return Err((Status::Unranked, reason));
        }
    }
    if rules.compares_entries() || explain.decides() {
        scored.panel = Some(Box::new(panel));
    }
    Ok(scored)
}

/// Whether the judges let an entry pass.
fn passed(bench: &Bench<'_>, entry: &EntryInput) -> Result<(), Placeless> {
    let rejection = veto::rejection(bench, entry).map(|reason| (Status::Unranked, reason));
    rejection.map_or(Ok(()), Err)
}

fn total<'a>(bench: &Bench<'a>, entry: &'a EntryInput, judged: &Exact) -> Result<Scored<'a>, Placeless> {
    let rules = bench.rules;
    let unranked = |reason| (Status::Unranked, reason);
    let own_exact = totals::entry(bench, entry, judged).map_err(unranked)?;
    let own = super::rules::Rounding::at(rules.rounding.entry, &own_exact);
    let carried = totals::carried(rules, entry, &own).map_err(unranked)?;
    Ok(Scored {
        number: entry.number,
        entry,
        institution: entry.institution.as_deref(),
        panel: None,
        comparable: None,
        own_exact,
        own,
        carried: carried.map(Box::new),
        early: [const { None }; tie_break::EARLY],
        below: Vec::new(),
    })
}

/// How many entries are fetched at once.
const TOGETHER: usize = 32;

/// Looks at entries that are visited next: in order of places each is somewhere else in memory, and waiting for many at once
/// takes hardly longer than waiting for one.
fn fetch<'s, 'a: 's>(next: impl Iterator<Item = &'s Scored<'a>>) {
    let seen = next.fold(0, |seen, one| {
        let parts = (
            one.carried.is_some(),
            one.institution.is_some(),
            one.own.small_parts().is_some(),
        );
        seen + one.below.len() + usize::from(parts.0) + usize::from(parts.1) + usize::from(parts.2)
    });
    std::hint::black_box(seen);
}

/// Places the entries of a group.
fn place<'a>(
    bench: &Bench<'a>,
    input: &Input,
    (group, scored): (&str, &[Scored<'a>]),
    sealed: &Sealed,
    explain: Explain,
) -> (Vec<Standing>, Vec<Warning>) {
    let rules = bench.rules;
    let first_places = tie_break::first_places(bench, scored);
    let key = |entry: usize, link: usize| {
        let (scored, tie) = (scored.get(entry)?, rules.ranking.ties.get(link)?);
        let at_hand = bench.early.iter().zip(&scored.early);
        if let Some((_, value)) = at_hand
            .into_iter()
            .find(|(early, _)| early.is_some_and(|(at, _)| at == link))
        {
            return value.clone();
        }
        let beside = Beside {
            first_places: first_places.get(entry).copied().unwrap_or(0),
            sealed: sealed.total(scored.number),
        };
        tie_break::value(bench, tie, scored, beside)
    };
    let by = By {
        ranking: &rules.ranking,
        rules,
        decisions: &input.decisions,
        decimals: rules.decimals(),
        noted: explain,
    };
    let order_of = |total: for<'s, 'e> fn(&'s Scored<'e>) -> &'s Exact| {
        let contenders: Vec<_> = scored.iter().map(|s| s.contender(total(s))).collect();
        ranking::order(by, &contenders, &key)
    };
    let mut order = order_of(|s| s.total());
    let own = if rules.carry.is_empty() {
        None
    } else {
        Some(order_of(|s| &s.own).ranks(rules.ranking.ranks))
    };
    let mut notes: BTreeMap<usize, Vec<TieNote>> = BTreeMap::new();
    for (entry, note) in std::mem::take(&mut order.notes) {
        notes.entry(entry).or_default().push(note);
    }
    let mut standings = Vec::with_capacity(scored.len());
    for (nth, (first, last, block)) in (1..).zip(order.places()) {
        for i in block {
            if standings.len() % TOGETHER == 0 {
                let next = order.after(standings.len()).iter().take(TOGETHER);
                fetch(next.filter_map(|i| scored.get(*i)));
            }
            let Some(one) = scored.get(*i) else { continue };
            let panel = Some(one)
                .filter(|_| explain.decides())
                .and_then(|one| one.panel(bench));
            let derivation = |panel: Held<'_, 'a>| {
                let notes = notes.remove(i).unwrap_or_default();
                Box::new(explain::derivation(bench, one, &panel, notes))
            };
            let keys = if explain.decides() {
                (0..rules.ranking.ties.len()).map(|k| key(*i, k)).collect()
            } else {
                Vec::new()
            };
            standings.push(Standing {
                entry: one.number,
                group: SmolStr::new(group),
                status: Status::Ranked,
                reason: None,
                rank: Some(ranking::rank(rules.ranking.ranks, (first, last), nth)),
                place: Some(first),
                tied: last > first,
                total: Some(Shown::new(one.total().clone(), rules.decimals())),
                exact: Some(one.exact().clone()),
                own: own.as_ref().and_then(|ranks| {
                    let decimals = rules.rounding.entry.map_or(0, |to| to.decimals);
                    Some(Own {
                        total: Shown::new(one.own.clone(), decimals),
                        rank: *ranks.get(i)?,
                    })
                }),
                institution: one.institution.map(str::to_owned),
                keys,
                below: one.below.clone(),
                award_values: award_values(bench, one, panel.as_deref(), explain),
                derivation: panel.filter(|_| explain.covers(one.number)).map(derivation),
            });
        }
    }
    (standings, order.warnings)
}

/// The entry's value of each criterion that an award goes by, where advancement is to read it.
fn award_values<'a>(
    bench: &Bench<'a>,
    one: &Scored<'a>,
    panel: Option<&PanelScore<'a>>,
    explain: Explain,
) -> BTreeMap<String, Exact> {
    let asked = bench.rules.awards.iter().filter(|_| explain.decides());
    let value = |award: &Award| {
        let code = award.criterion()?;
        let criterion = bench.rules.rubric.criterion(code.as_str())?;
        let value = tie_break::criterion(bench, one.entry, panel?, criterion)?;
        Some((code.to_string(), value))
    };
    asked.filter_map(value).collect()
}

fn summary(
    bench: &Bench<'_>,
    group: &str,
    scored: &[Scored<'_>],
    explain: Explain,
    (equalised, scale): (Option<Equalised>, Option<FixedScale>),
) -> GroupSummary {
    let mut judges: BTreeSet<&str> = BTreeSet::new();
    let mut before: &[Sheet] = &[];
    for one in scored.iter().filter(|_| explain.decides()) {
        let (given, sheets) = (
            &one.entry.sheets,
            one.panel.as_deref().map_or(&[][..], PanelScore::sheets),
        );
        // Entries that the same judges marked stand side by side mostly, and tell nothing new where all sheets count.
        let all = sheets.len() == given.len() && bench.attempts.is_empty();
        let alike = |(a, b): (&Sheet, &Sheet)| a.judge == b.judge;
        if !all || given.len() != before.len() || !given.iter().zip(before).all(alike) {
            judges.extend(sheets.iter().map(|valued| valued.sheet.judge.as_str()));
            before = if all { given } else { &[] };
        }
    }
    GroupSummary {
        group: group.to_owned(),
        ranked: scored.len(),
        judges: judges.into_iter().map(str::to_owned).collect(),
        equalised,
        scale,
    }
}

#[cfg(test)]
mod tests;
