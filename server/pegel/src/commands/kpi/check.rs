//! `pegel kpi check`: what is wrong with scripts. Needs no database.

use super::sources::Sources;
use crate::cli::Global;
use crate::ending::{Done, Ending, answer, note};
use pegel_catalog::Catalog;
use pegel_catalog::load::load_scripts;
use std::path::Path;

/// Loads scripts and says what is wrong, and which KPIs do not say that their figures change; tests are not run.
pub fn run(path: Option<&Path>, global: &Global) -> Ending {
    let Sources { scripts, language, problems } = Sources::at(path, global)?;
    let (kpis, wrong) = load_scripts(&language, &scripts);
    for diagnostic in &wrong {
        note(format_args!("{diagnostic}\n"));
    }
    for problem in &problems {
        note(format_args!("{}\n", problem.message));
    }
    for kpi in kpis.iter().filter(|kpi| kpi.declaration.settles_after.is_none()) {
        let later: Vec<String> = kpi.known_later().into_iter().collect();
        if !later.is_empty() {
            let (id, later) = (kpi.id(), later.join(", "));
            note(format_args!("warning: {id} counts what becomes known after a period ({later}): say settles_after"));
        }
    }
    if !wrong.is_empty() || !problems.is_empty() {
        note(format_args!("{} in order, {} not", kpis.len(), wrong.len() + problems.len()));
        return Ok(Done::NotInOrder);
    }
    if path.is_none() {
        // Together with the thresholds they must make a catalogue.
        if let Err(error) = Catalog::load(&global.home()) {
            note(format_args!("{error:#}"));
            return Ok(Done::NotInOrder);
        }
    }
    answer(format_args!("{} in order", kpis.len()));
    Ok(Done::InOrder)
}
