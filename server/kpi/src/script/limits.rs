//! Limits on what a script may use. Scripts are written by admins but run unattended.

use super::errors::{Complaint, Refused};
use crate::measure::expr::Part;
use rhai::{Dynamic, Engine};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Operations of one call; `value` of an ordinary KPI needs about ten.
///
/// Together with the sizes below it bounds a script's memory: Rhai does not check the size of a map that grows through
/// `m[k] = v`, but each entry takes about eight operations.
pub(crate) const OPERATIONS: u64 = 25_000;
/// Wall-clock time of one call.
pub(crate) const TIME: Duration = Duration::from_secs(1);
/// How deep calls may be nested.
pub(crate) const CALL_LEVELS: usize = 24;
/// Variables at a time.
pub(crate) const VARIABLES: usize = 64;
/// Functions of a script.
pub(crate) const FUNCTIONS: usize = 64;
/// Bytes of a text.
pub(crate) const TEXT_SIZE: usize = 16 * 1024;
/// Elements of a list or a map.
pub(crate) const ELEMENTS: usize = 1_000;

/// Measures of a KPI.
pub(crate) const MOST_MEASURES: usize = 100;

/// Parts of an expression or condition: doubling it forty times in a loop takes few operations, but gives more parts
/// than can ever be evaluated.
const LARGEST: usize = 1_000;

thread_local! {
    /// The deadline of the call on this thread. Rhai's progress callback belongs to the engine, which threads share,
    /// and is passed nothing but a count.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Sets all limits. Expression depths are set because Rhai's own differ between debug and release.
pub fn set(engine: &mut Engine) {
    engine
        .set_max_operations(OPERATIONS)
        .set_max_call_levels(CALL_LEVELS)
        .set_max_expr_depths(48, 32)
        .set_max_variables(VARIABLES)
        .set_max_functions(FUNCTIONS)
        .set_max_modules(16)
        .set_max_string_size(TEXT_SIZE)
        .set_max_array_size(ELEMENTS)
        .set_max_map_size(ELEMENTS)
        .set_max_strings_interned(1_024)
        .on_progress(|_| {
            // One operation can take long, such as comparing two lists: the clock is looked at after each.
            let late = |deadline: Instant| Instant::now() > deadline;
            DEADLINE.get().is_some_and(late).then_some(Dynamic::UNIT)
        });
}

/// Runs a call with a deadline.
pub fn within_time<T>(call: impl FnOnce() -> T) -> T {
    let outer = DEADLINE.replace(Some(Instant::now() + TIME));
    let result = call();
    DEADLINE.set(outer);
    result
}

/// Refuses what has grown too large.
///
/// # Errors
/// If it has grown too large.
pub fn bounded(part: Part) -> Refused<()> {
    if part.size(LARGEST + 1) <= LARGEST {
        return Ok(());
    }
    Err(Complaint::new(format!("the expression is made of more than {LARGEST} parts"))
        .hint("a loop that adds to it again and again is not needed: describe it once")
        .into())
}
