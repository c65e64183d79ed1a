//! What other rules would do.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::app::comparisons::{self, Asked, Compared};
use crate::domain::comparison::{self, CutLine, Variation};
use crate::domain::exact::Shown;
use crate::domain::invalid::Invalid;
use crate::domain::rules::Rules;
use crate::domain::text::{Code, Slug};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, blocking};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(compare_rules);
}

/// What the rules of the round are compared with; at most 20 in all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "variations": ["no_trimming", "median"], "seed": 7 }))]
struct ComparisonRequest {
    /// Other rules documents.
    #[serde(default)]
    #[schema(value_type = Vec<Rules>)]
    others: Vec<Box<RawValue>>,
    /// Changes of the round's own rules that have names.
    #[serde(default)]
    variations: Vec<Variation>,
    /// What made-up marks are made from: the same gives the same marks. Without a word 1.
    #[serde(default = "one")]
    seed: u32,
}

const fn one() -> u32 {
    1
}

/// The rules of the round compared with others.
#[derive(Debug, Serialize, ToSchema)]
struct ComparisonView {
    /// Whether the marks are made up: nobody marked anything yet. Numbers of entries mean nothing then.
    made_up: bool,
    /// Whether entries are left out: the marks are real, and not published.
    without_names: bool,
    /// The cuts of the rules as they are.
    cuts: Vec<CutView>,
    /// What the others would do: the documents first, then the variations.
    others: Vec<ComparedView>,
}

/// What other rules would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparedRules)]
struct ComparedView {
    /// The variation; none for a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    variation: Option<Variation>,
    /// How many would go on that do not.
    entering: usize,
    /// How many go on that would not.
    leaving: usize,
    /// Who would go on and does not, the best first.
    #[serde(skip_serializing_if = "Option::is_none")]
    enters: Option<Vec<i64>>,
    /// Who goes on and would not, the best first.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves: Option<Vec<i64>>,
    /// Entries that have a place under both.
    ranked: usize,
    /// How many of them would have another place in their group.
    moved: usize,
    /// Kendall's tau-b over all pairs of a group, from −1 to 1 with four decimals; none where everybody is tied.
    #[schema(value_type = Option<String>, example = "0.9310")]
    kendall: Option<Shown>,
    /// Spearman's rho over the places within groups, tied ones sharing their mean; none where everybody is tied.
    #[schema(value_type = Option<String>, example = "0.9842")]
    spearman: Option<Shown>,
    /// Its cuts.
    cuts: Vec<CutView>,
}

/// How narrow a cut is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cut)]
struct CutView {
    /// The group; none where all are compared.
    group: Option<String>,
    /// The last one who goes on by place.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<i64>,
    /// The best one who does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
    /// By how many points they are apart; 0 where a tie-break decided.
    #[schema(value_type = String, example = "0.40")]
    margin: Shown,
}

/// Compares the rules of a round with other rules over the same marks, and changes nothing: who would enter and leave the
/// cut, how far the order would move, how narrow the cut is. Before the first mark the marks are made up; the real ones are
/// taken once the results of all groups are published, or earlier where the competition allows it: then no entry is named,
/// and the log says who asked.
#[utoipa::path(tag = "rounds", request_body = ComparisonRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "What the others would do", body = ComparisonView)),
    extensions(("x-action" = json!("compare"))))]
#[post("/competitions/{slug}/rounds/{code}/comparisons")]
async fn compare_rules(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    body: Body<ComparisonRequest>,
) -> Reply<ComparisonView> {
    let (slug, round) = path.into_inner();
    let ComparisonRequest {
        others,
        variations,
        seed,
    } = body.value;
    let asked = Asked {
        slug,
        round,
        others: blocking(move || Ok(parsed(&others)?)).await?,
        variations: variations.clone(),
        seed: seed.into(),
    };
    let documents = asked.others.len();
    let compared = comparisons::compare(&state.app, caller.0, asked).await?;
    Ok(Answer::ok(view(compared, documents, &variations)))
}

/// The documents, read; every wrong place of all of them.
fn parsed(others: &[Box<RawValue>]) -> Result<Vec<Rules>, Invalid> {
    let mut invalid = Invalid::default();
    let mut read = Vec::with_capacity(others.len());
    for (i, document) in others.iter().take(comparisons::MOST + 1).enumerate() {
        match Rules::parse(document.get()) {
            Ok(rules) => read.push(rules),
            Err(wrong) => invalid.append(wrong.under(&format!("/others/{i}"))),
        }
    }
    invalid.into_result().map(|()| read)
}

fn view(compared: Compared, documents: usize, variations: &[Variation]) -> ComparisonView {
    let Compared {
        comparison,
        made_up,
        early,
    } = compared;
    let names = |entries: Vec<i64>| (!early).then_some(entries);
    let cuts = |cuts: Vec<CutLine>| cuts.into_iter().map(|cut| CutView::of(cut, early)).collect();
    let other = |(i, other): (usize, comparison::Compared)| ComparedView {
        variation: i.checked_sub(documents).and_then(|i| variations.get(i).copied()),
        entering: other.enters.len(),
        leaving: other.leaves.len(),
        enters: names(other.enters),
        leaves: names(other.leaves),
        ranked: other.ranked,
        moved: other.moved,
        kendall: other.kendall,
        spearman: other.spearman,
        cuts: cuts(other.cuts),
    };
    ComparisonView {
        made_up,
        without_names: early,
        cuts: cuts(comparison.cuts),
        others: comparison.others.into_iter().enumerate().map(other).collect(),
    }
}

impl CutView {
    fn of(cut: CutLine, early: bool) -> Self {
        let name = |entry| (!early).then_some(entry);
        Self {
            group: cut.group,
            last: name(cut.last),
            next: name(cut.next),
            margin: cut.margin,
        }
    }
}
