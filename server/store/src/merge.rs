//! Staged rows on their way into a table: most by a few statements about all of them; row by row, as
//! [`Writer::upsert`] does it, those whose attributes, former values or dates have to be laid over each other.

use crate::StoreError;
use crate::facts::{Fact, Facts, Merged, Value, Written};
use crate::settle::any;
use crate::sql::{Plain, Rows, execute, numbers, quoted, send, texts};
use crate::staging::{CHANGED, PLAIN, Section, StagedRow, number};
use crate::writer::Writer;
use pegel_kpi::data::model::{ATTRIBUTES, Column, GONE_AT, Kind, SYSTEM, Table};
use serde_json::Map;
use std::collections::HashMap;
use std::sync::Arc;

const WRITING: &str = "writing facts";

/// So many rows are written at a time where they are written one by one.
const PAGE: usize = 2_000;

/// What is to become of a row that has to be laid over what is there; in place of the number of a [`Written`].
const LAID: i64 = 4;

/// As it stands in `known_N`: the greater counts.
fn fate(written: Written) -> i64 {
    match written {
        Written::Unchanged => 0,
        Written::Changed => 1,
        Written::Back => 2,
        Written::New => 3,
    }
}

const ALL: [Written; 4] = [Written::Unchanged, Written::Changed, Written::Back, Written::New];

impl Writer {
    pub(crate) fn run(&mut self, text: &str) -> Result<u64, StoreError> {
        let system = self.system.clone();
        execute(self.conn(), WRITING, text, &system)
    }

    /// Gathers the texts of a column that stand for rows of another table; settled rows count.
    ///
    /// # Errors
    /// If the database fails.
    pub fn gather(&mut self, section: &Section, column: usize) -> Result<(), StoreError> {
        let name = quoted(&section.layout().columns[column].column.name);
        let (found, staged) = (section.found(column), section.staged());
        self.run(&format!(
            "INSERT INTO {found} (text_) SELECT DISTINCT {name} FROM {staged} WHERE {name} IS NOT NULL"
        ))?;
        Ok(())
    }

    /// Looks for the rows that gathered texts stand for, where that is not known yet, by a text column of their table.
    /// See [`Writer::find`].
    ///
    /// # Errors
    /// If the database fails.
    pub fn resolve(&mut self, section: &Section, column: usize, table: &Table, by: &Column) -> Result<(), StoreError> {
        let found = section.found(column);
        let own = *by == **table.key();
        let (order, restriction) = if own {
            (format!("t.{SYSTEM} <> ?, t.{GONE_AT} IS NOT NULL"), format!(" AND t.{SYSTEM} IN ('', ?)"))
        } else {
            (format!("t.{GONE_AT} IS NOT NULL"), String::new())
        };
        let (table, by) = (quoted(&table.name), quoted(&by.name));
        self.run(&format!(
            "UPDATE {found} SET id = best.id FROM (
                SELECT text_, min(id) AS id FROM (
                    SELECT f.text_, t.id, rank() OVER (PARTITION BY f.text_ ORDER BY {order}) AS rank_
                    FROM {found} f CROSS JOIN {table} t WHERE t.{by} = f.text_ AND f.id IS NULL{restriction}
                ) ranked WHERE rank_ = 1 GROUP BY text_ HAVING count(*) = 1
             ) best WHERE best.text_ = {found}.text_"
        ))?;
        Ok(())
    }

    /// The texts of a column that stand for no row or for several.
    ///
    /// # Errors
    /// If the database fails.
    pub fn unresolved(&mut self, section: &Section, column: usize) -> Result<Vec<String>, StoreError> {
        texts(
            self.conn(),
            WRITING,
            &format!("SELECT text_ FROM {} WHERE id IS NULL ORDER BY text_", section.found(column)),
        )
    }

    /// The texts of a column of a table, each once; `None` if they are more than that many.
    ///
    /// # Errors
    /// If the database fails.
    pub fn texts_of(&mut self, table: &Table, column: &Column, most: usize) -> Result<Option<Vec<String>>, StoreError> {
        let (table, column) = (quoted(&table.name), quoted(&column.name));
        let all = format!(
            "SELECT DISTINCT {column} FROM {table} WHERE {GONE_AT} IS NULL AND {column} IS NOT NULL LIMIT {}",
            most + 1
        );
        let texts = texts(self.conn(), WRITING, &all)?;
        Ok((texts.len() <= most).then_some(texts))
    }

    /// How many rows hold such texts.
    ///
    /// # Errors
    /// If the database fails.
    pub fn rows_unresolved(&mut self, section: &Section, column: usize) -> Result<u64, StoreError> {
        let name = quoted(&section.layout().columns[column].column.name);
        let (staged, found) = (section.staged(), section.found(column));
        let among = format!("SELECT text_ FROM {found} WHERE id IS NULL");
        number(self.conn(), &format!("SELECT count(*) FROM {staged} WHERE {name} IN ({among})"))
    }

    /// Takes a settled section over into its table: what [`Writer::upsert`] does with its rows. All that they refer to
    /// must have been looked for.
    ///
    /// # Errors
    /// If a row refers to one that does not exist, or the database fails.
    pub fn merge(&mut self, section: &Section, now: i64) -> Result<Merged, StoreError> {
        let adopted = self.adopt_staged(section)?;
        let named = self.name_staged(section)?;
        let namesakes = self.namesakes_of_staged(section)?;
        self.compare(section)?;
        let fates = format!("SELECT fate, count(*) FROM {} GROUP BY fate", section.known());
        let fates = numbers(self.conn(), WRITING, &fates, &Value::Missing, 2)?;
        let mut merged = Merged { named, namesakes, adopted, ..Merged::default() };
        count(&mut merged, &fates);
        if merged.changed + merged.back > 0 {
            let changed = format!("SELECT id FROM {} WHERE fate IN ({})", section.known(), changed());
            self.keep(&section.layout().table, &changed)?;
            merged.older = self.leave_what_was(section, now)?;
            self.change(section)?;
        }
        if fates.iter().any(|fate| fate[0] == LAID) {
            self.lay(section, &mut merged, now)?;
        }
        merged.new += self.add(section)?;
        self.hold(section, &mut merged, now)?;
        Ok(merged)
    }

    /// Makes rows the system's own of which nobody said whose they are.
    fn adopt_staged(&mut self, section: &Section) -> Result<u64, StoreError> {
        if self.system.text().is_none_or(str::is_empty) {
            return Ok(0);
        }
        let (table, staged, adopted) = (&section.layout().table, section.staged(), section.adopted());
        let name = quoted(&table.name);
        let foundlings = self.run(&format!(
            "INSERT INTO {adopted} (id) SELECT t.id FROM {staged} s CROSS JOIN {name} t
             WHERE t.key = s.key AND t.{SYSTEM} = ''
             AND NOT EXISTS (SELECT 1 FROM {name} own WHERE own.key = s.key AND own.{SYSTEM} = ?)"
        ))?;
        if foundlings > 0 {
            let adopted = format!("SELECT id FROM {adopted}");
            self.keep(table, &adopted)?;
            self.run(&format!("UPDATE {name} SET {SYSTEM} = ? WHERE id IN ({adopted})"))?;
        }
        Ok(foundlings)
    }

    /// Finds the rows that are there, and what is to become of them.
    fn compare(&mut self, section: &Section) -> Result<(), StoreError> {
        let layout = section.layout();
        let differ = |spans: bool| {
            let columns = layout.columns.iter().zip(section.names()).filter(|(staged, _)| staged.column.spans == spans);
            columns.map(|(_, name)| format!("t.{name} IS DISTINCT FROM r.{name}")).collect::<Vec<_>>()
        };
        let mut laid = differ(true);
        laid.extend(layout.attributes.then(|| format!("t.{ATTRIBUTES} <> r.{ATTRIBUTES}")));
        laid.extend(layout.dated.then(|| "r.from_ IS NOT NULL".to_owned()));
        let (laid, changed) = (any(&laid), any(&differ(false)));
        let (known, resolved, staged) = (section.known(), section.resolved(), section.staged());
        let table = quoted(&layout.table.name);
        let (unchanged, was_changed, back) = (fate(Written::Unchanged), fate(Written::Changed), fate(Written::Back));
        self.run(&format!(
            "INSERT INTO {known} SELECT r.row_, t.id, CASE WHEN {laid} THEN {LAID}
                WHEN t.{GONE_AT} IS NOT NULL THEN {back} WHEN {changed} THEN {was_changed} ELSE {unchanged} END
             FROM {resolved} r CROSS JOIN {table} t WHERE t.key = r.key AND t.{SYSTEM} = ?"
        ))?;
        if layout.dated {
            self.run(&format!(
                "INSERT INTO {known} SELECT row_, NULL, {LAID} FROM {staged}
                 WHERE from_ IS NOT NULL AND row_ NOT IN (SELECT row_ FROM {known})"
            ))?;
        }
        Ok(())
    }

    /// Records what the rows were that are about to be changed, where the table keeps that. How many of them changed
    /// before something that is known of them already.
    fn leave_what_was(&mut self, section: &Section, now: i64) -> Result<u64, StoreError> {
        let layout = section.layout();
        let Some((table, history)) = layout.table.history() else { return Ok(0) };
        self.mark(&table)?;
        let kept = |name: &str| history.kept.iter().any(|kept| *kept.name == *name);
        let differ = layout.columns.iter().zip(section.names()).filter(|(staged, _)| kept(&staged.column.name));
        let differ: Vec<String> = differ.map(|(_, name)| format!("t.{name} IS DISTINCT FROM r.{name}")).collect();
        let differ = any(&differ);
        let names: Vec<String> = history.kept.iter().map(|column| quoted(&column.name)).collect();
        let (names, values) = (listed("", &names), listed("t.", &names));
        let [of, until] = [&history.of.column, &history.until].map(|column| quoted(&column.name));
        let (known, resolved) = (section.known(), section.resolved());
        let [of_table, table] = [&layout.table.name, &table.name].map(|name| quoted(name));
        let (changed, at) =
            (changed(), if layout.changed { format!("coalesce(r.{CHANGED}, {now})") } else { now.to_string() });
        let about_to_change = format!(
            "FROM {known} k JOIN {resolved} r ON r.row_ = k.row_ JOIN {of_table} t ON t.id = k.id
             WHERE k.fate IN ({changed}) AND ({differ})"
        );
        let older = format!(
            "SELECT count(*) {about_to_change} AND EXISTS (SELECT 1 FROM {table} h WHERE h.{of} = t.id AND h.{until} > {at})"
        );
        let older = if layout.changed { number(self.conn(), &older)? } else { 0 };
        self.run(&format!(
            "INSERT INTO {table} (key, {SYSTEM}, {of}, {until}{names})
             SELECT t.key || '@' || {at}, t.{SYSTEM}, t.id, {at}{values} {about_to_change}
             ON CONFLICT (key, {SYSTEM}) DO NOTHING"
        ))?;
        Ok(older)
    }

    /// Changes the rows that are there and need no laying over.
    fn change(&mut self, section: &Section) -> Result<(), StoreError> {
        let (known, resolved) = (section.known(), section.resolved());
        let table = quoted(&section.layout().table.name);
        let values: Vec<String> = section.names().iter().map(|name| format!("{name} = r.{name}")).collect();
        let values = listed("", &values);
        let changed = changed();
        self.run(&format!(
            "UPDATE {table} SET {GONE_AT} = NULL{values} FROM {known} k JOIN {resolved} r ON r.row_ = k.row_
             WHERE k.id = {table}.id AND k.fate IN ({changed})"
        ))?;
        Ok(())
    }

    /// Adds the rows that are new.
    fn add(&mut self, section: &Section) -> Result<u64, StoreError> {
        let layout = section.layout();
        self.mark(&layout.table)?;
        let mut names = section.names();
        names.extend(layout.attributes.then(|| ATTRIBUTES.to_owned()));
        let (names, values) = (listed("", &names), listed("r.", &names));
        let (known, resolved, table) = (section.known(), section.resolved(), quoted(&layout.table.name));
        self.run(&format!(
            "INSERT INTO {table} (key, {SYSTEM}{names}) SELECT r.key, ?{values} FROM {resolved} r
             WHERE NOT EXISTS (SELECT 1 FROM {known} k WHERE k.row_ = r.row_) ORDER BY r.row_"
        ))
    }

    /// Writes the rows one by one that are to be laid over what is there.
    fn lay(&mut self, section: &Section, merged: &mut Merged, now: i64) -> Result<(), StoreError> {
        let (resolved, known, laid) = (section.resolved(), section.known(), section.laid());
        self.run(&format!(
            "CREATE TEMP TABLE {laid} AS SELECT r.* FROM {known} k JOIN {resolved} r ON r.row_ = k.row_
             WHERE k.fate = {LAID}"
        ))?;
        let columns = section.layout().columns.iter().map(|staged| staged.column.clone()).collect();
        self.one_by_one(section, (&laid, &section.before()), columns, merged, now)
    }

    /// Rows that gave way to others bring what held before: the values of columns that keep their spans.
    fn hold(&mut self, section: &Section, merged: &mut Merged, now: i64) -> Result<(), StoreError> {
        let columns = section.layout().columns.iter().map(|staged| &staged.column);
        let columns = columns.filter(|column| column.spans).cloned().collect();
        self.one_by_one(section, (&section.held(), &PLAIN), columns, merged, now)
    }

    /// Writes the rows of a table one by one, these columns of them and what stands `before`, and notes what became of
    /// them.
    fn one_by_one(
        &mut self,
        section: &Section,
        (from, before): (&str, &[(&str, Kind)]),
        columns: Vec<Arc<Column>>,
        merged: &mut Merged,
        now: i64,
    ) -> Result<(), StoreError> {
        self.run(&format!("CREATE INDEX {from}_row ON {from} (row_)"))?;
        let named = columns.iter().map(|column| (&*column.name, column.kind));
        let (named, kinds): (Vec<String>, Vec<Kind>) =
            before.iter().copied().chain(named).map(|(name, kind)| (quoted(name), kind)).unzip();
        let named = named.join(", ");
        let mut facts = Facts { table: section.layout().table.clone(), columns, rows: Vec::new() };
        let mut last = -1;
        loop {
            let text = format!("SELECT {named} FROM {from} WHERE row_ > {last} ORDER BY row_ LIMIT {PAGE}");
            let mut rows = Rows { kinds: &kinds, rows: Vec::new() };
            send(self.conn(), WRITING, &Plain { text: &text, system: &Value::Missing }, &mut rows)?;
            let rows = rows.rows.into_iter().map(|row| fact(row, before));
            let rows: Vec<StagedRow> = rows.collect::<Result<_, _>>()?;
            let Some((number, _)) = rows.last() else { return Ok(()) };
            last = *number;
            let (places, rows): (Vec<i64>, Vec<_>) = rows.into_iter().unzip();
            facts.rows = rows;
            let written = self.upsert(&facts, now)?;
            self.note(section, &places, &written)?;
            for written in written {
                merged.add(written, 1);
            }
        }
    }

    /// Notes what became of rows that were written one by one.
    fn note(&mut self, section: &Section, rows: &[i64], written: &[Written]) -> Result<(), StoreError> {
        let known = section.known();
        let listed: Vec<String> = rows.iter().map(i64::to_string).collect();
        self.run(&format!("DELETE FROM {known} WHERE row_ IN ({})", listed.join(", ")))?;
        let values = rows.iter().zip(written).map(|(row, written)| format!("({row}, {})", fate(*written)));
        self.run(&format!("INSERT INTO {known} (row_, fate) VALUES {}", values.collect::<Vec<_>>().join(", ")))?;
        Ok(())
    }

    /// How many rows of the file brought something new to any table, and how many others changed something, after all
    /// sections are merged.
    ///
    /// # Errors
    /// If the database fails.
    pub fn fates(&mut self, sections: &[Section]) -> Result<(u64, u64), StoreError> {
        let new = fate(Written::New);
        let of_each = sections.iter().map(|section| {
            let (staged, known) = (section.staged(), section.known());
            format!(
                "SELECT row_, fate FROM {known} WHERE fate > 0 UNION ALL SELECT row_, {new} FROM {staged} s
                 WHERE NOT EXISTS (SELECT 1 FROM {known} k WHERE k.row_ = s.row_)"
            )
        });
        let of_each = of_each.collect::<Vec<_>>().join(" UNION ALL ");
        let fates = format!("SELECT row_, max(fate) AS fate FROM ({of_each}) each_ GROUP BY row_");
        let fates = format!("SELECT fate, count(*) FROM ({fates}) all_ GROUP BY fate");
        let mut merged = Merged::default();
        count(&mut merged, &numbers(self.conn(), WRITING, &fates, &Value::Missing, 2)?);
        Ok((merged.new, merged.changed + merged.back))
    }
}

/// What follows in a list.
fn listed(before: &str, names: &[String]) -> String {
    names.iter().flat_map(|name| [", ", before, name]).collect()
}

/// Counts rows by their fates: each a fate and how many met it.
fn count(merged: &mut Merged, fates: &[Vec<i64>]) {
    for written in ALL {
        let rows = fates.iter().filter(|row| row[0] == fate(written)).map(|row| row[1].unsigned_abs()).sum();
        merged.add(written, rows);
    }
}

/// What a row of `staged_N` or the like says, of which these values stand `before` those of its columns.
fn fact(mut row: Vec<Value>, before: &[(&str, Kind)]) -> Result<StagedRow, StoreError> {
    let values = row.split_off(before.len());
    let mut named: HashMap<&str, Value> = before.iter().map(|(name, _)| *name).zip(row).collect();
    let mut take = |name| named.remove(name).unwrap_or(Value::Missing);
    let instant = |value: Value| (value != Value::Missing).then(|| value.integer());
    let (has, overlay) = (take(ATTRIBUTES).into_text(), take("overlay_").into_text());
    let attributes = if overlay.is_empty() { has } else { overlay };
    let attributes = if attributes.is_empty() { Ok(Map::new()) } else { serde_json::from_str(&attributes) };
    let attributes = attributes
        .map_err(|error| StoreError::Unreadable { what: "attributes".to_owned(), reason: error.to_string() })?;
    let (number, key) = (take("row_").integer(), take("key").into_text());
    let (valid_from, changed_at) = (instant(take("from_")), instant(take(CHANGED)));
    Ok((number, Fact { key, values, attributes, valid_from, changed_at }))
}

/// The fates of rows that are changed by one statement.
fn changed() -> String {
    format!("{}, {}", fate(Written::Changed), fate(Written::Back))
}
