//! What stands before and after the digits of a number: signs, currencies, words that multiply, `%`.

use pegel_kpi::data::currency::Currency;
use rust_decimal::Decimal;

/// The signs of currencies, each with the codes (ISO 4217) of those that it can stand for; longer ones first.
const SIGNS: &[(&str, &[&str])] = &[
    ("NZ$", &["NZD"]),
    ("HK$", &["HKD"]),
    ("MX$", &["MXN"]),
    ("US$", &["USD"]),
    ("R$", &["BRL"]),
    ("A$", &["AUD"]),
    ("C$", &["CAD"]),
    ("S$", &["SGD"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "UYU", "TWD"]),
    ("€", &["EUR"]),
    ("£", &["GBP", "EGP", "GIP", "FKP", "SHP"]),
    ("¥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("₺", &["TRY"]),
    ("₽", &["RUB"]),
    ("₩", &["KRW"]),
    ("₪", &["ILS"]),
    ("₫", &["VND"]),
    ("₴", &["UAH"]),
    ("฿", &["THB"]),
];

/// The same as words, in any case.
const WORDS: &[(&str, &[&str])] = &[
    ("euro", &["EUR"]),
    ("euros", &["EUR"]),
    ("fr", &["CHF"]),
    ("sfr", &["CHF"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("kč", &["CZK"]),
    ("zł", &["PLN"]),
    ("ft", &["HUF"]),
    ("lei", &["RON"]),
];

/// English, German and French words that multiply a number, in small letters.
const SCALES: &[(&str, i64)] = &[
    ("k", 1_000),
    ("tsd", 1_000),
    ("m", 1_000_000),
    ("mn", 1_000_000),
    ("mio", 1_000_000),
    ("b", 1_000_000_000),
    ("bn", 1_000_000_000),
    ("md", 1_000_000_000),
    ("mrd", 1_000_000_000),
];

/// The same where they stand before a currency alone: `TEUR`, `5 T€`.
const SCALES_OF_CURRENCIES: &[(&str, i64)] = &[
    ("T", 1_000),
    ("K", 1_000),
    ("k", 1_000),
    ("M", 1_000_000),
    ("Mio", 1_000_000),
    ("Mrd", 1_000_000_000),
    ("Md", 1_000_000_000),
];

/// What stands on one side of the digits.
#[derive(Default)]
pub(crate) struct Ornament {
    pub minus: bool,
    pub per_cent: bool,
    pub currency: Option<Marked>,
    pub scale: Option<Decimal>,
}

/// The currencies that an amount may be in, by its sign, word or code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Marked {
    /// One of these codes.
    Sign(&'static [&'static str]),
    Code(String),
}

impl Marked {
    /// Whether an amount so marked may be in the currency of that code.
    pub fn fits(&self, currency: &str) -> bool {
        match self {
            Marked::Sign(codes) => codes.contains(&currency),
            Marked::Code(code) => code == currency,
        }
    }

    /// As it is written.
    pub fn sign(&self) -> &str {
        match self {
            Marked::Sign(codes) => {
                SIGNS.iter().chain(WORDS).find(|(_, of)| of == codes).map_or(codes[0], |(sign, _)| sign)
            }
            Marked::Code(code) => code,
        }
    }

    /// The likeliest of them.
    pub fn code(&self) -> &str {
        match self {
            Marked::Sign(codes) => codes[0],
            Marked::Code(code) => code,
        }
    }
}

impl Ornament {
    /// `None` if the text is anything else, or says one thing twice.
    pub fn of(text: &str) -> Option<Ornament> {
        let mut ornament = Ornament::default();
        let mut rest = text.trim();
        while let Some(first) = rest.chars().next() {
            let taken = match first {
                '-' | '\u{2212}' => once(&mut ornament.minus).then_some(first.len_utf8()),
                '%' => once(&mut ornament.per_cent).then_some(1),
                _ if first.is_alphabetic() => ornament.word(rest),
                _ => ornament.sign(rest),
            };
            rest = rest[taken?..].trim_start();
        }
        Some(ornament)
    }

    /// Takes the sign of a currency; how long it is.
    fn sign(&mut self, text: &str) -> Option<usize> {
        let (sign, codes) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign))?;
        self.is_in(Marked::Sign(codes)).then_some(sign.len())
    }

    /// Takes a word: a currency, one that multiplies, or both in one.
    fn word(&mut self, text: &str) -> Option<usize> {
        let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
        let (word, after) = text.split_at(end);
        let dot = usize::from(after.starts_with('.'));
        if let Some(sign) = self.sign(text) {
            return Some(sign);
        }
        if let Some(currency) = currency(word) {
            return self.is_in(currency).then_some(end + dot);
        }
        let of_a_currency = SCALES_OF_CURRENCIES.iter().find_map(|(scale, times)| {
            let currency = word.strip_prefix(scale)?;
            let with_sign = currency.is_empty() && SIGNS.iter().any(|(sign, _)| after.starts_with(sign));
            (with_sign || self::currency(currency).is_some()).then_some((scale.len(), *times))
        });
        let (length, times) = of_a_currency.or_else(|| Some((end + dot, scale(word)?)))?;
        self.scale.replace(Decimal::from(times)).is_none().then_some(length)
    }

    fn is_in(&mut self, currency: Marked) -> bool {
        self.currency.replace(currency).is_none()
    }
}

fn once(said: &mut bool) -> bool {
    !std::mem::replace(said, true)
}

fn currency(word: &str) -> Option<Marked> {
    let small = word.to_lowercase();
    let known = WORDS.iter().find(|(name, _)| *name == small).map(|(_, codes)| Marked::Sign(codes));
    let is_code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    known.or_else(|| (is_code && Currency::find(word).is_ok()).then(|| Marked::Code(word.to_owned())))
}

fn scale(word: &str) -> Option<i64> {
    let small = word.to_lowercase();
    SCALES.iter().find(|(name, _)| *name == small).map(|(_, times)| *times)
}
