//! What the commands on versions share: finding a file, and listing changes.

use crate::ending::{Failure, answer, usage};
use anyhow::anyhow;
use pegel_catalog::files::Files;
use pegel_catalog::load::declared;
use pegel_kpi::diagnostic::nearest;
use pegel_kpi::script::kpi::Kpi;

/// Finds a file of these sets by its name or by the id of a KPI that it declares.
pub fn file_named(name: &str, sets: &[&Files]) -> Result<String, Failure> {
    let file = name.strip_prefix("kpis/").unwrap_or(name);
    if sets.iter().any(|files| files.text(file).is_some()) {
        return Ok(file.to_owned());
    }
    let kpis: Vec<Kpi> = sets.iter().flat_map(|files| declared(files)).collect();
    if let Some(kpi) = kpis.iter().find(|kpi| kpi.id() == name) {
        return Ok(kpi.file.clone());
    }
    let files = sets.iter().flat_map(|files| files.names());
    match nearest(name, kpis.iter().map(Kpi::id).chain(files)) {
        Some(near) => Err(usage(anyhow!("there is no KPI and no file “{name}”; did you mean “{near}”?"))),
        None => Err(usage(anyhow!("there is no KPI and no file “{name}”; `pegel kpi list` lists the KPIs"))),
    }
}

/// Lists the changed files, one per line.
pub fn answer_changes(after: &Files, before: &Files) {
    for (file, change) in after.changes_since(before) {
        answer(format_args!("{:8} {file}", change.word()));
    }
}
