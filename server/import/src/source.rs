//! Bytes → records with the lines on which they start: gzip, encodings, line ends, headers in one cell, footers.

mod kind;
mod records;
mod text;

use crate::error::ImportError;
use crate::mapping::{Mapping, SourceFormat};
use crate::summary::Skipped;
use csv::{ByteRecord, StringRecord};
use pegel_kpi::diagnostic::nearest;
use pegel_text::clean;
use records::{Cut, Records};
use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use text::{Counted, Text, text};

/// A row of the file.
#[derive(Debug)]
pub(crate) struct Record {
    /// The line of the file on which it starts, from 1.
    pub line: u64,
    /// Without control characters.
    pub cells: StringRecord,
    /// The cells as they stand in the file, where they are others.
    pub original: Option<StringRecord>,
    /// Why its cells cannot be told apart, if they cannot.
    pub broken: Option<String>,
}

/// Reads a file once, from the beginning.
pub(crate) struct RecordReader<'a> {
    file: &'a str,
    format: &'a SourceFormat,
    records: Records<Box<dyn Read + 'a>>,
    bytes_read: Rc<Cell<u64>>,
    pub header: Vec<String>,
    header_line: u64,
    /// The whole header stood in one quoted cell; rows may do so too.
    wrapped: bool,
    /// Rows that are no data: footers and what the mapping skips.
    pub skipped: Vec<Skipped>,
}

impl<'a> RecordReader<'a> {
    /// Opens a file and reads its header. `file` is its name, for messages.
    pub fn open(raw: impl Read + 'a, file: &'a str, format: &'a SourceFormat) -> Result<RecordReader<'a>, ImportError> {
        let bytes_read = Rc::new(Cell::new(0));
        let counted = Counted { inner: raw, count: Rc::clone(&bytes_read) };
        let text = match text(counted, format).map_err(|error| ImportError::Read { file: file.to_owned(), error })? {
            Text::Readable(text) => text,
            Text::Other(what, advice) => return Err(ImportError::NoCsv { file: file.to_owned(), what, advice }),
        };
        let mut source = RecordReader {
            file,
            format,
            records: Records::new(text, format.delimiter),
            bytes_read,
            header: Vec::new(),
            header_line: 0,
            wrapped: false,
            skipped: Vec::new(),
        };
        source.read_header()?;
        Ok(source)
    }

    /// How many bytes of the file have been read; of a packed file, packed ones.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.get()
    }

    /// The places in a record of the mapping's columns.
    pub fn places(&self, mapping: &Mapping) -> Result<Vec<usize>, ImportError> {
        mapping.columns.iter().map(|column| self.place(column, mapping)).collect()
    }

    fn place(&self, column: &str, mapping: &Mapping) -> Result<usize, ImportError> {
        let aliases = mapping.aliases.get(column).map(Vec::as_slice).unwrap_or_default();
        let names = || std::iter::once(column).chain(aliases.iter().map(String::as_str));
        let name = names().find(|name| self.header.iter().any(|cell| cell == name)).ok_or_else(|| {
            let candidates = self.header.iter().map(String::as_str).filter(|_| self.header.len() > 1);
            let nearest = nearest(column, candidates).map(str::to_owned);
            let columns = self.header.clone();
            ImportError::UnknownColumn { file: self.file.to_owned(), column: column.to_owned(), nearest, columns }
        })?;
        let mut places = (0..self.header.len()).filter(|&place| self.header[place] == name);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            _ => Err(ImportError::AmbiguousColumn {
                file: self.file.to_owned(),
                column: name.to_owned(),
                line: self.header_line,
            }),
        }
    }

    fn read_header(&mut self) -> Result<(), ImportError> {
        let file = self.file.to_owned();
        let Some(Cut { line, cells, broken, .. }) = self.read()? else {
            return Err(ImportError::Empty { file });
        };
        // Asked first: what UTF-16 looks like, read as UTF-8, may be broken in other ways as well.
        if let Some(encoding) = utf_16(&cells) {
            return Err(ImportError::Utf16 { file, line, encoding });
        }
        if let Some(reason) = broken {
            return Err(ImportError::Header { file, line, reason });
        }
        let header = StringRecord::from_byte_record(cells).map_err(|_| ImportError::Encoding { file, line })?;
        let unwrapped = self.unwrapped(&header);
        self.wrapped = unwrapped.is_some();
        let header = unwrapped.unwrap_or(header);
        self.header = header.iter().map(|cell| clean::cleaned(cell).trim().to_owned()).collect();
        self.header_line = line;
        Ok(())
    }

    /// The next row of data; `None` at the end of the file or of its data.
    pub fn next(&mut self) -> Result<Option<Record>, ImportError> {
        while let Some(cut) = self.read()? {
            let lines = cut.lines;
            let mut row = self.decoded(cut);
            let first = row.cells.iter().map(str::trim).find(|cell| !cell.is_empty());
            let first = match (&row.broken, first) {
                (None, None) => continue,
                (None, Some(first)) => first,
                // The quote before the text may be why the row is broken.
                (Some(_), first) => first.unwrap_or_default().trim_start_matches('"'),
            };
            let first = clean::cleaned(first);
            if self.format.stop_at.iter().any(|pattern| pattern.fits(&first)) {
                self.skipped.push(Skipped::new(row.line, &row.cells));
                return self.skip_rest();
            }
            if self.format.skip.iter().any(|pattern| pattern.fits(&first)) {
                self.skipped.push(Skipped::new(row.line, &row.cells));
                continue;
            }
            if row.broken.is_none() {
                row = self.counted(row, lines)?;
            }
            row.original = clean_cells(&row.cells).map(|cells| std::mem::replace(&mut row.cells, cells));
            return Ok(Some(row));
        }
        Ok(None)
    }

    fn decoded(&self, cut: Cut) -> Record {
        let Cut { line, cells, broken, .. } = cut;
        match StringRecord::from_byte_record(cells) {
            Ok(cells) => Record { line, cells, original: None, broken },
            Err(error) => {
                let cells = lossy(error.into_byte_record());
                Record { line, cells, original: None, broken: broken.or_else(|| Some(self.encoding_hint())) }
            }
        }
    }

    fn skip_rest(&mut self) -> Result<Option<Record>, ImportError> {
        while let Some(Cut { line, cells, .. }) = self.read()? {
            let cells = lossy(cells);
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                self.skipped.push(Skipped::new(line, &cells));
            }
        }
        Ok(None)
    }

    /// The row without a surplus of empty cells, and broken if its cells are not as many as the header's.
    fn counted(&mut self, mut row: Record, lines: u64) -> Result<Record, ImportError> {
        if let Some(cells) = self.wrapped.then(|| self.unwrapped(&row.cells)).flatten() {
            row.cells = cells;
        }
        let wanted = self.header.len();
        if row.cells.len() > wanted && row.cells.iter().skip(wanted).all(|cell| cell.trim().is_empty()) {
            row.cells.truncate(wanted);
        }
        let last_line = row.line + lines - 1;
        if self.has_swallowed(lines, row.cells.len() != wanted) {
            let reason = format!(
                "a quote is opened here and closed in line {last_line}, though each of these lines could be a row: \
                 close the quote, or double it if it belongs to the text"
            );
            let cut = self.records.reread(reason).map_err(|error| self.unreadable(error))?;
            return Ok(self.decoded(cut));
        }
        if row.cells.len() != wanted {
            let quote = match lines {
                1 => String::new(),
                _ => format!("; it runs to line {last_line}: is a quote left open in it?"),
            };
            let count = row.cells.len();
            row.broken = Some(format!("the row has {count} cells where the header has {wanted}{quote}"));
        }
        Ok(row)
    }

    /// Whether the row just read, which takes so many lines, is several rows between two stray quotes: whether each of
    /// its lines has as many cells as the header if quotes mean nothing. That of two lines, or of two columns, may be
    /// chance (an address, with a comma in each line).
    fn has_swallowed(&self, lines: u64, miscounted: bool) -> bool {
        let columns = self.header.len();
        if lines < 2 || !(miscounted || (lines > 2 && columns > 2)) {
            return false;
        }
        let text = self.records.last_text();
        let mut lines = text.strip_suffix(b"\n").unwrap_or(text).split(|&byte| byte == b'\n');
        lines.all(|line| line.split(|&byte| byte == self.format.delimiter).count() == columns)
    }

    fn encoding_hint(&self) -> String {
        match self.format.encoding {
            None => {
                "the row is not valid UTF-8: name the file's encoding in the mapping, such as windows-1252".to_owned()
            }
            Some(encoding) => format!("the row is not valid {}", encoding.name()),
        }
    }

    /// The cells inside a record that is one single quoted cell.
    fn unwrapped(&self, cells: &StringRecord) -> Option<StringRecord> {
        let delimiter = self.format.delimiter;
        if cells.len() != 1 || !cells[0].as_bytes().contains(&delimiter) {
            return None;
        }
        StringRecord::from_byte_record(records::cells(cells[0].as_bytes(), delimiter)?).ok()
    }

    fn read(&mut self) -> Result<Option<Cut>, ImportError> {
        self.records.next().map_err(|error| self.unreadable(error))
    }

    fn unreadable(&self, error: io::Error) -> ImportError {
        ImportError::Read { file: self.file.to_owned(), error }
    }
}

fn lossy(cells: ByteRecord) -> StringRecord {
    StringRecord::from_byte_record_lossy(cells)
}

/// The encoding of a header that was read as one of single bytes and holds NULs: they are the high halves of letters.
fn utf_16(header: &ByteRecord) -> Option<&'static str> {
    let text = header.iter().collect::<Vec<_>>().join(&0xFF);
    let nul = text.iter().position(|&byte| byte == 0)?;
    Some(if nul % 2 == 1 { "utf-16le" } else { "utf-16be" })
}

/// The cells without control characters, if they have any. NULs stay, and are refused later: they tell of an encoding.
fn clean_cells(cells: &StringRecord) -> Option<StringRecord> {
    if clean::is_clean(cells.as_slice()) {
        return None;
    }
    let cleaned = |cell| if str::contains(cell, '\0') { Cow::Borrowed(cell) } else { clean::cleaned(cell) };
    Some(cells.iter().map(cleaned).collect())
}
