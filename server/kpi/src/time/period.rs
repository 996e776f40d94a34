//! Periods: named spans of whole days in a time zone, as people write them, and as the instants and dates that scans
//! compare with.
//!
//! Written `2026-W45`, `2026-11`, `2026-Q4`, `2026`, `2026-11-02..2026-11-08` (both ends included), `2026-11-02`, or
//! relative to today: `today`, `yesterday`, `this-week`, `last-month`, `last-quarter`, `this-year`.

use super::zone::{days_since_1970, start_of};
use jiff::civil::{Date, ISOWeekDate, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::ops::Range;

/// What kind of span a period is; decides what "the one before" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Span {
    Day,
    /// ISO week, Monday to Sunday.
    Week,
    Month,
    Quarter,
    Year,
    /// That many days.
    Days(i32),
}

/// Whole days from `first_day` to `last_day` in a zone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Period {
    pub span: Span,
    pub first_day: Date,
    pub last_day: Date,
    zone: TimeZoneName,
    starts_at: i64,
    ends_at: i64,
    /// Of a running period, the day up to which it is counted.
    cut_on: Option<Date>,
}

/// A span of time derived from a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The period itself.
    Within,
    /// That long before the period's end, up to it.
    Trailing(Length),
    /// That long after the period's end, from it on.
    Ahead(Length),
    /// Everything up to an end of the period: a day is included, an instant is not.
    UpTo(Edge),
    /// Everything from an end of the period on: after a day, from an instant on.
    From(Edge),
}

/// An end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Its first instant, in seconds.
    Start,
    /// The first instant after it, in seconds.
    End,
    /// In days since 1970.
    FirstDay,
    /// In days since 1970; still part of it.
    LastDay,
}

/// A length of time in the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    count: i32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Days,
    Weeks,
    Months,
    Quarters,
    Years,
}

/// No span of time around a period is longer: a century.
const LONGEST_DAYS: i32 = 36_600;

/// Where time begins: before every date that can be stored.
const EVER: i64 = -(1 << 53);

impl Length {
    /// Reads a length as scripts write it: `12 months`, `90 days`, `14d`.
    pub fn parse(text: &str) -> Option<Length> {
        let text = text.trim();
        let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
        let count = text[..digits].parse().ok().filter(|count| *count > 0)?;
        let (unit, days) = match text[digits..].trim() {
            "d" | "day" | "days" => (Unit::Days, 1),
            "w" | "week" | "weeks" => (Unit::Weeks, 7),
            "month" | "months" => (Unit::Months, 31),
            "quarter" | "quarters" => (Unit::Quarters, 92),
            "y" | "year" | "years" => (Unit::Years, 366),
            _ => return None,
        };
        (count <= LONGEST_DAYS / days).then_some(Length { count, unit })
    }

    fn span(self) -> jiff::Span {
        match self.unit {
            Unit::Days => self.count.days(),
            Unit::Weeks => self.count.weeks(),
            Unit::Months => self.count.months(),
            Unit::Quarters => (self.count * 3).months(),
            Unit::Years => self.count.years(),
        }
    }
}

/// Why a text is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error(
        "“{0}” is not a period: write 2026-W45, 2026-11, 2026-Q4, 2026, 2026-11-02..2026-11-08, last-week or this-month"
    )]
    Unknown(String),
    #[error("“{0}” ends before it starts: write the earlier day first")]
    Reversed(String),
    #[error("“{0}” is not a time zone: write an IANA name such as Europe/Berlin, or UTC")]
    UnknownZone(String),
    #[error("“{0}” lies outside the years 1 to 9998")]
    OutOfRange(String),
}

/// An IANA zone that is known to exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct TimeZoneName(String);

/// The zone of that IANA name.
///
/// # Errors
/// If there is no such zone.
pub fn zone(name: &str) -> Result<TimeZone, PeriodError> {
    TimeZone::get(name).map_err(|_| PeriodError::UnknownZone(name.to_owned()))
}

impl Period {
    /// The days from `first_day` to `last_day`, both included.
    ///
    /// # Errors
    /// If they are in the wrong order or out of the calendar's range.
    pub fn new(span: Span, first_day: Date, last_day: Date, zone: &TimeZone) -> Result<Period, PeriodError> {
        let name = || format!("{first_day}..{last_day}");
        if last_day < first_day {
            return Err(PeriodError::Reversed(name()));
        }
        let bounds = || {
            let day_after = last_day.tomorrow().ok()?;
            Some((start_of(first_day, zone)?, start_of(day_after, zone)?))
        };
        let (starts_at, ends_at) = bounds().ok_or_else(|| PeriodError::OutOfRange(name()))?;
        let zone = TimeZoneName(zone.iana_name().unwrap_or("UTC").to_owned());
        Ok(Period { span, first_day, last_day, zone, starts_at, ends_at, cut_on: None })
    }

    /// The period of that kind that holds a day. For [`Span::Days`] the day is the last one.
    ///
    /// # Errors
    /// If it is out of the calendar's range.
    pub fn containing(span: Span, day: Date, zone: &TimeZone) -> Result<Period, PeriodError> {
        let out_of_range = |_| PeriodError::OutOfRange(day.to_string());
        let first_day = match span {
            Span::Day => day,
            Span::Week => day.iso_week_date().first_of_week().map_err(out_of_range)?.date(),
            Span::Month => day.first_of_month(),
            Span::Quarter => date(day.year(), (day.month() - 1) / 3 * 3 + 1, 1),
            Span::Year => day.first_of_year(),
            Span::Days(count) => day.checked_sub((i64::from(count) - 1).days()).map_err(out_of_range)?,
        };
        let last_day = match span {
            Span::Day | Span::Days(_) => Ok(day),
            Span::Week => first_day.checked_add(6.days()),
            Span::Month => Ok(day.last_of_month()),
            Span::Quarter => first_day.checked_add(2.months()).map(Date::last_of_month),
            Span::Year => Ok(day.last_of_year()),
        };
        Period::new(span, first_day, last_day.map_err(out_of_range)?, zone)
    }

    /// Reads a period as people write it; relative ones are relative to `now` in the zone.
    ///
    /// # Errors
    /// If it is not a period.
    pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Period, PeriodError> {
        let unknown = || PeriodError::Unknown(text.to_owned());
        if let Some((first, last)) = text.split_once("..") {
            let (days, first, last) = days_between(first, last).ok_or_else(unknown)?;
            return match Period::new(Span::Days(days), first, last, zone) {
                Err(PeriodError::Reversed(_)) => Err(PeriodError::Reversed(text.to_owned())),
                other => other,
            };
        }
        let (span, day) = absolute(text).or_else(|| relative(text, now, zone)).ok_or_else(unknown)?;
        Period::containing(span, day, zone)
    }

    /// The period of the same kind right before this one.
    ///
    /// # Errors
    /// If it is out of the calendar's range.
    pub fn before(&self) -> Result<Period, PeriodError> {
        let eve = self.first_day.yesterday().map_err(|_| PeriodError::OutOfRange(self.to_string()))?;
        Period::containing(self.span, eve, &self.zone())
    }

    /// The period of the same kind right after this one.
    ///
    /// # Errors
    /// If it is out of the calendar's range.
    pub fn after(&self) -> Result<Period, PeriodError> {
        let out_of_range = |_| PeriodError::OutOfRange(self.to_string());
        let days = if let Span::Days(days) = self.span { days } else { 1 };
        Period::containing(self.span, self.last_day.checked_add(days.days()).map_err(out_of_range)?, &self.zone())
    }

    /// The last `count` periods of this kind up to and including this one, oldest first.
    ///
    /// # Errors
    /// If one is out of the calendar's range.
    pub fn trail(&self, count: usize) -> Result<Vec<Period>, PeriodError> {
        let mut trail = vec![self.clone()];
        while trail.len() < count {
            trail.push(trail[trail.len() - 1].before()?);
        }
        trail.reverse();
        Ok(trail)
    }

    /// The zone in which its days begin and end.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone.0).unwrap_or(TimeZone::UTC)
    }

    /// Its instants, in UTC seconds, without the end.
    pub fn instants(&self) -> Range<i64> {
        self.starts_at..self.ends_at
    }

    /// Its dates, in days since 1970, without the end.
    pub fn days(&self) -> Range<i64> {
        days_since_1970(self.first_day)..days_since_1970(self.cut_on.unwrap_or(self.last_day)) + 1
    }

    /// Whether it is counted up to a moment within it.
    pub fn is_cut(&self) -> bool {
        self.cut_on.is_some()
    }

    /// Whether it has not ended yet.
    pub fn is_running(&self, now: Timestamp) -> bool {
        let cut_now = self.cut_on.is_some() && now.as_second() == self.ends_at;
        now.as_second() < self.ends_at || cut_now
    }

    /// The period; if it is running, only the part that has passed.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Period {
        let instant = now.as_second();
        if !(self.starts_at..self.ends_at).contains(&instant) {
            return self.clone();
        }
        let cut_on = Some(now.to_zoned(self.zone()).date());
        Period { ends_at: instant, cut_on, ..self.clone() }
    }

    /// The period; if the other one is cut, only the same elapsed part.
    #[must_use]
    pub fn elapsed_like(&self, other: &Period) -> Period {
        if other.cut_on.is_none() {
            return self.clone();
        }
        // By calendar and local time, not by seconds: a clock change may fall in one period and not in the other.
        let zone = self.zone();
        let same_moment = || {
            let now = Timestamp::from_second(other.ends_at).ok()?.to_zoned(zone.clone()).datetime();
            let days = days_since_1970(now.date()) - days_since_1970(other.first_day);
            let day = self.first_day.checked_add(days.days()).ok()?;
            Some(day.to_datetime(now.time()).to_zoned(zone.clone()).ok()?.timestamp())
        };
        same_moment().map_or_else(|| self.clone(), |now| self.as_of(now))
    }

    /// The same week, month or quarter of the year before. Week 53 is compared with week 52 if the year before has no
    /// week 53.
    ///
    /// # Errors
    /// If it is out of the calendar's range.
    pub fn year_before(&self) -> Result<Period, PeriodError> {
        let out_of_range = || PeriodError::OutOfRange(self.to_string());
        let day = match self.span {
            Span::Week => {
                let week = self.first_day.iso_week_date();
                let year = week.year() - 1;
                let of = |number| ISOWeekDate::new(year, number, Weekday::Monday);
                of(week.week()).or_else(|_| of(52)).map_err(|_| out_of_range())?.date()
            }
            Span::Days(_) => self.last_day.checked_sub(1.year()).map_err(|_| out_of_range())?,
            _ => self.first_day.checked_sub(1.year()).map_err(|_| out_of_range())?,
        };
        Period::containing(self.span, day, &self.zone())
    }

    /// A span of time around it, half-open: in days since 1970 for a date, in UTC seconds for an instant.
    pub fn reach(&self, reach: Reach, in_days: bool) -> Range<i64> {
        let own = if in_days { self.days() } else { self.instants() };
        let zone = self.zone();
        let end = self.cut_on.unwrap_or(self.last_day).tomorrow().unwrap_or(Date::MAX);
        let bound = |day: Date| if in_days { days_since_1970(day) } else { start_of(day, &zone).unwrap_or(own.end) };
        let boundary = |edge| match edge {
            Edge::Start => own.start,
            Edge::FirstDay => bound(self.first_day.tomorrow().unwrap_or(Date::MAX)),
            Edge::End | Edge::LastDay => own.end,
        };
        match reach {
            Reach::Within => own.clone(),
            Reach::Trailing(length) => bound(end.checked_sub(length.span()).unwrap_or(Date::MIN))..own.end,
            Reach::Ahead(length) => own.end..bound(end.checked_add(length.span()).unwrap_or(Date::MAX)),
            Reach::UpTo(edge) => EVER..boundary(edge),
            Reach::From(edge) => boundary(edge)..-EVER,
        }
    }
}

/// The number of days from the first to the last, and these two.
fn days_between(first: &str, last: &str) -> Option<(i32, Date, Date)> {
    let (first, last): (Date, Date) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let days = days_since_1970(last) - days_since_1970(first) + 1;
    Some((i32::try_from(days).ok()?, first, last))
}

fn absolute(text: &str) -> Option<(Span, Date)> {
    let digits = |text: &str, count: usize| {
        (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<i16>().ok())?
    };
    let year = digits(text.get(..4)?, 4)?;
    let rest = &text[4..];
    if rest.is_empty() {
        return Some((Span::Year, Date::new(year, 1, 1).ok()?));
    }
    let rest = rest.strip_prefix('-')?;
    if let Some(week) = rest.strip_prefix('W') {
        let week = i8::try_from(digits(week, 2)?).ok()?;
        return Some((Span::Week, ISOWeekDate::new(year, week, Weekday::Monday).ok()?.date()));
    }
    if let Some(quarter) = rest.strip_prefix('Q') {
        let quarter = i8::try_from(digits(quarter, 1)?).ok().filter(|quarter| (1..=4).contains(quarter))?;
        return Some((Span::Quarter, Date::new(year, quarter * 3 - 2, 1).ok()?));
    }
    if rest.len() == 2 {
        let month = i8::try_from(digits(rest, 2)?).ok()?;
        return Some((Span::Month, Date::new(year, month, 1).ok()?));
    }
    let (month, day) = rest.split_once('-')?;
    let (month, day) = (i8::try_from(digits(month, 2)?).ok()?, i8::try_from(digits(day, 2)?).ok()?);
    Some((Span::Day, Date::new(year, month, day).ok()?))
}

fn relative(text: &str, now: Timestamp, zone: &TimeZone) -> Option<(Span, Date)> {
    let today = now.to_zoned(zone.clone()).date();
    match text {
        "today" => return Some((Span::Day, today)),
        "yesterday" => return Some((Span::Day, today.yesterday().ok()?)),
        _ => {}
    }
    if let Some(days) = text.strip_prefix("last-").and_then(|rest| rest.strip_suffix("-days")) {
        let days = days.parse().ok().filter(|days| (1..=LONGEST_DAYS).contains(days))?;
        return Some((Span::Days(days), today.yesterday().ok()?));
    }
    let (which, span) = text.split_once('-')?;
    let span = match span {
        "week" => Span::Week,
        "month" => Span::Month,
        "quarter" => Span::Quarter,
        "year" => Span::Year,
        _ => return None,
    };
    match which {
        "this" => Some((span, today)),
        "last" => Some((span, Period::containing(span, today, zone).ok()?.first_day.yesterday().ok()?)),
        _ => None,
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = self.first_day;
        match self.span {
            Span::Day => write!(f, "{first}"),
            Span::Week => {
                let week = first.iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            Span::Month => write!(f, "{:04}-{:02}", first.year(), first.month()),
            Span::Quarter => write!(f, "{:04}-Q{}", first.year(), (first.month() + 2) / 3),
            Span::Year => write!(f, "{:04}", first.year()),
            Span::Days(_) => write!(f, "{first}..{}", self.last_day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        zone("Europe/Berlin").unwrap()
    }

    fn parse(text: &str) -> Result<Period, PeriodError> {
        Period::parse(text, "2026-11-22T10:00:00Z".parse().unwrap(), &berlin())
    }

    #[test]
    fn what_people_write_is_what_is_shown() {
        for text in ["2026-W45", "2026-W01", "2026-11", "2026-Q4", "2026", "2026-11-02..2026-11-08", "2026-11-02"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn relative_periods_follow_the_clock_in_the_zone() {
        assert_eq!(parse("last-week").unwrap().to_string(), "2026-W46");
        assert_eq!(parse("this-month").unwrap().to_string(), "2026-11");
        assert_eq!(parse("last-quarter").unwrap().to_string(), "2026-Q3");
        assert_eq!(parse("yesterday").unwrap().to_string(), "2026-11-21");
        // Sunday 23:30 in UTC is already Monday in Berlin.
        let late = Period::parse("last-week", "2026-11-22T23:30:00Z".parse().unwrap(), &berlin()).unwrap();
        assert_eq!(late.to_string(), "2026-W47");
    }

    #[test]
    fn nonsense_is_refused_with_what_to_write() {
        for text in ["", "2026-W54", "2026-13", "2026-Q5", "26", "next-week", "2026-1", "heute", "2026-11-31", "é"] {
            assert!(matches!(parse(text), Err(PeriodError::Unknown(_))), "{text}");
        }
        assert!(matches!(parse("2026-11-08..2026-11-02"), Err(PeriodError::Reversed(_))));
    }

    #[test]
    fn a_running_period_ends_now_and_is_compared_with_the_same_part_of_others() {
        let now = "2026-11-18T11:00:00Z".parse().unwrap();
        let week = parse("2026-W47").unwrap().as_of(now);
        assert_eq!((week.to_string().as_str(), week.instants().end), ("2026-W47", now.as_second()));
        assert_eq!(week.days().count(), 3);
        let before = week.before().unwrap().elapsed_like(&week);
        assert_eq!(before.instants().end, now.as_second() - 7 * 24 * 3600);
        let closed = parse("2026-W46").unwrap();
        assert_eq!(closed.as_of(now), closed);
    }

    #[test]
    fn the_same_period_a_year_before() {
        for (period, before) in
            [("2026-W45", "2025-W45"), ("2020-W53", "2019-W52"), ("2024-02-29", "2023-02-28"), ("2026-Q1", "2025-Q1")]
        {
            assert_eq!(parse(period).unwrap().year_before().unwrap().to_string(), before);
        }
    }

    #[test]
    fn a_trailing_year_ends_with_the_period() {
        let reach = |text: &str| parse("2026-02").unwrap().reach(Reach::Trailing(Length::parse(text).unwrap()), true);
        let days = |first: Date, end: Date| days_since_1970(first)..days_since_1970(end);
        assert_eq!(reach("12 months"), days(date(2025, 3, 1), date(2026, 3, 1)));
        assert_eq!(reach("4w"), days(date(2026, 2, 1), date(2026, 3, 1)));
        assert_eq!(Length::parse("soon"), None);
    }

    #[test]
    fn a_week_with_a_clock_change_has_an_hour_less() {
        let week = parse("2026-W13").unwrap();
        assert_eq!(week.instants().end - week.instants().start, (7 * 24 - 1) * 3600);
        assert_eq!(week.days().count(), 7);
    }

    #[test]
    fn the_one_before_is_of_the_same_kind() {
        assert_eq!(parse("2026-W01").unwrap().before().unwrap().to_string(), "2025-W52");
        assert_eq!(parse("2026-03").unwrap().before().unwrap().to_string(), "2026-02");
        for name in ["2026-W01", "2025-12", "2025-Q4", "2026", "2026-11-02..2026-11-08", "2026-11-02"] {
            let period = parse(name).unwrap();
            assert_eq!(period.after().unwrap().before().unwrap(), period);
            assert!(period.after().unwrap().first_day == period.last_day.tomorrow().unwrap());
        }
        let range = parse("2026-11-02..2026-11-08").unwrap().before().unwrap();
        assert_eq!(range.to_string(), "2026-10-26..2026-11-01");
        let trail = parse("2026-W02").unwrap().trail(3).unwrap();
        assert_eq!(trail.iter().map(Period::to_string).collect::<Vec<_>>(), ["2025-W52", "2026-W01", "2026-W02"]);
    }
}
