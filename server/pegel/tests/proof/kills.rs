//! SIGKILL, at any time.

use crate::Budget;
use crate::common::TestHome;
use crate::common::server::Served;
use crate::post::{Post, RECIPIENTS, Tally, monday, wait_for};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::process::Command;
use std::time::Duration;

/// How often the server is killed in each week before it may finish its work.
const KILLS_A_WEEK: usize = 4;

pub fn run(home: &TestHome, budget: Budget) -> Tally {
    let mut post = Post::open(home);
    let mut chance = ChaCha8Rng::seed_from_u64(46);
    let (store, mut weeks, mut kills) = (home.store(), 0, 0);
    while budget.goes_on(weeks) {
        post.pause(chance.random_range(1..15));
        for _ in 0..KILLS_A_WEEK {
            let served = Served::spawn(command(home, &post, weeks));
            std::thread::sleep(Duration::from_millis(chance.random_range(0..2_500)));
            served.kill();
            kills += 1;
            post.look_at_the_window(&store);
        }
        let served = Served::spawn(command(home, &post, weeks));
        weeks += 1;
        wait_for(&store, weeks * RECIPIENTS);
        served.kill();
    }
    post.count(&store, weeks, kills)
}

fn command(home: &TestHome, post: &Post, week: usize) -> Command {
    home.command_at(&monday(week), &["--mail-url", &post.server.url(), "serve", "--address", "127.0.0.1:0"])
}
