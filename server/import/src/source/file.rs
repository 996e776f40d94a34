//! One file: its header, and its rows as they stand in it.

use super::cells::{self, clean_cells, lossy, utf_16};
use super::content::{Content, Prepared};
use super::header::{self, Header};
use super::record::Record;
use super::records::{self, Cut, Records};
use super::spool::Spooled;
use super::text::{Count, Counted, text};
use crate::blanks::heading;
use crate::error::{ImportError, listed};
use crate::mapping::{Mapping, SourceFormat, Unpivot};
use crate::notes::Noted;
use crate::shown::shown;
use crate::summary::{At, Skipped};
use csv::StringRecord;
use pegel_text::clean;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::Arc;

/// Reads a file once, from the beginning.
pub(super) struct FileReader<'a> {
    file: &'a str,
    /// Its name, if messages have to say which file it is.
    label: Option<Arc<str>>,
    written_at: Option<i64>,
    mapping: &'a Mapping,
    rows: Rows<'a>,
    of_sheet: bool,
    /// What was read to see whether it is the header.
    ahead: Option<Cut>,
    count: Count,
    pub header: Vec<String>,
    header_line: u64,
    /// The whole header stood in one quoted cell; rows may do so too.
    wrapped: bool,
    /// The places of the mapping's columns, those left out that are made.
    pub places: Vec<usize>,
    /// Rows that are no data: titles, footers and what the mapping skips.
    pub skipped: Vec<Skipped>,
    /// Rows of two lines, each of which could be a row.
    pub doubtful: Noted,
}

enum Rows<'a> {
    Text(Records<Box<dyn Read + 'a>>),
    Spooled(Spooled<Box<dyn Read + 'a>>),
}

impl<'a> FileReader<'a> {
    /// Opens a file and reads its header.
    pub fn open(
        file: &'a mut Prepared<'_>,
        label: Option<Arc<str>>,
        mapping: &'a Mapping,
    ) -> Result<FileReader<'a>, ImportError> {
        let unreadable = |error| ImportError::Read { file: file.name.clone(), error };
        let count = Count::default();
        let of_sheet = matches!(file.content, Content::Sheet(_));
        let (rows, given) = match &mut file.content {
            Content::Text(raw) => {
                raw.seek(SeekFrom::Start(0)).map_err(unreadable)?;
                let text = text(raw, &count, &mapping.format).map_err(unreadable)?;
                (Rows::Text(Records::new(text, mapping.format.delimiter).escaped(mapping.format.escaped)), None)
            }
            Content::Sheet(spool) => (spooled(spool, &count).map_err(unreadable)?, None),
            Content::Objects { spool, names, absent: _ } => {
                (spooled(spool, &count).map_err(unreadable)?, Some(&*names))
            }
        };
        let mut reader = FileReader {
            file: &file.name,
            written_at: file.written_at,
            label,
            mapping,
            rows,
            of_sheet,
            ahead: None,
            count,
            header: Vec::new(),
            header_line: 0,
            wrapped: false,
            places: Vec::new(),
            skipped: Vec::new(),
            doubtful: Noted::default(),
        };
        match given {
            Some(names) => reader.header.clone_from(names),
            None => reader.read_header()?,
        }
        let header = Header { file: reader.file, line: reader.header_line, names: &reader.header };
        reader.places = mapping.needed().map(|column| header.place(column, mapping)).collect::<Result<_, _>>()?;
        Ok(reader)
    }

    pub fn bytes_read(&self) -> u64 {
        self.count.get()
    }

    /// # Errors
    /// If it has none of the columns that rows are made of, or one that is called like a made one.
    pub fn refuse_made(&self, unpivot: &Unpivot) -> Result<(), ImportError> {
        let reason = if let Some(name) = self.header.iter().find(|name| unpivot.makes(name)) {
            format!("it has a column “{}” already: call the column that [unpivot] makes something else", shown(name))
        } else if self.header.iter().any(|name| unpivot.takes(name)) {
            return Ok(());
        } else {
            format!("none of its columns fits those of [unpivot]; they are {}", listed(&self.header))
        };
        Err(ImportError::unusable(self.file, reason))
    }

    fn format(&self) -> &'a SourceFormat {
        &self.mapping.format
    }

    fn read_header(&mut self) -> Result<(), ImportError> {
        let format = self.format();
        if let Rows::Text(records) = &mut self.rows {
            let separator = records.take_separator();
            separator.map_err(|error| self.unreadable(error))?;
        }
        self.skip_lines(format.skip_lines.unwrap_or(0))?;
        if let Some(names) = &format.header {
            self.header.clone_from(names);
            return self.pass_header_after_all();
        }
        let look = if format.skip_lines.is_some() { 1 } else { header::LOOK };
        let mut above = Vec::new();
        // The line that names the most of what is needed; what is wrong is said of it.
        let mut best: Option<(usize, Cut, usize)> = None;
        for _ in 0..look {
            let Some(cut) = self.read()? else { break };
            let names = self.names(&cut);
            let (there, needed) = header::there(names.as_deref().unwrap_or_default(), self.mapping);
            let endless = cut.broken.is_some() && cut.cells.is_empty();
            let skipped = self.not_data(&cut);
            if best.as_ref().is_none_or(|(most, ..)| there > *most) {
                best = Some((there, cut, above.len()));
            }
            if there == needed || endless {
                break;
            }
            above.push(skipped);
        }
        let Some((_, cut, at)) = best else {
            return Err(ImportError::Empty { file: self.file.to_owned() });
        };
        above.truncate(at);
        self.skipped.extend(above.into_iter().filter(|line| !line.text.is_empty()));
        self.take_header(cut)
    }

    /// Passes over lines, whatever is in them.
    fn skip_lines(&mut self, lines: u64) -> Result<(), ImportError> {
        while self.line()? <= lines {
            let next = match &mut self.rows {
                Rows::Text(records) => records.take_line(),
                Rows::Spooled(_) => Ok(self.ahead.take()),
            };
            let Some(cut) = next.map_err(|error| self.unreadable(error))? else { break };
            let skipped = self.not_data(&cut);
            self.skipped.extend((!skipped.text.is_empty()).then_some(skipped));
        }
        Ok(())
    }

    /// The line of what is read next.
    fn line(&mut self) -> Result<u64, ImportError> {
        if let Rows::Text(records) = &self.rows {
            return Ok(records.line());
        }
        self.ahead = self.read()?;
        Ok(self.ahead.as_ref().map_or(u64::MAX, |cut| cut.line))
    }

    /// A file whose header is in the mapping may have one all the same: that of rejected rows has.
    fn pass_header_after_all(&mut self) -> Result<(), ImportError> {
        let Some(cut) = self.read()? else { return Ok(()) };
        match self.names(&cut) {
            Some(names) if names.starts_with(&self.header) => {
                self.header = names;
                self.header_line = cut.line;
            }
            _ => self.ahead = Some(cut),
        }
        Ok(())
    }

    fn take_header(&mut self, cut: Cut) -> Result<(), ImportError> {
        let file = self.file.to_owned();
        // Asked first: what UTF-16 looks like, read as UTF-8, may be broken in other ways as well.
        if let Some(encoding) = utf_16(&cut.cells) {
            return Err(ImportError::Utf16 { file, line: cut.line, encoding });
        }
        if let Some(reason) = cut.broken {
            return Err(ImportError::Header { file, line: cut.line, reason });
        }
        let Some(names) = self.names(&cut) else {
            return Err(ImportError::Encoding { file, line: cut.line });
        };
        self.wrapped = cut.cells.len() == 1 && names.len() > 1;
        self.header = names;
        self.header_line = cut.line;
        Ok(())
    }

    /// The names that a line holds, if it can be the header.
    fn names(&self, cut: &Cut) -> Option<Vec<String>> {
        if cut.broken.is_some() {
            return None;
        }
        let cells = StringRecord::from_byte_record(cut.cells.clone()).ok()?;
        let cells = self.unwrapped(&cells).unwrap_or(cells);
        Some(cells.iter().map(heading).collect())
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
            let first = clean::readable(first);
            if self.format().stop_at.iter().any(|pattern| pattern.fits(&first)) {
                self.skip(row.line, &row.cells);
                return self.skip_rest();
            }
            if self.format().skip.iter().any(|pattern| pattern.fits(&first)) {
                self.skip(row.line, &row.cells);
                continue;
            }
            if row.broken.is_none() {
                row = self.counted(row, lines)?;
            }
            if self.of_sheet && row.broken.is_none() {
                row.broken = cells::failure(&row.cells, &self.header, &self.places, &self.format().missing);
                row.cells = cells::without_not_available(row.cells);
            }
            if row.broken.is_none() {
                row.broken = cells::damaged(&row.cells, &self.places);
            }
            row.original = clean_cells(&row.cells).map(|cells| std::mem::replace(&mut row.cells, cells));
            return Ok(Some(row));
        }
        Ok(None)
    }

    fn skip(&mut self, line: u64, cells: &StringRecord) {
        self.skipped.push(Skipped::new(self.at(line), cells));
    }

    fn not_data(&self, cut: &Cut) -> Skipped {
        Skipped::new(self.at(cut.line), &lossy(cut.cells.clone()))
    }

    fn at(&self, line: u64) -> At {
        At { file: self.label.clone(), line }
    }

    fn decoded(&self, cut: Cut) -> Record {
        let Cut { line, cells, broken, .. } = cut;
        let (cells, broken) = match StringRecord::from_byte_record(cells) {
            Ok(cells) => {
                let broken = broken.or_else(|| cells::utf_8(&cells, self.format().encoding));
                (cells, broken)
            }
            Err(error) => (lossy(error.into_byte_record()), broken.or_else(|| Some(self.encoding_hint()))),
        };
        Record {
            file: self.label.clone(),
            written_at: self.written_at,
            line,
            heading: None,
            cells,
            original: None,
            broken,
        }
    }

    fn skip_rest(&mut self) -> Result<Option<Record>, ImportError> {
        while let Some(Cut { line, cells, .. }) = self.read()? {
            let cells = lossy(cells);
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                self.skip(line, &cells);
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
        // Sheets and objects leave out what is empty.
        if matches!(self.rows, Rows::Spooled(_)) {
            (row.cells.len()..wanted).for_each(|_| row.cells.push_field(""));
        }
        let last_line = row.line + lines - 1;
        if self.has_swallowed(lines, row.cells.len() != wanted)
            && let Rows::Text(records) = &mut self.rows
        {
            let reason = format!(
                "a quote is opened here and closed in line {last_line}, though each of these lines could be a row: \
                 close the quote, or double it if it belongs to the text"
            );
            let cut = records.reread(reason).map_err(|error| self.unreadable(error))?;
            return Ok(self.decoded(cut));
        }
        if lines == 2 && wanted > 2 && row.cells.len() == wanted && self.lines_could_be_rows() {
            self.doubtful.add(&self.at(row.line), "");
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
        lines > 1 && (miscounted || (lines > 2 && self.header.len() > 2)) && self.lines_could_be_rows()
    }

    /// Whether each line of the row just read has as many cells as the header if quotes mean nothing.
    fn lines_could_be_rows(&self) -> bool {
        let columns = self.header.len();
        let Rows::Text(records) = &self.rows else { return false };
        let text = records.last_text();
        let mut lines = text.strip_suffix(b"\n").unwrap_or(text).split(|&byte| byte == b'\n');
        lines.all(|line| line.split(|&byte| byte == records.delimiter()).count() == columns)
    }

    fn encoding_hint(&self) -> String {
        match self.format().encoding {
            None => {
                "the row is not valid UTF-8: name the file's encoding in the mapping, such as windows-1252".to_owned()
            }
            Some(encoding) => format!("the row is not valid {}", encoding.name()),
        }
    }

    /// The cells inside a record that is one single quoted cell.
    fn unwrapped(&self, cells: &StringRecord) -> Option<StringRecord> {
        let Rows::Text(records) = &self.rows else { return None };
        let delimiter = records.delimiter();
        if cells.len() != 1 || !cells[0].as_bytes().contains(&delimiter) {
            return None;
        }
        StringRecord::from_byte_record(records::cells(cells[0].as_bytes(), delimiter)?).ok()
    }

    fn read(&mut self) -> Result<Option<Cut>, ImportError> {
        if let Some(cut) = self.ahead.take() {
            return Ok(Some(cut));
        }
        let next = match &mut self.rows {
            Rows::Text(records) => records.next(),
            Rows::Spooled(spooled) => spooled.next(),
        };
        next.map_err(|error| self.unreadable(error))
    }

    fn unreadable(&self, error: io::Error) -> ImportError {
        ImportError::Read { file: self.file.to_owned(), error }
    }
}

fn spooled<'a>(spool: &'a mut std::fs::File, count: &Count) -> io::Result<Rows<'a>> {
    spool.seek(SeekFrom::Start(0))?;
    Ok(Rows::Spooled(Spooled::new(Box::new(Counted { inner: spool, count: Rc::clone(count) }))))
}
