//! One scan per table and date, for all KPIs and all breakdowns together, on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_catalog::Catalog;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::compute;
use pegel_kpi::engine::request::Request;
use pegel_kpi::time::period::{Period, zone};
use pegel_store::testing::on_both;
use std::path::Path;

const KPIS: [&str; 10] = [
    "acceptance_time",
    "average_deal_size",
    "contact_time",
    "conversion_rate",
    "feedback_rate",
    "lead_conversion_rate",
    "processing_time",
    "revenue",
    "sales_cycle",
    "win_rate",
];

#[test]
fn ten_kpis_in_four_breakdowns_over_thirteen_weeks_take_eleven_statements() {
    let catalog = Catalog::load(Path::new("/nonexistent")).unwrap();
    let zone = zone("Europe/Berlin").unwrap();
    let week = Period::parse("2026-W45", "2026-11-22T00:00:00Z".parse().unwrap(), &zone).unwrap();
    let breakdowns = vec![vec![], vec![Dimension::REGION], vec![Dimension::PARTNER], vec![Dimension::PRODUCT]];
    let request = |id| Request {
        kpi: catalog.kpi(id).unwrap(),
        breakdowns: breakdowns.clone(),
        comparison: Comparison::NONE,
        assess: false,
    };
    on_both(|store| {
        let mut reader = store.reader().unwrap();
        let periods = week.trail(13).unwrap();
        let figures =
            compute(&KPIS.map(request), &periods, &Scope::everything(), jiff::Timestamp::MAX, &mut reader).unwrap();
        assert_eq!(figures.len(), 10);
        // leads by acceptance, contact, creation and closing; the opportunities of the leads created; orders;
        // opportunities by closing; when each of the three tables begins; and up to when all of them are complete.
        assert_eq!(reader.statements(), 11);
    });
}
