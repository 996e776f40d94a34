//! Mails through a real conversation with an SMTP server: on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::smtp::{Answer, SmtpServer, nobody};
use common::{MONDAY, SENDER, Watch, Weekly, killed_at, minutes, outbox, worker};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use pegel_delivery::{Compose, Letterhead, Mailer, Pace, Settings, Step, Worker};
use pegel_report::unsubscribe::LinkKey;
use pegel_store::attempts::Attempt;
use pegel_store::outbox::{DeliveryState, Wanted};
use pegel_store::testing::{on_both, on_both_databases};
use pegel_text::languages;
use pegel_text::translated::Translated;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn mailer(url: &str) -> Mailer {
    Mailer::from_url(url, Path::new("/nowhere"), &Settings::default()).unwrap()
}

/// Says `text` to the first command that begins with `to`, then answers as usual.
fn once(to: &'static str, text: &'static str) -> impl Fn(&str) -> Option<Answer> + Send + Sync + 'static {
    let count = AtomicUsize::new(0);
    move |line| (line.starts_with(to) && count.fetch_add(1, Ordering::SeqCst) == 0).then_some(Answer::Say(text))
}

#[test]
fn a_bad_recipient_hurts_nobody_else() {
    on_both(|store| {
        let server = SmtpServer::start(|line| {
            line.starts_with("RCPT TO:<gone@").then_some(Answer::Say("550 5.1.1 No such user here"))
        });
        let weekly = Arc::new(Weekly::to(&["gone@example.com", "not an address", "Ada <ada@example.com>"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch);
        let drained = worker.tick_once().outbox;
        assert_eq!((drained.delivered, drained.postponed, drained.given_up), (1, 0, 2));
        let url = server.url();
        assert_eq!(
            outbox(&store),
            [
                format!("gone@example.com Failed 1 {url}: permanent error (550): 5.1.1 No such user here"),
                "not an address Failed 1 “not an address” is not a mail address: write ada@example.com or Ada <ada@example.com>".to_owned(),
                "Ada <ada@example.com> Delivered 1 250 2.0.0 Ok: queued as 1".to_owned(),
            ]
        );
        let mails = server.mails();
        assert_eq!((mails.len(), &mails[0].recipients), (1, &vec!["ada@example.com".to_owned()]));

        watch.forward(minutes(24 * 60));
        assert_eq!(worker.tick_once().outbox.delivered, 0, "neither is tried again");
        assert_eq!(server.mails().len(), 1);
    });
}

#[test]
fn mails_go_over_one_connection_as_long_as_the_server_keeps_it() {
    let addresses = ["ada@example.com", "bob@example.com", "cy@example.com", "dee@example.com"];
    let count = || Arc::new(AtomicUsize::new(0));
    for (takes, connections) in [(usize::MAX, 1), (2, 2), (1, 4)] {
        on_both(|store| {
            let (connected, taken) = (count(), count());
            let greetings = connected.clone();
            // Some servers take so many mails over one connection, and then close it.
            let server = SmtpServer::start(move |line| {
                if line.starts_with("EHLO") {
                    greetings.fetch_add(1, Ordering::SeqCst);
                    taken.store(0, Ordering::SeqCst);
                }
                let is_one_more = line.starts_with("MAIL") && taken.fetch_add(1, Ordering::SeqCst) == takes;
                is_one_more.then_some(Answer::HangUp)
            });
            let weekly = Arc::new(Weekly::to(&addresses));
            let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &Watch::at(MONDAY));
            assert_eq!(worker.tick_once().outbox.delivered, addresses.len());
            assert_eq!(server.mails().len(), addresses.len());
            assert_eq!(connected.load(Ordering::SeqCst), connections);
        });
    }
}

#[test]
fn the_mail_that_arrives_has_both_parts_and_the_right_headers() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let weekly = Arc::new(Weekly::to(&["Ada Lovelace <ada@example.com>"]));
        worker(store.clone(), &weekly, &mailer(&server.url()), &Watch::at(MONDAY)).tick_once();
        let mails = server.mails();
        let mail = MessageParser::default().parse(mails[0].data.as_bytes()).unwrap();
        assert_eq!(mail.subject(), Some("Feedback rate below 75 % · 2026-W46"));
        assert_eq!(mail.from().unwrap().first().unwrap().address(), Some("reports@example.com"));
        assert_eq!(mail.to().unwrap().first().unwrap().name(), Some("Ada Lovelace"));
        assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-11-16T06:00:05Z");
        assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert_eq!(mail.header_raw("List-ID").map(str::trim), Some("<weekly.example.com>"));
        let id = &store.deliveries(None).unwrap()[0].message_id;
        assert_eq!(mail.message_id().map(|id| format!("<{id}>")).as_ref(), Some(id));
        assert_eq!(mail.content_type().unwrap().subtype(), Some("alternative"));
        // Mail programs show the last part they can, so plain text comes first.
        assert!(
            matches!(&mail.parts[1].body, PartType::Text(text) if text.trim_end() == "2026-W46: Rückmeldungen 71 %")
        );
        assert!(matches!(&mail.parts[2].body, PartType::Html(html) if html.contains("Rückmeldungen 71 %")));
        assert_eq!(mail.parts.len(), 3);
    });
}

#[test]
fn a_server_that_is_not_there_is_tried_again_later() {
    on_both(|store| {
        let address = nobody();
        let weekly = Arc::new(Weekly::to(&["a@example.com", "b@example.com", "c@example.com"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&format!("smtp://{address}")), &watch);
        let drained = worker.tick_once().outbox;
        assert_eq!((drained.delivered, drained.postponed, drained.given_up), (0, 2, 0));
        let rows = store.deliveries(None).unwrap();
        assert!(rows.iter().all(|row| row.state == DeliveryState::Pending && row.delivered_at.is_none()));
        // After two in a row the third is spared the time-out; it keeps its attempts.
        let mut attempts: Vec<_> = rows.iter().map(|row| row.attempts).collect();
        attempts.sort_unstable();
        assert_eq!(attempts, [0, 1, 1]);
        assert!(rows[2].answer.as_ref().unwrap().contains("Connection refused"), "{:?}", rows[2].answer);

        let server = SmtpServer::start_at(address, |_| None);
        watch.forward(minutes(2));
        assert_eq!(worker.tick_once().outbox.delivered, 3);
        assert_eq!(server.mails().len(), 3);
    });
}

#[test]
fn a_server_that_says_later_is_asked_later() {
    on_both(|store| {
        let server = SmtpServer::start(once("RCPT", "451 4.7.1 Greylisted, come back"));
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch);
        assert_eq!(worker.tick_once().outbox.postponed, 1);
        let row = store.deliveries(None).unwrap().remove(0);
        assert_eq!(row.state, DeliveryState::Pending);
        let wait = row.due_at - watch.seconds();
        assert!((48..=72).contains(&wait), "a minute, up to a fifth shorter or longer: {wait} s");

        watch.forward(jiff::SignedDuration::from_secs(wait - 1));
        assert_eq!(worker.tick_once().outbox.delivered, 0, "not before its time");
        watch.forward(jiff::SignedDuration::from_secs(1));
        assert_eq!(worker.tick_once().outbox.delivered, 1);
        assert_eq!(outbox(&store), ["ada@example.com Delivered 2 250 2.0.0 Ok: queued as 1"]);
    });
}

#[test]
fn a_recipient_whose_server_always_says_later_is_given_up_after_five_days() {
    on_both(|store| {
        let server =
            SmtpServer::start(|line| line.starts_with("RCPT").then_some(Answer::Say("452 4.2.2 Mailbox full")));
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch);
        let began = watch.seconds();
        while worker.tick_once().outbox.given_up == 0 {
            assert!(watch.seconds() - began < 6 * 86_400, "never given up");
            watch.forward(minutes(60));
        }
        // Each wait is up to a fifth longer or shorter.
        assert!((5 * 86_400..5 * 86_400 + 18_000).contains(&(watch.seconds() - began)));
        let row = store.deliveries(None).unwrap().remove(0);
        assert_eq!((row.state, row.delivered_at), (DeliveryState::Failed, None));
        assert_eq!(worker.tick_once().outbox, pegel_delivery::outbox::Drained::default());
        assert_eq!(store.held_mails().unwrap(), None, "nothing that an operator could mend");
    });
}

#[test]
fn days_without_a_mail_server_lose_no_mail() {
    on_both(|store| {
        let address = nobody();
        let weekly = Arc::new(Weekly::to(&["a@example.com", "b@example.com"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&format!("smtp://{address}")), &watch);
        // Four days, a tick every quarter of an hour.
        for _ in 0..4 * 24 * 4 {
            assert_eq!(worker.tick_once().outbox.given_up, 0);
            watch.forward(minutes(15));
        }
        let held = store.held_mails().unwrap().unwrap();
        assert_eq!(held.mails, 2);
        assert!(held.answer.contains("Connection refused"), "{held:?}");
        let server = SmtpServer::start_at(address, |_| None);
        watch.forward(minutes(18));
        worker.tick_once();
        assert_eq!(server.mails().len(), 2, "within a quarter of an hour and a fifth");
        assert_eq!(store.held_mails().unwrap(), None);
    });
}

#[test]
fn a_server_that_was_off_for_longer_than_mails_are_kept_still_tries_them() {
    on_both(|store| {
        let server = SmtpServer::start(once("RCPT", "451 4.7.1 Greylisted, come back"));
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let start = || worker(store.clone(), &weekly, &mailer(&server.url()), &watch);
        killed_at(Step::Published, start(), |worker| drop(worker.tick_once()));
        watch.forward(minutes(6 * 24 * 60));
        assert_eq!(start().tick_once().outbox.postponed, 1);
        watch.forward(minutes(2));
        assert_eq!(start().tick_once().outbox.delivered, 1);
    });
}

#[test]
fn every_attempt_is_on_record_with_its_answer_also_after_the_mail_is_sent_again() {
    on_both(|store| {
        let server = SmtpServer::start(once("RCPT", "451 4.7.1 Greylisted, come back"));
        let weekly = Arc::new(Weekly::to(&["ada@example.com", "not an address"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch);
        let began = watch.seconds();
        worker.tick_once();
        watch.forward(minutes(2));
        worker.tick_once();
        let rows = store.deliveries(None).unwrap();
        let told = |id: i64| {
            let attempts = store.attempts(id).unwrap();
            let told = attempts.iter().map(|attempt| {
                let Attempt { number, at, outcome, answer } = attempt;
                format!("{number} {} {outcome:?} {answer}", at - began)
            });
            told.collect::<Vec<_>>()
        };
        let url = server.url();
        let greylisted = format!("1 0 Postponed {url}: transient error (451): 4.7.1 Greylisted, come back");
        assert_eq!(told(rows[1].id), [greylisted.clone(), "2 120 Delivered 250 2.0.0 Ok: queued as 1".to_owned()]);
        let refused = told(rows[0].id);
        assert!(refused.len() == 1 && refused[0].starts_with("1 0 GivenUp “not an address”"), "{refused:?}");

        watch.forward(minutes(1));
        store.resend(&Wanted { ids: vec![rows[1].id], ..Wanted::default() }, watch.seconds()).unwrap();
        worker.drain().unwrap();
        let last = told(rows[1].id);
        assert_eq!((last.len(), last[2].as_str()), (3, "1 180 Delivered 250 2.0.0 Ok: queued as 2"));
    });
}

#[test]
fn mails_beyond_the_pace_wait_and_lose_no_attempt() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let weekly = Arc::new(Weekly::to(&["a@example.com", "b@example.com", "c@example.com"]));
        let watch = Watch::at(MONDAY);
        let worker =
            worker(store.clone(), &weekly, &mailer(&server.url()), &watch).at_a_pace(Some(Pace::per_minute(2)));
        let began = std::time::Instant::now();
        assert_eq!(worker.tick_once().outbox.delivered, 2);
        assert_eq!(worker.tick_once().outbox, pegel_delivery::outbox::Drained::default());
        assert!(began.elapsed().as_secs() < 5, "a tick does not wait for a minute");
        let row = store.deliveries(None).unwrap().remove(0);
        assert_eq!((row.state, row.attempts, row.answer), (DeliveryState::Pending, 0, None));
    });
}

#[test]
fn who_is_patient_hands_over_all_mails_at_the_pace() {
    let server = SmtpServer::start(|_| None);
    let weekly = Arc::new(Weekly::to(&["a@example.com", "b@example.com", "c@example.com", "d@example.com"]));
    let database = pegel_store::testing::TestDatabase::sqlite();
    let pace = Pace::within(2, std::time::Duration::from_secs(6));
    let worker = worker(database.store(), &weekly, &mailer(&server.url()), &Watch::at(MONDAY));
    let worker = worker.at_a_pace(Some(pace)).patiently();
    let began = std::time::Instant::now();
    assert_eq!(worker.tick_once().outbox.delivered, 4);
    // Not once more after the last mail.
    assert!((6..12).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[test]
fn what_concerns_us_and_not_the_recipient_is_never_given_up_on_the_spot() {
    for (to, says) in [
        ("EHLO", "554 5.3.2 Not today"),
        ("EHLO", "502 5.5.1 What?"),
        ("AUTH", "535 5.7.8 Bad credentials"),
        ("AUTH", "500 5.5.1 What?"),
        ("MAIL", "550 5.7.1 Sender refused"),
        ("MAIL", "530 5.7.0 Must issue a STARTTLS command first"),
        ("RCPT", "530 5.7.0 Authentication required"),
        ("RCPT", "421 4.3.2 Shutting down"),
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("RCPT", "503 5.5.1 Error: authenticate first"),
    ] {
        on_both(|store| {
            let server = SmtpServer::start(once(to, says));
            let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
            let watch = Watch::at(MONDAY);
            let mailer = mailer(&format!("smtp://pegel:s3cret@{}", server.address));
            let worker = worker(store.clone(), &weekly, &mailer, &watch);
            assert_eq!(worker.tick_once().outbox.postponed, 1, "{to} {says}: {:?}", outbox(&store));
            assert_eq!(store.held_mails().unwrap().unwrap().mails, 1, "{to} {says}");
            watch.forward(minutes(2));
            assert_eq!(worker.tick_once().outbox.delivered, 1, "{to} {says}: {:?}", outbox(&store));
        });
    }
    // A server without something that we need.
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let mailer = mailer(&format!("smtp://{}?tls=required", server.address));
        worker(store.clone(), &weekly, &mailer, &Watch::at(MONDAY)).tick_once();
        let held = store.held_mails().unwrap().unwrap();
        assert!(held.answer.contains("STARTTLS"), "{held:?}");
    });
}

#[test]
fn only_a_mail_accepted_as_a_whole_is_delivered() {
    on_both(|store| {
        let server = SmtpServer::start(once(".", "354 go on"));
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch);
        assert_eq!(worker.tick_once().outbox.postponed, 1, "{:?}", outbox(&store));
        watch.forward(minutes(2));
        assert_eq!(worker.tick_once().outbox.delivered, 1);
    });
}

#[test]
fn a_mail_that_was_handed_over_is_recorded_as_soon_as_the_database_answers() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let weekly = Arc::new(Weekly::to(&["ada@example.com", "bob@example.com"]));
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &Watch::at(MONDAY));
        let (away, database) = (AtomicUsize::new(0), store.clone());
        // At the first mail, the outbox table is gone for two seconds.
        let worker = worker.with_probe(move |place| {
            if place == Step::HandedOver && away.fetch_add(1, Ordering::SeqCst) == 0 {
                database.execute("ALTER TABLE deliveries RENAME TO away").unwrap();
                let database = database.clone();
                std::thread::spawn(move || {
                    std::thread::sleep(std::time::Duration::from_secs(2));
                    database.execute("ALTER TABLE away RENAME TO deliveries").unwrap();
                });
            }
        });
        let ticked = worker.tick_once();
        assert_eq!((ticked.outbox.delivered, ticked.failures), (2, 0));
        assert_eq!(server.mails().len(), 2);
    });
}

#[test]
fn a_mail_whose_edition_could_not_be_read_goes_out_at_the_next_look_and_does_not_wait_for_its_lease() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let weekly = Arc::new(Weekly::to(&["ada@example.com", "bob@example.com"]));
        let watch = Watch::at(MONDAY);
        let (away, database) = (AtomicUsize::new(0), store.clone());
        // Between the claim on the first mail and the reading of its edition, the archive cannot be read.
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch).with_probe(move |place| {
            if place == Step::DeliveryClaimed && away.fetch_add(1, Ordering::SeqCst) == 0 {
                database.execute("ALTER TABLE artefacts RENAME TO away").unwrap();
            }
        });
        let ticked = worker.tick_once();
        assert_eq!((ticked.outbox.delivered, ticked.failures), (0, 1));
        assert_eq!(outbox(&store), ["ada@example.com Pending 0 -", "bob@example.com Pending 0 -"]);
        store.execute("ALTER TABLE away RENAME TO artefacts").unwrap();
        // Not even half a minute has passed, and the claim would have held for ten.
        let ticked = worker.tick_once();
        assert_eq!((ticked.outbox.delivered, ticked.failures), (2, 0));
        assert_eq!(server.mails().len(), 2);
        assert!(store.deliveries(None).unwrap().iter().all(|row| row.attempts == 1), "{:?}", outbox(&store));
    });
}

#[test]
fn who_wants_no_more_mails_of_a_report_gets_none_and_that_is_on_record() {
    on_both(|store| {
        let server = SmtpServer::start(|line| line.starts_with("RCPT TO:<bob@").then_some(Answer::Say("451 later")));
        let weekly = Arc::new(Weekly::to(&["Ada <ada@example.com>", "bob@example.com", "cy@example.com"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch);
        store.unsubscribe("weekly", "ada@example.com", watch.seconds()).unwrap();
        store.unsubscribe("monthly", "cy@example.com", watch.seconds()).unwrap();
        let drained = worker.tick_once().outbox;
        assert_eq!((drained.delivered, drained.postponed, drained.unsubscribed), (1, 1, 1));
        // What waits does not go out either.
        store.unsubscribe("weekly", "bob@example.com", watch.seconds()).unwrap();
        watch.forward(minutes(2));
        assert_eq!(worker.tick_once().outbox.unsubscribed, 1);
        let states: Vec<_> =
            store.deliveries(None).unwrap().iter().rev().map(|row| (row.state, row.attempts)).collect();
        let [none, tried] = [(DeliveryState::Unsubscribed, 0), (DeliveryState::Unsubscribed, 1)];
        assert_eq!(states, [none, tried, (DeliveryState::Delivered, 1)]);
        assert_eq!(server.mails().len(), 1);

        // Nor does it when it is sent again, until the recipient wants it again.
        let edition = store.deliveries(None).unwrap()[0].content.edition().unwrap();
        let wanted = Wanted { edition: Some(edition), state: Some(DeliveryState::Unsubscribed), ..Wanted::default() };
        store.resend(&wanted, watch.seconds()).unwrap();
        assert_eq!(worker.drain().unwrap().unsubscribed, 2);
        assert!(store.subscribe("weekly", "ada@example.com").unwrap());
        assert!(!store.subscribe("weekly", "ada@example.com").unwrap(), "once");
        store.resend(&wanted, watch.seconds()).unwrap();
        let drained = worker.drain().unwrap();
        assert_eq!((drained.delivered, drained.unsubscribed), (1, 1));
        assert_eq!(server.mails().last().unwrap().recipients, ["ada@example.com"]);
    });
}

#[test]
fn each_mail_offers_its_recipient_no_more_of_them_at_one_click_where_pages_are_reached_by_https() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let footer = "https://pegel.example.com/unsubscribe/weekly?lang=de-DE\n".to_owned();
        let weekly = Weekly { footer, ..Weekly::to(&["Ada <Ada@example.com>", "bob@example.com"]) };
        let weekly = Arc::new(weekly);
        let letterhead = || Letterhead::new(SENDER).unwrap();
        let worker = |letterhead: Letterhead| {
            let compose: Arc<dyn Compose> = weekly.clone();
            Worker::new(store.clone(), compose, mailer(&server.url()), letterhead, Watch::at(MONDAY).clock())
        };
        worker(letterhead().with_pages_at(Some("https://pegel.example.com/"))).tick_once();
        let key = LinkKey::new(store.link_key().unwrap().unwrap());
        let stored = store.edition(1).unwrap().unwrap();
        for (mail, address) in server.mails().iter().zip(["ada@example.com", "bob@example.com"]) {
            let parsed = MessageParser::default().parse(mail.data.as_bytes()).unwrap();
            let own = format!("https://pegel.example.com{}", key.page_of("weekly", address, "de-DE"));
            assert_eq!(parsed.header_raw("List-Unsubscribe").map(str::trim), Some(format!("<{own}>").as_str()));
            let post = parsed.header_raw("List-Unsubscribe-Post").map(str::trim);
            assert_eq!(post, Some("List-Unsubscribe=One-Click"));
            // The stored text names nobody; each mail its own.
            let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
            let shared = stored.renditions[0].artefact("mail.txt").unwrap().text().unwrap();
            assert!(shared.contains("https://pegel.example.com/unsubscribe/weekly?lang=de-DE\n"), "{shared}");
            assert_eq!(text, shared.replace("https://pegel.example.com/unsubscribe/weekly?lang=de-DE", &own));
        }

        // The same mails again, by a server that readers cannot reach in a way that nobody can listen to.
        store.resend(&Wanted::default(), 0).unwrap();
        worker(letterhead().with_pages_at(Some("http://localhost:7345"))).drain().unwrap();
        let parsed = server.mails().pop().unwrap();
        assert!(!parsed.data.contains("List-Unsubscribe"), "{}", parsed.data);
    });
}

#[test]
fn lines_that_begin_with_dots_arrive_as_they_are() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let footer = ".\n..\n.hidden\nno. 4\n.".to_owned();
        let weekly = Arc::new(Weekly { footer: footer.clone(), ..Weekly::to(&["ada@example.com", "bob@example.com"]) });
        worker(store, &weekly, &mailer(&server.url()), &Watch::at(MONDAY)).tick_once();
        let mails = server.mails();
        assert_eq!(mails.len(), 2, "none is taken for the end of a mail");
        for mail in mails {
            // They are lines of their own on the way, too.
            assert!(mail.data.contains("\r\n.\r\n..\r\n.hidden\r\n"), "{}", mail.data);
            let parsed = MessageParser::default().parse(mail.data.as_bytes()).unwrap();
            let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
            assert!(text.trim_end().ends_with(&footer), "{text}");
        }
    });
}

#[test]
fn answers_go_where_the_report_says_else_where_the_server_says() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let mut weekly = Weekly::to(&["ada@example.com"]);
        weekly.reply_to = Some("Sales <sales@example.com>".to_owned());
        let weekly: Arc<dyn Compose> = Arc::new(weekly);
        let names = Translated::english("Partner sales").and(languages::find("de").unwrap(), "Partnervertrieb");
        let letterhead = Letterhead::new(SENDER).unwrap().named(Some(&names)).unwrap();
        let letterhead = letterhead.answered_at(Some("desk@example.com")).unwrap();
        let worker = Worker::new(store.clone(), weekly, mailer(&server.url()), letterhead, Watch::at(MONDAY).clock());
        worker.tick_once();
        store.execute("UPDATE deliveries SET reply_to = NULL, state = 'pending'").unwrap();
        worker.drain().unwrap();
        let mails = server.mails();
        let read = |at: usize| MessageParser::default().parse(mails[at].data.as_bytes()).unwrap();
        let reply_to = |at: usize| read(at).reply_to().unwrap().first().unwrap().address().unwrap().to_owned();
        assert_eq!([reply_to(0), reply_to(1)], ["sales@example.com", "desk@example.com"]);
        // In the language of the mail.
        assert_eq!(read(0).from().unwrap().first().unwrap().name(), Some("Partnervertrieb"));
    });
}

#[test]
fn a_mail_that_could_not_be_recorded_is_not_handed_over_again_by_the_same_server() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let weekly = Arc::new(Weekly::to(&["ada@example.com", "bob@example.com"]));
        let watch = Watch::at(MONDAY);
        let lease = jiff::SignedDuration::from_secs(2);
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch).claiming_for(lease);
        // There is room for claims, but not for the record of the delivery.
        let refuse = if store.is_sqlite().unwrap() {
            "CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.state = 'delivered'
             BEGIN SELECT RAISE(ABORT, 'no room'); END"
        } else {
            "ALTER TABLE deliveries ADD CONSTRAINT no_room CHECK (state <> 'delivered')"
        };
        let accept = if store.is_sqlite().unwrap() {
            "DROP TRIGGER full"
        } else {
            "ALTER TABLE deliveries DROP CONSTRAINT no_room"
        };
        store.execute(refuse).unwrap();
        assert_eq!(worker.tick_once().failures, 1);
        for _ in 0..3 {
            watch.forward(minutes(11));
            assert_eq!(worker.tick_once().outbox.delivered, 0);
        }
        assert_eq!(server.mails().len(), 1, "neither this one again nor another one that could not be recorded either");
        store.execute(accept).unwrap();
        assert_eq!(worker.tick_once().outbox.delivered, 1);
        let reached: Vec<_> = server.mails().into_iter().flat_map(|mail| mail.recipients).collect();
        assert_eq!(reached, ["ada@example.com", "bob@example.com"]);
        for row in store.deliveries(None).unwrap() {
            assert_eq!(store.attempts(row.id).unwrap().len(), 1, "what could not be recorded is recorded once");
        }
        assert!(store.deliveries(None).unwrap().iter().all(|row| row.state == DeliveryState::Delivered));
    });
}

#[test]
fn a_domain_beyond_ascii_goes_out_in_letters_that_every_server_knows() {
    on_both(|store| {
        let server = SmtpServer::start(|_| None);
        let weekly = Arc::new(Weekly::to(&["Jörg Müller <joerg@münchen.example>", "jörg@example.com"]));
        worker(store.clone(), &weekly, &mailer(&server.url()), &Watch::at(MONDAY)).tick_once();
        let mails = server.mails();
        assert_eq!(mails[0].recipients, ["joerg@xn--mnchen-3ya.example"]);
        assert!(
            mails[0].data.is_ascii() && mails[0].data.contains("<joerg@xn--mnchen-3ya.example>"),
            "{}",
            mails[0].data
        );
        // This server does not offer the extension (SMTPUTF8) that such an address would need.
        assert_eq!(mails.len(), 1);
        let refused = &store.deliveries(None).unwrap()[0];
        assert_eq!(refused.state, DeliveryState::Pending);
        assert!(refused.answer.as_ref().unwrap().contains("SMTPUTF8"), "{refused:?}");
    });
}

#[test]
fn after_a_kill_between_the_servers_250_and_the_record_the_same_mail_comes_again() {
    on_both_databases(|database| {
        let server = SmtpServer::start(|_| None);
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let start = || worker(database.store(), &weekly, &mailer(&server.url()), &watch);
        killed_at(Step::HandedOver, start(), |worker| drop(worker.tick_once()));
        watch.forward(minutes(9));
        start().tick_once();
        assert_eq!(server.mails().len(), 1, "not while the lease lasts");
        watch.forward(minutes(2));
        start().tick_once();
        let mails = server.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0], mails[1], "to the byte, Message-ID included");
        assert_eq!(outbox(&database.store()), ["ada@example.com Delivered 2 250 2.0.0 Ok: queued as 2"]);
    });
}

#[test]
fn a_mail_whose_connection_breaks_before_the_answer_is_not_delivered() {
    on_both(|store| {
        let count = AtomicUsize::new(0);
        let server = SmtpServer::start(move |line| {
            (line == "." && count.fetch_add(1, Ordering::SeqCst) == 0).then_some(Answer::HangUp)
        });
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let worker = worker(store.clone(), &weekly, &mailer(&server.url()), &watch);
        assert_eq!(worker.tick_once().outbox.postponed, 1);
        assert_eq!(store.deliveries(None).unwrap()[0].state, DeliveryState::Pending);
        watch.forward(minutes(2));
        assert_eq!(worker.tick_once().outbox.delivered, 1);
        let mails = server.mails();
        assert_eq!(mails[0], mails[1], "to the byte, Message-ID included");
    });
}

#[test]
fn a_refused_login_concerns_no_recipient_and_shows_no_password() {
    on_both(|store| {
        let server = SmtpServer::start(once("AUTH", "535 5.7.8 Bad credentials"));
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let mailer = mailer(&format!("smtp://pegel:s3cret@{}", server.address));
        assert!(!format!("{mailer:?}").contains("s3cret"));
        let worker = worker(store.clone(), &weekly, &mailer, &watch);
        assert_eq!(worker.tick_once().outbox.postponed, 1);
        let answer = store.deliveries(None).unwrap()[0].answer.clone().unwrap();
        assert!(answer.contains("535") && answer.contains("Bad credentials"), "{answer}");
        assert!(!answer.contains("s3cret") && !answer.contains("pegel"), "{answer}");
        watch.forward(minutes(2));
        assert_eq!(worker.tick_once().outbox.delivered, 1);
    });
}

#[test]
fn two_workers_at_once_hand_each_mail_over_once() {
    on_both_databases(|database| {
        let server = SmtpServer::start(|_| None);
        let addresses: Vec<String> = (0..12).map(|number| format!("reader{number}@example.com")).collect();
        let weekly = Arc::new(Weekly::to(&addresses.iter().map(String::as_str).collect::<Vec<_>>()));
        let watch = Watch::at(MONDAY);
        let start = || worker(database.store(), &weekly, &mailer(&server.url()), &watch);
        killed_at(Step::Published, start(), |worker| drop(worker.tick_once()));
        let delivered: usize = std::thread::scope(|scope| {
            let workers: Vec<_> =
                [start(), start()].into_iter().map(|worker| scope.spawn(move || worker.drain())).collect();
            workers.into_iter().map(|worker| worker.join().unwrap().unwrap().delivered).sum()
        });
        assert_eq!(delivered, 12);
        let mut reached: Vec<String> = server.mails().into_iter().flat_map(|mail| mail.recipients).collect();
        reached.sort_unstable();
        reached.dedup();
        assert_eq!((reached.len(), server.mails().len()), (12, 12));
    });
}
