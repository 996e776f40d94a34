//! `pegel kpi show`: the script of a KPI in force.

use crate::cli::Global;
use crate::ending::{Done, Ending, answer, usage};

/// Prints it.
pub fn run(id: &str, global: &Global) -> Ending {
    let catalog = global.open(&global.home())?.catalog()?;
    answer(catalog.kpi(id).map_err(usage)?.source().trim_end());
    Ok(Done::InOrder)
}
