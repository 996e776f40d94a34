//! `pegel kpi …`

mod activate;
mod asked;
mod check;
mod condition;
mod diff;
mod figures;
mod files;
mod history;
mod junit;
mod kept;
mod list;
pub mod new;
mod rollback;
mod rows;
mod shadow;
mod show;
mod sources;
mod tests;
mod value;

use crate::cli::{self, Global};
use crate::ending::{Done, Ending, Failure, answer, usage};
use pegel_catalog::load::model_of_home;
use pegel_kpi::reference::Reference;
use pegel_kpi::script::Language;

/// Runs one of the commands on KPIs.
pub fn run(command: cli::Kpi, global: &Global) -> Ending {
    match command {
        cli::Kpi::List => list::run(global),
        cli::Kpi::Show { id } => show::run(&id, global),
        cli::Kpi::Check { path } => check::run(path.as_deref(), global),
        cli::Kpi::Test(test) => tests::run(&test, global),
        cli::Kpi::New { id, pack } => new::run(&id, &pack, global),
        cli::Kpi::Reference { definitions } => {
            let reference = reference(global)?;
            answer(if definitions { reference.definitions() } else { reference.markdown() }.trim_end());
            Ok(Done::InOrder)
        }
        cli::Kpi::Value(value) => value::run(&value, global),
        cli::Kpi::Rows(rows) => rows::run(&rows, global),
        cli::Kpi::Activate(activate) => activate::run(&activate, global),
        cli::Kpi::Rollback { activation } => rollback::run(activation, global),
        cli::Kpi::History { of } => history::run(of.as_deref(), global),
        cli::Kpi::Diff(diff) => diff::run(&diff, global),
        cli::Kpi::Kept { forget } => kept::run(forget, global),
    }
}

/// The reference of the language, with the home's tables.
///
/// # Errors
/// If these are not in order.
pub fn reference(global: &Global) -> Result<Reference, Failure> {
    Ok(Reference::of(&Language::about(model_of_home(&global.home()).map_err(usage)?)))
}
