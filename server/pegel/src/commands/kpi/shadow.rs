//! What a shadow run says, in lines.

use crate::ending::{Failure, answer, broke, note};
use pegel_catalog::candidate::Candidate;
use pegel_catalog::files::Files;
use pegel_catalog::shadow::{Change, Difference, ShadowError, shadow};
use pegel_kpi::data::cell::{Beside, Cell, Outcome as Figure};
use pegel_kpi::time::period::Period;
use pegel_store::Store;

/// Runs it and says in which periods the totals differ; new and removed KPIs are named. `word` is the kind of period.
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
            Change::Figures(differences) => say(&effect.kpi, differences, periods.len(), word),
        }
    }
    Ok(())
}

fn say(id: &str, differences: &[Difference], periods: usize, word: &str) {
    let plural = if periods == 1 { "" } else { "s" };
    if differences.is_empty() {
        answer(format_args!("{id}: no difference in {periods} {word}{plural}"));
        return;
    }
    answer(format_args!("{id}: differs in {} of {periods} {word}{plural}", differences.len()));
    let lines: Vec<[String; 3]> = differences
        .iter()
        .map(|difference| [difference.period.to_string(), shown(&difference.before), shown(&difference.after)])
        .collect();
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    for [period, before, after] in &lines {
        answer(format_args!("    {period:first$}  {before:second$}  → {after}"));
    }
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

    #[test]
    fn a_ratio_is_shown_with_what_it_is_made_of() {
        let (numerator, denominator) = (Some(1.0), Some(2.0));
        let cell = Cell { numerator, denominator, ..Cell::of(Figure::Value { value: 0.5 }) };
        assert_eq!(shown(&cell), "0.5 (1 of 2)");
    }
}
