//! How a due report becomes an edition: what delivery asks of reports.

use crate::home::Home;
use crate::outcome::{Failure, usage};
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_delivery::{Compose, Composed, Missed, RunReport, Schedule};
use pegel_kpi::period::{Period, zone};
use pegel_report::ReportError;
use pegel_report::compose::{Composition, compose};
use pegel_report::definition::{self, ReportDefinition};
use pegel_report::render::Templates;
use pegel_store::Store;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

/// Makes editions for one home.
pub struct Composer {
    home: PathBuf,
    store: Store,
    catalog: Arc<Catalog>,
    templates: Templates,
    currency: String,
    base_url: Option<String>,
}

impl Composer {
    /// Reads the home's templates.
    ///
    /// # Errors
    /// If one of them is not in order.
    pub fn new(home: &Home, store: Store, catalog: Arc<Catalog>) -> Result<Composer, Failure> {
        Ok(Composer {
            home: home.path.clone(),
            store,
            catalog,
            templates: Templates::load(&home.path).map_err(usage)?,
            currency: home.config.currency.clone(),
            base_url: home.config.web.base_url.clone(),
        })
    }

    /// An edition of a report for a period, not stored yet.
    ///
    /// # Errors
    /// If the definition or a template is not in order, or the database fails.
    pub fn compose(
        &self,
        definition: &ReportDefinition,
        period: &Period,
        revision: i32,
        now: Timestamp,
    ) -> Result<pegel_report::compose::Composed, ReportError> {
        let composition = Composition {
            definition,
            catalog: &self.catalog,
            templates: &self.templates,
            period,
            revision,
            created_at: now.as_second(),
            currency: &self.currency,
            base_url: self.base_url.as_deref(),
        };
        let mut reader = self.store.reader().map_err(|error| ReportError::Source(Box::new(error)))?;
        compose(&composition, &mut reader)
    }
}

impl Compose for Composer {
    fn schedules(&self) -> Result<Vec<Schedule>, Box<dyn Error + Send + Sync>> {
        let mut schedules = Vec::new();
        for report in definition::list(&self.home)? {
            let definition = definition::find(&self.home, &report)?;
            if let Some(due) = definition.schedule {
                let zone = zone(&definition.zone)?;
                schedules.push(Schedule { report, weekday: due.weekday, time: due.at, zone, missed: Missed::Once });
            }
        }
        Ok(schedules)
    }

    fn compose(&self, run: &RunReport, now: Timestamp) -> Result<Composed, Box<dyn Error + Send + Sync>> {
        let definition = definition::find(&self.home, &run.report)?;
        let composed = self.compose(&definition, &run.period, run.revision, now)?;
        Ok(Composed { edition: composed.edition, recipients: definition.recipients })
    }
}
