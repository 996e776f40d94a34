//! Editions made by hand: week 47 of 2026, as its mail goes out on Monday at seven.

use crate::numbers::{
    BreakdownRow, BreakdownTable, Change, Group, KpiBlock, Members, Numbers, PeriodHead, Section, TableFreshness,
};
use pegel_kpi::data::cell::{Cell, Interval, Outcome};
use pegel_kpi::data::dimensions::Dimensions;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::judgement::expected::Expected;
use pegel_kpi::judgement::judged::{Assessment, By, Judged, Since, Unjudged};
use pegel_kpi::judgement::signal::{Direction, Kind, Signal};
use pegel_text::languages;
use pegel_text::translated::Translated;
use std::collections::BTreeMap;

/// Monday, 23 November 2026, 7:00 in Berlin.
pub const NOW: i64 = 1_795_413_600;
const DAY: i64 = 86_400;
const FLOOR: Threshold = Threshold { warning: Some(0.80), critical: Some(0.75) };

/// A share of rows.
pub fn share(part: u32, of: u32) -> Cell {
    let (rows, part, of) = (u64::from(of), f64::from(part), f64::from(of));
    Cell {
        numerator: Some(part),
        denominator: Some(of),
        sample: Some(rows),
        interval: Interval::of_proportion(part, of),
        ..value(part / of)
    }
}

pub fn value(value: f64) -> Cell {
    Cell::of(Outcome::Value { value })
}

pub fn absent(outcome: Outcome) -> Cell {
    Cell::of(outcome)
}

/// The same cell, while it can still change.
pub fn young(cell: Cell) -> Cell {
    Cell { provisional: true, ..cell }
}

fn assessed(judged: Judged) -> Assessment {
    Assessment { judged, marks: Threshold::default(), expected: None, signal: None, before: None, since: None }
}

fn judged(status: Status, sure: bool, by: By) -> Judged {
    Judged { status, sure: Some(sure), chance: !sure, by: Some(by), reason: None }
}

fn by_value(status: Status) -> Judged {
    judged(status, true, By::Value)
}

pub fn unjudged(reason: Unjudged) -> Judged {
    Judged { status: Status::Unjudged, sure: None, chance: false, by: None, reason: Some(reason) }
}

/// It keeps its threshold, and did before.
pub fn kept() -> Assessment {
    Assessment { before: Some(by_value(Status::Ok)), ..assessed(by_value(Status::Ok)) }
}

/// It has no threshold.
pub fn unmarked() -> Assessment {
    let none = || unjudged(Unjudged::NoMarks);
    Assessment { before: Some(none()), ..assessed(none()) }
}

/// It is not judged, though it was before.
pub fn no_longer(reason: Unjudged) -> Assessment {
    Assessment { before: Some(by_value(Status::Ok)), ..assessed(unjudged(reason)) }
}

/// It was never judged.
pub fn never(reason: Unjudged) -> Assessment {
    Assessment { before: Some(unjudged(reason)), ..assessed(unjudged(reason)) }
}

/// It breaks its threshold surely, for that many weeks.
pub fn broken(status: Status, by: By, weeks: usize) -> Assessment {
    let before = if weeks > 1 { status } else { Status::Ok };
    Assessment {
        before: Some(judged(before, true, by.clone())),
        since: Some(Since { period: format!("2026-W{}", 48 - weeks), periods: weeks, at_least: false }),
        ..assessed(judged(status, true, by))
    }
}

/// It breaks its threshold, but that may be chance.
pub fn perhaps(status: Status) -> Assessment {
    Assessment { before: Some(by_value(Status::Ok)), ..assessed(judged(status, false, By::Value)) }
}

/// It was broken, and is not any more.
pub fn mended() -> Assessment {
    Assessment { before: Some(by_value(Status::Critical)), ..assessed(by_value(Status::Ok)) }
}

/// The same, with a signal and the limits of usual variation.
pub fn marked(of: Assessment, kind: Kind, direction: Direction, low: f64, high: f64) -> Assessment {
    let signal = Signal { kind, direction, centre: f64::midpoint(low, high), low, high, points: 26 };
    Assessment { signal: Some(signal), ..of }
}

/// The same, with what the figure will come to.
pub fn expecting(of: Assessment, value: f64, low: f64, high: f64) -> Assessment {
    Assessment { expected: Some(Expected { value, low, high, periods: 20 }), ..of }
}

fn translated([english, german, french]: [&str; 3]) -> Translated {
    let language = |code| languages::find(code).unwrap();
    Translated::english(english).and(language("de"), german).and(language("fr"), french)
}

/// A KPI of which nothing is known but these figures.
fn block(
    id: &str,
    titles: [&str; 3],
    unit: Unit,
    better: Better,
    threshold: Threshold,
    now: Cell,
    before: Cell,
) -> KpiBlock {
    KpiBlock {
        data_ends: None,
        id: id.to_owned(),
        title: translated(titles),
        description: Translated::english(""),
        unit,
        better,
        threshold,
        min_sample: 5,
        table: Some("leads".to_owned()),
        lacks: Vec::new(),
        version: String::new(),
        rests_on: None,
        change: Change::between(&before, &now, better),
        cell: now,
        previous: before,
        previous_as_known: None,
        settled: None,
        year_before: None,
        target: None,
        plans_below: None,
        target_tolerance: 0.05,
        status: Status::Unjudged,
        assessment: None,
        contributions: Vec::new(),
        trend: Vec::new(),
        breakdowns: Vec::new(),
        crossed: Vec::new(),
    }
}

/// The feedback rate: a warning below 80 %, critical below 75 %.
pub fn feedback(now: Cell, before: Cell, assessment: Assessment) -> KpiBlock {
    let titles = ["Feedback rate", "Feedbackquote", "Taux de retour"];
    said(block("feedback_rate", titles, Unit::Percent, Better::Higher, FLOOR, now, before), assessment)
}

/// The acceptance time: critical above four hours.
pub fn acceptance(now: Cell, before: Cell, assessment: Assessment) -> KpiBlock {
    let titles = ["Acceptance time", "Annahmedauer", "Délai d’acceptation"];
    let ceiling = Threshold { warning: Some(3600.0), critical: Some(4.0 * 3600.0) };
    said(block("acceptance_time", titles, Unit::Duration, Better::Lower, ceiling, now, before), assessment)
}

/// The conversion rate: a warning below 20 %.
pub fn conversion(now: Cell, before: Cell, assessment: Assessment) -> KpiBlock {
    let floor = Threshold { warning: Some(0.2), critical: None };
    let titles = ["Conversion rate", "Conversion Rate", "Taux de conversion"];
    said(block("conversion_rate", titles, Unit::Percent, Better::Higher, floor, now, before), assessment)
}

/// The win rate, without a threshold.
pub fn wins(now: Cell, before: Cell, assessment: Assessment) -> KpiBlock {
    let titles = ["Win rate", "Gewinnrate", "Taux de réussite"];
    let none = Threshold::default();
    said(block("win_rate", titles, Unit::Percent, Better::Higher, none, now, before), assessment)
}

/// The revenue, without a threshold but with a target.
pub fn revenue(now: f64, before: f64, target: f64) -> KpiBlock {
    let (now, before, none) = (value(now), value(before), Threshold::default());
    let titles = ["Revenue", "Umsatz", "Chiffre d’affaires"];
    let block = block("revenue", titles, Unit::Money, Better::Higher, none, now, before);
    KpiBlock { target: Some(target), ..said(block, unmarked()) }
}

fn said(block: KpiBlock, assessment: Assessment) -> KpiBlock {
    KpiBlock { status: assessment.judged.status, assessment: Some(assessment), ..block }
}

/// A group.
pub fn row(label: &str, now: Cell, before: Cell, assessment: Assessment) -> BreakdownRow {
    BreakdownRow {
        group: Group::Text { label: label.to_owned() },
        change: None,
        cell: now,
        previous: before,
        previous_as_known: None,
        settled: None,
        year_before: None,
        target: None,
        status: assessment.judged.status,
        assessment: Some(assessment),
    }
}

/// The same KPI, broken down.
pub fn by(block: KpiBlock, dimension: &str, rows: Vec<BreakdownRow>) -> KpiBlock {
    let mut block = block;
    block.breakdowns.push(BreakdownTable { dimension: dimension.to_owned(), worst: None, best: None, rows });
    block
}

/// An edition with these KPIs, whose data is complete up to that many days ago.
pub fn edition(kpis: Vec<KpiBlock>, days_ago: i64) -> Numbers {
    let week = |number: u8, first_day: &str, last_day: &str| PeriodHead {
        name: format!("2026-W{number}"),
        first_day: first_day.to_owned(),
        last_day: last_day.to_owned(),
    };
    let table = |name: &str, complete_until| TableFreshness {
        table: name.to_owned(),
        complete_until: Some(complete_until),
        newest_milestone: Some(complete_until - 3600),
        gap: false,
        empty: false,
    };
    Numbers {
        with_year_before: false,
        readers_zone: None,
        scope: pegel_kpi::data::scope::Scope::everything(),
        audience: None,
        report: "weekly".to_owned(),
        title: translated(["Weekly partner sales", "Partnervertrieb der Woche", "Ventes des partenaires"]),
        locale: "en-GB".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        revision: 0,
        reason: None,
        correction: None,
        period: week(47, "2026-11-16", "2026-11-22"),
        compared_with: week(46, "2026-11-09", "2026-11-15"),
        created_at: NOW,
        titles: BTreeMap::new(),
        members: Members::default(),
        contact: None,
        data_up_to: vec![table("leads", NOW - DAY * days_ago - 1800), table("orders", NOW - 1800)],
        dimensions: Dimensions::Then,
        status: Status::Unjudged,
        breaches: Vec::new(),
        sections: vec![Section::new(Translated::english("Partners"), kpis)],
    }
}
