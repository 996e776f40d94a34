//! What is suggested, line by line.

use super::feeds::Feeds;
use super::trial::Trial;

/// A mapping for a file, with what speaks for each line of it.
#[derive(Debug)]
pub struct Suggestion {
    /// Of the mapping.
    pub name: String,
    /// Of the file.
    pub file: String,
    /// How many rows were looked at.
    pub rows: usize,
    /// Whether these are all rows of the file.
    pub whole: bool,
    /// The program that wrote the file, if its headings tell.
    pub product: Option<String>,
    pub(super) top: Vec<Setting>,
    pub(super) source: Vec<Setting>,
    pub(super) sections: Vec<Section>,
    /// Headings of the file that nothing is made of.
    pub unused: Vec<String>,
    /// What became of the rows when they were read by it.
    pub trial: Trial,
    /// Which KPIs get figures.
    pub feeds: Feeds,
}

impl Suggestion {
    /// The tables that it fills, the one that the file is about at the end.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| section.table.as_str())
    }

    /// How many lines a person has to look at.
    pub fn unsure(&self) -> usize {
        let of_tables = self.sections.iter().flat_map(|section| {
            std::iter::once(&section.key).chain(&section.when).chain(&section.columns).chain(&section.attributes)
        });
        let unsure = self.top.iter().chain(&self.source).chain(of_tables).filter(|setting| !setting.is_sure).count();
        unsure + self.sections.iter().map(|section| section.lacks.len()).sum::<usize>()
    }
}

/// `key = value`, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub key: String,
    /// As TOML has it; empty where only the reason is to be said.
    pub value: String,
    pub why: String,
    pub is_sure: bool,
}

impl Setting {
    pub fn sure(key: &str, value: impl Into<String>, why: impl Into<String>) -> Setting {
        Setting { key: key.to_owned(), value: value.into(), why: why.into(), is_sure: true }
    }

    pub fn check(key: &str, value: impl Into<String>, why: impl Into<String>) -> Setting {
        Setting { is_sure: false, ..Setting::sure(key, value, why) }
    }
}

/// One `[[tables]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub table: String,
    /// Why it is this one.
    pub why: String,
    pub key: Setting,
    pub when: Option<Setting>,
    pub columns: Vec<Setting>,
    /// Those that the model declares.
    pub attributes: Vec<Setting>,
    /// What the table should have and the file does not say.
    pub lacks: Vec<String>,
}
