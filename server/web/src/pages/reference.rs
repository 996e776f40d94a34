//! `/reference`: the language of KPI scripts, the same as `pegel kpi reference` prints.

use crate::State;
use crate::reader::Reader;
use crate::templates::{Frame, html};
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_kpi::reference::blocks::Chapter;
use serde::Serialize;

/// What the page says.
#[derive(Serialize)]
struct Page<'a> {
    chapters: &'a [Chapter],
}

/// The reference, in English.
pub(crate) async fn show(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    let reader = Reader::of(&request);
    let page = Page { chapters: &state.reference.chapters };
    let text = state.templates.render("reference.html", &Frame::new(&request, &reader, "reference"), &page)?;
    Ok(html(HttpResponse::Ok(), text))
}
