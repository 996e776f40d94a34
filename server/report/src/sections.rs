//! The sections of an edition as pages show them: what the view says, and the courses as pictures.

use crate::chart;
use crate::numbers::{KpiBlock, Numbers};
use crate::view::{KpiView, SectionView, TrendView, View};
use pegel_chart::svg;
use pegel_kpi::data::cell::Cell;
use pegel_text::words::Words;
use serde::Serialize;

/// A section: KPIs under a common heading.
#[derive(Serialize)]
pub struct Section {
    title: String,
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
        title: section.title.clone(),
        kpis: kpis(section),
        has_tables: section.kpis.iter().any(|kpi| !kpi.tables.is_empty()),
    };
    view.sections.iter().map(section).collect()
}

impl Kpi {
    fn of(view: &KpiView, block: &KpiBlock, words: &Words) -> Kpi {
        let judged = |cell: &Cell| block.threshold.judge(&cell.outcome, block.better);
        let points = block.trend.iter().map(|period| chart::point(&period.cell, judged(&period.cell))).collect();
        let TrendView { span, lowest, highest, .. } = &view.trend;
        let extremes = [("lowest", lowest.as_str().into()), ("highest", highest.as_str().into())];
        let (label, value) = (format!("{}, {span}", view.title), words.say("extremes", extremes));
        let name = words.say("labelled", [("label", label.into()), ("value", value.into())]);
        let mut rows = view.tables.iter().flat_map(|table| &table.rows);
        Kpi {
            view: view.clone(),
            spark: svg::spark(&chart::small(points, &block.threshold), &name),
            broken: rows.any(|row| matches!(row.status.class, "warning" | "critical")),
        }
    }
}
