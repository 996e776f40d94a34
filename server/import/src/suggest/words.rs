//! What the words of a column mean: its `values`.

use super::contents::FEW;
use super::headings::Headings;
use super::sample::Column;
use super::toml::quoted;

/// Of more different texts, only those are listed that mean something.
const LISTED: usize = 15;
/// So many words are named in a reason.
const NAMED: usize = 8;

/// The words of a column that holds one of a few.
#[derive(Debug)]
pub(super) struct Meant {
    /// Each with what it means; empty for nothing yet.
    pub words: Vec<(String, String)>,
    /// Words that nobody knows.
    unknown: Vec<String>,
    /// Whether all words of the column are listed.
    all: bool,
    counts: String,
}

/// What the words of a column mean as `of` (`leads.outcome`).
pub(super) fn meant(column: &Column, of: &str, headings: &Headings) -> Meant {
    let distinct = column.distinct(FEW).unwrap_or_default();
    let all = distinct.len() <= LISTED && !distinct.is_empty();
    let (mut words, mut unknown, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    for (word, count) in distinct {
        let meaning = headings.meaning(of, word);
        if meaning.is_none() {
            unknown.push(word.to_owned());
        }
        let meaning = meaning.unwrap_or_default();
        if !meaning.is_empty() {
            counts.push(format!("{count} rows have “{word}”"));
        }
        if all || !meaning.is_empty() {
            words.push((word.to_owned(), meaning.to_owned()));
        }
    }
    Meant { words, unknown, all, counts: counts.join(", ") }
}

impl Meant {
    /// The words that mean one of these.
    pub fn that_mean(&self, meanings: &[&str]) -> Vec<&str> {
        self.words
            .iter()
            .filter(|(_, meant)| meanings.contains(&meant.as_str()))
            .map(|(word, _)| word.as_str())
            .collect()
    }

    /// `{ from = …, values = { … } }`
    pub fn rule(&self, heading: &str) -> String {
        if self.words.is_empty() {
            return quoted(heading);
        }
        let values: Vec<String> =
            self.words.iter().map(|(word, meant)| format!("{} = {}", quoted(word), quoted(meant))).collect();
        let otherwise = if self.all { "" } else { ", otherwise = \"missing\"" };
        format!("{{ from = {}, values = {{ {} }}{otherwise} }}", quoted(heading), values.join(", "))
    }

    /// Why, and whether that is sure.
    pub fn why(&self) -> (String, bool) {
        let mut why = if self.words.is_empty() { "nothing is in it".to_owned() } else { self.counts.clone() };
        let letters = self.words.iter().filter(|(word, meant)| !meant.is_empty() && word.chars().count() == 1);
        let letters: Vec<&str> = letters.map(|(word, _)| word.as_str()).collect();
        if !letters.is_empty() {
            why = format!("{why}; what a letter alone means is a guess: {}", named(letters.iter().copied()));
        }
        if self.unknown.is_empty() {
            return (why, !self.words.is_empty() && letters.is_empty());
        }
        why = format!("{why}; left empty: {}", named(self.unknown.iter().map(String::as_str)));
        (why, false)
    }

    /// Of ids of KPIs: other words may be some, too.
    pub fn rule_of_ids(&self, heading: &str) -> String {
        let known = self.words.iter().filter(|(_, meant)| !meant.is_empty());
        let values: Vec<String> = known.map(|(word, meant)| format!("{} = {}", quoted(word), quoted(meant))).collect();
        if values.is_empty() {
            return quoted(heading);
        }
        format!("{{ from = {}, values = {{ {} }}, otherwise = \"keep\" }}", quoted(heading), values.join(", "))
    }

    pub fn why_of_ids(&self) -> String {
        let ids = "these are to be ids of KPIs, as `pegel kpi list` has them";
        if self.unknown.is_empty() {
            return format!("{}; {ids}", self.counts);
        }
        format!("{ids}: kept as they are: {}", named(self.unknown.iter().map(String::as_str)))
    }

    pub fn is_all_known(&self) -> bool {
        self.unknown.is_empty() && !self.words.is_empty()
    }

    pub fn is_unknown(&self, word: &str) -> bool {
        self.unknown.iter().any(|unknown| unknown == word)
    }
}

/// `“Offer”, “Demo”`; not all of many.
pub(super) fn named<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut named: Vec<String> = words.take(NAMED + 1).map(|word| format!("“{word}”")).collect();
    if named.len() > NAMED {
        named.truncate(NAMED);
        named.push("…".to_owned());
    }
    named.join(", ")
}
