//! What is known beside a figure, in a reader's words. Statements, sections and pages say it alike.

use crate::format::Format;
use crate::numbers::{PeriodHead, TrendPoint, judged_value};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::Threshold;
use pegel_kpi::judgement::judged::{Assessment, By, Judged, Unjudged};

/// A figure, and where the words come from.
pub struct Known<'a> {
    pub format: &'a Format,
    pub unit: Unit,
    pub cell: &'a Cell,
    pub assessment: Option<&'a Assessment>,
    pub settled: Option<&'a TrendPoint>,
    /// When the data ends, in UTC seconds, where it does before the period.
    pub data_ends: Option<i64>,
}

impl Known<'_> {
    /// What stands beside the figure and beside what was judged, of a figure that can still change.
    pub(crate) fn facts(&self) -> Vec<String> {
        let expected = match self.by() {
            Some(By::Expected { .. }) => self.expected_range(),
            _ => self.expected(),
        };
        let settled = self.last_settled().filter(|_| !matches!(self.by(), Some(By::Settled { .. })));
        let known = self.not_judged().or_else(|| self.provisional());
        [known, expected, settled].into_iter().flatten().collect()
    }

    /// What must be known beside the figure, in few words: why it was not judged, or that it can still change.
    pub(crate) fn note(&self) -> Option<String> {
        let provisional = || self.cell.provisional.then(|| self.format.words().say("note_provisional", []));
        self.not_judged().or_else(provisional)
    }

    /// Why it was not judged, where the figure does not tell: the data ends, or nothing says what it will come to.
    pub fn not_judged(&self) -> Option<String> {
        if self.data_ends.is_some() {
            return Some(reason(Unjudged::Incomplete, self.data_ends, self.format));
        }
        let too_young = self.assessment?.judged.reason.filter(|reason| *reason == Unjudged::TooYoung)?;
        let reason = reason(too_young, None, self.format);
        Some(self.format.words().say("not_judged_since", [("reason", reason.into())]))
    }

    /// That it can still change.
    pub(crate) fn provisional(&self) -> Option<String> {
        self.cell.provisional.then(|| self.format.words().say("fact_provisional", []))
    }

    /// `expected: 21.3% (18.2% to 24.9%)`
    fn expected(&self) -> Option<String> {
        let expected = self.assessment?.expected?;
        let figure = self.value(expected.value);
        let [low, high] = self.range(expected.low, expected.high);
        if low == high {
            return Some(self.format.words().say("fact_expected_figure", [("figure", figure.into())]));
        }
        let of = [("figure", figure.into()), ("low", low.into()), ("high", high.into())];
        Some(self.format.words().say("fact_expectation", of))
    }

    /// `expected between 18.2% and 24.9%`; `None` where that is one figure.
    pub(crate) fn expected_range(&self) -> Option<String> {
        let expected = self.assessment?.expected?;
        let [low, high] = self.range(expected.low, expected.high);
        (low != high).then(|| self.format.words().say("fact_expected", [("low", low.into()), ("high", high.into())]))
    }

    /// `last settled: 24.6% in week 43`
    pub(crate) fn last_settled(&self) -> Option<String> {
        let settled = self.settled.filter(|_| self.cell.provisional)?;
        Some(self.of_period("fact_settled", &settled.period, self.figure(&settled.cell)?))
    }

    /// `judged: 80.0% in week 45`: what was judged, in a report about periods like that one; `None` where it is the figure
    /// as it stands.
    pub fn judged(&self, threshold: &Threshold, like: &PeriodHead) -> Option<String> {
        judged_by(self.cell, &self.assessment?.judged, (self.unit, threshold), like, self.format)
    }

    /// Whether what was judged is expected to be what the figure already is.
    pub(crate) fn is_as_expected(&self, threshold: &Threshold) -> bool {
        let written = self.format.judged(self.cell, self.unit, threshold);
        matches!(self.by(), Some(By::Expected { .. })) && self.judged_figure(threshold) == Some(written)
    }

    /// `80.0%` and `in week 45`: the same where there is room for one figure.
    pub(crate) fn judged_alone(&self, threshold: &Threshold, like: &PeriodHead) -> Option<(String, String)> {
        Some((self.judged_figure(threshold)?, basis(self.by()?, like, self.format)?))
    }

    fn judged_figure(&self, threshold: &Threshold) -> Option<String> {
        let judged = self.assessment.map(|assessment| &assessment.judged);
        judged_figure(self.cell, judged, (self.unit, threshold), self.format)
    }

    pub(crate) fn value(&self, value: f64) -> String {
        self.format.value(value, self.unit)
    }

    pub(crate) fn figure(&self, cell: &Cell) -> Option<String> {
        cell.outcome.value().map(|value| self.value(value))
    }

    pub(crate) fn range(&self, low: f64, high: f64) -> [String; 2] {
        self.format.range(low, high, self.cell, self.unit)
    }

    pub(crate) fn of_period(&self, message: &str, period: &str, figure: String) -> String {
        let (span, period) = (self.format.span(period), self.format.period_name(period));
        let of = [("period", period.into()), ("span", span.into()), ("figure", figure.into())];
        self.format.words().say(message, of)
    }

    fn by(&self) -> Option<&By> {
        self.assessment?.judged.by.as_ref()
    }
}

/// The same of a figure that is judged so; `None` where it is the figure as it stands.
pub(crate) fn judged_by(
    cell: &Cell,
    judged: &Judged,
    of: (Unit, &Threshold),
    like: &PeriodHead,
    format: &Format,
) -> Option<String> {
    let figure = judged_figure(cell, Some(judged), of, format)?;
    let (name, of) = origin(judged.by.as_ref()?, like, format)?;
    Some(format.words().say("judged_by", [("by", name.into()), ("of", of.into()), ("figure", figure.into())]))
}

/// With as many digits as tell it from the marks.
fn judged_figure(
    cell: &Cell,
    judged: Option<&Judged>,
    (unit, threshold): (Unit, &Threshold),
    format: &Format,
) -> Option<String> {
    let value = judged_value(cell, judged)?;
    Some(format.judged(&Cell::of(Outcome::Value { value }), unit, threshold))
}

/// Why figures were not judged; with the day on which their data ends, where it does.
pub(crate) fn reason(reason: Unjudged, data_ends: Option<i64>, format: &Format) -> String {
    let words = format.words();
    match (reason, data_ends) {
        (Unjudged::Stale | Unjudged::Incomplete, Some(at)) => words.say("data_ends", [("day", format.day(at).into())]),
        _ => words.say("unjudged", [("reason", reason.name().into())]),
    }
}

/// `in 13 weeks`, `expected`: of what a judged figure is; `None` for the figure as it stands.
pub(crate) fn basis(by: &By, like: &PeriodHead, format: &Format) -> Option<String> {
    let (by, of) = origin(by, like, format)?;
    Some(format.words().say("basis", [("by", by.into()), ("of", of.into())]))
}

/// What a judged figure is, by the name that words choose by, and the period or the periods it is of; `None` for the
/// figure as it stands.
fn origin(by: &By, like: &PeriodHead, format: &Format) -> Option<(&'static str, String)> {
    match by {
        By::LookBack { periods, .. } => Some(("look_back", format.within(*periods, like))),
        By::Settled { period, .. } => Some(("settled", format.period_name(period))),
        By::Expected { .. } => Some(("expected", String::new())),
        By::Value | By::Signal => None,
    }
}
