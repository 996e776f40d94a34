//! A made-up edition for the tests of this crate: the shipped report over the shipped KPIs, with figures by hand.

use crate::build::{Heading, numbers_from};
use crate::definition::{ReportDefinition, find};
use crate::numbers::{Numbers, TrendPoint};
use jiff::civil::date;
use pegel_catalog::Catalog;
use pegel_kpi::data::cell::{Beside, Cell, Group, Outcome};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::definition::declaration::Declaration;
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::engine::comparison::{Compared, Earlier};
use pegel_kpi::engine::figures::{Figures, Grouped, Row};
use pegel_kpi::judgement::expected::Expected;
use pegel_kpi::judgement::judged::{Assessment, By, Judged};
use pegel_kpi::judgement::signal::Signal;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, Span, zone};
use std::path::Path;

/// Monday, 16 November 2026, 7:00 in Berlin.
pub const NOW: i64 = 1_794_808_800;
const PERIODS: u32 = 13;

const REGIONS: [&str; 8] = ["Alps", "Central", "Coast", "East", "North", "Rhine-Main", "South", "West"];
const PARTNERS: [&str; 14] = [
    "Adler Solar",
    "Birk & Sohn",
    "Conrad Haustechnik",
    "Deich Energie",
    "Elbe Systems",
    "Falk Partners",
    "Grünwald GmbH",
    "Hansen Verkauf",
    "Isar <Consult>",
    "Jensen \"Nord\" AG",
    "Kranich Vertriebsgesellschaft für Anlagentechnik",
    "Lohse Trade",
    "Meridian",
    "Nebel O'Hara",
];

/// A home that does not exist, so that everything is as shipped.
pub fn nowhere() -> &'static Path {
    Path::new("/nonexistent")
}

/// The shipped weekly report.
pub fn definition() -> ReportDefinition {
    find(nowhere(), "weekly").unwrap()
}

/// The shipped KPIs.
pub fn catalog() -> Catalog {
    Catalog::load(nowhere()).unwrap()
}

/// Week 46 of 2026.
pub fn week_46() -> Period {
    Period::containing(Span::Week, date(2026, 11, 15), &zone("Europe/Berlin").unwrap()).unwrap()
}

/// A figure that rests on this many rows.
pub fn value(value: f64, sample: u64) -> Cell {
    Cell { sample: Some(sample), ..absent(Outcome::Value { value }) }
}

/// A cell without anything beside its outcome.
pub fn absent(outcome: Outcome) -> Cell {
    Cell::of(outcome)
}

/// The numbers of the shipped report for week 46, of made-up figures: one region and some partners are bad.
pub fn numbers() -> Numbers {
    let (definition, catalog) = (definition(), catalog());
    let kpis = definition.kpis(&catalog).unwrap();
    let week = week_46();
    let periods = week.trail(PERIODS as usize).unwrap();
    let heading = Heading {
        definition: &definition,
        period: &week,
        revision: 0,
        reason: None,
        created_at: NOW,
        currency: "EUR",
        controlling: &[],
    };
    let requests = definition.requests().zip(&kpis);
    let figures: Vec<Figures> = requests.map(|(request, kpi)| figures_of(kpi, &request.breakdowns)).collect();
    numbers_from(&heading, &periods, &kpis, &figures)
}

/// The same, with a feedback rate that can still change: the total is judged by what it will come to, one partner by the
/// last settled week, one by half a year.
pub fn young_numbers() -> Numbers {
    let mut numbers = numbers();
    let rate = &mut numbers.sections[0].kpis[0];
    rate.cell.provisional = true;
    rate.previous_as_known = Some(value(0.9, 438));
    rate.settled = Some(TrendPoint { period: "2026-W44".to_owned(), cell: value(0.879, 402) });
    if let Some(assessment) = &mut rate.assessment {
        assessment.expected = Some(Expected { value: 0.9, low: 0.86, high: 0.93, periods: 20 });
        assessment.judged.by = Some(By::Expected { value: 0.9, periods: 20 });
    }
    let rows = &mut rate.breakdowns[1].rows;
    for row in &mut *rows {
        row.cell.provisional = true;
    }
    let look_back = By::LookBack { value: 0.577, numerator: Some(41.0), denominator: Some(71.0), periods: 26 };
    let judged = [By::Settled { value: 0.8, period: "2026-W45".to_owned() }, look_back];
    for (row, by) in rows[3..].iter_mut().step_by(5).zip(judged) {
        if let Some(assessment) = &mut row.assessment {
            assessment.judged.by = Some(by);
        }
    }
    numbers
}

fn figures_of(kpi: &Kpi, dimensions: &[Dimension]) -> Figures {
    let total = Grouped { by: Vec::new(), rows: vec![row(Vec::new(), kpi, "")] };
    let tables = dimensions.iter().map(|dimension| {
        let labels: &[&str] = match dimension.name() {
            "region" => &REGIONS,
            "partner" => &PARTNERS,
            _ => &["Campaign", "Fair", "Referral", "Website"],
        };
        let group = |place: usize, name: String| match dimension.name() {
            "partner" => Group::Row { name, id: i64::try_from(place + 1).unwrap() },
            _ => Group::Text(name),
        };
        let named = |(place, label): (usize, &&str)| row(vec![group(place, (*label).to_owned())], kpi, label);
        let missing = row(vec![Group::Missing], kpi, "missing");
        Grouped { by: vec![dimension.clone()], rows: labels.iter().enumerate().map(named).chain([missing]).collect() }
    });
    Figures {
        as_of: jiff::Timestamp::MAX.as_second(),
        breakdowns: std::iter::once(total).chain(tables).collect(),
        cost: pegel_kpi::engine::figures::Cost::default(),
    }
}

/// A row whose last figure is judged as it stands.
fn row(groups: Vec<Group>, kpi: &Kpi, label: &str) -> Row {
    let cells = course(kpi.id(), label);
    let figures: Vec<Option<f64>> = cells.iter().map(|cell| cell.outcome.value()).collect();
    let past = if groups.is_empty() { &figures[..figures.len() - 1] } else { &[] };
    let Declaration { threshold, better, .. } = &kpi.declaration;
    let marks = threshold.after(past, None);
    let status = marks.judge(&cells[cells.len() - 1].outcome, *better);
    let sure = (status != Status::Unjudged).then_some(true);
    let judged = Judged { status, sure, chance: false, by: sure.map(|_| By::Value), reason: None };
    // One region stands out, all else varies as usual.
    let signal = (label == "South").then(|| Signal::of_group(&figures, *better)).flatten();
    let assessment = Some(Assessment { judged, marks, expected: None, signal, before: None, since: None });
    let before = cells.iter().rev().nth(1).cloned();
    let before = before.map(|cell| Earlier { cell, at_the_same_age: None });
    Row { groups, cells, is_recent: true, aged: None, compared: Compared { before, ..Compared::default() }, assessment }
}

fn course(id: &str, label: &str) -> Vec<Cell> {
    (0..PERIODS).map(|at| cell(id, label, at)).collect()
}

/// A figure that varies a little around the usual one of the KPI, the same at every call.
fn cell(id: &str, label: &str, at: u32) -> Cell {
    let seed: u32 = id.bytes().chain(label.bytes()).map(u32::from).sum();
    let wave = (f64::from(seed) + f64::from(at) * 0.9).sin();
    let last = at + 1 == PERIODS;
    let sample = if label.is_empty() { 438 } else { 30 + u64::from(seed % 40) };
    match (id, label) {
        ("feedback_rate", "North") => value(0.83 - 0.01 * f64::from(at), 57),
        ("feedback_rate", "South") if last => value(0.7497, 64),
        ("feedback_rate", "missing") => absent(Outcome::NoRows),
        ("feedback_rate", "Meridian") => Cell { sample: Some(3), ..absent(Outcome::TooFew) },
        ("feedback_rate", "Deich Energie") => value(1.0 / 3.0, 9),
        ("feedback_rate", "Isar <Consult>") => value(0.5, 8),
        ("feedback_rate", "Lohse Trade" | "Jensen \"Nord\" AG" | "Birk & Sohn" | "Nebel O'Hara") => value(0.7, 10),
        ("feedback_rate", _) => value(0.87 + 0.04 * wave, sample),
        ("acceptance_time", "") => Cell {
            beside: vec![Beside { name: "median".to_owned(), value: 1500.0 }],
            ..value(3100.0 + 900.0 * wave, sample)
        },
        ("acceptance_time", _) => value(3000.0 + 1400.0 * wave, sample),
        ("contact_time", _) => value(2900.0 + 300.0 * wave, sample),
        ("processing_time", _) => value(86_400.0 * (19.0 + 2.0 * wave), sample),
        ("conversion_rate", "East") if last => absent(Outcome::ZeroDenominator),
        ("conversion_rate", _) => value(0.21 + 0.03 * wave, sample),
        ("revenue", "") => value(412_345.67 + 40_000.0 * wave, 318),
        ("revenue", _) => value(46_000.0 + 9_000.0 * wave, sample),
        ("win_rate", _) if at == 4 => absent(Outcome::ZeroDenominator),
        ("win_rate", _) => value(0.34 + 0.05 * wave, 96),
        ("average_deal_size", _) => value(2360.91 + 200.0 * wave, 41),
        ("sales_cycle", _) if last => absent(Outcome::NoRows),
        ("sales_cycle", _) => value(86_400.0 * 51.782, 41),
        _ => value(0.11 + 0.01 * wave, sample),
    }
}
