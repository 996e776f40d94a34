//! Alerts: a region slips, and whoever answers for it hears of it on that day; leads wait, and it is told step by step.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use common::server::Served;
use mail_parser::MessageParser;

/// A home with made-up data that ends on that day, in which these rules are watched.
fn home(home: TestHome, rules: &[(&str, &str)]) -> TestHome {
    home.at("2026-11-29T08:00:00Z", &["demo", "--once"]).succeeded();
    std::fs::remove_dir_all(home.path().join("outbox")).unwrap();
    for (name, text) in rules {
        home.write(&format!("config/alerts/{name}.toml"), text);
    }
    home
}

fn feedback(recipients: &str) -> String {
    let shipped = include_str!("../../../config/alerts/feedback.toml");
    shipped.replace("recipients = []", &format!("recipients = [{recipients}]"))
}

const READERS: &str = r#""ada@example.com", { to = "bo@example.com", regions = ["Küste"], locale = "de-DE" }"#;

/// Every morning of four weeks: what would be mailed, and to whom.
fn course(home: &TestHome) -> String {
    let mut course = String::new();
    for day in 1..=28 {
        let said = home.at(&format!("2026-11-{day:02}T07:00:00Z"), &["alert", "check"]).succeeded().out;
        let mails = said.lines().filter(|line| line.starts_with('\t'));
        mails.for_each(|line| course.push_str(&format!("{day}{line}\n").replace('\u{a0}', " ")));
    }
    course
}

#[test]
fn a_region_that_slips_is_told_on_that_day_to_who_answers_for_it() {
    let home = home(TestHome::empty(), &[("feedback", &feedback(READERS))]);
    insta::assert_snapshot!(course(&home));
    let listed = home.run(&["alert", "list"]).succeeded().out;
    assert!(listed.starts_with("1\tcritical\tfeedback\tfeedback_rate, Küste\t"), "{listed}");
    insta::assert_snapshot!("history", home.run(&["alert", "show", "1"]).succeeded().out);

    // Who knows of it is not reminded; what is muted is told to nobody.
    let late = "2026-12-10T07:00:00Z";
    home.run(&["alert", "acknowledge", "1", "--note", "called them"]).succeeded();
    home.run(&["alert", "mute", "2", "--for", "52w"]).succeeded();
    let said = home.at(late, &["alert", "check", "feedback", "--dry"]).succeeded().out;
    assert_eq!(said, "feedback\t2 standing\t0 mails\n");
    assert!(home.run(&["alert", "show", "1"]).succeeded().out.contains("called them"));
    home.run(&["alert", "mute", "9", "--for", "1d"]).failed(2, &["there is no alert 9"]);
    home.run(&["alert", "check", "fedback"]).failed(2, &["did you mean “feedback”?"]);
}

#[test]
fn a_server_evaluates_by_itself_and_mails_what_stands() {
    for home in [TestHome::empty(), TestHome::empty_on_postgres()] {
        let home = self::home(home, &[("feedback", &feedback(READERS))]);
        let served = Served::spawn(home.command_at("2026-11-29T08:00:30Z", &["serve", "--address", "127.0.0.1:0"]));
        common::wait_for("two mails", || home.files("outbox").len() == 2);
        drop(served);
        let mut mails: Vec<String> = home
            .files("outbox")
            .iter()
            .map(|file| {
                let bytes = std::fs::read(file).unwrap();
                let mail = MessageParser::default().parse(&bytes).unwrap();
                let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
                let text = mail.body_text(0).unwrap().replace("\r\n", "\n").replace('\u{a0}', " ");
                format!("to {to}: {}\n\n{text}", mail.subject().unwrap().replace('\u{a0}', " "))
            })
            .collect();
        mails.sort();
        insta::assert_snapshot!("mails", mails.join("\n"));
        // Nothing new, nothing told.
        let said = home.at("2026-11-29T09:00:30Z", &["alert", "check"]).succeeded().out;
        assert_eq!(said, "feedback\t2 standing\t0 mails\n");
    }
}

#[test]
fn leads_that_wait_are_told_to_the_partner_then_the_rep_then_the_manager() {
    let silent = include_str!("../../../config/alerts/examples/silent.toml");
    let silent = silent
        .replace("at_most = \"90d\"", "at_most = \"12d\"")
        .replace("\"14d\"", "\"11d\"")
        .replace("after = \"21d\"\nto = \"manager\"", "after = \"5d\"\nto = \"recipients\"");
    let home = home(
        TestHome::empty(),
        &[("silent", &silent.replace("recipients = []", "recipients = [\"desk@example.com\"]"))],
    );
    let check = |now: &str, more: &[&str]| {
        home.at(now, &[&["alert", "check", "silent"], more].concat()).succeeded().out.replace('\u{a0}', " ")
    };
    let dry = check("2026-11-20T07:00:00Z", &["--dry"]);
    let first = check("2026-11-20T07:00:00Z", &[]);
    assert_eq!(dry, first, "what is tried out is what is done");
    let told = first.lines().skip(1).count();
    assert!(told > 3 && first.lines().skip(1).all(|line| line.ends_with("@example.com")), "{first}");
    // Each once: within the hour nothing is new.
    assert_eq!(check("2026-11-20T07:30:00Z", &[]), "silent\t0 standing\t0 mails\n");
    let next = check("2026-11-21T07:00:00Z", &[]);
    assert!(next.lines().skip(1).count() > 0, "those that have waited for eleven days are told to their reps: {next}");
}
