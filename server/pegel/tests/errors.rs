//! Errors: what is said about them, and that nothing is left half done.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use std::process::Command;

const LEADS: &str = "mql_id,first_contact_date,landing_page_id,origin\n";

#[test]
fn a_mapping_that_does_not_exist_is_answered_with_those_that_do() {
    let home = TestHome::new();
    let file = home.write("leads.csv", LEADS);
    home.run(&["import", file.to_str().unwrap(), "--map", "olist_lead"]).failed(2, &["olist_lead", "olist_leads"]);
}

#[test]
fn a_column_that_the_file_lacks_stops_the_import_before_it_begins() {
    let home = TestHome::new();
    let file = home.write("leads.csv", "mql_id,first_contact,landing_page_id,origin\nL1,2018-02-01,P1,social\n");
    let said = home.run(&["import", file.to_str().unwrap(), "--map", "olist_leads"]);
    let said = said.failed(2, &["first_contact_date", "first_contact"]);
    assert_eq!(said.out, "");
    assert_eq!(home.cells(&["lead_conversion_rate", "--period", "2018"])[0]["state"], "no_data");
}

#[test]
fn an_unreadable_date_rejects_its_row_and_no_other() {
    let home = TestHome::new();
    let rows = "L1,2018-02-01,P1,social\nL2,soon,P1,social\nL3,2018-02-03,P1,social\n";
    let file = home.write("leads.csv", &format!("{LEADS}{rows}"));
    let rejected = home.path().join("rejected.csv");
    let arguments = ["import", file.to_str().unwrap(), "--map", "olist_leads"];
    let said = home.run(&[&arguments[..], &["--rejected", rejected.to_str().unwrap()]].concat());
    let said = said.failed(1, &["leads.csv:3:", "first_contact_date", "“soon”"]);
    assert_eq!(said.out, "2 new, 0 changed, 0 unchanged, 1 rejected\n");
    let rejected = std::fs::read_to_string(rejected).unwrap();
    assert!(rejected.contains("L2,soon,P1,social,3,first_contact_date,"), "{rejected}");
}

#[test]
fn a_broken_csv_file_leaves_nothing_behind() {
    let home = TestHome::new();
    let file = home.write("leads.csv", "mql_id,\"first_contact_date,landing_page_id,origin\nL1,2018-02-01,P1,social\n");
    let said = home.run(&["import", file.to_str().unwrap(), "--map", "olist_leads"]);
    said.failed(2, &["leads.csv:1:", "quote"]);
    assert_eq!(home.cells(&["lead_conversion_rate", "--period", "2018"])[0]["state"], "no_data");
    let file = home.write("binary.csv", "\u{0}\u{1}\u{2}");
    assert_ne!(home.run(&["import", file.to_str().unwrap(), "--map", "olist_leads"]).status, 0);
}

#[test]
fn the_file_of_rejected_rows_is_looked_after_before_anything_is_imported() {
    let home = TestHome::new();
    let file = home.write("leads.csv", &format!("{LEADS}L1,2018-02-01,P1,social\n"));
    let import =
        |rejected: &str| home.run(&["import", file.to_str().unwrap(), "--map", "olist_leads", "--rejected", rejected]);
    import(file.to_str().unwrap()).failed(2, &["would replace a file that is imported"]);
    import("/nonexistent/rejected.csv").failed(2, &["/nonexistent/rejected.csv"]);
    assert_eq!(home.cells(&["lead_conversion_rate", "--period", "2018"])[0]["state"], "no_data");
}

#[test]
fn a_week_that_is_not_over_is_not_reported() {
    let home = TestHome::new();
    home.run(&["report", "run", "weekly", "--period", "this-week"]).failed(2, &["2026-W47 is not over yet", "--out"]);
    assert!(home.store().editions(1, 0).unwrap().is_empty());
    let folder = home.path().join("so-far");
    home.run(&["report", "run", "weekly", "--period", "this-week", "--out", folder.to_str().unwrap()]).succeeded();
    assert!(folder.join("mail.txt").exists());
}

#[test]
fn a_week_that_has_not_begun_is_reported_nowhere() {
    let home = TestHome::new();
    let folder = home.path().join("ahead");
    let said = home.run(&["report", "run", "weekly", "--period", "2026-W49", "--out", folder.to_str().unwrap()]);
    said.failed(2, &["2026-W49 has not begun"]);
    assert_eq!(home.cells(&["leads", "--period", "2026-W49"])[0]["state"], "no_data");
}

#[test]
fn the_demo_keeps_its_hands_off_data_that_are_not_its_own() {
    let home = TestHome::new();
    let file = home.write("leads.csv", &format!("{LEADS}L1,2018-02-01,P1,social\n"));
    home.run(&["import", file.to_str().unwrap(), "--map", "olist_leads"]).succeeded();
    home.run(&["demo", "--once"]).failed(2, &["holds data already", "--home"]);
}

#[test]
fn a_demo_on_a_port_that_is_taken_says_so_before_it_makes_anything_up() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = TestHome::empty();
    home.run(&["demo", "--port", &port]).failed(3, &[&port, "is in use", "choose another port"]);
    assert_eq!(home.files("").len(), 0, "nothing was made");
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let home = TestHome::new();
    let file = home.write("leads.csv", &format!("{LEADS}L1,2018-02-01,P1,social\n"));
    let arguments = ["import", file.to_str().unwrap(), "--map", "olist_leads", "--dry-run"];
    for _ in 0..2 {
        assert_eq!(home.run(&arguments).succeeded().out, "1 new, 0 changed, 0 unchanged, 0 rejected\n");
    }
}

#[test]
fn scripts_are_refused_with_file_line_source_and_caret() {
    let home = TestHome::new();
    let shipped = home.run(&["kpi", "show", "feedback_rate"]).succeeded().out;
    let broken = home.write("kpis/partner/feedback_rate.rhai", &shipped.replace("l.feedback_at", "l.feedbck_at"));
    let drawn = ["feedback_rate.rhai:", "^^^^^^^^^^", "did you mean “feedback_at”?"];
    home.run(&["kpi", "check", broken.to_str().unwrap()]).failed(1, &drawn);
    let broken = home.write("kpis/partner/feedback_rate.rhai", &shipped.replace("fn value(m) {", "fn value(m {"));
    home.run(&["kpi", "check", broken.to_str().unwrap()]).failed(1, &["feedback_rate.rhai:25:"]);
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    let home = TestHome::new();
    let value = |arguments: &[&str]| home.run(&[&["kpi", "value"], arguments].concat());
    value(&["winrate", "--period", "2017"]).failed(2, &["did you mean “win_rate”?"]);
    value(&["win_rate", "--period", "2017-13"]).failed(2, &["“2017-13” is not a period", "2026-W45"]);
    value(&["win_rate", "--period", "2017", "--by", "regoin"]).failed(2, &["did you mean “region”?"]);
    value(&["win_rate", "--period", "2017", "--by", "kind"]).failed(2, &["opportunities has no kind"]);
    home.run(&["report", "run", "weekl"]).failed(2, &["weekly"]);
    home.run(&["report", "run", "weekly", "--period", "2025"]).failed(2, &["week"]);
    home.run(&["report", "verify", "77"]).failed(2, &["there is no edition 77"]);
}

#[test]
fn an_unreachable_mail_server_keeps_the_mail_for_later() {
    let home = TestHome::new();
    let weekly = include_str!("../../../config/reports/weekly.toml");
    home.write("config/reports/weekly.toml", &weekly.replace("recipients = []", "recipients = [\"a@example.com\"]"));
    // Nothing listens on the port of a closed listener.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("smtp://user:hidden@127.0.0.1:{port}");
    let said = home.run(&["--mail-url", &url, "report", "run", "weekly", "--send"]);
    let said = said.failed(3, &["a@example.com", "not all mails could be handed over"]);
    assert!(!said.err.contains("hidden"), "{}", said.err);
    let deliveries = home.store().deliveries(None).unwrap();
    assert_eq!((deliveries.len(), deliveries[0].attempts, deliveries[0].delivered_at), (1, 1, None));
}

#[test]
fn databases_that_are_not_there_are_told_apart() {
    let home = TestHome::empty();
    let with = |url: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pegel"));
        command.env_clear().arg("--home").arg(home.path()).args(["--database-url", url]).args(arguments);
        common::Said::of(&command.output().unwrap())
    };
    let value = ["kpi", "value", "win_rate", "--period", "2017"];
    with("postgress:foo", &value).failed(2, &["postgress:", "sqlite:PATH"]);
    assert!(!home.path().join("foo").exists() && !std::path::Path::new("postgress:foo").exists());
    with("sqlite:none.db", &value).failed(2, &["pegel init"]);
    assert!(!home.path().join("none.db").exists());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let said = with(&format!("postgres://ada:hidden@127.0.0.1:{port}/pegel"), &value);
    assert!(!said.err.contains("hidden"), "{}", said.err);
    said.failed(3, &[&port.to_string()]);
    with("sqlite:pegel.db", &["migrate"]).failed(2, &["pegel init"]);
    with("sqlite:pegel.db", &["init"]).succeeded();
    with("sqlite:pegel.db", &["migrate"]).succeeded();
    with("sqlite:pegel.db", &value).succeeded();
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let home = TestHome::empty();
    // A file where a folder is needed stops every user, even root.
    let file = home.write("in-the-way", "");
    let inside = file.join("home");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pegel"));
    let output = command.env_clear().arg("--home").arg(&inside).arg("init").output().unwrap();
    common::Said::of(&output).failed(3, &["in-the-way/home", "cannot be made"]);

    let home = TestHome::new();
    home.write("outbox", "a file");
    let weekly = include_str!("../../../config/reports/weekly.toml");
    home.write("config/reports/weekly.toml", &weekly.replace("recipients = []", "recipients = [\"a@example.com\"]"));
    home.run(&["report", "run", "weekly", "--send"]).failed(3, &["outbox", "not all mails could be handed over"]);
}

#[test]
fn wrong_configuration_is_shown_with_its_place() {
    let home = TestHome::new();
    home.write("config/pegel.toml", "zone = \"Europe/Berlin\"\ncurency = \"EUR\"\n");
    home.run(&["kpi", "list"]).failed(2, &["config/pegel.toml", "line 2", "curency"]);
    home.write("config/pegel.toml", "");
    home.write("config/thresholds.toml", "[feedback_rat]\ncritical = 0.7\n");
    home.run(&["kpi", "check"]).failed(1, &["config/thresholds.toml", "did you mean “feedback_rate”?"]);
    home.run(&["nonsense"]).failed(2, &["nonsense"]);
}
