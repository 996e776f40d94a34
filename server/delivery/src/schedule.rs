//! What is due: a pure function of a schedule and the time.
//!
//! A timetable says at which instants (`pegel_schedule`). Each stands for one nominal period: the last ISO week, month,
//! … that was complete at that instant, or would have been without days off. A run belongs to its nominal period, however
//! late it is; where several instants stand for one period, it is due at the first of them.
//!
//! [`Missed`] says what happens to the due instants at which Pegel was not running. The archive tells what was
//! reported, so no other state is kept:
//! - A schedule looks back so many periods as it says and no further.
//! - If one of these was reported, the policy decides which of the later ones are made up for.
//! - If none was, the report is new here (or back after a very long time): only the latest instant counts, and only for
//!   [`NEW_HERE`]. A report set up on a Tuesday sends last Monday's edition; one set up on a Friday waits for Monday.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use pegel_kpi::time::period::{Period, Span};
use pegel_report::definition::Missed;
use pegel_schedule::{Instant, Timetable};

/// A report that is due by a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheduled {
    /// The report's name, such as `weekly`.
    pub report: String,
    /// The zone in which its periods begin and end.
    pub zone: TimeZone,
    /// What it covers.
    pub span: Span,
    pub timetable: Timetable,
    pub missed: Missed,
    /// How many periods it looks back, at least 1.
    pub at_most: usize,
}

/// How late a report that is new here may still be made.
pub const NEW_HERE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A run this late still counts as on time for [`Missed::Skip`]: a restart or an update must not lose a week.
pub const ON_TIME: SignedDuration = SignedDuration::from_hours(3);

/// How many instants are looked at: a report about years may be due by a rule for every hour.
const MOST_INSTANTS: usize = 10_000;

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
    let past = scheduled.past(now);
    let oldest_done = past.iter().rposition(|due| done(&due.period));
    let (reach, at_most) = match (scheduled.missed, oldest_done) {
        (Missed::Skip, _) => (1, ON_TIME),
        (_, None) => (1, NEW_HERE),
        (Missed::Once, Some(_)) => (1, SignedDuration::MAX),
        (Missed::Each, Some(oldest)) => (oldest, SignedDuration::MAX),
    };
    let is_owed = |due: &Due| !done(&due.period) && now.duration_since(due.due_at) <= at_most;
    let mut owed: Vec<Due> = past.into_iter().take(reach).filter(is_owed).collect();
    owed.reverse();
    owed
}

impl Scheduled {
    /// What was due up to and including `now`, one for each period, the latest first.
    pub fn past(&self, now: Timestamp) -> Vec<Due> {
        let mut past: Vec<Due> = Vec::new();
        for instant in self.timetable.up_to(now).take(MOST_INSTANTS) {
            let Some(period) = self.stands_for(instant) else { break };
            let is_full = past.len() == self.at_most;
            match past.last_mut() {
                Some(last) if last.period == period => last.due_at = instant.at,
                _ if is_full => break,
                _ => past.push(Due { report: self.report.clone(), period, due_at: instant.at }),
            }
        }
        past
    }

    /// When it is due next, after `now`.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let last = self.timetable.up_to(now).next().and_then(|instant| self.stands_for(instant));
        let mut coming = self.timetable.after(now).take(MOST_INSTANTS);
        coming.find(|instant| self.stands_for(*instant) != last).map(|instant| instant.at)
    }

    /// The nominal period of an instant.
    fn stands_for(&self, instant: Instant) -> Option<Period> {
        let day = instant.nominal.to_zoned(self.zone.clone()).date();
        Period::containing(self.span, day, &self.zone).ok()?.before().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_kpi::time::calendar::Calendar;
    use pegel_kpi::time::period::zone;
    use pegel_schedule::{OnHolidays, Rule};
    use std::sync::Arc;

    fn scheduled(rule: &str, span: Span, zone_name: &str) -> Scheduled {
        let timetable = Timetable {
            rule: Rule::parse(rule).unwrap(),
            zone: zone(zone_name).unwrap(),
            from: None,
            until: None,
            on_holidays: OnHolidays::AsAlways,
            calendar: Arc::new(Calendar::nine_to_five(TimeZone::UTC)),
        };
        let (report, zone) = ("weekly".to_owned(), timetable.zone.clone());
        Scheduled { report, zone, span, timetable, missed: Missed::Once, at_most: 13 }
    }

    fn weekly(rule: &str, zone_name: &str) -> Scheduled {
        scheduled(rule, Span::Week, zone_name)
    }

    #[test]
    fn what_is_due_next_lies_ahead_of_now() {
        let next = |scheduled: &Scheduled, now: &str| scheduled.next(now.parse().unwrap()).unwrap().to_string();
        let weekly = monday_at_seven();
        assert_eq!(next(&weekly, "2026-11-16T05:59:59Z"), "2026-11-16T06:00:00Z");
        assert_eq!(next(&weekly, "2026-11-16T06:00:00Z"), "2026-11-23T06:00:00Z");
        // After the clocks were put forward.
        assert_eq!(next(&weekly, "2027-03-27T12:00:00Z"), "2027-03-29T05:00:00Z");
        let yearly = scheduled("day 3 of the year at 07:00", Span::Year, "Europe/Berlin");
        assert_eq!(next(&yearly, "2026-01-03T06:00:00Z"), "2027-01-03T06:00:00Z");
    }

    fn monday_at_seven() -> Scheduled {
        weekly("every monday at 07:00", "Europe/Berlin")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The runs that are due if all periods but the latest were reported, as `period @ instant`.
    fn owed(schedule: &Scheduled, now: &str) -> Vec<String> {
        let latest = schedule.past(at(now))[0].period.clone();
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
        let on_day = |span: Span, day: i8, now: &str| {
            let of = match span {
                Span::Month => "month",
                Span::Quarter => "quarter",
                _ => "year",
            };
            owed(&scheduled(&format!("day {day} of the {of} at 07:00"), span, "Europe/Berlin"), now)
        };
        assert_eq!(on_day(Span::Month, 3, "2026-11-03T05:59:59Z"), ["2026-09 @ 2026-10-03T05:00:00Z"]);
        assert_eq!(on_day(Span::Month, 3, "2026-11-03T06:00:00Z"), ["2026-10 @ 2026-11-03T06:00:00Z"]);
        assert_eq!(on_day(Span::Month, 28, "2027-03-01T00:00:00Z"), ["2027-01 @ 2027-02-28T06:00:00Z"]);
        assert_eq!(on_day(Span::Quarter, 5, "2026-12-31T00:00:00Z"), ["2026-Q3 @ 2026-10-05T05:00:00Z"]);
        assert_eq!(on_day(Span::Year, 1, "2027-01-01T06:00:00Z"), ["2026 @ 2027-01-01T06:00:00Z"]);
    }

    #[test]
    fn a_week_that_is_not_over_is_not_reported() {
        let sunday = weekly("every sunday at 23:59", "Europe/Berlin");
        assert_eq!(owed(&sunday, "2026-11-22T22:59:00Z"), ["2026-W46 @ 2026-11-22T22:59:00Z"]);
        let midnight = weekly("every monday at 00:00", "Europe/Berlin");
        assert_eq!(owed(&midnight, "2026-11-22T23:00:00Z"), ["2026-W47 @ 2026-11-22T23:00:00Z"]);
    }

    #[test]
    fn a_local_time_that_is_skipped_is_due_when_the_gap_ends() {
        // 2026-03-29: 02:00 is followed by 03:00 in Berlin.
        let in_the_gap = weekly("every sunday at 02:30", "Europe/Berlin");
        assert_eq!(owed(&in_the_gap, "2026-03-29T00:59:59Z"), ["2026-W11 @ 2026-03-22T01:30:00Z"]);
        assert_eq!(owed(&in_the_gap, "2026-03-29T01:00:00Z"), ["2026-W12 @ 2026-03-29T01:00:00Z"]);
        // The Monday after it, seven o'clock is an hour earlier in UTC.
        assert_eq!(owed(&monday_at_seven(), "2026-03-30T05:00:00Z"), ["2026-W13 @ 2026-03-30T05:00:00Z"]);
    }

    #[test]
    fn of_a_local_time_that_comes_twice_the_first_counts() {
        // 2026-10-25: 03:00 is followed by 02:00 in Berlin.
        let in_the_overlap = weekly("every sunday at 02:30", "Europe/Berlin");
        assert_eq!(owed(&in_the_overlap, "2026-10-25T00:30:00Z"), ["2026-W42 @ 2026-10-25T00:30:00Z"]);
        // The second time of the same night is the same due instant, so the same period: no second run.
        assert_eq!(owed(&in_the_overlap, "2026-10-25T01:30:00Z"), ["2026-W42 @ 2026-10-25T00:30:00Z"]);
        assert_eq!(owed(&monday_at_seven(), "2026-10-26T06:00:00Z"), ["2026-W43 @ 2026-10-26T06:00:00Z"]);
    }

    #[test]
    fn midnight_may_be_missing_or_come_twice() {
        // Sao Paulo, 2018-11-04: midnight itself was skipped.
        let gap = weekly("every sunday at 00:00", "America/Sao_Paulo");
        assert_eq!(owed(&gap, "2018-11-04T03:00:00Z"), ["2018-W43 @ 2018-11-04T03:00:00Z"]);
        // Sao Paulo, 2018-02-18: midnight went back to Saturday 23:00, so 23:30 came twice.
        let overlap = weekly("every saturday at 23:30", "America/Sao_Paulo");
        assert_eq!(owed(&overlap, "2018-02-18T02:30:00Z"), ["2018-W06 @ 2018-02-18T01:30:00Z"]);
        // St. John's, 2010-11-07: 00:01 went back to Saturday 23:01, so Sunday 00:00 had passed before that evening
        // ended.
        let across = weekly("every sunday at 00:00", "America/St_Johns");
        assert_eq!(owed(&across, "2010-11-07T02:45:00Z"), ["2010-W43 @ 2010-11-07T02:30:00Z"]);
    }

    #[test]
    fn a_day_that_a_zone_skips_is_made_up_when_the_next_one_begins() {
        // Apia had no 2011-12-30, a Friday.
        let friday = weekly("every friday at 07:00", "Pacific/Apia");
        assert_eq!(owed(&friday, "2011-12-30T10:00:00Z"), ["2011-W51 @ 2011-12-30T10:00:00Z"]);
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
            schedule.missed = missed;
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
        schedule.missed = Missed::Each;
        assert_eq!(
            owed_but(&schedule, &until_w43, friday),
            ["2026-W44 @ 2026-11-02T06:00:00Z", "2026-W45 @ 2026-11-09T06:00:00Z", "2026-W46 @ 2026-11-16T06:00:00Z"]
        );
        schedule.missed = Missed::Skip;
        assert_eq!(owed_but(&schedule, &until_w43, friday), [""; 0]);
        assert_eq!(owed_but(&schedule, &until_w43, "2026-11-16T09:00:00Z"), ["2026-W46 @ 2026-11-16T06:00:00Z"]);
        assert_eq!(owed_but(&schedule, &until_w43, "2026-11-16T09:00:01Z"), [""; 0]);
    }

    #[test]
    fn a_gap_between_editions_is_filled_only_where_each_is_wanted() {
        let mut schedule = monday_at_seven();
        let all_but_w44 = |period: &Period| period.to_string() != "2026-W44";
        assert_eq!(owed_but(&schedule, &all_but_w44, "2026-11-20T12:00:00Z"), [""; 0]);
        schedule.missed = Missed::Each;
        assert_eq!(owed_but(&schedule, &all_but_w44, "2026-11-20T12:00:00Z"), ["2026-W44 @ 2026-11-02T06:00:00Z"]);
    }

    #[test]
    fn nobody_is_flooded_after_a_very_long_time() {
        let mut schedule = monday_at_seven();
        schedule.missed = Missed::Each;
        let only = |name: &'static str| move |period: &Period| period.to_string() == name;
        let owed = |name| owed_but(&schedule, &only(name), "2026-11-20T12:00:00Z").len();
        // W34 is the thirteenth instant back, W33 lies beyond.
        assert_eq!((owed("2026-W34"), owed("2026-W33")), (12, 0));
    }

    #[test]
    fn a_period_is_over_when_it_is_due_whatever_the_clocks_do() {
        for zone_name in ["Europe/Berlin", "America/St_Johns", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"] {
            for days in ["sunday at 00:30", "sunday at 02:30", "monday at 00:30", "saturday at 23:30"] {
                let schedule = weekly(&format!("every {days}"), zone_name);
                let mut before = None;
                for instant in schedule.timetable.after(at("2010-01-01T00:00:00Z")).take(60) {
                    let owed = due(&schedule, &|_| false, instant.at);
                    let case = format!("{zone_name}, {days}: {owed:?}");
                    assert_eq!(owed.iter().map(|due| due.due_at).collect::<Vec<_>>(), [instant.at], "{case}");
                    assert!(owed[0].period.instants().end <= instant.at.as_second(), "{case}");
                    let since = before.replace(instant.at).map(|before| instant.at.duration_since(before));
                    assert!(
                        since.is_none_or(|since| since.is_positive() && since <= SignedDuration::from_hours(8 * 24)),
                        "{case}"
                    );
                }
            }
        }
    }

    #[test]
    fn several_instants_of_a_period_are_one_run_at_the_first() {
        let twice = weekly("every monday and thursday at 07:00", "Europe/Berlin");
        assert_eq!(owed(&twice, "2026-11-20T12:00:00Z"), ["2026-W46 @ 2026-11-16T06:00:00Z"]);
        assert_eq!(twice.next(at("2026-11-16T06:00:00Z")), Some(at("2026-11-23T06:00:00Z")));
        let daily = scheduled("every day at 06:00", Span::Day, "Europe/Berlin");
        assert_eq!(owed(&daily, "2026-11-20T12:00:00Z"), ["2026-11-19 @ 2026-11-20T05:00:00Z"]);
    }
}
