//! What `pegel init` leaves to read and to begin with, and what `pegel docs` prints.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use std::fs::{copy, create_dir_all, read_to_string};

#[test]
fn the_examples_of_a_new_home_do_nothing_until_they_are_copied_and_work_then() {
    let home = TestHome::new();
    let at = |name: &str| home.path().join(name);
    assert!(home.run(&["report", "list"]).succeeded().out.lines().all(|line| !line.contains("partners")));
    assert!(!home.run(&["kpi", "list"]).succeeded().out.contains("example"));
    copy(at("config/reports/examples/partners.toml"), at("config/reports/partners.toml")).unwrap();
    copy(at("config/imports/examples/leads.toml"), at("config/imports/leads.toml")).unwrap();
    create_dir_all(at("kpis/own")).unwrap();
    copy(at("kpis/example.rhai.txt"), at("kpis/own/example.rhai")).unwrap();
    let file = home.write(
        "leads.csv",
        "Lead No.;Received;Offered to partner;Accepted;First contact;Feedback;Closed;Status;Order value;Source;Partner No.;\
         Partner;Partner region;Customer;Campaign\n\
         1;09.11.2026 08:15;09.11.2026 09:00;10.11.2026;;;;Open;;Fair;P1;Muster;North;Ada;-\n\
         2;10.11.2026 08:15;10.11.2026 09:00;11.11.2026;11.11.2026;12.11.2026;13.11.2026;Won;1.234,50;Web;P1;Muster;North;Bo;-\n",
    );
    let said = home.run(&["import", file.to_str().unwrap(), "--map", "leads"]).succeeded();
    assert_eq!(said.out, "2 new, 0 changed, 0 unchanged, 0 rejected\n");
    assert!(home.run(&["report", "run", "partners"]).succeeded().out.starts_with("edition 1 "));
    home.run(&["kpi", "test", at("kpis/own").to_str().unwrap()]).succeeded();
    assert_eq!(home.cells(&["example", "--period", "2026-W46"])[0]["value"], 0.5);
}

#[test]
fn what_somebody_has_changed_is_left_as_it_is() {
    let home = TestHome::new();
    let mine = home.write("config/imports/README.md", "mine");
    home.run(&["init"]).succeeded();
    assert_eq!(read_to_string(mine).unwrap(), "mine");
}

#[test]
fn the_references_are_printed_and_lie_in_the_home() {
    let home = TestHome::new();
    for (docs, file, says) in [
        ("alerts", "config/alerts/README.md", "## Rows"),
        ("channels", "config/channels/README.md", "## A webhook"),
        ("mapping", "config/imports/README.md", "## [source]: how the file is written"),
        ("reports", "config/reports/README.md", "## [schedule]: when it is due"),
        ("tables", "config/tables/README.md", "## A table of your own"),
    ] {
        let said = home.run(&["docs", docs]).succeeded().out;
        assert!(said.contains(says), "{docs}");
        assert_eq!(said, read_to_string(home.path().join(file)).unwrap());
    }
    assert_eq!(home.run(&["docs", "kpis"]).succeeded().out, home.run(&["kpi", "reference"]).succeeded().out);
}

#[test]
fn the_references_of_reports_and_alerts_name_every_key_that_one_can_have() {
    for (docs, command) in [("reports", ["report", "run"]), ("alerts", ["alert", "check"])] {
        let said = TestHome::new().run(&["docs", docs]).succeeded().out;
        let home = TestHome::new();
        home.write(&format!("config/{docs}/odd.toml"), "title = { en = \"Odd\" }\nodd = 1\n");
        let refused = home.run(&[&command[..], &["odd"]].concat());
        let keys: Vec<&str> = refused.err.split('`').skip(3).step_by(2).collect();
        assert!(keys.len() >= 10, "{}", refused.err);
        for key in keys {
            assert!(said.contains(&format!("`{key}`")) || said.contains(&format!("[{key}]")), "{docs}: {key}");
        }
    }
}
