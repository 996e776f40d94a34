//! Sets a document and exports it.

use crate::PdfError;
use crate::shown::shown;
use crate::templates::{Made, Templates};
use crate::world::Desk;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use typst::comemo;
use typst::foundations::{Bytes, Datetime, Smart};
use typst::syntax::FileId;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// In bytes. Typst bounds how deep layouts and calls are nested, for threads of its own programs; a debug build needs
/// more.
const STACK: usize = 64 << 20;

/// For everybody, and for archives.
const STANDARDS: [PdfStandard; 2] = [PdfStandard::Ua_1, PdfStandard::A_2a];

pub(crate) fn pdf(
    templates: &Templates,
    main: FileId,
    content: (FileId, Value),
    made: Made,
) -> Result<Vec<u8>, PdfError> {
    let (name, values) = content;
    let desk = Desk { templates, main, content: (name, Bytes::new(serde_json::to_vec(&shown(values))?)) };
    // Typst shares its work among the threads of a pool. With one of its own, a document that never ends keeps no other
    // one waiting.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build()?;
    let pdf = pool.install(|| set(&desk, made));
    // What was computed is kept for the next time, in case it is almost the same; here it never is.
    comemo::evict(0);
    pdf
}

fn set(desk: &Desk, made: Made) -> Result<Vec<u8>, PdfError> {
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
