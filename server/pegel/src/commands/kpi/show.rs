//! `pegel kpi show`: the script of a KPI in force.

use crate::cli::Global;
use crate::outcome::{Done, Outcome, answer, usage};

/// Prints it.
pub fn run(id: &str, global: &Global) -> Outcome {
    let catalog = global.open(&global.home())?.catalog()?;
    answer(catalog.kpi(id).map_err(usage)?.source().trim_end());
    Ok(Done::InOrder)
}
