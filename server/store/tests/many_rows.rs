//! Tables of so many rows that two threads read them: every row of a window comes, once, wherever it lies.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::{rows, scan_of, windowed};
use pegel_store::Store;
use pegel_store::testing::on_both;

const ROWS: i64 = 60_000;

/// Leads whose dates are `date` of their number, from 0 on; every seventh is gone.
fn fill(store: &Store, date: &str) {
    store
        .execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {ROWS})
             INSERT INTO leads (system, key, created_at, amount, gone_at)
             SELECT '', 'L' || n, {date}, n, CASE WHEN n % 7 = 0 THEN 1 END FROM numbers"
        ))
        .unwrap();
}

/// The amounts of the leads in a window, in order, and what SQL says of them.
fn read(store: &Store, window: std::ops::Range<i64>) -> (Vec<String>, Vec<String>) {
    let scan = windowed(scan_of("leads", &["amount", "region"]), "created_at", std::slice::from_ref(&window));
    let mut read: Vec<String> =
        rows(store, &scan).into_iter().map(|row| row.split(' ').next().unwrap().to_owned()).collect();
    read.sort();
    let by_hand = store.texts(&format!(
        "SELECT CAST(amount AS TEXT) AS value FROM leads
         WHERE created_at >= {} AND created_at < {} AND gone_at IS NULL",
        window.start, window.end
    ));
    let mut by_hand = by_hand.unwrap();
    by_hand.sort();
    (read, by_hand)
}

#[test]
fn rows_in_the_order_of_their_dates_in_about_that_order_and_in_none_are_all_read() {
    let dates = [
        "n * 10",
        "n * 10 + (n * 7919) % 5000",
        "(n * 7919) % 60000 * 10",
        "CASE WHEN n % 100 > 0 THEN n * 10 ELSE 599990 - n * 10 END",
    ];
    for date in dates {
        on_both(|store| {
            fill(&store, date);
            let bounded = [0..600_000, 250_000..350_000, 599_000..599_990, 300_000..300_010, 700_000..800_000];
            let since_ever = [0, 10, 300_000, 599_990, i64::MAX].map(|end| i64::MIN..end);
            for window in bounded.into_iter().chain(since_ever) {
                let (read, by_hand) = read(&store, window.clone());
                assert_eq!(read, by_hand, "{date} in {window:?}");
            }
            let all = i64::try_from(rows(&store, &scan_of("leads", &["amount"])).len());
            assert_eq!(all, Ok(ROWS - ROWS / 7 - 1));
        });
    }
}
