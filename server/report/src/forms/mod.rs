//! The forms of an edition for people without the pages, for spreadsheets and for programs, all made from its stored
//! numbers: the same figures in each.
//!
//! - [`sheets`]: the numbers as tables with real figures
//! - `xlsx`: a workbook, a sheet for each; `csv`: an archive, a file for each
//! - `json`: the edition for programs; `html`: for people, as one file

mod csv;
mod html;
mod json;
mod maker;
pub mod sheets;
pub(crate) mod xlsx;

pub use json::SCHEMA;
pub use maker::{Maker, PROGRAM};

use crate::ReportError;
use crate::format::Format;
use crate::numbers::Numbers;
use pegel_text::locale::Locale;

/// A form that an edition can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Html,
    Xlsx,
    Csv,
    Json,
}

impl Form {
    pub const ALL: [Form; 4] = [Form::Html, Form::Xlsx, Form::Csv, Form::Json];

    /// The name it is asked for by.
    pub fn name(self) -> &'static str {
        match self {
            Form::Html => "html",
            Form::Xlsx => "xlsx",
            Form::Csv => "csv",
            Form::Json => "json",
        }
    }

    /// What the file is called: `weekly-2026-W46.xlsx`; `weekly-2026-W46-csv.zip` holds a file for each table.
    pub fn file_name(self, numbers: &Numbers) -> String {
        let Numbers { report, period, revision, .. } = numbers;
        let revision = if *revision > 0 { format!("-{revision}") } else { String::new() };
        let end = if self == Form::Csv { "-csv.zip" } else { &format!(".{}", self.name()) };
        format!("{report}-{}{revision}{end}", period.name)
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Form::Html => "text/html; charset=utf-8",
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form::Csv => "application/zip",
            Form::Json => "application/json",
        }
    }

    /// Makes it from stored numbers, for readers of a locale. It names the program that made it.
    ///
    /// # Errors
    /// If it cannot be written: a workbook or an archive of more than its format can hold.
    pub fn make(self, numbers: &Numbers, maker: Maker) -> Result<Vec<u8>, ReportError> {
        let format = || {
            let locale = Locale::or_english(maker.locale);
            Format::new(&locale, &numbers.currency, numbers.shown_in()).calling(&numbers.titles)
        };
        match self {
            Form::Html => html::page(numbers, maker),
            Form::Xlsx => xlsx::workbook(&sheets::of(numbers, maker, &format()), &xlsx::Cover::of(numbers)),
            Form::Csv => csv::archive(&sheets::of(numbers, maker, &format()), numbers),
            Form::Json => Ok(json::text(numbers, maker, &format())),
        }
    }
}

#[cfg(test)]
mod tests;
