//! Staged rows → tables: what they refer to is found, or created where the mapping says so, and each table of the mapping
//! is merged, in its order. All in the transaction of the [`Writer`].

use crate::alike::alike;
use crate::error::ImportError;
use crate::judge::Judged;
use crate::mapping::{Lookup, Mapping, Policy, TableMapping};
use crate::notes::{Note, counted};
use crate::summary::TableCounts;
use pegel_kpi::data::model::{Column, Kind, Table};
use pegel_store::facts::{Fact, Facts, Merged, Section, Value, Writer};
use serde_json::Map;
use std::collections::BTreeMap;
use std::sync::Arc;

/// With more texts than these none are compared.
const MOST_COMPARED: usize = 20_000;

/// What became of the rows.
#[derive(Default)]
pub(crate) struct Course {
    pub tables: BTreeMap<Arc<str>, TableCounts>,
    /// Optional look-ups that found nothing.
    pub unresolved: u64,
    /// What look-ups created or did not find, and names of groups that look alike.
    pub notes: Vec<Note>,
    /// Rows of the file that brought something new to any table.
    pub new: u64,
    /// Of the others those that changed something.
    pub changed: u64,
}

/// Takes over what is staged of `file` for the tables of a mapping, at `now` (UTC seconds). `merged` is told how many
/// tables are done.
pub(crate) fn merge(
    writer: &mut Writer,
    mapping: &Mapping,
    sections: &[Section],
    judged: &Judged,
    (file, now): (&str, i64),
    merged: &mut dyn FnMut(usize),
) -> Result<Course, ImportError> {
    let texts = |table: &Table, column: &Column, most: usize| Ok(writer.texts_of(table, column, most)?);
    let notes = judged.spellings.notes(mapping, texts)?;
    let mut merging = Merging { writer, mapping, file, now, course: Course { notes, ..Course::default() } };
    for ((table, column), unfound) in &judged.unfound {
        if let Some(lookup) = &mapping.tables[*table].columns[*column].1.lookup {
            merging.note_near_misses(lookup, &unfound.iter().cloned().collect::<Vec<_>>())?;
        }
    }
    for (number, (table, section)) in mapping.tables.iter().zip(sections).enumerate() {
        if judged.brought[number] {
            merging.table(table, section)?;
        }
        merged(number + 1);
    }
    if sections.len() > 1 {
        // A row may have brought something to several tables.
        (merging.course.new, merging.course.changed) = merging.writer.fates(sections)?;
    }
    Ok(merging.course)
}

struct Merging<'a> {
    writer: &'a mut Writer,
    mapping: &'a Mapping,
    file: &'a str,
    now: i64,
    course: Course,
}

impl Merging<'_> {
    fn table(&mut self, table: &TableMapping, section: &Section) -> Result<(), ImportError> {
        for (place, (_, rule)) in table.columns.iter().enumerate() {
            if let Some(lookup) = &rule.lookup {
                self.relate(section, place, lookup)?;
            }
        }
        let merged = self.writer.merge(section, self.now)?;
        self.course.notes.extend(undated(table, merged.new));
        self.course.notes.extend(what_rows_were(table, &merged));
        if merged.changed > 0 && self.mapping.system.is_empty() && !table.update_only {
            self.note_rivals(table, merged.changed)?;
        }
        self.course.new = merged.new;
        self.course.changed = merged.changed + merged.back;
        add(self.counts(&table.table), merged);
        Ok(())
    }

    /// Says which other mappings brought the same columns, where neither says whose rows they are: what changed may be a
    /// row of theirs that happens to have the same key.
    fn note_rivals(&mut self, table: &TableMapping, changed: u64) -> Result<(), ImportError> {
        let columns: Vec<&str> = table.columns.iter().map(|(column, _)| &*column.name).collect();
        let rivals = self.writer.mappings_without_system(&table.table, &columns)?;
        let rivals: Vec<String> = rivals.into_iter().filter(|name| *name != self.mapping.name).collect();
        if !rivals.is_empty() {
            let message = format!(
                "{} of {} changed, and other mappings without a `system` bring the same columns: name a system in each if \
                 their keys mean different rows",
                counted(changed, "row"),
                table.table.name
            );
            let note = Note::named(&table.table, table.table.key(), "shared", message, &rivals);
            self.course.notes.push(Note { rows: changed, ..note });
        }
        Ok(())
    }

    /// Finds the rows that one column refers to, creating them where the mapping says so.
    fn relate(&mut self, section: &Section, place: usize, lookup: &Lookup) -> Result<(), ImportError> {
        self.writer.gather(section, place)?;
        self.writer.resolve(section, place, &lookup.table, &lookup.column)?;
        let mut absent = self.writer.unresolved(section, place)?;
        if lookup.policy == Policy::Create && !absent.is_empty() {
            // Who is not found by name may be there by key, under another name, and is left as it is.
            self.writer.resolve(section, place, &lookup.table, lookup.table.key())?;
            let unknown = self.writer.unresolved(section, place)?;
            self.create(&lookup.table, &unknown)?;
            self.note_created(lookup, &unknown)?;
            self.writer.resolve(section, place, &lookup.table, lookup.table.key())?;
            absent = self.writer.unresolved(section, place)?;
        }
        if lookup.policy == Policy::Optional && !absent.is_empty() {
            let rows = self.writer.rows_unresolved(section, place)?;
            self.course.unresolved += rows;
            return self.note_unresolved(lookup, &absent, rows);
        }
        match absent.into_iter().next() {
            None => Ok(()),
            // It was found, or brought, when the row was judged.
            Some(text) => {
                let (file, table) = (self.file.to_owned(), lookup.table.name.to_string());
                Err(ImportError::Moved { file, table, text })
            }
        }
    }

    /// Says by name what was created, and what of it looks like what is there already.
    fn note_created(&mut self, lookup: &Lookup, created: &[String]) -> Result<(), ImportError> {
        if created.is_empty() {
            return Ok(());
        }
        let table = &lookup.table;
        let message = format!("{} of {} created", counted(created.len() as u64, "row"), table.name);
        self.course.notes.push(Note::named(table, &lookup.column, "created", message, created));
        let alike = self.alike(lookup, created)?;
        if !alike.is_empty() {
            let message = format!(
                "{} of {} created that look like others: name them alike, or map one to the other under `values`",
                counted(alike.len() as u64, "row"),
                table.name
            );
            self.course.notes.push(Note::named(table, &lookup.column, "alike", message, &alike));
        }
        Ok(())
    }

    fn note_unresolved(&mut self, lookup: &Lookup, absent: &[String], rows: u64) -> Result<(), ImportError> {
        let table = &lookup.table;
        let message = format!(
            "{} {} to what has no row in {} by its {}, and the reference stays missing",
            counted(rows, "row"),
            if rows == 1 { "refers" } else { "refer" },
            table.name,
            lookup.column.name
        );
        self.course.notes.push(Note { rows, ..Note::named(table, &lookup.column, "unresolved", message, absent) });
        self.note_near_misses(lookup, absent)
    }

    /// Says which of the texts that found nothing look like one that is there.
    fn note_near_misses(&mut self, lookup: &Lookup, absent: &[String]) -> Result<(), ImportError> {
        let table = &lookup.table;
        let alike = self.alike(lookup, absent)?;
        if !alike.is_empty() {
            let message = format!(
                "{} that {} not found {} like {}: name them alike, or map one to the other under `values`",
                counted(alike.len() as u64, "name"),
                if alike.len() == 1 { "was" } else { "were" },
                if alike.len() == 1 { "looks" } else { "look" },
                table.name
            );
            self.course.notes.push(Note::named(table, &lookup.column, "alike", message, &alike));
        }
        Ok(())
    }

    /// Of these texts those that look like others of the column, each with the one that it looks like.
    fn alike(&mut self, lookup: &Lookup, texts: &[String]) -> Result<Vec<String>, ImportError> {
        let known = self.writer.texts_of(&lookup.table, &lookup.column, MOST_COMPARED)?;
        Ok(known.map_or_else(Vec::new, |known| alike(texts, known)))
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
            changed_at: None,
        };
        let facts = Facts {
            table: table.clone(),
            columns: name.into_iter().cloned().collect(),
            rows: keys.iter().map(fact).collect(),
        };
        let mut merged = Merged::default();
        self.writer.upsert(&facts, self.now)?.into_iter().for_each(|written| merged.add(written, 1));
        add(self.counts(table), merged);
        Ok(())
    }

    fn counts(&mut self, table: &Table) -> &mut TableCounts {
        self.course.tables.entry(table.name.clone()).or_default()
    }
}

/// Notes on rows that were there already, and not as the file has them.
fn what_rows_were(table: &TableMapping, merged: &Merged) -> impl Iterator<Item = Note> {
    let note = |kind, rows: u64, one: &str, several: &str| {
        let said = if rows == 1 { one } else { several };
        let message = format!("{} of {} {said}", counted(rows, "row"), table.table.name);
        (rows > 0).then(|| Note { rows, ..Note::named(&table.table, table.table.key(), kind, message, &[]) })
    };
    let named = note(
        "named",
        merged.named,
        "that was known by name alone has a key now",
        "that were known by name alone have a key now",
    );
    let adopted = note(
        "adopted",
        merged.adopted,
        "of which nobody had said whose it is is this system's now",
        "of which nobody had said whose they are are this system's now",
    );
    let namesakes = note(
        "namesakes",
        merged.namesakes,
        "was made by a look-up of another system for a name that this file brings: look-ups by that name find both, and take \
         neither; import the file first, or look its keys up",
        "were made by look-ups of another system for names that this file brings: look-ups by these names find both, and take \
         neither; import the file first, or look its keys up",
    );
    let older = note(
        "older",
        merged.older,
        "changed before something that is known of it already, and was taken all the same: import exports in their order",
        "changed before something that is known of them already, and were taken all the same: import exports in their order",
    );
    [named, adopted, namesakes, older].into_iter().flatten()
}

/// A note on new rows, of which the mapping does not say when what they tell of was.
fn undated(table: &TableMapping, new: u64) -> Option<Note> {
    let is_named = |column: &Arc<Column>| table.columns.iter().any(|(named, _)| named == column);
    let every = table.table.columns.iter().filter(|column| column.every_row);
    let date = table.table.exists_since().into_iter().chain(every).find(|column| !is_named(column))?;
    let message = format!(
        "{} {} no {}, which the mapping does not name: what counts by it leaves {} out",
        counted(new, "new row"),
        if new == 1 { "has" } else { "have" },
        date.name,
        if new == 1 { "it" } else { "them" },
    );
    (new > 0).then(|| Note { rows: new, names: 0, ..Note::named(&table.table, date, "dateless", message, &[]) })
}

fn add(counts: &mut TableCounts, Merged { new, changed, unchanged, back, .. }: Merged) {
    counts.new += new;
    counts.changed += changed;
    counts.unchanged += unchanged;
    counts.back += back;
}
