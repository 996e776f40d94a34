//! Dimensions: what figures can be broken down by, and how a row carries them.

use super::path::Path;

/// What a figure can be broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    Partner,
    Region,
    Product,
    ProductLine,
    Source,
    Campaign,
    Rep,
    Team,
    Tier,
    Channel,
    Segment,
    Country,
    Kind,
    /// The calendar month of the date that puts the row into its period.
    Month,
}

impl Dimension {
    pub const ALL: [Dimension; 14] = [
        Dimension::Partner,
        Dimension::Region,
        Dimension::Product,
        Dimension::ProductLine,
        Dimension::Source,
        Dimension::Campaign,
        Dimension::Rep,
        Dimension::Team,
        Dimension::Tier,
        Dimension::Channel,
        Dimension::Segment,
        Dimension::Country,
        Dimension::Kind,
        Dimension::Month,
    ];

    /// Its name on the command line, in configuration and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Partner => "partner",
            Dimension::Region => "region",
            Dimension::Product => "product",
            Dimension::ProductLine => "product_line",
            Dimension::Source => "source",
            Dimension::Campaign => "campaign",
            Dimension::Rep => "rep",
            Dimension::Team => "team",
            Dimension::Tier => "tier",
            Dimension::Channel => "channel",
            Dimension::Segment => "segment",
            Dimension::Country => "country",
            Dimension::Kind => "kind",
            Dimension::Month => "month",
        }
    }

    /// The dimension of that name.
    pub fn named(name: &str) -> Option<Dimension> {
        Dimension::ALL.into_iter().find(|dimension| dimension.name() == name)
    }
}

impl std::fmt::Display for Dimension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
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
