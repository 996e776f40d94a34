//! `pegel import list`

use crate::cli::Global;
use crate::ending::{Done, Ending, answer, broke, note};
use pegel_kpi::diagnostic::nearest;
use pegel_store::imports::{Import, TableRecord};
use pegel_text::clean::one_line;
use pegel_text::stamps::stamp;
use std::collections::BTreeSet;

/// A line for each import.
pub fn run(system: Option<&str>, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let (imports, zone) = (home.store()?.imports().map_err(broke)?, home.config.zone());
    if let Some(system) = system.filter(|system| imports.iter().all(|import| import.record.system != **system)) {
        note(unknown(system, &imports));
    }
    let newest = imports.iter().find(|import| import.undone_at.is_none()).map(|import| import.id);
    for import in imports.iter().filter(|import| system.is_none_or(|system| import.record.system == system)) {
        let record = &import.record;
        let at = stamp(record.imported_at, &zone);
        let (file, state) = (one_line(&record.file), state(import, newest, &|at| stamp(at, &zone)));
        let tables: Vec<String> = record.tables.iter().map(counts).collect();
        let tables = if tables.is_empty() { "nothing".to_owned() } else { tables.join("; ") };
        let system = if record.system.is_empty() { "–" } else { &record.system };
        answer(format_args!("{}\t{at}\t{file}\t{}\t{system}\t{tables}\t{state}", import.id, record.mapping));
    }
    Ok(Done::InOrder)
}

/// A system that nothing was imported for may be misspelt.
fn unknown(system: &str, imports: &[Import]) -> String {
    let known: BTreeSet<&str> = imports.iter().map(|import| &*import.record.system).collect();
    let known: Vec<&str> = known.into_iter().filter(|known| !known.is_empty()).collect();
    let hint = match nearest(system, known.iter().copied()) {
        Some(near) => format!("did you mean “{near}”?"),
        None if known.is_empty() => "there are no imports of a system".to_owned(),
        None => format!("there are imports of {}", known.join(", ")),
    };
    format!("nothing was imported for “{}”; {hint}", one_line(system))
}

/// Whether it can be taken back, or when it was. Only of the newest is that known without a look at all rows.
fn state(import: &Import, newest: Option<i64>, stamp: &dyn Fn(i64) -> String) -> String {
    match import.undone_at {
        Some(at) => format!("taken back {}", stamp(at)),
        None if import.undoable && newest == Some(import.id) => "can be taken back".to_owned(),
        None if import.undoable => "can be taken back, unless a later one wrote or needs its rows".to_owned(),
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
