//! Bytes → text in UTF-8 with `\n` for every line end: gzip, encodings, byte order marks.

use crate::mapping::SourceFormat;
use encoding_rs_io::DecodeReaderBytesBuilder;
use memchr::memchr;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::rc::Rc;

/// How many bytes have been read of a file; of a packed one, packed ones.
pub(super) type Count = Rc<Cell<u64>>;

/// The text of a file. A byte order mark counts more than the mapping's encoding.
pub(super) fn text<'a>(raw: impl Read + 'a, count: &Count, format: &SourceFormat) -> io::Result<Box<dyn Read + 'a>> {
    let text = DecodeReaderBytesBuilder::new()
        .encoding(format.encoding)
        .bom_override(true)
        .utf8_passthru(true)
        .strip_bom(true)
        .build(BufReader::new(unzipped(raw, count)?));
    Ok(Box::new(Newlines { inner: BufReader::new(text), after_return: false }))
}

/// The bytes of a file, which may be packed with gzip.
pub(super) fn unzipped<'a>(raw: impl Read + 'a, count: &Count) -> io::Result<Box<dyn Read + 'a>> {
    let mut raw = Counted { inner: raw, count: Rc::clone(count) };
    let mut head = Vec::new();
    (&mut raw).take(2).read_to_end(&mut head)?;
    let packed = head == [0x1f, 0x8b];
    let raw = BufReader::new(Cursor::new(head).chain(raw));
    if packed {
        let unpacked = flate2::bufread::MultiGzDecoder::new(raw);
        return Ok(Box::new(Bounded::new(unpacked, Rc::clone(count))));
    }
    Ok(Box::new(raw))
}

/// Counts what is read through it.
pub(super) struct Counted<R> {
    pub inner: R,
    pub count: Count,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// Ends with an error where what is unpacked is out of all proportion to what is packed: a few kilobytes may be made
/// to unpack for hours.
pub(super) struct Bounded<R> {
    inner: R,
    packed: Count,
    unpacked: u64,
}

impl<R> Bounded<R> {
    /// `packed`: how many packed bytes it is that have been read.
    pub fn new(inner: R, packed: Count) -> Bounded<R> {
        Bounded { inner, packed, unpacked: 0 }
    }

    /// The most that so many packed bytes may unpack to: real rows come to a fifth of it.
    pub fn most(packed: u64) -> u64 {
        const FREE: u64 = 64 << 20;
        FREE.max(packed.saturating_mul(250))
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.unpacked += read as u64;
        if self.unpacked > Self::most(self.packed.get()) {
            let (packed, unpacked) = (self.packed.get() >> 10, self.unpacked >> 20);
            let message = format!(
                "{packed} KiB of it unpack to more than {unpacked} MiB, which no real rows do: is it damaged, or made to \
                 fill the memory?"
            );
            return Err(io::Error::other(message));
        }
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
            if !self.after_return && memchr(b'\r', &available[..taken]).is_none() {
                out[..taken].copy_from_slice(&available[..taken]);
                self.inner.consume(taken);
                return Ok(taken);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_out_of_all_proportion_is_not_read_to_its_end() {
        let read = |packed| {
            let mut bounded = Bounded::new(io::repeat(b'a'), Rc::new(Cell::new(packed)));
            let (mut bytes, mut buffer) = (0, vec![0; 1 << 20]);
            loop {
                match bounded.read(&mut buffer) {
                    Ok(read) => bytes += read as u64,
                    Err(error) => return (bytes >> 20, error.to_string()),
                }
            }
        };
        let (mebibytes, reason) = read(1024);
        assert_eq!(mebibytes, 64);
        assert!(reason.starts_with("1 KiB of it unpack to more than 65 MiB, which no real rows do"), "{reason}");
        // What packs badly may be large.
        assert_eq!(read(2 << 20).0, 500);
    }
}
