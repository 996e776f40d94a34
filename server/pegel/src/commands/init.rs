//! `pegel init`

use super::docs;
use super::kpi::new;
use crate::cli::Global;
use crate::config;
use crate::ending::{Done, Ending, Failure, broke, note};
use crate::home::{Home, database_failure};
use anyhow::Context;
use pegel_store::Store;
use std::path::{Path, PathBuf};

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../../config/", $name)))),*]
    };
}

/// What is there to read and to begin with; what lies in folders of examples does nothing. Tables of a home's own come
/// each with a mapping and a KPI.
const EXAMPLES: [(&str, &str); 8] = shipped![
    "imports/examples/leads.toml",
    "reports/examples/partners.toml",
    "tables/examples/quotes.toml",
    "tables/examples/quotes.import.toml",
    "tables/examples/quotes.rhai",
    "tables/examples/support_cases.toml",
    "tables/examples/support_cases.import.toml",
    "tables/examples/support_cases.rhai",
];
/// A KPI to begin with, under a name by which it is not read.
const EXAMPLE_OF_KPI: &str = "kpis/example.rhai.txt";

/// Makes folder, configuration and schema, and leaves existing ones as they are.
pub fn run(dir: Option<PathBuf>, global: &Global) -> Ending {
    let path = dir.unwrap_or_else(|| global.home());
    let home = make(&path, global)?;
    note(format_args!("{} is ready", home.path.display()));
    Ok(Done::InOrder)
}

/// The same, for other commands.
///
/// # Errors
/// If a file cannot be written, or the database cannot be reached.
pub fn make(path: &Path, global: &Global) -> Result<Home, Failure> {
    write_new(&path.join("config/pegel.toml"), config::SHIPPED)?;
    write_new(&path.join("config/thresholds.toml"), pegel_catalog::thresholds::SHIPPED)?;
    write_new(&path.join("config/calendar.toml"), pegel_catalog::calendar::SHIPPED)?;
    for folder in ["config/alerts", "config/channels", "config/imports", "config/reports", "kpis", "templates"] {
        make_folder(&path.join(folder))?;
    }
    for (name, text) in EXAMPLES.into_iter().chain(docs::BESIDE_FILES) {
        write_new(&path.join("config").join(name), text)?;
    }
    write_new(&path.join(EXAMPLE_OF_KPI), &new::script("example"))?;
    let home = global.open(path)?;
    Store::open(&home.database_url()).map_err(database_failure)?.migrate(&home.model).map_err(broke)?;
    Ok(home)
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display())).map_err(broke)
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    if path.exists() {
        return Ok(());
    }
    make_folder(path.parent().unwrap_or(path))?;
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display())).map_err(broke)
}
