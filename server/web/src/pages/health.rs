//! `/healthz`: whether this server can do its work, for whoever watches it.

use super::blocking;
use crate::State;
use actix_web::{HttpResponse, web};
use serde_json::json;

/// 200 if the database answers, 503 if not.
pub(crate) async fn check(state: web::Data<State>) -> HttpResponse {
    match blocking(&state, |state| Ok(state.store.editions(1, 0)?)).await {
        Ok(_) => HttpResponse::Ok().json(json!({ "status": "ok" })),
        Err(error) => {
            tracing::warn!(%error, "the health check failed");
            HttpResponse::ServiceUnavailable().json(json!({ "status": "unavailable" }))
        }
    }
}
