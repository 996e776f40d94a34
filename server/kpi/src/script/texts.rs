//! Turns numbers into texts, and texts into numbers. A text made of an amount does not become a number again: that
//! number would have lost its unit.

use super::errors::{Complaint, Refused};
use super::numbers::finite;
use super::units::Amount;
use rhai::{Dynamic, Engine, ImmutableString, Map};

/// Replaces an amount in a text, so that no digit of it can be read back.
const AMOUNT: &str = "\u{e000}";

/// Registers them.
pub fn register(engine: &mut Engine) {
    for name in ["to_string", "to_debug", "print", "debug"] {
        engine.register_fn(name, |_: Amount| ImmutableString::from(AMOUNT));
    }
    register_joined::<i64>(engine);
    register_joined::<f64>(engine);
    register_joined::<bool>(engine);
    engine
        .register_fn("+", |text: ImmutableString, _: Amount| text + AMOUNT)
        .register_fn("+", |_: Amount, text: ImmutableString| ImmutableString::from(AMOUNT) + text)
        .register_fn("parse_float", |text: &str| -> Refused<f64> { finite(read(text, text.trim().parse().ok())?) })
        .register_fn("parse_int", |text: &str| read::<i64>(text, text.trim().parse().ok()))
        .register_fn("parse_int", |text: &str, radix: i64| {
            let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix)).ok_or_else(|| {
                Complaint::new(format!("a number cannot be written with {radix} digits"))
                    .hint("the base is 2 to 36; without it, 10")
            })?;
            read(text, i64::from_str_radix(text.trim(), radix).ok())
        });
    // Amounts would lose their unit on the way through JSON, which no KPI needs.
    engine
        .register_fn("to_json", |_: &mut Map| no_json::<ImmutableString>())
        .register_fn("parse_json", |_: &str| no_json::<Map>());
    register_comparison(engine, "==", |left, right| left == right, |left, right| left == right);
    register_comparison(engine, "!=", |left, right| left != right, |left, right| left != right);
    register_comparison(engine, "<", |left, right| left < right, |left, right| left < right);
    register_comparison(engine, "<=", |left, right| left <= right, |left, right| left <= right);
    register_comparison(engine, ">", |left, right| left > right, |left, right| left > right);
    register_comparison(engine, ">=", |left, right| left >= right, |left, right| left >= right);
}

fn no_json<T>() -> Refused<T> {
    Err(Complaint::new("scripts neither write nor read JSON").hint("use the values themselves").into())
}

/// Registers `+` for a text and a plain value.
fn register_joined<T: Into<Dynamic> + Clone + Send + Sync + 'static>(engine: &mut Engine) {
    engine
        .register_fn("+", |text: ImmutableString, value: T| text + value.into().to_string())
        .register_fn("+", |value: T, text: ImmutableString| ImmutableString::from(value.into().to_string()) + text);
}

/// The number in a text.
fn read<T>(text: &str, number: Option<T>) -> Refused<T> {
    apart(&[text])?;
    number.ok_or_else(|| {
        Complaint::new(format!("“{text}” is not a number")).hint("digits, and a point before decimals").into()
    })
}

fn register_comparison(
    engine: &mut Engine,
    name: &str,
    of_texts: fn(&str, &str) -> bool,
    of_letters: fn(char, char) -> bool,
) {
    engine
        .register_fn(name, move |left: &str, right: &str| apart(&[left, right]).map(|()| of_texts(left, right)))
        .register_fn(name, move |left: char, right: char| {
            apart(&[left.encode_utf8(&mut [0; 4]), right.encode_utf8(&mut [0; 4])]).map(|()| of_letters(left, right))
        });
}

/// Refuses texts made of amounts.
fn apart(texts: &[&str]) -> Refused<()> {
    if texts.iter().all(|text| !text.contains(AMOUNT)) {
        return Ok(());
    }
    Err(Complaint::new("a text that is made of a measure cannot be calculated with or compared")
        .hint("use the measure itself: it is a number, and knows its unit")
        .about_units()
        .into())
}
