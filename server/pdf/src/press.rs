//! Parses templates, sets documents and exports them.

use crate::PdfError;
use crate::shown::shown;
use crate::templates::{Templates, file};
use crate::world::Desk;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use typst::comemo;
use typst::foundations::{Bytes, Datetime, Smart};
use typst::syntax::Source;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// What templates read the values by: `json("/content.json")`.
const CONTENT: &str = "content.json";

/// In bytes. Typst bounds how deep layouts and calls are nested, for threads of its own programs; a debug build needs
/// more.
const STACK: usize = 64 << 20;

/// For everybody, and for archives.
const STANDARDS: [PdfStandard; 2] = [PdfStandard::Ua_1, PdfStandard::A_2a];

/// When a document was made, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made<'a> {
    /// UTC seconds.
    pub at: i64,
    /// The program, with its version.
    pub by: &'a str,
}

impl Templates {
    /// Parses templates, by their names.
    ///
    /// # Errors
    /// With file, line and cause, if one of them is not in order.
    pub fn parse<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Templates, PdfError> {
        let source =
            |(name, text): (&str, &str)| Ok(Source::new(file(name).ok_or_else(|| none(name))?, text.to_owned()));
        let templates = Templates::of(texts.map(source).collect::<Result<Vec<_>, PdfError>>()?.into_iter());
        let wrong = templates.all().filter_map(|source| PdfError::of_syntax(source, &templates));
        // The same one whenever it is asked.
        match wrong.min_by(|one, other| one.template().cmp(&other.template())) {
            Some(error) => Err(error),
            None => Ok(templates),
        }
    }

    /// Sets the template of that name as a tagged PDF for archives (PDF/A-2a) that everybody can read (PDF/UA-1): the
    /// same bytes whenever it is made. Templates read the values as `json("/content.json")`; letters that the built-in
    /// fonts lack are replaced in them.
    ///
    /// It takes as long as the template says, which may be without end, and as much memory.
    ///
    /// # Errors
    /// With file, line and cause, if the template is not there or not in order, or what it gives keeps not to these
    /// standards.
    pub fn set(&self, name: &str, content: &impl Serialize, made: Made) -> Result<Vec<u8>, PdfError> {
        let main = file(name).filter(|id| self.get(*id).is_some()).ok_or_else(|| none(name))?;
        let values = serde_json::to_vec(&shown(serde_json::to_value(content)?))?;
        let content = (file(CONTENT).ok_or_else(|| none(CONTENT))?, Bytes::new(values));
        let desk = Desk { templates: self, main, content };
        // Typst shares its work among the threads of a pool. With one of its own, a document that never ends keeps no
        // other one waiting.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build()?;
        let pdf = pool.install(|| pdf(&desk, made));
        // What was computed is kept for the next time, in case it is almost the same; here it never is.
        comemo::evict(0);
        pdf
    }
}

fn none(name: &str) -> PdfError {
    PdfError::NoTemplate { name: name.to_owned() }
}

fn pdf(desk: &Desk, made: Made) -> Result<Vec<u8>, PdfError> {
    let failed = |errors: &[_]| PdfError::of_template(errors, desk.templates);
    let document: PagedDocument = typst::compile(desk).output.map_err(|errors| failed(&errors))?;
    typst_pdf::pdf(&document, &options(made)).map_err(|errors| failed(&errors))
}

fn options(made: Made) -> PdfOptions {
    PdfOptions {
        creator: Smart::Custom(Some(made.by.to_owned())),
        timestamp: instant(made.at).map(typst_pdf::Timestamp::new_utc),
        standards: PdfStandards::new(&STANDARDS).expect("a version of PDF has both"),
        ..PdfOptions::default()
    }
}

fn instant(seconds: i64) -> Option<Datetime> {
    let at = Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC);
    let part = |part: i8| part.unsigned_abs();
    let [month, day, hour, minute, second] = [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(part);
    Datetime::from_ymd_hms(at.year().into(), month, day, hour, minute, second)
}
