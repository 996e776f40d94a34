//! Figures over related rows (the orders of a customer), folded by their parent's key before the parents are read.

use crate::data::batch::Values;
use crate::data::path::{Path, Projection};
use crate::data::scan::{Scan, Source, Window};
use crate::data::scope::Scope;
use crate::engine::by_parent::{ByParent, Children};
use crate::engine::rows::{Rows, row_numbers};
use crate::measure::aggregate::accumulator::Accumulator;
use crate::measure::dated::Dated;
use crate::measure::expr::{ChildMeasure, Part};
use crate::time::period::Period;
use crate::time::timeline::joined;
use crate::time::zone::Zoned;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The figures over related rows to be folded.
pub struct Related<'a> {
    wanted: Vec<Arc<ChildMeasure>>,
    periods: &'a [Period],
    zone: &'a Zoned,
}

impl<'a> Related<'a> {
    /// Those read anywhere in these parts, each once.
    pub fn of(parts: &[Part], periods: &'a [Period], zone: &'a Zoned) -> Related<'a> {
        let mut wanted: Vec<Arc<ChildMeasure>> = Vec::new();
        for child in parts.iter().flat_map(|part| part.children()) {
            if !wanted.contains(child) {
                wanted.push(child.clone());
            }
        }
        Related { wanted, periods, zone }
    }

    /// Folds them, those over the same rows in one scan, and returns how many rows were read. Undated ones are read
    /// only for the parents in `window`.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn fold<S: Source>(
        self,
        window: Option<&Window>,
        scope: &Scope,
        source: &mut S,
    ) -> Result<(Children, u64), S::Error> {
        let mut children = Children::default();
        let mut read = 0;
        let mut wanted = self.wanted;
        while let Some(first) = wanted.first().cloned() {
            let (shared, rest): (Vec<_>, _) = wanted.into_iter().partition(|child| reads_like(child, &first));
            let scan = scan(&shared, self.periods, window, scope);
            let mut states: Vec<States> = shared.iter().map(|measure| States::new(measure, self.periods)).collect();
            let mut parents = Parents::default();
            let money = crate::data::currency::units(source.money_digits()?);
            source.scan(&scan, &mut |batch| {
                let (columns, zone, none) = (&scan.columns[..], self.zone, &Children::default());
                let rows = Rows { batch, columns, children: none, id: None, period: None, zone, money };
                let slots = parents.slots(&rows);
                for states in &mut states {
                    states.take(&rows, &slots, parents.ids.len());
                }
                read += batch.len() as u64;
            })?;
            let by_period = states.iter().map(|states| states.by_period(&parents.ids)).collect::<Vec<_>>();
            shared.into_iter().zip(by_period).for_each(|(measure, by_period)| children.add(measure, by_period));
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

/// One scan for measures that read the same rows; the parent's key comes first.
fn scan(measures: &[Arc<ChildMeasure>], periods: &[Period], parents: Option<&Window>, scope: &Scope) -> Scan {
    let first = &measures[0];
    let mut columns = vec![Projection::of(Path::own(&first.parent.column))];
    let date = first.dated.iter().map(|dated| Projection::of(dated.by.clone()));
    let read = measures.iter().flat_map(|measure| measure.parts());
    let read = read.flat_map(|part| part.columns().into_iter().map(|(_, column)| column.clone()));
    for column in date.chain(read) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let (table, window, scope) = (first.table.clone(), window(measures, periods, parents), scope.clone());
    Scan { table, columns, window, scope }
}

/// Dated rows are found by their own date, others by that of the row they belong to.
fn window(measures: &[Arc<ChildMeasure>], periods: &[Period], parents: Option<&Window>) -> Option<Window> {
    let Some(Dated { by, .. }) = &measures[0].dated else {
        // Parents that no longer exist are not left out: that would save little and cost a join.
        let (path, ranges) = (parents?.path.behind(&measures[0].parent), parents?.ranges.clone());
        return Some(Window { path, ranges, lasting: None });
    };
    let dated = measures.iter().filter_map(|measure| measure.dated.as_ref());
    let ranges = joined(dated.flat_map(|dated| dated.timeline(periods).ranges()).collect());
    Some(Window { path: by.clone(), ranges, lasting: None })
}

/// Numbers the parents in the order in which they are seen: the slots of the states.
#[derive(Default)]
struct Parents {
    known: FxHashMap<u64, u32>,
    ids: Vec<u64>,
}

impl Parents {
    fn slots(&mut self, rows: &Rows) -> Vec<u32> {
        let Values::Numbers(keys) = &rows.batch.columns[0] else { unreachable!("a foreign key is a number") };
        let Parents { known, ids } = self;
        let slot = |key: &f64| {
            *known.entry(key.to_bits()).or_insert_with(|| {
                ids.push(key.to_bits());
                u32::try_from(ids.len() - 1).expect("fewer than 2^32 parents")
            })
        };
        keys.iter().map(slot).collect()
    }
}

/// The states of one figure: for all periods together, or for each.
struct States<'a> {
    measure: &'a ChildMeasure,
    periods: &'a [Period],
    by_period: Vec<Accumulator>,
}

impl<'a> States<'a> {
    fn new(measure: &'a ChildMeasure, periods: &'a [Period]) -> States<'a> {
        let periods = if measure.needs_period() { periods } else { &[] };
        let by_period = (0..periods.len().max(1)).map(|_| measure.aggregate.begin()).collect();
        States { measure, periods, by_period }
    }

    fn take(&mut self, rows: &Rows, slots: &[u32], parents: usize) {
        if self.periods.is_empty() {
            take(self.measure, &mut self.by_period[0], rows, None, slots, parents);
        }
        for (index, period) in self.periods.iter().enumerate() {
            let belongs = self.measure.dated.as_ref().map(|dated| rows.dated(dated, period));
            let rows = rows.counted_for(index, period);
            take(self.measure, &mut self.by_period[index], &rows, belongs.as_deref(), slots, parents);
        }
    }

    fn by_period(&self, parents: &[u64]) -> Vec<ByParent> {
        self.by_period.iter().map(|states| ByParent::of(states, parents)).collect()
    }
}

/// Adds the rows that belong to a period and pass the filter.
fn take(
    measure: &ChildMeasure,
    states: &mut Accumulator,
    rows: &Rows,
    belongs: Option<&[bool]>,
    slots: &[u32],
    parents: usize,
) {
    let passes = measure.filter.as_ref().map(|filter| rows.mask(filter));
    let holds = |mask: Option<&[bool]>, row: &u32| mask.is_none_or(|mask| mask[*row as usize]);
    let selected: Vec<u32> =
        row_numbers(rows.batch.len()).filter(|row| holds(belongs, row) && holds(passes.as_deref(), row)).collect();
    states.grow(parents);
    states.add(&selected, slots, &rows.contributions(&measure.aggregate));
}
