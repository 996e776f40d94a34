//! Where something stands in files.

use pegel_text::clean::one_line;
use std::fmt;
use std::sync::Arc;

/// Where something stands: `line 7`, or `line 7 of b.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The name of the file, if there are several.
    pub file: Option<Arc<str>>,
    /// From 1; of a sheet, the row.
    pub line: u64,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        self.file.as_ref().map_or(Ok(()), |file| write!(f, " of {}", one_line(file)))
    }
}
