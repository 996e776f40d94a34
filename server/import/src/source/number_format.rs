//! The currency that a workbook shows beside the number of a cell, from the cell's format.

use crate::ornament::Ornament;
use calamine::{NumberFormat, Style};

/// Formats with smaller numbers are built in: what a bare `$` in them shows depends on where one is.
pub(super) const FIRST_OWN: u32 = 164;

/// The sign or code of the currency with which cells of a style are shown; `None` if they are shown with none.
pub(super) fn currency(style: &Style) -> Option<String> {
    let NumberFormat { format_code, format_id, .. } = style.number_format.as_ref()?;
    of_code(format_code, format_id.is_none_or(|id| id >= FIRST_OWN))
}

/// The same of a format; `is_own`: whether it is not built in.
pub(super) fn of_code(code: &str, is_own: bool) -> Option<String> {
    let shown = Ornament::of(&texts(code, is_own))?;
    Some(shown.currency?.sign().to_owned())
}

/// What a format shows beside the digits of a number above zero: of `[$$-409]#,##0.00` and `"$"0_-` the `$`.
fn texts(code: &str, bare_dollar: bool) -> String {
    let (mut texts, mut chars) = (String::new(), code.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => texts.extend(chars.by_ref().take_while(|c| *c != '"')),
            '[' => {
                let within: String = chars.by_ref().take_while(|c| *c != ']').collect();
                texts.push_str(within.strip_prefix('$').and_then(|sign| sign.split('-').next()).unwrap_or_default());
            }
            '\\' => texts.extend(chars.next()),
            // A blank as wide as the next character, and one that fills the cell with it.
            '_' | '*' => _ = chars.next(),
            ';' => break,
            '$' if !bare_dollar => {}
            '0'..='9' | '#' | '?' | '.' | ',' | '%' | '-' | '+' | '(' | ')' | '/' | '@' => {}
            _ => texts.push(c),
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_the_currency_of_their_cells() {
        let currency = |code: &str| {
            let shown = Ornament::of(&texts(code, true))?;
            shown.currency.map(|currency| currency.sign().to_owned())
        };
        for (code, expected) in [
            ("[$$-409]#,##0.00", "$"),
            ("#,##0.00\\ [$USD]", "USD"),
            ("[$¥-411]#,##0", "¥"),
            ("$#,##0;[Red]-$#,##0", "$"),
            ("_-* #,##0.00\\ \"€\"_-;-* #,##0.00\\ \"€\"_-", "€"),
            ("[$£-809]#,##0.00", "£"),
            ("#,##0,\"k€\"", "€"),
        ] {
            assert_eq!(currency(code).as_deref(), Some(expected), "{code}");
        }
        for code in
            ["General", "0.00", "0%", "#,##0,\"k\"", "0 \"kg\"", "dd.mm.yyyy", "[$-407]d. mmmm yyyy", "[Red]0", "@"]
        {
            assert_eq!(currency(code), None, "{code}");
        }
        // A built-in format, whose sign is that of the place.
        assert_eq!(texts("_($* #,##0.00_);_($* (#,##0.00)", false).trim(), "");
    }
}
