//! The language of KPI scripts: text in, [`Kpi`](crate::kpi::Kpi)s out.
//!
//! `measures` runs once, on symbols: [`symbols`] are what a script can name, [`operators`] what it can do with them,
//! [`datasets`] how rows become measures. `value` runs once per cell, on plain numbers: [`figure`] is what it can answer.
//! [`errors`] rewords what Rhai says, [`limits`] ends what does not end by itself, [`testing`] runs a script's tests.

mod datasets;
mod errors;
mod figure;
mod language;
mod limits;
mod load;
mod memory;
mod operators;
mod symbols;
pub mod testing;

pub(crate) use figure::Figure;
pub use language::Language;
pub(crate) use load::Script;
pub(crate) use operators::MINOR_UNITS;
