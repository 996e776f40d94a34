//! One look at the clock: run what is due, send what waits. The ticker and the tests call this.

use crate::outbox::Drained;
use crate::schedule::{Scheduled, due};
use crate::{DeliveryError, Made, RunReport, Worker};
use jiff::{SignedDuration, Timestamp};
use pegel_kpi::time::period::Period;
use std::collections::HashSet;

/// How long after a failure a run is retried.
pub const RUN_RETRY: SignedDuration = SignedDuration::from_mins(10);

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// The editions that were made.
    pub published: Vec<i64>,
    /// How many runs, evaluations of alerts, or looks at the schedules or the outbox, failed. Each is logged.
    pub failures: usize,
    pub outbox: Drained,
}

impl Worker {
    /// Makes the runs that are due, lets alerts be evaluated, and hands over the mails that wait. What fails is logged and does not keep the rest
    /// from being done.
    pub fn tick_once(&self) -> Ticked {
        let mut ticked = Ticked::default();
        if let Err(error) = self.tidy_up() {
            tracing::error!(%error, "stale claims could not be released");
            ticked.failures += 1;
        }
        match self.owed() {
            Ok(runs) => runs.iter().take_while(|_| !self.is_stopping()).for_each(|run| self.make(run, &mut ticked)),
            Err(error) => {
                tracing::error!(%error, "the runs that are due could not be determined");
                ticked.failures += 1;
            }
        }
        if let Some(watch) = self.watch.as_ref().filter(|_| !self.is_stopping()) {
            ticked.failures += watch.look(self.clock.now());
        }
        match self.drain() {
            Ok(drained) => ticked.outbox = drained,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be emptied");
                ticked.failures += 1;
            }
        }
        ticked
    }

    /// The runs that are due now, without those that failed a moment ago.
    fn owed(&self) -> Result<Vec<RunReport>, DeliveryError> {
        let now = self.clock.now();
        let schedules = self.compose.schedules().map_err(DeliveryError::Schedules)?;
        let reported = self.reported(&schedules, now)?;
        let owed = schedules.iter().flat_map(|schedule| {
            let done = |period: &Period| reported.contains(&(schedule.report.clone(), period.to_string()));
            due(schedule, &done, now)
        });
        let memory = self.memory();
        // A failure in the future was recorded before the clock was set back, and is no reason to wait.
        let lately = |at: &Timestamp| (SignedDuration::ZERO..RUN_RETRY).contains(&now.duration_since(*at));
        let failed_lately = |run: &RunReport| memory.failed_at.get(run).is_some_and(lately);
        Ok(owed.map(RunReport::from).filter(|run| !failed_lately(run)).collect())
    }

    /// The reports and periods whose due run is done, as far as schedules look back.
    fn reported(&self, all: &[Scheduled], now: Timestamp) -> Result<HashSet<(String, String)>, DeliveryError> {
        let oldest = all.iter().filter_map(|scheduled| scheduled.past(now).pop()).map(|due| due.period.instants().end);
        let Some(oldest) = oldest.min() else { return Ok(HashSet::new()) };
        // No run of a period is claimed before that has ended.
        Ok(self.store.reported(oldest)?.into_iter().collect())
    }

    fn make(&self, run: &RunReport, ticked: &mut Ticked) {
        let (report, period) = (&run.report, run.period.to_string());
        match run.make(self) {
            Ok(Made::Taken) => {}
            Ok(Made::Found { edition, mails }) => {
                tracing::info!(report, period, edition, mails, "the edition was in the archive; its mails are queued");
            }
            Ok(Made::Published { edition, mails }) => {
                tracing::info!(report, period, edition, mails, "edition published");
                ticked.published.push(edition);
            }
            Err(error) => {
                ticked.failures += 1;
                // A database that was busy is asked again at the next tick.
                let waits = matches!(error, DeliveryError::Compose { .. });
                let retry_in_minutes = if waits { RUN_RETRY.as_mins() } else { 0 };
                tracing::error!(report, period, retry_in_minutes, %error, "run failed");
                if waits {
                    self.memory().failed_at.insert(run.clone(), self.clock.now());
                }
            }
        }
    }
}
