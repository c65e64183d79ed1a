//! Panels of a round, and who sits on them.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{panel_judges, panels};
use super::sql_types::Json;
use crate::domain::ids::{GroupId, JudgeId, PanelId, RoundId};
use crate::domain::text::{Code, Text};
use crate::error::Result;

/// A panel as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = panels)]
pub struct Panel {
    /// The row.
    pub id: PanelId,
    /// The group whose entries it marks.
    pub group_id: GroupId,
    /// Its name in addresses.
    pub code: Code,
    /// What it is called; may be blank.
    pub title: Json<Text>,
    /// Counts changes.
    pub version: i64,
}

/// A judge on a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Queryable)]
pub struct Seat {
    /// The panel.
    pub panel: PanelId,
    /// The judge.
    pub judge: JudgeId,
    /// Whether they chair it.
    pub chair: bool,
}

/// The panels of a round, in the order they were made.
///
/// # Errors
/// When the database fails.
pub fn of_round(conn: &mut Conn, round: RoundId) -> Result<Vec<Panel>> {
    Ok(panels::table
        .filter(panels::round_id.eq(round))
        .order(panels::id)
        .select(Panel::as_select())
        .load(conn)?)
}

/// The panel with a code.
///
/// # Errors
/// When the database fails.
pub fn by_code(conn: &mut Conn, round: RoundId, code: &Code) -> Result<Option<Panel>> {
    Ok(panels::table
        .filter(panels::round_id.eq(round))
        .filter(panels::code.eq(code))
        .select(Panel::as_select())
        .first(conn)
        .optional()?)
}

/// Who sits on the panels of a round, in the order they came.
///
/// # Errors
/// When the database fails.
pub fn seats(conn: &mut Conn, round: RoundId) -> Result<Vec<Seat>> {
    Ok(panel_judges::table
        .inner_join(panels::table)
        .filter(panels::round_id.eq(round))
        .order(panel_judges::id)
        .select((
            panel_judges::panel_id,
            panel_judges::judge_id,
            panel_judges::is_chair,
        ))
        .load(conn)?)
}

/// Makes a panel.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut Conn,
    round: RoundId,
    group: GroupId,
    code: &Code,
    title: &Json<Text>,
) -> Result<PanelId> {
    Ok(diesel::insert_into(panels::table)
        .values((
            panels::round_id.eq(round),
            panels::group_id.eq(group),
            panels::code.eq(code),
            panels::title.eq(title),
            panels::version.eq(1),
        ))
        .returning(panels::id)
        .get_result(conn)?)
}

/// Changes a panel, if it is still at this version; says whether it was.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut Conn, panel: PanelId, version: i64, title: &Json<Text>) -> Result<bool> {
    let changed = diesel::update(panels::table.find(panel).filter(panels::version.eq(version)))
        .set((panels::title.eq(title), panels::version.eq(panels::version + 1)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Says who sits on a panel, in this order.
///
/// # Errors
/// When the database fails.
pub fn seat(conn: &mut Conn, panel: PanelId, judges: &[(JudgeId, bool)]) -> Result<()> {
    diesel::delete(panel_judges::table.filter(panel_judges::panel_id.eq(panel))).execute(conn)?;
    for (judge, chair) in judges {
        diesel::insert_into(panel_judges::table)
            .values((
                panel_judges::panel_id.eq(panel),
                panel_judges::judge_id.eq(*judge),
                panel_judges::is_chair.eq(*chair),
            ))
            .execute(conn)?;
    }
    Ok(())
}
