//! The attributes that a company adds to its rows: a JSON object, stored as canonical text, so that equal ones are
//! equal texts. An amount, a date and an instant say what they are (`{"money":550}`), so that none is taken for
//! another, or for a number, when an attribute is declared to be of another kind.

use crate::StoreError;
use crate::facts::Value;
use pegel_kpi::data::model::{Kind, MAX_EXACT};
use serde_json::{Map, Value as Json};

/// A value of that kind as it is stored; null where it is missing.
#[must_use]
pub fn attribute(kind: Kind, value: Value) -> Json {
    let value = match value {
        Value::Missing => return Json::Null,
        Value::Integer(value) => Json::from(value),
        // As people write it where it is shown: 4, not 4.0.
        Value::Number(value) => whole(value).map_or_else(|| Json::from(value), Json::from),
        Value::Text(value) => Json::from(value),
        Value::Boolean(value) => Json::from(value),
    };
    match kind {
        Kind::Money | Kind::Instant | Kind::Date => serde_json::json!({ kind.name(): value }),
        Kind::Integer | Kind::Number | Kind::Text | Kind::Boolean => value,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "checked before")]
fn whole(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < MAX_EXACT as f64).then_some(value as i64)
}

/// What is there with the overlay laid over it; a null removes.
pub(crate) fn laid_over(stored: &str, overlay: &Map<String, Json>) -> Result<String, StoreError> {
    let mut attributes: Map<String, Json> = serde_json::from_str(stored)
        .map_err(|error| StoreError::Unreadable { what: "attributes".to_owned(), reason: error.to_string() })?;
    attributes.extend(overlay.iter().map(|(name, value)| (name.clone(), value.clone())));
    attributes.retain(|_, value| !value.is_null());
    attributes.sort_keys();
    attributes.values_mut().for_each(Json::sort_all_objects);
    Ok(Json::Object(attributes).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_over_(stored: &str, overlay: &str) -> String {
        laid_over(stored, &serde_json::from_str(overlay).unwrap()).unwrap()
    }

    #[test]
    fn attributes_are_merged_and_written_in_one_order() {
        assert_eq!(laid_over_(r#"{"b":1,"a":2}"#, "{}"), r#"{"a":2,"b":1}"#);
        assert_eq!(
            laid_over_(r#"{"b":1,"a":2}"#, r#"{"c":{"z":1,"y":[{"q":1,"p":2}]},"b":null}"#),
            r#"{"a":2,"c":{"y":[{"p":2,"q":1}],"z":1}}"#
        );
    }

    #[test]
    fn what_is_no_object_is_not_overwritten() {
        assert!(laid_over("[1]", &Map::new()).is_err());
    }
}
