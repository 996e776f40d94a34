//! `/healthz`: whether this server is alive, and whether all is in order, for whoever watches it.

use super::blocking;
use crate::State;
use crate::problems::files_not_in_order;
use actix_web::{HttpResponse, web};
use serde_json::json;

/// 503 if the database does not answer. Else 200: what is not in order is for people to mend; to start the server again
/// would not.
pub(crate) async fn check(state: web::Data<State>) -> HttpResponse {
    let looked = blocking(&state, |state| {
        state.store.editions(1, 0)?;
        Ok(files_not_in_order(state))
    });
    match looked.await {
        Ok(problems) => {
            let in_order = problems.is_empty();
            HttpResponse::Ok().json(json!({ "alive": true, "in_order": in_order, "problems": problems }))
        }
        Err(error) => {
            tracing::warn!(%error, "the health check failed");
            let problems = json!([{ "about": "database", "message": "the database does not answer" }]);
            let body = json!({ "alive": false, "in_order": false, "problems": problems });
            HttpResponse::ServiceUnavailable().json(body)
        }
    }
}
