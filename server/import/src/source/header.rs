//! Which line of a file names its columns, and where in it the mapping's columns are.

use crate::error::ImportError;
use crate::mapping::Mapping;
use pegel_kpi::diagnostic::nearest;

/// So many lines may stand above a header that nobody said to be there.
pub(super) const LOOK: usize = 50;

/// How many of the columns that the mapping needs are in this header, and of how many.
pub(super) fn there(header: &[String], mapping: &Mapping) -> (usize, usize) {
    let is_there = |column: &str| mapping.names_of(column).any(|name| header.iter().any(|cell| cell == name));
    let (mut there, mut needed) = (0, 0);
    for column in mapping.needed() {
        needed += 1;
        there += usize::from(is_there(column));
    }
    if let Some(unpivot) = &mapping.unpivot {
        needed += 1;
        there += usize::from(header.iter().any(|cell| unpivot.takes(cell)));
    }
    (there, needed)
}

/// Whether it names all columns that the mapping needs.
pub(super) fn fits(header: &[String], mapping: &Mapping) -> bool {
    let (there, needed) = there(header, mapping);
    there == needed
}

/// A header, and where it stands.
pub(super) struct Header<'a> {
    pub file: &'a str,
    pub line: u64,
    pub names: &'a [String],
}

impl Header<'_> {
    /// Where a column of the mapping is.
    ///
    /// # Errors
    /// If it is not there, or more than once.
    pub fn place(&self, column: &str, mapping: &Mapping) -> Result<usize, ImportError> {
        let is_there = |name: &&str| self.names.iter().any(|cell| cell == name);
        let name = mapping.names_of(column).find(is_there).ok_or_else(|| self.unknown(column))?;
        let mut places = (0..self.names.len()).filter(|&place| self.names[place] == name);
        if let (Some(place), None) = (places.next(), places.next()) {
            return Ok(place);
        }
        let (file, column) = (self.file.to_owned(), name.to_owned());
        Err(ImportError::AmbiguousColumn { file, column, line: self.line })
    }

    fn unknown(&self, column: &str) -> ImportError {
        let candidates = self.names.iter().map(String::as_str).filter(|_| self.names.len() > 1);
        let nearest = nearest(column, candidates).map(str::to_owned);
        let columns = self.names.to_vec();
        ImportError::UnknownColumn { file: self.file.to_owned(), column: column.to_owned(), nearest, columns }
    }
}
