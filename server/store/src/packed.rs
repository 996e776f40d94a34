//! Bytes as the archive keeps them: deflated, since numbers and pages shrink to a tenth of what they are.

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use std::borrow::Cow;
use std::fmt;
use std::io::{Read, Write};

/// Some bytes, in the form that takes less room: as they are, or deflated (zlib, RFC 1950).
///
/// The same bytes are packed alike.
#[derive(Clone, PartialEq, Eq)]
pub struct Packed {
    held: Vec<u8>,
    is_deflated: bool,
}

impl Packed {
    /// Packs these bytes.
    pub fn of(bytes: Vec<u8>) -> Packed {
        match deflated(&bytes) {
            Some(held) if held.len() < bytes.len() => Packed { held, is_deflated: true },
            _ => Packed { held: bytes, is_deflated: false },
        }
    }

    /// What a database held.
    pub(crate) fn stored(held: Vec<u8>, is_deflated: bool) -> Packed {
        Packed { held, is_deflated }
    }

    /// What a database holds of them.
    pub fn held(&self) -> &[u8] {
        &self.held
    }

    pub(crate) fn is_deflated(&self) -> bool {
        self.is_deflated
    }

    /// The bytes that were packed. Of what was damaged since, and cannot be inflated any more, the bytes that are there:
    /// whoever compares their hash finds out.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self.is_deflated.then(|| inflated(&self.held)).flatten() {
            Some(bytes) => Cow::Owned(bytes),
            None => Cow::Borrowed(&self.held),
        }
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", String::from_utf8_lossy(&self.bytes()))
    }
}

/// Fast: half as long as the best there is takes several times as long.
fn deflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    let mut held = encoder.finish().ok()?;
    // The editions of many readers are held at once.
    held.shrink_to_fit();
    Some(held)
}

fn inflated(held: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(held).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_takes_less_room_and_comes_back_as_it_was() {
        let numbers = r#"{"id":"feedback_rate","value":0.75}"#.repeat(100).into_bytes();
        let packed = Packed::of(numbers.clone());
        assert!(packed.is_deflated() && packed.held().len() * 10 < numbers.len(), "{}", packed.held().len());
        assert_eq!(*packed.bytes(), numbers);
        assert_eq!(Packed::stored(packed.held().to_vec(), true), packed);
    }

    #[test]
    fn what_deflating_makes_longer_stays_as_it_is() {
        for bytes in [&b""[..], b"Feedback", &[0x78, 0x9c, 0x03]] {
            let packed = Packed::of(bytes.to_vec());
            assert!(!packed.is_deflated());
            assert_eq!(*packed.bytes(), *bytes);
        }
    }

    #[test]
    fn what_was_damaged_is_given_as_it_is() {
        let packed = Packed::of(b"Feedback rate ".repeat(50));
        for at in 0..packed.held().len() {
            let mut held = packed.held().to_vec();
            held[at] ^= 1;
            let damaged = Packed::stored(held, true);
            assert_ne!(damaged.bytes(), packed.bytes(), "byte {at}");
        }
    }
}
