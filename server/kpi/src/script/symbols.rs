//! The symbols that `measures` works with: the data, rows, columns, conditions and the period. None of them holds a
//! value.

use super::errors::{Complaint, Refused};
use crate::data::model::{Column, History, Kind, Model, Reference, Table};
use crate::data::path::Path;
use crate::data::path::Projection;
use crate::diagnostic::nearest;
use crate::measure::expr::{Condition, Expr, Origin};
use crate::time::period::Edge;
use crate::time::period::{Length, Reach};
use rhai::Engine;
use std::sync::Arc;

/// `data`: all tables.
#[derive(Debug, Clone)]
pub struct Data(pub Model);

/// `p`: the period for which rows are counted.
#[derive(Debug, Clone, Copy)]
pub struct PeriodSymbol;

/// A span of time around the period: `p.trailing("12 months")`.
#[derive(Debug, Clone, Copy)]
pub struct ReachSymbol(pub Reach);

/// A row of a table, reached from the table of the closure through zero or more foreign keys.
#[derive(Debug, Clone)]
pub struct RowSymbol {
    /// The closure's own row.
    pub origin: Origin,
    /// The path to this row.
    pub references: Vec<Arc<Reference>>,
    /// The table of this row.
    pub table: Table,
}

/// A row as it was at an instant: `o.as_of(p.end)`.
#[derive(Debug, Clone)]
pub struct PastRow {
    pub row: RowSymbol,
    /// The table that records its past.
    pub changes: Table,
    pub history: History,
    pub at: Expr,
}

/// A value of each row, and its kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    pub expr: Expr,
    pub kind: TermKind,
}

/// The kind of a term; decides which operations it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    Number,
    /// In the unit that the rows store.
    Money,
    /// Seconds.
    Duration,
    /// UTC seconds.
    Instant,
    /// Days since 1970.
    Date,
    Text,
    Boolean,
}

/// Whether a row counts.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionSymbol(pub Condition);

impl From<Kind> for TermKind {
    fn from(kind: Kind) -> TermKind {
        match kind {
            Kind::Integer | Kind::Number => TermKind::Number,
            Kind::Money => TermKind::Money,
            Kind::Instant => TermKind::Instant,
            Kind::Date => TermKind::Date,
            Kind::Text => TermKind::Text,
            Kind::Boolean => TermKind::Boolean,
        }
    }
}

impl TermKind {
    /// Its name in messages, with an article.
    pub fn described(self) -> &'static str {
        match self {
            TermKind::Number => "a number",
            TermKind::Money => "an amount of money",
            TermKind::Duration => "a duration",
            TermKind::Instant => "an instant",
            TermKind::Date => "a date",
            TermKind::Text => "a text",
            TermKind::Boolean => "a yes/no column",
        }
    }
}

impl Term {
    /// What to do about an attribute that is a text because nothing says what it is.
    pub fn undeclared(&self) -> Option<String> {
        let Expr::Column(origin, projection) = &self.expr else { return None };
        let path = projection.0.first().filter(|path| path.column.attribute && self.kind == TermKind::Text)?;
        let table = origin.table.reached(path);
        let declared = || table.declared.iter().map(|declared| &*declared.name);
        if declared().any(|declared| *declared == *path.column.name) {
            return None;
        }
        Some(match nearest(&path.column.name, declared()) {
            Some(near) => format!("did you mean “{near}”? {path} is a text, as no file says otherwise"),
            None => format!(
                "{path} is a text, as no file says otherwise: declare its kind in config/tables/{}.toml",
                table.name
            ),
        })
    }
}

impl RowSymbol {
    /// The row of a closure nested `depth` closures deep.
    pub fn of(table: &Table, depth: u8) -> RowSymbol {
        let origin = Origin { table: table.clone(), depth };
        RowSymbol { origin, references: Vec::new(), table: table.clone() }
    }

    /// The value of one of its columns, or of an attribute.
    pub fn column(&self, column: &Arc<Column>) -> Term {
        let path = Path { references: self.references.clone(), ..Path::own(column) };
        Term { expr: self.read(path), kind: column.kind.into() }
    }

    fn attribute(&self, name: &str) -> Term {
        self.column(&self.table.attribute(name))
    }

    fn read(&self, path: Path) -> Expr {
        Expr::Column(self.origin.clone(), Projection::of(path))
    }

    /// Whether the foreign key that leads here is set.
    fn is_set(&self) -> Refused<Condition> {
        let key = Path::key_of(&self.references).ok_or_else(|| {
            Complaint::new("the row itself is always there").hint("ask a column: l.closed_at.is_set()")
        })?;
        Ok(Condition::IsSet(self.read(key)))
    }

    fn as_of(&self, at: &Term) -> Refused<PastRow> {
        let own = self.references.is_empty() && self.origin.depth == 0;
        let Some((changes, history)) = self.table.history().filter(|_| own) else {
            return Err(Complaint::new(format!("past values of rows of {} are not recorded", self.table.name))
                .hint("those of data.opportunities are: |o, p| o.as_of(p.end).amount")
                .into());
        };
        if at.kind != TermKind::Instant {
            return Err(Complaint::new(format!("as_of takes an instant, not {}", at.kind.described()))
                .hint("write o.as_of(p.end) or o.as_of(p.start)")
                .into());
        }
        Ok(PastRow { row: self.clone(), changes, history, at: at.expr.clone() })
    }
}

fn part_of_period(name: &str) -> Refused<Term> {
    const PARTS: [(&str, Edge, TermKind); 4] = [
        ("start", Edge::Start, TermKind::Instant),
        ("end", Edge::End, TermKind::Instant),
        ("first_day", Edge::FirstDay, TermKind::Date),
        ("last_day", Edge::LastDay, TermKind::Date),
    ];
    if let Some((_, edge, kind)) = PARTS.iter().find(|(known, ..)| *known == name) {
        return Ok(Term { expr: Expr::Period(*edge), kind: *kind });
    }
    if name == "days" {
        let edge = |edge| Arc::new(Expr::Period(edge));
        let between =
            Expr::Arithmetic(edge(Edge::LastDay), crate::measure::expr::Arithmetic::Subtract, edge(Edge::FirstDay));
        let expr =
            Expr::Arithmetic(Arc::new(between), crate::measure::expr::Arithmetic::Add, Arc::new(Expr::Number(1.0)));
        return Ok(Term { expr, kind: TermKind::Number });
    }
    Err(Complaint::new(format!("a period has no “{name}”"))
        .hint("it has start, end, first_day, last_day, days, and trailing(…), ahead(…), so_far(), earlier()")
        .into())
}

fn length(text: &str) -> Refused<Length> {
    Length::parse(text).ok_or_else(|| {
        Complaint::new(format!("“{text}” is not a length of time"))
            .hint("write \"12 months\", \"90 days\", \"4 weeks\" or \"1 year\"")
            .into()
    })
}

/// Registers the types and the names of their parts.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Data>("data")
        .register_type_with_name::<PeriodSymbol>("period")
        .register_type_with_name::<ReachSymbol>("span")
        .register_type_with_name::<RowSymbol>("row")
        .register_type_with_name::<PastRow>("past row")
        .register_type_with_name::<Term>("column")
        .register_type_with_name::<ConditionSymbol>("condition")
        .register_indexer_get(|_: &mut PeriodSymbol, name: &str| part_of_period(name))
        .register_fn("trailing", |_: &mut PeriodSymbol, text: &str| -> Refused<ReachSymbol> {
            Ok(ReachSymbol(Reach::Trailing(length(text)?)))
        })
        .register_fn("ahead", |_: &mut PeriodSymbol, text: &str| -> Refused<ReachSymbol> {
            Ok(ReachSymbol(Reach::Ahead(length(text)?)))
        })
        .register_fn("so_far", |_: &mut PeriodSymbol| ReachSymbol(Reach::UpTo(Edge::End)))
        .register_fn("earlier", |_: &mut PeriodSymbol| ReachSymbol(Reach::UpTo(Edge::Start)))
        .register_fn("attr", |row: &mut RowSymbol, name: &str| row.attribute(name))
        .register_fn("as_of", |row: &mut RowSymbol, at: Term| row.as_of(&at))
        .register_fn("is_set", |term: &mut Term| ConditionSymbol(Condition::IsSet(term.expr.clone())))
        .register_fn("is_missing", |term: &mut Term| {
            ConditionSymbol(Condition::Not(Arc::new(Condition::IsSet(term.expr.clone()))))
        })
        .register_fn("is_set", |row: &mut RowSymbol| row.is_set().map(ConditionSymbol))
        .register_fn("is_missing", |row: &mut RowSymbol| -> Refused<ConditionSymbol> {
            Ok(ConditionSymbol(Condition::Not(Arc::new(row.is_set()?))))
        });
}
