//! Operators between columns and conditions. A pair of kinds that makes no sense is an error with a hint; by default,
//! Rhai would silently return `false`.

use super::datasets::{Children, Dataset};
use super::durations::{self, calculation};
use super::errors::{Complaint, Refused, kind_name};
use super::figure::Figure;
use super::limits::bounded;
use super::numbers::{finite, whole};
use super::symbols::{ConditionSymbol, Data, PastRow, PeriodSymbol, ReachSymbol, RowSymbol, Term, TermKind};
use crate::measure::Measure;
use crate::measure::expr::{Arithmetic, Comparison, Condition, Expr, Part};
use rhai::{Array, Dynamic, Engine, EvalAltResult};
use std::sync::Arc;

/// Registers the operators.
///
/// # Panics
/// If Rhai refuses the names `and` and `or`.
pub fn register(engine: &mut Engine) {
    engine.register_custom_operator("and", 60).expect("“and” is free");
    engine.register_custom_operator("or", 30).expect("“or” is free");
    register_pairs(engine, "and", |left, right| both(left, right, "and", Condition::and));
    register_pairs(engine, "or", |left, right| {
        both(left, right, "or", |left, right| Condition::Or(Arc::new(left), Arc::new(right)))
    });
    for (operator, comparison, negated) in [
        ("==", Comparison::Equal, false),
        ("!=", Comparison::Equal, true),
        ("<", Comparison::Less, false),
        ("<=", Comparison::LessOrEqual, false),
        (">", Comparison::Greater, false),
        (">=", Comparison::GreaterOrEqual, false),
    ] {
        register_pairs(engine, operator, move |left, right| {
            let condition = compare(left, right, operator, comparison)?;
            let condition = if negated { Condition::Not(Arc::new(condition)) } else { condition };
            Ok(Dynamic::from(ConditionSymbol(condition)))
        });
    }
    for (operator, arithmetic) in
        [("+", Arithmetic::Add), ("-", Arithmetic::Subtract), ("*", Arithmetic::Multiply), ("/", Arithmetic::Divide)]
    {
        register_pairs(engine, operator, move |left, right| {
            calculate(left, right, operator, arithmetic).map(Dynamic::from)
        });
    }
    for operator in ["%", "**", "&", "|", "^", "<<", ">>", "+=", "-=", "*=", "/="] {
        register_pairs(engine, operator, move |_, _| {
            Err(Complaint::new(format!("“{operator}” cannot be used on columns"))
                .hint("there are + - * /, comparisons, and, or, !")
                .into())
        });
    }
    engine.register_fn("!", |condition: ConditionSymbol| -> Refused<ConditionSymbol> {
        bounded(Part::Condition(&condition.0))?;
        Ok(ConditionSymbol(Condition::Not(Arc::new(condition.0))))
    });
    engine.register_fn("!", |term: Term| -> Refused<ConditionSymbol> {
        Ok(ConditionSymbol(Condition::Not(Arc::new(holds(&Dynamic::from(term), "!")?))))
    });
    engine.register_fn("-", |term: Term| {
        let zero = Dynamic::from(0.0);
        calculate(&scaled_zero(&term).unwrap_or(zero), &Dynamic::from(term), "-", Arithmetic::Subtract)
    });
    engine.register_fn("contains", |choices: Array, term: Term| one_of(&choices, &term));
}

/// Registers an operator for every pair in which at least one side is a symbol.
fn register_pairs(
    engine: &mut Engine,
    operator: &'static str,
    apply: impl Fn(&Dynamic, &Dynamic) -> Refused<Dynamic> + Send + Sync + Copy + 'static,
) {
    macro_rules! pairs {
        ($($symbol:ty),*) => { $(
            engine.register_fn(operator, move |left: $symbol, right: Dynamic| apply(&Dynamic::from(left), &right));
            engine.register_fn(operator, move |left: Dynamic, right: $symbol| apply(&left, &Dynamic::from(right)));
        )* };
    }
    // Rhai would silently treat any two of them as unequal.
    pairs!(
        Term,
        ConditionSymbol,
        RowSymbol,
        PastRow,
        Data,
        Dataset,
        Children,
        Measure,
        PeriodSymbol,
        ReachSymbol,
        Figure
    );
}

/// A zero of the term's own kind, so that a minus sign keeps it.
fn scaled_zero(term: &Term) -> Option<Dynamic> {
    matches!(term.kind, TermKind::Money | TermKind::Duration)
        .then(|| Dynamic::from(Term { expr: Expr::Number(0.0), kind: term.kind }))
}

/// A side of an operator as a term: a column as it is, a number or text as a constant.
pub(super) fn term(side: &Dynamic, operator: &str) -> Refused<Term> {
    if let Some(term) = side.clone().try_cast::<Term>() {
        return Ok(term);
    }
    if let Ok(number) = side.as_int() {
        return Ok(Term { expr: Expr::Number(whole(number)), kind: TermKind::Number });
    }
    if let Ok(number) = side.as_float() {
        finite(number)?;
        return Ok(Term { expr: Expr::Number(number), kind: TermKind::Number });
    }
    if let Ok(text) = side.as_immutable_string_ref() {
        return Ok(Term { expr: Expr::Text(text.as_str().into()), kind: TermKind::Text });
    }
    if let Ok(yes) = side.as_bool() {
        return Ok(Term { expr: Expr::Number(f64::from(u8::from(yes))), kind: TermKind::Boolean });
    }
    let (message, hint) = if side.is::<ConditionSymbol>() {
        (
            format!("“{operator}” got a condition where it needs a column or a number"),
            "comparisons do not chain: write 1 < l.level and l.level < 3",
        )
    } else if side.is::<RowSymbol>() {
        (format!("“{operator}” got a whole row"), "name one of its columns, such as l.partner.name")
    } else if side.is_unit() {
        (format!("“{operator}” got ()"), "ask with l.closed_at.is_set() whether a value is there")
    } else {
        let hint = match kind_name(side.type_name()) {
            "related rows" => "count or add them up first: l.opportunities.count()",
            "dataset" | "measure" => "measures are put together in `value`, under their names",
            "period" => "name one of its ends: p.start, p.end, p.first_day, p.last_day",
            "figure" => "calculate with the measures, and end with ratio(a, b) or number(x)",
            _ => "use a number, a text or another column",
        };
        (format!("“{operator}” cannot use {}", with_article(kind_name(side.type_name()))), hint)
    };
    Err(Complaint::new(message).hint(hint).into())
}

fn with_article(kind: &str) -> String {
    match kind {
        "related rows" => kind.to_owned(),
        "array" | "amount" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// A side of `and`, `or` and `!` as a condition.
pub(super) fn holds(side: &Dynamic, operator: &str) -> Refused<Condition> {
    if let Some(condition) = side.clone().try_cast::<ConditionSymbol>() {
        return Ok(condition.0);
    }
    if let Some(Term { expr, kind: TermKind::Boolean }) = side.clone().try_cast() {
        return Ok(Condition::Holds(expr));
    }
    Err(Complaint::new(format!("“{operator}” needs a condition on each side"))
        .hint("a comparison such as l.amount > 100, or l.closed_at.is_set()")
        .into())
}

fn both(
    left: &Dynamic,
    right: &Dynamic,
    operator: &str,
    join: impl Fn(Condition, Condition) -> Condition,
) -> Refused<Dynamic> {
    let condition = join(holds(left, operator)?, holds(right, operator)?);
    bounded(Part::Condition(&condition))?;
    Ok(Dynamic::from(ConditionSymbol(condition)))
}

fn compare(left: &Dynamic, right: &Dynamic, operator: &str, comparison: Comparison) -> Refused<Condition> {
    let (left, right) = aligned(term(left, operator)?, term(right, operator)?);
    if left.kind != right.kind {
        return Err(mismatch("compared with", &left, &right));
    }
    let ordered = !matches!(left.kind, TermKind::Text | TermKind::Boolean);
    if !ordered && comparison != Comparison::Equal {
        return Err(Complaint::new(format!("{} has no order", left.kind.described())).hint("use == or !=").into());
    }
    Ok(match durations::calendar_comparison(&left.expr, comparison, &right.expr) {
        Some(condition) => condition,
        // Constants stand on the right, where evaluation is fastest.
        None if is_constant(&left.expr) => Condition::Compare(right.expr, comparison.mirrored(), left.expr),
        None => Condition::Compare(left.expr, comparison, right.expr),
    })
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Money(_) | Expr::Text(_) => true,
        Expr::Days(days) => is_constant(days),
        _ => false,
    }
}

/// A plain number beside money is an amount, in whole units of the currency.
pub(super) fn aligned(left: Term, right: Term) -> (Term, Term) {
    let major = |term: Term| match term {
        Term { expr: Expr::Number(number), kind: TermKind::Number } => {
            Term { expr: Expr::Money(number), kind: TermKind::Money }
        }
        other => other,
    };
    match (left.kind, right.kind) {
        (TermKind::Money, TermKind::Number) => (left, major(right)),
        (TermKind::Number, TermKind::Money) => (major(left), right),
        _ => (left, right),
    }
}

fn one_of(choices: &Array, term_: &Term) -> Refused<ConditionSymbol> {
    let mut constants = Vec::with_capacity(choices.len());
    for choice in choices {
        let (left, right) = aligned(term_.clone(), term(choice, "in")?);
        if left.kind != right.kind {
            let (wanted, found) = (left.kind.described(), right.kind.described());
            return Err(Complaint::new(format!("{wanted} cannot be in a list with {found}"))
                .hint("list values of the column's own kind")
                .into());
        }
        constants.push(right.expr);
    }
    Ok(ConditionSymbol(Condition::OneOf(term_.expr.clone(), constants.into())))
}

fn calculate(left: &Dynamic, right: &Dynamic, operator: &str, arithmetic: Arithmetic) -> Refused<Term> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use TermKind::{Boolean, Date, Duration, Instant, Money, Number, Text};
    let (mut left, mut right) = (term(left, operator)?, term(right, operator)?);
    if matches!(arithmetic, Add | Subtract) {
        (left, right) = aligned(left, right);
    }
    let kind = match (left.kind, arithmetic, right.kind) {
        (Text | Boolean, _, _) | (_, _, Text | Boolean) => return Err(mismatch("calculated with", &left, &right)),
        (Instant | Date, Subtract, _) if left.kind == right.kind => Duration,
        (Instant, Add | Subtract, Duration) | (Duration, Add, Instant) => Instant,
        (Date, Add | Subtract, Duration) => Date,
        (Number, _, Number) => Number,
        (Money, Add | Subtract, Money) => Money,
        (Duration, Add | Subtract, Duration) => Duration,
        (Money, Multiply | Divide, Number) | (Number, Multiply, Money) => Money,
        (Duration, Multiply | Divide, Number) | (Number, Multiply, Duration) => Duration,
        (Money, Divide, Money) | (Duration, Divide, Duration) => Number,
        _ => return Err(mismatch("calculated with", &left, &right)),
    };
    let expr = match (left.kind, right.kind) {
        (Instant, Instant) => Expr::Between(Arc::new(right.expr), Arc::new(left.expr)),
        (Date, Date) => Expr::Days(Arc::new(calculation(left.expr, Subtract, right.expr))),
        (Instant, _) => durations::shifted(left.expr, arithmetic, right.expr),
        (_, Instant) => durations::shifted(right.expr, arithmetic, left.expr),
        (Date, _) => calculation(left.expr, arithmetic, durations::days_in(right.expr)),
        (Duration, _) | (_, Duration) => durations::calculated(left.expr, arithmetic, right.expr, kind),
        _ => calculation(left.expr, arithmetic, right.expr),
    };
    bounded(Part::Expr(&expr))?;
    Ok(Term { expr, kind })
}

pub(super) fn mismatch(done: &str, left: &Term, right: &Term) -> Box<EvalAltResult> {
    if let Some(hint) = [left, right].into_iter().find_map(Term::undeclared) {
        let (left, right) = (left.kind.described(), right.kind.described());
        return Complaint::new(format!("{left} cannot be {done} {right}")).hint(hint).into();
    }
    let hint = match (left.kind, right.kind) {
        (TermKind::Instant, TermKind::Text) | (TermKind::Text, TermKind::Instant) => {
            "write the instant as instant(\"2026-11-02T08:00Z\")"
        }
        (TermKind::Date, TermKind::Text) | (TermKind::Text, TermKind::Date) => "write the date as date(\"2026-11-02\")",
        (TermKind::Duration, TermKind::Number) | (TermKind::Number, TermKind::Duration) => {
            "write durations as minutes(30), hours(4) or days(14)"
        }
        _ => "both sides must be of kinds that fit",
    };
    Complaint::new(format!("{} cannot be {done} {}", left.kind.described(), right.kind.described())).hint(hint).into()
}
