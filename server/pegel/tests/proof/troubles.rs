//! Readers who take all connections, and a database that is unreachable.

use crate::Budget;
use crate::common::TestHome;
use crate::common::server::Served;
use crate::link::Link;
use crate::post::{Post, RECIPIENTS, Tally, monday, wait_for};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const READERS: usize = 25;

/// Mails go out while 25 readers keep reloading the most expensive page.
pub fn readers(home: &TestHome, budget: Budget) -> Tally {
    let post = Post::open(home);
    post.pause(30);
    let (store, mut weeks, mut answers) = (home.store(), 0, 0);
    while budget.goes_on(weeks) {
        let arguments = ["--mail-url", &post.server.url(), "serve", "--address", "127.0.0.1:0"];
        let served = Served::spawn(home.command_at(&monday(weeks), &arguments));
        weeks += 1;
        let done = AtomicBool::new(false);
        answers += std::thread::scope(|scope| {
            let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(|| reload(&served, &done))).collect();
            wait_for(&store, weeks * RECIPIENTS);
            assert!(served.get("/healthz").starts_with("HTTP/1.1 200"));
            done.store(true, Ordering::SeqCst);
            readers.into_iter().map(|reader| reader.join().unwrap()).sum::<usize>()
        });
        served.kill();
    }
    post.count(&store, weeks, answers)
}

/// Reloads until told to stop, and returns how often. Each answer is a page, or a request to come again.
fn reload(served: &Served, done: &AtomicBool) -> usize {
    let mut count = 0;
    while !done.load(Ordering::SeqCst) {
        let answer = served.get("/kpis");
        let is_page = answer.starts_with("HTTP/1.1 200");
        let is_later = answer.starts_with("HTTP/1.1 503") && answer.to_ascii_lowercase().contains("retry-after: 5");
        assert!(is_page || is_later, "{}", &answer[..answer.len().min(300)]);
        count += 1;
    }
    count
}

/// The link to PostgreSQL is cut while mails are being sent, and restored.
pub fn database_away(budget: Budget) -> Tally {
    let home = TestHome::on_postgres();
    let post = Post::open(&home);
    // The third mail of a week is in the middle of its data when the database goes away.
    post.pause(40);
    let url = home.database_url().to_owned();
    let (front, rest) = url.split_once("@127.0.0.1:").unwrap();
    let (number, name) = rest.split_once('/').unwrap();
    let link = Link::to(([127, 0, 0, 1], number.parse().unwrap()).into());
    let linked = format!("{front}@{}/{name}", link.address);
    let (store, mut weeks, mut times) = (home.store(), 0, 0);
    while budget.goes_on(weeks) {
        let arguments = ["--mail-url", &post.server.url(), "serve", "--address", "127.0.0.1:0"];
        let served = Served::spawn(home.command_on(&linked, &monday(weeks), &arguments));
        for part in 1..=3 {
            while post.server.mails().len() < weeks * RECIPIENTS + part * 3 {
                std::thread::sleep(Duration::from_millis(5));
            }
            link.cut();
            std::thread::sleep(Duration::from_secs(if part == 1 { 25 } else { 3 }));
            link.mend();
            times += 1;
        }
        weeks += 1;
        wait_for(&store, weeks * RECIPIENTS);
        served.kill();
    }
    post.count(&store, weeks, times)
}
