//! Broken constraints, named alike on both databases: SQLite names columns, PostgreSQL names the constraint.
//!
//! A query that can run into one says beside itself what it means:
//!
//! ```ignore
//! diesel::insert_into(users::table).values(&new).execute(conn)
//!     .map_err(|e| on_unique(e, "users", &["email"], || Error::invalid("/email", "email_taken")))
//! ```

use diesel::result::{DatabaseErrorKind, Error as Failure};

use crate::error::Error;

/// What kind of rule of the database an input broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Another row has the same values.
    Unique,
    /// A row that is pointed to is missing, or one that is pointed to was to go.
    ForeignKey,
    /// A CHECK said no.
    Check,
    /// A value is missing.
    NotNull,
}

/// A broken constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which kind of rule.
    pub rule: Rule,
    /// The table, where the database tells it (SQLite does not for foreign keys and checks).
    pub table: Option<String>,
    /// The columns; empty where the database does not tell.
    pub columns: Vec<String>,
    /// The constraint's name, where the database tells it (SQLite only for checks).
    pub constraint: Option<String>,
}

impl Broken {
    /// Reads what a failed statement says, if it broke a constraint.
    #[must_use]
    pub fn of(failure: &Failure) -> Option<Self> {
        let Failure::DatabaseError(kind, told) = failure else {
            return None;
        };
        let rule = match kind {
            DatabaseErrorKind::UniqueViolation => Rule::Unique,
            DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => Rule::ForeignKey,
            DatabaseErrorKind::CheckViolation => Rule::Check,
            DatabaseErrorKind::NotNullViolation => Rule::NotNull,
            _ => return None,
        };
        Some(match told.table_name() {
            Some(table) => Self {
                rule,
                table: Some(table.to_owned()),
                columns: told
                    .column_name()
                    .map(str::to_owned)
                    .map_or_else(|| key_columns(told.details()), |column| vec![column]),
                constraint: told.constraint_name().map(str::to_owned),
            },
            None => Self::told_by_sqlite(rule, told.message()),
        })
    }

    /// `UNIQUE constraint failed: users.email, users.name` or `CHECK constraint failed: outbox_state`.
    fn told_by_sqlite(rule: Rule, message: &str) -> Self {
        let places = message.split_once("failed: ").map_or("", |(_, places)| places);
        let mut broken = Self {
            rule,
            table: None,
            columns: Vec::new(),
            constraint: None,
        };
        match rule {
            // An expression index has a name instead of columns.
            Rule::Check => broken.constraint = Some(places.to_owned()),
            _ if places.starts_with("index ") => {
                broken.constraint = Some(places.trim_start_matches("index ").trim_matches('\'').to_owned());
            }
            _ => {
                for (table, column) in places.split(", ").filter_map(|place| place.split_once('.')) {
                    broken.table = Some(table.to_owned());
                    broken.columns.push(column.to_owned());
                }
            }
        }
        broken
    }

    /// Whether it is the uniqueness of exactly these columns.
    #[must_use]
    pub fn is_unique(&self, table: &str, columns: &[&str]) -> bool {
        self.rule == Rule::Unique
            && self.table.as_deref() == Some(table)
            && self.columns.len() == columns.len()
            && columns
                .iter()
                .all(|column| self.columns.iter().any(|c| c == column))
    }
}

/// The columns of PostgreSQL's detail `Key (competition_id, lower(email))=(1, a@b.c) already exists.`
///
/// The sentence may be in any language; the parentheses are always there.
fn key_columns(details: Option<&str>) -> Vec<String> {
    details
        .and_then(|details| details.split_once(")=("))
        .and_then(|(before, _)| before.split_once('('))
        .map(|(_, columns)| {
            columns
                .split(", ")
                .map(|c| c.trim_matches('"').to_owned())
                .collect()
        })
        .unwrap_or_default()
}

/// What the caller should hear when a statement broke the uniqueness of these columns; anything else stays what it is.
pub fn on_unique(failure: Failure, table: &str, columns: &[&str], meaning: impl FnOnce() -> Error) -> Error {
    match Broken::of(&failure) {
        Some(broken) if broken.is_unique(table, columns) => meaning(),
        _ => failure.into(),
    }
}

/// What the caller should hear when a statement pointed to a row that does not exist, or took one that is pointed to.
///
/// SQLite does not say which foreign key it was: use it where only one can break.
pub fn on_foreign_key(failure: Failure, meaning: impl FnOnce() -> Error) -> Error {
    match Broken::of(&failure) {
        Some(broken) if broken.rule == Rule::ForeignKey => meaning(),
        _ => failure.into(),
    }
}

/// What the caller should hear when a statement broke the CHECK of this name.
pub fn on_check(failure: Failure, constraint: &str, meaning: impl FnOnce() -> Error) -> Error {
    match Broken::of(&failure) {
        Some(broken) if broken.rule == Rule::Check && broken.constraint.as_deref() == Some(constraint) => {
            meaning()
        }
        _ => failure.into(),
    }
}

/// Whether a transaction lost against another one and can be tried again: SQLSTATE 40001 or 40P01.
///
/// diesel does not tell a deadlock's code, and its message may be in any language; the names of lock modes in its
/// detail (`Process 7 waits for ShareLock on …`) are not translated.
#[must_use]
pub fn is_collision(failure: &Failure) -> bool {
    match failure {
        Failure::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Failure::DatabaseError(DatabaseErrorKind::Unknown, told) => told
            .details()
            .is_some_and(|detail| detail.contains("ShareLock") || detail.contains("ExclusiveLock")),
        Failure::RollbackErrorOnCommit { commit_error, .. } => is_collision(commit_error),
        _ => false,
    }
}

/// Whether the connection went away.
#[must_use]
pub fn is_lost(failure: &Failure) -> bool {
    match failure {
        Failure::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        )
        | Failure::BrokenTransactionManager => true,
        Failure::RollbackErrorOnCommit {
            commit_error,
            rollback_error,
        } => is_lost(commit_error) || is_lost(rollback_error),
        _ => false,
    }
}

/// Whether the disk under a database is full or broken: a statement that failed so has kept nothing.
///
/// diesel does not tell the code. SQLite's messages are its own constants; PostgreSQL's (53100) ends with the system's
/// words, which are English where the server runs in the locale C or English.
#[must_use]
pub fn is_out_of_disk(failure: &Failure) -> bool {
    let Failure::DatabaseError(_, told) = failure else {
        return false;
    };
    let told = told.message();
    told.contains("No space left on device")
        || [
            "database or disk is full",
            "disk I/O error",
            "unable to open database file",
        ]
        .contains(&told)
}

/// Whether the disk was full: then not even a commit that failed can have been kept.
#[must_use]
pub fn is_full(failure: &Failure) -> bool {
    matches!(failure, Failure::DatabaseError(_, told) if told.message() == "database or disk is full")
}

/// A failure that no query gave a meaning is ours, except that a database that others keep locked is busy, and that one
/// whose disk is full or broken is not ready.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match &failure {
            Failure::DatabaseError(_, told) if told.message() == "database is locked" => {
                Self::Busy { retry_after: 1 }
            }
            _ if is_out_of_disk(&failure) => {
                tracing::error!("the database can't use its disk: {failure}");
                Self::NotReady
            }
            _ => Self::internal(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_messages_name_their_columns() {
        let unique = Broken::told_by_sqlite(
            Rule::Unique,
            "UNIQUE constraint failed: members.user_id, members.role",
        );
        assert!(unique.is_unique("members", &["role", "user_id"]));
        assert!(!unique.is_unique("members", &["user_id"]));
        let check = Broken::told_by_sqlite(Rule::Check, "CHECK constraint failed: outbox_state");
        assert_eq!(check.constraint.as_deref(), Some("outbox_state"));
        let index = Broken::told_by_sqlite(Rule::Unique, "UNIQUE constraint failed: index 'users_email'");
        assert_eq!(index.constraint.as_deref(), Some("users_email"));
        let foreign = Broken::told_by_sqlite(Rule::ForeignKey, "FOREIGN KEY constraint failed");
        assert_eq!((foreign.table, foreign.columns.len()), (None, 0));
    }

    #[test]
    fn postgres_details_name_their_columns() {
        assert_eq!(
            key_columns(Some("Key (a, \"b c\")=(1, x)=(y) already exists.")),
            ["a", "b c"]
        );
        assert_eq!(key_columns(Some("键值\"(email)=(a@b.c)\" 已经存在")), ["email"]);
        assert!(key_columns(None).is_empty());
    }
}
