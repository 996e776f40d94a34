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
            Days::NthWorking { nth, of } => {
                calendar.is_working(day) && of.nth_of(day, nth.is_negative(), calendar) == nth
            }
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

    /// Which working day of its period a day is: 1 the first; counted from the end: −1 the last.
    fn nth_of(self, day: Date, from_end: bool, calendar: &Calendar) -> i8 {
        let first_month = (day.month() - 1) / self.months() * self.months() + 1;
        let begin = Date::new(day.year(), first_month, 1).unwrap_or(Date::MIN);
        let end = begin.checked_add(i32::from(self.months()).months()).unwrap_or(Date::MAX);
        let is_working = |day: &Date| calendar.is_working(*day);
        let count = if from_end {
            day.series(1.day()).take_while(|day| *day < end).filter(is_working).count()
        } else {
            begin.series(1.day()).take_while(|other| *other <= day).filter(is_working).count()
        };
        let count = i8::try_from(count).unwrap_or(i8::MAX);
        if from_end { -count } else { count }
    }
}
