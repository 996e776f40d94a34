//! Rows that are no data: what adds up others, the lines of groups, and what a report says at its end.

use super::headings::{Headings, Product, plain};
use crate::mapping::Pattern;
use pegel_text::clean::readable;

/// A row as it stands in the file.
#[derive(Debug)]
pub(super) struct Row {
    pub line: u64,
    pub cells: Vec<String>,
    /// Whether its cells are not as many as the header's, or cannot be read.
    pub is_broken: bool,
}

/// How such rows are named: by what stands first in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub pattern: String,
    /// The first of them.
    pub line: u64,
    pub rows: usize,
    /// In which column it stands.
    pub at: usize,
    /// Whether the product always writes it, and nobody else.
    pub is_sure: bool,
}

/// What is no data in a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct NoData {
    /// At its end.
    pub ends: Vec<Named>,
    /// Between its rows.
    pub between: Vec<Named>,
    /// What seems to be none, and begins like a row that is some.
    pub unnamed: Vec<Named>,
    /// The places of the rows that are named.
    pub rows: Vec<bool>,
}

/// Finds it. `whole`: whether these are all rows of the file.
pub(super) fn no_data(rows: &[Row], whole: bool, headings: &Headings, product: Option<&Product>) -> NoData {
    let looks = Looks { core: core(rows), headings, product };
    let mut is_none: Vec<bool> = rows.iter().map(|row| looks.is_of_group(row)).collect();
    let end =
        if whole { rows.iter().rposition(|row| !looks.may_end(row)).map_or(0, |last| last + 1) } else { rows.len() };
    // A row with one cell alone says by itself too little.
    let end = (end..rows.len()).find(|at| looks.ends(&rows[*at])).unwrap_or(rows.len());
    is_none[end..].fill(true);
    let mut found = NoData { rows: vec![false; rows.len()], ..NoData::default() };
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| is_none[*at]) {
        let pattern = pattern(first(row));
        let lists = [&mut found.ends, &mut found.between, &mut found.unnamed];
        if let Some(known) = lists.into_iter().flatten().find(|named| named.pattern == pattern) {
            known.rows += 1;
            continue;
        }
        let compiled = Pattern::from(pattern.clone());
        let fits = |other: &usize| compiled.fits(&readable(first(&rows[*other])));
        let column = row.cells.iter().position(|cell| !cell.is_empty()).unwrap_or_default();
        let named = Named { is_sure: looks.is_of_product(row), pattern, line: row.line, rows: 1, at: column };
        if (0..end).any(|other| !is_none[other] && fits(&other)) {
            found.unnamed.push(named);
        } else if at >= end && !(0..end).any(|other| fits(&other)) {
            found.ends.push(named);
        } else {
            found.between.push(named);
        }
    }
    let is_named =
        |row: &Row| found.ends.iter().chain(&found.between).any(|named| named.pattern == pattern(first(row)));
    found.rows = rows.iter().zip(is_none).map(|(row, is_none)| is_none && is_named(row)).collect();
    found
}

/// What rows look like.
struct Looks<'a> {
    /// The columns in which most rows have something.
    core: Vec<usize>,
    headings: &'a Headings,
    product: Option<&'a Product>,
}

impl Looks<'_> {
    /// Whether a row lacks most of what the others have.
    fn is_short(&self, row: &Row) -> bool {
        let there = self.core.iter().filter(|at| row.cells.get(**at).is_some_and(|cell| !cell.is_empty())).count();
        self.core.len() > 1 && there * 2 <= self.core.len()
    }

    /// `Subtotal`, or `Closed Won (30 records)`.
    fn is_of_group(&self, row: &Row) -> bool {
        self.is_short(row) && (is_counted(first(row)) || self.is_word(first(row)))
    }

    /// Whether a text is a word for a sum, and nothing else.
    fn is_word(&self, text: &str) -> bool {
        let text = plain(uncounted(text));
        self.headings.footers.iter().any(|word| plain(word) == text)
    }

    /// Whether a row at the end may be no data.
    fn may_end(&self, row: &Row) -> bool {
        self.ends(row) || (self.is_short(row) && row.cells.iter().filter(|cell| !cell.is_empty()).count() == 1)
    }

    /// Whether it is none.
    fn ends(&self, row: &Row) -> bool {
        let first = format!("{} ", plain(first(row)));
        let adds_up = self.headings.footers.iter().any(|word| first.starts_with(&format!("{} ", plain(word))));
        let is_sentence = row.is_broken && row.cells.len() == 1 && first.trim_end().contains(' ');
        self.is_short(row) && (adds_up || is_sentence || self.is_of_product(row))
    }

    fn is_of_product(&self, row: &Row) -> bool {
        let footers = self.product.iter().flat_map(|product| &product.footers);
        self.is_short(row) && footers.into_iter().any(|footer| first(row).starts_with(footer))
    }
}

/// The columns in which most rows have something.
fn core(rows: &[Row]) -> Vec<usize> {
    let rows: Vec<&Row> = rows.iter().filter(|row| !row.is_broken).collect();
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let filled = |at: usize| rows.iter().filter(|row| row.cells.get(at).is_some_and(|cell| !cell.is_empty())).count();
    (0..columns).filter(|at| filled(*at) * 2 >= rows.len()).collect()
}

fn first(row: &Row) -> &str {
    row.cells.iter().map(String::as_str).find(|cell| !cell.is_empty()).unwrap_or_default()
}

/// Without a number of rows behind it: of `Closed Won (30 records)`, `Closed Won`.
fn uncounted(text: &str) -> &str {
    count(text).map_or(text, |(before, _)| before)
}

fn is_counted(text: &str) -> bool {
    count(text).is_some()
}

/// What stands before a number of rows, and the word for them.
fn count(text: &str) -> Option<(&str, &str)> {
    let (before, within) = text.strip_suffix(')')?.rsplit_once('(')?;
    let (number, word) = within.split_once([' ', '\u{a0}'])?;
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || ".,'’".contains(c));
    (is_number && !word.is_empty() && word.chars().all(char::is_alphabetic)).then(|| (before.trim_end(), word))
}

/// The text, but for a number of rows, which is another one tomorrow.
fn pattern(first: &str) -> String {
    let text = readable(first).into_owned();
    match count(&text) {
        Some((before, word)) => format!("{before} (* {word})"),
        None => text,
    }
}
