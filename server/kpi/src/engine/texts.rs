//! The texts by which rows are grouped, as they were. Where former values are on record (the region of a partner who
//! has moved), a row counts under the value at its own date. Rows that are counted because they exist at a moment count
//! under the value at that moment.

use crate::data::batch::{Dictionary, MISSING_TEXT};
use crate::data::model::{Kind, Table};
use crate::data::path::{Path, Projection};
use crate::data::scan::Source;
use crate::data::spans::{AtThatTime, Spans};
use crate::engine::rows::{Rows, Shown};
use crate::measure::Measure;
use crate::measure::membership::{Membership, Moment};
use std::borrow::Cow;
use std::sync::Arc;

/// The first of some texts that is not missing.
#[derive(Debug)]
pub struct Texts {
    paths: Vec<Path>,
    when: When,
    columns: Columns,
}

/// When it is asked what a row held.
#[derive(Debug, PartialEq)]
enum When {
    /// At this date of the row.
    Date(Projection),
    /// At this moment of the period for which it is counted.
    Moment(Moment),
    /// It is always asked what it holds today.
    Today,
}

#[derive(Debug)]
enum Columns {
    /// Every row always held the same: the source finds the first that is not missing.
    Together(Projection),
    /// In the order of the paths, with the texts found so far.
    Apart(Vec<Column>, Dictionary),
}

/// One of the texts.
#[derive(Debug)]
struct Column {
    today: Projection,
    /// What it held before, and the id of the row that held it.
    before: Option<(Arc<Spans>, Projection)>,
}

impl Texts {
    /// The texts behind these paths, for the rows that a measure reads.
    pub fn new(paths: &[Path], measure: &Measure) -> Texts {
        let when = match &measure.membership {
            Membership::Dated(dated) => When::Date(Projection::of(dated.by.clone())),
            Membership::Existing(_, moment) => When::Moment(*moment),
            Membership::All => When::Today,
        };
        Texts { paths: paths.to_vec(), when, columns: Columns::Together(Projection(paths.to_vec())) }
    }

    /// Asks a source what rows held before. Until then, all of them are taken to have always held the same.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn ask<S: Source>(&mut self, table: &Table, source: &mut S) -> Result<(), S::Error> {
        let mut columns = Vec::with_capacity(self.paths.len());
        for path in &self.paths {
            let asks = path.column.spans && self.when != When::Today;
            let spans = if asks { source.spans(&table.reached(path), &path.column)? } else { None };
            let id = || Path::key_of(&path.references).unwrap_or_else(|| Path::own(table.id()));
            let before = spans.map(|spans| (spans, Projection::of(id())));
            columns.push(Column { today: Projection::of(path.clone()), before });
        }
        if columns.iter().any(|column| column.before.is_some()) {
            self.columns = Columns::Apart(columns, Dictionary::default());
        }
        Ok(())
    }

    /// Whether a row may have one text for one period and another for the next.
    pub fn depend_on_period(&self) -> bool {
        matches!((&self.columns, &self.when), (Columns::Apart(..), When::Moment(_)))
    }

    /// Every column that they read.
    pub fn columns(&self) -> Vec<&Projection> {
        match (&self.columns, &self.when) {
            (Columns::Together(projection), _) => vec![projection],
            (Columns::Apart(columns, _), when) => {
                let ids = columns.iter().filter_map(|column| Some(&column.before.as_ref()?.1));
                let read = columns.iter().map(|column| &column.today).chain(ids);
                let date = if let When::Date(date) = when { Some(date) } else { None };
                read.chain(date).collect()
            }
        }
    }

    /// The text of each row, as a code of the dictionary.
    pub fn of<'a>(&'a mut self, rows: &Rows<'a>) -> (Cow<'a, [u32]>, &'a Dictionary) {
        match &mut self.columns {
            Columns::Together(projection) => {
                let (codes, dictionary) = texts(rows, projection);
                (Cow::Borrowed(codes), dictionary)
            }
            Columns::Apart(columns, dictionary) => {
                let instants = self.when.instants(rows);
                let mut found = vec![MISSING_TEXT; rows.batch.len()];
                for column in columns {
                    column.fill_in(rows, &instants, &mut found, dictionary);
                }
                (Cow::Owned(found), dictionary)
            }
        }
    }
}

/// Texts are alike if the same is asked about the same columns, whether or not a source has answered.
impl PartialEq for Texts {
    fn eq(&self, other: &Texts) -> bool {
        self.paths == other.paths && self.when == other.when
    }
}

impl When {
    /// The instant (UTC seconds) for which each row is asked; `None` where that is today.
    fn instants(&self, rows: &Rows) -> Vec<Option<i64>> {
        match self {
            When::Date(date) => {
                let Shown::Numbers(dates) = rows.values(date) else { unreachable!("dates are numbers") };
                let in_days = date.kind() == Kind::Date;
                let instant = |date: &f64| if in_days { rows.zone.start_of_day(*date) } else { *date };
                dates.iter().map(|date| whole(instant(date))).collect()
            }
            When::Moment(moment) => {
                let period = rows.period.map(|(_, period)| period.instants());
                let boundary = period.map(|period| match moment {
                    Moment::Start => period.start,
                    Moment::End | Moment::During => period.end,
                });
                // What begins at the boundary has not begun when the period ends.
                vec![boundary.map(|boundary| boundary - 1); rows.batch.len()]
            }
            When::Today => vec![None; rows.batch.len()],
        }
    }
}

impl Column {
    /// Fills in what is still missing.
    fn fill_in(&self, rows: &Rows, instants: &[Option<i64>], found: &mut [u32], dictionary: &mut Dictionary) {
        let (today, known) = texts(rows, &self.today);
        let before = self.before.as_ref().map(|(spans, id)| {
            let Shown::Numbers(ids) = rows.values(id) else { unreachable!("ids are numbers") };
            (spans, ids)
        });
        for (row, found) in found.iter_mut().enumerate().filter(|(_, found)| **found == MISSING_TEXT) {
            let held =
                before.zip(instants[row]).and_then(|((spans, ids), instant)| Some(spans.at(whole(ids[row])?, instant)));
            let text = match held.unwrap_or(AtThatTime::AsToday) {
                AtThatTime::Text(text) => Some(text),
                AtThatTime::Missing => None,
                AtThatTime::AsToday => known.text(today[row]),
            };
            *found = text.map_or(MISSING_TEXT, |text| dictionary.intern(text));
        }
    }
}

fn texts<'a>(rows: &Rows<'a>, projection: &Projection) -> (&'a [u32], &'a Dictionary) {
    match rows.values(projection) {
        Shown::Texts(codes, dictionary) => (codes, dictionary),
        Shown::Numbers(_) => unreachable!("a dimension of texts is read as texts"),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "ids and instants are whole and below 2^53")]
fn whole(number: f64) -> Option<i64> {
    (!number.is_nan()).then_some(number as i64)
}
