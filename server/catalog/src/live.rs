//! What is in force in a running server. Files may change at any time, half written, broken or wrong; what is in force
//! is always one whole set that loaded and passed its tests, or that somebody wanted in spite of them.
//!
//! Each state of the files is decided about once: those in order come into force together, the others wait and are
//! shown until they change again ([`settle`](crate::settle)). Another process on the same database may decide first, by
//! a command or because it saw the change earlier; then its decision holds here too, and these files are not tried
//! again. So two servers with different files do not replace each other's set in turns.

use crate::activation::{ActivationError, Follow, of_files};
use crate::candidate::Candidate;
use crate::files::{Files, Found, in_home};
use crate::health::HealthBook;
use crate::in_force::InForce;
use crate::load::model;
use crate::settle::{Settled, settle};
use crate::{Catalog, CatalogError};
use pegel_home::Problem;
use pegel_kpi::data::model::Model;
use pegel_store::versions::{Reason, Recorded};
use pegel_store::{Store, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// The time between two looks at the files. A changed file must look the same twice, so a change is in force after two
/// of these plus the time for loading and testing.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// How many looks to wait for files that are being written while the server starts.
const LOOKS_AT_START: usize = 25;

/// Tells the time, in UTC seconds.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What is in force, now and from now on.
pub struct Live {
    shown: RwLock<Arc<InForce>>,
    /// `None`: nothing ever changes.
    source: Option<Watched>,
    /// How computing KPIs goes.
    pub health: HealthBook,
}

/// What may change.
struct Watched {
    home: PathBuf,
    store: Store,
    now: Now,
    follow: Follow,
    memory: Mutex<Memory>,
}

/// What was seen and decided.
#[derive(Default)]
struct Memory {
    /// The latest activation known, and the digest of the files that it decided about.
    activation: Option<(i64, String)>,
    /// The files that were decided upon here: in force, or refused.
    decided: Option<Found>,
    /// The files at the latest look.
    last: Option<Found>,
    /// What kept the latest look from being taken, so that it is logged once.
    trouble: Option<String>,
    /// The tables of the files decided upon, if the database lacks some of them.
    lacking: Option<Model>,
}

impl Memory {
    /// Whether the latest activation decided about these files, even if it went back to others.
    fn activation_is_about(&self, found: &Found) -> bool {
        self.activation.as_ref().is_some_and(|(_, sha256)| *sha256 == found.digest())
    }
}

impl Live {
    /// A set that never changes, for a command or a test.
    pub fn fixed(catalog: Catalog, store: Option<Store>) -> Live {
        let in_force = InForce::unrecorded(catalog);
        Live { shown: RwLock::new(Arc::new(in_force)), source: None, health: HealthBook::new(store) }
    }

    /// What is in force for a home. That is the latest activation, if it decided about the files as they are, or if
    /// only commands count. Otherwise it is the files that are in order, and this is recorded; in place of the others,
    /// the version in force before, or the one that comes with Pegel.
    ///
    /// # Errors
    /// If the database fails.
    pub fn start(home: &Path, store: Store, now: Now, follow: Follow) -> Result<Live, ActivationError> {
        let latest = latest(&store)?;
        let mut memory = Memory { activation: latest.as_ref().and_then(InForce::decision), ..Memory::default() };
        let mut found = Found::of_home(home);
        let in_force = match latest {
            Some(latest) if follow == Follow::Commands || memory.activation_is_about(&found) => latest,
            latest => {
                found = at_rest(home, found);
                begin(&found, latest, &store, &now)?
            }
        };
        memory.activation = in_force.decision();
        memory.decided = Some(found);
        let health = HealthBook::new(Some(store.clone()));
        let source = Watched { home: home.to_owned(), store, now, follow, memory: Mutex::new(memory) };
        Ok(Live { shown: RwLock::new(Arc::new(in_force)), source: Some(source), health })
    }

    /// What is in force, with what is wrong with the files.
    pub fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The KPIs in force.
    pub fn current(&self) -> Arc<Catalog> {
        Arc::clone(&self.in_force().catalog)
    }

    /// Why files as they are now did not come into force, by file.
    pub fn problems(&self) -> Vec<Problem> {
        self.in_force().problems.clone()
    }

    /// Looks at database and files, and puts in force what is ready.
    pub fn look(&self) {
        let Some(source) = &self.source else { return };
        let mut memory = source.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let looked = self.catch_up(source, &mut memory).and_then(|()| match source.follow {
            // A missing home (a file system that is not mounted) must not pass for a home without files.
            Follow::Files if source.home.is_dir() => self.look_at_files(source, &mut memory),
            Follow::Files | Follow::Commands => Ok(()),
        });
        let trouble = looked.err().map(|error| error.to_string());
        if let Some(error) = &trouble
            && memory.trouble != trouble
        {
            tracing::error!(error, "changes to the KPI files cannot be watched; what is in force stays in force");
        }
        memory.trouble = trouble;
    }

    /// Takes over what another process has activated.
    fn catch_up(&self, source: &Watched, memory: &mut Memory) -> Result<(), StoreError> {
        let known = memory.activation.as_ref().map(|(id, _)| *id);
        if source.store.latest_activation()? == known {
            return Ok(());
        }
        let Some(set) = source.store.active_set()? else { return Ok(()) };
        let activation = set.activation.id;
        memory.activation = Some((activation, set.activation.files_sha256.clone()));
        let about_ours = memory.decided.as_ref().is_some_and(|found| memory.activation_is_about(found));
        match InForce::by(set) {
            Ok(mut in_force) => {
                if !about_ours {
                    in_force = in_force.beside_those_of(&self.in_force());
                }
                tracing::info!(activation, "another process has activated KPIs; they are in force here too");
                self.show(in_force);
            }
            Err(error) => {
                tracing::error!(activation, "what another process has activated does not load here:\n{error}");
                self.show(self.in_force().beside(error.problems(), Vec::new()));
            }
        }
        Ok(())
    }

    /// Decides about files that have changed and look the same as a moment ago.
    fn look_at_files(&self, source: &Watched, memory: &mut Memory) -> Result<(), StoreError> {
        let found = Found::of_home(&source.home);
        if memory.last.as_ref() != Some(&found) {
            memory.last = Some(found);
            return Ok(());
        }
        // Once somebody has migrated the database, files that waited for that are decided about anew.
        let migrated = memory.lacking.as_ref().is_some_and(|model| source.store.check_tables(model).is_ok());
        if memory.decided.as_ref() == Some(&found) && !migrated {
            return Ok(());
        }
        if memory.activation_is_about(&found) {
            self.show(self.in_force().in_order());
            memory.decided = Some(found);
            return Ok(());
        }
        // Noted first: a script that brings this thread down must not do so again and again.
        let before = memory.decided.replace(found.clone());
        let decided = self.decide(&found, source, memory);
        if decided.is_err() {
            memory.decided = before;
        }
        decided
    }

    fn decide(&self, found: &Found, source: &Watched, memory: &mut Memory) -> Result<(), StoreError> {
        let before = self.in_force();
        let make = |files| with_its_tables(Candidate::flawless(files, Some(&before.files))?, &source.store);
        let settled = settle(found, Some(&before.files), make);
        memory.lacking = model(&found.files).ok().filter(|model| source.store.check_tables(model).is_err());
        let Settled { made, problems, waiting } = match settled {
            Ok(settled) => settled,
            Err(error) => Settled { made: None, problems: error.problems(), waiting: Vec::new() },
        };
        refuse(&problems);
        let Some(candidate) = made else {
            self.show(before.beside(problems, waiting));
            return Ok(());
        };
        let new = of_files(&candidate.files, Reason::Files, (source.now)());
        let Recorded::New(activation) = source.store.activate(&new)? else {
            self.catch_up(source, memory)?;
            self.show(self.in_force().beside(problems, waiting));
            return Ok(());
        };
        let set = source.store.activated_set(activation)?;
        let in_force = InForce::recorded(candidate, set).beside(problems, waiting);
        memory.activation = in_force.decision();
        tell(&in_force, &before.files);
        self.show(in_force);
        Ok(())
    }

    fn show(&self, in_force: InForce) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(in_force);
    }

    /// Looks again and again, in a thread of its own, until the answer is dropped; and writes the health of KPIs down.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn follow(self: &Arc<Live>) -> Result<Following, ActivationError> {
        let (stop, stopped) = mpsc::channel::<()>();
        let live = Arc::clone(self);
        let looking = move || {
            while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                if catch_unwind(AssertUnwindSafe(|| live.look())).is_err() {
                    tracing::error!("checking the KPI files failed; what is in force stays in force");
                }
                live.write_health(false);
            }
            live.write_health(true);
        };
        let thread = std::thread::Builder::new().name("kpi-files".to_owned()).spawn(looking);
        Ok(Following { stop: Some(stop), thread: Some(thread.map_err(ActivationError::Thread)?) })
    }

    /// Writes the health of KPIs down: of each once a minute, or `all` of it now. What fails is logged.
    pub fn write_health(&self, all: bool) {
        if let Err(error) = self.health.write(all) {
            tracing::warn!(%error, "the health of KPIs could not be written");
        }
    }
}

/// Follows changes until it is dropped.
pub struct Following {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("watching the KPI files failed");
        }
    }
}

/// A candidate whose tables the database has.
fn with_its_tables(candidate: Candidate, store: &Store) -> Result<Candidate, CatalogError> {
    store.check_tables(&candidate.catalog.model).map_err(CatalogError::Tables)?;
    Ok(candidate)
}

/// What was activated last, if it loads in this program.
fn latest(store: &Store) -> Result<Option<InForce>, StoreError> {
    let Some(set) = store.active_set()? else { return Ok(None) };
    let activation = set.activation.id;
    Ok(InForce::by(set)
        .inspect_err(|error| tracing::error!(activation, "what was activated last does not load:\n{error}"))
        .ok())
}

/// The files once they look the same twice; after some time, as they are.
fn at_rest(home: &Path, mut found: Found) -> Found {
    for _ in 0..LOOKS_AT_START {
        std::thread::sleep(LOOK_EVERY);
        let again = Found::of_home(home);
        if again == found {
            break;
        }
        found = again;
    }
    found
}

/// What is in force when a server starts with files that nobody has decided about.
fn begin(found: &Found, latest: Option<InForce>, store: &Store, now: &Now) -> Result<InForce, ActivationError> {
    let before = latest.as_ref().map(|latest| latest.files.clone());
    let settled = settle(found, before.as_ref(), |files| Candidate::flawless(files, before.as_ref()))?;
    refuse(&settled.problems);
    let in_force = match (settled.made, latest) {
        (Some(candidate), _) => begin_with(candidate, &before.unwrap_or_default(), store, now)?,
        (None, Some(latest)) => latest,
        (None, None) => return Err(CatalogError::Files(settled.problems).into()),
    };
    Ok(in_force.beside(settled.problems, settled.waiting))
}

fn begin_with(candidate: Candidate, before: &Files, store: &Store, now: &Now) -> Result<InForce, ActivationError> {
    let in_force = match store.activate(&of_files(&candidate.files, Reason::Files, now()))? {
        Recorded::New(activation) => InForce::recorded(candidate, store.activated_set(activation)?),
        Recorded::There(activation) => match store.activated_set(activation)? {
            Some(set) => InForce::by(set)?,
            None => InForce::recorded(candidate, None),
        },
    };
    tell(&in_force, before);
    Ok(in_force)
}

fn tell(in_force: &InForce, before: &Files) {
    let changes = in_force.files.changes_since(before).len();
    let activation = in_force.activation.as_ref().map(|activation| activation.id);
    tracing::info!(activation, changes, "KPIs activated");
}

fn refuse(problems: &[Problem]) {
    for Problem { file, message } in problems {
        tracing::error!("{} is not in order; what was in force before stays:\n{message}", in_home(file));
    }
}
