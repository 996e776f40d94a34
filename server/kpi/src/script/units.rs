//! Checks that a KPI does not mix units: `value` is tried with measures that know their units. So loading a script
//! finds money added to a duration, or a duration declared as a percentage.

use super::errors::{Complaint, Refused};
use super::limits::MOST_MEASURES;
use super::numbers::finite;
use crate::definition::declaration::Unit;
use crate::measure::Quantity;
use crate::measure::made_of::Terms;
use rhai::{Dynamic, Engine, ImmutableString};

/// A number with its unit, as powers: money per duration is (1, -1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    pub value: f64,
    pub money: i8,
    pub time: i8,
    /// Whether it is a number of rows, or of different values.
    pub counts: bool,
    /// The measures that it is the sum of, as long as it is nothing else.
    terms: Option<Added>,
    /// Whether it is a literal in the script, which takes the unit of the other operand.
    literal: bool,
}

/// Measures that were added up, and those that were taken from them: a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Added {
    plus: u128,
    minus: u128,
}

// A bit for each measure that a KPI may have.
const _: () = assert!(MOST_MEASURES <= 128);

impl Added {
    fn up(self, other: Added) -> Option<Added> {
        let once = (self.plus | self.minus) & (other.plus | other.minus) == 0;
        once.then_some(Added { plus: self.plus | other.plus, minus: self.minus | other.minus })
    }

    fn negative(self) -> Added {
        Added { plus: self.minus, minus: self.plus }
    }

    fn terms(self) -> Terms {
        let measures = |bits: u128| (0..MOST_MEASURES).filter(|at| bits >> at & 1 == 1).collect();
        Terms { plus: measures(self.plus), minus: measures(self.minus) }
    }
}

impl Amount {
    /// The value of the measure with that index.
    pub fn of(value: f64, quantity: Quantity, index: usize) -> Amount {
        let terms = Some(Added { plus: 1 << index, minus: 0 });
        Amount { terms, ..Amount::before(value, quantity) }
    }

    /// The value of a measure in the period before.
    pub fn before(value: f64, quantity: Quantity) -> Amount {
        let (money, time) = match quantity {
            Quantity::Money => (1, 0),
            Quantity::Duration => (0, 1),
            Quantity::Count | Quantity::Number => (0, 0),
        };
        Amount { value, money, time, counts: quantity == Quantity::Count, terms: None, literal: false }
    }

    fn plain(value: f64) -> Amount {
        // What is added up may begin with 0.
        let terms = (value == 0.0).then(Added::default);
        Amount { value, money: 0, time: 0, counts: false, terms, literal: true }
    }

    /// The measures that it is the sum of; `None` if it is anything else.
    pub fn terms(self) -> Option<Terms> {
        self.terms.map(Added::terms)
    }

    /// The same number by another name: it is no longer the sum of its measures.
    fn changed(self, change: impl Fn(f64) -> f64) -> Amount {
        Amount { value: change(self.value), terms: None, ..self }
    }

    fn unit(self) -> (i8, i8) {
        (self.money, self.time)
    }

    /// What it is, in words, with an article.
    pub fn described(self) -> &'static str {
        match self.unit() {
            (0, 0) => "a number",
            (1, 0) => "an amount of money",
            (0, 1) => "a duration",
            (1, -1) => "money per duration",
            (-1, 1) => "duration per money",
            _ => "a mixture of money and durations",
        }
    }

    /// Whether it can be shown in a unit.
    pub fn fits(self, unit: Unit) -> bool {
        match unit {
            Unit::Money => self.unit() == (1, 0),
            Unit::Duration => self.unit() == (0, 1),
            // A number of rows is not a fraction.
            Unit::Percent => self.unit() == (0, 0) && !self.counts,
            Unit::Count | Unit::Number => self.unit() == (0, 0),
        }
    }

    /// One amount divided by another.
    pub fn over(self, other: Amount) -> Amount {
        let value = if other.value == 0.0 { f64::NAN } else { self.value / other.value };
        Amount {
            value,
            money: self.money.saturating_sub(other.money),
            time: self.time.saturating_sub(other.time),
            counts: false,
            terms: None,
            literal: false,
        }
    }

    fn times(self, other: Amount) -> Amount {
        let (money, time) = (self.money.saturating_add(other.money), self.time.saturating_add(other.time));
        Amount { value: self.value * other.value, money, time, counts: false, terms: None, literal: false }
    }

    /// The remainder of a division by the other; a literal takes its unit.
    fn rest(self, other: Amount) -> Refused<Amount> {
        if other.literal || self.unit() == other.unit() {
            return Ok(Amount { literal: false, ..self.changed(|value| value % other.value) });
        }
        Err(mixed("divided by", self, other))
    }

    fn joined(self, other: Amount, done: &str, value: f64) -> Refused<Amount> {
        let adapts = |literal: Amount| literal.literal && (literal.value == 0.0 || done == LIMITED);
        if self.unit() == other.unit() || adapts(other) {
            let (counts, literal) = (self.counts && other.counts, self.literal && other.literal);
            return Ok(Amount { value, counts, terms: None, literal, ..self });
        }
        if adapts(self) {
            return Ok(Amount { value, counts: false, terms: None, ..other });
        }
        Err(mixed(done, self, other))
    }
}

/// Two amounts added up.
fn sum(left: Amount, right: Amount) -> Refused<Amount> {
    let terms = left.terms.zip(right.terms).and_then(|(left, right)| left.up(right));
    Ok(Amount { terms, ..left.joined(right, "added to", left.value + right.value)? })
}

/// An amount taken from another one.
fn difference(left: Amount, right: Amount) -> Refused<Amount> {
    let terms = left.terms.zip(right.terms).and_then(|(left, right)| left.up(right.negative()));
    Ok(Amount { terms, ..left.joined(right, "reduced by", left.value - right.value)? })
}

/// What `min` and `max` do.
const LIMITED: &str = "compared with";

fn mixed(done: &str, left: Amount, right: Amount) -> Box<rhai::EvalAltResult> {
    Complaint::new(format!("{} cannot be {done} {}", left.described(), right.described()))
        .hint("a figure has one unit; in_days(x), in_hours(x) and in_years(x) turn a duration into a plain number")
        .about_units()
        .into()
}

/// A side of an operator; `None` for what is not a number.
fn amount(side: &Dynamic) -> Option<Amount> {
    #[expect(clippy::cast_precision_loss, reason = "numbers that people write are below 2^53")]
    let number = |side: &Dynamic| side.as_float().ok().or_else(|| side.as_int().ok().map(|whole| whole as f64));
    side.clone().try_cast::<Amount>().or_else(|| number(side).map(Amount::plain))
}

fn pair(left: &Dynamic, right: &Dynamic) -> Refused<(Amount, Amount)> {
    amount(left).zip(amount(right)).ok_or_else(|| Complaint::new("both sides must be numbers").into())
}

fn in_units(of: &Dynamic, seconds: f64, name: &str) -> Refused<Dynamic> {
    if of.is_unit() {
        return Ok(Dynamic::UNIT);
    }
    match of.clone().try_cast::<Amount>() {
        Some(duration) if duration.unit() == (0, 1) => Ok(Dynamic::from(Amount::plain(duration.value / seconds))),
        Some(other) => Err(Complaint::new(format!("{name} takes a duration, not {}", other.described()))
            .hint("measure the difference between two instants or dates")
            .about_units()
            .into()),
        None => match amount(of) {
            Some(duration) => Ok(Dynamic::from(duration.value / seconds)),
            None => Err(Complaint::new(format!("{name} takes a duration")).hint("such as in_days(m.cycle)").into()),
        },
    }
}

/// Registers arithmetic of amounts, and the functions that turn durations into plain numbers.
pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Amount>("amount");
    register_plain(engine);
    register_operator(engine, "+", sum);
    register_operator(engine, "-", difference);
    register_operator(engine, "*", |left, right| Ok(left.times(right)));
    register_operator(engine, "/", |left, right| Ok(left.over(right)));
    register_operator(engine, "%", Amount::rest);
    register_operator(engine, "min", |left, right| left.joined(right, LIMITED, left.value.min(right.value)));
    register_operator(engine, "max", |left, right| left.joined(right, LIMITED, left.value.max(right.value)));
    register_comparison(engine, "==", |left, right| left.total_cmp(&right).is_eq());
    register_comparison(engine, "!=", |left, right| left.total_cmp(&right).is_ne());
    register_comparison(engine, "<", |left, right| left < right);
    register_comparison(engine, "<=", |left, right| left <= right);
    register_comparison(engine, ">", |left, right| left > right);
    register_comparison(engine, ">=", |left, right| left >= right);
    engine
        .register_fn("-", |amount: Amount| {
            let terms = amount.terms.map(Added::negative);
            Amount { terms, ..amount.changed(|value| -value) }
        })
        .register_fn("abs", |amount: Amount| amount.changed(f64::abs))
        .register_fn("to_int", |amount: Amount| amount.changed(f64::trunc))
        .register_fn("to_float", |amount: Amount| amount);
    register_rounding(engine, "round", f64::round);
    register_rounding(engine, "floor", f64::floor);
    register_rounding(engine, "ceiling", f64::ceil);
    register_rounding(engine, "int", f64::trunc);
    register_rounding(engine, "fraction", f64::fract);
    for (name, seconds) in [("in_hours", 3600.0), ("in_days", 86_400.0), ("in_years", 365.25 * 86_400.0)] {
        engine.register_fn(name, move |of: Dynamic| in_units(&of, seconds, name));
    }
}

/// `round(x)`, `x.round()` and `x.round` keep the unit.
fn register_rounding(engine: &mut Engine, name: &str, round: fn(f64) -> f64) {
    let rounded = move |amount: Amount| amount.changed(round);
    engine.register_fn(name, rounded).register_get(name, move |amount: &mut Amount| rounded(*amount));
}

/// Overrides what Rhai does with plain numbers: integer division, and `false` for any comparison with an absent measure
/// or a text.
fn register_plain(engine: &mut Engine) {
    engine.register_fn("/", |left: i64, right: i64| {
        #[expect(clippy::cast_precision_loss, reason = "numbers that people write are below 2^53")]
        finite(left as f64 / right as f64)
    });
    macro_rules! refused {
        ($left:ty, $right:ty, [$($operator:literal),*], $message:literal, $hint:literal) => { $(
            engine.register_fn($operator, |_: $left, _: $right| -> Refused<bool> {
                Err(Complaint::new($message).hint($hint).into())
            });
            engine.register_fn($operator, |_: $right, _: $left| -> Refused<bool> {
                Err(Complaint::new($message).hint($hint).into())
            });
        )* };
    }
    macro_rules! no_order {
        ($($number:ty),*) => { $(
            refused!((), $number, ["<", "<=", ">", ">="], "an absent measure cannot be compared", "check m.x == () first");
            refused!(ImmutableString, $number, ["==", "!=", "<", "<=", ">", ">="], "a number cannot be compared with a text", "write the number without quotation marks");
            refused!(bool, $number, ["==", "!=", "<", "<=", ">", ">="], "a number cannot be compared with true or false", "compare it with a number");
        )* };
    }
    no_order!(f64, i64);
}

fn register_operator(
    engine: &mut Engine,
    name: &'static str,
    apply: impl Fn(Amount, Amount) -> Refused<Amount> + Send + Sync + Copy + 'static,
) {
    let both = move |left: &Dynamic, right: &Dynamic| pair(left, right).and_then(|(left, right)| apply(left, right));
    engine.register_fn(name, move |left: Amount, right: Dynamic| both(&Dynamic::from(left), &right));
    engine.register_fn(name, move |left: Dynamic, right: Amount| both(&left, &Dynamic::from(right)));
    engine.register_fn(name, move |left: Amount, right: Amount| apply(left, right));
}

/// A plain number in a comparison takes the unit of the other side.
fn register_comparison(engine: &mut Engine, name: &'static str, holds: fn(f64, f64) -> bool) {
    let compare = move |left: &Dynamic, right: &Dynamic| -> Refused<bool> {
        let Some((left_, right_)) = amount(left).zip(amount(right)) else {
            if left.is_unit() || right.is_unit() {
                return Ok(name == "!=");
            }
            return Err(Complaint::new("a measure is a number, and can only be compared with numbers")
                .hint("use m.x == () to ask whether it is absent")
                .about_units()
                .into());
        };
        let known = left.is::<Amount>() && right.is::<Amount>();
        if known && left_.unit() != right_.unit() {
            return Err(mixed("compared with", left_, right_));
        }
        Ok(holds(left_.value, right_.value))
    };
    engine.register_fn(name, move |left: Amount, right: Dynamic| compare(&Dynamic::from(left), &right));
    engine.register_fn(name, move |left: Dynamic, right: Amount| compare(&left, &Dynamic::from(right)));
    engine.register_fn(name, move |left: Amount, right: Amount| compare(&Dynamic::from(left), &Dynamic::from(right)));
}
