//! One KPI in one period: question and answer in the form that other programs rely on.

use crate::data::cell::{Cell, Group};
use crate::data::dimension::Dimension;
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::engine::comparison::{Compared, Comparison};
use crate::engine::figures::{Request, Row, compute};
use crate::script::kpi::{Kpi, NoSuchBreakdown};
use crate::time::period::Period;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// What is asked about a KPI.
pub struct Question<'a> {
    pub kpi: &'a Kpi,
    pub period: &'a Period,
    /// At most two; none asks for the total.
    pub by: Vec<Dimension>,
    /// Only the group with this display name in that dimension.
    pub only: Option<(Dimension, String)>,
    pub comparison: Comparison,
}

/// A question that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("break down by one or two dimensions, and name each dimension once")]
    TooManyDimensions,
    #[error(transparent)]
    Breakdown(#[from] NoSuchBreakdown),
}

/// The answer; in JSON `{"kpi": …, "period": …, "cells": [{"group": {"region": "Central"}, "state": "value", …}]}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    pub kpi: String,
    pub period: String,
    /// One per group; without a breakdown exactly one, with no group.
    pub cells: Vec<GroupCell>,
}

/// The cell of a group, and what it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupCell {
    pub group: Labels,
    #[serde(flatten)]
    pub cell: Cell,
    #[serde(flatten)]
    pub compared: Compared,
}

/// The display names of a group, one for each dimension; `None` where the dimension is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels(pub Vec<(Dimension, Option<String>)>);

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(dimension, label)| (dimension.name(), label)))
    }
}

impl Question<'_> {
    /// `only` is one more dimension, of which a single group is kept.
    fn dimensions(&self) -> Vec<Dimension> {
        self.by.iter().copied().chain(self.only.as_ref().map(|(dimension, _)| *dimension)).collect()
    }

    /// Checks that it can be answered.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), NoAnswer> {
        let all = self.dimensions();
        if self.by.len() > 2 || all.iter().enumerate().any(|(index, dimension)| all[..index].contains(dimension)) {
            return Err(NoAnswer::TooManyDimensions);
        }
        Ok(self.kpi.check_breakdown(&all)?)
    }

    /// Computes the answer. [Check](Question::check) the question first.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn answer<S: Source>(&self, scope: &Scope, now: Timestamp, source: &mut S) -> Result<Answer, S::Error> {
        let request =
            Request { kpi: self.kpi, breakdowns: vec![self.dimensions()], comparison: self.comparison, assess: false };
        let mut figures = compute(&[request], std::slice::from_ref(self.period), scope, now, source)?;
        let mut rows = figures.remove(0).breakdowns.remove(0).rows;
        if let Some((_, wanted)) = &self.only {
            rows.retain(|row| row.groups.last().and_then(Group::label) == Some(wanted));
        }
        // The total is always there, even if the group asked for is not.
        if self.by.is_empty() && rows.is_empty() {
            let (groups, cells) = (Vec::new(), vec![self.kpi.cell_of_nothing()]);
            rows.push(Row { groups, cells, aged: None, compared: Compared::default(), assessment: None });
        }
        let cells = rows.into_iter().filter_map(|row| self.cell(row)).collect();
        Ok(Answer { kpi: self.kpi.id().to_owned(), period: self.period.to_string(), cells })
    }

    fn cell(&self, mut row: Row) -> Option<GroupCell> {
        let labels = row.groups.iter().map(|group| group.label().map(str::to_owned));
        let group = Labels(self.by.iter().copied().zip(labels).collect());
        Some(GroupCell { group, cell: row.cells.pop()?, compared: row.compared })
    }
}
