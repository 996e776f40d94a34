//! A row of a file, as the rest of the import sees it.

use csv::StringRecord;
use std::sync::Arc;

/// A row of a file.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The name of the file, if there are several.
    pub file: Option<Arc<str>>,
    /// When the file was last written, in UTC seconds; `None` if that is not known.
    pub written_at: Option<i64>,
    /// The line of the file on which it starts, from 1; of a sheet, the row.
    pub line: u64,
    /// The heading of the column that it was made of, if the mapping makes rows of columns.
    pub heading: Option<Arc<str>>,
    /// As people read them: without control characters and what cannot be seen, letters and their accents in one.
    pub cells: StringRecord,
    /// The cells as they stand in the file, where they are others.
    pub original: Option<StringRecord>,
    /// Why its cells cannot be told apart, if they cannot.
    pub broken: Option<String>,
}

impl Record {
    /// The same row without its cells.
    pub fn bare(&self) -> Record {
        let Record { file, written_at, line, heading, broken, .. } = self;
        let (file, heading, broken) = (file.clone(), heading.clone(), broken.clone());
        let (written_at, line) = (*written_at, *line);
        Record { file, written_at, line, heading, cells: StringRecord::new(), original: None, broken }
    }
}
