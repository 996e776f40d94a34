//! Watched folders: a server imports the files that come into them, one at a time, on a thread of its own.
//! - `seen`: which files are complete
//! - `place`: opening them, and where they go
//!
//! An import is kept before its file is moved. If the server is killed in between, the file is imported once more, which
//! changes nothing.

mod place;
mod seen;

use crate::commands::import::files::shown;
use crate::commands::import::said::said;
use crate::ending::{Failure, broke};
use jiff::tz::TimeZone;
use pegel_catalog::live::Live;
use pegel_delivery::Clock;
use pegel_import::{ImportError, Mapping, Options, SourceFile, Summary, import_together};
use pegel_kpi::data::currency::Currency;
use pegel_store::Store;
use pegel_text::clean::{cleaned, one_line};
use pegel_text::stamps::stamp;
use place::{Gone, Place};
use seen::{Rest, Seen, State};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// When a file is tried again that could not be imported through no fault of its own.
const RETRY: Duration = Duration::from_mins(1);
/// What is said beside a file whose import broke.
const BROKE: &str =
    "the import broke, and nothing was imported: something in this file is not foreseen; please report it";

/// The thread that watches. It ends when this is closed.
pub struct Inbox {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

/// What it takes to import a file.
pub struct Importer {
    pub home: PathBuf,
    /// Of its own: pages and deliveries do not wait for it.
    pub store: Store,
    /// Knows the tables there are.
    pub live: Arc<Live>,
    pub clock: Clock,
    pub zone: TimeZone,
    pub currency: Currency,
}

impl Inbox {
    /// Starts watching.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn open(importer: Importer) -> Result<Inbox, Failure> {
        let (stop, stopped) = channel();
        let watch = move || {
            let mut watching = Watching { importer, stopped, seen: Seen::default(), troubles: BTreeMap::new() };
            loop {
                watching.look();
                match watching.stopped.recv_timeout(LOOK_EVERY) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        };
        let thread = std::thread::Builder::new().name("inbox".to_owned()).spawn(watch).map_err(broke)?;
        Ok(Inbox { stop, thread })
    }

    /// Stops, and waits for the import that is running.
    pub fn close(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("watched folders were not watched any more");
        }
    }
}

struct Watching {
    importer: Importer,
    stopped: Receiver<()>,
    seen: Seen,
    /// What keeps a mapping or a file from being used, so that it is logged once.
    troubles: BTreeMap<PathBuf, String>,
}

/// A file of a watched folder, and the mappings that want it.
struct Candidate {
    state: State,
    rest: Duration,
    mappings: Vec<String>,
}

impl Watching {
    fn look(&mut self) {
        let model = self.importer.live.current().model.clone();
        let mut troubles = BTreeMap::new();
        let mut mappings = BTreeMap::new();
        match Mapping::all(&self.importer.home, &model) {
            Ok(all) => {
                for (name, mapping) in all {
                    match mapping {
                        Ok(mapping) => _ = mappings.insert(name, mapping),
                        Err(error) => _ = troubles.insert(PathBuf::from(Mapping::file_of(&name)), error.to_string()),
                    }
                }
            }
            Err(error) => _ = troubles.insert(PathBuf::from("config/imports"), error.to_string()),
        }
        let candidates = self.candidates(&mappings, &mut troubles);
        let files =
            candidates.iter().map(|(path, one)| (path.clone(), Rest { state: one.state, unchanged_for: one.rest }));
        for path in self.seen.look(files.collect(), Instant::now()) {
            if !matches!(self.stopped.try_recv(), Err(TryRecvError::Empty)) {
                return;
            }
            let wanted = candidates.get(&path).and_then(|one| Some((one.state, mappings.get(one.mappings.first()?)?)));
            let Some((state, mapping)) = wanted else { continue };
            if let Err(trouble) = self.import(&path, state, mapping) {
                self.seen.put_off(&path, Instant::now() + RETRY);
                troubles.insert(path, trouble);
            }
        }
        self.log(troubles);
    }

    /// The files that are there.
    fn candidates(
        &self,
        mappings: &BTreeMap<String, Mapping>,
        troubles: &mut BTreeMap<PathBuf, String>,
    ) -> BTreeMap<PathBuf, Candidate> {
        let mut candidates: BTreeMap<PathBuf, Candidate> = BTreeMap::new();
        for (name, mapping) in mappings {
            let Some(watch) = &mapping.watch else { continue };
            let folder = self.importer.home.join(&watch.folder);
            match place::files(&folder) {
                Ok(files) => {
                    for (path, state) in files.into_iter().filter(|(path, _)| watch.fits(&name_of(path))) {
                        let rest = watch.unchanged_for;
                        let none_yet = || Candidate { state, rest, mappings: Vec::new() };
                        let candidate = candidates.entry(path).or_insert_with(none_yet);
                        candidate.rest = candidate.rest.max(rest);
                        candidate.mappings.push(name.clone());
                    }
                }
                Err(error) => _ = troubles.insert(folder, format!("the folder that {name} watches: {error}")),
            }
        }
        candidates.retain(|path, candidate| {
            let one = candidate.mappings.len() == 1;
            if !one {
                troubles.insert(path.clone(), format!("several mappings want it: {}", candidate.mappings.join(", ")));
            }
            one
        });
        candidates
    }

    /// Imports a file and moves it to where it belongs. An error is no fault of the file.
    fn import(&mut self, path: &Path, state: State, mapping: &Mapping) -> Result<(), String> {
        // Where files cannot be moved, none is imported again and again.
        let place = Place::beside(path).map_err(|error| error.to_string())?;
        let file = match place::open(path, state) {
            Ok(file) => file,
            // It was moved or replaced meanwhile: the next look sees what is there now.
            Err(Gone::Changed) => return Ok(()),
            Err(Gone::Unreadable(error)) => return Err(error.to_string()),
        };
        let name = name_of(path);
        let source = SourceFile::opened(&*name, file).map_err(|error| error.to_string())?;
        let source = source.written_at(state.written_at());
        let options = Options {
            dry_run: false,
            allow_shrink: false,
            strict: false,
            now: self.importer.clock.now().as_second(),
            zone: self.importer.zone.clone(),
            currency: self.importer.currency.clone(),
        };
        // What no import should do is no reason to leave all other files where they are.
        let import = || import_together(vec![source], mapping, &self.importer.store, &options, &mut |_| {});
        let imported = catch_unwind(AssertUnwindSafe(import));
        let head = format!("{name}, by {}, {}", mapping.name, stamp(options.now, &self.importer.zone));
        let moved = match &imported {
            Err(_) => {
                tracing::error!(file = %shown(path), mapping = mapping.name, "file rejected: its import broke");
                place.rejected(path, state, &cleaned(&format!("{head}\n{BROKE}\n")))
            }
            Ok(Ok(summary)) => {
                let (new, changed, unchanged, rejected) =
                    (summary.new, summary.changed, summary.unchanged, summary.rejected_rows());
                tracing::info!(file = %shown(path), mapping = mapping.name, new, changed, unchanged, rejected, "file imported");
                place.done(path, state, &report(&head, summary, &name), Some(summary).filter(|_| rejected > 0))
            }
            // The next look sees what it is when it is complete.
            Ok(Err(ImportError::Changed { .. })) => return Ok(()),
            Ok(Err(error)) if error.is_usage() => {
                tracing::error!(file = %shown(path), mapping = mapping.name, error = %one_line(&error.to_string()), "file rejected");
                place.rejected(path, state, &cleaned(&format!("{head}\n{error}\n")))
            }
            Ok(Err(error)) => return Err(waits(error)),
        };
        if let Err(error) = moved {
            // It must not be imported once more.
            tracing::error!(file = %shown(path), error = %one_line(&error.to_string()), "file not moved; it is left alone until it changes");
            self.seen.leave(path, state);
        }
        Ok(())
    }

    /// Logs what is new among the troubles.
    fn log(&mut self, troubles: BTreeMap<PathBuf, String>) {
        for (path, error) in &troubles {
            if self.troubles.get(path) != Some(error) {
                tracing::error!(file = %shown(path), error, "watched files are not imported");
            }
        }
        // What waits for its next try is still in trouble.
        let seen = &self.seen;
        self.troubles.retain(|path, _| seen.is_put_off(path));
        self.troubles.extend(troubles);
    }
}

fn waits(error: &ImportError) -> String {
    format!("{error}; trying again in {} seconds", RETRY.as_secs())
}

fn report(head: &str, summary: &Summary, file: &str) -> String {
    let lines = [head.to_owned(), summary.to_string()].into_iter().chain(said(
        summary,
        file,
        "they are in the file beside this one",
    ));
    let lines = lines.map(|line| cleaned(&line).into_owned()).chain([String::new()]);
    lines.collect::<Vec<_>>().join("\n")
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
