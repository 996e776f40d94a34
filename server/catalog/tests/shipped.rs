//! The KPIs that come with the project load, and pass their own tests.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_catalog::files::Files;
use pegel_catalog::load::{language, load_scripts};
use std::path::Path;

#[test]
fn every_shipped_kpi_passes_its_own_tests() {
    let files = Files::of_home(Path::new("/nonexistent")).unwrap();
    let (kpis, wrong) = load_scripts(&language(&files).unwrap(), &files.scripts());
    let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut failed = Vec::new();
    for kpi in &kpis {
        let results = kpi.run_tests().unwrap_or_else(|error| panic!("{error}"));
        assert!(!results.is_empty(), "{} has no tests", kpi.id());
        let failures = results.into_iter().filter_map(|result| Some((result.name, result.outcome.err()?)));
        failed.extend(failures.map(|(name, difference)| format!("{}: {name}: {difference}", kpi.id())));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(kpis.len() >= 74, "only {} KPIs found", kpis.len());
}
