//! Texts in which `*` stands for anything.

use crate::words::same;
use pegel_text::clean::readable;
use serde::Deserialize;
use std::fmt;

/// A text in which `*` stands for anything: `Grand Total*`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Pattern {
    /// What must stand before the first `*`.
    start: String,
    /// What must follow it, in this order, each after a `*`; the last one ends the text.
    rest: Vec<String>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Pattern {
        // As the texts of files are that it is compared with.
        let text = readable(&text);
        let mut pieces = text.split('*').map(str::to_owned);
        Pattern { start: pieces.next().unwrap_or_default(), rest: pieces.collect() }
    }
}

impl Pattern {
    /// Whether the pattern describes a value: of words for yes and no, however they are written.
    pub fn fits_value(&self, text: &str) -> bool {
        self.fits(text) || (self.rest.is_empty() && same(text, &self.start))
    }

    /// Whether the pattern describes the text.
    pub fn fits(&self, text: &str) -> bool {
        let Some((end, between)) = self.rest.split_last() else { return text == self.start };
        let Some(mut text) = text.strip_prefix(&*self.start) else { return false };
        for piece in between {
            let Some((_, rest)) = text.split_once(&**piece) else { return false };
            text = rest;
        }
        text.ends_with(&**end)
    }
}

/// As the mapping has it.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.start)?;
        self.rest.iter().try_for_each(|piece| write!(f, "*{piece}"))
    }
}
