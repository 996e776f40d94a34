//! The shadow run: what other KPIs would have said about past periods, beside what those in force say.

use crate::candidate::Candidate;
use crate::files::Files;
use crate::{Catalog, CatalogError};
use jiff::Timestamp;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::data::scan::Source;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::{Figures, compute};
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;

/// Figures that agree to this share of the greater one are the same.
const TOLERANCE: f64 = 1e-9;

/// What becomes of a KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Its id.
    pub kpi: String,
    pub change: Change,
}

/// How a KPI changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Added,
    Removed,
    /// The units that it had and has, and the periods in which its total differs; none, if it could have changed and
    /// does not.
    Figures {
        before: Unit,
        after: Unit,
        differences: Vec<Difference>,
    },
}

/// The total of one period, as it is and as it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub period: Period,
    pub before: Cell,
    pub after: Cell,
}

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
pub enum ShadowError<E> {
    #[error("what is in force does not load any more, so that nothing can be compared:\n{0}")]
    InForce(CatalogError),
    #[error(transparent)]
    Source(E),
}

/// Computes every KPI that may have changed as it is in force and as it would be, from one look at the source. First
/// those that come, then those that go, then those that may have changed.
///
/// # Errors
/// If what is in force does not load any more, or the source cannot be read.
pub fn shadow<S: Source>(
    candidate: &Candidate,
    in_force: &Files,
    periods: &[Period],
    source: &mut S,
) -> Result<Vec<Effect>, ShadowError<S::Error>> {
    let before = Catalog::of(in_force).map_err(ShadowError::InForce)?;
    let after = &candidate.catalog;
    let effect = |kpi: &Kpi, change| Effect { kpi: kpi.id().to_owned(), change };
    let added = after.kpis.iter().filter(|kpi| before.kpi(kpi.id()).is_err());
    let removed = before.kpis.iter().filter(|kpi| after.kpi(kpi.id()).is_err());
    let mut effects: Vec<Effect> = added.map(|kpi| effect(kpi, Change::Added)).collect();
    effects.extend(removed.map(|kpi| effect(kpi, Change::Removed)));
    let pairs = pairs(&before, after, &candidate.files.affected_since(in_force));
    let both = pairs.iter().flat_map(|(before, after)| [*before, *after]);
    let total = |kpi| Request { kpi, breakdowns: vec![Vec::new()], comparison: Comparison::NONE, assess: false };
    let requests: Vec<Request> = both.map(total).collect();
    let figures = compute(&requests, periods, &Scope::everything(), Timestamp::MAX, source);
    let figures = figures.map_err(ShadowError::Source)?;
    for ((before, after), figures) in pairs.iter().zip(figures.chunks(2)) {
        let differences = differences(periods, &figures[0], &figures[1]);
        let (before, unit) = (before.declaration.unit, after.declaration.unit);
        effects.push(effect(after, Change::Figures { before, after: unit, differences }));
    }
    Ok(effects)
}

/// The KPIs that are in both, and whose figures may differ: their file or what it uses changed, or the fewest rows that
/// they need.
fn pairs<'a>(before: &'a Catalog, after: &'a Catalog, affected: &[&str]) -> Vec<(&'a Kpi, &'a Kpi)> {
    let both = after.kpis.iter().filter_map(|kpi| Some((before.kpi(kpi.id()).ok()?, kpi)));
    let differs = |(before, after): &(&Kpi, &Kpi)| {
        let (old, new) = (&before.declaration, &after.declaration);
        let configured = old.min_sample != new.min_sample || old.parameters != new.parameters;
        configured || affected.contains(&after.file.as_str())
    };
    both.filter(differs).collect()
}

fn differences(periods: &[Period], before: &Figures, after: &Figures) -> Vec<Difference> {
    let both = periods.iter().zip(totals(before).zip(totals(after)));
    let different = both.filter(|(_, (before, after))| !is_same(before, after));
    let difference = |(period, (before, after)): (&Period, (&Cell, &Cell))| Difference {
        period: period.clone(),
        before: before.clone(),
        after: after.clone(),
    };
    different.map(difference).collect()
}

/// The cells of the only row of the only breakdown asked for.
fn totals(figures: &Figures) -> impl Iterator<Item = &Cell> {
    figures.breakdowns.iter().flat_map(|grouped| &grouped.rows).flat_map(|row| &row.cells)
}

fn is_same(before: &Cell, after: &Cell) -> bool {
    let outcomes = match (&before.outcome, &after.outcome) {
        (Outcome::Value { value: before }, Outcome::Value { value: after }) => is_close(*before, *after),
        (before, after) => before == after,
    };
    let besides = |cell: &Cell| cell.beside.iter().map(|beside| beside.name.clone()).collect::<Vec<_>>();
    outcomes
        && is_close_if_any(before.numerator, after.numerator)
        && is_close_if_any(before.denominator, after.denominator)
        && besides(before) == besides(after)
        && before.beside.iter().zip(&after.beside).all(|(before, after)| is_close(before.value, after.value))
}

fn is_close_if_any(before: Option<f64>, after: Option<f64>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => is_close(before, after),
        (before, after) => before.is_none() && after.is_none(),
    }
}

/// Sums of other parts, or in another order, differ in their last digit.
fn is_close(before: f64, after: f64) -> bool {
    (before - after).abs() <= TOLERANCE * before.abs().max(after.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(value: f64, parts: Option<(f64, f64)>) -> Cell {
        Cell {
            numerator: parts.map(|(numerator, _)| numerator),
            denominator: parts.map(|(_, denominator)| denominator),
            ..Cell::of(Outcome::Value { value })
        }
    }

    #[test]
    fn the_last_digit_is_no_difference_and_another_base_is_one() {
        assert!(is_same(&cell(0.1 + 0.2, None), &cell(0.3, None)));
        assert!(!is_same(&cell(0.5, Some((1.0, 2.0))), &cell(0.5, Some((2.0, 4.0)))));
        assert!(!is_same(&cell(0.0, None), &Cell { outcome: Outcome::NoRows, ..cell(0.0, None) }));
    }
}
