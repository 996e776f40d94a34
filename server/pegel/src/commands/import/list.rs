//! `pegel import list`

use crate::cli::Global;
use crate::ending::{Done, Ending, answer, broke};
use pegel_store::imports::{Import, TableRecord};
use pegel_text::clean::one_line;
use pegel_text::stamps::stamp;

/// A line for each import.
pub fn run(system: Option<&str>, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let (imports, zone) = (home.store()?.imports().map_err(broke)?, home.config.zone());
    for import in imports.iter().filter(|import| system.is_none_or(|system| import.record.system == system)) {
        let record = &import.record;
        let at = stamp(record.imported_at, &zone);
        let (file, state) = (one_line(&record.file), state(import, &|at| stamp(at, &zone)));
        let tables: Vec<String> = record.tables.iter().map(counts).collect();
        let tables = if tables.is_empty() { "nothing".to_owned() } else { tables.join("; ") };
        let system = if record.system.is_empty() { "–" } else { &record.system };
        answer(format_args!("{}\t{at}\t{file}\t{}\t{system}\t{tables}\t{state}", import.id, record.mapping));
    }
    Ok(Done::InOrder)
}

/// Whether it can be taken back, or when it was.
fn state(import: &Import, stamp: &dyn Fn(i64) -> String) -> String {
    match import.undone_at {
        Some(at) => format!("taken back {}", stamp(at)),
        None if import.undoable => "can be taken back".to_owned(),
        None => "stays".to_owned(),
    }
}

/// `leads: 12 new, 3 changed`
fn counts(table: &TableRecord) -> String {
    let TableRecord { new_rows, changed_rows, unchanged_rows, back_rows, gone_rows, .. } = table;
    let counts = [
        (new_rows, "new"),
        (changed_rows, "changed"),
        (unchanged_rows, "unchanged"),
        (back_rows, "back"),
        (gone_rows, "gone"),
    ];
    let counts = counts.into_iter().filter(|(rows, _)| **rows > 0);
    let counts: Vec<String> = counts.map(|(rows, how)| format!("{rows} {how}")).collect();
    format!("{}: {}", table.table, counts.join(", "))
}
