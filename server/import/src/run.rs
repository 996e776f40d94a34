//! The import of one file: a check of all its rows, then one pass for each table that the mapping fills, all in one
//! transaction.
//!
//! Every pass reads the file again: so nothing but its keys is held in memory, a table is complete before the next one
//! refers to it, and nothing is written before the whole file is known to be readable.

use crate::check::{Checked, check};
use crate::convert::Formats;
use crate::error::ImportError;
use crate::mapping::Mapping;
use crate::source::{Record, Source};
use crate::summary::Summary;
use crate::write::write;
use jiff::tz::TimeZone;
use pegel_kpi::currency::Currency;
use pegel_store::Store;
use pegel_store::facts::{ImportRecord, Written};
use pegel_text::clean::one_line;
use std::io::{Read, Seek, SeekFrom};

/// How many rows are looked up and written at a time.
const CHUNK: usize = 5_000;
/// How many bytes of them at most, but for the last row: rows may be long.
const CHUNK_BYTES: usize = 8 << 20;

/// What an import depends on beside the file and the mapping.
#[derive(Debug, Clone)]
pub struct Options {
    /// Do everything, keep nothing.
    pub dry_run: bool,
    /// UTC seconds; dates the changes of opportunities.
    pub now: i64,
    /// In which dates without a zone are meant, unless the mapping names one: the home's.
    pub zone: TimeZone,
    /// In which amounts are.
    pub currency: Currency,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file read so far, in all passes.
    pub bytes: u64,
    /// The file's bytes times the passes.
    pub total: u64,
}

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
            Written::Changed => Fate::Changed,
            Written::Unchanged => Fate::Unchanged,
        }
    }
}

/// Imports a file, as it is: packed with gzip or not, in whatever encoding the mapping says. `file` is its name for
/// messages. Rows that cannot be imported are in the summary; all others are, unless it is a dry run.
///
/// # Errors
/// If the file cannot be read as a whole, lacks a column that the mapping names, or the database fails. Then nothing is
/// written.
pub fn import(
    source: impl Read + Seek,
    file: &str,
    mapping: &Mapping,
    store: &Store,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ImportError> {
    let formats = Formats::new(&mapping.format, options.zone.clone(), options.currency.stored_digits());
    let mut input = Input::new(source, file, mapping, &formats, progress)?;
    store.write(!options.dry_run, |writer| {
        if mapping.brings_money() {
            writer.record_currency(&options.currency)?;
        }
        let mut checked = check(&mut input, writer)?;
        for table in 0..mapping.tables.len() {
            write(&mut input, writer, table, &mut checked, options.now)?;
        }
        let summary = summary(checked, mapping, options);
        writer.record_import(&record(&summary, file, mapping, options))?;
        Ok(summary)
    })
}

fn summary(checked: Checked, mapping: &Mapping, options: &Options) -> Summary {
    let count = |fate| checked.fates.iter().filter(|&&each| each == fate).count() as u64;
    Summary {
        new: count(Fate::New),
        changed: count(Fate::Changed),
        unchanged: count(Fate::Unchanged),
        left_out: count(Fate::LeftOut),
        rejected: checked.rejected,
        rejected_beyond: checked.rejected_beyond,
        cleaned: checked.cleaned.into_values().collect(),
        superseded: checked.superseded,
        unresolved: checked.unresolved,
        skipped: checked.skipped,
        tables: checked.tables,
        unused_columns: checked.unused_columns,
        dry_run: options.dry_run,
        header: checked.header,
        delimiter: mapping.format.delimiter,
        byte_order_mark: mapping.format.encoding.is_some(),
    }
}

fn record(summary: &Summary, file: &str, mapping: &Mapping, options: &Options) -> ImportRecord {
    let stored = |count: u64| i64::try_from(count).expect("a file has fewer than 2^63 rows");
    ImportRecord {
        file: one_line(file).into_owned(),
        mapping: mapping.name.clone(),
        imported_at: options.now,
        new_rows: stored(summary.new),
        changed_rows: stored(summary.changed),
        unchanged_rows: stored(summary.unchanged),
        rejected_rows: stored(summary.rejected_rows()),
    }
}

/// A file that is read several times.
pub(crate) struct Input<'a, S> {
    source: S,
    pub file: &'a str,
    pub mapping: &'a Mapping,
    pub formats: &'a Formats<'a>,
    progress: &'a mut dyn FnMut(Progress),
    size: u64,
    /// Passes that are over.
    passes: u64,
}

/// Some rows of a file, in its order.
pub(crate) struct Chunk<'a> {
    /// The number of the first row, from 0.
    pub first: usize,
    pub records: Vec<Record>,
    /// By the mapping's source columns, where in a record they are.
    pub places: &'a [usize],
}

/// What a pass over a file tells beside its rows.
pub(crate) struct Passed {
    pub header: Vec<String>,
    pub places: Vec<usize>,
    pub skipped: Vec<crate::summary::Skipped>,
}

impl<'a, S: Read + Seek> Input<'a, S> {
    fn new(
        mut source: S,
        file: &'a str,
        mapping: &'a Mapping,
        formats: &'a Formats<'a>,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Result<Self, ImportError> {
        let size = source.seek(SeekFrom::End(0));
        let size = size.map_err(|error| ImportError::Read { file: file.to_owned(), error })?;
        Ok(Input { source, file, mapping, formats, progress, size, passes: 0 })
    }

    /// Reads the file from the beginning to the end, a chunk at a time.
    pub fn pass(&mut self, mut each: impl FnMut(Chunk) -> Result<(), ImportError>) -> Result<Passed, ImportError> {
        let unreadable = |error| ImportError::Read { file: self.file.to_owned(), error };
        self.source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut source = Source::open(&mut self.source, self.file, &self.mapping.format)?;
        let places = source.places(self.mapping)?;
        let total = self.size * (1 + self.mapping.tables.len() as u64);
        let mut first = 0;
        loop {
            let mut records = Vec::new();
            let (mut bytes, mut ended) = (0, false);
            while records.len() < CHUNK && bytes < CHUNK_BYTES && !ended {
                match source.next()? {
                    Some(record) => {
                        bytes += record.cells.as_slice().len();
                        records.push(record);
                    }
                    None => ended = true,
                }
            }
            let count = records.len();
            each(Chunk { first, records, places: &places })?;
            first += count;
            (self.progress)(Progress { bytes: self.size * self.passes + source.bytes_read().min(self.size), total });
            if ended {
                break;
            }
        }
        self.passes += 1;
        let Source { header, skipped, .. } = source;
        Ok(Passed { header, places, skipped })
    }
}
