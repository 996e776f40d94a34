//! Versions of KPIs: activating, going back, and what a running server makes of changed files.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::server::Served;
use common::{Said, TestHome};
use pegel_kpi::data::model::Model;
use pegel_store::StoreError;
use pegel_store::facts::{Fact, Facts, Value};
use std::time::{Duration, Instant};

const FILE: &str = "kpis/own/closed_deals.rhai";

/// Counts the opportunities for which the condition holds; its test has one won and one lost, and expects this many.
fn script(condition: &str, expected: u32) -> String {
    format!(
        r#"kpi(#{{ id: "closed_deals", title: #{{ en: "Closed deals", de: "Abschlüsse" }},
       description: #{{ en: "Closed.", de: "Abgeschlossen." }}, unit: "count", better: "higher" }});
fn measures(data) {{ #{{ n: data.opportunities.dated(|o| o.closed_at).filter(|o| {condition}).count() }} }}
fn value(m) {{ m.n }}
fn tests() {{ [ #{{ name: "of two", period: "2026-W45", expect: {expected}, opportunities: [
    #{{ closed_at: "2026-11-02T08:00", outcome: "won" }}, #{{ closed_at: "2026-11-03T08:00", outcome: "lost" }} ] }} ] }}
"#
    )
}

fn all() -> String {
    script("o.closed_at.is_set()", 2)
}

fn won() -> String {
    script("o.outcome == \"won\"", 1)
}

/// A home with two deals in 2026-W45, one of them won; its KPI counts both, and is in force as activation 1.
fn home() -> TestHome {
    home_on(TestHome::new())
}

fn home_on(home: TestHome) -> TestHome {
    let opportunities = Model::built_in().table("opportunities").unwrap();
    let columns = ["closed_at", "outcome"].map(|name| opportunities.column(name).unwrap().clone());
    let deal = |key: &str, outcome: &str| Fact {
        key: key.to_owned(),
        // A Tuesday, 2026-11-03.
        values: vec![Value::Integer(1_793_700_000), Value::Text(outcome.to_owned())],
        attributes: serde_json::Map::new(),
        valid_from: None,
        changed_at: None,
    };
    let rows = vec![deal("A1", "won"), deal("A2", "lost")];
    let facts = Facts { table: opportunities, columns: columns.into(), rows };
    home.store().write(true, |writer| writer.upsert(&facts, 1_793_700_000)).map_err(|error: StoreError| error).unwrap();
    home.write(FILE, &all());
    assert!(home.run(&["kpi", "activate"]).succeeded().out.ends_with(" KPIs\nactivation 1\n"));
    home
}

fn value(home: &TestHome) -> f64 {
    home.cells(&["closed_deals", "--period", "2026-W45"])[0]["value"].as_f64().unwrap()
}

#[test]
fn an_activation_shows_first_what_it_changes() {
    insta::allow_duplicates! { for home in [home(), home_on(TestHome::on_postgres())] {
        home.write(FILE, &won());
        let dry = home.run(&["kpi", "activate", "--dry-run", "--periods", "4"]).succeeded();
        insta::assert_snapshot!(dry.out, @r"
        changed  own/closed_deals.rhai
        closed_deals: differs in 1 of 4 weeks
            2026-W45  2  → 1
        ");
        assert!(dry.err.contains("nothing was activated"), "{}", dry.err);
        assert_eq!(home.store().activations().unwrap().len(), 1);

        let said = home.run(&["kpi", "activate", "--periods", "2", "--span", "quarter"]).succeeded();
        insta::assert_snapshot!(said.out, @r"
        changed  own/closed_deals.rhai
        closed_deals: no difference in 2 quarters
        activation 2
        ");
        let again = home.run(&["kpi", "activate"]).succeeded();
        assert_eq!(again.out, "");
        assert!(again.err.contains("in force since activation 2"), "{}", again.err);
    } }
}

#[test]
fn new_and_removed_kpis_are_named() {
    let home = home();
    std::fs::rename(home.path().join(FILE), home.path().join("kpis/own/other.rhai")).unwrap();
    let text = all().replace("closed_deals", "other_deals");
    home.write("kpis/own/other.rhai", &text);
    insta::assert_snapshot!(home.run(&["kpi", "activate", "--dry-run"]).succeeded().out, @r"
    removed  own/closed_deals.rhai
    new      own/other.rhai
    other_deals: a new KPI
    closed_deals: no KPI any more
    ");
}

#[test]
fn failing_tests_are_refused_unless_somebody_insists() {
    let home = home();
    home.write(FILE, &won().replace("expect: 1", "expect: 2"));
    let refused = home.run(&["kpi", "activate"]).failed(1, &["of two", "expected 2, found 1", "nothing was activated"]);
    assert!(refused.out.contains("2026-W45"), "{}", refused.out);
    home.run(&["kpi", "activate", "--dry-run"]).failed(1, &["1 test fails"]);
    assert_eq!(home.store().activations().unwrap().len(), 1);
    let said = home.run(&["kpi", "activate", "--force"]).succeeded();
    assert!(said.out.ends_with("activation 2\n") && said.err.contains("--force is recorded"), "{said:?}");
    assert_eq!(home.store().activations().unwrap()[0].forced_past, 1);
    assert!(home.run(&["kpi", "history"]).succeeded().out.contains("forced past 1 failed test"));
}

#[test]
fn what_is_in_order_is_activated_beside_a_draft() {
    let home = home();
    home.write("kpis/own/draft.rhai", "kpi(#{");
    home.write(FILE, &won());
    let said = home.run(&["kpi", "activate"]).failed(1, &["kpis/own/draft.rhai is not in order and waits", "error: "]);
    assert!(said.out.ends_with("activation 2\n") && said.out.starts_with("changed  own/closed_deals.rhai\n"));
    assert!((value(&home) - 1.0).abs() < 1e-9);
    home.run(&["kpi", "activate"]).failed(1, &["own/draft.rhai", "nothing was activated"]);
    assert_eq!(home.store().activations().unwrap().len(), 2);
}

#[test]
fn what_does_not_load_cannot_be_forced() {
    let home = home();
    home.write(FILE, &won().replace("o.outcome", "o.outcme"));
    home.run(&["kpi", "activate", "--force"]).failed(1, &["closed_deals.rhai:3:", "did you mean “outcome”?"]);
    assert_eq!(home.store().activations().unwrap().len(), 1);
}

#[test]
fn a_rollback_puts_the_kpis_before_in_force_and_leaves_the_files() {
    let home = home();
    home.run(&["kpi", "rollback"]).failed(2, &["nothing else was ever in force"]);
    home.write(FILE, &won());
    home.run(&["kpi", "activate"]).succeeded();
    assert!((value(&home) - 1.0).abs() < 1e-9);
    let said = home.run(&["kpi", "rollback"]).succeeded();
    assert_eq!(said.out, "changed  own/closed_deals.rhai\nactivation 3\n");
    assert!((value(&home) - 2.0).abs() < 1e-9);
    assert_eq!(std::fs::read_to_string(home.path().join(FILE)).unwrap(), won());
    home.run(&["kpi", "rollback", "3"]).failed(2, &["activation 3 is in force"]);
    home.run(&["kpi", "rollback", "9"]).failed(2, &["there is no activation 9"]);
    assert_eq!(home.run(&["kpi", "rollback", "2"]).succeeded().out, "changed  own/closed_deals.rhai\nactivation 4\n");

    let history = home.run(&["kpi", "history"]).succeeded().out;
    let lines: Vec<Vec<&str>> = history.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines[1], ["3", "2026-11-18 10:00:00", "rollback", "–", "to activation 1", "~own/closed_deals.rhai"]);
    assert_eq!((lines.len(), lines[3][2]), (4, "command"));
    assert!(lines[3][5].ends_with(" files"), "{history}");
}

#[test]
fn the_history_of_a_kpi_names_its_versions() {
    let home = home();
    home.write("kpis/own/other.rhai", &all().replace("closed_deals", "other_deals"));
    home.run(&["kpi", "activate"]).succeeded();
    home.write(FILE, &won());
    home.run(&["kpi", "activate"]).succeeded();
    let of = |name: &str| home.run(&["kpi", "history", name]).succeeded().out;
    let numbers: Vec<String> =
        of("closed_deals").lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    assert_eq!(numbers, ["3", "1"]);
    assert_eq!(of(FILE), of("closed_deals"));
    std::fs::remove_file(home.path().join(FILE)).unwrap();
    home.run(&["kpi", "activate"]).succeeded();
    assert!(of("own/closed_deals.rhai").lines().next().unwrap().ends_with("removed"));
    home.run(&["kpi", "history", "other_deal"]).failed(2, &["did you mean “other_deals”?"]);
}

#[test]
fn versions_are_compared_line_by_line() {
    let home = home();
    home.write(FILE, &won());
    let differing = |said: Said| {
        let lines = said.out.lines().filter(|line| line.starts_with(['-', '+']));
        lines.map(|line| line.chars().take(60).collect::<String>()).collect::<Vec<_>>().join("\n")
    };
    let on_disk = home.run(&["kpi", "diff", "closed_deals"]).succeeded();
    assert!(on_disk.out.starts_with("--- own/closed_deals.rhai\tactivation 1\n+++ own/closed_deals.rhai\tfile\n"));
    assert_eq!(differing(on_disk).lines().count(), 6);
    home.run(&["kpi", "activate"]).succeeded();
    let none = home.run(&["kpi", "diff", "closed_deals"]).succeeded();
    assert!(none.out.is_empty() && none.err.contains("no difference"), "{none:?}");
    let back = home.run(&["kpi", "diff", "own/closed_deals.rhai", "2", "1"]).succeeded();
    assert!(differing(back).contains("+fn measures(data)"));
    // Even a file that does not load can be compared.
    home.write(FILE, "kpi(#{\n");
    assert!(home.run(&["kpi", "diff", "closed_deals"]).succeeded().out.contains("\n+kpi(#{\n"));
    home.run(&["kpi", "diff", "closed_deal"]).failed(2, &["did you mean “closed_deals”?"]);
    home.run(&["kpi", "diff", "closed_deals", "7"]).failed(2, &["there is no activation 7"]);
}

/// The page of the KPI once it shows a text, and how long that took.
fn page_that(served: &Served, shows: impl Fn(&str) -> bool) -> (String, Duration) {
    let started = Instant::now();
    loop {
        let page = served.body("/kpis/closed_deals");
        if shows(&page) {
            return (page, started.elapsed());
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{page}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_running_server_keeps_the_number_of_a_broken_file_and_takes_the_mended_one_within_two_seconds() {
    let home = home();
    let served = Served::start(&home);
    let page = served.body("/kpis/closed_deals");
    assert!(!page.contains("not in order"), "{page}");
    let before = page.split_once("chart-text\">").unwrap().1.split_once("</desc>").unwrap().0.to_owned();
    assert!(before.contains(": 2."), "{before}");

    home.write(FILE, &won().replace("fn value(m) {", "fn value(m {"));
    let (page, _) = page_that(&served, |page| page.contains("was changed but is not in order"));
    assert!(page.contains("closed_deals.rhai:4:") && page.contains(&before), "{page}");
    assert!(served.body("/kpis").contains("class=\"mark\""));

    home.write(FILE, &won());
    let (page, took) = page_that(&served, |page| !page.contains("not in order"));
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(!page.contains(&before) && (page.contains("rows read") || page.contains("computed before")), "{page}");
    // Nothing was imported since.
    let again = served.body("/kpis/closed_deals");
    assert!(!again.contains("rows read") && again.contains("parts computed before"), "{again}");
}

#[test]
fn a_command_counts_in_a_running_server() {
    let home = home();
    let served = Served::start(&home);
    home.write(FILE, &won().replace("expect: 1", "expect: 2"));
    home.run(&["kpi", "activate", "--force"]).succeeded();
    page_that(&served, |page| page.contains("expect: 2") && !page.contains("not in order"));
    home.run(&["kpi", "rollback"]).succeeded();
    let (_, took) = page_that(&served, |page| page.contains("o.closed_at.is_set()"));
    assert!(took < Duration::from_secs(2), "{took:?}");
    // A broken new file belongs to no KPI, so the list shows it.
    home.write("kpis/own/newer.rhai", "kpi(#{");
    let started = Instant::now();
    while !served.body("/kpis").contains("own/newer.rhai") {
        assert!(started.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    }
    home.write(FILE, &won());
    // It keeps no other from coming into force.
    page_that(&served, |page| page.contains("expect: 1") && !page.contains("not in order"));
    assert!(served.body("/kpis").contains("own/newer.rhai"));
}

#[test]
fn where_files_do_not_count_a_dry_run_comes_in_time() {
    let home = home();
    home.write("config/pegel.toml", "[kpis]\nfollow_files = false\n");
    let served = Served::start(&home);
    home.write(FILE, &won());
    std::thread::sleep(Duration::from_millis(1500));
    let said = home.run(&["kpi", "activate", "--dry-run"]).succeeded();
    assert!(said.out.contains("differs in 1 of 13 weeks"), "{}", said.out);
    assert!((value(&home) - 2.0).abs() < 1e-9);
    assert!(served.body("/kpis/closed_deals").contains("o.closed_at.is_set()"));
    home.run(&["kpi", "activate"]).succeeded();
    let (_, took) = page_that(&served, |page| page.contains("o.outcome == &quot;won"));
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_report_notes_how_its_kpis_are() {
    let home = home();
    home.write("config/reports/weekly.toml", include_str!("../../../config/reports/weekly.toml"));
    home.run(&["report", "run", "weekly"]).succeeded();
    let health = home.store().health("feedback_rate").unwrap().unwrap();
    assert_eq!((health.evaluated_at, health.error), (1_794_992_400, None));
    assert_eq!(home.store().health("closed_deals").unwrap(), None);
}
