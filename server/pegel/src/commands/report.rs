//! `pegel report …`

mod asked;
mod diff;
mod evidence;
mod key;
mod listed;
mod new;
mod preview;
mod recipients;
mod render;
mod show;
mod written;

pub use written::write_out;

use crate::cli::{self, Global, Verified};
use crate::composer::{Composer, failure};
use crate::ending::{Done, Ending, Failure, answer, broke, note, usage};
use crate::home::Home;
use crate::post;
use anyhow::anyhow;
use pegel_delivery::{Clock, DeliveryError, Made, Occasion, RunReport, Worker};
use pegel_report::ReportError;
use pegel_report::definition;
use pegel_report::manifest::seal;
use pegel_report::signature::PublicKey;
use pegel_report::verify::{Damage, Findings, Item, verify, verify_signer};
use pegel_store::Store;
use pegel_store::edition::{Edition, SourceHash};
use pegel_store::outbox::DeliveryState;
use pegel_text::clean::plain_spaces;
use pegel_text::digest::sha256;
use pegel_text::words::Words;
use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

/// The message if another process holds the claim of a run.
pub const TAKEN: &str =
    "another process is making this edition; if that runs on another machine and was killed, try again in ten minutes";

/// Runs one of the commands on reports.
pub fn run(command: cli::Report, global: &Global) -> Ending {
    // Opened where it is needed: whoever was handed a file to verify has none.
    let home = || global.open(&global.home());
    match command {
        cli::Report::List { json } => listed::run(json, &home()?, global.clock().now()),
        cli::Report::Show { name, json } => show::run(&name, json, &home()?, global.clock().now()),
        cli::Report::New { name, every } => new::run(&name, &every, &home()?),
        cli::Report::Preview(command) => preview::run(&command, &home()?, &global.clock()),
        cli::Report::Run(command) => make(&command, &home()?, global.clock()),
        cli::Report::Recipients { name, json } => recipients::list(&name, json, &home()?),
        cli::Report::Subscribe { name, address } => recipients::subscribe(&name, &address, &home()?),
        cli::Report::Diff { old, new, audience, json } => {
            let home = home()?;
            let store = home.store()?;
            diff::run([&stored(old, &store)?, &stored(new, &store)?], audience, json, &store, &home.format())
        }
        cli::Report::Render(command) => {
            let home = home()?;
            render::run(&command, &home.path, &stored(command.edition, &home.store()?)?)
        }
        cli::Report::Verify { of: Some(Verified::File(file)), key } => evidence::verify(&file, key.as_ref()),
        cli::Report::Verify { of: Some(Verified::Edition(edition)), key } => {
            check_one(edition, key.as_ref(), &home()?.store()?)
        }
        cli::Report::Verify { of: None, key } => check_all(key.as_ref(), &home()?.store()?),
        cli::Report::Export { edition, out } => evidence::export(&stored(edition, &home()?.store()?)?, &out),
        cli::Report::Key => key::run(&home()?.path),
    }
}

fn make(command: &cli::Run, home: &Home, clock: Clock) -> Ending {
    let definition = definition::find(&home.path, &command.name).map_err(usage)?;
    let period = asked::period(&definition, command.period.as_deref(), &clock)?;
    let store = home.store()?;
    if let Some(folder) = &command.out {
        let composer = Composer::for_once(home, store)?;
        let made = composer.compose(&definition, &period, (0, None), clock.now()).map_err(failure)?;
        let manifest = seal(&made.edition, None).manifest;
        write_out(folder, &made.edition.renditions, &manifest).map_err(broke)?;
        answer(folder.display());
        return Ok(Done::InOrder);
    }
    // An edition of half a week would take the place of the one that is due when the week is over.
    if period.instants().end > clock.now().as_second() {
        return Err(usage(anyhow!(
            "{period} is not over yet; --out DIR shows what there is so far, and stores nothing"
        )));
    }
    let live = home.live(&store, clock.clone())?;
    let composer = Composer::new(home, store.clone(), live.clone())?;
    let worker = worker(home, store.clone(), composer, clock)?.patiently();
    worker.tidy_up().map_err(broke)?;
    let occasion = Occasion::ByHand { again: command.again, send: command.send };
    let run = RunReport { report: command.name.clone(), period, occasion, reason: command.reason.clone() };
    let made = run.make(&worker).map_err(run_failure);
    live.write_health(true);
    let (edition, place, mails) = match made? {
        Made::Published { edition, mails } => (edition, "in the archive", mails),
        Made::Found { edition, mails } => (edition, "in the archive already", mails),
        Made::Taken => return Err(broke(anyhow!("{TAKEN}"))),
    };
    if command.reason.is_some() && store.edition(edition).map_err(broke)?.is_some_and(|made| made.head.reason.is_none())
    {
        note("this is the first edition of its period and corrects none: the reason was not kept");
    }
    let period = plain_spaces(&home.format().period_name(&run.period.to_string()));
    let edition_of = format!("edition {edition} of {period}");
    if command.send {
        return send(&worker, &store, edition, &format!("{edition_of}, {place}"), mails);
    }
    answer(format_args!("{edition_of}, {place}; nobody was mailed"));
    Ok(Done::InOrder)
}

/// A wrong definition, template or period of a run is wrong usage.
fn run_failure(error: DeliveryError) -> Failure {
    let is_usage =
        |source: &(dyn Error + Send + Sync + 'static)| source.downcast_ref().is_some_and(ReportError::is_usage);
    match &error {
        DeliveryError::Compose { error: cause, .. } if is_usage(cause.as_ref()) => usage(error),
        _ => broke(error),
    }
}

/// Empties the outbox; succeeds if the mails of this edition were handed over.
fn send(worker: &Worker, store: &Store, edition: i64, made: &str, queued: usize) -> Ending {
    worker.drain().map_err(broke)?;
    let mut deliveries = store.deliveries(Some(edition)).map_err(broke)?;
    let all = deliveries.len();
    deliveries.retain(|delivery| delivery.state != DeliveryState::Unsubscribed);
    let unsubscribed = match all - deliveries.len() {
        0 => String::new(),
        count => format!(", {count} unsubscribed"),
    };
    let undelivered: Vec<_> = deliveries.iter().filter(|delivery| delivery.delivered_at.is_none()).collect();
    for delivery in &undelivered {
        note(format_args!("{}: {}", delivery.recipient, delivery.answer.as_deref().unwrap_or("waiting")));
    }
    let mailed = match (deliveries.len(), deliveries.len() - undelivered.len()) {
        (0, _) if all == 0 => {
            "nobody was mailed: the report has no recipients, or nothing in it needed a mail".to_owned()
        }
        (all, delivered) if queued == 0 && delivered == all => "everybody was mailed before".to_owned(),
        (all, delivered) => format!("{delivered} of {all} mails handed over"),
    };
    answer(format_args!("{made}; {mailed}{unsubscribed}"));
    if undelivered.is_empty() { Ok(Done::InOrder) } else { Err(broke(anyhow!("not all mails could be handed over"))) }
}

/// The worker that makes runs and sends mails for a home.
///
/// # Errors
/// If the mail transport is configured wrongly, or the home's key is none.
pub fn worker(home: &Home, store: Store, composer: Composer, clock: Clock) -> Result<Worker, Failure> {
    let mailer = post::mailer(home)?;
    let letterhead = post::letterhead(&home.config).map_err(usage)?;
    let pace = post::pace(home, &mailer);
    let worker = Worker::new(store, Arc::new(composer), mailer, letterhead, clock).at_a_pace(pace);
    let worker = worker.telling(post::channels(home));
    Ok(worker.giving_up_after(home.config.mail.give_up_after()).signing_with(key::of_home(&home.path)?))
}

/// The edition of that number.
fn stored(id: i64, store: &Store) -> Result<Edition, Failure> {
    store.edition(id).map_err(broke)?.ok_or_else(|| usage(anyhow!("there is no edition {id}")))
}

fn check_one(id: i64, key: Option<&PublicKey>, store: &Store) -> Ending {
    let edition = stored(id, store)?;
    let intact = Check { key, store, texts: HashMap::new() }.is_intact(&edition)?;
    Ok(if intact { Done::InOrder } else { Done::NotInOrder })
}

/// Checks all editions, oldest first, and names those that were published but are gone.
fn check_all(key: Option<&PublicKey>, store: &Store) -> Ending {
    let ids = store.edition_ids().map_err(broke)?;
    let mut damaged = 0;
    let mut check = Check { key, store, texts: HashMap::new() };
    for id in &ids {
        if let Some(edition) = store.edition(*id).map_err(broke)? {
            damaged += usize::from(!check.is_intact(&edition)?);
        }
    }
    let lost = store.lost_editions().map_err(broke)?;
    for (report, period, revision) in &lost {
        answer(format_args!("the edition of {report} {period}, revision {revision}, is missing"));
    }
    let count = Words::english().say("counted_editions", [("count", ids.len().into())]);
    if damaged + lost.len() == 0 {
        answer(format_args!("{count} verified, none damaged"));
        return Ok(Done::InOrder);
    }
    answer(format_args!("{count} verified, {damaged} damaged, {} missing", lost.len()));
    Ok(Done::NotInOrder)
}

/// Checks editions one after the other.
struct Check<'a> {
    /// With which they must be signed.
    key: Option<&'a PublicKey>,
    store: &'a Store,
    /// Whether the text that is kept under a hash has that hash, or none is kept: editions share most files.
    texts: HashMap<String, bool>,
}

impl Check<'_> {
    /// Prints the findings about an edition; returns whether it is as published, except for what was erased, and signed
    /// with the key, if one is given.
    fn is_intact(&mut self, edition: &Edition) -> Result<bool, Failure> {
        let head = &edition.head;
        let before = self.store.checksum_before(&head.report, head.id).map_err(broke)?;
        let Findings { mut damages, erased } = verify(edition, before.as_deref());
        for SourceHash { kind, name, sha256, .. } in &edition.sources {
            if !self.is_kept(sha256)? {
                damages.push(Damage::Text(Item::Source { kind: kind.clone(), name: name.clone() }));
            }
        }
        damages.extend(self.key.and_then(|key| verify_signer(edition, key)));
        for damage in &damages {
            answer(format_args!("edition {}: {damage}", head.id));
        }
        for erasure in &erased {
            answer(format_args!("edition {}: {erasure}", head.id));
        }
        if damages.is_empty() {
            let but = if erased.is_empty() { "" } else { ", but for what was erased" };
            answer(format_args!("edition {} is as it was published{but}: {}", head.id, head.checksum));
        }
        Ok(damages.is_empty())
    }

    /// Whether the text that is kept under a hash has that hash, or none is kept.
    fn is_kept(&mut self, hash: &str) -> Result<bool, Failure> {
        if let Some(known) = self.texts.get(hash) {
            return Ok(*known);
        }
        let text = self.store.version_text(hash).map_err(broke)?;
        let is_kept = text.is_none_or(|text| sha256(text) == hash);
        self.texts.insert(hash.to_owned(), is_kept);
        Ok(is_kept)
    }
}
