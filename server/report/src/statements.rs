//! What an edition has to say, the most important first: true statements made of judged figures, and their words.
//! Pure: numbers in, statements out.
//!
//! - [`statement`]: what a statement is, and which rows it rests on
//! - `seen`: one figure with all that is known about it, and what it gives reason to say
//! - [`rank`]: the statements of an edition, in order
//! - [`verdict`]: how many figures keep their thresholds, break them, or were not judged
//! - `say`: a statement in a reader's language; [`evidence`]: what it rests on
//! - [`attention`]: what breaks a threshold, KPI by KPI
//! - [`brief`]: subject, preview, headline and list, all made of the same statements

pub mod attention;
pub mod brief;
pub mod evidence;
pub mod rank;
mod say;
mod seen;
pub mod statement;
pub mod verdict;

pub use rank::{chance, findings, needs_attention, statements};
pub use statement::Statement;

#[cfg(test)]
mod tests;
