//! `config/calendar.toml`: working hours and holidays.

use crate::error::CatalogError;
use jiff::civil::{Date, Time};
use pegel_kpi::time::calendar::Calendar;
use pegel_kpi::time::period::zone;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ops::Range;

/// The calendar that comes with Pegel, as a file to begin with.
pub const SHIPPED: &str = include_str!("../../../config/calendar.toml");

/// The name of the file, in a home.
pub const FILE: &str = "config/calendar.toml";

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    zone: String,
    #[serde(default)]
    hours: Hours,
    #[serde(default)]
    holidays: Vec<String>,
}

/// For each day, stretches such as `09:00-12:30`; none on a day off.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Hours {
    monday: Vec<String>,
    tuesday: Vec<String>,
    wednesday: Vec<String>,
    thursday: Vec<String>,
    friday: Vec<String>,
    saturday: Vec<String>,
    sunday: Vec<String>,
}

/// Reads the text of such a file.
///
/// # Errors
/// If it cannot be understood; the message says what, and where.
pub fn parse(text: &str) -> Result<Calendar, CatalogError> {
    let written: Written = toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
    let zone = zone(&written.zone).map_err(|error| wrong(error.to_string()))?;
    let Hours { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = written.hours;
    let mut week: [Vec<Range<Time>>; 7] = Default::default();
    let days = [monday, tuesday, wednesday, thursday, friday, saturday, sunday];
    for (day, stretches) in week.iter_mut().zip(days) {
        *day = hours(&stretches)?;
    }
    let holidays = written.holidays.iter().map(|day| holiday(day)).collect::<Result<Vec<_>, _>>()?;
    Ok(Calendar::new(zone, week, holidays.into_iter().flatten().collect()))
}

fn hours(written: &[String]) -> Result<Vec<Range<Time>>, CatalogError> {
    let mut stretches = written.iter().map(|text| stretch(text)).collect::<Result<Vec<_>, _>>()?;
    stretches.sort_by_key(|stretch| stretch.start);
    match stretches.windows(2).find(|pair| pair[0].end > pair[1].start) {
        Some(pair) => Err(wrong(format!("{}-{} overlaps with the stretch before it", pair[1].start, pair[1].end))),
        None => Ok(stretches),
    }
}

fn stretch(text: &str) -> Result<Range<Time>, CatalogError> {
    let time = |text: &str| text.trim().parse::<Time>().ok();
    let both = text.split_once('-').and_then(|(start, end)| Some(time(start)?..time(end)?));
    both.filter(|stretch| stretch.start < stretch.end)
        .ok_or_else(|| wrong(format!("“{text}” is not a time range: write \"09:00-17:00\"")))
}

/// A date, or `12-25` for the same day of every year.
fn holiday(text: &str) -> Result<BTreeSet<Date>, CatalogError> {
    let unfit = || wrong(format!("“{text}” is not a day: write \"2026-04-03\", or \"12-25\" for every year"));
    if let Ok(day) = text.parse::<Date>() {
        return Ok(BTreeSet::from([day]));
    }
    let (month, day) = text.split_once('-').ok_or_else(unfit)?;
    let (month, day) = (month.parse().map_err(|_| unfit())?, day.parse().map_err(|_| unfit())?);
    let days: BTreeSet<Date> = (1970..2100).filter_map(|year| Date::new(year, month, day).ok()).collect();
    if days.is_empty() { Err(unfit()) } else { Ok(days) }
}

fn wrong(message: String) -> CatalogError {
    CatalogError::Configuration { file: FILE, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_calendar_is_in_order() {
        let calendar = parse(SHIPPED).unwrap();
        // Friday afternoon to Monday morning, in Berlin: three hours and one.
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
        #[expect(clippy::cast_precision_loss, reason = "an instant")]
        let seconds = |text: &str| at(text).as_second() as f64;
        let worked = calendar.seconds_between(seconds("2026-11-06T13:00Z"), seconds("2026-11-09T09:00Z"));
        assert!((worked - 4.0 * 3600.0).abs() < 1e-9, "{worked}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, message) in [
            ("zone = \"Europe/Berlino\"", "is not a time zone"),
            ("zone = \"UTC\"\n[hours]\nmonday = [\"17:00-09:00\"]", "is not a time range"),
            ("zone = \"UTC\"\n[hours]\nmonday = [\"9-17\"]", "is not a time range"),
            ("zone = \"UTC\"\n[hours]\nmonday = [\"09:00-17:00\", \"16:00-18:00\"]", "overlaps"),
            ("zone = \"UTC\"\nholidays = [\"31-12\"]", "is not a day"),
            ("zone = \"UTC\"\n[hours]\nmontag = []", "unknown field"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(message) && error.contains(FILE), "{error}");
        }
    }
}
