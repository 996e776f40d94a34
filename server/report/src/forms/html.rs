//! An edition as one HTML file: all rows of every table, and nothing that it needs from elsewhere.

use super::maker::Maker;
use crate::ReportError;
use crate::bounded;
use crate::numbers::Numbers;
use crate::sections::{Section, sections};
use crate::view::{View, view};
use serde::Serialize;
use std::sync::LazyLock;
use tera::Tera;

/// The templates: those of pages that it shares parts with, and its own.
const TEMPLATES: [(&str, &str); 3] = [
    ("components.html", include_str!("../../../../templates/web/components.html")),
    ("edition_parts.html", include_str!("../../../../templates/web/edition_parts.html")),
    (EDITION, include_str!("../../../../templates/forms/edition.html")),
];
const EDITION: &str = "edition.html";

/// Parsed once: an edition with many audiences makes many such files.
static TERA: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = bounded::templates();
    tera.add_raw_templates(TEMPLATES).expect("what is built in is in order");
    tera
});

/// It looks like the pages.
const STYLE: &str = include_str!("../../../../templates/web/pegel.css");

#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    view: &'a View,
    /// The view's sections, with their courses.
    parts: Vec<Section>,
    made_by: &'a str,
    style: &'static str,
}

pub(super) fn page(numbers: &Numbers, maker: Maker) -> Result<Vec<u8>, ReportError> {
    let failed = |error: tera::Error| ReportError::Form { form: "html", message: error.to_string() };
    let whole = whole(numbers);
    let view = view(&whole, maker.locale);
    let page = Page { parts: sections(&view, &whole), view: &view, made_by: maker.program, style: STYLE };
    let content = bounded::content(&page, &view.words).map_err(failed)?;
    Ok(bounded::fill(&TERA, EDITION, &content).map_err(failed)?.into_bytes())
}

/// The same with all rows of each table, however many a report shows.
fn whole(numbers: &Numbers) -> Numbers {
    let mut whole = numbers.clone();
    let blocks = whole.sections.iter_mut().flat_map(|section| &mut section.kpis);
    blocks.flat_map(|block| &mut block.breakdowns).for_each(|table| table.worst = None);
    whole
}
