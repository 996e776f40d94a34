//! A text that somebody wrote in several languages: the title of a KPI, the heading of a section.

use crate::languages::{self, Language};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// A text in English, and in as many other languages as somebody wrote it in. As data, a map from codes to texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    english: String,
    /// By the code of their language.
    others: BTreeMap<&'static str, String>,
}

/// A text cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untranslatable {
    #[error("“{code}” is not a language that Pegel speaks: write one of {}", languages::codes().join(", "))]
    UnknownLanguage { code: String },
    #[error("the English text is missing: write one under “en”")]
    NoEnglish,
}

impl Translated {
    /// The texts by the codes of their languages.
    ///
    /// # Errors
    /// If there are no words in one of the languages, or no text in English.
    pub fn new(texts: impl IntoIterator<Item = (String, String)>) -> Result<Translated, Untranslatable> {
        let mut known = BTreeMap::new();
        for (code, text) in texts {
            let language = languages::find(&code).ok_or(Untranslatable::UnknownLanguage { code })?;
            known.insert(language.code(), text);
        }
        let english = known.remove(languages::english().code()).ok_or(Untranslatable::NoEnglish)?;
        Ok(Translated { english, others: known })
    }

    /// One that was written in English alone.
    pub fn english(text: impl Into<String>) -> Translated {
        Translated { english: text.into(), others: BTreeMap::new() }
    }

    /// The same with a text in one more language.
    #[must_use]
    pub fn and(mut self, language: &'static Language, text: impl Into<String>) -> Translated {
        if language == languages::english() {
            self.english = text.into();
        } else {
            self.others.insert(language.code(), text.into());
        }
        self
    }

    /// The same with another text in each language, made of the one there.
    #[must_use]
    pub fn map(&self, make: impl Fn(&str) -> String) -> Translated {
        let others = self.others.iter().map(|(code, text)| (*code, make(text))).collect();
        Translated { english: make(&self.english), others }
    }

    /// The English text, for those whose language is not known.
    pub fn in_english(&self) -> &str {
        &self.english
    }

    /// The text in a language; the English one where there is none.
    pub fn in_language(&self, language: &Language) -> &str {
        self.others.get(language.code()).unwrap_or(&self.english)
    }

    /// All there are, by code, the English one first.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let english = (languages::english().code(), self.english.as_str());
        std::iter::once(english).chain(self.others.iter().map(|(code, text)| (*code, text.as_str())))
    }
}

impl Serialize for Translated {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.texts())
    }
}

impl<'de> Deserialize<'de> for Translated {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Translated, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = Translated;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a text for each language, such as { en = \"…\", de = \"…\" }")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Translated, A::Error> {
                let mut texts: BTreeMap<String, String> = BTreeMap::new();
                while let Some((code, text)) = map.next_entry::<String, String>()? {
                    if texts.insert(code.clone(), text).is_some() {
                        return Err(A::Error::custom(format!("there are two texts under “{code}”")));
                    }
                }
                Translated::new(texts).map_err(A::Error::custom)
            }
        }

        from.deserialize_map(Texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_without_a_text_reads_the_english_one() {
        let language = |code| languages::find(code).unwrap();
        let title = Translated::english("Partners").and(language("fr"), "Partenaires");
        let read = |code| title.in_language(language(code));
        assert_eq!((read("en"), read("de"), read("fr")), ("Partners", "Partners", "Partenaires"));
    }

    #[test]
    fn english_must_be_there_and_every_language_known() {
        let texts = |codes: &[&str]| Translated::new(codes.iter().map(|code| ((*code).to_owned(), String::new())));
        assert!(texts(&["en"]).is_ok() && texts(&["en", "fr", "de"]).is_ok());
        assert_eq!(texts(&["de"]), Err(Untranslatable::NoEnglish));
        let unknown = texts(&["en", "tlh"]).unwrap_err().to_string();
        assert_eq!(unknown, "“tlh” is not a language that Pegel speaks: write one of en, de, fr");
    }
}
