//! A run: claim it, compose its edition, publish that with one outbox row per recipient.

use crate::compose::Recipient;
use crate::mail::message_id;
use crate::worker::{Step, Worker};
use crate::{DeliveryError, Occasion, RunReport};
use jiff::Timestamp;
use pegel_report::manifest::seal;
use pegel_report::signature::signed;
use pegel_store::StoreError;
use pegel_store::edition::{Edition, NewEdition, Rendition, STATEMENTS, TEXT};
use pegel_store::outbox::{Channel, NewDelivery};
use pegel_store::runs::Claim;
use std::collections::HashSet;

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It made this edition and queued this many mails.
    Published { edition: i64, mails: usize },
    /// This edition was in the archive already and says the same; this many mails were queued.
    Found { edition: i64, mails: usize },
    /// Another worker is at it, or has taken it over because this one took too long.
    Taken,
}

impl RunReport {
    /// Makes the run, unless it was made before or is being made. After a failure it is free for another try.
    ///
    /// # Errors
    /// If the report cannot be composed or the database fails.
    pub fn make(&self, worker: &Worker) -> Result<Made, DeliveryError> {
        match worker.store.claim_run(&self.key(), &worker.lease())? {
            Claim::Taken => Ok(Made::Taken),
            Claim::Done { edition } => self.find(worker, edition),
            Claim::Ours { run, revision } => {
                worker.reached(Step::Claimed);
                self.make_claimed(worker, run, revision).inspect_err(|error| give_back(worker, run, error))
            }
        }
    }

    fn make_claimed(&self, worker: &Worker, run: i64, revision: i32) -> Result<Made, DeliveryError> {
        let now = worker.clock.now();
        let edition = worker.compose.compose(self, revision, now).map_err(|error| self.failed(error))?;
        worker.reached(Step::Composed);
        let outcome = match self.made_by_hand(worker, &edition)? {
            Some(found) => self.adopt(worker, run, &found, now),
            None => self.publish(worker, run, &edition),
        };
        match outcome {
            // We took longer than our lease; the run is now the other worker's.
            Err(DeliveryError::Store(StoreError::RunLost { .. })) => Ok(Made::Taken),
            other => other.inspect(|_| worker.reached(Step::Published)),
        }
    }

    /// For a due run, the latest edition of the period, made by hand, if it says the same.
    fn made_by_hand(&self, worker: &Worker, made: &NewEdition) -> Result<Option<Edition>, DeliveryError> {
        if self.occasion != Occasion::Due {
            return Ok(None);
        }
        let Some(latest) = worker.store.latest_edition(&self.report, &made.period)? else { return Ok(None) };
        Ok(worker.store.edition(latest)?.filter(|stored| worker.compose.says_the_same(stored, made)))
    }

    fn publish(&self, worker: &Worker, run: i64, edition: &NewEdition) -> Result<Made, DeliveryError> {
        let recipients = self.recipients(worker)?;
        let mut count = 0;
        let id = worker.store.publish(run, edition, |previous| {
            let seal = signed(seal(edition, previous), worker.signing_key.as_ref());
            let mails = self.mails(worker, &recipients, &edition.renditions, edition.revision, &seal.checksum);
            count = mails.len();
            (seal, mails)
        })?;
        Ok(Made::Published { edition: id, mails: count })
    }

    fn adopt(&self, worker: &Worker, run: i64, found: &Edition, now: Timestamp) -> Result<Made, DeliveryError> {
        let mails = worker.store.adopt(run, found.head.id, now.as_second(), &self.mails_of(worker, found)?)?;
        Ok(Made::Found { edition: found.head.id, mails })
    }

    /// The edition exists; its mails may still be wanted.
    fn find(&self, worker: &Worker, edition: i64) -> Result<Made, DeliveryError> {
        let wanted = matches!(self.occasion, Occasion::ByHand { send: true, .. });
        let Some(found) = worker.store.edition(edition)?.filter(|_| wanted) else {
            return Ok(Made::Found { edition, mails: 0 });
        };
        let mails = self.mails_of(worker, &found)?;
        let mails = worker.store.queue(edition, worker.clock.now().as_second(), &mails)?;
        Ok(Made::Found { edition, mails })
    }

    /// Who gets a mail or the like, by the key of each; empty if nobody does.
    fn recipients(&self, worker: &Worker) -> Result<Vec<(String, Recipient)>, DeliveryError> {
        if matches!(self.occasion, Occasion::ByHand { send: false, .. }) {
            return Ok(Vec::new());
        }
        let recipients = worker.compose.recipients(&self.report).map_err(|error| self.failed(error))?;
        let mut seen = HashSet::new();
        let each = recipients.into_iter().map(|recipient| (recipient.to.key(), recipient));
        Ok(each.filter(|(key, _)| seen.insert(key.clone())).collect())
    }

    /// The mails of an edition that is in the archive.
    fn mails_of(&self, worker: &Worker, found: &Edition) -> Result<Vec<NewDelivery>, DeliveryError> {
        let Edition { head, renditions, .. } = found;
        Ok(self.mails(worker, &self.recipients(worker)?, renditions, head.revision, &head.checksum))
    }

    /// One row of the outbox per recipient, of the rendition that is theirs: who has none, since they were not to get the
    /// edition when it was made, is not sent that of others; nor is there a mail where nothing needed one. Rows are made
    /// for unreadable addresses too: the outbox shows what became of each.
    fn mails(
        &self,
        worker: &Worker,
        recipients: &[(String, Recipient)],
        renditions: &[Rendition],
        revision: i32,
        checksum: &str,
    ) -> Vec<NewDelivery> {
        let period = self.period.to_string();
        let mut mails = Vec::with_capacity(recipients.len());
        for (key, Recipient { to, audience, reply_to, forms }) in recipients {
            let rendition = renditions.iter().find(|rendition| rendition.audience == *audience);
            let needed = if to.channel().is_some() { STATEMENTS } else { TEXT };
            match rendition {
                Some(rendition) if rendition.artefact(needed).is_some() => {}
                Some(rendition) if rendition.artefact(TEXT).is_none() => continue,
                _ => {
                    tracing::warn!(
                        report = self.report,
                        period,
                        recipient = to.text(),
                        "the edition was not made for this recipient"
                    );
                    continue;
                }
            }
            mails.push(NewDelivery {
                audience: audience.clone(),
                channel: to.channel().map_or(Channel::Mail, |name| worker.channels.kind_of(name)),
                recipient: to.text().trim().to_owned(),
                message_id: message_id(&self.report, &period, revision, checksum, key, worker.letterhead.sender()),
                reply_to: reply_to.clone(),
                forms: forms.iter().map(|form| form.name().to_owned()).collect(),
            });
        }
        mails
    }

    fn failed(&self, error: Box<dyn std::error::Error + Send + Sync>) -> DeliveryError {
        DeliveryError::Compose { report: self.report.clone(), period: self.period.to_string(), error }
    }
}

/// Ends the claim after a failure. If even that fails, the claim ends with its lease.
fn give_back(worker: &Worker, run: i64, error: &DeliveryError) {
    if let Err(second) = worker.store.fail_run(run, worker.clock.now().as_second(), &error.to_string()) {
        tracing::warn!(run, error = %second, "the failure of a run could not be recorded; its lease will expire");
    }
}
