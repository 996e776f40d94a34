//! KPIs with the thresholds laid over them.

use crate::error::{CatalogError, did_you_mean};
use crate::files::Files;
use crate::load::{calendar, load_files};
use crate::thresholds::{self, Thresholds};
use pegel_kpi::data::model::Model;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::calendar::Calendar;
use std::path::Path;
use std::sync::Arc;

/// The KPIs in force, with configured thresholds laid over those of their scripts.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// Sorted by id.
    pub kpis: Vec<Kpi>,
    /// What was laid over the scripts' own thresholds.
    pub thresholds: Thresholds,
    /// All that it is made from.
    pub files: Files,
    /// The tables that the KPIs are about.
    pub model: Model,
    /// Working hours and days off.
    pub calendar: Arc<Calendar>,
}

impl Catalog {
    /// Loads the built-in KPIs and those of `home/kpis`, which replace a built-in of the same file name, and lays the
    /// thresholds of `home/config/thresholds.toml` over them. For callers that need all files to be in order.
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
        let (kpis, model) = load_files(files)?;
        Catalog::laid_over(kpis, model, files)
    }

    /// These KPIs with the thresholds of the files laid over them.
    pub(crate) fn laid_over(mut kpis: Vec<Kpi>, model: Model, files: &Files) -> Result<Catalog, CatalogError> {
        kpis.sort_by(|a, b| a.id().cmp(b.id()));
        if let Some(pair) = kpis.windows(2).find(|pair| pair[0].id() == pair[1].id()) {
            let [first, second] = [&pair[0], &pair[1]].map(|kpi| kpi.file.clone());
            return Err(CatalogError::Twice { id: pair[0].id().to_owned(), first, second });
        }
        let thresholds = Thresholds::parse(files.text(thresholds::FILE).unwrap_or_default())?;
        thresholds.lay_over(&mut kpis, &model)?;
        Ok(Catalog { kpis, thresholds, files: files.clone(), model, calendar: calendar(files)? })
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
