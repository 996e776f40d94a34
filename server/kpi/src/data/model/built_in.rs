//! The tables that come with Pegel: `config/tables` and `config/dimensions.toml`.

use super::Model;
use super::compile::Texts;
use crate::diagnostic::Diagnostic;

macro_rules! texts {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../../config/tables/", $name, ".toml")))),*]
    };
}

/// In the order in which people read about them.
const TABLES: &[(&str, &str)] = texts![
    "partners",
    "reps",
    "products",
    "customers",
    "leads",
    "lead_offers",
    "opportunities",
    "opportunity_changes",
    "orders",
    "activities",
    "targets",
    "forecasts",
    "costs",
    "surveys",
    "observations",
];

const DIMENSIONS: &str = include_str!("../../../../../config/dimensions.toml");

impl Model {
    /// The tables that come with Pegel.
    ///
    /// # Panics
    /// If their descriptions are invalid, which a test would have found.
    pub fn built_in() -> Model {
        Model::with(&[], "").expect("what is built in is in order")
    }

    /// The same with what a home adds. A text about a table, each with its name, describes one of its own, or adds
    /// attributes to a built-in one; `dimensions` says where rows carry further dimensions.
    ///
    /// # Errors
    /// What is wrong with one of them, and where.
    pub fn with(tables: &[(&str, &str)], dimensions: &str) -> Result<Model, Diagnostic> {
        let is_built_in = |(name, _): &(&str, &str)| TABLES.iter().any(|(known, _)| known == name);
        let (added_to, own): (Vec<_>, Vec<_>) = tables.iter().copied().partition(is_built_in);
        Model::parse(&Texts { built_in: TABLES, own: &own, added_to: &added_to, dimensions: &[DIMENSIONS, dimensions] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::model::Kind;
    use std::collections::BTreeSet;

    #[test]
    fn the_example_of_the_documentation_is_right() {
        let readme = include_str!("../../../../../config/tables/README.md");
        let example = readme.split("```").nth(1).and_then(|block| block.strip_prefix("toml\n")).unwrap();
        let invoices = Model::with(&[("invoices", example)], "").unwrap().table("invoices").unwrap();
        assert!(invoices.path(&["seller", "partner", "name"]).is_some());
        for kind in Kind::ALL {
            assert!(readme.contains(&format!("`{}`", kind.name())), "{kind:?}");
        }
    }

    #[test]
    fn every_description_of_a_table_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/tables");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let described: BTreeSet<String> =
            files.filter_map(|file| file.strip_suffix(".toml").map(str::to_owned)).collect();
        assert_eq!(Model::built_in().names().map(str::to_owned).collect::<BTreeSet<_>>(), described);
    }
}
