//! `pegel demo` on a fresh machine: one command, and there is a report in the mail.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use mail_parser::MessageParser;
use serde_json::Value as Json;

#[test]
fn the_demo_ends_with_an_edition_and_a_mail_in_which_the_slipping_region_is_on_top() {
    let home = TestHome::empty();
    let said = home.run(&["demo", "--once"]).succeeded();
    let lines: Vec<&str> = said.out.lines().collect();
    let [edition, mail] = lines[..] else { panic!("{}", said.out) };
    let edition = std::fs::read_to_string(edition.strip_prefix("edition ").unwrap()).unwrap();
    let mail = std::fs::read(mail.strip_prefix("mail    ").unwrap()).unwrap();

    let message = MessageParser::default().parse(&mail).unwrap();
    let (html, text) = (message.body_html(0).unwrap(), message.body_text(0).unwrap());
    assert_eq!(html.replace("\r\n", "\n").trim_end(), edition.trim_end());

    let stored = home.store().edition(1).unwrap().unwrap();
    assert_eq!((stored.head.report.as_str(), stored.head.period.as_str()), ("weekly", "2026-W46"));
    let numbers = pegel_report::archive::numbers(&stored.renditions[0], &stored.labels).unwrap();
    insta::assert_snapshot!("figures_of_the_weekly_report", figures(&serde_json::to_value(&numbers).unwrap()));
    let worst = &numbers.breaches[0];
    assert_eq!(
        (worst.kpi.as_str(), worst.status),
        ("feedback_rate", pegel_kpi::definition::threshold::Status::Critical)
    );
    assert_eq!(worst.group.as_ref().unwrap().dimension, "region");
    let region = worst.group.as_ref().unwrap().group.label().unwrap();
    let first = text.find(region).unwrap();
    assert!(first < 1500, "{region} is not at the top of the text, but at {first}:\n{text}");

    // The same numbers stand in both parts.
    let view = pegel_report::view::view(&numbers, &numbers.locale);
    for kpi in view.sections.iter().flat_map(|section| &section.kpis) {
        for part in [&html, &text] {
            let plain = part.replace("&nbsp;", "\u{a0}").replace("&#160;", "\u{a0}");
            assert!(plain.contains(kpi.brief.figure.as_str()), "{} {} is missing", kpi.title, kpi.brief.figure);
        }
    }
}

#[test]
fn a_second_demo_uses_the_home_that_is_there() {
    let home = TestHome::empty();
    let first = home.run(&["demo", "--once"]).succeeded();
    assert!(first.err.contains("making up 18 months"), "{}", first.err);
    let second = home.run(&["demo", "--once"]).succeeded();
    assert!(!second.err.contains("making up"), "{}", second.err);
    assert_eq!(first.out, second.out);
    assert_eq!(home.files("outbox").len(), 1);
    assert_eq!(home.store().editions(10, 0).unwrap().len(), 1);
    // The edition verifies, and all shipped scripts are in order.
    home.run(&["report", "verify"]).succeeded();
    home.run(&["kpi", "check"]).succeeded();
}

#[test]
fn every_shipped_kpi_has_the_same_figures_on_both_databases() {
    let [sqlite, postgres] = [TestHome::empty(), TestHome::empty_on_postgres()].map(|home| {
        home.run(&["demo", "--once"]).succeeded();
        let kpis = home.run(&["kpi", "list"]).succeeded().out;
        let ids: Vec<&str> = kpis.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert!(ids.len() >= 74, "{kpis}");
        let section = |id: &&str| format!("[[sections.kpis]]\nid = \"{id}\"\n");
        let sections = ids.iter().map(section).collect::<Vec<_>>().concat();
        let head = "title = { en = \"All\", de = \"Alle\" }\nlocale = \"en-GB\"\nzone = \"Europe/Berlin\"\nevery = \"week\"\n\
                    trend = 13\n[[sections]]\ntitle = { en = \"All\", de = \"Alle\" }\n";
        home.write("config/reports/all.toml", &format!("{head}{sections}"));
        let out = home.path().join("out");
        home.run(&["report", "run", "all", "--period", "2026-W46", "--out", out.to_str().unwrap()]).succeeded();
        let numbers = std::fs::read_to_string(out.join("numbers.json")).unwrap();
        let mut numbers: serde_json::Value = serde_json::from_str(&numbers).unwrap();
        assert!(!numbers.to_string().contains("script_error"), "{numbers}");
        numbers.as_object_mut().unwrap().remove("created_at");
        numbers
    });
    assert_eq!(sqlite, postgres);
    insta::assert_snapshot!("figures_of_all_kpis", figures(&sqlite));
}

/// Every figure of an edition on a line of its own, to twelve digits: whatever else changes, these do not.
fn figures(numbers: &Json) -> String {
    let figure = |cell: &Json, name: &str| cell[name].as_f64().map(|figure| format!(" {name} {figure:.11e}"));
    let parts = ["value", "numerator", "denominator", "sample"];
    let cell = |cell: &Json| {
        let parts = parts.iter().filter_map(|part| figure(cell, part)).collect::<String>();
        format!("{}{parts}", cell["state"].as_str().unwrap())
    };
    let kpis = numbers["sections"].as_array().unwrap().iter().flat_map(|section| section["kpis"].as_array().unwrap());
    let mut lines = Vec::new();
    for kpi in kpis {
        let id = kpi["id"].as_str().unwrap();
        for point in kpi["trend"].as_array().unwrap() {
            lines.push(format!("{id} {}: {}", point["period"].as_str().unwrap(), cell(&point["cell"])));
        }
        for table in kpi["breakdowns"].as_array().unwrap() {
            let dimension = table["dimension"].as_str().unwrap();
            for (place, row) in table["rows"].as_array().unwrap().iter().enumerate() {
                let (now, before) = (cell(&row["cell"]), cell(&row["previous"]));
                lines.push(format!("{id} {dimension} {place}: {now}, before {before}"));
            }
        }
    }
    lines.join("\n")
}
