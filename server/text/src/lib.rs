//! Texts as people and programs can take them. Knows nothing of KPIs, reports or files.
//!
//! - [`clean`]: without characters that no XML, no terminal and no table can hold

pub mod clean;
