//! The reference of the language, made from the registered functions, the tables of the model, and the descriptions in
//! `entries`.
//!
//! `signatures` rewords what the engine knows, `chapters` puts everything in order, in [`blocks`]; `markdown` and
//! `definitions` write it out. The tests run every example.

pub mod blocks;
mod chapters;
mod data;
mod definitions;
mod entries;
mod examples;
mod markdown;
mod recipes;
mod signatures;
#[cfg(test)]
mod tests;

use crate::script::Language;
use blocks::Chapter;
use signatures::Signature;

/// Everything that a script can say, with examples.
#[derive(Debug, Clone)]
pub struct Reference {
    pub chapters: Vec<Chapter>,
    /// Every overload of our functions.
    signatures: Vec<Signature>,
}

impl Reference {
    /// The reference of a language.
    pub fn of(language: &Language) -> Reference {
        let signatures = signatures::all(language);
        Reference { chapters: chapters::all(&signatures, &language.model), signatures }
    }

    /// As a page of text.
    pub fn markdown(&self) -> String {
        markdown::of(&self.chapters)
    }

    /// As the language servers of editors read it: a file of Rhai definitions.
    pub fn definitions(&self) -> String {
        definitions::of(&self.signatures)
    }
}
