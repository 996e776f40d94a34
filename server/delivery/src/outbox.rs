//! The outbox worker: claim a row, commit, hand the mail over, record the answer.

use crate::DeliveryError;
use crate::mail::Mail;
use crate::mailer::{Refusal, RefusalKind};
use crate::worker::{LEASE, Place, Worker};
use jiff::SignedDuration;
use pegel_store::StoreError;
use pegel_store::archive::Edition;
use pegel_store::outbox::Delivery;
use std::time::Duration;

/// After this many failed attempts a delivery is given up.
pub const MAX_ATTEMPTS: i32 = 8;

/// So many refusals in a row that say “nobody there” end a round: the rest waits for the next tick, untouched.
const UNREACHABLE_IN_A_ROW: usize = 2;

/// How often it is tried to record that a mail is out. SQLite waits ten seconds each time, so that it all ends well
/// before the lease.
const RECORD_ATTEMPTS: usize = 40;
const RECORD_PAUSE: Duration = Duration::from_millis(500);

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drained {
    pub delivered: usize,
    /// Failed, to be tried again later.
    pub postponed: usize,
    pub given_up: usize,
}

/// How long to wait after that many failed attempts; `None`: give up. The attempts spread over about 13 hours.
pub fn backoff(attempts: i32) -> Option<SignedDuration> {
    let minutes = match attempts {
        ..=1 => 1,
        2 => 5,
        3 => 15,
        4 => 60,
        5..MAX_ATTEMPTS => 240,
        _ => return None,
    };
    Some(SignedDuration::from_mins(minutes))
}

impl Worker {
    /// Hands over what waits in the outbox and is due, one after the other, until nothing is left, the mail server is
    /// not there, or the worker is stopped.
    ///
    /// # Errors
    /// If the database fails. What was handed over but could not be recorded is handed over again when its lease ends.
    pub fn drain(&self) -> Result<Drained, DeliveryError> {
        let mut drained = Drained::default();
        let mut unreachable = 0;
        let mut edition: Option<Edition> = None;
        while unreachable < UNREACHABLE_IN_A_ROW && !self.is_stopping() {
            let now = self.clock.now();
            let Some(row) = self.store.claim_delivery(now.as_second(), (now + LEASE).as_second())? else { break };
            self.reached(Place::DeliveryClaimed);
            // Rows of one edition come together; it is read once.
            if edition.as_ref().is_none_or(|edition| edition.head.id != row.edition) {
                edition = self.store.edition(row.edition)?;
            }
            match self.hand_over(&row, edition.as_ref()) {
                Ok(answer) => {
                    self.reached(Place::HandedOver);
                    self.record_delivered(row.id, &answer)?;
                    tracing::info!(
                        delivery = row.id,
                        edition = row.edition,
                        recipient = row.recipient,
                        answer,
                        "mail handed over"
                    );
                    drained.delivered += 1;
                    unreachable = 0;
                }
                Err(refusal) => {
                    unreachable = if refusal.kind == RefusalKind::Unreachable { unreachable + 1 } else { 0 };
                    match self.record_refusal(&row, &refusal)? {
                        Some(_) => drained.postponed += 1,
                        None => drained.given_up += 1,
                    }
                }
            }
        }
        Ok(drained)
    }

    fn hand_over(&self, row: &Delivery, edition: Option<&Edition>) -> Result<String, Refusal> {
        let permanent = |answer: String| Refusal { kind: RefusalKind::Permanent, answer };
        let edition = edition.ok_or_else(|| permanent(format!("edition {} is not in the archive", row.edition)))?;
        let mail = Mail::new(edition, &self.sender, &row.recipient, &row.message_id)
            .map_err(|error| permanent(error.to_string()))?;
        self.mailer.hand_over(&mail)
    }

    /// Records that a mail was handed over. It is gone: as long as the database is only busy (a long import writes), it is
    /// worth waiting, for otherwise the mail would go out again.
    fn record_delivered(&self, delivery: i64, answer: &str) -> Result<(), StoreError> {
        for _ in 1..RECORD_ATTEMPTS {
            match self.store.record_delivered(delivery, self.clock.now().as_second(), answer) {
                Err(StoreError::Busy { .. }) => std::thread::sleep(RECORD_PAUSE),
                other => return other,
            }
        }
        self.store.record_delivered(delivery, self.clock.now().as_second(), answer)
    }

    /// Records a failed attempt; for how long it was postponed, `None` if it was given up.
    fn record_refusal(&self, row: &Delivery, refusal: &Refusal) -> Result<Option<SignedDuration>, DeliveryError> {
        let now = self.clock.now();
        let wait = if refusal.kind == RefusalKind::Permanent { None } else { backoff(row.attempts) };
        let retry_at = wait.map(|wait| (now + wait).as_second());
        self.store.record_failed(row.id, now.as_second(), &refusal.answer, retry_at)?;
        let (delivery, edition, recipient) = (row.id, row.edition, &row.recipient);
        let (attempts, answer) = (row.attempts, &refusal.answer);
        if let Some(wait) = wait {
            let retry_in_minutes = wait.as_mins();
            tracing::warn!(
                delivery,
                edition,
                recipient,
                attempts,
                retry_in_minutes,
                answer,
                "mail not taken, to be tried again"
            );
        } else {
            tracing::error!(delivery, edition, recipient, attempts, answer, "mail not taken, given up");
        }
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_ever_later_and_end() {
        let minutes: Vec<Option<i64>> = (1..=9).map(|attempts| backoff(attempts).map(|wait| wait.as_mins())).collect();
        let expected = [Some(1), Some(5), Some(15), Some(60), Some(240), Some(240), Some(240), None, None];
        assert_eq!(minutes, expected);
    }
}
