//! Finds out what a transaction that writes facts touched, and notes it (see [`touched`]). An import has put on record
//! which rows are new and what others were (`undo_record`), and so has one that is about to be taken back: in both cases
//! what is there is compared with that, by a few statements for each table.
//!
//! What may have changed of a row is a *mask* here, a text with a 1 for each thing that did: first whether the row counts,
//! then its columns.

use crate::StoreError;
use crate::connection::Conn;
use crate::facts::Value;
use crate::sql::{execute, last_id, numbers, quoted};
use crate::staging::sql_type;
use crate::touched;
use crate::undo_record::{SPANS, changing};
use crate::writer::{Recording, Writer};
use pegel_kpi::data::kept::{ANYTHING, CAME_OR_WENT, SUMMARY};
use pegel_kpi::data::model::{Column, GONE_AT, Kind, Reference, Table};
use pegel_kpi::time::zone::UTC_DAY;
use std::sync::Arc;

const NOTING: &str = "noting what was touched";

/// More days than there are before 1970 in any instant. Both databases round towards zero when they divide; so it is
/// divided above zero.
const DAYS_BEFORE: i64 = 200_000_000_000;

impl Writer {
    /// Notes what was touched, when all is written.
    pub(crate) fn note_touched(&mut self) -> Result<(), StoreError> {
        let mut recordings = std::mem::take(&mut self.recorded);
        recordings.push(std::mem::take(&mut self.recording));
        recordings.retain(|recording| !recording.before.is_empty());
        if recordings.is_empty() {
            return Ok(());
        }
        let mut noting = Noting::begin(self.conn())?;
        for Recording { import, before, changed } in recordings {
            for (table, before) in before.into_values() {
                let last = last_id(noting.conn, NOTING, &table.name)?;
                let made = (last > before).then_some((before + 1, last));
                match import {
                    Some(import) => noting.written(&table, made, import)?,
                    None if made.is_some() || changed.contains(&table.name) => noting.anything(&table)?,
                    None => {}
                }
            }
        }
        noting.end()
    }
}

/// Notes what one transaction touches.
pub(crate) struct Noting<'c> {
    conn: &'c mut Conn,
    /// The next one.
    generation: i64,
    noted: u64,
}

/// What an import wrote of one table.
struct Wrote<'t> {
    table: &'t Table,
    /// The first and the last of the rows that it made.
    made: Option<(i64, i64)>,
    /// What may have changed of others, in the order of their masks, which are in `changes_`; `None` if there are none.
    changed: Option<Vec<&'t str>>,
}

impl Noting<'_> {
    pub(crate) fn begin(conn: &mut Conn) -> Result<Noting<'_>, StoreError> {
        let generation = touched::generation(conn)? + 1;
        Ok(Noting { conn, generation, noted: 0 })
    }

    /// A transaction that touched nothing does not count.
    pub(crate) fn end(self) -> Result<(), StoreError> {
        if self.noted > 0 { touched::count(self.conn, self.generation) } else { Ok(()) }
    }

    /// Notes that anything of a table may have changed.
    fn anything(&mut self, table: &Table) -> Result<(), StoreError> {
        self.note(table, SUMMARY, &format!("SELECT 0 AS day, '{ANYTHING}' AS what"))
    }

    /// Notes what an import wrote of a table; `made`: the first and the last of the rows that are new.
    pub(crate) fn written(&mut self, table: &Table, made: Option<(i64, i64)>, import: i64) -> Result<(), StoreError> {
        let changed = if self.is_on_record(table, import)? { Some(self.compare(table, import)?) } else { None };
        let wrote = Wrote { table, made, changed };
        if wrote.made.is_none() && wrote.changed.is_none() {
            return Ok(());
        }
        self.note(table, SUMMARY, &wrote.noted(&wrote.rows()))?;
        for (at, date) in dates(table).enumerate() {
            self.note(table, &date.name, &wrote.noted(&wrote.days(at, date)))?;
        }
        for (at, reference) in table.references.iter().enumerate() {
            self.by_parent(&wrote, (at, reference), import)?;
        }
        if wrote.changed.is_some() { self.run("DROP TABLE changes_") } else { Ok(()) }
    }

    /// Notes it by the dates of the rows that a reference leads to, or led to before.
    fn by_parent(
        &mut self,
        wrote: &Wrote,
        (at, reference): (usize, &Reference),
        import: i64,
    ) -> Result<(), StoreError> {
        let parent = wrote.table.target(reference);
        if dates(&parent).next().is_none() {
            return Ok(());
        }
        if wrote.is_all() {
            // Nothing can have been kept of an empty table, so that all their days do no harm; and they are found at once.
            return dates(&parent).try_for_each(|date| {
                let by = format!("{}.{}", reference.name, date.name);
                self.note(wrote.table, &by, &wrote.noted(&all_days(&parent, date)))
            });
        }
        self.run(&format!("CREATE TEMP TABLE parents_ AS {}", wrote.parents(at, reference)))?;
        if let Conn::Postgres(_) = self.conn {
            self.run("ANALYZE parents_")?;
        }
        // Their dates may have changed too.
        let changed = self.is_on_record(&parent, import)?;
        for date in dates(&parent) {
            let mut days = format!(
                "SELECT DISTINCT {} AS day, c.mask FROM parents_ c CROSS JOIN {} p WHERE p.id = c.id",
                day(date.kind, &format!("p.{}", quoted(&date.name))),
                quoted(&parent.name)
            );
            if changed {
                let was = self.was(&date.name, date.kind);
                days = format!(
                    "{days} UNION SELECT {}, c.mask FROM parents_ c CROSS JOIN import_undo u
                     WHERE u.row_id = c.id AND {}",
                    day(date.kind, &was),
                    on_record(&parent, import)
                );
            }
            self.note(wrote.table, &format!("{}.{}", reference.name, date.name), &wrote.noted(&days))?;
        }
        self.run("DROP TABLE parents_")
    }

    /// Compares the rows that are on record with what they are, in `changes_`: for each a mask, the days of its dates and
    /// where its references lead, now and before. What may have changed, in the order of the masks.
    fn compare<'t>(&mut self, table: &'t Table, import: i64) -> Result<Vec<&'t str>, StoreError> {
        let is = |name: &str| format!("t.{}", quoted(name));
        let was = |name: &str| format!("f.{}", quoted(name));
        let columns: Vec<(&str, Kind)> = changing(table).filter(|(name, _)| *name != GONE_AT).collect();
        let bits: Vec<String> = columns
            .iter()
            .map(|(name, _)| {
                let differs = format!("{} IS DISTINCT FROM {}", is(name), was(name));
                let spans = self.spans_differ(table, name).map(|differ| format!(" OR {differ}"));
                format!("CASE WHEN {differs}{} THEN '1' ELSE '0' END", spans.unwrap_or_default())
            })
            .collect();
        let mut values = vec![format!(
            "(CASE WHEN {} IS DISTINCT FROM {} THEN '1' ELSE '0' END) || {} AS mask",
            is(GONE_AT),
            was(GONE_AT),
            bits.join(" || ")
        )];
        for (at, date) in dates(table).enumerate() {
            let [is, was] = [is(&date.name), was(&date.name)].map(|value| day(date.kind, &value));
            values.push(format!("{is} AS is_{at}, {was} AS was_{at}"));
        }
        for (at, reference) in table.references.iter().enumerate() {
            let column = &reference.column.name;
            values.push(format!("{} AS leads_{at}, {} AS led_{at}", is(column), was(column)));
        }
        self.run(&format!(
            "CREATE TEMP TABLE changes_ AS SELECT {} FROM {} CROSS JOIN {} t WHERE t.id = f.row_",
            values.join(", "),
            self.former(table, import),
            quoted(&table.name)
        ))?;
        Ok(std::iter::once(CAME_OR_WENT).chain(columns.into_iter().map(|(name, _)| name)).collect())
    }

    /// What the rows were that are on record, as `f`: `row_`, their columns and `spans_`.
    fn former(&self, table: &Table, import: i64) -> String {
        let (columns, rows) = (changing(table), on_record(table, import));
        match self.conn {
            Conn::Sqlite(_) => {
                let columns = columns.map(|(name, kind)| format!(", {} AS {}", self.was(name, kind), quoted(name)));
                let columns = columns.collect::<String>();
                // With a limit, SQLite does not read a value again wherever it is named.
                format!("(SELECT u.row_id AS row_, u.former ->> '{SPANS}' AS {SPANS}{columns} FROM import_undo u WHERE {rows}
                      LIMIT -1) f")
            }
            Conn::Postgres(_) => {
                // Read at once: each ->> would read all of it.
                let columns = columns.map(|(name, kind)| format!(", {} {}", quoted(name), sql_type(kind)));
                let columns = columns.collect::<String>();
                format!(
                    "(SELECT u.row_id AS row_, j.* FROM import_undo u
                      CROSS JOIN json_to_record(CAST(u.former AS json)) AS j({SPANS} json{columns}) WHERE {rows}) f"
                )
            }
        }
    }

    /// A column of the former row that `u` has on record.
    fn was(&self, column: &str, kind: Kind) -> String {
        let former = match self.conn {
            Conn::Sqlite(_) => "u.former",
            Conn::Postgres(_) => "CAST(u.former AS json)",
        };
        format!("CAST({former} ->> '{column}' AS {})", sql_type(kind))
    }

    /// Whether there is something on record of what a column held when that was not there before: nothing of that is ever
    /// removed but by taking back the import that brought it. `None` if the column keeps none.
    fn spans_differ(&self, table: &Table, column: &str) -> Option<String> {
        table.column(column).filter(|column| column.spans)?;
        let each = match self.conn {
            Conn::Sqlite(_) => "json_each",
            Conn::Postgres(_) => "json_array_elements",
        };
        Some(format!(
            "EXISTS (SELECT 1 FROM spans s WHERE s.table_name = '{}' AND s.column_name = '{column}' AND s.row_id = t.id
             AND NOT EXISTS (SELECT 1 FROM {each}(f.{SPANS}) AS held WHERE held.value ->> 0 = '{column}'
                AND CAST(held.value ->> 1 AS BIGINT) = s.held_from AND held.value ->> 2 IS NOT DISTINCT FROM s.value))",
            table.name
        ))
    }

    /// Whether an import changed rows of a table.
    fn is_on_record(&mut self, table: &Table, import: i64) -> Result<bool, StoreError> {
        let any = format!("SELECT u.row_id FROM import_undo u WHERE {} LIMIT 1", on_record(table, import));
        Ok(!numbers(self.conn, NOTING, &any, &Value::Missing, 1)?.is_empty())
    }

    fn note(&mut self, table: &Table, by: &str, select: &str) -> Result<(), StoreError> {
        self.noted += touched::note(self.conn, self.generation, (&table.name, by), select)?;
        Ok(())
    }

    fn run(&mut self, text: &str) -> Result<(), StoreError> {
        execute(self.conn, NOTING, text, &Value::Missing).map(drop)
    }
}

impl Wrote<'_> {
    /// A SELECT of each day with what changed, from one of days with masks.
    fn noted(&self, days: &str) -> String {
        let whats = self.changed.as_deref().unwrap_or(&[CAME_OR_WENT]).iter().zip(1..);
        let whats: Vec<String> = whats.map(|(what, place)| format!("({place}, '{what}')")).collect();
        format!(
            "SELECT DISTINCT d.day, w.column2 AS what FROM ({days}) AS d
             JOIN (VALUES {}) AS w ON substr(d.mask, w.column1, 1) = '1' WHERE d.day IS NOT NULL",
            whats.join(", ")
        )
    }

    /// All rows, by no date.
    fn rows(&self) -> String {
        let changed = "SELECT DISTINCT 0 AS day, mask FROM changes_".to_owned();
        self.both(changed, |_| "SELECT 0 AS day, '1' AS mask".to_owned())
    }

    /// Whether all rows of the table are new.
    fn is_all(&self) -> bool {
        self.made.is_some_and(|(first, _)| first == 1)
    }

    /// The days of the date at that place among those of the table.
    fn days(&self, at: usize, date: &Column) -> String {
        if self.is_all() {
            return all_days(self.table, date);
        }
        let changed = format!("SELECT is_{at} AS day, mask FROM changes_ UNION SELECT was_{at}, mask FROM changes_");
        let day = day(date.kind, &format!("t.{}", quoted(&date.name)));
        self.both(changed, |of_made| format!("SELECT DISTINCT {day} AS day, '1' AS mask {of_made}"))
    }

    /// The ids of the rows to which the reference at that place among those of the table leads or led.
    fn parents(&self, at: usize, reference: &Reference) -> String {
        let changed = format!("SELECT leads_{at} AS id, mask FROM changes_ UNION SELECT led_{at}, mask FROM changes_");
        let column = format!("t.{}", quoted(&reference.column.name));
        self.both(changed, |of_made| format!("SELECT DISTINCT {column} AS id, '1' AS mask {of_made}"))
    }

    /// What is said of rows that changed, and of those that are new, where there are any.
    fn both(&self, changed: String, made: impl Fn(&str) -> String) -> String {
        let changed = self.changed.as_ref().map(|_| changed);
        let made = self.made.map(|(first, last)| {
            made(&format!("FROM {} t WHERE t.id BETWEEN {first} AND {last}", quoted(&self.table.name)))
        });
        changed.into_iter().chain(made).collect::<Vec<_>>().join(" UNION ")
    }
}

/// The columns of a table by which its rows are found on a day.
fn dates(table: &Table) -> impl Iterator<Item = &Arc<Column>> {
    table.columns.iter().filter(|column| matches!(column.kind, Kind::Instant | Kind::Date))
}

/// All days that a date has in any row, with the mask of rows that are new. They are found one after the other in the
/// index of the date, which is much faster than reading all rows where there are many.
fn all_days(table: &Table, date: &Column) -> String {
    let (name, column) = (quoted(&table.name), quoted(&date.name));
    let first = day(date.kind, &format!("min({column})"));
    let next =
        if date.kind == Kind::Date { "days_.day + 1".to_owned() } else { format!("(days_.day + 1) * {UTC_DAY}") };
    format!(
        "SELECT day, '1' AS mask FROM (WITH RECURSIVE days_ (day) AS (
            SELECT {first} FROM {name} WHERE {column} IS NOT NULL
            UNION ALL
            SELECT (SELECT {first} FROM {name} WHERE {column} >= {next}) FROM days_ WHERE days_.day IS NOT NULL
         ) SELECT day FROM days_) AS all_"
    )
}

/// The day of a date: since 1970, in UTC.
fn day(kind: Kind, value: &str) -> String {
    if kind == Kind::Date {
        return value.to_owned();
    }
    format!("({value} + {}) / {UTC_DAY} - {DAYS_BEFORE}", DAYS_BEFORE * UTC_DAY)
}

/// Which rows of `import_undo u` are what rows of a table were before an import.
fn on_record(table: &Table, import: i64) -> String {
    format!("u.import_id = {import} AND u.table_name = '{}' AND u.former IS NOT NULL", table.name)
}
