//! Panics that are caught and told as errors: readers of foreign formats trust what a damaged file says of itself.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What the work gives; `None` if it panics.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    CAUGHT.set(before);
    done
}

/// Whether a panic of this thread would be told as an error: for the panic hook of a program, which need not tell it as
/// well.
#[must_use]
pub fn panics_are_caught() -> bool {
    CAUGHT.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_gives_nothing_and_others_are_not_silenced() {
        assert_eq!(caught(panics_are_caught), Some(true));
        assert_eq!(caught(|| std::panic::resume_unwind(Box::new("damaged"))), None::<()>);
        assert!(!panics_are_caught());
    }
}
