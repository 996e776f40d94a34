//! What `value` can return: a number, a ratio, or nothing.

use super::errors::{Complaint, Refused};
use super::units::Amount;
use crate::measure::Measure;
use crate::measure::made_of::{MadeOf, Terms};
use rhai::{Dynamic, Engine};

/// The result of `value`, in the units of scripts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// `None`: no figure.
    pub value: Option<f64>,
    /// Numerator and denominator of a ratio.
    pub parts: Option<(f64, f64)>,
    /// How many rows it rests on, if the script says so.
    pub sample: Option<f64>,
    pub beside: Vec<(String, f64)>,
    /// When units are checked: the amount, with its unit.
    pub amount: Option<Amount>,
    /// When units are checked, of a ratio: its numerator and denominator, with theirs.
    pub ratio: Option<(Amount, Amount)>,
}

impl Figure {
    /// The ratio of two numbers.
    pub fn ratio(numerator: f64, denominator: f64) -> Figure {
        let value = (denominator != 0.0).then(|| numerator / denominator);
        Figure { value, parts: Some((numerator, denominator)), ..Figure::default() }
    }

    /// What it is made of, where units are checked; `None` if there is no figure.
    pub fn made_of(&self, measures: &[(String, Measure)]) -> Option<MadeOf> {
        let terms = |amount: Amount| amount.terms();
        if let Some((above, below)) = self.ratio {
            let known = terms(above).zip(terms(below));
            return Some(known.map_or(MadeOf::Other, |(above, below)| MadeOf::ratio(above, below, measures)));
        }
        self.value?;
        Some(match self.amount.and_then(terms) {
            Some(Terms { plus, minus }) if minus.is_empty() && plus.len() == 1 => MadeOf::Measure(plus[0]),
            Some(terms) if terms.measures().next().is_some() => MadeOf::Sum(terms),
            _ => MadeOf::Other,
        })
    }

    /// Converts what `value` returned.
    ///
    /// # Errors
    /// If that is neither a figure, nor a number, nor `()`.
    pub fn from_answer(answer: Dynamic) -> Refused<Figure> {
        answer.try_cast_result::<Figure>().or_else(|answer| plain(&answer, "value"))
    }
}

fn plain(of: &Dynamic, place: &str) -> Refused<Figure> {
    let amount = of.clone().try_cast::<Amount>();
    Ok(Figure { value: number(of, place)?, amount, ..Figure::default() })
}

/// A number; `None` if a measure is absent.
fn number(of: &Dynamic, place: &str) -> Refused<Option<f64>> {
    #[expect(clippy::cast_precision_loss, reason = "numbers that people write are below 2^53")]
    if let Ok(whole) = of.as_int() {
        return Ok(Some(whole as f64));
    }
    let float = of.clone().try_cast::<Amount>().map(|amount| amount.value).or_else(|| of.as_float().ok());
    match float {
        Some(float) if float.is_finite() => Ok(Some(float)),
        Some(float) => Err(Complaint::new(format!("{place} is {float}"))
            .hint("use ratio(a, b): it reports a zero denominator instead of a figure")
            .into()),
        None if of.is_unit() => Ok(None),
        None => Err(Complaint::new(format!("{place} is {}, not a number", of.type_name()))
            .hint("`value` gives a number, ratio(a, b), or () for no figure")
            .into()),
    }
}

fn ratio(numerator: &Dynamic, denominator: &Dynamic) -> Refused<Figure> {
    let [above, below] = [numerator, denominator].map(|side| side.clone().try_cast::<Amount>());
    let ratio = above.zip(below);
    let (Some(numerator), Some(denominator)) =
        (number(numerator, "the numerator")?, number(denominator, "the denominator")?)
    else {
        return Ok(Figure::default());
    };
    let amount = ratio.map(|(above, below)| above.over(below));
    Ok(Figure { amount, ratio, ..Figure::ratio(numerator, denominator) })
}

fn beside(figure: &Figure, name: &str, value: &Dynamic) -> Refused<Figure> {
    let mut figure = figure.clone();
    if let (Some(own), Some(other)) = (figure.amount, value.clone().try_cast::<Amount>())
        && (own.money, own.time) != (other.money, other.time)
    {
        return Err(Complaint::new(format!("{name} is {}, the figure {}", other.described(), own.described()))
            .hint("what stands beside a figure is shown in the same unit")
            .about_units()
            .into());
    }
    figure.beside.extend(number(value, name)?.map(|value| (name.to_owned(), value)));
    Ok(figure)
}

/// Registers `ratio`, `number`, `.of` and `.beside`.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Figure>("figure")
        .register_fn("ratio", |numerator: Dynamic, denominator: Dynamic| ratio(&numerator, &denominator))
        .register_fn("number", |of: Dynamic| plain(&of, "number"))
        .register_fn("of", |figure: &mut Figure, sample: Dynamic| -> Refused<Figure> {
            let sample = number(&sample, "the sample")?;
            if sample.is_some_and(|sample| sample < 0.0) {
                return Err(Complaint::new("the sample is negative").hint("it is a number of rows").into());
            }
            Ok(Figure { sample, ..figure.clone() })
        })
        .register_fn("beside", |figure: &mut Figure, name: &str, value: Dynamic| beside(figure, name, &value));
}
