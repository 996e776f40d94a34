//! What became of each row of a file.

use csv::StringRecord;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

/// What an import did, or in a dry run would have done. The counts are of rows of the file, each counted once: as new if
/// it brought anything new to any table, else as changed if it changed anything, else as unchanged.
#[derive(Debug, Default)]
pub struct Summary {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// By line.
    pub rejected: Vec<Rejected>,
    /// Rows that the conditions of all tables leave out.
    pub left_out: u64,
    /// Rows (among the unchanged) of which a later row of the file, with the same key, says something else.
    pub superseded: u64,
    /// Optional look-ups that found nothing.
    pub unresolved: u64,
    /// Lines that are no data: footers and what the mapping skips.
    pub skipped: Vec<Skipped>,
    /// What was written, by table, rows created by look-ups included.
    pub tables: BTreeMap<&'static str, TableCounts>,
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
}

/// A row that was not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line of the file on which it starts, from 1.
    pub line: u64,
    /// As they stand in the file.
    pub cells: Vec<String>,
    /// Not empty.
    pub faults: Vec<Fault>,
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
        Skipped { line, text: filled.join(" ").chars().take(SHOWN).collect() }
    }
}

impl Summary {
    /// What else is to be said, in sentences; empty for a plain import.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let (Some(first), Some(last)) = (self.skipped.first(), self.skipped.last()) {
            let lines = if first == last {
                format!("line {} is no data and was skipped", first.line)
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
        count(self.unresolved, "optional look-up found nothing", "optional look-ups found nothing");
        if self.dry_run {
            notes.push("nothing was written: this was a dry run".to_owned());
        }
        notes
    }

    /// Writes the rejected rows as CSV, with the file's delimiter and columns and `rejected_line`, `rejected_column` and
    /// `rejected_reason` behind them, in UTF-8. Once corrected, it can be imported with the same mapping.
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
        let Summary { new, changed, unchanged, rejected, .. } = self;
        write!(f, "{new} new, {changed} changed, {unchanged} unchanged, {} rejected", rejected.len())
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
