//! A text that is part of a model's description, and where in it something is wrong.

use crate::data::dimension::Dimension;
use crate::diagnostic::{Diagnostic, nearest};
use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::Spanned;

/// A text and where it is from.
pub(super) struct Text<'a> {
    pub file: String,
    pub text: &'a str,
}

impl Text<'_> {
    /// Parses it as TOML of that shape.
    pub fn parsed<T: DeserializeOwned>(&self) -> Result<T, Diagnostic> {
        toml::from_str(self.text).map_err(|error| self.wrong(error.span().unwrap_or(0..0), error.message(), None))
    }

    /// An error at these bytes.
    pub fn wrong(&self, at: Range<usize>, message: impl Into<String>, hint: Option<String>) -> Diagnostic {
        // Point at the text between the quotation marks.
        let quoted = self.text[at.start..].starts_with(['"', '\'']);
        let before = &self.text[..at.start + usize::from(quoted)];
        let line = before.rsplit('\n').next().unwrap_or(before);
        let place = (Some(before.matches('\n').count() + 1), Some(line.chars().count() + 1));
        Diagnostic::of_file(&self.file, self.text, message, hint).at(place.0, place.1)
    }

    /// An error about `name`, which is none of the known names.
    pub fn unknown<'k>(
        &self,
        name: &Spanned<String>,
        message: String,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> Diagnostic {
        let near = nearest(name.as_ref(), known.clone()).map(|near| format!("did you mean “{near}”?"));
        let all = known.collect::<Vec<_>>().join(", ");
        self.wrong(name.span(), message, near.or((!all.is_empty()).then(|| format!("there are {all}"))))
    }

    /// The dimension with that name.
    pub fn dimension(&self, name: &Spanned<String>, known: &[Dimension]) -> Result<Dimension, Diagnostic> {
        let unknown = || self.unknown(name, format!("“{name}” is not a dimension"), known.iter().map(Dimension::name));
        known.iter().find(|known| known.name() == name.as_ref()).cloned().ok_or_else(unknown)
    }
}
