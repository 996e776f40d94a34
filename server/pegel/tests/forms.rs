//! Files of a stored edition, by `pegel report render`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use calamine::{Reader, Xlsx};
use common::TestHome;
use std::io::Cursor;

/// A home with an edition, of made-up data.
fn home() -> TestHome {
    let home = TestHome::empty();
    home.run(&["demo", "--once"]).succeeded();
    home
}

#[test]
fn what_was_stored_comes_back_byte_for_byte() {
    let home = home();
    let stored = home.store().edition(1).unwrap().unwrap();
    for (form, name) in [("mail", "mail.html"), ("text", "mail.txt")] {
        let artefact = stored.renditions[0].artefact(name).unwrap();
        let said = home.run(&["report", "render", "1", "--form", form]).succeeded();
        assert_eq!((said.out.as_str(), said.err.as_str()), (artefact.text().unwrap(), ""));
    }
}

#[test]
fn the_others_are_made_of_the_stored_numbers_and_say_so() {
    let home = home();
    let file = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    for form in ["html", "xlsx", "csv", "json"] {
        let out = file(&format!("edition.{form}"));
        let said = home.run(&["report", "render", "1", "--form", form, "--out", &out]).succeeded();
        let made = format!("made now by Pegel {}, of the numbers stored in edition 1\n", env!("CARGO_PKG_VERSION"));
        assert_eq!((said.out.as_str(), said.err.as_str()), ("", made.as_str()));
    }
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(std::fs::read(file("edition.xlsx")).unwrap())).unwrap();
    let kpis = workbook.worksheet_range("All KPIs").unwrap();
    assert_eq!(kpis.get_value((1, 1)).unwrap().to_string(), "Feedback rate");
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(file("edition.json")).unwrap()).unwrap();
    let in_workbook: f64 = kpis.get_value((1, 2)).unwrap().to_string().parse().unwrap();
    let value = json["kpis"][0]["value"].as_f64().unwrap();
    assert!((value - in_workbook).abs() < 1e-12, "{value} {in_workbook}");
    assert!(std::fs::read(file("edition.csv")).unwrap().starts_with(b"PK"));
    let html = std::fs::read_to_string(file("edition.html")).unwrap();
    assert!(html.contains(&format!("Made by Pegel {}", env!("CARGO_PKG_VERSION"))));
    let groups = json["kpis"][0]["breakdowns"].as_array().unwrap().iter().flat_map(|table| table["rows"].as_array());
    let groups: Vec<&str> = groups.flatten().filter_map(|row| row["group"].as_str()).collect();
    assert!(groups.len() > 100, "{}", groups.len());
    for group in groups {
        let row = format!("<th scope=\"row\">{}</th>", group.replace('&', "&amp;"));
        assert!(html.contains(&row), "{group}: the report shows ten, the file all");
    }
}

#[test]
fn what_there_is_not_is_said() {
    let home = home();
    let asked = |arguments: &[&str]| home.run(&[&["report", "render"], arguments].concat());
    asked(&["7", "--form", "json"]).failed(2, &["there is no edition 7"]);
    let said = ["edition 1 has no audience 2: they are 1 to 1"];
    asked(&["1", "--form", "json", "--audience", "2"]).failed(2, &said);
    asked(&["1", "--form", "docx"]).failed(2, &["possible values"]);
}
