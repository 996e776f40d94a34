//! The binary: reads the command line, hands clock, configuration and database to the parts, and ends with a status that
//! says how it went.
//!
//! - [`cli`]: the command line; [`commands`]: one file per command; [`outcome`]: how they end
//! - [`home`], [`config`]: what they work on
//! - [`composer`]: how a due report becomes an edition
//! - [`demo`]: made-up data

mod cli;
mod commands;
mod composer;
mod config;
mod demo;
mod home;
mod outcome;

use clap::Parser;
use cli::{Cli, Command, Global};
use home::Home;
use jiff::Timestamp;
use outcome::{Failure, Outcome};
use pegel_delivery::Clock;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr();
    outcome::conclude(run(cli))
}

fn run(Cli { global, command }: Cli) -> Outcome {
    match command {
        Command::Demo(demo) => commands::demo::run(&demo, &global),
        Command::Serve(serve) => commands::serve::run(&serve, &global),
        Command::Init { dir } => commands::init::init(dir, &global),
        Command::Migrate => commands::init::migrate(&global),
        Command::Import(import) => commands::import::run(&import, &global),
        Command::Kpi(kpi) => commands::kpi::run(kpi, &global),
        Command::Report(report) => commands::report::run(report, &global),
    }
}

/// Standard output carries the answer alone. `PEGEL_LOG` says how much is logged, `info` by default.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("PEGEL_LOG").unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

impl Global {
    fn home(&self) -> PathBuf {
        self.home.clone().unwrap_or_else(|| PathBuf::from("."))
    }

    fn open(&self, path: &Path) -> Result<Home, Failure> {
        Home::open(path, self.database_url.as_deref(), self.mail_url.as_deref())
    }

    fn clock(&self) -> Clock {
        self.now.map_or_else(|| Clock::new(Timestamp::now), Clock::fixed)
    }
}
