//! `pegel deliveries …`: mails, what became of them, and sending them again.

use crate::cli::{self, Global};
use crate::ending::{Done, Ending, Failure, answer, broke, usage};
use anyhow::anyhow;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_store::Store;
use pegel_store::attempts::{Attempt, Outcome};
use pegel_store::edition::{Edition, EditionHead};
use pegel_store::notices::Notice;
use pegel_store::outbox::{Channel, Content, Delivery, DeliveryState, Wanted};
use pegel_text::clean::one_line;
use pegel_text::stamps::stamp;
use pegel_text::words::Words;

/// Runs one of the commands on mails.
pub fn run(command: cli::Deliveries, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let (store, zone) = (home.store()?, home.config.zone());
    match command {
        cli::Deliveries::List(command) => list(&command, &store, &zone),
        cli::Deliveries::Show { delivery } => show(delivery, &store, &zone),
        cli::Deliveries::Resend(command) => resend(command, &store, global.clock().now()),
    }
}

fn list(command: &cli::ListDeliveries, store: &Store, zone: &TimeZone) -> Ending {
    let state = match (command.failed, command.waiting) {
        (true, _) => Some(DeliveryState::Failed),
        (_, true) => Some(DeliveryState::Pending),
        _ => None,
    };
    check_edition(command.edition, store)?;
    let wanted = Wanted { edition: command.edition, state, ids: Vec::new() };
    let words = Words::english();
    for delivery in store.deliveries_like(&wanted).map_err(broke)? {
        let Delivery { id, ref content, state, .. } = delivery;
        let (recipient, answered) = (recipient_of(&delivery), answer_of(&delivery));
        let at = stamp(delivery.delivered_at.or(delivery.attempted_at).unwrap_or(delivery.queued_at), zone);
        answer(format_args!("{id}\t{}\t{content}\t{recipient}\t{at}\t{answered}", word(state, &words)));
    }
    Ok(Done::InOrder)
}

fn show(id: i64, store: &Store, zone: &TimeZone) -> Ending {
    let delivery = find(id, store)?;
    let at = |seconds: i64| stamp(seconds, zone);
    answer(format_args!("state       {}", word(delivery.state, &Words::english())));
    answer(format_args!("recipient   {}", recipient_of(&delivery)));
    match delivery.content {
        Content::Rendition { edition, .. } => {
            if let Some(Edition { head, .. }) = store.edition(edition).map_err(broke)? {
                let EditionHead { report, period, revision, .. } = head;
                answer(format_args!("edition     {edition}, {report} {period}, revision {revision}"));
            }
        }
        Content::Notice(notice) => {
            if let Some(Notice { rule, subject, .. }) = store.notice(notice).map_err(broke)? {
                answer(format_args!("notice      {notice}, alert {rule}: {}", one_line(&subject)));
            }
        }
    }
    answer(format_args!("message-id  {}", delivery.message_id));
    answer(format_args!("queued      {}", at(delivery.queued_at)));
    answer(format_args!("attempts    {}", delivery.attempts));
    if let Some(attempted) = delivery.attempted_at {
        answer(format_args!("tried last  {}", at(attempted)));
    }
    if delivery.state == DeliveryState::Pending {
        answer(format_args!("next try    {}", at(delivery.due_at)));
    }
    if let Some(delivered) = delivery.delivered_at {
        answer(format_args!("delivered   {}", at(delivered)));
    }
    answer(format_args!("answer      {}", answer_of(&delivery)));
    for Attempt { number, at: ended, outcome, answer: said } in store.attempts(id).map_err(broke)? {
        let outcome = word_of(outcome);
        answer(format_args!("attempt {number}\t{}\t{outcome}\t{}", at(ended), one_line(&said)));
    }
    Ok(Done::InOrder)
}

fn resend(command: cli::Resend, store: &Store, now: Timestamp) -> Ending {
    check_edition(command.edition, store)?;
    for id in &command.deliveries {
        find(*id, store)?;
    }
    let state = command.failed.then_some(DeliveryState::Failed);
    let wanted = Wanted { edition: command.edition, state, ids: command.deliveries };
    let mails = store.resend(&wanted, now.as_second()).map_err(broke)?;
    match mails {
        0 => answer("no mail is to be sent again"),
        _ => answer(Words::english().say("mails_go_again", [("count", mails.into())])),
    }
    Ok(Done::InOrder)
}

fn find(id: i64, store: &Store) -> Result<Delivery, Failure> {
    let wanted = Wanted { ids: vec![id], ..Wanted::default() };
    let found = store.deliveries_like(&wanted).map_err(broke)?.pop();
    found.ok_or_else(|| usage(anyhow!("there is no delivery {id}; `pegel deliveries list` lists them")))
}

fn check_edition(edition: Option<i64>, store: &Store) -> Result<(), Failure> {
    match edition {
        Some(id) if store.edition(id).map_err(broke)?.is_none() => Err(usage(anyhow!("there is no edition {id}"))),
        _ => Ok(()),
    }
}

fn word(state: DeliveryState, words: &Words) -> String {
    words.say(&format!("delivery_{}", state.word()), [])
}

fn word_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered => "delivered",
        Outcome::Postponed => "not accepted",
        Outcome::GivenUp => "given up",
    }
}

/// An address; of a channel beside mail its kind and name.
fn recipient_of(delivery: &Delivery) -> String {
    let recipient = one_line(&delivery.recipient);
    match delivery.channel {
        Channel::Mail => recipient.into_owned(),
        Channel::Unknown => format!("channel {recipient}"),
        channel => format!("{} {recipient}", channel.word()),
    }
}

fn answer_of(delivery: &Delivery) -> String {
    one_line(delivery.answer.as_deref().unwrap_or("–")).into_owned()
}
