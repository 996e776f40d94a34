//! A suggested mapping, compiled and tried on the first rows of the file.

use super::sample::ROWS;
use crate::cell::Cell;
use crate::convert::{Formats, Money};
use crate::draft::Drafting;
use crate::error::ImportError;
use crate::input::Chunk;
use crate::mapping::{Mapping, TableMapping};
use crate::row::Draft;
use crate::source::{RecordReader, SourceFile, prepared};
use crate::watch::Watch;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::Kind;
use pegel_store::facts::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

/// So many rows, and so many reasons, are shown.
const SHOWN: usize = 3;

/// In which zone and currency rows are shown: the home's zone, and the currency that is stored.
#[derive(Clone, Copy)]
struct ShownIn<'a> {
    zone: &'a TimeZone,
    code: &'a str,
    digits: u32,
}

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// How many were read.
    pub rows: usize,
    pub rejected: usize,
    /// The most frequent reasons, each with the first line.
    pub reasons: Vec<String>,
    /// The first rows as they are read, in words.
    pub first: Vec<String>,
    /// The latest instant since which a row exists, in UTC seconds, up to now.
    pub latest: Option<i64>,
}

/// Reads the first rows by a mapping; also which columns of which tables hold anything then.
///
/// # Errors
/// If the file cannot be read by it at all.
pub(super) fn trial(
    raw: &mut (impl Read + Seek),
    file: &str,
    mapping: &Mapping,
    (zone, currency, now): (&TimeZone, &Currency, i64),
) -> Result<(Trial, BTreeSet<(String, String)>), ImportError> {
    let mut files = [prepared(SourceFile::new(file, raw), mapping)?];
    let money = Money { code: Some(&currency.code), digits: currency.stored_digits() };
    let formats = Formats::new(&mapping.format, zone.clone(), money);
    let mut records = RecordReader::open(&mut files, mapping)?;
    let places = records.places().to_vec();
    let mut drafting = Drafting::new(mapping, &formats, Watch::new(mapping, false), now, false);
    let code = mapping.format.currency.as_deref().unwrap_or(&currency.code);
    let shown_in = ShownIn { zone, code, digits: u32::from(currency.stored_digits()) };
    let (mut trial, mut there) = (Trial::default(), BTreeSet::new());
    let mut reasons: BTreeMap<String, (usize, String)> = BTreeMap::new();
    while let Some(record) = records.next()? {
        if trial.rows == ROWS {
            break;
        }
        let chunk = drafting.chunk(Chunk { first: trial.rows, records: vec![record], places: &places });
        trial.rows += 1;
        for candidate in chunk {
            match candidate.drafts {
                Ok(drafts) => {
                    let drafts: Vec<_> = mapping.tables.iter().zip(drafts).filter_map(|(t, d)| Some((t, d?))).collect();
                    for (table, draft) in &drafts {
                        note(&mut there, table, draft);
                        let since = since(table, draft).filter(|since| *since <= now);
                        trial.latest = trial.latest.max(since);
                    }
                    if trial.first.len() < SHOWN {
                        let shown = drafts.iter().map(|(table, draft)| shown(table, draft, shown_in));
                        trial.first.push(shown.collect::<Vec<_>>().join("; "));
                    }
                }
                Err(faults) => {
                    trial.rejected += 1;
                    if let Some(fault) = faults.first() {
                        let reason = format!("{}, column {}: {}", candidate.at, fault.column, fault.reason);
                        reasons.entry(fault.column.clone()).or_insert((0, reason)).0 += 1;
                    }
                }
            }
        }
    }
    let mut reasons: Vec<(usize, String)> = reasons.into_values().collect();
    reasons.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    trial.reasons = reasons.into_iter().take(SHOWN).map(|(count, reason)| format!("{count} like {reason}")).collect();
    Ok((trial, there))
}

/// Notes which columns hold something.
fn note(there: &mut BTreeSet<(String, String)>, table: &TableMapping, draft: &Draft) {
    let name = table.table.name.to_string();
    there.insert((name.clone(), "key".to_owned()));
    let attributes = draft.attributes.iter().filter(|(_, value)| !value.is_null());
    there.extend(attributes.map(|(attribute, _)| (name.clone(), attribute.clone())));
    for ((column, rule), cell) in table.columns.iter().zip(&draft.cells) {
        if *cell != Cell::Value(Value::Missing) {
            there.insert((name.clone(), column.name.to_string()));
            if let Some(lookup) = &rule.lookup {
                there.extend(["key", "name"].map(|column| (lookup.table.name.to_string(), column.to_owned())));
            }
        }
    }
}

/// The instant since which a row exists.
fn since(table: &TableMapping, draft: &Draft) -> Option<i64> {
    let since = table.table.exists_since().filter(|since| since.kind == Kind::Instant)?;
    let at = table.columns.iter().position(|(column, _)| column == since)?;
    match draft.cells[at] {
        Cell::Value(Value::Integer(instant)) => Some(instant),
        Cell::Value(_) | Cell::Related(_) => None,
    }
}

/// `leads “L-1”: created_at 2026-11-03 08:15, partner_id → “Muster”, amount 1234.50 EUR`
fn shown(table: &TableMapping, draft: &Draft, shown_in: ShownIn) -> String {
    let place = |name: &str| table.table.columns.iter().position(|column| *column.name == *name);
    let mut columns: Vec<_> = table.columns.iter().zip(&draft.cells).collect();
    columns.sort_by_key(|((column, _), _)| place(&column.name));
    let cells = columns.into_iter().filter_map(|((column, _), cell)| {
        let value = match cell {
            Cell::Related(text) => format!("→ “{text}”"),
            Cell::Value(value) => self::value(value, column.kind, shown_in)?,
        };
        Some(format!("{} {value}", column.name))
    });
    format!("{} “{}”: {}", table.table.name, draft.key, cells.collect::<Vec<_>>().join(", "))
}

fn value(value: &Value, kind: Kind, ShownIn { zone, code, digits }: ShownIn) -> Option<String> {
    Some(match (value, kind) {
        (Value::Missing, _) => return None,
        (Value::Integer(seconds), Kind::Instant) => {
            let at: Zoned = Timestamp::from_second(*seconds).ok()?.to_zoned(zone.clone());
            at.strftime("%Y-%m-%d %H:%M").to_string()
        }
        (Value::Integer(days), Kind::Date) => {
            date(1970, 1, 1).checked_add(SignedDuration::from_hours(days * 24)).ok()?.to_string()
        }
        (Value::Integer(amount), Kind::Money) => {
            let amount = rust_decimal::Decimal::new(*amount, digits);
            format!("{amount} {code}")
        }
        (Value::Integer(integer), _) => integer.to_string(),
        (Value::Number(number), _) => number.to_string(),
        (Value::Text(text), _) => format!("“{text}”"),
        (Value::Boolean(boolean), _) => if *boolean { "yes" } else { "no" }.to_owned(),
    })
}
