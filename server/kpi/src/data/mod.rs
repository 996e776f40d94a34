//! The data: tables and their columns, how they are read, and the cells that come out.
//!
//! - [`model`]: the tables, made of columns; [`path`]: how a value is reached; [`dimension`]: what rows are grouped by;
//!   [`scope`]: which of them may be seen
//! - [`scan`], [`batch`]: what a source of rows must answer, and how the rows come; [`spans`]: what they held before;
//!   [`dimensions`]: whether that counts; [`kept`]: what it keeps of what was computed
//! - [`cell`]: a figure of one period and group; [`currency`]: the unit of amounts

pub mod batch;
pub mod cell;
mod column;
pub mod currency;
pub mod dimension;
pub mod dimensions;
pub mod kept;
pub mod model;
pub mod path;
pub mod scan;
pub mod scope;
pub mod spans;
