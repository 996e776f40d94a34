//! An edition that corrects another one says so, and what it says differently.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use common::server::Served;

/// A home with an edition of week 45, made of made-up data.
fn home() -> TestHome {
    let home = TestHome::empty();
    home.run(&["demo", "--once"]).succeeded();
    home.run(&["report", "run", "weekly", "--period", "2026-W45"]).succeeded();
    home
}

fn again(home: &TestHome) {
    home.run(&["report", "run", "weekly", "--period", "2026-W45", "--again"]).succeeded();
}

/// What edition 3 says in a form, on one line.
fn rendered(home: &TestHome, form: &str) -> String {
    home.run(&["report", "render", "3", "--form", form]).succeeded().out.replace('\n', " ")
}

#[test]
fn every_form_of_a_corrected_edition_says_what_it_says_differently() {
    let home = home();
    home.write("config/thresholds.toml", "[feedback_rate]\nwarning = 0.99\n");
    again(&home);
    let diff = home.run(&["report", "diff", "2", "3"]).failed(1, &[]).out;
    let total = diff.lines().find(|line| line.starts_with("Feedback rate\ttotal\t")).unwrap();
    let [old, new] = [2, 3].map(|column| total.split('\t').nth(column).unwrap());
    // The figure is the same, and judged otherwise.
    let was = old.rsplit_once(", ").unwrap().1;
    let said = format!("Feedback rate, total: {new} instead of {was} (the threshold changed)");
    let served = Served::start(&home);
    let forms = ["text", "mail", "html"].map(|form| (form, rendered(&home, form)));
    for (form, text) in forms.into_iter().chain([("page", served.body("/editions/3?lang=en"))]) {
        assert!(text.contains(&said), "{form}: {said} in\n{text}");
        // What it says of the other numbers is a page of its own.
        assert_eq!(text.matches(" instead of ").count(), 3, "{form}");
    }
    let json: serde_json::Value = serde_json::from_str(&rendered(&home, "json")).unwrap();
    let first = &json["correction"]["changes"][0];
    assert_eq!((&first["kpi"], &first["why"]), (&"feedback_rate".into(), &serde_json::json!(["threshold"])));
    let changes = home.run(&["report", "diff", "2", "3", "--json"]).failed(1, &[]).out;
    let changes: serde_json::Value = serde_json::from_str(&changes).unwrap();
    let others = changes["changes"].as_array().unwrap().len() - 3;
    assert_eq!(json["correction"]["more"], others);
    assert!(!served.body("/editions/2?lang=en").contains(" instead of "), "the first one corrects nothing");
}

#[test]
fn what_is_the_same_is_no_difference() {
    let home = home();
    again(&home);
    let said = home.run(&["report", "diff", "2", "3"]).succeeded().out;
    assert!(said.starts_with("0 of ") && said.ends_with(" numbers differ\n"), "{said}");
}

#[test]
fn each_number_that_differs_says_why() {
    let home = home();
    home.write("config/thresholds.toml", "[feedback_rate]\nwarning = 0.99\n");
    again(&home);
    let said = home.run(&["report", "diff", "2", "3"]).failed(1, &[]).out;
    let total = said.lines().find(|line| line.starts_with("Feedback rate\ttotal")).unwrap();
    assert!(total.ends_with("\tthe threshold changed"), "{total}");
    let json = home.run(&["report", "diff", "2", "3", "--json"]).failed(1, &[]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let first = &json["changes"][0];
    assert_eq!((&first["kpi"], &first["why"]), (&"feedback_rate".into(), &serde_json::json!(["threshold"])));
    assert_eq!((&first["old"]["status"], &first["new"]["status"]), (&"ok".into(), &"warning".into()));

    // The rows of a week are corrected, past the writer that notes it.
    home.run(&["kpi", "kept", "--forget"]).succeeded();
    home.store().execute("UPDATE leads SET feedback_at = NULL WHERE accepted_at > 1793000000").unwrap();
    again(&home);
    let said = home.run(&["report", "diff", "3", "4"]).failed(1, &[]).out;
    assert!(said.contains("\tthe data was corrected\n") || said.contains("\tit could still change\n"), "{said}");
    let served = Served::start(&home);
    assert!(served.body("/editions/4?lang=en").contains("This is a corrected edition."));
    for old in [2, 3] {
        let page = served.body(&format!("/editions/{old}?lang=en"));
        assert!(page.contains("A corrected edition has taken the place of this one.") && page.contains("/editions/4"));
    }
    let page = served.body("/editions/4/since/3?lang=en");
    assert!(
        page.contains("week\u{a0}45, revision 1 → week\u{a0}45, revision 2") && page.contains("numbers differ."),
        "{page}"
    );
    let text = home.run(&["report", "render", "4", "--form", "text"]).succeeded().out;
    assert!(text.starts_with("WEEKLY PARTNER SALES\nThis is a corrected edition.\n· "), "{text}");
    let stored = home.store().edition(4).unwrap().unwrap();
    let subject = stored.renditions[0].artefact("subject.txt").unwrap().text().unwrap();
    assert!(subject.starts_with("Corrected: W45: "), "{subject}");
    assert!(
        !served.body("/editions/2?lang=en").contains("This is a corrected edition"),
        "the first one corrects nothing"
    );
}

#[test]
fn a_script_or_a_calendar_that_changed_is_shown_where_it_is_used() {
    let home = home();
    let script = include_str!("../../../kpis/partner/feedback_rate.rhai");
    let other = script.replace("feedback_at", "contacted_at");
    assert_ne!(script, other);
    home.write("kpis/partner/feedback_rate.rhai", &other);
    let calendar = include_str!("../../../config/calendar.toml");
    home.write("config/calendar.toml", &format!("# Ours\n{calendar}"));
    home.run(&["kpi", "activate", "--force"]).succeeded();
    again(&home);
    let said = home.run(&["report", "diff", "2", "3"]).failed(1, &[]).out;
    let (numbers, lines) = said.split_once(" numbers differ\n\n").unwrap();
    let mut changed = numbers.lines().filter(|line| line.contains('\t'));
    assert!(
        changed.all(|line| line.starts_with("Feedback rate\t") && line.ends_with("\tthe script changed")),
        "{said}"
    );
    let file = "partner/feedback_rate.rhai";
    assert!(lines.starts_with(&format!("--- {file}\tedition 2\n+++ {file}\tedition 3\n@@ ")), "{lines}");
    assert!(lines.contains("\n-") && lines.contains("contacted_at") && !lines.contains("# Ours"), "{lines}");
    let json = home.run(&["report", "diff", "2", "3", "--json"]).failed(1, &[]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["files"][0]["name"], &json["changes"][0]["files"]), (&file.into(), &serde_json::json!([file])));
    home.run(&["report", "diff", "2", "7"]).failed(2, &["there is no edition 7"]);
}

#[test]
fn a_correction_says_why_in_the_words_of_who_made_it() {
    let home = home();
    let corrected =
        |reason: &str| home.run(&["report", "run", "weekly", "--period", "2026-W45", "--again", "--reason", reason]);
    let why = "The North sent its feedback <late>: 14 leads were missing.";
    corrected(&format!("  {why}\n")).succeeded();
    let stored = home.store().edition(3).unwrap().unwrap();
    assert_eq!(stored.head.reason.as_deref(), Some(why));
    let rendered = |form: &str| home.run(&["report", "render", "3", "--form", form]).succeeded().out;
    let text = rendered("text");
    assert!(text.replace('\n', " ").contains(&format!("This is a corrected edition. {why}")), "{text}");
    let escaped = why.replace("<late>", "&lt;late&gt;");
    assert!(rendered("mail").contains(&format!("This is a corrected edition.</b> {escaped}")));
    let json: serde_json::Value = serde_json::from_str(&rendered("json")).unwrap();
    assert_eq!(json["reason"], why);
    assert!(text.contains("No number is another one."), "{text}");
    let subject = stored.renditions[0].artefact("subject.txt").unwrap().text().unwrap();
    assert!(subject.starts_with("Corrected: ") && !subject.contains("North sent"), "{subject}");
    let served = Served::start(&home);
    assert!(served.body("/editions/3?lang=en").contains(&format!("corrected edition.</b> {escaped}")));
    assert!(served.body("/editions?lang=en").contains(&escaped));

    // It is part of the evidence.
    home.run(&["report", "verify", "3"]).succeeded();
    let store = home.store();
    store.execute("DROP TRIGGER editions_no_update").unwrap();
    store.execute("UPDATE editions SET reason = 'nothing' WHERE id = 3").unwrap();
    let said = home.run(&["report", "verify", "3"]).failed(1, &[]).out;
    assert!(said.contains("the field reason says “nothing” instead of “The North"), "{said}");

    home.run(&["report", "run", "weekly", "--reason", "why"]).failed(2, &["--again"]);
    corrected(" \u{200b}").failed(2, &["say why"]);
    corrected(&"x".repeat(501)).failed(2, &["at most 500 characters, not 501"]);
}

#[test]
fn the_first_edition_of_a_period_corrects_none_and_keeps_no_reason() {
    let home = home();
    let said = home.run(&["report", "run", "weekly", "--period", "2026-W44", "--again", "--reason", "why not"]);
    assert!(said.succeeded().err.contains("the reason was not kept"));
    assert_eq!(home.store().edition(3).unwrap().unwrap().head.reason, None);
}
