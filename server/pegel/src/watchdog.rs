//! A server that is told to stop finishes its current work. If that takes too long, because a script, a database or a
//! mail server keeps it waiting, it ends all the same: whoever stopped it would kill it next. Interrupted work is taken
//! up at the next start.

use crate::ending::{Failure, broke};
use std::future::Future;
use std::time::Duration;

/// How long current work may take.
const PATIENCE: Duration = Duration::from_secs(9);

/// Watches from a thread of its own, so that nothing that hangs can block it.
///
/// # Errors
/// If the system has no thread or no signals left.
pub fn watch() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broke)?;
    let stopped = {
        let _context = runtime.enter();
        told_to_stop().map_err(broke)?
    };
    let watch = move || {
        runtime.block_on(stopped);
        std::thread::sleep(PATIENCE);
        tracing::error!("the work in progress does not end; the server stops without waiting for it");
        std::process::exit(3);
    };
    std::thread::Builder::new().name("watchdog".to_owned()).spawn(watch).map_err(broke)?;
    Ok(())
}

#[cfg(unix)]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
