//! What is said of every row, whatever it is counted for: its key, whom it concerns, its dates.

use super::listing::When;
use crate::data::cell::Group;
use crate::data::dimension::Dimension;
use crate::data::model::{Kind, Table};
use crate::data::path::{Path, Projection};
use crate::data::scan::Source;
use crate::engine::grouping::Grouping;
use crate::engine::rows::{Rows, Shown};
use crate::measure::Measure;
use crate::measure::dated::in_days;
use crate::time::zone::Zoned;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;

/// What rows are grouped by that is said of each.
const DIMENSIONS: [Dimension; 4] = [Dimension::PARTNER, Dimension::REP, Dimension::REGION, Dimension::PRODUCT];

/// Reads what is said of each row.
pub struct Described {
    key: Projection,
    system: Projection,
    /// What people know a row by.
    name: Option<Projection>,
    /// The dimensions that the table carries: a row is in the same group as in a breakdown of the figure.
    groupings: Vec<(Dimension, Grouping)>,
    /// All dates of the table, and the one by which rows are found.
    pub dates: Vec<Path>,
}

/// What is said of one row, in numbers and codes.
#[derive(Clone)]
pub struct Said {
    pub key: Option<Box<str>>,
    pub system: Option<Box<str>>,
    pub name: Option<Box<str>>,
    /// For each grouping.
    groups: Vec<u32>,
    /// As rows store them; NaN is missing.
    dates: Box<[f64]>,
}

impl Described {
    /// For the rows that a measure finds.
    pub fn of(measure: &Measure, zone: &Zoned) -> Described {
        let table = &measure.table;
        let own = |column| Projection::of(Path::own(column));
        let carried = DIMENSIONS.into_iter().filter(|dimension| table.located(dimension).is_some());
        let dates = table.columns.iter().filter(|column| matches!(column.kind, Kind::Instant | Kind::Date));
        let mut dates: Vec<Path> = dates.map(Path::own).collect();
        // Rows may be found by a date of the row that they belong to.
        dates.extend(measure.membership.date().filter(|found_by| !dates.contains(found_by)).cloned());
        Described {
            key: own(table.key()),
            system: own(table.system()),
            name: table.path(&["name"]).or_else(|| table.path(&["customer", "name"])).map(Projection::of),
            groupings: carried
                .map(|dimension| (dimension.clone(), Grouping::new(&vec![dimension], measure, zone)))
                .collect(),
            dates,
        }
    }

    /// Asks a source what rows held before; see [`Grouping::ask`].
    pub fn ask<S: Source>(&mut self, table: &Table, source: &mut S) -> Result<(), S::Error> {
        self.groupings.iter_mut().try_for_each(|(_, grouping)| grouping.ask(table, source))
    }

    /// Every column that is read.
    pub fn columns(&self) -> Vec<Projection> {
        let own = [&self.key, &self.system].into_iter().chain(&self.name);
        let groups = self.groupings.iter().flat_map(|(_, grouping)| grouping.columns());
        own.chain(groups).cloned().chain(self.dates.iter().cloned().map(Projection::of)).collect()
    }

    /// What is said of those rows of a batch.
    pub fn read(&mut self, rows: &Rows, wanted: &[usize]) -> Vec<Said> {
        let groups: Vec<Vec<u32>> = self.groupings.iter_mut().map(|(_, grouping)| grouping.assign(rows)).collect();
        let dates: Vec<&[f64]> = self.dates.iter().map(|path| rows.dates(path)).collect();
        let said = |row: usize| Said {
            key: text(rows, &self.key, row),
            system: text(rows, &self.system, row).filter(|system| !system.is_empty()),
            name: self.name.as_ref().and_then(|name| text(rows, name, row)),
            groups: groups.iter().map(|groups| groups[row]).collect(),
            dates: dates.iter().map(|dates| dates[row]).collect(),
        };
        wanted.iter().map(|row| said(*row)).collect()
    }

    /// The groups, by dimension and code.
    pub fn groups(&self) -> Groups {
        let first = |grouping: &Grouping| {
            grouping.groups().into_iter().map(|group| group.into_iter().next().unwrap_or(Group::Missing)).collect()
        };
        Groups(self.groupings.iter().map(|(dimension, grouping)| (dimension.clone(), first(grouping))).collect())
    }
}

/// The groups of each dimension that rows carry.
pub struct Groups(Vec<(Dimension, Vec<Group>)>);

impl Groups {
    /// A row's group.
    pub fn of(&self, said: &Said, dimension: &Dimension) -> Option<&Group> {
        let at = self.0.iter().position(|(known, _)| known == dimension)?;
        Some(&self.0[at].1[said.groups[at] as usize])
    }

    /// All groups of a row, with their dimensions.
    pub fn all(&self, said: &Said) -> Vec<(Dimension, Group)> {
        let each = self.0.iter().zip(&said.groups);
        each.map(|((dimension, groups), code)| (dimension.clone(), groups[*code as usize].clone())).collect()
    }
}

impl Said {
    /// The dates that the row has; `paths` are those of [`Described::dates`]. Instants after `as_of` (UTC seconds) have
    /// not come; days are planned.
    pub fn dates(&self, paths: &[Path], names: &[Arc<str>], as_of: i64) -> Vec<(Arc<str>, When)> {
        let has_come = |when: &When| match when {
            When::Instant(instant) => instant.as_second() <= as_of,
            When::Day(_) => true,
        };
        let dates = self.dates.iter().zip(paths.iter().zip(names));
        let dates = dates.filter_map(|(date, (path, name))| Some((name.clone(), when(*date, in_days(path))?)));
        dates.filter(|(_, when)| has_come(when)).collect()
    }
}

fn text(rows: &Rows, projection: &Projection, row: usize) -> Option<Box<str>> {
    match rows.values(projection) {
        Shown::Texts(codes, dictionary) => dictionary.text(codes[row]).map(Into::into),
        Shown::Numbers(_) => unreachable!("keys and names are texts"),
    }
}

/// `None` for a missing date, and for one beyond the calendar.
#[expect(clippy::cast_possible_truncation, reason = "dates are whole; those beyond the calendar are refused")]
fn when(number: f64, in_days: bool) -> Option<When> {
    if number.is_nan() {
        return None;
    }
    let whole = number as i64;
    if in_days { day(whole).map(When::Day) } else { Timestamp::from_second(whole).ok().map(When::Instant) }
}

fn day(since_1970: i64) -> Option<Date> {
    let days = i32::try_from(since_1970).ok().filter(|days| days.abs() < 4_000_000)?;
    date(1970, 1, 1).checked_add(days.days()).ok()
}
