//! In which currencies the amounts of a file are: what a column says of each row.

use super::assign::Seen;
use super::headings::{is_among, plain};
use super::making::Making;
use super::toml::{list, quoted};
use crate::decimal;
use crate::mapping::DecimalMark;
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// A column that names the currency of each row.
pub(super) struct Currencies<'a> {
    pub at: usize,
    /// Each word in it, with the code that it stands for, and how many rows have it.
    words: BTreeMap<&'a str, (String, usize)>,
    /// Whether it is called like one.
    is_called: bool,
}

/// So many may be in one file.
const MOST: usize = 40;
/// One of these, or the home's, is among the codes of a column that is not called like one of currencies: others are
/// words as well, such as `ALL` and `TOP`.
const FREQUENT: [&str; 10] = ["EUR", "USD", "GBP", "CHF", "JPY", "PLN", "CZK", "SEK", "DKK", "CAD"];

impl Currencies<'_> {
    /// Each with how many rows are in it.
    pub fn codes(&self) -> BTreeMap<&str, usize> {
        let mut codes = BTreeMap::new();
        for (code, rows) in self.words.values() {
            *codes.entry(code.as_str()).or_insert(0) += rows;
        }
        codes
    }

    fn words_for(&self, code: &str) -> Vec<&str> {
        self.words.iter().filter(|(_, (of_word, _))| of_word == code).map(|(word, _)| *word).collect()
    }
}

/// Finds the one that says in which the amounts of a column are, and whether others say something else.
pub(super) fn currencies(seen: Seen<'_>, amount: Option<usize>) -> Option<(Currencies<'_>, bool)> {
    let amount = amount.map(|at| plain(&seen.sample.columns[at].heading));
    let found: Vec<Currencies> = (0..seen.sample.columns.len()).filter_map(|at| of_column(seen, at)).collect();
    let others = found.iter().map(|one| one.codes().into_keys().map(str::to_owned).collect::<BTreeSet<_>>());
    let differ = others.collect::<BTreeSet<_>>().len() > 1;
    let is_of = |one: &Currencies| {
        let heading = plain(&seen.sample.columns[one.at].heading);
        amount.as_ref().is_some_and(|amount| format!(" {heading} ").contains(&format!(" {amount} ")))
    };
    let best = found.into_iter().rev().max_by_key(|one| (is_of(one), one.codes().len(), one.is_called))?;
    let is_doubtful = differ && !is_of(&best);
    Some((best, is_doubtful))
}

/// What a column says, if every filled cell of it is a currency.
fn of_column(seen: Seen<'_>, at: usize) -> Option<Currencies<'_>> {
    let column = &seen.sample.columns[at];
    if column.twice {
        return None;
    }
    let words = column.distinct(MOST)?.into_iter();
    let words =
        words.map(|(word, rows)| Some((word, (code(word, seen)?, rows)))).collect::<Option<BTreeMap<_, _>>>()?;
    let heading = plain(&column.heading);
    let parts = &seen.headings.currency_words;
    let is_called =
        is_among(&heading, &seen.headings.currencies) || parts.iter().any(|part| heading.contains(&plain(part)));
    let is_frequent = words.values().any(|(code, _)| code == seen.currency || FREQUENT.contains(&code.as_str()));
    (!words.is_empty() && (is_called || is_frequent)).then_some(Currencies { at, words, is_called })
}

/// The code of a currency, as cells name it: `EUR`, `€`, `US Dollar`, `EUR - Euro`.
fn code(word: &str, seen: Seen) -> Option<String> {
    let known = |code: &str| Currency::find(&code.to_uppercase()).ok().map(|currency| currency.code);
    if word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return known(word);
    }
    let named = seen.headings.currency_names.iter().find(|(_, names)| is_among(word, names));
    if let Some((code, _)) = named {
        return Some(code.clone());
    }
    if let Some((before, _)) = word.split_once([' ', '-', '–', '(']).filter(|(before, _)| before.len() == 3) {
        return known(before).filter(|code| code == before);
    }
    if word.chars().any(|c| c.is_ascii_digit() || c == '%' || c == '-') {
        return None;
    }
    let written = decimal::parse(&format!("1 {word}"), DecimalMark::Point)?;
    let marked = written.currency.filter(|_| written.times.is_none())?;
    Some(if marked.fits(seen.currency) { seen.currency } else { marked.code() }.to_owned())
}

impl Making<'_> {
    /// Leaves amounts out that are in other currencies than the home's, where there are several.
    pub fn currencies(&mut self) {
        let home = self.seen.currency;
        for planned in self.plan.columns.iter_mut().filter(|planned| planned.kind == Kind::Money) {
            let found = currencies(self.seen, planned.at.first().copied());
            let Some((found, is_doubtful)) = found.filter(|(found, _)| found.codes().len() > 1) else { continue };
            if planned.rule.is_empty() || planned.at.is_empty() {
                continue;
            }
            let which = &self.seen.sample.columns[found.at].heading;
            planned.also(&format!("when = {{ column = {}, in = {} }}", quoted(which), list(found.words_for(home))));
            let codes = found.codes();
            let rows = codes.get(home).copied().unwrap_or_default();
            planned
                .doubt(&format!("“{which}” names {} currencies; only the {rows} amounts in {home} count", codes.len()));
            if is_doubtful {
                planned.doubt("another column names others: take the one that these amounts are in");
            }
        }
    }
}
