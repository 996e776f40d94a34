//! What a KPI is: script text in, plans out; rows in, cells out.
//!
//! Knows no database, no network, no file system and no clock. Its rooms, each built on those before it:
//! - [`data`]: the tables there are, how they are read, and the cells that come out
//! - [`time`]: days, periods and working hours
//! - [`measure`]: expressions over rows, aggregates over many
//! - [`definition`]: what a script says about its KPI, thresholds
//! - [`judgement`]: what a figure may be taken to say
//! - [`script`]: the language, from text to [`Kpi`](script::kpi::Kpi)s
//! - [`engine`]: KPIs, periods and breakdowns in, figures out
//! - [`testing`]: the tests that travel with a script, and what they leave out
//! - [`reference`](mod@reference): the reference of the language
//!
//! [`diagnostic`] shows what is wrong with a script where it is wrong.

pub mod data;
pub mod definition;
pub mod diagnostic;
pub mod engine;
pub mod judgement;
pub mod measure;
pub mod reference;
pub mod script;
pub mod testing;
pub mod time;
