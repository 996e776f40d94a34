//! The fold: the rows of one scan in, a reading for every measure, period and group out. Each row is looked at once.
//!
//! A [`plan`] says what is read and where it goes, [`take`] adds a batch of rows to [`states`], and [`readings`] are
//! what the states say about a period and a group. What a source keeps of them is not computed again ([`keeping`]).
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

mod keeping;
pub mod plan;
pub mod readings;
mod states;
pub mod take;

use crate::data::cell::Breakdown;
use crate::data::kept::Kept;
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::engine::classes::Classes;
use crate::engine::gate::Scopes;
use crate::engine::grouping::Grouping;
use crate::engine::known::Next;
use crate::engine::related::Related;
use crate::engine::rows::Rows;
use crate::engine::side_by_side;
use crate::engine::sight::Sight;
use crate::measure::Measure;
use keeping::{Circumstances, Keeping, Restored};
use plan::{Left, Plan, Planned};
use readings::Readings;
use states::{Room, States};
use std::ops::Range;
use std::time::{Duration, Instant};

/// A plan with the rows that it asked for.
pub struct Fold<'a> {
    pub(super) plan: Plan<'a>,
    /// What of it was computed.
    computed: Plan<'a>,
    /// Of each measure of the plan, in each grouping in which it is wanted.
    pub(super) units: Vec<Vec<Unit<'a>>>,
    /// How many rows were read.
    pub rows: u64,
    /// What was computed, for a source that keeps it.
    pub to_keep: Vec<Kept>,
    /// Of each measure of the plan: how many slices of time it has, and which of them make up each period.
    slices: Vec<(usize, Vec<Range<usize>>)>,
    /// Of each scope, the classes of the rows that it sees, if it was read for several.
    classes: Vec<Vec<u32>>,
}

/// A measure in one grouping.
pub(super) struct Unit<'a> {
    pub(super) states: States<'a>,
    /// The index of the grouping in what was computed, if any of it was.
    grouping: Option<usize>,
    /// What was kept of it.
    kept: Restored,
    /// How many slices of time were computed.
    computed: u64,
}

/// The states of measures, each in its groupings.
type OfMeasures<'a> = Vec<Vec<States<'a>>>;

impl<'a> Fold<'a> {
    /// Reads what plans ask for and folds it, without what the source keeps; in their order, each with how long it took.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn run<S: Source>(
        plans: Vec<Plan<'a>>,
        scopes: &Scopes,
        source: &mut S,
    ) -> Result<Vec<(Fold<'a>, Duration)>, S::Error> {
        let money = crate::data::currency::units(source.money_digits()?);
        let began = Instant::now();
        let mut keepings = match scopes.alone().filter(|_| source.keeps()) {
            Some(scope) => Keeping::ask(&plans, &Circumstances { scope, money }, source)?,
            None => Vec::new(),
        }
        .into_iter();
        // Asking takes about as long for each.
        let asking = began.elapsed() / u32::try_from(plans.len().max(1)).unwrap_or(u32::MAX);
        let run = |plan| {
            let began = Instant::now();
            let fold = Fold::of(plan, keepings.next().as_ref(), scopes, money, source)?;
            Ok((fold, asking + began.elapsed()))
        };
        plans.into_iter().map(run).collect()
    }

    fn of<S: Source>(
        plan: Plan<'a>,
        keeping: Option<&Keeping>,
        scopes: &Scopes,
        money: f64,
        source: &mut S,
    ) -> Result<Fold<'a>, S::Error> {
        let missing = keeping.map_or_else(|| plan.asked(), Keeping::missing);
        let (mut fold, ran) = Fold::compute(plan, &missing, scopes, money, source)?;
        let Some(keeping) = keeping else { return Ok(fold) };
        if fold.complete(keeping, &ran).is_none() {
            // What is kept cannot be read: as if it were not there.
            return Fold::of(fold.plan, None, scopes, money, source);
        }
        Ok(fold)
    }

    /// Computes what is missing of a plan.
    fn compute<S: Source>(
        plan: Plan<'a>,
        missing: &[Vec<bool>],
        scopes: &Scopes,
        money: f64,
        source: &mut S,
    ) -> Result<(Fold<'a>, Ran), S::Error> {
        let (mut computed, left) = plan.left(missing);
        let mut next = computed.next();
        let mut classes = Classes::default();
        let (mut states, rows) = states_of(&mut computed, scopes, &mut classes, &mut next, money, source)?;
        let classes = classes.of_scopes(scopes.len());
        let units = plan.measures.iter().zip(&left).map(|(planned, left)| {
            let Some(left) = left else {
                let none = |_: &usize| Unit::new(States::new(planned.measure, Room::All), None, &Left::default());
                return planned.groupings.iter().map(none).collect();
            };
            let groupings = &computed.measures[left.measure].groupings;
            let states = std::mem::take(&mut states[left.measure]).into_iter().zip(groupings);
            states.map(|(states, grouping)| Unit::new(states, Some(*grouping), left)).collect()
        });
        let units = units.collect();
        let slices = plan.measures.iter().map(|planned| plan.slices(planned)).collect();
        Ok((Fold { plan, computed, units, rows, to_keep: Vec::new(), slices, classes }, Ran { left, next }))
    }

    /// Writes down what was computed, to be kept, and puts what is kept beside it; `None` if that cannot be read.
    fn complete(&mut self, keeping: &Keeping, ran: &Ran) -> Option<()> {
        let Fold { units, computed, .. } = self;
        let units = units.iter_mut().zip(&ran.left).enumerate().flat_map(|(at, (units, left))| {
            units.iter_mut().enumerate().map(move |(wanted, unit)| ((at, wanted), left.as_ref(), unit))
        });
        let to_keep = |(at, left, unit): (_, Option<&Left>, &mut Unit)| {
            unit.states.put_in_order();
            let grouping = unit.grouping.map(|grouping| &computed.groupings[grouping]);
            let to_keep = left.zip(grouping).map(|(left, grouping)| {
                let planned = &computed.measures[left.measure];
                let next = |slice| {
                    let next = planned.view(slice).map(|view| ran.next[view].of(computed.stretches(planned, slice)));
                    next.unwrap_or(f64::INFINITY)
                };
                keeping.computed(at, left, &grouping.groups(), &unit.states, next)
            });
            let to_keep = to_keep.unwrap_or_default();
            let lines = grouping.map_or(0, Grouping::len);
            unit.kept = keeping.restore(at, left, lines, &mut unit.states)?;
            Some(to_keep)
        };
        let to_keep = side_by_side::map(units.collect(), to_keep).into_iter().collect::<Option<Vec<_>>>()?;
        self.to_keep = to_keep.into_iter().flatten().collect();
        Some(())
    }

    /// Whether it has read the rows of a measure.
    pub fn reads(&self, measure: &Measure) -> bool {
        self.plan.reads(measure)
    }

    /// Of the measures that are wanted: how many slices of time were computed, and how many had been kept, breakdown by
    /// breakdown.
    pub fn slices(&self, is_wanted: impl Fn(&Measure) -> bool) -> (u64, u64) {
        let measures = self.plan.measures.iter().zip(&self.units);
        let units = measures.filter(|(planned, _)| is_wanted(planned.measure)).flat_map(|(_, units)| units);
        units.fold((0, 0), |(computed, kept), unit| (computed + unit.computed, kept + unit.kept.slices))
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
        let Unit { states, grouping, kept, .. } = &self.units[at][wanted];
        let seen = |grouping: &usize| self.computed.groupings[*grouping].seen(&self.classes[index]);
        let computed = grouping.iter().flat_map(seen);
        let kept = kept.lines.iter().map(|(groups, lines)| (groups.clone(), lines.clone()));
        // There always is a total.
        let total = by.is_empty().then(Default::default);
        let lines = total.into_iter().chain(computed).chain(kept);
        let (slices, periods) = &self.slices[at];
        Readings::new((*slices, periods), lines, states)
    }
}

impl<'a> Unit<'a> {
    fn new(states: States<'a>, grouping: Option<usize>, left: &Left) -> Unit<'a> {
        let computed = left.computed.iter().map(|computed| u64::from(*computed)).sum();
        Unit { states, grouping, kept: Restored::default(), computed }
    }
}

/// What was computed of a plan.
struct Ran {
    /// Of each measure of the plan.
    left: Vec<Option<Left>>,
    /// For each view that was computed.
    next: Vec<Next>,
}

/// Reads the rows of a plan; the states of its measures, and how many rows were read. When rows would next be seen
/// otherwise, `next` is told, view by view.
fn states_of<'a, S: Source>(
    plan: &mut Plan<'a>,
    scopes: &Scopes,
    classes: &mut Classes,
    next: &mut [Next],
    money: f64,
    source: &mut S,
) -> Result<(OfMeasures<'a>, u64), S::Error> {
    let is_alone = scopes.alone().is_some();
    let new = |planned: &Planned<'a>| {
        // Of the groups of all scopes, few have rows in each slice of time.
        let room = if is_alone { Room::All } else { Room::WhereRowsAre { slices: plan.slices(planned).0 } };
        planned.groupings.iter().map(|_| States::new(planned.measure, room)).collect()
    };
    let mut states: OfMeasures = plan.measures.iter().map(new).collect();
    if plan.measures.is_empty() {
        return Ok((states, 0));
    }
    plan.ask(source)?;
    let window = plan.window();
    let zone = plan.zone.clone();
    let (children, mut rows) = Related::of(plan).fold(window.as_ref(), scopes, classes, next, source)?;
    let mut gate = scopes.gate(&plan.table);
    let scan = plan.scan(window, &scopes.around, !children.is_empty(), gate.as_ref());
    plan.ask_past(source)?;
    for (view, next) in plan.views.iter().zip(&mut *next) {
        plan.known.note_changes(view, next);
    }
    let id = scan.columns.iter().position(|column| *column == plan.id());
    source.scan(&scan, &mut |batch| {
        let (columns, children, zone) = (&scan.columns[..], &children, &zone);
        rows += batch.len() as u64;
        let (scopes, period) = (None, None);
        let rows = Rows { batch, masked: &[], columns, children, id, scopes, view: 0, period, zone, money };
        let Some(gate) = &mut gate else { return take::take(plan, &mut states, next, rows, None) };
        for part in gate.parts(&rows, classes) {
            take::take(plan, &mut states, next, Rows { scopes: Some(&part.scopes), ..rows }, Some(&part));
        }
    })?;
    if !is_alone {
        states.iter_mut().flatten().for_each(States::put_in_order);
    }
    Ok((states, rows))
}
