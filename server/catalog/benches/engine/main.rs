//! How fast the engine is, compared with SQL written by hand. What counts are the ratios within one run: they hardly
//! depend on the machine. Run it on both databases with `tests/postgres cargo bench --workspace --bench engine`.
//!
//! `PEGEL_BENCH_ROWS` sets the number of leads, 1000000 by default.

mod kept;
mod leads;
mod memory;
mod report;
mod scopes;

use leads::{History, PARTNERS, REGIONS, fill};
use pegel_catalog::files::Files;
use pegel_catalog::load::{declared, language};
use pegel_kpi::engine::request::HISTORY;
use pegel_kpi::script::kpi::Kpi;
use pegel_store::Store;
use pegel_store::testing::TestDatabase;
use report::{Computed, Report, Statement, Table};
use std::path::Path;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// How often slow measurements are repeated; the median counts.
const RUNS: usize = 7;

/// With this many weeks, the window of 13 weeks holds a ninth of all leads.
const WEEKS: i64 = 118;

fn main() {
    let rows = std::env::var("PEGEL_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    scripts();
    on_database("SQLite", rows, &TestDatabase::sqlite);
    if std::env::var_os("PEGEL_TEST_POSTGRES").is_some() {
        on_database("PostgreSQL", rows, &TestDatabase::postgres);
    } else {
        println!("\nPostgreSQL left out: PEGEL_TEST_POSTGRES names no server, tests/postgres starts one");
    }
}

/// Loading scripts, and what a cell costs.
fn scripts() {
    println!("Scripts");
    let files = Files::of_home(Path::new("/nonexistent")).expect("what is built in can be read");
    let scripts = files.scripts();
    let load = || {
        let language = language(&files).expect("what is built in is in order");
        let mut loaded = 0;
        for script in scripts.iter().cycle() {
            loaded += language.load(&script.name, &script.text).map_or(0, |kpis| kpis.len());
            if loaded >= 100 {
                break;
            }
        }
        loaded
    };
    let loading = median(timed(RUNS, &mut [&mut || _ = load()]).remove(0));
    println!("  loading {} KPIs, with the language itself{:>22}", load(), shown(loading));
    let kpis = declared(&files);
    let cells = || kpis.iter().map(Kpi::cell_of_nothing).filter(|cell| cell.outcome.value().is_some()).count();
    let evaluating = median(timed(100, &mut [&mut || _ = std::hint::black_box(cells())]).remove(0));
    let count = f64::from(u32::try_from(kpis.len()).unwrap_or(u32::MAX));
    println!("  `value`, mean of {} KPIs{:>32.2} µs a cell", kpis.len(), evaluating.as_secs_f64() * 1e6 / count);
}

/// A database with leads in it.
struct Bench {
    name: &'static str,
    report: Report,
    store: Store,
    /// Held because dropping it removes the database.
    _database: TestDatabase,
}

fn on_database(name: &'static str, rows: u64, database: &dyn Fn() -> TestDatabase) {
    println!("\n{name}, {rows} leads in {WEEKS} weeks");
    let (partners, regions) = (PARTNERS, REGIONS);
    let history = History { rows, weeks: WEEKS, end: Report::new().end(), partners, regions };
    let bench = Bench::new(name, database(), history);
    bench.check();
    bench.report();
    drop(bench);
    let short = History { rows: rows / 5, ..history };
    let long = History { rows: short.rows * 10, weeks: WEEKS * 10, ..short };
    let [short, long] = [short, long].map(|history| Bench::new(name, database(), history));
    let times = timed(RUNS, &mut [&mut || _ = short.ours(4), &mut || _ = long.ours(4)]);
    let [shorter, longer] = [median(times[0].clone()), median(times[1].clone())];
    println!("  the same window after ten times the history ({} and {} leads)", rows / 5, rows * 2);
    line("ten times the history", longer, "once", shorter, 1.2);
    drop((short, long));
    scopes::scopes(name, &database());
    kept::kept(name, &database(), rows, WEEKS);
}

impl Bench {
    fn new(name: &'static str, database: TestDatabase, history: History) -> Bench {
        let (report, mut store) = (Report::new(), database.store());
        if name == "PostgreSQL" {
            // For every session to come, ours and those by hand.
            let set =
                "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET work_mem = ''64MB'''; END $$";
            store.execute(set).expect("the server is ours");
            store = Store::open(database.url()).expect("it was open before");
        }
        let began = Instant::now();
        fill(&store, history);
        println!("  {} leads written in {:.0} s", history.rows, began.elapsed().as_secs_f64());
        Bench { name, report, store, _database: database }
    }

    fn ours(&self, breakdowns: usize) -> Computed {
        self.report.compute(&self.store, breakdowns)
    }

    fn run(&self, statements: &[Statement]) {
        for statement in statements {
            self.store.execute(&statement.sql).expect("the database answers");
        }
    }

    fn is_sqlite(&self) -> bool {
        self.name == "SQLite"
    }

    /// Checks that all three agree.
    fn check(&self) {
        let ours = self.ours(4).tables();
        let by_hand = self.report.by_hand(self.is_sqlite(), true, 13);
        for (ours, statement) in ours.iter().zip(&by_hand) {
            agree(ours, statement, &statement.table(&self.store));
        }
        let one_by_one = self.report.one_by_one(self.is_sqlite());
        for (number, statement) in one_by_one.iter().enumerate() {
            agree(&ours[number * ours.len() / one_by_one.len()], statement, &statement.table(&self.store));
        }
    }

    fn report(&self) {
        let by_hand = |median, weeks| self.report.by_hand(self.is_sqlite(), median, weeks);
        let (with_median, without) = (by_hand(true, 13), by_hand(false, 13));
        let of_26_by_hand = by_hand(!self.is_sqlite(), HISTORY);
        let one_by_one = self.report.one_by_one(self.is_sqlite());
        let (mut parts, mut totals, mut judged) = (Vec::new(), Vec::new(), Vec::new());
        let times = timed(
            RUNS,
            &mut [
                &mut || parts.push(self.ours(4)),
                &mut || totals.push(self.ours(1)),
                &mut || self.run(&with_median),
                &mut || self.run(&without),
                &mut || self.run(&one_by_one),
                &mut || judged.push(self.report.judge(&self.store, 13)),
                &mut || _ = self.report.judge(&self.store, HISTORY),
                &mut || self.run(&of_26_by_hand),
            ],
        );
        let [ours, total, with_median, without, one_by_one, of_13, of_26, of_26_by_hand] =
            [0, 1, 2, 3, 4, 5, 6, 7].map(|at| median(times[at].clone()));
        let [folding, first] = [&parts, &totals].map(|runs| median(runs.iter().map(|run| run.folding).collect()));
        let computed = &parts[0];
        println!("  13 weeks × 4 breakdowns × 6 figures: {} rows, {} cells", computed.rows, computed.cells());
        println!("    {:<24}{:>10}", "reading and folding", shown(folding));
        println!("    {:<24}{:>10}", "cells", shown(ours.saturating_sub(folding)));
        line("ours", ours, "4 statements by hand", with_median, 0.25);
        // SQLite has no median; to number rows for it costs more than all else.
        line("ours", ours, "  without the median", without, f64::NAN);
        line("ours", ours, "24 statements", one_by_one, 0.1);
        // Beside what both databases can do, with goals 1.3 times what unjudged figures took when they were set.
        let (beside, by_hand, goal) = if self.is_sqlite() {
            ("  without the median", without, 0.39)
        } else {
            ("4 statements by hand", with_median, 0.47)
        };
        line("judged", of_13, beside, by_hand, goal);
        let folding_judged = median(judged.iter().map(|run: &Computed| run.folding).collect());
        println!("    {:<24}{:>10}", "  reading and folding", shown(folding_judged));
        line("judged by 26 weeks", of_26, "  of 26 weeks", of_26_by_hand, f64::NAN);
        line("a further breakdown", folding.saturating_sub(first) / 3, "the first scan and fold", first, 0.1);
        line("  with its cells", ours.saturating_sub(total) / 3, "the total alone", total, f64::NAN);
        let peak = memory::peak_of(|| _ = self.ours(4));
        println!(
            "    {:<24}{:>7} kB   (its peak, without what the database's library holds)",
            "memory of ours",
            peak / 1000
        );
    }
}

/// Checks that both give the same figures. A statement returns no row for an empty group, so a missing figure equals 0
/// here.
fn agree(ours: &Table, statement: &Statement, theirs: &Table) {
    for group in ours.keys().chain(theirs.keys()) {
        for figure in &statement.figures {
            let of = |table: &Table| table.get(group).and_then(|figures| figures[*figure]).unwrap_or(0.0);
            let (ours, theirs) = (of(ours), of(theirs));
            assert!((ours - theirs).abs() <= theirs.abs() * 1e-9, "{group:?}, figure {figure}: {ours}, not {theirs}");
        }
    }
}

/// Runs all in turn, so that other load on the machine affects each alike; one run before, to warm up.
fn timed(runs: usize, contenders: &mut [&mut dyn FnMut()]) -> Vec<Vec<Duration>> {
    let mut times = vec![Vec::with_capacity(runs); contenders.len()];
    for contender in contenders.iter_mut() {
        contender();
    }
    for _ in 0..runs {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            let began = Instant::now();
            contender();
            times.push(began.elapsed());
        }
    }
    times
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// One comparison, with its goal where there is one.
fn line(what: &str, ours: Duration, beside: &str, theirs: Duration, goal: f64) {
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    let goal = match goal {
        goal if goal.is_nan() => String::new(),
        goal if ratio <= goal => format!("  (goal {goal})"),
        goal => format!("  (goal {goal}: missed)"),
    };
    println!("    {what:<24}{:>10}   {beside:<24}{:>10}   {ratio:.2} ×{goal}", shown(ours), shown(theirs));
}
