//! `[schedule]`: when a report is due.

use super::every::Every;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use pegel_kpi::time::calendar::Calendar;
use pegel_kpi::time::period::zone;
use pegel_schedule::{OnHolidays, Rule, Timetable};
use serde::Deserialize;
use std::sync::Arc;

/// When a report is due; it then covers the period that has just ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pub rule: Rule,
    /// By whose clocks.
    pub zone: TimeZone,
    /// What happens to runs that were due while Pegel was down.
    pub missed: Missed,
    /// How many periods back anything is made up for.
    pub at_most: usize,
    /// The first day on which it holds.
    pub from: Option<Date>,
    /// The last one.
    pub until: Option<Date>,
    pub on_holidays: OnHolidays,
}

impl Schedule {
    /// Its instants, where nobody works on the calendar's days off.
    pub fn timetable(&self, calendar: Arc<Calendar>) -> Timetable {
        let Schedule { rule, zone, from, until, on_holidays, .. } = self.clone();
        Timetable { rule, zone, from, until, on_holidays, calendar }
    }

    /// `every monday at 07:00, Europe/Berlin`
    pub fn text(&self) -> String {
        format!("{}, {}", self.rule.text(), self.zone.iana_name().unwrap_or("UTC"))
    }
}

/// What happens to runs that were due while Pegel was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missed {
    /// The latest one is made up for, however late.
    #[default]
    Once,
    /// The latest one is made up for if it is at most three hours late.
    Skip,
    /// Every one after the oldest that was reported is made up for.
    Each,
}

/// A schedule as it is written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    when: Option<String>,
    cron: Option<String>,
    /// With `at`: that day of every week.
    weekday: Option<String>,
    /// With `at`: that day of what follows the period.
    day: Option<i64>,
    at: Option<String>,
    zone: Option<String>,
    #[serde(default)]
    missed: Missed,
    #[serde(default = "thirteen")]
    at_most: usize,
    from: Option<String>,
    until: Option<String>,
    #[serde(default)]
    on_holidays: WrittenOnHolidays,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
enum WrittenOnHolidays {
    #[default]
    #[serde(rename = "as always")]
    AsAlways,
    #[serde(rename = "next working day")]
    NextWorkingDay,
}

fn thirteen() -> usize {
    13
}

const ONE_RULE: &str = "the schedule does not say when, or says it twice: write when = \"every monday at 07:00\" or cron = \"0 7 * * MON\"";

impl Written {
    /// The schedule of a report about such periods in a zone; what is wrong with it, and what to write.
    pub(super) fn read(&self, every: Every, of_report: &str) -> Result<Schedule, String> {
        let zone = zone(self.zone.as_deref().unwrap_or(of_report)).map_err(|error| error.to_string())?;
        if !(1..=60).contains(&self.at_most) {
            return Err(format!("at_most = {} makes no sense: write 1 to 60", self.at_most));
        }
        let (from, until) = (day("from", self.from.as_deref())?, day("until", self.until.as_deref())?);
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            return Err(format!("the schedule ends on {until}, before it begins on {from}"));
        }
        let on_holidays = match self.on_holidays {
            WrittenOnHolidays::AsAlways => OnHolidays::AsAlways,
            WrittenOnHolidays::NextWorkingDay => OnHolidays::NextWorkingDay,
        };
        let rule = self.rule(every)?;
        Ok(Schedule { rule, zone, missed: self.missed, at_most: self.at_most, from, until, on_holidays })
    }

    fn rule(&self, every: Every) -> Result<Rule, String> {
        let words = |text: &str| Rule::parse(text).map_err(|error| error.to_string());
        match (&self.when, &self.cron, &self.weekday, self.day, &self.at) {
            (Some(when), None, None, None, None) => words(when),
            (None, Some(cron), None, None, None) => Rule::cron(cron).map_err(|error| error.to_string()),
            (None, None, Some(weekday), None, Some(at)) => words(&format!("every {weekday} at {at}")),
            (None, None, None, Some(day), Some(at)) => words(&format!("day {day} of the {} at {at}", every.name())),
            _ => Err(ONE_RULE.to_owned()),
        }
    }
}

fn day(which: &str, text: Option<&str>) -> Result<Option<Date>, String> {
    let unfit = |text: &str| format!("“{text}” is no day: write {which} = \"2027-01-01\"");
    text.map(|text| text.parse::<Date>().map_err(|_| unfit(text))).transpose()
}
