//! A set of files on its way into force: loaded, and its tests run.

use crate::files::Files;
use crate::load::load_files;
use crate::{Catalog, CatalogError};
use pegel_home::Problem;
use pegel_kpi::script::kpi::Kpi;

/// A set of files that could be in force.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub files: Files,
    pub catalog: Catalog,
    /// How many tests failed; the problems name them.
    pub failed_tests: usize,
    /// One for each file with tests that failed.
    pub problems: Vec<Problem>,
}

impl Candidate {
    /// Loads the files and runs the tests of the scripts that may compute something other than those in force; what is
    /// in force has been tested, or was activated in spite of its tests.
    ///
    /// # Errors
    /// What is wrong, if they do not load.
    pub fn new(files: Files, in_force: Option<&Files>) -> Result<Candidate, CatalogError> {
        let (kpis, model) = load_files(&files)?;
        let affected = in_force.map(|in_force| files.affected_since(in_force));
        let is_affected = |kpi: &&Kpi| affected.as_ref().is_none_or(|affected| affected.contains(&kpi.file.as_str()));
        // Before thresholds are laid over them: the tests of a script are about the script.
        let (mut problems, mut failed_tests) = failed(kpis.iter().filter(is_affected));
        let lost = in_force.map(|in_force| without_their_tests(&files, in_force)).unwrap_or_default();
        failed_tests += lost.len();
        problems.extend(lost);
        let catalog = Catalog::laid_over(kpis, model, &files)?;
        Ok(Candidate { files, catalog, failed_tests, problems })
    }

    /// The same, but a failed test is an error.
    ///
    /// # Errors
    /// What is wrong, if they do not load or a test fails.
    pub fn flawless(files: Files, in_force: Option<&Files>) -> Result<Candidate, CatalogError> {
        let candidate = Candidate::new(files, in_force)?;
        if candidate.failed_tests == 0 { Ok(candidate) } else { Err(CatalogError::FailedTests(candidate.problems)) }
    }
}

/// Scripts that had tests and no longer do: somebody is still writing them, or the file is cut off.
fn without_their_tests(files: &Files, in_force: &Files) -> Vec<Problem> {
    let tested = |text: &str| text.lines().any(|line| line.trim_start().starts_with("fn tests("));
    let lost =
        |file: &&str| in_force.text(file).is_some_and(tested) && files.text(file).is_some_and(|text| !tested(text));
    let problem = |file: &str| Problem {
        file: file.to_owned(),
        message: format!("{file}: the version in force has tests, this one has none"),
    };
    files.names().filter(lost).map(problem).collect()
}

/// The tests that fail, by file, and how many they are.
fn failed<'a>(kpis: impl Iterator<Item = &'a Kpi>) -> (Vec<Problem>, usize) {
    let mut problems: Vec<Problem> = Vec::new();
    let mut count = 0;
    for kpi in kpis {
        let failed = failed_of(kpi);
        count += failed.len();
        if failed.is_empty() {
            continue;
        }
        let message = failed.join("\n");
        match problems.iter_mut().find(|problem| problem.file == kpi.file) {
            Some(problem) => problem.message = format!("{}\n{message}", problem.message),
            None => problems.push(Problem::new(&kpi.file, &message)),
        }
    }
    (problems, count)
}

/// Each test of a KPI that fails, with what differed.
fn failed_of(kpi: &Kpi) -> Vec<String> {
    match kpi.run_tests() {
        Ok(results) => results
            .into_iter()
            .filter_map(|result| result.outcome.err().map(|difference| (result.name, difference)))
            .map(|(name, difference)| format!("{}: {name}\n{}", kpi.file, indented(&difference)))
            .collect(),
        Err(diagnostic) => vec![diagnostic.to_string()],
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
