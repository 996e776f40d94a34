//! Files become a data model, a language and KPIs.

use crate::error::CatalogError;
use crate::files::{Files, Found};
use crate::scripts::ScriptFile;
use crate::thresholds::Thresholds;
use crate::{calendar, thresholds};
use pegel_kpi::data::model::Model;
use pegel_kpi::diagnostic::Diagnostic;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::script::{Environment, Language};
use pegel_kpi::time::calendar::Calendar;
use std::path::Path;
use std::sync::Arc;

/// The built-in tables with what these files add to them.
///
/// # Errors
/// What is wrong in one of them.
pub fn model(files: &Files) -> Result<Model, CatalogError> {
    Model::with(&files.tables(), files.dimensions()).map_err(|wrong| CatalogError::Scripts(vec![wrong]))
}

/// The same of the files of a home, as they are now.
///
/// # Errors
/// If one of them cannot be read, or is not in order.
pub fn model_of_home(home: &Path) -> Result<Model, CatalogError> {
    let found = Found::of_home(home);
    let unreadable = found.unreadable_model();
    if unreadable.is_empty() { model(&found.files) } else { Err(CatalogError::Files(unreadable)) }
}

/// The working hours and days off among the files.
///
/// # Errors
/// If the calendar is not in order.
pub fn calendar(files: &Files) -> Result<Arc<Calendar>, CatalogError> {
    calendar::parse(files.text(calendar::FILE).unwrap_or(calendar::SHIPPED)).map(Arc::new)
}

/// The language in the surroundings that these files make: tables, helpers, parameters, calendar.
///
/// # Errors
/// If a helper or the configuration is not in order.
pub fn language(files: &Files) -> Result<Arc<Language>, CatalogError> {
    let environment = Environment {
        model: model(files)?,
        libraries: files.libraries(),
        parameters: Thresholds::parse(files.text(thresholds::FILE).unwrap_or_default())?.parameters(),
        calendar: calendar(files)?,
    };
    Language::within(environment).map(Arc::new).map_err(CatalogError::Scripts)
}

/// Loads the scripts among the files, without thresholds, and the tables that they are about.
pub(crate) fn load_files(files: &Files) -> Result<(Vec<Kpi>, Model), CatalogError> {
    let language = language(files)?;
    let (kpis, wrong) = load_scripts(&language, &files.scripts());
    if wrong.is_empty() { Ok((kpis, language.model().clone())) } else { Err(CatalogError::Scripts(wrong)) }
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
