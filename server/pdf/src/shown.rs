//! Texts as the built-in fonts can show them. The standards that documents keep to forbid what has no glyph, so a single
//! letter of a script that no font has would else leave a reader without the whole document.

use crate::fonts::Fonts;
use serde_json::Value;
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Stands for a letter that no font has.
const MISSING: char = char::REPLACEMENT_CHARACTER;

/// The same with all of its texts as they can be shown.
pub(crate) fn shown(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(match shown_text(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(shown) => shown,
        }),
        Value::Array(values) => values.into_iter().map(shown).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, shown(value))).collect(),
        other => other,
    }
}

fn shown_text(text: &str) -> Cow<'_, str> {
    let fonts = Fonts::built_in();
    let fits = |letter: char| shown_letter(letter, fonts) == Some(letter);
    if is_nfc(text) && text.chars().all(fits) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().filter_map(|letter| shown_letter(letter, fonts)).collect())
}

/// What is shown for a letter; `None` for what cannot be seen anyway.
fn shown_letter(letter: char, fonts: &Fonts) -> Option<char> {
    match letter {
        '\n' => Some(letter),
        _ if is_invisible(letter) => None,
        _ if is_private(letter) => Some(MISSING),
        _ if letter.is_whitespace() && !fonts.have(letter) => Some(' '),
        _ if letter.is_control() => Some(' '),
        _ if fonts.have(letter) => Some(letter),
        _ => Some(MISSING),
    }
}

/// What only tells programs how to set the text around it: joiners, directions, variants, tags.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What means something between those alone who agreed on it; archives may hold none of it.
fn is_private(letter: char) -> bool {
    matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_fonts_have_is_shown_as_it_is() {
        for text in
            ["Müller & Söhne, 1 234,50 €", "−5.1 pp ↓ ■▲●△○ ≥ 80 %", "Жук", "Ωμέγα", "שלום", "1\u{202f}234\u{a0}€"]
        {
            assert!(matches!(shown_text(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn what_they_lack_is_marked_and_what_is_invisible_left_out() {
        assert_eq!(shown_text("東京 Solar"), "\u{fffd}\u{fffd} Solar");
        assert_eq!(shown_text("Ko\u{308}ln\u{200b}\u{202e}"), "Köln");
        assert_eq!(shown_text("a\u{e000}b\u{7}c\td"), "a\u{fffd}b c d");
    }
}
