//! A reader's language and region.

use crate::languages::{self, Language};
use icu::locale::Locale as Icu;
use unic_langid::LanguageIdentifier;

/// A language that there are words for, and the region whose way of writing numbers and dates is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    language: &'static Language,
    icu: Icu,
}

impl Locale {
    /// Reads a BCP 47 tag such as `de-AT`, in any case, with `-` or `_`. `None` if there are no words in that language,
    /// or if something extends the tag, which would bring in other digits or another calendar.
    pub fn parse(tag: &str) -> Option<Locale> {
        let icu = Icu::try_from_str(&tag.replace('_', "-")).ok().filter(|icu| icu.extensions.is_empty())?;
        Some(Locale { language: languages::find(icu.id.language.as_str())?, icu })
    }

    /// That of a language in the region that it names.
    pub fn of(language: &'static Language) -> Locale {
        Locale { language, icu: Icu::try_from_str(language.code()).unwrap_or(Icu::UNKNOWN) }.with_region()
    }

    /// British English, the default.
    pub fn english() -> Locale {
        Locale::of(languages::english())
    }

    /// The locale of a tag; English if it is unknown.
    pub fn or_english(tag: &str) -> Locale {
        Locale::parse(tag).unwrap_or_else(Locale::english)
    }

    /// The same with the region that its language names, where it has none.
    #[must_use]
    pub fn with_region(mut self) -> Locale {
        let usual = || self.language.word("region")?.parse().ok();
        self.icu.id.region = self.icu.id.region.or_else(usual);
        self
    }

    /// The language that is spoken.
    pub fn language(&self) -> &'static Language {
        self.language
    }

    /// BCP 47, such as `de-AT`.
    pub fn tag(&self) -> String {
        self.icu.to_string()
    }

    pub(crate) fn icu(&self) -> &Icu {
        &self.icu
    }

    /// For the messages of a language that is not necessarily its own.
    pub(crate) fn within(&self, language: &Language) -> LanguageIdentifier {
        let mut id: LanguageIdentifier = self.tag().parse().unwrap_or_default();
        if language != self.language {
            id.language = language.code().parse().unwrap_or_default();
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_as_the_standard_spells_it() {
        for (tag, read) in [("de", "de"), ("DE_at", "de-AT"), ("fr-Latn-CA", "fr-Latn-CA")] {
            assert_eq!(Locale::parse(tag).unwrap().tag(), read);
        }
        for tag in ["", "tlh", "de-u-nu-arab", "german", "de-\"onload"] {
            assert_eq!(Locale::parse(tag), None, "{tag}");
            assert_eq!(Locale::or_english(tag).tag(), "en-GB");
        }
    }

    #[test]
    fn a_language_says_which_region_is_meant() {
        for (tag, meant) in [("en", "en-GB"), ("de", "de-DE"), ("fr", "fr-FR"), ("de-CH", "de-CH")] {
            assert_eq!(Locale::parse(tag).unwrap().with_region().tag(), meant);
        }
    }
}
