//! Which files of a home are not in order, of those that the pages do not read themselves.

use crate::composer::check;
use crate::config::{self, Config};
use pegel_catalog::live::Live;
use pegel_delivery::Channels;
use pegel_delivery::channel::set_up;
use pegel_home::{Each, Kept, Problem};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_report::definition::{self, ReportDefinition};
use pegel_report::render::Templates;
use pegel_web::problem::{self, About};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A function that looks for them whenever it is called.
pub fn finder(
    home: PathBuf,
    live: Arc<Live>,
    templates: Arc<Kept<Templates>>,
    channels: Channels,
) -> Arc<dyn Fn() -> Vec<problem::Problem> + Send + Sync> {
    Arc::new(move || {
        let of = |about, all: Vec<Problem>| all.into_iter().map(move |one| problem::Problem::of_file(about, one));
        let templates = templates.current();
        of(About::Report, reports(&home, &live, &templates.value))
            .chain(of(About::Alert, alerts(&home)))
            .chain(of(About::Template, templates.problems()))
            .chain(of(About::Mapping, mappings(&home, &live.current().model)))
            .chain(of(About::Configuration, wrong(channels.all(), set_up::file_of)))
            .chain(of(About::Configuration, configuration(&home)))
            .collect()
    })
}

/// A report is in order if it can be made.
fn reports(home: &Path, live: &Live, templates: &Templates) -> Vec<Problem> {
    let catalog = live.current();
    let check = |report: ReportDefinition| check(&report, &catalog, templates);
    let checked = |all: Each<_, _>| all.into_iter().map(|(name, report)| (name, report.and_then(check))).collect();
    wrong(definition::all(home).map(checked), definition::file_of)
}

fn alerts(home: &Path) -> Vec<Problem> {
    wrong(pegel_alert::definition::all(home), pegel_alert::definition::file_of)
}

fn mappings(home: &Path, model: &Model) -> Vec<Problem> {
    wrong(Mapping::all(home, model), Mapping::file_of)
}

/// What is wrong in one folder, or why it cannot be read.
fn wrong<T, E: ToString>(all: Result<Each<T, E>, E>, file_of: fn(&str) -> String) -> Vec<Problem> {
    match all {
        Ok(all) => {
            all.iter().filter_map(|(name, one)| Some(Problem::new(file_of(name), one.as_ref().err()?))).collect()
        }
        Err(error) => vec![Problem::new(file_of("*"), &error)],
    }
}

/// The server reads its configuration only when it starts; a mistake made since then would keep it from restarting.
fn configuration(home: &Path) -> Vec<Problem> {
    Config::of_home(home).err().map(|error| Problem::new(config::FILE, &format!("{error:#}"))).into_iter().collect()
}
