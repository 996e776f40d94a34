//! `pegel kpi test`: runs the tests that travel with the scripts. Needs no database.

use super::junit::{Case, Report, Suite};
use super::sources::Sources;
use crate::cli::{self, Global};
use crate::ending::{Done, Ending, answer, note, usage};
use anyhow::{Context, anyhow};
use pegel_kpi::testing::coverage::{Block, Branch, What};
use pegel_kpi::testing::{TestResult, Tested};
use regex::Regex;
use std::time::Duration;

/// Runs all tests of the scripts at a path, or of the home.
pub fn run(command: &cli::Test, global: &Global) -> Ending {
    let Sources { scripts, language, problems } = Sources::at(command.path.as_deref(), global)?;
    let wanted = command.run.as_deref().map(Regex::new).transpose().context("--run").map_err(usage)?;
    let wants =
        |file: &str, name: &str| wanted.as_ref().is_none_or(|wanted| wanted.is_match(&format!("{file}: {name}")));
    let mut tally = Tally::default();
    let mut suites = Vec::new();
    for script in scripts.iter().filter(|script| script.library().is_none()) {
        let file = &script.name;
        match language.test(file, &script.text, &|name| wants(file, name)) {
            Ok(tested) => {
                suites.extend((!tested.results.is_empty()).then(|| suite(file, &tested.results)));
                tally.add(file, &tested, wanted.is_none());
            }
            Err(diagnostic) => {
                note(format_args!("{diagnostic}\n"));
                suites.push(broken(file, &diagnostic.to_string()));
                tally.failed += 1;
            }
        }
    }
    for problem in &problems {
        note(format_args!("{}\n", problem.message));
        suites.push(broken(&problem.file, &problem.message));
        tally.failed += 1;
    }
    if let Some(path) = &command.junit {
        let report = Report { suites };
        std::fs::write(path, report.to_string()).with_context(|| path.display().to_string()).map_err(usage)?;
    }
    tally.say(wanted.is_none());
    if wanted.is_some() && tally.passed + tally.failed == 0 {
        return Err(usage(anyhow!("no test's “FILE: NAME” matches the expression after --run")));
    }
    Ok(if tally.failed == 0 { Done::InOrder } else { Done::NotInOrder })
}

fn suite(file: &str, results: &[TestResult]) -> Suite {
    let case = |result: &TestResult| Case {
        name: result.name.clone(),
        class: result.kpi.clone(),
        took: result.time,
        failure: result.outcome.as_ref().err().cloned(),
    };
    Suite { name: file.to_owned(), cases: results.iter().map(case).collect() }
}

/// A script that does not load fails as a whole.
fn broken(file: &str, message: &str) -> Suite {
    let (name, class) = ("loads".to_owned(), file.to_owned());
    let case = Case { name, class, took: Duration::ZERO, failure: Some(message.to_owned()) };
    Suite { name: file.to_owned(), cases: vec![case] }
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    untested: usize,
    blocks: Reach,
    measures: Reach,
}

/// How many of all were reached.
#[derive(Default)]
struct Reach {
    reached: usize,
    all: usize,
}

impl Reach {
    fn add(&mut self, reached: bool) {
        self.all += 1;
        self.reached += usize::from(reached);
    }
}

impl Tally {
    fn add(&mut self, file: &str, tested: &Tested, all: bool) {
        if all && tested.results.is_empty() {
            note(format_args!("warning: {file} has no tests"));
            self.untested += 1;
        }
        for result in &tested.results {
            match &result.outcome {
                Ok(()) => self.passed += 1,
                Err(difference) => {
                    self.failed += 1;
                    answer(format_args!("{file}: {}: {}", result.kpi, result.name));
                    difference.lines().for_each(|line| answer(format_args!("    {line}")));
                }
            }
        }
        if all {
            self.cover(file, tested);
        }
    }

    fn cover(&mut self, file: &str, tested: &Tested) {
        for (block, reached) in &tested.blocks {
            self.blocks.add(*reached);
            if !reached {
                note(format_args!("{file}:{}:{}: no test reaches {}", block.line, block.column, described(block)));
            }
        }
        for (kpi, measure, reached) in &tested.measures {
            self.measures.add(*reached);
            if !reached {
                note(format_args!("{file}: in no test of {kpi} does “{measure}” count a row"));
            }
        }
    }

    fn say(&self, all: bool) {
        if self.untested > 0 {
            note(format_args!("{} without tests", self.untested));
        }
        answer(format_args!("{} passed, {} failed", self.passed, self.failed));
        if all {
            let (blocks, measures) = (&self.blocks, &self.measures);
            answer(format_args!(
                "reached {} of {} measures, {} of {} functions and branches",
                measures.reached, measures.all, blocks.reached, blocks.all
            ));
        }
    }
}

fn described(block: &Block) -> String {
    match &block.what {
        What::Function(name) => format!("the function “{name}”"),
        What::Branch(Branch::If) => "the branch behind this if".to_owned(),
        What::Branch(Branch::ElseIf) => "the branch behind this else if".to_owned(),
        What::Branch(Branch::Else) => "the branch behind this else".to_owned(),
        What::Loop => "the body of this loop".to_owned(),
        What::Closure => "the body of this closure".to_owned(),
        What::Other => "this block".to_owned(),
    }
}
