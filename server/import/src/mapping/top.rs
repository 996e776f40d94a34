//! What stands at the top of a mapping, and is about all its tables.

use super::Unpivot;
use super::brief::Brief;
use super::file::{Patterns, UnpivotSection};
use super::text::Text;
use crate::blanks::heading;
use crate::error::ImportError;
use std::ops::Range;
use toml::Spanned;

/// What is made of columns, and where in the mapping that stands.
pub(super) fn unpivot(place: &Text, section: Spanned<UnpivotSection>) -> Result<(Unpivot, Range<usize>), ImportError> {
    let span = section.span();
    let UnpivotSection { columns: Brief(Patterns(columns)), name, value } = section.into_inner();
    let (name, value) = (heading(&name), heading(&value));
    if columns.is_empty() {
        return Err(place.error(span, "[unpivot] names no columns: say which are one each for a month or a channel"));
    }
    if name == value {
        let message =
            format!("“{name}” cannot hold both the heading and the cell: call `name` and `value` differently");
        return Err(place.error(span, message));
    }
    Ok((Unpivot { columns, name, value }, span))
}

/// A word by which people and commands can name it.
pub(super) fn system(place: &Text, word: Spanned<String>) -> Result<String, ImportError> {
    let plain = |one: char| matches!(one, 'a'..='z' | '0'..='9' | '_' | '-');
    if word.as_ref().starts_with(|one: char| one.is_ascii_lowercase()) && word.as_ref().chars().all(plain) {
        return Ok(word.into_inner());
    }
    let message = format!(
        "“{word}” cannot name a system: write a word of small letters, digits, _ and -, such as system = \"crm\""
    );
    Err(place.error(word.span(), message))
}
