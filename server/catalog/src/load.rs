//! Files become a language and KPIs.

use crate::error::CatalogError;
use crate::files::Files;
use crate::scripts::ScriptFile;
use crate::thresholds::Thresholds;
use crate::{calendar, thresholds};
use pegel_kpi::data::model::Model;
use pegel_kpi::diagnostic::Diagnostic;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::script::{Environment, Language};
use std::sync::Arc;

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
pub(crate) fn load_files(files: &Files) -> Result<Vec<Kpi>, CatalogError> {
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
