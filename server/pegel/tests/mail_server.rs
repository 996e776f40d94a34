//! `pegel mail test`: what a mail server says, step by step, and what to change.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[allow(dead_code, reason = "the tests of delivery use more of it")]
#[path = "../../delivery/tests/common/smtp.rs"]
mod smtp;
#[path = "../../delivery/tests/common/tls.rs"]
mod tls;

use common::{Said, TestHome};
use mail_parser::MessageParser;
use smtp::{Answer, SmtpServer, Tls};
use std::io::Write;
use std::net::TcpListener;

/// A home without a database, which this command does not need.
fn home(mail: &str) -> TestHome {
    let home = TestHome::empty();
    home.write("config/pegel.toml", &format!("[mail]\nfrom = \"Pegel <reports@example.com>\"\n{mail}"));
    home
}

fn test(home: &TestHome, url: &str, more: &[&str]) -> Said {
    let said = home.run(&[&["--mail-url", url, "mail", "test", "Ada <ada@example.com>"], more].concat());
    assert!(!format!("{said:?}").contains("s3cret"), "{said:?}");
    said
}

/// The steps that were told, and the advice to the last, if that failed.
#[track_caller]
fn failed_at(said: &Said, step: &str, words: &[&str]) {
    assert_eq!((said.status, said.err.as_str()), (1, ""), "{}", said.out);
    let at = said.out.find(&format!("\n{step:11}failed: ")).unwrap_or_else(|| panic!("not at {step}:\n{}", said.out));
    for word in words {
        assert!(said.out[at..].contains(word), "“{word}” is not in:\n{}", said.out);
    }
}

#[test]
fn each_step_is_told_with_what_the_server_says_and_a_real_mail_arrives() {
    let home = home("user = \"pegel\"\nenvelope_from = \"bounces@mails.example.com\"\n");
    let server = SmtpServer::start(|_| None);
    let url = format!("smtp://pegel:s3cret@{}/pegel.example.com", server.address);
    let said = test(&home, &url, &[]).succeeded();
    let address = server.address;
    let expected = format!(
        "resolve    127.0.0.1\n\
         connect    {address}: 220 test server\n\
         EHLO       we are pegel.example.com; the server is test and offers AUTH PLAIN\n\
         TLS        none: the server is on this machine\n\
         AUTH       235 2.7.0 Welcome\n\
         MAIL FROM  bounces@mails.example.com: 250 2.1.0 Ok\n\
         RCPT TO    ada@example.com: 250 2.1.5 Ok\n\
         DATA       250 2.0.0 Ok: queued as 1\n\n\
         note: no DKIM is configured: unless the mail server signs mails itself, many servers take them for spam; see \
         [mail.dkim] in config/pegel.toml\n\n\
         note: the sender is of example.com, the envelope sender of mails.example.com: SPF then speaks for the latter alone, \
         and for DMARC, mails must be signed by DKIM for example.com\n\n\
         all went well: the mail is on its way\n"
    );
    assert_eq!(said.out, expected);
    let mails = server.mails();
    let mail = MessageParser::default().parse(mails[0].data.as_bytes()).unwrap();
    assert_eq!(mail.subject(), Some("Test mail of Pegel"));
    assert_eq!(mail.to().unwrap().first().unwrap().name(), Some("Ada"));

    let dry = test(&home, &url, &["--dry"]).succeeded().out;
    assert!(!dry.contains("DATA") && dry.ends_with("all went well; nothing was sent\n"), "{dry}");
    assert_eq!(server.mails().len(), 1);
}

#[test]
fn what_fails_before_anybody_answers_is_told_with_what_to_change() {
    let home = home("");
    let said = test(&home, "smtp://mail.invalid", &[]);
    assert!(said.status == 1 && said.out.starts_with("resolve    failed: "), "{}", said.out);
    assert!(said.out.contains("no address is known for mail.invalid: check the host"), "{}", said.out);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = test(&home, &format!("smtp://{nobody}"), &[]);
    failed_at(&said, "connect", &["refused", "nobody listens on port", "587 with STARTTLS, 465"]);
    // One that speaks another protocol.
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in other.incoming().flatten() {
            stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").unwrap();
        }
    });
    let said = test(&home, &format!("smtp://{address}"), &[]);
    failed_at(&said, "connect", &["SSH-2.0-OpenSSH_9.2", "something else than a mail server", "smtps://"]);
}

#[test]
fn what_is_wrong_with_the_encryption_is_told_with_what_to_change() {
    let ca = tls::certificate("ca.pem");
    let trusting = home(&format!("ca_file = \"{}\"\n", std::path::absolute(&ca).unwrap().display()));
    let plain = SmtpServer::start(|_| None);
    let required = |server: &SmtpServer| format!("{}?tls=required", server.url());
    let with = |certificate| SmtpServer::start_encrypted(Tls::OnDemand(tls::by(certificate)), |_| None);
    failed_at(&test(&trusting, &required(&plain), &[]), "TLS", &["STARTTLS", "smtps://127.0.0.1", "?tls=none"]);
    let (here, elsewhere, expired) = (with("here.pem"), with("elsewhere.pem"), with("expired.pem"));
    failed_at(
        &test(&home(""), &required(&here), &[]),
        "TLS",
        &["nobody whom this machine trusts", "ca_file in [mail]"],
    );
    let words = ["elsewhere.example", "made out for another name than 127.0.0.1"];
    failed_at(&test(&trusting, &required(&elsewhere), &[]), "TLS", &words);
    failed_at(&test(&trusting, &required(&expired), &[]), "TLS", &["the certificate has run out"]);
    let said = test(&trusting, &required(&here), &[]).succeeded().out;
    assert!(
        said.contains("\nTLS        encrypted; the certificate is trusted, and made out for 127.0.0.1\n"),
        "{said}"
    );

    let from_start = SmtpServer::start_encrypted(Tls::FromTheStart(tls::by("here.pem")), |_| None);
    let url = format!("smtps://{}", from_start.address);
    let said = test(&trusting, &url, &[]).succeeded().out;
    assert!(said.find("TLS ").unwrap() < said.find("EHLO ").unwrap(), "{said}");
    failed_at(&test(&home(""), &url, &[]), "TLS", &["ca_file"]);
    // It is in clear there.
    failed_at(&test(&trusting, &format!("smtps://{}", plain.address), &[]), "TLS", &["write smtp://127.0.0.1"]);
}

/// A server that answers `says` to what begins with `to`.
fn saying(to: &'static str, says: &'static str) -> SmtpServer {
    SmtpServer::start(move |line| line.starts_with(to).then_some(Answer::Say(says)))
}

#[test]
fn what_the_server_refuses_is_told_with_what_to_change() {
    let home = home("");
    for (to, says, step, advice) in [
        ("EHLO", "550 5.7.1 Invalid HELO", "EHLO", "write the full name of this machine behind the host"),
        ("EHLO", "250 test server", "AUTH", "leave user and password out"),
        ("AUTH", "535 5.7.8 Bad credentials: s3cret", "AUTH", "check user, and the password in PEGEL_MAIL_PASSWORD"),
        ("MAIL", "553 5.7.1 Sender address rejected: not owned by user", "MAIL FROM", "set from, or envelope_from"),
        ("RCPT", "550 5.1.1 No such user here", "RCPT TO", "check the address"),
        ("RCPT", "554 5.7.1 Relay access denied", "RCPT TO", "takes no mails from us to others"),
        ("RCPT", "451 4.7.1 Greylisted", "RCPT TO", "try this once more in some minutes"),
        (".", "554 5.7.1 Looks like spam", "DATA", "what it says is all that can be known"),
    ] {
        let server = saying(to, says);
        let said = test(&home, &format!("smtp://pegel:s3cret@{}", server.address), &[]);
        failed_at(&said, step, &[advice]);
    }
    let server = saying("MAIL", "530 5.7.0 Authentication required");
    failed_at(&test(&home, &server.url(), &[]), "MAIL FROM", &["wants us to log in: set user"]);
}

#[test]
fn passwords_and_tokens_come_from_files_or_the_environment() {
    let takes = |line: &str| match line {
        line if line.starts_with("EHLO") => Some(Answer::Say("250-test server\r\n250 AUTH PLAIN XOAUTH2")),
        // "\0pegel\0s3cret", and "user=pegel\x01auth=Bearer s3cret\x01\x01"
        "AUTH PLAIN AHBlZ2VsAHMzY3JldA==" | "AUTH XOAUTH2 dXNlcj1wZWdlbAFhdXRoPUJlYXJlciBzM2NyZXQBAQ==" => None,
        line if line.starts_with("AUTH") => Some(Answer::Say("535 5.7.8 No")),
        _ => None,
    };
    let server = SmtpServer::start(takes);
    let with_file = home("user = \"pegel\"\npassword_file = \"config/password\"\n");
    failed_at(&test(&with_file, &server.url(), &[]), "AUTH", &["password cannot be read", "readable for Pegel alone"]);
    with_file.write("config/password", "s3cret\n");
    test(&with_file, &server.url(), &[]).succeeded();
    with_file.write("config/password", "old\n");
    failed_at(&test(&with_file, &server.url(), &[]), "AUTH", &["535"]);
    let arguments = ["--mail-url", &server.url(), "mail", "test", "ada@example.com"];
    let mut command = with_file.command(&arguments);
    Said::of(&command.env("PEGEL_MAIL_PASSWORD", "s3cret").output().unwrap()).succeeded();

    let by_token = home("user = \"pegel\"\nauth = \"xoauth2\"\ntoken_file = \"token\"\n");
    by_token.write("token", "s3cret\n");
    test(&by_token, &server.url(), &[]).succeeded();
    by_token.write("token", "stale\n");
    failed_at(&test(&by_token, &server.url(), &[]), "AUTH", &["the server does not take the token"]);
}

#[test]
fn what_mails_may_come_to_grief_by_is_said_though_nothing_is_wrong() {
    let home = TestHome::empty();
    home.write("config/dkim.pem", include_str!("../../delivery/tests/keys/ed25519.pem"));
    let dkim = "[mail.dkim]\ndomain = \"example.com\"\nselector = \"pegel\"\nkey_file = \"config/dkim.pem\"\n";
    home.write("config/pegel.toml", dkim);
    let server = SmtpServer::start(|_| None);
    let url = format!("smtp://0.0.0.0:{}/pegel?tls=none", server.address.port());
    let said = test(&home, &url, &[]).succeeded();
    for note in [
        "note: mails go to 0.0.0.0 in clear, since the URL says tls=none",
        "note: the sender is pegel@localhost, which is nobody outside this machine",
        "note: DKIM signs for example.com, but the sender is of localhost",
        "note: we say EHLO pegel, which is no full name",
    ] {
        assert!(said.out.contains(note), "“{note}” is not in:\n{}", said.out);
    }
    assert_eq!(said.err.matches("unencrypted").count(), 1, "{}", said.err);
    assert!(server.mails()[0].data.starts_with("DKIM-Signature: v=1; a=ed25519-sha256;"), "{}", server.mails()[0].data);

    // Where all is as it should be, nothing is said.
    home.write("config/pegel.toml", &format!("[mail]\nfrom = \"reports@mails.example.com\"\n{dkim}"));
    let said = test(&home, &server.url(), &[]).succeeded().out;
    assert!(!said.contains("note:"), "{said}");
}

#[test]
fn of_a_folder_it_is_said_that_nobody_gets_mails() {
    let home = home("");
    let dry = home.run(&["mail", "test", "ada@example.com", "--dry"]).succeeded().out;
    assert!(dry.contains("outbox: nobody gets any") && home.files("outbox").is_empty(), "{dry}");
    let said = home.run(&["mail", "test", "ada@example.com"]).succeeded().out;
    assert!(said.contains("the test mail is "), "{said}");
    assert_eq!(home.files("outbox").len(), 1);
    home.run(&["mail", "test", "ada"]).failed(2, &["“ada” is not a mail address"]);
}
