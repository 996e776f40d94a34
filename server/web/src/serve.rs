//! Listening and answering until told to stop.

use crate::address::check_loopback;
use crate::{State, WebError, routes};
use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use std::net::TcpListener;

/// Seconds that running requests are given when the server is told to stop; delivery needs some after them.
const GRACE_SECONDS: u64 = 5;

/// Whatever takes long runs on threads of its own, so that one is enough to listen.
const LISTENING: usize = 1;

/// As many pages as this are made at a time; further ones wait. Each thread keeps memory for the next page that it makes.
const MAKING: usize = 8;

/// Answers until the process is told to stop (SIGINT, SIGTERM), then finishes the running requests.
///
/// # Errors
/// If the listener is not on loopback, or the operating system takes it away.
pub async fn serve(state: State, listener: TcpListener) -> Result<(), WebError> {
    server(state, listener)?.await.map_err(WebError::Stopped)
}

/// The server that [`serve`] runs, for callers that stop it through [`Server::handle`].
///
/// # Errors
/// If the listener is not on loopback.
pub fn server(state: State, listener: TcpListener) -> Result<Server, WebError> {
    let address = check_loopback(listener.local_addr().map_err(WebError::Listen)?)?;
    let state = web::Data::new(state);
    let server = HttpServer::new(move || App::new().app_data(state.clone()).configure(routes))
        .workers(LISTENING)
        .worker_max_blocking_threads(MAKING)
        .shutdown_timeout(GRACE_SECONDS)
        .listen(listener)
        .map_err(WebError::Listen)?
        .run();
    tracing::info!(%address, "answering at http://{address}/");
    Ok(server)
}
