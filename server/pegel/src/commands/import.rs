//! `pegel import`

use crate::cli::{self, Global};
use crate::ending::{Done, Ending, Failure, answer, broke, note, usage};
use anyhow::{Context, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use pegel_catalog::load::model_of_home;
use pegel_import::summary::Rejected;
use pegel_import::{Mapping, Options, Progress, Summary, import};
use pegel_text::clean::one_line;
use std::fs::File;
use std::io::{BufWriter, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How many rejected rows are shown one by one.
const SHOWN: usize = 20;

/// Imports one file and says what became of its rows.
pub fn run(command: &cli::Import, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let model = model_of_home(&home.path).map_err(usage)?;
    let mapping = Mapping::find(&home.path, &command.map, &model).map_err(usage)?;
    let file = open(&command.file).map_err(usage)?;
    // If the rejected rows cannot be written, that must show before anything is imported.
    let rejected = command.rejected.as_deref().map(|path| RejectedFile::begin(path, &command.file)).transpose()?;
    let store = home.store()?;
    let options = Options {
        dry_run: command.dry_run,
        allow_shrink: command.allow_shrink,
        now: global.clock().now().as_second(),
        zone: home.config.zone(),
        currency: home.config.currency.clone(),
    };
    let mut course = ProgressShown::begin();
    let name = command.file.display().to_string();
    let summary = import(file, &name, &mapping, &store, &options, &mut |progress: Progress| {
        course.show(progress);
    });
    course.end();
    let summary = summary.map_err(|error| if error.is_usage() { usage(error) } else { broke(error) })?;
    say(&summary, &command.file);
    answer(&summary);
    if let Some(rejected) = rejected {
        rejected.finish(&summary).map_err(broke)?;
    }
    Ok(if summary.rejected.is_empty() { Done::InOrder } else { Done::NotInOrder })
}

/// Opens a file to be read more than once: so neither a pipe, nor a device, which may never end.
fn open(path: &Path) -> anyhow::Result<File> {
    let cannot = || format!("{} cannot be read", shown(path));
    if !std::fs::metadata(path).with_context(cannot)?.is_file() {
        return Err(anyhow!("{} is not a file: a folder, a pipe or a device cannot be imported", shown(path)));
    }
    File::open(path).with_context(cannot)
}

/// The progress of the import: a bar on a terminal, a line every few seconds elsewhere.
struct ProgressShown {
    bar: Option<ProgressBar>,
    said: Instant,
}

impl ProgressShown {
    /// The time between two lines of progress in a log.
    const PAUSE: Duration = Duration::from_secs(5);

    fn begin() -> ProgressShown {
        let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} to go");
        let bar = || ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        ProgressShown { bar: std::io::stderr().is_terminal().then(bar), said: Instant::now() }
    }

    fn show(&mut self, progress: Progress) {
        if let Some(bar) = &self.bar {
            bar.set_length(progress.total);
            bar.set_position(progress.bytes);
        } else if self.said.elapsed() >= ProgressShown::PAUSE {
            self.said = Instant::now();
            note(format_args!("{} % done", progress.bytes * 100 / progress.total.max(1)));
        }
    }

    fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The file of rejected rows: written to a temporary file, and moved into place when complete.
struct RejectedFile {
    path: PathBuf,
    part: PathBuf,
    file: File,
}

impl RejectedFile {
    /// Starts writing, unless that would replace the file being imported.
    fn begin(path: &Path, imported: &Path) -> Result<RejectedFile, Failure> {
        if path.canonicalize().is_ok_and(|path| imported.canonicalize().is_ok_and(|imported| imported == path)) {
            return Err(usage(anyhow!("--rejected {} would replace the file that is imported", shown(path))));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).with_context(|| format!("{} cannot be written", shown(path)));
        Ok(RejectedFile { path: path.to_owned(), part, file: file.map_err(usage)? })
    }

    fn finish(self, summary: &Summary) -> anyhow::Result<()> {
        let cannot = || format!("{} cannot be written", shown(&self.path));
        summary.write_rejected(BufWriter::new(&self.file)).with_context(cannot)?;
        std::fs::rename(&self.part, &self.path).with_context(cannot)
    }
}

fn say(summary: &Summary, file: &Path) {
    for Rejected { line, faults, .. } in summary.rejected.iter().take(SHOWN) {
        for fault in faults {
            let place = if fault.column.is_empty() {
                String::new()
            } else {
                format!(" {} “{}”:", fault.column, fault.value)
            };
            note(format_args!("{}:{line}:{place} {}", shown(file), fault.reason));
        }
    }
    if let Some(more) = summary.rejected_rows().checked_sub(SHOWN as u64).filter(|more| *more > 0) {
        note(format_args!("{more} more rows were rejected; --rejected FILE writes them into a file"));
    }
    summary.notes().iter().for_each(note);
}

/// A file's name, which may contain anything, made fit to show.
fn shown(path: &Path) -> String {
    one_line(&path.display().to_string()).into_owned()
}
