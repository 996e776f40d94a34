//! The rows behind a figure as a workbook: numbers that can be added up, dates that are dates, a sheet for each list.

use crate::ReportError;
use crate::filled::keep_filled;
use crate::format::Format;
use crate::forms::sheets::{Entry, Sheet};
use crate::forms::xlsx::{self, Cover};
use jiff::tz::TimeZone;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::engine::behind::listing::{Contributing, Datum, List, Listing, Row};
use pegel_kpi::measure::Quantity;
use pegel_text::words::capitalised;

/// What a workbook says of itself, and how it is written.
pub struct Book<'a> {
    pub title: String,
    /// UTC seconds.
    pub made_at: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// In which instants are written: a workbook knows no zones.
    pub zone: TimeZone,
}

/// All rows, with all their dates, in a reader's words.
///
/// # Errors
/// If they are more than a workbook can hold.
pub fn workbook(listing: &Listing, book: Book, format: &Format) -> Result<Vec<u8>, ReportError> {
    let several = listing.lists.len() > 1;
    let sheets: Vec<Sheet> = listing.lists.iter().map(|list| sheet(list, several, format)).collect();
    let Book { title, made_at, currency, zone } = book;
    xlsx::workbook(&sheets, &Cover { title, created_at: made_at, currency, zone })
}

/// A list, without the columns that hold nothing.
fn sheet(list: &List, several: bool, format: &Format) -> Sheet {
    let table = capitalised(&format.table(&list.table));
    let title = if several { list.measures.join(", ") } else { table };
    let mut columns = columns(list, format);
    let mut rows: Vec<Vec<Entry>> = list.rows.iter().map(|row| entries(row, list)).collect();
    let filled: Vec<bool> = (0..columns.len()).map(|at| rows.iter().any(|row| row[at] != Entry::Nothing)).collect();
    keep_filled(&mut columns, &filled);
    for row in &mut rows {
        keep_filled(row, &filled);
    }
    Sheet::new(&list.table, title, columns, rows)
}

fn columns(list: &List, format: &Format) -> Vec<String> {
    let word = |name: &str| format.words().say(name, []);
    let who = ["row_key", "row_system", "row_name"].map(word).into_iter();
    let groups = ["partner", "rep", "region", "product"].map(|name| format.dimension(name));
    let dates = list.dates.iter().map(|path| format.column(path));
    let contributing = list.contributing.iter().map(|to| to.measure.to_string());
    who.chain(groups).chain(dates).chain([word("row_age")]).chain(contributing).collect()
}

#[expect(clippy::cast_precision_loss, reason = "ages are far below 2^53")]
fn entries(row: &Row, list: &List) -> Vec<Entry> {
    let Row { key, system, name, partner, rep, region, product, .. } = row;
    let texts = [key, system, name, partner, rep, region, product];
    let texts = texts.into_iter().map(|text| Entry::text(text.clone().unwrap_or_default()));
    let dates = list.dates.iter().map(|path| match row.date(path) {
        None => Entry::Nothing,
        Some(when) => Entry::from(when),
    });
    let age = Entry::figure(row.age.map(|age| age as f64), Unit::Duration);
    let contributions = list.contributing.iter().map(|to| contribution(row, to));
    texts.chain(dates).chain([age]).chain(contributions).collect()
}

fn contribution(row: &Row, to: &Contributing) -> Entry {
    match row.contribution(&to.measure) {
        None => Entry::Nothing,
        Some(Datum::Text(text)) => Entry::text(text.clone()),
        Some(Datum::Number(number)) => Entry::Figure(*number, unit(to.quantity)),
    }
}

fn unit(quantity: Quantity) -> Unit {
    match quantity {
        Quantity::Money => Unit::Money,
        Quantity::Duration => Unit::Duration,
        Quantity::Count => Unit::Count,
        Quantity::Number => Unit::Number,
    }
}
