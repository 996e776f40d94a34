//! What may be the case in a week.

use super::made::*;
use crate::numbers::{BreakdownRow, Contribution, Group, KpiBlock, Numbers, Part, TrendPoint};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::judgement::judged::{Assessment, By, Unjudged};
use pegel_kpi::judgement::signal::{Direction, Kind};

/// All of them, by name.
pub fn all() -> Vec<(&'static str, Numbers)> {
    vec![
        ("one_sure_breach", one_sure_breach()),
        ("one_region_and_nine_partners_by_chance", one_region_and_nine_partners_by_chance()),
        ("the_import_has_stopped", the_import_has_stopped()),
        ("everything_is_fine", everything_is_fine()),
        ("the_first_edition_ever", the_first_edition_ever()),
        ("a_breach_in_its_third_week", a_breach_in_its_third_week()),
        ("mended", a_breach_is_mended()),
        ("a_target_is_missed_without_a_threshold", a_target_is_missed_without_a_threshold()),
        ("no_thresholds_are_set", no_thresholds_are_set()),
        ("provisional_and_expected_to_break", provisional_and_expected_to_break()),
        ("provisional_and_judged_by_the_settled_week", provisional_and_judged_by_the_settled_week()),
        ("two_kpis_of_one_region", two_kpis_of_one_region()),
        ("nothing_could_be_judged", nothing_could_be_judged()),
        ("a_hundred_partners", a_hundred_partners()),
        ("a_signal_for_the_worse", a_signal_for_the_worse()),
        ("a_longer_look_at_a_small_partner", a_longer_look_at_a_small_partner()),
        ("totals_break_and_it_is_known_why", totals_break_and_it_is_known_why()),
        ("better_than_usual", better_than_usual()),
        ("an_edition_older_than_assessments", an_edition_older_than_assessments()),
    ]
}

/// A feedback rate within its usual limits.
fn usual(assessment: Assessment) -> Assessment {
    marked(assessment, Kind::Usual, Direction::Neutral, 0.82, 0.93)
}

/// One far below them.
fn slipping(assessment: Assessment) -> Assessment {
    marked(assessment, Kind::BeyondLimit, Direction::Concern, 0.82, 0.93)
}

/// The feedback rate as it usually is.
fn good_feedback() -> KpiBlock {
    let assessment = usual(kept());
    let block = feedback(share(379, 438), share(353, 402), assessment);
    by(
        block,
        "region",
        vec![row("Alpen", share(61, 70), share(58, 66), kept()), row("Nord", share(88, 99), share(80, 91), kept())],
    )
}

/// The same with Küste far below its usual figures.
fn slipping_coast(assessment: Assessment, before: Cell) -> KpiBlock {
    let mut block = good_feedback();
    block.breakdowns[0].rows.push(row("Küste", share(44, 64), before, assessment));
    block
}

fn good_acceptance() -> KpiBlock {
    acceptance(value(48.0 * 60.0), value(50.0 * 60.0), kept())
}

fn good_revenue() -> KpiBlock {
    KpiBlock { year_before: Some(value(1_180_200.0)), ..revenue(1_266_120.0, 1_240_004.0, 1_234_333.0) }
}

fn bad_revenue() -> KpiBlock {
    KpiBlock { year_before: Some(value(937_660.0)), ..revenue(974_410.0, 1_266_120.0, 1_234_333.0) }
}

pub fn one_sure_breach() -> Numbers {
    let assessment = slipping(broken(Status::Critical, By::Signal, 1));
    let feedback = slipping_coast(assessment, share(52, 67));
    edition(vec![feedback, good_acceptance(), good_revenue()], 0)
}

const PARTNERS: [(&str, u32, u32); 9] = [
    ("Adler Solar", 3, 5),
    ("Birk & Sohn", 4, 7),
    ("Conrad Haustechnik", 4, 6),
    ("Deich Energie", 5, 8),
    ("Elbe Systems", 3, 5),
    ("Falk Partners", 5, 7),
    ("Grünwald GmbH", 4, 6),
    ("Hansen Verkauf", 5, 8),
    ("Isar Consult", 3, 6),
];

fn by_chance() -> Vec<BreakdownRow> {
    let partner =
        |(label, part, of): (&str, u32, u32)| row(label, share(part, of), share(6, 7), perhaps(Status::Critical));
    PARTNERS.map(partner).into()
}

fn one_region_and_nine_partners_by_chance() -> Numbers {
    let assessment = slipping(broken(Status::Critical, By::Signal, 1));
    let feedback = slipping_coast(assessment, share(52, 67));
    edition(vec![by(feedback, "partner", by_chance()), good_acceptance(), bad_revenue()], 0)
}

pub fn the_import_has_stopped() -> Numbers {
    let stale = || absent(Outcome::Stale);
    let gone = || no_longer(Unjudged::Stale);
    let rows = || vec![row("Küste", stale(), share(52, 67), gone()), row("Alpen", stale(), share(58, 66), gone())];
    let kpis = vec![
        by(feedback(stale(), share(353, 402), gone()), "region", rows()),
        acceptance(stale(), value(50.0 * 60.0), gone()),
        conversion(stale(), value(0.21), gone()),
        wins(stale(), value(0.31), unmarked()),
    ];
    edition(kpis, 5)
}

pub fn everything_is_fine() -> Numbers {
    edition(vec![good_feedback(), good_acceptance(), good_revenue()], 0)
}

fn the_first_edition_ever() -> Numbers {
    let first = |assessment| Assessment { before: None, signal: None, ..assessment };
    let none = || absent(Outcome::NoRows);
    let feedback = feedback(share(64, 92), none(), first(broken(Status::Critical, By::Value, 1)));
    let acceptance = acceptance(value(48.0 * 60.0), none(), first(kept()));
    let wins = wins(share(13, 40), none(), first(unmarked()));
    edition(vec![feedback, acceptance, wins], 0)
}

fn a_breach_in_its_third_week() -> Numbers {
    let assessment = slipping(broken(Status::Critical, By::Value, 3));
    edition(vec![slipping_coast(assessment, share(47, 66)), good_acceptance(), good_revenue()], 0)
}

fn a_breach_is_mended() -> Numbers {
    let mut feedback = good_feedback();
    feedback.breakdowns[0].rows.push(row("Küste", share(53, 63), share(44, 64), mended()));
    edition(vec![feedback, good_acceptance(), good_revenue()], 0)
}

fn a_target_is_missed_without_a_threshold() -> Numbers {
    let wins = KpiBlock { target: Some(0.4), ..wins(share(13, 40), share(15, 42), unmarked()) };
    let acceptance = KpiBlock { target: Some(40.0 * 60.0), ..good_acceptance() };
    edition(vec![good_feedback(), bad_revenue(), wins, acceptance], 0)
}

fn no_thresholds_are_set() -> Numbers {
    edition(vec![revenue(974_410.0, 1_266_120.0, 1_234_333.0), wins(share(13, 40), share(15, 42), unmarked())], 0)
}

fn provisional_and_expected_to_break() -> Numbers {
    let expectation = By::Expected { value: 0.152, periods: 20 };
    let assessment = expecting(broken(Status::Warning, expectation, 1), 0.152, 0.121, 0.184);
    let conversion = KpiBlock {
        settled: Some(TrendPoint { period: "2026-W42".to_owned(), cell: share(95, 401) }),
        ..conversion(young(share(4, 420)), share(6, 411), assessment)
    };
    let mut revenue = good_revenue();
    revenue.cell = young(value(801_200.0));
    revenue.assessment = Some(expecting(unmarked(), 974_410.0, 940_000.0, 1_010_000.0));
    edition(vec![good_feedback(), conversion, revenue], 0)
}

pub fn provisional_and_judged_by_the_settled_week() -> Numbers {
    let settled = |value: f64, period: &str| By::Settled { value, period: period.to_owned() };
    let assessment = broken(Status::Critical, settled(0.713, "2026-W45"), 1);
    let mut feedback = feedback(young(share(181, 438)), share(170, 402), assessment);
    feedback.settled = Some(TrendPoint { period: "2026-W45".to_owned(), cell: share(290, 407) });
    edition(vec![feedback, good_acceptance()], 0)
}

fn two_kpis_of_one_region() -> Numbers {
    let assessment = slipping(broken(Status::Critical, By::Signal, 1));
    let slow = row("Küste", value(5.5 * 3600.0), value(52.0 * 60.0), broken(Status::Critical, By::Value, 1));
    let acceptance = by(good_acceptance(), "region", vec![slow]);
    edition(vec![slipping_coast(assessment, share(52, 67)), acceptance, good_revenue()], 0)
}

pub fn nothing_could_be_judged() -> Numbers {
    let too_few = || Cell { sample: Some(3), ..absent(Outcome::TooFew) };
    let kpis = vec![
        feedback(too_few(), too_few(), never(Unjudged::TooFew)),
        acceptance(absent(Outcome::NoRows), absent(Outcome::NoRows), never(Unjudged::NoRows)),
        conversion(too_few(), too_few(), never(Unjudged::TooFew)),
        wins(share(4, 9), share(3, 8), unmarked()),
    ];
    edition(kpis, 0)
}

fn a_hundred_partners() -> Numbers {
    let name = |kind: &str, number: u32| format!("{kind} {number}");
    let bad = (1..=5).map(|number| {
        let weeks = if number == 5 { 4 } else { 1 };
        let label = name("Handel", number);
        row(&label, share(number + 1, 20), share(16, 20), broken(Status::Critical, By::Value, weeks))
    });
    let longer = (1..=2).map(|number| {
        let periods = 13;
        let by = By::LookBack { value: 41.0 / 71.0, numerator: Some(41.0), denominator: Some(71.0), periods };
        row(&name("Kontor", number), share(2, 5), share(3, 6), broken(Status::Critical, by, 1))
    });
    let few = (1..=31).map(|number| {
        let cell = || Cell { sample: Some(2), ..absent(Outcome::TooFew) };
        row(&name("Laden", number), cell(), cell(), never(Unjudged::TooFew))
    });
    let idle = (1..=3).map(|number| {
        let nothing = || absent(Outcome::NoRows);
        row(&name("Lager", number), nothing(), nothing(), never(Unjudged::NoRows))
    });
    let good = (1..=50).map(|number| row(&name("Werk", number), share(19, 21), share(18, 20), kept()));
    let rows = bad.chain(longer).chain(by_chance()).chain(few).chain(idle).chain(good).collect();
    edition(vec![by(good_feedback(), "partner", rows), good_acceptance()], 0)
}

fn a_signal_for_the_worse() -> Numbers {
    let run = marked(unmarked(), Kind::Run, Direction::Concern, 0.38, 0.48);
    let wins = wins(share(13, 40), share(15, 42), run);
    let beyond = |low, high| marked(unmarked(), Kind::BeyondLimit, Direction::Concern, low, high);
    let wins = by(
        wins,
        "region",
        vec![
            row("Küste", share(2, 11), share(5, 12), beyond(0.36, 0.52)),
            row("Alpen", share(3, 12), share(4, 11), beyond(0.34, 0.49)),
        ],
    );
    let slow = marked(kept(), Kind::BeyondLimit, Direction::Concern, 30.0 * 60.0, 55.0 * 60.0);
    let acceptance = acceptance(value(59.0 * 60.0), value(50.0 * 60.0), slow);
    edition(vec![good_feedback(), acceptance, wins], 0)
}

fn a_longer_look_at_a_small_partner() -> Numbers {
    let by_look_back = By::LookBack { value: 41.0 / 71.0, numerator: Some(41.0), denominator: Some(71.0), periods: 13 };
    let small = row("Nirgendwo Energiehaus AG", share(2, 5), share(4, 6), broken(Status::Critical, by_look_back, 1));
    edition(vec![by(good_feedback(), "partner", vec![small]), good_acceptance()], 0)
}

pub fn totals_break_and_it_is_known_why() -> Numbers {
    let cause = |dimension: &str, part, share| Contribution { dimension: dimension.to_owned(), part, share };
    let group = |label: &str| Part::Group(Group::Text { label: label.to_owned() });
    let assessment = slipping(broken(Status::Critical, By::Value, 1));
    let mut feedback = feedback(share(302, 438), share(353, 402), assessment);
    feedback.contributions = vec![
        cause("region", group("Küste"), 0.9),
        cause("region", group("Alpen"), 0.15),
        cause("region", Part::Mix, -0.05),
    ];
    let assessment = broken(Status::Warning, By::Value, 2);
    let mut conversion = conversion(young(share(72, 420)), young(share(88, 411)), assessment);
    conversion.contributions = vec![cause("source", Part::Mix, 0.62), cause("source", group("Messe"), 0.38)];
    edition(vec![feedback, conversion, good_acceptance(), good_revenue()], 0)
}

fn better_than_usual() -> Numbers {
    let trend = marked(unmarked(), Kind::Trend, Direction::Improvement, 0.30, 0.45);
    let wins = wins(share(19, 40), share(18, 41), trend);
    edition(vec![good_feedback(), good_acceptance(), wins], 0)
}

/// The first situation as it was kept before there were assessments.
pub fn an_edition_older_than_assessments() -> Numbers {
    let mut numbers = one_region_and_nine_partners_by_chance();
    numbers.data_up_to.clear();
    for block in &mut numbers.sections[0].kpis {
        block.assessment = None;
        for row in block.breakdowns.iter_mut().flat_map(|table| &mut table.rows) {
            row.assessment = None;
        }
    }
    numbers
}
