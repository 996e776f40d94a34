//! Taking back an import: rows that it made go, rows that it changed or let go become what they were, their former
//! values and their history with them. What it takes is on record since (`undo_record`).

use crate::connection::Conn;
use crate::facts::{Value, Writer};
use crate::imports::{Import, kept};
use crate::noting::Noting;
use crate::schema::imports;
use crate::sql::{execute, numbers, quoted};
use crate::staging::sql_type;
use crate::undo_record::{SPANS, changing, spans_of};
use crate::{Store, StoreError};
use diesel::prelude::*;
use pegel_kpi::data::model::{Model, SYSTEM, Table};
use std::collections::BTreeMap;

const UNDOING: &str = "taking back the import";

/// Why an import is not taken back. Nothing has been written.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    #[error("there is no import that can be taken back")]
    Nothing,
    #[error("there is no import {import}")]
    Unknown { import: i64 },
    #[error("import {import} was taken back already")]
    Already { import: i64 },
    #[error("import {import} cannot be taken back: what the rows were is kept for the last three imports of a system")]
    TooOld { import: i64 },
    #[error("import {import} cannot be taken back: {} wrote {rows} of its rows", later(*.by))]
    Written { import: i64, rows: u64, by: Option<i64> },
    #[error(
        "import {import} cannot be taken back: {} wrote {rows} {} of {table}, referring to rows that import {import} made",
        later(*.by),
        if *.rows == 1 { "row" } else { "rows" }
    )]
    Referred { import: i64, rows: u64, table: String, by: Option<i64> },
    #[error(
        "import {import} cannot be taken back: {} brought {rows} {} of {table} with the keys that rows would have again",
        later(*.by),
        if *.rows == 1 { "row" } else { "rows" }
    )]
    Taken { import: i64, rows: u64, table: String, by: Option<i64> },
    #[error("import {import} cannot be taken back: it wrote {table}, which config/tables no longer describes")]
    NoTable { import: i64, table: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `import 12`, if that is on record.
fn later(by: Option<i64>) -> String {
    by.map_or_else(|| "a later import".to_owned(), |by| format!("import {by}"))
}

/// An import that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    pub import: Import,
    /// By table; those that record the past of others are left out.
    pub tables: BTreeMap<String, UndoneRows>,
}

/// What became of the rows of one table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UndoneRows {
    /// The import had made them.
    pub removed: u64,
    /// The import had changed them or let them go; they are what they were.
    pub restored: u64,
}

impl Store {
    /// Takes back an import, by default the newest that can be, at `now` (UTC seconds). `model`: all tables there are.
    ///
    /// # Errors
    /// If it cannot be taken back: it was already, it is none of the last three of its system, or later imports wrote
    /// its rows or refer to them; or if the database fails.
    pub fn undo_import(&self, import: Option<i64>, model: &Model, now: i64) -> Result<Undone, UndoError> {
        self.apart().write(true, |writer| {
            let all = kept(writer.conn()).map_err(StoreError::while_(UNDOING))?;
            let import = chosen(all, import)?;
            writer.write_for(&import.record.system);
            let tables = Undoing { writer, model, import: import.id }.undo(now)?;
            Ok(Undone { import, tables })
        })
    }
}

fn chosen(mut all: Vec<Import>, import: Option<i64>) -> Result<Import, UndoError> {
    let Some(number) = import else {
        return all.into_iter().find(|import| import.undoable).ok_or(UndoError::Nothing);
    };
    let at = all.iter().position(|import| import.id == number).ok_or(UndoError::Unknown { import: number })?;
    let import = all.swap_remove(at);
    match import.undone_at {
        Some(_) => Err(UndoError::Already { import: number }),
        None if import.undoable => Ok(import),
        None => Err(UndoError::TooOld { import: number }),
    }
}

struct Undoing<'a> {
    writer: &'a mut Writer,
    model: &'a Model,
    import: i64,
}

/// What an import wrote of one table.
struct Wrote {
    table: Table,
    /// The first and the last of the rows that it made.
    made: Option<(i64, i64)>,
    /// How many others it wrote.
    changed: u64,
}

impl Undoing<'_> {
    fn undo(mut self, now: i64) -> Result<BTreeMap<String, UndoneRows>, UndoError> {
        let wrote = self.wrote()?;
        self.refuse_written(&wrote)?;
        self.refuse_taken(&wrote)?;
        self.note(&wrote)?;
        for Wrote { table, changed, .. } in &wrote {
            if *changed > 0 {
                self.restore(table)?;
            }
        }
        self.refuse_referred(&wrote)?;
        let mut tables = BTreeMap::new();
        // What refers to others goes before them.
        for Wrote { table, made, changed } in wrote.iter().rev() {
            self.restore_spans(table, *made)?;
            let removed = match made {
                Some((first, last)) => {
                    self.run(&format!("DELETE FROM {} WHERE id BETWEEN {first} AND {last}", quoted(&table.name)))?
                }
                None => 0,
            };
            if table.history_of().is_none() {
                tables.insert(table.name.to_string(), UndoneRows { removed, restored: *changed });
            }
        }
        self.run(&format!("DELETE FROM import_undo WHERE import_id = {}", self.import))?;
        diesel::update(imports::table.find(self.import))
            .set((imports::undone_at.eq(now), imports::undoable.eq(false)))
            .execute(self.writer.conn())
            .map_err(StoreError::while_(UNDOING))?;
        Ok(tables)
    }

    /// Parents before children.
    fn wrote(&mut self) -> Result<Vec<Wrote>, UndoError> {
        let import = self.import;
        let mut wrote = Vec::new();
        let mut known = 0;
        for table in self.model.tables() {
            let of_table = format!("FROM import_undo WHERE import_id = {import} AND table_name = '{}'", table.name);
            let made = self.numbers(&format!("SELECT row_id, last_id {of_table} AND former IS NULL"), 2)?;
            let made = made.first().map(|made| (made[0], made[1]));
            let changed = self.number(&format!("SELECT count(*) {of_table} AND former IS NOT NULL"))?;
            known += changed + u64::from(made.is_some());
            if made.is_some() || changed > 0 {
                wrote.push(Wrote { table, made, changed });
            }
        }
        let of_import = format!("FROM import_undo WHERE import_id = {import}");
        if self.number(&format!("SELECT count(*) {of_import}"))? != known {
            let named = format!("SELECT DISTINCT table_name AS text {of_import}");
            let tables = diesel::sql_query(named).load::<Name>(self.writer.conn());
            let tables = tables.map_err(StoreError::while_(UNDOING))?;
            let unknown = tables.into_iter().find(|name| self.model.table(&name.text).is_none());
            return Err(UndoError::NoTable { import, table: unknown.map(|name| name.text).unwrap_or_default() });
        }
        Ok(wrote)
    }

    /// Notes what will be touched, as long as it is there: rows are now what the import made of them, and will be what is
    /// on record.
    fn note(&mut self, wrote: &[Wrote]) -> Result<(), StoreError> {
        let mut noting = Noting::begin(self.writer.conn())?;
        for Wrote { table, made, .. } in wrote {
            noting.written(table, *made, self.import)?;
        }
        noting.end()
    }

    /// Rows that were written since would lose what was written. Who wrote rows of this system that are now another's is
    /// on record only as long as that import can be taken back.
    fn refuse_written(&mut self, wrote: &[Wrote]) -> Result<(), UndoError> {
        let import = self.import;
        let later = format!("SELECT id FROM imports WHERE undoable AND id > {import} ORDER BY id DESC");
        for later in self.numbers(&later, 1)? {
            let by = later[0];
            let rows = self.number(&format!(
                "SELECT count(*) FROM import_undo u JOIN import_undo v ON v.table_name = u.table_name
                 AND v.row_id BETWEEN u.row_id AND u.last_id
                 WHERE u.import_id = {import} AND v.import_id = {by} AND v.former IS NOT NULL"
            ))?;
            if rows > 0 {
                return Err(UndoError::Written { import, rows, by: Some(by) });
            }
        }
        for Wrote { table, .. } in wrote {
            let name = quoted(&table.name);
            let rows = self.number(&format!(
                "SELECT count(*) FROM import_undo u JOIN {name} t ON t.id BETWEEN u.row_id AND u.last_id
                 WHERE u.import_id = {import} AND u.table_name = '{}' AND t.{SYSTEM} <> ?",
                table.name
            ))?;
            if rows > 0 {
                return Err(UndoError::Written { import, rows, by: None });
            }
        }
        Ok(())
    }

    /// Rows of which nobody had said whose they are would be nobody's again, and others may have come in their place.
    fn refuse_taken(&mut self, wrote: &[Wrote]) -> Result<(), UndoError> {
        let (import, former) = (self.import, self.former());
        for Wrote { table, made, .. } in wrote {
            let name = quoted(&table.name);
            let own = made.map(|(first, last)| format!(" AND o.id NOT BETWEEN {first} AND {last}")).unwrap_or_default();
            let others = format!(
                "FROM import_undo u JOIN {name} t ON t.id = u.row_id AND t.{SYSTEM} <> {former} ->> '{SYSTEM}'
                 JOIN {name} o ON o.key = t.key AND o.id <> t.id AND o.{SYSTEM} = {former} ->> '{SYSTEM}'{own}
                 WHERE u.import_id = {import} AND u.table_name = '{}' AND u.former IS NOT NULL",
                table.name
            );
            let rows = self.number(&format!("SELECT count(*) {others}"))?;
            if rows > 0 {
                let by = self.numbers(
                    &format!(
                        "SELECT coalesce(max(v.import_id), 0) FROM import_undo v WHERE v.table_name = '{}'
                         AND v.import_id > {import} AND EXISTS (SELECT 1 {others} AND o.id BETWEEN v.row_id AND v.last_id)",
                        table.name
                    ),
                    1,
                )?;
                let by = by.first().map(|by| by[0]).filter(|by| *by > 0);
                return Err(UndoError::Taken { import, rows, table: table.name.to_string(), by });
            }
        }
        Ok(())
    }

    /// Rows that are to go may be referred to by rows that came later.
    fn refuse_referred(&mut self, wrote: &[Wrote]) -> Result<(), UndoError> {
        let import = self.import;
        for (parent, first, last) in wrote.iter().filter_map(|wrote| Some((&wrote.table, wrote.made?.0, wrote.made?.1)))
        {
            for table in self.model.tables() {
                let made = wrote.iter().find(|wrote| wrote.table == table).and_then(|wrote| wrote.made);
                let others = made.map(|(first, last)| format!(" AND t.id NOT BETWEEN {first} AND {last}"));
                for reference in table.references.iter().filter(|reference| *reference.table == *parent.name) {
                    let referring = format!(
                        "FROM {} t WHERE t.{} BETWEEN {first} AND {last}{}",
                        quoted(&table.name),
                        quoted(&reference.column.name),
                        others.as_deref().unwrap_or_default()
                    );
                    let rows = self.number(&format!("SELECT count(*) {referring}"))?;
                    if rows > 0 {
                        let by = self.numbers(
                            &format!(
                                "SELECT max(u.import_id) FROM import_undo u WHERE u.table_name = '{}'
                                 AND u.import_id > {import} AND EXISTS (SELECT 1 {referring} AND t.id BETWEEN u.row_id AND u.last_id)",
                                table.name
                            ),
                            1,
                        )?;
                        let by = by.first().map(|by| by[0]).filter(|by| *by > 0);
                        return Err(UndoError::Referred { import, rows, table: table.name.to_string(), by });
                    }
                }
            }
        }
        Ok(())
    }

    fn restore(&mut self, table: &Table) -> Result<(), StoreError> {
        let (name, import, former) = (quoted(&table.name), self.import, self.former());
        let values = changing(table).map(|(column, kind)| {
            let (quoted, value) = (quoted(column), format!("CAST({former} ->> '{column}' AS {})", sql_type(kind)));
            // Keys were not always recorded.
            if column == "key" { format!("key = coalesce({value}, {name}.key)") } else { format!("{quoted} = {value}") }
        });
        self.run(&format!(
            "UPDATE {name} SET {} FROM import_undo u WHERE u.import_id = {import} AND u.table_name = '{}'
             AND u.former IS NOT NULL AND u.row_id = {name}.id",
            values.collect::<Vec<_>>().join(", "),
            table.name
        ))?;
        Ok(())
    }

    /// What columns held when.
    fn restore_spans(&mut self, table: &Table, made: Option<(i64, i64)>) -> Result<(), StoreError> {
        let Some(spans) = spans_of(table) else { return Ok(()) };
        let (import, name) = (self.import, &table.name);
        let changed = format!("FROM import_undo u WHERE u.import_id = {import} AND u.table_name = '{name}'");
        let made = made.map(|(first, last)| format!(" OR s.row_id BETWEEN {first} AND {last}"));
        let made = made.unwrap_or_default();
        let ids = format!("SELECT u.row_id {changed} AND u.former IS NOT NULL");
        self.run(&format!("DELETE FROM spans AS s WHERE {spans} AND (s.row_id IN ({ids}){made})"))?;
        let former = self.former();
        let each = match self.writer.conn() {
            Conn::Sqlite(_) => format!("json_each({former}, '$.{SPANS}')"),
            Conn::Postgres(_) => format!("json_array_elements({former} -> '{SPANS}')"),
        };
        self.run(&format!(
            "INSERT INTO spans (table_name, column_name, row_id, held_from, value)
             SELECT '{name}', held.value ->> 0, u.row_id, CAST(held.value ->> 1 AS BIGINT), held.value ->> 2
             FROM import_undo u CROSS JOIN {each} AS held
             WHERE u.import_id = {import} AND u.table_name = '{name}' AND u.former IS NOT NULL"
        ))?;
        Ok(())
    }

    /// The former row, as JSON.
    fn former(&mut self) -> &'static str {
        match self.writer.conn() {
            Conn::Sqlite(_) => "u.former",
            Conn::Postgres(_) => "CAST(u.former AS json)",
        }
    }

    fn run(&mut self, text: &str) -> Result<u64, StoreError> {
        execute(self.writer.conn(), UNDOING, text, &Value::Missing)
    }

    fn numbers(&mut self, text: &str, columns: usize) -> Result<Vec<Vec<i64>>, StoreError> {
        let system = self.writer.system.clone();
        numbers(self.writer.conn(), UNDOING, text, &system, columns)
    }

    fn number(&mut self, text: &str) -> Result<u64, StoreError> {
        Ok(self.numbers(text, 1)?.first().map_or(0, |row| row[0].unsigned_abs()))
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}
