//! Every address that shows nothing.

use crate::failure::Failure;
use actix_web::HttpResponse;

/// There is no such page.
pub(crate) async fn page() -> Result<HttpResponse, Failure> {
    Err(Failure::NoPage)
}
