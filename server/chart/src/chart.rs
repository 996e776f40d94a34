//! What a chart shows.

use crate::steps::Steps;

/// A course of figures, with what they are held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    pub form: Form,
    /// Oldest first. Each has a place of the same width, whether it has a figure or not.
    pub points: Vec<Point>,
    pub marks: Vec<Mark>,
    pub bands: Vec<Band>,
    /// What the scale counts in. `None`: there is no scale to read, and the figures fill the height.
    pub steps: Option<Steps>,
}

/// How the figures are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For what adds up over time, such as counts and money. The length of a bar says how much it is, so bars always
    /// start at zero.
    Bars,
    /// For what does not add up, such as rates and durations. The scale reaches from the lowest to the highest figure
    /// and need not hold zero, so that small changes are seen.
    Line,
}

/// One period.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Shown where one points at it: `Week 46: 71.2 %`.
    pub name: String,
    /// Shown below its place, if not empty: `W46`.
    pub tick: String,
    /// `None` is a gap: no line leads through it, no bar stands for it. So is what is no finite number.
    pub value: Option<f64>,
    pub tone: Tone,
    /// Whether the figure can still change. It is drawn hollow.
    pub provisional: bool,
}

/// How good a figure is, or what a mark means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Plain,
    Warning,
    Critical,
}

/// A figure to hold the others against, drawn as a dashed line. It lies within the scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub level: f64,
    pub tone: Tone,
    /// Empty for none.
    pub label: String,
}

/// A stretch of the scale, drawn behind the figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// `None`: from the lower end of the scale.
    pub from: Option<f64>,
    /// `None`: up to the upper end.
    pub to: Option<f64>,
    pub tone: Tone,
}

impl Chart {
    /// A course of nothing but its figures.
    pub fn new(form: Form, points: Vec<Point>) -> Chart {
        Chart { form, points, marks: Vec::new(), bands: Vec::new(), steps: None }
    }

    /// The figures with their places.
    pub(crate) fn figures(&self) -> impl Iterator<Item = (usize, &Point, f64)> {
        self.points.iter().enumerate().filter_map(|(place, point)| Some((place, point, point.figure()?)))
    }

    /// The figures in stretches without a gap.
    pub(crate) fn runs(&self) -> Vec<Vec<(usize, f64)>> {
        let mut runs: Vec<Vec<(usize, f64)>> = Vec::new();
        for (place, _, figure) in self.figures() {
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|(last, _)| last + 1 == place) => run.push((place, figure)),
                _ => runs.push(vec![(place, figure)]),
            }
        }
        runs
    }

    /// The middle of a place, as a share of the width.
    #[expect(clippy::cast_precision_loss, reason = "there are fewer periods than a float can count")]
    pub(crate) fn middle(&self, place: usize) -> f64 {
        (place as f64 + 0.5) / self.points.len() as f64
    }
}

impl Point {
    /// What is drawn.
    pub(crate) fn figure(&self) -> Option<f64> {
        self.value.filter(|value| value.is_finite())
    }
}
