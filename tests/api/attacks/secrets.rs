//! Two worlds that differ in a secret alone. Whoever may not know it asks everything that can be read, of both: every answer
//! is the same, in its status, its headers and its bytes. So nothing leaks, be it through a list, a count, a search, an order,
//! a tag, or a refusal.

use serde_json::{Value, json};

use super::range::{document, schemas};
use crate::authorisation::world::Who::{self, *};
use crate::authorisation::world::{CUP, People, World, build, done};
use crate::hall::{Got, Hall, PASSWORD, Persona};
use crate::support::Db;

/// Every address that can be read, with each parameter of its query.
fn everything(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        let Some(get) = item.get("get") else { continue };
        let Some(path) = path.strip_prefix("/api/v1") else {
            continue;
        };
        let mut paths = vec![String::new()];
        for step in path.split('/').skip(1) {
            let found = match step {
                "{slug}" => vec!["cup", "league"],
                "{code}" | "{round}" => vec!["first", "semi"],
                "{group}" => vec!["shanghai", "chengdu"],
                "{entry}" | "{n}" | "{number}" => vec!["1", "2", "3", "4", "5"],
                "{judge}" => vec![world.judge.as_str(), &world.chair],
                _ if step.starts_with('{') => panic!("say what {step} of {path} stands for"),
                _ => vec![step],
            };
            paths = paths
                .iter()
                .flat_map(|path| found.iter().map(move |step| format!("{path}/{step}")))
                .collect();
        }
        // Of the league it is enough to ask for one of each.
        let first = paths
            .iter()
            .position(|path| path.contains("/league"))
            .map(|i| paths[i].clone());
        paths.retain(|path| !path.contains("/league") || first.as_ref() == Some(path));
        for parameter in get["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|p| p["in"] == "query")
        {
            let name = parameter["name"].as_str().unwrap();
            let words = schemas(&parameter["schema"])
                .into_iter()
                .find_map(|s| s["enum"].as_array());
            let values: Vec<String> = match name {
                _ if words.is_some() => words
                    .unwrap()
                    .iter()
                    .map(|v| v.as_str().unwrap().into())
                    .collect(),
                "limit" => vec!["1".into(), "2".into()],
                "q" => ["Wind", "hush", "Li", "example.org", "careful"]
                    .map(str::to_owned)
                    .to_vec(),
                "region" | "group" => vec!["shanghai".into(), "chengdu".into()],
                "entry" => vec!["1".into(), "3".into()],
                "judge" => vec![world.judge.clone(), world.chair.clone()],
                "track" | "cursor" | "after" => continue,
                _ => panic!("say what {name} of {path} may be"),
            };
            let asked: Vec<_> = paths
                .iter()
                .filter(|path| !path.contains('?'))
                .flat_map(|path| values.iter().map(move |v| format!("{path}?{name}={v}")))
                .collect();
            paths.extend(asked);
        }
        all.extend(paths);
    }
    assert!(all.len() > 150, "{}", all.len());
    all
}

/// What an answer tells.
fn told(got: &Got) -> String {
    let mut headers: Vec<_> = got
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    format!("{} {} {headers:?}", got.status, got.text)
}

/// The two worlds, before anything was done in them.
struct Worlds {
    world: World,
    people: People,
    here: Hall,
    there: Hall,
}

impl Worlds {
    async fn of(db: &Db) -> Self {
        let (world, people) = build(db).await;
        let copy = db.copy();
        let here = Hall::open(db.same()).await;
        let there = Hall::open(copy).await;
        Self {
            world,
            people,
            here,
            there,
        }
    }

    /// Does the same in both, with what is different in each.
    async fn does(&self, who: Who, doing: impl AsyncFn(&Persona, usize)) {
        for (n, hall) in [&self.here, &self.there].into_iter().enumerate() {
            doing(&hall.welcome(self.people.get(who)), n).await;
        }
    }

    /// Panics when one who may not know sees a difference, or one who may know sees none: then it was not tried.
    async fn tell_nothing_but_to(self, may_know: &[Who], sees: Who) {
        let mut wrongs = Vec::new();
        let all = everything(&self.world);
        for who in Who::ALL
            .iter()
            .filter(|who| **who == sees || !may_know.contains(who))
        {
            let (here, there) = (
                self.here.welcome(self.people.get(*who)),
                self.there.welcome(self.people.get(*who)),
            );
            let mut differences = 0;
            for path in &all {
                let (a, b) = (here.get(path).await, there.get(path).await);
                assert!(a.status < 500, "{path}: {}", a.text);
                if told(&a) != told(&b) {
                    differences += 1;
                    if *who != sees {
                        wrongs.push(format!("{who:?} at {path}:\n  {}\n  {}", told(&a), told(&b)));
                    }
                }
            }
            if *who == sees {
                assert!(differences > 0, "{who:?} sees nothing: was anything done?");
            }
        }
        assert!(
            wrongs.is_empty(),
            "{} leaks:\n{}",
            wrongs.len(),
            wrongs.join("\n")
        );
        self.here.close().await;
        self.there.close().await;
    }
}

both_databases! {
    async fn marks_of_an_open_group_are_their_judges_own(db) {
        let worlds = Worlds::of(&db).await;
        worlds.does(Recused, async |judge, n| {
            let marks = [json!({ "idea": "10", "team": "10" }), json!({ "idea": "60", "team": "40" })];
            let path = format!("{CUP}/rounds/semi/entries/3/ballot/submission");
            let body = json!({ "marks": marks[n], "comment": (["hush", "hush, this one wins"][n]) }).to_string();
            done(judge.send(reqwest::Method::POST, &path, Some(body), &[("If-None-Match", "*")]).await);
        }).await;
        worlds.tell_nothing_but_to(&[Recused, Organizer, OfShanghai, Observer], Recused).await;
    }

    async fn what_officials_decide_is_not_told_before_it_is_published(db) {
        let worlds = Worlds::of(&db).await;
        let late = format!("{CUP}/rounds/first/entries/1/ballots/{}/acceptance", worlds.world.judge);
        worlds.does(Organizer, async |organizer, n| {
            let semi = format!("{CUP}/rounds/semi");
            let votes = json!({ "values": { "votes": (["1", "9"][n]) } });
            done(organizer.put_new(&format!("{semi}/entries/3/recorded"), votes).await);
            let penalty = json!({ "entry": 3, "points": (["-1.00", "-5.00"][n]), "reason": (["hush", "hush, much too late"][n]) });
            done(organizer.post(&format!("{semi}/adjustments"), penalty).await);
            let decision = json!({ "version": 1, "decision": (["accepted", "left"][n]), "reason": "The network was down." });
            done(organizer.post(&late, decision).await);
            let invitation = json!({ "email": (["hush@example.org", "hush.hush@example.org"][n]), "role": "judge" });
            done(organizer.post(&format!("{CUP}/invitations"), invitation).await);
            let tie = json!({ "kind": "chair", "order": ([[1, 3], [3, 1]][n]), "reason": "The idea weighs more." });
            done(organizer.post(&format!("{CUP}/rounds/first/groups/shanghai/tie-decisions"), tie).await);
        }).await;
        worlds.does(Judge, async |judge, n| {
            let recusal = json!({ "reason": (["hush", "hush, my brother's"][n]) });
            done(judge.post(&format!("{CUP}/rounds/semi/entries/3/recusal"), recusal).await);
        }).await;
        worlds.tell_nothing_but_to(&[Organizer, OfShanghai, Observer, Chair, Judge, Clerk, Admin], Organizer).await;
    }

    async fn who_goes_on_is_not_told_before_it_is_published(db) {
        let worlds = Worlds::of(&db).await;
        let late = format!("{CUP}/rounds/first/entries/1/ballots/{}/acceptance", worlds.world.judge);
        worlds.does(Organizer, async |organizer, n| {
            let first = format!("{CUP}/rounds/first");
            // In one world the late ballot counts, and entry 3 is out.
            let decision = json!({ "version": 1, "decision": (["accepted", "left"][n]), "reason": "The network was down." });
            done(organizer.post(&late, decision).await);
            if n == 1 {
                let out = json!({ "reason": "Copied." });
                done(organizer.post(&format!("{first}/entries/3/disqualification"), out).await);
            } else {
                let tie = json!({ "kind": "chair", "order": [1, 3], "reason": "The idea weighs more." });
                done(organizer.post(&format!("{first}/groups/shanghai/tie-decisions"), tie).await);
            }
            let groups = done(organizer.get(&format!("{first}/groups")).await);
            let seen = json!({ "revision": groups["items"][0]["revision"] });
            done(organizer.post(&format!("{first}/groups/shanghai/advancement"), seen).await);
        }).await;
        worlds.tell_nothing_but_to(&[Organizer, OfShanghai, OfChengdu, Observer, Chair, Judge, Recused, Clerk], Organizer).await;
    }

    async fn what_teams_write_is_not_told_to_judges_and_other_teams(db) {
        let worlds = Worlds::of(&db).await;
        worlds.does(Organizer, async |organizer, _| {
            let now = organizer.get(CUP).await;
            let settings = json!({ "slug": "cup", "name": { "en": "cup" }, "time_zone": "Asia/Shanghai", "blind": true,
                "registration": { "opens_at": "2026-06-01T00:00:00Z", "closes_at": "2026-08-01T00:00:00Z" } });
            done(organizer.put(CUP, &now.tag(), settings).await);
        }).await;
        let entry = |n: usize, title: &str| json!({ "title": { "en": title }, "region": "shanghai", "institution": (["Hush", "Hush University"][n]),
            "country": (["China", "Italy"][n]), "team": [{ "name": (["Li", "Hush Li"][n]), "email": (["mate@example.org", "hush@example.org"][n]) }] });
        worlds.does(Organizer, async |organizer, n| {
            let path = format!("{CUP}/entries/5");
            let now = organizer.get(&path).await;
            done(organizer.put(&path, &now.tag(), entry(n, "Wind at sea")).await);
        }).await;
        worlds.does(Owner, async |owner, n| {
            // A draft, sessions, a second factor.
            let path = format!("{CUP}/entries/4");
            let now = owner.get(&path).await;
            done(owner.put(&path, &now.tag(), entry(n, ["Hush", "Hush at sea"][n])).await);
            if n == 1 {
                done(owner.post("/me/second-factor", json!({})).await);
                done(owner.post("/me/tokens", json!({ "name": "Hush", "scopes": ["read"] })).await);
            }
        }).await;
        worlds.does(Elsewhere, async |organizer, n| {
            let now = organizer.get("/competitions/league").await;
            let settings = json!({ "slug": "league", "name": { "en": (["Hush", "Hush hush"][n]) }, "time_zone": "Asia/Shanghai" });
            done(organizer.put("/competitions/league", &now.tag(), settings).await);
            if n == 1 {
                done(organizer.post("/competitions/league/rounds", json!({ "code": "first", "title": { "en": "Hush" } })).await);
            }
        }).await;
        worlds.does(Guest, async |guest, n| {
            let account = json!({ "email": (["hush@example.net", "hush.hush@example.net"][n]), "password": PASSWORD, "name": "Hush" });
            done(guest.post("/users", account).await);
        }).await;
        worlds.tell_nothing_but_to(&[Owner, Mate, Organizer, OfShanghai, Observer, Clerk, Elsewhere, Admin], Owner).await;
    }

    async fn what_a_team_answers_is_not_told_to_others(db) {
        let worlds = Worlds::of(&db).await;
        worlds.does(Contestant, async |team, n| {
            let path = format!("{CUP}/rounds/first/entries/2/offer/answer");
            let answer = json!({ "comes": n == 0, "reason": (["hush", "hush, no money"][n]) });
            done(team.put(&path, "\"v1\"", answer).await);
        }).await;
        worlds.tell_nothing_but_to(&[Contestant, Organizer, OfShanghai, OfChengdu, Observer], Contestant).await;
    }

    async fn how_much_is_written_elsewhere_is_told_by_no_number(db) {
        let worlds = Worlds::of(&db).await;
        worlds.does(Elsewhere, async |organizer, n| {
            for round in 0..7 * n {
                let body = json!({ "code": format!("r{round}"), "title": { "en": "Round" } });
                done(organizer.post("/competitions/league/rounds", body).await);
            }
        }).await;
        worlds.does(Admin, async |admin, n| {
            for another in 0..5 * n {
                let body = json!({ "slug": format!("hidden-{another}"), "name": { "en": "Hidden" }, "time_zone": "Asia/Shanghai" });
                done(admin.post("/competitions", body).await);
            }
            let body = json!({ "slug": "gala", "name": { "en": "Gala" }, "time_zone": "Asia/Shanghai", "organizers": ["organizer@example.org"] });
            done(admin.post("/competitions", body).await);
        }).await;
        worlds.does(Organizer, async |organizer, _| {
            done(organizer.post("/competitions/gala/publication", json!({})).await);
            let penalty = json!({ "entry": 3, "points": "-1.00", "reason": "Late." });
            done(organizer.post(&format!("{CUP}/rounds/semi/adjustments"), penalty).await);
            done(organizer.post(&format!("{CUP}/rounds"), json!({ "code": "gala", "title": { "en": "Gala" } })).await);
            done(organizer.post(&format!("{CUP}/tablets"), json!({ "name": "Table 9" })).await);
        }).await;
        worlds.does(Owner, async |owner, _| {
            let entry = json!({ "title": { "en": "Moon" }, "region": "shanghai", "team": [{ "name": "Li" }] });
            done(owner.post(&format!("{CUP}/entries"), entry).await);
        }).await;
        let mut asked = everything(&worlds.world);
        // Further pages, and the log from a line on.
        asked.extend(["/competitions?limit=1".to_owned(), format!("{CUP}/entries?limit=1"), format!("{CUP}/changes?limit=2")]);
        let (mut wrongs, mut compared) = (Vec::new(), 0);
        for who in Who::ALL.iter().filter(|who| !matches!(who, Elsewhere | Admin)) {
            let persona = worlds.people.get(*who);
            for path in &asked {
                let (mut a, mut b) = (worlds.here.welcome(persona).get(path).await, worlds.there.welcome(persona).get(path).await);
                for _ in 0..3 {
                    compared += 1;
                    if nameless(&a) != nameless(&b) {
                        wrongs.push(format!("{who:?} at {path}:\n  {}\n  {}", nameless(&a), nameless(&b)));
                    }
                    let (Some(x), Some(y)) = (a.body["next"].as_str(), b.body["next"].as_str()) else { break };
                    let parameter = if path.contains("/changes") { "after" } else { "cursor" };
                    let next = |cursor: &str| format!("{path}{}{parameter}={cursor}", if path.contains('?') { '&' } else { '?' });
                    (a, b) = (worlds.here.welcome(persona).get(&next(x)).await, worlds.there.welcome(persona).get(&next(y)).await);
                }
            }
        }
        assert!(wrongs.is_empty(), "{} numbers tell:\n{}", wrongs.len(), wrongs.join("\n"));
        assert!(compared > 1000, "{compared}");
        worlds.here.close().await;
        worlds.there.close().await;
    }
}

/// An answer without its random ids, and without the tags that are made from them.
fn nameless(got: &Got) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut masked = String::new();
    let mut rest = got.text.as_str();
    while let Some(start) = rest.find(is_part) {
        let word = rest[start..].split(|c| !is_part(c)).next().unwrap();
        masked += &rest[..start];
        masked += if matches!(word.len(), 16 | 48) {
            "…"
        } else {
            word
        };
        rest = &rest[start + word.len()..];
    }
    let tag = got.header("etag").filter(|tag| tag.starts_with("\"v"));
    format!("{} {masked}{rest} {tag:?}", got.status)
}

#[test]
fn an_answer_is_told_with_its_tags() {
    let got = |tag: &str| {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("etag", tag.parse().unwrap());
        headers.insert("date", tag.parse().unwrap());
        Got {
            request: String::new(),
            status: 200,
            headers,
            text: "{}".into(),
            body: Value::Null,
        }
    };
    assert_ne!(told(&got("\"v1\"")), told(&got("\"v2\"")));
    assert!(!told(&got("\"v1\"")).contains("date"));
}
