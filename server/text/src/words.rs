//! What is said, in a reader's language. What its file leaves out is said in English.

use crate::languages::{self, Bundle, Language};
use crate::locale::Locale;
use crate::numbers::Numbers;
use fluent_bundle::{FluentArgs, FluentError, FluentValue};
use icu::locale::Locale as Icu;
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use unic_langid::LanguageIdentifier;

/// What is spoken of: a text, or a number, which chooses between forms and is written as the region writes it.
pub type Value<'a> = FluentValue<'a>;

/// The words of so many locales are kept: more than readers have, fewer than somebody can ask for.
const MOST_KEPT: usize = 32;

/// The words of one language, spoken to readers of one region.
#[derive(Clone)]
pub struct Words(Arc<Spoken>);

struct Spoken {
    locale: Locale,
    language: &'static Language,
    /// Its own messages, then the English ones.
    messages: Vec<Bundle>,
}

/// Something cannot be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsaid {
    #[error("there is no word “{0}” in any language")]
    Unknown(String),
    #[error("“{name}” cannot be said: {problem}")]
    Incomplete { name: String, problem: String },
}

impl Words {
    /// The words for readers of a locale.
    pub fn of(locale: &Locale) -> Words {
        // To put them together takes as long as to say all that a page says.
        static KEPT: Mutex<Vec<Words>> = Mutex::new(Vec::new());
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.iter().find(|known| known.locale() == locale) {
            return known.clone();
        }
        let words = Words::in_language(locale.language(), locale);
        if kept.len() == MOST_KEPT {
            kept.remove(0);
        }
        kept.push(words.clone());
        words
    }

    /// The words for command lines, which speak English.
    pub fn english() -> Words {
        Words::of(&Locale::english())
    }

    fn in_language(language: &'static Language, locale: &Locale) -> Words {
        let english = Some(languages::english()).filter(|english| *english != language);
        let bundle = |language: &Language| {
            let mut bundle = language.bundle(locale.within(language));
            bundle.set_formatter(Some(written));
            bundle
        };
        let messages = std::iter::once(language).chain(english).map(bundle).collect();
        Words(Arc::new(Spoken { locale: locale.clone(), language, messages }))
    }

    /// Whom they are spoken to.
    pub fn locale(&self) -> &Locale {
        &self.0.locale
    }

    /// The language they are from.
    pub fn language(&self) -> &'static Language {
        self.0.language
    }

    /// The message with that name and these arguments: `say("more", [("count", 12.into())])`. The name itself where
    /// there is no such thing.
    ///
    /// # Panics
    /// In debug builds, if there is no such thing, or something it speaks of is missing: that is a slip of ours.
    pub fn say<'a, const N: usize>(&self, name: &str, of: [(&'a str, Value<'a>); N]) -> String {
        self.try_say(name, of).unwrap_or_else(|wrong| {
            debug_assert!(false, "{wrong}");
            name.to_owned()
        })
    }

    /// The same for names that do not come from our own code.
    ///
    /// # Errors
    /// If no language has it, or something it speaks of is missing.
    pub fn try_say<'a>(
        &self,
        name: &str,
        of: impl IntoIterator<Item = (&'a str, Value<'a>)>,
    ) -> Result<String, Unsaid> {
        let mut own_first = self.0.messages.iter();
        let found = own_first.find_map(|bundle| Some((bundle, bundle.get_message(name)?.value()?)));
        let (bundle, pattern) = found.ok_or_else(|| Unsaid::Unknown(name.to_owned()))?;
        let mut errors: Vec<FluentError> = Vec::new();
        let of: FluentArgs = of.into_iter().collect();
        let text = bundle.format_pattern(pattern, Some(&of), &mut errors).into_owned();
        match errors.first() {
            Some(error) => Err(Unsaid::Incomplete { name: name.to_owned(), problem: error.to_string() }),
            None => Ok(text),
        }
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "Words({:?}, {})", self.0.language, self.0.locale.tag())
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Words) -> bool {
        (self.language(), self.locale()) == (other.language(), other.locale())
    }
}

/// The same with a capital at its start.
pub fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// Numbers within words are written as all others are.
fn written(value: &FluentValue, numbers: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let Ok(text) = numbers.with_try_get((), |Written(numbers)| numbers.plain(number.value));
    Some(text)
}

struct Written(Numbers);

impl Memoizable for Written {
    type Args = ();
    type Error = Infallible;

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Written, Infallible> {
        let icu = Icu::try_from_str(&language.to_string()).unwrap_or(Icu::UNKNOWN);
        Ok(Written(Numbers::of(&icu)))
    }
}

#[cfg(test)]
mod tests;
