//! The languages that Pegel speaks. Each is a file in `languages/`: adding the file adds the language.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentError, FluentResource};
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use unic_langid::LanguageIdentifier;

static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/languages");
static ALL: LazyLock<Vec<Language>> = LazyLock::new(read_all);

/// The language that has every word, and to which the others fall back.
const ENGLISH: &str = "en";

/// The messages of a file, and how to format them.
pub(crate) type Bundle = FluentBundle<Arc<FluentResource>>;

/// A language.
pub struct Language {
    code: String,
    messages: Arc<FluentResource>,
    words: BTreeMap<String, String>,
}

/// All languages: English first, the others by code.
pub fn all() -> &'static [Language] {
    &ALL
}

/// English.
///
/// # Panics
/// Never: its file is built in.
pub fn english() -> &'static Language {
    find(ENGLISH).expect("English is built in")
}

/// The language of a code such as `de`; `None` if there is no file for it.
pub fn find(code: &str) -> Option<&'static Language> {
    ALL.iter().find(|language| language.code == code)
}

/// The codes of all of them, such as `de`.
pub fn codes() -> Vec<&'static str> {
    ALL.iter().map(|language| language.code.as_str()).collect()
}

fn read_all() -> Vec<Language> {
    let texts = FILES.files().filter_map(|file| {
        let code = file.path().file_name()?.to_str()?.strip_suffix(".ftl")?;
        Some((code, file.contents_utf8()?))
    });
    let mut texts: Vec<(&str, &str)> = texts.collect();
    texts.sort_by_key(|(code, _)| (*code != ENGLISH, *code));
    let mut all: Vec<Language> = Vec::new();
    for (code, text) in texts {
        let language = Language::read(code, text, all.first());
        all.push(language);
    }
    all
}

impl Language {
    /// Reads the text of a file; what cannot be read is left out, and so falls back to English.
    pub(crate) fn read(code: &str, text: &str, fallback: Option<&Language>) -> Language {
        let messages = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
        let mut language = Language { code: code.to_owned(), messages: Arc::new(messages), words: BTreeMap::new() };
        language.words = fallback.map(|fallback| fallback.words.clone()).unwrap_or_default();
        language.words.extend(language.own_words());
        language
    }

    /// Its code, such as `de`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its own name for itself.
    pub fn name(&self) -> &str {
        self.word("language").unwrap_or(&self.code)
    }

    /// The word of that name; `None` if there is none, or only a sentence that needs arguments.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.words.get(name).map(String::as_str)
    }

    /// All texts that need no arguments, by name.
    pub fn words(&self) -> &BTreeMap<String, String> {
        &self.words
    }

    /// Its messages, formatted as in the region of a locale.
    pub(crate) fn bundle(&self, locale: LanguageIdentifier) -> Bundle {
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Without the marks that isolate text directions: no mail may contain these characters.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(Arc::clone(&self.messages));
        bundle
    }

    fn own_words(&self) -> Vec<(String, String)> {
        let bundle = self.bundle(self.code.parse().unwrap_or_default());
        let names = self.messages.entries().filter_map(|entry| match entry {
            fluent_syntax::ast::Entry::Message(message) => Some(message.id.name),
            _ => None,
        });
        let alone = |name: &str| {
            let mut errors: Vec<FluentError> = Vec::new();
            let text = bundle.format_pattern(bundle.get_message(name)?.value()?, None, &mut errors).into_owned();
            errors.is_empty().then(|| (name.to_owned(), text))
        };
        names.filter_map(alone).collect()
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str(&self.code)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Language) -> bool {
        self.code == other.code
    }
}

impl Eq for Language {}
