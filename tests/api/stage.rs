//! A round that is being judged, made row by row: where the tests of ballots begin is where others end.

use diesel::prelude::*;
use palmares::domain::round::Phase;
use palmares::domain::time::Stamp;
use palmares::store::conn::Conn;
use palmares::store::schema::{
    assignments, competitions, entries, events, members, panel_judges, panels, regions, round_entries,
    round_groups, round_judges, rounds, rules_versions, users,
};
use reqwest::Method;
use serde_json::Value;

use crate::hall::{Got, Hall, Persona};
use crate::support::Db;

/// The rules: two criteria that judges mark, one that officials measure.
pub const RULES: &str = r#"{ "schema": 1,
    "rubric": { "criteria": [
        { "code": "technology", "title": { "en": "Technology", "zh": "技术" }, "max": "30", "step": "0.5" },
        { "code": "team", "title": { "en": "Team", "zh": "团队" }, "max": "25", "step": "0.5" },
        { "code": "votes", "title": { "en": "Votes", "zh": "票数" }, "kind": "recorded", "max": "100", "step": "0.01" } ] },
    "rounding": { "entry": { "decimals": 2 } }, "ranking": { "ties": [ { "by": "chair" }, { "by": "lot" } ] } }"#;

/// A competition with the round `final`, whose group `all` is open. Entries 1, 2 and 3 take part. Wang, who chairs the
/// panel, and Li judge entries 1 and 2; Li has stepped down from entry 2 and was absent for entry 3; Zhou owns entry 1.
pub struct Stage {
    pub hall: Hall,
    pub organizer: Persona,
    pub clerk: Persona,
    pub second_clerk: Persona,
    pub observer: Persona,
    pub wang: Persona,
    pub li: Persona,
    pub zhou: Persona,
    pub stranger: Persona,
    pub group: i64,
    pub round: i64,
}

/// The address of an entry's ballots and values in the round.
pub fn entry(number: i64, rest: &str) -> String {
    format!("/competitions/talents-cup/rounds/final/entries/{number}/{rest}")
}

/// The address of something in the round.
pub fn round(rest: &str) -> String {
    format!("/competitions/talents-cup/rounds/final/{rest}")
}

impl Stage {
    pub async fn open(db: Db) -> Self {
        Self::with_rules(db, RULES).await
    }

    pub async fn with_rules(db: Db, rules: &'static str) -> Self {
        let hall = Hall::open(db).await;
        let [organizer, clerk, second_clerk, observer, wang, li, zhou, stranger] = [
            hall.person("organizer").await,
            hall.person("clerk").await,
            hall.person("second clerk").await,
            hall.person("observer").await,
            hall.person("wang").await,
            hall.person("li").await,
            hall.person("zhou").await,
            hall.person("stranger").await,
        ];
        let ids = [&organizer, &clerk, &second_clerk, &observer, &wang, &li, &zhou].map(|p| p.id.clone());
        let (round, group) = hall
            .app
            .write(move |tx| Ok(rows(tx.conn, tx.now, rules, &ids)))
            .await
            .unwrap();
        Self {
            hall,
            organizer,
            clerk,
            second_clerk,
            observer,
            wang,
            li,
            zhou,
            stranger,
            group,
            round,
        }
    }

    /// Sets how far the group is.
    pub async fn phase(&self, phase: Phase) {
        let group = self.group;
        let set = move |conn: &mut Conn| {
            diesel::update(round_groups::table.find(group))
                .set(round_groups::phase.eq(phase))
                .execute(conn)
        };
        self.change(set).await;
    }

    /// Changes rows by hand.
    pub async fn change(&self, change: impl Fn(&mut Conn) -> QueryResult<usize> + Send + 'static) {
        let changed = self.hall.app.write(move |tx| Ok(change(tx.conn)?)).await;
        assert!(changed.unwrap() > 0);
    }

    /// The log: actions with their subjects.
    pub async fn log(&self) -> Vec<(String, String)> {
        let rows = |conn: &mut Conn| {
            events::table
                .filter(events::competition_id.is_not_null())
                .order(events::id)
                .select((events::action, events::subject))
                .load(conn)
        };
        self.hall.app.read(move |tx| Ok(rows(tx.conn)?)).await.unwrap()
    }

    pub async fn close(self) {
        self.hall.close().await;
    }
}

impl Persona {
    /// A POST on top of a version, given by its tag; with no tag, on top of nothing.
    pub async fn post_on(&self, path: &str, tag: Option<&str>, body: Option<Value>) -> Got {
        let header = tag.map_or(("If-None-Match", "*"), |tag| ("If-Match", tag));
        self.send(Method::POST, path, body.map(|b| b.to_string()), &[header])
            .await
    }

    /// A PUT of a body letter for letter, on top of nothing.
    pub async fn put_text(&self, path: &str, body: &str) -> Got {
        self.send(
            Method::PUT,
            path,
            Some(body.to_owned()),
            &[("If-None-Match", "*")],
        )
        .await
    }
}

/// Inserts a row and gives its id.
macro_rules! row {
    ($conn:expr, $table:ident, $($column:ident = $value:expr),+ $(,)?) => {
        diesel::insert_into($table::table)
            .values(($($table::$column.eq($value),)+))
            .returning($table::id)
            .get_result::<i64>($conn)
            .unwrap()
    };
}

fn rows(conn: &mut Conn, now: Stamp, rules: &str, people: &[String; 7]) -> (i64, i64) {
    let user = |conn: &mut Conn, id: &String| {
        users::table
            .filter(users::public_id.eq(id))
            .select(users::id)
            .first::<i64>(conn)
            .unwrap()
    };
    let [organizer, clerk, second_clerk, observer, wang, li, zhou] =
        std::array::from_fn(|i| user(conn, &people[i]));
    let name = r#"{"en":"A name"}"#;
    let competition = row!(
        conn,
        competitions,
        slug = "talents-cup",
        name = name,
        description = name,
        time_zone = "Asia/Shanghai",
        blind = false,
        team_min = 1,
        team_max = 20,
        fields = "[]",
        last_entry_number = 3,
        published_at = Some(now),
        created_at = now,
        version = 1
    );
    let region = row!(
        conn,
        regions,
        competition_id = competition,
        code = "shanghai",
        name = name,
        position = 1
    );
    let roles = [
        (organizer, "organizer"),
        (clerk, "clerk"),
        (second_clerk, "clerk"),
        (observer, "observer"),
        (wang, "judge"),
        (li, "judge"),
    ];
    for (user, role) in roles {
        row!(
            conn,
            members,
            public_id = format!("m{user}"),
            competition_id = competition,
            user_id = user,
            role = role,
            created_at = now,
            version = 1
        );
    }
    let round = row!(
        conn,
        rounds,
        competition_id = competition,
        code = "final",
        position = 1,
        title = name,
        on_stage = false,
        release = "place",
        public_list = "all",
        rules_version = 1,
        fixed_at = Some(now),
        created_at = now,
        version = 1
    );
    row!(
        conn,
        rules_versions,
        round_id = round,
        number = 1,
        document = rules,
        created_by = organizer,
        created_at = now
    );
    let group = row!(
        conn,
        round_groups,
        round_id = round,
        code = "all",
        title = name,
        group_key = "{}",
        phase = "open",
        opened_at = Some(now),
        version = 2
    );
    let panel = row!(
        conn,
        panels,
        round_id = round,
        group_id = group,
        code = "one",
        title = name,
        version = 1
    );
    let [first, second] = [(wang, "J1", true), (li, "J2", false)].map(|(user, code, is_chair)| {
        let judge = row!(
            conn,
            round_judges,
            round_id = round,
            user_id = user,
            code = code,
            created_at = now
        );
        row!(
            conn,
            panel_judges,
            panel_id = panel,
            judge_id = judge,
            is_chair = is_chair
        );
        judge
    });
    let seats = [
        (1, first, "assigned"),
        (1, second, "assigned"),
        (2, first, "assigned"),
        (2, second, "recused"),
        (3, second, "absent"),
    ];
    for number in 1..=3 {
        let entry = row!(
            conn,
            entries,
            competition_id = competition,
            number = number,
            owner_id = (number == 1).then_some(zhou),
            status = "accepted",
            title = name,
            summary = name,
            region_id = Some(region),
            answers = "{}",
            created_at = now,
            updated_at = now,
            version = 1
        );
        let place = row!(
            conn,
            round_entries,
            round_id = round,
            group_id = group,
            entry_id = entry,
            status = "taking_part",
            recorded = "{}",
            recorded_version = 0,
            created_at = now,
            version = 1
        );
        for (_, judge, status) in seats.iter().filter(|seat| seat.0 == number) {
            row!(
                conn,
                assignments,
                round_id = round,
                group_id = group,
                round_entry_id = place,
                judge_id = *judge,
                panel_id = Some(panel),
                status = *status,
                changed_at = now,
                version = 1
            );
        }
    }
    (round, group)
}
