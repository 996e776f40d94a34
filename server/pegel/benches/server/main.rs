//! How soon the server answers, and how much memory it takes. Run it on both databases with
//! `tests/postgres cargo bench --workspace`.
//!
//! `PEGEL_BENCH_ROWS` sets the number of leads, 1000000 by default.

#[path = "../../tests/common/mod.rs"]
mod common;

use common::server::Served;
use common::{Said, TestHome, wait_for};
use pegel_bench::exports::{self, MAPPING, Week};
use pegel_bench::leads::{History, fill};
use pegel_bench::{Sheet, median, memory_of, on_each_database, once, rows};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// When the last week is over in Berlin, in UTC seconds.
const END: i64 = 1_794_783_600;

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
    let mut sheet = Sheet::open(Path::new(env!("CARGO_TARGET_TMPDIR")), "server");
    on_each_database(|name, database| on_database(&mut sheet, name, &TestHome::with(database())));
}

fn on_database(sheet: &mut Sheet, name: &str, home: &TestHome) {
    home.run(&["init"]).succeeded();
    home.write("config/imports/leads.toml", MAPPING);
    fill(&home.store(), History::of(u64::from(rows()), END));
    sheet.begin(name, &format!("the server over {} leads", rows()));
    start(sheet, home);
    reports(sheet, home);
    let server = Served::start(home);
    page(&server, "/editions");
    memory(sheet, &server, "when it has begun", IDLE_GOAL);
    pages(sheet, home, &server);
    a_day(home, &server);
    an_evening(&server);
    memory(sheet, &server, "after a day of use", DAY_GOAL);
}

fn import(home: &TestHome, file: &str) {
    let file = home.write("leads.csv", file);
    home.run(&["import", &file.to_string_lossy(), "--map", "leads"]).succeeded();
}

/// Imports a lead of the last week.
fn import_one(home: &TestHome, key: &str) {
    import(home, &exports::one_lead(key, END - 3 * 24 * 3600));
}

/// Changes what the script of the feedback rate counts.
fn edit_feedback_rate(home: &TestHome) {
    let shipped = include_str!("../../../../kpis/partner/feedback_rate.rhai");
    let accepted = "data.leads.dated(|l| l.accepted_at)";
    let edited = shipped.replace(accepted, &format!("{accepted}.filter(|l| l.accepted_at.is_set())"));
    assert_ne!(edited, shipped);
    home.write("kpis/partner/feedback_rate.rhai", &edited);
}

/// Asks for a page; it must be there.
fn page(server: &Served, path: &str) {
    let answer = server.get(path);
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
}

fn start(sheet: &mut Sheet, home: &TestHome) {
    let answered = || once(|| page(&Served::start(home), "/healthz")).1;
    let times: Vec<Duration> = (0..RUNS).map(|_| answered()).collect();
    sheet.time("from its start to an answer", median(&times), Some(START_GOAL));
}

/// The weekly report that ships, as it is made on two Mondays.
fn reports(sheet: &mut Sheet, home: &TestHome) {
    let Week { new, older } = exports::take_last_week(&home.store(), END);
    home.run(&["kpi", "kept", "--forget"]).succeeded();
    let out = home.path().join("out").to_string_lossy().into_owned();
    let report = |monday: &str| {
        let mut report = home.command_at(monday, &["report", "run", "weekly", "--out", &out]);
        let (output, took) = once(|| report.output().expect("the program starts"));
        Said::of(&output).succeeded();
        took
    };
    let first = report("2026-11-09T07:00:00Z");
    import(home, &new);
    let [next, again] = [(); 2].map(|()| report("2026-11-16T07:00:00Z"));
    sheet.ratio("the next weekly report", next, "the first", first, None);
    sheet.ratio("the same again", again, "the first", first, None);
    // To start, to look for what is kept and to render takes as long for each.
    let reading = |took: Duration| took.saturating_sub(again);
    sheet.ratio("what the next reads", reading(next), "what the first reads", reading(first), Some(0.15));
    import(home, &older);
    let corrected = report("2026-11-16T07:00:00Z");
    sheet.ratio("with what became of older leads", corrected, "the first", first, None);
}

/// The pages that show what is computed.
fn pages(sheet: &mut Sheet, home: &TestHome, server: &Served) {
    let timed = |path: &str| once(|| page(server, path)).1;
    let again = |path: &str| median(&(0..RUNS).map(|_| timed(path)).collect::<Vec<_>>());
    home.run(&["kpi", "kept", "--forget"]).succeeded();
    sheet.time("/kpis, the first time", timed("/kpis"), None);
    sheet.time("/kpis, again", again("/kpis"), Some(PAGE_GOAL));
    sheet.time("a KPI's page, the first time", timed(OF_KPI), None);
    sheet.time("a KPI's page, again", again(OF_KPI), Some(PAGE_GOAL));
    import_one(home, "second");
    sheet.time("/kpis, after a row more", timed("/kpis"), None);
    sheet.time("/kpis, and again", again("/kpis"), Some(PAGE_GOAL));
    edit_feedback_rate(home);
    wait_for("the edit", || server.logged().contains("KPIs activated"));
    sheet.time("/kpis, after an edit", timed("/kpis"), None);
    sheet.time("/kpis, after it and again", again("/kpis"), Some(PAGE_GOAL));
}

/// Each hour an import, and people who look at all there is.
fn a_day(home: &TestHome, server: &Served) {
    for hour in 0..24 {
        import_one(home, &format!("hour {hour}"));
        for _ in 0..10 {
            for path in ["/kpis", OF_KPI, "/editions", "/operations", "/reference"] {
                page(server, path);
            }
        }
    }
}

/// Nobody looks any more, but whoever watches over the server asks how it is. Threads that made pages end after ten
/// seconds without one, and what they had goes back.
fn an_evening(server: &Served) {
    for _ in 0..13 {
        thread::sleep(Duration::from_secs(1));
        page(server, "/healthz");
    }
}

/// What the server takes for itself, and what it has in memory with the pages of its program, which the system shares
/// and drops as it likes.
fn memory(sheet: &mut Sheet, server: &Served, when: &str, goal: f64) {
    let taken = |measure| memory_of(&server.process().to_string(), measure).unwrap_or_default();
    sheet.megabytes(&format!("memory {when}"), taken("RssAnon"), Some(goal));
    sheet.megabytes(&format!("  with its program, {when}"), taken("VmRSS"), None);
}
