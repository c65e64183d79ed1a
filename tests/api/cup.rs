//! A contest that is ready for its rounds, put straight into the tables: what comes before is tried elsewhere.

use diesel::prelude::*;
use palmares::app::Tx;
use palmares::domain::ids::{CompetitionId, EntryId, PublicId, RegionId, TrackId, UserId};
use palmares::domain::user::Role;
use palmares::error::Result;
use palmares::store::schema::{competitions, entries, events, members, regions, team_members, tracks};
use palmares::store::users;
use serde_json::{Value, json};

use crate::hall::{Hall, Persona};

/// The published competition `cup` with the regions Shanghai and Chengdu, the tracks Biomedicine and Energy, and a
/// choice between start-up and growth.
pub struct Stage {
    pub hall: Hall,
    pub id: CompetitionId,
    pub organizer: Persona,
    regions: Vec<RegionId>,
    tracks: Vec<TrackId>,
}

pub const CUP: &str = "/competitions/cup";
pub const SHANGHAI: usize = 0;
pub const CHENGDU: usize = 1;

impl Stage {
    pub async fn set(hall: Hall) -> Self {
        let (id, regions, tracks) = hall.app.write(competition).await.unwrap();
        let organizer = hall.person("organizer").await;
        let stage = Self {
            hall,
            id,
            organizer,
            regions,
            tracks,
        };
        stage.member(&stage.organizer, Role::Organizer, None).await;
        stage
    }

    /// Makes somebody a member, perhaps of one region only.
    pub async fn member(&self, persona: &Persona, role: Role, region: Option<usize>) {
        let (id, user) = (self.id, PublicId(persona.id.clone()));
        let region = region.map(|r| self.regions[r]);
        let work = move |tx: &mut Tx<'_>| {
            let row = users::by_public_id(tx.conn, &user)?.unwrap();
            let public_id = format!("{user}-{role}-{region:?}");
            diesel::insert_into(members::table)
                .values((
                    members::public_id.eq(public_id),
                    members::competition_id.eq(id),
                    members::user_id.eq(row.id),
                    members::role.eq(role),
                    members::region_id.eq(region),
                    members::created_at.eq(tx.now),
                    members::version.eq(1),
                ))
                .execute(tx.conn)?;
            Ok(())
        };
        self.hall.app.write(work).await.unwrap();
    }

    /// A judge of the competition.
    pub async fn judge(&self, name: &str) -> Persona {
        let judge = self.hall.person(name).await;
        self.member(&judge, Role::Judge, None).await;
        judge
    }

    /// An accepted entry of a region, in Biomedicine, a start-up.
    pub async fn entry(&self, number: i64, region: usize) -> EntryId {
        self.entry_with(number, Some(region), json!({ "stage": "start-up" }), None)
            .await
    }

    /// An accepted entry.
    pub async fn entry_with(
        &self,
        number: i64,
        region: Option<usize>,
        answers: Value,
        owner: Option<&Persona>,
    ) -> EntryId {
        let (id, track) = (self.id, self.tracks[0]);
        let region = region.map(|r| self.regions[r]);
        let owner = owner.map(|o| PublicId(o.id.clone()));
        let work = move |tx: &mut Tx<'_>| {
            let owner: Option<UserId> = match &owner {
                Some(owner) => users::by_public_id(tx.conn, owner)?.map(|u| u.id),
                None => None,
            };
            Ok(diesel::insert_into(entries::table)
                .values((
                    entries::competition_id.eq(id),
                    entries::number.eq(number),
                    entries::owner_id.eq(owner),
                    entries::status.eq("accepted"),
                    entries::title.eq(json!({ "en": format!("Project {number}") }).to_string()),
                    entries::summary.eq("{}"),
                    entries::track_id.eq(track),
                    entries::region_id.eq(region),
                    entries::answers.eq(answers.to_string()),
                    entries::created_at.eq(tx.now),
                    entries::updated_at.eq(tx.now),
                    entries::version.eq(1),
                ))
                .returning(entries::id)
                .get_result(tx.conn)?)
        };
        self.hall.app.write(work).await.unwrap()
    }

    /// Names somebody in the team of an entry.
    pub async fn team(&self, entry: EntryId, email: &str) {
        let email = email.to_owned();
        let work = move |tx: &mut Tx<'_>| {
            diesel::insert_into(team_members::table)
                .values((
                    team_members::entry_id.eq(entry),
                    team_members::position.eq(1),
                    team_members::name.eq("Somebody"),
                    team_members::email.eq(&email),
                ))
                .execute(tx.conn)?;
            Ok(())
        };
        self.hall.app.write(work).await.unwrap();
    }

    /// Any change of the tables.
    pub async fn sql(&self, sql: impl Into<String>) {
        let sql = sql.into();
        let work = move |tx: &mut Tx<'_>| {
            diesel::sql_query(sql.clone()).execute(tx.conn)?;
            Ok(())
        };
        self.hall.app.write(work).await.unwrap();
    }

    /// What the log says of an action: subject, versions before and after, details.
    pub async fn log(&self, action: &'static str) -> Vec<(String, (Option<i64>, Option<i64>), Value)> {
        let work = move |tx: &mut Tx<'_>| {
            let rows: Vec<(String, Option<i64>, Option<i64>, String)> = events::table
                .filter(events::action.eq(action))
                .order(events::id)
                .select((
                    events::subject,
                    events::version_from,
                    events::version_to,
                    events::details,
                ))
                .load(tx.conn)?;
            Ok(rows)
        };
        let rows = self.hall.app.read(work).await.unwrap();
        let line =
            |(subject, from, to, details): (_, _, _, String)| (subject, (from, to), details.parse().unwrap());
        rows.into_iter().map(line).collect()
    }

    /// A round with rules; `settings` are added to the smallest document there is.
    pub async fn round(&self, code: &str, settings: Value) {
        let round = json!({ "code": code, "title": { "en": code } });
        self.organizer
            .post(&format!("{CUP}/rounds"), round)
            .await
            .created();
        let path = format!("{CUP}/rounds/{code}/rules");
        self.organizer.put_new(&path, rules(settings)).await.created();
    }

    /// A round `final` with one group `all` of entries 1 to 4, and a panel of these judges.
    pub async fn final_of_four(&self, judges: &[&Persona]) {
        for number in 1..=4 {
            self.entry(number, SHANGHAI).await;
        }
        self.round("final", json!({})).await;
        self.organizer
            .post(&format!("{CUP}/rounds/final/intake"), json!({}))
            .await
            .ok();
        let path = format!("{CUP}/rounds/final/panels/a");
        self.organizer
            .put_new(&path, panel("all", judges))
            .await
            .created();
    }

    pub async fn open(&self, round: &str, group: &str) {
        let path = format!("{CUP}/rounds/{round}/groups/{group}/opening");
        self.organizer.post(&path, json!({})).await.ok();
    }

    pub async fn close(self) {
        self.hall.close().await;
    }
}

/// The smallest rules with some settings more.
pub fn rules(settings: Value) -> Value {
    let mut rules = json!({ "schema": 1, "rubric": { "criteria": [
        { "code": "idea", "max": "60", "step": "0.5" }, { "code": "team", "max": "40", "step": "0.5" } ] } });
    for (key, value) in settings.as_object().unwrap() {
        rules[key] = value.clone();
    }
    rules
}

/// A panel for a group.
pub fn panel(group: &str, judges: &[&Persona]) -> Value {
    let judges: Vec<_> = judges.iter().map(|j| json!({ "judge": j.id })).collect();
    json!({ "group": group, "judges": judges })
}

fn competition(tx: &mut Tx<'_>) -> Result<(CompetitionId, Vec<RegionId>, Vec<TrackId>)> {
    let fields = json!([{ "code": "stage", "title": { "en": "Stage" }, "kind": "choice", "choices": [
        { "code": "start-up", "title": { "en": "Start-up" } }, { "code": "growth", "title": { "en": "Growth" } } ] }]);
    let id: CompetitionId = diesel::insert_into(competitions::table)
        .values((
            competitions::slug.eq("cup"),
            competitions::name.eq(json!({ "en": "Cup" }).to_string()),
            competitions::description.eq("{}"),
            competitions::time_zone.eq("Asia/Shanghai"),
            competitions::blind.eq(false),
            competitions::team_min.eq(1),
            competitions::team_max.eq(10),
            competitions::fields.eq(fields.to_string()),
            competitions::last_entry_number.eq(1000),
            competitions::published_at.eq(tx.now),
            competitions::created_at.eq(tx.now),
            competitions::version.eq(1),
        ))
        .returning(competitions::id)
        .get_result(tx.conn)?;
    let (mut found_regions, mut found_tracks) = (Vec::new(), Vec::new());
    for (position, (code, en, zh)) in [("shanghai", "Shanghai", "上海"), ("chengdu", "Chengdu", "成都")]
        .into_iter()
        .enumerate()
    {
        found_regions.push(
            diesel::insert_into(regions::table)
                .values((
                    regions::competition_id.eq(id),
                    regions::code.eq(code),
                    regions::name.eq(json!({ "en": en, "zh": zh }).to_string()),
                    regions::position.eq(position as i64),
                ))
                .returning(regions::id)
                .get_result(tx.conn)?,
        );
    }
    for (position, (code, en)) in [("bio", "Biomedicine"), ("energy", "Energy")]
        .into_iter()
        .enumerate()
    {
        found_tracks.push(
            diesel::insert_into(tracks::table)
                .values((
                    tracks::competition_id.eq(id),
                    tracks::code.eq(code),
                    tracks::name.eq(json!({ "en": en }).to_string()),
                    tracks::position.eq(position as i64),
                ))
                .returning(tracks::id)
                .get_result(tx.conn)?,
        );
    }
    Ok((id, found_regions, found_tracks))
}
