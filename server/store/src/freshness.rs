//! Up to when tables are complete, by the imports that were not taken back.

use crate::connection::Conn;
use crate::sql::quoted;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use pegel_kpi::data::model::Table;
use std::collections::BTreeMap;

/// The newest import that had rows for a table. Instants in UTC seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewestImport {
    pub id: i64,
    pub imported_at: i64,
    pub complete_until: i64,
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = BigInt)]
    import_id: i64,
    #[diesel(sql_type = BigInt)]
    imported_at: i64,
    #[diesel(sql_type = BigInt)]
    complete_until: i64,
}

/// For each table that an import ever had rows for, the newest such import; those that were taken back do not count.
pub(crate) fn newest(conn: &mut Conn) -> QueryResult<BTreeMap<String, NewestImport>> {
    let rows = diesel::sql_query(
        "SELECT table_name, import_id, imported_at, complete_until FROM import_tables JOIN imports ON id = import_id
         WHERE (table_name, import_id) IN (
            SELECT table_name, max(import_id) FROM import_tables JOIN imports ON id = import_id
            WHERE complete_until IS NOT NULL AND undone_at IS NULL GROUP BY table_name
         )",
    )
    .load::<Newest>(conn)?;
    let newest = |row: Newest| {
        let Newest { table_name, import_id: id, imported_at, complete_until } = row;
        (table_name, NewestImport { id, imported_at, complete_until })
    };
    Ok(rows.into_iter().map(newest).collect())
}

/// Up to when a system delivered a table, in UTC seconds.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Delivered {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    system: String,
    #[diesel(sql_type = BigInt)]
    complete_until: i64,
}

/// What every system delivered of every table, and was not taken back.
pub(crate) fn delivered(conn: &mut Conn) -> QueryResult<Vec<Delivered>> {
    diesel::sql_query(
        "SELECT table_name, brought.system, max(complete_until) AS complete_until
         FROM import_tables AS brought JOIN imports ON id = import_id
         WHERE complete_until IS NOT NULL AND undone_at IS NULL GROUP BY table_name, brought.system",
    )
    .load(conn)
}

/// Up to when a table is complete: the system that is furthest behind decides, among those that have rows in it. Rows
/// without a system count only if no import named one, since a system adopts them. `None` if no import had rows for it.
pub(crate) fn complete_until(conn: &mut Conn, table: &Table, delivered: &[Delivered]) -> QueryResult<Option<i64>> {
    let mut delivered: Vec<&Delivered> = delivered.iter().filter(|one| *one.table_name == *table.name).collect();
    if delivered.iter().any(|one| !one.system.is_empty()) {
        delivered.retain(|one| !one.system.is_empty());
    }
    if delivered.len() > 1 {
        let mut there = Vec::new();
        for one in delivered {
            if has_rows(conn, table, &one.system)? {
                there.push(one);
            }
        }
        delivered = there;
    }
    Ok(delivered.into_iter().map(|one| one.complete_until).min())
}

fn has_rows(conn: &mut Conn, table: &Table, system: &str) -> QueryResult<bool> {
    // Names of systems are small letters, digits, `_` and `-`.
    let row = format!("SELECT id FROM {} WHERE system = '{system}' AND gone_at IS NULL LIMIT 1", quoted(&table.name));
    Ok(!diesel::sql_query(row).load::<RowId>(conn)?.is_empty())
}

#[derive(QueryableByName)]
struct RowId {
    #[diesel(sql_type = BigInt)]
    #[expect(dead_code, reason = "only asked whether there is one")]
    id: i64,
}
