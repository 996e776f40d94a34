//! Dates and times as people write them.

use jiff::civil::{Date, DateTime, Time, date};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// One way of writing a date, with or without a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateFormat {
    /// `2018-02-26`, `2018-02-26 19:58`, `2018-02-26T19:58:00Z`, `2026-03-05T14:15:33+01:00`.
    Iso,
    /// Days since 1899-12-30, as spreadsheets count: `45631`, `45631.5`.
    Excel,
    /// Seconds since 1970.
    Unix,
    /// Directives of strftime: `%m/%d/%Y %H:%M`.
    Pattern(String),
}

/// When something was: an instant, or what a clock showed that is yet to be put into a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Instant(Timestamp),
    Local(DateTime),
}

/// A date before or after these years is a slip: `2/26/18` read with a four-digit year is the year 18.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

impl DateFormat {
    /// The format of that name, or written in directives.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn new(text: &str) -> Result<DateFormat, String> {
        match text {
            "iso" => Ok(DateFormat::Iso),
            "excel" => Ok(DateFormat::Excel),
            "unix" => Ok(DateFormat::Unix),
            _ if !text.contains('%') => Err(format!(
                "“{text}” is not a date format: write iso, excel, unix or directives such as %d.%m.%Y %H:%M"
            )),
            // Whatever the format can write of a full date, it can read; what it cannot write has a wrong directive.
            _ => match BrokenDownTime::from(&sample()).to_string(text) {
                Ok(_) => Ok(DateFormat::Pattern(text.to_owned())),
                Err(error) => Err(format!("the date format “{text}” is wrong: {error}")),
            },
        }
    }

    /// What the text says in this format, if all of it is in this format. A date without a time is its midnight.
    pub fn parse(&self, text: &str) -> Option<When> {
        let when = match self {
            DateFormat::Iso => iso(text),
            DateFormat::Excel => excel(text).map(When::Local),
            DateFormat::Unix => Timestamp::from_second(text.parse().ok()?).ok().map(When::Instant),
            DateFormat::Pattern(pattern) => by_pattern(pattern, text),
        }?;
        let year = match when {
            When::Instant(instant) => instant.to_zoned(TimeZone::UTC).year(),
            When::Local(local) => local.year(),
        };
        YEARS.contains(&year).then_some(when)
    }
}

impl When {
    /// In UTC seconds. A time that a clock change skips is moved on by what it skips; of a time that comes twice, the
    /// first is meant.
    pub fn instant(self, zone: &TimeZone) -> Option<i64> {
        match self {
            When::Instant(instant) => Some(instant.as_second()),
            When::Local(local) => Some(local.to_zoned(zone.clone()).ok()?.timestamp().as_second()),
        }
    }

    /// The day in the zone.
    pub fn day(self, zone: &TimeZone) -> Date {
        match self {
            When::Instant(instant) => instant.to_zoned(zone.clone()).date(),
            When::Local(local) => local.date(),
        }
    }
}

fn sample() -> jiff::Zoned {
    date(2000, 1, 31).at(13, 2, 3, 0).to_zoned(TimeZone::UTC).expect("UTC skips no time")
}

/// ISO 8601 as systems write it; minutes are enough.
fn iso(text: &str) -> Option<When> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(When::Instant(instant));
    }
    // jiff would read `20180226` and drop an offset that it cannot use; neither is what is meant here.
    let well_formed = text.get(4..5) == Some("-") && !text.ends_with('Z') && !text.contains(['+', '[']);
    text.parse::<DateTime>().ok().filter(|_| well_formed).map(When::Local)
}

fn excel(text: &str) -> Option<DateTime> {
    let serial: rust_decimal::Decimal = text.parse().ok()?;
    let days: i64 = serial.trunc().try_into().ok()?;
    let seconds: i64 = (serial.fract() * rust_decimal::Decimal::from(86_400)).round().try_into().ok()?;
    date(1899, 12, 30).to_datetime(Time::midnight()).checked_add(days.days()).ok()?.checked_add(seconds.seconds()).ok()
}

fn by_pattern(pattern: &str, text: &str) -> Option<When> {
    let parsed = BrokenDownTime::parse(pattern, text).ok()?;
    if parsed.offset().is_some() || parsed.timestamp().is_some() {
        return parsed.to_timestamp().ok().map(When::Instant);
    }
    let time = if parsed.hour().is_some() { parsed.to_time().ok()? } else { Time::midnight() };
    Some(When::Local(parsed.to_date().ok()?.to_datetime(time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(format: &str, text: &str) -> Option<String> {
        match DateFormat::new(format).unwrap().parse(text)? {
            When::Local(local) => Some(local.to_string()),
            When::Instant(instant) => Some(instant.to_string()),
        }
    }

    #[test]
    fn an_hour_may_lack_its_zero() {
        assert_eq!(local("%Y.%m.%d %H:%M", "2018.02.26 19:58").unwrap(), "2018-02-26T19:58:00");
        assert_eq!(local("%Y.%m.%d %H:%M", "2017.12.05 2:00").unwrap(), "2017-12-05T02:00:00");
        assert_eq!(local("%m/%d/%Y %H:%M", "2/26/2018 19:58").unwrap(), "2018-02-26T19:58:00");
        assert_eq!(local("%m/%d/%Y, %I:%M %p", "3/4/2025, 10:22 PM").unwrap(), "2025-03-04T22:22:00");
        assert_eq!(local("%d-%b-%Y", "05-Mar-2026").unwrap(), "2026-03-05T00:00:00");
    }

    #[test]
    fn iso_dates_come_with_and_without_time_and_offset() {
        assert_eq!(local("iso", "2018-02-26").unwrap(), "2018-02-26T00:00:00");
        assert_eq!(local("iso", "2018-02-26 19:58").unwrap(), "2018-02-26T19:58:00");
        assert_eq!(local("iso", "2025-03-04T10:22:00Z").unwrap(), "2025-03-04T10:22:00Z");
        assert_eq!(local("iso", "2026-03-05T14:15:33+01:00").unwrap(), "2026-03-05T13:15:33Z");
    }

    #[test]
    fn spreadsheets_count_days() {
        assert_eq!(local("excel", "45631").unwrap(), "2024-12-05T00:00:00");
        assert_eq!(local("excel", "45631.75").unwrap(), "2024-12-05T18:00:00");
    }

    #[test]
    fn a_date_must_be_all_there_is_and_of_a_likely_year() {
        for (format, text) in [
            ("%m/%d/%Y", "2/26/18"),
            ("%m/%d/%Y", "2/26/2018 19:58"),
            ("%m/%d/%Y", "26/2/2018"),
            ("%Y-%m-%d", "2018-02-30"),
            ("iso", "20180226"),
            ("iso", "TBD"),
            ("excel", "TBD"),
            ("iso", ""),
        ] {
            assert_eq!(local(format, text), None, "{text} as {format}");
        }
        assert!(DateFormat::new("dd.mm.yyyy").is_err());
        assert!(DateFormat::new("%d.%m.%!").is_err());
    }

    #[test]
    fn clock_changes_have_a_rule() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let instant = |text: &str| {
            let seconds = DateFormat::Iso.parse(text).unwrap().instant(&berlin).unwrap();
            Timestamp::from_second(seconds).unwrap().to_string()
        };
        // 2:30 does not exist on that day: it becomes 3:30.
        assert_eq!(instant("2026-03-29 02:30"), "2026-03-29T01:30:00Z");
        // 2:30 comes twice on that day: the first is meant.
        assert_eq!(instant("2026-10-25 02:30"), "2026-10-25T00:30:00Z");
    }
}
