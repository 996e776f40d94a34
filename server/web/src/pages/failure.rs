//! The page of a request that cannot be answered: what the reader and the operator are told.

use crate::State;
use crate::reader::Reader;
use crate::templates::{Frame, html};
use crate::unanswered::Unanswered;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, web};
use pegel_text::words::Words;
use serde::Serialize;

/// When to ask again for a page while the server is busy.
const RETRY_AFTER_SECONDS: u64 = 5;

/// What the page of a failure says.
#[derive(Serialize)]
struct FailurePage<'a> {
    title: String,
    text: String,
    /// The KPI that was perhaps meant.
    nearest: Option<&'a str>,
}

impl<'a> FailurePage<'a> {
    fn of(failure: &'a Unanswered, words: &Words) -> FailurePage<'a> {
        if let Unanswered::Address(problem) = failure {
            let text = words.say("bad_address_text", [("problem", problem.as_str().into())]);
            return FailurePage { title: words.say("bad_address", []), text, nearest: None };
        }
        let (title, text, nearest) = match failure {
            Unanswered::NoPage => ("no_page", "no_page_text", None),
            Unanswered::NoEdition(_) => ("no_edition", "no_edition_text", None),
            Unanswered::Erased => ("erased", "erased_text", None),
            Unanswered::BadLink => ("bad_link", "bad_link_text", None),
            Unanswered::NoKpi { nearest, .. } => ("no_kpi", "no_kpi_text", nearest.as_deref()),
            Unanswered::Busy => ("busy", "busy_text", None),
            _ => ("broken", "broken_text", None),
        };
        FailurePage { title: words.say(title, []), text: words.say(text, []), nearest }
    }
}

/// Shows failures of the handlers as pages, and logs those of the server, once.
pub(crate) async fn show_failures(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = next.call(request).await?;
    let Some(failure) = response.response().error().and_then(|error| error.as_error::<Unanswered>()) else {
        return Ok(response.map_into_left_body());
    };
    let status = failure.status_code();
    if matches!(failure, Unanswered::Busy) {
        tracing::debug!(path = response.request().path(), "a page was not computed: the server is busy with others");
    } else if status.is_server_error() {
        let path = response.request().path();
        tracing::error!(path, error = %failure, "a page could not be shown");
    }
    let page = page(response.request(), failure).unwrap_or_else(|error| {
        tracing::error!(%error, "the error page could not be rendered");
        failure.error_response()
    });
    Ok(response.into_response(page).map_into_right_body())
}

fn page(request: &HttpRequest, failure: &Unanswered) -> Result<HttpResponse, Unanswered> {
    let Some(state) = request.app_data::<web::Data<State>>() else { return Ok(failure.error_response()) };
    let reader = Reader::of(request);
    let model = FailurePage::of(failure, &Words::of(&reader.locale));
    let frame = Frame::new(request, &reader, "");
    let text = state.templates.render("failure.html", &frame, &model)?;
    let mut response = HttpResponseBuilder::new(failure.status_code());
    if matches!(failure, Unanswered::Busy) {
        response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
    }
    Ok(html(response, text))
}
