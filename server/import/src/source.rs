//! Bytes → records with the lines on which they start: gzip, encodings, line ends, headers in one cell, footers.

use crate::error::ImportError;
use crate::mapping::{Mapping, SourceFormat};
use crate::summary::Skipped;
use csv::{ByteRecord, StringRecord};
use encoding_rs_io::DecodeReaderBytesBuilder;
use pegel_kpi::diagnostic::nearest;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// Stands below the last line of every file that is read, so that every record has a line end, and a quote that is
/// never closed gives itself away by having swallowed it. It is known by where it stands, not by what it says: the file
/// may say the same.
const TAIL: &[u8] = b"\n\0\n";

/// A row of the file.
#[derive(Debug)]
pub(crate) struct Record {
    /// The line of the file on which it starts, from 1.
    pub line: u64,
    pub cells: StringRecord,
    /// Why its cells cannot be told apart, if they cannot.
    pub broken: Option<String>,
}

/// Reads a file once, from the beginning.
pub(crate) struct Source<'a> {
    file: &'a str,
    format: &'a SourceFormat,
    reader: csv::Reader<Box<dyn Read + 'a>>,
    bytes_read: Rc<Cell<u64>>,
    /// How long the decoded text is, as far as it has been read.
    text_read: Rc<Cell<u64>>,
    pub header: Vec<String>,
    header_line: u64,
    /// The whole header stood in one quoted cell; rows may do so too.
    wrapped: bool,
    ended: bool,
    /// Rows that are no data: footers and what the mapping skips.
    pub skipped: Vec<Skipped>,
}

impl<'a> Source<'a> {
    /// Opens a file and reads its header. `file` is its name, for messages.
    pub fn open(raw: impl Read + 'a, file: &'a str, format: &'a SourceFormat) -> Result<Source<'a>, ImportError> {
        let bytes_read = Rc::new(Cell::new(0));
        let counted = Counted { inner: raw, count: Rc::clone(&bytes_read) };
        let text = decoded(counted, format).map_err(|error| ImportError::Read { file: file.to_owned(), error })?;
        let text_read = Rc::new(Cell::new(0));
        let text = Counted { inner: text, count: Rc::clone(&text_read) };
        let whole: Box<dyn Read + 'a> = Box::new(text.chain(TAIL));
        let reader =
            csv::ReaderBuilder::new().delimiter(format.delimiter).flexible(true).has_headers(false).from_reader(whole);
        let mut source = Source {
            file,
            format,
            reader,
            bytes_read,
            text_read,
            header: Vec::new(),
            header_line: 0,
            wrapped: false,
            ended: false,
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
        let (line, cells) = self.read()?.ok_or_else(|| ImportError::Empty { file: self.file.to_owned() })?;
        let header = StringRecord::from_byte_record(cells)
            .map_err(|_| ImportError::Encoding { file: self.file.to_owned(), line })?;
        let header = match self.unwrapped(&header) {
            Some(cells) => {
                self.wrapped = true;
                cells
            }
            None => header,
        };
        self.header = header.iter().map(|cell| cell.trim().to_owned()).collect();
        self.header_line = line;
        Ok(())
    }

    /// The next row of data; `None` at the end of the file or of its data.
    pub fn next(&mut self) -> Result<Option<Record>, ImportError> {
        while let Some((line, bytes)) = self.read()? {
            let (cells, unreadable) = match StringRecord::from_byte_record(bytes) {
                Ok(cells) => (cells, None),
                Err(error) => (lossy(error.into_byte_record()), Some(self.encoding_hint())),
            };
            let Some(first) = cells.iter().map(str::trim).find(|cell| !cell.is_empty()) else {
                continue;
            };
            if self.format.stop_at.iter().any(|pattern| pattern.fits(first)) {
                self.skipped.push(Skipped::new(line, &cells));
                return self.skip_rest();
            }
            if self.format.skip.iter().any(|pattern| pattern.fits(first)) {
                self.skipped.push(Skipped::new(line, &cells));
                continue;
            }
            let cells = self.wrapped.then(|| self.unwrapped(&cells)).flatten().unwrap_or(cells);
            let (cells, miscounted) = self.counted(line, cells);
            return Ok(Some(Record { line, cells, broken: unreadable.or(miscounted) }));
        }
        Ok(None)
    }

    fn skip_rest(&mut self) -> Result<Option<Record>, ImportError> {
        while let Some((line, cells)) = self.read()? {
            let cells = lossy(cells);
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                self.skipped.push(Skipped::new(line, &cells));
            }
        }
        Ok(None)
    }

    /// The record, its surplus of empty cells cut off, and why it is broken if its cells are not as many as the header's.
    fn counted(&self, line: u64, mut cells: StringRecord) -> (StringRecord, Option<String>) {
        let wanted = self.header.len();
        if cells.len() > wanted && cells.iter().skip(wanted).all(|cell| cell.trim().is_empty()) {
            cells.truncate(wanted);
        }
        if cells.len() == wanted {
            return (cells, None);
        }
        let lines = cells.iter().map(newlines).sum::<u64>();
        let quote = match lines {
            0 => String::new(),
            _ => format!("; it runs to line {}: is a quote left open in it?", line + lines),
        };
        let reason = format!("the row has {} cells where the header has {wanted}{quote}", cells.len());
        (cells, Some(reason))
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
        if cells.len() != 1 || !cells[0].as_bytes().contains(&self.format.delimiter) {
            return None;
        }
        let mut inner = csv::ReaderBuilder::new();
        inner.delimiter(self.format.delimiter).has_headers(false);
        inner.from_reader(cells[0].as_bytes()).into_records().next()?.ok()
    }

    /// The next record as bytes, with its line.
    fn read(&mut self) -> Result<Option<(u64, ByteRecord)>, ImportError> {
        if self.ended {
            return Ok(None);
        }
        let mut record = ByteRecord::new();
        let more = self.reader.read_byte_record(&mut record).map_err(|error| {
            let error = match error.into_kind() {
                csv::ErrorKind::Io(error) => error,
                other => io::Error::other(format!("{other:?}")),
            };
            ImportError::Read { file: self.file.to_owned(), error }
        })?;
        // The last record of the file itself takes no more of the tail than its line end.
        if !more || self.reader.position().byte() > self.text_read.get() + 1 {
            self.ended = true;
            let Some(swallowed) = record.iter().next_back().filter(|cell| cell.ends_with(TAIL)) else {
                return Ok(None);
            };
            // No line end was left for the record itself.
            let line = self.reader.position().line() - newlines(swallowed);
            return Err(ImportError::UnclosedQuote { file: self.file.to_owned(), line });
        }
        let inside: u64 = record.iter().map(newlines).sum();
        // The reader's own position of a record is where it began to look for it, blank lines before it included.
        let line = self.reader.position().line() - 1 - inside;
        Ok(Some((line, record)))
    }
}

fn newlines(cell: impl AsRef<[u8]>) -> u64 {
    cell.as_ref().split(|&byte| byte == b'\n').count() as u64 - 1
}

fn lossy(cells: ByteRecord) -> StringRecord {
    StringRecord::from_byte_record_lossy(cells)
}

/// The file's text as UTF-8 with `\n` for every line end. A byte order mark counts more than the mapping's encoding.
fn decoded<'a>(raw: impl Read + 'a, format: &SourceFormat) -> io::Result<Box<dyn BufRead + 'a>> {
    let mut buffered = BufReader::new(raw);
    let packed = buffered.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let unpacked: Box<dyn Read + 'a> =
        if packed { Box::new(flate2::bufread::MultiGzDecoder::new(buffered)) } else { Box::new(buffered) };
    let text = DecodeReaderBytesBuilder::new()
        .encoding(format.encoding)
        .bom_override(true)
        .utf8_passthru(true)
        .strip_bom(true)
        .build(unpacked);
    Ok(Box::new(BufReader::new(Newlines { inner: BufReader::new(text), after_return: false })))
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// Turns `\r\n` and `\r` into `\n`, so that lines can be counted.
struct Newlines<R> {
    inner: R,
    after_return: bool,
}

impl<R: BufRead> Read for Newlines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let available = self.inner.fill_buf()?;
            let taken = available.len().min(out.len());
            if taken == 0 {
                return Ok(0);
            }
            let mut written = 0;
            for &byte in &available[..taken] {
                if !(byte == b'\n' && self.after_return) {
                    out[written] = if byte == b'\r' { b'\n' } else { byte };
                    written += 1;
                }
                self.after_return = byte == b'\r';
            }
            self.inner.consume(taken);
            // Nothing written is no end of the file: all that was there was the second half of a line end.
            if written > 0 {
                return Ok(written);
            }
        }
    }
}
