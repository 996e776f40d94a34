//! Days of the calendar: 14 days after an instant it is the same time of the day, whatever the clocks did in between.
//!
//! A duration is a number of seconds, and `days(14)` is one like any other, until it meets an instant: shifted by it, or
//! as far from another as it says.

use super::symbols::TermKind;
use crate::measure::expr::{Arithmetic, Comparison, Condition, Expr};
use crate::time::zone::DAY;
use std::sync::Arc;

/// Two numbers calculated with; two constants are a constant.
pub fn calculation(left: Expr, operation: Arithmetic, right: Expr) -> Expr {
    let constant = match (&left, operation, &right) {
        (Expr::Number(left), Arithmetic::Add, Expr::Number(right)) => Some(left + right),
        (Expr::Number(left), Arithmetic::Subtract, Expr::Number(right)) => Some(left - right),
        (Expr::Number(left), Arithmetic::Multiply, Expr::Number(right)) => Some(left * right),
        (Expr::Number(left), Arithmetic::Divide, Expr::Number(right)) => Some(left / right),
        _ => None,
    };
    match constant.filter(|constant| constant.is_finite()) {
        Some(constant) => Expr::Number(constant),
        None => Expr::Arithmetic(Arc::new(left), operation, Arc::new(right)),
    }
}

/// A calculation with a duration on at least one side, and none with an instant or a date. `kind` is that of the result.
pub fn calculated(left: Expr, operation: Arithmetic, right: Expr, kind: TermKind) -> Expr {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    let days = match (&left, operation, &right) {
        _ if kind != TermKind::Duration => None,
        (Expr::Days(left), Add | Subtract, Expr::Days(right)) => Some((Expr::clone(left), Expr::clone(right))),
        // A minus sign.
        (Expr::Number(0.0), Subtract, Expr::Days(right)) => Some((Expr::Number(0.0), Expr::clone(right))),
        (Expr::Days(left), Multiply | Divide, right) => Some((Expr::clone(left), right.clone())),
        (left, Multiply, Expr::Days(right)) => Some((left.clone(), Expr::clone(right))),
        _ => None,
    };
    match days {
        Some((left, right)) => Expr::Days(Arc::new(calculation(left, operation, right))),
        None => calculation(left, operation, right),
    }
}

/// A duration as a number of days of 24 hours.
pub fn days_in(duration: Expr) -> Expr {
    match duration {
        Expr::Days(days) => Expr::clone(&days),
        other => calculation(other, Arithmetic::Divide, Expr::Number(DAY)),
    }
}

/// An instant and a duration added, or subtracted: its days are days of the calendar, the rest of it is seconds.
pub fn shifted(instant: Expr, operation: Arithmetic, duration: Expr) -> Expr {
    use Arithmetic::{Add, Subtract};
    match duration {
        Expr::Days(days) => {
            let days = if operation == Subtract {
                calculation(Expr::Number(0.0), Subtract, Expr::clone(&days))
            } else {
                Expr::clone(&days)
            };
            Expr::Shifted(Arc::new(instant), Arc::new(days))
        }
        // Both sides are durations: only these can be added up to one.
        Expr::Arithmetic(first, then @ (Add | Subtract), second) if has_days(&first) || has_days(&second) => {
            let then = if operation == then { Add } else { Subtract };
            shifted(shifted(instant, operation, Expr::clone(&first)), then, Expr::clone(&second))
        }
        seconds => calculation(instant, operation, seconds),
    }
}

/// Whether a duration counts days of the calendar.
fn has_days(duration: &Expr) -> bool {
    match duration {
        Expr::Days(_) => true,
        Expr::Arithmetic(first, Arithmetic::Add | Arithmetic::Subtract, second) => has_days(first) || has_days(second),
        _ => false,
    }
}

/// `to - from > days(14)` as `from + days(14) < to`; `None` where no difference of instants is compared with days.
pub fn calendar_comparison(left: &Expr, comparison: Comparison, right: &Expr) -> Option<Condition> {
    let (from, to, comparison, duration) = match (left, right) {
        (Expr::Between(from, to), duration) if has_days(duration) => (from, to, comparison.mirrored(), duration),
        (duration, Expr::Between(from, to)) if has_days(duration) => (from, to, comparison, duration),
        _ => return None,
    };
    let due = shifted(Expr::clone(from), Arithmetic::Add, duration.clone());
    Some(Condition::Compare(due, comparison, Expr::clone(to)))
}
