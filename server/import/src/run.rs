//! The import of one file: a check of all its rows, then one pass for each table that the mapping fills, all in one
//! transaction.
//!
//! Every pass reads the file again: so nothing but its keys is held in memory, a table is complete before the next one
//! refers to it, and nothing is written before the whole file is known to be readable.

use crate::check::{Checked, check};
use crate::convert::Formats;
use crate::error::ImportError;
use crate::gone::let_go;
use crate::input::{Input, Progress};
use crate::mapping::Mapping;
use crate::summary::{Fate, Summary, TableCounts};
use crate::write::write;
use jiff::tz::TimeZone;
use pegel_kpi::data::currency::Currency;
use pegel_store::Store;
use pegel_store::imports::{ImportRecord, TableRecord};
use pegel_text::clean::one_line;
use std::collections::BTreeSet;
use std::io::{Read, Seek};
use std::sync::Arc;

/// What an import depends on beside the file and the mapping.
#[derive(Debug, Clone)]
pub struct Options {
    /// Do everything, keep nothing.
    pub dry_run: bool,
    /// Whether more than a tenth of a table may go that a complete file no longer has.
    pub allow_shrink: bool,
    /// UTC seconds; dates what changed and what is gone.
    pub now: i64,
    /// In which dates without a zone are meant, unless the mapping names one: the home's.
    pub zone: TimeZone,
    /// In which amounts are.
    pub currency: Currency,
}

/// Imports a file, as it is: packed with gzip or not, in whatever encoding the mapping says. `file` is its name for
/// messages. Rows that cannot be imported are in the summary; all others are, unless it is a dry run.
///
/// # Errors
/// If the file cannot be read as a whole, lacks a column that the mapping names, or the database fails. Then nothing is
/// written.
pub fn import(
    source: impl Read + Seek,
    file: &str,
    mapping: &Mapping,
    store: &Store,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ImportError> {
    let formats = Formats::new(&mapping.format, options.zone.clone(), options.currency.stored_digits());
    let mut input = Input::new(source, file, mapping, &formats, progress)?;
    store.write(!options.dry_run, |writer| {
        writer.write_for(&mapping.system);
        if mapping.brings_money() {
            writer.record_currency(&options.currency)?;
        }
        let mut checked = check(&mut input, writer, options.now)?;
        let_go(writer, mapping, file, &mut checked, options.allow_shrink, options.now)?;
        for table in 0..mapping.tables.len() {
            write(&mut input, writer, table, &mut checked, options.now)?;
        }
        let brought = mapping.tables.iter().zip(&checked.brought).filter(|(_, keys)| !keys.is_empty());
        let brought: BTreeSet<&str> = brought.map(|(table, _)| &*table.table.name).collect();
        let summary = summary(checked, mapping, options);
        writer.record_import(&record(&summary, &brought, file, mapping, options))?;
        Ok(summary)
    })
}

fn summary(checked: Checked, mapping: &Mapping, options: &Options) -> Summary {
    let count = |fate| checked.fates.iter().filter(|&&each| each == fate).count() as u64;
    Summary {
        new: count(Fate::New),
        changed: count(Fate::Changed),
        unchanged: count(Fate::Unchanged),
        left_out: count(Fate::LeftOut),
        rejected: checked.rejected,
        rejected_beyond: checked.rejected_beyond,
        cleaned: checked.cleaned.into_values().collect(),
        keyless: checked.keyless,
        superseded: checked.superseded,
        unresolved: checked.unresolved,
        skipped: checked.skipped,
        tables: checked.tables,
        unused_columns: checked.unused_columns,
        dry_run: options.dry_run,
        header: checked.header,
        delimiter: mapping.format.delimiter,
        byte_order_mark: mapping.format.encoding.is_some(),
    }
}

/// `brought`: the tables for which the file had a row that was taken.
fn record(
    summary: &Summary,
    brought: &BTreeSet<&str>,
    file: &str,
    mapping: &Mapping,
    options: &Options,
) -> ImportRecord {
    let stored = |count: u64| i64::try_from(count).expect("a file has fewer than 2^63 rows");
    // Nothing is known of what is still to come.
    let complete_until = mapping.exported_at.map_or(options.now, |exported| exported.min(options.now));
    let table = |(name, counts): (&Arc<str>, &TableCounts)| TableRecord {
        table: name.to_string(),
        new_rows: stored(counts.new),
        changed_rows: stored(counts.changed),
        unchanged_rows: stored(counts.unchanged),
        back_rows: stored(counts.back),
        gone_rows: stored(counts.gone),
        complete_until: brought.contains(&**name).then_some(complete_until),
    };
    ImportRecord {
        file: one_line(file).into_owned(),
        mapping: mapping.name.clone(),
        system: mapping.system.clone(),
        imported_at: options.now,
        new_rows: stored(summary.new),
        changed_rows: stored(summary.changed),
        unchanged_rows: stored(summary.unchanged),
        rejected_rows: stored(summary.rejected_rows()),
        tables: summary.tables.iter().map(table).collect(),
    }
}
