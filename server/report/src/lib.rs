//! Plans and periods in, an edition out: numbers, HTML mail and plain text.
//!
//! Knows no mail server and no HTTP; the clock and the data are handed in. From the top:
//! - [`address`]: whom a mail can be sent to; [`mod@to`], to whom something goes; [`contact`], whom readers may ask; [`unsubscribe`], how they get no more
//! - [`definition`]: what a report is, from `config/reports/NAME.toml`
//! - [`audience`]: whom an edition is made for, and who gets it
//! - [`compose`]: a definition and a period in, an edition out, ready to be stored; the way through all of the below
//! - [`build`]: figures become the [`numbers`] of an edition, breaches first
//! - [`statements`]: what the numbers have to say, the most important first, and its words
//! - `known`: what is known beside a figure, for statements and sections
//! - [`view`]: numbers as a reader sees them, by [`mod@format`]; the one source of all that is rendered
//! - [`chart`]: figures as charts show them, in the view and on pages
//! - [`sections`]: its sections with their courses, as pages show them
//! - [`notice`]: what is told beside editions, as a reader sees it
//! - [`bulletin`]: what channels beside mail say, made of the same views
//! - [`render`]: a view becomes HTML mail, plain text and subject, by templates
//! - [`bounded`]: rendering that ends, whatever a template asks for; `words`: what templates say
//! - [`forms`]: the same numbers as PDF, HTML file, workbook, CSV and JSON
//! - `place`: where something stands among others; `filled`: tables without empty columns; [`few`]: rows of small tables
//! - [`archive`]: what is stored of an edition; [`labels`], how its groups are called; [`sources`], what it rests on
//! - [`rows`]: the rows behind a figure, as a table and as CSV; [`link`]: where readers find them, and editions
//! - [`diff`]: what two editions say differently, and why
//! - [`scorecard`]: groups compared by several KPIs; [`markdown`]: what somebody wrote in a report
//! - [`manifest`]: the hashes of all that, and the chain from one edition to the next; [`signature`], who vouches for it
//! - [`verify`]: what differs from it; [`evidence`], an edition as one file that others can verify; `pack`: files in one

pub mod address;
pub mod archive;
pub mod audience;
pub mod bounded;
pub mod build;
pub mod bulletin;
pub mod chart;
mod columns;
pub mod compose;
pub mod contact;
pub mod correction;
pub mod definition;
pub mod diff;
mod error;
pub mod evidence;
pub mod few;
mod filled;
pub mod format;
pub mod forms;
pub mod known;
pub mod labels;
pub mod link;
pub mod manifest;
pub mod markdown;
pub mod notice;
pub mod numbers;
mod pack;
mod place;
pub mod render;
pub mod rows;
#[cfg(test)]
mod samples;
pub mod scorecard;
pub mod sections;
pub mod signature;
pub mod sources;
pub mod statements;
pub mod to;
pub mod unsubscribe;
pub mod verify;
pub mod view;
mod words;

pub use error::ReportError;
pub use to::To;
