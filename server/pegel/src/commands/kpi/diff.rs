//! `pegel kpi diff`: two versions of a file, line by line.

use super::files::file_named;
use crate::cli::{self, Global};
use crate::ending::{Done, Ending, Failure, answer, broke, note, usage};
use anyhow::anyhow;
use pegel_catalog::files::{Files, Found};
use pegel_catalog::lines::unified;
use pegel_store::Store;

/// Prints a unified diff; nothing if there is no difference.
pub fn run(command: &cli::Diff, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let store = home.store()?;
    let (before, before_name) = side(command.before, &store)?;
    let found = Found::of_home(&home.path);
    let (after, after_name) = match command.after {
        Some(id) => side(Some(id), &store)?,
        None => (found.files.clone(), "file".to_owned()),
    };
    let file = file_named(&command.of, &[&before, &after])?;
    if command.after.is_none()
        && let Some(problem) = found.unreadable.iter().find(|problem| problem.file == file)
    {
        return Err(usage(anyhow!("{}", problem.message)));
    }
    let [old, new] = [&before, &after].map(|files| files.text(&file).unwrap_or_default());
    if old == new {
        note(format_args!("{file}: no difference"));
        return Ok(Done::InOrder);
    }
    let lines = unified(old, new);
    answer(format_args!("--- {file}\t{before_name}\n+++ {file}\t{after_name}\n{}", lines.trim_end_matches('\n')));
    Ok(Done::InOrder)
}

/// The files of an activation, or of the latest, and what they are called.
fn side(activation: Option<i64>, store: &Store) -> Result<(Files, String), Failure> {
    let set = if let Some(id) = activation {
        let set = store.activated_set(id).map_err(broke)?;
        set.ok_or_else(|| usage(anyhow!("there is no activation {id}; `pegel kpi history` lists them")))?
    } else {
        let set = store.active_set().map_err(broke)?;
        set.ok_or_else(|| usage(anyhow!("nothing was activated yet: `pegel kpi activate` does that")))?
    };
    Ok((Files::of_versions(set.versions), format!("activation {}", set.activation.id)))
}
