//! Where mails go: URLs, and the folder.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use jiff::Timestamp;
use mail_parser::MessageParser;
use pegel_delivery::mail::Mail;
use pegel_delivery::refusal::RefusalKind;
use pegel_delivery::{Mailer, Settings};
use std::path::Path;

fn mail(message_id: &str, text: &str) -> Mail {
    Mail {
        message_id: message_id.to_owned(),
        from: common::SENDER.parse().unwrap(),
        to: "ada@example.com".parse().unwrap(),
        subject: "Weekly report".to_owned(),
        date: Timestamp::UNIX_EPOCH,
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        list_id: None,
        reply_to: None,
        unsubscribe: None,
        attachments: Vec::new(),
    }
}

fn problem(url: &str) -> String {
    Mailer::from_url(url, Path::new("/home/pegel"), &Settings::default()).unwrap_err().to_string()
}

#[test]
fn a_url_names_the_transport() {
    let home = Path::new("/home/pegel");
    let mailer = |url| format!("{:?}", Mailer::from_url(url, home, &Settings::default()).unwrap());
    assert_eq!(mailer("folder:mails"), r#"Folder("/home/pegel/mails")"#);
    assert_eq!(mailer("folder:/var/mails"), r#"Folder("/var/mails")"#);
    assert_eq!(mailer("smtp://localhost"), r#"Smtp(Smtp { server: "smtp://localhost", .. })"#);
    let with_password = mailer("smtps://pegel:s3cret@mail.example.com:465");
    assert_eq!(with_password, r#"Smtp(Smtp { server: "smtps://mail.example.com:465", .. })"#);
    assert_eq!(
        mailer("smtp://mail.example.com:587?tls=required"),
        r#"Smtp(Smtp { server: "smtp://mail.example.com:587", .. })"#
    );
}

#[test]
fn a_wrong_url_is_an_error_that_says_what_to_write_and_shows_no_password() {
    for (url, words) in [
        ("", "write smtp://"),
        ("mails", "it has no scheme; write smtp://"),
        ("http://pegel:s3cret@mail.example.com", "“http:” is not a way to send mail"),
        ("folder:", "names no folder"),
        ("smtp://", "host"),
        ("smtp://pegel@mail.example.com", "no password"),
        ("smtp://pegel:s3cret@mail.example.com?tls=maybe", "the option “tls” is unknown or has an unknown value"),
        ("smtps://pegel:s3cret@mail.example.com?verify=no", "the option “verify” is unknown"),
        ("smtp://pegel:s3cret@mail.example.com:port", "port"),
    ] {
        let problem = problem(url);
        assert!(problem.contains(words), "{url}: {problem}");
        assert!(!problem.contains("s3cret"), "{problem}");
    }
}

#[test]
fn a_sender_that_is_not_an_address_is_refused_at_the_start() {
    let problem = pegel_delivery::Letterhead::new("Pegel").unwrap_err().to_string();
    assert_eq!(
        problem,
        "“Pegel” is not a sender such as Pegel <reports@example.com>: write ada@example.com or Ada <ada@example.com>"
    );
}

#[test]
fn a_repeated_mail_replaces_its_file() {
    let home = tempfile::tempdir().unwrap();
    let mailer = Mailer::from_url("folder:mails", home.path(), &Settings::default()).unwrap();
    let answer = mailer.session().hand_over(&mail("<weekly.2026-W46.0.ab@example.com>", "first")).unwrap();
    assert_eq!(answer, home.path().join("mails/weekly.2026-W46.0.ab.eml").display().to_string());
    mailer.session().hand_over(&mail("<weekly.2026-W46.0.ab@example.com>", "second")).unwrap();
    mailer.session().hand_over(&mail("<weekly.2026-W46.0.cd@example.com>", "other")).unwrap();
    let names: Vec<_> =
        std::fs::read_dir(home.path().join("mails")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let bytes = std::fs::read(answer).unwrap();
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(parsed.body_text(0).unwrap().trim_end(), "second");
}

#[test]
fn a_message_id_does_not_lead_out_of_the_folder() {
    let home = tempfile::tempdir().unwrap();
    let mailer = Mailer::from_url("folder:mails", home.path(), &Settings::default()).unwrap();
    let answer = mailer.session().hand_over(&mail("<../../escaped@example.com>", "x")).unwrap();
    assert_eq!(Path::new(&answer).parent(), Some(home.path().join("mails").as_path()));
}

#[test]
fn a_folder_that_cannot_be_written_is_a_clear_refusal_and_no_delivery() {
    let home = tempfile::tempdir().unwrap();
    // A file in its place stops root too; permissions would not.
    std::fs::write(home.path().join("mails"), "").unwrap();
    let mailer = Mailer::from_url("folder:mails", home.path(), &Settings::default()).unwrap();
    let refusal = mailer.session().hand_over(&mail("<a@example.com>", "x")).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unreachable);
    let expected = format!("mails cannot be put into {}: ", home.path().join("mails").display());
    assert!(refusal.answer.starts_with(&expected), "{}", refusal.answer);
}
