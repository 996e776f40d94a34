//! A record → what it brings to each table, or what is wrong with it.

use crate::convert::Formats;
use crate::mapping::{
    Case, ColumnRule, DecimalMark, KeyRule, Mapping, Origin, Otherwise, RowCondition, SourceColumn, TableMapping,
    TextRule,
};
use crate::summary::Fault;
use csv::StringRecord;
use pegel_kpi::data::model::Kind;
use pegel_store::facts::Value;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::collections::HashMap;

/// The most bytes of a key. PostgreSQL's indexes take no more than 2,700.
const KEY_LIMIT: usize = 1_000;

/// A row for one table, its related rows not yet looked up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub key: String,
    /// In the order of [`TableMapping::columns`].
    pub cells: Vec<Cell>,
    pub attributes: Map<String, Json>,
    /// From when on the values hold of columns that keep their spans, in UTC seconds.
    pub valid_from: Option<i64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Value(Value),
    /// The text by which the related row is to be found.
    Related(String),
}

/// A record with names for its cells.
pub(crate) struct Row<'a> {
    pub cells: &'a StringRecord,
    /// By [`SourceColumn`], where in the record it is.
    pub places: &'a [usize],
    pub mapping: &'a Mapping,
    pub formats: &'a Formats<'a>,
}

/// How many rows brought the same key parts so far, for keys with an occurrence number.
pub(crate) type Occurrences = HashMap<String, u64>;

impl Row<'_> {
    /// What the row brings to a table; `None` if the table's condition leaves it out.
    pub fn draft(&self, table: &TableMapping, seen: &mut Occurrences) -> Result<Option<Draft>, Vec<Fault>> {
        if !self.meets(table.when.as_ref()) {
            return Ok(None);
        }
        let mut faults = Vec::new();
        let mut noted = |result: Result<Cell, Fault>| {
            result.unwrap_or_else(|fault| {
                faults.push(fault);
                Cell::Value(Value::Missing)
            })
        };
        let cells = table.columns.iter().map(|(column, rule)| noted(self.cell(column.kind, rule))).collect();
        let mut attributes = Map::new();
        for (name, rule, kind) in &table.attributes {
            match self.attribute(*kind, rule) {
                Ok(value) => _ = attributes.insert(name.clone(), value),
                Err(fault) => faults.push(fault),
            }
        }
        let valid_from = table.valid_from.as_ref().map_or(Ok(None), |rule| self.valid_from(rule));
        let valid_from = valid_from.unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        match self.key(&table.key, seen) {
            Ok(key) if faults.is_empty() => Ok(Some(Draft { key, cells, attributes, valid_from })),
            Ok(_) => Err(faults),
            Err(fault) => {
                faults.insert(0, fault);
                Err(faults)
            }
        }
    }

    fn valid_from(&self, rule: &ColumnRule) -> Result<Option<i64>, Fault> {
        match self.cell(Kind::Instant, rule)? {
            Cell::Value(Value::Integer(instant)) => Ok(Some(instant)),
            Cell::Value(_) | Cell::Related(_) => Ok(None),
        }
    }

    fn key(&self, rule: &KeyRule, seen: &mut Occurrences) -> Result<String, Fault> {
        let mut key = self.parts(rule)?;
        if rule.occurrence {
            let occurrence = seen.entry(key.clone()).or_default();
            *occurrence += 1;
            key = format!("{key}|{occurrence}");
        }
        fits_index(&key).map_err(|reason| self.fault(&rule.parts[0], reason))?;
        Ok(key)
    }

    /// The key of a row that is not taken, asked after [`Row::draft`]; it is not counted once more. `None` if it has
    /// none.
    pub fn key_not_taken(&self, rule: &KeyRule, seen: &Occurrences) -> Option<String> {
        let key = self.parts(rule).ok()?;
        if !rule.occurrence {
            return Some(key);
        }
        let occurrence = seen.get(&key).copied().unwrap_or(1);
        Some(format!("{key}|{occurrence}"))
    }

    /// Parts are joined by `|`; where one holds a `|` itself, it is written `\|`.
    fn parts(&self, rule: &KeyRule) -> Result<String, Fault> {
        let mut parts = Vec::with_capacity(rule.parts.len());
        for part in &rule.parts {
            let text = self.text(part)?.ok_or_else(|| self.fault(part, "the key is missing".to_owned()))?;
            if text.contains('\0') {
                return Err(self.fault(part, "the key holds a NUL character".to_owned()));
            }
            parts.push(text);
        }
        let single = parts.len() == 1 && !rule.occurrence;
        Ok(if single {
            parts.remove(0).into_owned()
        } else {
            parts.iter().map(|part| part.replace('\\', "\\\\").replace('|', "\\|")).collect::<Vec<_>>().join("|")
        })
    }

    fn cell(&self, kind: Kind, rule: &ColumnRule) -> Result<Cell, Fault> {
        let Some(text) = self.ruled_text(rule)? else {
            return Ok(Cell::Value(Value::Missing));
        };
        if rule.lookup.is_some() {
            return match self.formats.value(Kind::Text, &text).and_then(|_| fits_index(&text)) {
                Ok(()) => Ok(Cell::Related(text.into_owned())),
                Err(reason) => Err(self.fault(&rule.text, reason)),
            };
        }
        let value = if rule.scale.is_some() || rule.times.is_some() {
            self.product(kind, &text, rule)
        } else {
            self.formats.value(kind, &text)
        };
        value.map(Cell::Value).map_err(|reason| self.fault(&rule.text, reason))
    }

    /// The number times the other column's number and the scale; missing if the other is.
    fn product(&self, kind: Kind, text: &str, rule: &ColumnRule) -> Result<Value, String> {
        let too_large = || format!("“{text}” is too large");
        let mut number = self.formats.decimal(text)?;
        if let Some(other) = rule.times {
            let Some(other) = self.raw(other) else {
                return Ok(Value::Missing);
            };
            number = number.checked_mul(self.formats.decimal(other)?).ok_or_else(too_large)?;
        }
        if let Some(scale) = rule.scale {
            number = number.checked_mul(scale).ok_or_else(too_large)?;
        }
        self.formats.number(kind, number)
    }

    /// What a column of that kind would hold; null, which removes it, where that is nothing. A plain number keeps all its
    /// digits.
    fn attribute(&self, kind: Kind, rule: &ColumnRule) -> Result<Json, Fault> {
        if let (Kind::Number, None, None) = (kind, rule.scale, rule.times) {
            let Some(text) = self.ruled_text(rule)? else { return Ok(Json::Null) };
            let number = self.formats.decimal(&text).map_err(|reason| self.fault(&rule.text, reason))?;
            let whole = number.to_i64().filter(|_| number.is_integer());
            return Ok(whole.map_or_else(|| Json::from(number.to_f64()), Json::from));
        }
        Ok(match self.cell(kind, rule)? {
            Cell::Related(_) | Cell::Value(Value::Missing) => Json::Null,
            Cell::Value(Value::Integer(value)) => Json::from(value),
            Cell::Value(Value::Number(value)) => Json::from(value),
            Cell::Value(Value::Text(value)) => Json::from(value),
            Cell::Value(Value::Boolean(value)) => Json::from(value),
        })
    }

    fn ruled_text<'b>(&'b self, rule: &'b ColumnRule) -> Result<Option<Cow<'b, str>>, Fault> {
        if self.meets(rule.when.as_ref()) { self.text(&rule.text) } else { Ok(None) }
    }

    fn text<'b>(&'b self, rule: &'b TextRule) -> Result<Option<Cow<'b, str>>, Fault> {
        let raw = match &rule.origin {
            Origin::Column(column) => self.raw(*column),
            Origin::Constant(text) => Some(text.as_str()),
        };
        if let Some(mapped) = rule.values.get(raw.unwrap_or_default()) {
            return Ok((!mapped.is_empty()).then_some(Cow::Borrowed(mapped)));
        }
        let Some(raw) = raw else {
            return Ok(None);
        };
        match rule.otherwise {
            _ if rule.values.is_empty() => {}
            Otherwise::Keep => {}
            Otherwise::Missing => return Ok(None),
            Otherwise::Reject => {
                let listed: Vec<&str> = rule.values.keys().map(String::as_str).collect();
                let reason = format!("“{raw}” is none of the texts that the mapping lists: {}", listed.join(", "));
                return Err(self.fault(rule, reason));
            }
        }
        let text = if rule.integer { self.without_fraction(raw) } else { raw };
        Ok(Some(match rule.case {
            Case::Keep => Cow::Borrowed(text),
            Case::Lower => Cow::Owned(text.to_lowercase()),
            Case::Snake => Cow::Owned(text.to_lowercase().split_whitespace().collect::<Vec<_>>().join("_")),
        }))
    }

    /// `17850.0` → `17850`, digit by digit, so that ids above 2^53 stay what they are.
    fn without_fraction<'b>(&self, text: &'b str) -> &'b str {
        let mark = match self.mapping.format.decimal {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        };
        match text.split_once(mark) {
            Some((whole, zeros))
                if !whole.is_empty()
                    && whole.bytes().all(|byte| byte.is_ascii_digit())
                    && zeros.bytes().all(|byte| byte == b'0') =>
            {
                whole
            }
            _ => text,
        }
    }

    fn meets(&self, when: Option<&RowCondition>) -> bool {
        when.is_none_or(|when| when.holds(self.raw(when.column)))
    }

    /// The cell's text as it stands there, without blanks around it; `None` if it is empty or a word for missing.
    fn raw(&self, column: SourceColumn) -> Option<&str> {
        let text = self.cells.get(self.places[column.0])?.trim();
        let missing = text.is_empty() || self.mapping.format.missing.iter().any(|word| word == text);
        (!missing).then_some(text)
    }

    pub fn fault(&self, rule: &TextRule, reason: String) -> Fault {
        let (column, value) = match &rule.origin {
            Origin::Column(column) => {
                let value = self.cells.get(self.places[column.0]).unwrap_or_default();
                (self.mapping.columns[column.0].clone(), value.to_owned())
            }
            Origin::Constant(text) => (String::new(), text.clone()),
        };
        Fault { column, value, reason }
    }
}

/// Whether a text can be a key, or that by which a row is looked up and maybe created.
fn fits_index(text: &str) -> Result<(), String> {
    match text.len() {
        0..=KEY_LIMIT => Ok(()),
        length => Err(format!("a key of {length} bytes: the longest has {KEY_LIMIT}")),
    }
}
