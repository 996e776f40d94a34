//! One KPI in force.

use crate::aggregate::{Accumulator, Measure, Reading};
use crate::cell::{Beside, Cell, Outcome};
use crate::declaration::Declaration;
use crate::dimension::Dimension;
use crate::script::{Figure, Script};
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// A KPI: what its script declares, and what it computes.
#[derive(Debug, Clone)]
pub struct Kpi {
    /// What the script says, with configured thresholds laid over it.
    pub declaration: Declaration,
    /// The file it was read from, relative to `kpis/`, such as `partner/feedback_rate.rhai`.
    pub file: String,
    /// SHA-256 of the script's text, in hex.
    pub sha256: String,
    /// By the names under which `value` finds them.
    pub(crate) measures: Vec<(String, Measure)>,
    pub(crate) script: Arc<Script>,
}

/// A KPI cannot be broken down by a dimension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kpi} cannot be broken down by {dimension}: {table} has no {dimension}")]
pub struct NoSuchBreakdown {
    pub kpi: String,
    pub dimension: Dimension,
    /// The table that lacks it.
    pub table: &'static str,
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

    /// Whether every table that the KPI reads carries these dimensions.
    ///
    /// # Errors
    /// The first that one of them lacks.
    pub fn check_breakdown(&self, by: &[Dimension]) -> Result<(), NoSuchBreakdown> {
        for dimension in by {
            let lacking = self.measures.iter().find(|(_, measure)| dimension.of(measure.table).is_none());
            if let Some((_, measure)) = lacking {
                let kpi = self.id().to_owned();
                return Err(NoSuchBreakdown { kpi, dimension: *dimension, table: measure.table.name });
            }
        }
        Ok(())
    }

    /// Its figure for a group in which there is no row at all.
    pub fn cell_of_nothing(&self) -> Cell {
        let nothing = |(_, measure): &(String, Measure)| Accumulator::new(&measure.aggregate).read(0..0);
        self.cell(&self.measures.iter().map(nothing).collect::<Vec<_>>())
    }

    /// Turns the readings of one cell, in the order of the measures, into its figure.
    pub(crate) fn cell(&self, readings: &[Reading]) -> Cell {
        let arguments = self.measures.iter().zip(readings).map(|((name, measure), reading)| {
            let value = reading.value.map(|value| if measure.is_money { major(value) } else { value });
            (name.as_str().into(), value.map_or(Dynamic::UNIT, Dynamic::from))
        });
        match self.script.value(arguments.collect::<Map>()) {
            Ok(figure) => self.judged(figure, readings),
            Err(diagnostic) => Cell {
                outcome: Outcome::ScriptError { message: diagnostic.to_string() },
                numerator: None,
                denominator: None,
                sample: None,
                beside: Vec::new(),
            },
        }
    }

    fn judged(&self, figure: Figure, readings: &[Reading]) -> Cell {
        let rows = readings.iter().map(|reading| reading.rows).max().unwrap_or(0);
        let sample = self.sample(&figure, readings, rows);
        let outcome = if rows == 0 && !(self.counts() && figure.parts.is_none()) {
            Outcome::NoRows
        } else if figure.parts.is_some_and(|(_, denominator)| denominator == 0.0) {
            Outcome::ZeroDenominator
        } else if let Some(value) = figure.value {
            if sample < self.declaration.min_sample { Outcome::TooFew } else { Outcome::Value { value } }
        } else {
            Outcome::NoRows
        };
        let beside = figure.beside.into_iter().map(|(name, value)| Beside { name, value }).collect();
        Cell {
            outcome,
            numerator: figure.parts.map(|(numerator, _)| numerator),
            denominator: figure.parts.map(|(_, denominator)| denominator),
            sample: Some(sample),
            beside,
        }
    }

    /// Whether it only counts, so that over no rows its figure is 0 and not absent.
    fn counts(&self) -> bool {
        self.measures.iter().all(|(_, measure)| measure.aggregate.counts())
    }

    /// How many rows a figure rests on: what the script says; of a ratio, its denominator where that counts rows; else the
    /// rows of the measure that has most.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole and not negative")]
    fn sample(&self, figure: &Figure, readings: &[Reading], rows: u64) -> u64 {
        if let Some(sample) = figure.sample {
            return sample as u64;
        }
        let counts = self.measures.iter().zip(readings).filter(|((_, measure), _)| measure.aggregate.counts());
        let counted =
            |denominator: f64| counts.map(|(_, reading)| reading.value).any(|value| value == Some(denominator));
        match figure.parts {
            Some((_, denominator)) if self.counts() || counted(denominator) => denominator as u64,
            _ => rows,
        }
    }
}

/// Scripts speak of money in major units.
fn major(minor: f64) -> f64 {
    minor / crate::script::MINOR_UNITS
}
