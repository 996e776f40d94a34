//! How rows become measures: `data.leads.dated(|l| l.accepted_at).filter(|l| …).count()`.

use super::errors::{Complaint, Refused, kind_name};
use super::limits::bounded;
use super::symbols::{ConditionSymbol, PeriodSymbol, ReachSymbol, RowSymbol, Term, TermKind};
use crate::data::model::{Kind, Reference, Table};
use crate::data::path::Path;
use crate::data::path::Projection;
use crate::measure::aggregate::Aggregate;
use crate::measure::expr::ChildMeasure;
use crate::measure::expr::{Comparison, Condition, Expr, Origin, Part};
use crate::measure::measure::{Frame, Latest, Measure, Moment, Quantity};
use crate::time::period::Edge;
use crate::time::period::Reach;
use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext};
use std::sync::Arc;

/// The rows of a table that will be aggregated over a period.
#[derive(Debug, Clone)]
pub struct Dataset {
    table: &'static Table,
    frame: Framing,
    filter: Option<Condition>,
    latest: Option<Latest>,
    month_of: Option<Path>,
}

/// Which rows belong to a period, as far as a script has said.
#[derive(Debug, Clone)]
enum Framing {
    Unsaid,
    /// It has not been said at which moment.
    Existing {
        from: Path,
        until: Option<Expr>,
    },
    Said(Frame),
}

/// The rows of another table that belong to the closure's row: `l.opportunities`.
#[derive(Debug, Clone)]
pub struct Children {
    table: &'static Table,
    parent: &'static Reference,
    outer: Origin,
    dated: Option<(Path, Reach)>,
    filter: Option<Condition>,
}

/// What the closures of a dataset see, and what aggregating it gives.
trait Aggregable: Clone + Send + Sync + 'static {
    type Aggregated: Send + Sync + Clone + 'static;

    /// The row of its closures.
    fn row(&self) -> RowSymbol;
    /// The rows that also satisfy a condition.
    fn narrowed(&self, condition: Condition) -> Self;
    /// The filter that is extended next.
    fn filter(&self) -> Option<&Condition>;
    fn dated(&self, by: Path, reach: Reach) -> Refused<Self>;
    /// `kind` is the kind of the figure.
    fn aggregated(&self, aggregate: Aggregate<Expr>, kind: TermKind) -> Refused<Self::Aggregated>;
}

impl Dataset {
    /// All rows of a table.
    pub fn of(table: &'static Table) -> Dataset {
        Dataset { table, frame: Framing::Unsaid, filter: None, latest: None, month_of: None }
    }

    fn said(&self, frame: Framing) -> Refused<Dataset> {
        if matches!(self.frame, Framing::Unsaid) {
            return Ok(Dataset { frame, ..self.clone() });
        }
        Err(Complaint::new(format!("which rows of {} belong to the period is said twice", self.table.name))
            .hint("use one of dated, existing, latest and all")
            .into())
    }

    fn existing(&self, from: Path, until: Option<Term>) -> Refused<Dataset> {
        if let Some(until) = &until
            && until.kind != from.column.kind.into()
        {
            let from = TermKind::from(from.column.kind);
            return Err(Complaint::new(format!(
                "a row cannot begin with {} and end with {}",
                from.described(),
                until.kind.described()
            ))
            .hint("use .start_of_day() to make an instant of a date, .day() to make a date of an instant")
            .into());
        }
        if until.as_ref().is_some_and(|until| Part::Expr(&until.expr).needs_period()) {
            return Err(Complaint::new("when a row ends cannot depend on the period")
                .hint("a missing end means that the row is still there")
                .into());
        }
        self.said(Framing::Existing { from, until: until.map(|until| until.expr) })
    }

    fn at(&self, at: Moment) -> Refused<Dataset> {
        let Framing::Existing { from, until } = self.frame.clone() else {
            return Err(Complaint::new("at_start, at_end and during belong to rows that come and go")
                .hint("data.customers.existing(|c| c.acquired_at, |c| c.churned_at).at_end()")
                .into());
        };
        Ok(Dataset { frame: Framing::Said(Frame::Existing { from, until, at }), ..self.clone() })
    }

    /// Of each series the latest row up to an end of the period. Rows are one series if they agree in everything that is
    /// neither their date, nor their key, nor a quantity.
    fn latest(&self, by: Path, edge: Edge) -> Refused<Dataset> {
        let series = self.table.columns.iter().filter(|column| {
            let quantity = matches!(column.kind, Kind::Money | Kind::Number);
            !(quantity || ["id", "key"].contains(&column.name) || **column == *by.column)
        });
        let latest = Latest {
            series: series.map(|column| Projection::of(Path::own(column))).collect(),
            by: Expr::Column(self.row().origin, Projection::of(by.clone())),
            filter: None,
        };
        let mut dataset = self.said(Framing::Said(Frame::Dated { by, reach: Reach::UpTo(edge) }))?;
        dataset.latest = Some(latest);
        Ok(dataset)
    }

    fn framed(&self) -> Refused<Frame> {
        let name = self.table.name;
        match &self.frame {
            Framing::Said(frame) => Ok(frame.clone()),
            Framing::Unsaid => {
                Err(Complaint::new(format!("nothing says which date puts a row of {name} into a period"))
                    .hint(format!("data.{name}.dated(|row| row.…)"))
                    .into())
            }
            Framing::Existing { .. } => {
                Err(Complaint::new(format!("nothing says at which moment the rows of {name} are counted"))
                    .hint("go on with .at_start(), .at_end() or .during()")
                    .into())
            }
        }
    }
}

impl Children {
    /// All rows of `table` whose foreign key `parent` points at the closure's row.
    pub fn of(table: &'static Table, parent: &'static Reference, outer: Origin) -> Children {
        Children { table, parent, outer, dated: None, filter: None }
    }

    /// Expressions may name the outer row; these rows reach it through their foreign key.
    fn inner(&self, aggregate: Aggregate<Expr>) -> (Option<Condition>, Aggregate<Expr>) {
        let origin = self.row().origin;
        let seen = |expr: Expr| expr.seen_from(origin, self.parent);
        let aggregate = match aggregate {
            Aggregate::Count => Aggregate::Count,
            Aggregate::Distinct(expr) => Aggregate::Distinct(seen(expr)),
            Aggregate::Sum(expr) => Aggregate::Sum(seen(expr)),
            Aggregate::Mean(expr) => Aggregate::Mean(seen(expr)),
            Aggregate::Percentile(expr, at) => Aggregate::Percentile(seen(expr), at),
            Aggregate::Min(expr) => Aggregate::Min(seen(expr)),
            Aggregate::Max(expr) => Aggregate::Max(seen(expr)),
            Aggregate::TopShare(expr, share) => Aggregate::TopShare(seen(expr), share),
            Aggregate::Picked { by, value, last } => Aggregate::Picked { by: seen(by), value: seen(value), last },
        };
        (self.filter.as_ref().map(|filter| filter.seen_from(origin, self.parent)), aggregate)
    }
}

impl Aggregable for Dataset {
    type Aggregated = Measure;

    fn row(&self) -> RowSymbol {
        RowSymbol::of(self.table, 0)
    }

    fn narrowed(&self, condition: Condition) -> Dataset {
        let mut narrowed = self.clone();
        match &mut narrowed.latest {
            Some(latest) => latest.filter = Some(condition),
            None => narrowed.filter = Some(condition),
        }
        narrowed
    }

    fn filter(&self) -> Option<&Condition> {
        self.latest.as_ref().map_or(self.filter.as_ref(), |latest| latest.filter.as_ref())
    }

    fn dated(&self, by: Path, reach: Reach) -> Refused<Dataset> {
        self.said(Framing::Said(Frame::Dated { by, reach }))
    }

    fn aggregated(&self, aggregate: Aggregate<Expr>, kind: TermKind) -> Refused<Measure> {
        let frame = self.framed()?;
        if matches!(kind, TermKind::Instant | TermKind::Date) {
            return Err(Complaint::new(format!("a measure cannot be {}", kind.described()))
                .hint("subtract another one: a duration can be measured")
                .into());
        }
        let quantity = match kind {
            TermKind::Money => Quantity::Money,
            TermKind::Duration => Quantity::Duration,
            _ if aggregate.counts() => Quantity::Count,
            _ => Quantity::Number,
        };
        let Dataset { table, filter, latest, month_of, .. } = self.clone();
        let measure = Measure { table, frame, filter, latest, aggregate, quantity, month_of };
        check_origin(&measure.parts(), self.row().origin)?;
        Ok(measure)
    }
}

impl Aggregable for Children {
    type Aggregated = Term;

    fn row(&self) -> RowSymbol {
        RowSymbol::of(self.table, self.outer.depth + 1)
    }

    fn narrowed(&self, condition: Condition) -> Children {
        Children { filter: Some(condition), ..self.clone() }
    }

    fn filter(&self) -> Option<&Condition> {
        self.filter.as_ref()
    }

    fn dated(&self, by: Path, reach: Reach) -> Refused<Children> {
        if self.dated.is_some() {
            return Err(Complaint::new(format!("which rows of {} count is said twice", self.table.name))
                .hint("use dated once")
                .into());
        }
        Ok(Children { dated: Some((by, reach)), ..self.clone() })
    }

    fn aggregated(&self, aggregate: Aggregate<Expr>, kind: TermKind) -> Refused<Term> {
        let (filter, aggregate) = self.inner(aggregate);
        let (table, parent, dated) = (self.table, self.parent, self.dated.clone());
        let measure = ChildMeasure { table, parent, dated, filter, aggregate };
        check_origin(&measure.parts(), self.row().origin)?;
        if measure.parts().iter().any(|part| !part.children().is_empty()) {
            return Err(Complaint::new("related rows of related rows cannot be counted")
                .hint(format!("start from data.{} instead", self.table.name))
                .into());
        }
        Ok(Term { expr: Expr::Children(Arc::new(measure)), kind })
    }
}

/// A column that a variable carried out of another closure would be read from the wrong row.
fn check_origin(parts: &[Part], own: Origin) -> Refused<()> {
    let columns = parts.iter().flat_map(|part| part.columns());
    match columns.into_iter().find(|(origin, _)| *origin != own) {
        None => Ok(()),
        Some((origin, column)) => {
            let name = column.0.first().map(ToString::to_string).unwrap_or_default();
            Err(Complaint::new(format!(
                "“{name}” belongs to a row of {}, not of {}",
                origin.table.name, own.table.name
            ))
            .hint("a closure sees its own row, and an inner one that of the closure around it")
            .into())
        }
    }
}

/// Calls a closure with the symbol of a row and, if it takes a second parameter, that of the period.
fn describe<D: Aggregable>(rows: &D, closure: &FnPtr, context: &NativeCallContext) -> Refused<Dynamic> {
    match closure.call_within_context(context, (rows.row(),)) {
        Err(error) if takes_more(&error, closure) => closure.call_within_context(context, (rows.row(), PeriodSymbol)),
        other => other,
    }
}

/// Whether there is no such function with one parameter: then it has two.
fn takes_more(error: &EvalAltResult, closure: &FnPtr) -> bool {
    matches!(error, EvalAltResult::ErrorFunctionNotFound(name, _) if name.starts_with(closure.fn_name()))
}

/// What a closure gave, as a column.
fn term<D: Aggregable>(rows: &D, closure: &FnPtr, context: &NativeCallContext, what: &str) -> Refused<Term> {
    let given = describe(rows, closure, context)?;
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
fn quantity<D: Aggregable>(rows: &D, closure: &FnPtr, context: &NativeCallContext, what: &str) -> Refused<Term> {
    let term = term(rows, closure, context, what)?;
    if matches!(term.kind, TermKind::Text | TermKind::Boolean) {
        return Err(Complaint::new(format!("{what} cannot be taken of {}", term.kind.described()))
            .hint("count rows with .filter(…).count(), different values with .distinct(…)")
            .into());
    }
    Ok(term)
}

/// What a closure gave, as something that can be added up.
fn summand<D: Aggregable>(rows: &D, closure: &FnPtr, context: &NativeCallContext, what: &str) -> Refused<Term> {
    let term = quantity(rows, closure, context, what)?;
    if matches!(term.kind, TermKind::Instant | TermKind::Date) {
        return Err(Complaint::new(format!("{} cannot be added up", term.kind.described()))
            .hint("subtract another one first: l.closed_at - l.created_at")
            .into());
    }
    Ok(term)
}

/// What a closure gave, as a date that stands in the row.
fn date<D: Aggregable>(rows: &D, closure: &FnPtr, context: &NativeCallContext) -> Refused<Path> {
    let term = term(rows, closure, context, "dated")?;
    if let (TermKind::Instant | TermKind::Date, Expr::Column(origin, projection)) = (term.kind, &term.expr)
        && let [path] = &projection.0[..]
        && *origin == rows.row().origin
    {
        return Ok(path.clone());
    }
    let calculated = matches!(term.kind, TermKind::Instant | TermKind::Date);
    let (what, how) =
        if calculated { (term.kind.described(), " that is calculated") } else { (term.kind.described(), "") };
    Err(Complaint::new(format!("rows are dated by a column with a date or an instant, not by {what}{how}"))
        .hint("give the column itself, such as |l| l.created_at")
        .into())
}

/// What a closure gave, as a condition.
fn condition<D: Aggregable>(rows: &D, closure: &FnPtr, context: &NativeCallContext) -> Refused<Condition> {
    let given = describe(rows, closure, context)?;
    if let Some(condition) = given.clone().try_cast::<ConditionSymbol>() {
        return Ok(condition.0);
    }
    if let Some(Term { expr, kind: TermKind::Boolean }) = given.clone().try_cast() {
        return Ok(Condition::Holds(expr));
    }
    Err(Complaint::new(format!("the closure of filter gives a {}, not a condition", kind_name(given.type_name())))
        .hint("compare something: |l| l.outcome == \"won\", or ask |l| l.closed_at.is_set()")
        .into())
}

fn filter<D: Aggregable>(rows: &mut D, closure: &FnPtr, context: &NativeCallContext) -> Refused<D> {
    let condition = condition(rows, closure, context)?;
    let condition = match rows.filter() {
        Some(before) => before.clone().and(condition),
        None => condition,
    };
    bounded(Part::Condition(&condition))?;
    Ok(rows.narrowed(condition))
}

fn share(share: f64, what: &str, hint: &str) -> Refused<f64> {
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err(Complaint::new(format!("{what} lies between 0 and 1, not at {share}")).hint(hint).into())
}

/// An end of the period, given as the symbol of it.
fn edge(term: &Term, by: &Path) -> Refused<Edge> {
    match term.expr {
        Expr::Period(edge) if term.kind == by.column.kind.into() => Ok(edge),
        _ => Err(Complaint::new("latest needs an end of the period that fits its date")
            .hint("p.first_day or p.last_day for a date, p.start or p.end for an instant")
            .into()),
    }
}

type Context<'a> = NativeCallContext<'a>;

/// Registers what can be done with rows of a dataset, and of related rows, which is the same.
fn register_aggregates<D: Aggregable>(engine: &mut Engine) {
    engine
        .register_fn("dated", |c: Context, rows: &mut D, closure: FnPtr| {
            rows.dated(date(rows, &closure, &c)?, Reach::Within)
        })
        .register_fn("dated", |c: Context, rows: &mut D, closure: FnPtr, _: PeriodSymbol| {
            rows.dated(date(rows, &closure, &c)?, Reach::Within)
        })
        .register_fn("dated", |c: Context, rows: &mut D, closure: FnPtr, span: ReachSymbol| {
            rows.dated(date(rows, &closure, &c)?, span.0)
        })
        .register_fn("filter", |c: Context, rows: &mut D, closure: FnPtr| filter(rows, &closure, &c))
        .register_fn("count", |rows: &mut D| rows.aggregated(Aggregate::Count, TermKind::Number))
        .register_fn("distinct", |c: Context, rows: &mut D, closure: FnPtr| {
            let term = term(rows, &closure, &c, "distinct")?;
            rows.aggregated(Aggregate::Distinct(term.expr), TermKind::Number)
        })
        .register_fn("sum", |c: Context, rows: &mut D, closure: FnPtr| {
            let term = summand(rows, &closure, &c, "sum")?;
            rows.aggregated(Aggregate::Sum(term.expr), term.kind)
        })
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
            let hint = "the median is percentile(0.5, …), the upper tenth percentile(0.9, …)";
            rows.aggregated(Aggregate::Percentile(term.expr, share(at, "a percentile", hint)?), term.kind)
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

/// Registers what a dataset alone can do: which rows belong to the period, and who has most.
fn register_dataset(engine: &mut Engine) {
    engine
        .register_fn("existing", |c: Context, rows: &mut Dataset, from: FnPtr| {
            rows.existing(date(rows, &from, &c)?, None)
        })
        .register_fn("existing", |c: Context, rows: &mut Dataset, from: FnPtr, until: FnPtr| {
            let until = term(rows, &until, &c, "existing")?;
            rows.existing(date(rows, &from, &c)?, Some(until))
        })
        .register_fn("at_start", |rows: &mut Dataset| rows.at(Moment::Start))
        .register_fn("at_end", |rows: &mut Dataset| rows.at(Moment::End))
        .register_fn("during", |rows: &mut Dataset| rows.at(Moment::During))
        .register_fn("all", |rows: &mut Dataset| rows.said(Framing::Said(Frame::All)))
        .register_fn("latest", |c: Context, rows: &mut Dataset, by: FnPtr, until: Term| {
            let by = date(rows, &by, &c)?;
            let edge = edge(&until, &by)?;
            rows.latest(by, edge)
        })
        .register_fn("month_of", |c: Context, rows: &mut Dataset, closure: FnPtr| -> Refused<Dataset> {
            Ok(Dataset { month_of: Some(date(rows, &closure, &c)?), ..rows.clone() })
        })
        .register_fn("top_share", |c: Context, rows: &mut Dataset, top: f64, closure: FnPtr| {
            let term = summand(rows, &closure, &c, "top_share")?;
            let hint = "the best fifth is top_share(0.2, …)";
            rows.aggregated(Aggregate::TopShare(term.expr, share(top, "the share of rows", hint)?), TermKind::Number)
        });
}

/// Registers what related rows alone can do: whether there are any, and the first or last of them.
fn register_children(engine: &mut Engine) {
    let picked = |c: &Context, rows: &Children, by: &FnPtr, value: &FnPtr, last: bool| {
        let (by, value) = (quantity(rows, by, c, "the order")?, quantity(rows, value, c, "the value")?);
        rows.aggregated(Aggregate::Picked { by: by.expr, value: value.expr, last }, value.kind)
    };
    engine
        .register_fn("exists", |rows: &mut Children| -> Refused<ConditionSymbol> {
            let count = rows.aggregated(Aggregate::Count, TermKind::Number)?;
            Ok(ConditionSymbol(Condition::Compare(count.expr, Comparison::Greater, Expr::Number(0.0))))
        })
        .register_fn("first", move |c: Context, rows: &mut Children, by: FnPtr, value: FnPtr| {
            picked(&c, rows, &by, &value, false)
        })
        .register_fn("last", move |c: Context, rows: &mut Children, by: FnPtr, value: FnPtr| {
            picked(&c, rows, &by, &value, true)
        });
}

/// Registers datasets and what can be done with them.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Dataset>("dataset")
        .register_type_with_name::<Children>("related rows")
        .register_type_with_name::<Measure>("measure");
    register_aggregates::<Dataset>(engine);
    register_aggregates::<Children>(engine);
    register_dataset(engine);
    register_children(engine);
}
