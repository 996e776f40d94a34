//! Who gets which mail, and when: runs by hand, mails that were given up, mail servers that are not there.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::server::Served;
use common::{TestHome, wait_for};
use mail_parser::MessageParser;
use pegel_store::outbox::DeliveryState;
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

fn home_with(recipients: &str) -> TestHome {
    let home = TestHome::new();
    let weekly = include_str!("../../../config/reports/weekly.toml");
    home.write(
        "config/reports/weekly.toml",
        &weekly.replace("recipients = []", &format!("recipients = [{recipients}]")),
    );
    home
}

#[test]
fn a_report_made_by_hand_is_archived_and_mails_nobody_unless_asked_to() {
    let home = home_with("\"ada@example.com\", \"bob@example.com\"");
    let run = |more: &[&str]| home.run(&[&["report", "run", "weekly", "--period", "2026-W45"], more].concat());
    assert_eq!(run(&[]).succeeded().out, "edition 1 of week 45, in the archive; nobody was mailed\n");
    assert_eq!(run(&[]).succeeded().out, "edition 1 of week 45, in the archive already; nobody was mailed\n");
    assert!(home.files("outbox").is_empty());
    assert!(home.store().deliveries(None).unwrap().is_empty());

    let sent = run(&["--send"]).succeeded().out;
    assert_eq!(sent, "edition 1 of week 45, in the archive already; 2 of 2 mails handed over\n");
    let again = run(&["--send"]).succeeded().out;
    assert_eq!(again, "edition 1 of week 45, in the archive already; everybody was mailed before\n");
    assert_eq!(home.files("outbox").len(), 2);
    assert_eq!(run(&["--again"]).succeeded().out, "edition 2 of week 45, in the archive; nobody was mailed\n");
    assert_eq!(home.files("outbox").len(), 2);
}

#[test]
fn whom_to_ask_and_where_answers_go_stand_on_mail_and_page() {
    let home = home_with("\"ada@example.com\", { to = \"bo@example.com\", locale = \"de-DE\" }");
    home.write(
        "config/pegel.toml",
        "[mail]\nfrom_name = { en = \"Partner sales\", de = \"Partnervertrieb\" }\nreply_to = \"desk@example.com\"\n",
    );
    let file = home.path().join("config/reports/weekly.toml");
    let weekly = std::fs::read_to_string(&file).unwrap();
    let contact = "contact = \"Grace Hopper <grace@example.com>\"\nreply_to = \"sales@example.com\"\nlocale";
    let run = |report: &str, period: &str| {
        std::fs::write(&file, report).unwrap();
        home.run(&["report", "run", "weekly", "--period", period, "--send"]).succeeded();
        let bytes: Vec<Vec<u8>> = home.files("outbox").iter().map(|path| std::fs::read(path).unwrap()).collect();
        let sent = bytes.iter().map(|bytes| {
            let mail = MessageParser::default().parse(bytes).unwrap();
            let first =
                |addresses: Option<&mail_parser::Address>| addresses.unwrap().first().unwrap().clone().into_owned();
            let sender = first(mail.from()).name.unwrap().into_owned();
            let answers = first(mail.reply_to()).address.unwrap().into_owned();
            (first(mail.to()).address.unwrap().into_owned(), sender, answers, mail.body_text(0).unwrap().into_owned())
        });
        let mut sent: Vec<_> = sent.collect();
        sent.sort();
        std::fs::remove_dir_all(home.path().join("outbox")).unwrap();
        sent
    };
    let [ada, bo] = run(&weekly.replacen("locale", contact, 1), "2026-W45").try_into().unwrap();
    assert_eq!((ada.1.as_str(), ada.2.as_str()), ("Partner sales", "sales@example.com"));
    assert_eq!((bo.1.as_str(), bo.2.as_str()), ("Partnervertrieb", "sales@example.com"));
    assert!(ada.3.contains("Questions? Ask Grace Hopper <grace@example.com>"), "{}", ada.3);
    assert!(bo.3.contains("Fragen? Wenden Sie sich an Grace Hopper <grace@example.com>"), "{}", bo.3);
    let page = Served::start(&home).body("/editions/1?lang=en");
    assert!(page.contains("Questions? Ask Grace Hopper, <a href=\"mailto:grace@example.com\">grace@example.com</a>"));
    // Without an address of the report's own, that of the server.
    let [ada, _] = run(&weekly, "2026-W44").try_into().unwrap();
    assert_eq!(ada.2, "desk@example.com");
    assert!(!ada.3.contains("Questions?"));

    home.write("config/pegel.toml", "[mail]\nreply_to = \"desk\"\n");
    let said = ["“desk” is not an address that answers can go to: write ada@example.com"];
    home.run(&["report", "run", "weekly"]).failed(2, &said);
}

#[test]
fn an_old_week_made_by_hand_beside_a_running_server_mails_nobody() {
    let home = home_with("\"ada@example.com\"");
    let _served = Served::start(&home);
    // The server makes what is due: last week's.
    wait_for("the mail of last week", || home.files("outbox").len() == 1);
    home.run(&["report", "run", "weekly", "--period", "2026-W40"]).succeeded();
    // Long enough for a tick at second 0 or 30.
    std::thread::sleep(Duration::from_secs(32));
    assert_eq!(home.files("outbox").len(), 1);
    assert_eq!(home.store().deliveries(None).unwrap().len(), 1);
}

#[test]
fn reports_are_listed_with_when_they_are_due_and_how_many_get_them() {
    let listed = |recipients: &str| home_with(recipients).run(&["report", "list"]).succeeded().out;
    let weekly = "monthly\tMonthly sales review\tday 3 of the month at 07:00, Europe/Berlin\t0 recipients\n\
        quarterly\tQuarterly management summary\tday 5 of the quarter at 07:00, Europe/Berlin\t0 recipients\n\
        weekly\tWeekly partner sales\tevery monday at 07:00, Europe/Berlin";
    assert_eq!(listed("\"ada@example.com\""), format!("{weekly}\t1 recipient\n"));
    assert_eq!(listed("\"ada@example.com\", \"bob@example.com\""), format!("{weekly}\t2 recipients\n"));
}

#[test]
fn mails_that_were_given_up_are_listed_and_sent_again() {
    let home = home_with("\"ada@example.com\"");
    // Addresses are checked when a report is loaded; one that was stored before may still be wrong.
    home.run(&["report", "run", "weekly", "--send"]).succeeded();
    home.store()
        .execute("UPDATE deliveries SET state = 'failed', delivered_at = NULL, answer = '550\u{1b}[31mno'")
        .unwrap();
    let again = "INSERT INTO delivery_attempts (delivery_id, at, attempt, outcome, answer)
                 VALUES (1, 1795000000, 2, 'given_up', '550\u{1b}[31mno')";
    home.store().execute(again).unwrap();
    std::fs::remove_dir_all(home.path().join("outbox")).unwrap();

    let listed = home.run(&["deliveries", "list", "--failed"]).succeeded().out;
    assert_eq!(listed, "1\tgiven up\tedition 1\tada@example.com\t2026-11-18 10:00:00\t550 [31mno\n");
    assert_eq!(home.run(&["deliveries", "list", "--waiting"]).succeeded().out, "");
    let shown = home.run(&["deliveries", "show", "1"]).succeeded().out;
    for line in [
        "state       given up",
        "edition     1, weekly 2026-W46, revision 0",
        "answer      550 [31mno",
        "\nattempt 1\t2026-11-18 10:00:00\tdelivered\t/",
        "\nattempt 2\t2026-11-18 12:06:40\tgiven up\t550 [31mno\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    home.run(&["deliveries", "show", "7"]).failed(2, &["there is no delivery 7"]);
    home.run(&["deliveries", "resend"]).failed(2, &["--failed"]);
    home.run(&["deliveries", "resend", "1", "7"]).failed(2, &["there is no delivery 7"]);
    home.run(&["deliveries", "resend", "--edition", "7"]).failed(2, &["there is no edition 7"]);
    home.run(&["deliveries", "list", "--edition", "7"]).failed(2, &["there is no edition 7"]);

    let again = home.run(&["deliveries", "resend", "--failed", "--edition", "1"]).succeeded().out;
    assert_eq!(again, "1 mail goes out again, within half a minute where the server runs\n");
    assert_eq!(home.run(&["deliveries", "resend", "--failed"]).succeeded().out, "no mail is to be sent again\n");
    assert_eq!(home.store().deliveries(None).unwrap()[0].state, DeliveryState::Pending);
    let _served = Served::start(&home);
    wait_for("the mail", || home.files("outbox").len() == 1);
}

#[test]
fn a_killed_servers_claims_are_free_at_once_for_the_next_one() {
    let home = home_with("\"ada@example.com\"");
    // A mail server that never answers keeps the delivery waiting.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let served = Served::start_with(&home, &["--mail-url", &url]);
    wait_for("the mail to be in hand", || {
        home.store().deliveries(None).unwrap().first().is_some_and(|row| row.state == DeliveryState::Sending)
    });
    served.kill();
    let _served = Served::start(&home);
    wait_for("the mail", || home.files("outbox").len() == 1);
    assert_eq!(home.store().deliveries(None).unwrap()[0].attempts, 2);
}

/// A wall clock that can be set while a program runs: Debian's libfaketime, preloaded.
struct WallClock {
    /// Holds the offset.
    file: std::path::PathBuf,
}

impl WallClock {
    fn set(&self, offset: &str) {
        std::fs::write(&self.file, offset).unwrap();
    }

    /// Lets a command see this clock. The monotonic one is left alone.
    fn shown_to(&self, mut command: Command) -> Command {
        let library = std::fs::read_dir("/usr/lib").unwrap().flatten().map(|folder| folder.path());
        let library = library.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|library| library.exists());
        command.env("LD_PRELOAD", library.expect("Debian's libfaketime is installed by tests/install"));
        command.env("FAKETIME_TIMESTAMP_FILE", &self.file).env("FAKETIME_NO_CACHE", "1");
        command.env("DONT_FAKE_MONOTONIC", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }
}

#[test]
fn a_server_whose_clock_is_put_back_goes_on_sending() {
    let home = home_with("\"ada@example.com\"");
    home.run(&["report", "run", "weekly", "--send"]).succeeded();
    std::fs::remove_dir_all(home.path().join("outbox")).unwrap();
    let clock = WallClock { file: home.path().join("clock") };
    clock.set("+0");
    let arguments = ["serve", "--address", "127.0.0.1:0"];
    let served = Served::spawn(clock.shown_to(home.command_by_the_clock(&arguments)));
    std::thread::sleep(Duration::from_secs(3));
    clock.set("-3600");
    let again = clock.shown_to(home.command_by_the_clock(&["deliveries", "resend", "1"])).output().unwrap();
    common::Said::of(&again).succeeded();
    // By the wall clock, the next tick would be an hour away.
    wait_for("the mail", || home.files("outbox").len() == 1);
    let log = served.logged();
    assert!(log.contains("the clock was set") && log.contains("by_seconds=-3"), "{log}");
}

#[test]
fn an_address_that_cannot_be_mailed_is_refused_when_its_report_is_loaded() {
    for (address, hint) in [
        ("Lovelace, Ada <ada@example.com>", "put the name into quotes"),
        ("Ada (Sales) <ada@example.com>", "put the name into quotes"),
        ("ada.@example.com", "write ada@example.com"),
        ("Ada\\r\\nBcc: eve@example.com <ada@example.com>", "control character"),
        ("Ada\\u0000 <ada@example.com>", "control character"),
    ] {
        let home = home_with(&format!("\"{address}\""));
        let said = home.run(&["report", "run", "weekly"]).failed(2, &["weekly.toml", "is not an address", hint]);
        assert!(!said.err.contains(['\r', '\0']), "{}", said.err);
    }
}
