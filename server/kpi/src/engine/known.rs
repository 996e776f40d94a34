//! What is known of the rows of a batch at an instant: which of them are there, and which of their values.
//!
//! The model says since when a row exists and since when a column is known (`exists_since`, `known_since`). Groups are
//! not touched: a row is in the same group whenever it is seen.

use crate::data::model::{self, Kind, Milestone, Reference, Table};
use crate::data::path::{Path, Projection};
use crate::data::scan::Source;
use crate::engine::former::Former;
use crate::engine::place::place;
use crate::engine::rows::{Masked, Rows, Shown};
use crate::engine::sight::{Instants, View};
use std::ops::Range;
use std::sync::Arc;

/// What must have happened for the rows of a scan to be there, and for their columns to be known.
#[derive(Default)]
pub struct Known {
    there: Vec<Since>,
    columns: Vec<(usize, Vec<Since>)>,
    /// Columns of which the past is kept, with their paths, and the columns with the ids of their rows; empty once a
    /// source was asked.
    kept: Vec<(usize, Path, usize)>,
    /// Columns that held something else before.
    former: Vec<(usize, Former)>,
}

/// Since when something is known, by the columns of a scan.
#[derive(Debug, Clone, PartialEq)]
enum Since {
    /// Since an instant; of rows that lack it, always.
    Instant { at: usize, only: Option<(usize, Arc<str>)> },
    /// Since the earliest of these; always, if there is none.
    Earliest(Vec<usize>),
}

/// For some columns of a scan the rows of a batch of which the column says something, though nothing says since when:
/// it is taken as known always.
pub struct Undated(Vec<(usize, Vec<bool>)>);

impl Undated {
    /// The rows in which any of these columns is so; `None` if there are none.
    pub fn of(&self, read: &[&Projection], rows: &Rows) -> Option<Vec<bool>> {
        let mut columns = self.0.iter().filter(|(column, _)| read.contains(&&rows.columns[*column]));
        let (_, first) = columns.next()?;
        let mut undated = first.clone();
        columns.for_each(|(_, further)| {
            undated.iter_mut().zip(further).for_each(|(undated, further)| *undated |= further);
        });
        Some(undated)
    }
}

/// In a view, the first instant after the one at which rows are seen at which any of them would be seen otherwise.
/// Infinite as long as there is none.
#[derive(Debug, Clone)]
pub struct Next {
    of_all: f64,
    /// That of the rows in each stretch, by timeline.
    of_stretches: Vec<Vec<f64>>,
}

impl Next {
    /// As long as no row was looked at; `timelines` says how many stretches each has.
    pub fn new(timelines: impl Iterator<Item = usize>) -> Next {
        Next { of_all: f64::INFINITY, of_stretches: timelines.map(|count| vec![f64::INFINITY; count]).collect() }
    }

    /// That of the rows in some stretches of the timeline of that index, or of all rows.
    pub fn of(&self, stretches: Option<(usize, Range<usize>)>) -> f64 {
        let Some((timeline, stretches)) = stretches else { return self.of_all };
        self.of_stretches[timeline][stretches].iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// Notes that rows are seen otherwise at any other instant.
    pub fn end_at_once(&mut self, view: &View) {
        self.note_after(view, |instant| instant + 1.0);
    }

    /// Notes, of all rows of a view, what follows the instant at which they are seen.
    fn note_after(&mut self, view: &View, next: impl Fn(f64) -> f64) {
        match view {
            View::At(instant) => {
                let next = next(exact(*instant));
                let of_stretches = self.of_stretches.iter_mut().flatten();
                of_stretches.chain([&mut self.of_all]).for_each(|known| *known = known.min(next));
            }
            View::ByStretch(timeline, instants) => {
                let of_stretches = self.of_stretches[*timeline].iter_mut().zip(instants);
                of_stretches.for_each(|(known, instant)| *known = known.min(next(*instant)));
            }
        }
    }

    /// Notes an instant of a row of a batch. `stretches` says in which stretch of each timeline each of them lies; of
    /// those for which it is empty, any may be the one.
    fn note(&mut self, row: usize, stretches: &[&[Option<usize>]], instant: f64) {
        self.of_all = self.of_all.min(instant);
        for (known, of_rows) in self.of_stretches.iter_mut().zip(stretches) {
            match of_rows.get(row) {
                Some(Some(stretch)) => known[*stretch] = known[*stretch].min(instant),
                Some(None) => {}
                None => known.iter_mut().for_each(|known| *known = known.min(instant)),
            }
        }
    }
}

/// The values of a batch as they are known at an instant.
#[derive(Default)]
pub struct Seen {
    /// Which rows are there; `None`: all of them.
    pub there: Option<Vec<bool>>,
    /// For each column what differs from the batch.
    pub masked: Vec<Option<Masked>>,
}

impl Seen {
    /// Leaves out rows that no scope sees.
    pub fn restrict(&mut self, admitted: &[bool]) {
        match &mut self.there {
            Some(there) => there.iter_mut().zip(admitted).for_each(|(there, admitted)| *there &= *admitted),
            None => self.there = Some(admitted.to_vec()),
        }
    }
}

impl Known {
    /// What must be known of the rows of a table: that they are there, the date by which they are found, and these
    /// columns. What decides that is added to the columns of the scan.
    pub fn of(table: &Table, date: Option<&Path>, read: &[&Projection], scanned: &mut Vec<Projection>) -> Known {
        let mut known = Known::default();
        // A row of which an instant is known is there.
        if !date.is_some_and(|date| date.references.is_empty() && is_milestone(table, date)) {
            known.there.extend(existence(table, &[], scanned));
        }
        if let Some(date) = date {
            known.there.extend(of_column(table, date, scanned));
        }
        for projection in read {
            // Only a dimension is the first of several, and groups are the same at any instant.
            let [path] = &projection.0[..] else { continue };
            let column = column_of(path, scanned);
            if known.columns.iter().any(|(known, _)| *known == column) {
                continue;
            }
            known.columns.push((column, of_column(table, path, scanned)));
            if Former::kept(table, path).is_some() {
                let id = Path { references: path.references.clone(), ..Path::own(table.reached(path).id()) };
                known.kept.push((column, path.clone(), column_of(&id, scanned)));
            }
        }
        known.columns.retain(|(_, since)| !since.is_empty());
        known
    }

    /// Asks a source what the columns held before they were changed, as far as that is seen in these views.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn ask<S: Source>(&mut self, table: &Table, views: &[View], source: &mut S) -> Result<(), S::Error> {
        let Some(after) = views.iter().filter_map(View::earliest).min() else { return Ok(()) };
        for (column, path, id) in std::mem::take(&mut self.kept) {
            self.former.extend(Former::ask((table, &path), id, after, source)?.map(|former| (column, former)));
        }
        Ok(())
    }

    /// Which values of a batch have no date.
    pub fn undated(&self, rows: &Rows) -> Undated {
        let of_column = |(column, since): &(usize, Vec<Since>)| {
            let mut undated = vec![false; rows.batch.len()];
            let apart = since.iter().filter(|since| !matches!(since, Since::Instant { at, .. } if at == column));
            apart.for_each(|since| since.add_missing(rows, &mut undated));
            rows.at(*column).keep_given(&mut undated);
            undated.contains(&true).then_some((*column, undated))
        };
        Undated(self.columns.iter().filter_map(of_column).collect())
    }

    /// Notes in which instants after those of a view columns are others than now.
    pub fn note_changes(&self, view: &View, next: &mut Next) {
        self.former.iter().for_each(|(_, former)| next.note_after(view, |instant| former.next_after(instant)));
    }

    /// The rows as they are known in a view; `stretches` says for each timeline in which stretch each row lies. When
    /// they would next be seen otherwise, `next` is told.
    pub fn seen(&mut self, rows: &Rows, view: &View, stretches: &[&[Option<usize>]], next: &mut Next) -> Seen {
        if view.is_of_everything() {
            return Seen::default();
        }
        let (count, at) = (rows.batch.len(), &view.instants(stretches));
        let mut note = |since: &[Since]| {
            for since in since {
                since.for_each_late(rows, at, |row, instant| next.note(row, stretches, instant));
            }
        };
        let mut late = vec![false; count];
        self.there.iter().for_each(|since| since.add_late(rows, at, &mut late));
        if late.contains(&true) {
            note(&self.there);
        }
        if let Instants::Each(instants) = at {
            late.iter_mut().zip(instants).for_each(|(late, instant)| *late |= instant.is_nan());
        }
        let there = late.contains(&true).then(|| late.iter().map(|late| !late).collect());
        let mut masked: Vec<Option<Masked>> = Vec::new();
        masked.resize_with(rows.batch.columns.len(), || None);
        for (column, former) in &mut self.former {
            masked[*column] = former.held(rows, *column, at);
        }
        for (column, since) in &self.columns {
            late.fill(false);
            for since in since {
                since.add_late(rows, at, &mut late);
            }
            if late.contains(&true) {
                note(since);
                let shown = masked[*column].get_or_insert_with(|| rows.at(*column).to_masked());
                shown.hide(&late);
            }
        }
        Seen { there, masked }
    }
}

impl Since {
    /// Marks the rows that lack the instant.
    fn add_missing(&self, rows: &Rows, missing: &mut [bool]) {
        let Since::Instant { at, only } = self else { return };
        let Shown::Numbers(since) = rows.at(*at) else { unreachable!("a date is a number") };
        let only = only.as_ref().map(|(where_, is)| {
            let Shown::Texts(codes, dictionary) = rows.at(*where_) else { unreachable!("compared with a text") };
            (codes, dictionary.code(is))
        });
        let applies = |row: usize| only.is_none_or(|(codes, is)| Some(codes[row]) == is);
        let rows = since.iter().zip(missing).enumerate();
        rows.for_each(|(row, (since, missing))| *missing |= since.is_nan() && applies(row));
    }

    /// Marks the rows in which it has not happened by the instant at which they are seen.
    fn add_late(&self, rows: &Rows, at: &Instants, late: &mut [bool]) {
        // By far the most common, and asked of every row.
        if let Since::Instant { at: column, only: None } = self {
            let rows = numbers(rows, *column).iter().zip(late).enumerate();
            rows.for_each(|(row, (since, late))| *late |= *since > at.of(row));
        } else {
            self.for_each_late(rows, at, |row, _| late[row] = true);
        }
    }

    /// Calls `each` with every row in which it has not happened by the instant at which that is seen, and with when it
    /// happens.
    fn for_each_late(&self, rows: &Rows, at: &Instants, mut each: impl FnMut(usize, f64)) {
        let mut of_row = |row: usize, since: f64| {
            if since > at.of(row) {
                each(row, since);
            }
        };
        match self {
            Since::Instant { at: column, only: None } => {
                numbers(rows, *column).iter().enumerate().for_each(|(row, since)| of_row(row, *since));
            }
            Since::Instant { at: column, only: Some((where_, is)) } => {
                let Shown::Texts(codes, dictionary) = rows.at(*where_) else { unreachable!("compared with a text") };
                let is = dictionary.code(is);
                let rows = numbers(rows, *column).iter().zip(codes).enumerate();
                rows.filter(|(_, (_, code))| Some(**code) == is).for_each(|(row, (since, _))| of_row(row, *since));
            }
            Since::Earliest(columns) => {
                let date = |column: &usize| (numbers(rows, *column), rows.columns[*column].kind() == Kind::Date);
                let dates: Vec<(&[f64], bool)> = columns.iter().map(date).collect();
                for row in 0..rows.batch.len() {
                    let instants = dates
                        .iter()
                        .map(|(dates, in_days)| if *in_days { rows.zone.start_of_day(dates[row]) } else { dates[row] });
                    // A missing one is not the least of any; without any, the row was always there.
                    of_row(row, instants.fold(f64::NAN, f64::min));
                }
            }
        }
    }
}

fn numbers<'a>(rows: &Rows<'a>, column: usize) -> &'a [f64] {
    match rows.at(column) {
        Shown::Numbers(numbers) => numbers,
        Shown::Texts(..) => unreachable!("a date is a number"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "instants are far below 2^53")]
fn exact(instant: i64) -> f64 {
    instant as f64
}

/// Since when the row at the end of some foreign keys exists; nothing, if it always has.
fn existence(table: &Table, references: &[Arc<Reference>], scanned: &mut Vec<Projection>) -> Option<Since> {
    let since = table.exists_since()?;
    let instants = table.columns.iter().filter(|column| column.kind == Kind::Instant);
    let dates = std::iter::once(since).chain(instants.filter(|column| *column != since));
    let path = |column: &Arc<model::Column>| Path { references: references.to_vec(), ..Path::own(column) };
    Some(Since::Earliest(dates.map(|column| column_of(&path(column), scanned)).collect()))
}

/// Since when a column is known of a row that is there.
fn of_column(table: &Table, path: &Path, scanned: &mut Vec<Projection>) -> Vec<Since> {
    let mut since = Vec::new();
    let mut at = table.clone();
    let behind = |column: &Arc<model::Column>| Path { references: path.references.clone(), ..Path::own(column) };
    for (step, reference) in path.references.iter().enumerate() {
        at = at.target(reference);
        let instant = step + 1 == path.references.len() && is_milestone(&at, path);
        if !instant {
            since.extend(existence(&at, &path.references[..=step], scanned));
        }
    }
    if let Some(Milestone { at: column, only }) = at.known_since(&path.column) {
        let only = only.map(|(column, is)| (column_of(&behind(&column), scanned), is));
        since.push(Since::Instant { at: column_of(&behind(&column), scanned), only });
    }
    since
}

/// Whether a column is an instant that is known since itself, and so tells that its row is there. An attribute does not.
fn is_milestone(table: &Table, path: &Path) -> bool {
    !path.column.attribute && table.known_since(&path.column).is_some_and(|milestone| milestone.at == path.column)
}

/// The column of a scan in which a path is read.
fn column_of(path: &Path, scanned: &mut Vec<Projection>) -> usize {
    place(scanned, Projection::of(path.clone()))
}
