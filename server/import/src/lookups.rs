//! What look-ups find before anything is written. Many rows refer to few others, so what was found is remembered; as
//! much of it as fits into a few megabytes.

use pegel_kpi::data::model::{Column, Table};
use pegel_store::StoreError;
use pegel_store::facts::{Found, Staging};
use std::collections::HashMap;

/// How many texts are remembered of one column.
const REMEMBERED: usize = 50_000;

/// What is known of some columns.
#[derive(Default)]
pub(crate) struct Lookups<'a> {
    columns: Vec<Looked<'a>>,
}

/// What is known of the texts of one column.
struct Looked<'a> {
    table: &'a Table,
    column: &'a Column,
    known: HashMap<String, Option<Found>>,
    /// Texts that the database is to be asked for.
    asked: Vec<String>,
}

impl<'a> Lookups<'a> {
    /// Forgets what is too much.
    pub fn begin(&mut self) {
        for looked in self.columns.iter_mut().filter(|looked| looked.known.len() > REMEMBERED) {
            looked.known.clear();
        }
    }

    /// Asks for a text with the next [`Lookups::answer`].
    pub fn ask(&mut self, table: &'a Table, column: &'a Column, text: &str) {
        let at = self.at(table, column).unwrap_or_else(|| {
            self.columns.push(Looked { table, column, known: HashMap::new(), asked: Vec::new() });
            self.columns.len() - 1
        });
        let looked = &mut self.columns[at];
        if !looked.known.contains_key(text) {
            looked.known.insert(text.to_owned(), None);
            looked.asked.push(text.to_owned());
        }
    }

    fn at(&self, table: &Table, column: &Column) -> Option<usize> {
        self.columns.iter().position(|looked| looked.column.name == column.name && looked.table.name == table.name)
    }

    /// Asks the database, once for each column.
    pub fn answer(&mut self, staging: &mut Staging) -> Result<(), StoreError> {
        for looked in self.columns.iter_mut().filter(|looked| !looked.asked.is_empty()) {
            let found = staging.find(looked.table, looked.column, &looked.asked)?;
            looked.known.extend(found.into_iter().map(|(text, found)| (text, Some(found))));
            looked.asked.clear();
        }
        Ok(())
    }

    /// What was found by a text.
    pub fn found(&self, table: &Table, column: &Column, text: &str) -> Option<Found> {
        self.columns[self.at(table, column)?].known.get(text).copied()?
    }
}
