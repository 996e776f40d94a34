//! What of a group is compared with the marks: its figure, or what stands for it while that can change, or the figure of
//! several periods together.

use super::assessor::{Assessor, Figures};
use super::proof::{Figure, Proof};
use crate::data::cell::{Cell, Outcome};
use crate::definition::threshold::{Marks, Status, Threshold};
use crate::engine::measured::InGroup;
use crate::judgement::judged::{By, Unjudged};

/// A figure to be judged.
pub struct Basis {
    pub by: By,
    pub status: Status,
    pub proof: Proof,
}

impl Assessor<'_> {
    /// What is judged of a group: its figure, or what stands for it while that can change.
    pub fn basis(&self, group: &Figures, marks: &Threshold, back: usize) -> Result<Basis, Unjudged> {
        let last = self.stops.len() - 1 - back;
        let cell = &group.cells[last];
        if self.declared(group) == Marks::default() {
            return Err(Unjudged::NoMarks);
        }
        if self.is_incomplete(back) {
            return Err(Unjudged::Incomplete);
        }
        if cell.outcome == Outcome::NoData {
            return Err(Unjudged::NoData);
        }
        // They are declared, and follow from a past that does not tell them.
        if *marks == Threshold::default() {
            return Err(Unjudged::NoPast);
        }
        if let Some(reason) = Unjudged::of(&cell.outcome) {
            return Err(reason);
        }
        let seen = group.at_age.seen(self.stops[last]);
        if self.is_judged_as_it_stands(back) {
            return self.of_figure(&Figure { group: &group.at_age, cell, seen }, By::Value, marks);
        }
        if !self.running
            && let Some(expected) = self.expected_of(&seen)
        {
            let (value, periods) = (expected.value, expected.periods);
            let proof = self.proof_of_expected(&expected, &seen, cell, marks);
            return Ok(self.of_value(By::Expected { value, periods }, value, proof, marks));
        }
        let at = self.last_settled(back).ok_or(Unjudged::TooYoung)?;
        let settled = group.settled.as_ref().unwrap_or(&group.at_age);
        let seen = settled.seen(self.stops[at]);
        let cell = settled.cell_of(&seen);
        let value = cell.outcome.value().ok_or(Unjudged::TooYoung)?;
        let by = By::Settled { value, period: self.periods[at].to_string() };
        self.of_figure(&Figure { group: settled, cell: &cell, seen }, by, marks)
    }

    fn of_figure(&self, figure: &Figure, by: By, marks: &Threshold) -> Result<Basis, Unjudged> {
        let value = figure.cell.outcome.value().ok_or(Unjudged::NoRows)?;
        Ok(self.of_value(by, value, self.proof(figure, value, marks), marks))
    }

    fn of_value(&self, by: By, value: f64, proof: Proof, marks: &Threshold) -> Basis {
        Basis { by, status: self.status(value, marks), proof }
    }

    /// Whether the settled figure of a period breaks a mark; `None` where there is no data of it.
    pub fn was_broken_when_settled(&self, group: &Figures, marks: &Threshold, at: usize) -> Option<bool> {
        let cell = group.settled.as_ref().unwrap_or(&group.at_age).cell(self.stops[at]);
        let better = self.kpi.declaration.better;
        (cell.outcome != Outcome::NoData).then(|| marks.judge(&cell.outcome, better) >= Status::Warning)
    }

    /// The figure of a group over the last periods together, at one age; `None` where they have none, or their rows
    /// cannot be put together. Where figures can still change, it is what that will come to, else that of the last
    /// periods that are settled.
    pub fn over_periods(&self, group: &Figures, marks: &Threshold, back: usize) -> Option<Basis> {
        if self.is_incomplete(back) {
            return None;
        }
        let end = self.stops.len() - back;
        if self.is_judged_as_it_stands(back) {
            return self.together(&group.at_age, end, marks);
        }
        let grown = || {
            let seen = group.at_age.over(self.stops.get(end.checked_sub(self.look_back()?)?..end)?)?;
            let expected = self.expected_of(&seen)?;
            let cell = group.at_age.cell_of(&seen);
            let proof = self.proof_of_expected(&expected, &seen, &cell, marks);
            self.of_periods(expected.value, &cell, proof, marks)
        };
        let settled = || self.together(group.settled.as_ref()?, self.last_settled(back)? + 1, marks);
        grown().or_else(settled)
    }

    /// The figure of a group over the periods before the one of that index together.
    fn together(&self, group: &InGroup, end: usize, marks: &Threshold) -> Option<Basis> {
        let seen = group.over(&self.stops[end.checked_sub(self.look_back()?)?..end])?;
        let cell = group.cell_of(&seen);
        let value = cell.outcome.value()?;
        let proof = self.proof(&Figure { group, cell: &cell, seen }, value, marks);
        self.of_periods(value, &cell, proof, marks)
    }

    /// A figure over several periods. What is not drawn by chance adds up over them, and the marks are those of one.
    fn of_periods(&self, value: f64, cell: &Cell, proof: Proof, marks: &Threshold) -> Option<Basis> {
        let (numerator, denominator, periods) = (cell.numerator, cell.denominator, self.look_back()?);
        let by = By::LookBack { value, numerator, denominator, periods };
        (!matches!(proof, Proof::AsItStands(_))).then(|| self.of_value(by, value, proof, marks))
    }
}
