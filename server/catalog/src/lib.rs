//! Which KPIs are in force: the built-in scripts, a home's own, and the configured thresholds laid over them.
//!
//! - [`live`]: what is [`in_force`] in a running server, while files change
//! - [`activation`]: what is in force by what was activated before; going on to other files, and back
//! - [`settle`]: how many of the files found can be in force together; what is not in order waits, alone
//! - [`candidate`]: files that are not in force yet: do they load, do their tests pass?
//! - [`shadow`]: what they would have said about past periods
//! - [`Catalog`]: KPIs with thresholds; all that is wrong is said at once, and a catalogue with an error is no catalogue
//! - [`files`]: all texts that it is made from, as one value; [`scripts`], built in or from the home; [`thresholds`],
//!   from `config/thresholds.toml`, with the parameters that scripts leave open; [`calendar`], from
//!   `config/calendar.toml`: when is worked
//! - [`health`]: how computing a KPI went last

pub mod activation;
pub mod calendar;
pub mod candidate;
pub mod files;
pub mod health;
pub mod in_force;
pub mod live;
pub mod scripts;
pub mod settle;
pub mod shadow;
pub mod thresholds;

use files::Files;
use pegel_home::Problem;
use pegel_kpi::data::model::Model;
use pegel_kpi::diagnostic::{Diagnostic, nearest};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::script::{Environment, Language};
use pegel_text::digest::sha256;
use scripts::ScriptFile;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use thresholds::Thresholds;

/// The KPIs in force, with configured thresholds laid over those of their scripts.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// Sorted by id.
    pub kpis: Vec<Kpi>,
    /// What was laid over the scripts' own thresholds.
    pub thresholds: Thresholds,
    /// SHA-256 of the text of the thresholds' file, in hex.
    pub thresholds_sha256: String,
}

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
}

fn drawn(diagnostics: &[Diagnostic]) -> String {
    let drawn: Vec<String> = diagnostics.iter().map(Diagnostic::to_string).collect();
    drawn.join("\n\n")
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("\n")
}

impl Catalog {
    /// Loads the built-in KPIs and those of `home/kpis`, which replace a built-in of the same file name, and lays the
    /// thresholds of `home/config/thresholds.toml` over them. For whoever wants all files to be in order.
    ///
    /// # Errors
    /// All that is wrong in the scripts, or what is wrong in the thresholds.
    pub fn load(home: &Path) -> Result<Catalog, CatalogError> {
        Catalog::of(&Files::of_home(home)?)
    }

    /// The catalogue that these files make.
    ///
    /// # Errors
    /// All that is wrong in the scripts, or what is wrong in the thresholds.
    pub fn of(files: &Files) -> Result<Catalog, CatalogError> {
        Catalog::laid_over(load_files(files)?, files)
    }

    /// These KPIs with the thresholds of the files laid over them.
    fn laid_over(mut kpis: Vec<Kpi>, files: &Files) -> Result<Catalog, CatalogError> {
        kpis.sort_by(|a, b| a.id().cmp(b.id()));
        if let Some(pair) = kpis.windows(2).find(|pair| pair[0].id() == pair[1].id()) {
            let [first, second] = [&pair[0], &pair[1]].map(|kpi| kpi.file.clone());
            return Err(CatalogError::Twice { id: pair[0].id().to_owned(), first, second });
        }
        let text = files.text(thresholds::FILE).unwrap_or_default();
        let thresholds = Thresholds::parse(text)?;
        thresholds.lay_over(&mut kpis)?;
        Ok(Catalog { kpis, thresholds, thresholds_sha256: sha256(text) })
    }

    /// The KPI of that id.
    ///
    /// # Errors
    /// If there is none; the hint names the nearest.
    pub fn kpi(&self, id: &str) -> Result<&Kpi, CatalogError> {
        let found = self.kpis.iter().find(|kpi| kpi.id() == id);
        found.ok_or_else(|| CatalogError::Unknown { id: id.to_owned(), hint: did_you_mean(id, &self.kpis) })
    }
}

/// The language of the built-in tables in the surroundings that these files make: helpers, parameters, calendar.
///
/// # Errors
/// If a helper or the configuration is not in order.
pub fn language(files: &Files) -> Result<Arc<Language>, CatalogError> {
    let environment = Environment {
        model: Model::built_in(),
        libraries: files.libraries(),
        parameters: Thresholds::parse(files.text(thresholds::FILE).unwrap_or_default())?.parameters(),
        calendar: Arc::new(calendar::parse(files.text(calendar::FILE).unwrap_or(calendar::SHIPPED))?),
    };
    Language::within(environment).map(Arc::new).map_err(CatalogError::Scripts)
}

/// Loads the scripts among the files, without thresholds.
fn load_files(files: &Files) -> Result<Vec<Kpi>, CatalogError> {
    let (kpis, wrong) = load_scripts(&language(files)?, &files.scripts());
    if wrong.is_empty() { Ok(kpis) } else { Err(CatalogError::Scripts(wrong)) }
}

/// The KPIs that the scripts among the files declare, without thresholds; scripts that are not in order are left out.
pub fn declared(files: &Files) -> Vec<Kpi> {
    language(files).map(|language| load_scripts(&language, &files.scripts()).0).unwrap_or_default()
}

/// Loads each script: the KPIs of those in order, and what is wrong with the others. Shared helpers are left out.
pub fn load_scripts(language: &Arc<Language>, scripts: &[ScriptFile]) -> (Vec<Kpi>, Vec<Diagnostic>) {
    let mut kpis = Vec::new();
    let mut wrong = Vec::new();
    for script in scripts.iter().filter(|script| script.library().is_none()) {
        match language.load(&script.name, &script.text) {
            Ok(found) => kpis.extend(found),
            Err(diagnostic) => wrong.push(diagnostic),
        }
    }
    (kpis, wrong)
}

fn did_you_mean(id: &str, kpis: &[Kpi]) -> String {
    let mut hint = String::new();
    match nearest(id, kpis.iter().map(Kpi::id)) {
        Some(near) => _ = write!(hint, "; did you mean “{near}”?"),
        None => hint.push_str("; `pegel kpi list` lists them"),
    }
    hint
}
