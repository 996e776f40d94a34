//! The limits of usual variation, and the figures they rest on.

/// How many neighbouring figures on one side of the centre are no chance.
pub const RUN: usize = 7;

/// How many figures must follow a run before it counts as a lasting shift.
const FOLLOWING: usize = 5;

/// From the mean moving range to the limits: 3 ÷ 1.128, three standard deviations of a normal distribution.
const TO_LIMIT: f64 = 2.66;

/// From the mean moving range to its own upper limit: D₄ of ranges of two.
const TO_RANGE_LIMIT: f64 = 3.267;

/// Below this part of the mean size of the figures, a difference comes from rounding.
const ROUNDING: f64 = 1e-9;

/// On which side of the centre something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Above,
    Below,
}

/// The limits of an XmR chart (Wheeler 1993, “Understanding Variation”).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    pub centre: f64,
    pub low: f64,
    pub high: f64,
    tolerance: f64,
}

impl Limits {
    /// The limits of these figures. Moving ranges beyond their own limit are left out once, so that one jump does not
    /// widen the limits for all others (Nelson 1982, “Control Charts for Individual Measurements”). `None` where nothing
    /// moves, or nothing but what was left out.
    pub fn of(figures: &[f64]) -> Option<Limits> {
        let tolerance = tolerance(figures);
        let ranges: Vec<f64> = figures.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        let range_limit = TO_RANGE_LIMIT * mean(&ranges);
        let kept: Vec<f64> = ranges.into_iter().filter(|range| range_limit - range > tolerance).collect();
        if kept.is_empty() || mean(&kept) <= tolerance {
            return None;
        }
        let (centre, reach) = (mean(figures), TO_LIMIT * mean(&kept));
        Some(Limits { centre, low: centre - reach, high: centre + reach, tolerance })
    }

    /// The limits of figures of which all but the last are equal: nothing else is usual. `None` where they are not.
    pub fn of_constant(figures: &[f64]) -> Option<Limits> {
        let (_, past) = figures.split_last()?;
        let (centre, tolerance) = (*past.first()?, tolerance(figures));
        let constant = past.iter().all(|figure| side(figure - centre, tolerance).is_none());
        constant.then_some(Limits { centre, low: centre, high: centre, tolerance })
    }

    /// On which side of the centre a figure lies; `None` on it.
    pub fn side(&self, figure: f64) -> Option<Side> {
        self.beyond(figure, 0.0)
    }

    /// On which side a figure lies farther from the centre than this part of the way to the limit. On it is not beyond.
    pub fn beyond(&self, figure: f64, part: f64) -> Option<Side> {
        side(figure - self.centre, part * (self.high - self.centre) + self.tolerance)
    }

    /// Whether the later of two neighbours lies above or below the earlier; `None` where they are equal.
    pub fn step(&self, earlier: f64, later: f64) -> Option<Side> {
        side(later - earlier, self.tolerance)
    }
}

/// The figures since the last lasting shift; all of them where there is none.
///
/// Walking forward, a run of [`RUN`] starts a segment at its first figure if at least [`FOLLOWING`] figures follow it
/// and their mean lies on its side too. So a segment has at least twelve figures. The centre is that of the segment
/// walked through, up to the last figure; the run with which a segment begins starts no other.
pub fn last_segment(figures: &[f64]) -> &[f64] {
    let mut segment = figures;
    while let Some(start) = lasting_shift(segment) {
        segment = &segment[start..];
    }
    segment
}

/// Where the first lasting shift in a segment begins.
fn lasting_shift(segment: &[f64]) -> Option<usize> {
    let (centre, tolerance) = (mean(segment), tolerance(segment));
    let sides: Vec<Option<Side>> = segment.iter().map(|figure| side(figure - centre, tolerance)).collect();
    let last_start = segment.len().checked_sub(RUN + FOLLOWING)?;
    (1..=last_start).find(|start| {
        let (run, following) = (&sides[*start..start + RUN], &segment[start + RUN..]);
        let begins = run[0].is_some() && sides[start - 1] != run[0];
        let lasts = || side(mean(following) - centre, tolerance) == run[0];
        begins && run.iter().all(|side| *side == run[0]) && lasts()
    })
}

/// On which side of zero a distance lies that is longer than `reach`.
fn side(distance: f64, reach: f64) -> Option<Side> {
    if distance > reach {
        Some(Side::Above)
    } else if distance < -reach {
        Some(Side::Below)
    } else {
        None
    }
}

/// How far two of these figures may lie apart and still be equal.
fn tolerance(figures: &[f64]) -> f64 {
    ROUNDING * figures.iter().map(|figure| figure.abs()).sum::<f64>() / count(figures)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values)
}

#[expect(clippy::cast_precision_loss, reason = "a handful of figures")]
fn count(values: &[f64]) -> f64 {
    values.len() as f64
}
