//! What a round's rules have to fit into: the rounds before it, and what entries can be grouped by.

use crate::domain::fields::Choice;
use crate::domain::grouping::{Field, Value};
use crate::domain::rules::Surroundings;
use crate::error::Result;
use crate::store::competitions::Competition;
use crate::store::divisions::{self, Division};
use crate::store::rounds::{self, Round};

use super::Tx;
use super::access::Scene;

/// What the rules of a round have to fit into.
///
/// # Errors
/// When the database fails.
pub(super) fn surroundings(tx: &mut Tx<'_>, scene: &Scene, round: &Round) -> Result<Surroundings> {
    let all = rounds::of_competition(tx.conn, scene.competition.id)?;
    let earlier = all.into_iter().filter(|r| r.position < round.position);
    let groups = rounds::groups(tx.conn, round.id)?.len();
    Ok(Surroundings {
        earlier_rounds: earlier.map(|r| r.code).collect(),
        groupable: groupable(tx, &scene.competition)?
            .into_iter()
            .map(|f| f.code)
            .collect(),
        groups: u32::try_from(groups).ok().filter(|n| *n > 0),
    })
}

/// What entries of a competition can be grouped by: its regions, its tracks, its choice fields.
///
/// # Errors
/// When the database fails.
pub(super) fn groupable(tx: &mut Tx<'_>, competition: &Competition) -> Result<Vec<Field>> {
    let regions = divisions::regions_of(tx.conn, competition.id)?;
    let tracks = divisions::tracks_of(tx.conn, competition.id)?;
    let mut fields = Vec::new();
    for (code, values) in [("region", named(regions)), ("track", named(tracks))] {
        if let (Ok(code), false) = (code.parse(), values.is_empty()) {
            fields.push(Field { code, values });
        }
    }
    for custom in competition.fields.iter() {
        let value = |choice: &Choice| Value {
            code: choice.code.clone(),
            name: choice.title.clone(),
        };
        let values: Vec<_> = custom.choices.iter().map(value).collect();
        let code = custom.code.clone();
        if !values.is_empty() && !fields.iter().any(|f| f.code == code) {
            fields.push(Field { code, values });
        }
    }
    Ok(fields)
}

fn named<Id>(rows: Vec<Division<Id>>) -> Vec<Value> {
    let value = |row: Division<Id>| Value {
        code: row.code,
        name: row.name.into_inner(),
    };
    rows.into_iter().map(value).collect()
}
