//! Rows that statements answer with, collected.

use super::{Gives, Plain, Visit, field, quoted, send};
use crate::StoreError;
use crate::connection::Conn;
use crate::facts::Value;
use pegel_kpi::data::model::Kind;

/// Rows of so many numbers.
pub(crate) fn numbers(
    conn: &mut Conn,
    doing: &'static str,
    text: &str,
    system: &Value,
    columns: usize,
) -> Result<Vec<Vec<i64>>, StoreError> {
    let kinds = vec![Kind::Integer; columns];
    let mut rows = Rows { kinds: &kinds, rows: Vec::new() };
    send(conn, doing, &Plain { text, system }, &mut rows)?;
    Ok(rows.rows.iter().map(|row| row.iter().map(Value::integer).collect()).collect())
}

/// The greatest id that a table has; 0 if it is empty.
pub(crate) fn last_id(conn: &mut Conn, doing: &'static str, table: &str) -> Result<i64, StoreError> {
    let text = format!("SELECT coalesce(max(id), 0) FROM {}", quoted(table));
    Ok(numbers(conn, doing, &text, &Value::Missing, 1)?.first().map_or(0, |row| row[0]))
}

/// The texts that a statement answers with.
pub(crate) fn texts(conn: &mut Conn, doing: &'static str, text: &str) -> Result<Vec<String>, StoreError> {
    let mut texts = Texts(Vec::new());
    send(conn, doing, &Plain { text, system: &Value::Missing }, &mut texts)?;
    Ok(texts.0)
}

/// Collects rows of one text.
pub(crate) struct Texts<C>(pub(crate) C);

impl<C: Extend<String>> Visit for Texts<C> {
    fn row<'a, DB: Gives, R: diesel::row::Row<'a, DB>>(&mut self, row: &R) -> Result<(), StoreError> {
        self.0.extend([field::<DB, R>(row, 0, Kind::Text)?.into_text()]);
        Ok(())
    }
}

/// Collects rows of values.
pub(crate) struct Rows<'a> {
    pub(crate) kinds: &'a [Kind],
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Visit for Rows<'_> {
    fn row<'a, DB: Gives, R: diesel::row::Row<'a, DB>>(&mut self, row: &R) -> Result<(), StoreError> {
        let values = self.kinds.iter().enumerate().map(|(at, kind)| field::<DB, R>(row, at, *kind));
        self.rows.push(values.collect::<Result<_, _>>()?);
        Ok(())
    }
}
