//! Functions over columns: constants, choices between values, dates and instants, working time, texts.

use super::errors::{Complaint, Refused};
use super::limits::bounded;
use super::numbers::{finite, whole};
use super::operators::{aligned, holds, mismatch, term};
use super::setting::Setting;
use super::symbols::{ConditionSymbol, PeriodSymbol, Term, TermKind};
use crate::diagnostic::nearest;
use crate::measure::expr::{Arithmetic, Condition, Expr, Match, Part, Working};
use crate::time::calendar::Calendar;
use crate::time::period::Edge;
use crate::time::zone::{DAY, days_since_1970};
use rhai::{Dynamic, Engine, NativeCallContext};
use std::sync::Arc;

/// Registers them; working time is counted by `calendar`.
pub fn register(engine: &mut Engine, calendar: &Arc<Calendar>) {
    register_constants(engine);
    register_choices(engine);
    register_times(engine, calendar);
    register_texts(engine);
    engine.register_fn("param", |context: NativeCallContext, name: &str| param(&context, name));
}

fn register_constants(engine: &mut Engine) {
    let money = |count: f64| -> Refused<Term> { Ok(Term { expr: Expr::Money(finite(count)?), kind: TermKind::Money }) };
    engine.register_fn("money", money).register_fn("money", move |count: i64| money(whole(count)));
    for (name, unit) in [("days", None), ("hours", Some(3600.0)), ("minutes", Some(60.0)), ("seconds", Some(1.0))] {
        let constant = move |count: f64| -> Refused<Term> {
            let seconds = Expr::Number(finite(count * unit.unwrap_or(DAY))?);
            let expr = if unit.is_some() { seconds } else { Expr::Days(Arc::new(Expr::Number(count))) };
            Ok(Term { expr, kind: TermKind::Duration })
        };
        engine.register_fn(name, constant);
        engine.register_fn(name, move |count: i64| constant(whole(count)));
    }
    engine.register_fn("date", date).register_fn("instant", instant);
}

fn register_choices(engine: &mut Engine) {
    engine
        .register_fn("coalesce", |first: Term, second: Dynamic| coalesce(first, &second))
        .register_fn("earliest", |left: Term, right: Term| extreme(left, right, Arithmetic::Least, "earliest"))
        .register_fn("latest", |left: Term, right: Term| extreme(left, right, Arithmetic::Greatest, "latest"))
        .register_fn("when", |condition: ConditionSymbol, yes: Dynamic, no: Dynamic| when(condition.0, &yes, &no))
        .register_fn("when", |condition: Term, yes: Dynamic, no: Dynamic| {
            when(holds(&Dynamic::from(condition), "when")?, &yes, &no)
        });
}

fn register_times(engine: &mut Engine, calendar: &Arc<Calendar>) {
    engine
        .register_fn("start_of_day", |day: &mut Term| {
            let expr = Expr::StartOfDay(Arc::new(of_kind(day, TermKind::Date, "start_of_day")?));
            Ok::<_, Box<rhai::EvalAltResult>>(Term { expr, kind: TermKind::Instant })
        })
        .register_fn("day", |instant: &mut Term| {
            let expr = Expr::DayOf(Arc::new(of_kind(instant, TermKind::Instant, "day")?));
            Ok::<_, Box<rhai::EvalAltResult>>(Term { expr, kind: TermKind::Date })
        })
        .register_fn("overlap", |starts: Term, ends: Term, _: PeriodSymbol| overlap(&starts, &ends));
    for (name, unit, kind) in
        [("working", Working::Seconds, TermKind::Duration), ("working_days", Working::Days, TermKind::Number)]
    {
        let calendar = calendar.clone();
        engine.register_fn(name, move |from: Term, to: Term| -> Refused<Term> {
            let [from, to] = [of_kind(&from, TermKind::Instant, name)?, of_kind(&to, TermKind::Instant, name)?];
            built(Expr::Working(calendar.clone(), unit, Arc::new(from), Arc::new(to)), kind)
        });
    }
}

fn register_texts(engine: &mut Engine) {
    for (name, place) in [("contains", Match::Anywhere), ("starts_with", Match::AtStart), ("ends_with", Match::AtEnd)] {
        engine.register_fn(name, move |text: &mut Term, part: &str| -> Refused<ConditionSymbol> {
            let text = of_kind(text, TermKind::Text, name)?;
            Ok(ConditionSymbol(Condition::Matches(text, place, part.into())))
        });
    }
    engine.register_fn("as_number", |text: &mut Term| {
        built(Expr::ToNumber(Arc::new(of_kind(text, TermKind::Text, "as_number")?)), TermKind::Number)
    });
}

/// A term, unless it has grown too large.
fn built(expr: Expr, kind: TermKind) -> Refused<Term> {
    bounded(Part::Expr(&expr))?;
    Ok(Term { expr, kind })
}

fn of_kind(term: &Term, kind: TermKind, what: &str) -> Refused<Expr> {
    if term.kind == kind {
        return Ok(term.expr.clone());
    }
    let hint = match (kind, term.kind) {
        (TermKind::Instant, TermKind::Date) => "make an instant of it with .start_of_day()",
        (TermKind::Date, TermKind::Instant) => "make a date of it with .day()",
        _ => "name a column of the right kind",
    };
    Err(Complaint::new(format!("{what} takes {}, not {}", kind.described(), term.kind.described())).hint(hint).into())
}

fn date(text: &str) -> Refused<Term> {
    let day: jiff::civil::Date = text
        .parse()
        .map_err(|_| Complaint::new(format!("“{text}” is not a date")).hint("write date(\"2026-11-02\")"))?;
    Ok(Term { expr: Expr::Number(whole(days_since_1970(day))), kind: TermKind::Date })
}

fn instant(text: &str) -> Refused<Term> {
    let instant: jiff::Timestamp = text.parse().map_err(|_| {
        Complaint::new(format!("“{text}” is not an instant")).hint("write instant(\"2026-11-02T08:00Z\")")
    })?;
    Ok(Term { expr: Expr::Number(whole(instant.as_second())), kind: TermKind::Instant })
}

/// Two values of one kind, which must be neither text nor yes/no.
fn alike(left: Term, right: Term, what: &str) -> Refused<(Term, Term)> {
    let (left, right) = aligned(left, right);
    if left.kind != right.kind {
        return Err(mismatch("put beside", &left, &right));
    }
    if matches!(left.kind, TermKind::Text | TermKind::Boolean) {
        return Err(Complaint::new(format!("{what} cannot choose between texts"))
            .hint("it works on numbers, amounts, durations, dates and instants")
            .into());
    }
    Ok((left, right))
}

/// How many columns `coalesce` can choose from.
const MOST_PATHS: usize = 16;

fn coalesce(first: Term, second: &Dynamic) -> Refused<Term> {
    let second = term(second, "coalesce")?;
    // Two columns of one row become one projection, and the database chooses; that works for texts, too.
    if let (Expr::Column(origin, paths), Expr::Column(other, more)) = (&first.expr, &second.expr)
        && (origin, first.kind) == (other, second.kind)
    {
        let mut paths = paths.clone();
        paths.0.extend(more.0.iter().filter(|path| !paths.0.contains(path)).cloned().collect::<Vec<_>>());
        if paths.0.len() > MOST_PATHS {
            return Err(Complaint::new(format!("coalesce chooses between more than {MOST_PATHS} columns"))
                .hint("name those that matter")
                .into());
        }
        return built(Expr::Column(origin.clone(), paths), first.kind);
    }
    let (first, second) = alike(first, second, "coalesce")?;
    built(Expr::Coalesce(Arc::new(first.expr), Arc::new(second.expr)), first.kind)
}

fn extreme(left: Term, right: Term, which: Arithmetic, what: &str) -> Refused<Term> {
    let (left, right) = alike(left, right, what)?;
    built(Expr::Arithmetic(Arc::new(left.expr), which, Arc::new(right.expr)), left.kind)
}

fn when(condition: Condition, yes: &Dynamic, no: &Dynamic) -> Refused<Term> {
    let (yes, no) = alike(term(yes, "when")?, term(no, "when")?, "when")?;
    built(Expr::When(Arc::new(condition), Arc::new(yes.expr), Arc::new(no.expr)), yes.kind)
}

/// The share of a span's days, both ends included, that lie in the period.
fn overlap(starts: &Term, ends: &Term) -> Refused<Term> {
    use Arithmetic::{Add, Divide, Greatest, Least, Subtract};
    let calculated = |left: Expr, operation, right: Expr| Expr::Arithmetic(Arc::new(left), operation, Arc::new(right));
    let starts = of_kind(starts, TermKind::Date, "overlap")?;
    let ends = of_kind(ends, TermKind::Date, "overlap")?;
    let days = |from: Expr, to: Expr| calculated(calculated(to, Subtract, from), Add, Expr::Number(1.0));
    let first = calculated(starts.clone(), Greatest, Expr::Period(Edge::FirstDay));
    let last = calculated(ends.clone(), Least, Expr::Period(Edge::LastDay));
    let common = calculated(days(first, last), Greatest, Expr::Number(0.0));
    built(calculated(common, Divide, days(starts, ends)), TermKind::Number)
}

fn param(context: &NativeCallContext, name: &str) -> Refused<Dynamic> {
    let parameters = Setting::of(context).map(|setting| setting.parameters()).unwrap_or_default();
    if let Some(value) = parameters.get(name) {
        return Ok(value.clone());
    }
    let known: Vec<String> = parameters.keys().map(ToString::to_string).collect();
    let hint = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean “{near}”?"),
        None => "declare it with its default: parameters: #{ … }".to_owned(),
    };
    Err(Complaint::new(format!("the KPI has no parameter “{name}”")).hint(hint).into())
}
