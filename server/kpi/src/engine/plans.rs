//! Plans below the whole: a total is read from what the company planned, and where that is nothing, reps, partners,
//! teams or regions may still have plans.

use crate::data::dimension::Dimension;
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::engine::comparison::Comparison;
use crate::engine::figures::{Figures, Grouped, compute_for};
use crate::engine::request::Request;
use crate::script::kpi::Kpi;
use crate::time::period::Period;
use jiff::Timestamp;

/// What is planned for a KPI by those at one level, where the company planned nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct PlansBelow {
    /// What the plans name: a rep, a partner, a team or a region.
    pub level: Dimension,
    /// How many plans there are in the period.
    pub count: u64,
    /// All of them together, in the units of scripts; `None` where they do not add up, as those of rates do not.
    pub sum: Option<f64>,
}

/// The plans of each KPI for a period below the whole, at the level nearest to it that has any; for each of the scopes.
///
/// # Errors
/// What the source answers when it cannot be read.
pub fn below<S: Source>(
    kpis: &[&Kpi],
    period: &Period,
    scopes: &[Scope],
    now: Timestamp,
    source: &mut S,
) -> Result<Vec<Vec<Option<PlansBelow>>>, S::Error> {
    let targets: Vec<Option<Kpi>> = kpis.iter().map(|kpi| kpi.target()).collect();
    let request =
        |target| Request { kpi: target, breakdowns: by_level(target), comparison: Comparison::NONE, assess: false };
    let requests: Vec<Request> = targets.iter().flatten().map(request).collect();
    let of_scope = |figures: Vec<Figures>| {
        let mut figures = figures.into_iter();
        let with_targets = kpis.iter().zip(&targets);
        with_targets.map(|(kpi, target)| nearest(kpi, &target.as_ref().and_then(|_| figures.next())?)).collect()
    };
    let of_scopes = compute_for(&requests, std::slice::from_ref(period), scopes, now, source)?;
    Ok(of_scopes.into_iter().map(of_scope).collect())
}

/// A breakdown for each level at which the plans are made, the one nearest to the whole first.
fn by_level(target: &Kpi) -> Vec<Vec<Dimension>> {
    let levels = target.tables().next().and_then(|table| table.levels.as_ref());
    levels.into_iter().flatten().rev().map(|level| vec![level.dimension.clone()]).collect()
}

fn nearest(kpi: &Kpi, targets: &Figures) -> Option<PlansBelow> {
    targets.breakdowns.iter().map(|level| plans(kpi, level)).find(|plans| plans.count > 0)
}

fn plans(kpi: &Kpi, Grouped { by, rows }: &Grouped) -> PlansBelow {
    let cells = || rows.iter().flat_map(|row| &row.cells);
    PlansBelow {
        level: by[0].clone(),
        count: cells().filter_map(|cell| cell.sample).sum(),
        sum: kpi.adds_up.then(|| cells().filter_map(|cell| cell.outcome.value()).sum()),
    }
}
