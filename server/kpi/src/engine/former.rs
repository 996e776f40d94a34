//! What a column held before it was changed, where the model keeps that (`history`): a change records the values before
//! it, so at an instant a row held what the first change after it recorded.

use crate::data::batch::{Dictionary, MISSING_TEXT, Values};
use crate::data::model::{Column, History, Table};
use crate::data::path::{Path, Projection};
use crate::data::scan::{Scan, Source, Window};
use crate::data::scope::Scope;
use crate::engine::rows::{Masked, Rows, Shown};
use crate::engine::sight::Instants;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The changes of one column.
pub struct Former {
    /// The column of the scan with the id of the row that was changed.
    id: usize,
    /// By the bits of the id: until when (UTC seconds) which value was held, in the order of time.
    changes: FxHashMap<u64, Vec<(f64, Held)>>,
    /// All texts, former and present ones.
    texts: Dictionary,
}

#[derive(Clone, Copy)]
enum Held {
    Number(f64),
    /// A code of `texts`.
    Text(u32),
}

impl Former {
    /// The table in which the past of a column is kept, and how; `None` if it is not.
    pub fn kept(table: &Table, path: &Path) -> Option<(Table, History)> {
        let of_column = |kept: &Arc<Column>| kept.name == path.column.name && !path.column.attribute;
        table.reached(path).history().filter(|(_, history)| history.kept.iter().any(of_column))
    }

    /// Asks a source for the changes after an instant; `None` if there are none. `id` is the column of the scan with
    /// the id of the row in which the path ends.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn ask<S: Source>(
        (table, path): (&Table, &Path),
        id: usize,
        after: i64,
        source: &mut S,
    ) -> Result<Option<Former>, S::Error> {
        let Some((changes, history)) = table.reached(path).history() else { return Ok(None) };
        let Some(column) = changes.column(&path.column.name) else { return Ok(None) };
        let columns = [&history.of.column, &history.until, column].map(|column| Projection::of(Path::own(column)));
        let ranges = std::iter::once(after.saturating_add(1)..i64::MAX).collect();
        let window = Some(Window { path: Path::own(&history.until), ranges, lasting: None });
        let scan = Scan { table: changes.clone(), columns: columns.into(), window, scope: Scope::everything() };
        let mut former = Former { id, changes: FxHashMap::default(), texts: Dictionary::default() };
        source.scan(&scan, &mut |batch| {
            let [Values::Numbers(ids), Values::Numbers(untils), held] = &batch.columns[..] else {
                unreachable!("keys and instants are numbers")
            };
            for (row, (id, until)) in ids.iter().zip(untils).enumerate() {
                let held = former.of_change(held, row);
                former.changes.entry(id.to_bits()).or_default().push((*until, held));
            }
        })?;
        former.changes.values_mut().for_each(|changes| changes.sort_by(|(one, _), (other, _)| one.total_cmp(other)));
        Ok((!former.changes.is_empty()).then_some(former))
    }

    fn of_change(&mut self, held: &Values, row: usize) -> Held {
        match held {
            Values::Numbers(numbers) => Held::Number(numbers[row]),
            Values::Texts(codes, dictionary) => {
                Held::Text(dictionary.text(codes[row]).map_or(MISSING_TEXT, |text| self.texts.intern(text)))
            }
        }
    }

    /// When any row is changed next after an instant; infinite if none is.
    pub fn next_after(&self, instant: f64) -> f64 {
        let changes = self.changes.values().flatten().map(|(until, _)| *until);
        changes.filter(|until| *until > instant).fold(f64::INFINITY, f64::min)
    }

    /// What the rows held in a column at these instants; `None` if that is what they hold now.
    pub fn held(&mut self, rows: &Rows, column: usize, at: &Instants) -> Option<Masked> {
        let Shown::Numbers(ids) = rows.at(self.id) else { unreachable!("ids are numbers") };
        let then = |(row, id): (usize, &f64)| {
            let changes = self.changes.get(&id.to_bits())?;
            let after = changes.partition_point(|(until, _)| *until <= at.of(row));
            changes.get(after).map(|(_, held)| (row, *held))
        };
        let held: Vec<(usize, Held)> = ids.iter().enumerate().filter_map(then).collect();
        match rows.at(column) {
            Shown::Numbers(_) if held.is_empty() => None,
            Shown::Numbers(numbers) => {
                let mut numbers = numbers.to_vec();
                for (row, held) in held {
                    numbers[row] = if let Held::Number(number) = held { number } else { f64::NAN };
                }
                Some(Masked::Numbers(numbers))
            }
            // Codes must mean the same in every batch, so all of them are codes of one dictionary.
            Shown::Texts(codes, dictionary) => {
                let texts = &mut self.texts;
                let mut code = |now: &u32| dictionary.text(*now).map_or(MISSING_TEXT, |text| texts.intern(text));
                let mut codes: Vec<u32> = codes.iter().map(&mut code).collect();
                for (row, held) in held {
                    codes[row] = if let Held::Text(code) = held { code } else { MISSING_TEXT };
                }
                Some(Masked::Former(codes, texts.clone()))
            }
        }
    }
}
