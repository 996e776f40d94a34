//! The rules by which rows carry dimensions: `config/dimensions.toml`, the same for all tables.

use super::file::DimensionsFile;
use super::text::Text;
use super::{Column, Kind, Model, Table};
use crate::data::dimension::{Dimension, Located};
use crate::data::path::Path;
use crate::diagnostic::Diagnostic;
use std::sync::Arc;

/// For each dimension, where a row may carry it, best first.
pub(super) struct Rules {
    found: Vec<(Dimension, Vec<Vec<String>>)>,
    /// The tables whose rows are groups.
    groups: Vec<(Dimension, Arc<str>, Arc<Column>)>,
}

impl Rules {
    /// Reads the rules for the tables of a model.
    pub fn read(text: &str, model: &Model) -> Result<Rules, Diagnostic> {
        let source = Text { file: "config/dimensions.toml".to_owned(), text };
        let groups = model.0.iter().filter_map(|table| {
            let (dimension, label) = table.groups.as_ref()?;
            Some((*dimension, table.name.clone(), label.clone()))
        });
        let mut rules = Rules { found: Vec::new(), groups: groups.collect() };
        for (name, places) in source.parsed::<DimensionsFile>()? {
            let dimension = source.dimension(&name)?;
            let mut ways = Vec::new();
            for place in &places {
                let way: Vec<String> = place.as_ref().split('.').map(str::to_owned).collect();
                if !model.tables().any(|table| rules.leads(&table, dimension, &way).is_some()) {
                    let message = format!("“{place}” leads nowhere, from whichever table");
                    let hint = "write a column of texts, or references that lead to one: partner.region".to_owned();
                    return Err(source.wrong(place.span(), message, Some(hint)));
                }
                ways.push(way);
            }
            rules.found.push((dimension, ways));
        }
        let said = |dimension: &Dimension| rules.found.iter().any(|(known, _)| known == dimension);
        if let Some(lacking) = Dimension::ALL.iter().find(|one| **one != Dimension::Month && !said(one)) {
            let hint = format!("write {lacking} = [\"…\"]");
            return Err(source.wrong(0..0, format!("nothing says where {lacking} is found"), Some(hint)));
        }
        Ok(rules)
    }

    /// The dimensions that rows of the table carry, and where.
    pub fn located(&self, table: &Table) -> Vec<(Dimension, Located)> {
        let of = |dimension: Dimension| {
            if dimension == Dimension::Month {
                return Some((dimension, Located::Dated));
            }
            if let Some((_, label)) = table.groups.as_ref().filter(|(groups, _)| *groups == dimension) {
                return Some((dimension, Located::Row { key: Path::own(table.id()), label: Path::own(label) }));
            }
            let (_, ways) = self.found.iter().find(|(known, _)| *known == dimension)?;
            let mut found = ways.iter().filter_map(|way| self.leads(table, dimension, way));
            if self.label(dimension).is_none() {
                let found: Vec<Path> = found.collect();
                return (!found.is_empty()).then_some((dimension, Located::Text(found)));
            }
            let label = found.next()?;
            let key = Path::key_of(&label.references)?;
            Some((dimension, Located::Row { key, label }))
        };
        Dimension::ALL.into_iter().filter_map(of).collect()
    }

    /// The table whose rows are the groups of a dimension, and the column that people know them by.
    fn label(&self, dimension: Dimension) -> Option<(&str, &str)> {
        let (_, table, label) = self.groups.iter().find(|(known, ..)| *known == dimension)?;
        Some((table, &label.name))
    }

    /// The path to the text of a group, if `way` leads to one from this table.
    fn leads(&self, table: &Table, dimension: Dimension, way: &[String]) -> Option<Path> {
        let mut way: Vec<&str> = way.iter().map(String::as_str).collect();
        let groups = self.label(dimension);
        way.extend(groups.map(|(_, label)| label));
        let path = table.path(&way).filter(|path| path.column.kind == Kind::Text)?;
        let ends_at = path.references.last().map(|reference| &*reference.table);
        groups.is_none_or(|(table, _)| ends_at == Some(table)).then_some(path)
    }
}
