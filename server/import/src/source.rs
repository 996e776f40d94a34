//! Files → records with the lines on which they start, one file after the other, whatever each of them is.
//! - `prepare`: a [`SourceFile`] → its `content`: archives unpacked, sheets (`workbook`, with `old_workbook`,
//!   `open_document`, `currencies` and `number_format`; `caught`: their readers' panics) and objects (`json`, `pieces`)
//!   turned into rows in a temporary file (`spool`); `kind` tells files by how they begin
//! - `file`: the header of one file and its rows as a `record` each; `header`: which line that is; `cells`: what stands
//!   in cells and is not meant
//! - `text`, `records`: bytes → text → rows of a CSV file
//! - `raw`: the first rows of a file of which nothing is known yet
//! - `unpivot`: columns of which each makes a row

mod caught;
mod cells;
mod content;
mod currencies;
mod file;
mod header;
mod json;
mod kind;
mod number_format;
mod old_workbook;
mod open_document;
mod pieces;
mod prepare;
mod raw;
mod record;
mod records;
mod spool;
mod text;
mod unpivot;
mod workbook;

pub use caught::panics_are_caught;
pub(crate) use content::Prepared;
pub use content::SourceFile;
pub(crate) use prepare::prepared;
pub(crate) use raw::RawRow;
pub(crate) use record::Record;

use crate::error::ImportError;
use crate::mapping::Mapping;
use crate::notes::Noted;
use crate::summary::Skipped;
use csv::StringRecord;
use file::FileReader;
use std::collections::VecDeque;
use std::sync::Arc;
use unpivot::Unpivoting;

/// Reads files once, from the beginning, as if they were one. Their columns may differ in order.
pub(crate) struct RecordReader<'a> {
    files: Vec<FileReader<'a>>,
    /// The file that is being read.
    at: usize,
    /// Of each file, where its cells go.
    orders: Vec<Option<Vec<usize>>>,
    unpivoting: Option<Unpivoting>,
    /// Rows made of the columns of one.
    made: VecDeque<Record>,
    /// The columns of all files.
    pub header: Vec<String>,
    places: Vec<usize>,
    /// Rows that are no data: titles, footers and what the mapping skips.
    pub skipped: Vec<Skipped>,
}

impl<'a> RecordReader<'a> {
    /// Opens files and reads their headers.
    ///
    /// # Errors
    /// If one cannot be read, or lacks a column that the mapping needs.
    pub fn open(files: &'a mut [Prepared<'_>], mapping: &'a Mapping) -> Result<RecordReader<'a>, ImportError> {
        let several = files.len() > 1;
        let mut readers = Vec::with_capacity(files.len());
        for file in files {
            let label = several.then(|| Arc::from(&*file.name));
            readers.push(FileReader::open(file, label, mapping)?);
        }
        let (header, orders) = joined(&readers);
        let places = readers.first().map(|reader| reader.places.clone()).unwrap_or_default();
        let unpivoting = match &mapping.unpivot {
            Some(unpivot) => Some(Unpivoting::new(unpivot, &mapping.format.missing, &header, &readers)?),
            None => None,
        };
        let mut needed = places.into_iter();
        let place = |column: &String| match unpivoting.as_ref().and_then(|made| made.place(column)) {
            Some(place) => place,
            None => needed.next().expect("every column that is not made has its place"),
        };
        let places = mapping.columns.iter().map(place).collect();
        Ok(RecordReader {
            files: readers,
            at: 0,
            orders,
            unpivoting,
            made: VecDeque::new(),
            header,
            places,
            skipped: Vec::new(),
        })
    }

    /// How many bytes of the files have been read; of a packed file, packed ones.
    pub fn bytes_read(&self) -> u64 {
        self.files.iter().map(FileReader::bytes_read).sum()
    }

    /// The places in a record of the mapping's columns.
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// Rows of two lines, each of which could be a row.
    pub fn doubtful(&self) -> Noted {
        let mut doubtful = Noted::default();
        self.files.iter().for_each(|file| doubtful.append(&file.doubtful));
        doubtful
    }

    /// The columns that nothing is made of.
    pub fn unused(&self) -> Vec<String> {
        let is_taken = |place| self.unpivoting.as_ref().is_some_and(|unpivoting| unpivoting.takes(place));
        let unused = self.header.iter().enumerate();
        let unused = unused.filter(|(place, _)| !self.places.contains(place) && !is_taken(*place));
        unused.map(|(_, name)| name.clone()).collect()
    }

    /// The next row of data; `None` at the end of the last file.
    pub fn next(&mut self) -> Result<Option<Record>, ImportError> {
        loop {
            if let Some(record) = self.made.pop_front() {
                return Ok(Some(record));
            }
            let Some(file) = self.files.get_mut(self.at) else { return Ok(None) };
            let Some(mut record) = file.next()? else {
                self.skipped.append(&mut file.skipped);
                self.at += 1;
                continue;
            };
            if let Some(order) = &self.orders[self.at] {
                record.cells = ordered(&record.cells, order, self.header.len());
                record.original = record.original.map(|cells| ordered(&cells, order, self.header.len()));
            }
            match &self.unpivoting {
                Some(unpivoting) if record.broken.is_none() => unpivoting.rows(&record, &mut self.made),
                _ => return Ok(Some(record)),
            }
        }
    }
}

/// The columns of all files, and where in them the cells of each file go, where that is elsewhere. The mapping's columns
/// are the same under whatever name.
fn joined(files: &[FileReader]) -> (Vec<String>, Vec<Option<Vec<usize>>>) {
    let Some(first) = files.first() else { return (Vec::new(), Vec::new()) };
    let mut header = first.header.clone();
    let orders = files.iter().map(|file| {
        let mut taken = vec![false; header.len()];
        let mut order = Vec::with_capacity(file.header.len());
        for (place, name) in file.header.iter().enumerate() {
            let mapped = file.places.iter().position(|&mapped| mapped == place).map(|column| first.places[column]);
            let same = || (0..taken.len()).find(|&to| !taken[to] && header[to] == *name);
            let to = mapped.or_else(same).unwrap_or_else(|| {
                header.push(name.clone());
                header.len() - 1
            });
            taken.resize(header.len(), false);
            taken[to] = true;
            order.push(to);
        }
        order
    });
    let orders: Vec<Vec<usize>> = orders.collect();
    let is_same = |order: &Vec<usize>| order.iter().copied().eq(0..header.len());
    let orders = orders.into_iter().map(|order| (!is_same(&order)).then_some(order)).collect();
    (header, orders)
}

/// The cells in the order of the whole header. Those of a broken row may be more or fewer than its file's columns.
fn ordered(cells: &StringRecord, order: &[usize], columns: usize) -> StringRecord {
    let mut ordered = vec![""; columns];
    for (cell, &place) in cells.iter().zip(order) {
        ordered[place] = cell;
    }
    ordered.into_iter().collect()
}
