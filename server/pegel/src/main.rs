//! The binary: reads the command line, hands clock, configuration and database to the parts, and ends with a status
//! that says how it went.
//!
//! - [`cli`]: the command line; [`commands`]: one file per command; [`ending`]: how they end
//! - [`home`], [`config`]: what they work on
//! - [`composer`]: how a due report becomes an edition; [`watcher`]: how alerts are evaluated; [`post`]: how mails go out
//! - [`problems`]: which files of a home are not in order
//! - [`inbox`]: watched folders, whose files a server imports
//! - [`mod@author`]: who runs a command
//! - [`watchdog`]: ends a server that does not end by itself
//! - [`demo`]: made-up data

mod author;
mod cli;
mod commands;
mod composer;
mod config;
mod demo;
mod ending;
mod home;
mod inbox;
mod post;
mod problems;
mod watchdog;
mod watcher;

use clap::Parser;
use cli::{Cli, Command};
use ending::Ending;
use mimalloc::MiMalloc;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// What one thread makes and another lets go, as rows that are imported, costs the system's own allocator more time than
/// all that is done with it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr();
    quiet_where_panics_are_caught();
    ending::conclude(run(cli))
}

fn run(Cli { global, command }: Cli) -> Ending {
    if !matches!(command, Command::Demo(_) | Command::Init { .. }) {
        home::check_folder(&global.home())?;
    }
    match command {
        Command::Demo(demo) => commands::demo::run(&demo, &global),
        Command::Serve(serve) => commands::serve::run(&serve, &global),
        Command::Init { dir } => commands::init::run(dir, &global),
        Command::Migrate => commands::migrate::run(&global),
        Command::Import(import) => commands::import::run(import, &global),
        Command::Docs(docs) => commands::docs::run(&docs, &global),
        Command::Kpi(kpi) => commands::kpi::run(kpi, &global),
        Command::Report(report) => commands::report::run(report, &global),
        Command::Schedule(schedule) => commands::schedule::run(schedule, &global),
        Command::Threshold(threshold) => commands::threshold::run(threshold, &global),
        Command::Alert(alert) => commands::alert::run(alert, &global),
        Command::Doctor => commands::doctor::run(&global),
        Command::Channel(channel) => commands::channel::run(&channel, &global),
        Command::Mail(mail) => commands::mail::run(&mail, &global),
        Command::Deliveries(deliveries) => commands::deliveries::run(deliveries, &global),
    }
}

/// A panic that an import tells as an error of the file is not told a second time.
fn quiet_where_panics_are_caught() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !pegel_import::panics_are_caught() {
            told(panic);
        }
    }));
}

/// Libraries log only what is wrong with this server. Bytes that are not HTTP are the client's mistake: a scanner must
/// not fill the log with errors.
const QUIET: [&str; 3] = ["actix_server=warn", "tokio_cron_scheduler=warn", "actix_http::h1::dispatcher=off"];

/// What talks to channels says everything that it sends at its lowest level, and URLs of channels are secrets.
const SILENT: [&str; 2] = ["ureq=off", "ureq_proto=off"];

/// Standard output carries the answer alone. `PEGEL_LOG` sets the log level, `info` by default; from `debug` on, it
/// holds for libraries, too.
fn log_to_stderr() {
    let mut filter = EnvFilter::try_from_env("PEGEL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    if filter.max_level_hint().is_some_and(|most| most < LevelFilter::DEBUG) {
        for library in QUIET.iter().filter_map(|directive| directive.parse().ok()) {
            filter = filter.add_directive(library);
        }
    }
    for library in SILENT.iter().filter_map(|directive| directive.parse().ok()) {
        filter = filter.add_directive(library);
    }
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .init();
}
