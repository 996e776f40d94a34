//! Bytes → text in UTF-8 with `\n` for every line end: gzip, encodings, byte order marks.

use super::kind;
use crate::mapping::SourceFormat;
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::rc::Rc;

/// A file's text, or what the file is instead and what to do about it.
pub(super) enum Text<'a> {
    Readable(Box<dyn Read + 'a>),
    Other(&'static str, &'static str),
}

/// The text of a file. A byte order mark counts more than the mapping's encoding.
pub(super) fn text<'a>(raw: impl Read + 'a, format: &SourceFormat) -> io::Result<Text<'a>> {
    let (head, raw) = begun(raw)?;
    let (head, unpacked): (_, Box<dyn Read + 'a>) = if head.starts_with(&[0x1f, 0x8b]) {
        let (head, unpacked) = begun(flate2::bufread::MultiGzDecoder::new(BufReader::new(raw)))?;
        (head, Box::new(unpacked))
    } else {
        (head, Box::new(raw))
    };
    if let Some((what, advice)) = kind::other_than_csv(&head) {
        return Ok(Text::Other(what, advice));
    }
    let text = DecodeReaderBytesBuilder::new()
        .encoding(format.encoding)
        .bom_override(true)
        .utf8_passthru(true)
        .strip_bom(true)
        .build(BufReader::new(unpacked));
    Ok(Text::Readable(Box::new(Newlines { inner: BufReader::new(text), after_return: false })))
}

/// How the bytes begin, and all of them.
fn begun<R: Read>(mut raw: R) -> io::Result<(Vec<u8>, impl Read)> {
    let mut head = Vec::new();
    (&mut raw).take(kind::HEAD).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(raw)))
}

/// Counts what is read through it.
pub(super) struct Counted<R> {
    pub inner: R,
    pub count: Rc<Cell<u64>>,
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
