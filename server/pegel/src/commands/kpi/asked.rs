//! Which figure of which KPI a command line asks for.

use super::condition::condition;
use crate::cli::{self, Global};
use crate::ending::{Failure, usage};
use crate::home::Home;
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::dimensions::{Dimensions, Grouped};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;
use pegel_store::Reader;
use pegel_store::Store;

/// Everything that it takes to compute the figure.
pub struct Asked {
    pub home: Home,
    pub store: Store,
    pub catalog: Catalog,
    id: String,
    /// The instant at which it is seen.
    pub now: Timestamp,
    pub period: Period,
    pub only: Option<(Dimension, String)>,
    dimensions: Dimensions,
}

impl Asked {
    /// Opens the home and finds what is asked for.
    ///
    /// # Errors
    /// If there is no such KPI, period or group, or something cannot be read.
    pub fn open(figure: &cli::Figure, global: &Global) -> Result<Asked, Failure> {
        let home = global.open(&global.home())?;
        let store = home.store()?;
        let catalog = home.catalog_in_force(&store)?;
        catalog.kpi(&figure.id).map_err(usage)?;
        let now = figure.as_of.unwrap_or_else(|| global.clock().now());
        let period = Period::parse(&figure.period, now, &home.config.zone()).map_err(usage)?;
        let only = figure.only.as_deref().map(|only| condition(only, &catalog.model)).transpose()?;
        let dimensions = match figure.dimensions {
            cli::Dimensions::Then => Dimensions::Then,
            cli::Dimensions::Today => Dimensions::Today,
        };
        Ok(Asked { home, store, catalog, id: figure.id.clone(), now, period, only, dimensions })
    }

    /// The KPI.
    ///
    /// # Errors
    /// None: it was found before.
    pub fn kpi(&self) -> Result<&Kpi, Failure> {
        self.catalog.kpi(&self.id).map_err(usage)
    }

    /// Its rows, grouped as asked for.
    pub fn grouped<'a>(&self, source: &'a mut Reader) -> Grouped<'a, Reader> {
        Grouped { source, dimensions: self.dimensions }
    }
}
