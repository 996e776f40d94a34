//! What a measure counts that becomes known only after its period: it makes the figures of past periods change.
//!
//! A row belongs to a period by one date. What it says about later instants, and rows that belong to it and come later,
//! are not known at the period's end, unless the script asks what held then: `l.closed_at < p.end`,
//! `earliest(c.churned_at, p.end)`. That something is recorded without the instant since which it is known
//! (`o.closed_at.is_set() or !o.outcome.is_set()` keeps the others) has always been so.

use super::Measure;
use super::aggregate::Aggregate;
use super::dated::Dated;
use super::expr::{Arithmetic, ChildMeasure, Comparison, Condition, Expr};
use super::membership::{Lifetime, Membership};
use crate::data::model::{Column, Table};
use crate::data::path::Path;
use crate::time::period::Reach;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The columns and the tables of related rows that it reads and that become known only after its period.
pub fn known_later(measure: &Measure) -> BTreeSet<String> {
    let by = measure.membership.date().cloned();
    let mut reading = Reading::of(&measure.table, by.into_iter().collect(), measure.filter.as_ref());
    match &measure.membership {
        Membership::Dated(dated) if !comes_by_the_end(dated) => reading.note(&measure.table.name),
        // Whether a row is there at the end is known at the end.
        Membership::Existing(Lifetime { until: Some(until), .. }, _) if !comes(until) => reading.expr(until),
        Membership::Dated(_) | Membership::Existing(..) | Membership::All => {}
    }
    measure.filter.iter().for_each(|filter| reading.condition(filter));
    measure.aggregate.operands().into_iter().for_each(|operand| reading.expr(operand));
    if let Some(latest) = &measure.latest {
        reading.expr(&latest.by);
        latest.filter.iter().for_each(|filter| reading.condition(filter));
    }
    reading.later
}

/// Reads what is said about the rows of one table.
struct Reading<'a> {
    table: &'a Table,
    /// What is known when a row counts: the date by which it belongs to the period, and that of the row around it.
    dates: Vec<Path>,
    /// What the filter asks to lie before the end of the period.
    bounded: Vec<&'a Expr>,
    later: BTreeSet<String>,
}

impl<'a> Reading<'a> {
    fn of(table: &'a Table, dates: Vec<Path>, filter: Option<&'a Condition>) -> Reading<'a> {
        Reading { table, dates, bounded: filter.map(bounded).unwrap_or_default(), later: BTreeSet::new() }
    }

    fn note(&mut self, name: &str) {
        self.later.insert(name.to_owned());
    }

    fn expr(&mut self, expr: &Expr) {
        if self.bounded.contains(&expr) {
            return;
        }
        match expr {
            Expr::Column(_, projection) => {
                let later = projection.0.iter().filter(|path| self.is_later(path)).map(ToString::to_string);
                let later: Vec<String> = later.collect();
                self.later.extend(later);
            }
            // The earlier of something and the end of the period is known at the end.
            Expr::Arithmetic(left, Arithmetic::Least, right)
                if known(left) && comes(right) || comes(left) && known(right) => {}
            Expr::Arithmetic(left, _, right)
            | Expr::Between(left, right)
            | Expr::Shifted(left, right)
            | Expr::Coalesce(left, right)
            | Expr::Working(_, _, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            Expr::When(condition, yes, no) => {
                self.condition(condition);
                self.expr(yes);
                self.expr(no);
            }
            Expr::Days(inner) | Expr::StartOfDay(inner) | Expr::DayOf(inner) | Expr::ToNumber(inner) => {
                self.expr(inner);
            }
            Expr::Children(child) => self.child(child),
            Expr::Number(_) | Expr::Money(_) | Expr::Text(_) | Expr::Period(_) => {}
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            condition if before_the_end(condition).is_some() => {}
            Condition::Or(left, right) if self.keeps_dated(left, right) || self.keeps_dated(right, left) => {}
            Condition::Compare(left, _, right) => {
                self.expr(left);
                self.expr(right);
            }
            Condition::IsSet(expr) | Condition::Holds(expr) | Condition::Matches(expr, ..) => self.expr(expr),
            Condition::OneOf(expr, choices) => std::iter::once(expr).chain(choices.iter()).for_each(|e| self.expr(e)),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.condition(left);
                self.condition(right);
            }
            Condition::Not(inner) => self.condition(inner),
        }
    }

    /// Whether these are a milestone that is set, or nothing of what is known since that milestone: both come with it.
    fn keeps_dated(&self, milestone: &Condition, value: &Condition) -> bool {
        let Condition::Not(value) = value else { return false };
        let (Some(at), Some(value)) = (set(milestone), set(value)) else { return false };
        let table = self.table.reached(value);
        let known_since = table.known_since(&value.column).filter(|milestone| milestone.only.is_none());
        at.references == value.references && known_since.is_some_and(|since| since.at == at.column)
    }

    fn child(&mut self, child: &ChildMeasure) {
        // Recorded changes say what held at an instant.
        if child.table.history_of().is_some() {
            return;
        }
        let exists = child.table.exists_since().map(Path::own);
        let bounded = child.filter.as_ref().map(bounded).unwrap_or_default();
        let asked_for = |path: &Path| bounded.iter().any(|expr| reads(expr, path));
        let comes_later = match (&child.dated, &exists) {
            (Some(dated), _) => !comes_by_the_end(dated),
            (None, Some(exists)) => !asked_for(exists),
            (None, None) => false,
        };
        if comes_later {
            self.note(&child.table.name);
        }
        let outer = self.dates.iter().map(|date| date.behind(&child.parent));
        let own = child.dated.as_ref().map(|dated| dated.by.clone()).or(exists);
        let mut inner = Reading::of(&child.table, outer.chain(own).collect(), child.filter.as_ref());
        child.filter.iter().for_each(|filter| inner.condition(filter));
        child.aggregate.operands().into_iter().for_each(|operand| inner.expr(operand));
        self.later.append(&mut inner.later);
    }

    /// Whether a column is known only by an instant later than the row's date. The instants of a table stand in the
    /// order in which they come, those of attributes after all others.
    fn is_later(&self, path: &Path) -> bool {
        let table = self.table.reached(path);
        let Some(milestone) = table.known_since(&path.column) else { return false };
        let place = |of: &Arc<Column>| table.columns.iter().chain(&table.declared).position(|column| column == of);
        let same_row = self.dates.iter().find(|date| date.references == path.references);
        same_row.is_none_or(|date| place(&milestone.at) > place(&date.column))
    }
}

/// Whether all rows of a span have come when the period ends.
fn comes_by_the_end(dated: &Dated) -> bool {
    match dated.reach {
        Reach::Within | Reach::Trailing(_) | Reach::UpTo(_) => true,
        Reach::Ahead(_) | Reach::From(_) => false,
    }
}

/// What all rows that a filter keeps have before the end of their period.
fn bounded(filter: &Condition) -> Vec<&Expr> {
    match filter {
        Condition::And(left, right) => [bounded(left), bounded(right)].concat(),
        condition => before_the_end(condition).into_iter().collect(),
    }
}

/// What a condition asks to lie before the end of the period, if that is all that it asks: something that was not known
/// at the end lies behind it.
fn before_the_end(condition: &Condition) -> Option<&Expr> {
    use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
    match condition {
        Condition::Compare(instant, Less | LessOrEqual, end) if comes(instant) && known(end) => Some(instant),
        Condition::Compare(end, Greater | GreaterOrEqual, instant) if comes(instant) && known(end) => Some(instant),
        _ => None,
    }
}

/// Whether it is an instant that is known since itself, such as the closing of a lead, or one after that.
fn comes(expr: &Expr) -> bool {
    match expr {
        Expr::Shifted(instant, days) => comes(instant) && matches!(&**days, Expr::Number(days) if *days >= 0.0),
        Expr::Column(_, projection) => projection.0.len() == 1,
        Expr::Arithmetic(left, Arithmetic::Least, right) => comes(left) && comes(right),
        Expr::Children(child) => matches!(&child.aggregate, Aggregate::Min(instant) if comes(instant)),
        _ => false,
    }
}

/// Whether it is an end of the period, or that long before one.
fn known(expr: &Expr) -> bool {
    match expr {
        Expr::Period(_) => true,
        Expr::StartOfDay(inner) | Expr::DayOf(inner) => known(inner),
        Expr::Shifted(end, days) => known(end) && matches!(&**days, Expr::Number(days) if *days <= 0.0),
        Expr::Arithmetic(left, Arithmetic::Subtract, right) => {
            known(left) && matches!(&**right, Expr::Number(length) if *length >= 0.0)
        }
        _ => false,
    }
}

/// The column of which it is asked whether anything is in it.
fn set(condition: &Condition) -> Option<&Path> {
    match condition {
        Condition::IsSet(Expr::Column(_, projection)) => match projection.0.as_slice() {
            [path] => Some(path),
            _ => None,
        },
        _ => None,
    }
}

fn reads(expr: &Expr, path: &Path) -> bool {
    matches!(expr, Expr::Column(_, projection) if projection.0 == [path.clone()])
}
