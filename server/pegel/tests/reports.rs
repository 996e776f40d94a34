//! Reports on the command line: started, shown, previewed, listed.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use serde_json::Value as Json;

fn json(said: &str) -> Json {
    serde_json::from_str(said).unwrap()
}

#[test]
fn a_new_report_is_in_order_and_can_be_shown_and_listed() {
    let home = TestHome::new();
    let said = home.run(&["report", "new", "our_partners", "--every", "month"]).succeeded();
    assert!(said.out.trim().ends_with("config/reports/our_partners.toml"), "{}", said.out);
    home.run(&["report", "new", "our_partners"]).failed(2, &["there is a report “our_partners” already"]);
    home.run(&["report", "new", "../weekly"]).failed(2, &["is no name of a report"]);
    let shown = home.run(&["report", "show", "our_partners"]).succeeded().out;
    for part in ["our partners", "every month", "on request", "feedback_rate by region, partner", "unaccepted_leads"] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    let shown = json(&home.run(&["report", "show", "our_partners", "--json"]).succeeded().out);
    assert_eq!(shown["sections"][0]["kpis"][0]["by"], serde_json::json!([["region"], ["partner"]]));
    let listed = json(&home.run(&["report", "list", "--json"]).succeeded().out);
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|report| report["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["monthly", "our_partners", "quarterly", "weekly"]);
    assert!(listed[3]["next"].is_string() && listed[1]["next"].is_null());
}

#[test]
fn a_report_that_is_not_in_order_is_listed_with_what_is_wrong() {
    let home = TestHome::new();
    home.write("config/reports/broken.toml", "title = { en = \"Broken\" }\nlocale = \"en-GB\"\nzone = \"Mars\"\n");
    let listed = json(&home.run(&["report", "list", "--json"]).succeeded().out);
    assert!(listed[0]["problem"].as_str().unwrap().contains("broken.toml:3"), "{listed}");
    let report =
        "title = { en = \"Broken\" }\nlocale = \"en-GB\"\nzone = \"UTC\"\n[[sections]]\ntitle = { en = \"All\" }\n";
    home.write("config/reports/broken.toml", &format!("{report}[[sections.kpis]]\nid = \"feedback_rat\"\n"));
    let said = home.run(&["report", "list"]).succeeded();
    assert!(said.err.contains("feedback_rat") && said.err.contains("feedback_rate"), "{}", said.err);
}

#[test]
fn a_report_without_its_template_or_with_a_broken_subject_is_listed_with_what_is_wrong() {
    let home = TestHome::new();
    let report = |more: &str| {
        format!(
            "title = {{ en = \"Mine\" }}\nlocale = \"en-GB\"\nzone = \"UTC\"\n{more}\n\
             [[sections]]\ntitle = {{ en = \"All\" }}\n[[sections.kpis]]\nid = \"feedback_rate\"\n"
        )
    };
    let problem = |more: &str| {
        home.write("config/reports/mine.toml", &report(more));
        let listed = json(&home.run(&["report", "list", "--json"]).succeeded().out);
        let problem = listed[0]["problem"].as_str().unwrap_or_default().to_owned();
        let said = home.run(&["report", "list"]).succeeded();
        assert!(problem.lines().all(|line| said.err.contains(line)), "{problem} is not in {}", said.err);
        assert!(problem.is_empty() || said.err.contains("config/reports/mine.toml"), "{}", said.err);
        problem
    };
    assert_eq!(
        problem("template = \"ours\""),
        "there is no template mail/ours.mjml: add it as templates/mail/ours.mjml to the home, or name another one"
    );
    home.write("templates/mail/ours.mjml", include_str!("../../../templates/mail/weekly.mjml"));
    assert!(problem("template = \"ours\"").starts_with("there is no template mail/ours.txt: "));
    home.write("templates/mail/ours.txt", "{{ title }}");
    assert_eq!(problem("template = \"ours\""), "");
    assert_eq!(problem("subject = { en = \"{{ title }}\", de = \"{{ period_name }}\" }"), "");
    let broken = problem("subject = { en = \"{{ title }}\", de = \"{{ title\" }");
    assert!(broken.contains("mine.toml: the template “subject.de” is not in order\n"), "{broken}");
    assert!(!broken.contains("mail/subject"), "{broken}");
    let made = home.run(&["report", "run", "mine", "--period", "2026-W45"]).failed(2, &[]).err;
    assert!(made.contains("the template “subject.de” is not in order"), "{made}");
}

#[test]
fn a_preview_writes_every_form_and_keeps_nothing() {
    let home = TestHome::empty();
    home.run(&["demo", "--once"]).succeeded();
    let said = home.run(&["report", "preview", "monthly"]).succeeded();
    let files: Vec<&str> = said.out.lines().map(|line| line.rsplit('/').next().unwrap()).collect();
    for file in ["mail.html", "mail.txt", "subject.txt", "numbers.json"] {
        assert!(files.contains(&file), "{file} is not among {files:?}");
    }
    for end in [".xlsx", ".zip", ".json"] {
        assert!(files.iter().any(|file| file.starts_with("monthly-2026-") && file.ends_with(end)), "{end}: {files:?}");
    }
    let store = home.store();
    assert_eq!((store.edition_ids().unwrap(), store.deliveries(None).unwrap().len()), (vec![1], 1));
}
