//! What `value` can answer: a number, a ratio, or nothing.

use super::errors::{Complaint, Refused};
use rhai::{Dynamic, Engine};

/// The answer of `value`, in the units of scripts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// `None`: no figure.
    pub value: Option<f64>,
    /// Numerator and denominator of a ratio.
    pub parts: Option<(f64, f64)>,
    /// How many rows it rests on, where the script says so.
    pub sample: Option<f64>,
    pub beside: Vec<(String, f64)>,
}

impl Figure {
    /// Understands what `value` returned.
    ///
    /// # Errors
    /// If that is neither a figure, nor a number, nor `()`.
    pub fn from_answer(answer: Dynamic) -> Refused<Figure> {
        match answer.try_cast_result::<Figure>() {
            Ok(figure) => Ok(figure),
            Err(answer) => Ok(Figure { value: number(&answer, "value")?, ..Figure::default() }),
        }
    }
}

/// A number, or nothing where a measure is absent.
fn number(of: &Dynamic, place: &str) -> Refused<Option<f64>> {
    #[expect(clippy::cast_precision_loss, reason = "numbers that people write are below 2^53")]
    if let Ok(whole) = of.as_int() {
        return Ok(Some(whole as f64));
    }
    match of.as_float() {
        Ok(float) if float.is_finite() => Ok(Some(float)),
        Ok(float) => Err(Complaint::new(format!("{place} is {float}"))
            .hint("use ratio(a, b): a zero denominator is no figure, and is shown as that")
            .into()),
        Err(_) if of.is_unit() => Ok(None),
        Err(kind) => Err(Complaint::new(format!("{place} is {kind}, not a number"))
            .hint("`value` gives a number, ratio(a, b), or () for no figure")
            .into()),
    }
}

fn ratio(numerator: &Dynamic, denominator: &Dynamic) -> Refused<Figure> {
    let (numerator, denominator) = (number(numerator, "the numerator")?, number(denominator, "the denominator")?);
    let (Some(numerator), Some(denominator)) = (numerator, denominator) else { return Ok(Figure::default()) };
    let value = (denominator != 0.0).then(|| numerator / denominator);
    Ok(Figure { value, parts: Some((numerator, denominator)), ..Figure::default() })
}

/// Registers `ratio`, `number`, `.of` and `.beside`.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Figure>("figure")
        .register_fn("ratio", |numerator: Dynamic, denominator: Dynamic| ratio(&numerator, &denominator))
        .register_fn("number", |of: Dynamic| -> Refused<Figure> {
            Ok(Figure { value: number(&of, "number")?, ..Figure::default() })
        })
        .register_fn("of", |figure: &mut Figure, sample: Dynamic| -> Refused<Figure> {
            Ok(Figure { sample: number(&sample, "the sample")?, ..figure.clone() })
        })
        .register_fn("beside", |figure: &mut Figure, name: &str, value: Dynamic| -> Refused<Figure> {
            let mut figure = figure.clone();
            figure.beside.extend(number(&value, name)?.map(|value| (name.to_owned(), value)));
            Ok(figure)
        });
}
