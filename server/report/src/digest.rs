//! Hashes as they are written down.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// SHA-256 in hex.
pub fn sha256(content: impl AsRef<[u8]>) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(content) {
        write!(hex, "{byte:02x}").expect("a string takes all that is written to it");
    }
    hex
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_the_hash_that_other_programs_compute() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::sha256("abc"), expected);
    }
}
