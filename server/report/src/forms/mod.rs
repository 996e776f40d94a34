//! The forms of an edition that it was not mailed in, for people without the pages, for spreadsheets and for programs, all
//! made from its stored numbers: the same figures in each.
//!
//! - `pdf`: a document to be read and printed; `no_pdf`, where this build makes none
//! - [`sheets`]: the numbers as tables with real figures
//! - `xlsx`: a workbook, a sheet for each; `csv`: an archive, a file for each
//! - `json`: the edition for programs; `html`: for people, as one file

mod csv;
mod html;
mod json;
mod maker;
#[cfg(not(feature = "pdf"))]
mod no_pdf;
#[cfg(feature = "pdf")]
mod pdf;
pub mod sheets;
pub(crate) mod xlsx;

pub use json::{JSON_SCHEMA, SCHEMA};
pub use maker::{Maker, PROGRAM};
#[cfg(not(feature = "pdf"))]
pub use no_pdf::Typesetter;
#[cfg(feature = "pdf")]
pub use pdf::Typesetter;

use crate::ReportError;
use crate::format::Format;
use crate::numbers::Numbers;
use pegel_store::edition::{Artefact, Rendition};
use pegel_text::locale::Locale;
use serde::{Deserialize, Serialize};

/// A form that an edition can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    Pdf,
    Html,
    Xlsx,
    Csv,
    Json,
}

impl Form {
    /// Those that this build makes.
    pub const ALL: &[Form] = if cfg!(feature = "pdf") {
        &[Form::Pdf, Form::Html, Form::Xlsx, Form::Csv, Form::Json]
    } else {
        &[Form::Html, Form::Xlsx, Form::Csv, Form::Json]
    };

    /// The name it is asked for by.
    pub fn name(self) -> &'static str {
        match self {
            Form::Pdf => "pdf",
            Form::Html => "html",
            Form::Xlsx => "xlsx",
            Form::Csv => "csv",
            Form::Json => "json",
        }
    }

    /// The form of that name.
    pub fn named(name: &str) -> Option<Form> {
        Form::ALL.iter().copied().find(|form| form.name() == name)
    }

    /// What the file is called: `weekly-2026-W46.xlsx`; `weekly-2026-W46-csv.zip` holds a file for each table,
    /// `weekly-2026-W46-audience-2.xlsx` is for the second audience.
    pub fn file_name(self, numbers: &Numbers) -> String {
        let audience = numbers.audience.map_or_else(String::new, |audience| format!("-audience-{audience}"));
        self.file_of(&numbers.report, &format!("{}{audience}", numbers.period.name), numbers.revision)
    }

    /// The same of the edition of a report's period in a revision.
    pub fn file_of(self, report: &str, period: &str, revision: i32) -> String {
        let revision = if revision > 0 { format!("-{revision}") } else { String::new() };
        format!("{report}-{period}{revision}{}", self.ending())
    }

    /// What its artefact is called in an edition that somebody wished to have in this form: `edition.xlsx`.
    pub fn artefact_name(self) -> String {
        format!("edition{}", self.ending())
    }

    /// The form as it was stored with what an audience got; `None` where nobody wished it then.
    pub fn stored(self, rendition: &Rendition) -> Option<&Artefact> {
        rendition.artefact(&self.artefact_name())
    }

    fn ending(self) -> String {
        if self == Form::Csv { "-csv.zip".to_owned() } else { format!(".{}", self.name()) }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Form::Pdf => "application/pdf",
            Form::Html => "text/html; charset=utf-8",
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form::Csv => "application/zip",
            Form::Json => "application/json",
        }
    }

    /// Makes it from stored numbers, for readers of a locale. It names the program that made it.
    ///
    /// # Errors
    /// If it cannot be written: a workbook or an archive of more than its format can hold, a PDF in a build that makes
    /// none.
    pub fn make(self, numbers: &Numbers, maker: Maker) -> Result<Vec<u8>, ReportError> {
        let format = || {
            let locale = Locale::or_english(maker.locale);
            Format::new(&locale, &numbers.currency, numbers.shown_in()).calling(&numbers.titles)
        };
        match self {
            Form::Pdf => maker.typesetter.pdf(numbers, maker.program, &format()),
            Form::Html => html::page(numbers, maker),
            Form::Xlsx => xlsx::workbook(&sheets::of(numbers, maker, &format()), &xlsx::Cover::of(numbers)),
            Form::Csv => csv::archive(&sheets::of(numbers, maker, &format()), numbers),
            Form::Json => Ok(json::text(numbers, maker, &format())),
        }
    }
}

#[cfg(test)]
mod tests;
