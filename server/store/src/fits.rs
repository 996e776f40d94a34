//! Which facts can be written: those that both databases would store alike.

use crate::StoreError;
use crate::facts::{Fact, Value};
use pegel_kpi::data::model::{Kind, MAX_EXACT};

/// Refuses what the two databases would store differently, or not at all. `columns`: the names and kinds of the values.
pub(crate) fn check<'a>(
    table: &str,
    columns: impl ExactSizeIterator<Item = (&'a str, Kind)>,
    row: &Fact,
) -> Result<(), StoreError> {
    let unfit = |place: String, reason| Err(StoreError::UnfitValue { place, key: row.key.clone(), reason });
    if row.key.is_empty() || row.key.contains('\0') {
        return unfit(format!("{table}.key"), "a key is a text, not empty and without NUL characters");
    }
    if row.values.len() != columns.len() {
        return unfit(table.to_string(), "it has more or fewer values than columns");
    }
    for ((column, kind), value) in columns.zip(&row.values) {
        if let Err(reason) = fits(kind, value) {
            return unfit(format!("{table}.{column}"), reason);
        }
    }
    Ok(())
}

fn fits(kind: Kind, value: &Value) -> Result<(), &'static str> {
    match (kind, value) {
        (_, Value::Missing) | (Kind::Boolean, Value::Boolean(_)) => Ok(()),
        (Kind::Number, Value::Number(number)) => unless(!number.is_finite(), "it is not a finite number"),
        (Kind::Text, Value::Text(text)) => {
            unless(text.is_empty(), "an empty text is missing")?;
            unless(text.contains('\0'), "a text holds no NUL characters")
        }
        (Kind::Date, Value::Integer(days)) => unless(i32::try_from(*days).is_err(), "it is out of the calendar"),
        (Kind::Integer | Kind::Money | Kind::Instant, Value::Integer(value)) => {
            unless(!(-MAX_EXACT..=MAX_EXACT).contains(value), "it is beyond 2^53")
        }
        _ => Err("it is of another kind than its column"),
    }
}

fn unless(unfit: bool, reason: &'static str) -> Result<(), &'static str> {
    if unfit { Err(reason) } else { Ok(()) }
}
