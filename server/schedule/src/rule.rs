//! A rule: on which days and at which times something is due, by whatever clocks.

use crate::days::Days;
use crate::words;
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::{Cron, Direction};
use jiff::civil::DateTime;
use pegel_kpi::time::calendar::Calendar;
use std::fmt;

/// On which days and at which times something is due.
#[derive(Clone)]
pub struct Rule {
    text: String,
    cron: Cron,
    days: Days,
}

/// A rule cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error(
        "“{text}” is no schedule: {problem}; write one such as “every monday at 07:00”, “first working day of the month at 06:30” or “day 3 of the quarter at 07:00”"
    )]
    Words { text: String, problem: String },
    #[error(
        "“{text}” is no cron expression: {problem}; write five fields (minute, hour, day, month, weekday) such as “0 7 * * MON”"
    )]
    Cron { text: String, problem: String },
}

impl Rule {
    /// Reads a rule in plain words, such as `every monday at 07:00`.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(text: &str) -> Result<Rule, RuleError> {
        let failed = |problem: String| RuleError::Words { text: text.to_owned(), problem };
        let (cron, days) = words::read(text).map_err(failed)?;
        let cron = parser().parse(&cron).map_err(|error| failed(error.to_string()))?;
        Ok(Rule { text: text.trim().to_owned(), cron, days })
    }

    /// Reads a cron expression of five fields: minute, hour, day of the month, month, day of the week (1 or `MON` is
    /// Monday). `L` is the last day, `MON#1` the first Monday, `FRI#L` the last Friday, `15W` the working day of the week
    /// that is the nearest to the 15th.
    ///
    /// # Errors
    /// If it is none.
    pub fn cron(text: &str) -> Result<Rule, RuleError> {
        let failed = |error: CronError| {
            let problem = error.to_string();
            let problem = problem.trim_start_matches("Invalid pattern: ").trim_end_matches('.').to_owned();
            RuleError::Cron { text: text.to_owned(), problem }
        };
        let cron = parser().parse(text).map_err(failed)?;
        Ok(Rule { text: text.trim().to_owned(), cron, days: Days::All })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The local times from one up to another, both included, the earliest first.
    pub(crate) fn times(&self, from: DateTime, until: DateTime, calendar: &Calendar) -> Vec<DateTime> {
        let Some(start) = to_chrono(from) else { return Vec::new() };
        // The clocks of no zone: those of UTC are never changed.
        let all = self.cron.iter_from(start.and_utc(), Direction::Forward);
        let all = all.map_while(|at| from_chrono(at.naive_utc())).take_while(|at| *at <= until);
        all.filter(|at| self.days.hold(at.date(), calendar)).collect()
    }
}

/// As cron has it: five fields.
fn parser() -> CronParser {
    CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build()
}

fn to_chrono(at: DateTime) -> Option<chrono::NaiveDateTime> {
    let part = |part: i8| u32::from(part.unsigned_abs());
    let day = NaiveDate::from_ymd_opt(at.year().into(), part(at.month()), part(at.day()))?;
    let time = NaiveTime::from_hms_opt(part(at.hour()), part(at.minute()), part(at.second()))?;
    Some(day.and_time(time))
}

fn from_chrono(at: chrono::NaiveDateTime) -> Option<DateTime> {
    let part = |part: u32| i8::try_from(part).ok();
    let (year, month, day) = (i16::try_from(at.year()).ok()?, part(at.month())?, part(at.day())?);
    DateTime::new(year, month, day, part(at.hour())?, part(at.minute())?, part(at.second())?, 0).ok()
}

/// Rules are the same if they are written alike.
impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        (&self.text, self.days) == (&other.text, other.days)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.text)
    }
}
