//! `/healthz`: whether this server is alive, and whether all is in order, for monitoring.

use super::blocking;
use crate::State;
use crate::problem::{About, Problem};
use crate::problems::{self, Standing};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// Monitoring does not wait long, and a database that is down would keep it waiting.
const PATIENCE: Duration = Duration::from_secs(3);

/// 503 if the database does not answer. Otherwise 200: people must mend what is not in order; a restart would not help.
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

/// The log says why it does not answer.
fn silent_database() -> Problem {
    let message = "the database does not answer".to_owned();
    Problem { about: About::Database, name: "database".to_owned(), message }
}
