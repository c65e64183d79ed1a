//! How the domain's values are stored: ids as BigInt, words and JSON documents as Text, moments as Timestamp.
//!
//! One generic impl serves both databases. A new type needs one line below: `text_column!(Role);`, `id_column!(UserId);`.

use std::convert::Infallible;
use std::fmt;

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Text, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::entry::EntryStatus;
use crate::domain::ids::{
    AssignmentId, BallotId, CompetitionId, EntryId, GroupId, InvitationId, JudgeId, MemberId, PanelId,
    PublicId, RegionId, RoundEntryId, RoundId, SessionId, TrackId, UserId,
};
use crate::domain::letter::{LinkKind, MessageState};
use crate::domain::phone::{Phone, Recipient};
use crate::domain::proposal::ProposalKind;
use crate::domain::round::{
    AssignmentStatus, BallotSource, BallotStatus, LateDecision, Participation, Phase, PublicList, Release,
    TieDecisionKind,
};
use crate::domain::session::SessionKind;
use crate::domain::text::{Code, Email, Lang, Slug};
use crate::domain::time::Stamp;
use crate::domain::user::Role;

/// Stores types that have `as_str` and `FromStr` (all of `code_enum!`) as Text.
macro_rules! text_column {
    ($($ty:ty),+ $(,)?) => { $( text_column!($ty, |value| value.as_str(), |text| text.parse::<$ty>()); )+ };
    ($ty:ty, |$value:ident| $write:expr, |$text:ident| $read:expr) => {
        const _: () = {
            #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
            #[diesel(foreign_derive, sql_type = diesel::sql_types::Text)]
            #[expect(dead_code, reason = "only names the type that the derives are for")]
            struct Column($ty);

            impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $ty
            where
                str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                    let $value = self;
                    let text: &'b str = $write;
                    diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(text, out)
                }
            }

            impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $ty
            where
                String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
            {
                fn from_sql(raw: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                    let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(raw)?;
                    let $text = text;
                    Ok($read?)
                }
            }
        };
    };
}

/// Stores row ids as BigInt.
macro_rules! id_column {
    ($($ty:ty),+ $(,)?) => { $( const _: () = {
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(foreign_derive, sql_type = diesel::sql_types::BigInt)]
        #[expect(dead_code, reason = "only names the type that the derives are for")]
        struct Column($ty);

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $ty
        where
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::BigInt, DB>::to_sql(&self.0, out)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $ty
        where
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(raw: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>>::from_sql(raw).map(Self)
            }
        }

        impl From<$ty> for $crate::store::stmt::Bind<'_> {
            fn from(id: $ty) -> Self {
                Self::from(id.0)
            }
        }
    }; )+ };
}

id_column!(
    UserId,
    SessionId,
    CompetitionId,
    TrackId,
    RegionId,
    MemberId,
    InvitationId,
    EntryId,
    RoundId,
    GroupId,
    PanelId,
    JudgeId,
    RoundEntryId,
    AssignmentId,
    BallotId,
);
text_column!(
    LinkKind,
    MessageState,
    Slug,
    Code,
    Email,
    Phone,
    Recipient,
    Role,
    SessionKind,
    EntryStatus,
    Phase,
    Release,
    PublicList,
    Participation,
    AssignmentStatus,
    BallotStatus,
    BallotSource,
    LateDecision,
    TieDecisionKind,
    ProposalKind,
);
text_column!(Lang, |lang| lang.as_str(), |text| text.parse::<Lang>());
text_column!(PublicId, |id| id.0.as_str(), |text| Ok::<_, Infallible>(
    PublicId(text)
));

const _: () = {
    #[derive(AsExpression, FromSqlRow)]
    #[diesel(foreign_derive, sql_type = Timestamp)]
    #[expect(dead_code, reason = "only names the type that the derives are for")]
    struct Column(Stamp);
};

impl<DB: Backend> ToSql<Timestamp, DB> for Stamp
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<Timestamp, DB>::to_sql(self.as_naive(), out)
    }
}

impl<DB: Backend> FromSql<Timestamp, DB> for Stamp
where
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
        <NaiveDateTime as FromSql<Timestamp, DB>>::from_sql(raw).map(Self::from_naive)
    }
}

/// A document that is stored as its JSON text.
///
/// It holds the text beside the value, since a bind borrows what it binds. Texts of the domain that a client sent stay
/// as exact as their type's serde makes them.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Json<T> {
    value: T,
    text: String,
}

impl<T: Serialize> Json<T> {
    /// The document of a value.
    ///
    /// # Errors
    /// Fails for what JSON can't hold, such as a map whose keys are no texts.
    pub fn new(value: T) -> crate::error::Result<Self> {
        let text = serde_json::to_string(&value).map_err(crate::error::Error::internal)?;
        Ok(Self { value, text })
    }
}

impl<T> Json<T> {
    /// The value, owned.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The JSON text as stored.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }
}

impl<T> std::ops::Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T, DB: Backend> ToSql<Text, DB> for Json<T>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<Text, DB>::to_sql(self.text.as_str(), out)
    }
}

impl<T: DeserializeOwned, DB: Backend> FromSql<Text, DB> for Json<T>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, DB>>::from_sql(raw)?;
        Ok(Self {
            value: serde_json::from_str(&text)?,
            text,
        })
    }
}

#[cfg(test)]
mod tests {
    use diesel::{Connection, IntoSql, RunQueryDsl, SqliteConnection, select};

    use super::*;
    use crate::store::conn::Conn;

    #[test]
    fn values_come_back_as_they_went() {
        let conn = &mut Conn::Sqlite(SqliteConnection::establish(":memory:").unwrap());
        let at: Stamp = serde_json::from_str("\"2026-07-08T01:00:00.000001Z\"").unwrap();
        assert_eq!(
            select(at.into_sql::<Timestamp>())
                .get_result::<Stamp>(conn)
                .unwrap(),
            at
        );
        let id = UserId(i64::MAX);
        let read = select(id.into_sql::<diesel::sql_types::BigInt>()).get_result::<UserId>(conn);
        assert_eq!(read.unwrap(), id);
        assert_eq!(
            select(Role::Clerk.into_sql::<Text>())
                .get_result::<Role>(conn)
                .unwrap(),
            Role::Clerk
        );
        assert!(
            select("king".into_sql::<Text>())
                .get_result::<Role>(conn)
                .is_err()
        );
        let list = Json::new(vec![1, 2]).unwrap();
        let read = select((&list).into_sql::<Text>()).get_result::<Json<Vec<i32>>>(conn);
        assert_eq!(read.unwrap().into_inner(), [1, 2]);
    }
}
