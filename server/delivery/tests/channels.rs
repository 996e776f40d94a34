//! Channels beside mail: what the other side gets, what becomes of its answers, and that nothing secret gets out.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use common::http::{HttpServer, Request, answer};
use common::{MONDAY, Watch, Weekly, memory, minutes, outbox, worker};
use jiff::{SignedDuration, Timestamp};
use pegel_delivery::Channels;
use pegel_delivery::channel::failed::Failed;
use pegel_delivery::channel::message::{About, LARGEST, Message};
use pegel_delivery::refusal::RefusalKind;
use pegel_report::bulletin::{Bulletin, Ground, Place, Said};
use pegel_report::notice::{NoticeRow, NoticeRows};
use pegel_store::outbox::{Channel, DeliveryState};
use pegel_store::testing::on_both;
use ring::hmac;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// What makes a URL secret.
const TOKEN: &str = "/services/T0000/B0000/s3cr3ts3cr3t";

/// A home with these channels, each the text of its file.
fn home(channels: &[(&str, String)]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("config/channels")).unwrap();
    for (name, text) in channels {
        std::fs::write(home.path().join(format!("config/channels/{name}.toml")), text).unwrap();
    }
    std::fs::write(home.path().join("secret"), format!("{SECRET}\n")).unwrap();
    home
}

fn channels(home: &Path) -> Channels {
    Channels::of_home(home, BTreeMap::new()).waiting_for(Duration::from_secs(5))
}

fn file(kind: &str, url: &str) -> String {
    let secret = if kind == "webhook" { "secret_file = \"secret\"\n" } else { "" };
    format!("kind = \"{kind}\"\nurl = \"{url}\"\n{secret}")
}

fn said(class: &str, sentence: &str, facts: &str) -> Said {
    let rows = Place { text: "Show 20 leads".to_owned(), url: "https://pegel.example.com/rows?a=1&b=2".to_owned() };
    Said {
        kpi: "feedback_rate".to_owned(),
        class: class.to_owned(),
        sentence: sentence.to_owned(),
        evidence: vec![Ground { facts: facts.to_owned(), rows: Some(rows) }],
    }
}

/// With groups that are called as somebody might who means harm.
fn bulletin() -> Bulletin {
    Bulletin {
        language: "en".to_owned(),
        title: "Partners & leads".to_owned(),
        period: "Week 46 · 9–15 November 2026".to_owned(),
        scope: "Region: <North>".to_owned(),
        subject: "Week 46: <!channel> *North* 68.8% feedback rate".to_owned(),
        headline: "<!channel> *North* 68.8% feedback rate.".to_owned(),
        statements: vec![
            said("critical", "<!channel> *North* [click](https://evil.example) 68.8% < 75%", "11 of 16 leads · R&D"),
            said("better", "`Coast` _above_ **75%** again", ""),
        ],
        rows: None,
        notes: vec!["Ada looks after it.".to_owned()],
        data_up_to: "Data up to 15 November 2026".to_owned(),
        link: Some(Place {
            text: "Open this edition in the archive".to_owned(),
            url: "https://pegel.example.com/editions/1?a=1&b=2".to_owned(),
        }),
    }
}

fn message(bulletin: Bulletin) -> Message {
    Message::new("<alert-x.1.abc@example.com>", About::Alert { rule: "x".to_owned() }, 1_794_808_805, bulletin)
}

fn now() -> Timestamp {
    MONDAY.parse().unwrap()
}

/// What the server makes of a message by a channel of that kind.
fn hand_over(kind: &str, server: &HttpServer, bulletin: Bulletin) -> Result<String, Failed> {
    let home = home(&[("ops", file(kind, &server.url(TOKEN)))]);
    channels(home.path()).hand_over("ops", &message(bulletin), now())
}

fn posted(kind: &str, bulletin: Bulletin) -> Request {
    let server = HttpServer::answering("200 OK", "", "ok");
    assert_eq!(hand_over(kind, &server, bulletin).unwrap(), "200 OK: ok");
    let [request] = server.requests().try_into().unwrap();
    assert_eq!((request.path.as_str(), request.headers["content-type"].as_str()), (TOKEN, "application/json"));
    request
}

fn json(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

/// All texts of a value, wherever they stand.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(all) => all.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// As the scheme says: HMAC-SHA256 of id, timestamp and body, with full stops between.
fn is_signed(request: &Request) -> bool {
    let header = |name: &str| request.headers[name].as_str();
    let key = BASE64_STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap();
    let signed = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), request.body);
    let signature = BASE64_STANDARD.decode(header("webhook-signature").strip_prefix("v1,").unwrap()).unwrap();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes(), &signature).is_ok()
}

#[test]
fn a_webhook_gets_all_that_is_said_and_can_tell_that_it_is_ours() {
    let request = posted("webhook", bulletin());
    assert!(is_signed(&request));
    assert!(!is_signed(&Request { body: request.body.replace("North", "South"), ..request.clone() }));
    let id = &request.headers["webhook-id"];
    assert!(id.starts_with("msg_") && !id.contains('.'), "{id}");
    assert_eq!(request.headers["webhook-timestamp"], now().as_second().to_string());
    insta::assert_json_snapshot!("webhook", json(&request));
}

#[test]
fn what_is_too_large_for_a_webhook_loses_its_last_statements() {
    let long = Bulletin { statements: vec![said("plain", &"ä".repeat(5000), ""); 40], ..bulletin() };
    let request = posted("webhook", long);
    assert!(request.body.len() <= LARGEST, "{}", request.body.len());
    let value = json(&request);
    let told = value["data"]["statements"].as_array().unwrap().len();
    assert!(told > 20 && value["left_out"] == 40 - told, "{told}");
}

#[test]
fn slack_gets_blocks_in_which_no_name_is_markup() {
    let value = json(&posted("slack", bulletin()));
    for text in texts(&value) {
        assert!(!text.contains("<!channel>") && !text.contains("R&D"), "{text}");
    }
    // The only markup is our links; whatever stands in data is plain.
    let blocks = value["blocks"].as_array().unwrap();
    let elements = blocks.iter().flat_map(|block| {
        let own = std::iter::once(&block["text"]);
        own.chain(block["elements"].as_array().into_iter().flatten()).filter(|text| !text.is_null())
    });
    for text in elements.filter(|text| text["type"] == "mrkdwn") {
        assert!(text["text"].as_str().unwrap().starts_with("<https://pegel.example.com/"), "{text}");
    }
    insta::assert_json_snapshot!("slack", value);
}

#[test]
fn slack_gets_no_more_than_it_takes() {
    let many = Bulletin {
        subject: "&".repeat(400),
        statements: (0..60).map(|nth| said("warning", &format!("{nth} {}", "<".repeat(4000)), "facts")).collect(),
        ..bulletin()
    };
    let value = json(&posted("slack", many));
    let blocks = value["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50, "{}", blocks.len());
    let told = blocks.iter().filter(|block| block["text"]["text"].as_str().is_some_and(|text| text.contains("🟠")));
    let told = told.count();
    assert!(told >= 20, "{told}");
    assert!(texts(&value).contains(&format!("{} more", 60 - told)), "what is left out is counted");
    assert!(texts(&blocks[0]).iter().all(|text| text.encode_utf16().count() <= 150));
    for text in texts(&value) {
        assert!(text.encode_utf16().count() <= 3000, "{}", text.len());
        assert!(!text.ends_with('&') && !text.contains("&l…") && !text.contains("&lt…"), "cut in an escape");
    }
}

#[test]
fn teams_gets_a_card_of_plain_runs_of_text() {
    let value = json(&posted("teams", bulletin()));
    let card = &value["attachments"][0]["content"];
    let blocks = card["body"].as_array().unwrap();
    // In runs there is no Markdown, so names stand there as they are.
    assert!(blocks.iter().all(|block| block["type"] == "RichTextBlock"), "{blocks:?}");
    assert!(texts(card).iter().any(|text| text.contains("*North* [click](https://evil.example) 68.8% < 75%")));
    insta::assert_json_snapshot!("teams", value);
}

#[test]
fn teams_gets_no_more_than_it_takes_and_may_say_no_in_a_success() {
    let many = Bulletin { statements: vec![said("warning", &"ö".repeat(2000), "facts"); 60], ..bulletin() };
    let request = posted("teams", many);
    assert!(request.body.len() <= 28_000, "{}", request.body.len());
    let told = request.body.matches("🟠").count();
    assert!(told > 2 && texts(&json(&request)).contains(&format!("{} more", 60 - told)), "{told}");

    let server =
        HttpServer::answering("200 OK", "", "Microsoft Teams endpoint returned HTTP error 429 with ContextId x");
    let failed = hand_over("teams", &server, bulletin()).unwrap_err();
    assert_eq!(failed.refusal.kind, RefusalKind::Transient);
}

#[test]
fn rows_of_an_alert_are_told_one_by_one() {
    let row = |key: &str, of: &str| NoticeRow {
        key: key.to_owned(),
        of: of.to_owned(),
        waited: "3 days".to_owned(),
        since: String::new(),
    };
    let rows = NoticeRows { lines: vec![row("L-1", "<Coast>"), row("L-2", "")], more: "7 more".to_owned() };
    let waiting = || Bulletin { statements: Vec::new(), rows: Some(rows.clone()), ..bulletin() };
    let slack = texts(&json(&posted("slack", waiting())));
    assert!(slack.contains(&"L-1 · &lt;Coast&gt; · 3 days\nL-2 · 3 days\n7 more".to_owned()), "{slack:?}");
    let teams = texts(&json(&posted("teams", waiting())));
    assert!(
        ["L-1 · <Coast> · 3 days", "L-2 · 3 days", "7 more"].iter().all(|line| teams.contains(&(*line).to_owned())),
        "{teams:?}"
    );
}

#[test]
fn a_folder_gets_a_file_for_each_message_which_a_repeated_one_replaces() {
    let home = home(&[("files", "kind = \"folder\"\npath = \"out/here\"\n".to_owned())]);
    let channels = channels(home.path());
    let path = channels.hand_over("files", &message(bulletin()), now()).unwrap();
    assert_eq!(channels.hand_over("files", &message(bulletin()), now()).unwrap(), path);
    let files: Vec<_> = std::fs::read_dir(home.path().join("out/here")).unwrap().collect();
    assert_eq!(files.len(), 1);
    let value: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(value["data"]["statements"][1]["sentence"], "`Coast` _above_ **75%** again");
}

#[test]
fn answers_mean_what_they_say_and_redirects_lead_nowhere() {
    let elsewhere = HttpServer::answering("200 OK", "", "ok");
    let location: &'static str = Box::leak(format!("location: {}\r\n", elsewhere.url("/")).into_boxed_str());
    let date = (now() + SignedDuration::from_secs(90)).strftime("retry-after: %a, %d %b %Y %H:%M:%S GMT\r\n");
    let date: &'static str = Box::leak(date.to_string().into_boxed_str());
    for (status, headers, kind, wait) in [
        ("500 Internal Server Error", "", RefusalKind::Transient, None),
        ("503 Service Unavailable", "retry-after: 120\r\n", RefusalKind::Transient, Some(120)),
        ("429 Too Many Requests", date, RefusalKind::Transient, Some(90)),
        ("429 Too Many Requests", "retry-after: soon\r\n", RefusalKind::Transient, None),
        ("408 Request Timeout", "", RefusalKind::Transient, None),
        ("425 Too Early", "", RefusalKind::Transient, None),
        ("400 Bad Request", "retry-after: 120\r\n", RefusalKind::Permanent, None),
        ("403 Forbidden", "", RefusalKind::Permanent, None),
        ("404 Not Found", "", RefusalKind::Permanent, None),
        ("410 Gone", "", RefusalKind::Permanent, None),
        ("302 Found", location, RefusalKind::Permanent, None),
        ("307 Temporary Redirect", location, RefusalKind::Permanent, None),
    ] {
        let server = HttpServer::answering(status, headers, "no_service");
        let Failed { refusal, advice } = hand_over("webhook", &server, bulletin()).unwrap_err();
        let wait = wait.map(SignedDuration::from_secs);
        assert_eq!((refusal.kind, refusal.wait), (kind, wait), "{status}");
        assert_eq!(refusal.answer, format!("{}: {status}: no_service", server.address));
        assert!(!advice.is_empty());
    }
    assert_eq!(elsewhere.requests(), []);
}

#[test]
fn who_does_not_answer_in_time_is_asked_later() {
    let nothing = HttpServer::start(|_| None);
    let home = home(&[("ops", file("slack", &nothing.url(TOKEN)))]);
    let begin = Instant::now();
    let impatient = channels(home.path()).waiting_for(Duration::from_millis(300));
    let failed = impatient.hand_over("ops", &message(bulletin()), now()).unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(3));
    assert_eq!(failed.refusal.kind, RefusalKind::Unreachable);
    assert_eq!(failed.refusal.answer, format!("{}: no answer in time", nothing.address));
}

#[test]
fn an_answer_without_end_is_read_at_its_beginning() {
    let endless = HttpServer::start(|_| Some(answer("200 OK", "", &"word ".repeat(1_000_000))));
    let said = hand_over("slack", &endless, bulletin()).unwrap();
    assert!(said.starts_with("200 OK: word word") && said.len() < 400, "{said}");
}

#[test]
fn a_certificate_is_checked_and_a_ca_of_ones_own_can_be_named() {
    // One that answers anything at all in TLS is enough: what is looked at is the certificate.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let encrypt = common::tls::by("here.pem");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            use std::io::{Read, Write};
            let mut wire = encrypt(stream);
            let mut bytes = vec![0; 65536];
            if wire.read(&mut bytes).is_ok() {
                let _ = wire.write_all(answer("202 Accepted", "", "").as_bytes());
                let _ = wire.flush();
            }
        }
    });
    let url = format!("https://localhost:{}{TOKEN}", address.port());
    let ca = common::tls::certificate("ca.pem");
    let home = home(&[
        ("unknown", file("teams", &url)),
        ("known", format!("{}ca_file = \"{}\"\n", file("teams", &url), ca.display())),
    ]);
    let hand_over = |name| channels(home.path()).hand_over(name, &message(bulletin()), now());
    assert_eq!(hand_over("known").unwrap(), "202 Accepted");
    let failed = hand_over("unknown").unwrap_err();
    assert_eq!(failed.refusal.kind, RefusalKind::Unreachable);
    assert!(failed.refusal.answer.contains("no TLS"), "{}", failed.refusal.answer);
    assert!(failed.advice.contains("ca_file"), "{}", failed.advice);
}

#[test]
fn what_is_secret_is_in_no_answer_no_error_and_no_debug() {
    // A server that repeats all it was told.
    let echo = HttpServer::start(|request| {
        let secret = if request.headers.contains_key("webhook-id") { SECRET } else { "" };
        let all = format!("{} https://hooks.example.com{} {secret}!", request.path, request.path);
        Some(answer("403 Forbidden", "", &all))
    });
    for kind in ["webhook", "slack", "teams"] {
        let failed = hand_over(kind, &echo, bulletin()).unwrap_err();
        assert!(failed.refusal.answer.contains("403 Forbidden: … https://hooks.example.com…"), "{failed:?}");
        check(&format!("{failed:?}"));
    }
    let url = format!("https://hooks.example.com{TOKEN}");
    let home = home(&[
        ("ops", file("webhook", &url)),
        ("open", file("slack", &url.replace("https", "http"))),
        ("no-scheme", file("slack", TOKEN)),
        ("wrong-key", format!("kind = \"slack\"\n\"{url}\" = 1\n")),
        ("wrong-line", format!("kind = \"slack\"\nurl = {url}\n")),
        ("wrong-kind", format!("kind = \"{url}\"\n")),
        ("two", format!("{}url_file = \"secret\"\n", file("slack", &url))),
    ]);
    let channels = channels(home.path());
    let all = channels.all().unwrap();
    assert_eq!(all["ops"].as_ref().unwrap().leads_to().unwrap(), "hooks.example.com");
    for (name, way) in &all {
        check(&format!("{way:?}"));
        assert_eq!(way.is_ok(), name == "ops", "{way:?}");
        if let Err(error) = way {
            check(&error.to_string());
            assert!(error.to_string().starts_with(&format!("config/channels/{name}.toml, line ")), "{error}");
        }
    }
}

/// Nothing of the secrets is in a text.
fn check(text: &str) {
    for secret in [TOKEN, "s3cr3ts3cr3t", SECRET] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_channel_is_said_with_what_to_write() {
    for (text, said) in [
        ("kind = \"pager\"", "line 1: there is no such kind: write kind = \"webhook\""),
        ("kind = \"slack\"", "write url = \"https://…\""),
        ("kind = \"slack\"\nurl = \"ftp://a.example\"", "write one such as https://"),
        ("kind = \"slack\"\nurl = \"http://a.example\"", "everybody on the way can read: write https://"),
        ("kind = \"slack\"\nurl = \"https://a.example\"\nsecret_file = \"x\"", "secret_file is for webhooks"),
        ("kind = \"webhook\"\nurl = \"https://a.example\"", "name the file that holds its secret"),
        ("kind = \"folder\"", "write path = "),
        ("kind = \"folder\"\npath = \"x\"\nurl = \"https://a.example\"", "leave them out"),
        ("kind = \"teams\"\nurl = \"https://a.example\"\npath = \"x\"", "path is for kind = \"folder\""),
        ("kind = \"teams\"\nulr = \"https://a.example\"", "line 2: unknown field `ulr`"),
    ] {
        let home = home(&[("ops", text.to_owned())]);
        let error = channels(home.path()).find("ops").unwrap_err().to_string();
        assert!(error.starts_with("config/channels/ops.toml, line ") && error.contains(said), "{error}");
        assert_eq!(channels(home.path()).kind_of("ops"), Channel::Unknown);
    }
    let home = home(&[("sales", file("slack", "https://a.example"))]);
    let missing = channels(home.path()).find("sale").unwrap_err().to_string();
    assert_eq!(missing, "there is no channel “sale”: did you mean “sales”?");
}

#[test]
fn the_environment_goes_before_files() {
    let server = HttpServer::answering("204 No Content", "", "");
    let home = home(&[("my-ops", "kind = \"webhook\"\nurl_file = \"nowhere\"\n".to_owned())]);
    let environment =
        [("PEGEL_CHANNEL_MY_OPS_URL", server.url("/x")), ("PEGEL_CHANNEL_MY_OPS_SECRET", SECRET.to_owned())];
    let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
    let channels = Channels::of_home(home.path(), environment);
    assert_eq!(channels.hand_over("my-ops", &message(bulletin()), now()).unwrap(), "204 No Content");
    assert!(is_signed(&server.requests()[0]));
}

/// A report that goes to Ada by mail, and to these channels.
fn weekly(channels: &[&str]) -> Arc<Weekly> {
    let channels = channels.iter().map(|&name| name.to_owned()).collect();
    Arc::new(Weekly { channels, bulletin: Some(bulletin()), ..Weekly::to(&["ada@example.com"]) })
}

#[test]
fn a_channel_is_tried_until_it_takes_the_message_and_it_stays_the_same() {
    on_both(|store| {
        let server = HttpServer::start({
            let count = std::sync::atomic::AtomicUsize::new(0);
            move |_| {
                Some(match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                    0 => answer("500 Internal Server Error", "", ""),
                    1 => answer("429 Too Many Requests", "retry-after: 1800\r\n", ""),
                    2 => answer("429 Too Many Requests", "retry-after: 999999\r\n", ""),
                    _ => answer("200 OK", "", "thanks"),
                })
            }
        });
        let home = home(&[("ops", file("webhook", &server.url(TOKEN)))]);
        let (mailer, mails) = memory();
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly(&["ops"]), &mailer, &watch).telling(channels(home.path()));
        assert_eq!(worker.tick_once().outbox.postponed, 1);
        assert_eq!(mails.lock().unwrap().len(), 1, "mail does not wait for channels");
        let due_in = || {
            let row = store.deliveries(None).unwrap().into_iter().find(|row| row.recipient == "ops").unwrap();
            assert_eq!((row.channel, row.state), (Channel::Webhook, DeliveryState::Pending));
            row.due_at - watch.seconds()
        };
        assert!((48..=72).contains(&due_in()), "a minute, more or less");
        watch.forward(minutes(2));
        worker.tick_once();
        assert_eq!(due_in(), 1800, "as long as it asks for");
        watch.forward(minutes(30));
        worker.tick_once();
        assert_eq!(due_in(), 4 * 3600, "but no longer than we ever wait");
        watch.forward(minutes(4 * 60));
        worker.tick_once();
        assert_eq!(
            outbox(&store),
            ["ada@example.com Delivered 1 kept in memory", "ops Delivered 4 200 OK: thanks"].map(str::to_owned)
        );
        let requests = server.requests();
        assert!(requests.iter().all(is_signed));
        let header = |name: &str| requests.iter().map(|request| request.headers[name].clone()).collect::<Vec<_>>();
        assert!(header("webhook-id").windows(2).all(|two| two[0] == two[1]), "the same message");
        assert!(header("webhook-timestamp").is_sorted_by(|one, other| one < other), "another attempt");
        assert!(requests.windows(2).all(|two| two[0].body == two[1].body));
        assert_eq!(json(&requests[0])["of"]["report"], "weekly");
    });
}

#[test]
fn a_channel_that_is_gone_is_given_up_and_one_that_is_not_there_yet_is_waited_for() {
    on_both(|store| {
        let gone = HttpServer::answering("404 Not Found", "", "no_service");
        let home = home(&[("gone", file("slack", &gone.url(TOKEN)))]);
        let (mailer, _) = memory();
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly(&["gone", "later"]), &mailer, &watch).telling(channels(home.path()));
        let outcome = worker.tick_once().outbox;
        assert_eq!((outcome.delivered, outcome.postponed, outcome.given_up), (1, 1, 1));
        let waits = store.held_mails().unwrap().unwrap();
        assert!(waits.answer.contains("config/channels/later.toml"), "{}", waits.answer);
        for line in outbox(&store) {
            check(&line);
        }
        let path = home.path().join("out").display().to_string();
        std::fs::write(home.path().join("config/channels/later.toml"), "kind = \"folder\"\npath = \"out\"\n").unwrap();
        watch.forward(minutes(2));
        assert_eq!(worker.tick_once().outbox.delivered, 1);
        assert!(outbox(&store)[2].starts_with(&format!("later Delivered 2 {path}/msg_")), "{:?}", outbox(&store));
    });
}

#[test]
fn channels_get_theirs_while_the_mail_server_is_away_and_nothing_from_editions_without_statements() {
    on_both(|store| {
        let server = HttpServer::answering("200 OK", "", "ok");
        let home = home(&[("ops", file("teams", &server.url(TOKEN)))]);
        let nobody = format!("smtp://{}", common::smtp::nobody());
        let mailer =
            pegel_delivery::Mailer::from_url(&nobody, home.path(), &pegel_delivery::Settings::default()).unwrap();
        let watch = Watch::at(MONDAY);
        let weekly = Arc::new(Weekly {
            channels: vec!["ops".to_owned()],
            bulletin: Some(bulletin()),
            ..Weekly::to(&["ada@example.com", "bo@example.com", "cy@example.com"])
        });
        let worker = worker(store.clone(), &weekly, &mailer, &watch).telling(channels(home.path()));
        let outcome = worker.tick_once().outbox;
        assert_eq!((outcome.delivered, outcome.postponed), (1, 2), "the third mail waits, the channel does not");
        assert_eq!(server.requests().len(), 1);
    });
    on_both(|store| {
        let without = Arc::new(Weekly { bulletin: None, channels: vec!["ops".to_owned()], ..Weekly::to(&[]) });
        let (mailer, _) = memory();
        worker(store.clone(), &without, &mailer, &Watch::at(MONDAY)).tick_once();
        assert_eq!(outbox(&store), [""; 0]);
    });
}
