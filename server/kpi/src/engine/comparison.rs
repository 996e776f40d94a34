//! A figure beside others: the period before, the same period a year before, and the target.
//!
//! Closed periods are compared with closed ones, a running one with the same elapsed part of the others.

use crate::data::cell::{Breakdown, Cell, Group};
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::engine::figures::{Figures, Request, Row, compute};
use crate::script::kpi::Kpi;
use crate::time::period::Period;
use jiff::Timestamp;

/// The figure of one group, and what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// One group for each dimension of the breakdown.
    pub groups: Vec<Group>,
    pub cell: Cell,
    /// `None` where the calendar has no such period.
    pub before: Option<Cell>,
    /// `None` where the calendar has no such period.
    pub year_before: Option<Cell>,
    /// From the targets whose metric is the KPI's id, in the units of scripts; `None` where there is none. Targets of
    /// money and counts are reckoned by their share of days, those of rates by their mean over the days.
    pub target: Option<f64>,
}

/// Computes a KPI with all it is compared with, each table read once.
///
/// # Errors
/// What the source answers when it cannot be read.
pub fn compare<S: Source>(
    kpi: &Kpi,
    by: &Breakdown,
    period: &Period,
    scope: &Scope,
    now: Timestamp,
    source: &mut S,
) -> Result<Vec<Compared>, S::Error> {
    let period = period.as_of(now);
    let other = |other: Result<Period, _>| other.ok().map(|other: Period| other.elapsed_like(&period));
    let (before, year_before) = (other(period.before()), other(period.year_before()));
    let target = kpi.target().filter(|target| target.check_breakdown(by).is_ok());
    let periods: Vec<Period> =
        [Some(period.clone()), before.clone(), year_before.clone()].into_iter().flatten().collect();
    let requests: Vec<Request> = [Some(kpi), target.as_ref()]
        .into_iter()
        .flatten()
        .map(|kpi| Request { kpi, breakdowns: vec![by.clone()] })
        .collect();
    let figures = compute(&requests, &periods, scope, now, source)?;
    let targets = figures.get(1).map(rows).unwrap_or_default();
    let compared = |row: &Row| {
        let mut cells = row.cells.iter().cloned();
        let mut next = |there: bool| there.then(|| cells.next()).flatten();
        let target = targets.iter().find(|target| target.groups == row.groups);
        Some(Compared {
            groups: row.groups.clone(),
            cell: next(true)?,
            before: next(before.is_some()),
            year_before: next(year_before.is_some()),
            target: target.and_then(|target| target.cells.first()?.outcome.value()),
        })
    };
    let own = figures.first().map(rows).unwrap_or_default();
    let mut all: Vec<Compared> = own.iter().filter_map(compared).collect();
    // Who has a target and nothing to show for it is the one to be seen.
    for target in targets.iter().filter(|target| own.iter().all(|row| row.groups != target.groups)) {
        let cells = vec![kpi.cell_of_nothing(); periods.len()];
        all.extend(compared(&Row { groups: target.groups.clone(), cells }));
    }
    all.sort_by(|left, right| left.groups.cmp(&right.groups));
    Ok(all)
}

fn rows(figures: &Figures) -> &[Row] {
    figures.breakdowns.first().map_or(&[], |broken| &broken.rows)
}
