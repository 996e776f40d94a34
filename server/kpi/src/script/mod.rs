//! The language of KPI scripts: text in, [`Kpi`](kpi::Kpi)s out.
//!
//! `load` compiles a script and describes its KPIs; `compiled` calls its functions, each in its `setting`.
//! `declare` reads its declarations with `fields`, what they say about judging in `marks`; `entry` finds the position
//! of an entry. `measures` runs once, on symbols:
//! `symbols` are what a script can name, `access` what the names behind their dots mean, `operators` and
//! `durations` and `functions` what it can do with them, `datasets` how rows become measures. `value` runs once per cell, on plain
//! numbers: `figure` is what it can return, `units` finds mixed units, `texts` converts numbers and texts.
//! `closures` captures variables by value, `helpers` finds which shared helpers are used, `times` repeats the rows of
//! tests, `errors` rewords Rhai's errors, `limits` bounds time and memory.

mod access;
mod closures;
pub(crate) mod compiled;
mod datasets;
pub(crate) mod declare;
mod direct;
mod durations;
mod entry;
pub(crate) mod errors;
mod fields;
mod figure;
mod functions;
mod helpers;
pub mod kpi;
mod language;
pub(crate) mod limits;
pub(crate) mod load;
mod marks;
mod numbers;
mod operators;
pub(crate) mod setting;
mod symbols;
mod texts;
pub(crate) mod times;
mod units;

pub use language::{Environment, Language};
pub use setting::Configured;
