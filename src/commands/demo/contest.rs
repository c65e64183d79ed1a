//! What both contests of the demo have in common: people are brought in, rounds are judged, groups closed, results
//! published, each by the requests that a real client sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::client::{Account, Refusal, Server, list, number, text};
use super::people::{self, Criterion};
use crate::app::Clock;
use crate::domain::rules::{Kind, Rules};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// Requests under way at the same time.
const AT_ONCE: usize = 32;
/// The password of everybody in the demo.
pub(super) const PASSWORD: &str = "walnut ferry copper dusk";

/// What the whole demo shares.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) server: Server,
    pub(super) clock: Clock,
    pub(super) seed: u64,
    pub(super) bar: ProgressBar,
}

/// A competition and who runs it.
#[derive(Debug)]
pub(super) struct Contest {
    pub(super) stage: Stage,
    /// `/competitions/talents-cup`.
    pub(super) path: String,
    pub(super) organizer: Account,
    pub(super) judges: Vec<Judge>,
}

/// A judge and their number, which decides how strict they are.
#[derive(Debug, Clone)]
pub(super) struct Judge {
    pub(super) number: usize,
    pub(super) account: Arc<Account>,
}

/// The sheets of a round: by entry and judge's code a mark for each criterion, in thousandths.
pub(super) type Sheets = BTreeMap<(i64, String), Vec<i64>>;

/// A round as it was judged: all that is needed to compute its result again without the server.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) code: &'static str,
    pub(super) rules: Rules,
    /// Group of each entry.
    pub(super) groups: BTreeMap<i64, String>,
    pub(super) sheets: Sheets,
    /// Entry, thousandths of a point, reason.
    pub(super) adjustments: Vec<(i64, i64, String)>,
    /// Kind and order of each recorded decision about a tie.
    pub(super) ties: Vec<(String, Vec<i64>)>,
    /// The orders of ties between groups, which belong to the decision who goes on.
    pub(super) cuts: Vec<Vec<i64>>,
}

impl Stage {
    /// Somebody new, registered and signed in.
    pub(super) async fn person(&self, name: &str, email: &str) -> Result<Account> {
        self.bar.inc(1);
        self.server.register(name, email, PASSWORD).await
    }

    /// Sets the calendar.
    pub(super) fn day(&self, day: &str) -> Result<()> {
        let moment: Stamp =
            serde_json::from_value(json!(format!("{day}T01:00:00Z"))).map_err(Error::internal)?;
        self.clock.set(moment);
        Ok(())
    }

    pub(super) fn say(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        if self.bar.is_hidden() {
            eprintln!("{what}");
        }
    }
}

impl Contest {
    /// Makes a competition, as an admin, for an organizer.
    pub(super) async fn create(
        stage: &Stage,
        admin: &Account,
        organizer: Account,
        document: Value,
    ) -> Result<Self> {
        let path = format!("/competitions/{}", text(&document, "slug")?);
        admin.post("/competitions", document).await?;
        Ok(Self {
            stage: stage.clone(),
            path,
            organizer,
            judges: Vec::new(),
        })
    }

    /// The version of the competition, for the next change.
    pub(super) async fn version(&self) -> Result<i64> {
        number(&self.organizer.get(&self.path).await?, "version")
    }

    /// Sets the tracks or regions.
    pub(super) async fn divisions(&self, kind: &str, items: &[(&str, &str, &str)]) -> Result<()> {
        let item =
            |(code, en, zh): &(&str, &str, &str)| json!({ "code": code, "name": { "en": en, "zh": zh } });
        let items: Vec<_> = items.iter().map(item).collect();
        let path = format!("{}/{kind}", self.path);
        self.organizer
            .put(&path, self.version().await?, json!({ "items": items }))
            .await?;
        Ok(())
    }

    /// Invites somebody by e-mail; they register, sign in and accept.
    pub(super) async fn invite(
        &self,
        name: &str,
        email: &str,
        role: &str,
        region: Option<&str>,
    ) -> Result<Account> {
        let mut invitation = json!({ "email": email, "role": role });
        if let (Some(region), Some(invitation)) = (region, invitation.as_object_mut()) {
            invitation.insert("region".into(), region.into());
        }
        let invited = self
            .organizer
            .post(&format!("{}/invitations", self.path), invitation)
            .await?;
        let account = self.stage.person(name, email).await?;
        account
            .post(
                "/invitations/acceptance",
                json!({ "token": text(&invited, "token")? }),
            )
            .await?;
        Ok(account)
    }

    /// Brings judges in, by invitation.
    pub(super) async fn invite_judges(&mut self, count: usize, domain: &str) -> Result<()> {
        let contest = &*self;
        let judges: Vec<Judge> = stream::iter(0..count)
            .map(|number| async move {
                let name = people::name(contest.stage.seed, domain, number);
                let email = format!("judge{}@{domain}", number + 1);
                let account = Arc::new(contest.invite(&name, &email, "judge", None).await?);
                Ok::<_, Error>(Judge { number, account })
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        self.judges = judges;
        Ok(())
    }

    /// Adds a round with its rules and takes in who is due.
    pub(super) async fn add_round(
        &self,
        code: &'static str,
        on_stage: bool,
        document: &str,
    ) -> Result<Judged> {
        let rules = Rules::parse(document).map_err(Error::from)?;
        let rounds = format!("{}/rounds", self.path);
        let title = serde_json::to_value(&rules.title).map_err(Error::internal)?;
        self.organizer
            .post(
                &rounds,
                json!({ "code": code, "title": title, "on_stage": on_stage, "release": "total" }),
            )
            .await?;
        let round = format!("{rounds}/{code}");
        let document: Value = serde_json::from_str(document).map_err(Error::internal)?;
        self.organizer
            .put_new(&format!("{round}/rules"), document)
            .await?;
        let intake = self.organizer.post(&format!("{round}/intake"), json!({})).await?;
        let mut groups = BTreeMap::new();
        for group in list(&intake, "groups")? {
            let code = text(group, "code")?;
            let entries = self
                .organizer
                .get(&format!("{round}/entries?group={code}"))
                .await?;
            for entry in list(&entries, "items")? {
                groups.insert(number(entry, "entry")?, code.clone());
            }
        }
        let empty = (BTreeMap::new(), Vec::new(), Vec::new());
        Ok(Judged {
            code,
            rules,
            groups,
            sheets: empty.0,
            adjustments: empty.1,
            ties: empty.2,
            cuts: Vec::new(),
        })
    }

    /// Gives each entry of the round so many judges, evenly.
    pub(super) async fn distribute(&self, round: &Judged, per_entry: usize) -> Result<()> {
        let judges: Vec<_> = self
            .judges
            .iter()
            .map(|j| json!({ "judge": j.account.id, "code": judge_code(j.number) }))
            .collect();
        let body = json!({ "judges": judges, "per_entry": per_entry, "seed": self.stage.seed % 1_000_000 });
        self.organizer
            .post(&format!("{}/rounds/{}/assignments", self.path, round.code), body)
            .await?;
        Ok(())
    }

    /// Seats a panel for a group; the first judge is its chair.
    pub(super) async fn seat(&self, round: &Judged, group: &str, judges: &[Judge]) -> Result<()> {
        let seat = |(i, j): (usize, &Judge)| json!({ "judge": j.account.id, "code": judge_code(j.number), "chair": i == 0 });
        let seats: Vec<_> = judges.iter().enumerate().map(seat).collect();
        let path = format!("{}/rounds/{}/panels/{group}", self.path, round.code);
        self.organizer
            .put_new(&path, json!({ "group": group, "judges": seats }))
            .await?;
        Ok(())
    }

    pub(super) async fn open(&self, round: &Judged, group: &str) -> Result<()> {
        let path = format!("{}/rounds/{}/groups/{group}/opening", self.path, round.code);
        self.organizer.post(&path, json!({})).await?;
        Ok(())
    }

    /// Every judge marks what they are assigned in a group, all judges at the same time.
    pub(super) async fn judge(&self, round: &mut Judged, group: &str) -> Result<()> {
        let criteria: Vec<Criterion> = judged_criteria(&round.rules);
        let (code, criteria) = (round.code, &criteria);
        let sheets: Vec<Sheets> = stream::iter(&self.judges)
            .map(|judge| self.mark_all(judge, code, group, criteria))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        round.sheets.extend(sheets.into_iter().flatten());
        Ok(())
    }

    async fn mark_all(
        &self,
        judge: &Judge,
        round: &str,
        group: &str,
        criteria: &[Criterion],
    ) -> Result<Sheets> {
        let assignments = judge.account.get("/me/assignments").await?;
        let mine = |a: &&Value| {
            a.get("round").and_then(Value::as_str) == Some(round)
                && a.get("group").and_then(Value::as_str) == Some(group)
                && self
                    .path
                    .ends_with(a.get("competition").and_then(Value::as_str).unwrap_or("?"))
        };
        let mut sheets = Sheets::new();
        for assignment in list(&assignments, "items")?.iter().filter(mine) {
            let entry = number(assignment, "entry")?;
            let project = usize::try_from(entry).unwrap_or_default();
            let marks = people::marks(self.stage.seed, round, project, judge.number, criteria);
            let by_code: BTreeMap<_, _> = criteria
                .iter()
                .zip(&marks)
                .map(|(c, m)| (&c.code, decimal(*m)))
                .collect();
            let path = format!("{}/rounds/{round}/entries/{entry}/ballot/submission", self.path);
            judge
                .account
                .submit_new(&path, json!({ "marks": by_code }))
                .await?;
            self.stage.bar.inc(1);
            sheets.insert((entry, judge_code(judge.number)), marks);
        }
        Ok(sheets)
    }

    /// A penalty or bonus, in thousandths of a point.
    pub(super) async fn adjust(
        &self,
        round: &mut Judged,
        entry: i64,
        points: i64,
        reason: &str,
    ) -> Result<()> {
        let path = format!("{}/rounds/{}/adjustments", self.path, round.code);
        self.organizer
            .post(
                &path,
                json!({ "entry": entry, "points": decimal(points), "reason": reason }),
            )
            .await?;
        round.adjustments.push((entry, points, reason.to_owned()));
        Ok(())
    }

    /// The revision of each group of a round.
    async fn revisions(&self, round: &Judged) -> Result<BTreeMap<String, i64>> {
        let groups = self
            .organizer
            .get(&format!("{}/rounds/{}/groups", self.path, round.code))
            .await?;
        list(&groups, "items")?
            .iter()
            .map(|g| Ok((text(g, "code")?, number(g, "revision")?)))
            .collect()
    }

    /// Closes a group at the revision that is shown, and looks at what is missing.
    pub(super) async fn close(&self, round: &Judged, group: &str) -> Result<()> {
        let revision = self
            .revisions(round)
            .await?
            .get(group)
            .copied()
            .unwrap_or_default();
        let path = format!("{}/rounds/{}/groups/{group}/closure", self.path, round.code);
        let closed = self
            .organizer
            .post(&path, json!({ "revision": revision }))
            .await?;
        let missing = list(&closed, "missing")?.len();
        if missing > 0 {
            return Err(Error::internal(format!(
                "{missing} ballots are missing in {group}"
            )));
        }
        Ok(())
    }

    /// Decides who goes on. A tie that the marks leave open is decided by a lot or the chair, recorded, and asked again.
    pub(super) async fn advance(&self, round: &mut Judged) -> Result<()> {
        for _ in 0..20 {
            let Some(refusal) = self.try_advance(round).await? else {
                return Ok(());
            };
            let tied = tied_entries(&refusal)?;
            let mut groups: Vec<_> = tied.iter().filter_map(|entry| round.groups.get(entry)).collect();
            groups.dedup();
            match groups.as_slice() {
                [group] => {
                    let path = format!("{}/rounds/{}/groups/{group}/tie-decisions", self.path, round.code);
                    let on_stage = round.rules.panel.common;
                    let (kind, reason) = if on_stage {
                        ("chair", "The chair's decision.")
                    } else {
                        ("lot", "A lot was drawn before witnesses.")
                    };
                    let decision = json!({ "kind": kind, "order": tied, "reason": reason });
                    self.organizer.post(&path, decision).await?;
                    round.ties.push((kind.to_owned(), tied));
                }
                _between_groups => round.cuts.push(tied),
            }
        }
        Err(Error::internal("ties without end"))
    }

    /// `None` when it is decided, else why not.
    async fn try_advance(&self, round: &Judged) -> Result<Option<Refusal>> {
        let revisions = self.revisions(round).await?;
        let base = format!("{}/rounds/{}", self.path, round.code);
        if round.rules.spans_groups() {
            let tie =
                |order: &Vec<i64>| json!({ "order": order, "reason": "Drawn by lot before witnesses." });
            let ties: Vec<_> = round.cuts.iter().map(tie).collect();
            let body = json!({ "revisions": revisions, "ties": ties });
            let path = format!("{base}/advancement");
            return self
                .organizer
                .try_post(&path, body)
                .await?
                .err()
                .map(undecided)
                .transpose();
        }
        for (group, revision) in revisions {
            let path = format!("{base}/groups/{group}/advancement");
            if let Err(refusal) = self
                .organizer
                .try_post(&path, json!({ "revision": revision }))
                .await?
            {
                return undecided(refusal).map(Some);
            }
        }
        Ok(None)
    }

    /// Publishes every group of a round.
    pub(super) async fn publish(&self, round: &Judged) -> Result<()> {
        let body = json!({ "revisions": self.revisions(round).await? });
        self.organizer
            .post(&format!("{}/rounds/{}/publication", self.path, round.code), body)
            .await?;
        Ok(())
    }
}

/// A tie can be decided; whatever else was refused is an error.
fn undecided(refusal: Refusal) -> Result<Refusal> {
    let is_tie = refusal.body.get("code").and_then(Value::as_str) == Some("tie_undecided");
    if is_tie { Ok(refusal) } else { Err(refusal.into()) }
}

/// The entries that a refusal names, in order of their numbers: that order is as good as a lot here.
fn tied_entries(refusal: &Refusal) -> Result<Vec<i64>> {
    let named = refusal
        .body
        .pointer("/params/entries")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let entries: Vec<i64> = named.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    if entries.is_empty() {
        Err(refusal.clone().into())
    } else {
        Ok(entries)
    }
}

/// The code that stands for a judge in results.
pub(super) fn judge_code(number: usize) -> String {
    format!("J{:02}", number + 1).to_lowercase()
}

/// The judged criteria of a rubric.
fn judged_criteria(rules: &Rules) -> Vec<Criterion> {
    let criterion = |c: &crate::domain::rules::Criterion| Criterion {
        code: c.code.to_string(),
        maximum: c.maximum().thousandths(),
        step: c.step.thousandths(),
    };
    rules
        .rubric
        .criteria
        .iter()
        .filter(|c| c.kind == Kind::Judged)
        .map(criterion)
        .collect()
}

/// Thousandths as a decimal text.
fn decimal(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (thousandths.abs() / 1000, thousandths.abs() % 1000);
    let text = format!("{sign}{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
