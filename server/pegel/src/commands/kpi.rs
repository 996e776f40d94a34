//! `pegel kpi …`

mod activate;
mod diff;
mod history;
mod junit;
mod new;
mod rollback;
mod shadow;
mod tests;
mod value;

use crate::cli::{self, Global};
use crate::home::say_problems;
use crate::outcome::{Done, Failure, Outcome, answer, note, usage};
use anyhow::anyhow;
use pegel_catalog::files::{Files, Found};
use pegel_catalog::scripts::{self, ScriptFile};
use pegel_catalog::settle::settle;
use pegel_catalog::{Catalog, CatalogError, declared, language, load_scripts};
use pegel_home::Problem;
use pegel_kpi::diagnostic::nearest;
use pegel_kpi::reference::Reference;
use pegel_kpi::script::Language;
use pegel_kpi::script::kpi::Kpi;
use pegel_text::clean::one_line;
use std::path::Path;
use std::sync::Arc;

/// Runs one of the commands on KPIs.
pub fn run(command: cli::Kpi, global: &Global) -> Outcome {
    match command {
        cli::Kpi::List => list(global),
        cli::Kpi::Show { id } => show(&id, global),
        cli::Kpi::Check { path } => check(path.as_deref(), global),
        cli::Kpi::Test(test) => tests::run(&test, global),
        cli::Kpi::New { id, pack } => new::run(&id, &pack, global),
        cli::Kpi::Reference { definitions } => {
            let reference = Reference::of(&Language::new());
            answer(if definitions { reference.definitions() } else { reference.markdown() }.trim_end());
            Ok(Done::InOrder)
        }
        cli::Kpi::Value(value) => value::run(&value, global),
        cli::Kpi::Activate(activate) => activate::run(&activate, global),
        cli::Kpi::Rollback { activation } => rollback::run(activation, global),
        cli::Kpi::History { of } => history::run(of.as_deref(), global),
        cli::Kpi::Diff(diff) => diff::run(&diff, global),
    }
}

fn list(global: &Global) -> Outcome {
    let catalog = global.open(&global.home())?.catalog()?;
    let widest = catalog.kpis.iter().map(|kpi| kpi.id().len()).max().unwrap_or(0);
    for kpi in &catalog.kpis {
        answer(format_args!("{:widest$}  {:10}  {}", kpi.id(), kpi.pack(), one_line(&kpi.declaration.title.en)));
    }
    Ok(Done::InOrder)
}

fn show(id: &str, global: &Global) -> Outcome {
    let catalog = global.open(&global.home())?.catalog()?;
    answer(catalog.kpi(id).map_err(usage)?.source().trim_end());
    Ok(Done::InOrder)
}

/// Loads scripts and says what is wrong; tests are not run.
fn check(path: Option<&Path>, global: &Global) -> Outcome {
    let Sources { scripts, language, problems } = Sources::at(path, global)?;
    let (kpis, wrong) = load_scripts(&language, &scripts);
    for diagnostic in &wrong {
        note(format_args!("{diagnostic}\n"));
    }
    for problem in &problems {
        note(format_args!("{}\n", problem.message));
    }
    if !wrong.is_empty() || !problems.is_empty() {
        note(format_args!("{} in order, {} not", kpis.len(), wrong.len() + problems.len()));
        return Ok(Done::NotInOrder);
    }
    if path.is_none() {
        // Together they must make a catalogue, with the thresholds laid over them.
        if let Err(error) = Catalog::load(&global.home()) {
            note(format_args!("{error:#}"));
            return Ok(Done::NotInOrder);
        }
    }
    answer(format_args!("{} in order", kpis.len()));
    Ok(Done::InOrder)
}

/// Who gives the command, as far as the system says.
fn author() -> Option<String> {
    ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok().filter(|author| !author.is_empty()))
}

/// The file that is meant by its name or by the id of a KPI that it declares in one of these sets.
fn file_named(name: &str, sets: &[&Files]) -> Result<String, Failure> {
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

/// Says what became of files, one a line.
fn answer_changes(after: &Files, before: &Files) {
    for (file, change) in after.changes_since(before) {
        answer(format_args!("{:8} {file}", change.word()));
    }
}

/// The scripts at a path, or all of the home, and the language in the surroundings of the home and of these scripts.
struct Sources {
    scripts: Vec<ScriptFile>,
    language: Arc<Language>,
    /// What is wrong with files that would be among them, or are shared by them.
    problems: Vec<Problem>,
}

impl Sources {
    fn at(path: Option<&Path>, global: &Global) -> Result<Sources, Failure> {
        let found = Found::of_home(&global.home());
        let Some(path) = path else {
            let (language, problems) = surroundings(&found)?;
            return Ok(Sources { scripts: found.files.scripts(), language, problems });
        };
        let (scripts, wrong) = scripts::at(path);
        if scripts.is_empty() && wrong.is_empty() {
            return Err(usage(anyhow!("there is no script below {}", path.display())));
        }
        let found = Found { files: found.files.with_scripts(&scripts), unreadable: Vec::new() };
        let (language, shared) = surroundings(&found)?;
        let asked = |problem: &Problem| scripts.iter().any(|script| script.name == problem.file);
        let (mut problems, others): (Vec<_>, Vec<_>) = shared.into_iter().partition(asked);
        say_problems(&others);
        problems.extend(wrong.iter().flat_map(CatalogError::problems));
        Ok(Sources { scripts, language, problems })
    }
}

/// The language with the helpers, thresholds and calendar that are in order, and what is wrong with the others.
fn surroundings(found: &Found) -> Result<(Arc<Language>, Vec<Problem>), Failure> {
    let settled = settle(found, None, |files| language(&files)).map_err(usage)?;
    let language = settled.made.ok_or_else(|| usage(CatalogError::Files(settled.problems.clone())))?;
    Ok((language, settled.problems))
}
