//! How rows become figures, each row read once.
//!
//! [`figures`] computes KPIs, [`comparison`] says what they are compared with, [`plans`] what is planned below it,
//! [`answer`] is one of them as programs read it, [`behind`] lists the rows that it counts. `assess` says what may be said
//! about figures. Inside, `fold` takes the rows of one scan: `rows` evaluates expressions over them, `grouping` finds
//! their groups (by `texts`, as they were), `gate` their `classes`, by the scopes that see them, and `related` folds the
//! rows that belong to them, before they are read themselves, into figures `by_parent`. A `sight` says at which instants
//! rows are seen, `known` what of them was known then, `former` what they held; `reach` says how far the data reaches at
//! all, [`lacking`] what a figure is not there for want of. Cells are made [`side_by_side`].

pub mod answer;
mod assess;
pub mod behind;
mod by_parent;
mod classes;
pub mod comparison;
pub mod figures;
mod fold;
mod former;
mod gate;
mod grouping;
mod known;
pub mod lacking;
mod measured;
mod place;
pub mod plans;
mod reach;
mod related;
pub mod request;
mod rows;
pub mod side_by_side;
pub mod sight;
#[cfg(test)]
mod tests;
mod texts;
mod timetable;
