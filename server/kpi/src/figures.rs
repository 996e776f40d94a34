//! KPIs, periods and breakdowns in, figures out.

use crate::cell::{Breakdown, Cell, Group};
use crate::fold::{Fold, Readings};
use crate::kpi::Kpi;
use crate::period::Period;
use crate::scan::Source;
use crate::scope::Scope;
use std::collections::BTreeSet;

/// One KPI and how it is wanted. The total is the breakdown by nothing, `vec![]`.
pub struct Request<'a> {
    pub kpi: &'a Kpi,
    /// Check each with [`Kpi::check_breakdown`] first: where a table lacks a dimension, all its rows lack it.
    pub breakdowns: Vec<Breakdown>,
}

/// The figures of one KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// In the order of the request's breakdowns.
    pub breakdowns: Vec<Broken>,
}

/// The figures of one KPI in one breakdown.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    pub by: Breakdown,
    /// Sorted by group, the missing one last. The total has exactly one row, with no groups.
    pub rows: Vec<Row>,
}

/// The figures of one group, one cell a period, in the order of the periods asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// One group for each dimension of the breakdown.
    pub groups: Vec<Group>,
    pub cells: Vec<Cell>,
}

/// Computes all figures, with one scan per table and date for all of them. In the order of the requests.
///
/// # Errors
/// What the source answers when it cannot be read.
pub fn compute<S: Source>(
    requests: &[Request],
    periods: &[Period],
    scope: &Scope,
    source: &mut S,
) -> Result<Vec<Figures>, S::Error> {
    let mut folds = plan(requests, periods);
    for fold in &mut folds {
        fold.run(scope, source)?;
    }
    let figures = |request: &Request| Figures {
        breakdowns: request.breakdowns.iter().map(|by| broken(request.kpi, by, periods.len(), &folds)).collect(),
    };
    Ok(requests.iter().map(figures).collect())
}

/// Brings together the measures that read the same table by the same date.
fn plan<'a>(requests: &'a [Request], periods: &'a [Period]) -> Vec<Fold<'a>> {
    let mut folds: Vec<Fold> = Vec::new();
    for request in requests {
        for (_, measure) in &request.kpi.measures {
            let at = folds.iter().position(|fold| fold.reads(measure)).unwrap_or_else(|| {
                folds.push(Fold::new(measure.table, &measure.dated_by, periods));
                folds.len() - 1
            });
            request.breakdowns.iter().for_each(|by| folds[at].want(measure, by));
        }
    }
    folds
}

fn broken(kpi: &Kpi, by: &Breakdown, periods: usize, folds: &[Fold]) -> Broken {
    let readings: Vec<Readings> = kpi
        .measures
        .iter()
        .map(|(_, measure)| {
            let fold = folds.iter().find(|fold| fold.reads(measure));
            fold.expect("every measure was planned").readings(measure, by)
        })
        .collect();
    let groups: BTreeSet<&Vec<Group>> = readings.iter().flat_map(Readings::groups).collect();
    let row = |groups: &Vec<Group>| {
        let of_period = |period| readings.iter().map(|reading| reading.get(period, groups)).collect::<Vec<_>>();
        let cells: Vec<_> = (0..periods).map(of_period).collect();
        // A group in which nothing of this KPI happened is another KPI's group.
        let happened = by.is_empty() || cells.iter().flatten().any(|reading| reading.rows > 0);
        happened
            .then(|| Row { groups: groups.clone(), cells: cells.iter().map(|readings| kpi.cell(readings)).collect() })
    };
    Broken { by: by.clone(), rows: groups.into_iter().filter_map(row).collect() }
}
