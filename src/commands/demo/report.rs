//! What the demo prints: the finalists, the roadshow's programme, where to look, what it took.

use std::fmt::Write;
use std::time::Duration;

use serde_json::Value;

use super::client::{Server, list, number, text};
use super::contest::PASSWORD;
use crate::error::{Error, Result};

/// The finalists of the cup in order, with their prizes.
pub(super) async fn finalists(server: &Server, path: &str) -> Result<(String, usize)> {
    let results = server.get(&format!("{path}/rounds/final/results")).await?;
    let group = list(&results, "groups")?
        .first()
        .ok_or_else(|| Error::internal("the final has no group"))?;
    let entries = list(group, "entries")?;
    let mut out = String::from("The 25 finalists of the Talents Cup\n");
    for entry in entries {
        let prize = list(entry, "awards")?
            .first()
            .and_then(Value::as_str)
            .unwrap_or_default();
        line(&mut out, &format!("{:>3}", rank(entry)), entry, "region", prize)?;
    }
    Ok((out, entries.len()))
}

/// The programme of the roadshow: who presents, in order, half an hour each.
pub(super) async fn programme(server: &Server, path: &str) -> Result<(String, usize)> {
    let results = server.get(&format!("{path}/rounds/review/results")).await?;
    let mut on_site = Vec::new();
    for group in list(&results, "groups")? {
        let goes = |e: &&Value| e.get("outcome").and_then(Value::as_str) == Some("advances");
        on_site.extend(list(group, "entries")?.iter().filter(goes));
    }
    let mut out = String::from("The Roadshow's programme\n");
    for (i, entry) in on_site.iter().enumerate() {
        let minutes = 9 * 60 + (i % 12) * 40;
        let slot = format!("day {} {:02}:{:02}", i / 12 + 1, minutes / 60, minutes % 60);
        line(&mut out, &slot, entry, "track", "")?;
    }
    Ok((out, on_site.len()))
}

fn rank(entry: &Value) -> String {
    entry
        .get("rank")
        .filter(|r| !r.is_null())
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn line(out: &mut String, first: &str, entry: &Value, division: &str, prize: &str) -> Result<()> {
    let title = entry
        .get("title")
        .ok_or_else(|| Error::internal("an entry has no title"))?;
    let title = text(title, "en")?;
    let (no, total) = (number(entry, "entry")?, text(entry, "total")?);
    let division = text(entry, division)?;
    writeln!(
        out,
        "  {first}  {total:>6}  no. {no:<4} {division:<23} {title:<60} {prize}"
    )
    .map_err(Error::internal)
}

/// Where to look, and as whom.
pub(super) fn where_to_look(base: &str, people: &[(&str, &[(&'static str, String)])]) -> String {
    let mut out = format!(
        "Look around at {base}\n  \
         {base}/docs                                                        the API, to try out\n  \
         {base}/api/v1/competitions/talents-cup/finalists                   what the public sees\n  \
         {base}/api/v1/competitions/talents-cup/rounds/final/results\n  \
         {base}/api/v1/competitions/roadshow/rounds/review/results\n\
         Sign in with POST {base}/api/v1/sessions; the password is \"{PASSWORD}\" for\n"
    );
    for (contest, people) in people {
        for (role, email) in *people {
            out.push_str(&format!("  {email:<40} {role}, {contest}\n"));
        }
    }
    out
}

/// What it took.
pub(super) fn effort(requests: u64, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    format!("{requests} requests over HTTP in {seconds:.1} s\n")
}
