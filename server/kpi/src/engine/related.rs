//! Figures over related rows (the orders of a customer): folded by their parent's key, before the parents are read.

use crate::data::batch::Values;
use crate::data::model::Kind;
use crate::data::path::Path;
use crate::data::path::Projection;
use crate::data::scan::{Scan, Source, Window};
use crate::data::scope::Scope;
use crate::engine::rows::Rows;
use crate::engine::rows::row_numbers;
use crate::measure::aggregate::{Accumulator, ByParent};
use crate::measure::expr::ChildMeasure;
use crate::measure::expr::Part;
use crate::time::period::Period;
use crate::time::timeline::Timeline;
use crate::time::zone::Zoned;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Each figure over related rows with its values: one for all periods, or one for each.
pub type ByChild = Vec<(Arc<ChildMeasure>, Vec<ByParent>)>;

/// Figures over related rows that are to be folded.
pub struct Related<'a> {
    wanted: Vec<Arc<ChildMeasure>>,
    periods: &'a [Period],
    zone: &'a Zoned,
}

impl<'a> Related<'a> {
    /// Those that are read anywhere in these parts, each once.
    pub fn of(parts: &[Part], periods: &'a [Period], zone: &'a Zoned) -> Related<'a> {
        let mut wanted: Vec<Arc<ChildMeasure>> = Vec::new();
        for child in parts.iter().flat_map(|part| part.children()) {
            if !wanted.contains(child) {
                wanted.push(child.clone());
            }
        }
        Related { wanted, periods, zone }
    }

    /// Folds them, those over the same rows in one scan, and says how many rows were read. Undated ones are read for
    /// the parents in `window` only.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn fold<S: Source>(
        &self,
        window: Option<&Window>,
        scope: &Scope,
        source: &mut S,
    ) -> Result<(ByChild, u64), S::Error> {
        let mut folded = Vec::new();
        let mut read = 0;
        let mut wanted = self.wanted.clone();
        while let Some(first) = wanted.first().cloned() {
            let date = |child: &ChildMeasure| child.dated.as_ref().map(|(path, _)| path.clone());
            let (shared, rest): (Vec<_>, _) = wanted.into_iter().partition(|child| {
                child.table == first.table && child.parent == first.parent && date(child) == date(&first)
            });
            read += self.fold_together(&shared, window, scope, source, &mut folded)?;
            wanted = rest;
        }
        Ok((folded, read))
    }

    fn fold_together<S: Source>(
        &self,
        measures: &[Arc<ChildMeasure>],
        window: Option<&Window>,
        scope: &Scope,
        source: &mut S,
        folded: &mut ByChild,
    ) -> Result<u64, S::Error> {
        let Some(first) = measures.first() else { return Ok(0) };
        let key = first.table.column(first.parent.column).expect("a foreign key is a column of its table");
        let mut columns = vec![Projection::of(Path::own(key))];
        let dates = measures.iter().filter_map(|measure| measure.dated.as_ref());
        let dates = dates.map(|(path, _)| Projection::of(path.clone()));
        let read = measures.iter().flat_map(|measure| measure.parts());
        let read = read.flat_map(|part| part.columns().into_iter().map(|(_, column)| column.clone()));
        for column in dates.chain(read) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let window = self.window(measures, window);
        let scan = Scan { table: first.table, columns, window, scope: scope.clone() };
        let mut states: Vec<ByKey> = measures.iter().map(|measure| ByKey::new(measure, self.periods)).collect();
        let mut parents = Parents::default();
        let mut count = 0;
        let money = crate::data::currency::units(source.money_digits()?);
        source.scan(&scan, &mut |batch| {
            let (columns, zone) = (&scan.columns[..], self.zone);
            let rows = Rows { batch, columns, children: &[], id: None, period: None, zone, money };
            let slots = parents.slots(&rows);
            for state in &mut states {
                state.add(&rows, &slots, parents.ids.len());
            }
            count += batch.len() as u64;
        })?;
        let by_parent = states.iter().map(|state| state.states.iter().map(|states| states.by_parent(&parents.ids)));
        folded.extend(measures.iter().cloned().zip(by_parent.map(Iterator::collect)));
        Ok(count)
    }

    /// Dated rows are found by their own date, others by that of the row they belong to.
    fn window(&self, measures: &[Arc<ChildMeasure>], outer: Option<&Window>) -> Option<Window> {
        let first = measures.first()?;
        let Some((path, _)) = &first.dated else {
            // Whether the parent still exists is left out: that narrows little and costs a join.
            let outer = outer?;
            let (path, ranges) = (outer.path.behind(first.parent), outer.ranges.clone());
            return Some(Window { path, ranges, lasting: None });
        };
        let in_days = path.column.kind == Kind::Date;
        let reaches = measures.iter().filter_map(|measure| measure.dated.as_ref()).map(|(_, reach)| *reach);
        let ranges = reaches.flat_map(|reach| Timeline::of(self.periods, reach, in_days).ranges()).collect();
        Some(Window { path: path.clone(), ranges: crate::time::timeline::joined(ranges), lasting: None })
    }
}

/// Numbers the parents in the order in which they are seen.
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

/// The states of one figure, by the number of the parent: for all periods together, or for each.
struct ByKey<'a> {
    measure: &'a ChildMeasure,
    periods: &'a [Period],
    states: Vec<Accumulator>,
}

impl<'a> ByKey<'a> {
    fn new(measure: &'a ChildMeasure, periods: &'a [Period]) -> ByKey<'a> {
        let periods = if measure.needs_period() { periods } else { &[] };
        let states = (0..periods.len().max(1)).map(|_| Accumulator::new(&measure.aggregate)).collect();
        ByKey { measure, periods, states }
    }

    fn add(&mut self, rows: &Rows, slots: &[u32], parents: usize) {
        if self.periods.is_empty() {
            add(self.measure, &mut self.states[0], rows, slots, parents);
        }
        for (index, period) in self.periods.iter().enumerate() {
            add(self.measure, &mut self.states[index], &rows.within(index, period), slots, parents);
        }
    }
}

fn add(measure: &ChildMeasure, states: &mut Accumulator, rows: &Rows, slots: &[u32], parents: usize) {
    let inside = measure.dated.as_ref().zip(rows.period).map(|((path, reach), (_, period))| {
        let Values::Numbers(dates) = rows.values(&Projection::of(path.clone())) else {
            unreachable!("a date is a number")
        };
        let range = period.reach(*reach, path.column.kind == Kind::Date);
        #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
        let (start, end) = (range.start as f64, range.end as f64);
        dates.iter().map(|date| start <= *date && *date < end).collect::<Vec<_>>()
    });
    let mask = measure.filter.as_ref().map(|filter| rows.mask(filter));
    let holds = |mask: &Option<Vec<bool>>, row: &u32| mask.as_ref().is_none_or(|mask| mask[*row as usize]);
    let selected: Vec<u32> =
        row_numbers(rows.batch.len()).filter(|row| holds(&inside, row) && holds(&mask, row)).collect();
    let operands: Vec<_> = measure.aggregate.operands().into_iter().map(|expr| rows.operands(expr)).collect();
    states.grow(parents);
    states.add(&selected, slots, &operands);
}
