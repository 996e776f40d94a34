//! Our own SQL: statements made from the data model at run time, for both databases by one `QueryFragment` each, and
//! their rows read by position.
//!
//! Identifiers come from the model and go through `push_identifier`; everything that a user gave is a bind.

mod collect;
mod insert;
mod plain;
mod rows;
mod scan;
mod select;
mod set;
mod upsert;

pub(crate) use collect::{Rows, Texts, last_id, numbers, texts};
pub(crate) use insert::Insert;
pub(crate) use plain::{Plain, execute, quoted};
pub(crate) use rows::{Gives, Visit, field, send};
pub(crate) use scan::{ScanStatement, Which};
pub(crate) use select::{SelectByText, TEXTS};
pub(crate) use set::Set;
pub(crate) use upsert::{Row, Upsert};

use crate::facts::Value;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text};
use diesel::sqlite::Sqlite;
use pegel_kpi::data::model::Kind;

/// A database that takes every kind of value that the model has.
pub(crate) trait Takes: Backend {
    fn bind<'b>(out: &mut AstPass<'_, 'b, Self>, value: &'b Value, kind: Kind) -> QueryResult<()>;

    /// Pushes an attribute, as a value of a kind, out of the JSON that `json` pushes. Of another kind it is missing; but
    /// whatever is no amount, date or instant can be a text.
    fn attribute<'b>(
        out: &mut AstPass<'_, 'b, Self>,
        json: &dyn Fn(&mut AstPass<'_, 'b, Self>) -> QueryResult<()>,
        name: &'b str,
        kind: Kind,
    ) -> QueryResult<()>;
}

/// `CASE WHEN json_type(json -> name) IN (…) THEN json ->> name END`
fn sqlite_attribute<'b>(
    out: &mut AstPass<'_, 'b, Sqlite>,
    json: &dyn Fn(&mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()>,
    name: &'b str,
    kind: Kind,
) -> QueryResult<()> {
    let mut read = |before: &str, operator: &str| {
        out.push_sql(before);
        json(out)?;
        out.push_sql(operator);
        out.push_bind_param::<Text, str>(name)
    };
    match kind {
        Kind::Text => {
            // `->>` would give 1 for true.
            read("CASE json_type(", " -> ")?;
            read(") WHEN 'object' THEN NULL WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE ", " ->> ")?;
        }
        Kind::Number => {
            read("CASE WHEN json_type(", " -> ")?;
            read(") IN ('integer', 'real') THEN ", " ->> ")?;
        }
        Kind::Boolean => {
            read("CASE WHEN json_type(", " -> ")?;
            read(") IN ('true', 'false') THEN ", " ->> ")?;
        }
        Kind::Integer => {
            read("CASE WHEN json_type(", " -> ")?;
            read(") = 'integer' THEN ", " ->> ")?;
        }
        Kind::Money | Kind::Instant | Kind::Date => {
            let name = kind.name();
            read("CASE WHEN json_type(", " -> ")?;
            read(&format!(" -> '{name}') = 'integer' THEN "), " -> ")?;
            out.push_sql(&format!(" ->> '{name}'"));
        }
    }
    out.push_sql(" END");
    Ok(())
}

/// `CASE WHEN json_typeof(json -> name) = … THEN (json ->> name)::… END`
fn postgres_attribute<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    json: &dyn Fn(&mut AstPass<'_, 'b, Pg>) -> QueryResult<()>,
    name: &'b str,
    kind: Kind,
) -> QueryResult<()> {
    let mut read = |before: &str, operator: &str, after: &str| -> QueryResult<()> {
        out.push_sql(before);
        json(out)?;
        out.push_sql(operator);
        out.push_bind_param::<Text, str>(name)?;
        out.push_sql(after);
        Ok(())
    };
    let typed = ("CASE WHEN json_typeof(", "::json -> ");
    match kind {
        Kind::Text => {
            read(typed.0, typed.1, ") <> 'object' THEN ")?;
            read("(", "::json ->> ", ") END")
        }
        Kind::Number => {
            read(typed.0, typed.1, ") = 'number' THEN ")?;
            read("(", "::json ->> ", ")::double precision END")
        }
        Kind::Boolean => {
            read(typed.0, typed.1, ") = 'boolean' THEN ")?;
            read("(", "::json ->> ", ")::boolean END")
        }
        Kind::Integer => {
            read(typed.0, typed.1, ") = 'number' AND ")?;
            read("(", "::json ->> ", ") ~ '^-?[0-9]{1,18}$' THEN ")?;
            read("(", "::json ->> ", ")::bigint END")
        }
        Kind::Money | Kind::Instant | Kind::Date => {
            let name = kind.name();
            let (digits, stored) = if kind == Kind::Date { (9, "integer") } else { (18, "bigint") };
            read(typed.0, typed.1, &format!(" -> '{name}') = 'number' AND "))?;
            read("(", "::json -> ", &format!(" ->> '{name}') ~ '^-?[0-9]{{1,{digits}}}$' THEN "))?;
            read("(", "::json -> ", &format!(" ->> '{name}')::{stored} END"))
        }
    }
}

macro_rules! takes {
    ($backend:ty, $attribute:ident) => {
        impl Takes for $backend {
            fn attribute<'b>(
                out: &mut AstPass<'_, 'b, Self>,
                json: &dyn Fn(&mut AstPass<'_, 'b, Self>) -> QueryResult<()>,
                name: &'b str,
                kind: Kind,
            ) -> QueryResult<()> {
                $attribute(out, json, name, kind)
            }

            fn bind<'b>(out: &mut AstPass<'_, 'b, Self>, value: &'b Value, kind: Kind) -> QueryResult<()> {
                match value {
                    Value::Integer(value) => out.push_bind_param::<BigInt, _>(value),
                    Value::Number(value) => out.push_bind_param::<Double, _>(value),
                    Value::Text(value) => out.push_bind_param::<Text, _>(value.as_str()),
                    Value::Boolean(value) => out.push_bind_param::<Bool, _>(value),
                    // A bind as well, so that rows with different gaps share one prepared statement.
                    Value::Missing => match kind {
                        Kind::Number => out.push_bind_param::<Nullable<Double>, Option<f64>>(&None),
                        Kind::Text => out.push_bind_param::<Nullable<Text>, Option<String>>(&None),
                        Kind::Boolean => out.push_bind_param::<Nullable<Bool>, Option<bool>>(&None),
                        Kind::Integer | Kind::Money | Kind::Instant | Kind::Date => {
                            out.push_bind_param::<Nullable<BigInt>, Option<i64>>(&None)
                        }
                    },
                }
            }
        }
    };
}
takes!(Sqlite, sqlite_attribute);
takes!(Pg, postgres_attribute);

/// Declares a type to be a statement whose rows are read by position and whose text is known at run time only.
macro_rules! statement {
    ($type:ident) => {
        impl diesel::query_builder::Query for $type<'_> {
            type SqlType = diesel::sql_types::Untyped;
        }

        impl diesel::query_builder::QueryId for $type<'_> {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    };
}
pub(crate) use statement;

/// Pushes the items with a separator between them.
fn separated<'b, DB: Backend, T>(
    out: &mut AstPass<'_, 'b, DB>,
    separator: &str,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut AstPass<'_, 'b, DB>, T) -> QueryResult<()>,
) -> QueryResult<()> {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push_sql(separator);
        }
        push(out, item)?;
    }
    Ok(())
}
