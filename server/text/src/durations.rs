//! Lengths of time as a reader's region writes them, by ICU4X.

use crate::cldr::Cldr;
use crate::locale::Locale;
use crate::numbers::{WITH_DATA, is_zero, rounded, trimmed};
use icu_experimental::dimension::units::categorized_formatter::CategorizedFormatter;
use icu_experimental::dimension::units::options::UnitsFormatterOptions;
use icu_experimental::measure::category::{CategorizedMeasureUnit, Duration};

/// Writes lengths of time for one locale.
pub struct Durations {
    seconds: CategorizedFormatter<Duration>,
    minutes: CategorizedFormatter<Duration>,
    hours: CategorizedFormatter<Duration>,
    days: CategorizedFormatter<Duration>,
}

impl Durations {
    /// A writer for a locale.
    ///
    /// # Panics
    /// Never: the data of all locales is compiled in.
    pub fn new(locale: &Locale) -> Durations {
        let cldr = Cldr::default();
        let unit = |unit: CategorizedMeasureUnit<Duration>| {
            let options = UnitsFormatterOptions::default();
            CategorizedFormatter::try_new_outlier_unstable(&cldr, locale.icu().into(), unit, options).expect(WITH_DATA)
        };
        Durations {
            seconds: unit(Duration::second()),
            minutes: unit(Duration::minute()),
            hours: unit(Duration::hour()),
            days: unit(Duration::day()),
        }
    }

    /// In seconds, minutes, hours and minutes, or days: whatever reads best. `digits` are the decimals of the smallest
    /// unit; days have one more, and so none at −1.
    pub fn duration(&self, seconds: f64, digits: i16) -> String {
        self.breakable(seconds, digits).replace(' ', "\u{a0}")
    }

    /// The same in one unit, where there is little room: `71 mins`, `31.1 hrs`.
    pub fn short(&self, seconds: f64) -> String {
        let minutes = in_minutes(seconds, 0);
        let (writer, length) = match minutes {
            60.0..120.0 if minutes > 60.0 => (&self.minutes, rounded(seconds / 60.0, 0, 0)),
            120.0..2_880.0 => (&self.hours, trimmed(rounded(seconds / 3_600.0, 0, 1))),
            _ => return self.duration(seconds, 0),
        };
        writer.format_fixed_decimal(&length).to_string().replace(' ', "\u{a0}")
    }

    fn breakable(&self, seconds: f64, digits: i16) -> String {
        // 59.6 minutes are an hour, unless it takes a digit to tell them from one.
        let minutes = in_minutes(seconds, digits.max(0));
        if seconds.abs() < 59.5 {
            return self.seconds.format_fixed_decimal(&rounded(seconds, 0, digits.max(0))).to_string();
        }
        if minutes < 60.0 {
            let digits = if minutes < 10.0 { digits.max(1) } else { digits.max(0) };
            return self.minutes.format_fixed_decimal(&trimmed(rounded(seconds / 60.0, 0, digits))).to_string();
        }
        if minutes < 2_880.0 {
            return self.hours_and_minutes(seconds, digits.max(0));
        }
        self.days.format_fixed_decimal(&rounded(seconds / 86_400.0, 0, digits + 1)).to_string()
    }

    fn hours_and_minutes(&self, seconds: f64, digits: i16) -> String {
        let minutes = in_minutes(seconds, digits);
        let hours = (minutes / 60.0).floor();
        let rest = rounded(minutes - hours * 60.0, 0, digits);
        let hours = self.hours.format_fixed_decimal(&rounded(hours.copysign(seconds), 0, 0)).to_string();
        if is_zero(&rest) {
            return hours;
        }
        format!("{hours} {}", self.minutes.format_fixed_decimal(&trimmed(rest)))
    }
}

/// How many minutes it takes, with so many decimals.
fn in_minutes(seconds: f64, digits: i16) -> f64 {
    let scale = 10f64.powi(i32::from(digits));
    (seconds.abs() / 60.0 * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_digit_tells_from_an_hour_is_no_hour() {
        let durations = Durations::new(&Locale::english());
        let written = |minutes: f64| [0, 1].map(|digits| durations.breakable(minutes * 60.0, digits));
        assert_eq!(written(59.6), ["1 hr", "59.6 mins"]);
        assert_eq!(written(59.97), ["1 hr", "1 hr"]);
        assert_eq!(written(60.4), ["1 hr", "1 hr 0.4 mins"]);
    }

    #[test]
    fn where_there_is_little_room_one_unit_is_enough() {
        let durations = Durations::new(&Locale::english());
        let written = |minutes: f64| durations.short(minutes * 60.0).replace('\u{a0}', " ");
        let lengths = [59.4, 60.0, 71.0, -71.0, 119.6, 135.0, 1_868.0, 2_879.0, 2_880.0];
        assert_eq!(
            lengths.map(written),
            ["59 mins", "1 hr", "71 mins", "−71 mins", "2 hrs", "2.3 hrs", "31.1 hrs", "48 hrs", "2.0 days"]
        );
    }
}
