//! A run: claim it, compose its edition, publish that with one outbox row per recipient.

use crate::compose::Composed;
use crate::mail::message_id;
use crate::worker::{LEASE, Place, Worker};
use crate::{DeliveryError, Due};
use jiff::Timestamp;
use lettre::message::Mailbox;
use pegel_kpi::period::Period;
use pegel_store::outbox::NewDelivery;
use pegel_store::runs::{Claim, RunKey};
use pegel_store::{Store, StoreError};
use std::collections::HashSet;

/// One run of a report. Its fields are its whole input, so that it can be made again from the command line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunReport {
    /// The report's name, such as `weekly`.
    pub report: String,
    /// The nominal period.
    pub period: Period,
    /// 0, or higher where a person asked for a new one.
    pub revision: i32,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It made this edition.
    Published { edition: i64, deliveries: usize },
    /// It was made before: this is its edition.
    Done { edition: i64 },
    /// Another worker is at it, or has taken it over because this one took too long.
    Taken,
}

impl From<Due> for RunReport {
    fn from(due: Due) -> RunReport {
        RunReport { report: due.report, period: due.period, revision: 0 }
    }
}

impl RunReport {
    /// A run with a new revision, as a person asks for it: the last one if that has no edition yet (0 if the period was
    /// never run), else one more.
    ///
    /// # Errors
    /// If the database fails.
    pub fn new_revision(store: &Store, report: &str, period: Period) -> Result<RunReport, DeliveryError> {
        let last = store.last_revision(report, &period.to_string())?;
        let revision = match last {
            None => 0,
            Some(last) => match store.edition_id(report, &period.to_string(), last)? {
                None => last,
                Some(_) => last + 1,
            },
        };
        Ok(RunReport { report: report.to_owned(), period, revision })
    }

    /// What makes it unique.
    pub fn key(&self) -> RunKey {
        RunKey { report: self.report.clone(), period: self.period.to_string(), revision: self.revision }
    }

    /// Makes the run, unless it was made before or is being made. After a failure it is free for another try.
    ///
    /// # Errors
    /// If the report cannot be composed or the database fails.
    pub fn make(&self, worker: &Worker) -> Result<Outcome, DeliveryError> {
        let now = worker.clock.now();
        match worker.store.claim_run(&self.key(), now.as_second(), (now + LEASE).as_second())? {
            Claim::Taken => Ok(Outcome::Taken),
            Claim::Done { edition } => Ok(Outcome::Done { edition }),
            Claim::Ours { run } => {
                worker.reached(Place::Claimed);
                self.make_claimed(worker, run, now).inspect_err(|error| give_back(worker, run, error))
            }
        }
    }

    fn make_claimed(&self, worker: &Worker, run: i64, now: Timestamp) -> Result<Outcome, DeliveryError> {
        let composed = worker.compose.compose(self, now).map_err(|error| DeliveryError::Compose {
            report: self.report.clone(),
            period: self.period.to_string(),
            error,
        })?;
        worker.reached(Place::Composed);
        let deliveries = outbox_rows(&composed, &worker.sender);
        match worker.store.publish(run, &composed.edition, &deliveries) {
            Ok(edition) => {
                worker.reached(Place::Published);
                Ok(Outcome::Published { edition, deliveries: deliveries.len() })
            }
            // We took longer than our lease. What the other one does with the run is left to it.
            Err(StoreError::RunLost { .. }) => Ok(Outcome::Taken),
            Err(error) => Err(error.into()),
        }
    }
}

/// Ends the claim after a failure. If even that fails, the claim ends with its lease.
fn give_back(worker: &Worker, run: i64, error: &DeliveryError) {
    if let Err(second) = worker.store.fail_run(run, worker.clock.now().as_second(), &error.to_string()) {
        tracing::warn!(run, error = %second, "the failure of a run could not be recorded; its lease will run out");
    }
}

/// One row per recipient. Rows are made for unreadable addresses too: the outbox shows what became of each.
fn outbox_rows(composed: &Composed, sender: &Mailbox) -> Vec<NewDelivery> {
    let edition = &composed.edition;
    let mut seen = HashSet::new();
    let rows = composed.recipients.iter().filter(|recipient| seen.insert(address_of(recipient))).map(|recipient| {
        let id = message_id(
            &edition.report,
            &edition.period,
            edition.revision,
            &edition.checksum,
            &address_of(recipient),
            sender,
        );
        NewDelivery { recipient: recipient.trim().to_owned(), message_id: id }
    });
    rows.collect()
}

/// The bare address by which two spellings of a recipient are the same.
fn address_of(recipient: &str) -> String {
    let mailbox: Result<Mailbox, _> = recipient.parse();
    mailbox.map_or_else(|_| recipient.trim().to_owned(), |mailbox| mailbox.email.to_string().to_lowercase())
}
