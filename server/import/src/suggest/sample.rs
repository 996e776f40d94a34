//! The first rows of a file, read as it seems to be written.

use super::days;
use super::footers::{Row, no_data};
use super::headings::Headings;
use super::numbers;
use super::written::{Written, text_format};
use crate::error::ImportError;
use crate::mapping::{Mapping, SourceFormat};
use crate::source::{Prepared, RawRow, RecordReader, SourceFile, prepared};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

/// So many rows are looked at.
pub(super) const ROWS: usize = 10_000;
/// So many bytes of them, at most: rows may be long.
const BYTES: usize = 64 << 20;
/// More columns than these are no table that people fill.
const COLUMNS: usize = 1_000;
/// So many lines may stand above the header; as many as an import passes over.
const ABOVE: usize = 50;

/// What was seen of a file.
#[derive(Debug)]
pub(super) struct Sample {
    pub written: Written,
    pub columns: Vec<Column>,
    pub rows: usize,
    /// Whether these are all rows of the file.
    pub whole: bool,
}

/// A column, and what its cells hold.
#[derive(Debug)]
pub(super) struct Column {
    pub heading: String,
    /// Whether another one is called the same, so that no mapping can name it.
    pub twice: bool,
    /// Of each row; empty where nothing is there.
    pub cells: Vec<String>,
}

impl Column {
    /// What is there.
    pub fn filled(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// The different texts in it, by how often they are there; `None` if they are more than so many.
    pub fn distinct(&self, most: usize) -> Option<BTreeMap<&str, usize>> {
        let mut counts = BTreeMap::new();
        for cell in self.filled() {
            *counts.entry(cell).or_insert(0) += 1;
            if counts.len() > most {
                return None;
            }
        }
        Some(counts)
    }
}

impl Sample {
    /// Reads a file, whatever it is.
    ///
    /// # Errors
    /// If it cannot be read, or has no rows.
    pub fn of(raw: &mut (impl Read + Seek), file: &str, headings: &Headings) -> Result<Sample, ImportError> {
        match Sample::of_sheet(&mut *raw, file, headings, None) {
            // The one that has most to read.
            Err(ImportError::SeveralSheets { sheets, .. }) => {
                let mut best: Option<Sample> = None;
                for sheet in sheets {
                    let sample = Sample::of_sheet(&mut *raw, file, headings, Some(&sheet))?;
                    let size = |sample: &Sample| sample.rows * sample.columns.len();
                    if best.as_ref().is_none_or(|best| size(&sample) > size(best)) {
                        best = Some(sample);
                    }
                }
                best.ok_or_else(|| ImportError::Empty { file: file.to_owned() })
            }
            read => read,
        }
    }

    fn of_sheet(
        raw: &mut (impl Read + Seek),
        file: &str,
        headings: &Headings,
        sheet: Option<&str>,
    ) -> Result<Sample, ImportError> {
        let unreadable = |error| ImportError::Read { file: file.to_owned(), error };
        let format = SourceFormat { sheet: sheet.map(str::to_owned), ..text_format(b',') };
        let mapping = Mapping::of_nothing(format);
        let mut source = prepared(SourceFile::new(file, raw), &mapping)?;
        let mut written = Written::of(&mut source).map_err(unreadable)?;
        written.sheet = sheet.map(str::to_owned);
        let mut format = SourceFormat { sheet: written.sheet.clone(), ..written.format() };
        if source.members().is_none() {
            let (delimiter, rows) = source.first_rows(&format, ABOVE).map_err(unreadable)?;
            format.delimiter = delimiter;
            let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
            refuse_wide(file, widest)?;
            let header = header(&rows, headings).ok_or_else(|| ImportError::Empty { file: file.to_owned() })?;
            written.header_line = rows[header].line;
            format.skip_lines = Some(written.header_line - 1);
        }
        let may_be_escaped = written.may_be_escaped;
        let mut read = |escaped: bool, written: Written| {
            let written = Written { is_escaped: escaped, ..written };
            let SourceFormat { delimiter, skip_lines, .. } = format;
            let format = SourceFormat { delimiter, skip_lines, sheet: written.sheet.clone(), ..written.format() };
            Sample::read(&mut source, written, &Mapping::of_nothing(format), headings)
        };
        let plain = read(false, written.clone())?;
        if !may_be_escaped {
            return Ok(plain);
        }
        // Where more can be read so, it is meant.
        let escaped = read(true, written)?;
        Ok(if escaped.rows > plain.rows { escaped } else { plain })
    }

    fn read(
        source: &mut Prepared,
        mut written: Written,
        mapping: &Mapping,
        headings: &Headings,
    ) -> Result<Sample, ImportError> {
        let source_name = source.name.clone();
        let mut records = RecordReader::open(std::slice::from_mut(source), mapping)?;
        let names = records.header.clone();
        refuse_wide(&source_name, names.len())?;
        let twice = |heading: &String| names.iter().filter(|name| *name == heading).count() > 1;
        let column = |heading: &String| Column { heading: heading.clone(), twice: twice(heading), cells: Vec::new() };
        let mut columns: Vec<Column> = names.iter().map(column).collect();
        let (mut rows, mut bytes, mut whole) = (Vec::new(), 0, true);
        while let Some(record) = records.next()? {
            bytes += record.cells.as_slice().len();
            if rows.len() == ROWS || bytes > BYTES {
                whole = false;
                break;
            }
            let cells = record.cells.iter().map(|cell| cell.trim().to_owned()).collect();
            rows.push(Row { line: record.line, cells, is_broken: record.broken.is_some() });
        }
        let product = headings.product(&names).map(|(product, _)| product);
        let no_data = no_data(&rows, whole, headings, product);
        let data = rows.into_iter().zip(&no_data.rows).filter(|(row, is_none)| !**is_none && !row.is_broken);
        let data: Vec<Row> = data.map(|(row, _)| row).collect();
        let rows = data.len();
        for (column, cell) in data.into_iter().flat_map(|row| std::iter::zip(0.., row.cells)) {
            let Some(column) = columns.get_mut(column) else { continue };
            if headings.missing.contains(&cell) && !written.missing.contains(&cell) {
                written.missing.push(cell.clone());
            }
            column.cells.push(if written.missing.contains(&cell) { String::new() } else { cell });
        }
        written.no_data = no_data;
        Ok(Sample { written, columns, rows, whole })
    }
}

impl Mapping {
    /// A mapping that needs no column, to look at a file.
    pub(super) fn of_nothing(format: SourceFormat) -> Mapping {
        Mapping {
            name: String::new(),
            description: String::new(),
            system: String::new(),
            exported_at: None,
            watch: None,
            conditions: Vec::new(),
            format,
            columns: Vec::new(),
            aliases: BTreeMap::new(),
            unpivot: None,
            tables: Vec::new(),
        }
    }
}

fn refuse_wide(file: &str, columns: usize) -> Result<(), ImportError> {
    if columns <= COLUMNS {
        return Ok(());
    }
    let reason = format!("it has {columns} columns, and a mapping is suggested for up to {COLUMNS}: leave some out");
    Err(ImportError::unusable(file, reason))
}

/// Which of the first rows is the header: above the first that holds dates or numbers, that with the most headings that
/// are known, among those that are about as long as most rows; else the first such row.
fn header(rows: &[RawRow], headings: &Headings) -> Option<usize> {
    let filled = |row: &RawRow| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let usual = rows.iter().map(filled).max()?;
    let known = |row: &RawRow| row.cells.iter().filter(|cell| headings.knows(cell)).count();
    let is_data = |row: &RawRow| row.cells.iter().any(|cell| days::is_date(cell) || numbers::is_number(cell));
    let long: Vec<usize> = (0..rows.len()).filter(|at| filled(&rows[*at]) * 10 >= usual * 6).collect();
    let above = long.iter().copied().take_while(|at| !is_data(&rows[*at]));
    above.max_by_key(|at| (known(&rows[*at]), Reverse(*at))).or_else(|| long.first().copied())
}
