//! Which columns of tables anything is known of: what imports brought, and whatever holds a value.

use crate::StoreError;
use crate::connection::Conn;
use crate::facts::Writer;
use crate::schema::{import_tables, imports};
use crate::sql::{quoted, texts};
use diesel::prelude::*;
use pegel_kpi::data::kept::{Kept, Mark, RestsOn, RowsOf, Wanted};
use pegel_kpi::data::model::{Kind, Table};
use pegel_text::digest::sha256;
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

const READING: &str = "reading which columns were imported";

/// Of what depends on no time: any slice will do.
const ALWAYS: Range<i64> = 0..1;

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

/// Whether any row has something in a column of the table, or had before it was gone. Where there is nothing, all rows
/// are searched.
pub(crate) fn holds_any(conn: &mut Conn, table: &Table, column: &str) -> Result<bool, StoreError> {
    // Instants have indexes, which hold nothing then; without a word about their order, PostgreSQL may not look there.
    let is_instant = table.column(column).is_some_and(|column| column.kind == Kind::Instant);
    let (table, column) = (quoted(&table.name), quoted(column));
    let order = if is_instant { format!("ORDER BY {column}") } else { String::new() };
    let any = format!("SELECT 'there' FROM {table} WHERE {column} IS NOT NULL {order} LIMIT 1");
    Ok(!texts(conn, READING, &any)?.is_empty())
}

/// That there is nothing in a column, as it is asked for among what is kept. It holds until somebody writes into the
/// column or rows are new: not all that imports write is on record as brought, such as what look-ups create.
pub(crate) fn nothing_in(table: &Table, column: &str) -> Wanted {
    let hash = sha256(format!("nothing in {}.{column}", table.name));
    let columns = BTreeSet::from([Arc::from(column)]);
    let rows = RowsOf { table: table.name.clone(), by: None, columns, counted: true };
    Wanted {
        mark: Mark(u128::from_str_radix(&hash[..32], 16).expect("a hash is written in hex")),
        within: ALWAYS,
        seen_at: 0..=0,
        rests_on: RestsOn { in_days: true, since_ever: true, rows: vec![rows] },
    }
}

/// The same as it is kept.
pub(crate) fn kept(Wanted { mark, within, .. }: Wanted) -> Kept {
    Kept { mark, slice: within, seen: ALWAYS, states: Vec::new() }
}
