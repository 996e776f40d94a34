//! Instants that a mapping says of rows or files: `exported_at`, `changed_at`, `valid_from`.

use super::{ColumnRule, Origin};

/// When something was.
#[derive(Debug)]
pub(crate) enum Moment {
    /// As a column of the file says, or always the same.
    Rule(Box<ColumnRule>),
    /// When the file was last written.
    File,
}

impl Moment {
    /// How a column or a constant is read.
    pub(crate) fn rule(&self) -> Option<&ColumnRule> {
        match self {
            Moment::Rule(rule) => Some(rule),
            Moment::File => None,
        }
    }

    /// Whether all rows say the same.
    pub(crate) fn is_constant(&self) -> bool {
        self.rule().is_some_and(|rule| matches!(rule.text.origin, Origin::Constant(_)))
    }
}
