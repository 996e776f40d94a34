//! Numbers as people write them, exactly: `1,117.10`, `9.326,84`, `$1,117.10K`, `(5)`, `75 %`.

use crate::mapping::DecimalMark;
use rust_decimal::{Decimal, RoundingStrategy};

/// Reads a number. Thousands may be grouped, but only in threes: `1,5` is no 15 where the comma groups. A currency sign
/// or code may stand before or after; `K`, `M` and `B` multiply, `%` divides by a hundred; parentheses or a minus at
/// either end make it negative. `None` if it is none, or has more than 28 digits.
pub fn parse(text: &str, mark: DecimalMark) -> Option<Decimal> {
    let (text, in_parentheses) = match text.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text.trim(), false),
    };
    let first = text.find(|c: char| c.is_ascii_digit() || is_mark(c))?;
    let last = text.rfind(|c: char| c.is_ascii_digit())?;
    if last < first {
        return None;
    }
    let digits = digits(&text[first..=last], mark)?;
    let before = Ornament::of(&text[..first])?;
    let after = Ornament::of(&text[last + 1..])?;
    let signs = [in_parentheses, before.minus, after.minus].iter().filter(|&&sign| sign).count();
    if signs > 1 || before.scale.is_some() || (before.currency && after.currency) {
        return None;
    }
    let number = Decimal::from_str_exact(&digits).ok()?.checked_mul(after.scale.unwrap_or(Decimal::ONE))?;
    Some(if signs == 1 { -number } else { number })
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
        [head, rest @ ..] => (1..=3).contains(&head.len()) && rest.iter().all(|group| group.len() == 3),
        [] => false,
    };
    let well = grouped_well && groups.iter().all(|group| all_digits(group)) && all_digits(fraction);
    let empty = whole.is_empty() && fraction.is_empty();
    (well && !empty).then(|| format!("{}.{}", groups.concat(), if fraction.is_empty() { "0" } else { fraction }))
}

/// What stands before or after the digits.
#[derive(Default)]
struct Ornament {
    minus: bool,
    currency: bool,
    scale: Option<Decimal>,
}

impl Ornament {
    fn of(text: &str) -> Option<Ornament> {
        let mut ornament = Ornament::default();
        let mut rest = text.trim();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '-' | '\u{2212}' if !ornament.minus => {
                    ornament.minus = true;
                    first.len_utf8()
                }
                _ if ornament.scale.is_none() && is_scale(rest) => {
                    ornament.scale = scale(first);
                    first.len_utf8()
                }
                _ if !ornament.currency => {
                    ornament.currency = true;
                    currency(rest)?
                }
                _ => return None,
            };
            rest = rest[length..].trim_start();
        }
        Some(ornament)
    }
}

/// Whether the text begins with a letter that multiplies, and not with a currency such as `BRL`.
fn is_scale(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().and_then(scale).is_some() && !chars.next().is_some_and(char::is_alphanumeric)
}

fn scale(letter: char) -> Option<Decimal> {
    match letter {
        'k' | 'K' => Some(Decimal::from(1_000)),
        'm' | 'M' => Some(Decimal::from(1_000_000)),
        'b' | 'B' => Some(Decimal::from(1_000_000_000)),
        '%' => Some(Decimal::new(1, 2)),
        _ => None,
    }
}

/// The length of the currency sign (`€`, `$`, `R$`) or code (`EUR`) that the text begins with.
fn currency(text: &str) -> Option<usize> {
    const SIGNS: &[&str] = &["R$", "US$", "CHF", "Kč", "kr", "zł", "Ft", "$", "€", "£", "¥", "₹", "₺", "₽", "₩"];
    let code = text.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_uppercase()));
    SIGNS.iter().copied().chain(code).find(|sign| text.starts_with(sign)).map(str::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalMark::{Comma, Point};

    fn cents(text: &str, mark: DecimalMark) -> Option<i64> {
        minor_units(parse(text, mark)?, 2)
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
        for text in ["1,5", "12,34.5", "1,2345", "1.2.3", "", "-", "$", "TBD", "--5", "(-5)", "1e3", "12 apples", "$5€"]
        {
            assert_eq!(parse(text, Point), None, "{text}");
        }
        assert_eq!(parse("1.5", Comma), None);
        assert_eq!(cents("99999999999999999999", Point), None);
    }

    #[test]
    fn per_cents_are_fractions() {
        assert_eq!(parse("75 %", Point), Some(Decimal::new(75, 2)));
    }
}
