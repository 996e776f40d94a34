//! The rows of a test, in memory: nested maps become tables that answer scans as a database would.

use crate::data::batch::{Batch, Values};
use crate::data::currency::units;
use crate::data::model::{ATTRIBUTES, Column, Kind, Reference, Table};
use crate::data::path::Path;
use crate::data::scan::{Lasting, Scan, Source, Window};
use crate::diagnostic::nearest;
use crate::script::errors::{Complaint, Refused};
use crate::script::times::Times;
use crate::time::zone::days_since_1970;
use jiff::civil::{Date, DateTime};
use rhai::{Dynamic, Map};
use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

/// The tables of one test.
#[derive(Debug, Default)]
pub struct Tables {
    rows: HashMap<Arc<str>, Vec<Row>>,
    /// Related rows that were written out, so that the same one written twice is one row.
    related: HashMap<String, i64>,
    /// As how many rows all of them count.
    count: u64,
}

/// Amounts of tests are kept in as many digits as any currency has.
const MONEY_DIGITS: u8 = 4;
/// How many rows all tests of a script may have together.
pub const MOST_ROWS: u64 = 300_000;

#[derive(Debug, Default)]
struct Row {
    id: i64,
    values: HashMap<Arc<str>, Datum>,
    attributes: HashMap<Arc<str>, Datum>,
    /// As how many rows it counts.
    times: u64,
}

#[derive(Debug, Clone)]
enum Datum {
    Number(f64),
    Text(Arc<str>),
    Boolean(bool),
}

impl Datum {
    fn number(&self) -> Option<f64> {
        match self {
            Datum::Number(number) => Some(*number),
            Datum::Boolean(yes) => Some(f64::from(u8::from(*yes))),
            Datum::Text(_) => None,
        }
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Datum::Number(number) => Cow::Owned(number.to_string()),
            Datum::Boolean(yes) => Cow::Borrowed(if *yes { "true" } else { "false" }),
            Datum::Text(text) => Cow::Borrowed(text),
        }
    }
}

impl Tables {
    /// Adds the rows that a test lists for a table: maps, or `times(n, #{…})`.
    ///
    /// # Errors
    /// If one is no row of the table.
    pub fn add(&mut self, table: &Table, rows: &Dynamic) -> Refused<()> {
        self.add_all(table, rows, None)
    }

    fn add_all(&mut self, table: &Table, rows: &Dynamic, parent: Option<(&Reference, i64)>) -> Refused<()> {
        let rows = rows.clone().into_typed_array::<Dynamic>().map_err(|kind| {
            Complaint::new(format!("{} is {kind}, not a list of rows", table.name)).hint("write [ #{ … }, #{ … } ]")
        })?;
        for row in rows {
            let times = row.clone().try_cast::<Times>();
            let (map, count) = match times {
                Some(times) => (times.row, repetitions(times.count)?),
                None => {
                    (row.try_cast::<Map>().ok_or_else(|| Complaint::new("a row is a map").hint("write #{ … }"))?, 1)
                }
            };
            // Rows with related rows of their own are written out: each has its own.
            let lists_rows = |(name, rows): (&rhai::Identifier, &Dynamic)| {
                table.children(name).is_some() && rows.as_array_ref().is_ok_and(|rows| !rows.is_empty())
            };
            let has_own = map.iter().any(lists_rows);
            let (rows, times) = if has_own { (count, 1) } else { (1, count) };
            for _ in 0..rows {
                let id = self.add_row(table, &map, times)?;
                if let Some((reference, parent)) = parent {
                    let key = reference.column.name.clone();
                    self.last(table, id).values.insert(key, Datum::Number(exact(parent)));
                }
            }
        }
        Ok(())
    }

    /// As how many rows all of them count.
    pub fn rows(&self) -> u64 {
        self.count
    }

    fn last(&mut self, table: &Table, id: i64) -> &mut Row {
        let rows = self.rows.entry(table.name.clone()).or_default();
        rows.iter_mut().rev().find(|row| row.id == id).expect("the row was just added")
    }

    fn add_row(&mut self, table: &Table, map: &Map, times: u64) -> Refused<i64> {
        self.count += times;
        if self.count > MOST_ROWS {
            return Err(Complaint::new(format!("the test has more than {MOST_ROWS} rows"))
                .hint("make it smaller")
                .into());
        }
        let rows = self.rows.entry(table.name.clone()).or_default();
        let id = i64::try_from(rows.len()).unwrap_or(i64::MAX) + 1;
        let own = HashMap::from([(table.id().name.clone(), Datum::Number(exact(id)))]);
        rows.push(Row { id, values: own, attributes: HashMap::new(), times });
        for (name, value) in map {
            if value.is_unit() {
                continue;
            }
            if name == ATTRIBUTES {
                self.last(table, id).attributes = attributes(table, value)?;
            } else if let Some(column) = table.column(name) {
                let datum = datum(column, value)?;
                self.last(table, id).values.insert(column.name.clone(), datum);
            } else if let Some(reference) = table.reference(name) {
                let related = self.related(&table.target(reference), reference, value)?;
                let key = reference.column.name.clone();
                self.last(table, id).values.insert(key, Datum::Number(exact(related)));
            } else if let Some((child, reference)) = table.children(name) {
                self.add_all(&child, value, Some((&reference, id)))?;
            } else {
                return Err(unknown(table, name));
            }
        }
        Ok(id)
    }

    /// A related row, written as a map or, for short, as its name.
    fn related(&mut self, table: &Table, reference: &Reference, value: &Dynamic) -> Refused<i64> {
        let map = match value.clone().into_immutable_string() {
            Ok(name) if self.only_one_called(table, &name).is_some() => {
                return self.only_one_called(table, &name).ok_or_else(|| Complaint::new("no such row").into());
            }
            Ok(name) => Map::from([("name".into(), Dynamic::from(name))]),
            Err(_) => value.clone().try_cast::<Map>().ok_or_else(|| {
                Complaint::new(format!("{} is a row", reference.name)).hint("write a name, or #{ name: …, region: … }")
            })?,
        };
        let written = format!("{} {map:?}", table.name);
        if let Some(known) = self.related.get(&written) {
            return Ok(*known);
        }
        let id = self.add_row(table, &map, 1)?;
        self.related.insert(written, id);
        Ok(id)
    }

    /// The row of that name, if there is exactly one.
    fn only_one_called(&self, table: &Table, name: &str) -> Option<i64> {
        let called = |row: &&Row| matches!(row.values.get("name"), Some(Datum::Text(text)) if &**text == name);
        let mut found = self.rows.get(&table.name)?.iter().filter(called);
        match (found.next(), found.next()) {
            (Some(row), None) => Some(row.id),
            _ => None,
        }
    }

    fn value<'a>(&'a self, row: &'a Row, path: &Path) -> Option<&'a Datum> {
        let mut at = row;
        for reference in &path.references {
            let Some(Datum::Number(id)) = at.values.get(&reference.column.name) else { return None };
            // Rows are numbered from 1 in the order in which they were added.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
            let index = *id as usize;
            at = self.rows.get(&reference.table)?.get(index.checked_sub(1)?)?;
        }
        if path.column.attribute { at.attributes.get(&path.column.name) } else { at.values.get(&path.column.name) }
    }

    fn inside(&self, row: &Row, window: &Window) -> bool {
        let Some(Datum::Number(date)) = self.value(row, &window.path) else { return false };
        let within = window.ranges.iter().any(|range| exact(range.start) <= *date && *date < exact(range.end));
        let lasts = |lasting: &Lasting| {
            lasting.until.iter().all(|path| match self.value(row, path) {
                Some(Datum::Number(until)) => *until >= exact(lasting.at),
                _ => true,
            })
        };
        within && window.lasting.as_ref().is_none_or(lasts)
    }
}

impl Source for Tables {
    type Error = Infallible;

    fn money_digits(&mut self) -> Result<u8, Infallible> {
        Ok(MONEY_DIGITS)
    }

    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), Infallible> {
        let mut batch = Batch::new(&scan.columns);
        let rows = self.rows.get(&scan.table.name).map_or(&[][..], Vec::as_slice);
        for row in rows {
            let inside = scan.window.as_ref().is_none_or(|window| self.inside(row, window));
            for _ in 0..if inside { row.times } else { 0 } {
                for (values, projection) in batch.columns.iter_mut().zip(&scan.columns) {
                    let datum = projection.0.iter().find_map(|path| self.value(row, path));
                    match (&mut *values, datum) {
                        (Values::Numbers(_), datum) => values.push_number(datum.and_then(Datum::number)),
                        (Values::Texts(..), datum) => values.push_text(datum.map(Datum::text).as_deref()),
                    }
                }
                if batch.len() >= Batch::ROWS {
                    each(&batch);
                    batch.clear();
                }
            }
        }
        each(&batch);
        Ok(())
    }
}

/// The attributes that a company adds: of the kind that is declared, the others as the texts that a script sees.
fn attributes(table: &Table, value: &Dynamic) -> Refused<HashMap<Arc<str>, Datum>> {
    let map = value
        .clone()
        .try_cast::<Map>()
        .ok_or_else(|| Complaint::new("attributes are a map").hint("write attributes: #{ campaign_code: \"A1\" }"))?;
    let datum = |(name, value): (rhai::Identifier, Dynamic)| {
        let column = table.attribute(&name);
        let declared = table.declared.contains(&column);
        let datum = if declared { datum(&column, &value)? } else { Datum::Text(value.to_string().into()) };
        Ok((column.name.clone(), datum))
    };
    map.into_iter().filter(|(_, value)| !value.is_unit()).map(datum).collect()
}

/// As how many rows a row may count; they are folded one by one.
fn repetitions(count: i64) -> Refused<u64> {
    u64::try_from(count).ok().filter(|count| *count <= MOST_ROWS).ok_or_else(|| {
        Complaint::new(format!("a row cannot be repeated {count} times"))
            .hint(format!("write a number from 0 to {MOST_ROWS}"))
            .into()
    })
}

fn unknown(table: &Table, name: &str) -> Box<rhai::EvalAltResult> {
    let columns = table.columns.iter().map(|column| &*column.name);
    let known: Vec<&str> = columns.chain(table.references.iter().map(|reference| &*reference.name)).collect();
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean “{near}”?"),
        None => format!("{} has {}", table.name, known.join(", ")),
    };
    Complaint::new(format!("{} has no column “{name}”", table.name)).hint(hint).into()
}

#[expect(clippy::cast_precision_loss, reason = "ids and dates are far below 2^53")]
fn exact(number: i64) -> f64 {
    number as f64
}

/// A value as the column stores it: money in the digits of tests, instants in UTC seconds.
fn datum(column: &Column, value: &Dynamic) -> Refused<Datum> {
    let text = value.clone().into_immutable_string().ok();
    let number = value.as_float().ok().or_else(|| value.as_int().ok().map(exact));
    let datum = match column.kind {
        Kind::Integer | Kind::Number => number.map(Datum::Number),
        Kind::Money => number.map(|major| Datum::Number((major * units(MONEY_DIGITS)).round())),
        Kind::Boolean => value.as_bool().ok().map(Datum::Boolean),
        Kind::Text => text.map(|text| Datum::Text(text.as_str().into())),
        Kind::Date => {
            text.and_then(|text| text.parse::<Date>().ok()).map(|day| Datum::Number(exact(days_since_1970(day))))
        }
        Kind::Instant => text.and_then(|text| instant(&text)).map(Datum::Number),
    };
    datum.ok_or_else(|| {
        let hint = match column.kind {
            Kind::Instant => "write an instant in UTC, such as \"2026-11-02T08:00\" or \"2026-11-02\"",
            Kind::Date => "write a date, such as \"2026-11-02\"",
            Kind::Text => "write a text",
            Kind::Boolean => "write true or false",
            Kind::Integer | Kind::Number | Kind::Money => "write a number",
        };
        Complaint::new(format!("{value} does not fit into the column “{}”", column.name)).hint(hint).into()
    })
}

fn instant(text: &str) -> Option<f64> {
    let civil = text.parse::<DateTime>().ok()?;
    let instant = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(exact(instant.timestamp().as_second()))
}
