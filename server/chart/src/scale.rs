//! How high a figure lies in a chart.

use crate::chart::{Band, Chart, Form};

/// The share of the scale that stays free within a band without an end, so that one sees it.
const HEADROOM: f64 = 0.08;

/// From the lower end of a chart to the upper.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    /// The round figures, lowest first; the ends are among them. None where the chart has no steps.
    pub ticks: Vec<f64>,
    /// The share at which figures lie where all of them are the same.
    flat: f64,
}

impl Scale {
    /// The scale that holds all figures, marks and ends of bands, and of bars zero. `None` if there is no figure.
    pub fn of(chart: &Chart) -> Option<Scale> {
        let figures: Vec<f64> = chart.figures().map(|(_, _, figure)| figure).collect();
        let marks = chart.marks.iter().map(|mark| mark.level);
        let ends = chart.bands.iter().flat_map(|band| [band.from, band.to]).flatten();
        let first = *figures.first()?;
        let (zero, flat) = match chart.form {
            Form::Bars => (Some(0.0), 0.0),
            Form::Line => (None, 0.5),
        };
        let narrow = Scale { low: first, high: first, ticks: Vec::new(), flat };
        let all = figures.into_iter().chain(marks).chain(ends).chain(zero).fold(narrow, Scale::with);
        let roomy = chart.bands.iter().fold(all, Scale::with_room);
        let ticks = chart.steps.map(|steps| steps.around(roomy.low, roomy.high)).unwrap_or_default();
        let whole = ticks.iter().copied().fold(roomy, Scale::with);
        Some(Scale { ticks, ..whole })
    }

    fn with(self, figure: f64) -> Scale {
        Scale { low: self.low.min(figure), high: self.high.max(figure), ..self }
    }

    /// The same with room in a band that has but one end. What is never negative gets no room below zero.
    fn with_room(self, band: &Band) -> Scale {
        let room = HEADROOM * (self.high - self.low);
        match (band.from, band.to) {
            (Some(from), None) => self.with(from + room),
            (None, Some(to)) if to >= 0.0 => self.with((to - room).max(0.0)),
            (None, Some(to)) => self.with(to - room),
            _ => self,
        }
    }

    /// How far up a figure lies, from 0 to 1.
    pub fn share(&self, figure: f64) -> f64 {
        // Halved, so that the way from the least to the greatest float is one too.
        let extent = self.high / 2.0 - self.low / 2.0;
        if extent > 0.0 { ((figure / 2.0 - self.low / 2.0) / extent).clamp(0.0, 1.0) } else { self.flat }
    }

    /// The lower and the upper end of the bar between zero and a figure.
    pub fn bar(&self, figure: f64) -> (f64, f64) {
        (self.share(figure.min(0.0)), self.share(figure.max(0.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Mark, Tone};
    use crate::samples::course;
    use crate::steps::Steps;

    fn shares(chart: &Chart) -> Vec<f64> {
        let scale = Scale::of(chart).unwrap();
        chart.figures().map(|(_, _, figure)| scale.share(figure)).collect()
    }

    #[test]
    fn bars_start_at_zero_and_a_line_at_its_lowest_figure() {
        let figures = [Some(100.0), Some(150.0), Some(200.0)];
        assert_eq!(shares(&course(Form::Bars, &figures)), [0.5, 0.75, 1.0]);
        assert_eq!(shares(&course(Form::Line, &figures)), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn bars_below_zero_hang_from_it() {
        let bars = |figures: &[Option<f64>]| {
            let chart = course(Form::Bars, figures);
            let scale = Scale::of(&chart).unwrap();
            chart.figures().map(|(_, _, figure)| scale.bar(figure)).collect::<Vec<_>>()
        };
        assert_eq!(bars(&[Some(-50.0), Some(150.0), Some(0.0)]), [(0.0, 0.25), (0.25, 1.0), (0.25, 0.25)]);
        assert_eq!(bars(&[Some(-50.0), Some(-200.0)]), [(0.75, 1.0), (0.0, 1.0)]);
        assert_eq!(bars(&[Some(f64::MIN), Some(f64::MAX)]), [(0.0, 0.5), (0.5, 1.0)]);
    }

    #[test]
    fn equal_figures_lie_at_the_same_height_and_bars_of_nothing_on_the_ground() {
        assert_eq!(shares(&course(Form::Line, &[Some(7.0), Some(7.0)])), [0.5, 0.5]);
        assert_eq!(shares(&course(Form::Line, &[Some(7.0)])), [0.5]);
        assert_eq!(shares(&course(Form::Bars, &[Some(7.0), Some(7.0)])), [1.0, 1.0]);
        assert_eq!(shares(&course(Form::Bars, &[Some(0.0), Some(0.0)])), [0.0, 0.0]);
    }

    #[test]
    fn without_a_figure_there_is_no_scale() {
        assert_eq!(Scale::of(&course(Form::Line, &[None, Some(f64::NAN)])), None);
        assert_eq!(Scale::of(&course(Form::Bars, &[])), None);
    }

    #[test]
    fn a_mark_outside_the_figures_widens_the_scale() {
        let mut chart = course(Form::Line, &[Some(0.8), Some(0.9)]);
        chart.marks.push(Mark { level: 0.7, tone: Tone::Warning, label: String::new() });
        let half = shares(&chart)[0];
        assert!((half - 0.5).abs() < 1e-9, "{half}");
    }

    #[test]
    fn a_band_without_an_end_has_room_on_that_side_but_not_below_zero_for_what_is_never_negative() {
        let ends = |from, to| {
            let mut chart = course(Form::Line, &[Some(1.0), Some(2.0)]);
            chart.bands.push(Band { from, to, tone: Tone::Critical });
            let scale = Scale::of(&chart).unwrap();
            (scale.low, scale.high)
        };
        assert_eq!(ends(Some(2.0), None), (1.0, 2.08));
        assert_eq!(ends(None, Some(1.0)), (0.92, 2.0));
        assert_eq!(ends(None, Some(0.0)), (0.0, 2.0));
        assert_eq!(ends(None, Some(-1.0)), (-1.24, 2.0));
        assert_eq!(ends(Some(0.5), Some(3.0)), (0.5, 3.0));
    }

    #[test]
    fn a_scale_with_steps_ends_on_round_figures() {
        let mut chart = course(Form::Bars, &[Some(97.0), None, Some(50.0)]);
        chart.steps = Some(Steps::Whole);
        let scale = Scale::of(&chart).unwrap();
        assert_eq!((scale.ticks.as_slice(), scale.share(50.0)), ([0.0, 50.0, 100.0].as_slice(), 0.5));
    }
}
