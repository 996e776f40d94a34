//! From a text to a value of a column's kind.

use crate::damaged;
use crate::dates::{DateFormat, When};
use crate::decimal::{self, Written};
use crate::mapping::{DecimalMark, Month, SourceFormat};
use crate::words::truth;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
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
    /// Whether one of the formats reads days of ISO as other days.
    iso_is_misread: bool,
    zone: TimeZone,
    /// In which days are: a system that exports in UTC means them where it is used.
    days: TimeZone,
    money: Money<'a>,
}

/// In what amounts are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Money<'a> {
    /// The currency that the file's amounts are in (ISO 4217), whether or not they say so; `None`: any.
    pub code: Option<&'a str>,
    /// Digits after the point in which they are stored.
    pub digits: u8,
}

impl<'a> Formats<'a> {
    /// `zone` counts where the mapping names none.
    pub fn new(format: &'a SourceFormat, zone: TimeZone, money: Money<'a>) -> Formats<'a> {
        let home = zone;
        let zone = format.zone.clone().unwrap_or_else(|| home.clone());
        let days = if zone.iana_name() == Some("UTC") { home } else { zone.clone() };
        let money = Money { code: money.code.map(|home| format.currency.as_deref().unwrap_or(home)), ..money };
        let (decimal, dates, date_names) = (format.decimal, &*format.dates, &*format.date_names);
        let iso_is_misread = dates.iter().any(|format| format.two_meanings(&DateFormat::Iso).is_some());
        Formats { decimal, dates, date_names, iso_is_misread, zone, days, money }
    }

    /// A value of that kind; an error is the reason why it is none. `shares`: see [`Formats::quantity`].
    pub fn value(&self, kind: Kind, shares: bool, text: &str) -> Result<Value, String> {
        match kind {
            Kind::Text => written_text(text).map(|()| Value::Text(text.to_owned())),
            Kind::Integer | Kind::Number | Kind::Money => self.number(kind, self.quantity(kind, shares, text)?.number),
            Kind::Instant | Kind::Date => self.of_date(kind, self.date(text)?, text),
            Kind::Boolean => boolean(text).map(Value::Boolean),
        }
    }

    /// A date or an instant of a text that names a month, of which the first or the last day is meant.
    pub fn day_of(&self, kind: Kind, month: Month, text: &str) -> Result<Value, String> {
        let first = self.dates_of(text).find_map(|format| format.parse_month(text, &self.zone));
        let first = first.ok_or_else(|| {
            format!("“{text}” is not a month of the years 1900 to 2199 written as {}", self.date_names.join(" or "))
        })?;
        let day = match month {
            Month::First => first,
            Month::Last => first.last_of_month(),
        };
        self.of_date(kind, When::Local(day.at(0, 0, 0, 0)), text)
    }

    /// A date as a value of that kind: an instant, or a day in the file's zone.
    pub fn of_date(&self, kind: Kind, when: When, text: &str) -> Result<Value, String> {
        match kind {
            Kind::Instant => when.instant(&self.zone).map(Value::Integer).ok_or_else(|| out_of_range(text)),
            _ => Ok(Value::Integer(days_since_1970(when.day(&self.zone)))),
        }
    }

    /// When the day of an instant begins, both in UTC seconds.
    pub fn day_begins(&self, instant: i64) -> i64 {
        let midnight = self.date_of(instant).map(|day| When::Local(day.to_datetime(Time::midnight())));
        midnight.and_then(|midnight| midnight.instant(&self.zone)).unwrap_or(instant)
    }

    /// The day of an instant in UTC seconds, in days since 1970.
    pub fn day(&self, instant: i64) -> i64 {
        self.date_of(instant).map_or(i64::MIN, days_since_1970)
    }

    fn date_of(&self, instant: i64) -> Option<Date> {
        Timestamp::from_second(instant).ok().map(|instant| When::Instant(instant).day(&self.zone))
    }

    /// Whether amounts may have three digits behind the point.
    pub fn money_has_thirds(&self) -> bool {
        self.money.digits > 2
    }

    /// The beginning of the day that was written.
    pub fn of_day(&self, when: When, text: &str) -> Result<Value, String> {
        when.as_day().instant(&self.days).map(Value::Integer).ok_or_else(|| out_of_range(text))
    }

    /// Whether a text that is no date would be one with day and month the other way round.
    pub fn is_exchanged(&self, text: &str) -> bool {
        self.dates.iter().filter_map(DateFormat::exchanged).any(|format| format.parse(text).is_some())
    }

    /// The formats by which a text is read. ISO can mean nothing else, and is how the dates of workbooks come; beside
    /// `%Y-%d-%m` it can, unless it has its `T`.
    fn dates_of(&self, text: &str) -> impl Iterator<Item = &DateFormat> {
        let iso = !self.iso_is_misread || text.contains('T');
        self.dates.iter().chain(iso.then_some(&DateFormat::Iso))
    }

    /// A number of that kind as it stands in a cell. Currencies, and words that multiply, belong to amounts: `12 M` are
    /// twelve months, and `5 m` five minutes. `%` belongs to `shares`.
    pub fn quantity(&self, kind: Kind, shares: bool, text: &str) -> Result<Written, String> {
        let written = self.parsed(text)?;
        let amount = kind == Kind::Money;
        if written.currency.is_some() && !amount {
            return Err(format!(
                "“{text}” is an amount of money, and none is meant here: leave such rows out, or map an amount"
            ));
        }
        if written.times.is_some() && !amount {
            return Err(format!(
                "“{text}” has a word that multiplies only amounts of money: list what is meant under `values`"
            ));
        }
        if written.per_cent && (kind != Kind::Number || !shares) {
            return Err(format!("“{text}” is a share, and none is meant here: list what is meant under `values`"));
        }
        self.in_currency(written, text)
    }

    /// A number of whatever kind as it stands in a cell.
    pub fn decimal(&self, text: &str) -> Result<Written, String> {
        self.in_currency(self.parsed(text)?, text)
    }

    fn parsed(&self, text: &str) -> Result<Written, String> {
        decimal::parse(text, self.decimal).ok_or_else(|| {
            let (example, other) = match self.decimal {
                DecimalMark::Point => ("1,234.5 (decimal = \"point\")", DecimalMark::Comma),
                DecimalMark::Comma => ("1.234,5 (decimal = \"comma\")", DecimalMark::Point),
            };
            let hint = match decimal::parse(text, other) {
                Some(_) => format!(", and one with {}", self.decimal.words().2),
                None => String::new(),
            };
            format!("“{text}” is not a number such as {example}{hint}")
        })
    }

    /// Refuses an amount in another currency.
    fn in_currency(&self, written: Written, text: &str) -> Result<Written, String> {
        match (&written.currency, self.money.code) {
            (Some(marked), Some(code)) if !marked.fits(code) => {
                let other = marked.code();
                Err(format!(
                    "“{text}” is in {other}, and the amounts here are in {code}: leave such rows out with a `when`, or, \
                     where all of the file is in {other}, write currency = \"{other}\" in [source]; nothing is converted"
                ))
            }
            _ => Ok(written),
        }
    }

    /// A number as a value of a numeric kind.
    pub fn number(&self, kind: Kind, number: Decimal) -> Result<Value, String> {
        match kind {
            Kind::Money => decimal::minor_units(number, self.money.digits).map(Value::Integer),
            Kind::Number => number.to_f64().filter(|number| number.is_finite()).map(Value::Number),
            _ if !number.is_integer() => return Err(format!("{number} is not a whole number")),
            _ => number.to_i64().map(Value::Integer),
        }
        .filter(is_exact)
        .ok_or_else(|| format!("{number} is too large"))
    }

    /// The date that a text says in one of the file's formats.
    pub fn date(&self, text: &str) -> Result<When, String> {
        self.dates_of(text).find_map(|format| format.parse(text)).ok_or_else(|| {
            format!("“{text}” is not a date of the years 1900 to 2199 written as {}", self.date_names.join(" or "))
        })
    }
}

/// Whether KPIs, which count in doubles, would see the value as it is.
fn is_exact(value: &Value) -> bool {
    !matches!(value, Value::Integer(integer) if !(-MAX_EXACT..=MAX_EXACT).contains(integer))
}

/// Whether a text is one that somebody wrote; an error is the reason why not. PostgreSQL stores no NUL, and none is
/// meant: it comes from reading UTF-16 as something else.
pub(crate) fn written_text(text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err("the text holds a NUL character: is the file's encoding utf-16?".to_owned());
    }
    damaged::by_spreadsheet(text).map_or(Ok(()), Err)
}

fn boolean(text: &str) -> Result<bool, String> {
    truth(text).ok_or_else(|| format!("“{text}” is neither true, yes, 1 nor false, no, 0: list it in `values`"))
}

fn out_of_range(text: &str) -> String {
    format!("“{text}” lies outside the calendar")
}
