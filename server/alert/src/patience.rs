//! How long something may wait, as people write it.

use pegel_kpi::definition::declaration::Lag;
use pegel_kpi::time::calendar::Calendar;
use serde::Deserialize;

/// How long a row may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Patience {
    WorkingHours(i64),
    WorkingDays(i64),
    /// Whatever the hour.
    Time(Lag),
}

const HINT: &str = "write “8 working hours”, “2 working days”, 48h, 5d or 2w";

impl TryFrom<String> for Patience {
    type Error = String;

    fn try_from(text: String) -> Result<Patience, String> {
        let count = |unit: &str| {
            let digits = text.strip_suffix(unit).or_else(|| text.strip_suffix(unit.strip_suffix('s')?))?;
            digits.trim().parse::<i64>().ok().filter(|count| (1..=10_000).contains(count))
        };
        if let Some(hours) = count("working hours") {
            return Ok(Patience::WorkingHours(hours));
        }
        if let Some(days) = count("working days") {
            return Ok(Patience::WorkingDays(days));
        }
        Lag::try_from(text).map(Patience::Time).map_err(|problem| format!("{problem}: {HINT}"))
    }
}

impl Patience {
    /// Whether so much time has passed, in UTC seconds.
    pub fn is_over(self, since: i64, now: i64, calendar: &Calendar) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "instants and counts of hours and days")]
        let exact = |number: i64| number as f64;
        match self {
            Patience::WorkingHours(hours) => {
                calendar.seconds_between(exact(since), exact(now)) >= exact(hours.saturating_mul(3600))
            }
            Patience::WorkingDays(days) => calendar.days_between(exact(since), exact(now)) >= exact(days),
            Patience::Time(lag) => since.saturating_add(lag.seconds()) <= now,
        }
    }

    /// What it is more than another of its kind; `None` where they cannot be compared.
    pub fn beyond(self, other: Patience) -> Option<Patience> {
        match (self, other) {
            (Patience::WorkingHours(long), Patience::WorkingHours(short)) => Some(Patience::WorkingHours(long - short)),
            (Patience::WorkingDays(long), Patience::WorkingDays(short)) => Some(Patience::WorkingDays(long - short)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(text: &str) -> Patience {
        Patience::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn patience_is_written_in_plain_words() {
        assert_eq!(patience("1 working hour"), Patience::WorkingHours(1));
        assert_eq!(patience("2 working days"), Patience::WorkingDays(2));
        assert_eq!(patience("5d"), Patience::Time(Lag::days(5)));
        let wrong = Patience::try_from("soon".to_owned()).unwrap_err();
        assert_eq!(wrong, format!("“soon” is not a length of time: {HINT}"));
    }
}
