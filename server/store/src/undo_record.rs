//! What an import writes, put on record while it does, so that it can be taken back: of rows that it changes what they
//! were, of rows that it makes the first and the last.
//!
//! Rows that an import makes have ids above those that were there, and nobody else makes rows meanwhile.

use crate::StoreError;
use crate::connection::Conn;
use crate::sql::{TEXTS, execute, last_id, numbers, quoted};
use crate::writer::Writer;
use pegel_kpi::data::model::{ATTRIBUTES, Column, GONE_AT, Kind, SYSTEM, Table};
use std::sync::Arc;

const RECORDING: &str = "recording what the rows were";

/// How many imports of a system can be taken back.
const KEPT: usize = 3;

/// Beside the columns, where it is on record what a row's columns held when.
pub(crate) const SPANS: &str = "spans_";

impl Writer {
    /// To be called before rows are added to a table.
    pub(crate) fn mark(&mut self, table: &Table) -> Result<(), StoreError> {
        self.marked(table).map(|_| ())
    }

    /// The greatest id that the table had before.
    fn marked(&mut self, table: &Table) -> Result<i64, StoreError> {
        if let Some((_, before)) = self.recording.before.get(&table.name) {
            return Ok(*before);
        }
        let last = last_id(self.conn(), RECORDING, &table.name)?;
        self.recording.before.insert(table.name.clone(), (table.clone(), last));
        Ok(last)
    }

    /// Keeps what rows are that are about to be changed; `ids` is a SELECT of their ids, or a list of them. Of a row that
    /// is changed more than once by an import, what it was at first counts.
    pub(crate) fn keep(&mut self, table: &Table, ids: &str) -> Result<(), StoreError> {
        let before = self.marked(table)?;
        let Some(import) = self.recording.import else { return self.see_changed(table, ids) };
        let former = match self.conn() {
            Conn::Sqlite(_) => former_on_sqlite(table),
            Conn::Postgres(_) => former_on_postgres(table),
        };
        let (name, system) = (&table.name, self.system.clone());
        let text = format!(
            "INSERT INTO import_undo (import_id, table_name, row_id, last_id, former)
             SELECT {import}, '{name}', t.id, t.id, {former} FROM {} t WHERE t.id <= {before} AND t.id IN ({ids})
             ON CONFLICT (import_id, table_name, row_id) DO NOTHING",
            quoted(name)
        );
        execute(self.conn(), RECORDING, &text, &system)?;
        Ok(())
    }

    /// The same of single rows.
    pub(crate) fn keep_each(&mut self, table: &Table, ids: &[i64]) -> Result<(), StoreError> {
        for ids in ids.chunks(TEXTS) {
            self.keep(table, &ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }

    /// Where nothing is on record, that there are such rows is all that is known.
    fn see_changed(&mut self, table: &Table, ids: &str) -> Result<(), StoreError> {
        if !self.recording.changed.contains(&table.name) {
            let count = format!("SELECT count(*) FROM {} t WHERE t.id IN ({ids})", quoted(&table.name));
            let system = self.system.clone();
            let counted = numbers(self.conn(), RECORDING, &count, &system, 1)?;
            if counted.first().is_some_and(|row| row[0] > 0) {
                self.recording.changed.insert(table.name.clone());
            }
        }
        Ok(())
    }

    /// Completes the record of what was written: the rows that are new. What is older than the last imports of the
    /// system can no longer be taken back.
    pub(crate) fn end_recording(&mut self) -> Result<(), StoreError> {
        let Some(import) = self.recording.import else { return Ok(()) };
        let recording = std::mem::take(&mut self.recording);
        let system = self.system.clone();
        for (table, (_, before)) in &recording.before {
            let last = last_id(self.conn(), RECORDING, table)?;
            if last > *before {
                let values = format!("({import}, '{table}', {}, {last}, NULL)", before + 1);
                let insert = "INSERT INTO import_undo (import_id, table_name, row_id, last_id, former) VALUES";
                execute(self.conn(), RECORDING, &format!("{insert} {values}"), &system)?;
            }
        }
        for text in [
            format!("UPDATE imports SET undoable = TRUE WHERE id = {import}"),
            format!(
                "UPDATE imports SET undoable = FALSE WHERE undoable AND {SYSTEM} = ? AND id NOT IN
                 (SELECT id FROM imports WHERE undoable AND {SYSTEM} = ? ORDER BY id DESC LIMIT {KEPT})"
            ),
            "DELETE FROM import_undo WHERE import_id IN (SELECT id FROM imports WHERE NOT undoable)".to_owned(),
        ] {
            execute(self.conn(), RECORDING, &text, &system)?;
        }
        self.recorded.push(recording);
        Ok(())
    }
}

/// The columns of a row that can change, with their kinds.
pub(crate) fn changing(table: &Table) -> impl Iterator<Item = (&str, Kind)> {
    let columns = table.columns.iter().map(|column| (&*column.name, column.kind));
    let columns = columns.filter(|(name, _)| *name != "id");
    columns.chain([(SYSTEM, Kind::Text), (GONE_AT, Kind::Instant), (ATTRIBUTES, Kind::Text)])
}

/// Which rows of `spans` are about a row of the table, as a condition; `None` if the table keeps none.
pub(crate) fn spans_of(table: &Table) -> Option<String> {
    let columns =
        table.columns.iter().filter(|column| column.spans).map(|column: &Arc<Column>| format!("'{}'", column.name));
    let columns = columns.collect::<Vec<_>>().join(", ");
    (!columns.is_empty()).then(|| format!("s.table_name = '{}' AND s.column_name IN ({columns})", table.name))
}

/// A JSON object of the row `t`. Numbers are written as texts with all their digits: as such, they would lose some.
fn former_on_sqlite(table: &Table) -> String {
    let columns = changing(table).map(|(name, kind)| {
        let value = format!("t.{}", quoted(name));
        let value = match kind {
            Kind::Number => {
                format!("CASE WHEN {value} IS NULL THEN 'null' ELSE json_quote(printf('%!.17g', {value})) END")
            }
            _ => format!("json_quote({value})"),
        };
        format!("'\"{name}\":' || {value}")
    });
    let spans = spans_of(table).map(|spans| {
        format!(
            "'\"{SPANS}\":' || (SELECT json_group_array(json_array(s.column_name, CAST(s.held_from AS TEXT), s.value))
             FROM spans s WHERE {spans} AND s.row_id = t.id)"
        )
    });
    format!("'{{' || {} || '}}'", columns.chain(spans).collect::<Vec<_>>().join(" || ',' || "))
}

/// The same.
fn former_on_postgres(table: &Table) -> String {
    let columns = changing(table).map(|(name, _)| format!("t.{}", quoted(name)));
    let spans = spans_of(table).map(|spans| {
        format!(
            "(SELECT coalesce(json_agg(json_build_array(s.column_name, CAST(s.held_from AS TEXT), s.value)), '[]')
             FROM spans s WHERE {spans} AND s.row_id = t.id) AS {SPANS}"
        )
    });
    let columns: Vec<String> = columns.chain(spans).collect();
    format!("(SELECT CAST(row_to_json(f) AS TEXT) FROM (SELECT {}) f)", columns.join(", "))
}
