//! The contest that the table is tried on: every phase of a group, everybody who can have to do with it.
//!
//! The cup has the regions Shanghai and Chengdu and three rounds, each with a group for each region:
//! - `first`: Shanghai is closed, with a ballot that came late; Chengdu is published, and entry 2 is offered its place;
//! - `semi`: Shanghai is open, with a ballot, a draft on paper and a penalty; Chengdu is a draft;
//! - `final`: nothing yet but its rules.
//!
//! Entries 1 and 3 are of Shanghai, 2 of Chengdu, 4 and 5 of Shanghai are a draft and submitted.

use std::collections::BTreeMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use palmares::app::post::Post;
use palmares::app::random;
use palmares::domain::ids::PublicId;
use palmares::domain::letter::LinkKind;
use palmares::store::identities::{self, NewIdentity};
use palmares::store::links::{self, Link};
use palmares::store::phones;
use palmares::store::schema::{competitions, sign_in_codes};
use palmares::store::users;
use serde_json::{Value, json};

use super::contests;
use crate::hall::{Got, Hall, Persona};
use crate::support::Db;

/// Everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Guest,
    /// Has an account and no more.
    Contestant,
    /// Owns entries 1, 4 and 5, of Shanghai.
    Owner,
    /// Stands in the team of entry 1 by their e-mail address.
    Mate,
    Clerk,
    /// Judges Shanghai's entries in every round.
    Judge,
    /// Judges Chengdu's entries only.
    OtherJudge,
    /// Was to judge Shanghai's entries, and stepped down from entry 1.
    Recused,
    /// Judges Shanghai's entries and chairs the panels there.
    Chair,
    Organizer,
    /// Organizes what belongs to Shanghai.
    OfShanghai,
    /// Organizes what belongs to Chengdu.
    OfChengdu,
    Observer,
    Admin,
    /// Organizes another competition.
    Elsewhere,
    /// Organizes this one and owns an entry of it.
    Interested,
}

impl Who {
    pub const ALL: &'static [Self] = &[
        Self::Guest,
        Self::Contestant,
        Self::Owner,
        Self::Mate,
        Self::Clerk,
        Self::Judge,
        Self::OtherJudge,
        Self::Recused,
        Self::Chair,
        Self::Organizer,
        Self::OfShanghai,
        Self::OfChengdu,
        Self::Observer,
        Self::Admin,
        Self::Elsewhere,
        Self::Interested,
    ];
}

/// The personas, whose tokens are good in every copy of the world.
pub struct People(BTreeMap<Who, Persona>);

impl People {
    pub fn get(&self, who: Who) -> &Persona {
        &self.0[&who]
    }
}

/// What the rows name.
pub struct World {
    /// The id of the judge.
    pub judge: String,
    /// The id of the chair.
    pub chair: String,
    /// The id of the other judge.
    pub other_judge: String,
    /// The membership of the clerk.
    pub member: String,
    /// The membership of the organizer who owns an entry, and its version.
    pub interested: String,
    pub invitation: String,
    /// The token of an invitation of the contestant.
    pub invitation_token: String,
    pub adjustment: String,
    /// Revisions of the groups, by round and group.
    pub revisions: BTreeMap<&'static str, i64>,
    /// Version of the competition.
    pub competition: i64,
    pub refresh_token: String,
    /// A session and an API token of the owner's.
    pub session: String,
    pub token: String,
    /// The other judge's link and its code, and a tablet.
    pub judge_link: String,
    pub judge_code: String,
    pub tablet: String,
    /// Who the owner is at a provider of single sign-on.
    pub identity: String,
    /// Somebody with a second factor: their id, a sign-in that waits for a code, a recovery code.
    pub careful: String,
    pub handle: String,
    pub recovery_code: String,
    pub contestant_email: String,
    pub opened: Opened,
    /// The organizer proposes to open Shanghai's group of the first round again.
    pub proposal: String,
}

/// What secrets open, and the message that some of them came with.
pub struct Opened {
    /// Sets the contestant's password.
    pub reset: String,
    /// Confirms the contestant's address.
    pub confirmation: String,
    /// The handle and the digits of a code that signs the contestant in.
    pub code: (String, String),
    /// The id of a message that waits.
    pub message: String,
}

pub const CUP: &str = "/competitions/cup";

/// Builds the world in a database and leaves it, so that it can be copied.
pub async fn build(db: &Db) -> (World, People) {
    let hall = Hall::open(db.same()).await;
    let admin = hall.admin().await;
    let built = contest(&hall, &admin, "cup").await;
    hall.close().await;
    built
}

/// The same with a second contest, just like the first: the trophy, of other people but for the admin.
pub async fn build_two(db: &Db) -> [(World, People); 2] {
    let hall = Hall::open(db.same()).await;
    let admin = hall.admin().await;
    let both = [
        contest(&hall, &admin, "cup").await,
        contest(&hall, &admin, "trophy").await,
    ];
    hall.close().await;
    both
}

async fn contest(hall: &Hall, admin: &Persona, slug: &str) -> (World, People) {
    let mut people = BTreeMap::from([(Who::Guest, hall.guest()), (Who::Admin, admin.clone())]);
    for who in Who::ALL {
        if !people.contains_key(who) {
            let name = format!("{who:?}").to_lowercase();
            let name = if slug == "cup" {
                name
            } else {
                format!("{slug}-{name}")
            };
            people.insert(*who, hall.person(&name).await);
        }
    }
    let people = People(people);
    let world = fill(hall, &people, slug).await;
    (world, people)
}

async fn fill(hall: &Hall, people: &People, slug: &str) -> World {
    let home = format!("/competitions/{slug}");
    let p = |who| people.get(who);
    let (admin, organizer, owner) = (p(Who::Admin), p(Who::Organizer), p(Who::Owner));
    let hidden = if slug == "cup" { "league" } else { "other-league" };
    for (slug, who) in [(slug, organizer), (hidden, p(Who::Elsewhere))] {
        let body = json!({ "slug": slug, "name": { "en": slug }, "time_zone": "Asia/Shanghai", "organizers": [who.email],
            "registration": { "opens_at": "2026-06-01T00:00:00Z", "closes_at": "2026-08-01T00:00:00Z" } });
        done(admin.post("/competitions", body).await);
    }
    let item = |code: &str| json!({ "code": code, "name": { "en": code } });
    let regions = json!({ "items": [item("shanghai"), item("chengdu")] });
    done(organizer.put(&format!("{home}/regions"), "\"v1\"", regions).await);
    done(organizer.post(&format!("{home}/publication"), json!({})).await);
    let mut members = BTreeMap::new();
    for (who, role, region) in [
        (Who::Clerk, "clerk", None),
        (Who::Judge, "judge", None),
        (Who::OtherJudge, "judge", None),
        (Who::Recused, "judge", None),
        (Who::Chair, "judge", None),
        (Who::OfShanghai, "organizer", Some("shanghai")),
        (Who::OfChengdu, "organizer", Some("chengdu")),
        (Who::Observer, "observer", None),
        (Who::Interested, "organizer", None),
    ] {
        let body = json!({ "email": p(who).email, "role": role, "region": region });
        let member = done(organizer.post(&format!("{home}/members"), body).await);
        members.insert(who, member["id"].as_str().unwrap().to_owned());
    }
    contests::entries(people, &home).await;
    contests::rounds(people, &home).await;
    let body = json!({ "email": p(Who::Contestant).email, "role": "clerk" });
    let invitation = done(organizer.post(&format!("{home}/invitations"), body).await);
    let body = json!({ "entry": 1, "points": "-1.00", "reason": "Late on stage." });
    let adjustment = done(
        organizer
            .post(&format!("{home}/rounds/semi/adjustments"), body)
            .await,
    );
    let mut revisions = BTreeMap::new();
    for (name, round, group) in [
        ("first/shanghai", "first", 0),
        ("first/chengdu", "first", 1),
        ("semi/shanghai", "semi", 0),
    ] {
        let groups = done(organizer.get(&format!("{home}/rounds/{round}/groups")).await);
        revisions.insert(name, groups["items"][group]["revision"].as_i64().unwrap());
    }
    let proof = json!({ "email": owner.email, "password": crate::hall::PASSWORD });
    let session = done(hall.guest().post("/sessions", proof).await);
    let sessions = done(owner.get("/me/sessions").await);
    let token = done(
        owner
            .post("/me/tokens", json!({ "name": "Board", "scopes": ["read"] }))
            .await,
    );
    let careful = hall.person(&format!("{slug}-careful")).await;
    let (_, codes) = crate::second_factor::enrol(hall, &careful).await;
    let proof = json!({ "email": careful.email, "password": crate::hall::PASSWORD });
    let halfway = done(hall.guest().post("/sessions", proof).await);
    let links = json!({ "judges": [p(Who::OtherJudge).id] });
    let link = done(organizer.post(&format!("{home}/judge-links"), links).await)["items"][0].take();
    let tablet = json!({ "name": "Table 3" });
    let tablet = done(organizer.post(&format!("{home}/tablets"), tablet).await);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    World {
        judge_link: text(&link["link"]["id"]),
        judge_code: text(&link["code"]),
        tablet: text(&tablet["tablet"]["id"]),
        judge: p(Who::Judge).id.clone(),
        chair: p(Who::Chair).id.clone(),
        other_judge: p(Who::OtherJudge).id.clone(),
        member: members[&Who::Clerk].clone(),
        interested: members[&Who::Interested].clone(),
        invitation: text(&invitation["id"]),
        invitation_token: text(&invitation["token"]),
        adjustment: text(&adjustment["id"]),
        revisions,
        competition: done(organizer.get(&home).await)["version"].as_i64().unwrap(),
        refresh_token: text(&session["refresh_token"]),
        session: text(&sessions["items"][0]["id"]),
        token: text(&token["token"]["id"]),
        identity: identity(hall, owner, slug == "cup").await,
        careful: careful.id,
        handle: text(&halfway["handle"]),
        recovery_code: codes[0].clone(),
        contestant_email: p(Who::Contestant).email.clone(),
        opened: opened(hall, admin, p(Who::Contestant)).await,
        proposal: proposal(hall, organizer, &home).await,
    }
}

/// Something that waits for a second person, in a competition that asked for two only then.
async fn proposal(hall: &Hall, organizer: &Persona, home: &str) -> String {
    let ask = |two: bool| {
        hall.app.write(move |tx| {
            let all = diesel::update(competitions::table);
            Ok(all.set(competitions::two_persons.eq(two)).execute(tx.conn)?)
        })
    };
    ask(true).await.unwrap();
    let reopening = format!("{home}/rounds/first/groups/shanghai/reopening");
    let proposed = organizer
        .post(&reopening, json!({ "reason": "A sheet was found." }))
        .await;
    ask(false).await.unwrap();
    proposed.expect(202)["id"].as_str().unwrap().to_owned()
}

async fn identity(hall: &Hall, owner: &Persona, first: bool) -> String {
    let (id, email) = (random::public_id(), owner.email.clone());
    let kept = id.clone();
    hall.app
        .write(move |tx| {
            let user = users::by_email(tx.conn, &email.parse().unwrap())?.unwrap();
            let identity = NewIdentity {
                public_id: kept.clone(),
                user_id: user.id,
                provider: "campus".parse().unwrap(),
                issuer: "https://id.example.edu".into(),
                subject: if first { "7" } else { "8" }.into(),
                created_at: tx.now,
            };
            let phone = if first { "+8613800138000" } else { "+8613800138001" };
            phones::set(tx.conn, user.id, Some(&phone.parse().unwrap()))?;
            identities::insert(tx.conn, &identity)
        })
        .await
        .unwrap();
    id.0
}

async fn opened(hall: &Hall, admin: &Persona, contestant: &Persona) -> Opened {
    let of = json!({ "email": contestant.email });
    let link = done(admin.post("/password-resets/links", of.clone()).await);
    let requested = done(hall.guest().post("/sign-in-codes", of).await);
    let waiting = admin.get("/messages").await.ok().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (confirmation, email) = (random::secret(), contestant.email.clone());
    let token_hash = random::hash(&confirmation);
    let id = hall
        .app
        .write(move |tx| {
            let user = users::by_email(tx.conn, &email.parse().unwrap())?.unwrap();
            let link = Link {
                user_id: user.id,
                kind: LinkKind::EmailVerification,
                token_hash: token_hash.clone(),
                email: Some(user.email),
                created_at: tx.now,
                expires_at: tx.now.plus_seconds(3600),
                used_at: None,
            };
            links::put(tx.conn, &link)?;
            let codes = sign_in_codes::table.order(sign_in_codes::id.desc());
            Ok(codes
                .select(sign_in_codes::public_id)
                .first::<PublicId>(tx.conn)?)
        })
        .await
        .unwrap();
    Opened {
        reset: text(&link["token"]),
        confirmation,
        code: (text(&requested["handle"]), Post::new(&[7; 32], false).code(&id)),
        message: text(&waiting["items"][0]["id"]),
    }
}

/// A whole ballot.
pub fn marks() -> Value {
    json!({ "marks": { "idea": "40.5", "team": "30" } })
}

/// What came, if it is a success.
#[track_caller]
pub fn done(got: Got) -> Value {
    assert!(
        (200..300).contains(&got.status),
        "{}\n→ {} {}",
        got.request,
        got.status,
        got.text
    );
    got.body
}
