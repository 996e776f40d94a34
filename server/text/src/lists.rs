//! Lists as a reader's language writes them: `A, B and C`.

use crate::locale::Locale;
use crate::numbers::WITH_DATA;
use icu::list::ListFormatter;
use icu::list::options::ListFormatterOptions;

/// Writes lists for one locale.
pub struct Lists(ListFormatter);

impl Lists {
    /// A writer for a locale.
    ///
    /// # Panics
    /// Never: the data of all locales is compiled in.
    pub fn new(locale: &Locale) -> Lists {
        let options = ListFormatterOptions::default();
        Lists(ListFormatter::try_new_and(locale.icu().into(), options).expect(WITH_DATA))
    }

    /// All of them: `A, B and C`.
    pub fn all(&self, items: &[String]) -> String {
        self.0.format(items.iter()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_is_joined_by_a_word() {
        let all = |tag: &str, items: &[&str]| {
            let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
            Lists::new(&Locale::parse(tag).unwrap()).all(&items)
        };
        assert_eq!(all("en-GB", &["A", "B", "C"]), "A, B and C");
        assert_eq!(all("en-US", &["A", "B", "C"]), "A, B, and C");
        assert_eq!(all("de-DE", &["A", "B"]), "A und B");
        assert_eq!((all("fr-FR", &["A", "B"]), all("fr-FR", &["A"])), ("A et B".to_owned(), "A".to_owned()));
    }
}
