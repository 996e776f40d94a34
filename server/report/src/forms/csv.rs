//! An archive with a CSV file for each table: RFC 4180, UTF-8, figures as programs read them.

use super::sheets::{Entry, Sheet};
use crate::ReportError;
use crate::numbers::Numbers;
use crate::rows::harmless;
use jiff::Timestamp;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Per cents as fractions, durations in seconds, amounts in whole units of the currency.
pub(super) fn archive(sheets: &[Sheet], numbers: &Numbers) -> Result<Vec<u8>, ReportError> {
    let failed = |error: &dyn std::fmt::Display| ReportError::Form { form: "csv", message: error.to_string() };
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(made_at(numbers));
    for sheet in sheets {
        zip.start_file(format!("{}.csv", sheet.name), options).map_err(|error| failed(&error))?;
        zip.write_all(&file(sheet).map_err(|error| failed(&error))?).map_err(|error| failed(&error))?;
    }
    Ok(zip.finish().map_err(|error| failed(&error))?.into_inner())
}

/// In UTC: the same bytes whenever and wherever it is made.
fn made_at(numbers: &Numbers) -> DateTime {
    let at = Timestamp::from_second(numbers.created_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |part: i8| part.unsigned_abs();
    let (year, time) = (at.year().unsigned_abs(), (part(at.hour()), part(at.minute()), part(at.second())));
    let made = DateTime::from_date_and_time(year, part(at.month()), part(at.day()), time.0, time.1, time.2);
    made.unwrap_or_default()
}

fn file(sheet: &Sheet) -> csv::Result<Vec<u8>> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    csv.write_record(sheet.columns.iter().map(|title| harmless(title).into_owned()))?;
    for row in &sheet.rows {
        csv.write_record(row.iter().map(field))?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

fn field(entry: &Entry) -> String {
    match entry {
        Entry::Nothing => String::new(),
        Entry::Text(text) => harmless(text).into_owned(),
        Entry::Figure(value, _) => value.to_string(),
        Entry::Instant(instant) => instant.to_string(),
        Entry::Day(day) => day.to_string(),
    }
}
