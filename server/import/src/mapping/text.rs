//! The text of a mapping, and where in it something is wrong.

use crate::error::ImportError;
use pegel_text::clean::is_clean;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A mapping as it is written.
pub(super) struct Text<'a> {
    pub text: &'a str,
    pub name: &'a str,
}

impl Text<'_> {
    pub fn error(&self, span: Range<usize>, message: impl Into<String>) -> ImportError {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        let line = before.split(|&byte| byte == b'\n').count();
        ImportError::Mapping { place: format!("{}.toml:{line}", self.name), message: message.into() }
    }

    /// The texts of a file are cleaned of them, so one with a control character fits none, and those that the mapping
    /// brings itself would not be clean.
    pub fn refuse_control_characters(&self) -> Result<(), ImportError> {
        let file =
            DeTable::parse(self.text).map_err(|error| self.error(error.span().unwrap_or(0..0), error.message()))?;
        match unclean(file.get_ref()) {
            None => Ok(()),
            Some(span) => {
                Err(self.error(span, "this text holds a control character, as no imported text does: write a blank"))
            }
        }
    }
}

/// Where a text with a control character stands in a table.
fn unclean(table: &DeTable) -> Option<Range<usize>> {
    fn of_value(value: &Spanned<DeValue>) -> Option<Range<usize>> {
        match value.get_ref() {
            DeValue::String(text) => (!is_clean(text)).then(|| value.span()),
            DeValue::Array(values) => values.iter().find_map(of_value),
            DeValue::Table(table) => unclean(table),
            _ => None,
        }
    }
    let of_name = |name: &Spanned<Cow<str>>| (!is_clean(name.get_ref())).then(|| name.span());
    table.iter().find_map(|(name, value)| of_name(name).or_else(|| of_value(value)))
}
