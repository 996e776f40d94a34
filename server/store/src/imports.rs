//! Which imports there were, and what each brought to which table.

pub use crate::freshness::NewestImport;

use crate::columns;
use crate::connection::{Conn, Purpose, Transaction, on_backend};
use crate::facts::Writer;
use crate::schema::{import_tables, imports};
use crate::writer::Recording;
use crate::{Store, StoreError};
use diesel::dsl::Eq;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// What is kept of an import. Counts are of rows of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// The columns and attributes that it brought, by name; empty where nobody knows.
    pub columns: Vec<String>,
}

/// An import that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub id: i64,
    pub record: ImportRecord,
    /// When it was taken back, in UTC seconds.
    pub undone_at: Option<i64>,
    /// Whether it is on record what the rows were before it. Rows that a later import wrote may be in the way.
    pub undoable: bool,
}

const RECORDING: &str = "recording the import";

impl Writer {
    /// From now on what is written is an import of the system, and can be taken back once it is recorded.
    ///
    /// # Errors
    /// If the database fails.
    pub fn begin_import(&mut self) -> Result<(), StoreError> {
        let unknown = ImportRecord::default();
        let import = Some(self.insert_import(&unknown)?);
        let before = std::mem::replace(&mut self.recording, Recording { import, ..Recording::default() });
        self.recorded.push(before);
        Ok(())
    }

    /// Keeps a record of an import, with the facts it wrote.
    ///
    /// # Errors
    /// If the database fails.
    pub fn record_import(&mut self, record: &ImportRecord) -> Result<(), StoreError> {
        let id = match self.recording.import {
            Some(id) => {
                let update = diesel::update(imports::table.find(id)).set(row(record));
                update.execute(self.conn()).map_err(StoreError::while_(RECORDING))?;
                id
            }
            None => self.insert_import(record)?,
        };
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
                    import_tables::brought.eq(columns::stored(&table.columns)),
                ))
                .execute(self.conn())
                .map_err(StoreError::while_(RECORDING))?;
        }
        self.end_recording()
    }

    fn insert_import(&mut self, record: &ImportRecord) -> Result<i64, StoreError> {
        on_backend!(self.conn(), conn => diesel::insert_into(imports::table)
            .values(row(record))
            .returning(imports::id)
            .get_result(conn))
        .map_err(StoreError::while_(RECORDING))
    }
}

type Row<'a> = (
    Eq<imports::file, &'a String>,
    Eq<imports::mapping, &'a String>,
    Eq<imports::system, &'a String>,
    Eq<imports::imported_at, i64>,
    Eq<imports::new_rows, i64>,
    Eq<imports::changed_rows, i64>,
    Eq<imports::unchanged_rows, i64>,
    Eq<imports::rejected_rows, i64>,
);

fn row(record: &ImportRecord) -> Row<'_> {
    (
        imports::file.eq(&record.file),
        imports::mapping.eq(&record.mapping),
        imports::system.eq(&record.system),
        imports::imported_at.eq(record.imported_at),
        imports::new_rows.eq(record.new_rows),
        imports::changed_rows.eq(record.changed_rows),
        imports::unchanged_rows.eq(record.unchanged_rows),
        imports::rejected_rows.eq(record.rejected_rows),
    )
}

#[derive(Queryable)]
struct Kept {
    id: i64,
    file: String,
    mapping: String,
    imported_at: i64,
    new_rows: i64,
    changed_rows: i64,
    unchanged_rows: i64,
    rejected_rows: i64,
    system: String,
    undone_at: Option<i64>,
    undoable: bool,
}

#[derive(Queryable)]
struct KeptTable {
    import: i64,
    table: String,
    new_rows: i64,
    changed_rows: i64,
    unchanged_rows: i64,
    back_rows: i64,
    gone_rows: i64,
    complete_until: Option<i64>,
    columns: String,
}

impl Store {
    /// The number of the newest import; `None` if there was none.
    ///
    /// # Errors
    /// If the database fails.
    pub fn newest_import(&self) -> Result<Option<i64>, StoreError> {
        self.read("reading the newest import", |conn| imports::table.select(diesel::dsl::max(imports::id)).first(conn))
    }

    /// All imports, the newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn imports(&self) -> Result<Vec<Import>, StoreError> {
        let mut transaction = Transaction::begin(self.connections(), Purpose::Read)?;
        kept(transaction.conn()).map_err(StoreError::while_("reading the imports"))
    }
}

/// All imports, the newest first.
pub(crate) fn kept(conn: &mut Conn) -> QueryResult<Vec<Import>> {
    let mut tables: BTreeMap<i64, Vec<TableRecord>> = BTreeMap::new();
    let of_all = import_tables::table.order((import_tables::import_id, import_tables::table_name)).select((
        import_tables::import_id,
        import_tables::table_name,
        import_tables::new_rows,
        import_tables::changed_rows,
        import_tables::unchanged_rows,
        import_tables::back_rows,
        import_tables::gone_rows,
        import_tables::complete_until,
        import_tables::brought,
    ));
    for kept in of_all.load::<KeptTable>(conn)? {
        let KeptTable { import, table, new_rows, changed_rows, unchanged_rows, .. } = kept;
        let KeptTable { back_rows, gone_rows, complete_until, .. } = kept;
        let columns = columns::names(&kept.columns);
        let record = TableRecord {
            table,
            new_rows,
            changed_rows,
            unchanged_rows,
            back_rows,
            gone_rows,
            complete_until,
            columns,
        };
        tables.entry(import).or_default().push(record);
    }
    let import = |kept: Kept| {
        let Kept { id, file, mapping, imported_at, new_rows, changed_rows, unchanged_rows, .. } = kept;
        let Kept { rejected_rows, system, undone_at, undoable, .. } = kept;
        let tables = tables.remove(&id).unwrap_or_default();
        let record = ImportRecord {
            file,
            mapping,
            system,
            imported_at,
            new_rows,
            changed_rows,
            unchanged_rows,
            rejected_rows,
            tables,
        };
        Import { id, record, undone_at, undoable }
    };
    Ok(imports::table.order(imports::id.desc()).load::<Kept>(conn)?.into_iter().map(import).collect())
}
