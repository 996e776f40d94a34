//! Rows kept in a temporary file: those of sheets and of objects, which cannot be read a row at a time again and again.

use super::records::Cut;
use csv::{ByteRecord, Reader, ReaderBuilder, Writer, WriterBuilder};
use std::fs::File;
use std::io::{self, Read};

/// Cells that stand before those of the row: its line, and why it is broken.
const BEFORE: usize = 2;

/// Takes rows in. The file has no name, and is gone with the import.
pub(super) struct Spool(Writer<File>);

impl Spool {
    pub fn new() -> io::Result<Spool> {
        Ok(Spool(WriterBuilder::new().flexible(true).from_writer(tempfile::tempfile()?)))
    }

    pub fn push<T: AsRef<[u8]>>(
        &mut self,
        line: u64,
        cells: impl IntoIterator<Item = T>,
        broken: Option<&str>,
    ) -> io::Result<()> {
        self.0.write_field(line.to_string())?;
        self.0.write_field(broken.unwrap_or_default())?;
        for cell in cells {
            self.0.write_field(cell)?;
        }
        Ok(self.0.write_record(None::<&[u8]>)?)
    }

    pub fn finish(self) -> io::Result<File> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Gives them back.
pub(super) struct Spooled<R>(Reader<R>);

impl<R: Read> Spooled<R> {
    pub fn new(file: R) -> Spooled<R> {
        Spooled(ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file))
    }

    pub fn next(&mut self) -> io::Result<Option<Cut>> {
        let mut row = ByteRecord::new();
        if !self.0.read_byte_record(&mut row)? {
            return Ok(None);
        }
        let text = |at: usize| std::str::from_utf8(row.get(at).unwrap_or_default()).unwrap_or_default();
        let line = text(0).parse().map_err(io::Error::other)?;
        let broken = Some(text(1)).filter(|reason| !reason.is_empty()).map(str::to_owned);
        Ok(Some(Cut { line, lines: 1, cells: row.iter().skip(BEFORE).collect(), broken }))
    }
}
