//! What is kept of what was computed: the same page and the same report again, after an import and after a script was
//! changed.

use crate::leads::{History, PARTNERS, REGIONS, fill};
use crate::report::Report;
use crate::{RUNS, line, median, shown, timed};
use jiff::Timestamp;
use jiff::tz::TimeZone;
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
use std::time::{Duration, Instant};

/// A page of all KPIs is to answer so soon.
const PAGE: Duration = Duration::from_millis(50);

/// A lead of the last week that somebody has looked at.
const MAPPING: &str = r#"
[source]
zone = "UTC"
[[tables]]
table = "leads"
key = "key"
[tables.columns]
created_at = "created_at"
amount = "amount"
"#;

/// Measures what is gained by what is kept.
pub fn kept(name: &str, database: &TestDatabase, rows: u64, weeks: i64) {
    let (report, store) = (Report::new(), database.store());
    let end = report.end();
    fill(&store, History { rows, weeks, end, partners: PARTNERS, regions: REGIONS });
    println!("\n{name}, what is kept of {rows} leads");

    let (_, first) = once(|| report.judge_at(&store, 13, 1));
    let (_, next) = once(|| report.judge_at(&store, 13, 0));
    line("the next weekly report", next, "the first", first, 0.15);
    let again = median(timed(RUNS, &mut [&mut || _ = report.judge_at(&store, 13, 0)]).remove(0));
    line("the same again", again, "the first", first, f64::NAN);

    store.forget_kept().expect("the database answers");
    let files = Files::of_home(Path::new("/nonexistent")).expect("what is built in can be read");
    let mut kpis = declared(&files);
    let last = report.last_week();
    let page = |kpis: &[Kpi]| page(&store, kpis, &last, end);
    println!("  all {} KPIs over {HISTORY} weeks, judged", kpis.len());
    let ((), first) = once(|| page(&kpis));
    let shown_page = |what: &str, time: Duration| {
        let goal = if time <= PAGE { "" } else { ": missed" };
        println!(
            "    {what:<24}{:>10}   {:.2} × the first  (goal {}{goal})",
            shown(time),
            ratio(time, first),
            shown(PAGE)
        );
    };
    println!("    {:<24}{:>10}", "the first time", shown(first));
    shown_page("again", median(timed(RUNS, &mut [&mut || page(&kpis)]).remove(0)));
    import_one(&store, end);
    shown_page("after an import", once(|| page(&kpis)).1);
    shown_page("and again", once(|| page(&kpis)).1);
    kpis[0] = report.another();
    shown_page("after a script changed", once(|| page(&kpis)).1);
    shown_page("and again", once(|| page(&kpis)).1);
    let kept = store.how_much_is_kept().expect("the database answers");
    println!("    kept {} slices, {} kB", kept.slices, kept.bytes / 1000);
}

fn once<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let made = work();
    (made, began.elapsed())
}

fn ratio(time: Duration, of: Duration) -> f64 {
    time.as_secs_f64() / of.as_secs_f64()
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

fn import_one(store: &Store, end: i64) {
    let created = Timestamp::from_second(end - 3 * 24 * 3600).expect("an instant of this century");
    let file = format!("key,created_at,amount\nnew,{created},100\n");
    let mapping = Mapping::parse(MAPPING, "one", &Model::built_in()).expect("it is in order");
    let (zone, currency) = (TimeZone::UTC, Currency::find("EUR").expect("there is the euro"));
    let options = Options { dry_run: false, allow_shrink: false, strict: false, now: end + 7 * 3600, zone, currency };
    import(Cursor::new(file.into_bytes()), "one.csv", &mapping, store, &options, &mut |_| {}).expect("it is in order");
}
