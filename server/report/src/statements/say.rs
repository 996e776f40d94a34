//! A statement in a reader's language. Its sentences are whole in the language files: what is handed in are titles,
//! groups, figures and which of the forms is meant.

use super::evidence::{Evidence, evidence};
use super::statement::{Basis, Finding, Kind, Statement};
use crate::format::Format;
use crate::known;
use crate::numbers::Numbers;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::threshold::{Status, Threshold};
use pegel_kpi::judgement::judged::{Assessment, By};
use pegel_kpi::judgement::signal::Kind as Sign;

/// How many figures on one side of the centre, or rising, make a signal.
const STREAK: usize = 7;
/// Of how many figures two beyond two thirds of the way to a limit make one.
const RECENT: usize = 3;

/// A statement in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// For a subject: `Feedback rate for Coast 68.8% (limit 75%)`.
    pub short: String,
    /// `Feedback rate: Coast 68.8% (limit 75%), new`
    pub sentence: String,
    /// What it rests on, a line for each figure it names.
    pub evidence: Vec<Evidence>,
}

/// Says it to a reader.
pub fn say(statement: &Statement, numbers: &Numbers, format: &Format) -> Option<Said> {
    let first = statement.about.first()?;
    let speaker = Speaker { format, numbers, statement, first };
    Some(Said { short: speaker.short(), sentence: speaker.sentence(), evidence: evidence(statement, numbers, format) })
}

struct Speaker<'a> {
    format: &'a Format,
    numbers: &'a Numbers,
    statement: &'a Statement,
    /// The worst of what it is about.
    first: &'a Finding,
}

impl Speaker<'_> {
    fn short(&self) -> String {
        let several = self.statement.about.len() > 1;
        self.say(match self.statement.kind {
            Kind::NewBreach | Kind::Breach | Kind::Chance if several => "short_breach_groups",
            Kind::NewBreach | Kind::Breach | Kind::Chance => "short_breach",
            Kind::OffTarget => "short_target",
            Kind::NotJudged => "short_not_judged",
            Kind::Worse => "short_worse",
            Kind::Better => "short_better",
            Kind::Mended => "short_mended",
        })
    }

    fn sentence(&self) -> String {
        self.say(match self.statement.kind {
            Kind::NewBreach | Kind::Breach | Kind::Chance => "said_breach",
            Kind::OffTarget => "said_target",
            Kind::NotJudged => "said_not_judged",
            Kind::Worse => "said_worse",
            Kind::Better => "said_better",
            Kind::Mended => "said_mended",
        })
    }

    /// All that a sentence may speak of; which of it, the language decides.
    fn say(&self, message: &str) -> String {
        let Speaker { format, first, .. } = self;
        let assessment = first.assessment.as_ref();
        let signal = assessment.and_then(|assessment| assessment.signal);
        let (by, periods, period) = self.by();
        let (course, since) = self.course();
        let figure = |value: Option<f64>| value.map_or_else(String::new, |value| format.value(value, first.unit));
        let data_ends = first.data_ends.or_else(|| self.numbers.data_ends());
        let reason = assessment.and_then(|assessment| assessment.judged.reason);
        let reason = reason.map_or_else(String::new, |why| known::reason(why, data_ends, format));
        let usual = signal.map_or_else(String::new, |signal| format.usual(&signal, &first.cell, first.unit));
        format.words().say(
            message,
            [
                ("about", if first.group.is_some() { "group" } else { "total" }.into()),
                ("title", format.title(&first.title).into()),
                ("titles", self.titles().into()),
                ("group", self.group(first).into()),
                ("groups", self.groups().into()),
                ("figure", self.figure(first).into()),
                ("figures", self.figures().into()),
                ("predicted", self.predicted().into()),
                ("count", self.statement.about.len().into()),
                ("mark", self.mark().map_or_else(String::new, |(_, mark)| mark).into()),
                ("beyond", self.beyond().into()),
                ("side", first.bad_side().into()),
                ("by", by.into()),
                ("periods", periods.into()),
                ("period", period.into()),
                ("course", course.into()),
                ("since", since.into()),
                ("span", format.span(&self.numbers.period.name).into()),
                ("target", first.target.map_or_else(String::new, |target| format.target(target, first.unit)).into()),
                ("distance", self.beyond_target().into()),
                ("signal", self.sign().into()),
                ("usual", usual.into()),
                ("centre", figure(signal.map(|signal| signal.centre)).into()),
                ("streak", format.within(STREAK, &self.numbers.period).into()),
                ("recent", format.within(RECENT, &self.numbers.period).into()),
                ("reason", reason.into()),
            ],
        )
    }

    fn group(&self, finding: &Finding) -> String {
        finding.group.as_ref().map_or_else(String::new, |head| self.format.group(&head.group))
    }

    /// The figure that was judged, where it was; with as many digits as tell it from the marks.
    fn figure(&self, finding: &Finding) -> String {
        let value = match self.statement.kind {
            Kind::NewBreach | Kind::Breach | Kind::Chance | Kind::Mended => finding.judged_value(),
            Kind::OffTarget => finding.held_against_target(),
            Kind::Worse | Kind::Better | Kind::NotJudged => finding.cell.outcome.value(),
        };
        let cell = value.map(|value| Cell::of(Outcome::Value { value }));
        self.format.judged(cell.as_ref().unwrap_or(&finding.cell), finding.unit, &finding.threshold)
    }

    /// `68.8%` of a total, `Coast 68.8%, Alps 70.1% and 3 more` of groups.
    fn figures(&self) -> String {
        if self.first.group.is_none() {
            return self.figure(self.first);
        }
        self.enumerated(self.statement.named(), |finding| {
            let of = [("group", self.group(finding).into()), ("figure", self.figure(finding).into())];
            self.format.words().say("named_figure", of)
        })
    }

    /// The same, where it is what they are expected to come to, with the word for it.
    fn predicted(&self) -> String {
        let figures = self.figures();
        if self.first.basis(self.statement.kind) != Basis::Expected {
            return figures;
        }
        self.format.words().say("predicted", [("figures", figures.into())])
    }

    /// `Coast and Alps`, `Coast and 4 more`
    fn groups(&self) -> String {
        let named = if self.statement.about.len() == 2 { 2 } else { 1 };
        self.enumerated(named, |finding| self.group(finding))
    }

    fn titles(&self) -> String {
        self.enumerated(self.statement.named(), |finding| self.format.title(&finding.title))
    }

    /// The first ones by name, the others counted.
    fn enumerated(&self, named: usize, name: impl Fn(&Finding) -> String) -> String {
        let about = &self.statement.about;
        let rest = about.len().saturating_sub(named);
        let more = (rest > 0).then(|| self.format.more(rest));
        self.format.all(&about.iter().take(named).map(name).chain(more).collect::<Vec<_>>())
    }

    /// The status whose mark is spoken of, and the mark: of what is mended, that which was broken.
    fn mark(&self) -> Option<(Status, String)> {
        let Finding { assessment, threshold, unit, .. } = self.first;
        let before = || assessment.as_ref()?.before.as_ref().map(|before| before.status);
        let status = if self.statement.kind == Kind::Mended { before()? } else { self.first.status };
        let mark = if status == Status::Critical { threshold.critical } else { threshold.warning }?;
        Some((status, self.format.mark(mark, *unit)))
    }

    /// `below 75%`
    fn beyond(&self) -> String {
        let Finding { threshold, unit, better, .. } = self.first;
        let beyond = self.mark().and_then(|(status, _)| self.format.beyond(status, threshold, *unit, *better));
        beyond.unwrap_or_default()
    }

    /// What the figure is, and the periods or the period it is of.
    fn by(&self) -> (&'static str, String, String) {
        let none = String::new;
        let name = match self.first.basis(self.statement.kind) {
            Basis::Value => return ("value", none(), none()),
            Basis::LookBack => "look_back",
            Basis::Expected => "expected",
            Basis::Settled => "settled",
        };
        match self.first.by(self.statement.kind) {
            Some(By::LookBack { periods, .. }) => (name, self.format.within(*periods, &self.numbers.period), none()),
            Some(By::Settled { period, .. }) => (name, none(), self.format.period_name(period)),
            _ => (name, none(), none()),
        }
    }

    /// Whether a breach is new, or for how many periods it has lasted; nothing where nobody knows, or where it differs.
    fn course(&self) -> (&'static str, usize) {
        let about = || self.statement.about.iter().map(|finding| finding.assessment.as_ref());
        let was_judged = |assessment: Option<&Assessment>| {
            assessment.and_then(|known| known.before.as_ref()).is_some_and(|before| before.status != Status::Unjudged)
        };
        // What was a warning before is not new, though it has become critical.
        let is_new = |assessment: Option<&Assessment>| {
            let since = assessment.and_then(|known| known.since.as_ref());
            was_judged(assessment) && since.is_none_or(|since| since.periods == 1)
        };
        let since =
            |assessment: Option<&Assessment>| assessment?.since.as_ref().map(|since| (since.periods, since.at_least));
        let lasts = since(self.first.assessment.as_ref()).filter(|first| about().all(|one| since(one) == Some(*first)));
        let is_breach = matches!(self.statement.kind, Kind::NewBreach | Kind::Breach);
        match lasts {
            Some((periods, at_least)) if is_breach && periods > 1 => {
                // Before it was critical, it may have been a warning.
                let Threshold { warning, critical } = self.first.threshold;
                let both = warning.is_some() && critical.is_some() && self.first.status == Status::Critical;
                let course = match (at_least, both) {
                    (false, false) => "since",
                    (false, true) => "since_any",
                    (true, false) => "longer",
                    (true, true) => "longer_any",
                };
                (course, periods)
            }
            _ if self.statement.kind == Kind::NewBreach && about().all(is_new) => ("new", 1),
            _ => ("none", 0),
        }
    }

    fn beyond_target(&self) -> String {
        let distance = |(figure, target)| self.format.distance(figure, target, self.first.unit);
        self.first.held_against_target().zip(self.first.target).map_or_else(String::new, distance)
    }

    /// By which rule it stands out; `several` where groups do, each within its own limits.
    fn sign(&self) -> &'static str {
        let signal = self.first.assessment.as_ref().and_then(|assessment| assessment.signal);
        match signal.map(|signal| signal.kind) {
            _ if self.statement.about.len() > 1 => "several",
            Some(Sign::Run) => "run",
            Some(Sign::Trend) => "trend",
            Some(Sign::TwoOfThree) => "two_of_three",
            Some(Sign::BeyondLimit | Sign::Usual) | None => "beyond_limit",
        }
    }
}
