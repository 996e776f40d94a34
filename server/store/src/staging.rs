//! Rows on their way into the database that stand beside its tables, in temporary ones, until all of them are there:
//! nobody waits for a file that is being read. `settle` then finds which row has the last word on its key; `merge` takes
//! them over, in one transaction.
//!
//! Of every section (what one table is brought) there are
//! - `staged_N`: the rows, in the order of their numbers; what refers to another table is still a text
//! - `found_N_C`: the texts of one such column, with the ids that they stand for
//! - `resolved_N`: `staged_N` with these ids in place of the texts
//! - `adopted_N`: the ids of rows that become the system's
//! - `held_N`: rows that gave way to others and say what held before
//! - `known_N`: the rows that are not simply new, with what is to become of them; `laid_N`: those of them that have to be
//!   laid over what is there
//!
//! Names that end in an underscore are ours, all others the model's.

use crate::attributes::laid_over;
use crate::connection::{Conn, Connections, Purpose, Transaction, on_backend};
use crate::copy::copy;
use crate::facts::{Fact, Found, Value, Writer};
use crate::finding::find;
use crate::fits::check;
use crate::sql::{Insert, SelectByText, TEXTS, Texts, execute, numbers, quoted, send};
use crate::{Store, StoreError};
use pegel_kpi::data::model::{ATTRIBUTES, Column, Kind, Table};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub(crate) const STAGING: &str = "staging rows";

/// What stands before the columns in `staged_N` where rows say no more, with its kinds.
pub(crate) const PLAIN: [(&str, Kind); 3] = [("row_", Kind::Integer), ("key", Kind::Text), ("from_", Kind::Instant)];

/// The column of `staged_N` that says when what a row changes changed, where rows may say so.
pub(crate) const CHANGED: &str = "changed_";

/// What rows bring to one table.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is about something else")]
pub struct Layout {
    pub table: Table,
    /// Without `id` and `key`.
    pub columns: Vec<StagedColumn>,
    /// Whether rows bring attributes.
    pub attributes: bool,
    /// Whether rows may say from when on they hold.
    pub dated: bool,
    /// Whether rows may say when what they change changed.
    pub changed: bool,
    /// Whether its keys are asked for while rows are still coming.
    pub searched: bool,
}

/// A column that rows bring.
#[derive(Debug, Clone)]
pub struct StagedColumn {
    pub column: Arc<Column>,
    /// Where to look for the text that stands in place of the id, if it does: a table and one of its text columns.
    pub related: Option<(Table, Arc<Column>)>,
}

impl StagedColumn {
    /// As it is staged.
    fn kind(&self) -> Kind {
        if self.related.is_some() { Kind::Text } else { self.column.kind }
    }
}

/// What rows bring to one table, and where they are staged. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Section {
    pub(crate) number: usize,
    pub(crate) layout: Arc<Layout>,
}

/// A staged row: its number in the file, and what it says. What refers to another table is a text.
pub type StagedRow = (i64, Fact);

/// Rows beside the tables, for one system. They are gone when this is dropped.
pub struct Staging {
    store: Store,
    system: Value,
    sections: Vec<Section>,
}

impl Store {
    /// A place beside the tables for the rows of a system, laid out as said; empty.
    ///
    /// # Errors
    /// If the database fails.
    pub fn staging(&self, system: &str, layouts: Vec<Layout>) -> Result<Staging, StoreError> {
        let store = self.apart();
        let section = |(number, layout)| Section { number, layout: Arc::new(layout) };
        let sections: Vec<Section> = layouts.into_iter().enumerate().map(section).collect();
        let mut transaction = Transaction::begin(store.connections(), Purpose::Stage)?;
        for section in &sections {
            section.make(transaction.conn())?;
        }
        transaction.commit()?;
        Ok(Staging { store, system: Value::Text(system.to_owned()), sections })
    }
}

impl Staging {
    /// In the order of the layouts.
    pub fn sections(&self) -> Vec<Section> {
        self.sections.clone()
    }

    pub(crate) fn connections(&self) -> &Connections {
        self.store.connections()
    }

    /// As [`Writer::find`], before anything is written.
    ///
    /// # Errors
    /// If the database fails.
    pub fn find(
        &mut self,
        table: &Table,
        column: &Column,
        texts: &[String],
    ) -> Result<HashMap<String, Found>, StoreError> {
        find(&mut *self.connections().get()?, &self.system, table, column, texts)
    }

    /// Which of these keys are staged.
    ///
    /// # Errors
    /// If the database fails.
    pub fn staged(&mut self, section: &Section, keys: &[String]) -> Result<HashSet<String>, StoreError> {
        let mut staged = Texts(HashSet::new());
        let keys: Vec<Value> = keys.iter().cloned().map(Value::Text).collect();
        for texts in keys.chunks(TEXTS) {
            let select = SelectByText { table: &section.staged(), columns: &["key"], by: "key", texts, systems: None };
            send(&mut *self.connections().get()?, STAGING, &select, &mut staged)?;
        }
        Ok(staged.0)
    }

    /// Stages some more rows: for each section its rows, and the keys of rows that were not taken but are there.
    ///
    /// # Errors
    /// If a value does not fit its column (see [`Writer::upsert`]), or the database fails.
    pub fn stage(&mut self, rows: Vec<Vec<StagedRow>>, not_taken: Vec<Vec<String>>) -> Result<(), StoreError> {
        let mut transaction = Transaction::begin(self.connections(), Purpose::Stage)?;
        for (section, rows) in self.sections.iter().zip(rows) {
            let rows = rows.into_iter().map(|row| section.row(row)).collect::<Result<Vec<_>, _>>()?;
            insert(transaction.conn(), &section.staged(), &section.kinds(), &rows)?;
        }
        for (section, keys) in self.sections.iter().zip(not_taken) {
            let rows: Vec<Vec<Value>> = keys.into_iter().map(|key| vec![Value::Text(key)]).collect();
            insert(transaction.conn(), &section.not_taken(), &[Kind::Text], &rows)?;
        }
        transaction.commit()
    }

    /// Writes in one transaction, as [`Store::write`] does, and sees what is staged.
    ///
    /// # Errors
    /// Those of `work`, and those of the transaction.
    pub fn merge<T, E: From<StoreError>>(
        &mut self,
        keep: bool,
        work: impl FnOnce(&mut Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        let system = self.system.text().unwrap_or_default();
        self.store.write(keep, |writer| {
            writer.write_for(system);
            work(writer)
        })
    }
}

impl Section {
    /// What it was laid out for.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn staged(&self) -> String {
        format!("staged_{}", self.number)
    }

    pub(crate) fn resolved(&self) -> String {
        format!("resolved_{}", self.number)
    }

    pub(crate) fn found(&self, column: usize) -> String {
        format!("found_{}_{column}", self.number)
    }

    pub(crate) fn held(&self) -> String {
        format!("held_{}", self.number)
    }

    pub(crate) fn laid(&self) -> String {
        format!("laid_{}", self.number)
    }

    pub(crate) fn known(&self) -> String {
        format!("known_{}", self.number)
    }

    pub(crate) fn adopted(&self) -> String {
        format!("adopted_{}", self.number)
    }

    pub(crate) fn not_taken(&self) -> String {
        format!("not_taken_{}", self.number)
    }

    /// The names of the columns that rows bring, as SQL writes them; attributes are not among them.
    pub(crate) fn names(&self) -> Vec<String> {
        self.layout.columns.iter().map(|staged| quoted(&staged.column.name)).collect()
    }

    /// What stands before the columns in `staged_N`, with its kinds.
    pub(crate) fn before(&self) -> Vec<(&'static str, Kind)> {
        let mut before = PLAIN.to_vec();
        if self.layout.attributes {
            // What a new row has, and, where it says of some that they are missing, all that it says.
            before.extend([(ATTRIBUTES, Kind::Text), ("overlay_", Kind::Text)]);
        }
        before.extend(self.layout.changed.then_some((CHANGED, Kind::Instant)));
        before
    }

    fn kinds(&self) -> Vec<Kind> {
        let columns = self.layout.columns.iter().map(StagedColumn::kind);
        self.before().into_iter().map(|(_, kind)| kind).chain(columns).collect()
    }

    /// A row of `staged_N`.
    fn row(&self, (number, fact): StagedRow) -> Result<Vec<Value>, StoreError> {
        let columns = self.layout.columns.iter().map(|staged| (&*staged.column.name, staged.kind()));
        check(&self.layout.table.name, columns, &fact)?;
        let Fact { key, values, attributes, valid_from, changed_at } = fact;
        let instant = |instant: Option<i64>| instant.map_or(Value::Missing, Value::Integer);
        let mut row = Vec::with_capacity(6 + values.len());
        row.extend([Value::Integer(number), Value::Text(key), instant(valid_from)]);
        if self.layout.attributes {
            row.push(Value::Text(laid_over("{}", &attributes)?));
            let removes = attributes.values().any(Json::is_null);
            row.push(if removes { Value::Text(Json::Object(attributes).to_string()) } else { Value::Missing });
        }
        if self.layout.changed {
            row.push(instant(changed_at));
        }
        row.extend(values);
        Ok(row)
    }

    fn make(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let row_ = row_type(conn);
        let columns = self.layout.columns.iter().map(|staged| (quoted(&staged.column.name), staged.kind()));
        let before = self.before().into_iter().skip(1).map(|(name, kind)| (quoted(name), kind));
        let columns: Vec<String> =
            before.chain(columns).map(|(name, kind)| format!(", {name} {}", sql_type(kind))).collect();
        run(conn, &format!("CREATE TEMP TABLE {} (row_ {row_}{})", self.staged(), columns.concat()))?;
        run(conn, &format!("CREATE TEMP TABLE {} (row_ {row_}, id BIGINT, fate BIGINT)", self.known()))?;
        run(conn, &format!("CREATE TEMP TABLE {} AS SELECT * FROM {}", self.held(), self.staged()))?;
        run(conn, &format!("CREATE TEMP TABLE {} (key TEXT)", self.not_taken()))?;
        run(conn, &format!("CREATE TEMP TABLE {} (id BIGINT)", self.adopted()))?;
        for (at, _) in self.related() {
            run(conn, &format!("CREATE TEMP TABLE {} (text_ TEXT PRIMARY KEY, id BIGINT)", self.found(at)))?;
        }
        run(conn, &format!("CREATE TEMP VIEW {} AS {}", self.resolved(), self.as_resolved(&self.staged())))?;
        if self.layout.searched {
            run(conn, &self.index())?;
        }
        Ok(())
    }

    /// The index of the keys.
    pub(crate) fn index(&self) -> String {
        format!("CREATE INDEX IF NOT EXISTS {0}_key ON {0} (key)", self.staged())
    }

    /// The columns that refer to rows which are looked for, by their places.
    pub(crate) fn related(&self) -> impl Iterator<Item = (usize, &(Table, Arc<Column>))> {
        self.layout.columns.iter().enumerate().filter_map(|(at, staged)| Some((at, staged.related.as_ref()?)))
    }

    /// The rows of a table like `staged_N`, with ids for the texts that were found.
    fn as_resolved(&self, rows: &str) -> String {
        let before = self.before().into_iter().map(|(name, _)| format!("s.{name}"));
        let columns = self.layout.columns.iter().zip(self.names()).enumerate();
        let columns = columns.map(|(at, (staged, name))| match staged.related {
            Some(_) => format!("f{at}.id AS {name}"),
            None => format!("s.{name}"),
        });
        let columns: Vec<String> = before.chain(columns).collect();
        let joins = self.related().map(|(at, _)| {
            let name = quoted(&self.layout.columns[at].column.name);
            format!(" LEFT JOIN {} f{at} ON f{at}.text_ = s.{name}", self.found(at))
        });
        format!("SELECT {} FROM {rows} s{}", columns.join(", "), joins.collect::<String>())
    }
}

pub(crate) fn run(conn: &mut Conn, text: &str) -> Result<u64, StoreError> {
    execute(conn, STAGING, text, &Value::Missing)
}

/// The one number that a statement answers with.
pub(crate) fn number(conn: &mut Conn, text: &str) -> Result<u64, StoreError> {
    let rows = numbers(conn, STAGING, text, &Value::Missing, 1)?;
    Ok(rows.first().map_or(0, |row| row[0].unsigned_abs()))
}

/// Adds rows to one of our tables.
fn insert(conn: &mut Conn, table: &str, kinds: &[Kind], rows: &[Vec<Value>]) -> Result<(), StoreError> {
    match conn {
        Conn::Postgres(_) if rows.is_empty() => Ok(()),
        Conn::Postgres(conn) => copy(conn, table, rows),
        Conn::Sqlite(_) => {
            for rows in rows.chunks(Insert::ROWS) {
                let insert = Insert { table, kinds, rows };
                on_backend!(conn, conn => diesel::connection::Connection::execute_returning_count(conn, &insert))
                    .map_err(StoreError::while_(STAGING))?;
            }
            Ok(())
        }
    }
}

/// The number of a row: on `SQLite` the place where it is stored; on `PostgreSQL` no index, which COPY would fill.
pub(crate) fn row_type(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "INTEGER PRIMARY KEY",
        Conn::Postgres(_) => "BIGINT",
    }
}

pub(crate) fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer | Kind::Money | Kind::Instant => "BIGINT",
        Kind::Date => "INTEGER",
        Kind::Number => "DOUBLE PRECISION",
        Kind::Text => "TEXT",
        Kind::Boolean => "BOOLEAN",
    }
}
