//! What a shadow run says, in lines.

use super::figures::Figures;
use crate::ending::{Failure, answer, broke, note};
use pegel_catalog::candidate::Candidate;
use pegel_catalog::files::Files;
use pegel_catalog::shadow::{Change, Difference, ShadowError, shadow};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::time::period::Period;
use pegel_report::format::Format;
use pegel_store::Store;

/// Runs it and says in which periods the totals differ; new and removed KPIs are named. `counted` says how many periods
/// there are: `4 weeks`.
///
/// # Errors
/// If the database fails.
pub fn run(
    candidate: &Candidate,
    in_force: &Files,
    periods: &[Period],
    counted: &str,
    format: &Format,
    store: &Store,
) -> Result<(), Failure> {
    let mut reader = store.reader().map_err(broke)?;
    let effects = match shadow(candidate, in_force, periods, &mut reader) {
        Ok(effects) => effects,
        Err(error @ ShadowError::InForce(_)) => {
            note(&error);
            return Ok(());
        }
        Err(ShadowError::Source(error)) => return Err(broke(error)),
    };
    for effect in &effects {
        match &effect.change {
            Change::Added => answer(format_args!("{}: a new KPI", effect.kpi)),
            Change::Removed => answer(format_args!("{}: no KPI any more", effect.kpi)),
            Change::Figures { before, after, differences } => {
                let [before, after] = [*before, *after].map(|unit| Figures { format, unit });
                say(&effect.kpi, differences, counted, &before, &after);
            }
        }
    }
    Ok(())
}

fn say(id: &str, differences: &[Difference], counted: &str, before: &Figures, after: &Figures) {
    if differences.is_empty() {
        answer(format_args!("{id}: no difference in {counted}"));
        return;
    }
    answer(format_args!("{id}: differs in {} of {counted}", differences.len()));
    let line = |difference: &Difference| {
        let (was, is) = (&difference.before, &difference.after);
        [difference.period.to_string(), shown(was, is, before), shown(is, was, after)]
    };
    let lines: Vec<[String; 3]> = differences.iter().map(line).collect();
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    for [period, before, after] in &lines {
        answer(format_args!("    {period:first$}  {before:second$}  → {after}"));
    }
}

/// `75.0% (3 of 4, median 2)`, so that it can be told from another cell; the first line of what went wrong.
fn shown(cell: &Cell, other: &Cell, figures: &Figures) -> String {
    let figure = match &cell.outcome {
        Outcome::ScriptError { message } => message.lines().next().unwrap_or_default().to_owned(),
        _ => figures.cell(cell, Some(other)),
    };
    let parts = figures.parts(cell, Some(other));
    let details: Vec<String> = parts.into_iter().chain(figures.beside(cell, Some(other))).collect();
    if details.is_empty() { figure } else { format!("{figure} ({})", details.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_kpi::data::cell::Beside;
    use pegel_kpi::definition::declaration::Unit;
    use pegel_text::locale::Locale;

    fn ratio(value: f64, numerator: f64, denominator: f64) -> Cell {
        let (numerator, denominator) = (Some(numerator), Some(denominator));
        Cell { numerator, denominator, ..Cell::of(Outcome::Value { value }) }
    }

    /// Both of a pair.
    fn pair(before: &Cell, after: &Cell, unit: Unit) -> [String; 2] {
        let format = Format::new(&Locale::english(), "EUR", "UTC");
        let figures = Figures { format: &format, unit };
        [shown(before, after, &figures), shown(after, before, &figures)]
    }

    #[test]
    fn a_ratio_is_shown_with_what_it_is_made_of() {
        let said = pair(&ratio(0.5, 1.0, 2.0), &ratio(0.75, 1500.0, 2000.0), Unit::Percent);
        assert_eq!(said, ["50.0% (1 of 2)", "75.0% (1,500 of 2,000)"]);
    }

    #[test]
    fn figures_that_differ_are_not_shown_alike() {
        let said = pair(&ratio(0.50001, 50_001.0, 100_000.0), &ratio(0.5, 1.0, 2.0), Unit::Percent);
        assert_eq!(said, ["50.001% (50,001 of 100,000)", "50.000% (1 of 2)"]);
        let with_median = |value| {
            let beside = vec![Beside { name: "median".to_owned(), value }];
            Cell { beside, ..Cell::of(Outcome::Value { value: 3.0 }) }
        };
        let said = pair(&with_median(2.001), &with_median(2.0), Unit::Number);
        assert_eq!(said, ["3.00 (median 2.001)", "3.00 (median 2.000)"]);
    }

    #[test]
    fn where_there_is_no_figure_its_state_or_the_error_is_named() {
        let error = Cell::of(Outcome::ScriptError { message: "it broke\nthere".to_owned() });
        assert_eq!(pair(&error, &Cell::of(Outcome::NoRows), Unit::Count), ["it broke", "no_rows"]);
    }
}
