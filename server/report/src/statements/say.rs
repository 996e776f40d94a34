//! A statement in a reader's language. Its sentences are whole in the language files: what is handed in are titles,
//! groups, figures and which of the forms is meant.

use super::statement::{Finding, Kind, Statement};
use crate::format::Format;
use crate::numbers::{Change, Contribution, Numbers, Part, PeriodHead};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status};
use pegel_kpi::judgement::judged::{Assessment, By, Since, Unjudged};
use pegel_kpi::judgement::signal::Kind as Sign;
use pegel_text::words::Value;

/// So many groups are named before the others are counted.
const NAMED: usize = 3;
/// How many figures on one side of the centre, or rising, make a signal.
const STREAK: usize = 7;
/// Of how many figures two beyond two thirds of the way to a limit make one.
const RECENT: usize = 3;
/// A part that explains more than this explains all.
const ALL: f64 = 0.95;

/// A statement in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// For a subject: `Coast at 68.8% …`.
    pub short: String,
    /// `Feedback rate: Coast 68.8% (threshold 75%), new`
    pub sentence: String,
    /// What it rests on, a line for each figure it names.
    pub evidence: Vec<String>,
}

/// Says it to a reader.
pub fn say(statement: &Statement, numbers: &Numbers, format: &Format) -> Option<Said> {
    let first = statement.about.first()?;
    let speaker = Speaker { format, numbers, statement, first };
    Some(Said { short: speaker.short(), sentence: speaker.sentence(), evidence: speaker.evidence() })
}

/// Why figures were not judged.
pub fn reason(reason: Unjudged, numbers: &Numbers, format: &Format) -> String {
    let until = numbers.data_up_to.iter().filter_map(|table| table.complete_until).min();
    let words = format.words();
    match (reason, until) {
        (Unjudged::Stale | Unjudged::Incomplete, Some(until)) => {
            words.say("data_ends", [("day", format.day(until).into())])
        }
        _ => words.say("unjudged", [("reason", name(reason).into())]),
    }
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
        let (by, periods, period) = self.by(first);
        let (course, since) = self.course();
        let figure = |value: Option<f64>| value.map_or_else(String::new, |value| format.value(value, first.unit));
        let reason = assessment.and_then(|assessment| assessment.judged.reason);
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
                ("count", self.statement.about.len().into()),
                ("mark", self.mark().map_or_else(String::new, |(_, mark)| mark).into()),
                ("beyond", self.beyond().into()),
                ("side", if first.better == Better::Higher { "below" } else { "above" }.into()),
                ("by", by.into()),
                ("periods", periods.into()),
                ("period", period.into()),
                ("course", course.into()),
                ("since", since.into()),
                ("span", format.span(&self.numbers.period).into()),
                ("target", figure(first.target).into()),
                ("distance", self.from_target().into()),
                ("signal", self.sign().into()),
                ("low", figure(signal.map(|signal| signal.low)).into()),
                ("high", figure(signal.map(|signal| signal.high)).into()),
                ("centre", figure(signal.map(|signal| signal.centre)).into()),
                ("streak", format.periods(STREAK, &self.numbers.period).into()),
                ("recent", format.periods(RECENT, &self.numbers.period).into()),
                ("reason", reason.map_or_else(String::new, |why| self::reason(why, self.numbers, format)).into()),
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
            Kind::OffTarget => expected(finding).or_else(|| finding.cell.outcome.value()),
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
        self.enumerated(NAMED, |finding| {
            let of = [("group", self.group(finding).into()), ("figure", self.figure(finding).into())];
            self.format.words().say("named_figure", of)
        })
    }

    /// `Coast and Alps`, `Coast and 4 more`
    fn groups(&self) -> String {
        self.enumerated(1, |finding| self.group(finding))
    }

    fn titles(&self) -> String {
        self.enumerated(NAMED, |finding| self.format.title(&finding.title))
    }

    /// The first ones by name; the others counted, unless there is only one.
    fn enumerated(&self, named: usize, name: impl Fn(&Finding) -> String) -> String {
        let about = &self.statement.about;
        let named = if about.len() == named + 1 { named + 1 } else { named };
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

    /// What the figure is: as it stands, of several periods, expected, or that of a settled period; with these.
    fn by(&self, finding: &Finding) -> (&'static str, String, String) {
        let none = String::new;
        if self.statement.kind == Kind::OffTarget {
            let by = if expected(finding).is_some() { "expected" } else { "value" };
            return (by, none(), none());
        }
        match finding.by() {
            Some(By::LookBack { periods, .. }) => {
                ("look_back", self.format.periods(*periods, &self.numbers.period), none())
            }
            Some(By::Expected { .. }) => ("expected", none(), none()),
            Some(By::Settled { period, .. }) => ("settled", none(), self.format.period_name(period)),
            Some(By::Value | By::Signal) | None => ("value", none(), none()),
        }
    }

    /// Whether a breach is new, or for how many periods it has lasted; nothing where nobody knows, or where it differs.
    fn course(&self) -> (&'static str, usize) {
        let about = || self.statement.about.iter().map(|finding| finding.assessment.as_ref());
        let was_judged = |assessment: Option<&Assessment>| {
            assessment.and_then(|known| known.before.as_ref()).is_some_and(|before| before.status != Status::Unjudged)
        };
        let since = |assessment: Option<&Assessment>| assessment?.since.as_ref().map(|since| since.periods);
        let lasts = since(self.first.assessment.as_ref()).filter(|first| about().all(|one| since(one) == Some(*first)));
        match (self.statement.kind, lasts) {
            (Kind::NewBreach, _) if about().all(was_judged) => ("new", 1),
            (Kind::Breach, Some(periods)) if periods > 1 => ("since", periods),
            _ => ("none", 0),
        }
    }

    fn from_target(&self) -> String {
        let figure = expected(self.first).or_else(|| self.first.cell.outcome.value());
        let distance = |(figure, target)| self.format.distance(figure, target, self.first.unit);
        figure.zip(self.first.target).map_or_else(String::new, distance)
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

    fn evidence(&self) -> Vec<String> {
        if self.statement.kind == Kind::NotJudged {
            return Vec::new();
        }
        let named = if self.statement.about.len() == NAMED + 1 { NAMED + 1 } else { NAMED };
        let lines = self.statement.about.iter().take(named).map(|finding| {
            let facts = self.facts(finding).join(" · ");
            match &finding.group {
                Some(head) if self.statement.about.len() > 1 && !facts.is_empty() => {
                    let of = [("group", self.format.group(&head.group).into()), ("facts", facts.into())];
                    self.format.words().say("fact_of_group", of)
                }
                _ => facts,
            }
        });
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// What is known beside the figure that is said.
    fn facts(&self, finding: &Finding) -> Vec<String> {
        let Finding { unit, cell, assessment, .. } = finding;
        let format = self.format;
        let value = |value: f64| format.value(value, *unit);
        let fact = |message: &str, figure: String| format.words().say(message, [("figure", figure.into())]);
        let span = |message: &str, low: f64, high: f64| {
            format.words().say(message, [("low", value(low).into()), ("high", value(high).into())])
        };
        let of_period = |message: &str, period: &str, figure: String| {
            let (span, period) = (format.span(&head(period)), format.period_name(period));
            format.words().say(message, [("period", period.into()), ("figure", figure.into()), ("span", span.into())])
        };
        let assessment = assessment.as_ref();
        let said = self.by(finding).0;
        let expected = assessment.and_then(|known| known.expected);
        let signal = assessment.and_then(|known| known.signal);
        let since = assessment.and_then(|known| known.since.as_ref()).filter(|since| since.periods > 1);
        let breach = matches!(self.statement.kind, Kind::NewBreach | Kind::Breach);
        let mut facts = Vec::new();
        facts.extend(self.parts(finding));
        if let Some(By::Settled { period, .. }) = finding.by() {
            facts.push(of_period("fact_is_settled", period, String::new()));
        }
        if said != "value" {
            let message = if said == "look_back" { "fact_of_period" } else { "fact_so_far" };
            let now = cell.outcome.value();
            facts.extend(now.map(|figure| of_period(message, &self.numbers.period.name, value(figure))));
        }
        facts.extend(expected.map(|expected| span("fact_expected", expected.low, expected.high)));
        if said != "settled" {
            let settled = finding.settled.as_ref().and_then(|point| Some((&point.period, point.cell.outcome.value()?)));
            facts.extend(settled.map(|(period, figure)| of_period("fact_settled", period, value(figure))));
        }
        if said == "value" {
            let message = if cell.provisional { "fact_of_period_same_age" } else { "fact_of_period" };
            let before = finding.previous.outcome.value();
            facts.extend(before.map(|figure| of_period(message, &self.numbers.compared_with.name, value(figure))));
        }
        if self.statement.kind != Kind::Worse && self.statement.kind != Kind::Better || self.sign() == "several" {
            facts.extend(signal.filter(|_| said == "value").map(|signal| span("fact_usual", signal.low, signal.high)));
        }
        facts.extend(finding.year_before.as_ref().filter(|_| said == "value").and_then(|before| {
            let change = format.change(Change::between(before, cell, finding.better).as_ref(), *unit);
            let of = [("figure", value(before.outcome.value()?).into()), ("change", change.into())];
            cell.outcome.value().map(|_| format.words().say("fact_year_before", of))
        }));
        if self.statement.kind != Kind::OffTarget {
            facts.extend(finding.target.map(|target| fact("fact_target", value(target))));
        }
        if let (Kind::Breach, Some(Since { period, .. })) = (self.statement.kind, since) {
            facts.push(of_period("fact_since", period, String::new()));
        }
        facts.extend(finding.cause.as_ref().map(|cause| self.cause(cause)));
        if breach && assessment.is_some_and(|known| known.judged.sure == Some(false)) {
            facts.push(format.words().say("fact_chance", []));
        }
        facts
    }

    /// `44 of 64`, `41 of 71 in 13 weeks`: of shares of rows.
    fn parts(&self, finding: &Finding) -> Option<String> {
        let whole = |part: f64| (part.fract() == 0.0 && part >= 0.0).then(|| self.format.value(part, Unit::Count));
        let (part, of, periods) = match finding.by() {
            Some(By::LookBack { numerator, denominator, periods, .. }) if finding.unit == Unit::Percent => {
                (numerator.as_ref()?, denominator.as_ref()?, *periods)
            }
            Some(By::Value | By::Signal) | None if finding.cell.interval.is_some() => {
                (finding.cell.numerator.as_ref()?, finding.cell.denominator.as_ref()?, 1)
            }
            _ => return None,
        };
        let of = [
            ("part", whole(*part)?.into()),
            ("whole", whole(*of)?.into()),
            ("count", periods.into()),
            ("periods", self.format.periods(periods, &self.numbers.period).into()),
        ];
        Some(self.format.words().say("fact_parts", of))
    }

    /// `90% of the change from Coast`
    fn cause(&self, cause: &Contribution) -> String {
        let (part, name) = match &cause.part {
            Part::Group(group) => ("group", self.format.group(group)),
            Part::Mix => ("mix", self.format.dimension(&cause.dimension)),
        };
        let of = [
            ("part", Value::from(part)),
            ("extent", if cause.share >= ALL { "all" } else { "most" }.into()),
            ("share", self.format.share(cause.share).into()),
            ("name", name.into()),
        ];
        self.format.words().say("fact_cause", of)
    }
}

/// What a figure that can still change will come to.
fn expected(finding: &Finding) -> Option<f64> {
    finding.assessment.as_ref()?.expected.filter(|_| finding.cell.provisional).map(|expected| expected.value)
}

/// A period by its name alone.
fn head(name: &str) -> PeriodHead {
    PeriodHead { name: name.to_owned(), first_day: String::new(), last_day: String::new() }
}

/// A reason as language files name it.
fn name(reason: Unjudged) -> &'static str {
    match reason {
        Unjudged::NoMarks => "no_marks",
        Unjudged::NoPast => "no_past",
        Unjudged::NoRows => "no_rows",
        Unjudged::ZeroDenominator => "zero_denominator",
        Unjudged::TooFew => "too_few",
        Unjudged::Stale => "stale",
        Unjudged::ScriptError => "script_error",
        Unjudged::TooYoung => "too_young",
        Unjudged::Incomplete => "incomplete",
    }
}
