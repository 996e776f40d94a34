//! Rows on their way out of either database, read by position.

use crate::StoreError;
use crate::connection::Conn;
use crate::facts::Value;
use diesel::backend::Backend;
use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::deserialize::FromSql;
use diesel::pg::{Pg, PgRowByRowLoadingMode};
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::row::{Field, Row};
use diesel::sql_types::{BigInt, Bool, Double, Integer, Untyped};
use diesel::sqlite::Sqlite;
use pegel_kpi::data::model::Kind;

/// A database whose values are read without copying and without asking for their type.
pub(crate) trait Gives: Backend {
    fn integer(value: Self::RawValue<'_>, kind: Kind) -> diesel::deserialize::Result<i64>;
    fn number(value: Self::RawValue<'_>) -> diesel::deserialize::Result<f64>;
    fn boolean(value: Self::RawValue<'_>) -> diesel::deserialize::Result<bool>;
    fn text<T>(value: Self::RawValue<'_>, read: impl FnOnce(&str) -> T) -> diesel::deserialize::Result<T>;
}

impl Gives for Sqlite {
    fn integer(mut value: Self::RawValue<'_>, _: Kind) -> diesel::deserialize::Result<i64> {
        Ok(value.read_long())
    }

    fn number(mut value: Self::RawValue<'_>) -> diesel::deserialize::Result<f64> {
        Ok(value.read_double())
    }

    fn boolean(mut value: Self::RawValue<'_>) -> diesel::deserialize::Result<bool> {
        Ok(value.read_integer() != 0)
    }

    fn text<T>(mut value: Self::RawValue<'_>, read: impl FnOnce(&str) -> T) -> diesel::deserialize::Result<T> {
        Ok(read(value.read_text()))
    }
}

impl Gives for Pg {
    fn integer(value: Self::RawValue<'_>, kind: Kind) -> diesel::deserialize::Result<i64> {
        match kind {
            Kind::Date => <i32 as FromSql<Integer, Pg>>::from_sql(value).map(i64::from),
            _ => <i64 as FromSql<BigInt, Pg>>::from_sql(value),
        }
    }

    fn number(value: Self::RawValue<'_>) -> diesel::deserialize::Result<f64> {
        <f64 as FromSql<Double, Pg>>::from_sql(value)
    }

    fn boolean(value: Self::RawValue<'_>) -> diesel::deserialize::Result<bool> {
        <bool as FromSql<Bool, Pg>>::from_sql(value)
    }

    fn text<T>(value: Self::RawValue<'_>, read: impl FnOnce(&str) -> T) -> diesel::deserialize::Result<T> {
        Ok(read(std::str::from_utf8(value.as_bytes())?))
    }
}

/// What is done with each row of an answer.
pub(crate) trait Visit {
    fn row<'a, DB: Gives, R: Row<'a, DB>>(&mut self, row: &R) -> Result<(), StoreError>;
}

/// Reads the field at a position; for statements of few rows, since it copies texts.
pub(crate) fn field<'a, DB: Gives, R: Row<'a, DB>>(row: &R, at: usize, kind: Kind) -> Result<Value, StoreError> {
    let unreadable = |reason: String| StoreError::Unreadable { what: format!("a value of kind {kind:?}"), reason };
    let field = row.get(at).ok_or_else(|| unreadable(format!("the answer has no column {at}")))?;
    let Some(value) = field.value() else { return Ok(Value::Missing) };
    match kind {
        Kind::Integer | Kind::Money | Kind::Instant | Kind::Date => DB::integer(value, kind).map(Value::Integer),
        Kind::Number => DB::number(value).map(Value::Number),
        Kind::Boolean => DB::boolean(value).map(Value::Boolean),
        Kind::Text => DB::text(value, |text| Value::Text(text.to_owned())),
    }
    .map_err(|error| unreadable(error.to_string()))
}

/// Sends a statement and hands its rows on one by one as they arrive.
pub(crate) fn send<Q, V: Visit>(
    conn: &mut Conn,
    doing: &'static str,
    statement: &Q,
    visitor: &mut V,
) -> Result<(), StoreError>
where
    Q: Query<SqlType = Untyped> + QueryFragment<Sqlite> + QueryFragment<Pg> + QueryId,
{
    match conn {
        Conn::Sqlite(conn) => {
            let rows =
                LoadConnection::<DefaultLoadingMode>::load(conn, statement).map_err(StoreError::while_(doing))?;
            for row in rows {
                visitor.row::<Sqlite, _>(&row.map_err(StoreError::while_(doing))?)?;
            }
        }
        Conn::Postgres(conn) => {
            let rows =
                LoadConnection::<PgRowByRowLoadingMode>::load(conn, statement).map_err(StoreError::while_(doing))?;
            for row in rows {
                visitor.row::<Pg, _>(&row.map_err(StoreError::while_(doing))?)?;
            }
        }
    }
    Ok(())
}
