//! What is known beside a figure, in a reader's words. Statements and sections say it alike.

use crate::format::Format;
use crate::numbers::{PeriodHead, TrendPoint};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::Threshold;
use pegel_kpi::judgement::judged::{Assessment, By};

/// A figure, and where the words come from.
pub(crate) struct Known<'a> {
    pub format: &'a Format,
    pub unit: Unit,
    pub cell: &'a Cell,
    pub assessment: Option<&'a Assessment>,
    pub settled: Option<&'a TrendPoint>,
}

impl Known<'_> {
    /// What stands beside the figure and beside what was judged, of a figure that can still change.
    pub(crate) fn facts(&self) -> Vec<String> {
        let expected = match self.by() {
            Some(By::Expected { .. }) => self.expected_range(),
            _ => self.expected(),
        };
        let settled = self.last_settled().filter(|_| !matches!(self.by(), Some(By::Settled { .. })));
        [self.provisional(), expected, settled].into_iter().flatten().collect()
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
            return Some(self.format.words().say("figure_of", [("by", "expected".into()), ("figure", figure.into())]));
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

    /// `week 45: 80.0%`: the figure that was judged, in a report about periods like that one; `None` where it is the
    /// figure as it stands, or comes to the same.
    pub(crate) fn judged(&self, threshold: &Threshold, like: &PeriodHead) -> Option<String> {
        let by = self.by()?;
        let (By::LookBack { value, .. } | By::Expected { value, .. } | By::Settled { value, .. }) = by else {
            return None;
        };
        let (name, of) = origin(by, like, self.format)?;
        let written = |cell: &Cell| self.format.judged(cell, self.unit, threshold);
        let figure = written(&Cell::of(Outcome::Value { value: *value }));
        // What will change no more needs no word.
        if matches!(by, By::Expected { .. }) && figure == written(self.cell) {
            return None;
        }
        Some(self.format.words().say("figure_of", [("by", name.into()), ("of", of.into()), ("figure", figure.into())]))
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

/// What a judged figure is, by the name that words choose by, and the period or the periods it is of; `None` for the
/// figure as it stands.
pub(crate) fn origin(by: &By, like: &PeriodHead, format: &Format) -> Option<(&'static str, String)> {
    match by {
        By::LookBack { periods, .. } => Some(("look_back", format.periods(*periods, like))),
        By::Settled { period, .. } => Some(("settled", format.period_name(period))),
        By::Expected { .. } => Some(("expected", String::new())),
        By::Value | By::Signal => None,
    }
}
