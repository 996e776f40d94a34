//! Days and the instants at which they begin, in a time zone.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use std::sync::{Arc, OnceLock};

/// The seconds of a day without a clock change.
pub(crate) const DAY: f64 = 86_400.0;
/// The seconds of a day in UTC, which has no clock changes.
pub const UTC_DAY: i64 = 86_400;

/// The zone in which days begin, as rows need it: numbers in, numbers out, missing (NaN) stays missing.
#[derive(Debug, Clone)]
pub struct Zoned {
    zone: TimeZone,
    clocks: Arc<OnceLock<Clocks>>,
}

/// How clocks go in a zone, from 1970 to the end of 2099: looked up here, since to ask the rules of the zone for each of
/// many rows takes longer than to read them.
#[derive(Debug)]
struct Clocks {
    /// From which instant on (UTC seconds) clocks are so many seconds ahead of UTC, in order.
    ahead: Vec<(f64, f64)>,
    end: f64,
}

impl Clocks {
    fn of(zone: &TimeZone) -> Clocks {
        let at = |year| date(year, 1, 1).to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
        let (first, end) = (at(1970), at(2100));
        let changes = zone.following(first).map(|change| change.timestamp()).take_while(|change| *change < end);
        let from = std::iter::once(first).chain(changes);
        let ahead = from.map(|from| (exact(from.as_second()), ahead(zone, from))).collect();
        Clocks { ahead, end: exact(end.as_second()) }
    }

    /// `None` outside of these years.
    fn ahead_at(&self, instant: f64) -> Option<f64> {
        let begun = self.ahead.partition_point(|(from, _)| *from <= instant);
        (instant < self.end).then(|| self.ahead[..begun].last().map(|(_, ahead)| *ahead))?
    }
}

/// How many seconds clocks in a zone are ahead of UTC.
fn ahead(zone: &TimeZone, instant: Timestamp) -> f64 {
    f64::from(zone.to_offset(instant).seconds())
}

impl Zoned {
    pub fn new(zone: TimeZone) -> Zoned {
        Zoned { zone, clocks: Arc::default() }
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first instant of a day, in UTC seconds; `day` in days since 1970.
    pub fn start_of_day(&self, day: f64) -> f64 {
        civil(day).and_then(|day| start_of(day, &self.zone)).map_or(f64::NAN, exact)
    }

    /// The day of an instant, in days since 1970; `instant` in UTC seconds.
    pub fn day_of(&self, instant: f64) -> f64 {
        self.ahead_at(instant).map_or(f64::NAN, |ahead| ((instant.floor() + ahead) / DAY).floor())
    }

    /// The instant that many calendar days after another, at the same time of the day; a part of a day is that part of 24
    /// hours. Where a clock change skips or repeats that time, the one that [`jiff::tz::Disambiguation::Compatible`]
    /// names.
    pub fn days_after(&self, instant: f64, days: f64) -> f64 {
        let whole_days = days.trunc();
        self.shifted(instant, whole_days).map_or(f64::NAN, |shifted| shifted + (days - whole_days) * DAY)
    }

    fn shifted(&self, instant: f64, days: f64) -> Option<f64> {
        // Most rows do not lie across a clock change.
        #[expect(clippy::float_cmp, reason = "they are whole")]
        if self.ahead_at(instant)? == self.ahead_at(instant + days * DAY)? {
            return Some(instant + days * DAY);
        }
        let span = jiff::Span::new().try_days(whole(days)?).ok()?;
        let shifted = timestamp(instant)?.to_zoned(self.zone.clone()).checked_add(span).ok()?;
        Some(exact(shifted.timestamp().as_second()) + instant - instant.floor())
    }

    /// How many seconds clocks are ahead of UTC.
    fn ahead_at(&self, instant: f64) -> Option<f64> {
        let clocks = self.clocks.get_or_init(|| Clocks::of(&self.zone));
        clocks.ahead_at(instant).or_else(|| Some(ahead(&self.zone, timestamp(instant)?)))
    }
}

fn timestamp(instant: f64) -> Option<Timestamp> {
    Timestamp::from_second(whole(instant)?).ok()
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
        let berlin = Zoned::new(TimeZone::get("Europe/Berlin").unwrap());
        let day = berlin.day_of(at("2026-11-01T23:30Z"));
        assert!((day - exact(days_since_1970(date(2026, 11, 2)))).abs() < 1e-9);
        assert!((berlin.start_of_day(day) - at("2026-11-01T23:00Z")).abs() < 1e-9);
    }

    /// By how its rules are written, for many instants and around all changes of clocks.
    #[test]
    fn clocks_go_as_the_zone_says() {
        for name in ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo"] {
            let zone = TimeZone::get(name).unwrap();
            let zoned = Zoned::new(zone.clone());
            let years = at("1960-01-01T00:00Z")..at("2110-01-01T00:00Z");
            let now_and_then = (0..).map(|step| years.start + f64::from(step) * 1_000_003.5);
            let changes =
                zone.following(timestamp(years.start).unwrap()).map(|change| exact(change.timestamp().as_second()));
            let around = changes.flat_map(|change| [change - 1.0, change, change + 0.5]);
            let within = |instant: &f64| *instant < years.end;
            for instant in now_and_then.take_while(within).chain(around.take_while(within)) {
                let day = timestamp(instant).unwrap().to_zoned(zone.clone()).date();
                assert!((zoned.day_of(instant) - exact(days_since_1970(day))).abs() < 1e-9, "{name} at {instant}");
            }
        }
        assert!(Zoned::new(TimeZone::UTC).day_of(f64::NAN).is_nan());
    }

    #[test]
    fn calendar_days_keep_the_time_of_the_day_over_a_clock_change() {
        let berlin = Zoned::new(TimeZone::get("Europe/Berlin").unwrap());
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
