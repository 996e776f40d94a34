//! The rows behind a figure: as a table for people, as CSV for programs, and as a workbook.
//!
//! - `workbook`: the rows as a workbook

mod workbook;

pub use workbook::{Book, workbook};

use crate::filled::keep_filled;
use crate::format::Format;
use csv::Writer;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::engine::behind::listing::{Contributing, Datum, List, Listing, Row, When};
use pegel_kpi::measure::Quantity;
use pegel_text::clean::one_line;
use serde::Serialize;
use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

/// What stands before the dates.
const WHO: [&str; 7] = ["key", "system", "name", "partner", "rep", "region", "product"];

/// Rows as people read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    pub columns: Vec<Column>,
    /// A text for each column.
    pub lines: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    pub title: String,
    /// Whether figures stand in it, which are set to the right.
    pub is_figure: bool,
}

impl Table {
    /// The rows of a list, without columns that hold nothing. Of the dates only the one by which rows are found is shown:
    /// a lead has twelve. `date` writes it.
    pub fn of(list: &List, format: &Format, date: impl Fn(When) -> String) -> Table {
        let text = |name: &str| Column { title: format.words().say(name, []), is_figure: false };
        let who =
            ["row_key", "row_name", "dimension_partner", "dimension_rep", "dimension_region", "dimension_product"];
        let found_by = list.found_by.as_deref().map_or_else(String::new, |path| format.column(path));
        let age = Column { is_figure: true, ..text("row_age") };
        let values = list.contributing.iter().map(|to| Column { title: to.measure.to_string(), is_figure: true });
        let found_by = Column { title: found_by, is_figure: false };
        let mut columns: Vec<Column> = who.map(text).into_iter().chain([found_by, age]).chain(values).collect();
        let mut lines: Vec<Vec<String>> = list.rows.iter().map(|row| line(row, list, format, &date)).collect();
        let filled: Vec<bool> = (0..columns.len()).map(|at| lines.iter().any(|line| !line[at].is_empty())).collect();
        keep_filled(&mut columns, &filled);
        for line in &mut lines {
            keep_filled(line, &filled);
        }
        Table { columns, lines }
    }
}

fn line(row: &Row, list: &List, format: &Format, date: impl Fn(When) -> String) -> Vec<String> {
    let Row { key, name, partner, rep, region, product, .. } = row;
    let texts = [key, name, partner, rep, region, product];
    let texts = texts.into_iter().map(|text| one_line(text.as_deref().unwrap_or_default()).into_owned());
    let found_by = list.found_by.as_deref().and_then(|path| row.date(path)).map(date);
    let age = row.age.map(|age| format.value(exact(age), Unit::Duration));
    let contributions = list.contributing.iter().map(|to| contribution(row, to, format));
    texts.chain([found_by.unwrap_or_default(), age.unwrap_or_default()]).chain(contributions).collect()
}

fn contribution(row: &Row, to: &Contributing, format: &Format) -> String {
    match row.contribution(&to.measure) {
        None => String::new(),
        Some(Datum::Text(text)) => one_line(text).into_owned(),
        Some(Datum::Number(number)) => match to.quantity {
            Quantity::Money => format.value(*number, Unit::Money),
            Quantity::Duration => format.value(*number, Unit::Duration),
            Quantity::Count | Quantity::Number => format.value(*number, Unit::Number),
        },
    }
}

/// Leaves the rows that hold all of these words, in whatever column; letters count alike, large or small. Dates are read
/// as CSV has them. At most `limit` rows of each list stay.
pub fn keep_matching(listing: &mut Listing, words: &str, limit: usize) {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    for list in &mut listing.lists {
        list.rows.retain(|row| {
            let texts = texts_of(row);
            words.iter().all(|word| texts.contains(word))
        });
        list.more += list.rows.len().saturating_sub(limit) as u64;
        list.rows.truncate(limit);
    }
}

/// All that a row says, in small letters.
fn texts_of(row: &Row) -> String {
    let Row { key, system, name, partner, rep, region, product, .. } = row;
    let who = [key, system, name, partner, rep, region, product].into_iter().flatten().cloned();
    let dates = row.dates.iter().map(|(_, date)| date.to_string());
    let contributions = row.contributions.iter().map(|(_, datum)| match datum {
        Datum::Number(number) => number.to_string(),
        Datum::Text(text) => text.clone(),
    });
    // A line break is in no word.
    who.chain(dates).chain(contributions).collect::<Vec<_>>().join("\n").to_lowercase()
}

#[expect(clippy::cast_precision_loss, reason = "ages are far below 2^53")]
fn exact(seconds: i64) -> f64 {
    seconds as f64
}

/// Writes a line of names and one for each row. Where there are several lists, measure and table stand first. Instants
/// are in UTC (RFC 3339), ages and durations in seconds, amounts in whole units of the currency.
///
/// # Errors
/// If it cannot be written.
pub fn write_csv(listing: &Listing, to: impl Write) -> csv::Result<()> {
    let mut csv = Writer::from_writer(to);
    let several = listing.lists.len() > 1;
    let dates = all(listing.lists.iter().flat_map(|list| &list.dates));
    let measures = all(listing.lists.iter().flat_map(|list| &list.contributing).map(|to| &to.measure));
    let places: &[&str] = if several { &["measure", "table"] } else { &[] };
    let names = |names: &[&Arc<str>]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let head = places.iter().chain(&WHO).map(|name| (*name).to_owned());
    csv.write_record(head.chain(names(&dates)).chain(["age".to_owned()]).chain(names(&measures)))?;
    for (list, row) in listing.lists.iter().flat_map(|list| list.rows.iter().map(move |row| (list, row))) {
        let place = if several { place(list) } else { Vec::new() };
        let dates = dates.iter().map(|name| row.date(name).map(|date| date.to_string()).unwrap_or_default());
        let age = row.age.map(|age| age.to_string()).unwrap_or_default();
        let contributions = measures.iter().map(|measure| row.contribution(measure).map(datum).unwrap_or_default());
        csv.write_record(place.into_iter().chain(who(row)).chain(dates).chain([age]).chain(contributions))?;
    }
    csv.flush()?;
    Ok(())
}

fn place(list: &List) -> Vec<String> {
    vec![list.measures.join(", "), list.table.to_string()]
}

fn who(row: &Row) -> impl Iterator<Item = String> {
    let Row { key, system, name, partner, rep, region, product, .. } = row;
    [key, system, name, partner, rep, region, product]
        .into_iter()
        .map(|text| harmless(text.as_deref().unwrap_or_default()).into_owned())
}

fn datum(datum: &Datum) -> String {
    match datum {
        Datum::Number(number) => number.to_string(),
        Datum::Text(text) => harmless(text).into_owned(),
    }
}

/// A spreadsheet takes a text that begins like this for a formula, whoever wrote it; after an apostrophe it is a text.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if begins(text) || begins(text.trim_start()) { format!("'{text}").into() } else { text.into() }
}

/// Each once, in the order in which they first come.
fn all<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Vec<&'a Arc<str>> {
    let mut all = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_kpi::engine::behind::listing::{Contributing, Side, When};
    use pegel_kpi::measure::Quantity;

    fn row(key: &str, amount: f64) -> Row {
        let ordered_at = When::Instant("2026-11-02T08:00:00Z".parse().unwrap());
        Row {
            key: Some(key.to_owned()),
            system: None,
            name: Some("Müller, Söhne".to_owned()),
            partner: Some("=HYPERLINK(\"http://x\")".to_owned()),
            rep: None,
            region: Some("@home".to_owned()),
            product: Some("-".to_owned()),
            groups: Vec::new(),
            dates: vec![("ordered_at".into(), ordered_at)],
            age: Some(3600),
            contributions: vec![("revenue".into(), Datum::Number(amount))],
        }
    }

    fn list(measure: &str, rows: Vec<Row>) -> List {
        let contributing = vec![Contributing { measure: "revenue".into(), quantity: Quantity::Money }];
        let dates = vec!["ordered_at".into(), "cancelled_at".into()];
        let (table, found_by) = ("orders".into(), Some("ordered_at".into()));
        List { measures: vec![measure.to_owned()], table, found_by, dates, contributing, rows, more: 0 }
    }

    fn written(lists: Vec<List>) -> String {
        let mut bytes = Vec::new();
        write_csv(&listing(lists), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_row_is_a_line_and_no_text_of_it_a_formula() {
        let said = written(vec![list("revenue", vec![row("A1", 12.5), row("A2", -3.0)])]);
        let mut lines = said.lines();
        let head = "key,system,name,partner,rep,region,product,ordered_at,cancelled_at,age,revenue";
        assert_eq!(lines.next(), Some(head));
        let who = "\"Müller, Söhne\",\"'=HYPERLINK(\"\"http://x\"\")\",,'@home,'-";
        assert_eq!(lines.next(), Some(&*format!("A1,,{who},2026-11-02T08:00:00Z,,3600,12.5")));
        // A number is none, whatever its sign.
        assert_eq!(lines.next(), Some(&*format!("A2,,{who},2026-11-02T08:00:00Z,,3600,-3")));
    }

    fn listing(lists: Vec<List>) -> Listing {
        Listing { kpi: "revenue".to_owned(), period: "2026-W45".to_owned(), side: Side::All, lists }
    }

    #[test]
    fn rows_are_found_by_words_in_any_column() {
        let found = |words: &str| {
            let mut rows = listing(vec![list("revenue", vec![row("A1", 12.5), row("B2", -3.0)])]);
            keep_matching(&mut rows, words, 1);
            let list = &rows.lists[0];
            (list.rows.iter().filter_map(|row| row.key.clone()).collect::<Vec<_>>().join(" "), list.more)
        };
        assert_eq!(found("b2"), ("B2".to_owned(), 0));
        assert_eq!(found("MÜLLER 12.5"), ("A1".to_owned(), 0));
        assert_eq!(found("2026-11-02"), ("A1".to_owned(), 1));
        assert_eq!(found("söhne@home"), (String::new(), 0));
    }

    #[test]
    fn a_workbook_holds_numbers_dates_and_durations() {
        let format = Format::new(&pegel_text::locale::Locale::parse("de-DE").unwrap(), "EUR", "UTC");
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let book = Book { title: "Umsatz".to_owned(), made_at: 1_794_000_000, currency: "EUR", zone };
        let bytes = workbook(&listing(vec![list("revenue", vec![row("A1", 12.5)])]), book, &format).unwrap();
        let mut read: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes)).unwrap();
        let (name, range) = calamine::Reader::worksheets(&mut read).remove(0);
        assert_eq!(name, "Aufträge");
        let texts =
            |at: usize| -> Vec<String> { range.rows().nth(at).unwrap().iter().map(ToString::to_string).collect() };
        let head = "Schlüssel|Name|Partner|Region|Produkt|Bestellt|Alter|revenue";
        assert_eq!(texts(0).join("|"), head);
        let cells: Vec<&calamine::Data> = range.rows().nth(1).unwrap().iter().collect();
        let calamine::Data::DateTime(ordered) = cells[5] else { panic!("{cells:?}") };
        // 2 November 2026, nine o'clock: in Berlin it is an hour later than in UTC.
        assert!(ordered.is_datetime() && (ordered.as_f64() - 46_328.375).abs() < 1e-6, "{ordered:?}");
        let calamine::Data::DateTime(age) = cells[6] else { panic!("{cells:?}") };
        assert!(age.is_duration() && (age.as_f64() * 24.0 - 1.0).abs() < 1e-9);
        assert_eq!(cells[7], &calamine::Data::Float(12.5));
    }

    #[test]
    fn several_lists_stand_in_one_file_each_line_with_its_measure() {
        let said = written(vec![list("revenue", vec![row("A1", 12.5)]), list("returns", vec![row("A1", 1.0)])]);
        let lines: Vec<&str> = said.lines().map(|line| line.split(",,").next().unwrap()).collect();
        assert!(lines[0].starts_with("measure,table,key,"), "{said}");
        assert_eq!(&lines[1..], ["revenue,orders,A1", "returns,orders,A1"]);
    }
}
