//! All that delivery works with, handed in.

use crate::{Clock, Compose, DeliveryError, Mailer, RunReport};
use jiff::{SignedDuration, Timestamp};
use lettre::message::Mailbox;
use pegel_store::Store;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long a claim holds: longer than a report takes to compose, and than a conversation with a mail server.
pub const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// A place on the way of a report at which a process may die. Whatever is reached is committed up to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A run is claimed.
    Claimed,
    /// Its edition is composed, not stored.
    Composed,
    /// The edition and its outbox rows are stored.
    Published,
    /// A row of the outbox is claimed.
    DeliveryClaimed,
    /// Its mail is handed over, which is not recorded.
    HandedOver,
}

/// Is told of every place reached. A test dies there, as a process does.
type Probe = Arc<dyn Fn(Place) + Send + Sync>;

/// Makes runs and hands over mails. Several may work on one database, in one process or in many.
pub struct Worker {
    pub(crate) store: Store,
    pub(crate) compose: Arc<dyn Compose>,
    pub(crate) mailer: Mailer,
    pub(crate) sender: Mailbox,
    pub(crate) clock: Clock,
    probe: Probe,
    stopping: AtomicBool,
    /// When runs failed last, so that a broken report is not tried at every tick. Forgotten at a restart.
    failed_at: Mutex<HashMap<RunReport, Timestamp>>,
}

impl Worker {
    /// `sender` is the address that mails come from, such as `Pegel <reports@example.com>`.
    ///
    /// # Errors
    /// If `sender` is no address.
    pub fn new(
        store: Store,
        compose: Arc<dyn Compose>,
        mailer: Mailer,
        sender: &str,
        clock: Clock,
    ) -> Result<Worker, DeliveryError> {
        let sender = sender.parse().map_err(|_| DeliveryError::Sender { address: sender.to_owned() })?;
        let (probe, stopping, failed_at): (Probe, _, _) = (Arc::new(|_| ()), AtomicBool::new(false), Mutex::default());
        Ok(Worker { store, compose, mailer, sender, clock, probe, stopping, failed_at })
    }

    /// Calls `probe` at every place reached.
    #[must_use]
    pub fn with_probe(self, probe: impl Fn(Place) + Send + Sync + 'static) -> Worker {
        Worker { probe: Arc::new(probe), ..self }
    }

    /// Lets a tick under way end after the run or mail in hand.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub(crate) fn reached(&self, place: Place) {
        (self.probe)(place);
    }

    pub(crate) fn failed_at(&self) -> MutexGuard<'_, HashMap<RunReport, Timestamp>> {
        self.failed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
