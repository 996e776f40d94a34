//! The answer to unknown addresses.

use crate::unanswered::Unanswered;
use actix_web::HttpResponse;

/// Says that there is no such page.
pub(crate) async fn page() -> Result<HttpResponse, Unanswered> {
    Err(Unanswered::NoPage)
}
