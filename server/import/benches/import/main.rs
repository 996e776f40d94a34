//! How fast a file is imported, beside other ways of getting it into the same tables. What counts are the ratios within
//! one run. Run it on both databases with `tests/postgres cargo bench --workspace`.
//!
//! `PEGEL_BENCH_ROWS` sets the number of leads, 1000000 by default; `PEGEL_BENCH_RUNS` how often each is measured, 3 by
//! default: the median counts.

mod leads;
mod others;

use jiff::tz::TimeZone;
use mimalloc::MiMalloc;
use pegel_bench::{Sheet, Unit, median, number, on_each_database, once, rows};
use pegel_import::{Mapping, Options, Summary, import};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::Model;
use pegel_store::lease::Lease;
use pegel_store::runs::{Claim, RunKey, Which};
use pegel_store::testing::TestDatabase;
use pegel_store::{Store, StoreError};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// That of the server.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Ours may take so much longer than the sqlite3 shell or psql: 0.8 of their rows per second.
const GOAL: f64 = 1.25;
/// The most memory that an import takes, in MB, however long the file.
const MEMORY_GOAL: f64 = 100.0;
/// How long delivery may wait for the merge of a million rows.
const WAIT_GOAL: Duration = Duration::from_secs(10);

fn main() {
    let rows = rows();
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let file = folder.path().join("leads.csv");
    leads::write(&file, i64::from(rows)).expect("there is room for the file");
    let sheet = Sheet::open(Path::new(env!("CARGO_TARGET_TMPDIR")), "import");
    let mut bench = Bench { rows, file, runs: number("PEGEL_BENCH_RUNS", 3), sheet };
    on_each_database(|name, _| if name == "SQLite" { bench.on_sqlite() } else { bench.on_postgres() });
}

struct Bench {
    rows: u32,
    file: PathBuf,
    runs: u32,
    sheet: Sheet,
}

/// One import by us.
struct Ours {
    first: Duration,
    again: Duration,
    /// How long the scheduler waited at most.
    waited: Duration,
    /// The most memory of the process, in bytes; 0 where the system does not tell.
    memory: usize,
}

impl Bench {
    fn on_sqlite(&mut self) {
        self.sheet.begin("SQLite", &format!("{} leads", self.rows));
        let (mut ours, mut shell, mut python) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.runs {
            let (database, theirs, third) = (TestDatabase::sqlite(), TestDatabase::sqlite(), TestDatabase::sqlite());
            ours.push(self.ours(&database));
            shell.extend(Bench::theirs(&theirs, |path| others::sqlite_shell(Path::new(path), &self.file)));
            python.extend(Bench::theirs(&third, |path| others::executemany(Path::new(path), &self.file)));
            if !shell.is_empty() {
                agree(&database.store(), &theirs.store());
            }
        }
        self.report(&ours, "the sqlite3 shell", shell, Some(("Python's executemany", python)));
    }

    fn on_postgres(&mut self) {
        self.sheet.begin("PostgreSQL", &format!("{} leads", self.rows));
        let (mut ours, mut psql) = (Vec::new(), Vec::new());
        for _ in 0..self.runs {
            let (database, theirs) = (TestDatabase::postgres(), TestDatabase::postgres());
            ours.push(self.ours(&database));
            psql.extend(Bench::theirs(&theirs, |url| others::psql(url, &self.file)));
            if !psql.is_empty() {
                agree(&database.store(), &theirs.store());
            }
        }
        self.report(&ours, "psql's \\copy", psql, None);
    }

    fn ours(&self, database: &TestDatabase) -> Ours {
        let store = database.store();
        forget_memory();
        let ((summary, waited), first) = once(|| beside_a_scheduler(&store, || self.import(&store)));
        let memory = memory();
        assert_eq!((summary.new, summary.rejected.len()), (u64::from(self.rows), 0), "{summary}");
        let (summary, again) = once(|| self.import(&store));
        assert_eq!(summary.unchanged, u64::from(self.rows), "{summary}");
        Ours { first, again, waited, memory }
    }

    fn import(&self, store: &Store) -> Summary {
        let mapping = Mapping::parse(leads::MAPPING, "leads", &Model::built_in()).expect("the mapping is in order");
        let currency = Currency::find("EUR").expect("there are euros");
        let options = Options {
            dry_run: false,
            allow_shrink: false,
            strict: false,
            now: 1_800_000_000,
            zone: TimeZone::UTC,
            currency,
        };
        let file = File::open(&self.file).expect("the file is ours");
        import(file, "leads.csv", &mapping, store, &options, &mut |_| {}).expect("the file is in order")
    }

    /// How long they took; `None` where there is no such program.
    fn theirs(database: &TestDatabase, import: impl FnOnce(&str) -> Option<()>) -> Option<Duration> {
        // The schema must be there.
        drop(database.store());
        let (made, time) = once(|| import(database.url().trim_start_matches("sqlite:")));
        made.map(|()| time)
    }

    fn report(&mut self, ours: &[Ours], beside: &str, theirs: Vec<Duration>, further: Option<(&str, Vec<Duration>)>) {
        let of = |part: fn(&Ours) -> Duration| median(&ours.iter().map(part).collect::<Vec<_>>());
        let [first, again, waited] = [of(|ours| ours.first), of(|ours| ours.again), of(|ours| ours.waited)];
        let rows = f64::from(self.rows);
        self.sheet.figure("ours", rows / first.as_secs_f64(), Unit::RowsPerSecond, None);
        for (name, times) in [(beside, theirs)].into_iter().chain(further) {
            if times.is_empty() {
                println!("    {name} left out: there is no such program");
                continue;
            }
            let (goal, time) = ((name == beside).then_some(GOAL), median(&times));
            self.sheet.ratio("ours", first, name, time, goal);
            self.sheet.ratio("ours again, unchanged", again, name, time, goal);
        }
        let per_million = waited.mul_f64(1e6 / rows);
        self.sheet.time("scheduler's wait, per million", per_million, Some(WAIT_GOAL));
        let memory = ours.iter().map(|ours| ours.memory).max().unwrap_or_default();
        self.sheet.megabytes("memory of the process", memory, Some(MEMORY_GOAL));
    }
}

/// Checks that both databases hold the same leads.
fn agree(ours: &Store, theirs: &Store) {
    let sums = "SELECT count(*) || ' ' || count(DISTINCT partner_id) || ' ' || count(outcome) || ' ' || sum(amount)
        || ' ' || sum(created_at) || ' ' || sum(closed_at) || ' ' || count(quoted_at) AS value FROM leads";
    let [ours, theirs] = [ours, theirs].map(|store| store.texts(sums).expect("the database answers"));
    assert_eq!(ours, theirs);
}

/// Runs `work` while the scheduler claims a run again and again; how long that took at most.
fn beside_a_scheduler<T>(store: &Store, work: impl FnOnce() -> T) -> (T, Duration) {
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let scheduler = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            while !ended.load(Ordering::Relaxed) {
                let began = Instant::now();
                // Whoever has waited too long tries again.
                while let Err(error) = claim(store) {
                    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
                }
                longest = longest.max(began.elapsed());
                std::thread::sleep(Duration::from_millis(20));
            }
            longest
        });
        let done = work();
        ended.store(true, Ordering::Relaxed);
        (done, scheduler.join().expect("the scheduler has not failed"))
    })
}

/// Claims a run and gives it back.
fn claim(store: &Store) -> Result<(), StoreError> {
    let key = RunKey { report: "weekly".to_owned(), period: "2026-W46".to_owned(), which: Which::Due };
    match store.claim_run(&key, &Lease { now: 0, until: 60, holder: None })? {
        Claim::Ours { run, .. } => store.fail_run(run, 0, "given back"),
        claim => panic!("nobody else claims runs: {claim:?}"),
    }
}

/// Begins anew to note the most memory that the process takes.
fn forget_memory() {
    // Where there is no such file, none is told of either.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory since, in bytes.
fn memory() -> usize {
    pegel_bench::memory_of("self", "VmHWM").unwrap_or_default()
}
