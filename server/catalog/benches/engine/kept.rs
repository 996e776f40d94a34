//! What is kept of what was computed: the same page and the same report again, after an import and after a script was
//! changed.

use crate::RUNS;
use crate::report::Report;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_bench::exports::{self, MAPPING};
use pegel_bench::leads::{History, fill};
use pegel_bench::{Sheet, median, median_of, once};
use pegel_catalog::files::Files;
use pegel_catalog::load::declared;
use pegel_import::{Mapping, Options, import};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::compute;
use pegel_kpi::engine::request::{HISTORY, Request};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;
use pegel_store::Store;
use pegel_store::testing::TestDatabase;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

/// A page of all KPIs is to answer so soon.
const PAGE: Duration = Duration::from_millis(50);

/// Measures what is gained by what is kept.
pub fn kept(sheet: &mut Sheet, name: &str, database: &TestDatabase, rows: u64) {
    let (report, store) = (Report::new(), database.store());
    let end = report.end();
    fill(&store, History::of(rows, end));
    let week = exports::take_last_week(&store, end).new;
    sheet.begin(name, &format!("what is kept of {rows} leads"));

    println!("  6 figures × 4 breakdowns, judged by {HISTORY} weeks, as reports are");
    let one_lead = |key: &str| exports::one_lead(key, end - 3 * 24 * 3600);
    let mut times = [const { Vec::new() }; 3];
    for run in 0..RUNS {
        store.forget_kept().expect("the database answers");
        times[0].push(once(|| report.judge_at(&store, HISTORY, 1)).1);
        // The last week, and from then on a lead more of it each time.
        import_file(&store, if run == 0 { week.clone() } else { one_lead(&format!("late {run}")) }, end);
        times[1].push(once(|| report.judge_at(&store, HISTORY, 0)).1);
        times[2].push(once(|| report.judge_at(&store, HISTORY, 0)).1);
    }
    let [first, next, again] = times.map(|times| median(&times));
    sheet.ratio("the next weekly report", next, "the first", first, Some(0.15));
    sheet.ratio("the same again", again, "the first", first, None);

    store.forget_kept().expect("the database answers");
    let files = Files::of_home(Path::new("/nonexistent")).expect("what is built in can be read");
    let mut kpis = declared(&files);
    let last = report.last_week();
    let page = |kpis: &[Kpi]| page(&store, kpis, &last, end);
    println!("  all {} KPIs over {HISTORY} weeks, judged", kpis.len());
    let ((), first) = once(|| page(&kpis));
    sheet.time("the first time", first, None);
    sheet.time("again", median_of(RUNS, || page(&kpis)), Some(PAGE));
    import_file(&store, one_lead("new"), end);
    sheet.time("after an import", once(|| page(&kpis)).1, None);
    sheet.time("after an import, again", once(|| page(&kpis)).1, Some(PAGE));
    kpis[0] = report.another();
    sheet.time("after a script changed", once(|| page(&kpis)).1, None);
    sheet.time("after a script changed, again", once(|| page(&kpis)).1, Some(PAGE));
    let kept = store.how_much_is_kept().expect("the database answers");
    println!("    kept {} slices, {} kB", kept.slices, kept.bytes / 1000);
}

/// What a page of all KPIs asks for, seven hours after the end of the last week.
fn page(store: &Store, kpis: &[Kpi], last: &Period, end: i64) {
    let request = |kpi| Request { kpi, breakdowns: vec![Vec::new()], comparison: Comparison::NONE, assess: true };
    let requests: Vec<Request> = kpis.iter().map(request).collect();
    let now = Timestamp::from_second(end + 7 * 3600).expect("an instant of this century");
    let weeks = last.trail(HISTORY).expect("weeks before it");
    let mut reader = store.reader().expect("a connection");
    let figures = compute(&requests, &weeks, &Scope::everything(), now, &mut reader).expect("the database answers");
    assert_eq!(figures.len(), kpis.len());
}

fn import_file(store: &Store, file: String, end: i64) {
    let mapping = Mapping::parse(MAPPING, "leads", &Model::built_in()).expect("it is in order");
    let (zone, currency) = (TimeZone::UTC, Currency::find("EUR").expect("there is the euro"));
    let options = Options { dry_run: false, allow_shrink: false, strict: false, now: end + 7 * 3600, zone, currency };
    let imported = import(Cursor::new(file.into_bytes()), "leads.csv", &mapping, store, &options, &mut |_| {});
    assert!(imported.expect("it is in order").rejected.is_empty());
}
