//! Runs are made once, whatever happens: on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{MONDAY, Watch, Weekly, by_hand, killed_at, memory, minutes, outbox, worker};
use pegel_delivery::{Made, Mailer, Step};
use pegel_report::definition::Missed;
use pegel_store::Store;
use pegel_store::outbox::DeliveryState;
use pegel_store::runs::RunState;
use pegel_store::testing::{on_both, on_both_databases};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier};

const STEPS: [Step; 5] = [Step::Claimed, Step::Composed, Step::Published, Step::DeliveryClaimed, Step::HandedOver];

/// The editions as `period.revision`, the oldest first.
fn editions(store: &Store) -> Vec<String> {
    let heads = store.editions(100, 0).unwrap();
    heads.iter().rev().map(|head| format!("{}.{}", head.period, head.revision)).collect()
}

fn all_delivered(store: &Store) -> bool {
    store.deliveries(None).unwrap().iter().all(|row| row.state == DeliveryState::Delivered)
}

#[test]
fn a_kill_at_any_step_and_a_restart_make_one_edition_and_one_file_per_recipient() {
    for step in STEPS {
        on_both_databases(|database| {
            let folder = tempfile::tempdir().unwrap();
            let mailer = Mailer::Folder(folder.path().join("mails"));
            let weekly = Arc::new(Weekly::to(&["ada@example.com", "Bob <bob@example.com>", "cy@example.com"]));
            let watch = Watch::at(MONDAY);
            let start = || worker(database.store(), &weekly, &mailer, &watch);
            killed_at(step, start(), |worker| drop(worker.tick_once()));

            // Restarted at once: what the dead process had claimed is left alone until its lease ends.
            watch.forward(minutes(1));
            start().tick_once();
            watch.forward(minutes(10));
            let last = start();
            last.tick_once();
            let store = database.store();
            assert_eq!(editions(&store), ["2026-W46.0"], "{step:?}");
            assert!(all_delivered(&store), "{step:?}: {:?}", outbox(&store));
            let files: BTreeSet<_> =
                std::fs::read_dir(folder.path().join("mails")).unwrap().map(|f| f.unwrap().path()).collect();
            let answers: BTreeSet<_> =
                store.deliveries(None).unwrap().into_iter().map(|row| row.answer.unwrap().into()).collect();
            assert_eq!(files, answers, "{step:?}");
            assert_eq!(files.len(), 3, "{step:?}");

            // Then nothing more for the whole week.
            for _ in 0..6 {
                watch.forward(minutes(24 * 60));
                let ticked = last.tick_once();
                assert_eq!((ticked.published.len(), ticked.outbox.delivered), (0, 0), "{step:?}");
            }
        });
    }
}

#[test]
fn a_mail_is_sent_twice_only_after_a_kill_between_hand_over_and_record_and_then_as_the_same_mail() {
    for step in STEPS {
        on_both_databases(|database| {
            let (mailer, mails) = memory();
            let weekly = Arc::new(Weekly::to(&["ada@example.com", "bob@example.com"]));
            let watch = Watch::at(MONDAY);
            let start = || worker(database.store(), &weekly, &mailer, &watch);
            killed_at(step, start(), |worker| drop(worker.tick_once()));
            watch.forward(minutes(11));
            start().tick_once();

            let mails = mails.lock().unwrap();
            let to_ada: Vec<_> = mails.iter().filter(|mail| mail.to.email.to_string() == "ada@example.com").collect();
            let expected = if step == Step::HandedOver { 2 } else { 1 };
            assert_eq!((to_ada.len(), mails.len()), (expected, expected + 1), "{step:?}");
            assert!(to_ada.iter().all(|mail| mail == &to_ada[0]), "{step:?}");
        });
    }
}

#[test]
fn if_several_servers_tick_at_once_one_makes_the_run_and_each_mail_goes_out_once() {
    on_both_databases(|database| {
        database.store();
        let (mailer, mails) = memory();
        let addresses: Vec<String> = (0..20).map(|number| format!("reader{number}@example.com")).collect();
        let weekly = Arc::new(Weekly::to(&addresses.iter().map(String::as_str).collect::<Vec<_>>()));
        let (watch, together) = (Watch::at(MONDAY), Barrier::new(4));
        let published: usize = std::thread::scope(|scope| {
            let servers: Vec<_> = (0..4)
                .map(|_| {
                    let server = worker(Store::open(database.url()).unwrap(), &weekly, &mailer, &watch);
                    let together = &together;
                    scope.spawn(move || {
                        together.wait();
                        let first = server.tick_once();
                        together.wait();
                        let second = server.tick_once();
                        assert_eq!((first.failures, second.failures), (0, 0));
                        first.published.len() + second.published.len()
                    })
                })
                .collect();
            servers.into_iter().map(|server| server.join().unwrap()).sum()
        });
        assert_eq!(published, 1);
        let store = database.store();
        assert_eq!(editions(&store), ["2026-W46.0"]);
        assert!(all_delivered(&store));
        let mails = mails.lock().unwrap();
        let ids: BTreeSet<_> = mails.iter().map(|mail| &mail.message_id).collect();
        assert_eq!((mails.len(), ids.len()), (20, 20));
    });
}

#[test]
fn only_who_asks_for_another_edition_gets_one() {
    on_both(|store| {
        let (mailer, mails) = memory();
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let server = worker(store.clone(), &weekly, &mailer, &watch);
        server.tick_once();
        let same = by_hand("2026-W46", false, false).make(&server).unwrap();
        assert!(matches!(same, Made::Found { mails: 0, .. }));
        assert_eq!(editions(&store), ["2026-W46.0"]);

        watch.forward(minutes(60));
        let another = by_hand("2026-W46", true, true).make(&server).unwrap();
        assert!(matches!(another, Made::Published { mails: 1, .. }));
        assert_eq!(editions(&store), ["2026-W46.0", "2026-W46.1"]);
        server.tick_once();
        let ids: BTreeSet<_> = mails.lock().unwrap().iter().map(|mail| mail.message_id.clone()).collect();
        assert_eq!(ids.len(), 2, "a new edition is a new mail");
    });
}

#[test]
fn a_run_by_hand_mails_nobody_unless_asked_to_and_then_once() {
    on_both(|store| {
        let (mailer, mails) = memory();
        let weekly = Arc::new(Weekly::to(&["ada@example.com", "bob@example.com"]));
        let server = worker(store.clone(), &weekly, &mailer, &Watch::at("2026-11-13T12:00:00Z"));
        let made = by_hand("2026-W40", false, false).make(&server).unwrap();
        let Made::Published { edition, mails: 0 } = made else { panic!("{made:?}") };
        server.tick_once();
        assert_eq!(mails.lock().unwrap().len(), 0);

        let send = by_hand("2026-W40", false, true);
        assert_eq!(send.make(&server).unwrap(), Made::Found { edition, mails: 2 });
        assert_eq!(send.make(&server).unwrap(), Made::Found { edition, mails: 0 });
        server.tick_once();
        assert_eq!(mails.lock().unwrap().len(), 2);
        assert_eq!(editions(&store), ["2026-W40.0"]);
    });
}

#[test]
fn a_run_by_hand_does_not_replace_the_due_run() {
    on_both(|store| {
        let (mailer, mails) = memory();
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        // A Friday: last Monday's report is too old for a server that is new here.
        let watch = Watch::at("2026-11-20T12:00:00Z");
        let server = worker(store.clone(), &weekly, &mailer, &watch);
        by_hand("2026-W40", false, false).make(&server).unwrap();
        server.tick_once();
        assert_eq!(editions(&store), ["2026-W40.0"]);
        assert_eq!(mails.lock().unwrap().len(), 0);
        watch.set("2026-11-23T06:00:00Z");
        server.tick_once();
        assert_eq!(editions(&store), ["2026-W40.0", "2026-W47.0"]);
    });
}

#[test]
fn at_the_due_instant_the_due_edition_goes_out_once_whatever_was_made_by_hand() {
    for (figure, expected) in [(71, &["2026-W46.0"][..]), (64, &["2026-W46.0", "2026-W46.1"])] {
        on_both(|store| {
            let (mailer, mails) = memory();
            let weekly = Arc::new(Weekly::to(&["Ada <ada@example.com>", "bob@example.com"]));
            // An hour before it is due.
            let watch = Watch::at("2026-11-16T05:00:00Z");
            let server = worker(store.clone(), &weekly, &mailer, &watch);
            by_hand("2026-W46", false, false).make(&server).unwrap();
            weekly.figure.store(figure, Ordering::SeqCst);
            watch.set(MONDAY);
            for _ in 0..3 {
                server.tick_once();
                watch.forward(minutes(24 * 60));
            }
            assert_eq!(editions(&store), expected);
            let mails = mails.lock().unwrap();
            let told = format!("2026-W46: Rückmeldungen {figure} %\n");
            assert_eq!(mails.iter().map(|mail| &mail.text).collect::<Vec<_>>(), [&told, &told]);
        });
    }
}

#[test]
fn a_recipient_of_an_edition_by_hand_gets_no_second_mail_when_it_is_due() {
    on_both(|store| {
        let (mailer, mails) = memory();
        let weekly = Arc::new(Weekly::to(&["Ada <ada@example.com>"]));
        let watch = Watch::at("2026-11-16T05:00:00Z");
        let server = worker(store.clone(), &weekly, &mailer, &watch);
        by_hand("2026-W46", false, true).make(&server).unwrap();
        server.tick_once();
        watch.set(MONDAY);
        let later = Arc::new(Weekly::to(&["ada@example.com", "bob@example.com"]));
        worker(store.clone(), &later, &mailer, &watch).tick_once();
        let mut reached: Vec<_> = mails.lock().unwrap().iter().map(|mail| mail.to.email.to_string()).collect();
        reached.sort();
        assert_eq!(reached, ["ada@example.com", "bob@example.com"]);
    });
}

#[test]
fn what_a_process_that_is_gone_had_claimed_is_free_at_once() {
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let this = pegel_delivery::process::this().expect("Linux says");
    let gone = this.replacen(&format!(" {} ", std::process::id()), &format!(" {} ", child.id()), 1);
    child.wait().unwrap();
    for step in STEPS {
        on_both_databases(|database| {
            let (mailer, mails) = memory();
            let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
            let watch = Watch::at(MONDAY);
            let start = || worker(database.store(), &weekly, &mailer, &watch);
            killed_at(step, start().in_the_name_of(gone.clone()), |worker| drop(worker.tick_once()));
            watch.forward(minutes(1));
            start().tick_once();
            assert!(all_delivered(&database.store()), "{step:?}");
            let expected = if step == Step::HandedOver { 2 } else { 1 };
            assert_eq!(mails.lock().unwrap().len(), expected, "{step:?}");
        });
    }
}

#[test]
fn a_week_that_was_reported_while_the_clock_was_ahead_is_reported_when_it_is_due() {
    on_both(|store| {
        let (mailer, mails) = memory();
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        weekly.figure.store(0, Ordering::SeqCst);
        // The machine boots with its clock a week ahead, reports a week that is not over, and is killed before it mails
        // anybody.
        let watch = Watch::at("2026-11-23T06:00:05Z");
        killed_at(Step::DeliveryClaimed, worker(store.clone(), &weekly, &mailer, &watch), |worker| {
            drop(worker.tick_once());
        });
        // Its clock is set right.
        watch.set(MONDAY);
        weekly.figure.store(71, Ordering::SeqCst);
        let server = worker(store.clone(), &weekly, &mailer, &watch);
        let told = || mails.lock().unwrap().iter().map(|mail| mail.text.clone()).collect::<Vec<_>>();
        server.tick_once();
        watch.forward(minutes(11));
        server.tick_once();
        assert_eq!(told(), ["2026-W46: Rückmeldungen 71 %\n"], "and nothing about a week that is not over");
        watch.set("2026-11-23T06:00:00Z");
        server.tick_once();
        assert_eq!(editions(&store), ["2026-W46.0", "2026-W47.1", "2026-W47.0"]);
        assert_eq!(told()[1..], ["2026-W47: Rückmeldungen 71 %\n"]);
    });
}

#[test]
fn a_report_that_cannot_be_composed_is_tried_again_later_and_leaves_nothing_behind() {
    on_both(|store| {
        let (mailer, _) = memory();
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        weekly.broken.store(true, Ordering::SeqCst);
        let watch = Watch::at(MONDAY);
        let server = worker(store.clone(), &weekly, &mailer, &watch);
        assert_eq!(server.tick_once().failures, 1);
        let run = store.runs(10).unwrap().remove(0);
        assert_eq!((run.state, editions(&store).len()), (RunState::Failed, 0));
        assert_eq!(
            run.error.unwrap(),
            "report “weekly” could not be composed for 2026-W46: the template weekly.html names an unknown variable"
        );

        weekly.broken.store(false, Ordering::SeqCst);
        watch.forward(minutes(1));
        assert_eq!((server.tick_once().failures, editions(&store).len()), (0, 0), "not at every tick");
        watch.forward(minutes(9));
        server.tick_once();
        assert_eq!(editions(&store), ["2026-W46.0"]);
        assert!(all_delivered(&store));
    });
}

#[test]
fn a_worker_that_was_thought_dead_does_not_make_a_second_edition() {
    on_both_databases(|database| {
        let (mailer, mails) = memory();
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at(MONDAY);
        let other = worker(database.store(), &weekly, &mailer, &watch);
        let late = watch.clone();
        // Between composing and publishing its lease runs out, and another server makes the run.
        let slow = worker(database.store(), &weekly, &mailer, &watch).with_probe(move |step| {
            if step == Step::Composed {
                late.forward(minutes(11));
                assert_eq!(other.tick_once().published.len(), 1);
            }
        });
        let ticked = slow.tick_once();
        assert_eq!((ticked.published.len(), ticked.failures), (0, 0));
        assert_eq!(editions(&database.store()), ["2026-W46.0"]);
        assert_eq!(mails.lock().unwrap().len(), 1);
    });
}

#[test]
fn missed_weeks_are_made_up_as_the_schedule_says() {
    for (missed, expected) in [
        (Missed::Once, &["2026-W43.0", "2026-W46.0"][..]),
        (Missed::Skip, &["2026-W43.0"]),
        (Missed::Each, &["2026-W43.0", "2026-W44.0", "2026-W45.0", "2026-W46.0"]),
    ] {
        on_both(|store| {
            let (mailer, _) = memory();
            let weekly = Arc::new(Weekly { missed, ..Weekly::to(&["ada@example.com"]) });
            let watch = Watch::at("2026-10-26T06:00:05Z");
            worker(store.clone(), &weekly, &mailer, &watch).tick_once();
            // The server is down for three weeks.
            watch.set("2026-11-20T12:00:00Z");
            let server = worker(store.clone(), &weekly, &mailer, &watch);
            server.tick_once();
            server.tick_once();
            assert_eq!(editions(&store), expected, "{missed:?}");
        });
    }
}

#[test]
fn a_server_that_is_new_on_a_friday_waits_for_monday() {
    on_both(|store| {
        let (mailer, _) = memory();
        let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
        let watch = Watch::at("2026-11-20T12:00:00Z");
        let server = worker(store.clone(), &weekly, &mailer, &watch);
        server.tick_once();
        assert!(editions(&store).is_empty());
        watch.set("2026-11-23T06:00:00Z");
        server.tick_once();
        assert_eq!(editions(&store), ["2026-W47.0"]);
    });
}

#[test]
fn a_recipient_who_is_named_twice_gets_one_mail() {
    on_both(|store| {
        let (mailer, mails) = memory();
        let weekly = Arc::new(Weekly::to(&["Ada <ada@example.com>", "ADA@example.com", "bob@example.com"]));
        worker(store, &weekly, &mailer, &Watch::at(MONDAY)).tick_once();
        assert_eq!(mails.lock().unwrap().len(), 2);
    });
}
