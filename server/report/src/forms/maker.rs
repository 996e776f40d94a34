//! What forms are made with.

use super::Typesetter;

/// This program, as files name it.
pub const PROGRAM: &str = concat!("Pegel ", env!("CARGO_PKG_VERSION"));

/// Who makes a form, and for whom.
#[derive(Clone, Copy)]
pub struct Maker<'a> {
    /// The program, with its version: `Pegel 0.1.0`.
    pub program: &'a str,
    /// BCP 47.
    pub locale: &'a str,
    pub typesetter: &'a Typesetter,
}
