//! What comes out: rows in lists, as people and programs read them.

use crate::data::cell::Group;
use crate::data::dimension::Dimension;
use crate::measure::Quantity;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::Error;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Which of the rows behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Every row that the figure counts; of a share, those of its denominator.
    All,
    /// Those that make the figure bad: of a share the denominator without the numerator where higher is better, the
    /// numerator where lower is, of anything else all rows where lower is; or what the script's `rows` returns.
    Bad,
}

/// The rows behind a figure; in JSON `{"kpi": …, "period": …, "side": "bad", "rows": [{"key": …, …}], "more": 0}`. If
/// there are several lists, `rows` are those of all, and `lists` has each: `{"measure", "table", "rows", "more"}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    pub kpi: String,
    pub period: String,
    /// All, where no rows make the figure bad.
    pub side: Side,
    /// One list; where the KPI's measures do not all find their rows in the same way, one for each measure.
    pub lists: Vec<List>,
}

/// Rows of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Whose rows they are, by name.
    pub measures: Vec<String>,
    pub table: Arc<str>,
    /// The date by which rows are found, by which they are ordered.
    pub found_by: Option<Arc<str>>,
    /// All dates that a row can have, in the order of the table.
    pub dates: Vec<Arc<str>>,
    /// The measures to which a row contributes a value.
    pub contributing: Vec<Contributing>,
    /// The oldest first, those without a date last.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub more: u64,
}

/// A measure to which rows contribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributing {
    pub measure: Arc<str>,
    pub quantity: Quantity,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its id in the system that it came from.
    pub key: Option<String>,
    /// Which system that is, where an import said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// What people know it by: its own name, or its customer's.
    pub name: Option<String>,
    pub partner: Option<String>,
    pub rep: Option<String>,
    pub region: Option<String>,
    pub product: Option<String>,
    /// The groups with those names.
    #[serde(skip)]
    pub groups: Vec<(Dimension, Group)>,
    /// Those that it has.
    #[serde(serialize_with = "as_map")]
    pub dates: Vec<(Arc<str>, When)>,
    /// Seconds from the date by which it is found to the end of the period, or to now if the period is running.
    pub age: Option<i64>,
    /// What it contributes to the measures that count it: amounts in whole units of the currency, durations in seconds,
    /// and of a number of different values the value.
    #[serde(serialize_with = "as_map", skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<(Arc<str>, Datum)>,
}

/// A point in time, or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Instant(Timestamp),
    Day(Date),
}

/// What a row contributes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Datum {
    Number(f64),
    Text(String),
}

impl Listing {
    /// How many rows are left out in all.
    pub fn more(&self) -> u64 {
        self.lists.iter().map(|list| list.more).sum()
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.more() == 0 && self.lists.iter().all(|list| list.rows.is_empty())
    }
}

impl Row {
    /// One of its dates.
    pub fn date(&self, name: &str) -> Option<When> {
        self.dates.iter().find(|(known, _)| **known == *name).map(|(_, date)| *date)
    }

    /// What it contributes to a measure.
    pub fn contribution(&self, measure: &str) -> Option<&Datum> {
        self.contributions.iter().find(|(known, _)| **known == *measure).map(|(_, datum)| datum)
    }
}

/// `2026-11-02T08:00:00Z` (RFC 3339, in UTC), or `2026-11-02`.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Instant(instant) => instant.fmt(f),
            When::Day(day) => day.fmt(f),
        }
    }
}

impl FromStr for When {
    type Err = jiff::Error;

    /// Reads what it is written as.
    fn from_str(text: &str) -> Result<When, jiff::Error> {
        text.parse().map(When::Instant).or_else(|_| text.parse().map(When::Day))
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<When, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn as_map<T: Serialize, S: Serializer>(pairs: &[(Arc<str>, T)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (&**name, value)))
}

impl Serialize for Listing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kpi", &self.kpi)?;
        map.serialize_entry("period", &self.period)?;
        map.serialize_entry("side", &self.side)?;
        map.serialize_entry("rows", &self.lists.iter().flat_map(|list| &list.rows).collect::<Vec<_>>())?;
        map.serialize_entry("more", &self.more())?;
        if self.lists.len() > 1 {
            map.serialize_entry("lists", &self.lists)?;
        }
        map.end()
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("measure", &self.measures.join(", "))?;
        map.serialize_entry("table", &*self.table)?;
        map.serialize_entry("rows", &self.rows)?;
        map.serialize_entry("more", &self.more)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_is_read_back_as_it_is_written() {
        for (text, is_day) in [("2026-11-02T08:00:00Z", false), ("2026-11-02", true)] {
            let when: When = text.parse().unwrap();
            assert_eq!((when.to_string().as_str(), matches!(when, When::Day(_))), (text, is_day));
        }
        assert!("soon".parse::<When>().is_err());
    }
}
