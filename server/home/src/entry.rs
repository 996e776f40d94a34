//! One file as it was read.

use pegel_text::digest::sha256;
use std::path::PathBuf;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative to its folder, with `/`.
    pub name: String,
    pub text: String,
    pub origin: Origin,
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It comes with Pegel.
    BuiltIn,
    /// It lies here, in a home.
    Home(PathBuf),
}

impl Entry {
    /// SHA-256 of the text, in hex.
    pub fn sha256(&self) -> String {
        sha256(&self.text)
    }

    /// The name without its ending.
    pub fn stem(&self) -> &str {
        stem(&self.name)
    }
}

pub(crate) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
