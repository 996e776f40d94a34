//! Rows as they stand in a file of which nothing is known yet, neither its header nor how it is written.

use super::content::{Content, Prepared};
use super::records::{self, Records};
use super::spool::Spooled;
use super::text::{Count, text, unzipped};
use crate::mapping::SourceFormat;
use csv::ByteRecord;
use std::io::{self, Read, Seek, SeekFrom};

/// One of them.
#[derive(Debug)]
pub(crate) struct RawRow {
    /// From 1.
    pub line: u64,
    pub cells: Vec<String>,
}

impl Prepared<'_> {
    /// How its text begins, unpacked and up to so many bytes; `None` of sheets and objects.
    pub fn beginning(&mut self, most: u64) -> io::Result<Option<Vec<u8>>> {
        let Content::Text(raw) = &mut self.content else { return Ok(None) };
        raw.seek(SeekFrom::Start(0))?;
        let mut bytes = Vec::new();
        unzipped(raw, &Count::default())?.take(most).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// The names of the cells of objects.
    pub fn members(&self) -> Option<&[String]> {
        match &self.content {
            Content::Objects { names, .. } => Some(names),
            Content::Text(_) | Content::Sheet(_) => None,
        }
    }

    /// What its first line says to separate its cells, or else what the format says, and so many rows.
    pub fn first_rows(&mut self, format: &SourceFormat, most: usize) -> io::Result<(u8, Vec<RawRow>)> {
        let mut rows = Vec::new();
        match &mut self.content {
            Content::Text(raw) => {
                raw.seek(SeekFrom::Start(0))?;
                let mut records = Records::new(text(raw, &Count::default(), format)?, format.delimiter);
                records.take_separator()?;
                while let Some(cut) = records.next()?.filter(|_| rows.len() < most) {
                    rows.push(RawRow { line: cut.line, cells: cells(&cut.cells, records.delimiter()) });
                }
                Ok((records.delimiter(), rows))
            }
            Content::Sheet(spool) | Content::Objects { spool, .. } => {
                spool.seek(SeekFrom::Start(0))?;
                let mut spooled = Spooled::new(spool);
                while let Some(cut) = spooled.next()?.filter(|_| rows.len() < most) {
                    rows.push(RawRow { line: cut.line, cells: cells(&cut.cells, format.delimiter) });
                }
                Ok((format.delimiter, rows))
            }
        }
    }
}

/// The cells as texts; those within, if the whole row stands in one quoted cell.
fn cells(row: &ByteRecord, delimiter: u8) -> Vec<String> {
    let within = Some(row).filter(|row| row.len() == 1).and_then(|row| records::cells(&row[0], delimiter));
    let row = within.as_ref().filter(|within| within.len() > 1).unwrap_or(row);
    row.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect()
}
