//! The KPIs that come with the project load, and pass their own tests.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_catalog::files::Files;
use pegel_catalog::load::{language, load_scripts};
use std::path::Path;

/// Their rows are written down later than they are dated, and corrected where they come from: bills, web analytics. No
/// milestone says when.
const WRITTEN_DOWN_LATER: [&str; 2] = ["costs", "observations"];

#[test]
fn a_shipped_kpi_settles_after_some_time_if_what_it_counts_becomes_known_later() {
    let files = Files::of_home(Path::new("/nonexistent")).unwrap();
    let (kpis, _) = load_scripts(&language(&files).unwrap(), &files.scripts());
    let mut wrong = Vec::new();
    for kpi in &kpis {
        let later = kpi.known_later();
        let corrected = kpi.tables().any(|table| WRITTEN_DOWN_LATER.contains(&&*table.name));
        match kpi.declaration.settles_after {
            None if !later.is_empty() => wrong.push(format!("{} never settles, but reads {later:?}", kpi.id())),
            Some(_) if later.is_empty() && !corrected => wrong.push(format!("{} settles from the start", kpi.id())),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let settling = |id: &str| kpis.iter().find(|kpi| kpi.id() == id).unwrap().known_later();
    assert!(settling("feedback_rate").contains("feedback_at"));
    assert!(settling("lead_conversion_rate").contains("opportunities"));
}

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
