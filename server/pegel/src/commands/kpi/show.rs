//! `pegel kpi show`: the script of a KPI in force, and how it is judged.

use crate::cli::Global;
use crate::ending::{Done, Ending, answer, note, usage};
use pegel_catalog::judged_by::judged_by;

/// Prints the script, so that it can be put into a file, and beside it what configuration makes of its thresholds.
pub fn run(id: &str, global: &Global) -> Ending {
    let catalog = global.open(&global.home())?.catalog()?;
    let kpi = catalog.kpi(id).map_err(usage)?;
    answer(kpi.source().trim_end());
    note(format_args!("\nIn force, as config/thresholds.toml says it:\n\n{}", judged_by(&kpi.declaration).trim_end()));
    Ok(Done::InOrder)
}
