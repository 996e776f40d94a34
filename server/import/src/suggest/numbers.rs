//! With which decimal mark the numbers of a file are written.

use crate::decimal;
use crate::mapping::DecimalMark;
use rust_decimal::Decimal;

/// What was found out of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub before_decimals: DecimalMark,
    pub why: String,
    pub is_sure: bool,
    /// Whether a number reads only with it.
    pub is_told: bool,
}

/// Whether a text is a number under some decimal mark.
pub(super) fn is_number(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        && (is_with(text, DecimalMark::Point) || is_with(text, DecimalMark::Comma))
}

pub(super) fn is_with(text: &str, mark: DecimalMark) -> bool {
    decimal::parse(text, mark).is_some()
}

/// The number that a text is.
pub(super) fn value(text: &str, mark: DecimalMark) -> Option<Decimal> {
    decimal::parse(text, mark).map(|written| written.number)
}

/// The mark of these numbers. `comma_likely`: what is likelier where nothing tells.
pub(super) fn mark<'a>(numbers: impl Iterator<Item = &'a str>, comma_likely: bool) -> Mark {
    let (mut all, mut point, mut comma, mut either) = (0, 0, 0, 0);
    for text in numbers {
        let (with_point, with_comma) = (is_with(text, DecimalMark::Point), is_with(text, DecimalMark::Comma));
        all += usize::from(with_point || with_comma);
        point += usize::from(with_point && !with_comma);
        comma += usize::from(with_comma && !with_point);
        either += usize::from(with_point && with_comma && text.contains(['.', ',']));
    }
    let (mark, name, only, against) = if comma > point || (comma == point && comma_likely && either > 0) {
        (DecimalMark::Comma, "a comma", comma, point)
    } else {
        (DecimalMark::Point, "a point", point, comma)
    };
    if only == 0 && either == 0 {
        let why = format!("none of {all} numbers has decimals or groups thousands");
        return Mark { before_decimals: DecimalMark::Point, why, is_sure: true, is_told: false };
    }
    let why = if against > 0 {
        format!("of {all} numbers, {only} have decimals only with {name} before them, and {against} do not")
    } else if only > 0 {
        format!("{} of {all} numbers read with {name} before the decimals, {only} of them only so", all - against)
    } else {
        format!("all of {all} numbers read with a comma before the decimals, and with a point: what is 1.234?")
    };
    Mark { before_decimals: mark, why, is_sure: against == 0 && only > 0, is_told: only > 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[&str]) -> (DecimalMark, bool) {
        let mark = mark(numbers.iter().copied(), false);
        (mark.before_decimals, mark.is_sure)
    }

    #[test]
    fn the_mark_is_sure_where_a_number_reads_only_with_it() {
        assert_eq!(of(&["1.234,50 €", "12"]), (DecimalMark::Comma, true));
        assert_eq!(of(&["$1,234.50", "12"]), (DecimalMark::Point, true));
        assert_eq!(of(&["1234", "12"]), (DecimalMark::Point, true));
        assert_eq!(of(&["1.234", "5.000"]), (DecimalMark::Point, false));
        assert_eq!(of(&["1.234,50", "7,25", "1,234.50"]), (DecimalMark::Comma, false));
    }
}
