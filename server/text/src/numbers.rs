//! Counts, plain numbers and per cents as a reader's region writes them, by ICU4X.

use crate::cldr::Cldr;
use crate::locale::Locale;
use fixed_decimal::{FloatPrecision, SignedRoundingMode, UnsignedRoundingMode};
use icu::decimal::DecimalFormatter;
use icu::decimal::options::DecimalFormatterOptions;
use icu::locale::Locale as Icu;
use icu_experimental::dimension::percent::formatter::PercentFormatter;
use icu_experimental::dimension::percent::options::Display;

pub use fixed_decimal::Decimal;

pub(crate) const WITH_DATA: &str = "the data of all locales is compiled in";
/// More digits than this after the point tell nothing.
pub const MOST_DIGITS: u8 = 6;

/// Writes numbers for one locale.
pub struct Numbers {
    decimal: DecimalFormatter,
    percent: PercentFormatter<DecimalFormatter>,
    signed_percent: PercentFormatter<DecimalFormatter>,
}

impl Numbers {
    /// A writer for a locale.
    ///
    /// # Panics
    /// Never: the data of all locales is compiled in.
    pub fn new(locale: &Locale) -> Numbers {
        Numbers::of(locale.icu())
    }

    pub(crate) fn of(locale: &Icu) -> Numbers {
        let cldr = Cldr::default();
        let percent = |display: Display| {
            PercentFormatter::try_new_unstable(&cldr, locale.into(), display.into()).expect(WITH_DATA)
        };
        let options = DecimalFormatterOptions::default();
        Numbers {
            decimal: DecimalFormatter::try_new_unstable(&cldr, locale.into(), options).expect(WITH_DATA),
            percent: percent(Display::Standard),
            signed_percent: percent(Display::ExplicitSign),
        }
    }

    /// A whole number: `1.234`.
    pub fn count(&self, count: u64) -> String {
        self.decimal(&Decimal::from(count))
    }

    /// A number with the digits that it has: `12`, `0.5`.
    pub fn plain(&self, number: f64) -> String {
        self.decimal(&trimmed(rounded(number, 0, MOST_DIGITS.into())))
    }

    /// A number as it is: see [`rounded`].
    pub fn decimal(&self, number: &Decimal) -> String {
        self.decimal.format_to_string(number)
    }

    /// A number of hundredths: `12,5 %`.
    pub fn percent(&self, hundredths: &Decimal) -> String {
        self.percent.format(hundredths).to_string()
    }

    /// The same with its sign: `+12 %`.
    pub fn signed_percent(&self, hundredths: &Decimal) -> String {
        self.signed_percent.format(hundredths).to_string()
    }
}

/// The decimal that a float stands for; 0 for what is not finite, which no figure is.
pub fn exact(value: f64) -> Decimal {
    Decimal::try_from_f64(value, FloatPrecision::RoundTrip).unwrap_or_default()
}

/// The value times a power of ten, rounded to some decimals as people round: halves away from zero.
pub fn rounded(value: f64, power: i16, digits: i16) -> Decimal {
    let mut decimal = exact(value);
    decimal.multiply_pow10(power);
    decimal.round_with_mode(-digits, SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand));
    decimal.absolute.pad_end(-digits);
    decimal.absolute.trim_start();
    if is_zero(&decimal) {
        decimal.sign = fixed_decimal::Sign::None;
    }
    decimal
}

/// The same without zeros at its end.
pub(crate) fn trimmed(mut decimal: Decimal) -> Decimal {
    decimal.absolute.trim_end();
    decimal
}

/// Whether nothing is left of it.
pub fn is_zero(decimal: &Decimal) -> bool {
    decimal.absolute.is_zero()
}
