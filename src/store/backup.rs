//! A whole copy of the embedded database, made beside whoever works on it.

use std::path::Path;

use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use crate::error::{Error, Result};
use crate::store::conn::Conn;

/// Copies the database into a file that is empty or does not exist yet: one state of it, whatever others write meanwhile.
///
/// # Errors
/// When the file can't be written, or the database is none that is a file.
pub fn copy_into(conn: &mut Conn, file: &Path) -> Result<()> {
    let Conn::Sqlite(c) = conn else {
        return Err(Error::internal("only the embedded database is copied like this"));
    };
    let file = file
        .to_str()
        .ok_or_else(|| Error::internal(format!("the path {} is not valid UTF-8", file.display())))?;
    sql_query("VACUUM INTO $1").bind::<Text, _>(file).execute(c)?;
    Ok(())
}

/// Reads a database file through and gives what is wrong with it; nothing when it is whole.
///
/// # Errors
/// When it can't be opened at all.
pub fn flaws(file: &Path) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Told {
        #[diesel(sql_type = Text)]
        told: String,
    }
    let name = file.to_string_lossy();
    let mut conn = SqliteConnection::establish(&name).map_err(Error::internal)?;
    let checks = "SELECT integrity_check AS told FROM pragma_integrity_check
                  UNION ALL SELECT DISTINCT 'a row of ' || \"table\" || ' points to nothing' FROM pragma_foreign_key_check";
    let told: Vec<Told> = sql_query(checks).load(&mut conn)?;
    Ok(told
        .into_iter()
        .map(|row| row.told)
        .filter(|told| told != "ok")
        .collect())
}
