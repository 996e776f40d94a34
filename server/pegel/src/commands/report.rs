//! `pegel report …`

use crate::cli::{self, Global};
use crate::composer::Composer;
use crate::home::Home;
use crate::outcome::{Done, Failure, Outcome, answer, broke, usage};
use anyhow::{Context, anyhow};
use pegel_delivery::{Clock, Mailer, Outcome as Made, RunReport, Worker};
use pegel_kpi::period::{Period, zone};
use pegel_report::archive::verify;
use pegel_report::definition;
use pegel_store::Store;
use pegel_store::archive::Part;
use std::path::Path;
use std::sync::Arc;

/// Runs one of the commands on reports.
pub fn run(command: cli::Report, global: &Global) -> Outcome {
    let home = global.open(&global.home())?;
    match command {
        cli::Report::List => list(&home),
        cli::Report::Run(command) => make(&command, &home, global.clock()),
        cli::Report::Verify { edition } => check(edition, &home),
    }
}

fn list(home: &Home) -> Outcome {
    for name in definition::list(&home.path).map_err(usage)? {
        let definition = definition::find(&home.path, &name).map_err(usage)?;
        let due = definition.schedule.map_or_else(
            || "on request".to_owned(),
            |due| format!("{:?} {}, {}", due.weekday, due.at.strftime("%H:%M"), definition.zone),
        );
        answer(format_args!("{name}\t{}\t{due}\t{} recipients", definition.title.en, definition.recipients.len()));
    }
    Ok(Done::InOrder)
}

fn make(command: &cli::Run, home: &Home, clock: Clock) -> Outcome {
    let definition = definition::find(&home.path, &command.name).map_err(usage)?;
    let zone = zone(&definition.zone).map_err(usage)?;
    let period = command.period.as_deref().unwrap_or("last-week");
    let period = Period::parse(period, clock.now(), &zone).map_err(usage)?;
    let store = home.store()?;
    let composer = Composer::new(home, store.clone(), Arc::new(home.catalog()?))?;
    if let Some(folder) = &command.out {
        let made = composer.compose(&definition, &period, 0, clock.now()).map_err(broke)?;
        write_parts(folder, &made.edition.parts).map_err(broke)?;
        answer(folder.display());
        return Ok(Done::InOrder);
    }
    let worker = worker(home, store.clone(), composer, clock)?;
    let run = if command.again {
        RunReport::new_revision(&store, &command.name, period).map_err(broke)?
    } else {
        RunReport { report: command.name.clone(), period, revision: 0 }
    };
    match run.make(&worker).map_err(broke)? {
        Made::Published { edition, .. } => answer(edition),
        Made::Done { edition } => {
            eprintln!("{} {} was reported before; --again makes a new edition", run.report, run.period);
            answer(edition);
        }
        Made::Taken => return Err(broke(anyhow!("another process is making this edition right now"))),
    }
    if command.send {
        let drained = worker.drain().map_err(broke)?;
        eprintln!("{} delivered, {} postponed, {} given up", drained.delivered, drained.postponed, drained.given_up);
        if drained.postponed + drained.given_up > 0 {
            report_failures(&store)?;
            return Err(broke(anyhow!("not all mails could be handed over")));
        }
    }
    Ok(Done::InOrder)
}

fn report_failures(store: &Store) -> Result<(), Failure> {
    for delivery in store.deliveries(None).map_err(broke)?.iter().filter(|delivery| delivery.delivered_at.is_none()) {
        eprintln!("{}: {}", delivery.recipient, delivery.answer.as_deref().unwrap_or("waiting"));
    }
    Ok(())
}

/// What makes runs and sends mails for a home.
///
/// # Errors
/// If the way of mails is wrongly configured.
pub fn worker(home: &Home, store: Store, composer: Composer, clock: Clock) -> Result<Worker, Failure> {
    let mailer = Mailer::from_url(home.mail_url(), &home.path).map_err(usage)?;
    Worker::new(store, Arc::new(composer), mailer, &home.config.mail.from, clock).map_err(usage)
}

/// Writes the stored parts of an edition as files.
///
/// # Errors
/// If the folder or a file cannot be written.
pub fn write_parts(folder: &Path, parts: &[Part]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for part in parts {
        let path = folder.join(&part.name);
        std::fs::write(&path, &part.content).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

fn check(id: i64, home: &Home) -> Outcome {
    let edition = home.store()?.edition(id).map_err(broke)?;
    let edition = edition.ok_or_else(|| usage(anyhow!("there is no edition {id}")))?;
    match verify(&edition) {
        Ok(()) => {
            answer(format_args!("edition {id} is as it was published: {}", edition.head.checksum));
            Ok(Done::InOrder)
        }
        Err(damages) => {
            for damage in damages {
                answer(damage);
            }
            Ok(Done::NotInOrder)
        }
    }
}
