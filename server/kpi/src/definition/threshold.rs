//! Thresholds: the marks beyond which a figure is a warning, or critical.

use super::wrong::Wrong;
use crate::data::cell::Outcome;
use serde::{Deserialize, Serialize};

/// Which direction of a KPI is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Higher,
    Lower,
    Neutral,
}

/// A mark as it is declared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// In the units of scripts.
    At(f64),
    /// The mean of the KPI's figures in the `mean_of` periods before.
    MeanOf {
        mean_of: usize,
        /// Whether the bad figures lie below it; `None` if the script does not say.
        below: Option<bool>,
    },
    /// The limit on the bad side of the KPI's own usual variation, over the last [`USUAL_PERIODS`] figures.
    BeyondUsual,
}

/// How many figures usual variation is read from, the judged one included.
pub const USUAL_PERIODS: usize = 26;

/// How many earlier periods a mark may look at.
pub const MOST_PERIODS: u8 = 60;

/// The marks of a KPI as declared; their values may depend on its past.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Marks {
    pub warning: Option<Mark>,
    pub critical: Option<Mark>,
}

impl Mark {
    /// A fixed mark.
    ///
    /// # Errors
    /// If no figure can lie on one side of it.
    pub fn at(mark: f64) -> Result<Mark, Wrong> {
        let wrong = || Wrong::new(format!("a mark cannot be {mark}"), "write a number; is something divided by zero?");
        mark.is_finite().then_some(Mark::At(mark)).ok_or_else(wrong)
    }

    /// The mean of that many earlier periods, with the side on which the bad figures lie.
    ///
    /// # Errors
    /// If `periods` is not a whole number from 1 to [`MOST_PERIODS`].
    pub fn mean_of(periods: f64, below: Option<bool>) -> Result<Mark, Wrong> {
        let mean_of = (1..=MOST_PERIODS).find(|known| f64::from(*known).total_cmp(&periods).is_eq());
        let hint = || format!("write a whole number from 1 to {MOST_PERIODS}");
        let wrong = || Wrong::new(format!("a mark cannot be the mean of {periods} periods"), hint());
        mean_of.map(|mean_of| Mark::MeanOf { mean_of: mean_of.into(), below }).ok_or_else(wrong)
    }

    /// The limit of usual variation.
    ///
    /// # Errors
    /// If neither direction is bad.
    pub fn beyond_usual(better: Better) -> Result<Mark, Wrong> {
        let wrong = || Wrong::new("neither side of the usual is the bad one", "say which is better, higher or lower");
        (better != Better::Neutral).then_some(Mark::BeyondUsual).ok_or_else(wrong)
    }

    /// Its value. `None` if a figure it needs is missing: a mean over fewer would be a different mark.
    fn amount(self, past: &[Option<f64>], usual: Option<f64>) -> Option<f64> {
        match self {
            Mark::At(mark) => Some(mark),
            Mark::MeanOf { mean_of, .. } => {
                let figures: Vec<f64> = past.iter().rev().take(mean_of).filter_map(|figure| *figure).collect();
                #[expect(clippy::cast_precision_loss, reason = "a handful of periods")]
                (figures.len() == mean_of).then(|| figures.iter().sum::<f64>() / mean_of as f64)
            }
            Mark::BeyondUsual => usual,
        }
    }

    /// How many earlier periods it looks at.
    fn periods_before(self) -> usize {
        match self {
            Mark::At(_) => 0,
            Mark::MeanOf { mean_of, .. } => mean_of,
            Mark::BeyondUsual => USUAL_PERIODS - 1,
        }
    }
}

impl Marks {
    /// Their values, given the figures of the periods before, oldest first, and the limit of usual variation on the bad
    /// side, if there are enough figures for one. That limit follows from the judged figure, too.
    pub fn after(&self, past: &[Option<f64>], usual: Option<f64>) -> Threshold {
        let amount = |mark: Option<Mark>| mark.and_then(|mark| mark.amount(past, usual));
        Threshold { warning: amount(self.warning), critical: amount(self.critical) }
    }

    /// Checks that a figure reaches the warning before it becomes critical.
    ///
    /// # Errors
    /// What is wrong, if the warning would never be seen.
    pub fn check_order(&self, better: Better) -> Result<(), String> {
        let (Some(Mark::At(warning)), Some(Mark::At(critical))) = (self.warning, self.critical) else { return Ok(()) };
        let side = match better {
            Better::Higher if warning < critical => "above",
            Better::Lower if warning > critical => "below",
            _ => return Ok(()),
        };
        Err(format!(
            "the warning at {warning} would never be seen, since {critical} is already critical; set it {side} that"
        ))
    }

    /// How many earlier periods they look at.
    pub fn periods_before(&self) -> usize {
        [self.warning, self.critical].into_iter().flatten().map(Mark::periods_before).max().unwrap_or(0)
    }
}

/// The marks that a figure must not pass, in the units of scripts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<f64>,
}

/// How a figure compares with its threshold. Ordered from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There is no threshold, or no figure to judge.
    Unjudged,
    Ok,
    Warning,
    Critical,
}

impl Status {
    /// The word for it in JSON and in the archive.
    pub fn name(self) -> &'static str {
        match self {
            Status::Unjudged => "unjudged",
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Critical => "critical",
        }
    }
}

/// Whether a figure lies on a mark: equal to within a billionth, so that 15 of 20 is 75 %.
pub fn same(value: f64, mark: f64) -> bool {
    (value - mark).abs() <= 1e-9 * mark.abs().max(1e-3)
}

impl Threshold {
    /// Judges a figure: it breaks a mark if it lies beyond it on the bad side, not if it lies on it.
    pub fn judge(&self, outcome: &Outcome, better: Better) -> Status {
        let Some(value) = outcome.value() else { return Status::Unjudged };
        let broken = |mark: Option<f64>| {
            mark.is_some_and(|mark| {
                let beyond = match better {
                    Better::Higher => value < mark,
                    Better::Lower => value > mark,
                    Better::Neutral => false,
                };
                beyond && !same(value, mark)
            })
        };
        if broken(self.critical) {
            Status::Critical
        } else if broken(self.warning) {
            Status::Warning
        } else if better == Better::Neutral || (self.warning.is_none() && self.critical.is_none()) {
            Status::Unjudged
        } else {
            Status::Ok
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOR: Threshold = Threshold { warning: Some(0.80), critical: Some(0.75) };

    fn judge(value: f64, better: Better) -> Status {
        FLOOR.judge(&Outcome::Value { value }, better)
    }

    #[test]
    fn on_the_floor_is_not_below_it() {
        assert_eq!(judge(15.0 / 20.0, Better::Higher), Status::Warning);
        assert_eq!(judge(0.7499, Better::Higher), Status::Critical);
        assert_eq!(judge(0.80, Better::Higher), Status::Ok);
    }

    #[test]
    fn where_lower_is_better_the_ceiling_is_what_must_not_be_passed() {
        let ceiling = Threshold { warning: Some(3600.0), critical: Some(14400.0) };
        let judge = |value| ceiling.judge(&Outcome::Value { value }, Better::Lower);
        assert_eq!(judge(3600.0), Status::Ok);
        assert_eq!(judge(3601.0), Status::Warning);
        assert_eq!(judge(20000.0), Status::Critical);
    }

    #[test]
    fn a_mark_can_be_the_mean_of_the_periods_before() {
        let marks = Marks { warning: Some(Mark::MeanOf { mean_of: 3, below: None }), critical: Some(Mark::At(1.0)) };
        let after = |past: &[Option<f64>]| marks.after(past, None);
        let threshold = after(&[Some(100.0), Some(2.0), Some(3.0), Some(4.0)]);
        assert_eq!(threshold, Threshold { warning: Some(3.0), critical: Some(1.0) });
        assert_eq!(after(&[Some(2.0), None, Some(4.0)]).warning, None);
        assert_eq!(after(&[Some(4.0)]).warning, None);
    }

    #[test]
    fn a_mark_can_be_the_limit_of_the_usual_on_the_bad_side() {
        let marks = Marks { warning: Some(Mark::BeyondUsual), critical: None };
        assert_eq!(marks.after(&[], Some(80.0)).warning, Some(80.0));
        assert_eq!(marks.after(&[], None).warning, None);
        assert_eq!(marks.periods_before(), 25);
    }

    #[test]
    fn an_absence_trips_nothing() {
        for outcome in [Outcome::NoRows, Outcome::ZeroDenominator, Outcome::TooFew, Outcome::Stale] {
            assert_eq!(FLOOR.judge(&outcome, Better::Higher), Status::Unjudged);
        }
    }
}
