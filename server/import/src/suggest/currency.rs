//! In which currencies the amounts of a file are.

use super::assign::Seen;
use super::headings::plain;
use std::collections::BTreeMap;

/// The column that names the currency of each row.
pub(super) struct Currencies<'a> {
    pub at: usize,
    /// Each with how many rows have it.
    pub codes: BTreeMap<&'a str, usize>,
}

/// So many may be in one file.
const MOST: usize = 40;

/// Finds it.
pub(super) fn currencies(seen: Seen) -> Option<Currencies> {
    let sample = seen.sample;
    let known: Vec<String> = seen.headings.currencies.iter().map(|heading| plain(heading)).collect();
    let columns = sample.columns.iter().enumerate();
    let mut named = columns.filter(|(_, column)| !column.twice && known.contains(&plain(&column.heading)));
    named.find_map(|(at, column)| {
        let codes = column.distinct(MOST)?;
        let is_code = |code: &&str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        (!codes.is_empty() && codes.keys().all(is_code)).then_some(Currencies { at, codes })
    })
}
