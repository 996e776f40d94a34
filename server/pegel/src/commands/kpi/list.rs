//! `pegel kpi list`: the KPIs in force.

use crate::cli::Global;
use crate::ending::{Done, Ending, answer};
use pegel_text::clean::one_line;

/// Lists them with pack and title.
pub fn run(global: &Global) -> Ending {
    let catalog = global.open(&global.home())?.catalog()?;
    let widest = catalog.kpis.iter().map(|kpi| kpi.id().len()).max().unwrap_or(0);
    for kpi in &catalog.kpis {
        answer(format_args!(
            "{:widest$}  {:10}  {}",
            kpi.id(),
            kpi.pack(),
            one_line(kpi.declaration.title.in_english())
        ));
    }
    Ok(Done::InOrder)
}
