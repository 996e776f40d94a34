//! What a closure of a script describes: expressions over the columns of a row, and conditions over expressions. How
//! they are evaluated is the engine's business.

use super::aggregate::Aggregate;
use super::aggregate::accumulator::Accumulator;
use super::dated::Dated;
use crate::data::model::{Reference, Table};
use crate::data::path::{Path, Projection};
use crate::time::calendar::Calendar;
use crate::time::period::Edge;
use std::sync::Arc;

/// A value of each row. Parts are shared, so that a copy costs next to nothing however large the whole is.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Column(Origin, Projection),
    Number(f64),
    /// An amount in whole units of the currency; the unit that rows store is known only when they are read.
    Money(f64),
    Text(Arc<str>),
    /// One end of the period that the row is counted for.
    Period(Edge),
    Arithmetic(Arc<Expr>, Arithmetic, Arc<Expr>),
    /// The seconds from one instant to another.
    Between(Arc<Expr>, Arc<Expr>),
    /// A duration of that many days, in seconds: a day has 24 hours, unless an instant is shifted by it.
    Days(Arc<Expr>),
    /// An instant that many calendar days later, at the same time of the day in the zone of the period.
    Shifted(Arc<Expr>, Arc<Expr>),
    /// The first, or where that is missing the second.
    Coalesce(Arc<Expr>, Arc<Expr>),
    When(Arc<Condition>, Arc<Expr>, Arc<Expr>),
    /// The first instant of a date, in the zone of the period.
    StartOfDay(Arc<Expr>),
    /// The date of an instant, in the zone of the period.
    DayOf(Arc<Expr>),
    /// The number in a text; missing if the text is not a number.
    ToNumber(Arc<Expr>),
    /// Working time between two instants.
    Working(Arc<Calendar>, Working, Arc<Expr>, Arc<Expr>),
    /// A figure over the rows of another table that belong to this row.
    Children(Arc<ChildMeasure>),
}

/// The row that a column belongs to: the table of the closure's row, and how deep the closure is nested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub table: Table,
    pub depth: u8,
}

/// The unit of working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Working {
    Seconds,
    /// Days begun after the first one.
    Days,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    /// By zero it is missing.
    Divide,
    /// The smaller one; one that is missing does not count.
    Least,
    /// The greater one; one that is missing does not count.
    Greatest,
}

/// Whether a row counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    Compare(Expr, Comparison, Expr),
    IsSet(Expr),
    OneOf(Expr, Arc<[Expr]>),
    /// A text that has another one somewhere in it.
    Matches(Expr, Match, Arc<str>),
    /// A boolean column; missing is false.
    Holds(Expr),
    And(Arc<Condition>, Arc<Condition>),
    Or(Arc<Condition>, Arc<Condition>),
    Not(Arc<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Where in a text another one must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    Anywhere,
    AtStart,
    AtEnd,
}

/// One part of an expression or condition, for walks over all of them.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    Expr(&'a Expr),
    Condition(&'a Condition),
}

impl<'a> Part<'a> {
    /// The parts it is directly made of.
    pub(super) fn below(self) -> Vec<Part<'a>> {
        use Part::{Condition as C, Expr as E};
        match self {
            E(
                Expr::Column(..)
                | Expr::Number(_)
                | Expr::Money(_)
                | Expr::Text(_)
                | Expr::Period(_)
                | Expr::Children(_),
            ) => vec![],
            E(
                Expr::Arithmetic(left, _, right)
                | Expr::Between(left, right)
                | Expr::Shifted(left, right)
                | Expr::Coalesce(left, right)
                | Expr::Working(_, _, left, right),
            ) => vec![E(left), E(right)],
            E(Expr::When(condition, yes, no)) => vec![C(condition), E(yes), E(no)],
            E(Expr::Days(inner) | Expr::StartOfDay(inner) | Expr::DayOf(inner) | Expr::ToNumber(inner)) => {
                vec![E(inner)]
            }
            C(Condition::Compare(left, _, right)) => vec![E(left), E(right)],
            C(Condition::IsSet(inner) | Condition::Holds(inner) | Condition::Matches(inner, ..)) => vec![E(inner)],
            C(Condition::OneOf(inner, choices)) => std::iter::once(inner).chain(choices.iter()).map(E).collect(),
            C(Condition::And(left, right) | Condition::Or(left, right)) => vec![C(left), C(right)],
            C(Condition::Not(inner)) => vec![C(inner)],
        }
    }

    /// Calls `visit` with it and everything it is made of.
    pub fn walk(self, visit: &mut dyn FnMut(Part<'a>)) {
        visit(self);
        self.below().into_iter().for_each(|part| part.walk(visit));
    }

    /// How many parts it is made of; stops counting at `most`, since shared parts can make that number immense.
    pub fn size(self, most: usize) -> usize {
        let mut size = 1;
        for part in self.below() {
            if size >= most {
                break;
            }
            size += part.size(most - size);
        }
        size
    }

    /// Every column it reads.
    pub fn columns(self) -> Vec<(&'a Origin, &'a Projection)> {
        let mut found = Vec::new();
        self.walk(&mut |part| {
            if let Part::Expr(Expr::Column(origin, projection)) = part {
                found.push((origin, projection));
            }
        });
        found
    }

    /// Every figure over related rows that it reads.
    pub fn children(self) -> Vec<&'a Arc<ChildMeasure>> {
        let mut found = Vec::new();
        self.walk(&mut |part| {
            if let Part::Expr(Expr::Children(child)) = part {
                found.push(child);
            }
        });
        found
    }

    /// Whether its value depends on the period.
    pub fn needs_period(self) -> bool {
        let mut needs = false;
        self.walk(&mut |part| {
            needs |= match part {
                Part::Expr(Expr::Period(_)) => true,
                Part::Expr(Expr::Children(child)) => child.needs_period(),
                _ => false,
            };
        });
        needs
    }

    /// Whether its value depends on working hours and holidays.
    pub fn counts_working_time(self) -> bool {
        let mut counts = false;
        self.walk(&mut |part| {
            counts |= match part {
                Part::Expr(Expr::Working(..)) => true,
                Part::Expr(Expr::Children(child)) => child.parts().into_iter().any(Part::counts_working_time),
                _ => false,
            };
        });
        counts
    }
}

impl Expr {
    /// The same, with the texts of different systems told apart: two shops may both have an order 1.
    #[must_use]
    pub fn told_apart(self) -> Expr {
        match self {
            Expr::Column(origin, Projection(paths)) => {
                Expr::Column(origin, Projection(paths.iter().map(Path::told_apart).collect()))
            }
            other => other,
        }
    }

    /// The expression with the columns of the outer row reached through `parent`, as the rows of an inner closure's
    /// table see them.
    #[must_use]
    pub fn seen_from(&self, inner: &Origin, parent: &Arc<Reference>) -> Expr {
        let seen = |expr: &Arc<Expr>| Arc::new(expr.seen_from(inner, parent));
        match self {
            Expr::Column(origin, projection) if origin.depth < inner.depth => {
                let paths = projection.0.iter().map(|path| path.behind(parent)).collect();
                Expr::Column(inner.clone(), Projection(paths))
            }
            Expr::Column(..)
            | Expr::Number(_)
            | Expr::Money(_)
            | Expr::Text(_)
            | Expr::Period(_)
            | Expr::Children(_) => self.clone(),
            Expr::Arithmetic(left, operation, right) => Expr::Arithmetic(seen(left), *operation, seen(right)),
            Expr::Between(from, to) => Expr::Between(seen(from), seen(to)),
            Expr::Days(days) => Expr::Days(seen(days)),
            Expr::Shifted(instant, days) => Expr::Shifted(seen(instant), seen(days)),
            Expr::Coalesce(left, right) => Expr::Coalesce(seen(left), seen(right)),
            Expr::When(condition, yes, no) => {
                Expr::When(Arc::new(condition.seen_from(inner, parent)), seen(yes), seen(no))
            }
            Expr::StartOfDay(inner) => Expr::StartOfDay(seen(inner)),
            Expr::DayOf(inner) => Expr::DayOf(seen(inner)),
            Expr::ToNumber(inner) => Expr::ToNumber(seen(inner)),
            Expr::Working(calendar, unit, from, to) => Expr::Working(calendar.clone(), *unit, seen(from), seen(to)),
        }
    }
}

impl Condition {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Condition) -> Condition {
        Condition::And(Arc::new(self), Arc::new(other))
    }

    /// See [`Expr::seen_from`].
    #[must_use]
    pub fn seen_from(&self, inner: &Origin, parent: &Arc<Reference>) -> Condition {
        let seen = |expr: &Expr| expr.seen_from(inner, parent);
        let also = |condition: &Arc<Condition>| Arc::new(condition.seen_from(inner, parent));
        match self {
            Condition::Compare(left, comparison, right) => Condition::Compare(seen(left), *comparison, seen(right)),
            Condition::IsSet(expr) => Condition::IsSet(seen(expr)),
            Condition::OneOf(expr, choices) => Condition::OneOf(seen(expr), choices.iter().map(seen).collect()),
            Condition::Matches(expr, place, text) => Condition::Matches(seen(expr), *place, text.clone()),
            Condition::Holds(expr) => Condition::Holds(seen(expr)),
            Condition::And(left, right) => Condition::And(also(left), also(right)),
            Condition::Or(left, right) => Condition::Or(also(left), also(right)),
            Condition::Not(inner) => Condition::Not(also(inner)),
        }
    }
}

impl Comparison {
    /// Whether it holds between two values.
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        }
    }

    /// The comparison with its sides exchanged.
    #[must_use]
    pub fn mirrored(self) -> Comparison {
        match self {
            Comparison::Equal => Comparison::Equal,
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        }
    }
}

/// A figure over the rows of another table that belong to one row (the opportunities of a lead).
#[derive(Debug, Clone, PartialEq)]
pub struct ChildMeasure {
    pub table: Table,
    /// The foreign key by which its rows belong to their parent.
    pub parent: Arc<Reference>,
    /// Only the rows that belong to the period; all of them without it.
    pub dated: Option<Dated>,
    pub filter: Option<Condition>,
    pub aggregate: Aggregate<Expr>,
    /// Whether it aggregates durations, which cannot be below zero.
    pub lasting: bool,
}

impl ChildMeasure {
    /// The running aggregate, before any row.
    pub fn begin(&self) -> Accumulator {
        let began = self.aggregate.begin();
        if self.lasting { began.leaving_out_negatives() } else { began }
    }

    /// Every expression and condition in it.
    pub fn parts(&self) -> Vec<Part<'_>> {
        parts(self.filter.as_ref(), &self.aggregate)
    }

    /// Whether the figure depends on the period.
    pub fn needs_period(&self) -> bool {
        self.dated.is_some() || self.parts().into_iter().any(Part::needs_period)
    }
}

pub(super) fn parts<'a>(filter: Option<&'a Condition>, aggregate: &'a Aggregate<Expr>) -> Vec<Part<'a>> {
    filter.into_iter().map(Part::Condition).chain(aggregate.operands().into_iter().map(Part::Expr)).collect()
}
