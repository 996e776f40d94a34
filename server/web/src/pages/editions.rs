//! `/editions`: what was reported, the newest first.

use super::{blocking, format};
use crate::State;
use crate::reader::Reader;
use crate::templates::{Frame, html, page_number};
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_kpi::time::period::Period;
use pegel_report::format::Format;
use pegel_store::edition::EditionHead;
use serde::Serialize;

/// How many editions one page lists.
const PAGE_ROWS: i64 = 25;

/// What the page says.
#[derive(Serialize)]
struct Page {
    editions: Vec<Line>,
    number: i64,
    /// Addresses of the previous and next page.
    newer: Option<String>,
    older: Option<String>,
}

/// One edition in the list.
#[derive(Serialize)]
struct Line {
    id: i64,
    title: String,
    report: String,
    period: String,
    status: String,
    made: String,
    revision: i32,
}

/// The list.
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    let reader = Reader::of(&request);
    let number = page_number(request.query_string()).unwrap_or(1);
    // One more than is shown, to tell whether there is a next page.
    let mut heads =
        blocking(&state, move |state| Ok(state.store.editions(PAGE_ROWS + 1, (number - 1) * PAGE_ROWS)?)).await?;
    let more = heads.len() > usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    heads.truncate(usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX));
    let format = format(&state, &reader);
    let link = |number: i64| match number {
        1 => reader.link("/editions", &[]),
        _ => reader.link("/editions", &[("page", number)]),
    };
    let page = Page {
        editions: heads.into_iter().map(|head| Line::of(head, &state, &format)).collect(),
        number,
        newer: (number > 1).then(|| link(number - 1)),
        older: more.then(|| link(number + 1)),
    };
    let text = state.templates.render("editions.html", &Frame::new(&request, &reader, "editions"), &page)?;
    Ok(html(HttpResponse::Ok(), text))
}

impl Line {
    fn of(edition: EditionHead, state: &State, format: &Format) -> Line {
        let period = Period::parse(&edition.period, (state.clock)(), &state.zone);
        Line {
            id: edition.id,
            title: edition.title,
            report: edition.report,
            period: period.map_or(edition.period, |period| format.period(&(&period).into())),
            status: edition.status,
            made: format.instant(edition.created_at),
            revision: edition.revision,
        }
    }
}
