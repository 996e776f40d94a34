//! Many rows of values in one INSERT.

use super::{Takes, separated, statement};
use crate::facts::Value;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment};
use pegel_kpi::data::model::Kind;

/// `INSERT INTO table VALUES …`. At least one row.
pub(crate) struct Insert<'a> {
    pub(crate) table: &'a str,
    /// Of the table's columns, in their order.
    pub(crate) kinds: &'a [Kind],
    pub(crate) rows: &'a [Vec<Value>],
}

impl Insert<'_> {
    /// How many rows one statement takes; more gain nothing.
    pub(crate) const ROWS: usize = 50;
}

impl<DB: Takes> QueryFragment<DB> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.rows.len() != Self::ROWS {
            // The remainder after full statements: its text will not come again.
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("INSERT INTO ");
        out.push_identifier(self.table)?;
        out.push_sql(" VALUES ");
        separated(&mut out, ", ", self.rows, |out, row| {
            out.push_sql("(");
            separated(out, ", ", self.kinds.iter().zip(row), |out, (kind, value)| DB::bind(out, value, *kind))?;
            out.push_sql(")");
            Ok(())
        })
    }
}

statement!(Insert);
