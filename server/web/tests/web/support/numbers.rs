//! The numbers of a small edition, made by hand.

use pegel_kpi::data::cell::{Beside, Cell, Outcome};
use pegel_kpi::data::dimensions::Dimensions;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::judgement::judged::{Assessment, By, Judged};
use pegel_kpi::judgement::signal::{Direction, Kind, Signal};
use pegel_report::numbers::{
    Breach, BreakdownRow, BreakdownTable, Change, Group, GroupHead, KpiBlock, Members, Numbers, PeriodHead, Section,
    TrendPoint,
};
use pegel_text::languages;
use pegel_text::translated::Translated;
use std::collections::BTreeMap;

const FLOOR: Threshold = Threshold { warning: Some(0.80), critical: Some(0.75) };

/// A text in English and German.
pub fn translated(english: &str, german: &str) -> Translated {
    Translated::english(english).and(languages::find("de").unwrap(), german)
}

fn cell(value: f64, sample: u64) -> Cell {
    let outcome = Outcome::Value { value };
    Cell { sample: Some(sample), ..Cell::of(outcome) }
}

fn absent(outcome: Outcome) -> Cell {
    Cell { sample: Some(0), ..Cell::of(outcome) }
}

fn week(number: u32, first_day: &str, last_day: &str) -> PeriodHead {
    PeriodHead { name: format!("2026-W{number}"), first_day: first_day.to_owned(), last_day: last_day.to_owned() }
}

fn row(label: Option<&str>, now: Cell, before: Cell) -> BreakdownRow {
    BreakdownRow {
        group: label.map_or(Group::Missing { label: () }, |label| Group::Text { label: label.to_owned() }),
        change: Change::between(&before, &now, Better::Higher),
        status: FLOOR.judge(&now.outcome, Better::Higher),
        cell: now,
        previous: before,
        assessment: None,
        settled: None,
        previous_as_known: None,
        year_before: None,
        target: None,
    }
}

/// Surely so, by that figure.
pub fn assessed(status: Status, by: By) -> Assessment {
    let judged = Judged { status, sure: Some(true), chance: false, by: Some(by), reason: None };
    Assessment { judged, marks: FLOOR, expected: None, signal: None, before: None, since: None }
}

/// An edition of week 46: a rate that slipped in one region, and a duration without data.
pub fn weekly() -> Numbers {
    let (now, before) = (cell(0.78, 438), cell(0.831, 402));
    let change = Change::between(&before, &now, Better::Higher);
    let mut north = row(Some("North & Sons"), cell(0.612, 49), cell(0.74, 50));
    let (kind, direction) = (Kind::BeyondLimit, Direction::Concern);
    let signal = Signal { kind, direction, centre: 0.81, low: 0.7, high: 0.92, points: 26 };
    north.assessment = Some(Assessment { signal: Some(signal), ..assessed(Status::Critical, By::Value) });
    let breach = |group, status, cell, change| Breach {
        kpi: "feedback".to_owned(),
        title: translated("Feedback rate", "Feedbackquote"),
        unit: Unit::Percent,
        better: Better::Higher,
        group,
        status,
        cell,
        threshold: FLOOR,
        change,
        judged: None,
    };
    let group = GroupHead { dimension: "region".to_owned(), group: Group::Text { label: "North & Sons".to_owned() } };
    let course = [0.84, 0.85, 0.83, 0.86, 0.84, 0.82, 0.83, 0.79, 0.81, 0.82, 0.80, 0.831, 0.78];
    let trend = course.iter().zip(34..).map(|(value, number)| TrendPoint {
        period: format!("2026-W{number}"),
        // No data for week 40.
        cell: if number == 40 { absent(Outcome::NoRows) } else { cell(*value, 400) },
    });
    let feedback = KpiBlock {
        data_ends: None,
        id: "feedback".to_owned(),
        title: translated("Feedback rate", "Feedbackquote"),
        description: translated("Share of the accepted leads with feedback.", "Anteil der Leads mit Rückmeldung."),
        unit: Unit::Percent,
        better: Better::Higher,
        threshold: FLOOR,
        min_sample: 5,
        table: Some("leads".to_owned()),
        lacks: Vec::new(),
        version: "ab".repeat(32),
        rests_on: None,
        cell: now.clone(),
        previous: before,
        previous_as_known: None,
        year_before: None,
        target: None,
        plans_below: None,
        target_tolerance: 0.05,
        settled: None,
        assessment: None,
        contributions: Vec::new(),
        change,
        status: Status::Warning,
        trend: trend.collect(),
        breakdowns: vec![BreakdownTable {
            dimension: "region".to_owned(),
            worst: None,
            best: None,
            rows: vec![
                north.clone(),
                row(Some("South"), cell(0.91, 77), cell(0.90, 70)),
                row(None, absent(Outcome::TooFew), cell(0.85, 20)),
            ],
        }],
        crossed: Vec::new(),
    };
    let cycle = KpiBlock {
        data_ends: None,
        id: "cycle".to_owned(),
        title: translated("<script>alert('Cycle')</script>", "<script>alert('Dauer')</script>"),
        description: translated("\"><img src=x>", "\"><img src=x>"),
        unit: Unit::Duration,
        better: Better::Lower,
        threshold: Threshold::default(),
        min_sample: 0,
        table: None,
        lacks: Vec::new(),
        version: "cd".repeat(32),
        rests_on: None,
        cell: absent(Outcome::NoRows),
        previous: Cell { beside: vec![Beside { name: "median".to_owned(), value: 7200.0 }], ..cell(90_000.0, 3) },
        previous_as_known: None,
        year_before: None,
        target: None,
        plans_below: None,
        target_tolerance: 0.05,
        settled: None,
        assessment: None,
        contributions: Vec::new(),
        change: None,
        status: Status::Unjudged,
        trend: Vec::new(),
        breakdowns: Vec::new(),
        crossed: Vec::new(),
    };
    Numbers {
        with_year_before: false,
        readers_zone: None,
        scope: pegel_kpi::data::scope::Scope::everything(),
        audience: None,
        report: "weekly".to_owned(),
        title: translated("Partner sales", "Partnervertrieb"),
        locale: "de-DE".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        revision: 0,
        reason: None,
        correction: None,
        period: week(46, "2026-11-09", "2026-11-15"),
        compared_with: week(45, "2026-11-02", "2026-11-08"),
        created_at: 1_794_808_800,
        data_up_to: Vec::new(),
        titles: BTreeMap::new(),
        members: Members::default(),
        contact: None,
        dimensions: Dimensions::Then,
        status: Status::Critical,
        breaches: vec![
            breach(Some(group), Status::Critical, north.cell, north.change),
            breach(None, Status::Warning, now, change),
        ],
        sections: vec![Section::new(translated("Partners", "Partner"), vec![feedback, cycle])],
    }
}
