//! How rows become figures, each row read and looked at once.
//!
//! [`figures`] computes KPIs, [`comparison`] puts them beside other periods. Inside, `fold` takes the rows of one scan,
//! `rows` evaluates expressions over them, `grouping` finds their groups and `related` the rows that belong to them.

pub mod comparison;
pub mod figures;
mod fold;
mod grouping;
mod related;
mod rows;
