//! `pegel demo`: all of Pegel on made-up data, from an empty folder to a mailed report.

use super::{init, report, serve};
use crate::cli::{self, Global};
use crate::composer::Composer;
use crate::demo::{demo_data, load};
use crate::ending::{Done, Ending, Failure, answer, broke, note, usage};
use crate::home::Home;
use anyhow::{Context, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use pegel_delivery::{Made, Occasion, RunReport};
use pegel_kpi::data::model::Model;
use pegel_kpi::data::path::Path as Column;
use pegel_kpi::data::path::Projection;
use pegel_kpi::data::scan::{Scan, Source};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::time::period::{Period, zone};
use pegel_report::definition;
use pegel_store::Store;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// Where the demo lives, unless `--home` says otherwise.
const HOME: &str = "pegel-demo";
/// A file that marks a home as the demo's own.
const MARKER: &str = ".pegel-demo";
const REPORT: &str = "weekly";
/// The shipped report.
const SHIPPED_REPORT: &str = include_str!("../../../../config/reports/weekly.toml");
const RECIPIENT: &str = "Maria Musterfrau <maria@example.com>";

/// Fills a home unless that was done before, makes last week's report, then serves.
pub fn run(command: &cli::Demo, global: &Global) -> Ending {
    let path = global.home.clone().unwrap_or_else(|| PathBuf::from(HOME));
    // The demo's mails go into a folder of its own, whatever the environment says.
    let global = &Global { mail_url: None, ..global.clone() };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, command.port));
    // A port in use is noticed before any data is made up.
    let listener = if command.once { None } else { Some(serve::listen(address)?) };
    write_report(&path).map_err(broke)?;
    let mut home = init::make(&path, global)?;
    let address = listener.as_ref().map_or(Ok(address), TcpListener::local_addr).map_err(broke)?;
    // Its mails lead to the pages of the demo.
    home.config.web.base_url.get_or_insert_with(|| format!("http://{address}"));
    let store = home.store()?;
    let marker = path.join(MARKER);
    if !marker.exists() {
        if !is_empty(&store, &home.model).map_err(broke)? {
            let found = "holds data already, and the demo would mix its own with them; give it another --home";
            return Err(usage(anyhow!("the database of {} {found}", path.display())));
        }
        fill(&home, &store, command.seed, global.clock().now()).map_err(broke)?;
        std::fs::write(&marker, "The data of this home are made up.\n")
            .with_context(|| format!("{} cannot be written", marker.display()))
            .map_err(broke)?;
    }
    let edition = make_report(&home, &store, global)?;
    say(&home, &store, edition)?;
    let Some(listener) = listener else {
        note(format_args!("{} serves it all at http://{address}/editions/{edition}", again(command, global)));
        return Ok(Done::InOrder);
    };
    note(format_args!("open http://{address}/editions/{edition} – Ctrl-C ends the demo"));
    serve::serve(&home, listener, global.clock())
}

/// The command that serves the same home again.
fn again(command: &cli::Demo, global: &Global) -> String {
    if global.database_url.is_some() {
        // It may hold a password.
        return "the same command without --once".to_owned();
    }
    let mut line = "`pegel demo".to_owned();
    if let Some(home) = &global.home {
        let _ = write!(line, " --home {}", home.display());
    }
    if command.port != cli::DEMO_PORT {
        let _ = write!(line, " --port {}", command.port);
    }
    line.push('`');
    line
}

/// The shipped report with a made-up recipient.
fn write_report(home: &Path) -> anyhow::Result<()> {
    let path = home.join(format!("config/reports/{REPORT}.toml"));
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(home);
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let text = SHIPPED_REPORT.replace("recipients = []", &format!("recipients = [{RECIPIENT:?}]"));
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// Whether all fact tables are empty.
fn is_empty(store: &Store, model: &Model) -> anyhow::Result<bool> {
    let mut reader = store.reader()?;
    let mut empty = true;
    for table in model.tables() {
        let columns = vec![Projection::of(Column::own(table.id()))];
        let scan = Scan { table, columns, window: None, scope: Scope::everything() };
        reader.scan(&scan, &mut |batch| empty &= batch.is_empty())?;
    }
    Ok(empty)
}

fn fill(home: &Home, store: &Store, seed: u64, now: Timestamp) -> anyhow::Result<()> {
    let zone = home.config.zone();
    let yesterday = now.to_zoned(zone.clone()).date().yesterday()?;
    note(format_args!("making up 18 months of partner sales, up to {yesterday} …"));
    let tables = demo_data(seed, yesterday, &zone);
    let rows: usize = tables.iter().map(|table| table.rows.len()).sum();
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} rows")?;
    let bar = ProgressBar::new(u64::try_from(rows)?).with_style(style);
    load(store, &home.model, tables, &home.config.currency, now.as_second(), |_, rows| bar.inc(rows as u64))?;
    bar.finish_and_clear();
    Ok(())
}

fn make_report(home: &Home, store: &Store, global: &Global) -> Result<i64, Failure> {
    let clock = global.clock();
    let composer = Composer::new(home, store.clone(), home.live(store, clock.clone())?)?;
    let zone = definition::find(&home.path, REPORT).and_then(|report| Ok(zone(&report.zone)?)).map_err(usage)?;
    let period = Period::parse("last-week", clock.now(), &zone).map_err(broke)?;
    let worker = report::worker(home, store.clone(), composer, clock)?;
    worker.tidy_up().map_err(broke)?;
    let occasion = Occasion::ByHand { again: false, send: true };
    let run = RunReport { report: REPORT.to_owned(), period, occasion, reason: None };
    let edition = match run.make(&worker).map_err(broke)? {
        Made::Published { edition, .. } | Made::Found { edition, .. } => edition,
        Made::Taken => return Err(broke(anyhow!("{}", report::TAKEN))),
    };
    worker.drain().map_err(broke)?;
    Ok(edition)
}

/// Says where the edition and its mail are.
fn say(home: &Home, store: &Store, edition: i64) -> Result<(), Failure> {
    let stored = store.edition(edition).map_err(broke)?;
    let stored = stored.ok_or_else(|| broke(anyhow!("edition {edition} is not in the archive")))?;
    let folder = home.path.join(format!("editions/{}-{}", stored.head.report, stored.head.period));
    report::write_out(&folder, &stored.renditions, &stored.manifest).map_err(broke)?;
    answer(format_args!("edition {}", folder.join("mail.html").display()));
    for delivery in store.deliveries(Some(edition)).map_err(broke)? {
        match (delivery.delivered_at, delivery.answer) {
            (Some(_), Some(place)) => answer(format_args!("mail    {place}")),
            (_, problem) => {
                note(format_args!("{}: {}", delivery.recipient, problem.as_deref().unwrap_or("not sent yet")));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_report_has_a_place_for_the_recipient() {
        assert_eq!(SHIPPED_REPORT.matches("recipients = []").count(), 1);
    }
}
