//! The names of groups that rows carry as texts, such as regions: those that look like another, beside which they would
//! be a group of their own.

use crate::alike;
use crate::at::At;
use crate::cell::Cell;
use crate::error::ImportError;
use crate::mapping::{Mapping, TableMapping};
use crate::notes::{Note, Noted, counted};
use crate::row::Draft;
use pegel_kpi::data::dimension::{Dimension, Located};
use pegel_kpi::data::model::{Column, Model, Table};
use pegel_kpi::data::path::Path;
use pegel_kpi::data::scope::carriers;
use pegel_store::facts::Value;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A column with more texts than these names no groups that anybody looks at.
const MOST: usize = 500;

/// The texts of the columns of a file that put rows into groups.
#[derive(Default)]
pub(crate) struct Spellings(Vec<Names>);

struct Names {
    /// The place of the table in the mapping, and that of the column in the table.
    place: (usize, usize),
    dimension: Dimension,
    rows: HashMap<String, Noted>,
}

impl Spellings {
    pub fn new(mapping: &Mapping) -> Spellings {
        let tables = mapping.tables.iter().enumerate();
        Spellings(
            tables
                .flat_map(|(at, table)| {
                    named(table).map(move |(column, dimension)| Names {
                        place: (at, column),
                        dimension,
                        rows: HashMap::new(),
                    })
                })
                .collect(),
        )
    }

    /// What a row brings to each table.
    pub fn see(&mut self, drafts: &[Option<Draft>], at: &At) {
        for Names { place: (table, column), rows, .. } in &mut self.0 {
            let Some(Cell::Value(Value::Text(text))) = drafts[*table].as_ref().map(|draft| &draft.cells[*column])
            else {
                continue;
            };
            if let Some(noted) = rows.get_mut(text) {
                noted.add(at, "");
            } else if rows.len() <= MOST {
                rows.entry(text.clone()).or_default().add(at, "");
            }
        }
    }

    /// Notes on the texts that look like others, of this file or of what is there: `texts` answers with those of a
    /// column, if they are not too many.
    pub fn notes(
        &self,
        mapping: &Mapping,
        mut texts: impl FnMut(&Table, &Column, usize) -> Result<Option<Vec<String>>, ImportError>,
    ) -> Result<Vec<Note>, ImportError> {
        let (mut notes, mut known) = (Vec::new(), HashMap::new());
        for names in self.0.iter().filter(|names| (1..=MOST).contains(&names.rows.len())) {
            let table = &mapping.tables[names.place.0];
            let known = match known.entry(&names.dimension) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(there(table.table.model(), &names.dimension, &mut texts)?),
            };
            notes.extend(names.note(table, known));
        }
        Ok(notes)
    }
}

impl Names {
    /// `known`: the texts that are there already. Of those that look alike, the one with the most rows is meant.
    fn note(&self, table: &TableMapping, known: &[String]) -> Option<Note> {
        let mut names: Vec<(&String, &Noted)> = self.rows.iter().filter(|(name, _)| !known.contains(name)).collect();
        names.sort_by_key(|(name, noted)| (Reverse(noted.rows), *name));
        let (mut noted, mut known) = (Noted::default(), alike::Names::new(known.to_vec(), names.len()));
        for (name, rows) in names {
            if let Some(like) = known.like(name) {
                noted.add_all(rows, &like);
            }
            known.add(name);
        }
        let Noted { rows, first } = noted;
        let message = format!(
            "{} {} a {} that looks like another, and makes a group of its own: write them alike, or map one to the \
             other under `values`",
            counted(rows, "row"),
            if rows == 1 { "has" } else { "have" },
            self.dimension
        );
        let (table, column) = (table.table.name.to_string(), table.columns[self.place.1].0.name.to_string());
        (rows > 0).then_some(Note { table, column, kind: "alike", message, rows, names: 0, first })
    }
}

/// The groups of a dimension that are there, by the `texts` of columns. Those of long tables are not read for this.
fn there(
    model: &Model,
    dimension: &Dimension,
    texts: &mut impl FnMut(&Table, &Column, usize) -> Result<Option<Vec<String>>, ImportError>,
) -> Result<Vec<String>, ImportError> {
    let mut known = Vec::new();
    for (table, column) in carriers(model, dimension) {
        if table.exists_since().is_none() {
            known.extend(texts(&table, &column, MOST)?.unwrap_or_default());
        }
    }
    known.sort_unstable();
    Ok(known)
}

/// The columns of a table that hold names of groups, by their places.
fn named(table: &TableMapping) -> impl Iterator<Item = (usize, Dimension)> {
    let own = |column| {
        let holds = |dimension: &&Dimension| match table.table.located(dimension) {
            Some(Located::Text(paths)) => paths.contains(&Path::own(column)),
            _ => false,
        };
        table.table.dimensions().find(holds).cloned()
    };
    let columns = table.columns.iter().enumerate().filter(|(_, (column, _))| column.words.is_empty());
    columns.filter_map(move |(at, (column, _))| Some((at, own(column)?)))
}
