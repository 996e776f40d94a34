//! Where figures lie in a picture. Templates draw it; here is nothing but geometry.
//!
//! A missing figure is a gap: no line leads through it, no bar stands for it.

#![expect(clippy::cast_precision_loss, reason = "there are fewer periods than a float can count")]

use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use serde::Serialize;

/// One period's figure, oldest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub value: Option<f64>,
    pub status: Status,
}

impl Point {
    /// A figure as it is drawn, judged by its threshold.
    pub(crate) fn of(cell: &Cell, threshold: &Threshold, better: Better) -> Point {
        Point { value: cell.outcome.value(), status: threshold.judge(&cell.outcome, better) }
    }
}

/// A small picture of a trend, 120 by 32 units, without axes.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Spark {
    /// `points` of polylines, one for each run of periods without a gap.
    lines: Vec<String>,
    /// Figures with a gap on both sides, which no line shows.
    dots: Vec<Dot>,
    /// The last period's figure, if it has one.
    last: Option<Dot>,
    /// Height of the threshold's mark that lies nearest to the latest figure.
    mark: Option<f64>,
}

/// A figure shown as a dot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Dot {
    x: f64,
    y: f64,
    status: Status,
}

const SPARK_WIDTH: f64 = 120.0;
const SPARK_HEIGHT: f64 = 32.0;
/// Room for dots at the edges.
const SPARK_MARGIN: f64 = 4.0;

impl Spark {
    /// A picture of the points; `None` if none has a figure.
    pub(crate) fn of(points: &[Point], threshold: &Threshold) -> Option<Spark> {
        let latest = points.iter().rev().find_map(|point| point.value)?;
        let away = |mark: &f64| (mark - latest).abs();
        let marks = [threshold.warning, threshold.critical].into_iter().flatten();
        // Both of them would press the figures flat.
        let mark = marks.min_by(|one, other| away(one).total_cmp(&away(other)));
        let range = Range::of(points.iter().filter_map(|point| point.value).chain(mark))?;
        let step = (SPARK_WIDTH - 2.0 * SPARK_MARGIN) / (points.len().max(2) - 1) as f64;
        let y = |value| rounded(SPARK_MARGIN + (SPARK_HEIGHT - 2.0 * SPARK_MARGIN) * (1.0 - range.share(value)));
        let dot = |index: usize, value| Dot {
            x: rounded(SPARK_MARGIN + step * index as f64),
            y: y(value),
            status: points[index].status,
        };
        let (mut lines, mut dots) = (Vec::new(), Vec::new());
        for run in runs(points) {
            let run: Vec<Dot> = run.map(|(index, value)| dot(index, value)).collect();
            match run.as_slice() {
                [alone] => dots.push(alone.clone()),
                _ => lines.push(run.iter().map(|dot| format!("{},{}", dot.x, dot.y)).collect::<Vec<_>>().join(" ")),
            }
        }
        let last = points.last().and_then(|point| point.value).map(|value| dot(points.len() - 1, value));
        Some(Spark { lines, dots, last, mark: mark.map(y) })
    }
}

/// A picture of a course: heights in per cent from the top, positions in per cent from the left.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Chart {
    /// `bars` for what adds up over time, `line` for rates and durations.
    form: &'static str,
    ticks: Vec<Tick>,
    marks: Vec<Mark>,
    bars: Vec<Bar>,
    /// Paths in a box of 100 by 100.
    lines: Vec<String>,
    dots: Vec<Column>,
}

/// A line of the scale.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Tick {
    y: f64,
    label: String,
}

/// A mark that the figures must not pass, and the stretch beyond it.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Mark {
    y: f64,
    status: Status,
    label: String,
    beyond_y: f64,
    beyond_height: f64,
}

/// A figure shown as a bar.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Bar {
    x: f64,
    width: f64,
    y: f64,
    height: f64,
    status: Status,
    index: usize,
}

/// A figure shown as a dot on a line.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Column {
    x: f64,
    y: f64,
    status: Status,
    index: usize,
}

/// The share of its place that a bar fills.
const BAR_SHARE: f64 = 0.64;

/// The share of the picture that is kept free beyond a mark.
const HEADROOM: f64 = 0.08;

impl Chart {
    /// A picture of the points; `None` if none has a figure. `label` writes a figure of the scale as the reader's locale
    /// does, `named` a threshold.
    pub(crate) fn of(
        points: &[Point],
        threshold: &Threshold,
        better: Better,
        unit: Unit,
        label: impl Fn(f64) -> String,
        named: impl Fn(&Threshold) -> String,
    ) -> Option<Chart> {
        points.iter().find(|point| point.value.is_some())?;
        let bars = matches!(unit, Unit::Money | Unit::Count);
        let marks = marks(threshold, better);
        let values = points.iter().filter_map(|point| point.value);
        let levels = marks.iter().map(|(level, _)| *level);
        let range = Range::of(values.chain(levels).chain(bars.then_some(0.0)))?;
        let range = marks.iter().fold(range, |range, (level, _)| range.with(beyond(*level, range, better)));
        let ticks = scale(range, unit);
        let range = range.with(*ticks.first()?).with(*ticks.last()?);
        let y = |value| rounded(100.0 * (1.0 - range.share(value)));
        let place = 100.0 / points.len() as f64;
        let middle = |index: usize| middle(index, points.len());
        let figures = points.iter().enumerate().filter_map(|(index, point)| Some((index, point.value?, point.status)));
        Some(Chart {
            form: if bars { "bars" } else { "line" },
            ticks: ticks.iter().map(|tick| Tick { y: y(*tick), label: label(*tick) }).collect(),
            marks: marks
                .iter()
                .map(|(level, status)| Mark::at(y(*level), *status, better, named(&only(*level, *status))))
                .collect(),
            bars: figures
                .clone()
                .filter(|_| bars)
                .map(|(index, value, status)| {
                    let (top, bottom) = (y(value.max(0.0)), y(value.min(0.0)));
                    let x = rounded(place * (index as f64 + (1.0 - BAR_SHARE) / 2.0));
                    let width = rounded(place * BAR_SHARE);
                    Bar { x, width, y: top, height: rounded((bottom - top).max(0.4)), status, index }
                })
                .collect(),
            lines: if bars {
                Vec::new()
            } else {
                let path = |(index, value)| format!("{},{}", middle(index), y(value));
                runs(points).map(|run| format!("M{}", run.map(path).collect::<Vec<_>>().join("L"))).collect()
            },
            dots: figures
                .filter(|_| !bars)
                .map(|(index, value, status)| Column { x: middle(index), y: y(value), status, index })
                .collect(),
        })
    }
}

/// The levels that a figure must not pass; none where neither direction is good.
fn marks(threshold: &Threshold, better: Better) -> Vec<(f64, Status)> {
    let levels = [(threshold.warning, Status::Warning), (threshold.critical, Status::Critical)];
    let levels = levels.into_iter().filter(|_| better != Better::Neutral);
    levels.filter_map(|(level, status)| Some((level?, status))).collect()
}

/// The part of a threshold that makes this status.
fn only(level: f64, status: Status) -> Threshold {
    match status {
        Status::Critical => Threshold { critical: Some(level), warning: None },
        _ => Threshold { warning: Some(level), critical: None },
    }
}

/// A figure a little on the bad side of a mark, so that one sees where it would be broken; of what is never negative,
/// not below zero.
fn beyond(level: f64, range: Range, better: Better) -> f64 {
    let room = HEADROOM * (range.high - range.low);
    match better {
        Better::Higher if level >= 0.0 => (level - room).max(0.0),
        Better::Higher => level - room,
        _ => level + room,
    }
}

impl Mark {
    fn at(y: f64, status: Status, better: Better, label: String) -> Mark {
        let (beyond_y, beyond_height) = if better == Better::Lower { (0.0, y) } else { (y, 100.0 - y) };
        Mark { y, status, label, beyond_y, beyond_height: rounded(beyond_height) }
    }
}

/// The middle of one of so many places, in per cent from the left.
pub(crate) fn middle(index: usize, places: usize) -> f64 {
    rounded(100.0 * (index as f64 + 0.5) / places as f64)
}

/// Stretches of points without a gap, each figure with its index.
fn runs(points: &[Point]) -> impl Iterator<Item = impl Iterator<Item = (usize, f64)>> {
    let mut start = 0;
    points.chunk_by(|left, right| left.value.is_some() == right.value.is_some()).filter_map(move |run| {
        let first = start;
        start += run.len();
        run[0].value?;
        Some(run.iter().enumerate().filter_map(move |(index, point)| Some((first + index, point.value?))))
    })
}

/// From the lowest to the highest of some figures.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    fn of(mut values: impl Iterator<Item = f64>) -> Option<Range> {
        let first = values.next()?;
        Some(values.fold(Range { low: first, high: first }, Range::with))
    }

    fn with(self, value: f64) -> Range {
        Range { low: self.low.min(value), high: self.high.max(value) }
    }

    /// How far up a value lies, from 0 to 1; in the middle where all are the same.
    fn share(self, value: f64) -> f64 {
        let extent = self.high - self.low;
        if extent > 0.0 { (value - self.low) / extent } else { 0.5 }
    }
}

/// Round figures that enclose the range, three to seven of them.
fn scale(range: Range, unit: Unit) -> Vec<f64> {
    let extent =
        (range.high - range.low).max(range.high.abs() * 0.02).max(if unit == Unit::Count { 4.0 } else { 1e-6 });
    let step = round_step(extent / 4.0, unit);
    // A range that ends on a step, but for an error of rounding, ends there.
    let (first, last) = ((range.low / step + 1e-9).floor(), (range.high / step - 1e-9).ceil());
    let last = if last > first { last } else { first + 1.0 };
    // Counted in whole steps, so that sums of rounding errors do not add one too many; divided where the step is a
    // fraction, so that 17 steps of 0.05 are 0.85 and not a hair more.
    let tick = |count: f64| if step < 1.0 { count / (1.0 / step).round() } else { count * step };
    std::iter::successors(Some(first), |count| Some(count + 1.0)).take_while(|count| *count <= last).map(tick).collect()
}

/// The smallest round figure that is not smaller: 1, 2 or 5 of a power of ten; of durations, what clocks show.
fn round_step(least: f64, unit: Unit) -> f64 {
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
    if unit == Unit::Duration
        && least > 1.0
        && let Some(step) = CLOCK.into_iter().find(|step| *step >= least)
    {
        return step;
    }
    let (size, least) = if unit == Unit::Duration && least > DAY { (DAY, least / DAY) } else { (1.0, least) };
    let power = 10_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().find(|step| step * power >= least * (1.0 - 1e-9)).unwrap_or(10.0) * power;
    size * if unit == Unit::Count { step.max(1.0) } else { step }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOR: Threshold = Threshold { warning: Some(0.80), critical: Some(0.75) };

    fn name(threshold: &Threshold) -> String {
        format!("{threshold:?}")
    }

    fn points(values: &[Option<f64>]) -> Vec<Point> {
        values.iter().map(|value| Point { value: *value, status: Status::Ok }).collect()
    }

    fn chart(values: &[Option<f64>], unit: Unit) -> Chart {
        Chart::of(&points(values), &Threshold::default(), Better::Higher, unit, |value| value.to_string(), name)
            .unwrap()
    }

    #[test]
    fn a_missing_week_breaks_the_line_and_draws_no_zero() {
        let course = [Some(0.8), Some(0.9), None, Some(0.7), None, Some(0.8), Some(0.9)];
        let spark = Spark::of(&points(&course), &FLOOR).unwrap();
        assert_eq!(spark.lines.len(), 2);
        assert_eq!(spark.dots.len(), 1);
        let chart = chart(&course, Unit::Percent);
        assert_eq!(chart.lines.len(), 3);
        assert_eq!(chart.dots.iter().map(|dot| dot.index).collect::<Vec<_>>(), [0, 1, 3, 5, 6]);
    }

    #[test]
    fn no_figure_is_no_picture() {
        assert_eq!(Spark::of(&points(&[None, None]), &FLOOR), None);
        assert_eq!(Spark::of(&[], &FLOOR), None);
    }

    #[test]
    fn a_course_that_ends_in_a_gap_has_no_last_dot() {
        assert_eq!(Spark::of(&points(&[Some(1.0), None]), &FLOOR).unwrap().last, None);
    }

    #[test]
    fn bars_stand_on_zero() {
        let chart = chart(&[Some(100.0), None, Some(50.0)], Unit::Money);
        assert_eq!(chart.ticks.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>(), ["0", "50", "100"]);
        assert_eq!(chart.bars.iter().map(|bar| (bar.y, bar.height)).collect::<Vec<_>>(), [(0.0, 100.0), (50.0, 50.0)]);
    }

    #[test]
    fn a_scale_shows_round_figures_that_enclose_all() {
        let labels = |low, high, unit| scale(Range { low, high }, unit);
        assert_eq!(labels(0.0, 0.97, Unit::Number), [0.0, 0.5, 1.0]);
        assert_eq!(labels(0.0, 3.0, Unit::Count), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(labels(3600.0, 14400.0, Unit::Duration), [3600.0, 7200.0, 10800.0, 14400.0]);
        assert_eq!(labels(0.0, 86400.0 * 120.0, Unit::Duration).last(), Some(&(86400.0 * 150.0)));
        assert_eq!(labels(5.0, 5.0, Unit::Count), [5.0, 6.0]);
        assert_eq!(labels(0.72, 0.9, Unit::Percent), [0.7, 0.75, 0.8, 0.85, 0.9]);
    }

    #[test]
    fn the_stretch_beyond_a_mark_lies_on_its_bad_side() {
        let beyond = |better| {
            let course = points(&[Some(0.5), Some(1.0)]);
            let chart = Chart::of(&course, &FLOOR, better, Unit::Percent, |value| value.to_string(), name).unwrap();
            let mark = &chart.marks[1];
            (mark.y, mark.beyond_y, mark.beyond_height)
        };
        assert_eq!(beyond(Better::Higher), (41.67, 41.67, 58.33));
        assert_eq!(beyond(Better::Lower), (41.67, 0.0, 41.67));
    }
}
