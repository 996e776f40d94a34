//! A statement over tables of our own making, which both databases read alike.

use super::{Takes, statement};
use crate::StoreError;
use crate::connection::{Conn, on_backend};
use crate::facts::Value;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment};
use pegel_kpi::data::model::Kind;

/// SQL whose names come from the model; every `?` stands for the system whose rows it is about.
pub(crate) struct Plain<'a> {
    pub(crate) text: &'a str,
    pub(crate) system: &'a Value,
}

impl<DB: Takes> QueryFragment<DB> for Plain<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        for (number, text) in self.text.split('?').enumerate() {
            if number > 0 {
                DB::bind(&mut out, self.system, Kind::Text)?;
            }
            out.push_sql(text);
        }
        Ok(())
    }
}

statement!(Plain);

/// A name as SQL writes it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Sends a statement; how many rows it changed.
pub(crate) fn execute(conn: &mut Conn, doing: &'static str, text: &str, system: &Value) -> Result<u64, StoreError> {
    let plain = Plain { text, system };
    let changed = on_backend!(conn, conn => diesel::connection::Connection::execute_returning_count(conn, &plain));
    changed.map(|changed| changed as u64).map_err(StoreError::while_(doing))
}
