//! One KPI in one period: question and answer in the form that other programs rely on.

use crate::data::cell::{Cell, Group, Outcome};
use crate::data::dimension::Dimension;
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::engine::comparison::{Compared, Comparison};
use crate::engine::figures::{Row, compute};
use crate::engine::request::{HISTORY, Request};
use crate::judgement::expected::Expected;
use crate::judgement::judged::{Assessment, Assured, Judged, Since};
use crate::judgement::signal::Signal;
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

/// The cell of a group, what may be said about it, and what it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupCell {
    pub group: Labels,
    #[serde(flatten)]
    pub cell: Cell,
    /// Up to when everything that it rests on is known; RFC 3339, UTC.
    pub as_of: Timestamp,
    /// Whether it cannot change any more.
    pub settled: bool,
    /// Since when it cannot, for a KPI whose figures change after their period; RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settles_on: Option<Timestamp>,
    #[serde(flatten)]
    pub assessment: Option<Said>,
    #[serde(flatten)]
    pub compared: Compared,
}

/// What may be said about a figure, in the form for programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// What its usual variation means for threshold and target.
    #[serde(skip_serializing_if = "Assured::is_empty")]
    pub assurance: Assured,
    pub judged: Judged,
    /// Since when a breach that counts goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
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
        self.by.iter().chain(self.only.as_ref().map(|(dimension, _)| dimension)).cloned().collect()
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
        let (breakdowns, comparison) = (vec![self.dimensions()], self.comparison);
        let request = Request { kpi: self.kpi, breakdowns, comparison, assess: true };
        let mut figures = compute(&[request], &self.history(), scope, now, source)?.remove(0);
        let as_of = Timestamp::from_second(figures.as_of).unwrap_or(Timestamp::MAX);
        let mut rows = figures.breakdowns.remove(0).rows;
        rows.retain(|row| row.is_recent);
        if let Some((_, wanted)) = &self.only {
            rows.retain(|row| row.groups.last().and_then(Group::label) == Some(wanted));
        }
        // The total is always there, even if the group asked for is not.
        if self.by.is_empty() && rows.is_empty() {
            let (groups, cells) = (Vec::new(), vec![self.kpi.cell_of_nothing()]);
            rows.push(Row {
                groups,
                cells,
                is_recent: true,
                aged: None,
                compared: Compared::default(),
                assessment: None,
            });
        }
        let cells = rows.into_iter().filter_map(|row| self.cell(row, as_of)).collect();
        Ok(Answer { kpi: self.kpi.id().to_owned(), period: self.period.to_string(), cells })
    }

    /// The period, after those that it is judged by.
    fn history(&self) -> Vec<Period> {
        let most = self.kpi.declaration.periods_before() + 1;
        self.period.trail(most.max(HISTORY)).unwrap_or_else(|_| vec![self.period.clone()])
    }

    fn cell(&self, mut row: Row, as_of: Timestamp) -> Option<GroupCell> {
        let labels = row.groups.iter().map(|group| group.label().map(str::to_owned));
        let group = Labels(self.by.iter().cloned().zip(labels).collect());
        let cell = row.cells.pop()?;
        let lag = self.kpi.declaration.settles_after;
        let settles_on = lag.map(|lag| self.period.instants().end.saturating_add(lag.seconds()));
        let better = self.kpi.declaration.better;
        let said = |assessment: Assessment| {
            let assurance = assessment.assured(&cell, row.compared.target, better);
            let Assessment { judged, expected, signal, since, .. } = assessment;
            Said { expected, signal, assurance, judged, since }
        };
        Some(GroupCell {
            group,
            as_of,
            settled: !cell.provisional && !matches!(cell.outcome, Outcome::Stale | Outcome::NoData),
            settles_on: settles_on.and_then(|instant| Timestamp::from_second(instant).ok()),
            assessment: row.assessment.map(said),
            cell,
            compared: row.compared,
        })
    }
}
