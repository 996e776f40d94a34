//! Instants and times as command lines write them: alike for everybody, and so that lines can be sorted by them.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// `2026-11-16 07:00:05`, in the zone, from UTC seconds; the bare seconds if they lie beyond the calendar.
pub fn stamp(seconds: i64, zone: &TimeZone) -> String {
    written(seconds, zone, "%Y-%m-%d %H:%M:%S")
}

/// `2026-11-16`, the day of an instant.
pub fn day(seconds: i64, zone: &TimeZone) -> String {
    written(seconds, zone, "%Y-%m-%d")
}

fn written(seconds: i64, zone: &TimeZone, form: &str) -> String {
    let local: Option<Zoned> = Timestamp::from_second(seconds).ok().map(|at| at.to_zoned(zone.clone()));
    local.map_or_else(|| seconds.to_string(), |at| at.strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_in_the_zone_and_beyond_the_calendar_in_seconds() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(stamp(1_795_390_205, &TimeZone::UTC), "2026-11-22 23:30:05");
        assert_eq!(stamp(1_795_390_205, &berlin), "2026-11-23 00:30:05");
        assert_eq!(day(1_795_390_205, &berlin), "2026-11-23");
        assert_eq!(stamp(i64::MAX, &berlin), i64::MAX.to_string());
    }
}
