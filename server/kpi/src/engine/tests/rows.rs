use super::{measure, period_in, tables};
use crate::data::scan::{Scan, Source};
use crate::data::scope::Scope;
use crate::engine::by_parent::Children;
use crate::engine::rows::Rows;
use crate::measure::Measure;
use crate::time::zone::Zoned;

/// Hands the rows of a table to an evaluation, counted for November 2026 in Berlin.
fn over<T>(leads: &str, measure: &Measure, evaluate: impl Fn(&Rows) -> T) -> T {
    let columns: Vec<_> = measure.columns().into_iter().cloned().collect();
    let scan = Scan { table: measure.table.clone(), columns, window: None, scope: Scope::everything() };
    let period = period_in("Europe/Berlin", "2026-11");
    let (zone, children, mut found) = (Zoned::new(period.zone()), Children::default(), None);
    let Ok(()) = tables(&[("leads", leads)]).scan(&scan, &mut |batch| {
        let (columns, children, zone) = (&scan.columns[..], &children, &zone);
        let rows = Rows {
            batch,
            masked: &[],
            columns,
            children,
            id: None,
            scopes: None,
            view: 0,
            period: None,
            zone,
            money: 10_000.0,
        };
        found = Some(evaluate(&rows.counted_for(0, &period)));
    });
    found.unwrap()
}

/// The values of an expression; `None` is missing.
fn values(leads: &str, expression: &str) -> Vec<Option<f64>> {
    let measure = measure(&format!("data.leads.all().mean(|l, p| {expression})"));
    let numbers = over(leads, &measure, |rows| rows.contributions(&measure.aggregate).remove(0).into_owned());
    numbers.into_iter().map(|number| Some(number).filter(|number| !number.is_nan())).collect()
}

/// Which rows a condition holds for.
fn holds(leads: &str, condition: &str) -> Vec<bool> {
    let measure = measure(&format!("data.leads.all().filter(|l, p| {condition}).count()"));
    over(leads, &measure, |rows| rows.mask(measure.filter.as_ref().unwrap()))
}

const LEADS: &str = "
    created_at         closed_at          amount   outcome
    2026-11-02T08:00   2026-11-02T09:00   100      won
    2026-11-02T08:00   -                  50       -
    2026-11-02T08:00   2026-11-05T08:00   -        lost";

#[test]
fn a_missing_value_makes_what_is_calculated_with_it_missing() {
    assert_eq!(values(LEADS, "l.closed_at - l.created_at"), [Some(3600.0), None, Some(3.0 * 86_400.0)]);
    assert_eq!(values(LEADS, "coalesce(l.amount, money(1)) / money(10)"), [Some(10.0), Some(5.0), Some(0.1)]);
}

#[test]
fn what_is_divided_by_zero_is_missing() {
    assert_eq!(values(LEADS, "money(1) / (l.amount - money(100))"), [None, Some(-0.02), None]);
}

#[test]
fn no_comparison_with_a_missing_value_holds_and_not_is_the_exact_complement() {
    assert_eq!(holds(LEADS, "l.amount > money(60)"), [true, false, false]);
    assert_eq!(holds(LEADS, "l.amount <= money(60)"), [false, true, false]);
    assert_eq!(holds(LEADS, "!(l.amount > money(60))"), [false, true, true]);
    assert_eq!(holds(LEADS, r#"l.outcome == "won""#), [true, false, false]);
    assert_eq!(holds(LEADS, r#"l.outcome != "won""#), [false, true, true]);
    assert_eq!(holds(LEADS, "l.outcome.is_missing()"), [false, true, false]);
}

#[test]
fn the_earlier_of_two_dates_is_the_one_that_is_there() {
    let leads = "
        offered_at         accepted_at
        2026-11-02T08:00   2026-11-02T07:00
        2026-11-02T08:00   -";
    assert_eq!(values(leads, "l.offered_at - earliest(l.offered_at, l.accepted_at)"), [Some(3600.0), Some(0.0)]);
}

#[test]
fn amounts_in_scripts_are_whole_units_whatever_rows_count_in() {
    assert_eq!(holds("amount\n0.29\n0.3", "l.amount == money(0.29)"), [true, false]);
}

#[test]
fn texts_are_searched_at_their_start_their_end_and_anywhere() {
    let leads = "campaign\nautumn-web\nweb-spring\n-";
    assert_eq!(holds(leads, r#"l.campaign.starts_with("web")"#), [false, true, false]);
    assert_eq!(holds(leads, r#"l.campaign.ends_with("web")"#), [true, false, false]);
    assert_eq!(holds(leads, r#"l.campaign.contains("web")"#), [true, true, false]);
}

#[test]
fn a_text_is_read_as_the_number_that_it_says() {
    let leads = "campaign\n7.5\n7.5%\n1e400\n-";
    assert_eq!(values(leads, "l.campaign.as_number()"), [Some(7.5), None, None, None]);
}

#[test]
fn a_choice_takes_the_value_of_the_side_that_holds() {
    let chosen = r#"when(l.outcome == "won", l.amount, money(0)) / money(1)"#;
    assert_eq!(values(LEADS, chosen), [Some(100.0), Some(0.0), Some(0.0)]);
}

#[test]
fn days_begin_and_end_in_the_zone_of_the_period() {
    let leads = "created_at\n2026-11-02T22:30\n2026-11-02T23:30";
    assert_eq!(values(leads, "l.created_at - l.created_at.day().start_of_day()"), [Some(84_600.0), Some(1800.0)]);
}

/// Mondays at midnight in Berlin, two weeks and one minute more than two weeks before the end of 1 November 2026: the clocks
/// went back on 25 October.
const OVER_A_CLOCK_CHANGE: &str = "
    created_at         closed_at
    2026-10-18T22:00   2026-11-01T23:00
    2026-10-18T21:59   2026-11-01T23:00";

#[test]
fn days_after_an_instant_are_those_of_the_calendar_however_that_is_written() {
    let written = [
        "l.closed_at - l.created_at > days(14)",
        "days(14) < l.closed_at - l.created_at",
        "!(l.closed_at - l.created_at <= days(14))",
        "l.created_at + days(14) < l.closed_at",
        "days(14) + l.created_at < l.closed_at",
        "l.created_at < l.closed_at - days(14)",
        "l.created_at - -days(14) < l.closed_at",
        "l.created_at + 2 * days(7) < l.closed_at",
        "l.closed_at - l.created_at > days(28) / 2",
        "l.closed_at - l.created_at > days(15) - days(1)",
        "l.closed_at - l.created_at > days(15) - hours(24)",
        "l.closed_at - (l.created_at + hours(-24)) > days(15)",
        "l.closed_at.day().start_of_day() - l.created_at > days(14)",
        "l.created_at + (l.closed_at.day() - date(\"2026-10-19\")) < l.closed_at",
    ];
    for condition in written {
        assert_eq!(holds(OVER_A_CLOCK_CHANGE, condition), [false, true], "{condition}");
    }
    assert_eq!(holds(OVER_A_CLOCK_CHANGE, "l.closed_at - l.created_at == days(14)"), [true, false]);
    assert_eq!(holds(OVER_A_CLOCK_CHANGE, "l.closed_at - l.created_at > hours(14 * 24)"), [true, true]);
}

#[test]
fn a_difference_that_is_measured_is_in_seconds() {
    let difference = values(OVER_A_CLOCK_CHANGE, "l.closed_at - l.created_at - days(14)");
    assert_eq!(difference, [Some(3600.0), Some(3660.0)]);
    let days_of_the_period = values(OVER_A_CLOCK_CHANGE, "l.created_at - l.created_at + (p.last_day - p.first_day)");
    assert_eq!(days_of_the_period, [Some(29.0 * 86_400.0), Some(29.0 * 86_400.0)]);
}

#[test]
fn a_period_has_its_own_ends() {
    let leads = "created_at\n2026-10-31T22:59\n2026-10-31T23:00\n2026-11-30T23:00";
    assert_eq!(holds(leads, "l.created_at >= p.start and l.created_at < p.end"), [false, true, false]);
}

#[test]
fn working_time_leaves_out_nights_and_weekends() {
    // From Friday at four to Monday at ten, nine to five.
    let leads = "created_at closed_at\n2026-11-06T16:00 2026-11-09T10:00";
    assert_eq!(values(leads, "working(l.created_at, l.closed_at)"), [Some(2.0 * 3600.0)]);
    assert_eq!(values(leads, "working_days(l.created_at, l.closed_at)"), [Some(1.0)]);
}
