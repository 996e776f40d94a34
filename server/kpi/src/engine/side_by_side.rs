//! Work of which no part waits for another, on all cores.

use std::cell::Cell;
use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

/// How many there are: to ask the system takes longer than a small page.
static CORES: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));

thread_local! {
    /// Whether this thread is one of those that work side by side already.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// What `each` makes of all items, in their order. Which core takes which is decided as they get free; within work that is
/// done side by side already, one follows the other.
pub fn map<T: Send, R: Send>(items: Vec<T>, each: impl Fn(T) -> R + Sync) -> Vec<R> {
    let Ok(made) = try_map(items, |item| Ok::<R, Infallible>(each(item)));
    made
}

/// The same of what may fail: then nothing more is begun.
///
/// # Errors
/// Of those that failed, that of the first item.
pub fn try_map<T: Send, R: Send, E: Send>(items: Vec<T>, each: impl Fn(T) -> Result<R, E> + Sync) -> Result<Vec<R>, E> {
    let cores = items.len().min(*CORES);
    if cores < 2 || AT_WORK.get() {
        return items.into_iter().map(each).collect();
    }
    let items = Mutex::new(items.into_iter().enumerate());
    let failed = AtomicBool::new(false);
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next().filter(|_| !failed.load(Relaxed));
    let run = |(at, item)| {
        let done = each(item);
        failed.fetch_or(done.is_err(), Relaxed);
        (at, done)
    };
    let work = || {
        let _at_work = AtWork::begin();
        std::iter::from_fn(next).map(run).collect::<Vec<_>>()
    };
    let mut made = thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
        let mut made = work();
        for other in others {
            made.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        made
    });
    made.sort_unstable_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, made)| made).collect()
}

/// Marks a thread as long as it is at work.
struct AtWork;

impl AtWork {
    fn begin() -> AtWork {
        AT_WORK.set(true);
        AtWork
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        AT_WORK.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn what_is_made_comes_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..1_000).collect();
        assert_eq!(map(items.clone(), |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(map(Vec::new(), |item: u64| item * 2), [0_u64; 0]);
    }

    #[test]
    fn after_a_failure_nothing_more_is_begun() {
        let begun = AtomicUsize::new(0);
        let each = |item: usize| {
            begun.fetch_add(1, Relaxed);
            thread::sleep(std::time::Duration::from_millis(1));
            if item == 0 { Err(item) } else { Ok(()) }
        };
        assert_eq!(try_map((0..10_000).collect(), each), Err(0));
        assert!(begun.into_inner() < 10_000);
    }

    #[test]
    fn work_within_work_follows_one_after_the_other() {
        let within = map(vec![(); 8], |()| {
            let own = thread::current().id();
            map(vec![(); 8], |()| thread::current().id()).into_iter().all(|id| id == own)
        });
        assert!(within.into_iter().all(|own| own) || *CORES < 2);
    }

    #[test]
    #[should_panic(expected = "the seventh")]
    fn a_panic_is_that_of_the_caller() {
        map((0..100).collect::<Vec<u64>>(), |item| assert!(item != 7, "the seventh"));
    }
}
