//! What a script describes: [`expr`]essions and conditions over the columns of a row, [`aggregate`]s over many rows,
//! which rows belong to a period (by a [date](dated), or by more: [`membership`]), and [`measure`]s, which say all of it.

pub mod aggregate;
pub mod dated;
pub mod expr;
pub mod measure;
pub mod membership;
