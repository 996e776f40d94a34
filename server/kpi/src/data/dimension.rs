//! Dimensions: what figures can be broken down by, and how a row carries them.

use super::path::Path;
use std::borrow::Cow;

/// What a figure can be broken down by, known by its name: `region`. Which there are, the model says; those below are
/// the ones that Pegel itself speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dimension(Cow<'static, str>);

impl Dimension {
    pub const PARTNER: Dimension = Dimension(Cow::Borrowed("partner"));
    pub const REGION: Dimension = Dimension(Cow::Borrowed("region"));
    pub const PRODUCT: Dimension = Dimension(Cow::Borrowed("product"));
    pub const REP: Dimension = Dimension(Cow::Borrowed("rep"));
    pub const TEAM: Dimension = Dimension(Cow::Borrowed("team"));
    /// The calendar month of the date that puts the row into its period. No file declares it.
    pub const MONTH: Dimension = Dimension(Cow::Borrowed("month"));

    /// Those that every model must have.
    pub const NEEDED: [Dimension; 5] =
        [Dimension::PARTNER, Dimension::REGION, Dimension::PRODUCT, Dimension::REP, Dimension::TEAM];

    /// The dimension of that name, whether or not a model has it.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Dimension {
        Dimension(name.into())
    }

    /// Its name on the command line, in configuration and in JSON.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Dimension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A model has no such dimension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{name}” is not a dimension; {hint}")]
pub struct NoSuchDimension {
    pub name: String,
    /// What to write instead.
    pub hint: String,
}

/// Where a row carries a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// The groups are rows of another table, told apart by `key` (two partners may share a name) and shown by `label`.
    Row { key: Path, label: Path },
    /// The groups are texts: the first of these that is not missing.
    Text(Vec<Path>),
    /// The group follows from the date that puts the row into its period.
    Dated,
}
