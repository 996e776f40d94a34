//! What a statement rests on, in a reader's language: what is known beside the figure that it says.

use super::statement::{Basis, Finding, Kind, Statement};
use crate::format::Format;
use crate::known::Known;
use crate::link::{self, Link};
use crate::numbers::{Change, Contribution, Numbers, Part};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::judgement::judged::By;
use pegel_text::words::Value;
use serde::Serialize;

/// A part that explains more than this explains all.
const ALL: f64 = 0.95;

/// What one figure rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What is known beside it; empty if there is nothing.
    pub facts: String,
    /// The rows that make it as bad as it is.
    pub rows: Option<Link>,
}

/// One for each figure that the statement names, where there is anything to say.
pub(super) fn evidence(statement: &Statement, numbers: &Numbers, format: &Format) -> Vec<Evidence> {
    let several = statement.about.len() > 1;
    let of = statement.about.iter().take(statement.named()).map(|finding| {
        let facts = Facts::new(finding, statement.kind, several, numbers, format);
        let said = facts.all().join(" · ");
        let rows = facts.rows();
        match &finding.group {
            Some(head) if several && !said.is_empty() => {
                let of = [("group", format.group(&head.group).into()), ("facts", said.into())];
                Evidence { facts: format.words().say("fact_of_group", of), rows }
            }
            _ => Evidence { facts: said, rows },
        }
    });
    of.filter(|evidence| !evidence.facts.is_empty() || evidence.rows.is_some()).collect()
}

/// What is known of one figure.
pub(super) struct Facts<'a> {
    format: &'a Format,
    numbers: &'a Numbers,
    kind: Kind,
    /// Whether the statement is about more than this one: then only the most important is said of each.
    several: bool,
    finding: &'a Finding,
    known: Known<'a>,
}

impl<'a> Facts<'a> {
    /// `several`: whether it is not the only figure that is spoken of.
    pub(super) fn new(
        finding: &'a Finding,
        kind: Kind,
        several: bool,
        numbers: &'a Numbers,
        format: &'a Format,
    ) -> Facts<'a> {
        let Finding { unit, cell, assessment, settled, .. } = finding;
        let (assessment, settled) = (assessment.as_ref(), settled.as_ref());
        let known = Known { format, unit: *unit, cell, assessment, settled, data_ends: None };
        Facts { format, numbers, kind, several, finding, known }
    }

    /// The page of the rows behind it: of a share, how many there are on the bad side.
    pub(super) fn rows(&self) -> Option<Link> {
        let of = self.finding.rows.as_ref().filter(|_| self.kind != Kind::NotJudged)?;
        let words = self.format.words();
        let table = self.finding.table.as_deref().map(|table| self.format.table(table));
        let count = self.finding.bad_rows(self.kind).filter(|count| count.fract() == 0.0);
        let text = match (count, table) {
            (Some(0.0), _) => return None,
            (Some(count), Some(table)) => {
                words.say("show_so_many", [("count", Value::from(count)), ("table", table.into())])
            }
            (None, Some(table)) => words.say("show_those", [("table", table.into())]),
            (_, None) => words.say("show_rows", []),
        };
        Some(Link { path: link::rows_of(self.numbers, &self.finding.kpi, of), text })
    }

    fn all(&self) -> Vec<String> {
        if self.kind == Kind::NotJudged {
            return Vec::new();
        }
        let as_it_stands = self.finding.basis(self.kind) == Basis::Value;
        let compared = [self.before(), self.usual(), self.year_before()].map(|fact| fact.filter(|_| as_it_stands));
        let known = [
            self.parts(),
            self.is_settled(),
            self.now(),
            self.provisional(),
            self.known.expected_range(),
            self.last_settled(),
        ];
        let beside = [self.target(), self.since(), self.cause(), self.chance()];
        known.into_iter().chain(compared).chain(beside).flatten().collect()
    }

    /// `44 of 64`, `41 of 71 in 13 weeks`: of shares of rows.
    pub(super) fn parts(&self) -> Option<String> {
        let finding = self.finding;
        let (part, of, periods) = match finding.by(self.kind) {
            Some(By::LookBack { numerator, denominator, periods, .. }) if finding.unit == Unit::Percent => {
                ((*numerator)?, (*denominator)?, *periods)
            }
            _ if finding.basis(self.kind) == Basis::Value && finding.cell.interval.is_some() => {
                (finding.cell.numerator?, finding.cell.denominator?, 1)
            }
            _ => return None,
        };
        let whole = |part: f64| (part.fract() == 0.0 && part >= 0.0).then(|| self.format.value(part, Unit::Count));
        let of = [
            ("part", whole(part)?.into()),
            ("whole", whole(of)?.into()),
            ("count", periods.into()),
            ("periods", self.format.within(periods, &self.numbers.period).into()),
        ];
        Some(self.format.words().say("fact_parts", of))
    }

    /// Of a settled period, that it is one.
    fn is_settled(&self) -> Option<String> {
        let Some(By::Settled { period, .. }) = self.finding.by(self.kind) else { return None };
        Some(self.known.of_period("fact_is_settled", period, String::new()))
    }

    /// The figure as it stands, where another one is said.
    fn now(&self) -> Option<String> {
        let message = match self.finding.basis(self.kind) {
            Basis::Value => return None,
            Basis::LookBack => "fact_of_period",
            Basis::Expected | Basis::Settled => "fact_so_far",
        };
        Some(self.known.of_period(message, &self.numbers.period.name, self.known.figure(&self.finding.cell)?))
    }

    /// That the figure that is said can still change.
    fn provisional(&self) -> Option<String> {
        let said = self.finding.basis(self.kind) == Basis::Value && !self.several;
        self.known.provisional().filter(|_| said)
    }

    fn last_settled(&self) -> Option<String> {
        self.known.last_settled().filter(|_| self.finding.basis(self.kind) != Basis::Settled)
    }

    /// The figure that the change is measured against.
    fn before(&self) -> Option<String> {
        let message = if self.is_at_the_same_age() { "fact_of_period_same_age" } else { "fact_of_period" };
        let figure = self.known.figure(&self.finding.previous)?;
        Some(self.known.of_period(message, &self.numbers.compared_with.name, figure))
    }

    /// Whether it is compared with figures of the same age. Editions older than assessments compared a young one with one
    /// that was not.
    fn is_at_the_same_age(&self) -> bool {
        self.finding.cell.provisional && self.finding.assessment.is_some()
    }

    /// The limits of usual variation, unless the statement says them.
    fn usual(&self) -> Option<String> {
        let said = matches!(self.kind, Kind::Worse | Kind::Better) && !self.several;
        let signal = self.known.assessment?.signal.filter(|_| !said)?;
        let usual = self.format.usual(&signal, self.known.cell, self.known.unit);
        let usual = self.format.words().say("fact_usual", [("usual", usual.into())]);
        let assured = self.known.assessment?.assured(self.known.cell, self.finding.target, self.finding.better);
        let assured = self.format.assured(&assured).join(", ");
        Some(if assured.is_empty() { usual } else { format!("{usual} ({assured})") })
    }

    fn year_before(&self) -> Option<String> {
        let Finding { year_before, cell, better, unit, .. } = self.finding;
        let before = year_before.as_ref().filter(|_| !self.several)?;
        let change = Change::between(before, cell, *better)?;
        let change = self.format.change(Some(&change), *unit);
        let of = [("figure", self.known.figure(before)?.into()), ("change", change.into())];
        let message = if self.is_at_the_same_age() { "fact_year_before_same_age" } else { "fact_year_before" };
        Some(self.format.words().say(message, of))
    }

    fn target(&self) -> Option<String> {
        let Finding { unit, target, .. } = self.finding;
        let (target, off) = ((*target)?, self.kind == Kind::OffTarget);
        // The sentence says it of one.
        if off && !self.several {
            return None;
        }
        let figure = self.format.target(target, *unit);
        if !off {
            return Some(self.format.words().say("fact_target", [("figure", figure.into())]));
        }
        let distance = self.format.distance(self.finding.held_against_target()?, target, *unit);
        let side = self.finding.bad_side();
        let of = [("distance", distance.into()), ("side", side.into()), ("target", figure.into())];
        Some(self.format.words().say("fact_off_target", of))
    }

    /// Since when a breach has lasted.
    fn since(&self) -> Option<String> {
        let since = self.known.assessment?.since.as_ref().filter(|since| since.periods > 1)?;
        let message = if since.at_least { "fact_since_at_least" } else { "fact_since" };
        let is_breach = matches!(self.kind, Kind::NewBreach | Kind::Breach);
        is_breach.then(|| self.known.of_period(message, &since.period, String::new()))
    }

    /// `90% of the change since week 46 from Coast`
    fn cause(&self) -> Option<String> {
        let causes = &self.finding.causes;
        let first = causes.first()?;
        let compared_with = &self.numbers.compared_with.name;
        let name = |cause: &Contribution| match &cause.part {
            Part::Group(group) => self.format.group(group),
            Part::Mix => self.format.dimension(&cause.dimension),
        };
        let extent = match first.share {
            most if most < ALL => "most",
            all if all <= 1.0 / ALL => "all",
            _ => "more",
        };
        let part = match first.part {
            Part::Mix => "mix",
            Part::Group(_) if causes.len() > 1 => "groups",
            Part::Group(_) => "group",
        };
        let of = [
            ("part", Value::from(part)),
            ("extent", extent.into()),
            ("share", self.format.share(first.share).into()),
            ("span", self.format.span(compared_with).into()),
            ("period", self.format.period_name(compared_with).into()),
            ("name", self.format.all(&causes.iter().map(name).collect::<Vec<_>>()).into()),
        ];
        Some(self.format.words().say("fact_cause", of))
    }

    /// Of a total, which breaks a threshold as it stands, that it is not sure.
    fn chance(&self) -> Option<String> {
        let unsure = self.known.assessment?.judged.sure == Some(false);
        let breach = matches!(self.kind, Kind::NewBreach | Kind::Breach);
        (breach && unsure).then(|| self.format.words().say("status_chance", []))
    }
}
