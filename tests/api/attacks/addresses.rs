//! Every variable step of every address, exchanged for one that belongs to others, and for what is no such thing.

use super::range::{held, operation, statuses, wire};
use crate::authorisation::matrix::{Row, Verdict};
use crate::authorisation::table;
use crate::authorisation::world::{Who, build, build_two};
use crate::hall::{Hall, Persona};

/// No id, number or code, as it stands in an address.
const MALFORMED: &[&str] = &[
    "-1",
    "0",
    "-0",
    "99999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "1e3",
    "1.0",
    "0x1",
    "1;2",
    "1,2",
    "%31%00",
    "%00",
    "%2e%2e",
    "..%2f..",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..",
    "%c0%ae%c0%ae",
    "%ff",
    "%F0%9F%92%A5",
    "%E2%80%AE1",
    "'%20OR%20'1'='1",
    "1'%20--",
    "%25",
    "%2",
    "*",
    "null",
    "undefined",
    "true",
    "NaN",
    "%20",
    "%0d%0aX-Evil:%201",
    "{id}",
    "$1",
    "%3Cscript%3E",
];

/// The steps of a template that vary: where, and their names.
pub fn variables(template: &'static str) -> Vec<(usize, &'static str)> {
    let steps = template.split('/').enumerate();
    steps
        .filter_map(|(i, step)| Some((i, step.strip_prefix('{')?.strip_suffix('}')?)))
        .collect()
}

pub fn exchanged(path: &str, step: usize, by: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
    let mut steps: Vec<_> = path.split('/').collect();
    steps[step] = by;
    let path = steps.join("/");
    query.map_or(path.clone(), |query| format!("{path}?{query}"))
}

/// What a step is exchanged for: what stands there in the other contest, and what is there only.
fn others(name: &str, ours: &str, theirs: &str) -> Vec<String> {
    let mut others = match name {
        "slug" => vec!["trophy", "league"],
        "number" | "n" | "entry" => vec!["6", "99"],
        "code" | "round" => vec!["gala"],
        "group" => vec!["beijing"],
        "panel" => vec![],
        _ => vec!["AAAAAAAAAAAAAAAAAAAAAA"],
    };
    if ours != theirs {
        others.push(theirs);
    }
    others.into_iter().map(str::to_owned).collect()
}

/// Whether all steps are slugs, codes and numbers, which mean something in every contest.
fn path_is_natural(template: &'static str) -> bool {
    let natural = ["slug", "code", "round", "group", "panel", "number", "n", "entry"];
    variables(template).iter().all(|(_, name)| natural.contains(name))
}

both_databases! {
    async fn no_step_of_an_address_leads_to_what_is_others(db) {
        let [(cup, people), (trophy, _)] = build_two(&db).await;
        let hall = Hall::open(db.same()).await;
        let before = held(&hall).await;
        let (mut tried, mut wrongs) = (0, Vec::new());
        for (row, twin) in table(&cup).iter().zip(&table(&trophy)) {
            let (template, _) = operation(row.operation);
            // An admin is responsible for every account and message.
            let global = !row.path.starts_with("/competitions") && row.may().eq([Who::Admin]);
            for (step, name) in variables(template) {
                let at = |row: &Row| row.path.split('?').next().unwrap().split('/').nth(step).unwrap().to_owned();
                for other in others(name, &at(row), &at(twin)) {
                    if global && other == at(twin) {
                        continue;
                    }
                    for who in row.may() {
                        let at_home = match (name, other.as_str()) {
                            // Who may do this without having anything to do with the contest may do it in the other, too.
                            ("slug", "trophy") => who == Who::Admin || row.verdict(Who::Elsewhere) == Verdict::Allowed,
                            ("slug", _) => matches!(who, Who::Admin | Who::Elsewhere),
                            _ => false,
                        };
                        // What has no id of its own is there under the same name.
                        if at_home && path_is_natural(template) {
                            continue;
                        }
                        let got = row.send_as(&hall, people.get(who), &exchanged(&row.path, step, &other), row.body.as_ref().map(ToString::to_string)).await;
                        tried += 1;
                        let public = at_home && row.method == reqwest::Method::GET && got.status == 200;
                        if !matches!(got.status, 401 | 403 | 404) && !public {
                            wrongs.push(format!("{} as {who:?}, {name} {other}: {} {}", row.operation, got.status, got.text));
                        }
                    }
                }
            }
        }
        assert!(wrongs.is_empty(), "{} wrong answers:\n{}", wrongs.len(), wrongs.join("\n"));
        assert!(tried > 500, "{tried}");
        assert_eq!(held(&hall).await, before, "who is refused changes nothing");
        hall.close().await;
    }

    async fn a_region_or_a_panel_does_not_reach_what_is_beside_it(db) {
        let (world, people) = build(&db).await;
        let hall = Hall::open(db.same()).await;
        let before = held(&hall).await;
        let mut wrongs = Vec::new();
        for row in table(&world) {
            if row.verdict(Who::Contestant) == Verdict::Allowed {
                continue;
            }
            let (template, _) = operation(row.operation);
            for (step, name) in variables(template) {
                // The entry of Chengdu, and its group.
                let beside = match name {
                    "number" | "n" | "entry" => "2",
                    "group" => "chengdu",
                    _ => continue,
                };
                for who in [Who::Owner, Who::Judge, Who::Chair, Who::Recused, Who::OfShanghai].into_iter().filter(|who| row.may().any(|m| m == *who)) {
                    let path = exchanged(&row.path, step, beside);
                    if path == row.path {
                        continue;
                    }
                    let got = row.send_as(&hall, people.get(who), &path, row.body.as_ref().map(ToString::to_string)).await;
                    if !matches!(got.status, 403 | 404) {
                        wrongs.push(format!("{} as {who:?} at {path}: {} {}", row.operation, got.status, got.text));
                    }
                }
            }
        }
        assert!(wrongs.is_empty(), "{} wrong answers:\n{}", wrongs.len(), wrongs.join("\n"));
        assert_eq!(held(&hall).await, before, "who is refused changes nothing");
        hall.close().await;
    }

    async fn what_is_no_id_leads_nowhere(db) {
        let (world, people) = build(&db).await;
        let hall = Hall::open(db.same()).await;
        let before = held(&hall).await;
        let mut wrongs = Vec::new();
        let long = "a".repeat(3000);
        for row in table(&world) {
            let (template, _) = operation(row.operation);
            // Who sits at a tablet is nobody of the table.
            let Some(who) = row.may().last() else { continue };
            let persona = people.get(who);
            // A new panel may have any name.
            let named = variables(template).into_iter().filter(|(_, name)| *name != "panel");
            for (step, name) in named {
                for bad in MALFORMED.iter().chain([&long.as_str()]) {
                    let came = wire(&hall, request(&row, persona, &exchanged(&row.path, step, bad)).as_bytes()).await;
                    let status = statuses(&came);
                    if status.len() != 1 || !(400..500).contains(&status[0]) || came.contains("X-Evil: 1\r") {
                        wrongs.push(format!("{} with {name} {bad}: {came}", row.operation));
                    }
                }
            }
        }
        assert!(wrongs.is_empty(), "{} wrong answers:\n{}", wrongs.len(), wrongs.join("\n"));
        assert_eq!(held(&hall).await, before, "what is refused changes nothing");
        hall.close().await;
    }

    async fn no_parameter_of_a_query_is_more_than_its_value(db) {
        let (world, people) = build(&db).await;
        let hall = Hall::open(db.same()).await;
        let before = held(&hall).await;
        let rows = table(&world);
        for row in rows.iter().filter(|row| row.method == reqwest::Method::GET && !row.path.ends_with('z')) {
            let (_, says) = operation(row.operation);
            let parameters = says["parameters"].as_array().into_iter().flatten();
            // Who sits at a tablet is nobody of the table.
            let Some(who) = row.may().last() else { continue };
            let persona = people.get(who);
            for name in parameters.filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap()) {
                let path = row.path.split('?').next().unwrap();
                for bad in MALFORMED {
                    let came = wire(&hall, request(row, persona, &format!("{path}?{name}={bad}")).as_bytes()).await;
                    let status = statuses(&came);
                    assert!(matches!(status[..], [200 | 400 | 404 | 422]), "{} with {name}={bad}: {came}", row.operation);
                    if bad.contains("OR") && status == [200] {
                        assert!(came.contains("\"items\":[]"), "{} with {name}={bad}: {came}", row.operation);
                    }
                }
            }
            let got = hall.welcome(persona).get(&format!("{}?{}", row.path.split('?').next().unwrap(), "role=admin&x=1")).await;
            assert!(got.status == 422 || got.status == 200, "{}", got.text);
        }
        assert_eq!(held(&hall).await, before, "who reads changes nothing");
        hall.close().await;
    }
}

/// A request as it goes over the wire: clients would clean its address.
fn request(row: &Row, persona: &Persona, path: &str) -> String {
    let body = row.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut head = format!(
        "{} /api/v1{path} HTTP/1.1\r\nHost: palmares.example\r\nConnection: close\r\n",
        row.method
    );
    if let Some(token) = &persona.token {
        head += &format!("Authorization: Bearer {token}\r\n");
    }
    for (name, value) in &row.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        head += &format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        );
    }
    format!("{head}\r\n{body}")
}
