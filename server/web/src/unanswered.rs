//! Why requests cannot be answered.

use actix_web::error::BlockingError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

/// Why a request cannot be answered. The reader is told of mistakes in the request; the others are logged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error("there is no such page")]
    NoPage,
    #[error("there is no edition {0}")]
    NoEdition(String),
    #[error("this was erased")]
    Erased,
    #[error("the address cannot be understood: {0}")]
    Address(String),
    #[error("no KPI is called “{id}”")]
    NoKpi { id: String, nearest: Option<String> },
    #[error("the link is not signed by this server")]
    BadLink,
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
    #[error("a file could not be written: {0}")]
    Csv(#[from] csv::Error),
    #[error("a form could not be made: {0}")]
    Form(#[from] pegel_report::ReportError),
    #[error("the calendar does not reach that far: {0}")]
    Period(#[from] pegel_kpi::time::period::PeriodError),
    #[error("a template failed: {0}")]
    Template(#[from] tera::Error),
    #[error("metrics could not be written: {0}")]
    Metrics(#[from] prometheus::Error),
    #[error("the work was interrupted: {0}")]
    Interrupted(#[from] BlockingError),
}

impl Unanswered {
    /// What is wrong with the address of a page.
    pub(crate) fn address(problem: impl std::fmt::Display) -> Unanswered {
        Unanswered::Address(problem.to_string())
    }
}

impl ResponseError for Unanswered {
    fn status_code(&self) -> StatusCode {
        match self {
            Unanswered::NoPage | Unanswered::NoEdition(_) | Unanswered::NoKpi { .. } => StatusCode::NOT_FOUND,
            Unanswered::Address(_) => StatusCode::BAD_REQUEST,
            Unanswered::Erased => StatusCode::GONE,
            Unanswered::BadLink => StatusCode::FORBIDDEN,
            Unanswered::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Unanswered::ReadOnly => StatusCode::METHOD_NOT_ALLOWED,
            Unanswered::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Unanswered::Store(_)
            | Unanswered::Numbers { .. }
            | Unanswered::Csv(_)
            | Unanswered::Form(_)
            | Unanswered::Period(_)
            | Unanswered::Template(_)
            | Unanswered::Metrics(_)
            | Unanswered::Interrupted(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The bare status, for where no page can be rendered.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if matches!(self, Unanswered::ReadOnly) {
            response.insert_header((header::ALLOW, "GET, HEAD"));
        }
        response.content_type("text/plain; charset=utf-8").body(match self {
            Unanswered::ForeignHost => "This server answers to localhost, 127.0.0.1 and [::1] only.\n",
            Unanswered::ReadOnly => "Only GET and HEAD are answered here.\n",
            Unanswered::NoPage | Unanswered::NoEdition(_) | Unanswered::NoKpi { .. } => "Not found.\n",
            Unanswered::Address(_) => "The address cannot be understood.\n",
            Unanswered::Erased => "Erased.\n",
            Unanswered::BadLink => "This link cannot be used.\n",
            Unanswered::Busy => "Too many pages are being computed. Try again in a moment.\n",
            _ => "Something went wrong. The server's log says what.\n",
        })
    }
}
