//! Channels beside mail: a report and an alert go to a folder and to a webhook, and say what the mail says.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[allow(dead_code, reason = "the tests of delivery use more of it")]
#[path = "../../delivery/tests/common/http.rs"]
mod http;

use common::TestHome;
use common::server::Served;
use http::HttpServer;
use mail_parser::MessageParser;
use pegel_store::edition::STATEMENTS;
use serde_json::Value;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TOKEN: &str = "/services/T0000/s3cr3ts3cr3t";
const RECIPIENTS: &str = r#""ada@example.com", { channel = "files" },
    { channel = "hook", regions = ["Küste"], locale = "de-DE" }"#;

/// A home with made-up data, whose weekly report and alert go to Ada, a folder and a webhook.
fn home(home: TestHome, hook: &HttpServer) -> TestHome {
    home.at("2026-11-29T08:00:00Z", &["demo", "--once"]).succeeded();
    std::fs::remove_dir_all(home.path().join("outbox")).unwrap();
    home.write("config/pegel.toml", "[web]\nbase_url = \"https://pegel.example.com\"\n");
    home.write("config/channels/files.toml", "kind = \"folder\"\npath = \"files\"\n");
    home.write("config/channels/hook.toml", "kind = \"webhook\"\nurl_file = \"url\"\nsecret_file = \"secret\"\n");
    home.write("url", &hook.url(TOKEN));
    home.write("secret", SECRET);
    let to = |text: &str| text.replace("recipients = []", &format!("recipients = [{RECIPIENTS}]"));
    home.write("config/reports/weekly.toml", &to(include_str!("../../../config/reports/weekly.toml")));
    home.write("config/alerts/feedback.toml", &to(include_str!("../../../config/alerts/feedback.toml")));
    home
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Subject and text of Ada's only mail.
fn mail(home: &TestHome) -> (String, String) {
    let [file] = home.files("outbox").try_into().unwrap();
    let bytes = std::fs::read(file).unwrap();
    let mail = MessageParser::default().parse(&bytes).unwrap();
    (words(mail.subject().unwrap()), words(&mail.body_text(0).unwrap()))
}

/// That a channel is told what the mail says.
#[track_caller]
fn assert_says_the_same(data: &Value, (subject, text): &(String, String)) {
    assert_eq!(&words(data["subject"].as_str().unwrap()), subject);
    let statements = data["statements"].as_array().unwrap();
    assert!(!statements.is_empty(), "{data}");
    for statement in statements {
        let sentence = words(statement["sentence"].as_str().unwrap());
        assert!(text.contains(&sentence), "“{sentence}” is not in:\n{text}");
        for ground in statement["evidence"].as_array().unwrap() {
            assert!(text.contains(&words(ground["facts"].as_str().unwrap())), "{ground}");
        }
    }
    assert!(data["link"]["url"].as_str().unwrap().starts_with("https://pegel.example.com/"), "{data}");
}

/// That it is about the Küste, for Germans, and about no other region.
#[track_caller]
fn assert_of_the_coast(body: &str) {
    let data = &json(body)["data"];
    assert_eq!(data["language"], "de");
    assert!(data["scope"].as_str().unwrap().starts_with("Region: Küste"), "{data}");
    for other in ["Rhein", "Alpen", "Heide"] {
        assert!(!body.contains(other), "{body}");
    }
}

#[test]
fn a_report_and_an_alert_go_to_a_folder_and_a_webhook() {
    for home in [TestHome::empty(), TestHome::empty_on_postgres()] {
        let hook = HttpServer::answering("202 Accepted", "", "");
        let home = self::home(home, &hook);
        let listed = home.run(&["report", "recipients", "weekly"]).succeeded().out;
        assert_eq!(
            listed,
            "ada@example.com\teverything\ten-GB\tEurope/Berlin\nchannel files\teverything\ten-GB\tEurope/Berlin\n\
             channel hook\tregion Küste\tde-DE\tEurope/Berlin\n"
        );
        let sent = home.run(&["report", "run", "weekly", "--period", "2026-W45", "--send"]).succeeded().out;
        assert!(sent.ends_with("3 of 3 mails handed over\n"), "{sent}");
        let [file] = home.files("files").try_into().unwrap();
        let message = json(&std::fs::read_to_string(&file).unwrap());
        assert_eq!((&message["type"], &message["of"]["period"]), (&json("\"edition\""), &json("\"2026-W45\"")));
        assert_says_the_same(&message["data"], &mail(&home));
        let [request] = hook.requests().try_into().unwrap();
        assert_of_the_coast(&request.body);
        home.run(&["report", "verify"]).succeeded();
        let listed = home.run(&["deliveries", "list"]).succeeded().out;
        assert!(listed.contains("\twebhook hook\t") && listed.contains("\t202 Accepted\n"), "{listed}");
        // Without a channel, an edition is what it was.
        let told = |edition| {
            let renditions = home.store().edition(edition).unwrap().unwrap().renditions;
            renditions.iter().filter(|rendition| rendition.artefact(STATEMENTS).is_some()).count()
        };
        assert_eq!((told(1), told(2)), (0, 2));

        std::fs::remove_dir_all(home.path().join("outbox")).unwrap();
        std::fs::remove_dir_all(home.path().join("files")).unwrap();
        let mut serve = home.command_at("2026-11-29T08:00:30Z", &["serve", "--address", "127.0.0.1:0"]);
        let served = Served::spawn({
            serve.env("PEGEL_LOG", "trace");
            serve
        });
        common::wait_for("the alert", || {
            home.files("files").len() == 1 && home.files("outbox").len() == 1 && hook.requests().len() == 2
        });
        let log = served.logged();
        drop(served);
        let [file] = home.files("files").try_into().unwrap();
        let message = json(&std::fs::read_to_string(&file).unwrap());
        assert_eq!((&message["type"], &message["of"]["rule"]), (&json("\"alert\""), &json("\"feedback\"")));
        assert_says_the_same(&message["data"], &mail(&home));
        assert_of_the_coast(&hook.requests()[1].body);
        for secret in [TOKEN, "s3cr3ts3cr3t", SECRET] {
            assert!(!log.contains(secret), "a secret is in the log");
        }
    }
}

#[test]
fn channels_are_listed_and_tried_out() {
    let hook = HttpServer::answering("404 Not Found", "", "no_service");
    let home = TestHome::new();
    home.run(&["channel", "list"]).succeeded();
    home.write("config/channels/files.toml", "kind = \"folder\"\npath = \"files\"\n");
    home.write("config/channels/chat.toml", &format!("kind = \"slack\"\nurl = \"{}\"\n", hook.url(TOKEN)));
    home.write("config/channels/odd.toml", "kind = \"pager\"\n");
    let listed = home.run(&["channel", "list"]).failed(1, &[]).out;
    let folder = home.path().join("files").display().to_string();
    assert_eq!(
        listed,
        format!(
            "chat\tslack\t{}\nfiles\tfolder\t{folder}\nodd\tnot in order\tconfig/channels/odd.toml, line 1: there is no such \
             kind: write kind = \"webhook\", \"slack\", \"teams\" or \"folder\"\n",
            hook.address
        )
    );
    let said = home.run(&["channel", "test", "chat"]).failed(1, &[]).out;
    assert_eq!(
        said,
        format!(
            "chat did not take it: {}: 404 Not Found: no_service\nthere is nothing at this URL any more: make a new one on the \
             other side\n",
            hook.address
        )
    );
    let said = home.run(&["channel", "test", "files"]).succeeded().out;
    assert!(said.starts_with(&format!("files took the test message: {folder}/msg_")), "{said}");
    home.run(&["channel", "test", "file"]).failed(2, &["did you mean “files”?"]);
    home.run(&["channel", "test", "odd"]).failed(2, &["config/channels/odd.toml, line 1"]);
}
