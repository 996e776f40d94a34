//! Which days count, of those that a cron expression names: what cron cannot say.

use jiff::ToSpan;
use jiff::civil::Date;
use pegel_kpi::time::calendar::Calendar;

/// Which of the days that the expression names count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days {
    All,
    Working,
    /// One working day of each period, counted from its beginning (1, 2, …) or its end (−1).
    NthWorking {
        nth: i8,
        of: Whole,
    },
}

/// A period that begins with a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    Month,
    Quarter,
    Year,
}

impl Days {
    pub(crate) fn hold(self, day: Date, calendar: &Calendar) -> bool {
        match self {
            Days::All => true,
            Days::Working => calendar.is_working(day),
            Days::NthWorking { nth, of } => of.nth_working(nth, day, calendar) == Some(day),
        }
    }
}

impl Whole {
    /// How many months it has.
    fn months(self) -> i8 {
        match self {
            Whole::Month => 1,
            Whole::Quarter => 3,
            Whole::Year => 12,
        }
    }

    /// The nth working day of the period in which a day lies, if it is not beyond that day.
    fn nth_working(self, nth: i8, day: Date, calendar: &Calendar) -> Option<Date> {
        let first_month = (day.month() - 1) / self.months() * self.months() + 1;
        let begin = Date::new(day.year(), first_month, 1).ok()?;
        let before = usize::from(nth.unsigned_abs()).checked_sub(1)?;
        let is_working = |day: &Date| calendar.is_working(*day);
        if nth.is_negative() {
            let last = begin.checked_add(i32::from(self.months()).months()).ok()?.yesterday().ok()?;
            last.series(-1.day()).take_while(|other| *other >= day).filter(is_working).nth(before)
        } else {
            begin.series(1.day()).take_while(|other| *other <= day).filter(is_working).nth(before)
        }
    }
}
