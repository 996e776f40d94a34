//! Requests that cannot be answered: what the reader is told, and what the operator.

use crate::State;
use crate::reader::Reader;
use crate::templates::{Frame, html};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::BlockingError;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, web};
use pegel_text::words::Words;
use serde::Serialize;

/// When to ask again for a page that could not be begun.
const RETRY_AFTER_SECONDS: u64 = 5;

/// Why a request cannot be answered. Those that are the reader's are shown to them, the others are logged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("there is no such page")]
    NoPage,
    #[error("there is no edition {0}")]
    NoEdition(String),
    #[error("no KPI is called “{id}”")]
    NoKpi { id: String, nearest: Option<String> },
    #[error("the request is addressed to another host")]
    ForeignHost,
    #[error("pages are read, not written")]
    ReadOnly,
    #[error("too many pages are being computed")]
    Busy,
    #[error("the database did not answer: {0}")]
    Store(#[from] pegel_store::StoreError),
    #[error("the stored numbers of edition {edition} cannot be read: {error}")]
    Numbers { edition: i64, error: String },
    #[error("the calendar does not reach that far: {0}")]
    Period(#[from] pegel_kpi::time::period::PeriodError),
    #[error("a template failed: {0}")]
    Template(#[from] tera::Error),
    #[error("the work was interrupted: {0}")]
    Interrupted(#[from] BlockingError),
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Failure::NoPage | Failure::NoEdition(_) | Failure::NoKpi { .. } => StatusCode::NOT_FOUND,
            Failure::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Failure::ReadOnly => StatusCode::METHOD_NOT_ALLOWED,
            Failure::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Store(_)
            | Failure::Numbers { .. }
            | Failure::Period(_)
            | Failure::Template(_)
            | Failure::Interrupted(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The bare status; [`show_failures`] puts a page around it where it can.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if matches!(self, Failure::ReadOnly) {
            response.insert_header((header::ALLOW, "GET, HEAD"));
        }
        response.content_type("text/plain; charset=utf-8").body(match self {
            Failure::ForeignHost => "This server answers to localhost, 127.0.0.1 and [::1] only.\n",
            Failure::ReadOnly => "Only GET and HEAD are answered here.\n",
            Failure::NoPage | Failure::NoEdition(_) | Failure::NoKpi { .. } => "Not found.\n",
            Failure::Busy => "Too many pages are being computed. Try again in a moment.\n",
            _ => "Something went wrong. The server's log says what.\n",
        })
    }
}

/// What the page of a failure says.
#[derive(Serialize)]
struct FailurePage<'a> {
    title: String,
    text: String,
    /// The KPI that was perhaps meant.
    nearest: Option<&'a str>,
}

impl<'a> FailurePage<'a> {
    fn of(failure: &'a Failure, words: &Words) -> FailurePage<'a> {
        let (title, text, nearest) = match failure {
            Failure::NoPage => ("no_page", "no_page_text", None),
            Failure::NoEdition(_) => ("no_edition", "no_edition_text", None),
            Failure::NoKpi { nearest, .. } => ("no_kpi", "no_kpi_text", nearest.as_deref()),
            Failure::Busy => ("busy", "busy_text", None),
            _ => ("broken", "broken_text", None),
        };
        FailurePage { title: words.say(title, []), text: words.say(text, []), nearest }
    }
}

/// Shows failures of the handlers as pages, and logs those that are ours, once.
pub(crate) async fn show_failures(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = next.call(request).await?;
    let Some(failure) = response.response().error().and_then(|error| error.as_error::<Failure>()) else {
        return Ok(response.map_into_left_body());
    };
    let status = failure.status_code();
    if matches!(failure, Failure::Busy) {
        tracing::debug!(path = response.request().path(), "a page was not computed, since others are");
    } else if status.is_server_error() {
        let path = response.request().path();
        tracing::error!(path, error = %failure, "a page could not be shown");
    }
    let page = page(response.request(), failure).unwrap_or_else(|error| {
        tracing::error!(%error, "the page that tells of a failure failed itself");
        failure.error_response()
    });
    Ok(response.into_response(page).map_into_right_body())
}

fn page(request: &HttpRequest, failure: &Failure) -> Result<HttpResponse, Failure> {
    let Some(state) = request.app_data::<web::Data<State>>() else { return Ok(failure.error_response()) };
    let reader = Reader::of(request);
    let model = FailurePage::of(failure, &Words::of(&reader.locale));
    let frame = Frame::new(request, &reader, "");
    let text = state.templates.render("failure.html", &frame, &model)?;
    let mut response = HttpResponseBuilder::new(failure.status_code());
    if matches!(failure, Failure::Busy) {
        response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
    }
    Ok(html(response, text))
}
