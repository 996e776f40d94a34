//! `pegel docs`: the references, as this version has them.

use super::kpi::reference;
use crate::cli::{Docs, Global};
use crate::ending::{Done, Ending, answer};
use pegel_report::forms::JSON_SCHEMA;

const ALERTS: &str = include_str!("../../../../config/alerts/README.md");
const CHANNELS: &str = include_str!("../../../../config/channels/README.md");
const MAPPING: &str = include_str!("../../../../config/imports/README.md");
const REPORTS: &str = include_str!("../../../../config/reports/README.md");
const TABLES: &str = include_str!("../../../../config/tables/README.md");

/// Those that `pegel init` leaves beside what they describe, below `config`.
pub const BESIDE_FILES: [(&str, &str); 5] = [
    ("alerts/README.md", ALERTS),
    ("channels/README.md", CHANNELS),
    ("imports/README.md", MAPPING),
    ("reports/README.md", REPORTS),
    ("tables/README.md", TABLES),
];

/// Prints one.
pub fn run(docs: &Docs, global: &Global) -> Ending {
    match docs {
        Docs::Alerts => answer(ALERTS.trim_end()),
        Docs::Channels => answer(CHANNELS.trim_end()),
        Docs::Mapping => answer(MAPPING.trim_end()),
        Docs::Reports => answer(REPORTS.trim_end()),
        Docs::Tables => answer(TABLES.trim_end()),
        Docs::EditionJson => answer(JSON_SCHEMA.trim_end()),
        Docs::Kpis => answer(reference(global)?.markdown().trim_end()),
    }
    Ok(Done::InOrder)
}
