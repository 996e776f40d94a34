//! Looks at the clock every half minute, in UTC: it only asks what is due, it does not decide.

use crate::{DeliveryError, Worker};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio_cron_scheduler::{Job, JobScheduler};

/// At second 0 and 30 of every minute.
const EVERY_HALF_MINUTE: &str = "*/30 * * * * *";

/// Ticks until it is stopped.
pub struct Ticker {
    scheduler: JobScheduler,
    worker: Arc<Worker>,
    /// Held while a tick is under way.
    busy: Arc<Mutex<()>>,
}

impl Ticker {
    /// Starts ticking, within a tokio runtime.
    ///
    /// # Errors
    /// If the scheduler cannot be started.
    pub async fn start(worker: Arc<Worker>) -> Result<Ticker, DeliveryError> {
        Ticker::start_with(worker, EVERY_HALF_MINUTE).await
    }

    /// Starts ticking at the instants of a cron expression with seconds, in UTC.
    ///
    /// # Errors
    /// If the expression cannot be read, or the scheduler cannot be started.
    pub async fn start_with(worker: Arc<Worker>, cron: &str) -> Result<Ticker, DeliveryError> {
        let scheduler = JobScheduler::new().await?;
        let busy = Arc::new(Mutex::new(()));
        let (for_ticks, held) = (Arc::clone(&worker), Arc::clone(&busy));
        let job = Job::new_async(cron, move |_, _| {
            let (worker, busy) = (Arc::clone(&for_ticks), Arc::clone(&held));
            Box::pin(tick(worker, busy))
        })?;
        scheduler.add(job).await?;
        scheduler.start().await?;
        Ok(Ticker { scheduler, worker, busy })
    }

    /// Stops ticking and waits for the run or mail in hand.
    pub async fn stop(mut self) {
        self.worker.stop();
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the ticker did not stop in order");
        }
        let _last_tick_has_ended = self.busy.lock().await;
    }
}

/// One tick, unless the one before is still under way.
async fn tick(worker: Arc<Worker>, busy: Arc<Mutex<()>>) {
    let Ok(_held) = busy.try_lock_owned() else { return };
    // The database and the mail server block.
    if let Err(error) = tokio::task::spawn_blocking(move || worker.tick_once()).await {
        tracing::error!(%error, "a tick broke off");
    }
}
