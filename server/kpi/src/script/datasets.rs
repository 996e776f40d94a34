//! How rows become measures: `data.leads.dated(|l| l.accepted_at).filter(|l| …).count()`.

use super::errors::{Complaint, Refused, kind_name};
use super::operators::bounded;
use super::symbols::{ConditionSymbol, RowSymbol, Term, TermKind};
use crate::aggregate::{Aggregate, ChildMeasure, Measure};
use crate::expr::{Condition, Expr};
use crate::model::{Path, Reference, Table};
use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};
use std::sync::Arc;

/// The rows of a table that will be aggregated over a period.
#[derive(Debug, Clone)]
pub struct Dataset {
    table: &'static Table,
    dated_by: Option<Path>,
    filter: Option<Condition>,
}

/// The rows of another table that belong to the closure's row: `l.opportunities`.
#[derive(Debug, Clone)]
pub struct Children {
    table: &'static Table,
    parent: &'static Reference,
    filter: Option<Condition>,
}

/// What the closures of a dataset see, and what aggregating it gives.
trait Aggregable: Clone + Send + Sync + 'static {
    type Aggregated: Send + Sync + Clone + 'static;

    fn table(&self) -> &'static Table;
    fn filter_mut(&mut self) -> &mut Option<Condition>;
    /// `kind` is the kind of the figure.
    fn aggregated(&self, aggregate: Aggregate, kind: TermKind) -> Refused<Self::Aggregated>;
}

impl Dataset {
    /// All rows of a table.
    pub fn of(table: &'static Table) -> Dataset {
        Dataset { table, dated_by: None, filter: None }
    }
}

impl Children {
    /// All rows of `table` whose foreign key `parent` points at the closure's row.
    pub fn of(table: &'static Table, parent: &'static Reference) -> Children {
        Children { table, parent, filter: None }
    }
}

impl Aggregable for Dataset {
    type Aggregated = Measure;

    fn table(&self) -> &'static Table {
        self.table
    }

    fn filter_mut(&mut self) -> &mut Option<Condition> {
        &mut self.filter
    }

    fn aggregated(&self, aggregate: Aggregate, kind: TermKind) -> Refused<Measure> {
        let dated_by = self.dated_by.clone().ok_or_else(|| {
            Complaint::new(format!("nothing says which date puts a row of {} into a period", self.table.name))
                .hint(format!("data.{}.dated(|row| row.…)", self.table.name))
        })?;
        if matches!(kind, TermKind::Instant | TermKind::Date) {
            return Err(Complaint::new(format!("a measure cannot be {}", kind.described()))
                .hint("subtract another one: a duration can be measured")
                .into());
        }
        let is_money = kind == TermKind::Money;
        Ok(Measure { table: self.table, dated_by, filter: self.filter.clone(), aggregate, is_money })
    }
}

impl Aggregable for Children {
    type Aggregated = Term;

    fn table(&self) -> &'static Table {
        self.table
    }

    fn filter_mut(&mut self) -> &mut Option<Condition> {
        &mut self.filter
    }

    fn aggregated(&self, aggregate: Aggregate, kind: TermKind) -> Refused<Term> {
        let measure = ChildMeasure { table: self.table, parent: self.parent, filter: self.filter.clone(), aggregate };
        let mut nested = false;
        measure.expressions(&mut |expr| {
            let mut found = Vec::new();
            expr.children(&mut found);
            nested |= !found.is_empty();
        });
        if nested {
            return Err(Complaint::new("related rows of related rows cannot be counted")
                .hint(format!("start from data.{} instead", self.table.name))
                .into());
        }
        Ok(Term { expr: Expr::Children(Arc::new(measure)), kind })
    }
}

/// Calls a closure with the symbol of a row.
fn describe<D: Aggregable>(dataset: &D, closure: &FnPtr, context: &NativeCallContext) -> Refused<Dynamic> {
    closure.call_within_context(context, (RowSymbol::of(dataset.table()),))
}

/// What a closure gave, as a column.
fn term<D: Aggregable>(dataset: &D, closure: &FnPtr, context: &NativeCallContext, what: &str) -> Refused<Term> {
    let given = describe(dataset, closure, context)?;
    given.clone().try_cast::<Term>().ok_or_else(|| {
        let hint = if given.is::<ConditionSymbol>() {
            "conditions belong into .filter(…)"
        } else {
            "give a column, such as |l| l.amount"
        };
        Complaint::new(format!("the closure of {what} gives a {}, not a column", kind_name(given.type_name())))
            .hint(hint)
            .into()
    })
}

/// What a closure gave, as a column that can be calculated with.
fn quantity<D: Aggregable>(dataset: &D, closure: &FnPtr, context: &NativeCallContext, what: &str) -> Refused<Term> {
    let term = term(dataset, closure, context, what)?;
    if matches!(term.kind, TermKind::Text | TermKind::Boolean) {
        return Err(Complaint::new(format!("{what} cannot be taken of {}", term.kind.described()))
            .hint("count rows with .filter(…).count(), different values with .distinct(…)")
            .into());
    }
    Ok(term)
}

fn dated(dataset: &mut Dataset, closure: &FnPtr, context: &NativeCallContext) -> Refused<Dataset> {
    let term = term(dataset, closure, context, "dated")?;
    let (TermKind::Instant | TermKind::Date, Expr::Column(projection)) = (term.kind, &term.expr) else {
        return Err(Complaint::new(format!(
            "rows are dated by a date or an instant, not by {}",
            term.kind.described()
        ))
        .hint("give the column itself, such as |l| l.created_at")
        .into());
    };
    Ok(Dataset { dated_by: projection.0.first().cloned(), ..dataset.clone() })
}

fn filter<D: Aggregable>(dataset: &mut D, closure: &FnPtr, context: &NativeCallContext) -> Refused<D> {
    let given = describe(dataset, closure, context)?;
    let condition = if let Some(condition) = given.clone().try_cast::<ConditionSymbol>() {
        condition.0
    } else if let Some(Term { expr, kind: TermKind::Boolean }) = given.clone().try_cast() {
        Condition::Holds(expr)
    } else {
        return Err(Complaint::new(format!(
            "the closure of filter gives a {}, not a condition",
            kind_name(given.type_name())
        ))
        .hint("compare something: |l| l.outcome == \"won\", or ask |l| l.closed_at.is_set()")
        .into());
    };
    let mut filtered = dataset.clone();
    let all = filtered.filter_mut();
    let condition = match all.take() {
        Some(before) => before.and(condition),
        None => condition,
    };
    bounded(condition.size())?;
    *all = Some(condition);
    Ok(filtered)
}

fn sum<D: Aggregable>(dataset: &mut D, closure: &FnPtr, context: &NativeCallContext) -> Refused<D::Aggregated> {
    let term = quantity(dataset, closure, context, "sum")?;
    if matches!(term.kind, TermKind::Instant | TermKind::Date) {
        return Err(Complaint::new(format!("{} cannot be added up", term.kind.described()))
            .hint("subtract another one first: l.closed_at - l.created_at")
            .into());
    }
    dataset.aggregated(Aggregate::Sum(term.expr), term.kind)
}

fn share(share: f64) -> Refused<f64> {
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err(Complaint::new(format!("a percentile lies between 0 and 1, not at {share}"))
        .hint("the median is percentile(0.5, …), the upper tenth percentile(0.9, …)")
        .into())
}

/// Registers what can be done with rows of a dataset, and of related rows, which is the same.
fn register_aggregates<D: Aggregable>(engine: &mut Engine) {
    type Context<'a> = NativeCallContext<'a>;
    engine
        .register_fn("filter", |c: Context, rows: &mut D, closure: FnPtr| filter(rows, &closure, &c))
        .register_fn("count", |rows: &mut D| rows.aggregated(Aggregate::Count, TermKind::Number))
        .register_fn("distinct", |c: Context, rows: &mut D, closure: FnPtr| {
            let term = term(rows, &closure, &c, "distinct")?;
            rows.aggregated(Aggregate::Distinct(term.expr), TermKind::Number)
        })
        .register_fn("sum", |c: Context, rows: &mut D, closure: FnPtr| sum(rows, &closure, &c))
        .register_fn("mean", |c: Context, rows: &mut D, closure: FnPtr| {
            let term = quantity(rows, &closure, &c, "mean")?;
            rows.aggregated(Aggregate::Mean(term.expr), term.kind)
        })
        .register_fn("median", |c: Context, rows: &mut D, closure: FnPtr| {
            let term = quantity(rows, &closure, &c, "median")?;
            rows.aggregated(Aggregate::Percentile(term.expr, 0.5), term.kind)
        })
        .register_fn("percentile", |c: Context, rows: &mut D, at: f64, closure: FnPtr| {
            let term = quantity(rows, &closure, &c, "percentile")?;
            rows.aggregated(Aggregate::Percentile(term.expr, share(at)?), term.kind)
        })
        .register_fn("min", |c: Context, rows: &mut D, closure: FnPtr| {
            let term = quantity(rows, &closure, &c, "min")?;
            rows.aggregated(Aggregate::Min(term.expr), term.kind)
        })
        .register_fn("max", |c: Context, rows: &mut D, closure: FnPtr| {
            let term = quantity(rows, &closure, &c, "max")?;
            rows.aggregated(Aggregate::Max(term.expr), term.kind)
        });
}

/// Registers datasets and what can be done with them.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Dataset>("dataset")
        .register_type_with_name::<Children>("related rows")
        .register_type_with_name::<Measure>("measure")
        .register_fn("dated", |context: NativeCallContext, rows: &mut Dataset, closure: FnPtr| {
            dated(rows, &closure, &context)
        });
    register_aggregates::<Dataset>(engine);
    register_aggregates::<Children>(engine);
}
