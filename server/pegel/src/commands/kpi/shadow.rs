//! The shadow run: what other KPIs would have said about past periods, beside what those in force say.

use crate::outcome::{Failure, answer, broke, note};
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_catalog::candidate::Candidate;
use pegel_catalog::files::Files;
use pegel_kpi::data::cell::{Beside, Cell, Outcome as Figure};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::figures::{Figures, Request, compute};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;
use pegel_store::Store;

/// Figures that agree to this share of the greater one are the same.
const TOLERANCE: f64 = 1e-9;

/// Computes every KPI that may have changed as it is in force and as it would be, from one look at the database, and
/// says in which periods the totals differ. New and removed KPIs are named.
///
/// # Errors
/// If the database fails.
pub fn run(
    candidate: &Candidate,
    in_force: &Files,
    periods: &[Period],
    word: &str,
    store: &Store,
) -> Result<(), Failure> {
    let before = match Catalog::of(in_force) {
        Ok(before) => before,
        Err(error) => {
            note(format_args!("what is in force does not load any more, so that nothing can be compared:\n{error}"));
            return Ok(());
        }
    };
    let after = &candidate.catalog;
    for kpi in after.kpis.iter().filter(|kpi| before.kpi(kpi.id()).is_err()) {
        answer(format_args!("{}: a new KPI", kpi.id()));
    }
    for kpi in before.kpis.iter().filter(|kpi| after.kpi(kpi.id()).is_err()) {
        answer(format_args!("{}: no KPI any more", kpi.id()));
    }
    let pairs = pairs(&before, after, &candidate.files.affected_since(in_force));
    if pairs.is_empty() {
        return Ok(());
    }
    let both = pairs.iter().flat_map(|(before, after)| [*before, *after]);
    let requests: Vec<Request> = both.map(|kpi| Request { kpi, breakdowns: vec![Vec::new()] }).collect();
    let mut reader = store.reader().map_err(broke)?;
    let figures = compute(&requests, periods, &Scope::everything(), Timestamp::MAX, &mut reader).map_err(broke)?;
    for ((_, kpi), figures) in pairs.iter().zip(figures.chunks(2)) {
        say(kpi.id(), periods, word, &totals(&figures[0]), &totals(&figures[1]));
    }
    Ok(())
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

/// The cells of the only row of the only breakdown asked for.
fn totals(figures: &Figures) -> Vec<&Cell> {
    figures.breakdowns.iter().flat_map(|broken| &broken.rows).flat_map(|row| &row.cells).collect()
}

fn say(id: &str, periods: &[Period], word: &str, before: &[&Cell], after: &[&Cell]) {
    let both = periods.iter().zip(before.iter().zip(after));
    let different: Vec<(String, String, String)> = both
        .filter(|(_, (before, after))| !is_same(before, after))
        .map(|(period, (before, after))| (period.to_string(), shown(before), shown(after)))
        .collect();
    let plural = if periods.len() == 1 { "" } else { "s" };
    if different.is_empty() {
        answer(format_args!("{id}: no difference in {} {word}{plural}", periods.len()));
        return;
    }
    answer(format_args!("{id}: differs in {} of {} {word}{plural}", different.len(), periods.len()));
    let width = |text: fn(&(String, String, String)) -> &String| {
        different.iter().map(|line| text(line).chars().count()).max().unwrap_or(0)
    };
    let (first, second) = (width(|line| &line.0), width(|line| &line.1));
    for (period, before, after) in &different {
        answer(format_args!("    {period:first$}  {before:second$}  → {after}"));
    }
}

fn is_same(before: &Cell, after: &Cell) -> bool {
    let outcomes = match (&before.outcome, &after.outcome) {
        (Figure::Value { value: before }, Figure::Value { value: after }) => is_close(*before, *after),
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

/// `0.75 (3 of 4, median 2)`; the first line of what went wrong.
fn shown(cell: &Cell) -> String {
    let figure = match &cell.outcome {
        Figure::Value { value } => value.to_string(),
        Figure::ScriptError { message } => message.lines().next().unwrap_or_default().to_owned(),
        absent => absent.state().to_owned(),
    };
    let parts =
        cell.numerator.zip(cell.denominator).map(|(numerator, denominator)| format!("{numerator} of {denominator}"));
    let beside = cell.beside.iter().map(|Beside { name, value }| format!("{name} {value}"));
    let details: Vec<String> = parts.into_iter().chain(beside).collect();
    if details.is_empty() { figure } else { format!("{figure} ({})", details.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(value: f64, parts: Option<(f64, f64)>) -> Cell {
        Cell {
            numerator: parts.map(|(numerator, _)| numerator),
            denominator: parts.map(|(_, denominator)| denominator),
            ..Cell::of(Figure::Value { value })
        }
    }

    #[test]
    fn the_last_digit_is_no_difference_and_another_base_is_one() {
        assert!(is_same(&cell(0.1 + 0.2, None), &cell(0.3, None)));
        assert!(!is_same(&cell(0.5, Some((1.0, 2.0))), &cell(0.5, Some((2.0, 4.0)))));
        assert!(!is_same(&cell(0.0, None), &Cell { outcome: Figure::NoRows, ..cell(0.0, None) }));
        assert_eq!(shown(&cell(0.5, Some((1.0, 2.0)))), "0.5 (1 of 2)");
    }
}
