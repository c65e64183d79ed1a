//! Made-up rules of every kind that contradict themselves nowhere.

use serde_json::{Map, Value, json};

use super::{Choices, decimal};

/// What settings depend on one another for.
struct Plan {
    by: &'static str,
    by_criteria: bool,
    /// Sheets total a weighted mean.
    mean: bool,
    attempts: u32,
    classes: bool,
    factors: bool,
    left_out: bool,
    carries: u32,
}

impl Plan {
    fn of(c: &mut Choices) -> Self {
        let by = c.of(&[
            "mean",
            "mean",
            "median",
            "sum",
            "rank_sum",
            "borda",
            "rank_points",
            "rank_product",
            "component_ranks",
            "component_points",
            "component_product",
        ]);
        let (ranks_by_judge, components) = (by_judge(by), by.starts_with("component_"));
        let by_criteria = !ranks_by_judge && c.one_in(2);
        let mean = !components && c.one_in(3);
        Self {
            by,
            by_criteria,
            mean,
            attempts: if !ranks_by_judge && c.one_in(3) {
                2 + c.below(2)
            } else {
                0
            },
            classes: (components || matches!(by, "mean" | "median")) && c.one_in(3),
            factors: matches!(by, "mean" | "median" | "sum") && c.one_in(4),
            left_out: (by_criteria || mean) && c.one_in(2),
            carries: c.below(3).saturating_sub(u32::from(c.one_in(2))),
        }
    }

    fn lowest_wins(&self, c: &mut Choices) -> bool {
        match self.by {
            "rank_sum" | "rank_product" | "component_ranks" | "component_product" => true,
            "borda" | "rank_points" | "component_points" => false,
            _ => c.one_in(2),
        }
    }
}

fn by_judge(by: &str) -> bool {
    matches!(by, "rank_sum" | "borda" | "rank_points" | "rank_product")
}

fn rounding(c: &mut Choices) -> Value {
    json!({ "decimals": c.below(4), "mode": c.of(&["half_up", "half_even", "truncate"]) })
}

pub(super) fn document(c: &mut Choices) -> Value {
    let plan = Plan::of(c);
    let criteria = criteria(c, &plan);
    let recorded_only = criteria.iter().all(|one| one["kind"] == "recorded");
    let mut rubric = json!({ "criteria": criteria });
    if plan.mean {
        rubric["total"] = json!("mean");
    }
    if let Some(drop) = drop(c, &plan, &rubric) {
        rubric["drop"] = drop;
    }
    if plan.left_out {
        rubric["missing"] = json!("left_out");
    }
    if plan.attempts > 0 {
        let take = match c.below(4) {
            0 => json!("best"),
            1 => json!("sum"),
            2 => json!("mean"),
            _ => json!({ "best": 1 + c.below(plan.attempts), "by": c.of(&["sum", "mean"]) }),
        };
        rubric["attempts"] = json!({ "count": plan.attempts, "take": take });
    }
    let mut document = json!({ "schema": 1, "rubric": rubric, "aggregate": aggregate(c, &plan) });
    if !recorded_only {
        document["panel"] = panel(c, &plan);
        let judged = document["rubric"]["criteria"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["kind"].is_null());
        if !judged {
            document["panel"]["common"] = json!(false);
        }
    }
    if plan.factors {
        document["equalise"] = json!({ "by": c.of(&["panel_means", "grand_mean"]) });
    }
    if c.one_in(2) {
        document["penalties"] = json!([
            { "code": "over", "points": decimal(c.between(-2, 1).min(-1) * 500), "per": c.of(&["30", "0.7"]),
              "grace": c.of(&["0", "5"]) },
            { "code": "far-over", "disqualify_from": "90" },
            { "code": "demo", "points": c.of(&["1.5", "-1"]) },
        ]);
    }
    let places = rounded(c, &plan);
    let lowest_wins = plan.lowest_wins(c);
    carried(c, &plan, lowest_wins, &mut document);
    let exact = if plan.carries > 0 { "round" } else { "entry" };
    let ties = chain(c, &plan, &document, places.contains_key(exact));
    document["rounding"] = Value::Object(places);
    let wins = if lowest_wins { "lowest" } else { "highest" };
    document["ranking"] =
        json!({ "wins": wins, "ranks": c.of(&["competition", "dense", "fractional"]), "ties": ties });
    let asks = document["rubric"]["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .any(|one| !one["qualify_from"].is_null());
    if asks && c.one_in(2) {
        document["ranking"]["unqualified"] = json!("unranked");
    }
    document
}

fn criteria(c: &mut Choices, plan: &Plan) -> Vec<Value> {
    let (weighted, factors) = (c.one_in(2), !plan.mean);
    let apart = plan.attempts > 0 && !plan.mean && c.one_in(2);
    let components = plan.by.starts_with("component_");
    let run_wins = c.of(&["highest", "lowest"]);
    let mut criteria = Vec::new();
    for (i, code) in ["a", "b", "c"]
        .iter()
        .take(1 + usize::try_from(c.below(3)).unwrap())
        .enumerate()
    {
        let min = if plan.factors { "0" } else { c.of(&["0", "-2"]) };
        let mut one = json!({ "code": code, "min": min, "max": "4", "step": c.of(&["1", "0.5", "0.001"]) });
        // The first one always counts.
        let stands_apart = i > 0 && c.one_in(8);
        if stands_apart {
            one["as"] = json!("apart");
            if c.one_in(2) {
                one["wins"] = json!(c.of(&["highest", "lowest"]));
            }
        } else if weighted && plan.by != "component_product" {
            let (key, value) = if factors {
                ("factor", c.between(1, 2500))
            } else {
                ("weight", c.between(1, 4) * 1000)
            };
            one[key] = json!(decimal(value));
        }
        let once = apart && i > 0;
        if once {
            one["per_attempt"] = json!(false);
        }
        if components {
            let wins = if plan.attempts > 0 && !once {
                run_wins
            } else {
                c.of(&["highest", "lowest"])
            };
            one["wins"] = json!(wins);
        }
        if c.one_in(6) {
            one["qualify_from"] = json!(c.of(&["0", "1.5", "3"]));
        }
        criteria.push(one);
    }
    if by_judge(plan.by) {
        verdict(c, plan, &mut criteria);
        return criteria;
    }
    if c.one_in(3) {
        let mut votes = json!({ "code": "votes", "kind": "recorded", "max": "9", "step": "0.1" });
        if c.one_in(2) && plan.by != "component_product" {
            votes["factor"] = json!(decimal(c.between(1, 3000)));
        }
        let once = plan.attempts > 0 && c.one_in(2);
        if once {
            votes["per_attempt"] = json!(false);
        }
        if !components && (plan.attempts == 0 || once) && c.one_in(3) {
            let (fewer, by) = (c.one_in(2), c.of(&["best", "range", "sum"]));
            let by = if fewer && by == "sum" { "range" } else { by };
            votes["min"] = json!("0.1");
            votes["scaled"] = json!({ "to": c.of(&["5", "0.3"]), "by": by });
            votes["wins"] = json!(if fewer { "lowest" } else { "highest" });
        } else if c.one_in(8) {
            votes["as"] = json!("apart");
            votes.as_object_mut().unwrap().remove("factor");
        }
        if components {
            votes["wins"] = json!(if plan.attempts > 0 && !once {
                run_wins
            } else {
                "highest"
            });
        }
        criteria.push(votes);
    }
    if c.one_in(4) && (!components || plan.attempts > 0) {
        let mut difficulty = json!({ "code": "difficulty", "kind": "recorded", "as": "multiplier", "max": "4", "step": "0.1" });
        if components {
            difficulty["wins"] = json!(run_wins);
        }
        criteria.push(difficulty);
    }
    verdict(c, plan, &mut criteria);
    let nothing_else = !plan.classes && !plan.factors && !plan.left_out && plan.attempts == 0 && !components;
    if nothing_else
        && c.one_in(6)
        && criteria
            .iter()
            .any(|one| one["kind"] == "recorded" && one["as"].is_null())
    {
        criteria.retain(|one| !one["kind"].is_null());
    }
    criteria
}

/// How many criteria are dropped, where that contradicts nothing and leaves something.
fn drop(c: &mut Choices, plan: &Plan, rubric: &Value) -> Option<Value> {
    let criteria = rubric["criteria"].as_array().unwrap();
    let judged = |one: &&Value| one["kind"].is_null();
    let components = plan.by.starts_with("component_");
    let none_judged = !criteria.iter().any(|one| judged(&one));
    let counts = |one: &&Value| {
        one["as"].is_null() && one["kind"] != "pass_fail" && (components || none_judged || judged(one))
    };
    let all = u32::try_from(criteria.iter().filter(counts).count()).unwrap();
    let mut weights = criteria
        .iter()
        .filter(judged)
        .filter(counts)
        .map(|one| &one["weight"]);
    let first = weights.next();
    let equal = !plan.mean || weights.all(|weight| Some(weight) == first);
    let partial = plan.left_out && plan.mean && !plan.by_criteria;
    let mut once = criteria
        .iter()
        .filter(judged)
        .map(|one| one["per_attempt"] == false);
    let across = plan.attempts > 0 && !components && (none_judged || once.any(|once| once));
    if all < 2 || !equal || partial || across || !c.one_in(3) {
        return None;
    }
    let high = c.below(all);
    let low = c.below(all - high);
    (high + low > 0).then(|| json!({ "high": high, "low": low }))
}

fn verdict(c: &mut Choices, plan: &Plan, criteria: &mut Vec<Value>) {
    if c.one_in(4) {
        let class = if plan.classes { "public" } else { "experts" };
        let rejects = match c.below(4) {
            0 => json!("majority"),
            1 => json!("any"),
            2 => json!({ "class": class }),
            _ => json!({ "judge": "j1" }),
        };
        criteria.push(json!({ "code": "fit", "kind": "pass_fail", "rejects": rejects }));
    }
}

fn aggregate(c: &mut Choices, plan: &Plan) -> Value {
    let mut aggregate = json!({ "by": plan.by });
    if plan.by_criteria {
        aggregate["over"] = json!("criteria");
    }
    if matches!(plan.by, "rank_points" | "component_points") {
        aggregate["points"] = json!(c.of(&[&["12", "10", "8"][..], &["5", "2.5", "2", "0.1"], &["1"]]));
    }
    if plan.by.starts_with("component_") && c.one_in(2) {
        aggregate["absent"] = json!("after_last");
    }
    if by_judge(plan.by) && plan.by != "rank_product" && c.one_in(2) {
        aggregate["unequal"] = json!("mean");
    }
    if c.one_in(2) {
        let mut steps = vec![json!({ "from": 3, "high": c.below(2), "low": c.below(2) })];
        if c.one_in(2) {
            steps.push(json!({ "from": 5, "high": c.below(3), "low": c.below(3) }));
        }
        aggregate["trim"] = json!(steps);
    }
    aggregate
}

fn panel(c: &mut Choices, plan: &Plan) -> Value {
    let mut panel = json!({ "minimum_sheets": 1 + c.below(2) });
    panel["common"] = json!(c.one_in(3));
    if plan.classes {
        let mut classes = vec![
            json!({ "code": "experts", "weight": c.of(&["80", "2", "0.7"]) }),
            json!({ "code": "public", "weight": c.of(&["20", "1", "0"]) }),
        ];
        if c.one_in(2) {
            classes[0]["minimum_sheets"] = json!(2);
        }
        panel["classes"] = json!(classes);
        if c.one_in(2) {
            panel["empty_class"] = json!("renormalise");
        }
    }
    panel
}

/// The places at which something is rounded.
fn rounded(c: &mut Choices, plan: &Plan) -> Map<String, Value> {
    let mut places = Map::new();
    let partial = plan.left_out && plan.mean && !plan.by_criteria;
    for (place, reached) in [
        ("criterion", plan.by_criteria),
        (
            "weighted_criterion",
            !plan.by.starts_with("component_") && !partial,
        ),
        ("sheet", !plan.by_criteria),
        ("class", plan.classes),
        ("panel", true),
        ("factor", plan.factors),
        ("attempt", plan.attempts > 0),
        ("entry", true),
        ("round", plan.carries > 0),
    ] {
        if reached && c.one_in(2) {
            places.insert(place.to_owned(), rounding(c));
        }
    }
    places
}

fn carried(c: &mut Choices, plan: &Plan, lowest_wins: bool, document: &mut Value) {
    let best_of = (plan.carries > 0 && c.one_in(3)).then(|| 1 + c.below(plan.carries));
    let mut carried = Vec::new();
    for round in ["heats", "semi"]
        .iter()
        .take(usize::try_from(plan.carries).unwrap())
    {
        let of = c.of(&["rounded", "exact", "rank"]);
        let missing = match c.below(3) {
            0 => json!("refuse"),
            1 if best_of.is_some() => json!("leave_out"),
            1 => json!("renormalise"),
            _ => json!({ "value": decimal(c.between(0, 5000)) }),
        };
        let mut one =
            json!({ "round": round, "weight": decimal(c.between(1000, 2500)), "of": of, "missing": missing });
        if of == "rank" && !lowest_wins {
            one["points"] = json!([["4", "2.5"], ["1", "1"]][usize::try_from(c.below(2)).unwrap()]);
        }
        carried.push(one);
    }
    document["carry"] = json!(carried);
    if let Some(best) = best_of {
        document["best_of"] = json!(best);
    }
    if plan.carries > 0 && c.one_in(2) {
        let nothing = best_of.is_none() && c.one_in(4);
        document["own_weight"] = json!(decimal(if nothing { 0 } else { c.between(1000, 3000) }));
    }
}

fn chain(c: &mut Choices, plan: &Plan, document: &Value, rounded: bool) -> Vec<Value> {
    let mut links = vec![
        json!({ "by": "earlier_total", "round": "heats" }),
        json!({ "by": "earlier_rank", "round": "heats" }),
        json!({ "by": "chair" }),
        json!({ "by": "lot" }),
        json!({ "by": "shared" }),
    ];
    let criteria = document["rubric"]["criteria"].as_array().unwrap();
    let named = criteria.iter().filter(|one| one["kind"] != "pass_fail");
    links.extend(named.map(|one| json!({ "by": "criterion", "code": one["code"] })));
    if plan.attempts > 0 {
        links.push(json!({ "by": "attempt", "nth": 1 + c.below(plan.attempts) }));
    } else if criteria.iter().any(|one| one["kind"].is_null()) {
        let of_sheets = [
            "judged",
            "untrimmed_sum",
            "highest_sheet",
            "lowest_sheet",
            "median",
            "first_places",
            "sealed",
        ];
        links.extend(of_sheets.map(|by| json!({ "by": by })));
    }
    if plan.carries > 0 {
        links.push(json!({ "by": "own_total" }));
    }
    if rounded {
        links.push(json!({ "by": "more_digits" }));
    }
    let mut ties = Vec::new();
    for _ in 0..c.below(4) {
        let at = usize::try_from(c.below(u32::try_from(links.len()).unwrap())).unwrap();
        let link = links.remove(at);
        let last = link["by"] == "shared";
        ties.push(link);
        if last {
            break;
        }
    }
    ties
}
