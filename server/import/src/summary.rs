//! What became of each row of a file.

use crate::shown::shown;
use csv::StringRecord;
use pegel_store::facts::Written;
use pegel_text::clean::one_line;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

/// What became of a row of the file; of several, the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// No table's condition wants it.
    LeftOut,
    Unchanged,
    Changed,
    New,
    Rejected,
}

impl From<Written> for Fate {
    fn from(written: Written) -> Fate {
        match written {
            Written::New => Fate::New,
            Written::Changed | Written::Back => Fate::Changed,
            Written::Unchanged => Fate::Unchanged,
        }
    }
}

/// What an import did, or in a dry run would have done. The counts are of rows of the file, each counted once: as new
/// if it brought anything new to any table, else as changed if it changed anything, else as unchanged.
#[derive(Debug, Default)]
pub struct Summary {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// By line; the first of them, if they are more than can be kept.
    pub rejected: Vec<Rejected>,
    /// How many more rows were rejected than are kept.
    pub rejected_beyond: u64,
    /// Rows that the conditions of all tables leave out.
    pub left_out: u64,
    /// Rejected rows of which nobody can tell which they are; if a complete file has any, none is gone.
    pub keyless: u64,
    /// Rows (among the unchanged) of which a later row of the file, with the same key, says something else.
    pub superseded: u64,
    /// Optional look-ups that found nothing.
    pub unresolved: u64,
    /// Values that held control characters.
    pub cleaned: Vec<Cleaned>,
    /// Lines that are no data: footers and what the mapping skips.
    pub skipped: Vec<Skipped>,
    /// What was written, by table, rows created by look-ups included.
    pub tables: BTreeMap<Arc<str>, TableCounts>,
    /// Columns of the file that the mapping does not use.
    pub unused_columns: Vec<String>,
    /// Whether nothing was kept.
    pub dry_run: bool,
    pub(crate) header: Vec<String>,
    pub(crate) delimiter: u8,
    pub(crate) byte_order_mark: bool,
}

/// Rows of one table.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct TableCounts {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// They were gone, and are there again.
    pub back: u64,
    /// A complete file no longer has them.
    pub gone: u64,
}

/// A row that was not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line of the file on which it starts, from 1.
    pub line: u64,
    /// As they stand in the file.
    pub cells: Vec<String>,
    /// Not empty, and fit to be shown: on one line each, and not endless.
    pub faults: Vec<Fault>,
}

impl Rejected {
    pub(crate) fn new(line: u64, cells: &StringRecord, faults: Vec<Fault>) -> Rejected {
        let fit = |Fault { column, value, reason }: Fault| Fault {
            column: one_line(&column).into_owned(),
            value: shown(&value),
            reason: shown(&reason),
        };
        Rejected {
            line,
            cells: cells.iter().map(str::to_owned).collect(),
            faults: faults.into_iter().map(fit).collect(),
        }
    }

    /// About how much memory it takes.
    pub(crate) fn size(&self) -> usize {
        let cells: usize = self.cells.iter().map(|cell| size_of::<String>() + cell.len()).sum();
        let faults = self.faults.iter();
        let faults: usize =
            faults.map(|fault| size_of::<Fault>() + fault.column.len() + fault.value.len() + fault.reason.len()).sum();
        size_of::<Rejected>() + cells + faults
    }
}

/// Values of one column that held control characters; they were taken in without them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The mapping's name of the source column.
    pub column: String,
    pub values: u64,
    pub first_line: u64,
}

/// `6 values of “Partner”, first in line 2`
impl fmt::Display for Cleaned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = if self.values == 1 { "value" } else { "values" };
        write!(f, "{} {values} of “{}”, first in line {}", self.values, shown(&self.column), self.first_line)
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The mapping's name of the source column; empty if it is the row as a whole.
    pub column: String,
    /// The cell.
    pub value: String,
    pub reason: String,
}

/// A line that is no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub line: u64,
    /// Its beginning.
    pub text: String,
}

impl Skipped {
    pub(crate) fn new(line: u64, cells: &StringRecord) -> Skipped {
        const SHOWN: usize = 80;
        let filled: Vec<&str> = cells.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
        Skipped { line, text: one_line(&filled.join(" ")).chars().take(SHOWN).collect() }
    }
}

impl Summary {
    /// How many rows were rejected.
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.len() as u64 + self.rejected_beyond
    }

    /// What else is to be said, in sentences; empty for a plain import.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let (Some(first), Some(last)) = (self.skipped.first(), self.skipped.last()) {
            let lines = if first == last {
                format!("line {} is not data and was skipped", first.line)
            } else {
                format!("{} lines ({} to {}) are no data and were skipped", self.skipped.len(), first.line, last.line)
            };
            notes.push(format!("{lines}: {}", first.text));
        }
        let mut count = |number: u64, one: &str, several: &str| match number {
            0 => {}
            1 => notes.push(format!("1 {one}")),
            _ => notes.push(format!("{number} {several}")),
        };
        count(
            self.left_out,
            "row was left out by the mapping's conditions",
            "rows were left out by the mapping's conditions",
        );
        count(
            self.superseded,
            "row gave way to a later row with the same key",
            "rows gave way to later rows with the same keys",
        );
        count(
            self.keyless,
            "rejected row has no key that could be read: so none is taken for gone",
            "rejected rows have no key that could be read: so none is taken for gone",
        );
        count(self.unresolved, "optional look-up found nothing", "optional look-ups found nothing");
        for (table, TableCounts { gone, back, .. }) in &self.tables {
            let moved = [(gone, "gone"), (back, "back")].into_iter().filter(|(count, _)| **count > 0);
            let moved: Vec<String> = moved.map(|(count, how)| format!("{count} {how}")).collect();
            if !moved.is_empty() {
                notes.push(format!("{table}: {}", moved.join(", ")));
            }
        }
        if !self.cleaned.is_empty() {
            let cleaned: Vec<String> = self.cleaned.iter().map(ToString::to_string).collect();
            notes.push(format!("cleaned of control characters: {}", cleaned.join("; ")));
        }
        if self.rejected_beyond > 0 {
            let (kept, beyond) = (self.rejected.len(), self.rejected_beyond);
            notes.push(format!("only the first {kept} rejected rows are kept, {beyond} more are only counted"));
        }
        if self.dry_run {
            notes.push("nothing was written: this was a dry run".to_owned());
        }
        notes
    }

    /// Writes the rejected rows as CSV, with the file's delimiter and columns and `rejected_line`, `rejected_column`
    /// and `rejected_reason` behind them, in UTF-8. Once corrected, it can be imported with the same mapping.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_rejected(&self, mut out: impl Write) -> io::Result<()> {
        if self.byte_order_mark {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(out);
        let added = ["rejected_line", "rejected_column", "rejected_reason"];
        writer.write_record(self.header.iter().map(String::as_str).chain(added))?;
        for row in &self.rejected {
            let joined = |part: fn(&Fault) -> &str| {
                row.faults.iter().map(part).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
            };
            // A row with more cells than the header has columns would push its reason out of its column.
            let mut cells: Vec<String> = row.cells.iter().take(self.header.len()).cloned().collect();
            cells.resize(self.header.len(), String::new());
            cells.extend([row.line.to_string(), joined(|fault| &fault.column), joined(|fault| &fault.reason)]);
            writer.write_record(&cells)?;
        }
        writer.flush()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { new, changed, unchanged, .. } = self;
        write!(f, "{new} new, {changed} changed, {unchanged} unchanged, {} rejected", self.rejected_rows())
    }
}

/// `line 7, column close_date, “TBD”: …`
impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            let separator = if number > 0 { "\n" } else { "" };
            write!(f, "{separator}line {}", self.line)?;
            if !fault.column.is_empty() {
                write!(f, ", column {}", fault.column)?;
            }
            write!(f, ": {}", fault.reason)?;
        }
        Ok(())
    }
}
