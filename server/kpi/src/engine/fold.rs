//! The fold: rows of one scan in, one reading for every measure, period and group out. Each row is looked at once.

use crate::data::batch::Values;
use crate::data::cell::{Breakdown, Group};
use crate::data::dimension::Dimension;
use crate::data::model::{Kind, PLAN_LEVELS, Table};
use crate::data::path::Path;
use crate::data::path::Projection;
use crate::data::scan::{Lasting, Scan, Source, Window};
use crate::data::scope::Scope;
use crate::engine::grouping::Grouping;
use crate::engine::related::Related;
use crate::engine::rows::{Rows, row_numbers};
use crate::measure::aggregate::{Accumulator, LatestRows, Reading};
use crate::measure::expr::{Condition, Expr, Origin, Part};
use crate::measure::measure::{Frame, Measure, Moment};
use crate::time::period::{Period, Reach};
use crate::time::timeline::{Timeline, joined};
use crate::time::zone::Zoned;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// All measures that read the same table by the same date, in all breakdowns in which one of them is wanted.
pub struct Fold<'a> {
    table: &'static Table,
    timing: Timing,
    periods: &'a [Period],
    zone: Zoned,
    /// The spans of time around the periods that are wanted, each cut at every boundary of a period.
    timelines: Vec<(Reach, Timeline)>,
    measures: Vec<Folded<'a>>,
    groupings: Vec<Grouping>,
    rows: u64,
}

/// By what rows are found; what reads by the same is read together.
#[derive(Debug, Clone, PartialEq)]
enum Timing {
    Dated(Path),
    Existing { from: Path, until: Option<Expr> },
    All,
}

/// One measure and its states, one for each breakdown in which it is wanted.
struct Folded<'a> {
    measure: &'a Measure,
    /// The measure's own, and of plans the level at which they are read.
    filter: Option<Condition>,
    layout: Layout,
    /// By the index of the grouping.
    states: Vec<(usize, States)>,
}

/// How the states of one group lie side by side.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Layout {
    /// One for each stretch of the timeline of that index: a row is added once, however many periods it belongs to.
    Stretches(usize),
    /// One for each period: what a row contributes depends on the period.
    Periods,
}

enum States {
    All(Accumulator),
    Latest(LatestRows),
}

/// The readings of one measure in one breakdown.
pub struct Readings<'a> {
    /// `None`: the states lie by period.
    timeline: Option<&'a Timeline>,
    periods: usize,
    states: &'a States,
    groups: HashMap<Vec<Group>, usize>,
}

impl Timing {
    fn of(measure: &Measure) -> Timing {
        match &measure.frame {
            Frame::Dated { by, .. } => Timing::Dated(by.clone()),
            Frame::Existing { from, until, .. } => Timing::Existing { from: from.clone(), until: until.clone() },
            Frame::All => Timing::All,
        }
    }

    /// The date by which rows are found.
    fn path(&self) -> Option<&Path> {
        match self {
            Timing::Dated(path) | Timing::Existing { from: path, .. } => Some(path),
            Timing::All => None,
        }
    }

    fn in_days(&self) -> bool {
        self.path().is_some_and(|path| path.column.kind == Kind::Date)
    }
}

impl<'a> Fold<'a> {
    /// A fold of what reads like this measure, without measures yet.
    pub fn like(measure: &Measure, periods: &'a [Period]) -> Fold<'a> {
        let zone = Zoned(periods.first().map_or(jiff::tz::TimeZone::UTC, Period::zone));
        let (timing, table) = (Timing::of(measure), measure.table);
        let (timelines, measures, groupings) = (Vec::new(), Vec::new(), Vec::new());
        Fold { table, timing, periods, zone, timelines, measures, groupings, rows: 0 }
    }

    /// Whether a measure belongs into this fold.
    pub fn reads(&self, measure: &Measure) -> bool {
        self.table == measure.table && self.timing == Timing::of(measure)
    }

    /// How many rows it has read.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a measure in a breakdown; where both are there already, they are shared.
    pub fn want(&mut self, measure: &'a Measure, by: &Breakdown) {
        let grouping = self.grouping(measure, by);
        let filter = read_at_level(measure, by);
        let known = |folded: &Folded| folded.measure == measure && folded.filter == filter;
        let at = self.measures.iter().position(known).unwrap_or_else(|| {
            let layout = self.layout(measure);
            self.measures.push(Folded { measure, filter, layout, states: Vec::new() });
            self.measures.len() - 1
        });
        let states = &mut self.measures[at].states;
        if states.iter().all(|(known, _)| *known != grouping) {
            states.push((grouping, States::new(measure)));
        }
    }

    fn grouping(&mut self, measure: &Measure, by: &Breakdown) -> usize {
        let wanted = Grouping::new(by, measure, &self.zone);
        self.groupings.iter().position(|grouping| grouping.is_like(&wanted)).unwrap_or_else(|| {
            self.groupings.push(wanted);
            self.groupings.len() - 1
        })
    }

    fn layout(&mut self, measure: &Measure) -> Layout {
        let Frame::Dated { reach, .. } = measure.frame else { return Layout::Periods };
        let at = self.timelines.iter().position(|(known, _)| *known == reach).unwrap_or_else(|| {
            let timeline = Timeline::of(self.periods, reach, self.timing.in_days());
            self.timelines.push((reach, timeline));
            self.timelines.len() - 1
        });
        if measure.needs_period() { Layout::Periods } else { Layout::Stretches(at) }
    }

    /// Reads what the measures need and folds it.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn run<S: Source>(&mut self, scope: &Scope, source: &mut S) -> Result<(), S::Error> {
        let window = self.window();
        let parts: Vec<Part> = self.measures.iter().flat_map(|folded| folded.measure.parts()).collect();
        let related = Related::of(&parts, self.periods, &self.zone);
        let (children, related_rows) = related.fold(window.as_ref(), scope, source)?;
        let scan = self.scan(window, scope, !children.is_empty());
        let id = scan.columns.iter().position(|column| *column == id_of(self.table));
        self.rows += related_rows;
        let (zone, money) = (self.zone.clone(), crate::data::currency::units(source.money_digits()?));
        source.scan(&scan, &mut |batch| {
            let (columns, children) = (&scan.columns[..], &children[..]);
            self.take(Rows { batch, columns, children, id, period: None, zone: &zone, money });
        })
    }

    /// Which rows any of the measures counts in any of the periods.
    fn window(&self) -> Option<Window> {
        let path = self.timing.path()?.clone();
        let Timing::Existing { until, .. } = &self.timing else {
            let ranges = self.timelines.iter().flat_map(|(_, timeline)| timeline.ranges()).collect();
            return Some(Window { path, ranges: joined(ranges), lasting: None });
        };
        let bounds = |period: &Period| if self.timing.in_days() { period.days() } else { period.instants() };
        let first = self.periods.iter().map(|period| bounds(period).start).min().unwrap_or(0);
        let last = self.periods.iter().map(|period| bounds(period).end).max().unwrap_or(0);
        let until = until.as_ref().map(ends).unwrap_or_default();
        let lasting = (!until.is_empty()).then_some(Lasting { until, at: first });
        let came_before = i64::MIN..last;
        Some(Window { path, ranges: Vec::from([came_before]), lasting })
    }

    /// The readings of a measure in a breakdown; both must have been [wanted](Fold::want).
    ///
    /// # Panics
    /// If they were not.
    pub fn readings(&self, measure: &Measure, by: &Breakdown) -> Readings<'_> {
        let filter = read_at_level(measure, by);
        let known = |folded: &&Folded| folded.measure == measure && folded.filter == filter;
        let folded = self.measures.iter().find(known).expect("the measure was wanted");
        let wanted = Grouping::new(by, measure, &self.zone);
        let found = folded.states.iter().find(|(grouping, _)| self.groupings[*grouping].is_like(&wanted));
        let (grouping, states) = found.expect("the breakdown was wanted");
        let groups = self.groupings[*grouping].groups().into_iter().enumerate();
        let timeline = match folded.layout {
            Layout::Stretches(timeline) => Some(&self.timelines[timeline].1),
            Layout::Periods => None,
        };
        let groups = groups.map(|(index, group)| (group, index)).collect();
        Readings { timeline, periods: self.periods.len(), states, groups }
    }

    fn scan(&self, window: Option<Window>, scope: &Scope, with_id: bool) -> Scan {
        let mut columns: Vec<Projection> = self.timing.path().cloned().map(Projection::of).into_iter().collect();
        // A scan has at least one column, and all() asks for none.
        if with_id || columns.is_empty() {
            columns.push(id_of(self.table));
        }
        let levels = self.measures.iter().filter_map(|folded| folded.filter.as_ref());
        let levels = levels.flat_map(|filter| Part::Condition(filter).columns()).map(|(_, column)| column);
        let read = self.measures.iter().flat_map(|folded| folded.measure.columns());
        for column in self.groupings.iter().flat_map(Grouping::columns).chain(levels).chain(read) {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        Scan { table: self.table, columns, window, scope: scope.clone() }
    }

    fn take(&mut self, rows: Rows) {
        self.rows += rows.batch.len() as u64;
        let Fold { timing, periods, timelines, measures, groupings, .. } = self;
        let groups: Vec<Vec<u32>> = groupings.iter_mut().map(|grouping| grouping.assign(&rows)).collect();
        let lanes: Vec<Lane> = timelines.iter().map(|(_, timeline)| Lane::new(timeline, &groups, &rows)).collect();
        let mut masks = Masks { rows, known: Vec::new() };
        let existence = Existence::of(timing, &rows);
        for folded in measures {
            let filter = folded.filter.as_ref();
            match folded.layout {
                Layout::Stretches(timeline) => {
                    let lane = &lanes[timeline];
                    let selected = masks.selected(timeline, lane, filter);
                    let place = Place { selected: &selected, count: lane.stretches };
                    add(folded.measure, &mut folded.states, groupings, &rows, &place, &|at| {
                        Cow::Borrowed(&lane.slots[at])
                    });
                }
                Layout::Periods => {
                    let fixed = filter.filter(|filter| !Part::Condition(filter).needs_period());
                    let fixed = fixed.map(|filter| rows.mask(filter));
                    for (index, period) in periods.iter().enumerate() {
                        let rows = rows.within(index, period);
                        let mut mask = belonging(folded.measure, period, &existence, &rows);
                        match (&fixed, filter) {
                            (Some(fixed), _) => restrict(&mut mask, fixed),
                            (None, Some(filter)) => restrict(&mut mask, &rows.mask(filter)),
                            (None, None) => {}
                        }
                        let selected: Vec<u32> = row_numbers(mask.len()).filter(|row| mask[*row as usize]).collect();
                        let place = Place { selected: &selected, count: periods.len() };
                        let slot = |group: &u32| slot(*group, periods.len(), index);
                        add(folded.measure, &mut folded.states, groupings, &rows, &place, &|at| {
                            Cow::Owned(groups[at].iter().map(slot).collect())
                        });
                    }
                }
            }
        }
    }
}

/// Which rows of a batch are added, and how many states there are to each group.
struct Place<'a> {
    selected: &'a [u32],
    count: usize,
}

/// Adds rows to the states of a measure in each breakdown; `slots` says where each row belongs in the grouping of an
/// index.
fn add<'a>(
    measure: &Measure,
    states: &mut [(usize, States)],
    groupings: &[Grouping],
    rows: &Rows,
    place: &Place,
    slots: &dyn Fn(usize) -> Cow<'a, [u32]>,
) {
    if place.selected.is_empty() {
        return;
    }
    let operands: Vec<_> = measure.aggregate.operands().into_iter().map(|expr| rows.operands(expr)).collect();
    for (grouping, states) in states {
        states.grow(groupings[*grouping].len() * place.count);
        states.add(measure, rows, place.selected, &slots(*grouping), &operands);
    }
}

/// Where the rows of a batch lie in time, and so where their states lie.
struct Lane {
    stretches: usize,
    /// Whether any period covers the row.
    covered: Vec<bool>,
    /// For each grouping.
    slots: Vec<Vec<u32>>,
}

impl Lane {
    fn new(timeline: &Timeline, groups: &[Vec<u32>], rows: &Rows) -> Lane {
        let Values::Numbers(dates) = &rows.batch.columns[0] else { unreachable!("a date is a number") };
        let stretches: Vec<Option<usize>> = dates.iter().map(|date| timeline.stretch(*date)).collect();
        let count = timeline.stretches();
        let slots = |groups: &Vec<u32>| {
            groups.iter().zip(&stretches).map(|(group, stretch)| slot(*group, count, stretch.unwrap_or(0))).collect()
        };
        let covered = stretches.iter().map(Option::is_some).collect();
        Lane { stretches: count, covered, slots: groups.iter().map(slots).collect() }
    }
}

/// The place of a group's state for one of `count` stretches or periods.
fn slot(group: u32, count: usize, at: usize) -> u32 {
    u32::try_from(group as usize * count + at).expect("fewer than 2^32 cells")
}

/// From when until when each row of a batch exists.
struct Existence<'a> {
    from: Option<&'a [f64]>,
    until: Option<Cow<'a, [f64]>>,
    in_days: bool,
}

impl<'a> Existence<'a> {
    fn of(timing: &'a Timing, rows: &Rows<'a>) -> Existence<'a> {
        let in_days = timing.in_days();
        let from = timing.path().map(|_| match &rows.batch.columns[0] {
            Values::Numbers(dates) => &dates[..],
            Values::Texts(..) => unreachable!("a date is a number"),
        });
        let until = match timing {
            Timing::Existing { until: Some(until), .. } => Some(rows.numbers(until)),
            _ => None,
        };
        Existence { from, until, in_days }
    }

    /// Whether a row that came before `end` is still there at `start`.
    #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
    fn between(&self, start: i64, end: i64) -> Vec<bool> {
        let (start, end) = (start as f64, end as f64);
        let came = self.from.unwrap_or_default().iter().map(|from| *from < end);
        match &self.until {
            Some(until) => {
                came.zip(until.iter()).map(|(came, until)| came && (until.is_nan() || *until >= start)).collect()
            }
            None => came.collect(),
        }
    }
}

/// Which rows belong to a period. Rows come and go between one period and the next: what exists when a period ends is
/// what exists when the following one begins.
#[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
fn belonging(measure: &Measure, period: &Period, existence: &Existence, rows: &Rows) -> Vec<bool> {
    let bounds = if existence.in_days { period.days() } else { period.instants() };
    match measure.frame {
        Frame::All => vec![true; rows.batch.len()],
        Frame::Existing { at: Moment::Start, .. } => existence.between(bounds.start, bounds.start),
        Frame::Existing { at: Moment::End, .. } => existence.between(bounds.end, bounds.end),
        Frame::Existing { at: Moment::During, .. } => existence.between(bounds.start, bounds.end),
        Frame::Dated { reach, .. } => {
            let range = period.reach(reach, existence.in_days);
            let (start, end) = (range.start as f64, range.end as f64);
            existence.from.unwrap_or_default().iter().map(|date| start <= *date && *date < end).collect()
        }
    }
}

fn restrict(mask: &mut [bool], by: &[bool]) {
    mask.iter_mut().zip(by).for_each(|(mask, by)| *mask &= *by);
}

/// The dates of which none may lie before an instant for the row to exist at it; none where that cannot be told.
fn ends(until: &Expr) -> Vec<Path> {
    match until {
        Expr::Column(_, projection) => match &projection.0[..] {
            [path] => vec![path.clone()],
            _ => Vec::new(),
        },
        Expr::Arithmetic(left, crate::measure::expr::Arithmetic::Least, right) => {
            let (left, right) = (ends(left), ends(right));
            if left.is_empty() || right.is_empty() { Vec::new() } else { [left, right].concat() }
        }
        _ => Vec::new(),
    }
}

/// The measure's filter; of plans, with the level at which they are read: a total is read from the plans that name
/// nobody, a breakdown by rep from those that name one.
fn read_at_level(measure: &Measure, by: &Breakdown) -> Option<Condition> {
    if !measure.table.plans() {
        return measure.filter.clone();
    }
    let level = |dimension: &Dimension| match dimension {
        Dimension::Rep => Some(PLAN_LEVELS[0]),
        Dimension::Partner => Some(PLAN_LEVELS[1]),
        Dimension::Team => Some(PLAN_LEVELS[2]),
        Dimension::Region => Some(PLAN_LEVELS[3]),
        _ => None,
    };
    let origin = Origin { table: measure.table, depth: 0 };
    let named = |name: &&str| {
        let column = measure.table.column(name)?;
        Some(Condition::IsSet(Expr::Column(origin, Projection::of(Path::own(column)))))
    };
    let wanted: Vec<&str> = by.iter().filter_map(level).collect();
    let conditions: Vec<Condition> = if wanted.is_empty() {
        PLAN_LEVELS.iter().filter_map(named).map(|named| Condition::Not(Arc::new(named))).collect()
    } else {
        wanted.iter().filter_map(named).collect()
    };
    measure.filter.iter().cloned().chain(conditions).reduce(Condition::and)
}

impl States {
    fn new(measure: &Measure) -> States {
        match &measure.latest {
            Some(_) => States::Latest(LatestRows::default()),
            None => States::All(Accumulator::new(&measure.aggregate)),
        }
    }

    fn grow(&mut self, slots: usize) {
        match self {
            States::All(states) => states.grow(slots),
            States::Latest(states) => states.grow(slots),
        }
    }

    fn add(&mut self, measure: &Measure, rows: &Rows, selected: &[u32], slots: &[u32], operands: &[Cow<[f64]>]) {
        match (self, &measure.latest) {
            (States::All(states), _) => states.add(selected, slots, operands),
            (States::Latest(states), Some(latest)) => {
                let series: Vec<_> = latest.series.iter().map(|column| rows.codes(column)).collect();
                let passes = latest.filter.as_ref().map(|filter| rows.mask(filter));
                states.add(selected, slots, &series, &rows.numbers(&latest.by), passes.as_deref(), operands);
            }
            (States::Latest(_), None) => unreachable!("only what asks for the latest keeps it"),
        }
    }
}

impl Readings<'_> {
    /// Every group in which the measure saw a row of its table.
    pub fn groups(&self) -> impl Iterator<Item = &Vec<Group>> {
        self.groups.keys()
    }

    /// Where a group lies, for [`Readings::get`]; `None` if the measure saw no row of it.
    pub fn place(&self, group: &[Group]) -> Option<usize> {
        self.groups.get(group).copied()
    }

    /// The measure's figure for the period of that index and the group at a place.
    pub fn get(&self, measure: &Measure, period: usize, place: Option<usize>) -> Reading {
        let slots = place.map_or(0..0, |index| match self.timeline {
            Some(timeline) => {
                let (stretches, within) = (timeline.stretches(), timeline.period(period));
                index * stretches + within.start..index * stretches + within.end
            }
            None => index * self.periods + period..index * self.periods + period + 1,
        });
        match self.states {
            States::All(states) => states.read(slots),
            States::Latest(states) => states.read(&measure.aggregate, slots),
        }
    }
}

/// The rows that each filter lets through, computed once for all measures that share it.
struct Masks<'a> {
    rows: Rows<'a>,
    known: Vec<Selection<'a>>,
}

/// The rows that a filter lets through, on the timeline of that index.
struct Selection<'a> {
    timeline: usize,
    filter: Option<&'a Condition>,
    rows: Arc<[u32]>,
}

impl<'a> Masks<'a> {
    fn selected(&mut self, timeline: usize, lane: &Lane, filter: Option<&'a Condition>) -> Arc<[u32]> {
        let same = |known: &&Selection| known.timeline == timeline && known.filter == filter;
        if let Some(known) = self.known.iter().find(same) {
            return known.rows.clone();
        }
        let mask = filter.map(|filter| self.rows.mask(filter));
        let within = |row: &u32| {
            let row = *row as usize;
            lane.covered[row] && mask.as_ref().is_none_or(|mask| mask[row])
        };
        let rows: Arc<[u32]> = row_numbers(lane.covered.len()).filter(within).collect();
        self.known.push(Selection { timeline, filter, rows: rows.clone() });
        rows
    }
}

fn id_of(table: &'static Table) -> Projection {
    Projection::of(Path::own(table.column("id").expect("every table has an id")))
}
