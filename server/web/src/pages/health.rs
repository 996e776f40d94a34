//! `/healthz`: whether this server is alive, and whether all is in order, for whoever watches it.

use super::blocking;
use crate::State;
use crate::problems::{MailTrouble, files_not_in_order};
use actix_web::{HttpResponse, web};
use pegel_store::outbox::Held;
use serde_json::{Value as Json, json};

/// 503 if the database does not answer. Else 200: what is not in order is for people to mend; to start the server again
/// would not.
pub(crate) async fn check(state: web::Data<State>) -> HttpResponse {
    let looked = blocking(&state, |state| {
        state.store.editions(1, 0)?;
        Ok((files_not_in_order(state), MailTrouble::now(state)?.held))
    });
    match looked.await {
        Ok((files, held)) => {
            let mut problems: Vec<Json> = files.iter().map(|problem| json!(problem)).collect();
            problems.extend(held.map(of_mails));
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

fn of_mails(held: Held) -> Json {
    let Held { mails, since, answer } = held;
    json!({ "about": "mails", "waiting": mails, "since": since, "message": answer })
}
