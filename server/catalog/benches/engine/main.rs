//! How fast the engine is, compared with SQL written by hand. What counts are the ratios within one run: they hardly
//! depend on the machine. Run it on both databases with `tests/postgres cargo bench --workspace`.
//!
//! `PEGEL_BENCH_ROWS` sets the number of leads, 1000000 by default.

mod kept;
mod memory;
mod report;
mod scopes;

use pegel_bench::leads::{History, WEEKS, fill};
use pegel_bench::{Sheet, Unit, median, median_of, on_each_database, rows, timed};
use pegel_catalog::files::Files;
use pegel_catalog::load::{declared, language};
use pegel_kpi::engine::request::HISTORY;
use pegel_kpi::script::kpi::Kpi;
use pegel_store::Store;
use pegel_store::testing::TestDatabase;
use report::{Computed, Report, Statement, Table};
use std::path::Path;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// How often slow measurements are repeated; the median counts.
const RUNS: usize = 7;

fn main() {
    let mut sheet = Sheet::open(Path::new(env!("CARGO_TARGET_TMPDIR")), "engine");
    scripts(&mut sheet);
    on_each_database(|name, database| on_database(&mut sheet, name, u64::from(rows()), database));
}

/// Loading scripts, and what a cell costs.
fn scripts(sheet: &mut Sheet) {
    sheet.begin("Scripts", "those that ship");
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
    sheet.time("loading 100 KPIs", median_of(RUNS, || _ = load()), None);
    let kpis = declared(&files);
    let cells = || kpis.iter().map(Kpi::cell_of_nothing).filter(|cell| cell.outcome.value().is_some()).count();
    let evaluating = median_of(100, || _ = std::hint::black_box(cells()));
    let count = f64::from(u32::try_from(kpis.len()).unwrap_or(u32::MAX));
    sheet.figure("a cell, mean of all KPIs", evaluating.as_secs_f64() * 1e6 / count, Unit::Microseconds, None);
}

/// A database with leads in it.
struct Bench {
    name: &'static str,
    report: Report,
    store: Store,
    /// Held because dropping it removes the database.
    _database: TestDatabase,
}

fn on_database(sheet: &mut Sheet, name: &'static str, rows: u64, database: fn() -> TestDatabase) {
    sheet.begin(name, &format!("{rows} leads in {WEEKS} weeks"));
    let history = History::of(rows, Report::new().end());
    let bench = Bench::new(name, database(), history);
    bench.check();
    bench.report(sheet);
    drop(bench);
    let short = History { rows: rows / 5, ..history };
    let long = History { rows: short.rows * 10, weeks: WEEKS * 10, ..short };
    let [short, long] = [short, long].map(|history| Bench::new(name, database(), history));
    let times = timed(RUNS, &mut [&mut || _ = short.ours(4), &mut || _ = long.ours(4)]);
    let [shorter, longer] = [0, 1].map(|at| median(&times[at]));
    println!("  the same window after ten times the history ({} and {} leads)", rows / 5, rows * 2);
    sheet.ratio("ten times the history", longer, "once", shorter, Some(1.2));
    drop((short, long));
    scopes::scopes(sheet, name, &database());
    kept::kept(sheet, name, &database(), rows);
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
        fill(&store, history);
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

    fn report(&self, sheet: &mut Sheet) {
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
            [0, 1, 2, 3, 4, 5, 6, 7].map(|at| median(&times[at]));
        let folding_of = |runs: &[Computed]| median(&runs.iter().map(|run| run.folding).collect::<Vec<_>>());
        let [folding, first] = [&parts, &totals].map(|runs| folding_of(runs));
        let computed = &parts[0];
        println!("  13 weeks × 4 breakdowns × 6 figures: {} rows, {} cells", computed.rows, computed.cells());
        sheet.time("reading and folding", folding, None);
        sheet.time("cells", ours.saturating_sub(folding), None);
        // SQLite has no median; to number rows for it costs more than all else.
        let goal = |goal: f64, of_sqlite: bool| Some(goal).filter(|_| of_sqlite == self.is_sqlite());
        sheet.ratio("ours", ours, "4 statements by hand", with_median, goal(0.2, false));
        sheet.ratio("ours", ours, "  without the median", without, goal(0.15, true));
        sheet.ratio("ours", ours, "24 statements", one_by_one, Some(0.1));
        // Beside what both databases can do, with goals 1.3 times what unjudged figures took when they were set.
        let (beside, by_hand, goal) = if self.is_sqlite() {
            ("  without the median", without, 0.39)
        } else {
            ("4 statements by hand", with_median, 0.47)
        };
        sheet.ratio("judged", of_13, beside, by_hand, Some(goal));
        sheet.time("judged: reading and folding", folding_of(&judged), None);
        sheet.ratio("judged by 26 weeks", of_26, "  of 26 weeks", of_26_by_hand, None);
        sheet.ratio("a further breakdown", folding.saturating_sub(first) / 3, "the first", first, Some(0.1));
        sheet.ratio("  with its cells", ours.saturating_sub(total) / 3, "the total alone", total, None);
        let times = timed(
            RUNS,
            &mut [&mut || _ = self.report.trailing(&self.store, 13), &mut || _ = self.report.trailing(&self.store, 1)],
        );
        sheet.ratio("13 trailing years", median(&times[0]), "one", median(&times[1]), Some(1.5));
        // Without what the database's library holds.
        sheet.megabytes("memory of ours, at most", memory::peak_of(|| _ = self.ours(4)), Some(20.0));
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
