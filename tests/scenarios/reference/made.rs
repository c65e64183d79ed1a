//! Made-up rules and marks.

use palmares::domain::exact::Exact;
use palmares::domain::points::Points;
use palmares::domain::scoring::{
    Adjustment, DecidedBy, Decision, EarlierRound, EntryInput, Input, Participation, Rank, Sheet,
};
use serde_json::{Map, Value, json};

/// A row of numbers that choices are made by; zeros after its end.
pub(crate) struct Choices(std::vec::IntoIter<u32>);

impl Choices {
    pub(crate) fn new(numbers: Vec<u32>) -> Self {
        Self(numbers.into_iter())
    }

    /// A number below `n`.
    fn below(&mut self, n: u32) -> u32 {
        self.0.next().unwrap_or(0) % n
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::from(self.below(u32::try_from(high - low + 1).unwrap()))
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == n - 1
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[usize::try_from(self.below(u32::try_from(words.len()).unwrap())).unwrap()]
    }
}

fn decimal(thousandths: i64) -> String {
    Points::from_thousandths(thousandths).to_string()
}

/// Rules and what happened under them.
pub(crate) fn contest(c: &mut Choices) -> (Value, Input) {
    let document = document(c);
    let input = input(c, &document);
    (document, input)
}

fn rounding(c: &mut Choices) -> Value {
    json!({ "decimals": c.below(4), "mode": c.of(&["half_up", "half_even", "truncate"]) })
}

fn document(c: &mut Choices) -> Value {
    let (mean, by_criteria) = (c.one_in(3), c.one_in(2));
    let weighted = c.one_in(2);
    let mut criteria = Vec::new();
    for code in ["a", "b", "c"]
        .iter()
        .take(1 + usize::try_from(c.below(3)).unwrap())
    {
        let mut one = json!({ "code": code, "min": c.of(&["0", "-2"]), "max": "4", "step": c.of(&["1", "0.5", "0.001"]) });
        if weighted {
            let (key, value) = if mean {
                ("weight", c.between(1, 4) * 1000)
            } else {
                ("factor", c.between(1, 2500))
            };
            one[key] = json!(decimal(value));
        }
        criteria.push(one);
    }
    if c.one_in(3) {
        let mut votes = json!({ "code": "votes", "kind": "recorded", "max": "9", "step": "0.1" });
        if c.one_in(2) {
            votes["factor"] = json!(decimal(c.between(1, 3000)));
        }
        criteria.push(votes);
    }
    if c.one_in(4) {
        criteria.push(json!({ "code": "difficulty", "kind": "recorded", "as": "multiplier", "max": "4", "step": "0.1" }));
    }
    let mut rubric = json!({ "criteria": criteria });
    if mean {
        rubric["total"] = json!("mean");
    }
    let mut aggregate = json!({ "by": c.of(&["mean", "median", "sum"]) });
    if by_criteria {
        aggregate["over"] = json!("criteria");
        if c.one_in(2) {
            rubric["missing"] = json!("left_out");
        }
    }
    if c.one_in(2) {
        let mut steps = vec![json!({ "from": 3, "high": c.below(2), "low": c.below(2) })];
        if c.one_in(2) {
            steps.push(json!({ "from": 5, "high": c.below(3), "low": c.below(3) }));
        }
        aggregate["trim"] = json!(steps);
    }
    let mut places = Map::new();
    let carries = c.below(3).saturating_sub(u32::from(c.one_in(2)));
    for (place, reached) in [
        ("criterion", by_criteria),
        ("weighted_criterion", true),
        ("sheet", !by_criteria),
        ("panel", true),
        ("entry", true),
        ("round", carries > 0),
    ] {
        if reached && c.one_in(2) {
            places.insert(place.to_owned(), rounding(c));
        }
    }
    let mut document = json!({ "schema": 1, "rubric": rubric, "aggregate": aggregate,
        "panel": { "common": c.one_in(3), "minimum_sheets": 1 + c.below(2) } });
    let mut carried = Vec::new();
    for round in ["heats", "semi"].iter().take(usize::try_from(carries).unwrap()) {
        let missing = match c.below(3) {
            0 => json!("refuse"),
            1 => json!("renormalise"),
            _ => json!({ "value": decimal(c.between(0, 5000)) }),
        };
        carried.push(json!({ "round": round, "weight": decimal(c.between(1000, 2500)), "of": c.of(&["rounded", "exact"]), "missing": missing }));
    }
    if carries > 0 && c.one_in(2) {
        document["own_weight"] = json!(decimal(c.between(1000, 3000)));
    }
    document["carry"] = json!(carried);
    let exact = if carries > 0 { "round" } else { "entry" };
    let ties = chain(c, carries > 0, places.contains_key(exact));
    document["rounding"] = Value::Object(places);
    document["ranking"] = json!({ "wins": c.of(&["highest", "lowest"]), "ranks": c.of(&["competition", "dense", "fractional"]), "ties": ties });
    document
}

fn chain(c: &mut Choices, carries: bool, rounded: bool) -> Vec<Value> {
    let mut links = vec![
        json!({ "by": "criterion", "code": "a" }),
        json!({ "by": "judged" }),
        json!({ "by": "untrimmed_sum" }),
        json!({ "by": "highest_sheet" }),
        json!({ "by": "lowest_sheet" }),
        json!({ "by": "median" }),
        json!({ "by": "first_places" }),
        json!({ "by": "earlier_total", "round": "heats" }),
        json!({ "by": "earlier_rank", "round": "heats" }),
        json!({ "by": "chair" }),
        json!({ "by": "shared" }),
    ];
    if carries {
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

fn input(c: &mut Choices, document: &Value) -> Input {
    let criteria = document["rubric"]["criteria"].as_array().unwrap();
    let judged: Vec<&Value> = criteria.iter().filter(|x| x["kind"] != "recorded").collect();
    let entries = (1..=c.between(1, 6))
        .map(|number| entry(c, number, &judged))
        .collect();
    let chair = |order: &[i64]| Decision {
        by: DecidedBy::Chair,
        order: order.to_vec(),
    };
    Input {
        entries,
        decisions: vec![chair(&[1, 2, 3, 4, 5, 6]), chair(&[4, 2]), chair(&[5, 1, 3])],
        ..Input::default()
    }
}

fn entry(c: &mut Choices, number: i64, judged: &[&Value]) -> EntryInput {
    let mut one = EntryInput {
        number,
        group: c.of(&["", "", "north"]).to_owned(),
        panel: c.of(&["p", "p", "q"]).to_owned(),
        ..EntryInput::default()
    };
    if c.one_in(9) {
        one.participation = Participation::Withdrawn { reason: "ill".into() };
    }
    for judge in 0..c.below(7) {
        let mut marks: Vec<Option<Points>> =
            judged.iter().map(|criterion| Some(mark(c, criterion))).collect();
        if c.one_in(9) && marks.len() > 1 {
            marks[0] = None;
        }
        if !c.one_in(12) {
            one.sheets.push(Sheet {
                judge: format!("j{judge}"),
                marks,
            });
        }
    }
    for (code, high) in [("votes", 90), ("difficulty", 40)] {
        if !c.one_in(10) {
            one.recorded
                .insert(code.into(), Points::from_thousandths(c.between(0, high) * 100));
        }
    }
    for _ in 0..c.below(3) {
        one.adjustments.push(Adjustment {
            points: Points::from_thousandths(c.between(-2, 2) * 500),
            reason: "time".into(),
            ..Adjustment::default()
        });
    }
    for round in ["heats", "semi"] {
        if !c.one_in(6) {
            let thousandths = c.between(0, 9);
            let earlier = EarlierRound {
                total: Exact::whole((thousandths / 3).into()),
                exact: Exact::over(thousandths.into(), 3).unwrap(),
                rank: (!c.one_in(5)).then(|| Rank::whole(1 + c.below(3))),
            };
            one.earlier.insert(round.into(), earlier);
        }
    }
    one
}

fn mark(c: &mut Choices, criterion: &Value) -> Points {
    let (low, step): (i64, i64) = (
        criterion["min"].as_str().unwrap().parse::<i64>().unwrap() * 1000,
        match criterion["step"].as_str().unwrap() {
            "1" => 1000,
            "0.5" => 500,
            _ => 1,
        },
    );
    Points::from_thousandths(low + step * c.between(0, (4000 - low) / step))
}
