//! Columns that are one each for a month or a channel → rows: every filled cell of them makes one.

use super::file::FileReader;
use super::record::Record;
use crate::error::ImportError;
use crate::mapping::Unpivot;
use csv::StringRecord;
use std::collections::VecDeque;
use std::sync::Arc;

/// Makes rows of columns. A row made has two more cells than its file: the heading and the cell.
pub(super) struct Unpivoting {
    name: String,
    value: String,
    /// How many columns the files have.
    columns: usize,
    /// Where the columns are that are made rows of, with their headings.
    taken: Vec<(usize, Arc<str>)>,
    /// Texts that mean nothing is there.
    missing: Vec<String>,
}

impl Unpivoting {
    /// # Errors
    /// If a file has no such column, or has one that is called like a made one.
    pub fn new(
        unpivot: &Unpivot,
        missing: &[String],
        header: &[String],
        files: &[FileReader],
    ) -> Result<Unpivoting, ImportError> {
        for file in files {
            file.refuse_made(unpivot)?;
        }
        let taken = header.iter().enumerate().filter(|(_, heading)| unpivot.takes(heading));
        Ok(Unpivoting {
            name: unpivot.name.clone(),
            value: unpivot.value.clone(),
            columns: header.len(),
            taken: taken.map(|(place, heading)| (place, Arc::from(heading.as_str()))).collect(),
            missing: missing.to_vec(),
        })
    }

    /// Where a made column is.
    pub fn place(&self, column: &str) -> Option<usize> {
        match column {
            _ if column == self.name => Some(self.columns),
            _ if column == self.value => Some(self.columns + 1),
            _ => None,
        }
    }

    pub fn takes(&self, place: usize) -> bool {
        self.taken.iter().any(|(taken, _)| *taken == place)
    }

    /// The rows made of one. Each has its own of these cells alone, so that it can be imported again by itself.
    pub fn rows(&self, record: &Record, made: &mut VecDeque<Record>) {
        for (place, heading) in &self.taken {
            let cell = record.cells.get(*place).unwrap_or_default().trim();
            if !cell.is_empty() && !self.missing.iter().any(|word| word == cell) {
                let cells = self.cells(&record.cells, *place, heading);
                let original = record.original.as_ref().map(|original| self.cells(original, *place, heading));
                made.push_back(Record { heading: Some(Arc::clone(heading)), cells, original, ..record.bare() });
            }
        }
    }

    fn cells(&self, cells: &StringRecord, own: usize, heading: &str) -> StringRecord {
        let wide = cells.iter().enumerate();
        let wide = wide.map(|(place, cell)| if place != own && self.takes(place) { "" } else { cell });
        wide.chain([heading, cells.get(own).unwrap_or_default()]).collect()
    }
}
