//! An archive with a CSV file for each table: RFC 4180, UTF-8, figures as programs read them.

use super::sheets::{Entry, Sheet};
use crate::ReportError;
use crate::numbers::Numbers;
use crate::pack::pack;
use crate::rows::harmless;

/// Per cents as fractions, durations in seconds, amounts in whole units of the currency.
pub(super) fn archive(sheets: &[Sheet], numbers: &Numbers) -> Result<Vec<u8>, ReportError> {
    let failed = |error: &dyn std::fmt::Display| ReportError::Form { form: "csv", message: error.to_string() };
    let named = |sheet: &Sheet| -> csv::Result<_> { Ok((format!("{}.csv", sheet.name), file(sheet)?)) };
    let files: Vec<_> = sheets.iter().map(named).collect::<csv::Result<_>>().map_err(|error| failed(&error))?;
    pack(&files, numbers.created_at).map_err(|error| failed(&error))
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
