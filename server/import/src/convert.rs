//! From a text to a value of a column's kind.

use crate::dates::{DateFormat, When};
use crate::decimal;
use crate::mapping::{DecimalMark, SourceFormat};
use jiff::tz::TimeZone;
use pegel_kpi::data::model::{Kind, MAX_EXACT};
use pegel_kpi::time::zone::days_since_1970;
use pegel_store::facts::Value;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// How values are written in a file.
pub(crate) struct Formats<'a> {
    decimal: DecimalMark,
    dates: &'a [DateFormat],
    date_names: &'a [String],
    zone: TimeZone,
    /// Digits after the point in which amounts are stored.
    money_digits: u8,
}

impl<'a> Formats<'a> {
    /// `zone` counts where the mapping names none.
    pub fn new(format: &'a SourceFormat, zone: TimeZone, money_digits: u8) -> Formats<'a> {
        let zone = format.zone.clone().unwrap_or(zone);
        Formats { decimal: format.decimal, dates: &format.dates, date_names: &format.date_names, zone, money_digits }
    }

    /// A value of that kind; an error is the reason why it is none.
    pub fn value(&self, kind: Kind, text: &str) -> Result<Value, String> {
        match kind {
            Kind::Text => self::text(text),
            Kind::Integer | Kind::Number | Kind::Money => self.number(kind, self.decimal(text)?),
            Kind::Instant => self.date(text)?.instant(&self.zone).map(Value::Integer).ok_or_else(|| out_of_range(text)),
            Kind::Date => Ok(Value::Integer(days_since_1970(self.date(text)?.day(&self.zone)))),
            Kind::Boolean => boolean(text).map(Value::Boolean),
        }
    }

    /// A number as it stands in a cell.
    pub fn decimal(&self, text: &str) -> Result<Decimal, String> {
        decimal::parse(text, self.decimal).ok_or_else(|| {
            let example = match self.decimal {
                DecimalMark::Point => "1,234.5 (decimal = \"point\")",
                DecimalMark::Comma => "1.234,5 (decimal = \"comma\")",
            };
            format!("“{text}” is not a number such as {example}")
        })
    }

    /// A number as a value of a numeric kind.
    pub fn number(&self, kind: Kind, number: Decimal) -> Result<Value, String> {
        match kind {
            Kind::Money => decimal::minor_units(number, self.money_digits).map(Value::Integer),
            Kind::Number => number.to_f64().filter(|number| number.is_finite()).map(Value::Number),
            _ if !number.is_integer() => return Err(format!("{number} is not a whole number")),
            _ => number.to_i64().map(Value::Integer),
        }
        .filter(is_exact)
        .ok_or_else(|| format!("{number} is too large"))
    }

    fn date(&self, text: &str) -> Result<When, String> {
        self.dates.iter().find_map(|format| format.parse(text)).ok_or_else(|| {
            format!("“{text}” is not a date of the years 1900 to 2199 written as {}", self.date_names.join(" or "))
        })
    }
}

/// Whether KPIs, which count in doubles, would see the value as it is.
fn is_exact(value: &Value) -> bool {
    !matches!(value, Value::Integer(integer) if !(-MAX_EXACT..=MAX_EXACT).contains(integer))
}

/// PostgreSQL stores no NUL, and none is meant: it comes from reading UTF-16 as something else.
fn text(text: &str) -> Result<Value, String> {
    if text.contains('\0') {
        return Err("the text holds a NUL character: is the file's encoding utf-16?".to_owned());
    }
    Ok(Value::Text(text.to_owned()))
}

/// `true`, `yes`, `1` and their opposites, in any case.
fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(format!("“{text}” is neither true, yes, 1 nor false, no, 0: list it in `values`")),
    }
}

fn out_of_range(text: &str) -> String {
    format!("“{text}” lies outside the calendar")
}
