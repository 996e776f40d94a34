//! Texts as people and programs can take them: words, numbers and dates in the reader's language. Knows nothing of
//! KPIs, reports or files.
//!
//! - [`languages`]: the languages that people are answered in, one file each in `languages/`
//! - [`locale`]: a reader's language and region
//! - [`words`]: what is said, in a reader's language
//! - [`translated`]: a text that somebody wrote in several languages
//! - [`numbers`], [`money`], [`durations`], [`dates`]: written as the reader's region writes them, from `cldr`
//! - [`hyphens`]: where long words may be broken
//! - [`lists`]: what is joined by commas and an “and”
//! - [`stamps`]: instants as command lines write them
//! - [`clean`]: without characters that no XML, no terminal and no table can hold
//! - [`digest`]: the hash by which versions of a text are told apart

mod cldr;
pub mod clean;
pub mod dates;
pub mod digest;
pub mod durations;
pub mod hyphens;
pub mod languages;
pub mod lists;
pub mod locale;
pub mod money;
pub mod numbers;
pub mod stamps;
pub mod translated;
pub mod words;
