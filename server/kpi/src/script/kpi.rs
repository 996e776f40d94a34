//! One KPI in force.

use super::compiled::Script;
use super::figure::Figure;
use crate::data::cell::{Beside, Cell, Interval, Outcome};
use crate::data::dimension::{Dimension, Located};
use crate::data::model::Table;
use crate::definition::declaration::{Declaration, Unit};
use crate::definition::exception::Place;
use crate::definition::range::{self, OutOfRange};
use crate::definition::share;
use crate::definition::threshold::Threshold;
use crate::diagnostic::Diagnostic;
use crate::judgement::signal::Signal;
use crate::measure::Measure;
use crate::measure::aggregate::accumulator::Reading;
use crate::measure::expr::Part;
use crate::measure::later::known_later;
use crate::measure::made_of::MadeOf;
use crate::measure::needed::{OneOf, kept_out, needed};
use rhai::{Dynamic, Map};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A KPI: what its script declares, and what it computes.
#[derive(Debug, Clone)]
pub struct Kpi {
    /// What the script says, overridden by configured thresholds.
    pub declaration: Declaration,
    /// The file it was read from, relative to `kpis/`, such as `partner/feedback_rate.rhai`.
    pub file: String,
    /// SHA-256 of the script's text, in hex.
    pub sha256: String,
    /// With the names under which `value` finds them.
    pub(crate) measures: Vec<(String, Measure)>,
    /// The rows of its bad side, if its script says which they are: a count of them.
    pub(crate) bad_rows: Option<Measure>,
    pub(crate) script: Arc<Script>,
    /// What `param` returns.
    pub(crate) parameters: Arc<Map>,
    pub(crate) made_of: MadeOf,
    /// Whether the denominator of its value counts the rows that this rests on.
    pub(crate) rests_on_denominator: bool,
    /// Whether the figures of the parts of a period add up to that of the whole.
    pub(crate) adds_up: bool,
    /// The ids of all KPIs that its script declares, its own among them.
    pub(crate) siblings: Arc<[String]>,
}

/// A KPI cannot be broken down by a dimension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchBreakdown {
    #[error("{kpi} cannot be broken down by {dimension}: {table} has no {dimension}")]
    Lacking { kpi: String, dimension: Dimension, table: String },
    #[error("{kpi} cannot be broken down by month: no date says which month a row of {table} belongs to")]
    Undated { kpi: String, table: String },
    #[error("{kpi} compares with the period before, and so not by month: ask for each month as a period of its own")]
    LooksBack { kpi: String },
}

impl Kpi {
    /// Its id, such as `feedback_rate`.
    pub fn id(&self) -> &str {
        &self.declaration.id
    }

    /// The pack it belongs to: the folder of its file.
    pub fn pack(&self) -> &str {
        self.file.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The script's text.
    pub fn source(&self) -> &str {
        &self.script.source
    }

    /// The files of the shared helpers that its script uses, directly or through others: `lib/sales.rhai`.
    pub fn helpers(&self) -> impl Iterator<Item = &str> {
        self.script.helpers.iter().map(String::as_str)
    }

    /// Whether its figure counts working time, and so rests on the calendar.
    pub fn counts_working_time(&self) -> bool {
        self.measures.iter().any(|(_, measure)| measure.parts().into_iter().any(Part::counts_working_time))
    }

    /// Checks that its figures can reach its marks.
    ///
    /// # Errors
    /// The first mark that they cannot.
    pub fn check_marks(&self) -> Result<(), OutOfRange> {
        range::check_marks(&self.declaration, self.is_share_of_rows())
    }

    /// Which of its measures the value is made of, and how.
    pub fn made_of(&self) -> &MadeOf {
        &self.made_of
    }

    /// Whether its value is a count or a sum, or made of such.
    pub fn is_amount(&self) -> bool {
        let is_amount = |at: usize| self.measures[at].1.aggregate.is_amount();
        match &self.made_of {
            MadeOf::Measure(at) => is_amount(*at),
            MadeOf::Sum(terms) => terms.measures().all(is_amount),
            MadeOf::Share { .. } | MadeOf::Ratio { .. } | MadeOf::Other => false,
        }
    }

    /// Whether its value is a share of rows, which has a confidence interval.
    fn is_share_of_rows(&self) -> bool {
        self.made_of.is_share() && self.declaration.unit == Unit::Percent
    }

    /// The marks of the last of these figures of the total, one a period, oldest first.
    pub fn marks(&self, figures: &[Option<f64>], place: &Place) -> Threshold {
        let Declaration { better, unit, .. } = &self.declaration;
        let past = figures.split_last().map_or(&[][..], |(_, past)| past);
        let (least, most) = unit.bounds(self.is_share_of_rows());
        // Where all that can be is usual, nothing is beyond it.
        let usual = Signal::usual_limit(figures, *better).filter(|limit| least < *limit && *limit < most);
        self.declaration.marks_of(place).after(past, usual)
    }

    /// Whether every table that the KPI reads carries these dimensions.
    ///
    /// # Errors
    /// The first that one of them lacks.
    pub fn check_breakdown(&self, by: &[Dimension]) -> Result<(), NoSuchBreakdown> {
        for dimension in by {
            if *dimension == Dimension::MONTH && self.looks_back() {
                return Err(NoSuchBreakdown::LooksBack { kpi: self.id().to_owned() });
            }
            self.measures.iter().try_for_each(|(_, measure)| self.check_carries(measure, dimension))?;
        }
        Ok(())
    }

    /// The dimensions of its breakdowns under which a row may have counted elsewhere at its own date than today.
    pub fn dated_dimensions(&self) -> Vec<Dimension> {
        let is_dated =
            |located: &Located| matches!(located, Located::Text(paths) if paths.iter().any(|path| path.column.spans));
        let moves = |dimension: &Dimension| {
            self.measures.iter().filter_map(|(_, measure)| measure.table.located(dimension)).any(is_dated)
        };
        let all = self.measures.first().into_iter().flat_map(|(_, measure)| measure.table.dimensions()).cloned();
        all.filter(|by| self.check_breakdown(std::slice::from_ref(by)).is_ok()).filter(moves).collect()
    }

    /// Whether the rows of a measure carry a dimension.
    pub(crate) fn check_carries(&self, measure: &Measure, dimension: &Dimension) -> Result<(), NoSuchBreakdown> {
        let (kpi, table) = (|| self.id().to_owned(), || measure.table.name.to_string());
        if measure.table.located(dimension).is_none() {
            return Err(NoSuchBreakdown::Lacking { kpi: kpi(), dimension: dimension.clone(), table: table() });
        }
        if *dimension == Dimension::MONTH && measure.month_of().is_none() {
            return Err(NoSuchBreakdown::Undated { kpi: kpi(), table: table() });
        }
        Ok(())
    }

    /// The tables whose rows it counts; may contain duplicates.
    pub fn counted(&self) -> impl Iterator<Item = &Table> {
        self.measures.iter().map(|(_, measure)| &measure.table)
    }

    /// The tables whose rows it reads, including related rows; may contain duplicates.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.measures.iter().flat_map(|(_, measure)| {
            let related = measure.parts().into_iter().flat_map(Part::children).map(|child| &child.table);
            std::iter::once(&measure.table).chain(related)
        })
    }

    /// The columns and the tables of related rows that it reads and that become known only after a period: its figures
    /// can change, and are to be compared at the same age.
    pub fn known_later(&self) -> BTreeSet<String> {
        self.measures.iter().flat_map(|(_, measure)| known_later(measure)).collect()
    }

    /// The columns without which its figure comes to nothing, one of each; what stands beside the figure is not asked.
    pub fn needs(&self) -> BTreeSet<OneOf> {
        let all = || (0..self.measures.len()).collect();
        let measures: Vec<usize> = match &self.made_of {
            MadeOf::Measure(at) => vec![*at],
            MadeOf::Sum(terms) => terms.measures().collect(),
            MadeOf::Ratio { numerator, denominator } | MadeOf::Share { numerator, denominator } => {
                numerator.measures().chain(denominator.measures()).collect()
            }
            MadeOf::Other => all(),
        };
        let measures: Vec<&Measure> = measures.into_iter().map(|at| &self.measures[at].1).collect();
        let out: Vec<(&Table, BTreeSet<OneOf>)> = measures.iter().map(|one| (&one.table, kept_out(one))).collect();
        let is_compared = |table: &Table, one: &OneOf| out.iter().any(|(of, out)| *of == table && !out.contains(one));
        let compared = out.iter().flat_map(|(table, out)| out.iter().filter(|one| is_compared(table, one)));
        compared.cloned().chain(measures.iter().flat_map(|measure| needed(measure))).collect()
    }

    /// Whether its value is told from its measures without running its script.
    pub(crate) fn runs_no_script(&self) -> bool {
        self.script.direct.is_some()
    }

    /// Whether its value asks for the measures of the period before.
    pub fn looks_back(&self) -> bool {
        self.script.looks_back
    }

    /// Its figure for a group without any rows.
    pub fn cell_of_nothing(&self) -> Cell {
        self.cell(&self.nothing(), None)
    }

    fn nothing(&self) -> Vec<Reading> {
        self.measures.iter().map(|(_, measure)| measure.aggregate.of_nothing()).collect()
    }

    /// Turns the readings of one cell, in the order of the measures, and those of the period before, into its figure.
    pub(crate) fn cell(&self, readings: &[Reading], before: Option<&[Reading]>) -> Cell {
        if let Some(reached) = &self.script.reached {
            let counted = self.measures.iter().zip(readings).filter(|(_, reading)| reading.rows > 0);
            counted.for_each(|((name, _), _)| reached.measured(self.id(), name));
        }
        let nothing;
        let before = match before {
            Some(before) => before,
            None if self.looks_back() => {
                nothing = self.nothing();
                &nothing
            }
            None => &[],
        };
        match self.figure(readings, before) {
            // If a KPI looks back, rows of the period before suffice for a figure.
            Ok(figure) => {
                let seen = readings.iter().chain(before.iter().filter(|_| self.looks_back()));
                self.judged(figure, readings, seen.map(|reading| reading.rows).max().unwrap_or(0))
            }
            // A script may fail for lack of rows, or of values in them; that is not an error of the script.
            Err(_) if readings.iter().all(|reading| reading.rows == 0) && !self.counts() => Cell::of(Outcome::NoRows),
            Err(_) if self.lacks_a_sum(readings) || self.lacks_a_sum(before) => Cell::of(Outcome::NoRows),
            Err(diagnostic) => Cell::of(Outcome::ScriptError { message: diagnostic.to_string() }),
        }
    }

    /// What `value` says of these readings.
    fn figure(&self, readings: &[Reading], before: &[Reading]) -> Result<Figure, Diagnostic> {
        let reading = |wanted: &str| {
            let at = self.measures.iter().position(|(name, _)| name == wanted)?;
            Some(readings[at].value)
        };
        if let Some(figure) = self.script.direct.as_ref().and_then(|direct| direct.figure(reading)) {
            return Ok(figure);
        }
        let arguments = self.looks_back().then(|| self.arguments(before));
        self.script.value(self.arguments(readings), arguments, &self.parameters)
    }

    /// Whether there are rows to add up and none has a value.
    fn lacks_a_sum(&self, readings: &[Reading]) -> bool {
        let mut measured = self.measures.iter().zip(readings);
        measured.any(|((_, measure), reading)| measure.aggregate.is_sum() && reading.value.is_none())
    }

    /// The measures as `value` gets them.
    fn arguments(&self, readings: &[Reading]) -> Map {
        let argument = |((name, _), reading): (&(String, Measure), &Reading)| {
            (name.as_str().into(), reading.value.map_or(Dynamic::UNIT, Dynamic::from))
        };
        self.measures.iter().zip(readings).map(argument).collect()
    }

    /// `seen` is the number of rows that the value rests on.
    fn judged(&self, figure: Figure, readings: &[Reading], seen: u64) -> Cell {
        let rows = readings.iter().map(|reading| reading.rows).max().unwrap_or(0);
        let sample = self.sample(&figure, rows);
        let outcome = if seen == 0 && !(self.counts() && figure.parts.is_none()) {
            Outcome::NoRows
        } else if figure.parts.is_some_and(|(_, denominator)| denominator == 0.0) {
            Outcome::ZeroDenominator
        } else if let Some(value) = figure.value {
            match self.no_share(&figure) {
                Some(wrong) => Outcome::ScriptError { message: wrong.to_string() },
                None if sample < self.declaration.min_sample => Outcome::TooFew,
                None => Outcome::Value { value },
            }
        } else {
            Outcome::NoRows
        };
        let interval = figure.parts.filter(|_| self.is_share_of_rows() && outcome.value().is_some());
        Cell {
            outcome,
            numerator: figure.parts.map(|(numerator, _)| numerator),
            denominator: figure.parts.map(|(_, denominator)| denominator),
            sample: Some(sample),
            // Mean and median leave out the same rows.
            left_out: readings.iter().map(|reading| reading.left_out).max().unwrap_or(0),
            undated: 0,
            interval: interval.and_then(|(numerator, denominator)| Interval::of_proportion(numerator, denominator)),
            provisional: false,
            incomplete: false,
            beside: figure.beside.into_iter().map(|(name, value)| Beside { name, value }).collect(),
        }
    }

    /// What is wrong with a share of rows that is above 1.
    fn no_share(&self, figure: &Figure) -> Option<Diagnostic> {
        let (share, _) = figure.value.zip(figure.parts).filter(|(share, _)| *share > 1.0 && self.relates_rows())?;
        let per_cent = share::in_per_cent(share);
        let message = format!("the share is {per_cent} %: its numerator counts rows that its denominator does not");
        let hint = "count the numerator among the rows of the denominator: all.count() and all.filter(…).count()";
        Some(self.script.complain(message, Some(hint)).at(self.script.position_of("value"), Some(4)))
    }

    /// Whether its value is a per cent of counts that begin with the same rows, and so is meant as a share, although its
    /// filters may not say so.
    fn relates_rows(&self) -> bool {
        let (MadeOf::Share { numerator, denominator } | MadeOf::Ratio { numerator, denominator }) = &self.made_of
        else {
            return false;
        };
        let of = |at: usize| &self.measures[at].1;
        let whole = denominator.plus.first().map(|at| of(*at));
        let same_rows = |whole: &Measure, part: &Measure| {
            part.aggregate.counts() && (&part.table, &part.membership) == (&whole.table, &whole.membership)
        };
        self.declaration.unit == Unit::Percent
            && numerator.minus.is_empty()
            && denominator.minus.is_empty()
            && numerator.plus.iter().chain(&denominator.plus).all(|at| whole.is_some_and(|w| same_rows(w, of(*at))))
    }

    /// Whether it only counts, so that over no rows its figure is 0 and not absent.
    fn counts(&self) -> bool {
        self.measures.iter().all(|(_, measure)| measure.aggregate.counts())
    }

    /// How many rows a figure rests on: what the script says; for a ratio, its denominator if that counts rows;
    /// otherwise the rows of the measure with most.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole and not negative")]
    fn sample(&self, figure: &Figure, rows: u64) -> u64 {
        match (figure.sample, figure.parts) {
            (Some(sample), _) => sample as u64,
            (None, Some((_, denominator))) if self.rests_on_denominator => denominator as u64,
            (None, _) => rows,
        }
    }
}
