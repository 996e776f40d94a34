//! Which files of a home are not in order, of those that the pages do not read themselves.

use crate::config::{self, Config};
use pegel_catalog::live::Live;
use pegel_home::{Kept, Problem};
use pegel_import::Mapping;
use pegel_report::definition;
use pegel_report::render::Templates;
use pegel_web::problems::{FileKind, FileProblem};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Looks for them each time it is asked.
pub fn finder(
    home: PathBuf,
    live: Arc<Live>,
    templates: Arc<Kept<Templates>>,
) -> Arc<dyn Fn() -> Vec<FileProblem> + Send + Sync> {
    Arc::new(move || {
        let of = |kind, problems: Vec<Problem>| problems.into_iter().map(move |problem| FileProblem::of(kind, problem));
        of(FileKind::Report, reports(&home, &live))
            .chain(of(FileKind::Template, templates.current().problems()))
            .chain(of(FileKind::Mapping, mappings(&home)))
            .chain(of(FileKind::Configuration, configuration(&home)))
            .collect()
    })
}

/// A report is in order if all that it shows is in force as well.
fn reports(home: &Path, live: &Live) -> Vec<Problem> {
    let all = match definition::all(home) {
        Ok(all) => all,
        Err(error) => return vec![problem(&definition::file_of("*"), &error)],
    };
    let catalog = live.current();
    let checked =
        all.into_iter().map(|(name, report)| (name, report.and_then(|report| report.kpis(&catalog).map(drop))));
    checked.filter_map(|(name, report)| Some(problem(&definition::file_of(&name), &report.err()?))).collect()
}

fn mappings(home: &Path) -> Vec<Problem> {
    let names = Mapping::names(home).into_iter();
    names.filter_map(|name| Some(problem(&Mapping::file_of(&name), &Mapping::find(home, &name).err()?))).collect()
}

/// What is configured counts from the start of the server on; what is wrong by now keeps it from starting again.
fn configuration(home: &Path) -> Vec<Problem> {
    Config::of_home(home).err().map(|error| problem(config::FILE, &format!("{error:#}"))).into_iter().collect()
}

fn problem(file: &str, error: &impl ToString) -> Problem {
    Problem { file: file.to_owned(), message: error.to_string() }
}
