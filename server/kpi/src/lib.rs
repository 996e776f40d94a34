//! What a KPI is: script text in, plans out; rows in, cells out.
//!
//! Knows no database, no network, no file system and no clock. From the top:
//! - [`script`]: the language; [`kpi`], [`declaration`], [`threshold`]: what comes of a script
//! - [`figures`]: KPIs, [`period`]s, breakdowns and a [`scope`] in, [`cell`]s out; [`comparison`]: beside other periods
//! - [`scan`], [`batch`]: what a database must answer; [`model`], [`dimension`]: the tables it has; [`currency`]: in what
//!   its amounts are counted
//! - [`diagnostic`]: what is wrong with a script, shown where it is wrong
//!
//! Inside: [`expr`] and [`aggregate`] are what closures describe, [`calendar`] when is worked; `fold`, `related`, `rows`,
//! `grouping` and `timeline` are how rows become figures.

pub mod aggregate;
pub mod batch;
pub mod calendar;
pub mod cell;
pub mod comparison;
pub mod currency;
pub mod declaration;
pub mod diagnostic;
pub mod digest;
pub mod dimension;
pub mod expr;
pub mod figures;
mod fold;
mod grouping;
pub mod kpi;
pub mod model;
pub mod period;
mod related;
mod rows;
pub mod scan;
pub mod scope;
pub mod script;
pub mod threshold;
mod timeline;
