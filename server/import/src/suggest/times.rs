//! Dates whose times stand in a column of their own, and instants that are meant as days.

use super::days;
use super::making::{Making, Planned};
use super::toml::{list, quoted};
use crate::dates::{DateFormat, When};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use pegel_kpi::data::model::Kind;

impl Making<'_> {
    /// Joins dates with the times beside them.
    pub fn times(&mut self) {
        let times: Vec<usize> = (0..self.seen.sample.columns.len()).filter(|at| self.are_times(*at)).collect();
        for time in &times {
            let dates = |making: &Self, one: &dyn Fn(usize) -> bool| {
                let fits = |planned: &Planned| {
                    planned.kind == Kind::Instant
                        && matches!(*planned.at, [at] if one(at) && making.lacks_time(at, *time))
                };
                making.plan.columns.iter().position(fits)
            };
            let beside = dates(self, &|at| at + 1 == *time).or_else(|| dates(self, &|at| at == *time + 1));
            let only = if times.len() == 1 { dates(self, &|_| true) } else { None };
            let heading = &self.column(*time).heading;
            let Some(place) = beside.or(only) else {
                self.plan.lacks.push(format!(
                    "“{heading}” holds times, and no date stands beside it: name both, as in created_at = [\"Date\", {}]",
                    quoted(heading)
                ));
                continue;
            };
            let date = &self.column(self.plan.columns[place].at[0]).heading;
            let (alone, both) = (quoted(date), list([date, heading]));
            let planned = &mut self.plan.columns[place];
            planned.rule = planned.rule.replacen(&alone, &both, 1);
            planned.at.push(*time);
            if beside.is_none() {
                planned.doubt(&format!("“{heading}” is the only column of times, and may belong to another date"));
            }
        }
    }

    fn are_times(&self, at: usize) -> bool {
        let column = self.column(at);
        !column.twice && self.contents(at).filled > 0 && column.filled().all(days::is_time)
    }

    /// Whether a column has dates alone, and one wherever there is a time.
    fn lacks_time(&self, at: usize, time: usize) -> bool {
        let column = self.column(at);
        let rows = column.cells.iter().zip(&self.column(time).cells);
        column.filled().all(|cell| days::is_date(cell) && !cell.contains(':'))
            && rows.into_iter().all(|(date, time)| time.is_empty() || !date.is_empty())
    }

    /// Systems that know no days write them as midnight in UTC, which elsewhere is another time, or another day.
    pub fn days(&mut self) {
        if *self.seen.zone == TimeZone::UTC {
            return;
        }
        let is_utc = self.seen.product.and_then(|product| product.zone.as_deref()) == Some("UTC");
        let is_midnight = |cell: &str| match DateFormat::Iso.parse(cell) {
            Some(When::Instant(instant)) => instant.as_second() % 86_400 == 0,
            Some(When::Local(local)) => is_utc && local.time() == Time::midnight(),
            None => false,
        };
        let sample = self.seen.sample;
        for planned in &mut self.plan.columns {
            let [at] = *planned.at else { continue };
            let mut cells = sample.columns[at].filled().peekable();
            if planned.rule.is_empty() || cells.peek().is_none() || !cells.all(is_midnight) {
                continue;
            }
            if planned.kind == Kind::Instant {
                planned.also("days = true");
                planned.why("all of them are midnight in UTC: days are meant");
            } else if planned.kind == Kind::Date && !is_utc {
                planned.doubt("all of them are midnight in UTC, which in the west is the day before");
            }
        }
    }
}
