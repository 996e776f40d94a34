//! Days and the instants at which they begin, in a time zone.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

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
}
