//! What commands on reports are asked about.

use crate::ending::{Failure, usage};
use anyhow::anyhow;
use pegel_delivery::Clock;
use pegel_kpi::time::period::{Period, zone};
use pegel_report::definition::ReportDefinition;

/// The period of that name, which has begun; the last one that the report covers, if none is named.
pub fn period(definition: &ReportDefinition, name: Option<&str>, clock: &Clock) -> Result<Period, Failure> {
    let zone = zone(&definition.zone).map_err(usage)?;
    let last = format!("last-{}", definition.every.name());
    let period = Period::parse(name.unwrap_or(&last), clock.now(), &zone).map_err(usage)?;
    if period.instants().start > clock.now().as_second() {
        return Err(usage(anyhow!("{period} has not begun: name a period that has, such as last-week")));
    }
    Ok(period)
}
