//! What may be said about the last figures of a breakdown: judged by what, surely or perhaps by chance, for how long,
//! against which usual variation. The figures of all its groups are judged together.
//!
//! Figures that can still change are judged by what they will come to, or by the last that are settled. Groups that are
//! not sure are judged again over several periods together.

use super::measured::{InGroup, Seen};
use super::timetable::Stop;
use crate::data::cell::{Cell, Outcome};
use crate::definition::judging::Provisional;
use crate::definition::threshold::{Status, Threshold};
use crate::judgement::expected::{Course, Expected, Factors, Measure as Grown, PartOf};
use crate::judgement::judged::{Assessment, By, Judged, Since, Unjudged};
use crate::judgement::signal::{Direction, Kind, Signal};
use crate::judgement::significance::{LEAST_ROWS, LEVEL, Sample, discoveries};
use crate::measure::aggregate::Aggregate;
use crate::measure::aggregate::accumulator::Reading;
use crate::measure::made_of::{MadeOf, Terms};
use crate::script::kpi::Kpi;
use crate::time::period::Period;

/// What all groups of a KPI are judged by.
pub struct Assessor<'a> {
    pub kpi: &'a Kpi,
    /// Those asked for, oldest first.
    pub periods: Vec<&'a Period>,
    pub stops: &'a [Stop],
    /// Whether the last period is still running.
    pub running: bool,
    /// Whether the last period ends after the data does.
    pub incomplete: bool,
    /// How many of the periods are settled.
    pub settled: usize,
    /// How the measures of the total grow until they are settled; `None` if that cannot be told.
    pub factors: Option<Factors>,
}

/// The figures of a group over all periods.
pub struct Figures<'a> {
    /// Each at the age of the last one.
    pub at_age: InGroup<'a>,
    /// Each when it is settled; `None` for a KPI whose figures do not change.
    pub settled: Option<InGroup<'a>>,
    /// The cells of `at_age`.
    pub cells: &'a [Cell],
}

/// A figure to be judged.
struct Basis {
    by: By,
    status: Status,
    proof: Proof,
}

/// What tells whether a broken mark is more than chance.
enum Proof {
    /// The figure is not drawn by chance: a count, a sum, a stock.
    AsItStands,
    /// The p-values of the tests against warning and critical mark, where there is one and there are enough rows.
    Tested([Option<f64>; 2]),
    /// The figure will come to lie in a range that reaches the good side of the mark.
    Open,
}

impl Assessor<'_> {
    /// What may be said about each group; `total` is the only one of its breakdown and has rules of its own.
    pub fn assess(&self, groups: &[Figures], total: bool) -> Vec<Assessment> {
        let marks: Vec<Threshold> = groups.iter().map(|group| self.marks(group, total)).collect();
        let judged = self.judge(groups, &marks, total, 0);
        let had_before = !self.running && self.periods.len() > 1;
        let mut before = had_before.then(|| self.judge(groups, &marks, total, 1)).into_iter().flatten();
        let groups = groups.iter().zip(marks).zip(judged);
        let assessment = |((group, marks), judged): ((&Figures, Threshold), Judged)| Assessment {
            since: self.since(group, &marks, &judged),
            judged,
            marks,
            expected: self.expected(group, 0),
            signal: self.signal(group, total, 0),
            before: before.next(),
        };
        groups.map(assessment).collect()
    }

    /// The marks of a group. One that derives from the KPI's own past belongs to the total.
    fn marks(&self, group: &Figures, total: bool) -> Threshold {
        let declared = &self.kpi.declaration;
        if !total {
            return declared.threshold.after(&[], None);
        }
        let figures = figures(group.cells);
        let past = figures.split_last().map_or(&[][..], |(_, past)| past);
        let usual = Signal::of(&figures, declared.better).and_then(|signal| signal.bad_limit(declared.better));
        declared.threshold.after(past, usual)
    }

    /// How the figures of the period that many before the last one are judged, all groups together.
    fn judge(&self, groups: &[Figures], marks: &[Threshold], total: bool, back: usize) -> Vec<Judged> {
        let bases: Vec<Result<Basis, Unjudged>> =
            groups.iter().zip(marks).map(|(group, marks)| self.basis(group, marks, back)).collect();
        let sure = surely_broken(&bases, total);
        let judged = groups.iter().zip(bases).zip(sure).map(|((group, basis), sure)| match basis {
            Err(reason) => unjudged(reason),
            Ok(basis) if basis.status < Status::Warning || sure => judged(basis, true),
            Ok(basis) if basis.is_of_the_period() && self.is_unusually_bad(group, total, back) => {
                judged(Basis { by: By::Signal, ..basis }, true)
            }
            Ok(basis) => judged(basis, false),
        });
        let mut judged: Vec<Judged> = judged.collect();
        if !total {
            self.judge_again(groups, marks, back, &mut judged);
        }
        judged
    }

    /// What is judged of a group: its figure, or what stands for it while that can change.
    fn basis(&self, group: &Figures, marks: &Threshold, back: usize) -> Result<Basis, Unjudged> {
        let last = self.stops.len() - 1 - back;
        let cell = &group.cells[last];
        if let Some(reason) = self.lacks_marks(marks).or_else(|| absent(&cell.outcome)) {
            return Err(reason);
        }
        if self.incomplete && back == 0 {
            return Err(Unjudged::Incomplete);
        }
        let as_it_stands = self.kpi.declaration.judging.provisional == Provisional::AsItStands;
        if as_it_stands || self.is_settled(back) {
            let figure = Figure { group: &group.at_age, cell, seen: group.at_age.seen(self.stops[last]) };
            return self.of_figure(&figure, By::Value, marks);
        }
        if let Some(expected) = self.expected(group, back) {
            let (value, periods) = (expected.value, expected.periods);
            let proof = self.proof_of_expected(&expected, &group.at_age.seen(self.stops[last]), cell, marks);
            return Ok(self.of_value(By::Expected { value, periods }, value, proof, marks));
        }
        let at = self.last_settled(back).ok_or(Unjudged::TooYoung)?;
        let settled = group.settled.as_ref().unwrap_or(&group.at_age);
        let seen = settled.seen(self.stops[at]);
        let cell = settled.cell_of(&seen);
        let value = cell.outcome.value().ok_or(Unjudged::TooYoung)?;
        let by = By::Settled { value, period: self.periods[at].to_string() };
        self.of_figure(&Figure { group: settled, cell: &cell, seen }, by, marks)
    }

    fn of_figure(&self, figure: &Figure, by: By, marks: &Threshold) -> Result<Basis, Unjudged> {
        let value = figure.cell.outcome.value().ok_or(Unjudged::NoRows)?;
        Ok(self.of_value(by, value, self.proof(figure, marks), marks))
    }

    fn of_value(&self, by: By, value: f64, proof: Proof, marks: &Threshold) -> Basis {
        Basis { by, status: self.status(value, marks), proof }
    }

    fn status(&self, value: f64, marks: &Threshold) -> Status {
        marks.judge(&Outcome::Value { value }, self.kpi.declaration.better)
    }

    fn lacks_marks(&self, marks: &Threshold) -> Option<Unjudged> {
        let declared = &self.kpi.declaration.threshold;
        if marks.warning.is_some() || marks.critical.is_some() {
            return None;
        }
        Some(if declared.periods_before() > 0 { Unjudged::NoPast } else { Unjudged::NoMarks })
    }

    /// Whether the period that many before the last one was settled when it was as old as the last one is now.
    fn is_settled(&self, back: usize) -> bool {
        let all_are = self.settled == self.stops.len();
        // All figures are compared at one age; only a running period is younger than those before it.
        if self.running && back > 0 { self.kpi.declaration.settles_after.is_none() } else { all_are }
    }

    /// The last period that was settled when the one that many before the last was as old as the last one is now.
    fn last_settled(&self, back: usize) -> Option<usize> {
        self.settled.checked_sub(back + 1)
    }

    /// What the figure of the period that many before the last one will come to, as it looks at the age of the last.
    fn expected(&self, group: &Figures, back: usize) -> Option<Expected> {
        if self.running || self.is_settled(back) {
            return None;
        }
        self.expected_of(&group.at_age.seen(self.stops[self.stops.len() - 1 - back]))
    }

    /// What will become of what was seen at the age of the last period.
    fn expected_of(&self, seen: &Seen) -> Option<Expected> {
        let present: Vec<Grown> = seen.readings.iter().map(grown).collect();
        self.factors.as_ref()?.expect(&present, |measures| value_of(self.kpi, &seen.readings, measures))
    }

    /// How the figure of the period that many before the last one stands in its course.
    fn signal(&self, group: &Figures, total: bool, back: usize) -> Option<Signal> {
        if self.running || self.incomplete {
            return None;
        }
        let figures = figures(&group.cells[..group.cells.len() - back]);
        let better = self.kpi.declaration.better;
        if total { Signal::of(&figures, better) } else { Signal::of_group(&figures, better) }
    }

    fn is_unusually_bad(&self, group: &Figures, total: bool, back: usize) -> bool {
        let sample = group.cells[group.cells.len() - 1 - back].sample;
        if !total && sample.is_none_or(|rows| rows < LEAST_ROWS) {
            return false;
        }
        let signal = self.signal(group, total, back);
        signal.is_some_and(|signal| signal.kind == Kind::BeyondLimit && signal.direction == Direction::Concern)
    }

    /// Judges groups that are not sure again, over several periods together.
    fn judge_again(&self, groups: &[Figures], marks: &[Threshold], back: usize, judged: &mut [Judged]) {
        let open = |judged: &Judged| judged.sure != Some(true) || judged.status < Status::Warning;
        let again: Vec<usize> = (0..groups.len()).filter(|group| open(&judged[*group])).collect();
        let bases = again.iter().map(|group| self.over_periods(&groups[*group], &marks[*group], back));
        let bases: Vec<Result<Basis, Unjudged>> = bases.map(|basis| basis.ok_or(Unjudged::NoRows)).collect();
        let sure = surely_broken(&bases, false);
        for ((group, basis), _) in again.into_iter().zip(bases).zip(sure).filter(|(_, sure)| *sure) {
            if let Ok(basis) = basis {
                judged[group] = self::judged(basis, true);
            }
        }
    }

    /// The figure of a group over the last periods together, at one age; `None` where they have none, or their rows
    /// cannot be put together. Where figures can still change, it is what that will come to, else that of the last
    /// periods that are settled.
    fn over_periods(&self, group: &Figures, marks: &Threshold, back: usize) -> Option<Basis> {
        if self.incomplete && back == 0 {
            return None;
        }
        let end = self.stops.len() - back;
        let as_it_stands = self.kpi.declaration.judging.provisional == Provisional::AsItStands;
        if as_it_stands || self.is_settled(back) {
            return self.together(&group.at_age, end, marks);
        }
        let grown = || {
            let seen = group.at_age.over(self.stops.get(end.checked_sub(self.look_back()?)?..end)?)?;
            let expected = self.expected_of(&seen)?;
            let cell = group.at_age.cell_of(&seen);
            let proof = self.proof_of_expected(&expected, &seen, &cell, marks);
            self.of_periods(expected.value, &cell, proof, marks)
        };
        let settled = || self.together(group.settled.as_ref()?, self.last_settled(back)? + 1, marks);
        grown().or_else(settled)
    }

    /// How many periods are judged together; `None` if they are not.
    fn look_back(&self) -> Option<usize> {
        Some(usize::from(self.kpi.declaration.judging.look_back)).filter(|periods| *periods > 1)
    }

    /// The figure of a group over the periods before the one of that index together.
    fn together(&self, group: &InGroup, end: usize, marks: &Threshold) -> Option<Basis> {
        let seen = group.over(&self.stops[end.checked_sub(self.look_back()?)?..end])?;
        let cell = group.cell_of(&seen);
        let proof = self.proof(&Figure { group, cell: &cell, seen }, marks);
        self.of_periods(cell.outcome.value()?, &cell, proof, marks)
    }

    /// A figure over several periods. What is not drawn by chance adds up over them, and the marks are those of one.
    fn of_periods(&self, value: f64, cell: &Cell, proof: Proof, marks: &Threshold) -> Option<Basis> {
        let (numerator, denominator, periods) = (cell.numerator, cell.denominator, self.look_back()?);
        let by = By::LookBack { value, numerator, denominator, periods };
        (!matches!(proof, Proof::AsItStands)).then(|| self.of_value(by, value, proof, marks))
    }

    /// Since when a sure breach goes on, at least as bad as now, by the same measure. `None` where it is one of several
    /// periods together.
    fn since(&self, group: &Figures, marks: &Threshold, judged: &Judged) -> Option<Since> {
        let by = judged.by.as_ref().filter(|_| judged.status >= Status::Warning && judged.sure == Some(true))?;
        let last = match by {
            By::LookBack { .. } => return None,
            By::Settled { .. } => self.last_settled(0)?,
            By::Value | By::Signal | By::Expected { .. } => self.stops.len() - 1,
        };
        let broken = |back: &usize| self.basis(group, marks, *back).is_ok_and(|basis| basis.status >= judged.status);
        let before = if self.running { 0 } else { (1..=last).take_while(broken).count() };
        Some(Since { period: self.periods[last - before].to_string(), periods: before + 1 })
    }

    /// What tells whether a broken mark is more than chance where the figure is what is expected. Its range says how far
    /// that may be off; whether so few rows prove anything is another question.
    fn proof_of_expected(&self, expected: &Expected, seen: &Seen, cell: &Cell, marks: &Threshold) -> Proof {
        let broken = |end| self.status(end, marks) >= Status::Warning;
        if !(broken(expected.low) && broken(expected.high)) {
            return Proof::Open;
        }
        match self.kpi.made_of() {
            MadeOf::Share { denominator, .. } => {
                let sample = |_| {
                    let rows = rows_of(denominator, &seen.readings)?;
                    #[expect(clippy::cast_precision_loss, reason = "row counts are far below 2^53")]
                    let hits = expected.value * rows as f64;
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of rows")]
                    Some(Sample::Share { hits: hits.round() as u64, rows })
                };
                self.tested(&sample, marks)
            }
            _ if cell.sample.is_some_and(|rows| rows < LEAST_ROWS) && !self.kpi_adds_up() => Proof::Tested([None; 2]),
            _ => Proof::AsItStands,
        }
    }

    /// Whether the figure is a count or a sum, or made of such: then few rows are what it says, not what it lacks.
    fn kpi_adds_up(&self) -> bool {
        let adds_up = |at: usize| {
            matches!(self.kpi.measures[at].1.aggregate, Aggregate::Count | Aggregate::Distinct(_) | Aggregate::Sum(_))
        };
        match self.kpi.made_of() {
            MadeOf::Measure(at) => adds_up(*at),
            MadeOf::Sum(terms) => terms.measures().all(adds_up),
            MadeOf::Share { .. } | MadeOf::Ratio { .. } | MadeOf::Other => false,
        }
    }

    fn tested(&self, sample: &dyn Fn(f64) -> Option<Sample>, marks: &Threshold) -> Proof {
        let better = self.kpi.declaration.better;
        let p_value = |mark: Option<f64>| mark.and_then(|mark| sample(mark)?.p_value(mark, better));
        Proof::Tested([p_value(marks.warning), p_value(marks.critical)])
    }

    /// What tells whether a figure's broken mark is more than chance.
    fn proof(&self, figure: &Figure, marks: &Threshold) -> Proof {
        match self.kpi.made_of() {
            MadeOf::Share { numerator, denominator } => {
                let of = |terms| rows_of(terms, &figure.seen.readings);
                self.tested(&|_| Some(Sample::Share { hits: of(numerator)?, rows: of(denominator)? }), marks)
            }
            MadeOf::Measure(at) if figure.group.is_sampled(*at) => {
                self.tested(&|mark| figure.group.sample(&figure.seen, *at, mark), marks)
            }
            _ if self.kpi_adds_up() => Proof::AsItStands,
            // There is no test of what it is made of, but of few rows each counts for much.
            _ if figure.cell.sample.is_some_and(|rows| rows < LEAST_ROWS) => Proof::Tested([None; 2]),
            _ => Proof::AsItStands,
        }
    }
}

/// A figure with what it was made of.
struct Figure<'a> {
    group: &'a InGroup<'a>,
    cell: &'a Cell,
    seen: Seen,
}

impl Basis {
    /// The p-value of the test against the mark that is broken.
    fn p_value(&self) -> Option<f64> {
        let Proof::Tested([warning, critical]) = self.proof else { return None };
        if self.status == Status::Critical { critical } else { warning }
    }

    /// Whether it is about the period itself, and not about others that stand for it.
    fn is_of_the_period(&self) -> bool {
        matches!(self.by, By::Value | By::Expected { .. })
    }

    fn is_surely_broken_alone(&self) -> bool {
        self.p_value().is_some_and(|p| p <= LEVEL)
    }
}

/// Which of these figures break their marks by more than chance. Those of groups are tested together.
fn surely_broken(bases: &[Result<Basis, Unjudged>], total: bool) -> Vec<bool> {
    let together = |mark: usize| -> Vec<bool> {
        let p_values = |basis: &Result<Basis, Unjudged>| match basis.as_ref().ok()?.proof {
            Proof::Tested(p_values) => p_values[mark],
            Proof::AsItStands | Proof::Open => None,
        };
        let p_values: Vec<Option<f64>> = bases.iter().map(p_values).collect();
        let tested: Vec<f64> = p_values.iter().flatten().copied().collect();
        let mut found = discoveries(&tested, LEVEL).into_iter();
        p_values.iter().map(|p| p.is_some() && found.next() == Some(true)).collect()
    };
    let [warning, critical] = [together(0), together(1)];
    let sure = |(at, basis): (usize, &Result<Basis, Unjudged>)| {
        let Ok(basis) = basis else { return false };
        basis.status >= Status::Warning
            && match basis.proof {
                Proof::AsItStands => true,
                Proof::Open => false,
                Proof::Tested(_) if total => basis.is_surely_broken_alone(),
                Proof::Tested(_) if basis.status == Status::Critical => critical[at],
                Proof::Tested(_) => warning[at],
            }
    };
    bases.iter().enumerate().map(sure).collect()
}

fn judged(basis: Basis, sure: bool) -> Judged {
    Judged { status: basis.status, sure: Some(sure), by: Some(basis.by), reason: None }
}

fn unjudged(reason: Unjudged) -> Judged {
    Judged { status: Status::Unjudged, sure: None, by: None, reason: Some(reason) }
}

/// Why there is no figure to judge.
fn absent(outcome: &Outcome) -> Option<Unjudged> {
    match outcome {
        Outcome::Value { .. } => None,
        Outcome::NoRows => Some(Unjudged::NoRows),
        Outcome::ZeroDenominator => Some(Unjudged::ZeroDenominator),
        Outcome::TooFew => Some(Unjudged::TooFew),
        Outcome::Stale => Some(Unjudged::Stale),
        Outcome::ScriptError { .. } => Some(Unjudged::ScriptError),
    }
}

fn figures(cells: &[Cell]) -> Vec<Option<f64>> {
    cells.iter().map(|cell| cell.outcome.value()).collect()
}

/// How many rows these measures count together.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole, and below 2^53")]
fn rows_of(terms: &Terms, readings: &[Reading]) -> Option<u64> {
    let sum = |of: &[usize]| of.iter().map(|at| readings[*at].value).sum::<Option<f64>>();
    let rows = sum(&terms.plus)? - sum(&terms.minus)?;
    (rows >= 0.0).then_some(rows as u64)
}

fn grown(reading: &Reading) -> Grown {
    Grown { value: reading.value, rows: reading.rows }
}

/// The figure of other values of the measures.
fn value_of(kpi: &Kpi, readings: &[Reading], values: &[f64]) -> Option<f64> {
    let with = |(reading, value): (&Reading, &f64)| Reading { value: Some(*value), ..*reading };
    let readings: Vec<Reading> = readings.iter().zip(values).map(with).collect();
    kpi.cell(&readings, None).outcome.value()
}

/// How the measures of a KPI grow until they are settled, by what the total was at the age of the last period and when
/// it was settled. `None` where they cannot be extrapolated: only counts and sums can.
pub fn factors(kpi: &Kpi, at_age: &InGroup, settled: &InGroup, stops: &[Stop]) -> Option<Factors> {
    let grows =
        |aggregate: &Aggregate<_>| matches!(aggregate, Aggregate::Count | Aggregate::Distinct(_) | Aggregate::Sum(_));
    if kpi.looks_back() || !kpi.measures.iter().all(|(_, measure)| grows(&measure.aggregate)) {
        return None;
    }
    let course = |stop: &Stop| Course {
        at_age: at_age.seen(*stop).readings.iter().map(grown).collect(),
        settled: settled.seen(*stop).readings.iter().map(|reading| reading.value).collect(),
    };
    let courses: Vec<Course> = stops.iter().map(course).collect();
    let parts = match kpi.made_of() {
        MadeOf::Share { numerator, denominator } => parts(numerator, denominator),
        _ => Vec::new(),
    };
    Factors::of(&courses, &parts)
}

/// Each measure of a numerator is part of its denominator, if that is one measure.
fn parts(numerator: &Terms, denominator: &Terms) -> Vec<PartOf> {
    match &denominator.plus[..] {
        [whole] if denominator.minus.is_empty() => {
            numerator.measures().filter(|part| part != whole).map(|part| PartOf { part, whole: *whole }).collect()
        }
        _ => Vec::new(),
    }
}
