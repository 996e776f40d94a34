//! The shape of editions as JSON, for programs that read them.

use actix_web::HttpResponse;
use pegel_report::forms::JSON_SCHEMA;

/// The JSON Schema of editions.
pub(crate) async fn of_editions() -> HttpResponse {
    HttpResponse::Ok().content_type("application/schema+json").body(JSON_SCHEMA)
}
