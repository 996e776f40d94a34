//! Rows of a window that lie together in their table. `SQLite` finds rows by the index of their date, and then each of them
//! by its id, which takes longer than to read it. Where rows are stored in about the order in which things happened, as
//! imports bring them, those of a window are a stretch of the table: read from its first to its last, nothing is searched.

use crate::StoreError;
use crate::connection::{Conn, Transaction};
use crate::facts::Value;
use crate::sql::{numbers, quoted};
use pegel_kpi::data::model::Kind;
use pegel_kpi::data::scan::Scan;
use std::ops::RangeInclusive;

/// Of a window with a beginning, so many rows are looked at before all of them are. One without holds much of a table.
const SOME: usize = 2_000;

/// In how wide a stretch these may lie, in ids for each of them: they may be a little out of order.
const SOME_APART: i64 = 4;

/// In how wide a stretch all may lie: to read past two rows takes about as long as to search one.
const APART: i64 = 2;

/// The ids between which all rows of a scan lie, if they lie together.
pub(crate) fn ids(transaction: &mut Transaction, scan: &Scan) -> Result<Option<RangeInclusive<i64>>, StoreError> {
    let conn = transaction.conn();
    let Some(window) = &scan.window else { return Ok(None) };
    let (date, [range]) = (&window.path, &window.ranges[..]) else { return Ok(None) };
    let is_own = date.references.is_empty() && !date.column.attribute && date.column.kind == Kind::Instant;
    if !is_own || !matches!(conn, Conn::Sqlite(_)) {
        return Ok(None);
    }
    let (table, date) = (quoted(&scan.table.name), quoted(&date.column.name));
    let within = format!("FROM {table} WHERE {date} >= {} AND {date} < {}", range.start, range.end);
    let some = format!("FROM (SELECT id {within} ORDER BY {date} LIMIT {SOME})");
    let may_be = range.start == i64::MIN || stretch(conn, &some, SOME_APART)?.is_some();
    if may_be { stretch(conn, &within, APART) } else { Ok(None) }
}

/// The least and the greatest id, if they lie no more than so far apart for each row between them.
fn stretch(conn: &mut Conn, from: &str, apart: i64) -> Result<Option<RangeInclusive<i64>>, StoreError> {
    let text = format!("SELECT coalesce(min(id), 0), coalesce(max(id), 0), count(*) {from}");
    let found = numbers(conn, "reading where rows lie", &text, &Value::Missing, 3)?;
    let Some([least, greatest, rows]) = found.first().map(Vec::as_slice) else { return Ok(None) };
    Ok((greatest - least < rows * apart).then_some(*least..=*greatest))
}
