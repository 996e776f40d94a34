//! The language of KPI scripts: text in, [`Kpi`](crate::kpi::Kpi)s out.
//!
//! [`declare`] reads what a script says about its KPI. `measures` runs once, on symbols: [`symbols`] are what a script can name, [`operators`] and [`functions`] what it can
//! do with them, [`datasets`] how rows become measures. `value` runs once per cell, on plain numbers: [`figure`] is what
//! it can answer, [`units`] finds what it mixes, [`texts`] what it writes and reads. [`closures`] says what closures see, [`errors`] rewords what Rhai says, [`limits`] ends what does not end by
//! itself, [`testing`] runs a script's tests, [`coverage`] says what they leave out.

mod closures;
pub mod coverage;
mod datasets;
mod declare;
mod errors;
mod figure;
mod functions;
mod language;
mod limits;
mod load;
mod memory;
mod operators;
mod reference;
mod symbols;
pub mod testing;
mod texts;
mod units;

pub(crate) use figure::Figure;
pub use language::{Configured, Environment, Language};
pub(crate) use load::Script;
pub use load::exercise;
pub use reference::{Block, Chapter, Function, Piece, Reference, Text};
