//! Runs, editions and the outbox: each week once, each mail once, whoever dies in between.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::NOW;
use common::edition::{edition, publish, to};
use pegel_store::edition::NewEdition;
use pegel_store::lease::Lease;
use pegel_store::leases::PutRight;
use pegel_store::outbox::{Delivery, DeliveryState, Fault, Held, Refused, Wanted};
use pegel_store::runs::{Claim, RunKey, RunState, Which};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};

const LEASE: i64 = 600;

fn key(which: Which) -> RunKey {
    RunKey { report: "weekly".to_owned(), period: "2026-W46".to_owned(), which }
}

fn lease(now: i64) -> Lease {
    Lease { now, until: now + LEASE, holder: None }
}

/// The due run.
fn claim(store: &Store, now: i64) -> Claim {
    store.claim_run(&key(Which::Due), &lease(now)).unwrap()
}

fn by_hand(store: &Store, again: bool, now: i64) -> Claim {
    store.claim_run(&key(Which::ByHand { again }), &lease(now)).unwrap()
}

fn ours(claim: Claim) -> i64 {
    match claim {
        Claim::Ours { run, .. } => run,
        other => panic!("{other:?}"),
    }
}

/// The runs as `revision due|hand state edition`, the newest first.
fn runs(store: &Store) -> Vec<String> {
    let runs = store.runs(10).unwrap();
    let written = runs.iter().map(|run| {
        let origin = if run.due { "due" } else { "hand" };
        let edition = run.edition.map_or("-".to_owned(), |edition| edition.to_string());
        format!("{} {origin} {} {edition}", run.revision, run.state.word())
    });
    written.collect()
}

fn published(store: &Store, recipients: &[&str]) -> i64 {
    publish(store, ours(claim(store, NOW)), &edition(0), &to(recipients)).unwrap()
}

fn claimed(store: &Store, now: i64) -> Option<Delivery> {
    store.claim_delivery(&lease(now)).unwrap()
}

fn refused(answer: &str, retry_at: Option<i64>) -> Refused<'_> {
    Refused { fault: Fault::Recipient, answer, retry_at }
}

#[test]
fn a_run_is_claimed_once_and_ends_with_its_edition() {
    on_both(|store| {
        let run = ours(claim(&store, NOW));
        assert_eq!(claim(&store, NOW + 1), Claim::Taken);
        let edition_id = publish(&store, run, &edition(0), &to(&["ada"])).unwrap();
        assert_eq!(claim(&store, NOW + 10 * LEASE), Claim::Done { edition: edition_id });
        assert_eq!(runs(&store), [format!("0 due done {edition_id}")]);
        assert_eq!(store.reported(NOW).unwrap(), [("weekly".to_owned(), "2026-W46".to_owned())]);
        assert!(store.reported(NOW + 1).unwrap().is_empty());
    });
}

#[test]
fn a_run_by_hand_neither_takes_the_place_of_the_due_one_nor_the_other_way_round() {
    on_both(|store| {
        let first = ours(by_hand(&store, false, NOW));
        assert_eq!(by_hand(&store, true, NOW), Claim::Taken, "one at a time");
        let made = publish(&store, first, &edition(0), &[]).unwrap();
        assert_eq!(by_hand(&store, false, NOW), Claim::Done { edition: made });
        assert!(store.reported(0).unwrap().is_empty(), "nothing due was made");

        let Claim::Ours { run: due, revision: 1 } = claim(&store, NOW) else { panic!("{:?}", runs(&store)) };
        let due_edition = publish(&store, due, &edition(1), &to(&["ada"])).unwrap();
        let Claim::Ours { run: again, revision: 2 } = by_hand(&store, true, NOW) else { panic!() };
        store.fail_run(again, NOW, "the template is broken").unwrap();
        assert_eq!(claim(&store, NOW), Claim::Done { edition: due_edition });
        assert_eq!(by_hand(&store, false, NOW), Claim::Done { edition: due_edition }, "the latest");
        assert_eq!(ours(by_hand(&store, true, NOW)), again, "what failed is taken up");
        assert_eq!(runs(&store), ["2 hand claimed -", "1 due done 2", "0 hand done 1"]);
    });
}

#[test]
fn what_a_person_began_and_nobody_ended_becomes_the_due_run() {
    on_both(|store| {
        let run = ours(by_hand(&store, false, NOW));
        store.fail_run(run, NOW, "the template is broken").unwrap();
        assert_eq!(claim(&store, NOW), Claim::Ours { run, revision: 0 });
        assert_eq!(by_hand(&store, false, NOW), Claim::Taken);
        assert_eq!(runs(&store), ["0 due claimed -"]);
    });
}

#[test]
fn a_due_run_whose_figures_are_in_the_archive_sends_that_edition() {
    on_both(|store| {
        let made = publish(&store, ours(by_hand(&store, false, NOW)), &edition(0), &to(&["bob"])).unwrap();
        let due = ours(claim(&store, NOW + 1));
        assert_eq!(store.latest_edition("weekly", "2026-W46").unwrap(), Some(made));
        // Bob got it by hand.
        assert_eq!(store.adopt(due, made, NOW + 1, &to(&["ada", "bob"])).unwrap(), 1);
        assert_eq!(runs(&store), ["0 due done 1"]);
        assert_eq!(claim(&store, NOW + 2), Claim::Done { edition: made });
        let waiting: Vec<_> = store.deliveries(None).unwrap().into_iter().map(|row| row.recipient).collect();
        assert_eq!(waiting, ["ada@example.com", "bob@example.com"]);
        let lost = store.adopt(due, made, NOW + 2, &[]).unwrap_err();
        assert!(matches!(lost, StoreError::RunLost { .. }), "{lost:?}");
    });
}

#[test]
fn a_run_whose_worker_died_is_taken_over_when_its_lease_ends() {
    on_both(|store| {
        let run = ours(claim(&store, NOW));
        assert_eq!(claim(&store, NOW + LEASE - 1), Claim::Taken);
        assert_eq!(ours(claim(&store, NOW + LEASE)), run);
        assert_eq!(claim(&store, NOW + LEASE), Claim::Taken);
        assert_eq!(store.runs(1).unwrap()[0].attempts, 2);
    });
}

#[test]
fn a_failed_run_is_tried_again_and_says_what_went_wrong() {
    on_both(|store| {
        let run = ours(claim(&store, NOW));
        store.fail_run(run, NOW + 1, "the template is broken").unwrap();
        let told = ("weekly".to_owned(), "2026-W46".to_owned(), "the template is broken".to_owned());
        assert_eq!(store.failed_runs().unwrap(), [told]);
        let failed = &store.runs(1).unwrap()[0];
        assert_eq!((failed.state, failed.error.as_deref()), (RunState::Failed, Some("the template is broken")));
        assert!(matches!(publish(&store, run, &edition(0), &[]), Err(StoreError::RunLost { .. })));
        assert_eq!(ours(claim(&store, NOW + 2)), run);
        assert_eq!(store.runs(1).unwrap()[0].error, None);
        let edition_id = publish(&store, run, &edition(0), &[]).unwrap();
        assert!(store.failed_runs().unwrap().is_empty());
        // Too late to fail.
        store.fail_run(run, NOW + 3, "late").unwrap();
        assert_eq!(claim(&store, NOW + 4), Claim::Done { edition: edition_id });
    });
}

#[test]
fn of_two_workers_with_one_run_one_publishes() {
    on_both(|store| {
        let slow = ours(claim(&store, NOW));
        let quick = ours(claim(&store, NOW + LEASE));
        publish(&store, quick, &edition(0), &to(&["ada"])).unwrap();
        let lost = publish(&store, slow, &edition(0), &to(&["ada"])).unwrap_err();
        assert!(matches!(lost, StoreError::RunLost { .. }), "{lost:?}");
        assert_eq!(store.editions(10, 0).unwrap().len(), 1);
        assert_eq!(store.deliveries(None).unwrap().len(), 1);
        // A run is for its own report, period and revision.
        let other = ours(by_hand(&store, true, NOW));
        assert!(matches!(publish(&store, other, &edition(2), &[]), Err(StoreError::RunLost { .. })));
    });
}

#[test]
fn a_delivery_is_handed_over_once() {
    on_both(|store| {
        let edition = published(&store, &["ada", "bob"]);
        assert_eq!(claimed(&store, NOW - 1), None);
        let first = claimed(&store, NOW).unwrap();
        assert_eq!((first.recipient.as_str(), first.message_id.as_str()), ("ada@example.com", "<ada@pegel>"));
        assert_eq!((first.content.edition(), first.state, first.attempts), (Some(edition), DeliveryState::Sending, 1));
        let second = claimed(&store, NOW).unwrap();
        assert_eq!(second.recipient, "bob@example.com");
        assert_eq!(claimed(&store, NOW), None);
        store.record_delivered(first.id, NOW + 1, "250 ok").unwrap();
        store.record_delivered(second.id, NOW + 2, "250 ok").unwrap();
        assert_eq!(claimed(&store, NOW + 10 * LEASE), None);
        let stored = &store.deliveries(Some(edition)).unwrap()[1];
        assert_eq!((stored.state, stored.delivered_at), (DeliveryState::Delivered, Some(NOW + 1)));
        assert_eq!(stored.answer.as_deref(), Some("250 ok"));
        assert!(store.deliveries(Some(edition + 1)).unwrap().is_empty());
        let unknown = store.record_delivered(4711, NOW, "250 ok");
        assert!(matches!(unknown, Err(StoreError::UnknownDelivery { id: 4711 })));
    });
}

#[test]
fn a_failed_delivery_waits_for_its_next_attempt_or_is_given_up() {
    on_both(|store| {
        published(&store, &["ada"]);
        let delivery = claimed(&store, NOW).unwrap();
        store.record_failed(delivery.id, NOW + 1, &refused("451 later", Some(NOW + 60))).unwrap();
        assert_eq!(claimed(&store, NOW + 59), None);
        let again = claimed(&store, NOW + 60).unwrap();
        assert_eq!((again.attempts, again.answer.as_deref()), (2, Some("451 later")));
        store.record_failed(again.id, NOW + 61, &refused("550 unknown", None)).unwrap();
        assert_eq!(claimed(&store, NOW + 10 * LEASE), None);
        assert_eq!(store.deliveries(None).unwrap()[0].state, DeliveryState::Failed);
    });
}

#[test]
fn a_delivery_whose_worker_died_is_claimed_again_with_the_same_message_id() {
    on_both(|store| {
        published(&store, &["ada"]);
        let first = claimed(&store, NOW).unwrap();
        assert_eq!(claimed(&store, NOW + LEASE - 1), None);
        let second = claimed(&store, NOW + LEASE).unwrap();
        assert_eq!((second.id, second.attempts, &second.message_id), (first.id, 2, &first.message_id));
        store.record_delivered(second.id, NOW + LEASE + 1, "250 ok").unwrap();
        // The first worker was slow, not dead; what it says now changes nothing.
        store.record_failed(first.id, NOW + LEASE + 2, &refused("timed out", None)).unwrap();
        assert_eq!(store.deliveries(None).unwrap()[0].state, DeliveryState::Delivered);
    });
}

#[test]
fn the_claims_of_a_process_that_is_gone_end_at_once_and_no_others() {
    on_both(|store| {
        let lease_of = |holder: &str| Lease { holder: Some(holder.to_owned()), ..lease(NOW) };
        store.claim_run(&key(Which::Due), &lease_of("dead")).unwrap();
        let other = RunKey { period: "2026-W45".to_owned(), ..key(Which::Due) };
        let alive = ours(store.claim_run(&other, &lease_of("alive")).unwrap());
        let ids =
            publish(&store, alive, &NewEdition { period: "2026-W45".to_owned(), ..edition(0) }, &to(&["ada", "bob"]));
        ids.unwrap();
        store.claim_delivery(&lease_of("dead")).unwrap().unwrap();
        store.claim_delivery(&lease_of("alive")).unwrap().unwrap();
        assert_eq!(store.lease_holders().unwrap(), ["alive", "dead"]);

        assert_eq!(store.end_leases_of("dead", NOW + 1).unwrap(), 2);
        assert!(matches!(claim(&store, NOW + 1), Claim::Ours { .. }));
        assert_eq!(claimed(&store, NOW + 1).unwrap().recipient, "ada@example.com");
        assert_eq!(claimed(&store, NOW + 1), None, "Bob's mail is in good hands");
    });
}

#[test]
fn nothing_from_the_future_waits_when_the_clock_is_put_back() {
    on_both(|store| {
        // A week ahead: an edition is made, one of its mails refused for now, one in hand, one not tried yet.
        let ahead = NOW + 7 * 86_400;
        let over = NewEdition { created_at: ahead, ..edition(0) };
        publish(&store, ours(claim(&store, ahead)), &over, &to(&["ada", "bob", "cy"])).unwrap();
        let ada = claimed(&store, ahead).unwrap();
        store.record_failed(ada.id, ahead, &refused("451 later", Some(ahead + 60))).unwrap();
        claimed(&store, ahead).unwrap();
        // And an edition of a period that is not over by the right clock.
        let early = RunKey { period: "2026-W47".to_owned(), ..key(Which::Due) };
        let early = ours(store.claim_run(&early, &lease(ahead)).unwrap());
        let not_over =
            NewEdition { period: "2026-W47".to_owned(), ends_at: NOW + 3 * 86_400, created_at: ahead, ..edition(0) };
        publish(&store, early, &not_over, &to(&["ada"])).unwrap();
        let stuck = RunKey { period: "2026-W48".to_owned(), ..key(Which::Due) };
        store.claim_run(&stuck, &lease(ahead)).unwrap();

        let right = store.put_right(&lease(NOW)).unwrap();
        assert_eq!(right, PutRight { leases: 2, early_runs: 2, mails: 2, early_mails: 1 });
        assert!(store.put_right(&lease(NOW)).unwrap().is_nothing());
        let mut going = Vec::new();
        while let Some(row) = claimed(&store, NOW) {
            store.record_delivered(row.id, NOW, "250 ok").unwrap();
            going.push(row.recipient);
        }
        going.sort();
        assert_eq!(going, ["ada@example.com", "cy@example.com"]);
        // The claims end like any other, and the weeks are due when they are.
        assert_eq!(claimed(&store, NOW + LEASE).unwrap().recipient, "bob@example.com");
        assert!(matches!(store.claim_run(&stuck, &lease(NOW + LEASE)).unwrap(), Claim::Ours { .. }));
        assert!(store.reported(0).unwrap().is_empty());
    });
}

#[test]
fn mails_go_out_once_more_when_somebody_wants_it() {
    on_both(|store| {
        let edition = published(&store, &["ada", "bob", "cy"]);
        let [ada, bob, _in_hand] = [0; 3].map(|_| claimed(&store, NOW).unwrap());
        store.record_failed(ada.id, NOW, &refused("550 unknown", None)).unwrap();
        store.record_delivered(bob.id, NOW, "250 ok").unwrap();
        assert_eq!(store.given_up_mails().unwrap(), 1);

        let failed = Wanted { state: Some(DeliveryState::Failed), edition: Some(edition), ids: Vec::new() };
        assert_eq!(store.resend(&failed, NOW + 5).unwrap(), 1);
        let again = claimed(&store, NOW + 5).unwrap();
        assert_eq!(
            (again.id, again.attempts, again.queued_at, &again.message_id),
            (ada.id, 1, NOW + 5, &ada.message_id)
        );
        assert_eq!(claimed(&store, NOW + 5), None);
        assert_eq!(store.given_up_mails().unwrap(), 0);

        let all = Wanted { edition: Some(edition), ..Wanted::default() };
        assert_eq!(store.resend(&all, NOW + 6).unwrap(), 1, "Bob's; a worker is at the others");
        assert_eq!(claimed(&store, NOW + 6).unwrap().id, bob.id);
    });
}

#[test]
fn mails_that_wait_for_the_operator_are_told_from_those_that_wait_for_the_recipient() {
    on_both(|store| {
        assert_eq!(store.held_mails().unwrap(), None);
        published(&store, &["ada", "bob"]);
        let [ada, bob] = [0; 2].map(|_| claimed(&store, NOW).unwrap());
        store.record_failed(ada.id, NOW, &refused("451 mailbox full", Some(NOW + 60))).unwrap();
        assert_eq!(store.held_mails().unwrap(), None);
        let ours = Refused { fault: Fault::Operator, answer: "535 wrong password", retry_at: Some(NOW + 60) };
        store.record_failed(bob.id, NOW + 1, &ours).unwrap();
        let held = Held { mails: 1, since: NOW, answer: "535 wrong password".to_owned() };
        assert_eq!(store.held_mails().unwrap(), Some(held));
        let bob = [0; 2].map(|_| claimed(&store, NOW + 60).unwrap()).into_iter().find(|row| row.id == bob.id).unwrap();
        store.record_delivered(bob.id, NOW + 61, "250 ok").unwrap();
        assert_eq!(store.held_mails().unwrap(), None);
    });
}

#[test]
fn room_is_held_until_a_record_needs_it_and_looking_takes_none() {
    on_both(|store| {
        assert!(!store.lacks_room(), "nobody has asked for any");
        store.hold_room().unwrap();
        assert!(!store.lacks_room());
        store.give_room_away();
        for _ in 0..2 {
            assert_eq!(store.lacks_room(), store.is_sqlite().unwrap());
        }
        store.hold_room().unwrap();
        assert!(!store.lacks_room());
    });
}

/// What each of eight threads gets that do the same at the same time.
fn at_once<T: Send>(store: &Store, work: impl Fn(&Store) -> T + Sync) -> Vec<T> {
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        let worker = || {
            barrier.wait();
            work(store)
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_many_that_claim_a_run_at_once_one_gets_it() {
    on_both(|store| {
        for now in [NOW, NOW + LEASE] {
            let claims = at_once(&store, |store| claim(store, now));
            assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Ours { .. })).count(), 1, "{claims:?}");
            assert_eq!(claims.iter().filter(|claim| **claim == Claim::Taken).count(), 7, "{claims:?}");
        }
        let run = store.runs(1).unwrap()[0].id;
        let published = at_once(&store, |store| publish(store, run, &edition(0), &to(&["ada"])));
        assert_eq!(published.iter().filter(|published| published.is_ok()).count(), 1, "{published:?}");
        assert!(
            published
                .iter()
                .filter_map(|published| published.as_ref().err())
                .all(|error| matches!(error, StoreError::RunLost { .. }))
        );
    });
}

#[test]
fn of_many_that_claim_deliveries_at_once_each_gets_others() {
    on_both(|store| {
        let names: Vec<String> = (0..24).map(|number| format!("r{number}")).collect();
        published(&store, &names.iter().map(String::as_str).collect::<Vec<_>>());
        let claims = at_once(&store, |store| [claimed(store, NOW), claimed(store, NOW), claimed(store, NOW)]);
        let mut ids: Vec<i64> = claims.into_iter().flatten().map(|claim| claim.unwrap().id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 24);
        assert_eq!(claimed(&store, NOW), None);
    });
}

#[test]
fn who_wants_no_more_mails_of_a_report_is_on_record_until_they_want_them_again() {
    on_both(|store| {
        assert!(store.unsubscribed("weekly").unwrap().is_empty());
        store.unsubscribe("weekly", "ada@example.com", NOW).unwrap();
        store.unsubscribe("weekly", "ada@example.com", NOW + 5).unwrap();
        store.unsubscribe("monthly", "bob@example.com", NOW).unwrap();
        let of = |report: &str, address: &str| store.unsubscribed_since(report, address).unwrap();
        assert_eq!(of("weekly", "ada@example.com"), Some(NOW), "since the first time");
        assert_eq!((of("monthly", "ada@example.com"), of("weekly", "bob@example.com")), (None, None));
        assert_eq!(
            store.unsubscribed("weekly").unwrap().into_iter().collect::<Vec<_>>(),
            [("ada@example.com".to_owned(), NOW)]
        );
        assert!(store.subscribe("weekly", "ada@example.com").unwrap());
        assert!(!store.subscribe("weekly", "ada@example.com").unwrap());
        assert_eq!(of("weekly", "ada@example.com"), None);
    });
}

#[test]
fn the_key_of_links_is_the_one_that_was_made_first_whoever_makes_another() {
    on_both(|store| {
        assert_eq!(store.link_key().unwrap(), None);
        assert_eq!(store.link_key_or(&[1; 32]).unwrap(), [1; 32]);
        assert_eq!(store.link_key_or(&[2; 32]).unwrap(), [1; 32]);
        assert_eq!(store.link_key().unwrap(), Some(vec![1; 32]));
    });
}

#[test]
fn a_claim_that_was_not_answered_is_given_back_and_no_other() {
    on_both(|store| {
        published(&store, &["ada", "bob"]);
        let by = |holder: &str| Lease { now: NOW, until: NOW + LEASE, holder: Some(holder.to_owned()) };
        let [unanswered, other] = ["one", "another"].map(|holder| store.claim_delivery(&by(holder)).unwrap().unwrap());
        store.give_claims_back(&by("one")).unwrap();
        let states = |id: i64| {
            let rows = store.deliveries(None).unwrap();
            rows.iter().find(|row| row.id == id).map(|row| (row.state, row.attempts)).unwrap()
        };
        assert_eq!(states(unanswered.id), (DeliveryState::Pending, 0));
        assert_eq!(states(other.id), (DeliveryState::Sending, 1));
    });
}

#[test]
fn a_claim_of_which_nothing_came_is_no_attempt() {
    on_both(|store| {
        published(&store, &["ada", "bob"]);
        let first = claimed(&store, NOW).unwrap();
        store.give_delivery_back(first.id).unwrap();
        let again = claimed(&store, NOW).unwrap();
        assert_eq!((again.id, again.attempts), (first.id, 1));
        store.record_unsubscribed(again.id).unwrap();
        // One that was handed over meanwhile stays so.
        let second = claimed(&store, NOW).unwrap();
        store.record_delivered(second.id, NOW, "250 Ok").unwrap();
        store.give_delivery_back(second.id).unwrap();
        store.record_unsubscribed(second.id).unwrap();
        let rows = store.deliveries(None).unwrap();
        let states: Vec<_> = rows.iter().map(|row| (row.state, row.attempts)).collect();
        assert_eq!(states, [(DeliveryState::Delivered, 1), (DeliveryState::Unsubscribed, 0)]);
        assert_eq!(claimed(&store, NOW + 10 * LEASE), None);
        assert_eq!(store.given_up_mails().unwrap(), 0, "it needs nobody's attention");
    });
}

#[test]
fn mails_of_before_there_were_any_to_unsubscribe_from_stay_as_they_were_and_back_again() {
    on_both(|store| {
        let edition = published(&store, &["ada", "bob"]);
        let ada = claimed(&store, NOW).unwrap();
        store.record_unsubscribed(ada.id).unwrap();
        let model = pegel_kpi::data::model::Model::built_in();
        store.migrate_to("2026-11-28-000004_kept_in_rows", &model).unwrap();
        store.migrate(&model).unwrap();
        let mut rows = store.deliveries(Some(edition)).unwrap();
        rows.reverse();
        let told: Vec<_> = rows.iter().map(|row| (row.recipient.as_str(), row.state, row.answer.as_deref())).collect();
        let given_up = ("ada@example.com", DeliveryState::Failed, Some("unsubscribed"));
        assert_eq!(told, [given_up, ("bob@example.com", DeliveryState::Pending, None)]);
        assert_eq!(store.queue(edition, NOW, &to(&["cy"])).unwrap(), 1);
        assert!(store.deliveries(None).unwrap()[0].id > rows[1].id, "no number comes twice");
    });
}
