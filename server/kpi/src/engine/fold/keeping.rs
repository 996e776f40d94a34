//! What of a plan need not be computed, since a source keeps it: the states of one measure, in one breakdown, over one
//! slice of time.
//!
//! What is kept is known by a [`Mark`] of all by which it was computed, so a changed script, model or calendar simply
//! never finds it. That rows change, the source knows; it is told on which ones states rest ([`RestsOn`]).

use super::plan::{Left, Plan, Planned, Slices};
use super::states::{States, Written};
use crate::data::cell::Group;
use crate::data::kept::{self, Kept, Mark, RestsOn, RowsOf};
use crate::data::model::{ATTRIBUTES, SYSTEM, Table};
use crate::data::path::{Path, Projection};
use crate::data::scan::{Scan, Source};
use crate::data::scope::{Scope, texts_of};
use crate::engine::by_parent::Wanted;
use crate::engine::former::Former;
use crate::engine::related;
use crate::measure::dated::in_days;
use crate::measure::membership::Membership;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128, SipHasher13};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::{self, Write as _};
use std::hash::Hasher;
use std::ops::Range;
use std::sync::Arc;

/// Tells the engine from any that computes otherwise: what that has kept is of no use.
const ENGINE: &str = env!("PEGEL_KPI_SOURCES");

/// Of more parts than this a slice is not put together: each takes room in every slice.
const MOST_PARTS: usize = 40;

/// What is kept of a plan.
pub struct Keeping {
    /// Of all plans that were asked for together.
    kept: Arc<Vec<Kept>>,
    units: Units,
}

/// By measure and grouping, the slices that are asked for.
type Units = Vec<Vec<Vec<Option<Slice>>>>;

/// A slice of time of one measure in one breakdown.
struct Slice {
    mark: Mark,
    dates: Range<i64>,
    seen_at: i64,
    /// Whether it ends with a period that is running, and so elsewhere the next time.
    is_passing: bool,
    /// What is kept of it, one after the other; empty if it has to be computed.
    parts: Vec<usize>,
}

/// What is kept of a group in a slice.
#[derive(Serialize, Deserialize)]
struct OfGroup<'a> {
    /// The group, written down: it is looked up as it is, and read once for all slices.
    #[serde(borrow)]
    groups: Cow<'a, [u8]>,
    #[serde(borrow)]
    state: Written<'a>,
}

/// What figures are computed for and by, beside what a measure says.
pub struct Circumstances<'a> {
    pub scope: &'a Scope,
    /// How many stored units of money make one whole unit of the currency.
    pub money: f64,
}

impl Keeping {
    /// Asks a source at once what it keeps of these plans, in their order.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn ask<S: Source>(plans: &[Plan], of: &Circumstances, source: &mut S) -> Result<Vec<Keeping>, S::Error> {
        let mut wanted = BTreeMap::new();
        let mut units: Vec<Units> = plans.iter().map(|plan| units(plan, of, &mut wanted)).collect();
        let kept = Arc::new(source.kept(&wanted.into_values().collect::<Vec<_>>())?);
        let mut by_mark: HashMap<Mark, Vec<usize>> = HashMap::new();
        kept.iter().enumerate().for_each(|(at, kept)| by_mark.entry(kept.mark).or_default().push(at));
        for slice in units.iter_mut().flatten().flatten().flatten().flatten() {
            let of_mark = by_mark.get(&slice.mark).map_or(&[][..], Vec::as_slice);
            slice.parts = parts(slice, of_mark, &kept).unwrap_or_default();
        }
        Ok(units.into_iter().map(|units| Keeping { kept: kept.clone(), units }).collect())
    }

    /// By measure and slice, what is to be computed.
    pub fn missing(&self) -> Vec<Vec<bool>> {
        let is_missing = |slice: &Option<Slice>| slice.as_ref().is_some_and(|slice| slice.parts.is_empty());
        let of_measure = |groupings: &Vec<Vec<Option<Slice>>>| {
            let slices = groupings.first().map_or(0, Vec::len);
            (0..slices).map(|at| groupings.iter().any(|slices| is_missing(&slices[at]))).collect()
        };
        self.units.iter().map(of_measure).collect()
    }

    /// Puts what is kept of a measure in a grouping into its states, unless it was computed: in lines of their own,
    /// after so many. `None` if what is kept cannot be read.
    pub fn restore(
        &self,
        (measure, grouping): (usize, usize),
        computed: Option<&Left>,
        lines: usize,
        states: &mut States,
    ) -> Option<Restored> {
        let slices = &self.units[measure][grouping];
        let mut restored = Restored::default();
        // A group has a line for the first part of each slice, one for the second, ….
        let mut known: FxHashMap<(Cow<[u8]>, usize), usize> = FxHashMap::default();
        for (at, slice) in slices.iter().enumerate() {
            let Some(slice) = slice else { continue };
            if computed.is_some_and(|left| left.computed[at]) {
                continue;
            }
            restored.slices += 1;
            for (part, kept) in slice.parts.iter().enumerate() {
                for OfGroup { groups, state } in read::<Vec<OfGroup>>(&self.kept[*kept].states)? {
                    let next = lines + known.len();
                    let line = *known.entry((groups, part)).or_insert(next);
                    states.write_back(line * slices.len() + at, &state)?;
                }
            }
        }
        for ((groups, _), line) in known {
            restored.lines.entry(read(&groups)?).or_default().push(line);
        }
        // In one order, since the last digit of a sum may depend on it.
        restored.lines.values_mut().for_each(|lines| lines.sort_unstable());
        Some(restored)
    }

    /// What was computed of a measure in a grouping, to be kept.
    pub fn computed(
        &self,
        (measure, grouping): (usize, usize),
        left: &Left,
        groups: &[Vec<Group>],
        states: &States,
        next: impl Fn(usize) -> f64,
    ) -> Vec<Kept> {
        let slices = &self.units[measure][grouping];
        let computed = slices.iter().enumerate().filter(|(at, _)| left.computed[*at]);
        // Some are computed with others, though they are kept.
        let computed =
            computed.filter_map(|(at, slice)| Some((at, slice.as_ref().filter(|slice| slice.parts.is_empty())?)));
        let computed = computed.filter(|(_, slice)| !slice.is_passing);
        let groups: Vec<Vec<u8>> = groups.iter().map(written).collect();
        let kept = |(at, slice): (usize, &Slice)| {
            let of_groups = groups.iter().enumerate().filter_map(|(line, groups)| {
                let state = states.written(line * slices.len() + at)?;
                Some(OfGroup { groups: Cow::Borrowed(groups), state })
            });
            let states = written(&of_groups.collect::<Vec<_>>());
            Kept { mark: slice.mark, slice: slice.dates.clone(), seen: slice.seen_at..until(next(at)), states }
        };
        computed.map(kept).collect()
    }
}

fn written(data: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(data).expect("groups and states are plain data")
}

/// What was written; `None` if it is none of that.
fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// What was put into the states of a measure in a grouping.
#[derive(Default)]
pub struct Restored {
    pub slices: u64,
    /// The lines of each group.
    pub lines: HashMap<Vec<Group>, Vec<usize>>,
}

/// The slices of a plan that are asked for; added to what is wanted.
fn units(plan: &Plan, of: &Circumstances, wanted: &mut BTreeMap<Mark, kept::Wanted>) -> Units {
    let of_plan = mark(plan, of);
    let of_measure = |planned: &Planned| {
        let of_measure = of_plan.and(planned.measure).and(&planned.filter);
        let of_grouping = |grouping: &usize| {
            let slices = slices(plan, planned, &of_measure.and(plan.groupings[*grouping].by()));
            let rests_on = rests_on(plan, planned, *grouping, of);
            slices.iter().flatten().for_each(|slice| want(wanted, slice, &rests_on));
            slices
        };
        planned.groupings.iter().map(of_grouping).collect()
    };
    plan.measures.iter().map(of_measure).collect()
}

/// Adds a slice to what is asked for. The same may be wanted as it is seen at several instants.
fn want(wanted: &mut BTreeMap<Mark, kept::Wanted>, Slice { mark, dates, seen_at, .. }: &Slice, rests_on: &RestsOn) {
    let seen_at = *seen_at;
    let first =
        || kept::Wanted { mark: *mark, within: dates.clone(), seen_at: seen_at..=seen_at, rests_on: rests_on.clone() };
    let of_mark = wanted.entry(*mark).or_insert_with(first);
    of_mark.within = of_mark.within.start.min(dates.start)..of_mark.within.end.max(dates.end);
    of_mark.seen_at = seen_at.min(*of_mark.seen_at.start())..=seen_at.max(*of_mark.seen_at.end());
    if of_mark.rests_on != *rests_on {
        of_mark.rests_on.add(rests_on);
    }
}

/// The kept states that make up a slice, as they are seen at its instant: one of all of it, or several that follow each
/// other.
fn parts(slice: &Slice, of_mark: &[usize], kept: &[Kept]) -> Option<Vec<usize>> {
    let holds = |at: &&usize| kept[**at].seen.contains(&slice.seen_at) && kept[**at].slice.end <= slice.dates.end;
    let mut parts = Vec::new();
    let mut from = slice.dates.start;
    while from < slice.dates.end || parts.is_empty() {
        let begins = of_mark.iter().filter(holds).filter(|at| kept[**at].slice.start == from);
        let longest = *begins.max_by_key(|at| kept[**at].slice.end)?;
        if kept[longest].slice.end <= from && from < slice.dates.end {
            return None;
        }
        from = kept[longest].slice.end;
        parts.push(longest);
        if parts.len() > MOST_PARTS {
            return None;
        }
    }
    Some(parts)
}

#[expect(clippy::cast_possible_truncation, reason = "instants are whole and far below 2^53")]
fn until(next: f64) -> i64 {
    if next.is_finite() { next as i64 } else { i64::MAX }
}

/// The slices of a measure that are asked for.
fn slices(plan: &Plan, planned: &Planned, mark: &Marking) -> Vec<Option<Slice>> {
    let passing: BTreeSet<i64> = match &planned.measure.membership {
        Membership::Dated(dated) => {
            let cut = plan.periods.iter().filter(|period| period.is_cut());
            cut.flat_map(|period| [dated.span(period).start, dated.span(period).end]).collect()
        }
        Membership::Existing(..) | Membership::All => BTreeSet::new(),
    };
    let of_slice = |(at, instant): (usize, Option<i64>)| {
        let seen_at = instant?;
        let (mark, dates, is_passing) = match (&planned.slices, &plan.membership) {
            (Slices::Stretches { timeline, .. }, _) => {
                let (_, timeline) = &plan.timelines[*timeline];
                let dates = timeline.covers(at).then(|| timeline.dates(at))?;
                let is_passing = passing.contains(&dates.start) || passing.contains(&dates.end);
                (mark.clone(), dates, is_passing)
            }
            (Slices::Periods(_), membership) => {
                let period = &plan.periods[at];
                let dates = match (membership, &planned.measure.membership) {
                    (_, Membership::Dated(dated)) => dated.span(period),
                    (_, Membership::Existing(life, _)) => life.bounds(period),
                    (_, Membership::All) => period.instants(),
                };
                // What a row contributes may depend on all of the period.
                (mark.and(period), dates, period.is_cut())
            }
        };
        Some(Slice { mark: mark.end(), dates, seen_at, is_passing, parts: Vec::new() })
    };
    plan.instants(planned).into_iter().enumerate().map(of_slice).collect()
}

/// A mark that is being made.
#[derive(Clone)]
struct Marking(SipHasher13);

impl fmt::Write for Marking {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

impl Marking {
    /// Adds all that is written of something.
    fn and(&self, more: &dyn fmt::Debug) -> Marking {
        let mut marking = self.clone();
        // The end keeps what follows apart.
        write!(marking, "{more:?}\0").expect("a hash takes all that is written");
        marking
    }

    fn end(&self) -> Mark {
        Mark(self.0.finish128().as_u128())
    }
}

/// All by which the states of a plan are computed, beside what is measured, the breakdowns, the slices and the rows.
fn mark(plan: &Plan, of: &Circumstances) -> Marking {
    let Circumstances { scope, money } = of;
    Marking(SipHasher13::new())
        .and(&ENGINE)
        .and(&plan.table.model().mark())
        .and(&plan.zone.zone().iana_name())
        .and(scope)
        .and(money)
}

/// On what the states of a measure in a breakdown rest.
fn rests_on<'a>(plan: &Plan<'a>, planned: &Planned<'a>, grouping: usize, of: &Circumstances) -> RestsOn {
    let mut alone = plan.alone(planned, grouping);
    let scan = alone.scan(plan.window(), of.scope, false, None);
    let table = &plan.table;
    let date = plan.membership.date();
    let mut rows = Rows::default();
    let scoped = scoped(table, of.scope);
    let ends = scan.window.iter().filter_map(|window| window.lasting.as_ref()).flat_map(|lasting| &lasting.until);
    rows.add(table, date, paths(&scan).chain(ends).chain(date).chain(&scoped));
    for wanted in alone.related() {
        rows.add_related(&wanted, &alone, of.scope);
    }
    RestsOn {
        in_days: date.is_some_and(in_days),
        since_ever: !matches!(plan.membership, Membership::Dated(_)),
        rows: rows.0,
    }
}

/// All that a scan reads.
fn paths(scan: &Scan) -> impl Iterator<Item = &Path> {
    scan.columns.iter().flat_map(|Projection(paths)| paths)
}

/// The paths by which a scope is told.
fn scoped(table: &Table, scope: &Scope) -> Vec<Path> {
    scope.restrictions().flat_map(|(dimension, _)| texts_of(table, &dimension)).collect()
}

/// The rows on which states rest, by table and date.
#[derive(Default)]
struct Rows(Vec<RowsOf>);

impl Rows {
    /// Adds rows of a table that lie in a slice by a date, what is read of them, and the rows that they lead to.
    fn add<'p>(&mut self, table: &Table, date: Option<&Path>, read: impl Iterator<Item = &'p Path>) {
        self.of(table, by(date)).counted = true;
        // What a row was goes with the row.
        if let Some(of) = table.history_of() {
            let along = date.filter(|date| date.references.first() == Some(of));
            let date = along.map(|date| Path { references: date.references[1..].to_vec(), ..date.clone() });
            self.of(&table.target(of), by(date.as_ref())).counted = true;
        }
        for path in read {
            self.add_past(table, date, path);
            let mut at = table.clone();
            let mut by_date = by(date);
            for (step, reference) in path.references.iter().enumerate() {
                self.of(&at, by_date).columns.insert(reference.column.name.clone());
                at = at.target(reference);
                // The row behind the first reference of the date itself lies in the slice by that date.
                let leads_along = date.is_some_and(|date| date.references.starts_with(&path.references[..=step]));
                by_date = date.filter(|_| leads_along).and_then(|date| {
                    by(Some(&Path { references: date.references[step + 1..].to_vec(), ..date.clone() }))
                });
            }
            let rows = self.of(&at, by_date);
            let column = &path.column;
            rows.columns.insert(if column.attribute { ATTRIBUTES.into() } else { column.name.clone() });
            if path.with_system {
                rows.columns.insert(SYSTEM.into());
            }
        }
    }

    /// Adds what a column held before, where that is kept in a table of its own.
    fn add_past(&mut self, table: &Table, date: Option<&Path>, path: &Path) {
        let Some((changes, history)) = Former::kept(table, path) else { return };
        let date = date.filter(|_| path.references.is_empty()).map(|date| date.behind(&history.of));
        if date.is_none() {
            self.of(&table.reached(path), None).counted = true;
        }
        let rows = self.of(&changes, by(date.as_ref()));
        rows.counted = true;
        rows.columns.extend([&history.of.column, &history.until, &path.column].map(|column| column.name.clone()));
    }

    /// Adds rows that belong to those in a slice.
    fn add_related(&mut self, wanted: &Wanted, plan: &Plan, scope: &Scope) {
        let scan = related::scan_of(wanted, plan, scope);
        let date = plan.membership.date().map(|date| date.behind(&wanted.measure.parent));
        self.add(&scan.table, date.as_ref(), paths(&scan).chain(&scoped(&scan.table, scope)));
    }

    fn of(&mut self, table: &Table, by: Option<String>) -> &mut RowsOf {
        let at = self.0.iter().position(|rows| *rows.table == *table.name && rows.by == by).unwrap_or_else(|| {
            let table: Arc<str> = table.name.clone();
            self.0.push(RowsOf { table, by, columns: BTreeSet::new(), counted: false });
            self.0.len() - 1
        });
        &mut self.0[at]
    }
}

/// How sources know a date by which rows lie in a slice: one of the row itself, or of the row that one reference leads
/// to. `None` of others.
fn by(date: Option<&Path>) -> Option<String> {
    date.filter(|date| date.references.len() <= 1 && !date.column.attribute).map(Path::to_string)
}
