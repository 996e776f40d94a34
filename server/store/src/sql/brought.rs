//! The rows that a system has brought.

use super::{Takes, statement};
use crate::facts::Value;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment};
use pegel_kpi::data::model::{ATTRIBUTES, GONE_AT, Kind, SYSTEM, Table};

/// The column by which a row is known that a look-up created.
const NAME: &str = "name";

/// `SELECT key, id` of the rows of a system that are not gone. Without those of which nothing is known but what a
/// look-up that created them knew, their key for a name: nobody has brought them.
pub(crate) struct Brought<'a> {
    pub(crate) table: &'a Table,
    pub(crate) system: &'a Value,
}

impl<DB: Takes> QueryFragment<DB> for Brought<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        out.push_identifier("key")?;
        out.push_sql(", ");
        out.push_identifier("id")?;
        out.push_sql(" FROM ");
        out.push_identifier(&self.table.name)?;
        out.push_sql(" WHERE ");
        out.push_identifier(SYSTEM)?;
        out.push_sql(" = ");
        DB::bind(&mut out, self.system, Kind::Text)?;
        out.push_sql(" AND ");
        out.push_identifier(GONE_AT)?;
        out.push_sql(" IS NULL AND (");
        out.push_identifier(ATTRIBUTES)?;
        out.push_sql(" <> '{}'");
        let beside = |name: &str| ![&*self.table.id().name, &*self.table.key().name].contains(&name);
        for column in self.table.columns.iter().filter(|column| beside(&column.name)) {
            out.push_sql(" OR ");
            out.push_identifier(&column.name)?;
            if *column.name == *NAME {
                out.push_sql(" <> ");
                out.push_identifier("key")?;
            } else {
                out.push_sql(" IS NOT NULL");
            }
        }
        out.push_sql(")");
        Ok(())
    }
}

statement!(Brought);
