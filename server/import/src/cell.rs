//! What a row brings to one column.

use pegel_store::facts::Value;

/// A value, or what it is to be found by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Value(Value),
    /// The text by which the related row is to be found.
    Related(String),
}
