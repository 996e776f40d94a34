//! What the columns of a file look like over all its rows: numbers whose point may group thousands, dates in another
//! order than the mapping says, conditions that never hold.

use crate::dates::DateFormat;
use crate::error::ImportError;
use crate::mapping::{Mapping, RowCondition, SourceColumn};
use crate::notes::{Example, Note, counted};
use crate::shown::shown;
use std::cell::Cell;
use std::cell::RefCell;

/// So many amounts with three digits behind the point are no chance.
const LEAST_SUSPECT: u64 = 3;
/// So many of them are shown.
const FIRST: usize = 3;

/// What has been seen of a file.
pub(crate) struct Watch {
    /// By [`SourceColumn`].
    columns: Vec<Seen>,
    /// By [`RowCondition::number`]: whether it ever held.
    held: Vec<Cell<bool>>,
}

/// What has been seen of a column.
#[derive(Default)]
struct Seen {
    /// Numbers with digits behind the point.
    fractions: Cell<u64>,
    /// Those with exactly three.
    threes: Cell<u64>,
    /// The first of these.
    suspects: RefCell<Vec<String>>,
    /// Dates.
    dates: Cell<u64>,
    /// Those of a day after the twelfth.
    late: Cell<u64>,
    /// What is no date as the mapping has it.
    unread: Cell<u64>,
    /// What would be one with day and month exchanged.
    exchanged: Cell<u64>,
    /// Names with several blanks where one is meant.
    blanks: Cell<u64>,
    /// The first of these.
    blank: RefCell<Vec<String>>,
}

/// A column whose dates have day and month the other way round.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reversed {
    pub column: String,
    pub unread: u64,
    pub dates: u64,
}

impl Reversed {
    pub fn error(self, file: &str, mapping: &Mapping) -> ImportError {
        let exchanged = |format: &DateFormat| match format.exchanged()? {
            DateFormat::Pattern(exchanged) => Some(exchanged),
            _ => None,
        };
        let formats = mapping.format.dates.iter().zip(&mapping.format.date_names);
        let mut orders = formats.filter_map(|(format, name)| Some((name.clone(), exchanged(format)?)));
        let (format, exchanged) = orders.next().unwrap_or_default();
        let Reversed { column, unread, dates } = self;
        ImportError::DayAndMonth { file: file.to_owned(), column, unread, dates, format, exchanged }
    }
}

impl Watch {
    pub fn new(mapping: &Mapping) -> Watch {
        Watch {
            columns: mapping.columns.iter().map(|_| Seen::default()).collect(),
            held: mapping.conditions.iter().map(|_| Cell::new(false)).collect(),
        }
    }

    /// A number with so many digits behind its point.
    pub fn number(&self, column: SourceColumn, text: &str, decimals: usize) {
        if decimals == 0 {
            return;
        }
        let seen = &self.columns[column.0];
        add(&seen.fractions);
        if decimals == 3 {
            add(&seen.threes);
            if seen.threes.get() <= FIRST as u64 {
                seen.suspects.borrow_mut().push(text.to_owned());
            }
        }
    }

    /// A date of that day of a month.
    pub fn date(&self, column: SourceColumn, day: i8) {
        let seen = &self.columns[column.0];
        add(&seen.dates);
        if day > 12 {
            add(&seen.late);
        }
    }

    /// What is no date; whether it would be one with day and month exchanged.
    pub fn no_date(&self, column: SourceColumn, exchanged: bool) {
        let seen = &self.columns[column.0];
        add(&seen.unread);
        if exchanged {
            add(&seen.exchanged);
        }
    }

    /// A name with several blanks where one is meant.
    pub fn blanks(&self, column: SourceColumn, text: &str) {
        let seen = &self.columns[column.0];
        add(&seen.blanks);
        if seen.blanks.get() <= FIRST as u64 {
            seen.blank.borrow_mut().push(text.to_owned());
        }
    }

    /// Whether a condition held.
    pub fn condition(&self, condition: &RowCondition, held: bool) {
        if held {
            self.held[condition.number].set(true);
        }
    }

    /// The first column of which some texts are no dates, and all of them are with day and month exchanged.
    pub fn reversed(&self, mapping: &Mapping) -> Option<Reversed> {
        let is_reversed = |seen: &Seen| {
            let unread = seen.unread.get();
            unread > 0 && unread == seen.exchanged.get() && seen.late.get() == 0
        };
        let (column, seen) = mapping.columns.iter().zip(&self.columns).find(|(_, seen)| is_reversed(seen))?;
        let unread = seen.unread.get();
        Some(Reversed { column: column.clone(), unread, dates: unread + seen.dates.get() })
    }

    /// What is odd about the file as a whole; `rows`: how many it has.
    pub fn notes(self, mapping: &Mapping, rows: u64) -> Vec<Note> {
        let (mark, other, said) = mapping.format.decimal.words();
        let about = |column: &String, kind, message, rows, first: Vec<String>| Note {
            table: String::new(),
            column: column.clone(),
            kind,
            message,
            rows,
            first: first.iter().map(|text| Example::new("", text)).collect(),
        };
        let blanks = |(column, seen): (&String, &Seen)| {
            let rows = seen.blanks.get();
            let message =
                || format!("{} in “{}” with several blanks: they were made one", counted(rows, "name"), shown(column));
            (rows > 0).then(|| about(column, "blanks", message(), rows, seen.blank.take()))
        };
        let thousands = |(column, seen): (&String, &Seen)| {
            let (threes, fractions) = (seen.threes.get(), seen.fractions.get());
            let suspect = threes >= LEAST_SUSPECT && threes == fractions;
            let message = || {
                format!(
                    "every “{mark}” in “{}” has three digits behind it, in {}: if it groups thousands, write {said} in \
                     [source]; it was read as the decimal mark, not “{other}”",
                    shown(column),
                    counted(threes, "row"),
                )
            };
            suspect.then(|| about(column, "thousands", message(), threes, seen.suspects.take()))
        };
        let never = |(condition, held): (&String, &Cell<bool>)| {
            let message = || format!("no row has {condition}: is that what the file says?");
            (rows > 0 && !held.get()).then(|| about(&String::new(), "condition", message(), 0, Vec::new()))
        };
        let columns = || mapping.columns.iter().zip(&self.columns);
        let never = mapping.conditions.iter().zip(&self.held).filter_map(never);
        columns().filter_map(thousands).chain(never).chain(columns().filter_map(blanks)).collect()
    }
}

fn add(count: &Cell<u64>) {
    count.set(count.get() + 1);
}
