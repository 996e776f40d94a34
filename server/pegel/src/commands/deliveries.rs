//! `pegel deliveries …`: mails, what became of them, and sending them again.

use crate::cli::{self, Global};
use crate::ending::{Done, Ending, Failure, answer, broke, usage};
use anyhow::anyhow;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_store::Store;
use pegel_store::outbox::{Delivery, DeliveryState, Wanted};
use pegel_text::clean::one_line;

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
    for delivery in store.deliveries_like(&wanted).map_err(broke)? {
        let Delivery { id, edition, state, .. } = delivery;
        let (recipient, answered) = (one_line(&delivery.recipient), answer_of(&delivery));
        let at = instant(delivery.delivered_at.or(delivery.attempted_at).unwrap_or(delivery.queued_at), zone);
        answer(format_args!("{id}\t{}\tedition {edition}\t{recipient}\t{at}\t{answered}", word(state)));
    }
    Ok(Done::InOrder)
}

fn show(id: i64, store: &Store, zone: &TimeZone) -> Ending {
    let delivery = find(id, store)?;
    let at = |instant_: i64| instant(instant_, zone);
    answer(format_args!("state       {}", word(delivery.state)));
    answer(format_args!("recipient   {}", one_line(&delivery.recipient)));
    if let Some(edition) = store.edition(delivery.edition).map_err(broke)? {
        let head = edition.head;
        let named = format!("{}, {} {}, revision {}", delivery.edition, head.report, head.period, head.revision);
        answer(format_args!("edition     {named}"));
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
        1 => answer("1 mail goes out again, within half a minute where the server runs"),
        _ => answer(format_args!("{mails} mails go out again, within half a minute where the server runs")),
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

fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "waiting",
        DeliveryState::Sending => "being sent",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "given up",
    }
}

fn answer_of(delivery: &Delivery) -> String {
    one_line(delivery.answer.as_deref().unwrap_or("–")).into_owned()
}

/// `2026-11-16 07:00`, in the zone of the home.
fn instant(seconds: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_zoned(zone.clone());
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
