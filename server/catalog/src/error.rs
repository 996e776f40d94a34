//! Why there is no catalogue, or no such KPI.

use pegel_home::Problem;
use pegel_kpi::diagnostic::{Diagnostic, nearest};
use pegel_kpi::script::kpi::Kpi;
use pegel_store::StoreError;
use std::fmt::Write as _;

/// Why there is no catalogue, or no such KPI in it.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("{}", drawn(.0))]
    Scripts(Vec<Diagnostic>),
    #[error("two KPIs are called “{id}”: {first} and {second}; give one of them another id")]
    Twice { id: String, first: String, second: String },
    #[error("no KPI is called “{id}”{hint}")]
    Unknown { id: String, hint: String },
    #[error("{file}: {message}")]
    Configuration { file: &'static str, message: String },
    #[error(transparent)]
    Unreadable(#[from] pegel_home::Unreadable),
    /// Files that cannot be read, where all must be.
    #[error("{}", told(.0))]
    Files(Vec<Problem>),
    #[error("tests of KPIs fail; `pegel kpi activate --force` puts them in force all the same\n{}", told(.0))]
    FailedTests(Vec<Problem>),
    /// The database lacks tables of the model.
    #[error(transparent)]
    Tables(StoreError),
}

fn drawn(diagnostics: &[Diagnostic]) -> String {
    let drawn: Vec<String> = diagnostics.iter().map(Diagnostic::to_string).collect();
    drawn.join("\n\n")
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("\n")
}

impl CatalogError {
    /// What is wrong, by file.
    pub fn problems(&self) -> Vec<Problem> {
        let problem = |file: &str| Problem::new(file, self);
        match self {
            CatalogError::Scripts(diagnostics) => {
                diagnostics.iter().map(|diagnostic| Problem::new(&diagnostic.file, diagnostic)).collect()
            }
            CatalogError::Twice { first, second, .. } => vec![problem(first), problem(second)],
            CatalogError::Configuration { file, .. } => vec![problem(file)],
            CatalogError::Unreadable(unreadable) => vec![problem(&unreadable.path.to_string_lossy())],
            CatalogError::Files(problems) | CatalogError::FailedTests(problems) => problems.clone(),
            CatalogError::Tables(_) => vec![problem("config/tables")],
            CatalogError::Unknown { .. } => vec![problem("")],
        }
    }
}

/// What to do about an id that no KPI has.
pub(crate) fn did_you_mean(id: &str, kpis: &[Kpi]) -> String {
    let mut hint = String::new();
    match nearest(id, kpis.iter().map(Kpi::id)) {
        Some(near) => _ = write!(hint, "; did you mean “{near}”?"),
        None => hint.push_str("; `pegel kpi list` lists them"),
    }
    hint
}
