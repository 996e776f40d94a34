//! `/reference`: the language of KPI scripts, the same as `pegel kpi reference` prints.

use crate::State;
use crate::failure::Failure;
use crate::reader::Reader;
use crate::templates::{Frame, html};
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_kpi::reference::Reference;
use pegel_kpi::reference::blocks::Chapter;
use pegel_kpi::script::Language;
use serde::Serialize;
use std::sync::LazyLock;

/// What the page says. It follows from the program alone, so it is gathered once.
static PAGE: LazyLock<Page> = LazyLock::new(|| Page { chapters: Reference::of(&Language::new()).chapters });

/// What the page says.
#[derive(Serialize)]
struct Page {
    chapters: Vec<Chapter>,
}

/// The reference, in English.
pub(crate) async fn show(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    let reader = Reader::of(&request);
    let text = state.templates.render("reference.html", &Frame::new(&request, &reader, "reference"), &*PAGE)?;
    Ok(html(HttpResponse::Ok(), text))
}
