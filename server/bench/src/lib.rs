//! What benchmarks have in common: contenders that run in turn, ratios with goals, and a file of all figures with which a
//! later run is compared.

pub mod exports;
pub mod leads;
mod sheet;

use pegel_store::testing::TestDatabase;
pub use sheet::{Sheet, Unit};
use std::time::{Duration, Instant};

/// Runs all in turn, so that other load on the machine affects each alike; one run before, to warm up. How long they took.
pub fn timed(runs: usize, contenders: &mut [&mut dyn FnMut()]) -> Vec<Vec<Duration>> {
    let mut times = vec![Vec::with_capacity(runs); contenders.len()];
    for contender in contenders.iter_mut() {
        contender();
    }
    for _ in 0..runs {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            times.push(once(contender).1);
        }
    }
    times
}

/// What `work` makes, and how long that took.
pub fn once<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let made = work();
    (made, began.elapsed())
}

/// How many rows there are to be: what `PEGEL_BENCH_ROWS` says, a million by default.
pub fn rows() -> u32 {
    number("PEGEL_BENCH_ROWS", 1_000_000)
}

/// The number that a variable of the environment says; the default, if it says none.
pub fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// Measures on `SQLite`, and on `PostgreSQL` if there is a server: `measure` gets the name of each, and what makes an empty
/// database.
pub fn on_each_database(mut measure: impl FnMut(&'static str, fn() -> TestDatabase)) {
    measure("SQLite", TestDatabase::sqlite);
    if std::env::var_os("PEGEL_TEST_POSTGRES").is_some() {
        measure("PostgreSQL", TestDatabase::postgres);
    } else {
        println!("\nPostgreSQL left out: PEGEL_TEST_POSTGRES names no server, tests/postgres starts one");
    }
}

/// How much memory a process takes, in bytes, by one of the measures of Linux: `VmRSS` now, `RssAnon` without what is
/// mapped from files, `VmHWM` at most so far. `None` where the system does not tell.
pub fn memory_of(process: &str, measure: &str) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(measure)?.strip_prefix(':'))?;
    let kilobytes: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// The time in the middle.
///
/// # Panics
/// If there are none.
pub fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

/// How long `work` takes: the time in the middle of so many runs, after one to warm up.
///
/// # Panics
/// If there are none.
pub fn median_of(runs: usize, mut work: impl FnMut()) -> Duration {
    median(&timed(runs, &mut [&mut work])[0])
}
