//! Figures over related rows (the orders of a customer), folded by their parent's key before the parents are read.

use crate::data::batch::Values;
use crate::data::path::{Path, Projection};
use crate::data::scan::{Scan, Source, Window};
use crate::data::scope::Scope;
use crate::engine::by_parent::{ByParent, Children, ClassesOf, OfClass, Wanted};
use crate::engine::classes::Classes;
use crate::engine::fold::plan::Plan;
use crate::engine::gate::{Gate, Scopes};
use crate::engine::known::{Known, Next, Seen};
use crate::engine::rows::{Rows, Shown, row_numbers};
use crate::engine::sight::View;
use crate::measure::aggregate::accumulator::Accumulator;
use crate::measure::dated::Dated;
use crate::measure::expr::ChildMeasure;
use crate::time::timeline::{Timeline, joined};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// The figures over related rows that a plan asks for.
pub struct Related<'a> {
    wanted: Vec<Wanted>,
    plan: &'a Plan<'a>,
}

impl<'a> Related<'a> {
    /// Those that the measures of a plan read.
    pub fn of(plan: &'a Plan<'a>) -> Related<'a> {
        Related { wanted: plan.related(), plan }
    }

    /// Folds them, those over the same rows in one scan, and returns how many rows were read. Undated ones are read
    /// only for the parents in `window`. When rows would next be seen otherwise, `next` is told, view by view.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn fold<S: Source>(
        self,
        window: Option<&Window>,
        scopes: &Scopes,
        classes: &mut Classes,
        next: &mut [Next],
        source: &mut S,
    ) -> Result<(Children, u64), S::Error> {
        let mut children = Children::default();
        let mut read = 0;
        let Related { mut wanted, plan } = self;
        while let Some(first) = wanted.first().cloned() {
            let (shared, rest): (Vec<_>, _) =
                wanted.into_iter().partition(|wanted| reads_like(&wanted.measure, &first.measure));
            let mut gate = scopes.gate(&first.measure.table);
            let (scan, mut known) = scan(&shared, plan, window, &scopes.around, gate.as_ref());
            known.ask(&scan.table, &plan.views, source)?;
            for (view, next) in plan.views.iter().zip(&mut *next) {
                known.note_changes(view, next);
                // What a row was is told by the first change after it is seen: which one that is, depends on when.
                if first.measure.table.history_of().is_some() {
                    next.end_at_once(view);
                }
            }
            let mut states: Vec<Accumulator> = shared.iter().map(|wanted| wanted.measure.begin()).collect();
            let mut parents = Parents::default();
            let money = crate::data::currency::units(source.money_digits()?);
            let date = plan.membership.date().map(|date| Projection::of(date.behind(&first.measure.parent)));
            source.scan(&scan, &mut |batch| {
                let (columns, zone, children) = (&scan.columns[..], &plan.zone, &Children::default());
                let (id, scopes, period) = (None, None, None);
                let rows = Rows { batch, masked: &[], columns, children, id, scopes, view: 0, period, zone, money };
                let of_rows = gate.as_mut().map(|gate| gate.classes(&rows, classes));
                let slots = parents.slots(&rows, of_rows.as_deref());
                let stretches = stretches(plan, date.as_ref(), &rows);
                let stretches: Vec<&[Option<usize>]> = stretches.iter().map(Vec::as_slice).collect();
                let views = plan.views.iter().zip(&mut *next);
                let seen: Vec<Seen> = views.map(|(view, next)| known.seen(&rows, view, &stretches, next)).collect();
                for (wanted, states) in shared.iter().zip(&mut states) {
                    let seen = &seen[wanted.view];
                    let rows = rows.seen(wanted.view, &seen.masked);
                    take(wanted, plan, states, &rows, seen.there.as_deref(), &slots, parents.ids.len());
                }
                read += batch.len() as u64;
            })?;
            let by_class = gate.map(|_| Arc::new(parents.by_class(classes)));
            for (wanted, states) in shared.into_iter().zip(states) {
                let figures = match &by_class {
                    None => ByParent::of(&states, parents.ids.iter().map(|(id, _)| *id)),
                    Some(classes) => ByParent::by_class(states, classes.clone()),
                };
                children.add(wanted, figures);
            }
            children.add_classes(by_class);
            wanted = rest;
        }
        Ok((children, read))
    }
}

/// Whether one scan reads the rows of both.
fn reads_like(child: &ChildMeasure, other: &ChildMeasure) -> bool {
    let date = |child: &ChildMeasure| child.dated.as_ref().map(|dated| dated.by.clone());
    child.table == other.table && child.parent == other.parent && date(child) == date(other)
}

/// For each timeline of the plan the stretch in which the parent of each row lies, where a view asks for that: by which
/// instant rows are seen, or which slices end when one of them would be seen otherwise.
fn stretches(plan: &Plan, date: Option<&Projection>, rows: &Rows) -> Vec<Vec<Option<usize>>> {
    let of = |(number, timeline): (usize, &Timeline)| {
        let asks = |view: &View| match view {
            View::At(_) => !view.is_of_everything(),
            View::ByStretch(of, _) => *of == number,
        };
        match date.filter(|_| plan.views.iter().any(asks)) {
            Some(date) => {
                let Shown::Numbers(dates) = rows.values(date) else { unreachable!("dates are numbers") };
                dates.iter().map(|date| timeline.stretch(*date)).collect()
            }
            None => Vec::new(),
        }
    };
    plan.timelines.iter().map(|(_, timeline)| timeline).enumerate().map(of).collect()
}

/// The scan for one figure, in a scope.
pub fn scan_of(wanted: &Wanted, plan: &Plan, scope: &Scope) -> Scan {
    scan(std::slice::from_ref(wanted), plan, plan.window().as_ref(), scope, None).0
}

/// One scan for measures that read the same rows, and what must be known of these; the parent's key comes first.
fn scan(shared: &[Wanted], plan: &Plan, parents: Option<&Window>, scope: &Scope, gate: Option<&Gate>) -> (Scan, Known) {
    let first = &shared[0].measure;
    let mut columns = vec![Projection::of(Path::own(&first.parent.column))];
    let date = first.dated.as_ref().map(|dated| &dated.by);
    let of_parent = plan.views.iter().any(|view| !view.is_of_everything());
    let of_parent = plan.membership.date().filter(|_| of_parent).map(|date| date.behind(&first.parent));
    let dates = date.cloned().into_iter().chain(of_parent).map(Projection::of);
    let parts = || shared.iter().flat_map(|wanted| wanted.measure.parts());
    let read: Vec<&Projection> =
        parts().flat_map(|part| part.columns().into_iter().map(|(_, column)| column)).collect();
    let gates = gate.into_iter().flat_map(Gate::columns).cloned();
    for column in dates.chain(read.iter().map(|column| (*column).clone())).chain(gates) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let seen_early = shared.iter().any(|wanted| !plan.views[wanted.view].is_of_everything());
    let known = if seen_early { Known::of(&first.table, date, &read, &mut columns) } else { Known::default() };
    let (table, window, scope) = (first.table.clone(), window(shared, plan, parents), scope.clone());
    (Scan { table, columns, window, scope }, known)
}

/// Dated rows are found by their own date, others by that of the row they belong to.
fn window(shared: &[Wanted], plan: &Plan, parents: Option<&Window>) -> Option<Window> {
    let first = &shared[0].measure;
    let Some(Dated { by, .. }) = &first.dated else {
        // Parents that no longer exist are not left out: that would save little and cost a join.
        let (path, ranges) = (parents?.path.behind(&first.parent), parents?.ranges.clone());
        return Some(Window { path, ranges, lasting: None });
    };
    let ranges = joined(shared.iter().filter_map(|wanted| span(wanted, plan)).collect());
    Some(Window { path: by.clone(), ranges, lasting: None })
}

/// The dates of the rows that belong to the period; `None` if all rows do. What a row was at an instant is told by the
/// first change after it, so a row that is seen before that instant is told by the first change after it is seen.
fn span(wanted: &Wanted, plan: &Plan) -> Option<Range<i64>> {
    let span = wanted.measure.dated.as_ref()?.span(&plan.periods[wanted.period?]);
    match (wanted.measure.table.history_of(), plan.views[wanted.view].earliest()) {
        (Some(_), Some(seen_at)) => Some(span.start.min(seen_at.saturating_add(1))..span.end),
        _ => Some(span),
    }
}

/// Numbers the parents, each with a class of related rows, in the order in which they are seen: the slots of the states.
#[derive(Default)]
struct Parents {
    known: FxHashMap<(u64, u32), u32>,
    ids: Vec<(u64, u32)>,
}

impl Parents {
    /// The slot of each row; `classes` are those of the rows, where they are told apart.
    fn slots(&mut self, rows: &Rows, classes: Option<&[u32]>) -> Vec<u32> {
        let Values::Numbers(keys) = &rows.batch.columns[0] else { unreachable!("a foreign key is a number") };
        let Parents { known, ids } = self;
        let slot = |(row, key): (usize, &f64)| {
            let id = (key.to_bits(), classes.map_or(0, |classes| classes[row]));
            *known.entry(id).or_insert_with(|| {
                ids.push(id);
                u32::try_from(ids.len() - 1).expect("fewer than 2^32 parents")
            })
        };
        keys.iter().enumerate().map(slot).collect()
    }

    fn by_class(&self, classes: &Classes) -> ClassesOf {
        let mut by_class = ClassesOf::default();
        for (slot, (id, class)) in self.ids.iter().enumerate() {
            let scopes = classes.scopes(*class).clone();
            by_class.entry(*id).or_default().push(OfClass { class: *class, scopes, slot });
        }
        by_class
    }
}

/// Adds the rows that are there, belong to the period, if one is meant, and pass the filter.
fn take(
    wanted: &Wanted,
    plan: &Plan,
    states: &mut Accumulator,
    rows: &Rows,
    there: Option<&[bool]>,
    slots: &[u32],
    parents: usize,
) {
    let measure = &wanted.measure;
    let rows = wanted.period.map_or(*rows, |index| rows.counted_for(index, &plan.periods[index]));
    let span = measure.dated.as_ref().zip(span(wanted, plan));
    let belongs = span.map(|(dated, span)| rows.within(&dated.by, &span));
    let passes = measure.filter.as_ref().map(|filter| rows.mask(filter));
    let masks = [there, belongs.as_deref(), passes.as_deref()];
    let counts = |row: &u32| masks.iter().flatten().all(|mask| mask[*row as usize]);
    let selected: Vec<u32> = row_numbers(rows.batch.len()).filter(counts).collect();
    states.grow(parents);
    states.add(&selected, slots, &rows.contributions(&measure.aggregate));
}
