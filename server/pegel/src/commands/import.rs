//! `pegel import`

pub mod files;
mod list;
pub mod said;
mod suggest;
mod undo;

use crate::cli::{self, Global, Imports};
use crate::ending::{Done, Ending, Failure, answer, answer_json, broke, note, usage};
use anyhow::{Context, anyhow};
use files::{Given, shown};
use indicatif::{ProgressBar, ProgressStyle};
use pegel_catalog::load::model_of_home;
use pegel_import::{Mapping, Options, Progress, SourceFile, Summary, import_together};
use said::said;
use std::fs::File;
use std::io::{BufWriter, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Imports files, or runs one of the commands on imports.
pub fn run(command: cli::Import, global: &Global) -> Ending {
    match (command.imports, command.files) {
        (Some(Imports::List { system }), _) => list::run(system.as_deref(), global),
        (Some(Imports::Undo { import }), _) => undo::run(import, global),
        (None, Some(files)) => import(&files, global),
        (None, None) => Err(usage(anyhow!("nothing says what to import"))),
    }
}

/// Imports files as one and says what became of their rows.
fn import(command: &cli::ImportFiles, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let model = model_of_home(&home.path).map_err(usage)?;
    if let Some(name) = &command.suggest {
        let files = files::given(&command.files).map_err(usage)?;
        return suggest::run(name, files, &home, &model, global);
    }
    let map = command.map.as_deref().unwrap_or_default();
    let mapping = Mapping::find(&home.path, map, &model).map_err(usage)?;
    let files = files::given(&command.files).map_err(usage)?;
    // If the rejected rows cannot be written, that must show before anything is imported.
    let rejected = command.rejected.as_deref().map(|path| RejectedFile::begin(path, &files)).transpose()?;
    let store = home.store()?;
    let options = Options {
        dry_run: command.dry_run,
        allow_shrink: command.allow_shrink,
        strict: command.strict,
        now: global.clock().now().as_second(),
        zone: home.config.zone(),
        currency: home.config.currency.clone(),
    };
    let mut course = ProgressShown::begin();
    let first = files[0].name.clone();
    let opened = |Given { name, file, written_at, .. }| Ok(SourceFile::opened(name, file)?.written_at(written_at));
    let files = files.into_iter().map(opened).collect::<std::io::Result<_>>().map_err(broke)?;
    let summary = import_together(files, &mapping, &store, &options, &mut |progress: Progress| {
        course.show(progress);
    });
    course.end();
    let summary = summary.map_err(|error| {
        if command.json {
            answer_json(&serde_json::json!({ "error": error.to_string() }));
        }
        if error.is_usage() { usage(error) } else { broke(error) }
    })?;
    if command.json {
        answer_json(&summary.told());
    } else {
        said(&summary, &first, "--rejected FILE writes them into a file").iter().for_each(note);
        answer(&summary);
    }
    if let Some(rejected) = rejected {
        rejected.finish(&summary).map_err(broke)?;
    }
    Ok(if summary.rejected.is_empty() { Done::InOrder } else { Done::NotInOrder })
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
    /// Starts writing, unless that would replace a file being imported.
    fn begin(path: &Path, imported: &[Given]) -> Result<RejectedFile, Failure> {
        let replaced = path.canonicalize().ok();
        if replaced.is_some_and(|path| imported.iter().any(|given| given.path.as_ref() == Some(&path))) {
            return Err(usage(anyhow!("--rejected {} would replace a file that is imported", shown(path))));
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
