//! The ticker: ticks, one at a time, and stops cleanly.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{MONDAY, Watch, Weekly, memory, worker};
use pegel_delivery::{Clock, Ticker};
use pegel_store::testing::TestDatabase;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

const EVERY_SECOND: &str = "* * * * * *";

#[tokio::test(flavor = "multi_thread")]
async fn it_makes_what_is_due_and_stopping_waits_for_current_work() {
    let database = TestDatabase::sqlite();
    let (mailer, mails) = memory();
    let (began, has_begun) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (began, released) = (Mutex::new(began), Mutex::new(released));
    let meanwhile = Box::new(move || {
        began.lock().unwrap().send(()).unwrap();
        released.lock().unwrap().recv().unwrap();
    });
    let weekly = Arc::new(Weekly { meanwhile, ..Weekly::to(&["ada@example.com"]) });
    let server = Arc::new(worker(database.store(), &weekly, &mailer, &Watch::at(MONDAY)));
    let ticker = Ticker::start_with(server, EVERY_SECOND, Clock::system()).await.unwrap();
    has_begun.recv_timeout(Duration::from_secs(30)).unwrap();

    let stopping = tokio::spawn(ticker.stop());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!stopping.is_finished(), "a run is in hand");
    release.send(()).unwrap();
    stopping.await.unwrap();
    assert_eq!(database.store().editions(10, 0).unwrap().len(), 1, "the run in hand was finished");
    assert_eq!(mails.lock().unwrap().len(), 0, "and nothing new begun: the mail waits in the outbox");
    assert_eq!(database.store().deliveries(None).unwrap()[0].attempts, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_never_overlaps_itself() {
    let database = TestDatabase::sqlite();
    let (mailer, mails) = memory();
    let busiest = Arc::new(AtomicUsize::new(0));
    let (at_once, seen) = (AtomicUsize::new(0), Arc::clone(&busiest));
    let meanwhile = Box::new(move || {
        seen.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(2500));
        at_once.fetch_sub(1, Ordering::SeqCst);
    });
    let weekly = Arc::new(Weekly { meanwhile, ..Weekly::to(&["ada@example.com"]) });
    let watch = Watch::at(MONDAY);
    let server = Arc::new(worker(database.store(), &weekly, &mailer, &watch));
    let ticker = Ticker::start_with(server, EVERY_SECOND, Clock::system()).await.unwrap();
    for _ in 0..150 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        // Leases end at once, so that only the ticker itself keeps a second tick away.
        watch.forward(common::minutes(11));
        if !mails.lock().unwrap().is_empty() {
            break;
        }
    }
    ticker.stop().await;
    assert_eq!((busiest.load(Ordering::SeqCst), mails.lock().unwrap().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_of_the_clock_is_followed_by_a_tick_at_once() {
    let database = TestDatabase::sqlite();
    let (mailer, mails) = memory();
    let weekly = Arc::new(Weekly::to(&["ada@example.com"]));
    // At first nothing is due.
    let watch = Watch::at("2026-11-13T06:00:00Z");
    let server = Arc::new(worker(database.store(), &weekly, &mailer, &watch));
    let ahead = Arc::new(AtomicUsize::new(3600));
    let offset = Arc::clone(&ahead);
    let clock = Clock::new(move || {
        let ahead = i64::try_from(offset.load(Ordering::SeqCst)).unwrap();
        jiff::Timestamp::now() + jiff::SignedDuration::from_secs(ahead)
    });
    // The scheduler alone would never tick.
    let ticker = Ticker::start_with(server, "0 0 0 1 1 * 2199", clock).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    watch.set(MONDAY);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(mails.lock().unwrap().len(), 0, "no jump, no tick");
    ahead.store(0, Ordering::SeqCst);
    for _ in 0..300 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if !mails.lock().unwrap().is_empty() {
            break;
        }
    }
    assert_eq!(mails.lock().unwrap().len(), 1);
    ticker.stop().await;
}
