//! Which KPIs are in force: the built-in scripts, a home's own, and the configured thresholds laid over them.
//!
//! - [`live`]: what is [`in_force`] in a running server, while files change
//! - [`activation`]: what the latest activation puts in force; activating other files
//! - [`settle`]: how many of the files found can be in force together; what is not in order waits, alone
//! - [`candidate`]: files that are not in force yet: do they load, do their tests pass?
//! - [`shadow`]: what they would have said about past periods
//! - [`Catalog`]: KPIs with thresholds; all errors are reported at once, and with an error there is no catalogue
//! - [`files`]: all texts that it is made from, as one value; [`scripts`], built in or from the home; [`thresholds`],
//!   from `config/thresholds.toml`, with the parameters that scripts leave open; [`calendar`], from
//!   `config/calendar.toml`: working hours
//! - [`judged_by`](mod@judged_by): how a KPI in force is judged, as `config/thresholds.toml` would say it
//! - [`lines`]: two versions of a file, line by line
//! - [`load`]: files become a language and KPIs
//! - [`health`]: how computing a KPI went last

pub mod activation;
pub mod calendar;
pub mod candidate;
mod catalog;
mod error;
pub mod files;
pub mod health;
pub mod in_force;
pub mod judged_by;
pub mod lines;
pub mod live;
pub mod load;
pub mod scripts;
pub mod settle;
pub mod shadow;
pub mod thresholds;

pub use catalog::Catalog;
pub use error::CatalogError;
