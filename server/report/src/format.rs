//! Figures as a reader's locale writes them, by ICU4X. Dates and periods are in [`crate::dates`].

mod cldr;

use crate::dates::Dates;
use crate::numbers::{Change, PeriodHead};
use crate::words::{Wording, wording};
use cldr::Cldr;
use fixed_decimal::{Decimal, FloatPrecision, SignedRoundingMode, UnsignedRoundingMode};
use icu::decimal::DecimalFormatter;
use icu::decimal::options::DecimalFormatterOptions;
use icu::locale::Locale;
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::currency::options::CurrencyFormatterOptions;
use icu_experimental::dimension::percent::formatter::PercentFormatter;
use icu_experimental::dimension::percent::options::Display;
use icu_experimental::dimension::units::categorized_formatter::CategorizedFormatter;
use icu_experimental::dimension::units::options::UnitsFormatterOptions;
use icu_experimental::measure::category::{CategorizedMeasureUnit, Duration};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::data::currency::{Currency, HUNDREDTHS};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{self, Better, Status, Threshold};

const WITH_DATA: &str = "the data of all locales is compiled in";
/// More digits than this tell no figure from a mark.
const MOST_DIGITS: u8 = 6;
/// Digits after the point that people write in marks.
const MOST_WRITTEN: i16 = 4;

/// Writes for one locale and currency.
pub struct Format {
    words: &'static Wording,
    dates: Dates,
    decimal: DecimalFormatter,
    percent: PercentFormatter<DecimalFormatter>,
    signed_percent: PercentFormatter<DecimalFormatter>,
    /// By the number of decimals.
    money: Vec<CurrencyFormatter<DecimalFormatter>>,
    /// Decimals of the currency.
    money_digits: i16,
    seconds: CategorizedFormatter<Duration>,
    minutes: CategorizedFormatter<Duration>,
    hours: CategorizedFormatter<Duration>,
    days: CategorizedFormatter<Duration>,
}

impl Format {
    /// A writer for a BCP 47 locale and an ISO 4217 currency. `zone` is an IANA name, for instants.
    ///
    /// What is none of these is taken for English, for the currency without a name (¤) and for UTC: definitions and the
    /// configuration are checked when they are read, and an old edition must remain readable.
    ///
    /// # Panics
    /// Never: the data of all locales is compiled in.
    pub fn new(locale: &str, currency: &str, zone: &str) -> Format {
        let words = wording(locale);
        let locale = Locale::try_from_str(locale).unwrap_or(icu::locale::locale!("en"));
        let digits = Currency::find(currency).map_or(HUNDREDTHS, |currency| currency.digits);
        let nameless = CurrencyType::try_from_str("XXX").expect("XXX is a currency code");
        let currency = CurrencyType::try_from_str(currency).unwrap_or(nameless);
        let cldr = Cldr { money_digits: digits };
        let percent = |display: Display| {
            PercentFormatter::try_new_unstable(&cldr, (&locale).into(), display.into()).expect(WITH_DATA)
        };
        let money = |money_digits: u8| {
            let options = CurrencyFormatterOptions::default();
            let cldr = Cldr { money_digits };
            CurrencyFormatter::try_new_symbol_unstable(&cldr, (&locale).into(), currency, options).expect(WITH_DATA)
        };
        let unit = |unit: CategorizedMeasureUnit<Duration>| {
            let options = UnitsFormatterOptions::default();
            CategorizedFormatter::try_new_outlier_unstable(&cldr, (&locale).into(), unit, options).expect(WITH_DATA)
        };
        Format {
            words,
            dates: Dates::new(&locale, words, zone),
            decimal: DecimalFormatter::try_new_unstable(&cldr, (&locale).into(), DecimalFormatterOptions::default())
                .expect(WITH_DATA),
            percent: percent(Display::Standard),
            signed_percent: percent(Display::ExplicitSign),
            money: (0..=MOST_DIGITS).map(money).collect(),
            money_digits: i16::from(digits),
            seconds: unit(Duration::second()),
            minutes: unit(Duration::minute()),
            hours: unit(Duration::hour()),
            days: unit(Duration::day()),
        }
    }

    /// The words it writes with.
    pub fn words(&self) -> &'static Wording {
        self.words
    }

    /// `71.2 %`, `1.234,50 €`, `3 Std. 20 Min.`, `1.234`: per cents with one decimal, money from 10,000 on and counts
    /// without, durations in the unit that reads best.
    pub fn value(&self, value: f64, unit: Unit) -> String {
        self.with_digits(value, unit, self.usual_digits(value, unit))
    }

    /// The figure, or a short word for why there is none.
    pub fn cell(&self, cell: &Cell, unit: Unit) -> String {
        self.judged(cell, unit, &Threshold::default())
    }

    /// The same, with as many digits as it takes to tell the figure from the marks it is judged by: 74.97 % is not
    /// shown as the 75.0 % that it must not fall below.
    pub fn judged(&self, cell: &Cell, unit: Unit, threshold: &Threshold) -> String {
        let value = match &cell.outcome {
            Outcome::Value { value } => *value,
            Outcome::TooFew => return self.too_few(cell.sample),
            absent => return self.words.absence(absent).to_owned(),
        };
        let digits = self.usual_digits(value, unit);
        let marks = [threshold.warning, threshold.critical].into_iter().flatten();
        let apart = marks.filter(|mark| !threshold::same(value, *mark)).map(|mark| {
            let same = |digits: &i16| self.with_digits(value, unit, *digits) == self.with_digits(mark, unit, *digits);
            (digits..MOST_DIGITS.into()).find(|digits| !same(digits)).unwrap_or(MOST_DIGITS.into())
        });
        self.with_digits(value, unit, apart.max().unwrap_or(digits))
    }

    /// `+2,1 Pp.`, `−12 %`; empty where nothing can be compared. Per cents move by percentage points, all else in
    /// relation to the former figure, or by the difference where that was 0.
    pub fn change(&self, change: Option<&Change>, unit: Unit) -> String {
        let Some(change) = change else { return String::new() };
        let text = match (unit, change.relative) {
            (Unit::Percent, _) => {
                let points = rounded(change.absolute, 2, 1);
                if is_zero(&points) {
                    return self.words.unchanged.to_owned();
                }
                let text = self.decimal.format_to_string(&points);
                format!("{text}\u{a0}{}", self.words.percentage_points)
            }
            (_, Some(relative)) => {
                // A decimal below ten per cent, none above.
                let relative = rounded(relative, 2, i16::from(relative.abs() < 0.0995));
                if is_zero(&relative) {
                    return self.words.unchanged.to_owned();
                }
                return self.signed_percent.format(&relative).to_string();
            }
            (_, None) => {
                let text = self.value(change.absolute, unit);
                if text == self.value(0.0, unit) {
                    return self.words.unchanged.to_owned();
                }
                text
            }
        };
        let sign = if change.absolute > 0.0 { "+" } else { "" };
        format!("{sign}{text}")
    }

    /// `Warnung unter 80 %, kritisch unter 75 %`: what the threshold forbids; empty where it forbids nothing.
    pub fn threshold(&self, threshold: &Threshold, unit: Unit, better: Better) -> String {
        let forbidden = [Status::Warning, Status::Critical].into_iter().filter_map(|status| {
            let beyond = self.beyond(status, threshold, unit, better)?;
            Some(format!("{} {beyond}", self.words.status(status)))
        });
        forbidden.collect::<Vec<_>>().join(", ")
    }

    /// `unter 75 %`: the figures that are a warning, or critical; `None` where none are.
    pub fn beyond(&self, status: Status, threshold: &Threshold, unit: Unit, better: Better) -> Option<String> {
        let mark = match status {
            Status::Critical => threshold.critical?,
            Status::Warning => threshold.warning?,
            Status::Ok | Status::Unjudged => return None,
        };
        let beyond = match better {
            Better::Higher => self.words.below,
            Better::Lower => self.words.above,
            Better::Neutral => return None,
        };
        Some(format!("{beyond} {}", self.mark(mark, unit)))
    }

    /// A whole number.
    pub fn count(&self, count: u64) -> String {
        self.decimal.format_to_string(&Decimal::from(count))
    }

    /// `KW 46 · 9.–15. November 2026`.
    pub fn period(&self, period: &PeriodHead) -> String {
        self.dates.period(period)
    }

    /// `KW 46`, to stand within a sentence.
    pub fn period_name(&self, period: &PeriodHead) -> String {
        self.dates.period_name(period)
    }

    /// A date and time in the zone, from UTC seconds.
    pub fn instant(&self, seconds: i64) -> String {
        self.dates.instant(seconds)
    }

    fn too_few(&self, sample: Option<u64>) -> String {
        match sample {
            Some(sample) => format!("{}\u{a0}({})", self.words.too_few, self.count(sample)),
            None => self.words.too_few.to_owned(),
        }
    }

    /// A mark as people say it: `75 %`, not `75.0 %`.
    pub fn mark(&self, mark: f64, unit: Unit) -> String {
        let exact = decimal(mark);
        // Nobody writes so many digits: the mark was calculated, from the figures of other periods.
        let told = |digits: i16| if digits > MOST_WRITTEN { self.usual_digits(mark, unit).max(1) } else { digits };
        let digits = match unit {
            Unit::Percent => told(-exact.nonzero_magnitude_end() - 2),
            Unit::Duration if mark % 86_400.0 == 0.0 => -1,
            Unit::Duration => 0,
            Unit::Money if mark.fract() == 0.0 => 0,
            Unit::Money => match -exact.nonzero_magnitude_end() {
                written @ ..=MOST_WRITTEN => written.max(self.money_digits),
                _ => self.money_digits,
            },
            Unit::Count | Unit::Number => told(-exact.nonzero_magnitude_end()),
        };
        self.with_digits(mark, unit, digits.clamp(if unit == Unit::Duration { -1 } else { 0 }, MOST_DIGITS.into()))
    }

    fn with_digits(&self, value: f64, unit: Unit, digits: i16) -> String {
        match unit {
            Unit::Percent => self.percent.format(&rounded(value, 2, digits)).to_string(),
            Unit::Money => self.money(value, digits),
            Unit::Duration => self.duration(value, digits).replace(' ', "\u{a0}"),
            Unit::Count | Unit::Number => self.decimal.format_to_string(&rounded(value, 0, digits)),
        }
    }

    fn money(&self, value: f64, digits: i16) -> String {
        let digits = digits.clamp(0, MOST_DIGITS.into());
        let formatter = &self.money[usize::from(digits.unsigned_abs())];
        formatter.format_fixed_decimal(&rounded(value, 0, digits)).to_string()
    }

    fn usual_digits(&self, value: f64, unit: Unit) -> i16 {
        match unit {
            Unit::Percent => 1,
            Unit::Money if value.abs() < 10_000.0 => self.money_digits,
            Unit::Number => match value.abs() {
                below_ten if below_ten < 10.0 => 2,
                below_thousand if below_thousand < 1000.0 => 1,
                _ => 0,
            },
            Unit::Money | Unit::Duration | Unit::Count => 0,
        }
    }

    /// In seconds, minutes, hours and minutes, or days: whatever reads best. More digits than none split the smallest
    /// unit further; days have one more, and so none at −1.
    fn duration(&self, seconds: f64, digits: i16) -> String {
        let minutes = (seconds.abs() / 60.0).round();
        if seconds.abs() < 59.5 {
            return self.seconds.format_fixed_decimal(&rounded(seconds, 0, digits.max(0))).to_string();
        }
        if minutes < 60.0 {
            let digits = if minutes < 10.0 { digits.max(1) } else { digits.max(0) };
            return self.minutes.format_fixed_decimal(&trimmed(rounded(seconds / 60.0, 0, digits))).to_string();
        }
        if minutes < 48.0 * 60.0 {
            return self.hours_and_minutes(seconds, digits.max(0));
        }
        self.days.format_fixed_decimal(&rounded(seconds / 86_400.0, 0, digits + 1)).to_string()
    }

    fn hours_and_minutes(&self, seconds: f64, digits: i16) -> String {
        let scale = 10f64.powi(i32::from(digits));
        let minutes = (seconds.abs() / 60.0 * scale).round() / scale;
        let hours = (minutes / 60.0).floor();
        let rest = rounded(minutes - hours * 60.0, 0, digits);
        let hours = self.hours.format_fixed_decimal(&rounded(hours.copysign(seconds), 0, 0)).to_string();
        if is_zero(&rest) {
            return hours;
        }
        format!("{hours} {}", self.minutes.format_fixed_decimal(&trimmed(rest)))
    }
}

/// The decimal that a float stands for; 0 for what is no number, which no figure is.
fn decimal(value: f64) -> Decimal {
    Decimal::try_from_f64(value, FloatPrecision::RoundTrip).unwrap_or_default()
}

/// The value times a power of ten, rounded to some decimals as people round: halves away from zero.
fn rounded(value: f64, power: i16, digits: i16) -> Decimal {
    let mut decimal = decimal(value);
    decimal.multiply_pow10(power);
    decimal.round_with_mode(-digits, SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand));
    decimal.absolute.pad_end(-digits);
    decimal.absolute.trim_start();
    if is_zero(&decimal) {
        decimal.sign = fixed_decimal::Sign::None;
    }
    decimal
}

fn trimmed(mut decimal: Decimal) -> Decimal {
    decimal.absolute.trim_end();
    decimal
}

fn is_zero(decimal: &Decimal) -> bool {
    decimal.absolute.is_zero()
}

#[cfg(test)]
mod tests;
