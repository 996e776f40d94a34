//! `pegel import`

use crate::cli::{self, Global};
use crate::outcome::{Done, Outcome, answer, broke, usage};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use pegel_import::summary::Rejected;
use pegel_import::{Mapping, Options, Progress, Summary, import};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// How many rejected rows are shown one by one.
const SHOWN: usize = 20;

/// Imports one file and says what became of its rows.
pub fn run(command: &cli::Import, global: &Global) -> Outcome {
    let home = global.open(&global.home())?;
    let mapping = Mapping::find(&home.path, &command.map).map_err(usage)?;
    let file = File::open(&command.file)
        .with_context(|| format!("{} cannot be read", command.file.display()))
        .map_err(usage)?;
    let store = home.store()?;
    let options = Options {
        dry_run: command.dry_run,
        now: global.clock().now().as_second(),
        zone: home.config.zone(),
        currency_digits: 2,
    };
    let bar = progress_bar();
    let name = command.file.display().to_string();
    let summary = import(file, &name, &mapping, &store, &options, &mut |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.bytes);
    });
    bar.finish_and_clear();
    let summary = summary.map_err(broke)?;
    if let Some(path) = &command.rejected {
        write_rejected(&summary, path).map_err(broke)?;
    }
    say(&summary, &command.file);
    answer(&summary);
    Ok(if summary.rejected.is_empty() { Done::InOrder } else { Done::NotInOrder })
}

/// Shown on a terminal, silent elsewhere.
fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} to go");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn write_rejected(summary: &Summary, path: &Path) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    let file = File::create(path).with_context(cannot)?;
    summary.write_rejected(BufWriter::new(file)).with_context(cannot)
}

fn say(summary: &Summary, file: &Path) {
    for Rejected { line, faults, .. } in summary.rejected.iter().take(SHOWN) {
        for fault in faults {
            let place = if fault.column.is_empty() {
                String::new()
            } else {
                format!(" {} “{}”:", fault.column, fault.value)
            };
            eprintln!("{}:{line}:{place} {}", file.display(), fault.reason);
        }
    }
    if let Some(more) = summary.rejected.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        eprintln!("{more} more rows were rejected; --rejected FILE writes them all into a file");
    }
    summary.notes().iter().for_each(|note| eprintln!("{note}"));
}
