//! What needs attention: the figures that break a threshold, and not perhaps by chance, KPI by KPI.

use super::evidence::Facts;
use super::statement::{Basis, Finding, Kind, Statement};
use crate::format::Format;
use crate::known::basis;
use crate::link::Link;
use crate::numbers::{Numbers, PeriodHead};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::judgement::judged::Assessment;

/// Of one KPI so many figures are told; the others are counted.
const TOLD: usize = 5;

/// A KPI with figures that break its threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Attention {
    pub kpi: String,
    pub title: String,
    /// `warning below 80 %, critical below 75 %`
    pub marks: String,
    /// The worst first.
    pub figures: Vec<Needing>,
    /// How many others there are.
    pub more: usize,
}

/// One of these figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Needing {
    /// `Region North`, or `total`.
    pub group: String,
    /// The one that was judged.
    pub figure: String,
    /// `44 of 64`, `41 of 71 in 13 weeks`; empty if nobody knows.
    pub of: String,
    /// `new`, `for 3 weeks`; empty if nobody knows.
    pub since: String,
    pub rows: Option<Link>,
    /// Whether the figure is that of the period, so that its change can stand beside it.
    pub as_it_stands: bool,
    pub finding: Finding,
}

/// What needs attention, in the order of the statements of an edition.
pub fn attention(statements: Vec<Statement>, numbers: &Numbers, format: &Format) -> Vec<Attention> {
    let mut by_kpi: Vec<Attention> = Vec::new();
    for statement in statements {
        let kind = statement.kind;
        for finding in statement.about.into_iter().filter(|_| matches!(kind, Kind::NewBreach | Kind::Breach)) {
            let at = by_kpi.iter().position(|known| known.kpi == finding.kpi).unwrap_or_else(|| {
                by_kpi.push(Attention::of(&finding, format));
                by_kpi.len() - 1
            });
            let of_kpi = &mut by_kpi[at];
            if of_kpi.figures.len() < TOLD {
                of_kpi.figures.push(Needing::new(finding, kind, numbers, format));
            } else {
                of_kpi.more += 1;
            }
        }
    }
    by_kpi
}

impl Attention {
    fn of(finding: &Finding, format: &Format) -> Attention {
        let Finding { threshold, unit, better, .. } = finding;
        Attention {
            kpi: finding.kpi.clone(),
            title: format.title(&finding.title),
            marks: format.threshold(threshold, *unit, *better),
            figures: Vec::new(),
            more: 0,
        }
    }
}

impl Needing {
    fn new(finding: Finding, kind: Kind, numbers: &Numbers, format: &Format) -> Needing {
        let words = format.words();
        let group = finding
            .group
            .as_ref()
            .map(|head| format!("{}\u{a0}{}", format.dimension(&head.dimension), format.group(&head.group)));
        let value = finding.judged_value();
        let judged = value.map_or_else(|| finding.cell.clone(), |value| Cell::of(Outcome::Value { value }));
        let facts = Facts::new(&finding, kind, true, numbers, format);
        let basis = || basis(finding.by(kind)?, &numbers.period, format);
        let as_it_stands = finding.basis(kind) == Basis::Value;
        let of = facts.parts().or_else(|| basis().filter(|_| !as_it_stands));
        // It is surely beyond one mark, and perhaps beyond the next.
        let looks = finding.threshold.judge(&judged.outcome, finding.better);
        let perhaps = (looks > finding.status).then(|| words.say("critical_by_chance", []));
        let of = of.into_iter().chain(perhaps).collect::<Vec<_>>().join(" · ");
        Needing {
            group: group.unwrap_or_else(|| words.say("total", [])),
            figure: format.judged(&judged, finding.unit, &finding.threshold),
            of,
            since: since(&finding, kind, numbers, format),
            rows: facts.rows(),
            as_it_stands,
            finding,
        }
    }
}

/// Since when a breach has lasted, in few words.
fn since(finding: &Finding, kind: Kind, numbers: &Numbers, format: &Format) -> String {
    let words = format.words();
    let lasting = finding.assessment.as_ref().and_then(|assessment| lasting(assessment, &numbers.period, format));
    let new = || (kind == Kind::NewBreach).then(|| words.say("lasts_new", []));
    lasting.or_else(new).unwrap_or_default()
}

/// `for 3 weeks`: how long a breach has lasted, in periods like that one; `None` if it is not known to have lasted longer
/// than one.
pub fn lasting(assessment: &Assessment, like: &PeriodHead, format: &Format) -> Option<String> {
    let since = assessment.since.as_ref().filter(|since| since.periods > 1)?;
    let periods = format.within(since.periods, like);
    let name = if since.at_least { "lasts_longer" } else { "lasts" };
    Some(format.words().say(name, [("periods", periods.into())]))
}
