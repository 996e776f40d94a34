//! A recipient gets no more mails of a report: from the mail that arrives to what the command line says of it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[allow(dead_code, reason = "the tests of delivery use more of it")]
#[path = "../../delivery/tests/common/smtp.rs"]
mod smtp;

use common::TestHome;
use common::server::Served;
use mail_parser::MessageParser;
use pegel_store::outbox::DeliveryState;
use smtp::SmtpServer;
use std::io::{Read, Write};
use std::net::TcpStream;

/// A home with made-up data whose pages are reached by https, through something that hands requests on to this machine.
fn home(recipients: &str) -> TestHome {
    let home = TestHome::empty();
    home.run(&["demo", "--once"]).succeeded();
    home.write("config/pegel.toml", "[web]\nbase_url = \"https://pegel.example.com\"\n");
    let weekly = include_str!("../../../config/reports/weekly.toml");
    let weekly = weekly.replace("recipients = []", &format!("recipients = [{recipients}]"));
    home.write("config/reports/weekly.toml", &weekly);
    home
}

/// The address that a mail program would ask for by itself, and the text of the mail.
fn offered(data: &str) -> (String, String) {
    let mail = MessageParser::default().parse(data.as_bytes()).unwrap();
    assert_eq!(mail.header_raw("List-Unsubscribe-Post").map(str::trim), Some("List-Unsubscribe=One-Click"));
    let link = mail.header_raw("List-Unsubscribe").unwrap().trim().trim_matches(['<', '>']).to_owned();
    (link, mail.body_text(0).unwrap().into_owned())
}

/// What the server on this machine answers to the POST of a mail program.
fn post(served: &Served, link: &str) -> String {
    let path = link.strip_prefix("https://pegel.example.com").unwrap();
    let body = "List-Unsubscribe=One-Click";
    let mut stream = TcpStream::connect(&served.address).unwrap();
    let form = format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}", body.len());
    write!(stream, "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{form}\r\n\r\n{body}", served.address)
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn from_the_mail_to_the_record_and_back() {
    let home = home("\"Ada <ada@example.com>\", { to = \"bob@example.com\", locale = \"de-DE\" }");
    let server = SmtpServer::start(|_| None);
    let send = |period: &str| {
        let arguments = ["--mail-url", &server.url(), "report", "run", "weekly", "--send", "--period", period];
        home.run(&arguments).succeeded().out
    };
    assert!(send("2026-W44").ends_with("; 2 of 2 mails handed over\n"));
    let pages = Served::start_with(&home, &["--mail-url", &server.url()]);
    let (link, text) = offered(&server.mails()[0].data);
    assert!(text.replace("\r\n", "\n").ends_with(&format!("No more of these mails:\n{link}\n")), "{text}");
    assert!(offered(&server.mails()[1].data).1.contains("Diese Mails nicht mehr erhalten:"));
    // Somebody looks at the link, and then a mail program is told to use it.
    assert!(pages.get(link.strip_prefix("https://pegel.example.com").unwrap()).starts_with("HTTP/1.1 200"));
    assert!(!home.run(&["report", "recipients", "weekly"]).succeeded().out.contains("unsubscribed"));
    assert!(post(&pages, &link).starts_with("HTTP/1.1 200"));
    assert!(post(&pages, &link.replace("ada%40", "bob%40")).starts_with("HTTP/1.1 403"));

    let listed = home.run(&["report", "recipients", "weekly"]).succeeded().out;
    let ada = "Ada <ada@example.com>\teverything\ten-GB\tEurope/Berlin\tunsubscribed since 2026-11-18 10:00:00";
    assert_eq!(listed, format!("{ada}\nbob@example.com\teverything\tde-DE\tEurope/Berlin\n"));
    let json = home.run(&["report", "recipients", "weekly", "--json"]).succeeded().out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json[0]["unsubscribed_at"], &json[1]["unsubscribed_at"]),
        (&"2026-11-18T09:00:00Z".into(), &().into())
    );

    // The next edition leaves Ada out, and its list of mails says why.
    let said = send("2026-W45");
    assert!(said.ends_with("; 1 of 1 mails handed over, 1 unsubscribed\n"), "{said}");
    let edition = home.store().deliveries(None).unwrap()[0].content.edition().unwrap().to_string();
    let mails = home.run(&["deliveries", "list", "--edition", &edition]).succeeded().out;
    assert!(mails.contains("\tunsubscribed\t") && mails.contains("\tdelivered\t"), "{mails}");
    assert!(pages.body(&format!("/editions/{edition}?lang=en")).contains("delivery-unsubscribed\">unsubscribed"));
    home.run(&["report", "verify"]).succeeded();

    // Until she wants them again.
    home.run(&["report", "subscribe", "weekly", "bob@example.com"]).failed(2, &["has not unsubscribed from weekly"]);
    home.run(&["report", "subscribe", "weely", "ada@example.com"]).failed(2, &["did you mean “weekly”?"]);
    let said = home.run(&["report", "subscribe", "weekly", "Ada <ADA@example.com>"]).succeeded().out;
    assert_eq!(said, "ada@example.com gets the mails of weekly again, from the next on\n");
    assert!(send("2026-W43").ends_with("; 2 of 2 mails handed over\n"));
}

#[test]
fn partners_unsubscribe_one_by_one_and_need_no_line_of_their_own() {
    let home = home("{ each = \"partner\" }");
    let all: serde_json::Value =
        serde_json::from_str(&home.run(&["report", "recipients", "weekly", "--json"]).succeeded().out).unwrap();
    let one = all[0]["to"].as_str().unwrap();
    home.store().unsubscribe("weekly", &pegel_report::address::bare(one), 1_795_000_000).unwrap();
    let count = all.as_array().unwrap().len();
    let sent = home.run(&["report", "run", "weekly", "--send", "--period", "2026-W44"]).succeeded().out;
    assert!(sent.ends_with(&format!("; {0} of {0} mails handed over, 1 unsubscribed\n", count - 1)), "{sent}");
    let deliveries = home.store().deliveries(None).unwrap();
    let unsubscribed: Vec<_> = deliveries.iter().filter(|row| row.state == DeliveryState::Unsubscribed).collect();
    assert_eq!((unsubscribed.len(), unsubscribed[0].recipient.as_str()), (1, one));
}
