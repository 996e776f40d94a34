//! Rows by a text they carry: by key when facts are written, by name when an import looks up what a row refers to.

use super::{Takes, separated, statement};
use crate::facts::Value;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment};
use pegel_kpi::data::model::{Kind, SYSTEM};

/// How many texts one statement asks for.
pub(crate) const TEXTS: usize = 1000;

/// `SELECT columns FROM table WHERE by IN (texts) AND system IN (systems)`. At least one column and one text.
pub(crate) struct SelectByText<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [&'a str],
    pub(crate) by: &'a str,
    pub(crate) texts: &'a [Value],
    /// Whose rows; `None`: anybody's.
    pub(crate) systems: Option<&'a [Value]>,
}

impl<DB: Takes> QueryFragment<DB> for SelectByText<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.texts.len() != TEXTS {
            // The remainder after full statements: its text will not come again.
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("SELECT ");
        separated(&mut out, ", ", self.columns, |out, column| out.push_identifier(column))?;
        out.push_sql(" FROM ");
        out.push_identifier(self.table)?;
        out.push_sql(" WHERE ");
        out.push_identifier(self.by)?;
        out.push_sql(" IN (");
        separated(&mut out, ", ", self.texts, |out, text| DB::bind(out, text, Kind::Text))?;
        out.push_sql(")");
        if let Some(systems) = self.systems {
            out.push_sql(" AND ");
            out.push_identifier(SYSTEM)?;
            out.push_sql(" IN (");
            separated(&mut out, ", ", systems, |out, system| DB::bind(out, system, Kind::Text))?;
            out.push_sql(")");
        }
        Ok(())
    }
}

statement!(SelectByText);
