//! Which rows have waited too long, and whose turn it is to be told: pure.
//!
//! Each row is told once for each step. A step comes when the row has waited for as long as it says, and when whoever was
//! told at the step before has had the time between the two: a rule that is new does not tell the manager in the same
//! minute as the partner. Where nobody is known for a step, it is the turn of the next one.

use crate::definition::{Step, Whom};
use pegel_kpi::time::calendar::Calendar;
use pegel_store::alerts::ToldRow;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// A row that waits, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub key: String,
    /// UTC seconds.
    pub since: i64,
}

/// A step whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Which row, by its place.
    pub row: usize,
    /// Which step, from 0 on.
    pub step: usize,
    /// Who is told.
    pub whom: Whom,
}

/// Whose turn it is at `now`, at most one step for each row. `knows` says whether somebody of that kind is known for a row.
pub fn turns<S: BuildHasher>(
    rows: &[Waiting],
    steps: &[Step],
    told: &HashMap<ToldRow, i64, S>,
    knows: &dyn Fn(usize, Whom) -> bool,
    (now, calendar): (i64, &Calendar),
) -> Vec<Turn> {
    let turn = |(row, waiting): (usize, &Waiting)| {
        let told_at = |step: usize| {
            let step = i64::try_from(step).unwrap_or(i64::MAX);
            told.get(&ToldRow { step, row: waiting.key.clone() }).copied()
        };
        let step = (0..steps.len()).find(|step| told_at(*step).is_none())?;
        let patience = steps[step].after;
        let had_their_time = step.checked_sub(1).is_none_or(|before| {
            let since = told_at(before).unwrap_or(now);
            match patience.beyond(steps[before].after) {
                Some(between) => between.is_over(since, now, calendar),
                None => since < now,
            }
        });
        let is_due = patience.is_over(waiting.since, now, calendar) && had_their_time;
        let whom = steps[step..].iter().map(|step| step.to).find(|whom| knows(row, *whom));
        is_due.then_some(Turn { row, step, whom: whom.unwrap_or(Whom::Recipients) })
    };
    rows.iter().enumerate().filter_map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patience::Patience;
    use pegel_kpi::time::period::zone;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_second()
    }

    fn patience(text: &str) -> Patience {
        Patience::try_from(text.to_owned()).unwrap()
    }

    fn steps() -> Vec<Step> {
        [("8 working hours", Whom::Partner), ("16 working hours", Whom::Rep), ("24 working hours", Whom::Manager)]
            .map(|(after, to)| Step { after: patience(after), to })
            .into()
    }

    /// The steps that are told of one lead, offered on Friday at noon in Berlin, looked at every hour for a week.
    fn course(steps: &[Step], first_look: &str, knows: &dyn Fn(usize, Whom) -> bool) -> Vec<String> {
        let calendar = Calendar::nine_to_five(zone("Europe/Berlin").unwrap());
        let rows = [Waiting { key: "L-1".to_owned(), since: at("2026-11-20T11:00:00Z") }];
        let mut told = HashMap::new();
        let mut course = Vec::new();
        for hour in 0..24 * 14 {
            let now = at(first_look) + hour * 3600;
            for Turn { step, whom, .. } in turns(&rows, steps, &told, knows, (now, &calendar)) {
                let step = i64::try_from(step).unwrap();
                told.insert(ToldRow { step, row: "L-1".to_owned() }, now);
                let now = jiff::Timestamp::from_second(now).unwrap();
                course.push(format!("{} {step} {whom:?}", now.strftime("%a %F %R")));
            }
        }
        course
    }

    #[test]
    fn a_row_is_told_once_for_each_step_in_working_hours() {
        assert_eq!(
            course(&steps(), "2026-11-20T11:00:00Z", &|_, _| true),
            ["Mon 2026-11-23 11:00 0 Partner", "Tue 2026-11-24 11:00 1 Rep", "Wed 2026-11-25 11:00 2 Manager"]
        );
    }

    #[test]
    fn a_rule_that_is_new_gives_everybody_their_time() {
        // Looked at for the first time when the lead has waited for weeks.
        assert_eq!(
            course(&steps(), "2026-12-14T10:00:00Z", &|_, _| true),
            ["Mon 2026-12-14 10:00 0 Partner", "Tue 2026-12-15 10:00 1 Rep", "Wed 2026-12-16 10:00 2 Manager"]
        );
    }

    #[test]
    fn who_is_not_known_is_left_out() {
        assert_eq!(
            course(&steps(), "2026-11-20T11:00:00Z", &|_, whom| whom == Whom::Rep),
            ["Mon 2026-11-23 11:00 0 Rep", "Tue 2026-11-24 11:00 1 Rep", "Wed 2026-11-25 11:00 2 Recipients"]
        );
    }
}
