//! What a script can name while it describes: the data, rows, columns, conditions and the period. None of them holds a
//! value.

use super::datasets::{Children, Dataset};
use super::errors::{Complaint, Refused};
use crate::aggregate::{Aggregate, ChildMeasure};
use crate::diagnostic::nearest;
use crate::expr::{Comparison, Condition, Edge, Expr, Origin};
use crate::model::{self, ATTRIBUTES, Column, Kind, Path, Reference, TABLES, Table};
use crate::period::{Length, Reach};
use crate::scan::Projection;
use rhai::{Dynamic, Engine};
use std::sync::Arc;

/// `data`: all tables.
#[derive(Debug, Clone)]
pub struct Data;

/// Through how many foreign keys a related row may be reached; each is a join.
const MOST_STEPS: usize = 6;

/// `p`: the period that rows are counted for.
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
    /// The way to this one.
    pub references: Vec<&'static Reference>,
    /// The table this row is of.
    pub table: &'static Table,
}

/// A row as it was at an instant: `o.as_of(p.end)`.
#[derive(Debug, Clone)]
pub struct PastRow {
    row: RowSymbol,
    changes: &'static Table,
    parent: &'static Reference,
    at: Expr,
}

/// A value of each row, with what kind of value it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    pub expr: Expr,
    pub kind: TermKind,
}

/// What a term is; decides what may be done with it.
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

impl RowSymbol {
    /// The row of a closure that lies `depth` closures deep.
    pub fn of(table: &'static Table, depth: u8) -> RowSymbol {
        RowSymbol { origin: Origin { table, depth }, references: Vec::new(), table }
    }

    fn column(&self, column: &'static Column) -> Term {
        let path = Path { references: self.references.clone(), column, attribute: None };
        Term { expr: Expr::Column(self.origin, Projection::of(path)), kind: column.kind.into() }
    }

    fn attribute(&self, name: &str) -> Term {
        let path = Path { references: self.references.clone(), column: &ATTRIBUTES, attribute: Some(name.into()) };
        Term { expr: Expr::Column(self.origin, Projection::of(path)), kind: TermKind::Text }
    }

    /// What a name behind the dot means: a column, a related row, or the related rows of another table.
    fn get(&self, name: &str) -> Refused<Dynamic> {
        if let Some(column) = self.table.column(name) {
            return Ok(Dynamic::from(self.column(column)));
        }
        if let Some(reference) = self.table.reference(name) {
            let table = model::table(reference.table).expect("every reference leads to a table");
            let references: Vec<_> = self.references.iter().copied().chain([reference]).collect();
            if references.len() > MOST_STEPS {
                return Err(Complaint::new(format!("a row is reached in at most {MOST_STEPS} steps"))
                    .hint("begin with a table that lies nearer")
                    .into());
            }
            return Ok(Dynamic::from(RowSymbol { origin: self.origin, references, table }));
        }
        if let Some((table, parent)) = self.table.children(name) {
            if self.references.is_empty() && self.origin.depth == 0 {
                return Ok(Dynamic::from(Children::of(table, parent, self.origin)));
            }
            return Err(Complaint::new(format!("“{name}” of a related row cannot be counted"))
                .hint(format!("start from data.{} and go on from there", self.table.name))
                .into());
        }
        Err(self.unknown(name))
    }

    fn unknown(&self, name: &str) -> Box<rhai::EvalAltResult> {
        let columns = self.table.columns.iter().map(|column| column.name);
        let references = self.table.references.iter().map(|reference| reference.name);
        let children = TABLES.iter().map(|table| table.name).filter(|name| self.table.children(name).is_some());
        let known: Vec<&str> = columns.chain(references).chain(children).collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("{} has {}", self.table.name, known.join(", ")),
        };
        Complaint::new(format!("{} has no column “{name}”", self.table.name)).hint(hint).into()
    }

    /// Whether the foreign key that leads here is set.
    fn is_set(&self) -> Refused<Condition> {
        let (last, before) = self.references.split_last().ok_or_else(|| {
            Complaint::new("the row itself is always there").hint("ask a column: l.closed_at.is_set()")
        })?;
        let holder = before.iter().fold(self.origin.table, |_, step| model::table(step.table).expect("a known table"));
        let column = holder.column(last.column).expect("a foreign key is a column of its table");
        let path = Path { references: before.to_vec(), column, attribute: None };
        Ok(Condition::IsSet(Expr::Column(self.origin, Projection::of(path))))
    }

    fn as_of(&self, at: &Term) -> Refused<PastRow> {
        let keeps = |table: &&Table| table.name.ends_with("_changes") && self.table.children(table.name).is_some();
        let changes = TABLES.iter().find(keeps).filter(|_| self.references.is_empty() && self.origin.depth == 0);
        let Some((changes, parent)) = changes.and_then(|changes| self.table.children(changes.name)) else {
            return Err(Complaint::new(format!("nothing is kept about what a row of {} was before", self.table.name))
                .hint("of data.opportunities it is: |o, p| o.as_of(p.end).amount")
                .into());
        };
        if at.kind != TermKind::Instant {
            return Err(Complaint::new(format!("as_of takes an instant, not {}", at.kind.described()))
                .hint("write o.as_of(p.end) or o.as_of(p.start)")
                .into());
        }
        Ok(PastRow { row: self.clone(), changes, parent, at: at.expr.clone() })
    }
}

impl PastRow {
    /// A change row holds what was before it: at an instant a row was what the first change after it says, or else what
    /// it is.
    fn get(&self, name: &str) -> Refused<Dynamic> {
        let now = self.row.get(name)?;
        let Some(now) = now.clone().try_cast::<Term>() else { return Ok(now) };
        // What never changes is what it was.
        if ["id", "key", "created_at"].contains(&name) {
            return Ok(Dynamic::from(now));
        }
        let Some(column) = self.changes.column(name) else {
            let kept: Vec<&str> = self.changes.columns.iter().map(|column| column.name).skip(2).collect();
            return Err(Complaint::new(format!("what “{name}” was at an instant is not kept"))
                .hint(format!("of {}, numbers and dates are", kept.join(", ")))
                .into());
        };
        if now.kind == TermKind::Text {
            return Err(Complaint::new(format!("what “{name}” was at an instant cannot be asked"))
                .hint("amounts, numbers and dates can")
                .into());
        }
        let origin = Origin { table: self.changes, depth: self.row.origin.depth + 1 };
        let own = |column| Expr::Column(origin, Projection::of(Path::own(column)));
        let changed_at = self.changes.column("changed_at").expect("a table of changes says when");
        let (dated, filter) = if let Expr::Period(edge) = self.at {
            (Some((Path::own(changed_at), Reach::From(edge))), None)
        } else {
            let at = self.at.seen_from(origin, self.parent);
            (None, Some(Condition::Compare(own(changed_at), Comparison::GreaterOrEqual, at)))
        };
        let later = |aggregate| {
            let (table, parent) = (self.changes, self.parent);
            let (dated, filter) = (dated.clone(), filter.clone());
            Arc::new(ChildMeasure { table, parent, dated, filter, aggregate })
        };
        let first = Aggregate::Picked { by: own(changed_at), value: own(column), last: false };
        let changed = Expr::Children(later(Aggregate::Count));
        let changed = Condition::Compare(changed, Comparison::Greater, Expr::Number(0.0));
        let then = Expr::When(Arc::new(changed), Arc::new(Expr::Children(later(first))), Arc::new(now.expr));
        Ok(Dynamic::from(Term { expr: then, kind: now.kind }))
    }
}

fn table_of(name: &str) -> Refused<Dynamic> {
    if name == "period" {
        return Ok(Dynamic::from(PeriodSymbol));
    }
    let table = model::table(name).ok_or_else(|| {
        let hint = match nearest(name, TABLES.iter().map(|table| table.name)) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("there are {}", TABLES.iter().map(|table| table.name).collect::<Vec<_>>().join(", ")),
        };
        Complaint::new(format!("there is no table “{name}”")).hint(hint)
    })?;
    Ok(Dynamic::from(Dataset::of(table)))
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
        let between = Expr::Arithmetic(edge(Edge::LastDay), crate::expr::Arithmetic::Subtract, edge(Edge::FirstDay));
        let expr = Expr::Arithmetic(Arc::new(between), crate::expr::Arithmetic::Add, Arc::new(Expr::Number(1.0)));
        return Ok(Term { expr, kind: TermKind::Number });
    }
    Err(Complaint::new(format!("a period has no “{name}”"))
        .hint("it has start, end, first_day, last_day, days, and trailing(…), ahead(…), so_far(), earlier()")
        .into())
}

fn length(text: &str) -> Refused<Length> {
    Length::parse(text).ok_or_else(|| {
        Complaint::new(format!("“{text}” is no length of time"))
            .hint("write \"12 months\", \"90 days\", \"4 weeks\" or \"1 year\"")
            .into()
    })
}

/// Registers the types and how their parts are named.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Data>("data")
        .register_type_with_name::<PeriodSymbol>("period")
        .register_type_with_name::<ReachSymbol>("span")
        .register_type_with_name::<RowSymbol>("row")
        .register_type_with_name::<PastRow>("past row")
        .register_type_with_name::<Term>("column")
        .register_type_with_name::<ConditionSymbol>("condition")
        .register_indexer_get(|_: &mut Data, name: &str| table_of(name))
        .register_indexer_get(|row: &mut RowSymbol, name: &str| row.get(name))
        .register_indexer_get(|row: &mut PastRow, name: &str| row.get(name))
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
