//! `/healthz`: whether this server is alive, and whether all is in order, for whoever watches it.

use super::blocking;
use crate::State;
use crate::problem::{About, Problem};
use crate::problems::{self, Standing};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// Monitoring does not wait for long, and a database that is away would keep it waiting.
const PATIENCE: Duration = Duration::from_secs(3);

/// 503 if the database does not answer. Else 200: what is not in order is for people to mend; to start the server again
/// would not.
pub(crate) async fn check(state: web::Data<State>) -> HttpResponse {
    let looked = blocking(&state, |state| {
        state.store.editions(1, 0)?;
        let mut problems = problems::all(state);
        problems.extend(Standing::now(state)?.problems());
        Ok(problems)
    });
    let error = match timeout(PATIENCE, looked).await {
        Ok(Ok(problems)) => return HttpResponse::Ok().json(said(true, &problems)),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    tracing::warn!(error, "the health check failed");
    HttpResponse::ServiceUnavailable().json(said(false, &[silent_database()]))
}

fn said(alive: bool, problems: &[Problem]) -> Value {
    json!({ "alive": alive, "in_order": problems.is_empty(), "problems": problems })
}

/// Why it does not answer stands in the log.
fn silent_database() -> Problem {
    let message = "the database does not answer".to_owned();
    Problem { about: About::Database, name: "database".to_owned(), message }
}
