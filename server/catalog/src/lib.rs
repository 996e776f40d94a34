//! Which KPIs are in force: the built-in scripts, a home's own, and the configured thresholds laid over them.
//!
//! - [`scripts`]: the texts, built in or from the home
//! - [`thresholds`], from `config/thresholds.toml`, with the parameters that scripts leave open
//! - [`calendar`], from `config/calendar.toml`: when is worked
//! - [`Catalog`]: both together; all that is wrong is said at once, and a catalogue with an error is no catalogue

pub mod calendar;
pub mod scripts;
pub mod thresholds;

use pegel_kpi::diagnostic::{Diagnostic, nearest};
use pegel_kpi::kpi::Kpi;
use pegel_kpi::script::{Environment, Language};
use scripts::ScriptFile;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
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
    #[error("{} cannot be read: {error}", path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
}

fn drawn(diagnostics: &[Diagnostic]) -> String {
    let drawn: Vec<String> = diagnostics.iter().map(Diagnostic::to_string).collect();
    drawn.join("\n\n")
}

impl Catalog {
    /// Loads the built-in KPIs and those of `home/kpis`, which replace a built-in of the same file name, and lays the
    /// thresholds of `home/config/thresholds.toml` over them.
    ///
    /// # Errors
    /// All that is wrong in the scripts, or what is wrong in the thresholds.
    pub fn load(home: &Path) -> Result<Catalog, CatalogError> {
        let scripts = scripts::of_home(home)?;
        let (kpis, wrong) = load_scripts(&language(home, &scripts)?, &scripts);
        if !wrong.is_empty() {
            return Err(CatalogError::Scripts(wrong));
        }
        let (thresholds, thresholds_sha256) = Thresholds::of_home(home)?;
        Catalog::new(kpis, thresholds, thresholds_sha256)
    }

    fn new(mut kpis: Vec<Kpi>, thresholds: Thresholds, thresholds_sha256: String) -> Result<Catalog, CatalogError> {
        kpis.sort_by(|a, b| a.id().cmp(b.id()));
        if let Some(pair) = kpis.windows(2).find(|pair| pair[0].id() == pair[1].id()) {
            let [first, second] = [&pair[0], &pair[1]].map(|kpi| kpi.file.clone());
            return Err(CatalogError::Twice { id: pair[0].id().to_owned(), first, second });
        }
        thresholds.lay_over(&mut kpis)?;
        Ok(Catalog { kpis, thresholds, thresholds_sha256 })
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

/// The language in the surroundings of a home: its configuration, and the helpers among these scripts and the home's
/// own.
///
/// # Errors
/// If a helper or the configuration is not in order.
pub fn language(home: &Path, scripts: &[ScriptFile]) -> Result<Arc<Language>, CatalogError> {
    let own = scripts::of_home(home)?;
    let helper = |script: &ScriptFile| Some((script.library()?.to_owned(), script.text.clone()));
    let libraries: BTreeMap<String, String> = own.iter().chain(scripts).filter_map(helper).collect();
    let environment = Environment {
        libraries: libraries.into_iter().collect(),
        parameters: Thresholds::of_home(home)?.0.parameters(),
        calendar: Arc::new(calendar::of_home(home)?),
    };
    Language::within(environment).map(Arc::new).map_err(CatalogError::Scripts)
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
