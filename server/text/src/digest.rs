//! The hash by which versions of a text are told apart.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// SHA-256 of a text or of bytes, in hex.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes.as_ref()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
