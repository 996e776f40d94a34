//! `pegel serve`: due reports go out once, whatever happens to the process.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::server::Served;
use common::{TestHome, wait_for};
use std::time::{Duration, Instant};

#[test]
fn a_server_killed_between_two_ticks_sends_no_second_mail_after_its_restart() {
    let home = TestHome::new();
    let weekly = include_str!("../../../config/reports/weekly.toml");
    home.write("config/reports/weekly.toml", &weekly.replace("recipients = []", "recipients = [\"a@example.com\"]"));

    let served = Served::start(&home);
    wait_for("the mail of the week", || home.files("outbox").len() == 1);
    let sent = std::fs::read(&home.files("outbox")[0]).unwrap();
    assert!(served.get("/healthz").starts_with("HTTP/1.1 200"));
    served.kill();

    let served = Served::start(&home);
    // Long enough for a tick at second 0 or 30.
    std::thread::sleep(Duration::from_secs(32));
    assert_eq!(home.files("outbox").len(), 1);
    assert_eq!(std::fs::read(&home.files("outbox")[0]).unwrap(), sent);
    assert_eq!(home.store().editions(10, 0).unwrap().len(), 1);
    assert_eq!(home.store().deliveries(None).unwrap()[0].attempts, 1);
    assert!(served.get("/editions/1").contains("2026"));
    assert!(served.get("/kpis/feedback_rate").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_server_told_to_stop_ends_at_once() {
    let home = TestHome::new();
    let served = Served::start(&home);
    assert!(served.get("/healthz").starts_with("HTTP/1.1 200"));
    assert_eq!(served.stop(), Some(0));
}

#[test]
fn a_server_told_to_stop_ends_though_a_mail_server_keeps_it_waiting() {
    let home = TestHome::new();
    let weekly = include_str!("../../../config/reports/weekly.toml");
    home.write("config/reports/weekly.toml", &weekly.replace("recipients = []", "recipients = [\"a@example.com\"]"));
    // It accepts the connection and says nothing, for longer than anybody waits for a server to stop.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://127.0.0.1:{}", silent.local_addr().unwrap().port());
    let served = Served::start_with(&home, &["--mail-url", &url]);
    let _connection = silent.accept().unwrap();
    let told = Instant::now();
    served.stop();
    // The mail server would be given half a minute, the watchdog gives nine seconds; this machine may be busy.
    assert!(told.elapsed() < Duration::from_secs(20), "{:?}", told.elapsed());
}

#[test]
fn any_address_but_loopback_is_refused() {
    let home = TestHome::new();
    home.run(&["serve", "--address", "0.0.0.0:7345"]).failed(2, &["0.0.0.0:7345", "listen on 127.0.0.1 or [::1]"]);
    home.run(&["serve", "--address", "192.168.1.20:7345"]).failed(2, &["192.168.1.20"]);
    home.run(&["serve", "--address", "everywhere"]).failed(2, &["everywhere"]);
}

#[test]
fn what_is_no_request_does_not_fill_the_log() {
    let home = TestHome::new();
    let served = Served::start(&home);
    for garbage in [&b"\x16\x03\x01 hello\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", &vec![b'a'; 200_000]] {
        let mut stream = std::net::TcpStream::connect(&served.address).unwrap();
        // The server may hang up before it has read everything.
        let _ = std::io::Write::write_all(&mut stream, garbage);
        let _ = std::io::Read::read_to_end(&mut stream, &mut Vec::new());
    }
    assert!(served.get("/nowhere").starts_with("HTTP/1.1 404"));
    assert_eq!(served.logged(), "");
}

#[test]
fn a_database_deleted_under_the_server_is_told_and_not_replaced_by_an_empty_one() {
    let home = TestHome::new();
    let served = Served::start(&home);
    assert!(served.get("/healthz").starts_with("HTTP/1.1 200"));
    let file = std::path::PathBuf::from(home.database_url().strip_prefix("sqlite:").unwrap());
    std::fs::remove_file(&file).unwrap();
    assert!(served.get("/healthz").starts_with("HTTP/1.1 503"));
    assert!(served.get("/editions").starts_with("HTTP/1.1 500"));
    assert!(!file.exists());
    assert!(served.logged().contains("was deleted or replaced while it was in use"), "{}", served.logged());
    home.run(&["report", "run", "weekly"]).failed(2, &["there is no database", "pegel init"]);
    home.run(&["migrate"]).failed(2, &["there is no database", "pegel init"]);
    assert!(!file.exists());
}
