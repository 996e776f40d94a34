//! Figures of many scopes from one scan, beside those of one.

use jiff::Timestamp;
use pegel_bench::leads::{History, fill};
use pegel_bench::{Sheet, median, timed};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::compute_for;
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::Language;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_store::Store;
use pegel_store::testing::TestDatabase;
use std::sync::Arc;

const LEADS: u64 = 100_000;

/// One scope for each of 702 partners, and one for each set of up to three of twelve regions: a thousand, no two alike.
const PARTNERS: u64 = 702;
const REGIONS: u64 = 12;

/// How often it is measured; the median counts.
const RUNS: usize = 3;

/// Unit and measures of each KPI; of two, the first is divided by the second.
const KPIS: [(&str, &[&str]); 10] = [
    ("count", &["count()"]),
    ("count", &["filter(|l| l.outcome == \"won\").count()"]),
    ("percent", &["filter(|l| l.accepted_at.is_set()).count()", "count()"]),
    ("percent", &["filter(|l| l.feedback_at.is_set()).count()", "filter(|l| l.accepted_at.is_set()).count()"]),
    ("percent", &["filter(|l| l.outcome == \"won\").count()", "filter(|l| l.closed_at.is_set()).count()"]),
    ("duration", &["mean(|l| l.accepted_at - l.offered_at)"]),
    ("duration", &["mean(|l| l.contacted_at - l.accepted_at)"]),
    ("duration", &["median(|l| l.accepted_at - l.offered_at)"]),
    ("money", &["sum(|l| l.amount)"]),
    ("money", &["filter(|l| l.outcome == \"won\").mean(|l| l.amount)"]),
];

/// Measures how the time grows with the number of scopes.
pub fn scopes(sheet: &mut Sheet, name: &str, database: &TestDatabase) {
    let periods = periods();
    let end = periods.last().map_or(0, |period| period.instants().end);
    let store = database.store();
    fill(&store, History { rows: LEADS, weeks: 13, end, partners: PARTNERS, regions: REGIONS });
    let (kpis, scopes) = (kpis(), all());
    let what =
        format!("{} KPIs × 13 weeks over {LEADS} leads, for scopes of one partner or up to three regions", kpis.len());
    sheet.begin(name, &what);
    let run = |scopes: &[Scope]| of_scopes(&store, &kpis, &periods, scopes);
    let counts = [1, 10, 100, scopes.len()];
    let [one, ten, hundred, thousand] = counts.map(|count| &scopes[..count]);
    let everything = [Scope::everything()];
    let times = timed(
        RUNS,
        &mut [&mut || run(one), &mut || run(ten), &mut || run(hundred), &mut || run(thousand), &mut || {
            run(&everything);
        }],
    );
    let times: Vec<_> = times.iter().map(|times| median(times)).collect();
    sheet.time("everything", times[4], None);
    for (at, count) in counts.iter().enumerate().skip(1) {
        let goal = (at == 3).then_some(6.0);
        sheet.ratio(&format!("{count} scopes"), times[at], "one, three regions", times[0], goal);
    }
}

fn of_scopes(store: &Store, kpis: &[Kpi], periods: &[Period], scopes: &[Scope]) {
    let request = |kpi| Request { kpi, breakdowns: vec![Vec::new()], comparison: Comparison::NONE, assess: false };
    let requests: Vec<Request> = kpis.iter().map(request).collect();
    let mut reader = store.reader().expect("a connection").anew();
    let figures = compute_for(&requests, periods, scopes, Timestamp::MAX, &mut reader);
    assert_eq!(figures.expect("the database answers").len(), scopes.len());
}

fn kpis() -> Vec<Kpi> {
    let language = Arc::new(Language::new());
    let kpi = |(number, (unit, measures)): (usize, &(&str, &[&str]))| {
        let (value, denominator) = match measures {
            [_, denominator] => ("ratio(m.a, m.b)", format!(", b: leads.{denominator}")),
            _ => ("m.a", String::new()),
        };
        let source = format!(
            "kpi(#{{ id: \"k{number}\", title: #{{ en: \"{number}\" }}, description: #{{ en: \"-\" }}, unit: \"{unit}\",
                 better: \"higher\" }});
             fn measures(data) {{
                 let leads = data.leads.dated(|l| l.created_at);
                 #{{ a: leads.{}{denominator} }}
             }}
             fn value(m) {{ {value} }}",
            measures[0]
        );
        language.load("k.rhai", &source).expect("the script is in order").remove(0)
    };
    KPIS.iter().enumerate().map(kpi).collect()
}

fn periods() -> Vec<Period> {
    let zone = zone("Europe/Berlin").expect("a zone");
    let last = Period::parse("2026-W45", Timestamp::UNIX_EPOCH, &zone).expect("a week");
    last.trail(13).expect("weeks before it")
}

/// All scopes, those of partners and of regions in turn while there are both; the first sees three regions.
fn all() -> Vec<Scope> {
    let mut regions = Vec::new();
    for first in 0..REGIONS {
        for second in first..REGIONS {
            // Two of them may be the same, but not one of them twice.
            let others = (second..REGIONS).filter(|third| *third > second || first == second);
            regions.extend(others.map(|third| [first, second, third]));
        }
    }
    regions.sort_by_key(|[first, second, third]| first == second || second == third);
    let of_regions = |regions: [u64; 3]| Scope {
        regions: Some(regions.iter().map(|region| format!("Region {region}")).collect()),
        ..Scope::everything()
    };
    let of_partner = |number| Scope { partners: Some(vec![format!("P{number}")]), ..Scope::everything() };
    let mut partners = (1..=PARTNERS).map(of_partner);
    let mut scopes = Vec::new();
    for regions in regions {
        scopes.push(of_regions(regions));
        scopes.extend(partners.next());
    }
    scopes.extend(partners);
    scopes
}
