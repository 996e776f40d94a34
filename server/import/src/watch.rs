//! What the columns of a file look like over all its rows: numbers whose point may group thousands, dates in another
//! order than the mapping says, conditions that never hold.

use crate::alike::Names;
use crate::at::At;
use crate::dates::DateFormat;
use crate::error::ImportError;
use crate::mapping::{Condition, DecimalMark, Mapping, RowCondition, SourceColumn};
use crate::notes::{Note, Noted, counted};
use crate::shown::shown;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// So many numbers with three digits behind the point are no chance. Of money, which never has three, one is enough.
const LEAST_SUSPECT: u64 = 3;
/// So many texts are told apart that a mapping does not list.
const UNLISTED: usize = 100;

/// What has been seen of a file.
pub(crate) struct Watch {
    /// The row that is being read.
    row: RefCell<At>,
    /// How many have been.
    number: Cell<u64>,
    decimal: DecimalMark,
    /// Whether numbers are texts that people wrote; else they are what a program holds, or texts among these.
    written: bool,
    /// By [`SourceColumn`].
    columns: Vec<Seen>,
    /// By [`RowCondition::number`].
    conditions: Vec<Asked>,
}

/// What has been seen of a condition.
#[derive(Default)]
struct Asked {
    /// The last row of which it was asked: one that several columns need counts once.
    last: Cell<u64>,
    /// Whether it ever held.
    held: Cell<bool>,
    /// Texts that it does not list.
    unlisted: RefCell<Unlisted>,
}

/// Texts that a mapping does not list, each with how many rows have it: the first of them.
#[derive(Default)]
struct Unlisted(BTreeMap<String, u64>);

impl Unlisted {
    fn add(&mut self, text: &str) {
        if let Some(rows) = self.0.get_mut(text) {
            *rows += 1;
        } else if self.0.len() < UNLISTED {
            self.0.insert(text.to_owned(), 1);
        }
    }

    /// Those that look like one that is listed: `Verlohren (like Verloren)`; in how many rows they are.
    fn alike(&self, listed: impl IntoIterator<Item = String>) -> (Vec<String>, u64) {
        let listed = Names::new(listed, self.0.len());
        let alike = self.0.iter().filter_map(|(text, rows)| Some((listed.like(text)?, rows)));
        let (texts, rows): (Vec<String>, Vec<u64>) = alike.unzip();
        (texts, rows.iter().sum())
    }
}

/// What has been seen of a column.
#[derive(Default)]
struct Seen {
    /// The last row of which a number was seen: one that several tables need counts once.
    number_in: Cell<u64>,
    /// The same of a name with several blanks.
    blanks_in: Cell<u64>,
    /// Numbers with digits behind the point.
    fractions: Cell<u64>,
    /// Whether one was written by somebody: a number that a program holds does not end in a zero there.
    is_written: Cell<bool>,
    /// Those with exactly three, which may be thousands.
    threes: RefCell<Noted>,
    /// Whether numbers of the column may well have three.
    may_have_threes: Cell<bool>,
    /// Dates.
    dates: Cell<u64>,
    /// Those of a day after the twelfth.
    late: Cell<u64>,
    /// What is no date as the mapping has it.
    unread: Cell<u64>,
    /// What would be one with day and month exchanged.
    exchanged: Cell<u64>,
    /// Per cents, as the mapping has it, that may be fractions: they are less than one.
    scaled: RefCell<Noted>,
    /// Numbers that it should multiply, where it is empty.
    missing_factor: RefCell<Noted>,
    /// Numbers with a per cent sign, and numbers above 1 without one.
    per_cents: RefCell<Noted>,
    plain: RefCell<Noted>,
    /// Names with several blanks where one is meant.
    blanks: RefCell<Noted>,
    /// Texts that the mapping does not list and takes for missing.
    unlisted: RefCell<Unlisted>,
    /// How many rows have one.
    unlisted_rows: Cell<u64>,
}

/// A column whose dates have day and month the other way round.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reversed {
    pub column: String,
    pub unread: u64,
    pub dates: u64,
    /// How many are dates with day and month exchanged.
    pub fit: u64,
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
        let Reversed { column, unread, dates, fit } = self;
        ImportError::DayAndMonth { file: file.to_owned(), column, unread, dates, fit, format, exchanged }
    }
}

impl Watch {
    /// `written`: whether numbers are texts that people or programs wrote, so that a point may group thousands.
    pub fn new(mapping: &Mapping, written: bool) -> Watch {
        Watch {
            row: RefCell::new(At { file: None, line: 0 }),
            number: Cell::new(0),
            decimal: mapping.format.decimal,
            written,
            columns: mapping.columns.iter().map(|_| Seen::default()).collect(),
            conditions: mapping.conditions.iter().map(|_| Asked::default()).collect(),
        }
    }

    /// Begins to see a row.
    pub fn begin(&self, row: &At) {
        self.row.replace(row.clone());
        add(&self.number);
    }

    /// A number with so many digits behind its point; whether that may well be three.
    pub fn number(&self, column: SourceColumn, text: &str, decimals: usize, may_be_three: bool) {
        if decimals == 0 {
            return;
        }
        let seen = &self.columns[column.0];
        if !self.is_first(&seen.number_in) {
            return;
        }
        add(&seen.fractions);
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        seen.is_written.set(self.written || seen.is_written.get() || digits.ends_with('0'));
        seen.may_have_threes.set(may_be_three);
        if decimals == 3 && may_group(text, self.decimal) {
            seen.threes.borrow_mut().add(&self.row.borrow(), text);
        }
    }

    /// A number that may be a share, with or without the sign of a per cent; only above 1 it matters.
    pub fn share(&self, column: SourceColumn, text: &str, has_sign: bool) {
        let seen = &self.columns[column.0];
        let noted = if has_sign { &seen.per_cents } else { &seen.plain };
        noted.borrow_mut().add(&self.row.borrow(), text);
    }

    /// A number without the other one by which it is to be multiplied.
    pub fn without_factor(&self, column: SourceColumn, text: &str) {
        self.columns[column.0].missing_factor.borrow_mut().add(&self.row.borrow(), text);
    }

    /// What the mapping takes for a per cent, and is less than one.
    pub fn scaled(&self, column: SourceColumn, text: &str) {
        self.columns[column.0].scaled.borrow_mut().add(&self.row.borrow(), text);
    }

    /// A text that the mapping does not list, and takes for missing.
    pub fn unlisted(&self, column: SourceColumn, text: &str) {
        let seen = &self.columns[column.0];
        add(&seen.unlisted_rows);
        seen.unlisted.borrow_mut().add(text);
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
        if self.is_first(&seen.blanks_in) {
            seen.blanks.borrow_mut().add(&self.row.borrow(), text);
        }
    }

    /// Whether it is the first time in this row; `last`: the row in which it was last so.
    fn is_first(&self, last: &Cell<u64>) -> bool {
        last.replace(self.number.get()) != self.number.get()
    }

    /// Whether a condition held for the text of its column.
    pub fn condition(&self, condition: &RowCondition, text: Option<&str>, held: bool) {
        let asked = &self.conditions[condition.number];
        if !self.is_first(&asked.last) {
            return;
        }
        if held {
            asked.held.set(true);
        }
        if let Some(text) = text.filter(|text| condition.leaves_unlisted(text)) {
            asked.unlisted.borrow_mut().add(text);
        }
    }

    /// The first column of which some texts are no dates, and most of them are with day and month exchanged: the others
    /// may be words such as `n/a`.
    pub fn reversed(&self, mapping: &Mapping) -> Option<Reversed> {
        let is_reversed = |seen: &Seen| {
            let (unread, exchanged) = (seen.unread.get(), seen.exchanged.get());
            exchanged > unread / 2 && seen.late.get() == 0
        };
        let (column, seen) = mapping.columns.iter().zip(&self.columns).find(|(_, seen)| is_reversed(seen))?;
        let unread = seen.unread.get();
        // A date whose day is no month's fits either way.
        let (read, exchanged) = (seen.dates.get(), seen.exchanged.get());
        Some(Reversed { column: column.clone(), unread, dates: unread + read, fit: exchanged + read })
    }

    /// What is odd about the file as a whole; `rows`: how many it has.
    pub fn notes(self, mapping: &Mapping, rows: u64) -> Vec<Note> {
        let columns = || mapping.columns.iter().zip(&self.columns);
        let conditions = || mapping.conditions.iter().zip(&self.conditions);
        let never = conditions().filter(|(_, asked)| rows > 0 && !asked.held.get()).map(|(condition, _)| {
            let message = format!("no row has {condition}: is that what the file says?");
            Note::of_file("", "condition", message, Noted::default())
        });
        let thousands = columns().filter_map(|(column, seen)| seen.thousands(column, self.decimal));
        let unlisted = columns().flat_map(|(column, seen)| seen.unlisted(column, mapping));
        thousands
            .chain(never)
            .chain(conditions().filter_map(|(condition, asked)| asked.alike(condition)))
            .chain(unlisted)
            .chain(columns().filter_map(|(column, seen)| seen.scaled(column)))
            .chain(columns().filter_map(|(column, seen)| seen.mixed(column)))
            .chain(columns().filter_map(|(column, seen)| seen.missing_factor(column)))
            .chain(columns().filter_map(|(column, seen)| seen.blanks(column)))
            .collect()
    }
}

impl Asked {
    /// Texts that a condition does not list look like one that it does.
    fn alike(&self, condition: &Condition) -> Option<Note> {
        let unlisted = self.unlisted.take();
        let listed = condition.lists().flatten().map(ToString::to_string);
        let (alike, rows) = unlisted.alike(listed);
        let message = format!(
            "texts of “{}” that look like one of a condition, and are not listed there: it asks for {condition}",
            shown(&condition.column)
        );
        (!alike.is_empty()).then(|| Note::of_texts(&condition.column, "alike", message, &alike, rows))
    }
}

impl Seen {
    /// The point of the column's numbers seems to group thousands.
    fn thousands(&self, column: &str, decimal: DecimalMark) -> Option<Note> {
        let threes = self.threes.take();
        let least = if self.may_have_threes.get() { LEAST_SUSPECT } else { 1 };
        if threes.rows < least || threes.rows < self.fractions.get() || !self.is_written.get() {
            return None;
        }
        let (mark, other, said) = decimal.words();
        let message = format!(
            "every “{mark}” in “{}” has three digits behind it, in {}: if it groups thousands, write {said} in [source]; it \
             was read as the decimal mark, not “{other}”",
            shown(column),
            counted(threes.rows, "row"),
        );
        Some(Note::of_file(column, "thousands", message, threes))
    }

    /// Texts that the mapping does not list are missing; some may look like one that it does.
    fn unlisted(&self, column: &str, mapping: &Mapping) -> Vec<Note> {
        let (unlisted, rows) = (self.unlisted.take(), self.unlisted_rows.get());
        if rows == 0 {
            return Vec::new();
        }
        let (alike, rows_alike) = unlisted.alike(mapping.listed(column));
        let alike = (!alike.is_empty()).then(|| {
            let message =
                format!("texts of “{}” that look like one under `values`, and are not listed there", shown(column));
            Note::of_texts(column, "alike", message, &alike, rows_alike)
        });
        let mut by_rows: Vec<(String, u64)> = unlisted.0.into_iter().collect();
        by_rows.sort_by_key(|(_, rows)| Reverse(*rows));
        let message = format!(
            "{} {} a text in “{}” that is not under `values`: it was taken for missing",
            counted(rows, "row"),
            if rows == 1 { "has" } else { "have" },
            shown(column)
        );
        let texts: Vec<String> = by_rows.into_iter().map(|(text, _)| text).collect();
        let all = Note::of_texts(column, "unlisted", message, &texts, rows);
        [Some(all), alike].into_iter().flatten().collect()
    }

    fn scaled(&self, column: &str) -> Option<Note> {
        let scaled = self.scaled.take();
        let (values, lie) = (counted(scaled.rows, "value"), if scaled.rows == 1 { "lies" } else { "lie" });
        let message = format!(
            "{values} of “{}” {lie} between 0 and 1, and became less than one per cent by the mapping's `scale`",
            shown(column)
        );
        (scaled.rows > 0).then(|| Note::of_file(column, "scaled", message, scaled))
    }

    fn missing_factor(&self, column: &str) -> Option<Note> {
        let without = self.missing_factor.take();
        let (rows, have) = (counted(without.rows, "row"), if without.rows == 1 { "has" } else { "have" });
        let message =
            format!("{rows} {have} a number and no “{}” to multiply it by: what they make is missing", shown(column));
        (without.rows > 0).then(|| Note::of_file(column, "missing_factor", message, without))
    }

    fn mixed(&self, column: &str) -> Option<Note> {
        let (per_cents, plain) = (self.per_cents.take(), self.plain.take());
        let message = format!(
            "“{}” has a % in {}, and none in {} with a number above 1: 19 % is read as 0.19, and 19 as 19",
            shown(column),
            counted(per_cents.rows, "row"),
            counted(plain.rows, "row"),
        );
        (per_cents.rows > 0 && plain.rows > 0).then(|| Note::of_file(column, "mixed_per_cents", message, plain))
    }

    fn blanks(&self, column: &str) -> Option<Note> {
        let blanks = self.blanks.take();
        let message =
            format!("{} in “{}” with several blanks: they were made one", counted(blanks.rows, "name"), shown(column));
        (blanks.rows > 0).then(|| Note::of_file(column, "blanks", message, blanks))
    }
}

/// Whether the point before the last three digits could group thousands: it stands behind one to three digits, of which
/// the first is no zero, and no other point does.
fn may_group(text: &str, decimal: DecimalMark) -> bool {
    let (mark, ..) = decimal.words();
    let Some((before, _)) = text.rsplit_once(mark) else { return false };
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (rest, digits) = before.split_at(before.len() - digits);
    (1..=3).contains(&digits.len()) && !digits.starts_with('0') && !rest.ends_with([',', '.', '\'', '’'])
}

fn add(count: &Cell<u64>) {
    count.set(count.get() + 1);
}
