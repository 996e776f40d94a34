//! One report for readers who may see different things, each in their language: one computation, a mail each.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use mail_parser::MessageParser;
use std::collections::BTreeMap;

/// A home with made-up data, whose weekly report goes to these.
fn home(recipients: &str, home: TestHome) -> TestHome {
    home.run(&["demo", "--once"]).succeeded();
    std::fs::remove_dir_all(home.path().join("outbox")).unwrap();
    let weekly = include_str!("../../../config/reports/weekly.toml");
    let weekly = weekly.replace("recipients = []", &format!("recipients = [{recipients}]"));
    home.write("config/reports/weekly.toml", &weekly);
    home
}

/// The texts of the mails in the outbox, by whom they are for.
fn mails(home: &TestHome) -> BTreeMap<String, (String, String)> {
    let read = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        let mail = MessageParser::default().parse(&bytes).unwrap();
        let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
        (
            to,
            (
                mail.subject().unwrap().to_owned(),
                mail.body_text(0).unwrap().replace('\u{a0}', " ").replace("\r\n", "\n"),
            ),
        )
    };
    home.files("outbox").iter().map(read).collect()
}

const READERS: &str = r#""ada@example.com", { to = "bo@example.com", regions = ["Küste"], locale = "de-DE" },
    { to = "cy@example.com", regions = ["Küste"], locale = "de-DE" }"#;

#[test]
fn each_reads_what_they_may_see_in_their_language() {
    for home in [home(READERS, TestHome::empty()), home(READERS, TestHome::empty_on_postgres())] {
        let listed = home.run(&["report", "recipients", "weekly"]).succeeded().out;
        assert_eq!(
            listed,
            "ada@example.com\teverything\ten-GB\tEurope/Berlin\n\
             bo@example.com\tregion Küste\tde-DE\tEurope/Berlin\ncy@example.com\tregion Küste\tde-DE\tEurope/Berlin\n"
        );
        let sent = home.run(&["report", "run", "weekly", "--period", "2026-W45", "--send"]).succeeded().out;
        assert!(sent.ends_with("3 of 3 mails handed over\n"), "{sent}");
        let mails = mails(&home);
        let text = |to: &str| &mails[&format!("{to}@example.com")].1;
        assert!(text("ada").contains("Week 45 · 2–8 November 2026\nData up to"), "{}", text("ada"));
        assert!(
            text("bo").contains("KW 45 · 2.–8. November 2026\nRegion: Küste (nur Zeilen, in denen das steht)\n"),
            "{}",
            text("bo")
        );
        assert_eq!(text("bo"), text("cy"), "they read the same rendition");
        assert!(!text("bo").contains("Rhein"), "another region is none of their business");
        let stored = home.store().edition(2).unwrap().unwrap();
        assert_eq!(stored.renditions.len(), 2);
        home.run(&["report", "verify"]).succeeded();
        // The figures are those that the scope alone would give.
        let weekly =
            include_str!("../../../config/reports/weekly.toml").replace("locale = \"en-GB\"", "locale = \"de-DE\"");
        home.write("config/reports/coast.toml", &weekly.replace("# [scope]\n", "[scope]\nregions = [\"Küste\"]\n"));
        let out = home.path().join("coast");
        home.run(&["report", "run", "coast", "--period", "2026-W45", "--out", out.to_str().unwrap()]).succeeded();
        let alone = std::fs::read(out.join("numbers.json")).unwrap();
        let together = stored.renditions[1].artefact("numbers.json").unwrap().bytes().unwrap().into_owned();
        let figures = |json: &[u8]| serde_json::from_slice::<serde_json::Value>(json).unwrap()["sections"].take();
        assert_eq!(figures(&together), figures(&alone));
    }
}

#[test]
fn two_editions_are_compared_for_each_audience() {
    let home = home(READERS, TestHome::empty());
    home.run(&["report", "run", "weekly", "--period", "2026-W45"]).succeeded();
    home.write("config/thresholds.toml", "[feedback_rate]\nwarning = 0.99\n");
    home.run(&["report", "run", "weekly", "--period", "2026-W45", "--again"]).succeeded();
    let diff = |audience: &str| home.run(&["report", "diff", "2", "3", "--audience", audience]);
    let total = |audience: &str| {
        let said = diff(audience).failed(1, &[]).out;
        said.lines().find(|line| line.starts_with("Feedback rate\ttotal\t")).unwrap().to_owned()
    };
    assert_ne!(total("1"), total("2"), "the figure of the Küste is another one");
    diff("3").failed(2, &["edition 3 has no audience 3: they are 1 to 2"]);
    // The demo's edition was made for everybody alone.
    home.run(&["report", "diff", "1", "3", "--audience", "2"])
        .failed(2, &["edition 1 was made for nobody who sees the same part"]);
}

#[test]
fn a_name_that_nobody_has_is_refused_before_anybody_gets_an_empty_mail() {
    let nobody = format!("{READERS}, {{ to = \"di@example.com\", partners = [\"nobody\"] }}");
    let home = home(&nobody, TestHome::empty());
    home.run(&["report", "run", "weekly", "--period", "2026-W45", "--send"]).failed(2, &["partner key “nobody”"]);
    assert!(home.files("outbox").is_empty());
}

#[test]
fn partners_who_share_an_address_get_one_mail_about_all_of_them() {
    for home in [TestHome::empty(), TestHome::empty_on_postgres()] {
        let home = self::home("\"p2@example.com\", { each = \"partner\" }", home);
        let keys = home.run(&["report", "recipients", "weekly", "--json"]).succeeded().out;
        let listed: Vec<serde_json::Value> = serde_json::from_str(&keys).unwrap();
        let partners = listed.iter().filter_map(|one| one["scope"]["partners"][0].as_str());
        let [first, second, third] = partners.take(3).collect::<Vec<_>>()[..] else { panic!("{keys}") };
        let store = home.store();
        store.execute("UPDATE partners SET contact_email = NULL").unwrap();
        for (key, address) in [(first, "Office@example.com"), (second, "office@EXAMPLE.com"), (third, "P2@example.com")]
        {
            store.execute(&format!("UPDATE partners SET contact_email = '{address}' WHERE key = '{key}'")).unwrap();
        }
        let listed = home.run(&["report", "recipients", "weekly"]).succeeded().out;
        let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').take(2).collect()).collect();
        let both = format!("partner {first}, {second}");
        assert_eq!(lines, [["p2@example.com", "everything"], ["Office@example.com", both.as_str()]]);
        let sent = home.run(&["report", "run", "weekly", "--period", "2026-W45", "--send"]).succeeded().out;
        assert!(sent.ends_with("2 of 2 mails handed over\n"), "{sent}");
        assert_eq!(mails(&home).len(), 2);
    }
}

#[test]
fn each_active_partner_with_an_address_gets_their_own_page() {
    let home = home("{ each = \"partner\", locale = \"fr-FR\" }", TestHome::empty());
    let listed = home.run(&["report", "recipients", "weekly", "--json"]).succeeded().out;
    let listed: Vec<serde_json::Value> = serde_json::from_str(&listed).unwrap();
    assert!(listed.len() > 50, "{}", listed.len());
    let sent = home.run(&["report", "run", "weekly", "--period", "2026-W45", "--send"]).succeeded().out;
    assert!(sent.contains(&format!("{0} of {0} mails handed over", listed.len())), "{sent}");
    let mails = mails(&home);
    for one in &listed {
        let key = one["scope"]["partners"][0].as_str().unwrap();
        let (_, text) = &mails[one["to"].as_str().unwrap()];
        let name = format!("SELECT name AS value FROM partners WHERE key = '{key}'");
        let name = home.store().texts(&name).unwrap().remove(0);
        assert!(text.contains(&name), "{name}: {text}");
    }
}
