//! The round figures on the scale of a chart.

/// What a scale counts in; decides which figures are round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// 1, 2 or 5 of a power of ten.
    Decimal,
    /// The same, and no fractions.
    Whole,
    /// Seconds: what clocks and calendars show, such as 15 minutes, 6 hours or 2 days.
    Clock,
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const CLOCK: [f64; 13] = [
    MINUTE,
    5.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    5.0 * DAY,
    10.0 * DAY,
];

impl Steps {
    /// Round figures that enclose these two, lowest first: three to seven of them. None where floats cannot tell them
    /// apart.
    pub(crate) fn around(self, low: f64, high: f64) -> Vec<f64> {
        let least = if self == Steps::Whole { 4.0 } else { 1e-6 };
        let extent = (high - low).max(high.abs() * 0.02).max(least);
        if !extent.is_finite() {
            return Vec::new();
        }
        let step = self.step(extent / 4.0);
        // A range that ends on a step, but for an error of rounding, ends there.
        let (first, end) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let end = if end > first { end } else { first + 1.0 };
        // Counted in whole steps, so that sums of rounding errors do not add one too many; divided where the step is a
        // fraction, so that 17 steps of 0.05 are 0.85 and not a hair more.
        let figure = |count: f64| if step < 1.0 { count / (1.0 / step).round() } else { count * step };
        let counts = std::iter::successors(Some(first), |count| Some(count + 1.0));
        counts.take_while(|count| *count <= end).map(figure).collect()
    }

    /// The smallest round figure that is not smaller.
    fn step(self, least: f64) -> f64 {
        if self == Steps::Clock
            && least > 1.0
            && let Some(step) = CLOCK.into_iter().find(|step| *step >= least)
        {
            return step;
        }
        let (size, least) = if self == Steps::Clock && least > DAY { (DAY, least / DAY) } else { (1.0, least) };
        let power = 10_f64.powf(least.log10().floor());
        let round = [1.0, 2.0, 5.0].into_iter().find(|round| round * power >= least * (1.0 - 1e-9));
        let step = round.unwrap_or(10.0) * power;
        size * if self == Steps::Whole { step.max(1.0) } else { step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_figures_enclose_all_others() {
        assert_eq!(Steps::Decimal.around(0.0, 0.97), [0.0, 0.5, 1.0]);
        assert_eq!(Steps::Decimal.around(0.72, 0.9), [0.7, 0.75, 0.8, 0.85, 0.9]);
        assert_eq!(Steps::Decimal.around(-30.0, 70.0), [-50.0, 0.0, 50.0, 100.0]);
    }

    #[test]
    fn whole_things_are_not_halved() {
        assert_eq!(Steps::Whole.around(0.0, 3.0), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(Steps::Whole.around(5.0, 5.0), [5.0, 6.0]);
    }

    #[test]
    fn durations_are_counted_as_clocks_and_calendars_do() {
        assert_eq!(Steps::Clock.around(HOUR, 4.0 * HOUR), [1.0, 2.0, 3.0, 4.0].map(|hours| hours * HOUR));
        assert_eq!(Steps::Clock.around(0.0, 120.0 * DAY), [0.0, 50.0, 100.0, 150.0].map(|days| days * DAY));
    }

    #[test]
    fn a_range_beyond_all_floats_has_no_round_figures() {
        assert!(Steps::Decimal.around(f64::MIN, f64::MAX).is_empty());
    }
}
