//! Numbers as scripts write them.

use super::errors::{Complaint, Refused};

/// A whole number as a number.
#[expect(clippy::cast_precision_loss, reason = "numbers that people write are below 2^53")]
pub fn whole(number: i64) -> f64 {
    number as f64
}

/// Refuses NaN and infinity, which would silently count as missing in every row.
///
/// # Errors
/// If it is one of these.
pub fn finite(number: f64) -> Refused<f64> {
    if number.is_finite() {
        return Ok(number);
    }
    Err(Complaint::new(format!("{number} is not a number")).hint("is something divided by zero?").into())
}
