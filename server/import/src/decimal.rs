//! Numbers as people write them, exactly: `1,117.10`, `9.326,84`, `$1,117.10K`, `2,5 Mio. €`, `(5)`, `75 %`.

use crate::mapping::DecimalMark;
use crate::ornament::{Marked, Ornament};
use rust_decimal::{Decimal, RoundingStrategy};

/// A number, with what its text says beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// Of per cents the fraction.
    pub number: Decimal,
    pub per_cent: bool,
    /// By what a word beside it has multiplied it.
    pub times: Option<Decimal>,
    /// How many digits stand behind the point.
    pub decimals: usize,
    /// The currency that stands beside it.
    pub currency: Option<Marked>,
}

/// Reads a number. Thousands may be grouped, but only in threes: `1,5` is no 15 where the comma groups. A currency may
/// stand before or after; a word such as `K`, `Mio` or `bn` multiplies, `%` divides by a hundred; parentheses or a minus
/// at either end make it negative. `None` if it is none, or has more than 28 digits.
pub(crate) fn parse(text: &str, mark: DecimalMark) -> Option<Written> {
    let text = text.trim();
    if let Some(plain) = plain(text, mark) {
        return Some(plain);
    }
    let (text, in_parentheses) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let first = if text[..digit].ends_with(is_mark) { digit - 1 } else { digit };
    let last = text.rfind(|c: char| c.is_ascii_digit())?;
    if last < first {
        return None;
    }
    let digits = digits(&text[first..=last], mark)?;
    let before = Ornament::of(&text[..first])?;
    let after = Ornament::of(&text[last + 1..])?;
    let signs = [in_parentheses, before.minus, after.minus].iter().filter(|&&sign| sign).count();
    // A word before the digits multiplies only with a currency: `TEUR 5`.
    let misplaced = before.per_cent || (before.scale.is_some() && (before.currency.is_none() || after.scale.is_some()));
    if signs > 1 || misplaced || (before.currency.is_some() && after.currency.is_some()) {
        return None;
    }
    let decimals = digits.len() - digits.find('.').map_or(digits.len(), |point| point + 1);
    let times = after.scale.or(before.scale);
    let number = Decimal::from_str_exact(&digits).ok()?.checked_mul(times.unwrap_or(Decimal::ONE))?;
    let number = if after.per_cent { number.checked_mul(Decimal::new(1, 2))? } else { number };
    let number = if signs == 1 { -number } else { number };
    Some(Written { number, per_cent: after.per_cent, times, decimals, currency: before.currency.or(after.currency) })
}

/// A number of nothing but digits and a point, as most are; `None` of all others.
fn plain(text: &str, mark: DecimalMark) -> Option<Written> {
    let point = match mark {
        DecimalMark::Point => '.',
        DecimalMark::Comma => ',',
    };
    let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
    let digits = whole.len() + fraction.len();
    if whole.is_empty() || digits > 18 || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = whole.bytes().chain(fraction.bytes()).fold(0, |value, byte| value * 10 + i64::from(byte - b'0'));
    let decimals = fraction.len();
    let number = Decimal::new(value, u32::try_from(decimals).ok()?);
    Some(Written { number, per_cent: false, times: None, decimals, currency: None })
}

/// An amount as it is stored, with so many digits after the point: of two, 12.345 is 1234; half a unit goes to the even
/// one. `None` if it does not fit.
pub fn minor_units(amount: Decimal, digits: u8) -> Option<i64> {
    let units = amount.checked_mul(Decimal::from(10_u64.checked_pow(u32::from(digits))?))?;
    units.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven).try_into().ok()
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | ',')
}

/// The digits with a point for the decimal mark and without grouping.
fn digits(text: &str, mark: DecimalMark) -> Option<String> {
    let (point, group) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let grouping = |c: char| c == group || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let groups: Vec<&str> = whole.split(grouping).collect();
    let grouped_well = match groups.as_slice() {
        [_] => true,
        // `0,500` is a half where the comma is the decimal mark, and nothing where it groups.
        [head, rest @ ..] => {
            (1..=3).contains(&head.len()) && !head.starts_with('0') && rest.iter().all(|group| group.len() == 3)
        }
        [] => false,
    };
    let well = grouped_well && groups.iter().all(|group| all_digits(group)) && all_digits(fraction);
    let empty = whole.is_empty() && fraction.is_empty();
    let point = if fraction.is_empty() { "" } else { "." };
    (well && !empty)
        .then(|| format!("{}{point}{fraction}", if whole.is_empty() { "0".to_owned() } else { groups.concat() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalMark::{Comma, Point};

    fn cents(text: &str, mark: DecimalMark) -> Option<i64> {
        minor_units(parse(text, mark)?.number, 2)
    }

    #[test]
    fn amounts_are_exact_however_they_are_written() {
        assert_eq!(cents("1054", Point), Some(105_400));
        assert_eq!(cents("9,326.84", Point), Some(932_684));
        assert_eq!(cents("9.326,84", Comma), Some(932_684));
        assert_eq!(cents("$1,117.10K", Point), Some(111_710_000));
        assert_eq!(cents("1.2M", Point), Some(120_000_000));
        assert_eq!(cents("45k", Point), Some(4_500_000));
        assert_eq!(cents("R$ 9.326,84", Comma), Some(932_684));
        assert_eq!(cents("1 234 567,8 €", Comma), Some(123_456_780));
        assert_eq!(cents("-5 EUR", Point), Some(-500));
        assert_eq!(cents("($1,000)", Point), Some(-100_000));
        assert_eq!(cents("5-", Point), Some(-500));
        assert_eq!(cents(".5", Point), Some(50));
        assert_eq!(cents("1.000", Comma), Some(100_000));
        // 2^53 + 1 is where a float would begin to err.
        assert_eq!(cents("90071992547409.93", Point), Some(9_007_199_254_740_993));
    }

    #[test]
    fn more_digits_than_two_are_rounded_half_to_even() {
        assert_eq!(cents("0.125", Point), Some(12));
        assert_eq!(cents("0.135", Point), Some(14));
        assert_eq!(cents("12532.319999999998", Point), Some(1_253_232));
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        for text in [
            "1,5",
            "0,500",
            "01,234",
            "0 500",
            "12,34.5",
            "1,2345",
            "1.2.3",
            "",
            "-",
            "$",
            "TBD",
            "--5",
            "(-5)",
            "1e3",
            "12 apples",
            "$5€",
        ] {
            assert_eq!(parse(text, Point), None, "{text}");
        }
        assert_eq!(parse("1.5", Comma), None);
        assert_eq!(cents("99999999999999999999", Point), None);
    }

    #[test]
    fn per_cents_are_fractions() {
        let read = |text, mark| parse(text, mark).map(|written| (written.number, written.per_cent));
        assert_eq!(read("75 %", Point), Some((Decimal::new(75, 2), true)));
        assert_eq!(read("12,5%", Comma), Some((Decimal::new(125, 3), true)));
        assert_eq!(read("75", Point), Some((Decimal::from(75), false)));
        assert_eq!(read("% 75", Point), None);
    }

    #[test]
    fn words_multiply_in_three_languages_and_nothing_else_does() {
        assert_eq!(cents("2,5 MIO", Comma), Some(250_000_000));
        assert_eq!(cents("2,5 Mio. €", Comma), Some(250_000_000));
        assert_eq!(cents("3 Tsd.", Comma), Some(300_000));
        assert_eq!(cents("1,2 Mrd EUR", Comma), Some(120_000_000_000));
        assert_eq!(cents("1.5bn", Point), Some(150_000_000_000));
        assert_eq!(cents("12 k€", Comma), Some(1_200_000));
        assert_eq!(cents("3 M€", Comma), Some(300_000_000));
        assert_eq!(cents("2 Md€", Comma), Some(200_000_000_000));
        assert_eq!(cents("5 TEUR", Comma), Some(500_000));
        assert_eq!(cents("TEUR 5", Comma), Some(500_000));
        assert_eq!(cents("T€ 5", Comma), Some(500_000));
        for text in ["5 T", "5 SKU", "SKU 4711", "K 5", "5 MIX", "5 k k", "5 Stk", "5 XYZ"] {
            assert_eq!(parse(text, Comma), None, "{text}");
        }
    }

    #[test]
    fn an_amount_says_in_which_currency_it_is() {
        let marked = |text| parse(text, Point).unwrap().currency;
        for (text, fits, does_not) in [
            ("EUR 11,000.00", "EUR", "USD"),
            ("100.00 PLN", "PLN", "EUR"),
            ("¥500000", "JPY", "EUR"),
            ("$5", "CAD", "EUR"),
            ("US$5", "USD", "CAD"),
            ("R$ 5", "BRL", "USD"),
            ("5 kr", "SEK", "EUR"),
            ("5 Euro", "EUR", "CHF"),
            ("CHF 5", "CHF", "EUR"),
            ("Fr. 5", "CHF", "EUR"),
        ] {
            let marked = marked(text).unwrap_or_else(|| panic!("{text}"));
            assert!(marked.fits(fits) && !marked.fits(does_not), "{text}");
        }
        assert_eq!(marked("5"), None);
        assert_eq!(marked("USD 5").unwrap().code(), "USD");
    }

    #[test]
    fn how_many_digits_stand_behind_the_point_is_known() {
        let decimals = |text| parse(text, Point).unwrap().decimals;
        assert_eq!(["3.000", "3", "€3.50", "3.", "1,000.125"].map(decimals), [3, 0, 2, 0, 3]);
    }
}
