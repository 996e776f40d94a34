//! How soon the server answers, and how much memory it takes. Run it on both databases with
//! `tests/postgres cargo bench --workspace`.
//!
//! `PEGEL_BENCH_ROWS` sets the number of leads, 1000000 by default.

mod served;

use pegel_bench::leads::{History, PARTNERS, REGIONS, fill};
use pegel_bench::{Sheet, median, memory_of, once};
use pegel_store::testing::TestDatabase;
use served::{Home, Served};
use std::path::Path;
use std::time::Duration;

/// With this many weeks, a window of 13 weeks holds a ninth of all leads.
const WEEKS: i64 = 118;

/// When the last week is over in Berlin, in UTC seconds.
const END: i64 = 1_794_178_800;

/// How often slow measurements are repeated; the median counts.
const RUNS: usize = 7;

const START_GOAL: Duration = Duration::from_millis(200);
const PAGE_GOAL: Duration = Duration::from_millis(50);
/// What it takes for itself, in MB.
const IDLE_GOAL: f64 = 25.0;
const DAY_GOAL: f64 = 60.0;

/// The page of a KPI; its script is the one that is changed.
const OF_KPI: &str = "/kpis/feedback_rate";

fn main() {
    let rows = std::env::var("PEGEL_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let mut sheet = Sheet::open(Path::new(env!("CARGO_TARGET_TMPDIR")), "server");
    on_database(&mut sheet, "SQLite", rows, &TestDatabase::sqlite());
    if std::env::var_os("PEGEL_TEST_POSTGRES").is_some() {
        on_database(&mut sheet, "PostgreSQL", rows, &TestDatabase::postgres());
    } else {
        println!("\nPostgreSQL left out: PEGEL_TEST_POSTGRES names no server, tests/postgres starts one");
    }
}

fn on_database(sheet: &mut Sheet, name: &str, rows: u64, database: &TestDatabase) {
    fill(&database.store(), History { rows, weeks: WEEKS, end: END, partners: PARTNERS, regions: REGIONS });
    let home = Home::new(database.url(), END + 7 * 3600);
    home.import("first");
    sheet.begin(name, &format!("the server over {rows} leads"));
    start(sheet, &home);
    let server = Served::start(&home);
    server.page("/editions");
    memory(sheet, &server, "when it has begun", IDLE_GOAL);
    pages(sheet, &home, &server);
    a_day(&home, &server);
    memory(sheet, &server, "after a day of use", DAY_GOAL);
}

fn start(sheet: &mut Sheet, home: &Home) {
    let answered = || once(|| Served::start(home).page("/healthz")).1;
    let times: Vec<Duration> = (0..RUNS).map(|_| answered()).collect();
    sheet.time("from its start to an answer", median(&times), Some(START_GOAL));
}

/// The pages that show what is computed.
fn pages(sheet: &mut Sheet, home: &Home, server: &Served) {
    let timed = |path: &str| once(|| server.page(path)).1;
    let again = |path: &str| median(&(0..RUNS).map(|_| timed(path)).collect::<Vec<_>>());
    home.forget_kept();
    sheet.time("/kpis, the first time", timed("/kpis"), None);
    sheet.time("/kpis, again", again("/kpis"), Some(PAGE_GOAL));
    sheet.time("a KPI's page, the first time", timed(OF_KPI), None);
    sheet.time("a KPI's page, again", again(OF_KPI), Some(PAGE_GOAL));
    home.import("second");
    sheet.time("/kpis, after a row more", timed("/kpis"), None);
    sheet.time("/kpis, and again", again("/kpis"), Some(PAGE_GOAL));
    home.edit_feedback_rate();
    server.wait_until_it_logs("KPIs activated");
    sheet.time("/kpis, after an edit", timed("/kpis"), None);
    sheet.time("/kpis, after it and again", again("/kpis"), Some(PAGE_GOAL));
}

/// Each hour an import, and people who look at all there is.
fn a_day(home: &Home, server: &Served) {
    for hour in 0..24 {
        home.import(&format!("hour {hour}"));
        for _ in 0..10 {
            server.page("/kpis");
            server.page(OF_KPI);
            server.page("/editions");
            server.page("/operations");
            server.page("/reference");
        }
    }
}

/// What the server takes for itself, and what it has in memory with the pages of its program, which the system shares
/// and drops as it likes.
fn memory(sheet: &mut Sheet, server: &Served, when: &str, goal: f64) {
    let taken = |measure| memory_of(&server.process().to_string(), measure).unwrap_or_default();
    sheet.megabytes(&format!("memory {when}"), taken("RssAnon"), Some(goal));
    sheet.megabytes(&format!("  with its program, {when}"), taken("VmRSS"), None);
}
