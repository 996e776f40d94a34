//! The text of a JSON file → the texts of its objects, one at a time.

use std::io::{self, BufRead, BufReader, Read};

/// The most bytes of an object.
const LIMIT: usize = 1 << 20;

/// Cuts a text with `\n` for line ends, and holds no more of it than one object.
pub(super) struct Pieces<R> {
    text: BufReader<R>,
    /// From 1.
    line: u64,
    layout: Option<Layout>,
}

/// How the objects lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// One on each line, so that one that is broken spoils no other.
    Lines,
    Array,
    /// One after the other, each on as many lines as it takes.
    Sequence,
}

/// The text of one object, or of what stands in its place.
pub(super) struct Piece {
    /// The line on which it starts, from 1.
    pub line: u64,
    /// `None` if it is too long.
    pub text: Option<Vec<u8>>,
}

/// Why the rest of a text cannot be read.
pub(super) enum Broken {
    Read(io::Error),
    /// The line, and what is wrong.
    At(u64, &'static str),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken::Read(error)
    }
}

impl<R: Read> Pieces<R> {
    pub fn new(text: R) -> Pieces<R> {
        Pieces { text: BufReader::new(text), line: 1, layout: None }
    }

    /// The next object; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Piece>, Broken> {
        let begins = self.layout.is_none();
        let layout = match self.layout {
            Some(layout) => layout,
            None => self.begin()?,
        };
        match layout {
            Layout::Lines => self.next_line(),
            Layout::Sequence => {
                if self.pass_blanks()?.is_none() {
                    return Ok(None);
                }
                self.value().map(Some)
            }
            Layout::Array => self.next_element(begins),
        }
    }

    fn begin(&mut self) -> Result<Layout, Broken> {
        let layout = match self.pass_blanks()? {
            Some(b'[') => {
                self.pass()?;
                Layout::Array
            }
            _ if self.text.buffer().starts_with(b"{\n") || self.text.buffer() == b"{" => Layout::Sequence,
            _ => Layout::Lines,
        };
        self.layout = Some(layout);
        Ok(layout)
    }

    fn next_line(&mut self) -> Result<Option<Piece>, Broken> {
        loop {
            let (line, mut text, mut long) = (self.line, Vec::new(), false);
            if self.peek()?.is_none() {
                return Ok(None);
            }
            while let Some(byte) = self.pass()? {
                if byte == b'\n' {
                    break;
                }
                long |= text.len() == LIMIT;
                if !long {
                    text.push(byte);
                }
            }
            if long || !text.trim_ascii().is_empty() {
                return Ok(Some(Piece { line, text: (!long).then_some(text) }));
            }
        }
    }

    fn next_element(&mut self, first: bool) -> Result<Option<Piece>, Broken> {
        const CUT_OFF: &str = "the file breaks off in its list of objects";
        match self.pass_blanks()? {
            Some(b']') => {
                self.pass()?;
                return match self.pass_blanks()? {
                    None => Ok(None),
                    Some(_) => Err(Broken::At(self.line, "text follows the list of objects")),
                };
            }
            Some(b',') if !first => _ = self.pass()?,
            Some(_) if first => {}
            Some(_) => return Err(Broken::At(self.line, "a comma is missing between two objects")),
            None => return Err(Broken::At(self.line, CUT_OFF)),
        }
        match self.pass_blanks()? {
            Some(b',' | b']') => Err(Broken::At(self.line, "an object is missing beside a comma")),
            Some(_) => self.value().map(Some),
            None => Err(Broken::At(self.line, CUT_OFF)),
        }
    }

    /// From here to where the value ends: by its brackets, or if it has none, before what separates it from the next.
    fn value(&mut self) -> Result<Piece, Broken> {
        let (line, mut text, mut long) = (self.line, Vec::new(), false);
        let (mut depth, mut quoted, mut escaped) = (0_u64, false, false);
        while let Some(byte) = self.peek()? {
            if depth == 0 && !quoted && !text.is_empty() && matches!(byte, b',' | b']' | b' ' | b'\t' | b'\n') {
                break;
            }
            self.pass()?;
            long |= text.len() == LIMIT;
            if !long {
                text.push(byte);
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        if depth > 0 || quoted {
            return Err(Broken::At(line, "the object that begins here does not end"));
        }
        Ok(Piece { line, text: (!long).then_some(text) })
    }

    fn pass_blanks(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.pass()?;
        }
        Ok(None)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.text.fill_buf()?.first().copied())
    }

    fn pass(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.text.consume(1);
            self.line += u64::from(byte == b'\n');
        }
        Ok(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line and the text of every object, or why the rest cannot be read.
    fn pieces(text: impl Read) -> Vec<(u64, String)> {
        let mut pieces = Pieces::new(text);
        let mut all = Vec::new();
        loop {
            match pieces.next() {
                Ok(Some(Piece { line, text })) => {
                    all.push((line, text.map_or("too long".to_owned(), |text| String::from_utf8(text).unwrap())));
                }
                Ok(None) => return all,
                Err(Broken::At(line, reason)) => {
                    all.push((line, reason.to_owned()));
                    return all;
                }
                Err(Broken::Read(error)) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn brackets_in_texts_end_nothing() {
        let (first, second) = (r#"{"a": "} ] \" [ {"}"#, r#"{"b": [{"c": "\\"}]}"#);
        let expected = [(1, first.to_owned()), (2, second.to_owned())];
        assert_eq!(pieces(format!("[{first},\n{second} ]\n").as_bytes()), expected);
        assert_eq!(pieces(format!("{first}\n{second}\n").as_bytes()), expected);
        assert_eq!(pieces("{\n} {\n}".as_bytes()), [(1, "{\n}".to_owned()), (2, "{\n}".to_owned())]);
    }

    #[test]
    fn an_object_without_end_is_not_held() {
        let endless = |begin: &'static str, end: &'static str| {
            let text = begin.as_bytes().chain(io::repeat(b'a').take(8 << 20)).chain(end.as_bytes());
            pieces(text)
        };
        let too_long = |line| (line, "too long".to_owned());
        assert_eq!(endless("{\"a\": \"", "\"}\n{}"), [too_long(1), (2, "{}".to_owned())]);
        assert_eq!(endless("[{\"a\": \"", "\"},{}]"), [too_long(1), (1, "{}".to_owned())]);
        assert_eq!(endless("[{\"a\": \"", ""), [(1, "the object that begins here does not end".to_owned())]);
    }
}
