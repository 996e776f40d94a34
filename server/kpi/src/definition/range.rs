//! Which marks suit a figure, and which it can reach.

use super::declaration::{Declaration, Unit};
use super::share;
use super::threshold::Mark;
use super::wrong::Wrong;

/// A mark that no figure can reach.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{mark}: {wrong}")]
pub struct OutOfRange {
    /// `warning` or `critical`.
    pub mark: &'static str,
    pub wrong: Wrong,
}

/// A mark written as a per cent, as a fraction.
///
/// # Errors
/// If the figures of the KPI are no per cents.
pub fn per_cent(share: f64, unit: Unit) -> Result<Mark, Wrong> {
    if unit == Unit::Percent {
        return Mark::at(share);
    }
    let (per_cent, unit) = (share::in_per_cent(share), unit.name());
    Err(Wrong::new(
        format!("the unit is {unit}, and {per_cent} % is none of it"),
        "write a number in the KPI's own unit",
    ))
}

/// Checks the marks of a KPI in per cent: those of a share of rows lie between 0 and 1, others (attainments, growths)
/// between -10 and 10, which is a thousand per cent.
///
/// # Errors
/// The first mark that does not.
pub fn check_marks(declaration: &Declaration, share_of_rows: bool) -> Result<(), OutOfRange> {
    if declaration.unit != Unit::Percent {
        return Ok(());
    }
    let range = if share_of_rows { 0.0..=1.0 } else { -10.0..=10.0 };
    let marks = [("warning", declaration.threshold.warning), ("critical", declaration.threshold.critical)];
    for (mark, at) in marks {
        if let Some(Mark::At(at)) = at {
            share::within(at, &range).map_err(|wrong| OutOfRange { mark, wrong })?;
        }
    }
    Ok(())
}
