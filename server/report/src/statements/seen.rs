//! One figure of an edition with all that is known about it, and what it gives reason to say.

use super::statement::{Finding, Kind};
use crate::link::{FiguresOf, RowsOf};
use crate::numbers::{
    BreakdownTable, Change, Contribution, Group, GroupHead, Held, KpiBlock, Numbers, OffTarget, Part, TrendPoint,
    judged_value, standing_out,
};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::engine::behind::listing::Side;
use pegel_kpi::judgement::judged::{Assessment, By, Judged, Unjudged};
use pegel_kpi::judgement::signal::{Direction, Signal};

/// A part that explains at least this much of a change is named.
const HALF: f64 = 0.5;
/// What rounding may add to a difference.
const NOTHING: f64 = 1e-9;

/// A figure: a total, or a group of a breakdown.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub block: &'a KpiBlock,
    /// The section in which it stands, from 0 on.
    section: usize,
    /// Its dimension, and the group in it; `None` for the total.
    pub group: Option<(&'a str, &'a Group)>,
    pub cell: &'a Cell,
    pub status: Status,
    pub assessment: Option<&'a Assessment>,
    /// How many groups there are in its breakdown; 1 for the total.
    pub parts: usize,
    previous: &'a Cell,
    year_before: Option<&'a Cell>,
    target: Option<f64>,
    change: Option<Change>,
    settled: Option<&'a TrendPoint>,
}

/// All figures of an edition, in the order of the report. One group that is all there is says what the total says.
pub(super) fn all(numbers: &Numbers) -> impl Iterator<Item = Seen<'_>> {
    let blocks = numbers.sections.iter().enumerate();
    let blocks = blocks.flat_map(|(at, section)| section.kpis.iter().map(move |block| (at, block)));
    blocks.flat_map(|(section, block)| {
        let tables = block.breakdowns.iter().filter(|table| !table.is_of_the_total(block));
        let groups = tables.flat_map(move |table| {
            table.rows.iter().map(move |row| Seen {
                block,
                section,
                group: Some((table.dimension.as_str(), &row.group)),
                parts: table.rows.len().max(2),
                cell: &row.cell,
                status: judged(row.status, row.assessment.as_ref()),
                assessment: row.assessment.as_ref(),
                previous: &row.previous,
                year_before: row.year_before.as_ref(),
                target: row.target,
                change: row.change,
                settled: row.settled.as_ref(),
            })
        });
        std::iter::once(total(section, block)).chain(groups)
    })
}

fn total(section: usize, block: &KpiBlock) -> Seen<'_> {
    Seen {
        block,
        section,
        group: None,
        parts: 1,
        cell: &block.cell,
        status: judged(block.status, block.assessment.as_ref()),
        assessment: block.assessment.as_ref(),
        previous: &block.previous,
        year_before: block.year_before.as_ref(),
        target: block.target,
        change: block.change,
        settled: block.settled.as_ref(),
    }
}

fn judged(status: Status, assessment: Option<&Assessment>) -> Status {
    assessment.map_or(status, |assessment| assessment.judged.status)
}

impl<'a> Seen<'a> {
    /// What there is to say about it, if anything. Editions older than assessments know of nothing but breaches.
    pub(super) fn kind(&self) -> Option<Kind> {
        let Some(assessment) = self.assessment else { return is_broken(self.status).then_some(Kind::Breach) };
        let Assessment { judged, before, .. } = assessment;
        let was_broken = before.as_ref().is_some_and(|before| is_broken(before.status) && !before.chance);
        let was_judged = before.as_ref().is_some_and(|before| before.status != Status::Unjudged);
        let is_total = self.group.is_none();
        if is_broken(judged.status) {
            return Some(match () {
                () if self.may_be_chance() => Kind::Chance,
                () if self.goes_on(was_broken) => Kind::Breach,
                () => Kind::NewBreach,
            });
        }
        if self.off_target().is_some() {
            return Some(Kind::OffTarget);
        }
        let direction = self.signal().map(|signal| signal.direction);
        if direction == Some(Direction::Concern) {
            return Some(Kind::Worse);
        }
        // A group has too few rows in one week or another; where the data is missing, so it is for the total.
        let lacks_data = self.reason().is_some_and(|reason| matches!(reason, Unjudged::Incomplete | Unjudged::Stale));
        let lost = was_judged && self.reason().is_some_and(|reason| reason != Unjudged::NoMarks);
        if is_total && (lacks_data || lost) {
            return Some(Kind::NotJudged);
        }
        if was_broken && judged.status == Status::Ok {
            return Some(Kind::Mended);
        }
        (direction == Some(Direction::Improvement)).then_some(Kind::Better)
    }

    /// Whether it breaks its threshold by so few rows that it may be chance, and does not count.
    pub(super) fn may_be_chance(&self) -> bool {
        self.judged().is_some_and(|judged| judged.chance)
    }

    /// Whether a statement of that kind is about a breach that counts, though it may be chance.
    pub(super) fn is_unsure(&self, kind: Kind) -> bool {
        let is_breach = matches!(kind, Kind::NewBreach | Kind::Breach);
        is_breach && self.judged().is_some_and(|judged| judged.sure == Some(false))
    }

    /// The status of the mark that is broken, or was before it was mended; `None` where the statement is about none.
    pub(super) fn broken(&self, kind: Kind) -> Option<Status> {
        match kind {
            Kind::NewBreach | Kind::Breach | Kind::Chance => Some(self.status),
            Kind::Mended => self.assessment?.before.as_ref().map(|before| before.status),
            Kind::OffTarget | Kind::Worse | Kind::NotJudged | Kind::Better => None,
        }
    }

    /// Why it was not judged; `None` if it was.
    pub(super) fn reason(&self) -> Option<Unjudged> {
        self.judged().filter(|judged| judged.status == Status::Unjudged)?.reason
    }

    /// How far beyond what it is held against, as a fraction of that.
    pub(super) fn distance(&self, kind: Kind) -> f64 {
        match kind {
            Kind::NewBreach | Kind::Breach | Kind::Chance => self.beyond_mark().unwrap_or(0.0),
            Kind::OffTarget => self.off_target().map_or(0.0, |off| off.beyond),
            Kind::Worse | Kind::Better => {
                let distance = |signal: &Signal| Some(relative(self.cell.outcome.value()?, signal.centre)?.abs());
                self.signal().and_then(distance).unwrap_or(0.0)
            }
            Kind::NotJudged | Kind::Mended => 0.0,
        }
    }

    /// All that a statement may say about it.
    pub(super) fn finding(&self, kind: Kind, numbers: &Numbers) -> Finding {
        let block = self.block;
        Finding {
            kpi: block.id.clone(),
            title: block.title.clone(),
            unit: block.unit,
            better: block.better,
            threshold: self.threshold(),
            group: self
                .group
                .map(|(dimension, group)| GroupHead { dimension: dimension.to_owned(), group: group.clone() }),
            status: self.status,
            cell: self.cell.clone(),
            previous: self.previous.clone(),
            change: self.change,
            year_before: self.year_before.cloned(),
            target: self.target,
            settled: self.settled.cloned(),
            data_ends: block.data_ends,
            assessment: self.assessment.cloned(),
            causes: self.causes(kind),
            rows: self.rows(kind, numbers),
            table: block.table.clone(),
        }
    }

    /// What explains at least half of the change: groups rather than a shift between them, of the breakdown with the
    /// fewest; two where they explain the same, and none where several explain half and others went the other way. Nothing
    /// where the change is not what is told: where a period that was settled before is, or the figure moved the other way.
    fn causes(&self, kind: Kind) -> Vec<Contribution> {
        let is_told = self.change.is_some_and(|change| change.improved == Some(kind.is_good()));
        if self.group.is_some() || !is_told || matches!(self.by(kind), Some(By::Settled { .. })) {
            return Vec::new();
        }
        let half = || self.block.contributions.iter().filter(|contribution| contribution.share >= HALF - NOTHING);
        let is_group = |contribution: &&Contribution| matches!(contribution.part, Part::Group(_));
        let groups = |contribution: &Contribution| {
            let table = |table: &&BreakdownTable| table.dimension == contribution.dimension;
            self.block.breakdowns.iter().find(table).map_or(usize::MAX, |table| table.rows.len())
        };
        let most = |one: &&Contribution, other: &&Contribution| one.share.total_cmp(&other.share);
        let fewest = half().filter(is_group).map(groups).min();
        let of_fewest = half().filter(is_group).filter(|contribution| Some(groups(contribution)) == fewest);
        let Some(first) = of_fewest.clone().max_by(most) else {
            return half().max_by(most).into_iter().cloned().collect();
        };
        let alike =
            |other: &&Contribution| other.dimension == first.dimension && (other.share - first.share).abs() <= NOTHING;
        let others = of_fewest.clone().any(|other| other.dimension == first.dimension && !alike(&other));
        if others { Vec::new() } else { of_fewest.filter(alike).cloned().collect() }
    }

    /// What was compared with the marks, if a statement of that kind is about them.
    pub(super) fn by(&self, kind: Kind) -> Option<&'a By> {
        self.judged()?.by.as_ref().filter(|_| kind.is_about_marks())
    }

    fn rows(&self, kind: Kind, numbers: &Numbers) -> Option<RowsOf> {
        let period = numbers.period_of(self.by(kind));
        let side = (self.block.better != Better::Neutral).then_some(Side::Bad);
        let figures = FiguresOf { numbers, section: self.section, kpi: &self.block.id };
        let groups: Vec<(&str, &Group)> = self.group.into_iter().collect();
        Some(RowsOf { period: Some(period), side, ..RowsOf::of_figure(&figures, &groups)? })
    }

    /// The marks it was judged by: those that look at the past are the total's alone.
    fn threshold(&self) -> Threshold {
        let marks = self.assessment.map(|assessment| assessment.marks);
        marks.filter(|marks| *marks != Threshold::default()).unwrap_or(self.block.threshold)
    }

    fn judged(&self) -> Option<&'a Judged> {
        self.assessment.map(|assessment| &assessment.judged)
    }

    /// What stands out.
    fn signal(&self) -> Option<&'a Signal> {
        standing_out(self.assessment, self.cell, self.group.is_some())
    }

    /// Whether a breach was known before.
    fn goes_on(&self, was_broken: bool) -> bool {
        let settled = |judged: &'a Judged| match &judged.by {
            Some(By::Settled { period, .. }) => Some(period),
            _ => None,
        };
        let before = self.assessment.and_then(|assessment| assessment.before.as_ref());
        // A settled period is news once, however often it is the last one.
        let told = self.judged().and_then(settled).is_some_and(|period| before.and_then(settled) == Some(period));
        // That a warning has become critical is news.
        let was_as_bad = was_broken && before.is_some_and(|before| before.status >= self.status);
        was_as_bad || (told && was_broken)
    }

    fn beyond_mark(&self) -> Option<f64> {
        let threshold = self.threshold();
        let mark = if self.status == Status::Critical { threshold.critical } else { threshold.warning }?;
        self.on_the_bad_side(judged_value(self.cell, self.judged())?, mark)
    }

    /// Of groups only where the total has no target: one that is far from its own is told by the total.
    fn off_target(&self) -> Option<OffTarget> {
        let total_says_it = self.group.is_some() && self.block.target.is_some();
        let target = self.target.filter(|_| !total_says_it);
        let Seen { cell, status, assessment, .. } = *self;
        Held { cell, status, assessment, target }.off_target(self.block.asked())
    }

    fn on_the_bad_side(&self, figure: f64, of: f64) -> Option<f64> {
        match self.block.better {
            Better::Higher => relative(figure, of).map(|distance| -distance),
            Better::Lower => relative(figure, of),
            Better::Neutral => None,
        }
    }
}

/// Whether a mark is passed.
pub(super) fn is_broken(status: Status) -> bool {
    status >= Status::Warning
}

fn relative(figure: f64, of: f64) -> Option<f64> {
    (of != 0.0).then(|| (figure - of) / of.abs())
}
