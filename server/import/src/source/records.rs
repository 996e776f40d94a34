//! Text → records. Quotes are read as RFC 4180 has them, and strictly: lenient readers take all between two stray
//! quotes for one cell, and a thousand rows become one.
//!
//! Where a row cannot be read, its first line alone is given up, and reading goes on with the next: what a quote that
//! is left open seems to swallow comes back.

use csv::ByteRecord;
use memchr::{memchr, memchr_iter, memchr2};
use std::io::{self, Read};

/// The most bytes of a record, its quotes and line end included.
const LIMIT: usize = 1 << 20;
/// How much is read at once, at least.
const STEP: usize = 1 << 16;

/// Cuts a text with `\n` for line ends into records, and holds no more of it than two records of the greatest length.
pub(super) struct Records<R> {
    text: R,
    delimiter: u8,
    /// Whether a backslash takes from a quote within a cell what it means.
    escaped: bool,
    /// What has been read of the text; before `start`, it is done with.
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    /// The line at `start`, from 1.
    line: u64,
    /// Where the last record began, and on which line.
    last: (usize, u64),
    /// How many bytes and cells the last record had.
    usual: (usize, usize),
    failure: Option<Unreadable>,
}

/// One record, or what could not be read as one.
#[derive(Debug)]
pub(super) struct Cut {
    /// The line on which it starts, from 1.
    pub line: u64,
    /// How many lines it takes.
    pub lines: u64,
    /// If it is broken, those of its first line, with the quotes that stand there; none if that is too long.
    pub cells: ByteRecord,
    pub broken: Option<String>,
}

/// Why the last row that could not be read could not, and how far it was tried.
///
/// Wherever that attempt went on from one line to the next, it was within quotes. A later row that is within quotes at
/// one of these line ends would go on as that attempt did, and fail as it did. It is not tried again: the time would
/// grow with the square of the text.
struct Unreadable {
    reason: String,
    /// The line on which the attempt ended.
    line: u64,
}

/// Why no record could be cut off.
#[derive(Debug, PartialEq, Eq)]
enum Uncut {
    /// The text ends before the record does.
    Open,
    /// Text follows the closing quote at this place.
    Stray(usize),
}

impl<R: Read> Records<R> {
    pub fn new(text: R, delimiter: u8) -> Records<R> {
        let buffer = Vec::new();
        Records {
            text,
            delimiter,
            escaped: false,
            buffer,
            start: 0,
            ended: false,
            line: 1,
            last: (0, 1),
            usual: (0, 0),
            failure: None,
        }
    }

    /// The same of a text in which a backslash may stand before the quotes that belong to a cell.
    pub fn escaped(self, escaped: bool) -> Records<R> {
        Records { escaped, ..self }
    }

    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The line of what is read next, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Takes the line `sep=;` at the beginning, by which a file says what separates its cells.
    pub fn take_separator(&mut self) -> io::Result<()> {
        self.fill()?;
        let line = first_line(self.rest());
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
        if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] = *line
            && delimiter.is_ascii()
        {
            self.delimiter = delimiter;
            self.pass_line()?;
        }
        Ok(())
    }

    /// The next line, whatever is in it; `None` at the end.
    pub fn take_line(&mut self) -> io::Result<Option<Cut>> {
        while self.rest().is_empty() && !self.ended {
            self.fill()?;
        }
        if self.rest().is_empty() {
            return Ok(None);
        }
        let cut = self.give_up(String::new(), self.line)?;
        self.failure = None;
        Ok(Some(cut))
    }

    /// The next record; lines without any text are passed over.
    pub fn next(&mut self) -> io::Result<Option<Cut>> {
        if !self.pass_empty_lines()? {
            return Ok(None);
        }
        self.last = (self.start, self.line);
        // What the next record takes is about what the last one took.
        let mut cells = ByteRecord::with_capacity(self.usual.0, self.usual.1);
        if let Some(Unreadable { reason, line }) = self.failure.as_ref().filter(|failure| self.line < failure.line) {
            return match cut(first_line(self.rest()), (self.delimiter, self.escaped), true, &mut cells) {
                Ok(length) => Ok(Some(self.take(length, cells))),
                Err(Uncut::Open) => {
                    let (reason, line) = (reason.clone(), *line);
                    self.give_up(reason, line).map(Some)
                }
                Err(stray) => self.explain(&stray).map(Some),
            };
        }
        loop {
            cells.clear();
            let text = self.rest();
            let whole = self.ended && text.len() <= LIMIT;
            match cut(&text[..text.len().min(LIMIT)], (self.delimiter, self.escaped), whole, &mut cells) {
                Ok(length) => return Ok(Some(self.take(length, cells))),
                Err(Uncut::Open) if !self.ended && text.len() <= LIMIT => {
                    self.fill()?;
                    self.last.0 = self.start;
                }
                Err(uncut) => return self.explain(&uncut).map(Some),
            }
        }
    }

    /// The last record as it stands in the text, if it was not broken.
    pub fn last_text(&self) -> &[u8] {
        &self.buffer[self.last.0..self.start]
    }

    /// Gives up the first line of the last record, which was not broken, for this reason; the others are read again.
    pub fn reread(&mut self, reason: String) -> io::Result<Cut> {
        let text = self.last_text();
        let ended_on = self.last.1 + newlines(text.strip_suffix(b"\n").unwrap_or(text));
        (self.start, self.line) = self.last;
        self.give_up(reason, ended_on)
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    fn take(&mut self, length: usize, cells: ByteRecord) -> Cut {
        let text = &self.rest()[..length];
        let passed = newlines(text);
        let within = passed - u64::from(text.ends_with(b"\n"));
        self.usual = (cells.as_slice().len(), cells.len());
        let cut = Cut { line: self.line, lines: within + 1, cells, broken: None };
        self.start += length;
        self.line += passed;
        cut
    }

    /// Gives up the line that begins here, and says why.
    fn explain(&mut self, uncut: &Uncut) -> io::Result<Cut> {
        let text = self.rest();
        let (reason, ended_on) = match *uncut {
            Uncut::Stray(quote) => {
                let line = self.line + newlines(&text[..quote]);
                let escaped = text[..quote].ends_with(b"\\");
                let reason = if line > self.line {
                    format!(
                        "text after a closing quote in line {line}: close the quote that is opened here, or double it if it belongs to the text"
                    )
                } else if escaped {
                    "text after a closing quote: double the quotes that belong to the text, or write escape = \"\\\\\" in [source] if the file puts a backslash before them".to_owned()
                } else {
                    "text after a closing quote: double the quotes that belong to the text".to_owned()
                };
                (reason, line)
            }
            Uncut::Open if text.len() <= LIMIT => {
                let reason =
                    "a quote is opened here and never closed: close it, or double it if it belongs to the text";
                (reason.to_owned(), self.line + newlines(text))
            }
            Uncut::Open => {
                let within = newlines(&text[..LIMIT]);
                let quote = if within > 0 { ": is a quote left open in it?" } else { "" };
                (format!("the row is longer than 1 MiB, the most that is read{quote}"), self.line + within)
            }
        };
        self.give_up(reason, ended_on)
    }

    fn give_up(&mut self, reason: String, ended_on: u64) -> io::Result<Cut> {
        while !self.ended && self.rest().len() <= LIMIT && memchr(b'\n', self.rest()).is_none() {
            self.fill()?;
        }
        let first = first_line(self.rest());
        let cells = first.strip_suffix(b"\n").unwrap_or(first).split(|&byte| byte == self.delimiter);
        let cells = if first.len() <= LIMIT { cells.collect() } else { ByteRecord::new() };
        let line = self.line;
        self.pass_line()?;
        self.failure = Some(Unreadable { reason: reason.clone(), line: ended_on });
        Ok(Cut { line, lines: 1, cells, broken: Some(reason) })
    }

    /// Whether there is any text left.
    fn pass_empty_lines(&mut self) -> io::Result<bool> {
        loop {
            match self.rest().first() {
                Some(b'\n') => (self.start, self.line) = (self.start + 1, self.line + 1),
                Some(_) => return Ok(true),
                None if self.ended => return Ok(false),
                None => self.fill()?,
            }
        }
    }

    fn pass_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(end) = memchr(b'\n', self.rest()) {
                (self.start, self.line) = (self.start + end + 1, self.line + 1);
                return Ok(());
            }
            self.start = self.buffer.len();
            if self.ended {
                return Ok(());
            }
            self.fill()?;
        }
    }

    /// Reads on; at least as much as there is, so that a long record is not looked through again and again.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let wanted = self.buffer.len().max(STEP);
        let read = (&mut self.text).take(wanted as u64).read_to_end(&mut self.buffer)?;
        self.ended = read < wanted;
        Ok(())
    }
}

/// Cuts the record at the beginning of the text into cells; its length, line end included. `whole` says that no more
/// text follows. `escaped`: whether a backslash may stand before quotes.
fn cut(text: &[u8], (delimiter, escaped): (u8, bool), whole: bool, cells: &mut ByteRecord) -> Result<usize, Uncut> {
    let mut at = 0;
    loop {
        // Blanks before the quote mean nothing, as those behind the closing one.
        let blanks = text[at..].iter().take_while(|&&byte| is_blank(byte, delimiter)).count();
        let end = match text.get(at + blanks) {
            Some(b'"') => quoted(text, at + blanks + 1, (delimiter, escaped), cells)?,
            _ => plain(text, at, delimiter, cells),
        };
        match text.get(end) {
            Some(b'\n') => return Ok(end + 1),
            Some(_) => at = end + 1,
            None if whole => return Ok(end),
            None => return Err(Uncut::Open),
        }
    }
}

fn is_blank(byte: u8, delimiter: u8) -> bool {
    byte != delimiter && matches!(byte, b' ' | b'\t')
}

/// Where the cell without quotes ends; quotes further on in it mean nothing (`5" pipe`).
fn plain(text: &[u8], start: usize, delimiter: u8, cells: &mut ByteRecord) -> usize {
    let end = memchr2(delimiter, b'\n', &text[start..]).map_or(text.len(), |length| start + length);
    cells.push_field(&text[start..end]);
    end
}

/// Where the cell ends whose text starts here; blanks after its closing quote mean nothing.
fn quoted(text: &[u8], start: usize, (delimiter, escaped): (u8, bool), cells: &mut ByteRecord) -> Result<usize, Uncut> {
    // What has been copied of the cell: all before `from`, which doubled or escaped quotes interrupt.
    let mut copied = Vec::new();
    let mut from = start;
    let mut at = start;
    loop {
        let next = if escaped { memchr2(b'"', b'\\', &text[at..]) } else { memchr(b'"', &text[at..]) };
        let quote = at + next.ok_or(Uncut::Open)?;
        if text[quote] == b'\\' {
            if matches!(text.get(quote + 1), Some(b'"' | b'\\')) {
                copied.extend_from_slice(&text[from..quote]);
                from = quote + 1;
            }
            at = (quote + 2).min(text.len());
            continue;
        }
        if text.get(quote + 1) == Some(&b'"') {
            copied.extend_from_slice(&text[from..=quote]);
            (from, at) = (quote + 2, quote + 2);
            continue;
        }
        let blanks = text[quote + 1..].iter().take_while(|&&byte| is_blank(byte, delimiter)).count();
        let end = quote + 1 + blanks;
        if text.get(end).is_some_and(|&byte| byte != delimiter && byte != b'\n') {
            return Err(Uncut::Stray(quote));
        }
        if copied.is_empty() {
            cells.push_field(&text[from..quote]);
        } else {
            copied.extend_from_slice(&text[from..quote]);
            cells.push_field(&copied);
        }
        return Ok(end);
    }
}

/// The cells of a text that is one record.
pub(super) fn cells(text: &[u8], delimiter: u8) -> Option<ByteRecord> {
    let mut cells = ByteRecord::new();
    (cut(text, (delimiter, false), true, &mut cells) == Ok(text.len())).then_some(cells)
}

fn first_line(text: &[u8]) -> &[u8] {
    &text[..memchr(b'\n', text).map_or(text.len(), |end| end + 1)]
}

fn newlines(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, cells and why they are broken, of every record.
    fn records(text: impl Read) -> Vec<(u64, Vec<String>, Option<String>)> {
        let mut records = Records::new(text, b',');
        let mut all = Vec::new();
        while let Some(Cut { line, cells, broken, .. }) = records.next().unwrap() {
            let cells = cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            all.push((line, cells, broken));
        }
        all
    }

    /// A reader that gives a byte at a time, as a slow line might.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(out.len()).min(1);
            out[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    /// Every text of up to `length` of these bytes.
    fn texts(alphabet: &[u8], length: usize) -> Vec<Vec<u8>> {
        let mut all = vec![Vec::new()];
        let mut longest = all.clone();
        for _ in 0..length {
            longest =
                longest.iter().flat_map(|text| alphabet.iter().map(|&byte| [text, &[byte][..]].concat())).collect();
            all.extend(longest.iter().cloned());
        }
        all
    }

    #[test]
    fn good_texts_are_read_as_the_csv_crate_reads_them() {
        let mut compared = 0;
        for text in texts(b"a,\"\n", 7) {
            let mine = records(&text[..]);
            if mine.iter().any(|(_, _, broken)| broken.is_some()) {
                continue;
            }
            let mut theirs = csv::ReaderBuilder::new();
            let theirs = theirs.has_headers(false).flexible(true).from_reader(&text[..]).into_records();
            let theirs: Vec<Vec<String>> = theirs.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            let mine: Vec<Vec<String>> = mine.into_iter().map(|(_, cells, _)| cells).collect();
            assert_eq!(mine, theirs, "{:?}", String::from_utf8_lossy(&text));
            compared += 1;
        }
        assert!(compared > 10_000, "{compared}");
    }

    /// What reading does at its simplest: no buffer, and every row that cannot be read is tried to its end.
    fn plainly(text: &[u8]) -> Vec<(u64, bool)> {
        let (mut at, mut line, mut all) = (0, 1, Vec::new());
        while at < text.len() {
            if text[at] == b'\n' {
                (at, line) = (at + 1, line + 1);
                continue;
            }
            let read = cut(&text[at..], (b',', false), true, &mut ByteRecord::new());
            all.push((line, read.is_ok()));
            let length = read.unwrap_or_else(|_| first_line(&text[at..]).len());
            line += newlines(&text[at..at + length]);
            at += length;
        }
        all
    }

    #[test]
    fn rows_that_cannot_be_read_take_no_other_with_them() {
        for text in texts(b"a,\"\n", 8) {
            let mine: Vec<(u64, bool)> =
                records(&text[..]).iter().map(|(line, _, broken)| (*line, broken.is_none())).collect();
            assert_eq!(mine, plainly(&text), "{:?}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn it_does_not_matter_in_which_pieces_a_text_comes() {
        for text in texts(b"a,\"\n", 5) {
            assert_eq!(records(Drops(&text)), records(&text[..]));
        }
        // Records lie across the ends of pieces.
        let rows = (0..20_000).map(|row| format!("{row},\"a\"\"{}\n\",b\n", "c".repeat(row % 97)));
        let read = records(rows.collect::<Vec<_>>().concat().as_bytes());
        assert_eq!(read.len(), 20_000);
        assert!(
            read.iter()
                .enumerate()
                .all(|(row, (line, cells, _))| *line == 2 * row as u64 + 1 && cells[0] == row.to_string())
        );
    }

    #[test]
    fn a_line_without_end_is_not_held() {
        let text = io::repeat(b'a').take(64 << 20).chain(&b"\n1,2\n"[..]);
        let mut records = Records::new(text, b',');
        let first = records.next().unwrap().unwrap();
        assert!(first.broken.is_some() && first.cells.is_empty());
        assert_eq!(records.next().unwrap().unwrap().line, 2);
        assert!(records.buffer.capacity() <= 4 * LIMIT, "{}", records.buffer.capacity());
    }

    #[test]
    fn rows_that_all_fail_at_the_same_place_are_not_tried_to_there_each() {
        // Read from its own start, each line ends within quotes, and so it does if a quote was open before. Tried to
        // the limit each, these would take 200,000 times 1 MiB.
        let read = records("a\",\",b\n".repeat(200_000).as_bytes());
        assert_eq!(read.len(), 200_000);
        assert!(read.iter().all(|(_, cells, broken)| cells.len() == 3 && broken.is_some()));
    }
}
