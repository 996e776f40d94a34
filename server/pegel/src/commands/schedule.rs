//! `pegel schedule`: when something is due.

use crate::cli::{Global, NextDue, Schedule};
use crate::ending::{Done, Ending, Failure, answer, answer_json, usage};
use anyhow::anyhow;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_catalog::files::Files;
use pegel_catalog::load::calendar;
use pegel_kpi::time::calendar::Calendar;
use pegel_kpi::time::period::zone;
use pegel_report::definition;
use pegel_schedule::{OnHolidays, Rule, Timetable};
use serde::Serialize;
use std::sync::Arc;

/// An instant, for programs.
#[derive(Serialize)]
struct Listed {
    /// By the clocks of the schedule, with their distance from UTC.
    local: String,
    utc: Timestamp,
}

/// Answers one of them.
pub fn run(schedule: Schedule, global: &Global) -> Ending {
    let Schedule::Next(asked) = schedule;
    let from = asked.from.unwrap_or_else(|| global.clock().now());
    let timetable = timetable(&asked, global)?;
    let due: Vec<Timestamp> = timetable.after(from).take(asked.count).map(|due| due.at).collect();
    let local = |at: &Timestamp, form: &str| at.to_zoned(timetable.zone.clone()).strftime(form).to_string();
    if asked.json {
        let listed = |at: &Timestamp| Listed { local: local(at, "%FT%T%:z"), utc: *at };
        answer_json(&due.iter().map(listed).collect::<Vec<_>>());
        return Ok(Done::InOrder);
    }
    if due.is_empty() {
        return Err(usage(anyhow!("{} is never due after {from}", timetable.rule.text())));
    }
    for at in due {
        answer(format_args!("{}\t{at}", local(&at, "%a %F %R %:z")));
    }
    Ok(Done::InOrder)
}

/// The schedule that was asked for.
fn timetable(asked: &NextDue, global: &Global) -> Result<Timetable, Failure> {
    let calendar = Files::of_home(&global.home()).and_then(|files| calendar(&files)).map_err(usage)?;
    let named = asked.zone.as_deref().map(zone).transpose().map_err(usage)?;
    let mut timetable = match (&asked.report, &asked.cron, &asked.when) {
        (Some(report), ..) => of_report(report, calendar, global)?,
        (None, Some(cron), _) => any(Rule::cron(cron).map_err(usage)?, calendar),
        (None, None, when) => any(Rule::parse(when.as_deref().unwrap_or_default()).map_err(usage)?, calendar),
    };
    if let Some(zone) = named {
        timetable.zone = zone;
    }
    Ok(timetable)
}

fn of_report(name: &str, calendar: Arc<Calendar>, global: &Global) -> Result<Timetable, Failure> {
    let definition = definition::find(&global.home(), name).map_err(usage)?;
    let Some(schedule) = definition.schedule else {
        return Err(usage(anyhow!("{} has no [schedule]: it is made when somebody asks for it", definition.file)));
    };
    Ok(schedule.timetable(calendar))
}

fn any(rule: Rule, calendar: Arc<Calendar>) -> Timetable {
    Timetable { rule, zone: TimeZone::UTC, from: None, until: None, on_holidays: OnHolidays::AsAlways, calendar }
}
