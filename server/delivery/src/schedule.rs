//! What is due: a pure function of a schedule and the time.
//!
//! A schedule is a weekday (of weeks), or a day after their end (of months, quarters and years), and a local time in a
//! zone. Each of its due instants stands for one nominal period: the last ISO week, month, … that was complete at that
//! instant, in that zone. A run belongs to its nominal period, however late it is.
//!
//! Where a clock change skips the local time, the instant lies as much later as the clock was put forward (02:30
//! becomes 03:30); where the local time comes twice, the first one counts.
//!
//! [`Missed`] says what happens to the due instants at which Pegel was not running. The archive tells what was
//! reported, so no other state is kept:
//! - A schedule looks back [`LOOK_BACK`] due instants and no further.
//! - If one of these was reported, the policy decides which of the later ones are made up for.
//! - If none was, the report is new here (or back after a very long time): only the latest instant counts, and only for
//!   [`NEW_HERE`]. A report set up on a Tuesday sends last Monday's edition; one set up on a Friday waits for Monday.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use pegel_kpi::time::period::{Period, Span};
use pegel_report::definition::{Missed, Schedule};

/// A report that is due by a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheduled {
    /// The report's name, such as `weekly`.
    pub report: String,
    /// The zone of the schedule's local time.
    pub zone: TimeZone,
    /// What it covers.
    pub span: Span,
    pub schedule: Schedule,
}

/// How many due instants a schedule looks back.
pub const LOOK_BACK: usize = 13;

/// How late a report that is new here may still be made.
pub const NEW_HERE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A run this late still counts as on time for [`Missed::Skip`]: a restart or an update must not lose a week.
pub const ON_TIME: SignedDuration = SignedDuration::from_hours(3);

/// A run that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub report: String,
    /// The nominal period.
    pub period: Period,
    pub due_at: Timestamp,
}

/// The runs that are due at `now`, the oldest first. `done` says which nominal periods have an edition.
pub fn due(scheduled: &Scheduled, done: &dyn Fn(&Period) -> bool, now: Timestamp) -> Vec<Due> {
    let past: Vec<(Due, bool)> = scheduled.past(now).map(|due| (due.clone(), done(&due.period))).collect();
    let oldest_done = past.iter().rposition(|(_, done)| *done);
    let (reach, at_most) = match (scheduled.schedule.missed, oldest_done) {
        (Missed::Skip, _) => (1, ON_TIME),
        (_, None) => (1, NEW_HERE),
        (Missed::Once, Some(_)) => (1, SignedDuration::MAX),
        (Missed::Each, Some(oldest)) => (oldest, SignedDuration::MAX),
    };
    let owed = past.into_iter().take(reach).filter(|(due, done)| !done && now.duration_since(due.due_at) <= at_most);
    let mut owed: Vec<Due> = owed.map(|(due, _)| due).collect();
    owed.reverse();
    owed
}

impl Scheduled {
    /// The due instants up to and including `now`, the latest first.
    fn past(&self, now: Timestamp) -> impl Iterator<Item = Due> {
        // A day ahead: if the clock was set back across midnight, tomorrow's local time may have passed once already.
        let tomorrow = now.to_zoned(self.zone.clone()).date().saturating_add(1.day());
        self.days(tomorrow).map_while(|day| self.due_on(day)).skip_while(move |due| due.due_at > now).take(LOOK_BACK)
    }

    /// When it is due next, after `now`.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        // More than a year ahead: no schedule has a longer span.
        let ahead = now.to_zoned(self.zone.clone()).date().saturating_add(400.days());
        let coming = self.days(ahead).map_while(|day| self.due_on(day)).take_while(|due| due.due_at > now);
        coming.last().map(|due| due.due_at)
    }

    /// The days on which it is due, up to `last`, the latest first.
    fn days(&self, last: Date) -> Box<dyn Iterator<Item = Date>> {
        match (self.schedule.weekday, self.schedule.day) {
            (Some(weekday), _) => {
                let start = last.checked_sub(i32::from(last.weekday().since(weekday)).days()).ok();
                Box::new(std::iter::successors(start, |day| day.checked_sub(1.week()).ok()))
            }
            (None, Some(day)) => {
                let holding = Period::containing(self.span, last, &self.zone).ok();
                let periods = std::iter::successors(holding, |period| period.before().ok());
                let due = move |period: Period| period.first_day.checked_add((i32::from(day) - 1).days()).ok();
                Box::new(periods.map_while(due).skip_while(move |day| *day > last))
            }
            (None, None) => Box::new(std::iter::empty()),
        }
    }

    /// The due instant of a local day with its nominal period.
    fn due_on(&self, day: Date) -> Option<Due> {
        // jiff's "compatible" rule is the one stated above.
        let at = day.to_datetime(self.schedule.at).to_zoned(self.zone.clone()).ok()?;
        let period = Period::containing(self.span, at.date(), &self.zone).ok()?.before().ok()?;
        Some(Due { report: self.report.clone(), period, due_at: at.timestamp() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, date, time};
    use pegel_kpi::time::period::zone;

    fn weekly(weekday: Weekday, hour: i8, minute: i8, zone_name: &str) -> Scheduled {
        let schedule =
            Schedule { weekday: Some(weekday), day: None, at: time(hour, minute, 0, 0), missed: Missed::Once };
        Scheduled { report: "weekly".to_owned(), zone: zone(zone_name).unwrap(), span: Span::Week, schedule }
    }

    #[test]
    fn what_is_due_next_lies_ahead_of_now() {
        let next = |scheduled: &Scheduled, now: &str| scheduled.next(now.parse().unwrap()).unwrap().to_string();
        let weekly = monday_at_seven();
        assert_eq!(next(&weekly, "2026-11-16T05:59:59Z"), "2026-11-16T06:00:00Z");
        assert_eq!(next(&weekly, "2026-11-16T06:00:00Z"), "2026-11-23T06:00:00Z");
        // After the clocks were put forward.
        assert_eq!(next(&weekly, "2027-03-27T12:00:00Z"), "2027-03-29T05:00:00Z");
        let on_the_third = Schedule { weekday: None, day: Some(3), ..weekly.schedule };
        let yearly = Scheduled { span: Span::Year, schedule: on_the_third, ..weekly };
        assert_eq!(next(&yearly, "2026-01-03T06:00:00Z"), "2027-01-03T06:00:00Z");
    }

    fn monday_at_seven() -> Scheduled {
        weekly(Weekday::Monday, 7, 0, "Europe/Berlin")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The runs that are due if all periods but the latest were reported, as `period @ instant`.
    fn owed(schedule: &Scheduled, now: &str) -> Vec<String> {
        let latest = schedule.past(at(now)).next().unwrap().period;
        owed_but(schedule, &|period| *period != latest, now)
    }

    fn owed_but(schedule: &Scheduled, done: &dyn Fn(&Period) -> bool, now: &str) -> Vec<String> {
        due(schedule, done, at(now)).iter().map(written).collect()
    }

    fn written(due: &Due) -> String {
        format!("{} @ {}", due.period, due.due_at)
    }

    #[test]
    fn monday_at_seven_reports_the_week_that_ended() {
        let schedule = monday_at_seven();
        assert_eq!(owed(&schedule, "2026-11-16T05:59:59Z"), ["2026-W45 @ 2026-11-09T06:00:00Z"]);
        assert_eq!(owed(&schedule, "2026-11-16T06:00:00Z"), ["2026-W46 @ 2026-11-16T06:00:00Z"]);
        // The same nominal period all week long.
        assert_eq!(owed(&schedule, "2026-11-22T22:59:59Z"), ["2026-W46 @ 2026-11-16T06:00:00Z"]);
    }

    #[test]
    fn longer_periods_are_due_so_many_days_after_they_ended() {
        let on_day = |span, day, now| {
            let schedule = Schedule { weekday: None, day: Some(day), at: time(7, 0, 0, 0), missed: Missed::Once };
            let zone = zone("Europe/Berlin").unwrap();
            owed(&Scheduled { report: "monthly".to_owned(), zone, span, schedule }, now)
        };
        assert_eq!(on_day(Span::Month, 3, "2026-11-03T05:59:59Z"), ["2026-09 @ 2026-10-03T05:00:00Z"]);
        assert_eq!(on_day(Span::Month, 3, "2026-11-03T06:00:00Z"), ["2026-10 @ 2026-11-03T06:00:00Z"]);
        assert_eq!(on_day(Span::Month, 28, "2027-03-01T00:00:00Z"), ["2027-01 @ 2027-02-28T06:00:00Z"]);
        assert_eq!(on_day(Span::Quarter, 5, "2026-12-31T00:00:00Z"), ["2026-Q3 @ 2026-10-05T05:00:00Z"]);
        assert_eq!(on_day(Span::Year, 1, "2027-01-01T06:00:00Z"), ["2026 @ 2027-01-01T06:00:00Z"]);
    }

    #[test]
    fn a_week_that_is_not_over_is_not_reported() {
        let sunday = weekly(Weekday::Sunday, 23, 59, "Europe/Berlin");
        assert_eq!(owed(&sunday, "2026-11-22T22:59:00Z"), ["2026-W46 @ 2026-11-22T22:59:00Z"]);
        let midnight = weekly(Weekday::Monday, 0, 0, "Europe/Berlin");
        assert_eq!(owed(&midnight, "2026-11-22T23:00:00Z"), ["2026-W47 @ 2026-11-22T23:00:00Z"]);
    }

    #[test]
    fn a_local_time_that_is_skipped_is_moved_forward() {
        // 2026-03-29: 02:00 is followed by 03:00 in Berlin.
        let in_the_gap = weekly(Weekday::Sunday, 2, 30, "Europe/Berlin");
        assert_eq!(owed(&in_the_gap, "2026-03-29T01:29:59Z"), ["2026-W11 @ 2026-03-22T01:30:00Z"]);
        assert_eq!(owed(&in_the_gap, "2026-03-29T01:30:00Z"), ["2026-W12 @ 2026-03-29T01:30:00Z"]);
        // The Monday after it, seven o'clock is an hour earlier in UTC.
        assert_eq!(owed(&monday_at_seven(), "2026-03-30T05:00:00Z"), ["2026-W13 @ 2026-03-30T05:00:00Z"]);
    }

    #[test]
    fn of_a_local_time_that_comes_twice_the_first_counts() {
        // 2026-10-25: 03:00 is followed by 02:00 in Berlin.
        let in_the_overlap = weekly(Weekday::Sunday, 2, 30, "Europe/Berlin");
        assert_eq!(owed(&in_the_overlap, "2026-10-25T00:30:00Z"), ["2026-W42 @ 2026-10-25T00:30:00Z"]);
        // The second time of the same night is the same due instant, so the same period: no second run.
        assert_eq!(owed(&in_the_overlap, "2026-10-25T01:30:00Z"), ["2026-W42 @ 2026-10-25T00:30:00Z"]);
        assert_eq!(owed(&monday_at_seven(), "2026-10-26T06:00:00Z"), ["2026-W43 @ 2026-10-26T06:00:00Z"]);
    }

    #[test]
    fn midnight_may_be_missing_or_come_twice() {
        // Sao Paulo, 2018-11-04: midnight itself was skipped.
        let gap = weekly(Weekday::Sunday, 0, 0, "America/Sao_Paulo");
        assert_eq!(owed(&gap, "2018-11-04T03:00:00Z"), ["2018-W43 @ 2018-11-04T03:00:00Z"]);
        // Sao Paulo, 2018-02-18: midnight went back to Saturday 23:00, so 23:30 came twice.
        let overlap = weekly(Weekday::Saturday, 23, 30, "America/Sao_Paulo");
        assert_eq!(owed(&overlap, "2018-02-18T02:30:00Z"), ["2018-W06 @ 2018-02-18T01:30:00Z"]);
        // St. John's, 2010-11-07: 00:01 went back to Saturday 23:01, so Sunday 00:00 had passed before that evening
        // ended.
        let across = weekly(Weekday::Sunday, 0, 0, "America/St_Johns");
        assert_eq!(owed(&across, "2010-11-07T02:45:00Z"), ["2010-W43 @ 2010-11-07T02:30:00Z"]);
    }

    #[test]
    fn a_day_that_a_zone_skips_is_made_up_the_day_after() {
        // Apia had no 2011-12-30, a Friday.
        let friday = weekly(Weekday::Friday, 7, 0, "Pacific/Apia");
        assert_eq!(owed(&friday, "2011-12-30T17:00:00Z"), ["2011-W51 @ 2011-12-30T17:00:00Z"]);
    }

    #[test]
    fn years_end_in_the_middle_of_weeks() {
        let schedule = monday_at_seven();
        assert_eq!(owed(&schedule, "2026-12-28T06:00:00Z"), ["2026-W52 @ 2026-12-28T06:00:00Z"]);
        assert_eq!(owed(&schedule, "2027-01-04T06:00:00Z"), ["2026-W53 @ 2027-01-04T06:00:00Z"]);
        assert_eq!(owed(&schedule, "2027-01-11T06:00:00Z"), ["2027-W01 @ 2027-01-11T06:00:00Z"]);
    }

    #[test]
    fn a_report_that_is_new_here_starts_with_a_fresh_week() {
        let mut schedule = monday_at_seven();
        for missed in [Missed::Once, Missed::Each] {
            schedule.schedule.missed = missed;
            let owed = |now| owed_but(&schedule, &|_| false, now);
            assert_eq!(owed("2026-11-19T06:00:00Z"), ["2026-W46 @ 2026-11-16T06:00:00Z"], "{missed:?}");
            assert_eq!(owed("2026-11-19T06:00:01Z"), [""; 0], "{missed:?}");
            assert_eq!(owed("2026-11-23T06:00:00Z"), ["2026-W47 @ 2026-11-23T06:00:00Z"], "{missed:?}");
        }
    }

    #[test]
    fn missed_runs_are_made_up_by_the_stated_policy() {
        let mut schedule = monday_at_seven();
        let friday = "2026-11-20T12:00:00Z";
        let until_w43 = |period: &Period| period.to_string().as_str() <= "2026-W43";
        assert_eq!(owed_but(&schedule, &until_w43, friday), ["2026-W46 @ 2026-11-16T06:00:00Z"]);
        schedule.schedule.missed = Missed::Each;
        assert_eq!(
            owed_but(&schedule, &until_w43, friday),
            ["2026-W44 @ 2026-11-02T06:00:00Z", "2026-W45 @ 2026-11-09T06:00:00Z", "2026-W46 @ 2026-11-16T06:00:00Z"]
        );
        schedule.schedule.missed = Missed::Skip;
        assert_eq!(owed_but(&schedule, &until_w43, friday), [""; 0]);
        assert_eq!(owed_but(&schedule, &until_w43, "2026-11-16T09:00:00Z"), ["2026-W46 @ 2026-11-16T06:00:00Z"]);
        assert_eq!(owed_but(&schedule, &until_w43, "2026-11-16T09:00:01Z"), [""; 0]);
    }

    #[test]
    fn a_gap_between_editions_is_filled_only_where_each_is_wanted() {
        let mut schedule = monday_at_seven();
        let all_but_w44 = |period: &Period| period.to_string() != "2026-W44";
        assert_eq!(owed_but(&schedule, &all_but_w44, "2026-11-20T12:00:00Z"), [""; 0]);
        schedule.schedule.missed = Missed::Each;
        assert_eq!(owed_but(&schedule, &all_but_w44, "2026-11-20T12:00:00Z"), ["2026-W44 @ 2026-11-02T06:00:00Z"]);
    }

    #[test]
    fn nobody_is_flooded_after_a_very_long_time() {
        let mut schedule = monday_at_seven();
        schedule.schedule.missed = Missed::Each;
        let only = |name: &'static str| move |period: &Period| period.to_string() == name;
        let owed = |name| owed_but(&schedule, &only(name), "2026-11-20T12:00:00Z").len();
        // W34 is the thirteenth instant back, W33 lies beyond.
        assert_eq!((owed("2026-W34"), owed("2026-W33")), (12, 0));
    }

    #[test]
    fn a_period_is_over_when_it_is_due_whatever_the_clocks_do() {
        for zone_name in ["Europe/Berlin", "America/St_Johns", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"] {
            for (weekday, hour) in
                [(Weekday::Sunday, 0), (Weekday::Sunday, 2), (Weekday::Monday, 0), (Weekday::Saturday, 23)]
            {
                let schedule = weekly(weekday, hour, 30, zone_name);
                let first = date(2010, 1, 1).nth_weekday(1, weekday).unwrap();
                let mut before = None;
                for week in 0..60 {
                    let next = schedule.due_on(first.saturating_add(week.weeks())).unwrap();
                    let case = format!("{zone_name}, {weekday:?} {hour}: {}", written(&next));
                    let since = before.replace(next.due_at).map(|before| next.due_at.duration_since(before));
                    assert!(
                        since.is_none_or(|since| since.is_positive() && since <= SignedDuration::from_hours(8 * 24)),
                        "{case}"
                    );
                    assert!(next.period.instants().end <= next.due_at.as_second(), "{case}");
                    assert_eq!(due(&schedule, &|_| false, next.due_at), std::slice::from_ref(&next), "{case}");
                }
            }
        }
    }
}
