//! Which rows of a table belong to a period: by a date, by existing at a moment, or all of them.

use super::dated::{Dated, in_days};
use super::expr::{Arithmetic, Expr};
use crate::data::path::Path;
use crate::time::period::Period;
use std::ops::Range;

/// Which rows of a table belong to a period.
#[derive(Debug, Clone, PartialEq)]
pub enum Membership {
    /// Those whose date lies in a span around the period.
    Dated(Dated),
    /// Those that exist at a moment of the period.
    Existing(Lifetime, Moment),
    /// Every row, in every period.
    All,
}

/// When a row exists. It exists at a boundary if it began before it and did not end before it: so the same rows exist
/// when a period ends and when the next one begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifetime {
    pub from: Path,
    /// Without it, or where it is missing, a row stays for good.
    pub until: Option<Expr>,
}

/// The moment at which existing rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// When the period begins.
    Start,
    /// When the period ends.
    End,
    /// At some time of the period.
    During,
}

impl Membership {
    /// The date by which rows are found.
    pub fn date(&self) -> Option<&Path> {
        match self {
            Membership::Dated(Dated { by: date, .. }) | Membership::Existing(Lifetime { from: date, .. }, _) => {
                Some(date)
            }
            Membership::All => None,
        }
    }

    /// Whether rows are found by the same dates, so that one scan reads them for both.
    pub fn is_found_like(&self, other: &Membership) -> bool {
        match (self, other) {
            (Membership::Dated(own), Membership::Dated(other)) => own.by == other.by,
            (Membership::Existing(own, _), Membership::Existing(other, _)) => own == other,
            (Membership::All, Membership::All) => true,
            (Membership::Dated(_) | Membership::Existing(..) | Membership::All, _) => false,
        }
    }
}

impl Lifetime {
    /// A period as the dates of rows are stored, half-open.
    pub fn bounds(&self, period: &Period) -> Range<i64> {
        if in_days(&self.from) { period.days() } else { period.instants() }
    }

    /// A row exists at a moment only if none of these dates lies before it; empty if that cannot be told from dates
    /// alone.
    pub fn ends(&self) -> Vec<Path> {
        self.until.as_ref().map(ends).unwrap_or_default()
    }
}

impl Moment {
    /// A row belongs to a period if it came before the end of this and was still there at its start.
    pub fn of(self, period: Range<i64>) -> Range<i64> {
        match self {
            Moment::Start => period.start..period.start,
            Moment::End => period.end..period.end,
            Moment::During => period,
        }
    }
}

fn ends(until: &Expr) -> Vec<Path> {
    match until {
        Expr::Column(_, projection) => match &projection.0[..] {
            [path] => vec![path.clone()],
            _ => Vec::new(),
        },
        Expr::Arithmetic(left, Arithmetic::Least, right) => {
            let (left, right) = (ends(left), ends(right));
            if left.is_empty() || right.is_empty() { Vec::new() } else { [left, right].concat() }
        }
        _ => Vec::new(),
    }
}
