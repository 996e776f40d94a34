//! All that delivery works with, handed in.

use crate::channel::Channels;
use crate::{Clock, Compose, Letterhead, Mailer, Pace, RunReport, Watch, process};
use jiff::{SignedDuration, Timestamp};
use pegel_report::signature::SigningKey;
use pegel_report::unsubscribe::{KEY_LENGTH, LinkKey};
use pegel_store::lease::Lease;
use pegel_store::{Store, StoreError};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long a claim holds: longer than a report takes to compose, and than a conversation with a mail server.
pub const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// How long mails that are not taken are retried by default; see [`Worker::giving_up_after`].
pub const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// How long a stopping worker keeps trying to record that a mail was handed over.
const LAST_RECORDING: Duration = Duration::from_secs(5);

/// How long a tick waits for the pace to let the next mail go: whoever waits longer waits for the next tick, and due reports
/// do not wait for mails.
const PATIENCE: Duration = Duration::from_secs(5);

/// A point in the making of a report at which a process may die. What happens before it is committed by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A run is claimed.
    Claimed,
    /// Its edition is composed, not stored.
    Composed,
    /// The edition and its outbox rows are stored.
    Published,
    /// A row of the outbox is claimed.
    DeliveryClaimed,
    /// Its mail is handed over, but this is not recorded.
    HandedOver,
}

/// Called at every step reached. A test dies there, as a process would.
type Probe = Arc<dyn Fn(Step) + Send + Sync>;

/// Makes runs and hands over mails. Several may work on one database, in one process or in many.
pub struct Worker {
    pub(crate) store: Store,
    pub(crate) compose: Arc<dyn Compose>,
    pub(crate) watch: Option<Arc<dyn Watch>>,
    pub(crate) mailer: Mailer,
    pub(crate) channels: Channels,
    pub(crate) letterhead: Letterhead,
    pub(crate) clock: Clock,
    pub(crate) give_up_after: SignedDuration,
    /// How long a mail may be waited for that the pace holds back.
    pub(crate) patience: Duration,
    lease: SignedDuration,
    holder: Option<String>,
    probe: Probe,
    /// When it was told to stop.
    stopping: OnceLock<Instant>,
    memory: Mutex<Memory>,
    link_key: OnceLock<LinkKey>,
    pub(crate) signing_key: Option<SigningKey>,
}

/// State that a restart forgets.
#[derive(Default)]
pub(crate) struct Memory {
    /// When runs failed last, so that a broken report is not tried at every tick.
    pub failed_at: HashMap<RunReport, Timestamp>,
    /// Mails that were handed over but are not recorded yet, by delivery: when it was, and what the server said. None
    /// of them is handed over again.
    pub unrecorded: BTreeMap<i64, (Timestamp, String)>,
    /// Claims of which nothing came while the database was away: it did not answer, and may have taken them all the same,
    /// or they could not be given back.
    pub unanswered: Vec<Lease>,
    /// How many mails go within a minute; `None`: as many as there are.
    pub pace: Option<Pace>,
    /// Whether the full disk was logged.
    pub said_no_room: bool,
}

impl Worker {
    /// The store should have connections of its own: a page that waits for one must not keep a delivery from being
    /// recorded.
    pub fn new(
        store: Store,
        compose: Arc<dyn Compose>,
        mailer: Mailer,
        letterhead: Letterhead,
        clock: Clock,
    ) -> Worker {
        Worker {
            store,
            compose,
            watch: None,
            mailer,
            channels: Channels::none(),
            letterhead,
            clock,
            give_up_after: GIVE_UP_AFTER,
            patience: PATIENCE,
            lease: LEASE,
            holder: process::this(),
            probe: Arc::new(|_| ()),
            stopping: OnceLock::new(),
            memory: Mutex::default(),
            link_key: OnceLock::new(),
            signing_key: None,
        }
    }

    /// Lets this one watch, at every tick.
    #[must_use]
    pub fn watching(self, watch: Arc<dyn Watch>) -> Worker {
        Worker { watch: Some(watch), ..self }
    }

    /// Hands over to these channels, beside mail.
    #[must_use]
    pub fn telling(self, channels: Channels) -> Worker {
        Worker { channels, ..self }
    }

    /// Retries mails that are not taken for this long.
    #[must_use]
    pub fn giving_up_after(self, give_up_after: SignedDuration) -> Worker {
        Worker { give_up_after, ..self }
    }

    /// Hands over no more mails than that. Those beyond wait in the outbox, which counts as no attempt.
    #[must_use]
    pub fn at_a_pace(self, pace: Option<Pace>) -> Worker {
        self.memory().pace = pace;
        self
    }

    /// Waits for all mails that its pace holds back, for commands that end when everything is sent.
    #[must_use]
    pub fn patiently(self) -> Worker {
        Worker { patience: Duration::MAX, ..self }
    }

    /// Signs the editions it publishes, if there is a key.
    #[must_use]
    pub fn signing_with(self, signing_key: Option<SigningKey>) -> Worker {
        Worker { signing_key, ..self }
    }

    /// Claims with another lease than [`LEASE`], for tests that cannot wait ten minutes.
    #[must_use]
    pub fn claiming_for(self, lease: SignedDuration) -> Worker {
        Worker { lease, ..self }
    }

    /// Claims in the name of another process, so that a test can pretend that it is gone.
    #[must_use]
    pub fn in_the_name_of(self, holder: String) -> Worker {
        Worker { holder: Some(holder), ..self }
    }

    /// Calls `probe` at every place reached.
    #[must_use]
    pub fn with_probe(self, probe: impl Fn(Step) + Send + Sync + 'static) -> Worker {
        Worker { probe: Arc::new(probe), ..self }
    }

    /// Lets a running tick end after its current run or mail.
    pub fn stop(&self) {
        self.stopping.get_or_init(Instant::now);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get().is_some()
    }

    /// Whether it was told to stop so long ago that even a delivered mail must stay unrecorded.
    pub(crate) fn must_stop(&self) -> bool {
        self.stopping.get().is_some_and(|since| since.elapsed() >= LAST_RECORDING)
    }

    /// Until when a mail claimed now may be recorded, by the monotonic clock: shortly before the claim ends, so that no
    /// other worker has it by then.
    pub(crate) fn may_record_until(&self) -> Instant {
        Instant::now() + self.lease.unsigned_abs() * 29 / 30
    }

    /// A claim from now on.
    pub(crate) fn lease(&self) -> Lease {
        let now = self.clock.now();
        Lease { now: now.as_second(), until: (now + self.lease).as_second(), holder: self.holder.clone() }
    }

    /// Ends the claims of processes that are gone, and corrects what was written while the clock was ahead.
    ///
    /// # Errors
    /// If the database fails.
    pub fn tidy_up(&self) -> Result<(), StoreError> {
        let lease = self.lease();
        for holder in self.store.lease_holders()?.iter().filter(|holder| process::is_gone(holder)) {
            let claims = self.store.end_leases_of(holder, lease.now)?;
            tracing::warn!(holder, claims, "released the claims of a process that is gone");
        }
        let right = self.store.put_right(&lease)?;
        if !right.is_nothing() {
            let (claims, early_runs, mails, early_mails) =
                (right.leases, right.early_runs, right.mails, right.early_mails);
            tracing::warn!(
                claims,
                early_runs,
                mails,
                early_mails,
                "the clock was ahead: claims and mails from the future are free again, early runs will be made when they are due"
            );
        }
        Ok(())
    }

    /// What links are signed with by which recipients get no more mails; made at first need.
    pub(crate) fn link_key(&self) -> Result<&LinkKey, StoreError> {
        if self.link_key.get().is_none() {
            let fresh: [u8; KEY_LENGTH] = rand::random();
            let key = LinkKey::new(self.store.link_key_or(&fresh)?);
            // Another thread can only have come by the same one.
            let _ = self.link_key.set(key);
        }
        Ok(self.link_key.get().expect("it was set"))
    }

    pub(crate) fn reached(&self, step: Step) {
        (self.probe)(step);
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
