//! The later passes: each writes one table of the mapping, from the whole file.

use crate::check::Checked;
use crate::error::ImportError;
use crate::input::{Chunk, Input};
use crate::mapping::{Lookup, Policy, TableMapping};
use crate::row::{Cell, Draft, Occurrences, Row};
use crate::summary::{Fate, TableCounts};
use pegel_kpi::data::model::{Column, Kind, Table};
use pegel_store::facts::{Fact, Facts, Found, Value, Writer, Written};
use serde_json::Map;
use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Seek};
use std::sync::Arc;

/// A row to be written.
struct Due {
    /// The number of the row in the file.
    number: usize,
    line: u64,
    draft: Draft,
}

/// Writes the table at that place of the mapping and counts what became of each row.
pub(crate) fn write<S: Read + Seek>(
    input: &mut Input<S>,
    writer: &mut Writer,
    at: usize,
    checked: &mut Checked,
    now: i64,
) -> Result<(), ImportError> {
    let (mapping, formats, file) = (input.mapping, input.formats, input.file);
    let table = &mapping.tables[at];
    let mut seen = Occurrences::new();
    input.pass(|Chunk { first, records, places }| {
        let (mut due, mut former) = (Vec::new(), Vec::new());
        for (offset, record) in records.iter().enumerate().filter(|(_, record)| record.broken.is_none()) {
            let number = first + offset;
            let row = Row { cells: &record.cells, places, mapping, formats };
            // Rejected rows are read once more, since they count as occurrences.
            let Ok(Some(mut draft)) = row.draft(table, &mut seen) else { continue };
            if checked.fates[number] == Fate::Rejected {
                continue;
            }
            let Some(last) = checked.brought[at].get(&draft.key) else { continue };
            let held_before = draft.valid_from.is_some() && draft.valid_from != last.valid_from;
            if last.row == number {
                if last.dated {
                    // It holds later than what the others say.
                    draft.valid_from.get_or_insert(now);
                }
                due.push(Due { number, line: record.line, draft });
            } else if held_before {
                former.push(Due { number, line: record.line, draft });
            }
        }
        let mut chapter = Chapter { writer: &mut *writer, table, file, now, checked: &mut *checked };
        chapter.write(due)?;
        chapter.write_former(former)
    })?;
    Ok(())
}

/// Some rows of one table on their way into the database.
struct Chapter<'a> {
    writer: &'a mut Writer,
    table: &'a TableMapping,
    file: &'a str,
    now: i64,
    checked: &'a mut Checked,
}

impl Chapter<'_> {
    fn write(&mut self, mut due: Vec<Due>) -> Result<(), ImportError> {
        for place in 0..self.table.columns.len() {
            if let Some(lookup) = &self.table.columns[place].1.lookup {
                self.relate(&mut due, place, lookup)?;
            }
        }
        let columns = self.table.columns.iter().map(|(column, _)| column.clone()).collect();
        self.upsert(columns, due)
    }

    /// Rows that are not the last of their keys bring what held before: the values of columns that keep their spans.
    fn write_former(&mut self, mut former: Vec<Due>) -> Result<(), ImportError> {
        let spans = |at: &usize| self.table.columns[*at].0.spans;
        let spanning: Vec<usize> = (0..self.table.columns.len()).filter(spans).collect();
        for Due { draft, .. } in &mut former {
            draft.cells = spanning.iter().map(|&at| draft.cells[at].clone()).collect();
            draft.attributes.clear();
        }
        let columns = spanning.iter().map(|&at| self.table.columns[at].0.clone()).collect();
        self.upsert(columns, former)
    }

    fn upsert(&mut self, columns: Vec<Arc<Column>>, due: Vec<Due>) -> Result<(), ImportError> {
        let (numbers, rows): (Vec<usize>, Vec<Fact>) = due.into_iter().map(|due| (due.number, fact(due.draft))).unzip();
        let written = self.writer.upsert(&Facts { table: self.table.table.clone(), columns, rows }, self.now)?;
        for (number, written) in numbers.into_iter().zip(written) {
            let fate = &mut self.checked.fates[number];
            *fate = (*fate).max(written.into());
            count(self.checked.tables.entry(self.table.table.name.clone()).or_default(), written);
        }
        Ok(())
    }

    /// Puts the ids of related rows into one column, creating those rows where the mapping says so.
    fn relate(&mut self, due: &mut [Due], place: usize, lookup: &Lookup) -> Result<(), ImportError> {
        let texts: BTreeSet<&str> = due.iter().filter_map(|due| related(&due.draft.cells[place])).collect();
        let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        let mut finds = self.find(lookup, &lookup.column, &texts)?;
        if lookup.policy == Policy::Create {
            let absent = |finds: &HashMap<String, Found>| {
                texts.iter().filter(|text| !finds.contains_key(*text)).cloned().collect::<Vec<_>>()
            };
            // Who is not found by name may be there by key, under another name, and is left as it is.
            let absent_by_name = absent(&finds);
            finds.extend(self.find(lookup, lookup.table.key(), &absent_by_name)?);
            let unknown = absent(&finds);
            self.create(&lookup.table, &unknown)?;
            finds.extend(self.find(lookup, lookup.table.key(), &unknown)?);
        }
        for due in due {
            let Some(text) = related(&due.draft.cells[place]) else { continue };
            let id = match finds.get(text) {
                Some(Found::One(id)) => Value::Integer(*id),
                None if lookup.policy == Policy::Optional => {
                    self.checked.unresolved += 1;
                    Value::Missing
                }
                // Checked in the first pass, in this transaction.
                Some(Found::Several) | None => {
                    let (file, table) = (self.file.to_owned(), lookup.table.name.to_string());
                    return Err(ImportError::Moved { file, line: due.line, table, text: text.to_owned() });
                }
            };
            due.draft.cells[place] = Cell::Value(id);
        }
        Ok(())
    }

    fn find(
        &mut self,
        lookup: &Lookup,
        column: &Column,
        texts: &[String],
    ) -> Result<HashMap<String, Found>, ImportError> {
        if texts.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(self.writer.find(&lookup.table, column, texts)?)
    }

    /// Creates rows that only have a key and, where the table has one, the same for a name.
    fn create(&mut self, table: &Table, keys: &[String]) -> Result<(), ImportError> {
        if keys.is_empty() {
            return Ok(());
        }
        let name = table.column("name").filter(|column| column.kind == Kind::Text);
        let fact = |key: &String| Fact {
            key: key.clone(),
            values: name.iter().map(|_| Value::Text(key.clone())).collect(),
            attributes: Map::new(),
            valid_from: None,
        };
        let facts = Facts {
            table: table.clone(),
            columns: name.into_iter().cloned().collect(),
            rows: keys.iter().map(fact).collect(),
        };
        for written in self.writer.upsert(&facts, self.now)? {
            count(self.checked.tables.entry(table.name.clone()).or_default(), written);
        }
        Ok(())
    }
}

fn related(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Related(text) => Some(text),
        Cell::Value(_) => None,
    }
}

fn fact(draft: Draft) -> Fact {
    let value = |cell| match cell {
        Cell::Value(value) => value,
        Cell::Related(_) => Value::Missing,
    };
    Fact {
        key: draft.key,
        values: draft.cells.into_iter().map(value).collect(),
        attributes: draft.attributes,
        valid_from: draft.valid_from,
    }
}

fn count(counts: &mut TableCounts, written: Written) {
    match written {
        Written::New => counts.new += 1,
        Written::Changed => counts.changed += 1,
        Written::Unchanged => counts.unchanged += 1,
        Written::Back => counts.back += 1,
    }
}
