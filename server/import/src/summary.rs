//! What became of each row of a file.

pub use crate::at::At;
use crate::error::did_you_mean;

use crate::notes::{Note, counted};
use crate::shown::shown;
use csv::StringRecord;
use jiff::Timestamp;
use pegel_text::clean::one_line;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

/// What an import did, or in a dry run would have done. The counts are of rows of the file, each counted once: as new
/// if it brought anything new to any table, else as changed if it changed anything, else as unchanged.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is about something else")]
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
    /// Rows of which nobody can tell which they are; if a complete file has any, none is gone.
    pub keyless: u64,
    /// Whether a file that would have to be complete is one of rejected rows; then none is gone.
    pub of_rejected: bool,
    /// Rows (among the unchanged) of which a later row of the file, with the same key, says something else.
    pub superseded: u64,
    /// Optional look-ups that found nothing.
    pub unresolved: u64,
    /// What is odd about rows that were imported, and what look-ups did.
    pub odd: Vec<Note>,
    /// Why rows were rejected, the most frequent reason first.
    pub reasons: Vec<Note>,
    /// Lines that are no data: footers and what the mapping skips.
    pub skipped: Vec<Skipped>,
    /// What was written, by table, rows created by look-ups included.
    pub tables: BTreeMap<Arc<str>, TableCounts>,
    /// Columns that the mapping names and no object of a JSON file has, by file.
    pub absent_columns: Vec<(String, String)>,
    /// Columns of the file that the mapping does not use.
    pub unused_columns: Vec<String>,
    /// Whose rows they are; empty where nobody said.
    pub system: String,
    pub several_files: bool,
    /// When the files say that they were exported, in UTC seconds, if that is still to come.
    pub exported_ahead: Option<i64>,
    /// Whether nothing was kept.
    pub dry_run: bool,
    pub(crate) header: Vec<String>,
    pub(crate) skip_lines: u64,
    pub(crate) delimiter: u8,
    pub(crate) byte_order_mark: bool,
}

/// The columns at the end of a file of rejected rows.
const ADDED: [&str; 3] = ["rejected_line", "rejected_column", "rejected_reason"];

/// Whether it is the header of a file of rejected rows: what is in it was left over from another file.
pub(crate) fn is_of_rejected(header: &[String]) -> bool {
    ADDED.iter().all(|added| header.iter().any(|name| name == added))
}

/// Rows of one table.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TableCounts {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// They were gone, and are there again.
    pub back: u64,
    /// A complete file no longer has them.
    pub gone: u64,
    /// Rows of the file that bring something to other tables: the conditions of this one leave them out.
    pub left_out: u64,
    /// The system brought them before, and a file that need not be complete does not hold them.
    pub not_held: u64,
}

impl TableCounts {
    /// How many rows became others.
    pub(crate) fn written(&self) -> u64 {
        self.new + self.changed + self.back + self.gone
    }
}

/// A row that was not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Where it starts.
    pub at: At,
    /// As they stand in the file.
    pub cells: Vec<String>,
    /// Not empty, and fit to be shown: on one line each, and not endless.
    pub faults: Vec<Fault>,
}

impl Rejected {
    pub(crate) fn new(at: At, cells: &StringRecord, faults: Vec<Fault>) -> Rejected {
        let fit = |Fault { column, value, reason }: Fault| Fault {
            column: one_line(&column).into_owned(),
            value: shown(&value),
            reason: shown(&reason),
        };
        Rejected { at, cells: cells.iter().map(str::to_owned).collect(), faults: faults.into_iter().map(fit).collect() }
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

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    pub at: At,
    /// Its beginning.
    pub text: String,
}

impl Skipped {
    pub(crate) fn new(at: At, cells: &StringRecord) -> Skipped {
        const SHOWN: usize = 80;
        let filled: Vec<&str> = cells.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
        Skipped { at, text: one_line(&filled.join(" ")).chars().take(SHOWN).collect() }
    }
}

/// A summary for programs.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub rejected: u64,
    pub left_out: u64,
    pub dry_run: bool,
    pub tables: BTreeMap<&'a str, TableCounts>,
    /// The first rejected rows, each with what is wrong with it.
    pub rejected_rows: Vec<ToldRow<'a>>,
    pub reasons: &'a [Note],
    pub notes: &'a [Note],
    /// Whatever else a person is told, in sentences.
    pub remarks: Vec<String>,
    pub unused_columns: &'a [String],
}

/// A rejected row for programs.
#[derive(Debug, Serialize)]
pub struct ToldRow<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<&'a str>,
    pub line: u64,
    pub faults: &'a [Fault],
}

impl ToldRow<'_> {
    fn of(Rejected { at, faults, .. }: &Rejected) -> ToldRow<'_> {
        ToldRow { file: at.file.as_deref(), line: at.line, faults }
    }
}

impl Summary {
    /// For programs; of the rejected rows the first hundred.
    pub fn told(&self) -> Told<'_> {
        const MOST: usize = 100;
        Told {
            new: self.new,
            changed: self.changed,
            unchanged: self.unchanged,
            rejected: self.rejected_rows(),
            left_out: self.left_out,
            dry_run: self.dry_run,
            tables: self.tables.iter().map(|(name, counts)| (&**name, *counts)).collect(),
            rejected_rows: self.rejected.iter().take(MOST).map(ToldRow::of).collect(),
            reasons: &self.reasons,
            notes: &self.odd,
            remarks: self.remarks(),
            unused_columns: &self.unused_columns,
        }
    }

    /// How many rows were rejected.
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.len() as u64 + self.rejected_beyond
    }

    /// What is to be said beside the counts, in sentences; empty for a plain import.
    pub fn notes(&self) -> Vec<String> {
        self.odd.iter().map(Note::to_string).chain(self.remarks()).collect()
    }

    fn remarks(&self) -> Vec<String> {
        let mut notes = Vec::new();
        notes.extend(self.skipped_lines());
        for (file, column) in &self.absent_columns {
            let (file, column) = (one_line(file), shown(column));
            let near = did_you_mean(&column, self.header.iter().map(String::as_str).filter(|name| *name != column));
            notes.push(format!("no object of {file} has “{column}”{near}: it is missing in all rows"));
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
            self.keyless,
            "row has no key that could be read: so none is taken for gone",
            "rows have no key that could be read: so none is taken for gone",
        );
        if self.of_rejected {
            notes.push(
                "these are rejected rows of another file, not all that there is: so none is taken for gone".to_owned(),
            );
        }
        for (table, TableCounts { gone, back, .. }) in &self.tables {
            let moved = [(gone, "gone"), (back, "back")].into_iter().filter(|(count, _)| **count > 0);
            let moved: Vec<String> = moved.map(|(count, how)| format!("{count} {how}")).collect();
            if !moved.is_empty() {
                notes.push(format!("{table}: {}", moved.join(", ")));
            }
        }
        for (table, TableCounts { left_out, .. }) in self.tables.iter().filter(|(_, counts)| counts.left_out > 0) {
            let (rows, were) = if *left_out == 1 { ("row", "was") } else { ("rows", "were") };
            notes.push(format!("{table}: {left_out} {rows} {were} left out by its conditions"));
        }
        for (table, TableCounts { not_held, .. }) in self.tables.iter().filter(|(_, counts)| counts.not_held > 0) {
            let (rows, are) = if *not_held == 1 { ("row", "is") } else { ("rows", "are") };
            let these = if self.several_files { "these files" } else { "this file" };
            let whose = match self.system.as_str() {
                "" => format!("{table}, imported without a `system`,"),
                system => format!("{system}'s {table}"),
            };
            notes.push(format!("{not_held} {rows} of {whose} {are} not in {these}"));
        }
        if let Some(ahead) = self.exported_ahead.and_then(|at| Timestamp::from_second(at).ok()) {
            notes.push(format!(
                "exported_at is {ahead}, which is still to come: the file is taken to be complete until now"
            ));
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

    /// Which lines are no data: the first of them, and the last, which may be a sum or a row that was meant.
    fn skipped_lines(&self) -> Option<String> {
        const FIRST: usize = 2;
        let told = |Skipped { at, text }: &Skipped| format!("{at} (“{text}”)");
        let [first @ .., last] = self.skipped.as_slice() else { return None };
        let mut all: Vec<String> = first.iter().take(FIRST).map(told).collect();
        if first.len() > FIRST {
            all.push("…".to_owned());
        }
        all.push(told(last));
        let is = if first.is_empty() { "is" } else { "are" };
        Some(format!("{} {is} no data and skipped: {}", counted(self.skipped.len() as u64, "line"), all.join(", ")))
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
        // The mapping skips as many lines of this file as of the others.
        (0..self.skip_lines).try_for_each(|_| out.write_all(b"\n"))?;
        let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(out);
        writer.write_record(self.header.iter().map(String::as_str).chain(ADDED))?;
        for row in &self.rejected {
            let joined = |part: fn(&Fault) -> &str| {
                row.faults.iter().map(part).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
            };
            // A row with more cells than the header has columns would push its reason out of its column.
            let mut cells: Vec<String> = row.cells.iter().take(self.header.len()).cloned().collect();
            cells.resize(self.header.len(), String::new());
            cells.extend([
                row.at.file.as_ref().map_or_else(|| row.at.line.to_string(), |file| format!("{file}:{}", row.at.line)),
                joined(|fault| &fault.column),
                joined(|fault| &fault.reason),
            ]);
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
            write!(f, "{separator}{}", self.at)?;
            if !fault.column.is_empty() {
                write!(f, ", column {}", fault.column)?;
            }
            write!(f, ": {}", fault.reason)?;
        }
        Ok(())
    }
}
