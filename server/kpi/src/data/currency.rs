//! Currencies of ISO 4217, and how many decimals each has.

use crate::diagnostic::nearest;
use iso_currency::{Currency as Iso, IntoEnumIterator};

/// The decimals that stored amounts have unless the database records otherwise.
pub const HUNDREDTHS: u8 = 2;

/// A currency, and how its amounts are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217, such as `EUR`.
    pub code: String,
    /// Digits after the point: 2 for cents, 0 for yen, 3 for fils.
    pub digits: u8,
}

/// A code that no currency has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{code}” is not a currency: {hint}")]
pub struct UnknownCurrency {
    code: String,
    hint: String,
}

impl Currency {
    /// The currency with that code.
    ///
    /// # Errors
    /// If there is none, or it has no minor unit, like gold; suggests a similar code if there is one.
    pub fn find(code: &str) -> Result<Currency, UnknownCurrency> {
        let known = Iso::from_code(code).and_then(digits);
        known.map(|digits| Currency { code: code.to_owned(), digits }).ok_or_else(|| {
            let codes: Vec<&str> =
                Iso::iter().filter(|currency| digits(*currency).is_some()).map(|currency| currency.code()).collect();
            let near = nearest(&code.to_uppercase(), codes);
            let hint = near.map_or_else(
                || "write an ISO 4217 code such as EUR".to_owned(),
                |near| format!("did you mean {near}? Write an ISO 4217 code such as EUR"),
            );
            UnknownCurrency { code: code.to_owned(), hint }
        })
    }

    /// The decimals with which its amounts are stored: its own, but at least two, since targets of rates are stored as
    /// amounts, and clicks cost fractions of a yen.
    pub fn stored_digits(&self) -> u8 {
        self.digits.max(HUNDREDTHS)
    }
}

/// How many stored units make one whole unit of a currency stored with that many decimals.
pub fn units(digits: u8) -> f64 {
    10_f64.powi(i32::from(digits))
}

fn digits(currency: Iso) -> Option<u8> {
    currency.exponent().and_then(|exponent| u8::try_from(exponent).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_has_its_own_number_of_digits() {
        let digits = |code| Currency::find(code).unwrap().digits;
        for (expected, codes) in [
            (0, ["JPY", "KRW", "CLP", "VND"].as_slice()),
            (2, &["EUR", "USD", "CHF", "GBP", "HUF"]),
            (3, &["KWD", "BHD", "TND", "OMR", "JOD", "LYD"]),
            (4, &["CLF", "UYW"]),
        ] {
            for code in codes {
                assert_eq!(digits(code), expected, "{code}");
            }
        }
    }

    #[test]
    fn a_code_that_is_none_is_refused_with_what_was_meant() {
        let said = |code| Currency::find(code).unwrap_err().to_string();
        assert!(said("EUE").contains("did you mean EUR"), "{}", said("EUE"));
        assert!(said("eur").contains("did you mean EUR"), "{}", said("eur"));
        // Gold is counted in no unit, and XXX stands for no currency at all.
        for code in ["", "euro", "XAU", "XXX", "QQQ"] {
            assert!(said(code).contains("is not a currency") && said(code).contains("ISO 4217"), "{}", said(code));
        }
    }
}
