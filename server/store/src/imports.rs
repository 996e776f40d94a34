//! Which imports there were, what each brought to which table, and up to when tables are complete since.

use crate::StoreError;
use crate::connection::{Conn, on_backend};
use crate::facts::Writer;
use crate::schema::{import_tables, imports};
use crate::sql::quoted;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use pegel_kpi::data::model::Table;
use std::collections::BTreeMap;

/// What is kept of an import. Counts are of rows of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// The file as the user named it.
    pub file: String,
    /// The name of the mapping.
    pub mapping: String,
    /// Whose rows they are; empty where nobody said.
    pub system: String,
    /// UTC seconds.
    pub imported_at: i64,
    pub new_rows: i64,
    pub changed_rows: i64,
    pub unchanged_rows: i64,
    pub rejected_rows: i64,
    /// Each table once.
    pub tables: Vec<TableRecord>,
}

/// What an import brought to one table. Counts are of rows of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRecord {
    pub table: String,
    pub new_rows: i64,
    pub changed_rows: i64,
    pub unchanged_rows: i64,
    pub back_rows: i64,
    pub gone_rows: i64,
    /// Up to when the table is complete since, in UTC seconds; `None` if the file had no row for it, such as where only
    /// look-ups created rows.
    pub complete_until: Option<i64>,
}

/// The newest import that had rows for a table. Instants in UTC seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewestImport {
    pub id: i64,
    pub imported_at: i64,
    pub complete_until: i64,
}

impl Writer {
    /// Keeps a record of an import, with the facts it wrote.
    ///
    /// # Errors
    /// If the database fails.
    pub fn record_import(&mut self, record: &ImportRecord) -> Result<(), StoreError> {
        let row = (
            imports::file.eq(&record.file),
            imports::mapping.eq(&record.mapping),
            imports::imported_at.eq(record.imported_at),
            imports::new_rows.eq(record.new_rows),
            imports::changed_rows.eq(record.changed_rows),
            imports::unchanged_rows.eq(record.unchanged_rows),
            imports::rejected_rows.eq(record.rejected_rows),
        );
        let failed = StoreError::while_("recording the import");
        let id: i64 = on_backend!(self.conn(), conn => diesel::insert_into(imports::table)
            .values(row)
            .returning(imports::id)
            .get_result(conn))
        .map_err(failed)?;
        for table in &record.tables {
            diesel::insert_into(import_tables::table)
                .values((
                    import_tables::import_id.eq(id),
                    import_tables::table_name.eq(&table.table),
                    import_tables::system.eq(&record.system),
                    import_tables::new_rows.eq(table.new_rows),
                    import_tables::changed_rows.eq(table.changed_rows),
                    import_tables::unchanged_rows.eq(table.unchanged_rows),
                    import_tables::back_rows.eq(table.back_rows),
                    import_tables::gone_rows.eq(table.gone_rows),
                    import_tables::complete_until.eq(table.complete_until),
                ))
                .execute(self.conn())
                .map_err(StoreError::while_("recording the import"))?;
        }
        Ok(())
    }
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

/// For each table that an import ever had rows for, the newest such import.
pub(crate) fn newest(conn: &mut Conn) -> QueryResult<BTreeMap<String, NewestImport>> {
    let rows = diesel::sql_query(
        "SELECT table_name, import_id, imported_at, complete_until FROM import_tables JOIN imports ON id = import_id
         WHERE (table_name, import_id) IN (
            SELECT table_name, max(import_id) FROM import_tables WHERE complete_until IS NOT NULL GROUP BY table_name
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

/// What every system delivered of every table.
pub(crate) fn delivered(conn: &mut Conn) -> QueryResult<Vec<Delivered>> {
    diesel::sql_query(
        "SELECT table_name, system, max(complete_until) AS complete_until FROM import_tables
         WHERE complete_until IS NOT NULL GROUP BY table_name, system",
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
