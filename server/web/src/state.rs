//! What the pages are made from.

use crate::problem::Problem;
use crate::{Bound, Templates};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_catalog::live::Live;
use pegel_kpi::reference::Reference;
use pegel_report::definition::ReportDefinition;
use pegel_report::forms::Typesetter;
use pegel_store::Store;
use std::sync::Arc;

/// What the pages are made from, handed in by whoever starts the server. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub store: Store,
    /// The KPIs in force; asked once for each answer.
    pub live: Arc<Live>,
    /// Tells the time.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// The zone in which weeks begin and end, and instants are shown.
    pub zone: TimeZone,
    /// ISO 4217.
    pub currency: String,
    pub templates: Arc<Templates>,
    /// Sets editions as PDF.
    pub typesetter: Arc<Typesetter>,
    /// How many pages compute at the same time.
    pub bound: Bound,
    /// The reports that are in order, those about the shortest periods first; asked each time.
    pub reports: Arc<dyn Fn() -> Vec<ReportDefinition> + Send + Sync>,
    /// Finds what is not in order outside of what the pages read themselves; asked each time.
    pub other_problems: Arc<dyn Fn() -> Vec<Problem> + Send + Sync>,
    /// The reference of the language of KPI scripts.
    pub reference: Arc<Reference>,
}

impl State {
    /// The zone's IANA name.
    pub(crate) fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }
}
