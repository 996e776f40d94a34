//! When something is due: pure functions of a rule, a zone, a calendar and the time.
//!
//! - [`rule`]: on which days and at which times, by whatever clocks; written as cron has it, or in plain words (`words`),
//!   which also know working days (`days`)
//! - [`timetable`]: a rule by the clocks of a zone, as instants

mod days;
pub mod rule;
pub mod timetable;
mod words;

pub use rule::{Rule, RuleError};
pub use timetable::{Instant, OnHolidays, Timetable};
