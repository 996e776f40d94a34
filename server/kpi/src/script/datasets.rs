//! How rows become measures: `data.leads.dated(|l| l.accepted_at).filter(|l| …).count()`.

use super::errors::{Complaint, Refused, kind_name};
use super::limits::bounded;
use super::symbols::{ConditionSymbol, PeriodSymbol, ReachSymbol, RowSymbol, Term, TermKind};
use crate::data::model::{Kind, Reference, Table};
use crate::data::path::Path;
use crate::data::path::Projection;
use crate::measure::aggregate::Aggregate;
use crate::measure::dated::Dated;
use crate::measure::expr::{ChildMeasure, Comparison, Condition, Expr, Origin, Part};
use crate::measure::membership::{Lifetime, Membership, Moment};
use crate::measure::{Latest, Measure, Quantity};
use crate::time::period::{Edge, Reach};
use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext};
use std::sync::Arc;

/// The rows of a table that will be aggregated over a period.
#[derive(Debug, Clone)]
pub struct Dataset {
    table: Table,
    /// Which rows belong to the period, once the script has said so.
    membership: Option<Membership>,
    /// For rows that come and go, until the script says at which moment they are counted.
    life: Option<Lifetime>,
    filter: Option<Condition>,
    latest: Option<Latest>,
    month_of: Option<Path>,
}

/// The rows of another table that belong to the closure's row: `l.opportunities`.
#[derive(Debug, Clone)]
pub struct Children {
    table: Table,
    parent: Arc<Reference>,
    outer: Origin,
    dated: Option<Dated>,
    filter: Option<Condition>,
}

/// The row that the closures of a dataset see, and the result of aggregating it.
trait Aggregable: Clone + Send + Sync + 'static {
    type Aggregated: Send + Sync + Clone + 'static;

    /// The row of its closures.
    fn row(&self) -> RowSymbol;
    /// The rows that also satisfy a condition.
    fn narrowed(&self, condition: Condition) -> Self;
    /// The filter so far.
    fn filter(&self) -> Option<&Condition>;
    fn dated(&self, dated: Dated) -> Refused<Self>;
    /// `kind` is the kind of the figure.
    fn aggregated(&self, aggregate: Aggregate<Expr>, kind: TermKind) -> Refused<Self::Aggregated>;
}

impl Dataset {
    /// All rows of a table.
    pub fn of(table: Table) -> Dataset {
        Dataset { table, membership: None, life: None, filter: None, latest: None, month_of: None }
    }

    /// The same rows, if the script has not yet said which of them belong to the period.
    fn unsaid(&self) -> Refused<Dataset> {
        if self.membership.is_none() && self.life.is_none() {
            return Ok(self.clone());
        }
        Err(Complaint::new(format!("which rows of {} belong to the period is said twice", self.table.name))
            .hint("use one of dated, existing, latest and all")
            .into())
    }

    fn said(&self, membership: Membership) -> Refused<Dataset> {
        Ok(Dataset { membership: Some(membership), ..self.unsaid()? })
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
            .hint("use .start_of_day() to turn a date into an instant, .day() to turn an instant into a date")
            .into());
        }
        if until.as_ref().is_some_and(|until| Part::Expr(&until.expr).needs_period()) {
            return Err(Complaint::new("when a row ends cannot depend on the period")
                .hint("a missing end means that the row is still there")
                .into());
        }
        Ok(Dataset { life: Some(Lifetime { from, until: until.map(|until| until.expr) }), ..self.unsaid()? })
    }

    fn at(&self, moment: Moment) -> Refused<Dataset> {
        let Some(life) = self.life.clone() else {
            return Err(Complaint::new("at_start, at_end and during belong to rows that come and go")
                .hint("data.customers.existing(|c| c.acquired_at, |c| c.churned_at).at_end()")
                .into());
        };
        Ok(Dataset { membership: Some(Membership::Existing(life, moment)), life: None, ..self.clone() })
    }

    /// How many rows there are.
    pub fn counted(&self) -> Refused<Measure> {
        self.aggregated(Aggregate::Count, TermKind::Number)
    }

    /// The latest row of each series up to an end of the period. Rows are one series if they agree in everything but
    /// their date, their key and quantities.
    fn latest(&self, by: Path, edge: Edge) -> Refused<Dataset> {
        let series = self.table.columns.iter().filter(|column| {
            let quantity = matches!(column.kind, Kind::Money | Kind::Number);
            !(quantity || [self.table.id(), self.table.key(), &by.column].contains(column))
        });
        let latest = Latest {
            series: series.map(|column| Projection::of(Path::own(column))).collect(),
            by: Expr::Column(self.row().origin, Projection::of(by.clone())),
            filter: None,
        };
        let mut dataset = self.said(Membership::Dated(Dated { by, reach: Reach::UpTo(edge) }))?;
        dataset.latest = Some(latest);
        Ok(dataset)
    }

    fn membership(&self) -> Refused<Membership> {
        let name = &self.table.name;
        match &self.membership {
            Some(membership) => Ok(membership.clone()),
            None if self.life.is_some() => {
                Err(Complaint::new(format!("nothing says at which moment the rows of {name} are counted"))
                    .hint("go on with .at_start(), .at_end() or .during()")
                    .into())
            }
            None => Err(Complaint::new(format!("nothing says which date puts a row of {name} into a period"))
                .hint(format!("data.{name}.dated(|row| row.…)"))
                .into()),
        }
    }
}

impl Children {
    /// All rows of `table` whose foreign key `parent` points at the closure's row.
    pub fn of(table: Table, parent: Arc<Reference>, outer: Origin) -> Children {
        Children { table, parent, outer, dated: None, filter: None }
    }
}

impl Aggregable for Dataset {
    type Aggregated = Measure;

    fn row(&self) -> RowSymbol {
        RowSymbol::of(&self.table, 0)
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

    fn dated(&self, dated: Dated) -> Refused<Dataset> {
        self.said(Membership::Dated(dated))
    }

    fn aggregated(&self, aggregate: Aggregate<Expr>, kind: TermKind) -> Refused<Measure> {
        let membership = self.membership()?;
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
        let measure = Measure { table, membership, filter, latest, aggregate, quantity, month_of };
        check_origin(&measure.parts(), &self.row().origin)?;
        Ok(measure)
    }
}

impl Aggregable for Children {
    type Aggregated = Term;

    fn row(&self) -> RowSymbol {
        RowSymbol::of(&self.table, self.outer.depth + 1)
    }

    fn narrowed(&self, condition: Condition) -> Children {
        Children { filter: Some(condition), ..self.clone() }
    }

    fn filter(&self) -> Option<&Condition> {
        self.filter.as_ref()
    }

    fn dated(&self, dated: Dated) -> Refused<Children> {
        if self.dated.is_some() {
            return Err(Complaint::new(format!("which rows of {} count is said twice", self.table.name))
                .hint("use dated once")
                .into());
        }
        Ok(Children { dated: Some(dated), ..self.clone() })
    }

    fn aggregated(&self, aggregate: Aggregate<Expr>, kind: TermKind) -> Refused<Term> {
        // Expressions may name the outer row; these rows reach it through their foreign key.
        let origin = self.row().origin;
        let filter = self.filter.as_ref().map(|filter| filter.seen_from(&origin, &self.parent));
        let aggregate = aggregate.map(|expr| expr.seen_from(&origin, &self.parent));
        let (table, parent, dated) = (self.table.clone(), self.parent.clone(), self.dated.clone());
        let lasting = kind == TermKind::Duration && !matches!(aggregate, Aggregate::Picked { .. });
        let measure = ChildMeasure { table, parent, dated, filter, aggregate, lasting };
        check_origin(&measure.parts(), &origin)?;
        if measure.parts().iter().any(|part| !part.children().is_empty()) {
            return Err(Complaint::new("related rows of related rows cannot be counted")
                .hint(format!("start from data.{} instead", self.table.name))
                .into());
        }
        Ok(Term { expr: Expr::Children(Arc::new(measure)), kind })
    }
}

/// Refuses columns of another closure's row, which would be read from the wrong row.
fn check_origin(parts: &[Part], own: &Origin) -> Refused<()> {
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

/// Whether there is no such function with one parameter, so that it has two.
fn takes_more(error: &EvalAltResult, closure: &FnPtr) -> bool {
    matches!(error, EvalAltResult::ErrorFunctionNotFound(name, _) if name.starts_with(closure.fn_name()))
}

/// The result of a closure, as a column.
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

/// Aggregates the results of closures. Decides for each aggregate which kinds it accepts, and the kind of the figure;
/// `what` is its name in scripts.
fn aggregated<D: Aggregable>(rows: &D, what: &str, aggregate: Aggregate<Term>) -> Refused<D::Aggregated> {
    let kind = match &aggregate {
        Aggregate::Count | Aggregate::Distinct(_) => TermKind::Number,
        Aggregate::Sum(of) => summand(of, what)?,
        Aggregate::Mean(of) | Aggregate::Min(of) | Aggregate::Max(of) => quantity(of, what)?,
        Aggregate::Percentile(of, at) => {
            let kind = quantity(of, what)?;
            share(*at, "a percentile", "the median is percentile(0.5, …), the upper tenth percentile(0.9, …)")?;
            kind
        }
        Aggregate::TopShare(of, top) => {
            summand(of, what)?;
            share(*top, "the share of rows", "the best fifth is top_share(0.2, …)")?;
            TermKind::Number
        }
        Aggregate::Picked { by, value, .. } => {
            quantity(by, "the order")?;
            quantity(value, "the value")?
        }
    };
    rows.aggregated(aggregate.map(|term| term.expr), kind)
}

const HOW_TO_COUNT: &str = "count rows with .filter(…).count(), different values with .distinct(…)";

/// The kind of a term, if it can be calculated with.
fn quantity(term: &Term, what: &str) -> Refused<TermKind> {
    if matches!(term.kind, TermKind::Text | TermKind::Boolean) {
        return Err(Complaint::new(format!("{what} cannot be taken of {}", term.kind.described()))
            .hint(term.undeclared().unwrap_or_else(|| HOW_TO_COUNT.to_owned()))
            .into());
    }
    Ok(term.kind)
}

/// The kind of a term, if it can be added up.
fn summand(term: &Term, what: &str) -> Refused<TermKind> {
    let kind = quantity(term, what)?;
    if matches!(kind, TermKind::Instant | TermKind::Date) {
        return Err(Complaint::new(format!("{} cannot be added up", kind.described()))
            .hint("subtract another one first: l.closed_at - l.created_at")
            .into());
    }
    Ok(kind)
}

/// The result of a closure, as a date column of the row.
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
        .hint(term.undeclared().unwrap_or_else(|| "give the column itself, such as |l| l.created_at".to_owned()))
        .into())
}

/// The result of a closure, as a condition.
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

fn share(share: f64, what: &str, hint: &str) -> Refused<()> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(Complaint::new(format!("{what} must lie between 0 and 1, but is {share}")).hint(hint).into())
}

/// The end of the period that a symbol stands for.
fn edge(term: &Term, by: &Path) -> Refused<Edge> {
    match term.expr {
        Expr::Period(edge) if term.kind == by.column.kind.into() => Ok(edge),
        _ => Err(Complaint::new("latest needs an end of the period that fits its date")
            .hint("p.first_day or p.last_day for a date, p.start or p.end for an instant")
            .into()),
    }
}

type Context<'a> = NativeCallContext<'a>;
/// An aggregate of the results of a closure.
type Of = fn(Term) -> Aggregate<Term>;

/// Registers the functions that datasets and related rows share.
fn register_aggregates<D: Aggregable>(engine: &mut Engine) {
    let dated = |c: &Context, rows: &D, closure: &FnPtr, reach: Reach| -> Refused<D> {
        rows.dated(Dated { by: date(rows, closure, c)?, reach })
    };
    engine
        .register_fn("dated", move |c: Context, rows: &mut D, closure: FnPtr| dated(&c, rows, &closure, Reach::Within))
        .register_fn("dated", move |c: Context, rows: &mut D, closure: FnPtr, _: PeriodSymbol| {
            dated(&c, rows, &closure, Reach::Within)
        })
        .register_fn("dated", move |c: Context, rows: &mut D, closure: FnPtr, span: ReachSymbol| {
            dated(&c, rows, &closure, span.0)
        })
        .register_fn("filter", |c: Context, rows: &mut D, closure: FnPtr| filter(rows, &closure, &c))
        .register_fn("count", |rows: &mut D| aggregated(rows, "count", Aggregate::Count))
        .register_fn("percentile", |c: Context, rows: &mut D, at: f64, closure: FnPtr| {
            let term = term(rows, &closure, &c, "percentile")?;
            aggregated(rows, "percentile", Aggregate::Percentile(term, at))
        });
    let plain: [(&str, Of); 6] = [
        ("distinct", |term| Aggregate::Distinct(Term { expr: term.expr.told_apart(), ..term })),
        ("sum", Aggregate::Sum),
        ("mean", Aggregate::Mean),
        ("median", |term| Aggregate::Percentile(term, 0.5)),
        ("min", Aggregate::Min),
        ("max", Aggregate::Max),
    ];
    for (name, aggregate) in plain {
        engine.register_fn(name, move |c: Context, rows: &mut D, closure: FnPtr| {
            aggregated(rows, name, aggregate(term(rows, &closure, &c, name)?))
        });
    }
}

/// Registers the functions of datasets alone: which rows belong to the period, and `top_share`.
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
        .register_fn("all", |rows: &mut Dataset| rows.said(Membership::All))
        .register_fn("latest", |c: Context, rows: &mut Dataset, by: FnPtr, until: Term| {
            let by = date(rows, &by, &c)?;
            let edge = edge(&until, &by)?;
            rows.latest(by, edge)
        })
        .register_fn("month_of", |c: Context, rows: &mut Dataset, closure: FnPtr| -> Refused<Dataset> {
            Ok(Dataset { month_of: Some(date(rows, &closure, &c)?), ..rows.clone() })
        })
        .register_fn("top_share", |c: Context, rows: &mut Dataset, top: f64, closure: FnPtr| {
            let term = term(rows, &closure, &c, "top_share")?;
            aggregated(rows, "top_share", Aggregate::TopShare(term, top))
        });
}

/// Registers the functions of related rows alone: whether there are any, and the first or last of them.
fn register_children(engine: &mut Engine) {
    let picked = |c: &Context, rows: &Children, by: &FnPtr, value: &FnPtr, last: bool| {
        let (by, value) = (term(rows, by, c, "the order")?, term(rows, value, c, "the value")?);
        aggregated(rows, "a row", Aggregate::Picked { by, value, last })
    };
    engine
        .register_fn("exists", |rows: &mut Children| -> Refused<ConditionSymbol> {
            let count = aggregated(rows, "count", Aggregate::Count)?;
            Ok(ConditionSymbol(Condition::Compare(count.expr, Comparison::Greater, Expr::Number(0.0))))
        })
        .register_fn("first", move |c: Context, rows: &mut Children, by: FnPtr, value: FnPtr| {
            picked(&c, rows, &by, &value, false)
        })
        .register_fn("last", move |c: Context, rows: &mut Children, by: FnPtr, value: FnPtr| {
            picked(&c, rows, &by, &value, true)
        });
}

/// Registers datasets and their functions.
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
