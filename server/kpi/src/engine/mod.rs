//! How rows become figures, each row read and looked at once.
//!
//! [`figures`] computes KPIs, [`comparison`] says what they are compared with, [`answer`] is one of them as programs read
//! it. Inside, `fold` takes the rows of one scan,
//! `rows` evaluates expressions over them, `grouping` finds their groups and `related` the rows that belong to them.

pub mod answer;
pub mod comparison;
pub mod figures;
mod fold;
mod grouping;
mod related;
mod rows;
