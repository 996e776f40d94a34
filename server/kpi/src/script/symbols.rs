//! What a script can name while it describes: the data, rows, columns and conditions. None of them holds a value.

use super::errors::{Complaint, Refused};
use crate::diagnostic::nearest;
use crate::expr::{Condition, Expr};
use crate::model::{self, Kind, Path, Reference, TABLES, Table};
use crate::scan::Projection;
use rhai::{Dynamic, Engine};

/// `data`: all tables.
#[derive(Debug, Clone)]
pub struct Data;

/// A row of a table, reached from the table of the closure through zero or more foreign keys.
#[derive(Debug, Clone)]
pub struct RowSymbol {
    /// The table of the closure's own row.
    pub from: &'static Table,
    /// The way to this one.
    pub references: Vec<&'static Reference>,
    /// The table this row is of.
    pub table: &'static Table,
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
    /// Minor units.
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
    /// The closure's own row.
    pub fn of(table: &'static Table) -> RowSymbol {
        RowSymbol { from: table, references: Vec::new(), table }
    }

    /// What a name behind the dot means: a column, a related row, or the related rows of another table.
    fn get(&self, name: &str) -> Refused<Dynamic> {
        if let Some(column) = self.table.column(name) {
            let path = Path { references: self.references.clone(), column };
            let expr = Expr::Column(Projection::of(path));
            return Ok(Dynamic::from(Term { expr, kind: column.kind.into() }));
        }
        if let Some(reference) = self.table.reference(name) {
            let table = model::table(reference.table).expect("every reference leads to a table");
            let references = self.references.iter().copied().chain([reference]).collect();
            return Ok(Dynamic::from(RowSymbol { from: self.from, references, table }));
        }
        if let Some((table, parent)) = self.table.children(name) {
            if self.references.is_empty() {
                return Ok(Dynamic::from(super::datasets::Children::of(table, parent)));
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
}

fn table_of(name: &str) -> Refused<super::datasets::Dataset> {
    let table = model::table(name).ok_or_else(|| {
        let hint = match nearest(name, TABLES.iter().map(|table| table.name)) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("there are {}", TABLES.iter().map(|table| table.name).collect::<Vec<_>>().join(", ")),
        };
        Complaint::new(format!("there is no table “{name}”")).hint(hint)
    })?;
    Ok(super::datasets::Dataset::of(table))
}

/// Registers the types and how their parts are named.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Data>("data")
        .register_type_with_name::<RowSymbol>("row")
        .register_type_with_name::<Term>("column")
        .register_type_with_name::<ConditionSymbol>("condition")
        .register_indexer_get(|_: &mut Data, name: &str| table_of(name))
        .register_indexer_get(|row: &mut RowSymbol, name: &str| row.get(name))
        .register_fn("is_set", |term: &mut Term| ConditionSymbol(Condition::IsSet(term.expr.clone())))
        .register_fn("is_missing", |term: &mut Term| {
            ConditionSymbol(Condition::Not(Box::new(Condition::IsSet(term.expr.clone()))))
        })
        .register_fn("is_set", |row: &mut RowSymbol| -> Refused<ConditionSymbol> {
            let (last, before) = row.references.split_last().ok_or_else(|| {
                Complaint::new("the row itself is always there").hint("ask a column: l.closed_at.is_set()")
            })?;
            let holder = before.iter().fold(row.from, |_, step| model::table(step.table).expect("a known table"));
            let column = holder.column(last.column).expect("a foreign key is a column of its table");
            let expr = Expr::Column(Projection::of(Path { references: before.to_vec(), column }));
            Ok(ConditionSymbol(Condition::IsSet(expr)))
        });
}
