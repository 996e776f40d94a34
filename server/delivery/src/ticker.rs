//! Looks at the clock when it starts and every half minute, in UTC: it only asks what is due, it does not decide.
//!
//! The scheduler computes its next tick by the wall clock: put back by a week, it would wait for a week. So the wall
//! clock is compared with the monotonic one every second; when they diverge, that is logged, a tick is made at once,
//! and the scheduler starts afresh.

use crate::{Clock, DeliveryError, Worker};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_cron_scheduler::{Job, JobScheduler};

/// At second 0 and 30 of every minute.
const EVERY_HALF_MINUTE: &str = "*/30 * * * * *";

/// How often the two clocks are compared.
const COMPARED_EVERY: Duration = Duration::from_secs(1);
/// How far they may drift apart between two looks: slewing or a busy machine must not pass for a jump.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(10);

/// Ticks until it is stopped.
pub struct Ticker {
    worker: Arc<Worker>,
    stop: oneshot::Sender<()>,
    ticking: JoinHandle<()>,
    /// Held while a tick is running.
    busy: Arc<Mutex<()>>,
}

impl Ticker {
    /// Starts ticking, within a tokio runtime.
    ///
    /// # Errors
    /// If the scheduler cannot be started.
    pub async fn start(worker: Arc<Worker>) -> Result<Ticker, DeliveryError> {
        Ticker::start_with(worker, EVERY_HALF_MINUTE, Clock::system()).await
    }

    /// Starts ticking at the instants of a cron expression with seconds, in UTC. The clock is watched for jumps.
    ///
    /// # Errors
    /// If the expression cannot be read, or the scheduler cannot be started.
    pub async fn start_with(worker: Arc<Worker>, cron: &'static str, clock: Clock) -> Result<Ticker, DeliveryError> {
        let busy = Arc::new(Mutex::new(()));
        let scheduler = scheduler(cron, &worker, &busy).await?;
        let (stop, stopped) = oneshot::channel();
        let ticking =
            tokio::spawn(keep_ticking(scheduler, cron, clock, Arc::clone(&worker), Arc::clone(&busy), stopped));
        Ok(Ticker { worker, stop, ticking, busy })
    }

    /// Stops ticking and waits for the current run or mail.
    pub async fn stop(self) {
        self.worker.stop();
        drop(self.stop);
        if let Err(error) = self.ticking.await {
            tracing::warn!(%error, "the ticker did not stop cleanly");
        }
        let _last_tick_has_ended = self.busy.lock().await;
    }
}

async fn scheduler(cron: &str, worker: &Arc<Worker>, busy: &Arc<Mutex<()>>) -> Result<JobScheduler, DeliveryError> {
    let scheduler = JobScheduler::new().await?;
    let (worker, busy) = (Arc::clone(worker), Arc::clone(busy));
    let job = Job::new_async(cron, move |_, _| Box::pin(tick(Arc::clone(&worker), Arc::clone(&busy))))?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

/// Ticks at once, lets the scheduler tick, and sets up another one whenever the wall clock jumps.
async fn keep_ticking(
    mut scheduler: JobScheduler,
    cron: &str,
    clock: Clock,
    worker: Arc<Worker>,
    busy: Arc<Mutex<()>>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut clocks = Clocks::new(clock);
    tick(Arc::clone(&worker), Arc::clone(&busy)).await;
    loop {
        let jump = tokio::select! {
            jump = clocks.jump() => jump,
            _ = &mut stopped => break,
        };
        tracing::warn!(
            by_seconds = jump.as_secs(),
            "the clock was set, or the machine slept; checking what is due now"
        );
        shut_down(scheduler).await;
        tick(Arc::clone(&worker), Arc::clone(&busy)).await;
        scheduler = loop {
            match self::scheduler(cron, &worker, &busy).await {
                Ok(scheduler) => break scheduler,
                Err(error) => tracing::error!(%error, "the ticker could not be restarted; trying again"),
            }
            tokio::time::sleep(COMPARED_EVERY).await;
        };
    }
    shut_down(scheduler).await;
}

async fn shut_down(mut scheduler: JobScheduler) {
    if let Err(error) = scheduler.shutdown().await {
        tracing::warn!(%error, "the ticker did not stop cleanly");
    }
}

/// One tick, unless the one before is still running.
async fn tick(worker: Arc<Worker>, busy: Arc<Mutex<()>>) {
    let Ok(_held) = busy.try_lock_owned() else { return };
    // The database and the mail server block.
    if let Err(error) = tokio::task::spawn_blocking(move || worker.tick_once()).await {
        tracing::error!(%error, "a tick failed");
    }
}

/// The wall clock and the monotonic one, as they were at the last look.
struct Clocks {
    wall: Clock,
    last: (Timestamp, Instant),
}

impl Clocks {
    fn new(wall: Clock) -> Clocks {
        Clocks { last: (wall.now(), Instant::now()), wall }
    }

    /// Waits until the wall clock jumps; returns by how much.
    async fn jump(&mut self) -> SignedDuration {
        let mut looks = interval(COMPARED_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let now = (self.wall.now(), Instant::now());
            let (wall, passed) = (now.0.duration_since(self.last.0), now.1.duration_since(self.last.1));
            self.last = now;
            let apart = wall - SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
            if apart.abs() > TOLERANCE {
                return apart;
            }
        }
    }
}
