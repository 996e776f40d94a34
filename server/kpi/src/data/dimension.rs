//! Dimensions: by what a value may be broken down, and where a table finds each of them.

use crate::data::model::{self, Table};
use crate::data::path::Path;

/// By what a value may be broken down.
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
    Channel,
    Segment,
    Country,
    Kind,
    /// The calendar month of the date that puts the row into its period.
    Month,
}

impl Dimension {
    pub const ALL: [Dimension; 13] = [
        Dimension::Partner,
        Dimension::Region,
        Dimension::Product,
        Dimension::ProductLine,
        Dimension::Source,
        Dimension::Campaign,
        Dimension::Rep,
        Dimension::Team,
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

    /// Where to look, best first: the fact's own column, then those of what it refers to.
    fn candidates(self) -> &'static [&'static [&'static str]] {
        match self {
            Dimension::Partner => &[&["partner", "name"], &["opportunity", "partner", "name"]],
            Dimension::Rep => &[&["rep", "name"], &["opportunity", "rep", "name"]],
            Dimension::Product => &[&["product", "name"]],
            Dimension::ProductLine => &[&["line"], &["product", "line"]],
            // The region of a fact is its own, else its partner's, else its rep's, else its customer's.
            // A change of an opportunity is seen by those who see the opportunity.
            Dimension::Region => &[
                &["region"],
                &["partner", "region"],
                &["rep", "region"],
                &["customer", "region"],
                &["opportunity", "region"],
                &["opportunity", "partner", "region"],
                &["opportunity", "rep", "region"],
                &["opportunity", "customer", "region"],
            ],
            Dimension::Source => &[&["source"], &["lead", "source"]],
            Dimension::Campaign => &[&["campaign"], &["lead", "campaign"]],
            Dimension::Team => &[&["team"], &["rep", "team"], &["opportunity", "rep", "team"]],
            // A lead comes by its source; that is its channel.
            Dimension::Channel => &[&["channel"], &["source"], &["customer", "channel"]],
            Dimension::Segment => &[&["segment"], &["customer", "segment"]],
            Dimension::Country => &[&["country"], &["partner", "country"], &["customer", "country"]],
            Dimension::Kind => &[&["kind"]],
            Dimension::Month => &[],
        }
    }

    /// The table whose rows are this dimension's groups, where groups are rows and not texts.
    fn entity(self) -> Option<&'static str> {
        match self {
            Dimension::Partner => Some("partners"),
            Dimension::Rep => Some("reps"),
            Dimension::Product => Some("products"),
            _ => None,
        }
    }

    /// Where rows of `table` carry this dimension; `None` where they do not.
    pub fn of(self, table: &'static Table) -> Option<Located> {
        if self == Dimension::Month {
            return Some(Located::Dated);
        }
        if self.entity() == Some(table.name) {
            let key = Path::resolve(table, &["id"])?;
            return Some(Located::Row { key, label: Path::resolve(table, &["name"])? });
        }
        let found: Vec<Path> = self.candidates().iter().filter_map(|names| Path::resolve(table, names)).collect();
        let first = found.first()?;
        match (self.entity(), first.references.split_last()) {
            (Some(_), Some((last, before))) => {
                let holder = before.iter().try_fold(table, |_, step| model::table(step.table))?;
                let key = Path { references: before.to_vec(), ..Path::own(holder.column(last.column)?) };
                Some(Located::Row { key, label: first.clone() })
            }
            _ => Some(Located::Text(found)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::model::table;

    #[test]
    fn a_facts_region_is_its_own_else_its_partners_else_its_reps_else_its_customers() {
        let Some(Located::Text(paths)) = Dimension::Region.of(table("leads").unwrap()) else { panic!() };
        let shown: Vec<String> = paths.iter().map(Path::to_string).collect();
        assert_eq!(shown, ["region", "partner.region", "rep.region", "customer.region"]);
    }

    #[test]
    fn a_table_without_the_dimension_says_so() {
        assert_eq!(Dimension::Partner.of(table("costs").unwrap()), None);
    }
}
