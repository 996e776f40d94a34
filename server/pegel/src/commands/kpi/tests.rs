//! `pegel kpi test`: runs the tests that travel with the scripts. Needs no database.

use super::scripts_at;
use crate::cli::Global;
use crate::outcome::{Done, Outcome, answer};
use pegel_catalog::load_scripts;
use pegel_kpi::kpi::Kpi;
use pegel_kpi::script::Language;
use std::path::Path;
use std::sync::Arc;

/// Runs all tests of the scripts at a path, or of the home.
pub fn run(path: Option<&Path>, global: &Global) -> Outcome {
    let (kpis, wrong) = load_scripts(&Arc::new(Language::new()), &scripts_at(path, global)?);
    let mut tally = Tally { failed: wrong.len(), ..Tally::default() };
    for diagnostic in &wrong {
        eprintln!("{diagnostic}\n");
    }
    for kpi in &kpis {
        tally.add(kpi);
    }
    answer(format_args!("{} passed, {} failed", tally.passed, tally.failed));
    if tally.untested > 0 {
        eprintln!("{} without tests", tally.untested);
    }
    Ok(if tally.failed == 0 { Done::InOrder } else { Done::NotInOrder })
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    untested: usize,
}

impl Tally {
    fn add(&mut self, kpi: &Kpi) {
        let results = match kpi.run_tests() {
            Ok(results) => results,
            Err(diagnostic) => {
                eprintln!("{diagnostic}\n");
                self.failed += 1;
                return;
            }
        };
        if results.is_empty() {
            eprintln!("warning: {} has no tests", kpi.file);
            self.untested += 1;
        }
        for result in results {
            match result.outcome {
                Ok(()) => self.passed += 1,
                Err(difference) => {
                    self.failed += 1;
                    answer(format_args!("{}: {}", kpi.file, result.name));
                    difference.lines().for_each(|line| answer(format_args!("    {line}")));
                }
            }
        }
    }
}
