//! What forms are made with.

/// Who makes a form, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maker<'a> {
    /// The program, with its version: `Pegel 0.1.0`.
    pub program: &'a str,
    /// BCP 47.
    pub locale: &'a str,
}
