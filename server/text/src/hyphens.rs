//! Where long words may be broken, as their language breaks them: German headings are longer than columns on telephones.

use crate::languages::Language;
use hypher::Lang;

/// Shorter words fit.
const LONG: usize = 10;

/// U+00AD: shown only where a line is broken there.
const SOFT_HYPHEN: &str = "\u{ad}";

/// A text whose long words have soft hyphens between their syllables.
pub fn hyphenated(text: &str, language: &Language) -> String {
    let code = language.code().as_bytes().first_chunk::<2>().copied();
    let Some(lang) = code.and_then(Lang::from_iso) else { return text.to_owned() };
    let mut broken = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = first.is_alphabetic();
        let end = rest.find(|c: char| c.is_alphabetic() != is_word).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if is_word && part.chars().count() > LONG {
            broken.push_str(&hypher::hyphenate(part, lang).join(SOFT_HYPHEN));
        } else {
            broken.push_str(part);
        }
        rest = after;
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages;

    #[test]
    fn long_words_may_be_broken_between_their_syllables() {
        let broken =
            |text: &str, code: &str| hyphenated(text, languages::find(code).unwrap()).replace(SOFT_HYPHEN, "|");
        assert_eq!(broken("Kundenakquisitionskosten, netto", "de"), "Kun|den|ak|qui|si|ti|ons|kos|ten, netto");
        assert_eq!(broken("Feedback rate", "en"), "Feedback rate");
        assert_eq!(broken("Délai d’acceptation", "fr"), "Délai d’ac|cep|ta|tion");
    }
}
