//! The outbox worker: claim a row, commit, hand over its mail or what goes to a channel beside mail, record the answer.

use crate::DeliveryError;
use crate::channel::message::{About, Message};
use crate::mail::{Mail, MailError, Unsubscribe};
use crate::mailer::Session;
use crate::refusal::{Refusal, RefusalKind};
use crate::worker::{Step, Worker};
use jiff::{SignedDuration, Timestamp};
use pegel_report::address;
use pegel_report::bulletin::Bulletin;
use pegel_store::StoreError;
use pegel_store::edition::{Artefact, Audience, EditionHead, Rendition, STATEMENTS};
use pegel_store::lease::Lease;
use pegel_store::notices::Notice;
use pegel_store::outbox::{Channel, Content, Delivery, Fault, Refused};
use pegel_text::digest::sha256;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// After this many unreachable servers in a row a round hands over no more mails: the others wait for the next tick,
/// untouched.
const UNREACHABLE_IN_A_ROW: usize = 2;

/// The fewest attempts before a mail is given up, however old it is: if Pegel was off for a week, it has made none.
const LEAST_ATTEMPTS: i32 = 8;

/// The longest wait between two attempts.
const LONGEST_BACKOFF: SignedDuration = SignedDuration::from_hours(4);

/// Half of what four digits of a hash are at most.
const MIDDLE: i64 = 0x8000;

/// The back-off after a failed write of the record: at first, and at most.
const RECORD_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_RECORD_PAUSE: Duration = Duration::from_secs(10);

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drained {
    pub delivered: usize,
    /// Failed, to be tried again later.
    pub postponed: usize,
    pub given_up: usize,
    /// Not sent, since their recipients want no more of them.
    pub unsubscribed: usize,
}

/// How long to wait after that many failed attempts, before it is [`spread`]. If the server is unreachable, not for long: once it is back,
/// everybody wants their mail.
pub fn backoff(attempts: i32, kind: RefusalKind) -> SignedDuration {
    let minutes = match attempts {
        ..=1 => 1,
        2 => 5,
        3 => 15,
        _ if kind == RefusalKind::Unreachable => 15,
        4 => 60,
        _ => return LONGEST_BACKOFF,
    };
    SignedDuration::from_mins(minutes)
}

/// The same, up to a fifth shorter or longer, so that mails that failed together do not all come back together. Always the
/// same for a delivery and its attempt.
fn spread(wait: SignedDuration, delivery: i64, attempts: i32) -> SignedDuration {
    let hash = sha256(format!("{delivery}:{attempts}"));
    let drawn = hash.get(..4).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or(MIDDLE);
    let fifth = wait.as_secs() / 5;
    wait + SignedDuration::from_secs(fifth * (drawn - MIDDLE) / MIDDLE)
}

/// What an audience gets of an edition.
type ToMail = (EditionHead, Rendition);

/// What becomes of a claimed row.
enum Prepared {
    Mail(Box<Mail>),
    /// For a channel beside mail.
    Message(Box<Message>),
    /// There is nothing to send, and there will be nothing.
    Refused(Refusal),
    /// The recipient wants no more mails of the report.
    Unwanted,
}

/// What a round knows of those that it hands over to.
struct Round<'a> {
    session: Session<'a>,
    /// How many mail servers could not be reached in a row.
    unreachable: usize,
    /// The channels that could not be reached: each costs a round the time of one attempt.
    unreachable_channels: HashMap<String, Refusal>,
}

impl From<Result<Mail, MailError>> for Prepared {
    fn from(mail: Result<Mail, MailError>) -> Prepared {
        mail.map_or_else(|error| Prepared::Refused(Refusal::permanent(error)), |mail| Prepared::Mail(Box::new(mail)))
    }
}

impl Worker {
    /// Hands over what waits in the outbox and is due, one after the other, until nothing is left or the worker is stopped.
    /// If the mail server cannot be reached, or is to get no more mails now, only what goes elsewhere.
    ///
    /// # Errors
    /// If the database fails. What was handed over but could not be recorded is handed over again when its lease ends.
    pub fn drain(&self) -> Result<Drained, DeliveryError> {
        let mut drained = Drained::default();
        let mut latest: Option<ToMail> = None;
        let mut round = Round { session: self.mailer.session(), unreachable: 0, unreachable_channels: HashMap::new() };
        self.record_what_is_out()?;
        self.give_back_what_is_unanswered()?;
        while !self.is_stopping() && self.has_room() {
            let mails = round.unreachable < UNREACHABLE_IN_A_ROW && self.has_turn()?;
            let until = self.may_record_until();
            let lease = self.lease();
            let Some(row) = self.claim(&lease, mails)? else { break };
            self.reached(Step::DeliveryClaimed);
            let prepared = self.prepare(&row, &mut latest).inspect_err(|_| self.give_back(&row, &lease))?;
            let handed_over = match prepared {
                Prepared::Mail(mail) => self.hand_over_mail(&mail, &mut round),
                Prepared::Message(message) => self.hand_over_message(&row.recipient, &message, &mut round),
                Prepared::Refused(refusal) => Err(refusal),
                Prepared::Unwanted => {
                    self.record(until, || self.store.record_unsubscribed(row.id))?;
                    let (delivery, content, recipient) = (row.id, row.content, row.recipient);
                    tracing::info!(delivery, %content, recipient, "not sent: the recipient has unsubscribed");
                    drained.unsubscribed += 1;
                    continue;
                }
            };
            match handed_over {
                Ok(answer) => {
                    let at = self.clock.now();
                    self.reached(Step::HandedOver);
                    self.memory().unrecorded.insert(row.id, (at, answer.clone()));
                    self.record(until, || self.store.record_delivered(row.id, at.as_second(), &answer))?;
                    self.memory().unrecorded.remove(&row.id);
                    tracing::info!(
                        delivery = row.id,
                        content = %row.content,
                        recipient = row.recipient,
                        channel = row.channel.word(),
                        answer,
                        "mail handed over"
                    );
                    drained.delivered += 1;
                }
                Err(refusal) => match self.record_refusal(&row, &refusal, until)? {
                    Some(_) => drained.postponed += 1,
                    None => drained.given_up += 1,
                },
            }
        }
        Ok(drained)
    }

    fn hand_over_mail(&self, mail: &Mail, round: &mut Round) -> Result<String, Refusal> {
        let handed_over = round.session.hand_over(mail);
        if let Some(pace) = &mut self.memory().pace {
            pace.went(Instant::now());
        }
        let is_unreachable = handed_over.as_ref().is_err_and(|refusal| refusal.kind == RefusalKind::Unreachable);
        round.unreachable = if is_unreachable { round.unreachable + 1 } else { 0 };
        handed_over
    }

    fn hand_over_message(&self, channel: &str, message: &Message, round: &mut Round) -> Result<String, Refusal> {
        if let Some(refusal) = round.unreachable_channels.get(channel) {
            return Err(refusal.clone());
        }
        let handed_over = self.channels.hand_over(channel, message, self.clock.now());
        let handed_over = handed_over.map_err(|failed| failed.refusal);
        if let Err(refusal) = &handed_over
            && refusal.kind == RefusalKind::Unreachable
        {
            round.unreachable_channels.insert(channel.to_owned(), refusal.clone());
        }
        handed_over
    }

    /// Whether there is room to record what is handed over; logs once if there is none.
    fn has_room(&self) -> bool {
        let held = self.store.hold_room();
        let said = std::mem::replace(&mut self.memory().said_no_room, held.is_err());
        if let Err(error) = &held
            && !said
        {
            tracing::error!(%error, "mails are held back until there is room on the disk");
        }
        held.is_ok()
    }

    /// Whether the pace lets one more mail go, possibly after a moment. If not, what is left waits for the next tick.
    fn has_turn(&self) -> Result<bool, StoreError> {
        let wait = self.memory().pace.as_ref().map_or(Duration::ZERO, |pace| pace.wait(Instant::now()));
        if wait.is_zero() {
            return Ok(true);
        }
        let held_back = self.store.is_delivery_due(self.clock.now().as_second())?;
        if !held_back || wait > self.patience {
            tracing::debug!(held_back, "the mail server was handed as many mails within a minute as it may");
            return Ok(false);
        }
        let until = Instant::now() + wait;
        while Instant::now() < until && !self.is_stopping() {
            std::thread::sleep(RECORD_PAUSE.min(until.saturating_duration_since(Instant::now())));
        }
        Ok(!self.is_stopping())
    }

    /// Records the mails that were handed over while the database failed. Until this succeeds, no other is handed over.
    fn record_what_is_out(&self) -> Result<(), StoreError> {
        let unrecorded = self.memory().unrecorded.clone();
        for (delivery, (at, answer)) in unrecorded {
            match self.store.record_delivered(delivery, at.as_second(), &answer) {
                Ok(()) => tracing::info!(delivery, answer, "the mail that was handed over is on record now"),
                Err(error @ StoreError::UnknownDelivery { .. }) => {
                    tracing::error!(%error, "a delivered mail is missing from the outbox");
                }
                Err(error) => return Err(error),
            }
            self.memory().unrecorded.remove(&delivery);
        }
        Ok(())
    }

    /// Claims the next row. That the database did not answer is remembered: it may have taken the claim all the same.
    fn claim(&self, lease: &Lease, mails: bool) -> Result<Option<Delivery>, StoreError> {
        let claimed = if mails { self.store.claim_delivery(lease) } else { self.store.claim_beside_mail(lease) };
        claimed.inspect_err(|_| self.memory().unanswered.push(lease.clone()))
    }

    /// Gives back the claims of which nothing came, so that they need not wait for their leases to end.
    fn give_back_what_is_unanswered(&self) -> Result<(), StoreError> {
        let unanswered = self.memory().unanswered.clone();
        for lease in unanswered {
            self.store.give_claims_back(&lease)?;
            self.memory().unanswered.retain(|other| *other != lease);
        }
        Ok(())
    }

    /// What becomes of a claimed row.
    ///
    /// # Errors
    /// If the database fails: then nothing is known of the row.
    fn prepare(&self, row: &Delivery, latest: &mut Option<ToMail>) -> Result<Prepared, StoreError> {
        match &row.content {
            Content::Rendition { edition, audience } => self.prepare_rendition(row, (*edition, audience), latest),
            Content::Notice(notice) => self.prepare_notice(row, *notice),
        }
    }

    /// The same of an edition. Rows of one audience mostly come together; what it gets is read once.
    fn prepare_rendition(
        &self,
        row: &Delivery,
        (edition, audience): (i64, &Audience),
        latest: &mut Option<ToMail>,
    ) -> Result<Prepared, StoreError> {
        let is_it = |(head, rendition): &ToMail| head.id == edition && rendition.audience == *audience;
        if !latest.as_ref().is_some_and(is_it) {
            *latest = self.store.rendition(edition, audience)?;
        }
        let Some((head, rendition)) = latest else {
            let answer = format!("edition {edition} is not in the archive");
            return Ok(Prepared::Refused(Refusal::permanent(answer)));
        };
        if row.channel != Channel::Mail {
            return Ok(message_of_edition(row, head, rendition));
        }
        let address = address::bare(&row.recipient);
        if self.store.unsubscribed_since(&head.report, &address)?.is_some() {
            return Ok(Prepared::Unwanted);
        }
        let unsubscribe = match self.letterhead.base() {
            Some(base) => {
                Some(Unsubscribe { base, page: self.link_key()?.page_of(&head.report, &address, &audience.locale) })
            }
            None => None,
        };
        Ok(Mail::new(head, rendition, &self.letterhead, row, unsubscribe).into())
    }

    /// The same of a notice.
    fn prepare_notice(&self, row: &Delivery, id: i64) -> Result<Prepared, StoreError> {
        let Some(notice) = self.store.notice(id)? else {
            return Ok(Prepared::Refused(Refusal::permanent(format!("there is no notice {id}"))));
        };
        Ok(match row.channel {
            Channel::Mail => Mail::of_notice(notice, &self.letterhead, row).into(),
            _ => message_of_notice(row, notice),
        })
    }

    /// Gives a claim back of which nothing came. If even that fails, it is given back at the next look.
    fn give_back(&self, row: &Delivery, lease: &Lease) {
        if let Err(error) = self.store.give_delivery_back(row.id) {
            tracing::warn!(delivery = row.id, %error, "a claimed mail could not be given back yet");
            self.memory().unanswered.push(lease.clone());
        }
    }

    /// Records the outcome of a mail. Unrecorded, it would go out again: so this retries as long as the claim lasts,
    /// whatever goes wrong, and gives up early only if the worker must stop.
    fn record(&self, until: Instant, record: impl Fn() -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut pause = RECORD_PAUSE;
        loop {
            let error = match record() {
                Ok(()) => return Ok(()),
                Err(error @ StoreError::UnknownDelivery { .. }) => return Err(error),
                Err(error) => error,
            };
            if pause == RECORD_PAUSE {
                tracing::warn!(%error, "the outcome of a delivery could not be recorded yet; trying again");
            }
            self.store.give_room_away();
            if self.must_stop() || Instant::now() + pause > until {
                return Err(error);
            }
            self.wait(pause);
            pause = (pause * 2).min(LONGEST_RECORD_PAUSE);
        }
    }

    /// Waits, but no longer than a stopping worker may.
    fn wait(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while Instant::now() < until && !self.must_stop() {
            std::thread::sleep(RECORD_PAUSE.min(until.saturating_duration_since(Instant::now())));
        }
    }

    /// Records a failed attempt and returns how long the mail is postponed; `None` if it is given up.
    fn record_refusal(
        &self,
        row: &Delivery,
        refusal: &Refusal,
        until: Instant,
    ) -> Result<Option<SignedDuration>, DeliveryError> {
        let now = self.clock.now();
        let wait = self.wait_after(row, refusal, now);
        let refused = Refused {
            fault: if refusal.kind == RefusalKind::Unreachable { Fault::Operator } else { Fault::Recipient },
            answer: &refusal.answer,
            retry_at: wait.map(|wait| (now + wait).as_second()),
        };
        self.record(until, || self.store.record_failed(row.id, now.as_second(), &refused))?;
        let (delivery, content, recipient) = (row.id, &row.content, &row.recipient);
        let (attempts, answer) = (row.attempts, &refusal.answer);
        if let Some(wait) = wait {
            let retry_in_minutes = wait.as_mins();
            tracing::warn!(
                delivery,
                %content,
                recipient,
                attempts,
                retry_in_minutes,
                answer,
                "mail not accepted, will be tried again"
            );
        } else {
            tracing::error!(delivery, %content, recipient, attempts, answer, "mail not accepted, given up");
        }
        Ok(wait)
    }

    /// How long a mail waits for its next attempt; `None`: it is given up.
    fn wait_after(&self, row: &Delivery, refusal: &Refusal, now: Timestamp) -> Option<SignedDuration> {
        let waited = SignedDuration::from_secs(now.as_second() - row.queued_at);
        let tried_enough = waited >= self.give_up_after && row.attempts >= LEAST_ATTEMPTS;
        let wait = || {
            let ours = spread(backoff(row.attempts, refusal.kind), row.id, row.attempts);
            // Whoever asks for more time gets it, but keeps nobody from asking again the same day.
            refusal.wait.map_or(ours, |theirs| ours.max(theirs.min(LONGEST_BACKOFF)))
        };
        (refusal.kind != RefusalKind::Permanent && !tried_enough).then(wait)
    }
}

/// What goes to a channel of an edition.
fn message_of_edition(row: &Delivery, head: &EditionHead, rendition: &Rendition) -> Prepared {
    let EditionHead { id, report, period, revision, created_at, .. } = head;
    let about = About::Edition { edition: *id, report: report.clone(), period: period.clone(), revision: *revision };
    let stored = rendition.artefact(STATEMENTS).and_then(Artefact::text);
    message(row, about, *created_at, stored.as_deref())
}

/// The same of a notice.
fn message_of_notice(row: &Delivery, notice: Notice) -> Prepared {
    let Notice { rule, created_at, statements, .. } = notice;
    message(row, About::Alert { rule }, created_at, statements.as_deref())
}

fn message(row: &Delivery, about: About, created_at: i64, stored: Option<&str>) -> Prepared {
    match stored.and_then(Bulletin::from_json) {
        Some(bulletin) => Prepared::Message(Box::new(Message::new(&row.message_id, about, created_at, bulletin))),
        None => Prepared::Refused(Refusal::permanent("its statements were erased, so there is nothing to send")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_ever_later_but_soon_once_the_server_is_back() {
        let minutes = |kind| (1..=7).map(|attempts| backoff(attempts, kind).as_mins()).collect::<Vec<_>>();
        assert_eq!(minutes(RefusalKind::Transient), [1, 5, 15, 60, 240, 240, 240]);
        assert_eq!(minutes(RefusalKind::Unreachable), [1, 5, 15, 15, 15, 15, 15]);
    }

    #[test]
    fn mails_that_failed_together_come_back_one_by_one() {
        let hour = SignedDuration::from_hours(1);
        let waits: Vec<i64> = (1..=1000).map(|delivery| spread(hour, delivery, 4).as_secs()).collect();
        assert!(waits.iter().all(|seconds| (2880..=4320).contains(seconds)), "{waits:?}");
        // All over that time, and hardly any two at once.
        let in_fifth = |at: i64| waits.iter().filter(|seconds| (**seconds - 2880) / 288 == at).count();
        assert!((0..5).all(|at| in_fifth(at) > 120), "{waits:?}");
        let mut apart = waits.clone();
        apart.sort_unstable();
        apart.dedup();
        assert!(apart.len() > 650, "{}", apart.len());
        // The same whenever it is asked, another at another attempt.
        assert_eq!(spread(hour, 7, 4), spread(hour, 7, 4));
        assert_ne!(spread(hour, 7, 4), spread(hour, 7, 5));
        assert!((48..=72).contains(&spread(SignedDuration::from_mins(1), 7, 1).as_secs()));
    }
}
