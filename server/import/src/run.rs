//! The import of files, in one pass over them: this thread reads and drafts their rows, another judges them and stages
//! them beside the tables. Only when all of them are known to be readable are the tables written, in one transaction.

use crate::convert::{Formats, Money};
use crate::draft::Drafting;
use crate::error::ImportError;
use crate::gone::{let_go, not_held};
use crate::input::{Input, Passed, Progress};
use crate::judge::{Judge, Judged, layouts};
use crate::mapping::Mapping;
use crate::merge::merge;
use crate::notes::{Note, Noted, counted};
use crate::shown::shown;
use crate::source::{Prepared, SourceFile, prepared};
use crate::summary::{Summary, TableCounts, is_of_rejected};
use crate::watch::Watch;
use jiff::tz::TimeZone;
use pegel_kpi::data::currency::Currency;
use pegel_store::Store;
use pegel_store::facts::{Staging, Superseded};
use pegel_store::imports::{ImportRecord, TableRecord};
use pegel_text::clean::one_line;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

/// How many chunks of rows may wait to be judged.
const AHEAD: usize = 2;

/// What an import depends on beside the file and the mapping.
#[derive(Debug, Clone)]
pub struct Options {
    /// Do everything, keep nothing.
    pub dry_run: bool,
    /// Whether more than a tenth of a table may go that a complete file no longer has.
    pub allow_shrink: bool,
    /// Whether rows are rejected of which something would be noted, and the file if something is odd about all of it.
    pub strict: bool,
    /// UTC seconds; dates what changed and what is gone.
    pub now: i64,
    /// In which dates without a zone are meant, unless the mapping names one: the home's.
    pub zone: TimeZone,
    /// In which amounts are.
    pub currency: Currency,
}

impl Options {
    /// Refuses a file of which something odd is noted, if that is asked for.
    fn check(&self, file: &str, notes: &[Note]) -> Result<(), ImportError> {
        match notes.iter().find(|note| self.strict && note.is_odd()) {
            Some(odd) => Err(ImportError::Odd { file: file.to_owned(), what: odd.to_string() }),
            None => Ok(()),
        }
    }
}

/// Imports one file: [`import_together`] of it alone. `file` is its name for messages.
///
/// # Errors
/// As [`import_together`].
pub fn import(
    source: impl Read + Seek,
    file: &str,
    mapping: &Mapping,
    store: &Store,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ImportError> {
    import_together(vec![SourceFile::new(file, source)], mapping, store, options, progress)
}

/// Imports files as if they were one: CSV, workbooks, JSON, packed or not, in whatever encoding the mapping says. Rows
/// that cannot be imported are in the summary; all others are, unless it is a dry run.
///
/// # Errors
/// If a file cannot be read as a whole, is written into meanwhile, lacks a column that the mapping names, or the database
/// fails. Then nothing is written.
pub fn import_together(
    files: Vec<SourceFile>,
    mapping: &Mapping,
    store: &Store,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ImportError> {
    let mut files = files.into_iter().map(|file| prepared(file, mapping)).collect::<Result<Vec<_>, _>>()?;
    if let Some(timeless) = files.iter().find(|file| file.written_at.is_none()).filter(|_| mapping.needs_time_of_file())
    {
        return Err(ImportError::Timeless { file: timeless.name.clone() });
    }
    let file = &*together(&files);
    let several = files.len() > 1;
    let absent = absent(&files);
    let watch = Watch::new(mapping, files.iter().any(Prepared::is_text));
    let Currency { code, .. } = &options.currency;
    let money = Money { code: Some(code), digits: options.currency.stored_digits() };
    let formats = Formats::new(&mapping.format, options.zone.clone(), money);
    let input = Input::new(&mut files, mapping, &formats, progress);
    let staging = store.staging(&mapping.system, layouts(mapping))?;
    let staged = stage(input, watch, staging, options);
    // Asked first: what else is wrong with a file that is being written comes from that.
    files.iter().try_for_each(Prepared::refuse_changed)?;
    let Staged { mut staging, judged, passed, watch, exported_at } = staged?;
    if let Some(reversed) = watch.reversed(mapping) {
        return Err(reversed.error(file, mapping));
    }
    let superseded = staging.settle(options.now)?;
    let mut notes = noted(mapping, &judged, watch, &superseded);
    let doubtful = passed.doubtful.rows > 0;
    notes.extend(two_lines(mapping, passed.doubtful));
    options.check(file, &notes)?;
    let sections = staging.sections();
    let of_rejected = is_of_rejected(&passed.header);
    let whole = judged.keyless == 0 && !doubtful && !of_rejected;
    staging.merge(!options.dry_run, |writer| {
        writer.begin_import()?;
        if mapping.brings_money() {
            writer.record_currency(&options.currency)?;
        }
        let gone = if whole {
            let_go(writer, mapping, &sections, file, options.allow_shrink, options.now)?
        } else {
            BTreeMap::new()
        };
        let mut merged = |tables| progress(Progress::merging(tables, passed.size, mapping));
        let mut course = merge(writer, mapping, &sections, &judged, (file, options.now), &mut merged)?;
        for (table, gone) in gone {
            course.tables.entry(table).or_default().gone = gone;
        }
        for (table, rows) in &judged.left_out_of {
            course.tables.entry(table.clone()).or_default().left_out = *rows;
        }
        if whole {
            for (table, rows) in not_held(writer, mapping, &sections, &judged.brought)? {
                course.tables.entry(table).or_default().not_held = rows;
            }
        }
        options.check(file, &course.notes)?;
        let (new, changed) = (course.new, course.changed);
        notes.append(&mut course.notes);
        let brought = mapping.tables.iter().zip(&judged.brought).filter(|(_, brought)| **brought);
        let brought: BTreeSet<&str> = brought.map(|(table, _)| &*table.table.name).collect();
        let summary = Summary {
            new,
            changed,
            unchanged: judged.taken - new - changed,
            left_out: judged.left_out,
            rejected: judged.rejected,
            rejected_beyond: judged.rejected_beyond,
            keyless: judged.keyless,
            of_rejected: of_rejected && mapping.tables.iter().any(|table| table.complete),
            superseded: superseded.iter().map(|of_table| of_table.rows).sum(),
            unresolved: course.unresolved,
            odd: notes,
            reasons: judged.reasons.told(),
            tables: course.tables,
            absent_columns: absent,
            unused_columns: passed.unused,
            skipped: passed.skipped,
            system: mapping.system.clone(),
            several_files: several,
            exported_ahead: exported_at.filter(|at| *at > options.now),
            dry_run: options.dry_run,
            header: passed.header,
            skip_lines: mapping.format.skip_lines.unwrap_or(0),
            delimiter: mapping.format.delimiter,
            byte_order_mark: mapping.format.encoding.is_some(),
        };
        let until = exported_at.map_or(options.now, |exported| exported.min(options.now));
        writer.record_import(&record(&summary, &brought, file, mapping, (options.now, until)))?;
        Ok(summary)
    })
}

/// The rows of files that can be imported, and what is known of the files since they were read.
struct Staged {
    staging: Staging,
    judged: Judged,
    passed: Passed,
    watch: Watch,
    /// When they were exported, as the mapping says it, in UTC seconds.
    exported_at: Option<i64>,
}

/// Stages the rows of files that can be imported.
fn stage(input: Input, watch: Watch, staging: Staging, options: &Options) -> Result<Staged, ImportError> {
    let mapping = input.mapping;
    let mut drafting = Drafting::new(mapping, input.formats, watch, options.now, options.strict);
    thread::scope(|scope| {
        let (sender, candidates) = sync_channel(AHEAD);
        let judging = scope.spawn(move || {
            let mut judge = Judge::new(mapping, staging);
            candidates.into_iter().try_for_each(|chunk| judge.chunk(chunk))?;
            Ok(judge.end())
        });
        // Where nobody takes a chunk any more, the other thread has failed and says why when it ends.
        let passed = input.pass(|chunk| sender.send(drafting.chunk(chunk)).is_ok());
        drop(sender);
        let judged: Result<_, ImportError> = judging.join().unwrap_or_else(|panic| resume_unwind(panic));
        let (staging, judged) = judged?;
        let exported_at = drafting.exported_at;
        Ok(Staged { staging, judged, passed: passed?, watch: drafting.end(), exported_at })
    })
}

/// What is odd about rows and columns of files, before they are merged.
fn noted(mapping: &Mapping, judged: &Judged, watch: Watch, superseded: &[Superseded]) -> Vec<Note> {
    let names: Vec<&str> = mapping.tables.iter().map(|table| &*table.table.name).collect();
    let mut notes = judged.notes.told(&names);
    notes.extend(watch.notes(mapping, judged.taken + judged.left_out));
    notes.extend(judged.cleaned.iter().map(|(column, noted)| cleaned(&mapping.columns[*column], noted)));
    let gave_way = mapping.tables.iter().zip(superseded).filter(|(_, superseded)| superseded.rows > 0);
    notes.extend(gave_way.map(|(table, Superseded { rows, keys })| {
        let (gave, later) = (counted(*rows, "row"), if *rows == 1 { "a later row" } else { "later rows" });
        let message = format!("{gave} gave way to {later} with the same key");
        Note { rows: *rows, ..Note::named(&table.table, table.table.key(), "superseded", message, keys) }
    }));
    notes
}

/// Rows took two lines, each of which could be a row.
fn two_lines(mapping: &Mapping, doubtful: Noted) -> Option<Note> {
    let (rows, take) = (counted(doubtful.rows, "row"), if doubtful.rows == 1 { "takes" } else { "take" });
    let is_complete = mapping.tables.iter().any(|table| table.complete);
    let gone = if is_complete { " Nothing is taken for gone" } else { "" };
    let message =
        format!("{rows} {take} two lines, each of which could be a row: is a quote left open in the first?{gone}");
    (doubtful.rows > 0).then(|| Note::of_file("", "two_lines", message, doubtful))
}

/// Values of a column held what cannot be seen, such as control characters, or letters whose accents stand apart.
fn cleaned(column: &str, noted: &Noted) -> Note {
    let values = counted(noted.rows, "value");
    let message = format!("{values} of “{}” cleaned of what cannot be seen", shown(column));
    Note::of_file(column, "cleaned", message, noted.clone())
}

/// What files are called together.
fn together(files: &[Prepared]) -> String {
    match files {
        [] => String::new(),
        [file] => file.name.clone(),
        [first, second] => format!("{} and {}", first.name, second.name),
        [first, more @ ..] => format!("{} and {} other files", first.name, more.len()),
    }
}

fn absent(files: &[Prepared]) -> Vec<(String, String)> {
    files.iter().flat_map(|file| file.absent().iter().map(|column| (file.name.clone(), column.clone()))).collect()
}

/// `brought`: the tables for which the file had a row that was taken. They are complete `until`.
fn record(
    summary: &Summary,
    brought: &BTreeSet<&str>,
    file: &str,
    mapping: &Mapping,
    (now, until): (i64, i64),
) -> ImportRecord {
    let stored = |count: u64| i64::try_from(count).expect("a file has fewer than 2^63 rows");
    let table = |(name, counts): (&Arc<str>, &TableCounts)| TableRecord {
        table: name.to_string(),
        new_rows: stored(counts.new),
        changed_rows: stored(counts.changed),
        unchanged_rows: stored(counts.unchanged),
        back_rows: stored(counts.back),
        gone_rows: stored(counts.gone),
        complete_until: brought.contains(&**name).then_some(until),
        columns: if brought.contains(&**name) { mapping.brings_to(name) } else { Vec::new() },
    };
    // Of the others it is only known what they do not have.
    let is_of_import = |(name, counts): &(&Arc<str>, &TableCounts)| brought.contains(&***name) || counts.written() > 0;
    ImportRecord {
        file: one_line(file).into_owned(),
        mapping: mapping.name.clone(),
        system: mapping.system.clone(),
        imported_at: now,
        new_rows: stored(summary.new),
        changed_rows: stored(summary.changed),
        unchanged_rows: stored(summary.unchanged),
        rejected_rows: stored(summary.rejected_rows()),
        tables: summary.tables.iter().filter(is_of_import).map(table).collect(),
    }
}
