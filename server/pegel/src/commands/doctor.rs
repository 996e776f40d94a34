//! `pegel doctor`: whether all is in order that a Monday needs.

use super::mail::first_failure;
use crate::cli::Global;
use crate::composer::{Composer, check, scheduled};
use crate::ending::{Done, Ending, Failure, answer, broke};
use crate::home::Home;
use crate::post;
use crate::problems;
use jiff::{SignedDuration, Timestamp};
use pegel_alert::definition as alerts;
use pegel_catalog::live::Live;
use pegel_delivery::Mailer;
use pegel_delivery::mail::Mail;
use pegel_report::address;
use pegel_report::definition::{self, ReportDefinition};
use pegel_store::Store;
use pegel_store::imports::NewestImport;
use pegel_store::outbox::{DeliveryState, Wanted};
use pegel_text::clean::one_line;
use pegel_text::stamps::stamp;
use pegel_text::words::Words;
use std::sync::Arc;

/// Data that is complete only up to longer ago than this is old for a report of last week.
const OLD: SignedDuration = SignedDuration::from_hours(8 * 24);
/// Clocks of two machines may differ by so much.
const APART: SignedDuration = SignedDuration::from_secs(60);
/// With less room than this, in bytes, a disk is nearly full.
const LITTLE_ROOM: u64 = 1 << 30;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stands {
    Well,
    /// It may do harm.
    Doubtful,
    Wrong,
}

/// What was looked at, and how it stands.
struct Finding {
    what: String,
    stands: Stands,
    said: String,
}

impl Finding {
    fn new(what: impl Into<String>, stands: Stands, said: impl Into<String>) -> Finding {
        Finding { what: what.into(), stands, said: said.into() }
    }
}

/// Looks at everything, and says how it stands; what is wrong makes the command fail.
pub fn run(global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let now = global.clock().now();
    let store = home.store()?;
    let catalog = home.catalog_in_force(&store)?;
    let live = Arc::new(Live::fixed(catalog, None));
    let composer = Composer::new(&home, store.clone(), live.clone())?;
    let mut findings = files(&home, &live, &composer);
    findings.extend(reports(&home, &store, &composer, &live, now)?);
    findings.extend(rules(&home, &store)?);
    findings.extend(data(&home, &store, now)?);
    findings.extend(outbox(&store)?);
    findings.push(mail_server(&home, now)?);
    findings.push(room(&home, &store));
    findings.push(clock(&store, now, global.now.is_none())?);
    for Finding { what, stands, said } in &findings {
        let word = match stands {
            Stands::Well => "ok",
            Stands::Doubtful => "look",
            Stands::Wrong => "WRONG",
        };
        answer(format_args!("{word}\t{what}\t{}", one_line(said)));
    }
    let worst = findings.iter().map(|finding| finding.stands).max();
    Ok(if worst == Some(Stands::Wrong) { Done::NotInOrder } else { Done::InOrder })
}

/// All files of the home.
fn files(home: &Home, live: &Arc<Live>, composer: &Composer) -> Vec<Finding> {
    let channels = post::channels(home);
    let problems = problems::finder(home.path.clone(), live.clone(), composer.templates(), channels)();
    let wrong: Vec<Finding> =
        problems.into_iter().map(|problem| Finding::new(problem.name, Stands::Wrong, problem.message)).collect();
    if wrong.is_empty() { vec![Finding::new("files", Stands::Well, "all are in order")] } else { wrong }
}

/// Reports that are in order: when each is due next, and whether all who get it can be written to.
fn reports(
    home: &Home,
    store: &Store,
    composer: &Composer,
    live: &Live,
    now: Timestamp,
) -> Result<Vec<Finding>, Failure> {
    let (catalog, templates) = (live.current(), composer.templates().current());
    let zone = home.config.zone();
    let failed: Vec<(String, String, String)> = store.failed_runs().map_err(broke)?;
    let mut findings = Vec::new();
    let all = definition::all(&home.path).map_err(broke)?;
    let in_order = |report: &ReportDefinition| check(report, &catalog, &templates.value).is_ok();
    for report in all.into_values().filter_map(Result::ok).filter(in_order) {
        let what = format!("report {}", report.name);
        let next = scheduled(&report, &catalog.calendar).map_err(broke)?.and_then(|due| due.next(now));
        let next =
            next.map_or_else(|| "on request".to_owned(), |next| format!("next {}", stamp(next.as_second(), &zone)));
        let addressees = composer.addressees(&report).map_err(broke)?;
        let unfit = addressees.iter().find_map(|one| {
            let to = one.to.address()?;
            Some((to, address::parse(to).err()?))
        });
        findings.push(match (unfit, failed.iter().find(|(name, ..)| *name == report.name)) {
            (_, Some((_, period, error))) => {
                Finding::new(what, Stands::Wrong, format!("the run of {period} failed: {error}"))
            }
            (Some((to, problem)), None) => {
                Finding::new(what, Stands::Wrong, format!("{next}; “{to}” is not an address: {problem}"))
            }
            (None, None) if addressees.is_empty() => {
                Finding::new(what, Stands::Well, format!("{next}; nobody is mailed"))
            }
            (None, None) => Finding::new(what, Stands::Well, format!("{next}; {}", recipients(addressees.len()))),
        });
    }
    Ok(findings)
}

fn recipients(count: usize) -> String {
    Words::english().say("counted_recipients", [("count", count.into())])
}

/// Rules of alerts, as they went last.
fn rules(home: &Home, store: &Store) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for rule in alerts::all(&home.path).map_err(broke)?.into_values().filter_map(Result::ok) {
        let what = format!("alert {}", rule.name);
        let check = store.alert_check(&rule.name).map_err(broke)?;
        findings.push(match check.and_then(|check| check.error) {
            Some(error) => Finding::new(what, Stands::Wrong, error),
            None => Finding::new(what, Stands::Well, recipients(rule.recipients.len())),
        });
    }
    Ok(findings)
}

/// Up to when each table is complete.
fn data(home: &Home, store: &Store, now: Timestamp) -> Result<Vec<Finding>, Failure> {
    let zone = home.config.zone();
    let mut reader = store.reader().map_err(broke)?;
    let newest = reader.newest_imports().map_err(broke)?.clone();
    if newest.is_empty() {
        let said = "nothing was imported yet: `pegel import suggest FILE` begins";
        return Ok(vec![Finding::new("data", Stands::Wrong, said)]);
    }
    let of_table = |(table, import): (&String, &NewestImport)| {
        let (until, what) = (stamp(import.complete_until, &zone), format!("data {table}"));
        let age = SignedDuration::from_secs(now.as_second() - import.complete_until);
        match age {
            age if age > OLD => {
                Finding::new(what, Stands::Doubtful, format!("complete only up to {until}: import again"))
            }
            age if age < -APART => {
                Finding::new(what, Stands::Doubtful, format!("complete up to {until}, which has not come yet"))
            }
            _ => Finding::new(what, Stands::Well, format!("complete up to {until}")),
        }
    };
    Ok(newest.iter().map(of_table).collect())
}

/// What waits, and what was given up.
fn outbox(store: &Store) -> Result<Vec<Finding>, Failure> {
    let held = store.held_mails().map_err(broke)?;
    let held =
        held.map(|held| Finding::new("outbox", Stands::Wrong, format!("{} mails wait: {}", held.mails, held.answer)));
    let wanted = Wanted { state: Some(DeliveryState::Failed), ..Wanted::default() };
    let given_up = store.deliveries_like(&wanted).map_err(broke)?.len();
    let given_up = (given_up > 0).then(|| {
        let said = format!("{given_up} mails were given up: `pegel deliveries list --failed` lists them");
        Finding::new("outbox", Stands::Doubtful, said)
    });
    let all: Vec<Finding> = held.into_iter().chain(given_up).collect();
    Ok(if all.is_empty() { vec![Finding::new("outbox", Stands::Well, "nothing is stuck")] } else { all })
}

/// Whether the mail server takes mails, up to the recipient: nothing is sent.
fn mail_server(home: &Home, now: Timestamp) -> Result<Finding, Failure> {
    let what = "mail server";
    let mailer = post::mailer(home)?;
    let letterhead = post::letterhead(&home.config).map_err(crate::ending::usage)?;
    let from = letterhead.sender().email.to_string();
    Ok(match &mailer {
        Mailer::Smtp(smtp) => {
            let mail = Mail::to_test(&letterhead, &from, now).map_err(broke)?;
            match first_failure(smtp, &mail) {
                Ok(None) => Finding::new(what, Stands::Well, "it would take mails"),
                Ok(Some((stage, failure))) => {
                    let said = format!("{}: {}: {}", stage.word(), failure.said, failure.advice);
                    Finding::new(what, Stands::Wrong, said)
                }
                Err(refusal) => Finding::new(what, Stands::Wrong, refusal),
            }
        }
        Mailer::Folder(folder) => {
            let said = format!("mails go into the folder {}: nobody gets any", folder.display());
            Finding::new(what, Stands::Doubtful, said)
        }
        Mailer::Memory(_) => Finding::new(what, Stands::Doubtful, "mails are kept in memory"),
    })
}

/// Room on the disk of the home.
fn room(home: &Home, store: &Store) -> Finding {
    let what = "disk";
    if store.lacks_room() {
        return Finding::new(what, Stands::Wrong, "there is no room on the disk of the database");
    }
    match rustix::fs::statvfs(&home.path) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let stands = if free < LITTLE_ROOM { Stands::Doubtful } else { Stands::Well };
            Finding::new(what, stands, format!("{} MB are free", free >> 20))
        }
        Err(error) => Finding::new(what, Stands::Doubtful, format!("how much is free cannot be told: {error}")),
    }
}

/// This machine's clock, beside the database's and what is on record.
fn clock(store: &Store, now: Timestamp, is_real: bool) -> Result<Finding, Failure> {
    let what = "clock";
    let database = store.clock().map_err(broke)?;
    // A time that somebody made up is no clock.
    let apart = database.filter(|_| is_real).map(|there| SignedDuration::from_secs(there - now.as_second()));
    if let Some(apart) = apart.filter(|apart| apart.abs() > APART) {
        let said = format!("the database's is {} s apart: set both by NTP", apart.as_secs());
        return Ok(Finding::new(what, Stands::Wrong, said));
    }
    let newest = store.editions(1, 0).map_err(broke)?.into_iter().map(|head| head.created_at).max();
    if newest.is_some_and(|newest| newest > now.as_second() + APART.as_secs()) {
        return Ok(Finding::new(
            what,
            Stands::Wrong,
            "an edition is from the future: this clock is behind, or was ahead",
        ));
    }
    Ok(Finding::new(what, Stands::Well, now.to_string()))
}
