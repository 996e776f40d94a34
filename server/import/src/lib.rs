//! Files as people have them → facts. From the top:
//! - [`mapping`]: what the columns of a file are in the data model, read from `config/imports/*.toml`
//! - [`run`]: files, a mapping and a database in, a [`Summary`] out
//! - `source`: files of all kinds → records with their line numbers
//! - `row`: a record → what it brings to each table; `convert`, `decimal` (with `ornament`), [`dates`] (with `months`): texts
//!   → values; `blanks`: those within texts; `damaged`: texts that are not what somebody wrote
//! - `input`: files, a chunk at a time; `draft`: its rows by themselves; `judge`: whether they can be imported, seen what
//!   `lookups` find; `merge`: staged rows into the tables; `gone`: what the file lacks
//! - `sense`: values beside each other; `watch`: columns as a whole; [`notes`]: what is odd about them; `reasons`: why rows
//!   are rejected; `alike`: names that look like others; `spelling`: those of groups that do
//! - [`suggest`]: a file → a mapping for it
//! - [`summary`]: what became of the rows; `at`: where they stand; `shown`: how texts are shown; `words`: those for yes and
//!   no
//!
//! Knows no clock and no configuration: the instant and the zone come in as [`Options`].

mod alike;
mod at;
mod blanks;
mod cell;
mod convert;
mod damaged;
pub mod dates;
mod decimal;
mod draft;
mod error;
mod gone;
mod input;
mod judge;
mod lookups;
pub mod mapping;
mod merge;
mod months;
pub mod notes;
mod ornament;
mod reasons;
mod row;
pub mod run;
mod sense;
mod shown;
mod source;
mod spelling;
pub mod suggest;
pub mod summary;
mod watch;
mod words;

pub use error::ImportError;
pub use input::Progress;
pub use mapping::Mapping;
pub use run::{Options, import, import_together};
pub use source::{SourceFile, panics_are_caught};
pub use summary::Summary;
