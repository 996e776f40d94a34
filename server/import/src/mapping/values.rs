//! Values and names that a mapping brings itself: as they are compared with those of files, and whether columns can hold
//! them.

use crate::blanks::{as_in_cells, heading};
use pegel_kpi::data::model::{Column, Range};
use pegel_store::facts::Value;
use std::collections::BTreeMap;

/// What texts mean, as the texts of cells are compared with them.
pub(super) fn values(values: BTreeMap<String, String>) -> BTreeMap<String, String> {
    values.into_iter().map(|(text, meant)| (as_in_cells(&text), meant)).collect()
}

/// Other names of a column, as names are compared.
pub(super) fn aliases((name, others): (String, Vec<String>)) -> (String, Vec<String>) {
    (heading(&name), others.iter().map(|other| heading(other)).collect())
}

/// Whether a column can hold a value, whatever stands beside it; an error is the reason why it cannot.
pub(super) fn holds(column: &Column, value: &Value) -> Result<(), String> {
    #[expect(clippy::cast_precision_loss, reason = "ranges are of small numbers")]
    let outside = |number: f64| {
        let outside = |range: &&Range| !(range.least as f64..=range.most as f64).contains(&number);
        let range = column.ranges.iter().filter(|range| range.only.is_none()).find(outside)?;
        Some(format!("{number} lies outside the range from {} to {}", range.least, range.most))
    };
    let wrong = match value {
        Value::Text(text) if !column.words.is_empty() && !column.words.iter().any(|word| **word == **text) => {
            Some(format!("“{text}” is none of {}", column.words.join(", ")))
        }
        #[expect(clippy::cast_precision_loss, reason = "ranges are of small numbers")]
        Value::Integer(number) => outside(*number as f64),
        Value::Number(number) => outside(*number),
        _ => None,
    };
    wrong.map_or(Ok(()), Err)
}
