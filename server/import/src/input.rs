//! A file that is read several times, a chunk of rows at a time.

use crate::convert::Formats;
use crate::error::ImportError;
use crate::mapping::Mapping;
use crate::source::{Record, RecordReader};
use crate::summary::Skipped;
use std::io::{Read, Seek, SeekFrom};

/// How many rows are looked up and written at a time.
const CHUNK: usize = 5_000;
/// How many bytes of them at most, but for the last row: rows may be long.
const CHUNK_BYTES: usize = 8 << 20;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file read so far, in all passes.
    pub bytes: u64,
    /// The file's bytes times the passes.
    pub total: u64,
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
    pub skipped: Vec<Skipped>,
}

impl<'a, S: Read + Seek> Input<'a, S> {
    pub fn new(
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
        let mut source = RecordReader::open(&mut self.source, self.file, &self.mapping.format)?;
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
        let RecordReader { header, skipped, .. } = source;
        Ok(Passed { header, places, skipped })
    }
}
