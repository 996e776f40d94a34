//! The fold: the rows of one scan in, a reading for every measure, period and group out. Each row is looked at once.
//!
//! A [`plan`] says what is read and where it goes, [`take`] adds a batch of rows to [`states`], and [`readings`] are
//! what the states say about a period and a group.
//!
//! # A worked example
//! Leads by region, `data.leads.dated(|l| l.created_at).count()`, for two periods that overlap: the week of 2 to 8
//! November and the whole of November.
//!
//! *Plan.* Time is cut wherever a period begins or ends. That gives three *stretches*; each period is a run of them:
//!
//! ```text
//!     1 Nov      2 to 8 Nov      9 to 30 Nov
//!       0             1               2           the stretches
//!                 └ week ┘
//!     └──────────── November ─────────────┘
//! ```
//!
//! *Take.* A measure keeps one state for each group and *slice* of time; here a slice is a stretch. The states form a
//! *line* for each group, in the order in which groups are seen. A row is added to one of them, however many periods it
//! belongs to. Its *slot* is the place of that state among all of them: the line times the number of slices, plus the
//! slice.
//!
//! ```text
//!     created on   region          the states after it        its slot
//!     3 Nov        North           North  0 1 0               0 × 3 + 1
//!     20 Nov       South           North  0 1 0
//!                                  South  0 0 1               1 × 3 + 2
//!     5 Nov        North           North  0 2 0               0 × 3 + 1
//!                                  South  0 0 1
//! ```
//!
//! *Readings.* A period is read from all of its slices together: the week from slice 1, North 2 and South 0; November
//! from the slices 0 to 2, North 2 and South 1. Counts are added up for that, sets of different values united, values
//! for a median put together.
//!
//! Where figures are computed for several scopes, there is a line for each group and *class* of rows, the rows that the
//! same scopes see, and a group is read from the lines of all classes that the scope sees.
//!
//! What a row contributes may depend on the period: how many leads are open when it ends (`existing(|l| l.created_at,
//! |l| l.closed_at).at_end()`), whether one was closed before it ended, which row of a series is the latest. For such a
//! measure the slices are the *periods*, and a row is looked at for each of them. If the lead of 3 November is closed
//! on 10 November, and no other is:
//!
//! ```text
//!                 at the end of the week   at the end of November
//!     North                 2                         1
//!     South                 0                         1
//! ```

pub mod plan;
pub mod readings;
mod states;
pub mod take;

use crate::data::cell::Breakdown;
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::engine::classes::Classes;
use crate::engine::gate::Scopes;
use crate::engine::related::Related;
use crate::engine::rows::Rows;
use crate::engine::sight::Sight;
use crate::measure::Measure;
use plan::Plan;
use readings::Readings;
use states::States;

/// A plan with the rows that it asked for.
pub struct Fold<'a> {
    pub(super) plan: Plan<'a>,
    /// Of each measure of the plan, in each grouping in which it is wanted.
    pub(super) states: Vec<Vec<States<'a>>>,
    /// How many rows were read.
    pub rows: u64,
    /// The classes of its rows, if it was read for several scopes.
    classes: Classes,
}

impl<'a> Fold<'a> {
    /// Reads what a plan asks for and folds it.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn run<S: Source>(mut plan: Plan<'a>, scopes: &Scopes, source: &mut S) -> Result<Fold<'a>, S::Error> {
        plan.ask(source)?;
        let window = plan.window();
        let zone = plan.zone.clone();
        let mut classes = Classes::default();
        let (children, mut rows) = Related::of(&plan).fold(window.as_ref(), scopes, &mut classes, source)?;
        let mut gate = scopes.gate(&plan.table);
        let scan = plan.scan(window, &scopes.around, !children.is_empty(), gate.as_ref());
        plan.ask_past(source)?;
        let id = scan.columns.iter().position(|column| *column == plan.id());
        let money = crate::data::currency::units(source.money_digits()?);
        let mut states = plan
            .measures
            .iter()
            .map(|planned| {
                let new = |_: &usize| States::new(planned.measure);
                planned.groupings.iter().map(new).collect()
            })
            .collect::<Vec<Vec<States>>>();
        source.scan(&scan, &mut |batch| {
            let (columns, children, zone) = (&scan.columns[..], &children, &zone);
            rows += batch.len() as u64;
            let (scopes, period) = (None, None);
            let rows = Rows { batch, masked: &[], columns, children, id, scopes, view: 0, period, zone, money };
            let Some(gate) = &mut gate else { return take::take(&mut plan, &mut states, rows, None) };
            for part in gate.parts(&rows, &mut classes) {
                take::take(&mut plan, &mut states, Rows { scopes: Some(&part.scopes), ..rows }, Some(&part));
            }
        })?;
        Ok(Fold { plan, states, rows, classes })
    }

    /// Whether it has read the rows of a measure.
    pub fn reads(&self, measure: &Measure) -> bool {
        self.plan.reads(measure)
    }

    /// The readings of a measure in a breakdown, as it is seen in the scope of that index; the plan must have been made
    /// for that.
    ///
    /// # Panics
    /// If it was not.
    pub fn readings(
        &self,
        measure: &Measure,
        by: &Breakdown,
        sight: &Sight,
        (index, scope): (usize, &Scope),
    ) -> Readings<'_> {
        let (at, wanted) = self.plan.find(measure, by, sight, scope).expect("the plan was made for it");
        let planned = &self.plan.measures[at];
        let sees = |class| self.classes.scopes(class).holds(index);
        let lines = self.plan.groupings[planned.groupings[wanted]].seen(sees);
        Readings::new(self.plan.slices(planned), lines, &self.states[at][wanted])
    }
}
