//! What is asked for.

use super::feeds::Need;
use jiff::tz::TimeZone;
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::Model;

/// What a suggestion depends on beside the file.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Of the mapping.
    pub name: &'a str,
    pub model: &'a Model,
    /// What KPIs read.
    pub needs: &'a [Need],
    /// The home's.
    pub zone: TimeZone,
    /// The home's.
    pub currency: Currency,
    /// UTC seconds.
    pub now: i64,
}
