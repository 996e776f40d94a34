//! From a file as somebody has it to a report, with a suggested mapping.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[path = "../../import/tests/it/partner_leads.rs"]
mod partner_leads;

use common::TestHome;
use partner_leads::partner_leads;
use std::path::Path;

/// The words of a command that was suggested, without `pegel` and the home.
fn words(line: &str) -> Vec<String> {
    let words = line.trim().split(' ').skip(1);
    let mut words: Vec<String> = words.map(|word| word.trim_matches('\'').to_owned()).collect();
    if words.first().is_some_and(|word| word == "--home") {
        words.drain(..2);
    }
    words
}

/// Runs the commands that the end of `--suggest` names, and gives what the last one said.
fn follow(home: &TestHome, said: &str) -> String {
    let commands: Vec<&str> = said.lines().filter(|line| line.starts_with("  pegel ")).collect();
    assert_eq!(commands.len(), 3, "{said}");
    let mut last = String::new();
    for command in commands {
        let words = words(command);
        last = home.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).succeeded().out;
    }
    last
}

#[test]
fn a_german_export_becomes_a_report_by_following_what_the_command_says() {
    let home = TestHome::new();
    let file = home.path().join("Partnerleads-November.csv");
    std::fs::write(&file, partner_leads()).unwrap();
    let said = home.run(&["import", file.to_str().unwrap(), "--suggest"]).succeeded();
    assert!(said.out.ends_with("config/imports/partnerleads_november.toml\n"), "{}", said.out);
    assert!(said.err.contains("KPIs that get figures: "), "{}", said.err);
    let edition = follow(&home, &said.err);
    assert!(edition.starts_with("edition 1 "), "{edition}");
    let rates = home.cells(&["feedback_rate", "--period", "2026-W45", "--by", "region"]);
    assert!(rates.len() == 3 && rates.iter().all(|cell| cell["value"].is_number()), "{rates:?}");
}

#[test]
fn exports_of_four_crms_end_with_figures() {
    for crm in ["hubspot", "salesforce", "pipedrive", "dynamics365"] {
        let home = TestHome::new();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../import/tests/fixtures/suggest");
        let file = fixtures.join(format!("{crm}.csv"));
        let said = home.run(&["import", file.to_str().unwrap(), "--suggest", crm]).succeeded();
        assert!(said.err.contains("win_rate"), "{crm}: {}", said.err);
        assert!(follow(&home, &said.err).starts_with("edition 1 "), "{crm}");
        let cells = home.cells(&["win_rate", "--period", "2026-Q4"]);
        assert!(cells[0]["value"].as_f64().is_some_and(|rate| rate > 0.0 && rate < 1.0), "{crm}: {cells:?}");
    }
}

#[test]
fn a_mapping_that_is_there_stays_and_a_file_that_nothing_fits_makes_none() {
    let home = TestHome::new();
    let mine = home.write("config/imports/leads.toml", "# mine\n");
    let file = home.write("leads.csv", "Lead-Nr.;Eingang;Partner\n1;2026-11-03;Muster\n");
    let path = file.to_str().unwrap();
    home.run(&["import", path, "--suggest"]).failed(2, &["there is a mapping “leads” already", "--suggest NAME"]);
    home.run(&["import", path, "--suggest", "olist_leads"]).failed(2, &["there is a mapping “olist_leads” already"]);
    home.run(&["import", path, "--suggest", "../x"]).failed(2, &["“../x” is no name"]);
    home.run(&["import", path, path, "--suggest", "x"]).failed(2, &["leads.csv is named twice"]);
    assert_eq!(std::fs::read_to_string(mine).unwrap(), "# mine\n");
    let other = home.write("stars.csv", "star,magnitude\nVega,0.03\nDeneb,1.25\n");
    home.run(&["import", other.to_str().unwrap(), "--suggest"]).failed(2, &["its columns fit no table", "“magnitude”"]);
    assert!(!home.path().join("config/imports/stars.toml").exists());
}
