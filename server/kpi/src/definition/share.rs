//! Shares as people write them: `0.75` or `75 %`.

use super::wrong::Wrong;
use pegel_text::locale::Locale;
use pegel_text::numbers::Numbers;
use std::ops::RangeInclusive;

/// The fraction that a text such as `75 %`, `75%` or `7,5 %` stands for; `None` if it is no per cent.
pub fn parse(text: &str) -> Option<f64> {
    let number = text.trim().strip_suffix('%')?.trim_end();
    let plain = |letter: char| letter.is_ascii_digit() || "+-.,".contains(letter);
    let per_cent: f64 = number.chars().all(plain).then(|| number.replace(',', ".").parse().ok())??;
    Some(per_cent / 100.0)
}

/// Refuses a fraction beyond `range`: whoever writes 75 means 75 %.
///
/// # Errors
/// What it means, and what was probably meant.
pub fn within(share: f64, range: &RangeInclusive<f64>) -> Result<(), Wrong> {
    if range.contains(&share) {
        return Ok(());
    }
    let (per_cent, meant) = (in_per_cent(share), share / 100.0);
    if range.contains(&meant) {
        let hint = format!("write {} or \"{share} %\"", plain(meant));
        return Err(Wrong::new(format!("{share} means {per_cent} %"), hint));
    }
    let (low, high) = (in_per_cent(*range.start()), in_per_cent(*range.end()));
    Err(Wrong::new(format!("{per_cent} % is out of range"), format!("it lies between {low} and {high} %")))
}

/// A fraction in per cent, as English writes it, without the sign: `7,500`.
pub fn in_per_cent(share: f64) -> String {
    plain(share * 100.0)
}

fn plain(number: f64) -> String {
    Numbers::new(&Locale::english()).plain(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_per_cent_is_a_hundredth_whatever_stands_before_its_sign() {
        for (text, share) in
            [("75 %", 0.75), ("75%", 0.75), ("7.5 %", 0.075), ("7,5\u{a0}%", 0.075), ("-5 %", -0.05), (" 100 % ", 1.0)]
        {
            assert_eq!(parse(text), Some(share), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_per_cent() {
        for text in ["75", "%", "inf %", "1e2 %", "1.000,5 %", "seventy %", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_share_beyond_its_range_is_refused_with_what_was_meant() {
        let said = |share, range| within(share, &range).unwrap_err().to_string();
        assert_eq!(said(75.0, 0.0..=1.0), "75 means 7,500 %: write 0.75 or \"75 %\"");
        assert_eq!(said(1.2, 0.0..=1.0), "1.2 means 120 %: write 0.012 or \"1.2 %\"");
        assert_eq!(said(-0.2, 0.0..=1.0), "−20 % is out of range: it lies between 0 and 100 %");
        assert_eq!(within(1.0, &(0.0..=1.0)), Ok(()));
    }
}
