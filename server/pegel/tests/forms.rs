//! Files of a stored edition, by `pegel report render`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use calamine::{Reader, Xlsx};
use common::TestHome;
use common::server::Served;
use mail_parser::{MessageParser, MimeHeaders};
use pegel_report::forms::{Form, Maker, PROGRAM, Typesetter};
use std::collections::BTreeMap;
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
        assert_eq!((said.out.as_str(), said.err.as_str()), (artefact.text().unwrap().as_str(), ""));
    }
}

#[test]
fn the_others_are_made_of_the_stored_numbers_and_say_so() {
    let home = home();
    let file = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    for form in ["pdf", "html", "xlsx", "csv", "json"] {
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
    assert!(std::fs::read(file("edition.pdf")).unwrap().starts_with(b"%PDF"));
    let html = std::fs::read_to_string(file("edition.html")).unwrap();
    assert!(html.contains(&format!("Made by Pegel {}", env!("CARGO_PKG_VERSION"))));
    let groups = json["kpis"][0]["breakdowns"].as_array().unwrap().iter().filter_map(|table| table["rows"].as_array());
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

/// The attachments of the mails in the outbox, by whom they are for: name and bytes.
fn attached(home: &TestHome) -> BTreeMap<String, Vec<(String, Vec<u8>)>> {
    let read = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        let mail = MessageParser::default().parse(&bytes).unwrap();
        let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
        let files =
            mail.attachments().map(|part| (part.attachment_name().unwrap().to_owned(), part.contents().to_vec()));
        (to, files.collect())
    };
    home.files("outbox").iter().map(read).collect()
}

/// A home whose weekly report goes to these.
fn home_with(recipients: &str) -> TestHome {
    let home = home();
    std::fs::remove_dir_all(home.path().join("outbox")).unwrap();
    let weekly = include_str!("../../../config/reports/weekly.toml");
    let weekly = weekly.replace("recipients = []", &format!("recipients = [{recipients}]"));
    home.write("config/reports/weekly.toml", &weekly);
    home
}

#[test]
fn recipients_get_the_forms_they_wish_and_whoever_asks_later_gets_the_same_bytes() {
    let home = home_with(
        r#""ada@example.com", { to = "bo@example.com", forms = ["json", "xlsx"] }, { to = "cy@example.com", forms = ["csv"] },
           { to = "di@example.com", locale = "de-DE", forms = ["xlsx"] }"#,
    );
    let listed = home.run(&["report", "recipients", "weekly"]).succeeded().out;
    assert!(listed.contains("bo@example.com\teverything\ten-GB\tEurope/Berlin\twith json, xlsx\n"), "{listed}");
    let sent = home.run(&["report", "run", "weekly", "--period", "2026-W45", "--send"]).succeeded().out;
    assert!(sent.ends_with("4 of 4 mails handed over\n"), "{sent}");
    let attached = attached(&home);
    let names = |to: &str| attached[to].iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    assert!(names("ada@example.com").is_empty());
    assert_eq!(names("bo@example.com"), ["weekly-2026-W45.json", "weekly-2026-W45.xlsx"]);
    assert_eq!(names("cy@example.com"), ["weekly-2026-W45-csv.zip"]);
    assert_eq!(names("di@example.com"), ["weekly-2026-W45.xlsx"]);

    // Who reads alike shares what is rendered, whatever they wish beside it.
    let stored = home.store().edition(2).unwrap().unwrap();
    assert_eq!(stored.renditions.len(), 2);
    let served = Served::start(&home);
    for (form, audience, (to, at)) in
        [("json", "1", ("bo", 0)), ("xlsx", "1", ("bo", 1)), ("csv", "1", ("cy", 0)), ("xlsx", "2", ("di", 0))]
    {
        let out = home.path().join("again");
        let arguments = ["--form", form, "--audience", audience, "--out", out.to_str().unwrap()];
        let said = home.run(&[&["report", "render", "2"], &arguments[..]].concat()).succeeded();
        assert_eq!(said.err, "", "it was made then");
        let bytes = &attached[&format!("{to}@example.com")][at].1;
        assert_eq!(&std::fs::read(&out).unwrap(), bytes, "{form} {audience}");
        let sent = served.bytes(&format!("/editions/2/{form}?audience={audience}&lang=fr"));
        assert_eq!(&sent, bytes, "{form} {audience} of the page");
    }
    // What was made with the edition is what its stored numbers give, and is sealed with it.
    let later = home.run(&["report", "render", "2", "--form", "json", "--audience", "2"]).succeeded();
    assert!(later.err.starts_with("made now by Pegel"), "{}", later.err);
    home.run(&["report", "verify", "2"]).succeeded();
    home.store().execute("DROP TRIGGER artefacts_no_update").unwrap();
    home.store().execute("UPDATE artefacts SET bytes = CAST('x' AS BLOB) WHERE name = 'edition.xlsx'").unwrap();
    let damaged = home.run(&["report", "verify", "2"]).failed(1, &[]).out;
    assert!(damaged.contains("the artefact edition.xlsx for de-DE"), "{damaged}");
}

#[test]
fn what_is_made_with_the_edition_is_what_its_stored_numbers_give() {
    let home = home_with(r#"{ to = "bo@example.com", forms = ["pdf", "html", "xlsx", "csv", "json"] }"#);
    home.run(&["report", "run", "weekly", "--period", "2026-W45"]).succeeded();
    home.run(&["report", "run", "weekly", "--period", "2026-W44"]).succeeded();
    let stored = home.store().edition(2).unwrap().unwrap();
    let rendition = &stored.renditions[0];
    let numbers = pegel_report::archive::numbers(rendition, &stored.labels).unwrap();
    let typesetter = Typesetter::follow(home.path()).unwrap();
    for form in Form::ALL {
        let again =
            form.make(&numbers, Maker { program: PROGRAM, locale: &numbers.locale, typesetter: &typesetter }).unwrap();
        assert!(form.stored(rendition).unwrap().bytes().as_deref() == Some(&again[..]), "{}", form.name());
    }
}

#[test]
fn what_is_too_large_for_a_mail_is_named_in_it_with_where_it_is() {
    let home = home_with(r#"{ to = "bo@example.com", forms = ["xlsx", "csv"] }"#);
    let pages = "[web]\nbase_url = \"https://pegel.example.com\"\n";
    home.write("config/pegel.toml", &format!("[mail]\nattachments_up_to = \"12kB\"\n{pages}"));
    let said = home.run(&["report", "run", "weekly", "--period", "2026-W45", "--send"]).succeeded();
    assert!(said.err.contains("too large to be attached") && said.err.contains("xlsx"), "{}", said.err);
    let attached = attached(&home);
    let names: Vec<_> = attached["bo@example.com"].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["weekly-2026-W45-csv.zip"], "what is smaller goes with it");
    let text = home.run(&["report", "render", "2", "--form", "text"]).succeeded().out;
    assert!(text.contains("Too large to be attached: Excel workbook."), "{text}");
    let later = home.run(&["report", "render", "2", "--form", "xlsx", "--out", "/dev/null"]).succeeded();
    assert!(later.err.starts_with("made now by Pegel"), "{}", later.err);
}

#[test]
fn a_form_that_there_is_not_is_named_with_the_one_that_was_meant() {
    let home = home_with(r#"{ to = "bo@example.com", forms = ["xslx"] }"#);
    let said = home.run(&["report", "run", "weekly", "--send"]).failed(2, &["xslx", "did you mean “xlsx”?"]);
    assert!(said.err.contains("weekly.toml:"), "{}", said.err);
}
