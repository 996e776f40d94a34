//! Mail servers as they are in the world: what they encrypt, how one logs in, who sends, what is signed.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::dkim::{PublicKey, tag, verified};
use common::smtp::{Answer, SmtpServer, Tls};
use common::tls::{by, certificate};
use common::{MONDAY, SENDER, Watch, Weekly, minutes, worker};
use mail_parser::MessageParser;
use pegel_delivery::mail::Mail;
use pegel_delivery::refusal::{Refusal, RefusalKind};
use pegel_delivery::{Auth, Compose, DkimSettings, Letterhead, Mailer, Secret, Settings, Worker};
use pegel_store::testing::on_both;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What was said to a server, line by line.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn hear(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// The lines that begin like this.
    fn like(&self, begin: &str) -> Vec<String> {
        self.lines().into_iter().filter(|line| line.starts_with(begin)).collect()
    }
}

/// A server that answers by `script`, and what it heard.
fn server(tls: Tls, script: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> (SmtpServer, Heard) {
    let heard = Heard::default();
    let ear = heard.clone();
    let server = SmtpServer::start_encrypted(tls, move |line| {
        ear.hear(line);
        script(line)
    });
    (server, heard)
}

fn mail() -> Mail {
    Mail::to_test(&Letterhead::new(SENDER).unwrap(), "ada@example.com", MONDAY.parse().unwrap()).unwrap()
}

fn mailer(url: &str, settings: &Settings) -> Mailer {
    Mailer::from_url(url, Path::new("/nowhere"), settings).unwrap()
}

/// Hands one mail over.
fn hand_over(url: &str, settings: &Settings) -> Result<String, Refusal> {
    mailer(url, settings).session().hand_over(&mail())
}

fn with_ca() -> Settings {
    Settings { ca_file: Some(certificate("ca.pem")), ..Settings::default() }
}

fn with_login(secret: &str, auth: Option<Auth>) -> Settings {
    let secret = Some(Secret::Said(secret.to_owned()));
    Settings { user: Some("pegel".to_owned()), secret, auth, ..Settings::default() }
}

/// An address of this machine that is none of those by which it talks to itself.
fn as_another_machine(server: &SmtpServer) -> String {
    format!("smtp://0.0.0.0:{}", server.address.port())
}

#[test]
fn nothing_is_said_to_another_machine_in_clear_unless_the_url_wants_it() {
    let (server, heard) = server(Tls::Never, |_| None);
    let url = as_another_machine(&server);
    let refusal = hand_over(&url, &Settings::default()).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unreachable);
    assert!(refusal.answer.contains("does not offer STARTTLS"), "{}", refusal.answer);
    assert_eq!(heard.like("MAIL"), Vec::<String>::new());

    hand_over(&format!("{url}?tls=none"), &Settings::default()).unwrap();
    hand_over(&format!("{url}?tls=opportunistic"), &Settings::default()).unwrap();
    hand_over(&server.url(), &Settings::default()).unwrap();
    assert_eq!(server.mails().len(), 3);
}

#[test]
fn no_password_goes_to_another_machine_in_clear_whatever_the_url_says() {
    let (server, heard) = server(Tls::Never, |_| None);
    let url = as_another_machine(&server);
    let login = with_login("s3cret", None);
    let problem = Mailer::from_url(&format!("{url}?tls=none"), Path::new("/nowhere"), &login).unwrap_err().to_string();
    assert!(problem.contains("in clear") && !problem.contains("s3cret"), "{problem}");
    // Somebody in between could have taken the offer of STARTTLS away.
    let refusal = hand_over(&format!("{url}?tls=opportunistic"), &login).unwrap_err();
    assert!(refusal.answer.contains("no password is sent in clear"), "{}", refusal.answer);
    assert_eq!(heard.like("AUTH"), Vec::<String>::new());
    // This machine needs no encryption to talk to itself.
    hand_over(&server.url(), &login).unwrap();
    assert_eq!(heard.like("AUTH").len(), 1);
}

#[test]
fn a_ca_of_ones_own_is_trusted_beside_the_systems() {
    let here = |start: fn(_) -> Tls| server(start(by("here.pem")), |_| None);
    let (after, heard_after) = here(Tls::OnDemand);
    let (from_start, heard_from_start) = here(Tls::FromTheStart);
    for (url, heard) in [
        (as_another_machine(&after), &heard_after),
        (format!("{}?tls=required", after.url()), &heard_after),
        (format!("{}?tls=opportunistic", after.url()), &heard_after),
        (format!("smtps://{}", from_start.address), &heard_from_start),
    ] {
        let untrusted = hand_over(&url, &Settings::default()).unwrap_err();
        assert_eq!(untrusted.kind, RefusalKind::Unreachable);
        assert!(untrusted.answer.contains("UnknownIssuer"), "{url}: {}", untrusted.answer);
        assert_eq!(heard.like("MAIL").len(), 0, "{url}");
        hand_over(&url, &with_ca()).unwrap();
        assert_eq!(heard.like("MAIL").len(), 1, "{url}");
        heard.0.lock().unwrap().clear();
    }
}

#[test]
fn a_certificate_for_another_name_or_one_that_has_run_out_is_not_trusted() {
    for (certificate, said) in [("elsewhere.pem", "not valid for name"), ("expired.pem", "xpired")] {
        let (server, heard) = server(Tls::OnDemand(by(certificate)), |_| None);
        let refusal = hand_over(&format!("{}?tls=required", server.url()), &with_ca()).unwrap_err();
        assert!(refusal.answer.contains(said), "{certificate}: {}", refusal.answer);
        assert_eq!(heard.like("MAIL"), Vec::<String>::new());
    }
}

#[test]
fn a_ca_file_that_is_none_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let problem = |url: &str| {
        let settings = Settings { ca_file: Some(file.clone()), ..Settings::default() };
        Mailer::from_url(url, folder.path(), &settings).unwrap_err().to_string()
    };
    assert!(problem("smtps://mail.example.com").contains("ca_file") && problem("smtps://x.example").contains("ca.pem"));
    for text in ["no certificate", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        std::fs::write(&file, text).unwrap();
        assert!(problem("smtps://mail.example.com").contains("holds no certificate as PEM"), "{text}");
    }
}

/// Asks for user and password as servers do that know no other way.
fn asks_one_by_one(line: &str) -> Option<Answer> {
    match line {
        "AUTH LOGIN" => Some(Answer::Say("334 VXNlcm5hbWU6")),
        "cGVnZWw=" => Some(Answer::Say("334 UGFzc3dvcmQ6")),
        "czNjcmV0" => Some(Answer::Say("235 2.7.0 Welcome")),
        line if line.starts_with("EHLO") => Some(Answer::Say("250-test server\r\n250 AUTH LOGIN")),
        _ => None,
    }
}

#[test]
fn one_logs_in_as_the_server_likes_or_as_is_configured() {
    let (only_login, heard) = server(Tls::Never, asks_one_by_one);
    for auth in [None, Some(Auth::Login)] {
        hand_over(&only_login.url(), &with_login("s3cret", auth)).unwrap();
    }
    assert_eq!(heard.like("AUTH"), ["AUTH LOGIN", "AUTH LOGIN"]);
    let refusal = hand_over(&only_login.url(), &with_login("s3cret", Some(Auth::Plain))).unwrap_err();
    assert!(refusal.answer.contains("offers no PLAIN to log in, but LOGIN"), "{}", refusal.answer);

    let (plain, heard) = server(Tls::Never, |_| None);
    hand_over(&plain.url(), &with_login("s3cret", Some(Auth::Plain))).unwrap();
    // "\0pegel\0s3cret"
    assert_eq!(heard.like("AUTH"), ["AUTH PLAIN AHBlZ2VsAHMzY3JldA=="]);
}

#[test]
fn what_the_url_says_of_who_logs_in_goes_before_what_stands_beside_it() {
    let (server, heard) = server(Tls::Never, |_| None);
    let url = format!("smtp://ada:other@{}", server.address);
    hand_over(&url, &with_login("s3cret", None)).unwrap();
    // "\0ada\0other"
    assert_eq!(heard.like("AUTH"), ["AUTH PLAIN AGFkYQBvdGhlcg=="]);
    // A user alone gets the password from beside it.
    hand_over(&format!("smtp://ada@{}", server.address), &with_login("s3cret", None)).unwrap();
    // "\0ada\0s3cret"
    assert_eq!(heard.like("AUTH")[1], "AUTH PLAIN AGFkYQBzM2NyZXQ=");
    for (url, settings, said) in [
        ("smtp://ada@localhost", Settings::default(), "no password: set PEGEL_MAIL_PASSWORD or password_file"),
        ("smtp://localhost", Settings { user: None, ..with_login("s3cret", None) }, "no user: set user"),
    ] {
        let problem = Mailer::from_url(url, Path::new("/nowhere"), &settings).unwrap_err().to_string();
        assert!(problem.contains(said) && !problem.contains("s3cret"), "{problem}");
    }
}

/// Takes no token but `fresh`, and says why as Google does: in a question, and after an empty answer with a no.
fn wants_a_fresh_token(line: &str) -> Option<Answer> {
    // "user=pegel\x01auth=Bearer fresh\x01\x01"
    const FRESH: &str = "AUTH XOAUTH2 dXNlcj1wZWdlbAFhdXRoPUJlYXJlciBmcmVzaAEB";
    match line {
        FRESH => None,
        "" => Some(Answer::Say("535 5.7.8 Username and Password not accepted")),
        line if line.starts_with("AUTH") => Some(Answer::Say("334 eyJzdGF0dXMiOiI0MDAifQ==")),
        line if line.starts_with("EHLO") => Some(Answer::Say("250-test server\r\n250 AUTH PLAIN XOAUTH2")),
        _ => None,
    }
}

#[test]
fn a_token_is_read_anew_for_each_connection() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let settings = Settings { secret: Some(Secret::File(file.clone())), ..with_login("", Some(Auth::Xoauth2)) };
    let (server, heard) = server(Tls::Never, wants_a_fresh_token);
    let mailer = mailer(&server.url(), &settings);
    let missing = mailer.session().hand_over(&mail()).unwrap_err();
    assert!(missing.answer.contains("token cannot be read"), "{}", missing.answer);
    std::fs::write(&file, "stale\n").unwrap();
    let stale = mailer.session().hand_over(&mail()).unwrap_err();
    assert_eq!(stale.kind, RefusalKind::Unreachable);
    assert!(stale.answer.contains("535") && stale.answer.contains("not accepted"), "{}", stale.answer);
    std::fs::write(&file, "fresh\n").unwrap();
    mailer.session().hand_over(&mail()).unwrap();
    assert_eq!(heard.like("AUTH").len(), 2);
    assert_eq!(server.mails().len(), 1);
}

/// Writes what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_secret_is_in_any_log_record_or_debug_output_even_if_the_server_repeats_it() {
    // In every form in which it went over the wire.
    const FORMS: [&str; 4] =
        ["s3cret", "czNjcmV0", "AHBlZ2VsAHMzY3JldA==", "dXNlcj1wZWdlbAFhdXRoPUJlYXJlciBzM2NyZXQBAQ=="];
    fn repeats(line: &str) -> Option<Answer> {
        match line {
            line if line.starts_with("EHLO") => Some(Answer::Say("250-test server\r\n250 AUTH PLAIN LOGIN XOAUTH2")),
            line if line.starts_with("AUTH") => Some(Answer::Say(
                "535 5.7.8 no: s3cret czNjcmV0 AHBlZ2VsAHMzY3JldA== dXNlcj1wZWdlbAFhdXRoPUJlYXJlciBzM2NyZXQBAQ==",
            )),
            _ => None,
        }
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        on_both(|store| {
            for auth in [Auth::Plain, Auth::Login, Auth::Xoauth2] {
                let (server, _) = server(Tls::Never, repeats);
                let settings = with_login("s3cret", Some(auth));
                let mailer = mailer(&server.url(), &settings);
                let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
                let watch = Watch::at(MONDAY);
                let worker = worker(store.clone(), &weekly, &mailer, &watch);
                worker.tick_once();
                let row = store.deliveries(None).unwrap().remove(0);
                let on_record =
                    format!("{row:?} {:?} {:?}", store.attempts(row.id).unwrap(), store.held_mails().unwrap());
                assert!(on_record.contains("535"), "{on_record}");
                let told = format!("{on_record} {mailer:?} {settings:?}");
                assert!(FORMS.iter().all(|form| !told.contains(form)), "{told}");
                watch.forward(minutes(2));
            }
        });
    });
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("mail not accepted"), "{logged}");
    assert!(FORMS.iter().all(|form| !logged.contains(form)), "{logged}");
}

#[test]
fn bounces_go_to_an_address_of_their_own() {
    let (server, heard) = server(Tls::Never, |_| None);
    let settings = |from: &str| Settings { envelope_from: Some(from.to_owned()), ..Settings::default() };
    hand_over(&server.url(), &settings("bounces@mails.example.com")).unwrap();
    hand_over(&server.url(), &Settings::default()).unwrap();
    assert_eq!(heard.like("MAIL"), ["MAIL FROM:<bounces@mails.example.com>", "MAIL FROM:<reports@example.com>"]);
    let parsed = MessageParser::default().parse(server.mails()[0].data.as_bytes()).unwrap().into_owned();
    assert_eq!(parsed.from().unwrap().first().unwrap().address(), Some("reports@example.com"));
    for wrong in ["bounces", "jörg@example.com"] {
        let problem = Mailer::from_url(&server.url(), Path::new("/nowhere"), &settings(wrong)).unwrap_err().to_string();
        assert!(problem.contains("envelope_from: “") && problem.contains("bounces can go to"), "{problem}");
    }
}

const ED25519: PublicKey = PublicKey::Ed25519("W47c330uortSzJpGpXRuP1Dh2Isq0FE5nGpSWQHtVv0=");
const RSA: PublicKey = PublicKey::Rsa(
    "MIIBCgKCAQEAoSKWg+N0DKN985MYo52DKrdCiclM3scvIhixAQ8wd8Zz1CYT+8xvzduAcCRI9y/FtCU2gCrV47fYVdTdi3o2qTv9hj9feanXI4EFvrN4t\
     Dis45iOyIbWxEEqdFGkZ6ruxiHQebCQfcSoZmZhhi5PYqW5KK/2J3+6QgPHjYy07xx7nyW+V1KemGS8wSwleg82RM/GNsU34Y+jptRpl9oXrG3PiL3y5b\
     lH+BNSlvGcI+FSHEzr1Y3vrJypzOrKOK/bWDPU0uo5HKBhsCskSbNt62AJDe/IGM7wJdWV++v1cmc39Ln28R8YnW7rslyWeMyu4OzYcIEegc5VnaNzc49Y\
     QQIDAQAB",
);

fn key_file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys")).join(name)
}

fn signing(key_file: PathBuf) -> Settings {
    let dkim = DkimSettings { domain: "Example.com".to_owned(), selector: "pegel".to_owned(), key_file };
    Settings { dkim: Some(dkim), ..Settings::default() }
}

#[test]
fn the_check_of_signatures_takes_the_example_of_rfc_8463_and_nothing_else() {
    let message = include_str!("rfc8463.eml").replace('\n', "\r\n");
    let key = PublicKey::Ed25519("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_eq!(tag(&verified(&message, &key).unwrap(), "s"), "brisbane");
    let rsa = PublicKey::Rsa(
        "MIGJAoGBAOQeU5CgFPNZGIazlXo2k/eJ1jpaTTxrmqF1HrDLlt04pvaMtCJj8nXoliLRC/H9vJjMI1vdb3XLcW60AIN/PBD8EL97/y4GwJH7LP\
         UvGP48vqUe+owqszesbiGy1PlCO8c70/OjFnJVgvMF87YR4Lcincb7aSvI5MgpP6X8rjDdAgMBAAE=",
    );
    assert_eq!(tag(&verified(&message, &rsa).unwrap(), "s"), "test");
    for (old, new, said) in [
        ("dinner", "lunch", "does not fit"),
        ("hungry", "thirsty", "body is another"),
        ("From: Joe", "From: Eve <eve@example.net>\r\nFrom: Joe", "does not fit"),
        ("b=/gCrinpc", "b=/gCrinpd", "does not fit"),
    ] {
        let changed = message.replacen(old, new, 1);
        assert_ne!(changed, message);
        assert!(verified(&changed, &key).unwrap_err().contains(said), "{new}");
    }
}

#[test]
fn mails_are_signed_for_their_domain_with_the_headers_by_which_one_unsubscribes() {
    for (file, key) in [("ed25519.pem", ED25519), ("rsa.pem", RSA), ("rsa-pkcs1.pem", RSA)] {
        on_both(|store| {
            let (server, heard) = server(Tls::Never, |line| {
                line.starts_with("EHLO").then_some(Answer::Say("250-test server\r\n250-8BITMIME\r\n250 SMTPUTF8"))
            });
            // Blanks, empty lines and dots in odd places, letters beyond ASCII; in the headers as well.
            let footer = " \t two  blanks \t\r\n\n.\n..\nGrüße   \n\n\n".to_owned();
            let recipients = ["Jörg Müller <joerg@münchen.example>", "jörg@example.com", "ada@example.com"];
            let weekly: Arc<dyn Compose> = Arc::new(Weekly { footer, ..Weekly::to(&recipients) });
            let letterhead = Letterhead::new(SENDER).unwrap().with_pages_at(Some("https://pegel.example.com"));
            let letterhead = letterhead.answered_at(Some("desk@example.com")).unwrap();
            let mailer = mailer(&server.url(), &signing(key_file(file)));
            let worker = Worker::new(store.clone(), weekly, mailer, letterhead, Watch::at(MONDAY).clock());
            assert_eq!(worker.tick_once().outbox.delivered, 3);
            assert!(heard.like("MAIL")[1].contains("SMTPUTF8"), "{:?}", heard.lines());
            for mail in server.mails() {
                let tags = verified(&mail.data, &key).unwrap_or_else(|error| panic!("{file}: {error}\n{}", mail.data));
                assert_eq!((tag(&tags, "d"), tag(&tags, "s")), ("example.com", "pegel"));
                let signed: Vec<&str> = tag(&tags, "h").split(':').collect();
                for header in ["from", "subject", "list-unsubscribe", "list-unsubscribe-post", "list-id", "reply-to"] {
                    assert!(signed.contains(&header), "{header}: {signed:?}");
                }
                assert!(mail.data.lines().all(|line| line.len() <= 998), "{}", mail.data);
                let other = mail.data.replace("/unsubscribe/", "/elsewhere/");
                assert!(verified(&other, &key).is_err());
                let second = mail.data.replacen("\r\nFrom:", "\r\nFrom: Eve <eve@example.net>\r\nFrom:", 1);
                assert_ne!(second, mail.data);
                assert!(verified(&second, &key).is_err(), "nobody can add a sender");
            }
            // The same to the byte, whenever it is sent again.
            store.execute("UPDATE deliveries SET state = 'pending'").unwrap();
            worker.drain().unwrap();
            let mails = server.mails();
            assert_eq!(mails[..3], mails[3..]);
        });
    }
}

#[test]
fn a_key_or_domain_that_does_not_do_is_told_at_the_start_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let problem = |text: &str, change: fn(&mut DkimSettings)| {
        let file = folder.path().join("dkim.pem");
        std::fs::write(&file, text).unwrap();
        let mut settings = signing(file);
        settings.dkim.as_mut().map(change);
        Mailer::from_url("smtp://localhost", folder.path(), &settings).unwrap_err().to_string()
    };
    let pem = std::fs::read_to_string(key_file("ed25519.pem")).unwrap();
    assert!(problem("", |_| ()).contains("dkim.pem holds no private key as PEM"));
    // One for another kind of signature.
    let certificate = std::fs::read_to_string(certificate("here.pem")).unwrap();
    let other = problem(&certificate, |_| ());
    assert!(other.contains("RSA of 2048 to 4096 bits, or Ed25519") && !other.contains("MIG"), "{other}");
    assert!(problem(&pem, |dkim| dkim.domain = "exa mple".to_owned()).contains("[mail.dkim] domain: “exa mple”"));
    assert!(problem(&pem, |dkim| dkim.selector = "a;b=".to_owned()).contains("[mail.dkim] selector: “a;b=”"));
    assert!(problem(&pem, |dkim| dkim.key_file.push("none")).contains("[mail.dkim] key_file: "));
}

#[test]
fn a_thousand_mails_go_over_one_encrypted_connection() {
    let (server, heard) = server(Tls::OnDemand(by("here.pem")), |_| None);
    let addresses: Vec<String> =
        (0..1000).map(|number| format!("Jürgen {number} <reader{number}@example.com>")).collect();
    let weekly = Arc::new(Weekly::to(&addresses.iter().map(String::as_str).collect::<Vec<_>>()));
    let settings = Settings { dkim: signing(key_file("ed25519.pem")).dkim, ..with_ca() };
    let mailer = mailer(&format!("smtp://pegel:s3cret@{}?tls=required", server.address), &settings);
    let database = pegel_store::testing::TestDatabase::sqlite();
    let worker = worker(database.store(), &weekly, &mailer, &Watch::at(MONDAY));
    assert_eq!(worker.tick_once().outbox.delivered, 1000);
    assert_eq!((server.mails().len(), heard.like("EHLO").len(), heard.like("AUTH").len()), (1000, 2, 1));
}
