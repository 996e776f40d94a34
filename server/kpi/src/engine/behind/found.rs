//! The rows of a list, as they are found batch by batch.

use super::counted::{Candidate, Decision, LatestRows, Measures, only};
use super::described::{Described, Said};
use super::listing::Datum;
use super::member::Member;
use super::sides::Wanted;
use crate::data::cell::{Breakdown, Group};
use crate::data::path::{Path, Projection};
use crate::data::scope::Scope;
use crate::engine::fold::plan::{Plan, Planned};
use crate::engine::fold::take::{Viewed, restrict};
use crate::engine::grouping::Grouping;
use crate::engine::known::Next;
use crate::engine::rows::Rows;
use crate::engine::sight::Sight;
use crate::measure::dated::in_days;
use crate::measure::expr::{Expr, Part};
use crate::measure::membership::Membership;
use crate::measure::{Measure, Quantity};
use std::borrow::Cow;

/// Fewer rows than this are kept until all are seen, whatever the limit.
const FEW: usize = 4096;

/// A row that some measure of a list counts, or may count.
#[derive(Clone)]
pub struct Found {
    pub said: Said,
    /// The date by which it is found, in UTC seconds; NaN if there is none.
    pub at: f64,
    pub counted: Measures,
    /// The bits of the value that the measures count, if they count values.
    value: u64,
    /// For each of the contributing measures.
    pub contributions: Vec<Option<Datum>>,
    /// For each measure that counts it only if it is the latest row of its series.
    competing: Vec<Competing>,
}

/// A row that is the latest of its series, or not.
#[derive(Clone)]
struct Competing {
    /// The index of the measure.
    measure: usize,
    series: Box<[u64]>,
    by: f64,
    /// What it contributes; `None` if it is the latest, but does not count.
    contributions: Option<Vec<f64>>,
}

/// How the measures of a list count rows.
pub struct Counting<'a> {
    measures: &'a [(&'a str, &'a Measure)],
    /// Of each measure, where the plan has it and its grouping.
    planned: Vec<(usize, usize)>,
    /// The measures that a row contributes a value to, by index, with what is shown of it.
    pub contributing: Vec<(usize, Expr)>,
}

impl<'a> Counting<'a> {
    /// In a scope; the plan must have been made for the measures, in a breakdown and one sight.
    ///
    /// # Panics
    /// If it was not.
    pub fn new(wanted: &'a Wanted<'a>, plan: &Plan, (by, sight, scope): (&Breakdown, &Sight, &Scope)) -> Counting<'a> {
        let measures = &wanted.measures[..];
        let find = |(_, measure): &(&str, &Measure)| {
            let (at, grouping) = plan.find(measure, by, sight, scope).expect("the plan was made for it");
            (at, plan.measures[at].groupings[grouping])
        };
        Counting { measures, planned: measures.iter().map(find).collect(), contributing: contributing(measures) }
    }

    /// Whether the other one counts the same rows.
    pub fn is_like(&self, other: &Counting) -> bool {
        self.planned == other.planned
    }

    /// The columns of what is shown.
    pub fn columns(&self) -> impl Iterator<Item = &Projection> {
        let shown = self.contributing.iter().map(|(_, shown)| Part::Expr(shown));
        shown.flat_map(Part::columns).map(|(_, column)| column)
    }

    /// The rows of a batch that are counted, each with its place: of those that are `there`, if not all are, those of the
    /// these groups, one for each dimension of the breakdown.
    pub fn found(
        &self,
        plan: &mut Plan,
        described: &mut Described,
        members: &[&Member],
        rows: &Rows,
        there: Option<&[bool]>,
    ) -> Vec<(usize, Found)> {
        let Plan { groupings, measures, membership, views, known, .. } = plan;
        // There is one period, and so one view.
        let mut seen = known.seen(rows, &views[0], &[], &mut Next::new(std::iter::empty()));
        if let Some(there) = there {
            seen.restrict(there);
        }
        let viewed = Viewed::new(*rows, membership, 0, &seen);
        let mut counted: Vec<Measures> = vec![0; rows.batch.len()];
        let mut competing = counted.clone();
        let mut operands = Vec::with_capacity(self.planned.len());
        for (index, (at, grouping)) in self.planned.iter().enumerate() {
            let planned = &measures[*at];
            let mut mask = belonging(planned, &viewed);
            if !members.is_empty() {
                restrict(&mut mask, &within(&mut groupings[*grouping], rows, &viewed.rows, members));
            }
            let contributions = viewed.rows.contributions(&planned.measure.aggregate);
            let counts = |row: usize| planned.measure.counts(contributions.iter().map(|values| values[row]));
            for row in (0..mask.len()).filter(|row| mask[*row]) {
                if planned.measure.latest.is_some() {
                    competing[row] |= only(index);
                } else if counts(row) {
                    counted[row] |= only(index);
                }
            }
            operands.push(contributions);
        }
        let taken: Vec<usize> = (0..counted.len()).filter(|row| counted[*row] | competing[*row] != 0).collect();
        let said = described.read(rows, &taken);
        let competing = self.competing(&viewed.rows, &taken, &competing, &operands);
        let at = instants(&self.measures[0].1.membership, &viewed.rows);
        let texts: Vec<Option<Vec<Option<&str>>>> =
            self.contributing.iter().map(|(_, shown)| viewed.rows.written(shown)).collect();
        let found = |((row, said), competing): ((usize, Said), Vec<Competing>)| {
            let contributions = self.contributing.iter().zip(&texts).map(|((measure, _), texts)| match texts {
                Some(texts) => texts[row].map(|text| Datum::Text(text.to_owned())),
                None => number(self.measures[*measure].1, operands[*measure].last()?[row], rows.money),
            });
            let contributions = contributions.collect();
            let value = operands[0].first().map_or(0, |values| values[row].to_bits());
            (row, Found { said, at: at[row], counted: counted[row], value, contributions, competing })
        };
        taken.iter().copied().zip(said).zip(competing).map(found).collect()
    }

    /// How each of the rows that were taken competes for being the latest of its series.
    fn competing(
        &self,
        rows: &Rows,
        taken: &[usize],
        competing: &[Measures],
        operands: &[Vec<Cow<[f64]>>],
    ) -> Vec<Vec<Competing>> {
        let mut of_rows = vec![Vec::new(); taken.len()];
        for (measure, (_, of)) in self.measures.iter().enumerate() {
            let Some(rule) = &of.latest else { continue };
            let series: Vec<Vec<u64>> = rule.series.iter().map(|column| rows.codes(column)).collect();
            let by = rows.numbers(&rule.by);
            let passes = rule.filter.as_ref().map(|filter| rows.mask(filter));
            for (place, row) in taken.iter().enumerate().filter(|(_, row)| competing[**row] & only(measure) != 0) {
                let counts = passes.as_ref().is_none_or(|passes| passes[*row]);
                let contributions = counts.then(|| operands[measure].iter().map(|values| values[*row]).collect());
                let series = series.iter().map(|codes| codes[*row]).collect();
                of_rows[place].push(Competing { measure, series, by: by[*row], contributions });
            }
        }
        of_rows
    }
}

/// The rows that were found so far in a scope.
pub struct Gathered<'a> {
    measures: &'a [(&'a str, &'a Measure)],
    decision: Decision<'a>,
    /// Of each measure that counts only the latest row of each series: these.
    latest: Vec<Option<LatestRows>>,
    found: Vec<Found>,
    limit: usize,
    /// How many rows are listed, but not among the oldest.
    more: u64,
}

impl<'a> Gathered<'a> {
    /// None yet.
    pub fn new(wanted: &'a Wanted<'a>, limit: usize) -> Gathered<'a> {
        let latest = |(_, measure): &(&str, &Measure)| measure.latest.as_ref().map(|_| LatestRows::default());
        Gathered {
            measures: &wanted.measures,
            decision: Decision::new(wanted),
            latest: wanted.measures.iter().map(latest).collect(),
            found: Vec::new(),
            limit,
            more: 0,
        }
    }

    /// Takes in a row.
    pub fn add(&mut self, mut found: Found) {
        for Competing { measure, series, by, contributions } in std::mem::take(&mut found.competing) {
            if let Some(latest) = &mut self.latest[measure] {
                latest.add(series, Candidate { by, contributions, row: self.found.len() });
            }
        }
        self.decision.note(found.value, found.counted);
        self.found.push(found);
        // Where every row can be decided about at once, no more are kept than are needed.
        let simple = self.decision.is_simple() && self.latest.iter().all(Option::is_none);
        if simple && self.found.len() > self.limit.saturating_mul(2).max(FEW) {
            self.keep_oldest();
        }
    }

    /// The rows that are listed, the oldest first, as many as asked for; and how many more there are.
    pub fn oldest(mut self) -> (Vec<Found>, u64) {
        for (index, (latest, (_, measure))) in self.latest.iter().zip(self.measures).enumerate() {
            for row in latest.iter().flat_map(|latest| latest.counted_by(measure)) {
                self.found[row].counted |= only(index);
                self.decision.note(self.found[row].value, only(index));
            }
        }
        self.keep_oldest();
        (self.found, self.more)
    }

    fn keep_oldest(&mut self) {
        self.found.retain(|found| self.decision.lists(found.value, found.counted));
        self.found.sort_by(|a, b| a.at.total_cmp(&b.at).then_with(|| a.said.key.cmp(&b.said.key)));
        self.more += self.found.len().saturating_sub(self.limit) as u64;
        self.found.truncate(self.limit);
    }
}

/// Which rows belong to the period and pass the filter of a measure.
fn belonging(planned: &Planned, viewed: &Viewed) -> Vec<bool> {
    let (_, period) = viewed.rows.period.expect("rows are listed for a period");
    let mut mask = viewed.belonging(&planned.measure.membership, period);
    if let Some(filter) = &planned.filter {
        restrict(&mut mask, &viewed.rows.mask(filter));
    }
    mask
}

/// Which rows are in these groups. It is the same whenever they are seen, unless it depends on the period.
fn within(grouping: &mut Grouping, rows: &Rows, seen: &Rows, members: &[&Member]) -> Vec<bool> {
    let of_rows = grouping.assign(if grouping.depends_on_period() { seen } else { rows });
    let is_wanted = |groups: Vec<Group>| groups.iter().zip(members).all(|(group, member)| member.is(group));
    let wanted: Vec<bool> = grouping.groups().into_iter().map(is_wanted).collect();
    of_rows.into_iter().map(|group| wanted[group as usize]).collect()
}

/// The dates by which rows are found, in UTC seconds.
fn instants(membership: &Membership, rows: &Rows) -> Vec<f64> {
    let Some(path) = membership.date() else { return vec![f64::NAN; rows.batch.len()] };
    let instant = |date: &f64| if in_days(path) { rows.zone.start_of_day(*date) } else { *date };
    rows.dates(path).iter().map(instant).collect()
}

/// The measures that a row contributes a value to; of those that take the same value of the same rows, the first.
fn contributing(measures: &[(&str, &Measure)]) -> Vec<(usize, Expr)> {
    let of = |(_, measure): &(&str, &Measure)| {
        let operand = measure.aggregate.operands().pop().cloned();
        operand.map(|operand| (operand, measure.filter.clone(), measure.latest.clone()))
    };
    let first = |index: usize| {
        let taken = of(&measures[index])?;
        let known = measures[..index].iter().any(|before| of(before).as_ref() == Some(&taken));
        (!known).then(|| (index, shown(taken.0)))
    };
    (0..measures.len()).filter_map(first).collect()
}

/// Texts as they are stored: which system they come from is said apart.
fn shown(operand: Expr) -> Expr {
    match operand {
        Expr::Column(origin, Projection(paths)) => {
            let stored = paths.into_iter().map(|path| Path { with_system: false, ..path });
            Expr::Column(origin, Projection(stored.collect()))
        }
        other => other,
    }
}

fn number(measure: &Measure, value: f64, money: f64) -> Option<Datum> {
    let value = if measure.quantity == Quantity::Money { value / money } else { value };
    (!value.is_nan()).then_some(Datum::Number(value))
}
