//! The time that a fold covers, cut at every boundary of a period: each row falls into one stretch, and a period is a
//! run of stretches. So periods may overlap, and each row is still folded once.

use std::ops::Range;

/// The boundaries of all periods, in the unit of the date they are compared with.
#[derive(Debug)]
pub struct Timeline {
    boundaries: Vec<i64>,
    /// For each period, its stretches.
    periods: Vec<Range<usize>>,
    /// For each stretch, whether a period covers it.
    covered: Vec<bool>,
}

impl Timeline {
    /// Cuts time at the boundaries of these half-open ranges.
    #[cfg(test)]
    fn new(periods: &[Range<i64>]) -> Timeline {
        Timeline::cut(periods, &[])
    }

    /// Cuts time at the boundaries of these half-open ranges, and wherever else it is to be cut.
    pub fn cut(periods: &[Range<i64>], cuts: &[i64]) -> Timeline {
        let bounds = periods.iter().flat_map(|period| [period.start, period.end]);
        let mut boundaries: Vec<i64> = bounds.chain(cuts.iter().copied()).collect();
        boundaries.sort_unstable();
        boundaries.dedup();
        let at = |instant| boundaries.partition_point(|boundary| *boundary < instant);
        let periods: Vec<Range<usize>> = periods.iter().map(|period| at(period.start)..at(period.end)).collect();
        let mut covered = vec![false; boundaries.len().saturating_sub(1)];
        for stretches in &periods {
            covered[stretches.clone()].fill(true);
        }
        Timeline { boundaries, periods, covered }
    }

    /// How many stretches there are.
    pub fn stretches(&self) -> usize {
        self.covered.len()
    }

    /// The stretch that holds a date; `None` outside all that are covered.
    #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
    pub fn stretch(&self, date: f64) -> Option<usize> {
        // A missing date compares false with every boundary, and so lies before all of them.
        let after = self.boundaries.partition_point(|boundary| *boundary as f64 <= date);
        (1..=self.covered.len()).contains(&after).then(|| after - 1).filter(|stretch| self.covered[*stretch])
    }

    /// The dates of a stretch.
    pub fn dates(&self, stretch: usize) -> Range<i64> {
        self.boundaries[stretch]..self.boundaries[stretch + 1]
    }

    /// Whether a period covers a stretch.
    pub fn covers(&self, stretch: usize) -> bool {
        self.covered[stretch]
    }

    /// Leaves all other stretches uncovered.
    pub fn cover_only(&mut self, stretches: &[bool]) {
        self.covered.iter_mut().zip(stretches).for_each(|(covered, wanted)| *covered &= *wanted);
    }

    /// The stretches of the period of that index.
    pub fn period(&self, index: usize) -> Range<usize> {
        self.periods[index].clone()
    }

    /// What must be read: the covered time, sorted, touching ranges joined.
    pub fn ranges(&self) -> Vec<Range<i64>> {
        let mut ranges: Vec<Range<i64>> = Vec::new();
        for (stretch, _) in self.covered.iter().enumerate().filter(|(_, covered)| **covered) {
            let (start, end) = (self.boundaries[stretch], self.boundaries[stretch + 1]);
            match ranges.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ => ranges.push(start..end),
            }
        }
        ranges
    }
}

/// Ranges sorted, those that touch joined.
pub fn joined(mut ranges: Vec<Range<i64>>) -> Vec<Range<i64>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<i64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_periods_share_their_stretches() {
        let timeline = Timeline::new(&[0..10, 5..15, 30..40]);
        assert_eq!(timeline.ranges(), [0..15, 30..40]);
        assert_eq!(timeline.stretch(7.0), Some(1));
        assert_eq!((timeline.period(0), timeline.period(1), timeline.period(2)), (0..2, 1..3, 4..5));
    }

    #[test]
    fn a_period_may_be_cut_into_more_stretches() {
        let timeline = Timeline::cut(&[0..20, 20..30], &[-5, 10]);
        assert_eq!(timeline.ranges(), std::slice::from_ref(&(0..30)));
        assert_eq!(timeline.period(0).map(|stretch| timeline.dates(stretch)).collect::<Vec<_>>(), [0..10, 10..20]);
    }

    #[test]
    fn what_is_covered_no_longer_is_not_read() {
        let mut timeline = Timeline::new(&[0..10, 10..20]);
        timeline.cover_only(&[false, true]);
        assert_eq!(timeline.ranges(), std::slice::from_ref(&(10..20)));
        assert_eq!([5.0, 15.0].map(|date| timeline.stretch(date)), [None, Some(1)]);
    }

    #[test]
    fn what_lies_outside_is_in_no_stretch() {
        let timeline = Timeline::new(std::slice::from_ref(&(0..10)));
        assert_eq!(
            [-1.0, 0.0, 9.0, 10.0, f64::NAN].map(|date| timeline.stretch(date)),
            [None, Some(0), Some(0), None, None]
        );
    }
}
