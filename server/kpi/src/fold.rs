//! The fold: rows of one scan in, one reading for every measure, period and group out. Each row is looked at once.

use crate::aggregate::{Accumulator, ByParent, ChildMeasure, Measure, Reading};
use crate::batch::{Batch, MISSING_TEXT, Values};
use crate::cell::{Breakdown, Group};
use crate::expr::{Condition, Expr, Rows};
use crate::grouping::Grouping;
use crate::model::{Kind, Path, Table};
use crate::period::Period;
use crate::scan::{Projection, Scan, Source, Window};
use crate::scope::Scope;
use crate::timeline::Timeline;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// All measures that read the same table by the same date, in all breakdowns in which one of them is wanted.
pub struct Fold<'a> {
    table: &'static Table,
    dated_by: Path,
    periods: &'a [Period],
    timeline: Timeline,
    measures: Vec<Folded<'a>>,
    groupings: Vec<Grouping>,
}

/// One measure and its states, one accumulator for each breakdown in which it is wanted.
struct Folded<'a> {
    measure: &'a Measure,
    accumulators: Vec<(usize, Accumulator)>,
}

/// The readings of one measure in one breakdown.
pub struct Readings<'a> {
    timeline: &'a Timeline,
    accumulator: &'a Accumulator,
    groups: HashMap<Vec<Group>, usize>,
}

impl<'a> Fold<'a> {
    /// A fold without measures.
    pub fn new(table: &'static Table, dated_by: &Path, periods: &'a [Period]) -> Fold<'a> {
        let timeline = Timeline::of(periods, dated_by.column.kind == Kind::Date);
        Fold { table, dated_by: dated_by.clone(), periods, timeline, measures: Vec::new(), groupings: Vec::new() }
    }

    /// Whether a measure belongs into this fold.
    pub fn reads(&self, measure: &Measure) -> bool {
        self.table == measure.table && self.dated_by == measure.dated_by
    }

    /// Adds a measure in a breakdown; where both are there already, they are shared.
    pub fn want(&mut self, measure: &'a Measure, by: &Breakdown) {
        let grouping = self.groupings.iter().position(|grouping| grouping.by == *by).unwrap_or_else(|| {
            self.groupings.push(Grouping::new(by, self.table, &self.dated_by, self.periods));
            self.groupings.len() - 1
        });
        let at = self.measures.iter().position(|folded| folded.measure == measure).unwrap_or_else(|| {
            self.measures.push(Folded { measure, accumulators: Vec::new() });
            self.measures.len() - 1
        });
        let accumulators = &mut self.measures[at].accumulators;
        if accumulators.iter().all(|(known, _)| *known != grouping) {
            accumulators.push((grouping, Accumulator::new(&measure.aggregate)));
        }
    }

    /// Reads what the measures need and folds it.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn run<S: Source>(&mut self, scope: &Scope, source: &mut S) -> Result<(), S::Error> {
        let window = Window { path: self.dated_by.clone(), ranges: self.timeline.ranges() };
        let children = self.fold_children(&window, scope, source)?;
        let scan = self.scan(window, scope, !children.is_empty());
        let id = scan.columns.iter().position(|column| *column == id_of(self.table));
        source.scan(&scan, &mut |batch| {
            self.take(&Rows { batch, columns: &scan.columns, children: &children, id });
        })
    }

    /// The readings of a measure in a breakdown; both must have been [wanted](Fold::want).
    ///
    /// # Panics
    /// If they were not.
    pub fn readings(&self, measure: &Measure, by: &Breakdown) -> Readings<'_> {
        let folded = self.measures.iter().find(|folded| folded.measure == measure);
        let accumulators = &folded.expect("the measure was wanted").accumulators;
        let wanted = accumulators.iter().find(|(grouping, _)| self.groupings[*grouping].by == *by);
        let (grouping, accumulator) = wanted.expect("the breakdown was wanted");
        let groups = self.groupings[*grouping].groups().into_iter().enumerate();
        Readings {
            timeline: &self.timeline,
            accumulator,
            groups: groups.map(|(index, group)| (group, index)).collect(),
        }
    }

    fn scan(&self, window: Window, scope: &Scope, with_id: bool) -> Scan {
        let mut columns = vec![Projection::of(self.dated_by.clone())];
        if with_id {
            columns.push(id_of(self.table));
        }
        let mut add = |projection: &Projection| {
            if !columns.contains(projection) {
                columns.push(projection.clone());
            }
        };
        self.groupings.iter().flat_map(Grouping::columns).for_each(&mut add);
        for folded in &self.measures {
            folded.measure.expressions(&mut |expr| columns_of(expr).into_iter().for_each(&mut add));
        }
        Scan { table: self.table, columns, window: Some(window), scope: scope.clone() }
    }

    fn fold_children<S: Source>(
        &self,
        window: &Window,
        scope: &Scope,
        source: &mut S,
    ) -> Result<Vec<(Arc<ChildMeasure>, ByParent)>, S::Error> {
        let mut wanted: Vec<Arc<ChildMeasure>> = Vec::new();
        for folded in &self.measures {
            folded.measure.expressions(&mut |expr| {
                let mut found = Vec::new();
                expr.children(&mut found);
                for child in found {
                    if !wanted.contains(child) {
                        wanted.push(child.clone());
                    }
                }
            });
        }
        let mut folded = Vec::new();
        while let Some(first) = wanted.first().cloned() {
            let (shared, rest): (Vec<_>, _) = wanted.into_iter().partition(|child| child.parent == first.parent);
            fold_children(&shared, window, scope, source, &mut folded)?;
            wanted = rest;
        }
        Ok(folded)
    }

    fn take(&mut self, rows: &Rows) {
        let Values::Numbers(dates) = &rows.batch.columns[0] else { unreachable!("a date is a number") };
        let stretches: Vec<Option<usize>> = dates.iter().map(|date| self.timeline.stretch(*date)).collect();
        let slots: Vec<Vec<u32>> = self
            .groupings
            .iter_mut()
            .map(|grouping| slots(grouping, &stretches, rows, self.timeline.stretches()))
            .collect();
        let mut masks = Masks { stretches: &stretches, rows, selections: Vec::new() };
        for folded in &mut self.measures {
            let selected = masks.selected(folded.measure.filter.as_ref());
            let operands = folded.measure.aggregate.operand().map(|expr| operands(rows, expr));
            for (grouping, accumulator) in &mut folded.accumulators {
                accumulator.grow(self.groupings[*grouping].len() * self.timeline.stretches());
                accumulator.add(&selected, &slots[*grouping], operands.as_deref());
            }
        }
    }
}

impl Readings<'_> {
    /// Every group in which the measure saw a row of its table.
    pub fn groups(&self) -> impl Iterator<Item = &Vec<Group>> {
        self.groups.keys()
    }

    /// The measure's figure for the period of that index and a group.
    pub fn get(&self, period: usize, group: &Vec<Group>) -> Reading {
        let stretches = self.timeline.stretches();
        let slots = self.groups.get(group).map_or(0..0, |index| {
            let within = self.timeline.period(period);
            index * stretches + within.start..index * stretches + within.end
        });
        self.accumulator.read(slots)
    }
}

/// The rows that each filter lets through, computed once for all measures that share it.
struct Masks<'a> {
    stretches: &'a [Option<usize>],
    rows: &'a Rows<'a>,
    selections: Vec<(Option<&'a Condition>, Arc<[u32]>)>,
}

impl<'a> Masks<'a> {
    fn selected(&mut self, filter: Option<&'a Condition>) -> Arc<[u32]> {
        if let Some((_, selected)) = self.selections.iter().find(|(known, _)| *known == filter) {
            return selected.clone();
        }
        let mask = filter.map(|filter| self.rows.mask(filter));
        let within = |row: &u32| {
            let row = *row as usize;
            self.stretches[row].is_some() && mask.as_ref().is_none_or(|mask| mask[row])
        };
        let selected: Arc<[u32]> = row_numbers(self.stretches.len()).filter(within).collect();
        self.selections.push((filter, selected.clone()));
        selected
    }
}

/// Where each row's state lies: the stretches of a group side by side.
fn slots(grouping: &mut Grouping, stretches: &[Option<usize>], rows: &Rows, count: usize) -> Vec<u32> {
    let groups = grouping.assign(rows.batch.len(), &|projection| rows.values(projection));
    let slot = |(group, stretch): (&u32, &Option<usize>)| *group as usize * count + stretch.unwrap_or(0);
    let slot = |pair| u32::try_from(slot(pair)).expect("fewer than 2^32 cells");
    groups.iter().zip(stretches).map(slot).collect()
}

/// What each row contributes. Texts, which can only be told apart, stand as their codes.
fn operands<'a>(rows: &Rows<'a>, expr: &'a Expr) -> Cow<'a, [f64]> {
    if let Expr::Column(projection) = expr
        && let Values::Texts(codes, _) = rows.values(projection)
    {
        let code = |code: &u32| if *code == MISSING_TEXT { f64::NAN } else { f64::from(*code) };
        return Cow::Owned(codes.iter().map(code).collect());
    }
    rows.numbers(expr)
}

fn columns_of(expr: &Expr) -> Vec<&Projection> {
    let mut found = Vec::new();
    expr.columns(&mut found);
    found
}

fn id_of(table: &'static Table) -> Projection {
    Projection::of(Path::own(table.column("id").expect("every table has an id")))
}

fn row_numbers(rows: usize) -> std::ops::Range<u32> {
    0..u32::try_from(rows).expect("a batch is small")
}

/// Folds the figures over the rows of one related table, all in one scan: of the rows that belong to those that the
/// window lets through.
fn fold_children<S: Source>(
    measures: &[Arc<ChildMeasure>],
    window: &Window,
    scope: &Scope,
    source: &mut S,
    folded: &mut Vec<(Arc<ChildMeasure>, ByParent)>,
) -> Result<(), S::Error> {
    let Some(first) = measures.first() else { return Ok(()) };
    let (table, parent) = (first.table, first.parent);
    let key = table.column(parent.column).expect("a foreign key is a column of its table");
    let mut columns = vec![Projection::of(Path::own(key))];
    for measure in measures {
        measure.expressions(&mut |expr| {
            for projection in columns_of(expr) {
                if !columns.contains(projection) {
                    columns.push(projection.clone());
                }
            }
        });
    }
    let path = &window.path;
    let references = std::iter::once(parent).chain(path.references.iter().copied()).collect();
    let window = Window { path: Path { references, column: path.column }, ranges: window.ranges.clone() };
    let scan = Scan { table, columns, window: Some(window), scope: scope.clone() };

    let mut parents: FxHashMap<u64, u32> = FxHashMap::default();
    let mut ids: Vec<u64> = Vec::new();
    let mut accumulators: Vec<Accumulator> =
        measures.iter().map(|measure| Accumulator::new(&measure.aggregate)).collect();
    source.scan(&scan, &mut |batch: &Batch| {
        let rows = Rows { batch, columns: &scan.columns, children: &[], id: None };
        let Values::Numbers(keys) = &batch.columns[0] else { unreachable!("a foreign key is a number") };
        let slot = |key: &f64| {
            *parents.entry(key.to_bits()).or_insert_with(|| {
                ids.push(key.to_bits());
                u32::try_from(ids.len() - 1).expect("fewer than 2^32 parents")
            })
        };
        let slots: Vec<u32> = keys.iter().map(slot).collect();
        for (measure, accumulator) in measures.iter().zip(&mut accumulators) {
            let mask = measure.filter.as_ref().map(|filter| rows.mask(filter));
            let within = |row: &u32| mask.as_ref().is_none_or(|mask| mask[*row as usize]);
            let selected: Vec<u32> = row_numbers(batch.len()).filter(within).collect();
            let operands = measure.aggregate.operand().map(|expr: &Expr| operands(&rows, expr));
            accumulator.grow(ids.len());
            accumulator.add(&selected, &slots, operands.as_deref());
        }
    })?;
    let by_parent = accumulators.iter().map(|accumulator| accumulator.by_parent(&ids));
    folded.extend(measures.iter().cloned().zip(by_parent));
    Ok(())
}
