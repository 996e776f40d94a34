//! Many rows in one INSERT that updates those whose key is there.

use super::{Takes, separated, statement};
use crate::facts::Value;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment};
use pegel_kpi::data::model::{ATTRIBUTES, Column, GONE_AT, Kind, SYSTEM};
use std::sync::Arc;

/// The most binds of one statement; `SQLite` takes 32,766, `PostgreSQL` 65,535.
const MOST_BINDS: usize = 32_000;
/// More rows in one statement gain nothing.
const MOST_ROWS: usize = 200;

/// One row to be written.
pub(crate) struct Row<'a> {
    pub(crate) key: Value,
    /// In the order of [`Upsert::columns`].
    pub(crate) values: &'a [Value],
    /// JSON.
    pub(crate) attributes: Value,
}

/// `INSERT … ON CONFLICT (key, system) DO UPDATE` of the named columns; a row that was gone is back. At least one row.
pub(crate) struct Upsert<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [Arc<Column>],
    /// Whose rows they are.
    pub(crate) system: &'a Value,
    /// Whether attributes are written; otherwise a new row gets none and an old one keeps what it has.
    pub(crate) attributes: bool,
    /// Whether a row that is there is changed, or kept as it is.
    pub(crate) overwrite: bool,
    pub(crate) rows: &'a [Row<'a>],
}

impl Upsert<'_> {
    /// How many rows one statement takes.
    pub(crate) fn rows_for(columns: usize) -> usize {
        // Beside the columns there are the key, the system and the attributes.
        (MOST_BINDS / (columns + 3)).min(MOST_ROWS)
    }

    /// The written columns beside the key and the system.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| &*column.name).chain(self.attributes.then_some(ATTRIBUTES))
    }
}

impl<DB: Takes> QueryFragment<DB> for Upsert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.rows.len() != Self::rows_for(self.columns.len()) {
            // The remainder after full statements: its text will not come again.
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("INSERT INTO ");
        out.push_identifier(self.table)?;
        out.push_sql(" (");
        out.push_identifier("key")?;
        out.push_sql(", ");
        out.push_identifier(SYSTEM)?;
        for name in self.names() {
            out.push_sql(", ");
            out.push_identifier(name)?;
        }
        out.push_sql(") VALUES ");
        separated(&mut out, ", ", self.rows, |out, row| {
            out.push_sql("(");
            DB::bind(out, &row.key, Kind::Text)?;
            out.push_sql(", ");
            DB::bind(out, self.system, Kind::Text)?;
            for (column, value) in self.columns.iter().zip(row.values) {
                out.push_sql(", ");
                DB::bind(out, value, column.kind)?;
            }
            if self.attributes {
                out.push_sql(", ");
                DB::bind(out, &row.attributes, Kind::Text)?;
            }
            out.push_sql(")");
            Ok(())
        })?;
        out.push_sql(" ON CONFLICT (");
        out.push_identifier("key")?;
        out.push_sql(", ");
        out.push_identifier(SYSTEM)?;
        if !self.overwrite {
            out.push_sql(") DO NOTHING");
            return Ok(());
        }
        out.push_sql(") DO UPDATE SET ");
        out.push_identifier(GONE_AT)?;
        out.push_sql(" = NULL");
        for name in self.names() {
            out.push_sql(", ");
            out.push_identifier(name)?;
            out.push_sql(" = excluded.");
            out.push_identifier(name)?;
        }
        Ok(())
    }
}

statement!(Upsert);
