//! Lists of entries: all that somebody may read, narrowed, searched and sorted.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::code_enum;
use crate::domain::entry::{EntryStatus, TeamMember};
use crate::domain::ids::EntryId;
use crate::domain::invalid::FieldError;
use crate::domain::policy::{Action, Relation, Verdict};
use crate::domain::text::{Code, Lang, Slug, Text};
use crate::error::Result;
use crate::store::divisions;
use crate::store::entries;
use crate::store::entry_lists::{self, Filter};
use crate::store::page::{self, Limit, Page};

use super::Tx;
use super::access::{self, Scene};
use super::actor::Actor;
use super::dossier::{self, EntryView};

code_enum! {
    /// How a list of entries is sorted.
    pub enum Order {
        /// By their numbers.
        Number = "number",
        /// By their titles in the reader's language.
        Title = "title",
    }
}

/// What a reader wants to see.
#[derive(Debug, Clone, Serialize)]
pub struct Wanted {
    /// Entries that are this far.
    pub status: Option<EntryStatus>,
    /// Entries of this track.
    pub track: Option<Code>,
    /// Entries of this region.
    pub region: Option<Code>,
    /// What a title has in it, in either language, or what the number is.
    pub q: Option<String>,
    /// How they are sorted.
    pub sort: Order,
    /// The reader's language.
    pub lang: Lang,
}

/// The entries of a competition that the caller may read: an organizer, clerk or observer all in their regions, a
/// contestant their own.
///
/// # Errors
/// [`crate::error::Error::Invalid`] for an unknown track or region, or a cursor that is none of this list.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    wanted: &Wanted,
    cursor: Option<&str>,
    limit: Limit,
) -> Result<Page<EntryView>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ListEntries, &scene.relation(), "competition")?;
    let filter = filter(tx, &scene, wanted)?;
    let searching = wanted.q.as_deref().is_some_and(|q| !q.trim().is_empty());
    let page = if searching || wanted.sort == Order::Title {
        let titles = entry_lists::titles(tx.conn, &filter)?.into_iter();
        let found = titles.map(|(number, title)| (number, title.into_inner()));
        by_title(found.collect(), wanted, cursor, limit)?
    } else {
        let after = page::after(cursor, wanted)?.unwrap_or(0);
        let numbers = entry_lists::numbers(tx.conn, &filter, after, limit.with_one_more())?;
        Page::cut(numbers, limit, wanted, |number| *number)?
    };
    show(tx, &scene, page)
}

fn filter(tx: &mut Tx<'_>, scene: &Scene, wanted: &Wanted) -> Result<Filter> {
    let competition = scene.competition.id;
    let unknown = |pointer: &str, code: &Code| FieldError::new(pointer, "unknown_code").with("code", code);
    let track = match &wanted.track {
        None => None,
        Some(code) => {
            let tracks = divisions::track_codes(tx.conn, competition)?;
            Some(*tracks.get(code).ok_or_else(|| unknown("?track", code))?)
        }
    };
    let region = match &wanted.region {
        None => None,
        Some(code) => {
            let regions = divisions::region_codes(tx.conn, competition)?;
            Some(*regions.get(code).ok_or_else(|| unknown("?region", code))?)
        }
    };
    let own = Relation {
        owner: true,
        ..scene.relation()
    };
    Ok(Filter {
        competition,
        reach: scene.reach(Action::ReadEntry),
        // Own entries are shown to whoever may read them as their owner.
        owner: (scene.may(Action::ReadEntry, &own) == Verdict::Allow).then_some(scene.person()?.id),
        status: wanted.status,
        track,
        region,
    })
}

/// Searches, sorts and cuts by title here, since the databases fold and sort letters each in its own way.
fn by_title(all: Vec<(i64, Text)>, wanted: &Wanted, cursor: Option<&str>, limit: Limit) -> Result<Page<i64>> {
    let q = wanted.q.as_deref().unwrap_or_default().trim().to_lowercase();
    let found = all
        .into_iter()
        .filter(|(number, title)| matches(*number, title, &q));
    let mut keyed: Vec<(String, i64)> = match wanted.sort {
        Order::Number => found.map(|(number, _)| (String::new(), number)).collect(),
        Order::Title => found
            .map(|(number, title)| (title.in_lang(wanted.lang).to_lowercase(), number))
            .collect(),
    };
    keyed.sort_unstable();
    if let Some(after) = page::after::<(String, i64)>(cursor, wanted)? {
        keyed.retain(|place| *place > after);
    }
    let page = Page::cut(keyed, limit, wanted, Clone::clone)?;
    Ok(page.map(|(_, number)| number))
}

fn matches(number: i64, title: &Text, q: &str) -> bool {
    let has = |text: &Option<String>| text.as_deref().is_some_and(|t| t.to_lowercase().contains(q));
    q.is_empty() || q.parse() == Ok(number) || has(&title.en) || has(&title.zh)
}

/// A page of numbers as a page of entries, each as far as the caller may see it.
fn show(tx: &mut Tx<'_>, scene: &Scene, page: Page<i64>) -> Result<Page<EntryView>> {
    let me = scene.person()?.id;
    let shown = entries::shown_by_numbers(tx.conn, scene.competition.id, &page.items)?;
    let ids: Vec<_> = shown.iter().map(|s| s.entry.id).collect();
    let mut teams: BTreeMap<EntryId, Vec<TeamMember>> = BTreeMap::new();
    for (id, member) in entries::teams(tx.conn, &ids)? {
        teams.entry(id).or_default().push(member);
    }
    let mut by_number: BTreeMap<i64, EntryView> = BTreeMap::new();
    let blinded = scene.blinded(tx)?;
    for line in shown {
        let relation = Relation {
            owner: line.entry.owner_id == Some(me),
            blinded: blinded.contains_key(&line.entry.id),
            ..scene.in_region(line.entry.region_id)
        };
        let team = teams.remove(&line.entry.id).unwrap_or_default();
        let number = line.entry.number;
        by_number.insert(number, dossier::view(scene, &relation, line, team));
    }
    let items = page
        .items
        .iter()
        .filter_map(|number| by_number.remove(number))
        .collect();
    Ok(Page {
        items,
        next: page.next,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_folds_letters_in_both_languages() {
        let title = Text {
            en: Some("Ökostrom AT SEA".into()),
            zh: Some("海上风电".into()),
        };
        for q in ["sea", "ökostrom", "风电", "7"] {
            assert!(matches(7, &title, q), "{q}");
        }
        for q in ["%", "sea_", "77", "zh"] {
            assert!(!matches(7, &title, q), "{q}");
        }
    }
}
