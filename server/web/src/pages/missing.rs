//! Every address that shows nothing.

use crate::unanswered::Unanswered;
use actix_web::HttpResponse;

/// There is no such page.
pub(crate) async fn page() -> Result<HttpResponse, Unanswered> {
    Err(Unanswered::NoPage)
}
