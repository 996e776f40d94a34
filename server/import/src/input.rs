//! Files that are read once, a chunk of rows at a time.

use crate::convert::Formats;
use crate::error::ImportError;
use crate::mapping::Mapping;
use crate::notes::Noted;
use crate::source::{Prepared, Record, RecordReader};
use crate::summary::Skipped;

/// How many rows are judged and staged at a time.
const CHUNK: usize = 2_000;
/// How many bytes of them at most, but for the last row: rows may be long.
const CHUNK_BYTES: usize = 4 << 20;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the files read so far, and as many as they have for each table that is merged.
    pub bytes: u64,
    /// What that will be in the end.
    pub total: u64,
}

impl Progress {
    /// So many bytes of the files are read.
    fn reading(bytes: u64, size: u64, mapping: &Mapping) -> Progress {
        Progress { bytes, total: size * (1 + mapping.tables.len() as u64) }
    }

    /// So many tables are merged.
    pub(crate) fn merging(tables: usize, size: u64, mapping: &Mapping) -> Progress {
        Progress::reading(size * (1 + tables as u64), size, mapping)
    }
}

/// Files that are read once, as if they were one.
pub(crate) struct Input<'a, 'f> {
    files: &'a mut [Prepared<'f>],
    pub mapping: &'a Mapping,
    pub formats: &'a Formats<'a>,
    progress: &'a mut dyn FnMut(Progress),
    size: u64,
}

/// Some rows, in the order of the files.
pub(crate) struct Chunk<'a> {
    /// The number of the first row, from 0.
    pub first: usize,
    pub records: Vec<Record>,
    /// By the mapping's source columns, where in a record they are.
    pub places: &'a [usize],
}

/// What files tell beside their rows.
pub(crate) struct Passed {
    pub header: Vec<String>,
    /// The columns that the mapping does not use.
    pub unused: Vec<String>,
    pub skipped: Vec<Skipped>,
    /// Rows of two lines, each of which could be a row.
    pub doubtful: Noted,
    /// In bytes.
    pub size: u64,
}

impl<'a, 'f> Input<'a, 'f> {
    pub fn new(
        files: &'a mut [Prepared<'f>],
        mapping: &'a Mapping,
        formats: &'a Formats<'a>,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Input<'a, 'f> {
        let size = files.iter().map(|file| file.size).sum();
        Input { files, mapping, formats, progress, size }
    }

    /// Reads the files from the beginning to the end, a chunk at a time, for as long as `each` wants more.
    pub fn pass(self, mut each: impl FnMut(Chunk) -> bool) -> Result<Passed, ImportError> {
        let mut source = RecordReader::open(self.files, self.mapping)?;
        let places = source.places().to_vec();
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
            let more = each(Chunk { first, records, places: &places });
            first += count;
            (self.progress)(Progress::reading(source.bytes_read().min(self.size), self.size, self.mapping));
            if ended || !more {
                break;
            }
        }
        let (unused, doubtful) = (source.unused(), source.doubtful());
        let RecordReader { header, skipped, .. } = source;
        Ok(Passed { header, unused, skipped, doubtful, size: self.size })
    }
}
