use super::*;
use crate::samples;
use pegel_kpi::data::cell::Outcome;

#[test]
fn the_worst_breach_comes_first_regions_before_their_partners() {
    let numbers = samples::numbers();
    assert_eq!(numbers.status, Status::Critical);
    let told: Vec<String> = numbers
        .breaches
        .iter()
        .map(|breach| {
            let group = breach.group.as_ref().map_or("total", |head| head.group.label().unwrap_or("missing"));
            format!("{:?} {} {group}", breach.status, breach.kpi)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_kpi_stands_where_the_definition_puts_it_with_its_course() {
    let numbers = samples::numbers();
    assert_eq!((numbers.period.name.as_str(), numbers.compared_with.name.as_str()), ("2026-W46", "2026-W45"));
    assert_eq!((numbers.period.first_day.as_str(), numbers.period.last_day.as_str()), ("2026-11-09", "2026-11-15"));
    assert_eq!(numbers.sections.iter().map(|section| section.kpis.len()).collect::<Vec<_>>(), [5, 5, 0]);
    let feedback = &numbers.sections[0].kpis[0];
    assert_eq!(feedback.trend.len(), 13);
    assert_eq!(feedback.trend[12].period, "2026-W46");
    assert_eq!(feedback.trend[12].cell, feedback.cell);
    assert_eq!(feedback.trend[11].cell, feedback.previous);
    assert_eq!(feedback.version.len(), 64);
    let tables: Vec<_> = feedback.breakdowns.iter().map(|table| (table.dimension.as_str(), table.rows.len())).collect();
    assert_eq!(tables, [("region", 9), ("partner", 15)]);
}

#[test]
fn an_absence_is_neither_judged_nor_compared() {
    let numbers = samples::numbers();
    let sales_cycle = &numbers.sections[1].kpis[3];
    assert_eq!((sales_cycle.cell.outcome.state(), sales_cycle.change), ("no_rows", None));
    let partners = &numbers.sections[0].kpis[0].breakdowns[1];
    let too_few = partners.rows.iter().find(|row| row.cell.outcome == Outcome::TooFew).unwrap();
    assert_eq!((too_few.group.label(), too_few.status), (Some("Meridian"), Status::Unjudged));
}

#[test]
fn changes_know_their_direction() {
    let change = |before, now, better| Change::between(&samples::value(before, 9), &samples::value(now, 9), better);
    let fell = change(0.8, 0.6, Better::Higher).unwrap();
    assert!((fell.absolute + 0.2).abs() < 1e-12 && (fell.relative.unwrap() + 0.25).abs() < 1e-12);
    assert_eq!(fell.improved, Some(false));
    assert_eq!(change(0.8, 0.6, Better::Lower).unwrap().improved, Some(true));
    assert_eq!(change(0.8, 0.6, Better::Neutral).unwrap().improved, None);
    assert_eq!(change(0.8, 0.8, Better::Higher).unwrap().improved, None);
    assert_eq!(change(0.0, 5.0, Better::Higher).unwrap().relative, None);
    // From a loss of 100 to a loss of 50: half of it is made up.
    assert_eq!(change(-100.0, -50.0, Better::Higher).unwrap().relative, Some(0.5));
}

#[test]
fn numbers_survive_being_stored() {
    let numbers = samples::numbers();
    let stored = Numbers::from_json(&numbers.to_json()).unwrap();
    assert_eq!(stored.to_json(), numbers.to_json());
    assert_eq!((stored.sections[1].clone(), stored.status), (numbers.sections[1].clone(), numbers.status));
    assert!(Numbers::from_json("{}").is_err());
}

#[test]
fn a_month_is_not_a_week() {
    let (definition, catalog) = (samples::definition(), samples::catalog());
    let month = Period::parse("2026-11", jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC).unwrap();
    let heading = Heading {
        definition: &definition,
        period: &month,
        revision: 0,
        reason: None,
        created_at: 0,
        currency: "EUR",
        controlling: &[],
    };
    let error =
        build(&heading, std::slice::from_ref(&definition.scope), &catalog, &mut NoSource, |_, numbers| Ok(numbers))
            .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the report “weekly” covers a week, not 2026-11: write a period such as 2026-W46 or last-week"
    );
}

struct NoSource;

#[derive(Debug, thiserror::Error)]
#[error("the disk is on fire")]
struct OnFire;

impl Source for NoSource {
    type Error = OnFire;

    fn scan(
        &mut self,
        _: &pegel_kpi::data::scan::Scan,
        _: &mut dyn FnMut(&pegel_kpi::data::batch::Batch),
    ) -> Result<(), Self::Error> {
        Err(OnFire)
    }
}

#[test]
fn a_source_that_fails_is_told() {
    let (definition, catalog, week) = (samples::definition(), samples::catalog(), samples::week_46());
    let heading = Heading {
        definition: &definition,
        period: &week,
        revision: 0,
        reason: None,
        created_at: 0,
        currency: "EUR",
        controlling: &[],
    };
    let error =
        build(&heading, std::slice::from_ref(&definition.scope), &catalog, &mut NoSource, |_, numbers| Ok(numbers))
            .unwrap_err();
    assert_eq!(error.to_string(), "the figures of the report could not be computed: the disk is on fire");
}
