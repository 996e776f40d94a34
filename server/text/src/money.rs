//! Amounts of money as a reader's region writes them, by ICU4X.

use crate::cldr::Cldr;
use crate::locale::Locale;
use crate::numbers::{MOST_DIGITS, WITH_DATA, rounded};
use icu::decimal::DecimalFormatter;
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::currency::options::CurrencyFormatterOptions;

/// Writes amounts of one currency for one locale.
pub struct Money {
    /// By the number of decimals.
    by_digits: Vec<CurrencyFormatter<DecimalFormatter>>,
}

impl Money {
    /// A writer for a locale and an ISO 4217 currency; an unknown one becomes the currency without a name (¤).
    ///
    /// # Panics
    /// Never: the data of all locales is compiled in.
    pub fn new(locale: &Locale, currency: &str) -> Money {
        let nameless = CurrencyType::try_from_str("XXX").expect("XXX is a currency code");
        let currency = CurrencyType::try_from_str(currency).unwrap_or(nameless);
        let with_digits = |money_digits: u8| {
            let options = CurrencyFormatterOptions::default();
            let cldr = Cldr { money_digits };
            CurrencyFormatter::try_new_symbol_unstable(&cldr, locale.icu().into(), currency, options).expect(WITH_DATA)
        };
        Money { by_digits: (0..=MOST_DIGITS).map(with_digits).collect() }
    }

    /// `1.234,50 €`: an amount in whole units, with that many decimals.
    pub fn amount(&self, amount: f64, digits: i16) -> String {
        let digits = digits.clamp(0, MOST_DIGITS.into());
        let formatter = &self.by_digits[usize::from(digits.unsigned_abs())];
        formatter.format_fixed_decimal(&rounded(amount, 0, digits)).to_string()
    }
}
