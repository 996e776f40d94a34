//! Files as people have them → facts. From the top:
//! - [`mapping`]: what the columns of a file are in the data model, read from `config/imports/*.toml`
//! - [`run`]: a file, a mapping and a database in, a [`Summary`] out
//! - `source`: bytes → records with their line numbers, whatever the encoding, line ends and quotes
//! - `row`: a record → what it brings to each table; `convert`, [`decimal`], [`dates`]: texts → values
//! - `input`: a file read several times; `check`, `write`: the passes over it; `gone`: what it lacks; [`summary`]: what
//!   became of each row; `shown`: how texts are shown
//!
//! Knows no clock and no configuration: the instant and the zone come in as [`Options`].

mod check;
mod convert;
pub mod dates;
pub mod decimal;
mod error;
mod gone;
mod input;
pub mod mapping;
mod row;
pub mod run;
mod shown;
mod source;
pub mod summary;
mod write;

pub use error::ImportError;
pub use input::Progress;
pub use mapping::Mapping;
pub use run::{Options, import};
pub use summary::Summary;
