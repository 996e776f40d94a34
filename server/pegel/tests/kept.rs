//! What is kept of what was computed: reports and `pegel kpi value` use it and add to it, and it can be let go.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Said, TestHome};

const KPI: &str = "feedback_rate";

/// Two Mondays, when reports are made.
const MONDAY: &str = "2026-11-09T07:00:00Z";
const NEXT_MONDAY: &str = "2026-11-16T07:00:00Z";

fn homes() -> [TestHome; 2] {
    [TestHome::new(), TestHome::on_postgres()].map(|home| {
        home.run(&["init"]).succeeded();
        let mapping = "[source]\nzone = \"UTC\"\n[[tables]]\ntable = \"leads\"\nkey = \"key\"\n[tables.columns]\n\
                       created_at = \"created_at\"\naccepted_at = \"accepted_at\"\n";
        home.write("config/imports/leads.toml", mapping);
        import(&home, MONDAY, &["09-08", "09-29", "10-13", "11-03", "11-09"]);
        home
    })
}

/// Imports leads of these days.
fn import(home: &TestHome, now: &str, days: &[&str]) {
    let lead = |day: &&str| format!("L{day},2026-{day}T06:00:00Z,2026-{day}T06:30:00Z\n");
    let leads: String = days.iter().map(lead).collect();
    let file = home.write("leads.csv", &format!("key,created_at,accepted_at\n{leads}"));
    at(home, now, &["import", &file.to_string_lossy(), "--map", "leads"]);
}

fn at(home: &TestHome, now: &str, arguments: &[&str]) -> String {
    Said::of(&home.command_at(now, arguments).output().unwrap()).succeeded().out
}

/// How many parts of the figures were computed, and how many had been kept, when they were computed last.
fn parts(home: &TestHome) -> (i64, i64) {
    let health = home.store().health(KPI).unwrap().unwrap();
    (health.slices_computed.unwrap(), health.slices_kept.unwrap())
}

/// The numbers of the report of the second Monday.
fn numbers(home: &TestHome) -> String {
    let out = home.path().join("out");
    at(home, NEXT_MONDAY, &["report", "run", "weekly", "--out", &out.to_string_lossy()]);
    let numbers = std::fs::read_to_string(out.join("numbers.json")).unwrap();
    std::fs::remove_dir_all(&out).unwrap();
    numbers
}

#[test]
fn the_next_report_computes_the_next_week_alone() {
    for home in homes() {
        at(&home, MONDAY, &["report", "run", "weekly"]);
        let (computed, kept) = parts(&home);
        assert!(computed > 100 && kept == 0, "{computed} computed, {kept} kept");
        import(&home, NEXT_MONDAY, &["11-10", "11-11", "11-16"]);
        at(&home, NEXT_MONDAY, &["report", "run", "weekly"]);
        let (computed, kept) = parts(&home);
        assert!(computed > 0 && computed * 10 < kept, "{computed} computed, {kept} kept");

        let with = numbers(&home);
        assert!(home.run(&["kpi", "kept", "--forget"]).succeeded().out.starts_with("forgotten: "));
        assert!(home.run(&["kpi", "kept"]).succeeded().out.starts_with("kept: 0 parts of figures, 0 MB; at most "));
        assert_eq!(numbers(&home), with);
        assert!(!home.run(&["kpi", "kept"]).succeeded().out.contains(" 0 parts"));
    }
}

#[test]
fn a_report_by_todays_dimensions_has_parts_of_its_own() {
    for home in homes() {
        let of = |dimensions: &str| {
            let weekly = include_str!("../../../config/reports/weekly.toml");
            home.write("config/reports/weekly.toml", &format!("dimensions = \"{dimensions}\"\n{weekly}"));
            at(&home, MONDAY, &["report", "run", "weekly", "--again"]);
            parts(&home)
        };
        let ((then, 0), (today, 0)) = (of("then"), of("today")) else { panic!("neither was there") };
        assert_eq!(then, today);
        assert_eq!((of("then"), of("today")), ((0, then), (0, today)));
    }
}

#[test]
fn a_value_asked_for_on_the_command_line_is_kept() {
    for home in homes() {
        let kept = || home.run(&["kpi", "kept"]).succeeded().out;
        assert!(kept().contains(" 0 parts"), "{}", kept());
        home.run(&["kpi", "value", KPI, "--period", "2026-W45", "--by", "region"]).succeeded();
        assert!(!kept().contains(" 0 parts"), "{}", kept());
    }
}
