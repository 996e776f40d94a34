//! `/reference`: the language of KPI scripts, the same as `pegel kpi reference` prints.

use super::Place;
use crate::State;
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_kpi::reference::blocks::Chapter;
use serde::Serialize;

const PLACE: Place = Place { template: "reference.html", here: "reference" };

/// What the page says.
#[derive(Serialize)]
struct Page<'a> {
    chapters: &'a [Chapter],
}

/// The reference, in English.
pub(crate) async fn show(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    let page = Page { chapters: &state.reference.chapters };
    PLACE.show(&page, &state, &request)
}
