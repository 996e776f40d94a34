//! Texts from files, people and servers, without the characters that break what they are written into: XML 1.0 forbids
//! most control characters and two that are no characters at all (its production `Char`), a terminal takes others for
//! orders, a vertical tab in the name of one partner would keep the mail of everybody from being made.

use icu::normalizer::ComposingNormalizerBorrowed;
use std::borrow::Cow;

/// The text with a blank for every run of characters that XML forbids or a terminal obeys. Tabs and line breaks stay.
///
/// ```
/// assert_eq!(pegel_text::clean::cleaned("Autohaus\u{b}Nord"), "Autohaus Nord");
/// ```
pub fn cleaned(text: &str) -> Cow<'_, str> {
    replaced(text, is_forbidden)
}

/// The text as a person reads it: [`cleaned`], in the composed form of Unicode (NFC), and without what has no width, so
/// that texts that look alike are alike. What joins letters stays.
///
/// ```
/// assert_eq!(pegel_text::clean::readable("Ko\u{308}ln\u{200b}"), "Köln");
/// ```
pub fn readable(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return cleaned(text);
    }
    let seen: Cow<str> = if text.contains(has_no_width) { text.replace(has_no_width, "").into() } else { text.into() };
    let composed = match ComposingNormalizerBorrowed::new_nfc().normalize(&seen) {
        Cow::Borrowed(_) => seen,
        Cow::Owned(composed) => composed.into(),
    };
    match cleaned(&composed) {
        Cow::Borrowed(_) => composed,
        Cow::Owned(cleaned) => cleaned.into(),
    }
}

/// Whether [`readable`] would change the text.
pub fn is_readable(text: &str) -> bool {
    is_clean(text)
        && (text.is_ascii()
            || (!text.contains(has_no_width) && ComposingNormalizerBorrowed::new_nfc().is_normalized(text)))
}

/// The same on one line: tabs and line breaks become blanks as well.
///
/// ```
/// assert_eq!(pegel_text::clean::one_line("550 no\r\n\u{1b}[31msuch user"), "550 no [31msuch user");
/// ```
pub fn one_line(text: &str) -> Cow<'_, str> {
    replaced(text, |c| c.is_control() || is_forbidden(c) || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// The text with plain spaces for those that must not break: a terminal need not keep lines together, and people search
/// with plain spaces.
///
/// ```
/// assert_eq!(pegel_text::clean::plain_spaces("1\u{202f}234\u{a0}km"), "1 234 km");
/// ```
pub fn plain_spaces(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// Whether [`cleaned`] would change the text.
pub fn is_clean(text: &str) -> bool {
    if text.is_ascii() {
        // The same, without a look at each letter's code points.
        return text.bytes().all(|byte| !byte.is_ascii_control() || matches!(byte, b'\t' | b'\n' | b'\r'));
    }
    !text.contains(is_forbidden)
}

/// Whether there is nothing to be seen of a text: blanks of all kinds, and characters without width.
pub fn is_blank(text: &str) -> bool {
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
    text.chars().all(|c| c.is_whitespace() || is_forbidden(c) || has_no_width(c) || joins(c))
}

fn has_no_width(c: char) -> bool {
    let is_mark = matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{34f}' | '\u{180e}' | '\u{fe00}'..='\u{fe0f}');
    let is_blank = matches!(c, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{2800}');
    let is_filler = matches!(c, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}');
    let is_order = matches!(c, '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}');
    c == '\u{ad}' || is_mark || is_blank || is_filler || is_order
}

/// Control characters other than tab and line breaks, those that turn the direction of all that follows, and the last
/// two code points of each plane.
fn is_forbidden(c: char) -> bool {
    let is_noncharacter = matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF);
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    is_noncharacter || turns || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

fn replaced(text: &str, goes: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&goes) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut in_run = false;
    for c in text.chars() {
        if !goes(c) {
            clean.push(c);
        } else if !in_run {
            clean.push(' ');
        }
        in_run = goes(c);
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_becomes_a_blank() {
        for c in [
            '\0', '\u{1}', '\u{7}', '\u{b}', '\u{c}', '\u{1b}', '\u{1f}', '\u{7f}', '\u{9b}', '\u{FFFE}', '\u{FFFF}',
            '\u{202E}', '\u{2066}',
        ] {
            assert_eq!(cleaned(&format!("a{c}b")), "a b", "{c:?}");
            assert!(!is_clean(&format!("a{c}b")), "{c:?}");
        }
    }

    #[test]
    fn what_people_write_stays() {
        let text = "Müller & Söhne\t<naïve>\r\n日本語 🙂 \u{a0}\u{200d}\u{FFFD}";
        assert_eq!(cleaned(text), text);
        assert!(is_clean(text) && matches!(cleaned(text), Cow::Borrowed(_)));
    }

    #[test]
    fn what_cannot_be_seen_is_blank() {
        for text in ["", " ", "\u{a0}\u{200b}", "\u{3164}", "\u{b}\n", "\u{feff}"] {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank(" . ") && !is_blank("日"));
        for c in [
            '\u{ad}', '\u{34f}', '\u{115f}', '\u{180e}', '\u{200b}', '\u{2800}', '\u{3164}', '\u{fe0f}', '\u{206a}',
            '\u{fff9}',
        ] {
            assert_eq!(readable(&format!("a{c}b")), "ab", "{c:?}");
        }
    }

    #[test]
    fn a_run_becomes_one_blank() {
        assert_eq!(one_line("a\r\n\u{b}b\n"), "a b ");
    }
}
