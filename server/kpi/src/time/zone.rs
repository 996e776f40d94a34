//! Days and the instants at which they begin, in a time zone.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// The seconds of a day without a clock change.
pub(crate) const DAY: f64 = 86_400.0;
/// The seconds of a day in UTC, which has no clock changes.
pub const UTC_DAY: i64 = 86_400;

/// The zone in which days begin, as rows need it: numbers in, numbers out, missing (NaN) stays missing.
#[derive(Debug, Clone)]
pub struct Zoned(pub TimeZone);

impl Zoned {
    /// The first instant of a day, in UTC seconds; `day` in days since 1970.
    pub fn start_of_day(&self, day: f64) -> f64 {
        civil(day).and_then(|day| start_of(day, &self.0)).map_or(f64::NAN, exact)
    }

    /// The day of an instant, in days since 1970; `instant` in UTC seconds.
    pub fn day_of(&self, instant: f64) -> f64 {
        self.date_of(instant).map_or(f64::NAN, |day| exact(days_since_1970(day)))
    }

    /// The instant that many calendar days after another, at the same time of the day; a part of a day is that part of 24
    /// hours. Where a clock change skips or repeats that time, the one that [`jiff::tz::Disambiguation::Compatible`]
    /// names.
    pub fn days_after(&self, instant: f64, days: f64) -> f64 {
        let whole_days = days.trunc();
        self.shifted(instant, whole_days).map_or(f64::NAN, |shifted| shifted + (days - whole_days) * DAY)
    }

    fn shifted(&self, instant: f64, days: f64) -> Option<f64> {
        let at = |instant: f64| Timestamp::from_second(whole(instant)?).ok();
        let (before, after) = (at(instant)?, at(instant + days * DAY)?);
        // Most rows do not lie across a clock change.
        if self.0.to_offset(before) == self.0.to_offset(after) {
            return Some(instant + days * DAY);
        }
        let span = jiff::Span::new().try_days(whole(days)?).ok()?;
        let shifted = before.to_zoned(self.0.clone()).checked_add(span).ok()?;
        Some(exact(shifted.timestamp().as_second()) + instant - instant.floor())
    }

    fn date_of(&self, instant: f64) -> Option<Date> {
        Some(Timestamp::from_second(whole(instant)?).ok()?.to_zoned(self.0.clone()).date())
    }
}

/// The day of that number since 1970; `None` for a missing one and one outside the calendar.
fn civil(day: f64) -> Option<Date> {
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(whole(day)?).ok()?).ok()
}

/// The first instant of a day in a zone, in UTC seconds. Where a clock change skips midnight, the first instant after
/// it.
pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Option<i64> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_second())
}

#[expect(clippy::cast_possible_truncation, reason = "checked")]
pub(super) fn whole(number: f64) -> Option<i64> {
    // jiff panics on some larger spans instead of returning an error.
    (number.is_finite() && number.abs() < 2e11).then(|| number.floor() as i64)
}

#[expect(clippy::cast_precision_loss, reason = "instants and dates are far below 2^53")]
pub(super) fn exact(number: i64) -> f64 {
    number as f64
}

/// Days since 1970-01-01, as dates are stored.
pub fn days_since_1970(day: Date) -> i64 {
    let since = day.duration_since(date(1970, 1, 1));
    since.as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> f64 {
        exact(text.parse::<Timestamp>().unwrap().as_second())
    }

    #[test]
    fn days_begin_in_the_zone() {
        let berlin = Zoned(TimeZone::get("Europe/Berlin").unwrap());
        let day = berlin.day_of(at("2026-11-01T23:30Z"));
        assert!((day - exact(days_since_1970(date(2026, 11, 2)))).abs() < 1e-9);
        assert!((berlin.start_of_day(day) - at("2026-11-01T23:00Z")).abs() < 1e-9);
    }

    #[test]
    fn calendar_days_keep_the_time_of_the_day_over_a_clock_change() {
        let berlin = Zoned(TimeZone::get("Europe/Berlin").unwrap());
        let after = |instant: &str, days: f64, expected: &str| {
            assert!((berlin.days_after(at(instant), days) - at(expected)).abs() < 1e-9, "{instant} + {days}");
        };
        after("2026-10-18T22:00Z", 14.0, "2026-11-01T23:00Z");
        after("2026-11-01T23:00Z", -14.0, "2026-10-18T22:00Z");
        after("2026-03-28T11:00Z", 1.0, "2026-03-29T10:00Z");
        after("2026-10-24T22:00Z", 1.5, "2026-10-26T11:00Z");
        after("2026-11-02T08:00Z", 0.25, "2026-11-02T14:00Z");
        // At 2:30 on 29 March the clocks of Berlin have already gone on to 3:30.
        after("2026-03-28T01:30Z", 1.0, "2026-03-29T01:30Z");
        assert!(berlin.days_after(f64::NAN, 1.0).is_nan() && berlin.days_after(0.0, f64::NAN).is_nan());
    }
}
