//! What a script describes: [`expr`]essions and conditions over the columns of a row, [`aggregate`]s over many rows, and
//! [`measure`]s, which say over which rows of a table.

pub mod aggregate;
pub mod expr;
pub mod measure;
