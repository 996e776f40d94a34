//! `pegel kpi kept`: what is kept of what was computed.

use crate::cli::Global;
use crate::ending::{Done, Ending, answer, broke};
use pegel_store::kept::{BOUND, HowMuch};

const MEGABYTE: i64 = 1 << 20;

/// Says how much is kept; with `forget`, lets all of it go.
pub fn run(forget: bool, global: &Global) -> Ending {
    let store = global.open(&global.home())?.store()?;
    if forget {
        answer(format_args!("forgotten: {}", said(store.forget_kept().map_err(broke)?)));
    } else {
        let kept = store.how_much_is_kept().map_err(broke)?;
        answer(format_args!("kept: {}; at most {} MB", said(kept), BOUND / MEGABYTE));
    }
    Ok(Done::InOrder)
}

fn said(HowMuch { slices, bytes }: HowMuch) -> String {
    let parts = if slices == 1 { "part" } else { "parts" };
    // Anything at all is some of a megabyte.
    format!("{slices} {parts} of figures, {} MB", (bytes + MEGABYTE - 1) / MEGABYTE)
}
