//! Figures of KPIs over the past complete weeks.

use crate::State;
use crate::chart::Point;
use crate::failure::Failure;
use pegel_catalog::health::evaluate;
use pegel_kpi::cell::Cell;
use pegel_kpi::figures::{Figures, Request};
use pegel_kpi::kpi::Kpi;
use pegel_kpi::period::Period;
use pegel_kpi::scope::Scope;
use pegel_kpi::threshold::Threshold;

/// The total of one KPI in each of some weeks.
pub(crate) struct Course<'a> {
    pub kpi: &'a Kpi,
    /// In the order of the weeks.
    pub cells: Vec<Cell>,
}

impl Course<'_> {
    /// The figures as they are drawn, each judged by the threshold in force after those before it.
    pub(crate) fn points(&self) -> Vec<Point> {
        let declared = &self.kpi.declaration;
        let values = self.values();
        let cells = self.cells.iter().enumerate();
        cells.map(|(at, cell)| Point::of(cell, &declared.threshold.after(&values[..at]), declared.better)).collect()
    }

    /// The threshold by which the last figure is judged.
    pub(crate) fn threshold(&self) -> Threshold {
        let values = self.values();
        self.kpi.declaration.threshold.after(values.split_last().map_or(&[], |(_, past)| past))
    }

    fn values(&self) -> Vec<Option<f64>> {
        self.cells.iter().map(|cell| cell.outcome.value()).collect()
    }
}

/// The last complete weeks by the clock, oldest first.
pub(crate) fn weeks(state: &State, count: usize) -> Result<Vec<Period>, Failure> {
    Ok(Period::parse("last-week", (state.clock)(), &state.zone)?.trail(count)?)
}

/// The totals of the KPIs in these weeks, all from one look at the database. Blocks.
pub(crate) fn courses<'a>(state: &State, kpis: &'a [Kpi], weeks: &[Period]) -> Result<Vec<Course<'a>>, Failure> {
    let requests: Vec<Request> = kpis.iter().map(|kpi| Request { kpi, breakdowns: vec![Vec::new()] }).collect();
    let now = (state.clock)();
    let (figures, evaluations) = evaluate(&requests, weeks, &Scope::everything(), now, &mut state.store.reader()?)?;
    state.live.health.note(&evaluations, now.as_second());
    Ok(kpis.iter().zip(figures).map(|(kpi, figures)| Course { kpi, cells: total(figures) }).collect())
}

/// The cells of the only row of the only breakdown asked for.
fn total(figures: Figures) -> Vec<Cell> {
    let rows = figures.breakdowns.into_iter().flat_map(|broken| broken.rows);
    rows.flat_map(|row| row.cells).collect()
}
