//! One look at the clock: run what is due, send what waits. The ticker and the tests call this.

use crate::outbox::Drained;
use crate::schedule::{LOOK_BACK, due};
use crate::{DeliveryError, Outcome, RunReport, Worker};
use jiff::{SignedDuration, Timestamp};
use pegel_kpi::period::Period;
use pegel_store::runs::RunKey;
use std::collections::HashSet;

/// How long after a failure a run is tried again.
pub const RUN_RETRY: SignedDuration = SignedDuration::from_mins(10);

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// The editions that were made.
    pub published: Vec<i64>,
    /// How many runs, or looks at the schedules or the outbox, failed. Each is logged.
    pub failures: usize,
    pub outbox: Drained,
}

impl Worker {
    /// Makes the runs that are due and hands over the mails that wait. What fails is logged and does not keep the rest
    /// from being done.
    pub fn tick_once(&self) -> Ticked {
        let mut ticked = Ticked::default();
        match self.owed() {
            Ok(runs) => runs.iter().take_while(|_| !self.is_stopping()).for_each(|run| self.make(run, &mut ticked)),
            Err(error) => {
                tracing::error!(%error, "what is due could not be found out");
                ticked.failures += 1;
            }
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
        let reported = self.reported(now)?;
        let owed = schedules.iter().flat_map(|schedule| {
            let done = |period: &Period| reported.contains(&(schedule.report.clone(), period.to_string()));
            due(schedule, &done, now)
        });
        let failed_at = self.failed_at();
        let failed_lately = |run: &RunReport| failed_at.get(run).is_some_and(|at| now.duration_since(*at) < RUN_RETRY);
        Ok(owed.map(RunReport::from).filter(|run| !failed_lately(run)).collect())
    }

    /// The reports and periods with an edition, as far as schedules look back.
    fn reported(&self, now: Timestamp) -> Result<HashSet<(String, String)>, DeliveryError> {
        const PAGE: i64 = 200;
        // One week more, since the latest due instant may be a week old.
        let weeks = i64::try_from(LOOK_BACK).expect("a small number") + 1;
        let since = now.as_second() - weeks * 7 * 24 * 3600;
        let (mut reported, mut offset, mut oldest) = (HashSet::new(), 0, i64::MAX);
        while oldest >= since {
            let heads = self.store.editions(PAGE, offset)?;
            oldest = heads.last().map_or(i64::MIN, |head| head.created_at);
            offset += PAGE;
            reported.extend(heads.into_iter().map(|head| (head.report, head.period)));
        }
        Ok(reported)
    }

    fn make(&self, run: &RunReport, ticked: &mut Ticked) {
        let RunKey { report, period, revision } = run.key();
        match run.make(self) {
            Ok(Outcome::Taken | Outcome::Done { .. }) => {}
            Ok(Outcome::Published { edition, deliveries }) => {
                tracing::info!(report, period, revision, edition, deliveries, "edition published");
                ticked.published.push(edition);
            }
            Err(error) => {
                let retry_in_minutes = RUN_RETRY.as_mins();
                tracing::error!(report, period, revision, retry_in_minutes, %error, "run failed");
                ticked.failures += 1;
                self.failed_at().insert(run.clone(), self.clock.now());
            }
        }
    }
}
