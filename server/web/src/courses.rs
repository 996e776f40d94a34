//! Figures of KPIs over the past periods.

use crate::State;
use crate::unanswered::Unanswered;
use jiff::civil::Date;
use pegel_catalog::health::Evaluation;
use pegel_chart::Point;
use pegel_kpi::data::cell::{Breakdown, Cell, Outcome};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::exception::Place;
use pegel_kpi::definition::threshold::{Status, Threshold};
use pegel_kpi::engine::comparison::{Compared, Comparison};
use pegel_kpi::engine::figures::{Figures, Grouped, Row, compute};
use pegel_kpi::engine::request::{HISTORY, Request};
use pegel_kpi::judgement::judged::Assessment;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;
use pegel_report::chart;
use pegel_store::Reader;

/// The totals of one KPI over some periods.
pub(crate) struct Course<'a> {
    pub kpi: &'a Kpi,
    /// One per period, oldest first, as they are known.
    pub cells: Vec<Cell>,
    /// The same, each as old as the last one is now; empty where that makes no difference.
    pub at_the_same_age: Vec<Cell>,
    /// What may be said about the last of them.
    pub assessment: Option<Assessment>,
    /// When the data ends, in UTC seconds, where the last period ends later.
    pub data_ends: Option<i64>,
    /// What the last of them is compared with.
    pub compared: Compared,
    /// The breakdowns asked for, in that order.
    pub broken_down: Vec<Grouped>,
    /// The figures of the periods before, oldest first, as far back as a mark of the threshold looks.
    past: Vec<Option<f64>>,
    /// The last day of each period.
    last_days: Vec<Date>,
}

impl<'a> Course<'a> {
    /// Shows the figures of the last periods that were computed, and keeps those before for the threshold.
    fn of(kpi: &'a Kpi, mut figures: Figures, shown: &[Period]) -> Option<Course<'a>> {
        let periods = shown.len();
        let data_ends = figures.data_ends();
        let broken_down = figures.breakdowns.split_off(1);
        let total = figures.into_total()?;
        let last_days = shown.iter().map(|period| period.last_day).collect();
        let past = values(&total.at_age()[..total.cells.len().saturating_sub(periods)]);
        let Row { mut cells, compared, aged, assessment, .. } = total;
        let shown = cells.split_off(cells.len().saturating_sub(periods));
        let mut at_the_same_age = aged.map(|aged| aged.same_age).unwrap_or_default();
        at_the_same_age.drain(..at_the_same_age.len().saturating_sub(periods));
        Some(Course {
            kpi,
            cells: shown,
            at_the_same_age,
            assessment,
            data_ends,
            compared,
            broken_down,
            past,
            last_days,
        })
    }

    /// The status of each figure, by the threshold that follows from the figures before it. Those that can still change
    /// have none, but for the last one: what that will come to has been judged.
    pub(crate) fn statuses(&self) -> Vec<Status> {
        let better = self.kpi.declaration.better;
        let judge = |(at, cell): (usize, &Cell)| {
            if cell.provisional { Status::Unjudged } else { self.threshold_of(at).judge(&cell.outcome, better) }
        };
        let mut statuses: Vec<Status> = self.cells.iter().enumerate().map(judge).collect();
        if let Some((last, assessment)) = statuses.last_mut().zip(self.assessment.as_ref()) {
            *last = assessment.judged.status;
        }
        statuses
    }

    /// The status of the last figure.
    pub(crate) fn status(&self) -> Status {
        let judged = self.assessment.as_ref().map(|assessment| assessment.judged.status);
        judged.or_else(|| self.statuses().pop()).unwrap_or(Status::Unjudged)
    }

    /// The figures that can be compared with each other: all at the same age, where that makes a difference.
    pub(crate) fn comparable(&self) -> &[Cell] {
        if self.at_the_same_age.is_empty() { &self.cells } else { &self.at_the_same_age }
    }

    /// These figures as points of a chart, without names.
    pub(crate) fn points(&self) -> Vec<Point> {
        self.comparable().iter().zip(self.statuses()).map(|(cell, status)| chart::point(cell, status)).collect()
    }

    /// The latest error of the script in these periods.
    pub(crate) fn error(&self) -> Option<&str> {
        self.cells.iter().rev().find_map(|cell| match &cell.outcome {
            Outcome::ScriptError { message } => Some(message.as_str()),
            _ => None,
        })
    }

    /// The threshold by which the last figure is judged.
    pub(crate) fn threshold(&self) -> Threshold {
        self.threshold_of(self.cells.len().saturating_sub(1))
    }

    /// The threshold by which the figure of that period is judged.
    fn threshold_of(&self, period: usize) -> Threshold {
        let figures = [self.past.clone(), values(self.comparable().get(..=period).unwrap_or_default())].concat();
        self.kpi.marks(&figures, &Place::total(self.last_days[period]))
    }
}

fn values(cells: &[Cell]) -> Vec<Option<f64>> {
    cells.iter().map(Cell::whole).collect()
}

/// The last complete weeks by the clock, oldest first.
pub(crate) fn weeks(state: &State, count: usize) -> Result<Vec<Period>, Unanswered> {
    Ok(Period::parse("last-week", (state.clock)(), &state.zone)?.trail(count)?)
}

/// The totals of the KPIs in these periods, and these breakdowns of the last one, all from one snapshot of the database.
/// Blocks.
pub(crate) fn courses<'a>(
    (state, reader): (&State, &mut Reader),
    kpis: &'a [Kpi],
    shown: &[Period],
    comparison: Comparison,
    by: &[Breakdown],
) -> Result<Vec<Course<'a>>, Unanswered> {
    let breakdowns = || std::iter::once(Vec::new()).chain(by.iter().cloned()).collect();
    let request = |kpi| Request { kpi, breakdowns: breakdowns(), comparison, assess: true };
    let requests: Vec<Request> = kpis.iter().map(request).collect();
    let now = (state.clock)();
    // Marks may look back further than the course shows.
    let before = kpis.iter().map(|kpi| kpi.declaration.periods_before()).max().unwrap_or(0);
    let history = |last: &Period| last.trail((shown.len() + before).max(HISTORY)).ok();
    let periods = shown.last().and_then(history).unwrap_or_else(|| shown.to_vec());
    let figures = compute(&requests, &periods, &Scope::everything(), now, reader)?;
    let evaluations: Vec<Evaluation> =
        kpis.iter().zip(&figures).map(|(kpi, figures)| Evaluation::of(kpi, figures)).collect();
    state.live.health.note(&evaluations, now.as_second());
    Ok(kpis.iter().zip(figures).filter_map(|(kpi, figures)| Course::of(kpi, figures, shown)).collect())
}
