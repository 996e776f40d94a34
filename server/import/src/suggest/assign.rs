//! Which column of a file holds what of a table: by its heading and by its contents.

use super::contents::{self, Contents};
use super::headings::{Headings, Product, plain};
use super::numbers::Mark;
use super::sample::{Column, Sample};
use jiff::tz::TimeZone;
use pegel_kpi::data::model::{Kind, Table};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A heading that is called like a column of the model.
const BY_NAME: u32 = 100;
/// A heading that fits less is hardly called like it.
const BY_ROW: u32 = 90;
/// What it counts against a heading that it is of a part of a name.
const OF_PERSON: u32 = 10;
/// Words for winning and losing in a column of any name.
const BY_WORDS: u32 = 60;
/// What it counts for a table that the file is called like it, or its headings have its words.
const NAMED: u32 = 90;
const NAMED_BY_FILE: u32 = 120;
const OF_PRODUCT: u32 = 2_000;

/// What a file may be, and how well it is that.
#[derive(Debug)]
pub(super) struct Assigned {
    pub table: Table,
    pub held: Vec<Held>,
    pub score: u32,
    /// Whether the file or its key is called like the table, or a product tells it.
    pub is_named: bool,
}

/// A column of the file that holds something of the table.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// `created_at`, `key`; of what the row refers to, `partner_id.region`.
    pub column: String,
    /// Of a reference, whether it is found by its key.
    pub by_key: bool,
    /// The place of the column in the file.
    pub at: usize,
    pub fit: u32,
    pub kind: Kind,
}

/// A table of which no more columns are known is a guess.
const FEW: usize = 2;

impl Assigned {
    /// How many columns of the file are known, but for the key.
    pub fn known(&self) -> usize {
        let places: BTreeSet<usize> =
            self.held.iter().filter(|held| held.column != "key").map(|held| held.at).collect();
        places.len()
    }

    /// Why the file may be about another table; `next`: the one that fits best beside it.
    pub fn doubt(&self, next: Option<&Assigned>) -> Option<String> {
        let table = &self.table.name;
        match next.filter(|next| next.score * 10 >= self.score * 9) {
            Some(next) => {
                Some(format!("the file may as well be about {}: table = \"{table}\" is a guess", next.table.name))
            }
            None if self.known() <= FEW && !self.is_named => {
                let columns = if self.known() == 1 { "column is" } else { "columns are" };
                Some(format!("only {} {columns} known of {table}: table = \"{table}\" is a guess", self.known()))
            }
            None => None,
        }
    }

    pub fn held(&self, column: &str, by_key: bool) -> Option<&Held> {
        self.held.iter().find(|held| held.column == column && held.by_key == by_key)
    }
}

/// A file with what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub file: &'a str,
    pub sample: &'a Sample,
    pub contents: &'a [Contents],
    pub headings: &'a Headings,
    pub product: Option<&'a Product>,
    /// Whether its headings are German or French.
    pub is_continental: bool,
    /// Of its numbers.
    pub mark: &'a Mark,
    /// The home's currency; ISO 4217.
    pub currency: &'a str,
    /// The home's.
    pub zone: &'a TimeZone,
}

impl<'a> Seen<'a> {
    /// What the columns hold, of each row that has anything in them, joined by a blank.
    pub fn texts(&self, at: &[usize]) -> Vec<Cow<'a, str>> {
        let columns: Vec<&'a Column> = at.iter().map(|at| &self.sample.columns[*at]).collect();
        if let [only] = columns.as_slice() {
            return only.filled().map(Cow::Borrowed).collect();
        }
        let row = |row: usize| {
            let cells = columns.iter().map(|column| column.cells[row].as_str()).filter(|cell| !cell.is_empty());
            cells.collect::<Vec<_>>().join(" ")
        };
        (0..self.sample.rows).map(row).filter(|text| !text.is_empty()).map(Cow::Owned).collect()
    }
}

/// Finds what of a table is in the file.
pub(super) fn assigned(table: &Table, seen: Seen) -> Assigned {
    let mut fitting: Vec<Held> = slots(table).flat_map(|slot| fitting(&slot, table, seen)).collect();
    fitting.sort_by_key(|held| (std::cmp::Reverse(held.fit), held.at));
    let mut held: Vec<Held> = Vec::new();
    for one in fitting {
        // A key may be a column as well: the number of an order.
        let shares = |other: &Held| other.at == one.at && (other.column == "key") == (one.column == "key");
        if !held.iter().any(|other| shares(other) || (other.column == one.column && other.by_key == one.by_key)) {
            held.push(one);
        }
    }
    let fits: u32 = held.iter().map(|held| held.fit).sum();
    let names = |column: &Column| seen.headings.names(&column.heading, &table.name);
    let is_named = seen.sample.columns.iter().any(names);
    let key_is_named = held.iter().any(|held| held.column == "key" && names(&seen.sample.columns[held.at]));
    let is_named_by_file = seen.headings.names(seen.file, &table.name);
    let is_of_product = seen.product.is_some_and(|product| product.table == *table.name);
    let bonus = |is: bool, bonus: u32| if is { bonus } else { 0 };
    let by_names = bonus(is_named, NAMED) + bonus(is_named_by_file, NAMED_BY_FILE) + bonus(is_of_product, OF_PRODUCT);
    Assigned {
        table: table.clone(),
        held,
        score: if fits == 0 { 0 } else { fits + by_names },
        is_named: key_is_named || is_named_by_file || is_of_product,
    }
}

/// Something of a table that a column may hold.
struct Slot {
    column: String,
    by_key: bool,
    kind: Kind,
    name: String,
}

fn slots(table: &Table) -> impl Iterator<Item = Slot> + '_ {
    let key = Slot { column: "key".to_owned(), by_key: false, kind: Kind::Text, name: String::new() };
    let own = table.columns.iter().skip(2).flat_map(|column| {
        let slot =
            |name: &str, kind, by_key| Slot { column: column.name.to_string(), by_key, kind, name: name.to_owned() };
        match table.reference_in(column) {
            Some(reference) if table.target(reference).column("name").is_none() => {
                vec![slot(&reference.name, Kind::Text, true)]
            }
            Some(reference) => vec![slot(&reference.name, Kind::Text, false), slot(&column.name, Kind::Text, true)],
            None => vec![slot(&column.name, column.kind, false)],
        }
    });
    let further = table.references.iter().flat_map(|reference| {
        let target = table.target(reference);
        let columns = target.columns.iter().skip(2).filter(|column| column.kind == Kind::Text);
        let slot = |column: &str| Slot {
            column: format!("{}.{column}", reference.column.name),
            by_key: false,
            kind: Kind::Text,
            name: String::new(),
        };
        columns.map(|column| slot(&column.name)).collect::<Vec<_>>()
    });
    std::iter::once(key).chain(own).chain(further)
}

/// The columns of the file that fit.
fn fitting(slot: &Slot, table: &Table, seen: Seen) -> Vec<Held> {
    let fit = |at: usize| {
        let (fit, contents) = (called(slot, table, at, seen), &seen.contents[at]);
        let Slot { column, by_key, kind, .. } = slot;
        // A column in which nothing is says little.
        let fit = if contents.filled == 0 { fit / 3 } else { fit };
        let holds = fit > 0 && holds(slot, table, at, seen);
        holds.then(|| Held { column: column.clone(), by_key: *by_key, at, fit, kind: *kind })
    };
    (0..seen.sample.columns.len()).filter_map(fit).collect()
}

/// How well a column of the file is called like it.
fn called(slot: &Slot, table: &Table, at: usize, seen: Seen) -> u32 {
    let column = &seen.sample.columns[at];
    if column.twice || column.heading.is_empty() {
        return 0;
    }
    let of = format!("{}.{}", table.name, slot.column);
    let product = seen.product.map(|product| product.word.as_str());
    let by = slot.by_key.then_some("key");
    let by_name = if !slot.name.is_empty() && plain(&slot.name) == plain(&column.heading) { BY_NAME } else { 0 };
    let fit = seen.headings.fit(&column.heading, &of, by, product).max(by_name);
    // The first name of a rep is called like the rep, but for what it is of them.
    let whose = seen.headings.whose(&column.heading).filter(|_| !slot.by_key && slot.column.ends_with("_id"));
    let fit = whose.map_or(fit, |whose| fit.max(seen.headings.fit(&whose, &of, by, product).saturating_sub(OF_PERSON)));
    if slot.column == "outcome" && contents::has_both_ends(column, &of, seen.headings) {
        return fit.max(BY_WORDS);
    }
    fit
}

/// Whether what is in a column of the file may stand in it.
fn holds(slot: &Slot, table: &Table, at: usize, seen: Seen) -> bool {
    let of = format!("{}.{}", table.name, slot.column);
    let (column, contents) = (&seen.sample.columns[at], &seen.contents[at]);
    if slot.column == "key" {
        contents.filled * 10 >= seen.sample.rows * 9 && contents.filled > 0
    } else if seen.headings.is_closed(&of) {
        contents.filled == 0 || contents::has_words(column, &of, seen.headings)
    } else {
        contents.fit(slot.kind)
    }
}

/// The columns of the file that are called like one of the table and hold something else: their places, with what they
/// are called like.
pub(super) fn unfit(table: &Table, seen: Seen) -> Vec<(usize, String, Kind)> {
    let slots: Vec<Slot> = slots(table).collect();
    let places = (0..seen.sample.columns.len()).filter_map(|at| {
        let called = slots.iter().filter(|slot| called(slot, table, at, seen) >= BY_ROW);
        let called: Vec<&Slot> = called.collect();
        let slot = called.first().filter(|_| !called.iter().any(|slot| holds(slot, table, at, seen)))?;
        Some((at, slot.column.clone(), slot.kind))
    });
    places.collect()
}
