//! The figures of a KPI as command lines write them, each with as many digits as it takes to tell it from another one.

use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::Threshold;
use pegel_report::format::Format;
use pegel_text::clean::{one_line, plain_spaces};

/// Writes the figures of a KPI.
pub struct Figures<'a> {
    pub format: &'a Format,
    pub unit: Unit,
}

impl Figures<'_> {
    /// A figure in the KPI's unit.
    pub fn value(&self, value: f64) -> String {
        self.apart(value, None, self.unit)
    }

    /// `12 to 17`: a range that was computed for a figure, as far as it can be.
    pub fn range(&self, low: f64, high: f64, cell: &Cell) -> String {
        plain_spaces(&self.format.range(low, high, cell, self.unit).join(" to "))
    }

    /// The figure, or else the name of its state, as in JSON. `other` is the cell that it is compared with.
    pub fn cell(&self, cell: &Cell, other: Option<&Cell>) -> String {
        match &cell.outcome {
            Outcome::Value { value } => self.apart(*value, other.and_then(value_of), self.unit),
            absent => absent.state().to_owned(),
        }
    }

    /// `3 of 4`: what a ratio is made of.
    pub fn parts(&self, cell: &Cell, other: Option<&Cell>) -> Option<String> {
        let (numerator, denominator) = (cell.numerator?, cell.denominator?);
        // The numerator of a mean of money or time is money or time, too.
        let unit = match self.unit {
            Unit::Money | Unit::Duration => self.unit,
            Unit::Percent | Unit::Count | Unit::Number => unit_of(numerator),
        };
        let numerator = self.apart(numerator, other.and_then(|other| other.numerator), unit);
        let denominator = self.apart(denominator, other.and_then(|other| other.denominator), unit_of(denominator));
        Some(format!("{numerator} of {denominator}"))
    }

    /// `median 2`: each of the second figures.
    pub fn beside(&self, cell: &Cell, other: Option<&Cell>) -> Vec<String> {
        let others = |name: &str| Some(other?.beside.iter().find(|beside| beside.name == name)?.value);
        let written = cell.beside.iter().map(|beside| {
            let value = self.apart(beside.value, others(&beside.name), self.unit);
            format!("{} {value}", one_line(&beside.name))
        });
        written.collect()
    }

    fn apart(&self, value: f64, other: Option<f64>, unit: Unit) -> String {
        let cell = Cell::of(Outcome::Value { value });
        let beyond = Threshold { warning: other, ..Threshold::default() };
        plain_spaces(&self.format.judged(&cell, unit, &beyond))
    }
}

fn value_of(cell: &Cell) -> Option<f64> {
    match cell.outcome {
        Outcome::Value { value } => Some(value),
        _ => None,
    }
}

/// How a bare number is written.
fn unit_of(number: f64) -> Unit {
    if number.fract() == 0.0 { Unit::Count } else { Unit::Number }
}
