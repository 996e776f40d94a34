//! `pegel import undo`

use crate::cli::Global;
use crate::ending::{Done, Ending, answer, broke, note, usage};
use pegel_catalog::load::model_of_home;
use pegel_store::undo::{UndoError, Undone, UndoneRows};
use pegel_text::clean::one_line;

/// Takes back an import, and says what became of its rows.
pub fn run(import: Option<i64>, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let model = model_of_home(&home.path).map_err(usage)?;
    let undone = home.store()?.undo_import(import, &model, global.clock().now().as_second());
    let Undone { import, tables } = undone.map_err(|error| match error {
        UndoError::Store(error) => broke(error),
        refused => usage(refused),
    })?;
    for (table, UndoneRows { removed, restored }) in tables {
        let rows = [(removed, "removed"), (restored, "as before")].into_iter().filter(|(rows, _)| *rows > 0);
        let rows: Vec<String> = rows.map(|(rows, how)| format!("{rows} {how}")).collect();
        note(format_args!("{table}: {}", rows.join(", ")));
    }
    answer(format_args!("import {} of {} is taken back", import.id, one_line(&import.record.file)));
    Ok(Done::InOrder)
}
