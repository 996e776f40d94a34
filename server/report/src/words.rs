//! Words in templates: `{{ t.editions }}` is a word, `{{ t(key="more", count=12) }}` a sentence about something. Both
//! are in the languages of [`pegel_text`].

use pegel_text::words::{Value, Words};
use std::cell::RefCell;
use tera::{Context, Kwargs, State, Tera, TeraResult};

/// What words and sentences go by in templates.
const NAME: &str = "t";
/// The argument that names the sentence; all others fill it.
const KEY: &str = "key";

thread_local! {
    /// The words for the template on this thread. Thread-local: Tera passes no context to functions.
    static WORDS: RefCell<Option<Words>> = const { RefCell::new(None) };
}

/// Lets templates ask for sentences.
pub(crate) fn register(tera: &mut Tera) {
    tera.register_function(NAME, sentence);
}

/// Lets a template use the words of a language.
pub(crate) fn insert(context: &mut Context, words: &Words) {
    context.insert(NAME, words.language().words());
}

/// Renders a template with sentences in these words.
pub(crate) fn speaking<T>(words: &Words, fill: impl FnOnce() -> T) -> T {
    WORDS.set(Some(words.clone()));
    let filled = fill();
    WORDS.set(None);
    filled
}

#[expect(clippy::needless_pass_by_value, reason = "Tera hands arguments to functions by value")]
fn sentence(arguments: Kwargs, _: &State) -> TeraResult<String> {
    let key = arguments.must_get::<&str>(KEY)?;
    let of =
        arguments.iter().filter_map(|(name, value)| Some((name.as_str().filter(|name| *name != KEY)?, spoken(value))));
    WORDS.with_borrow(|words| {
        let words = words.as_ref().ok_or_else(|| tera::Error::message("there are no words here"))?;
        words.try_say(key, of).map_err(tera::Error::message)
    })
}

/// A template's argument to a sentence: numbers choose between forms, all else is text.
fn spoken(value: &tera::Value) -> Value<'_> {
    match (value.as_number(), value.as_str()) {
        (Some(number), _) => number.as_float().into(),
        (None, Some(text)) => text.into(),
        (None, None) => value.to_string().into(),
    }
}
