//! How the measures of a KPI grow until they are settled.

use crate::engine::measured::InGroup;
use crate::engine::timetable::Stop;
use crate::judgement::expected::{Course, Factors, Measure, PartOf};
use crate::measure::aggregate::accumulator::Reading;
use crate::measure::made_of::{MadeOf, Terms};
use crate::script::kpi::Kpi;

/// How the measures of a KPI grow until they are settled, by what the total was at the age of the last period and when
/// it was settled. `None` where they cannot be extrapolated: only counts and sums can.
pub fn factors(kpi: &Kpi, at_age: &InGroup, settled: &InGroup, stops: &[Stop]) -> Option<Factors> {
    if kpi.looks_back() || !kpi.measures.iter().all(|(_, measure)| measure.aggregate.is_amount()) {
        return None;
    }
    let course = |stop: &Stop| {
        let settled = settled.seen(*stop);
        // A period in which nothing happened, such as one before the first import, says nothing of how measures grow.
        settled.has_rows().then(|| Course {
            at_age: at_age.seen(*stop).readings.iter().map(grown).collect(),
            settled: settled.readings.iter().map(|reading| reading.value).collect(),
        })
    };
    let courses: Vec<Course> = stops.iter().filter_map(course).collect();
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

pub fn grown(reading: &Reading) -> Measure {
    Measure { value: reading.value, rows: reading.rows }
}

/// The figure of other values of the measures.
pub fn value_of(kpi: &Kpi, readings: &[Reading], values: &[f64]) -> Option<f64> {
    let with = |(reading, value): (&Reading, &f64)| Reading { value: Some(*value), ..*reading };
    let readings: Vec<Reading> = readings.iter().zip(values).map(with).collect();
    kpi.cell(&readings, None).outcome.value()
}
