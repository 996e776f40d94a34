//! Which columns of tables anything is known of: what imports brought, and whatever holds a value.

use crate::StoreError;
use crate::connection::Conn;
use crate::facts::Writer;
use crate::schema::{import_tables, imports};
use crate::sql::{quoted, texts};
use diesel::prelude::*;
use pegel_kpi::data::model::{GONE_AT, Table};
use std::collections::HashSet;

const READING: &str = "reading which columns were imported";

/// The tables with the columns and attributes that imports brought and that were not taken back.
pub(crate) fn brought(conn: &mut Conn) -> Result<HashSet<(String, String)>, StoreError> {
    let rows: Vec<(String, String)> = import_tables::table
        .inner_join(imports::table)
        .filter(imports::undone_at.is_null())
        .select((import_tables::table_name, import_tables::brought))
        .distinct()
        .load(conn)
        .map_err(StoreError::while_(READING))?;
    let columns = rows.into_iter().flat_map(|(table, columns)| {
        names(&columns).into_iter().map(move |column| (table.clone(), column)).collect::<Vec<_>>()
    });
    Ok(columns.collect())
}

impl Writer {
    /// The mappings of imports that said of no system and brought any of these columns of a table, and were not taken
    /// back. In order.
    ///
    /// # Errors
    /// If the database fails.
    pub fn mappings_without_system(&mut self, table: &Table, columns: &[&str]) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String, String)> = import_tables::table
            .inner_join(imports::table)
            .filter(imports::undone_at.is_null())
            .filter(import_tables::system.eq(""))
            .filter(import_tables::table_name.eq(&*table.name))
            .select((imports::mapping, import_tables::brought))
            .distinct()
            .order(imports::mapping)
            .load(self.conn())
            .map_err(StoreError::while_(READING))?;
        let bring =
            |(_, brought): &(String, String)| names(brought).iter().any(|name| columns.contains(&name.as_str()));
        let mut mappings: Vec<String> = rows.into_iter().filter(bring).map(|(mapping, _)| mapping).collect();
        mappings.dedup();
        Ok(mappings)
    }
}

/// Names of columns as they are stored, a JSON array.
pub(crate) fn stored(names: &[String]) -> String {
    serde_json::Value::from(names).to_string()
}

/// Names of columns as they were stored; what is no list of names says nothing.
pub(crate) fn names(stored: &str) -> Vec<String> {
    serde_json::from_str(stored).unwrap_or_default()
}

/// Whether any row that is not gone has something in a column of the table.
pub(crate) fn holds_any(conn: &mut Conn, table: &Table, column: &str) -> Result<bool, StoreError> {
    let (table, column) = (quoted(&table.name), quoted(column));
    let any = format!("SELECT 'there' FROM {table} WHERE {column} IS NOT NULL AND {GONE_AT} IS NULL LIMIT 1");
    Ok(!texts(conn, READING, &any)?.is_empty())
}
