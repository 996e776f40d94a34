//! One column of many rows, set to one value.

use super::{Takes, separated, statement};
use crate::facts::Value;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment};
use pegel_kpi::data::model::Kind;

/// `UPDATE table SET column = value WHERE id IN (ids)`. At least one id, and no more than [`super::TEXTS`].
pub(crate) struct Set<'a> {
    pub(crate) table: &'a str,
    pub(crate) column: &'a str,
    pub(crate) kind: Kind,
    pub(crate) value: &'a Value,
    pub(crate) ids: &'a [Value],
}

impl<DB: Takes> QueryFragment<DB> for Set<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // How many ids there are differs from time to time.
        out.unsafe_to_cache_prepared();
        out.push_sql("UPDATE ");
        out.push_identifier(self.table)?;
        out.push_sql(" SET ");
        out.push_identifier(self.column)?;
        out.push_sql(" = ");
        DB::bind(&mut out, self.value, self.kind)?;
        out.push_sql(" WHERE ");
        out.push_identifier("id")?;
        out.push_sql(" IN (");
        separated(&mut out, ", ", self.ids, |out, id| DB::bind(out, id, Kind::Integer))?;
        out.push_sql(")");
        Ok(())
    }
}

statement!(Set);
