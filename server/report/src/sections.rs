//! The sections of an edition as pages show them: what the view says, and the courses as pictures.

use crate::chart;
use crate::numbers::{KpiBlock, Numbers};
use crate::view::{KpiView, SectionView, View};
use pegel_chart::svg;
use pegel_kpi::data::cell::Cell;
use pegel_text::words::Words;
use serde::Serialize;

/// A section: KPIs under a common heading.
#[derive(Serialize)]
pub struct Section {
    #[serde(flatten)]
    beside: SectionView,
    /// They take the place of those above.
    kpis: Vec<Kpi>,
    /// Whether one of them is broken down.
    has_tables: bool,
}

/// One KPI.
#[derive(Serialize)]
struct Kpi {
    #[serde(flatten)]
    view: KpiView,
    /// SVG.
    spark: Option<String>,
    /// Whether a group breaks a threshold, so that its breakdowns are worth opening.
    broken: bool,
}

/// The sections of a view of these numbers.
pub fn sections(view: &View, numbers: &Numbers) -> Vec<Section> {
    let block = |kpi: &KpiView| numbers.kpis().find(|block| block.id == kpi.id);
    let kpis = |section: &SectionView| {
        section.kpis.iter().filter_map(|kpi| Some(Kpi::of(kpi, block(kpi)?, &view.words))).collect()
    };
    let section = |section: &SectionView| Section {
        kpis: kpis(section),
        beside: SectionView { kpis: Vec::new(), ..section.clone() },
        has_tables: section.kpis.iter().any(|kpi| !kpi.tables.is_empty()),
    };
    view.sections.iter().map(section).collect()
}

impl Kpi {
    fn of(view: &KpiView, block: &KpiBlock, words: &Words) -> Kpi {
        let judged = |cell: &Cell| block.threshold.judge(&cell.outcome, block.better);
        let points = block.trend.iter().map(|period| chart::point(&period.cell, judged(&period.cell))).collect();
        let name = view.trend.told(&view.title, words);
        let mut rows = view.tables.iter().flat_map(|table| &table.rows);
        Kpi {
            view: view.clone(),
            spark: svg::spark(&chart::small(points, &block.threshold), &name),
            broken: rows.any(|row| matches!(row.status.class, "warning" | "critical")),
        }
    }
}
