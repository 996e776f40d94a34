//! `pegel kpi …`

mod junit;
mod new;
mod tests;
mod value;

use crate::cli::{self, Global};
use crate::outcome::{Done, Failure, Outcome, answer, usage};
use anyhow::anyhow;
use pegel_catalog::scripts::{self, ScriptFile};
use pegel_catalog::{language, load_scripts};
use pegel_kpi::script::{Language, Reference};
use std::path::Path;

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
    }
}

fn list(global: &Global) -> Outcome {
    let catalog = global.open(&global.home())?.catalog()?;
    let widest = catalog.kpis.iter().map(|kpi| kpi.id().len()).max().unwrap_or(0);
    for kpi in &catalog.kpis {
        answer(format_args!("{:widest$}  {:10}  {}", kpi.id(), kpi.pack(), kpi.declaration.title.en));
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
    let scripts = scripts_at(path, global)?;
    let (kpis, wrong) = load_scripts(&language(&global.home(), &scripts).map_err(usage)?, &scripts);
    for diagnostic in &wrong {
        eprintln!("{diagnostic}\n");
    }
    if !wrong.is_empty() {
        eprintln!("{} in order, {} not", kpis.len(), wrong.len());
        return Ok(Done::NotInOrder);
    }
    if path.is_none() {
        // Together they must make a catalogue, with the thresholds laid over them.
        if let Err(Failure::Usage(error)) = global.open(&global.home())?.catalog() {
            eprintln!("{error:#}");
            return Ok(Done::NotInOrder);
        }
    }
    answer(format_args!("{} in order", kpis.len()));
    Ok(Done::InOrder)
}

/// The scripts at a path, or all of the home.
fn scripts_at(path: Option<&Path>, global: &Global) -> Result<Vec<ScriptFile>, Failure> {
    let found = match path {
        Some(path) => scripts::at(path),
        None => scripts::of_home(&global.home()),
    };
    let found = found.map_err(usage)?;
    match path {
        Some(path) if found.is_empty() => Err(usage(anyhow!("there is no script below {}", path.display()))),
        _ => Ok(found),
    }
}
