//! `/healthz`: whether this server is alive, and whether all is in order, for whoever watches it.

use super::blocking;
use crate::State;
use crate::problems::{self, About, MailTrouble, Problem};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

/// 503 if the database does not answer. Else 200: what is not in order is for people to mend; to start the server again
/// would not.
pub(crate) async fn check(state: web::Data<State>) -> HttpResponse {
    let looked = blocking(&state, |state| {
        state.store.editions(1, 0)?;
        let mut problems = problems::all(state);
        problems.extend(MailTrouble::now(state)?.problem());
        Ok(problems)
    });
    match looked.await {
        Ok(problems) => HttpResponse::Ok().json(said(true, &problems)),
        Err(error) => {
            tracing::warn!(%error, "the health check failed");
            HttpResponse::ServiceUnavailable().json(said(false, &[silent_database()]))
        }
    }
}

fn said(alive: bool, problems: &[Problem]) -> Value {
    json!({ "alive": alive, "in_order": problems.is_empty(), "problems": problems })
}

/// Why it does not answer stands in the log.
fn silent_database() -> Problem {
    let message = "the database does not answer".to_owned();
    Problem { about: About::Database, name: "database".to_owned(), message }
}
