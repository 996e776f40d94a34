//! What may be said about a figure: leads of some weeks in, judgements out.

use super::{period, tables};
use crate::data::batch::Batch;
use crate::data::cell::{Cell, Outcome};
use crate::data::dimension::Dimension;
use crate::data::model::Table;
use crate::data::scan::{Begins, Scan, Source};
use crate::data::scope::Scope;
use crate::definition::threshold::Threshold;
use crate::engine::comparison::Comparison;
use crate::engine::figures::{Row, compute};
use crate::engine::request::{HISTORY, Request};
use crate::judgement::judged::{Assessment, By, Judged};
use crate::judgement::signal::Kind;
use crate::script::Language;
use crate::script::kpi::Kpi;
use crate::testing::Tables;
use crate::time::zone::days_since_1970;
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::convert::Infallible;
use std::sync::Arc;

/// The week that is judged.
const LAST: i64 = 47;
/// Six hours after its end.
const NOW: &str = "2026-11-23T06:00:00Z";
/// An hour before the end of a week.
const WITHIN: i64 = -1;

/// Midnight after the Sunday of a week of 2026.
fn end(week: i64) -> DateTime {
    date(2025, 12, 29).at(0, 0, 0, 0) + (7 * week).days()
}

/// Leads of a region, created on the Monday of a week; so many of them won that many hours after its end.
fn leads(week: i64, region: &str, all: u32, won: &[(u32, i64)]) -> String {
    let created = end(week) - 7.days() + 8.hours();
    let closed = won.iter().flat_map(|(count, hours)| (0..*count).map(|_| Some(end(week) + (*hours).hours())));
    let leads = closed.chain(std::iter::repeat(None)).take(all as usize);
    let line = |closed: Option<DateTime>| match closed {
        Some(closed) => format!("{created} {region} {closed} won\n"),
        None => format!("{created} {region} - -\n"),
    };
    leads.map(line).collect()
}

/// The same, won within the week.
fn won(week: i64, region: &str, won: u32, all: u32) -> String {
    leads(week, region, all, &[(won, WITHIN)])
}

fn table(leads: impl IntoIterator<Item = String>) -> Tables {
    let leads: String = leads.into_iter().collect();
    tables(&[("leads", &format!("created_at region closed_at outcome\n{leads}"))])
}

fn kpi(declared: &str, measures: &str, value: &str) -> Kpi {
    let script = format!(
        r#"kpi(#{{ id: "example", title: #{{ en: "E", de: "B" }}, description: #{{ en: "E.", de: "B." }}, {declared} }});
fn measures(data) {{ let leads = data.leads.dated(|l| l.created_at); #{{ {measures} }} }}
fn value(m) {{ {value} }}"#
    );
    let kpis = Arc::new(Language::new()).load("example.rhai", &script);
    kpis.unwrap_or_else(|wrong| panic!("{wrong}")).remove(0)
}

/// The share of leads that were won.
fn conversion(declared: &str) -> Kpi {
    let measures = r#"won: leads.filter(|l| l.outcome == "won").count(), all: leads.count()"#;
    kpi(&format!(r#"unit: "percent", better: "higher", {declared}"#), measures, "ratio(m.won, m.all)")
}

/// With marks at half and three in ten.
fn marked() -> Kpi {
    conversion("threshold: #{ warning: 0.5, critical: 0.3 }")
}

/// The same, settled two weeks after its period.
fn settling() -> Kpi {
    conversion(r#"threshold: #{ warning: 0.5, critical: 0.3 }, settles_after: "14d""#)
}

/// All leads, marked by what is usual of them.
fn usual_count() -> Kpi {
    kpi(r#"unit: "count", better: "higher", threshold: #{ warning: beyond_usual() }"#, "all: leads.count()", "m.all")
}

/// The rows of week 47, after those before it.
fn rows(kpi: &Kpi, by: &[Dimension], now: &str, source: &mut impl Source<Error = Infallible>) -> Vec<Row> {
    let request = Request { kpi, breakdowns: vec![by.to_vec()], comparison: Comparison::NONE, assess: true };
    let weeks = period(&format!("2026-W{LAST}")).trail(HISTORY).unwrap();
    let now = now.parse::<Timestamp>().unwrap();
    let Ok(mut figures) = compute(&[request], &weeks, &Scope::everything(), now, source);
    figures.remove(0).breakdowns.remove(0).rows
}

fn total(kpi: &Kpi, mut leads: Tables) -> Assessment {
    rows(kpi, &[], NOW, &mut leads).remove(0).assessment.unwrap()
}

/// How the total is judged.
fn judged(kpi: &Kpi, leads: impl IntoIterator<Item = String>) -> String {
    said(&total(kpi, table(leads)).judged)
}

/// How each region is judged.
fn by_region(kpi: &Kpi, leads: impl IntoIterator<Item = String>) -> Vec<String> {
    let rows = rows(kpi, &[Dimension::REGION], NOW, &mut table(leads));
    let line = |row: Row| format!("{}: {}", row.groups[0].label().unwrap(), said(&row.assessment.unwrap().judged));
    rows.into_iter().map(line).collect()
}

/// `critical, sure, by value`
fn said(judged: &Judged) -> String {
    if let Some(reason) = judged.reason {
        assert_eq!((judged.sure, &judged.by), (None, &None));
        return format!("not judged: {}", reason.name());
    }
    let by = match judged.by.as_ref().unwrap() {
        By::Value => "value".to_owned(),
        By::Signal => "signal".to_owned(),
        By::LookBack { value, numerator: Some(of), denominator: Some(all), periods } => {
            assert!((value - of / all).abs() < 1e-9);
            format!("{of} of {all} in {periods} weeks")
        }
        By::LookBack { value, periods, .. } => format!("{value:.2} in {periods} weeks"),
        By::Expected { value, periods } => format!("{value:.2} expected after {periods} weeks"),
        By::Settled { value, period } => format!("{value:.2} of {period}"),
    };
    format!("{}, {}, by {by}", judged.status.name(), if judged.sure.unwrap() { "sure" } else { "may be chance" })
}

mod by_its_rows {
    use super::*;

    #[test]
    fn a_breach_is_sure_if_chance_rarely_brings_about_one_as_large() {
        assert_eq!(judged(&marked(), [won(LAST, "North", 60, 100)]), "ok, sure, by value");
        assert_eq!(judged(&marked(), [won(LAST, "North", 20, 100)]), "critical, sure, by value");
        assert_eq!(judged(&marked(), [won(LAST, "North", 5, 20)]), "critical, may be chance, by value");
    }

    #[test]
    fn fewer_than_ten_rows_prove_nothing() {
        // Without a win in 10 leads: 0.7¹⁰ is 2.8 %.
        assert_eq!(judged(&marked(), [won(LAST, "North", 0, 10)]), "critical, sure, by value");
        assert_eq!(judged(&marked(), [won(LAST, "North", 0, 9)]), "critical, may be chance, by value");
    }

    #[test]
    fn among_many_groups_one_is_that_bad_by_chance() {
        let usual = |number: i64| won(LAST, &format!("Region{number:02}"), 5, 10);
        let bad = || won(LAST, "North", 0, 10);
        assert_eq!(by_region(&marked(), [bad()]), ["North: critical, sure, by value"]);
        let critical = conversion("threshold: #{ critical: 0.3 }");
        assert_eq!(by_region(&critical, [bad()]), ["North: critical, sure, by value"]);
        let among = by_region(&critical, (0..20).map(usual).chain([bad()]));
        assert_eq!(among[0], "North: critical, may be chance, by value");
        assert!(among[1..].iter().all(|line| line.ends_with(": ok, sure, by value")), "{among:?}");
        let worse = by_region(&critical, (0..20).map(usual).chain([won(LAST, "North", 0, 20)]));
        assert_eq!(worse[0], "North: critical, sure, by value");
    }

    #[test]
    fn a_count_is_what_it_is() {
        let count = kpi(r#"unit: "count", better: "higher", threshold: #{ warning: 5 }"#, "n: leads.count()", "m.n");
        assert_eq!(judged(&count, [won(LAST, "North", 0, 4)]), "warning, sure, by value");
        assert_eq!(by_region(&count, [won(LAST, "North", 0, 4)]), ["North: warning, sure, by value"]);
    }

    /// Leads that were won so many hours after their week.
    fn after(hours: &[i64]) -> String {
        leads(LAST, "North", 100, &hours.iter().map(|hours| (1, *hours)).collect::<Vec<_>>())
    }

    /// From their creation, which was 160 hours before the end of the week.
    fn hours_until_won(aggregate: &str) -> Kpi {
        let declared = r#"unit: "number", better: "lower", threshold: #{ warning: 100 }"#;
        kpi(declared, &format!("it: leads.{aggregate}(|l| (l.closed_at - l.created_at) / hours(1))"), "m.it")
    }

    #[test]
    fn a_mean_is_tested_by_how_its_values_scatter() {
        let close = [-59, -58, -57, -59, -58, -57, -59, -58, -57, -58];
        let scattered = [-115, -58, -1, -115, -58, -1, -115, -58, -1, -58];
        for (hours, judgement) in [(close, "sure"), (scattered, "may be chance")] {
            let lead = |hours: &i64| leads(LAST, "North", 1, &[(1, *hours)]);
            let expected = format!("warning, {judgement}, by value");
            assert_eq!(judged(&hours_until_won("mean"), hours.iter().map(lead)), expected);
        }
        assert_eq!(judged(&hours_until_won("mean"), [after(&close[..9])]), "warning, may be chance, by value");
    }

    #[test]
    fn a_median_is_tested_by_how_many_values_lie_beyond_the_mark() {
        let beyond = |beyond: usize, all: usize| {
            let hours: Vec<i64> = (0..all).map(|at| if at < beyond { 0 } else { -100 }).collect();
            judged(&hours_until_won("median"), [after(&hours)])
        };
        assert_eq!(beyond(10, 12), "warning, sure, by value");
        assert_eq!(beyond(7, 12), "warning, may be chance, by value");
        assert_eq!(beyond(9, 9), "warning, may be chance, by value");
    }
}

mod by_its_history {
    use super::*;

    /// Of 40 leads a week 31 and 33 were won in turn, and in the last week so many.
    fn steady(last: u32) -> Vec<String> {
        let before = (LAST - 25..LAST).map(|week| won(week, "North", if week % 2 == 0 { 31 } else { 33 }, 40));
        before.chain([won(LAST, "North", last, 40)]).collect()
    }

    #[test]
    fn a_breach_far_from_what_is_usual_is_no_chance() {
        let kpi = conversion("threshold: #{ critical: 0.7 }");
        // 25 of 40 may be chance by its rows.
        assert_eq!(judged(&kpi, [won(LAST, "North", 25, 40)]), "critical, may be chance, by value");
        assert_eq!(judged(&kpi, steady(25)), "critical, sure, by signal");
        assert_eq!(by_region(&kpi, steady(25)), ["North: critical, sure, by signal"]);
    }

    #[test]
    fn a_group_that_is_not_sure_is_judged_again_over_several_periods() {
        let kpi = conversion("threshold: #{ critical: 0.75 }");
        // Three or four of five or six a week: 41 of 71.
        let north = (LAST - 12..=LAST).map(|week| match LAST - week {
            0..2 => won(week, "North", 4, 6),
            2..6 => won(week, "North", 3, 6),
            _ => won(week, "North", 3, 5),
        });
        let south = (LAST - 12..=LAST).map(|week| won(week, "South", 27, 30));
        let all: Vec<String> = north.chain(south).collect();
        assert_eq!(
            by_region(&kpi, all.clone()),
            ["North: critical, sure, by 41 of 71 in 13 weeks", "South: ok, sure, by value"]
        );
        let kpi = conversion("threshold: #{ critical: 0.75 }, look_back: 0");
        assert_eq!(by_region(&kpi, all)[0], "North: critical, may be chance, by value");
    }

    #[test]
    fn a_total_is_not_judged_again() {
        let kpi = conversion("threshold: #{ critical: 0.75 }");
        let weeks = (LAST - 12..=LAST).map(|week| won(week, "North", 3, 5));
        assert_eq!(judged(&kpi, weeks), "critical, may be chance, by value");
    }

    #[test]
    fn it_is_said_since_when_a_sure_breach_goes_on() {
        let weeks = [(LAST - 3, 60), (LAST - 2, 20), (LAST - 1, 25), (LAST, 20)];
        let assessment = total(&marked(), table(weeks.map(|(week, of)| won(week, "North", of, 100))));
        let since = assessment.since.unwrap();
        assert_eq!((&*since.period, since.periods), ("2026-W45", 3));
        // A warning before a critical figure is part of that.
        let weeks = [(LAST - 1, 40), (LAST, 20)];
        let since = total(&marked(), table(weeks.map(|(week, of)| won(week, "North", of, 100)))).since.unwrap();
        assert_eq!((&*since.period, since.periods, since.at_least), ("2026-W46", 2, false));
        // Nobody knows what was before the weeks that are looked at.
        let weeks = (LAST - 25..=LAST).map(|week| won(week, "North", 20, 100));
        let since = total(&marked(), table(weeks)).since.unwrap();
        assert_eq!((&*since.period, since.periods, since.at_least), ("2026-W22", 26, true));
        // What may be chance goes on if it counts at all.
        let chance = || table([(LAST - 1, 5), (LAST, 5)].map(|(week, of)| won(week, "North", of, 20)));
        assert_eq!(total(&marked(), chance()).since.unwrap().periods, 2);
        let counted = conversion(r#"threshold: #{ critical: 0.3 }, judge: "sure""#);
        assert_eq!(total(&counted, chance()).since, None);
    }

    #[test]
    fn the_week_before_is_judged_by_the_same_marks() {
        let weeks = [(LAST - 2, 20), (LAST - 1, 60), (LAST, 20)].map(|(week, of)| won(week, "North", of, 100));
        assert_eq!(said(&total(&marked(), table(weeks)).before.unwrap()), "ok, sure, by value");
        let alone = total(&marked(), table([won(LAST, "North", 20, 100)]));
        assert_eq!(said(&alone.before.unwrap()), "not judged: no_rows");
    }

    #[test]
    fn a_mark_may_be_what_is_usual_of_the_total() {
        let count = usual_count();
        let weeks = |last: u32| {
            let before = (LAST - 25..LAST).map(|week| won(week, "North", 0, if week % 2 == 0 { 20 } else { 22 }));
            before.chain([won(LAST, "North", 0, last)]).collect::<Vec<_>>()
        };
        assert_eq!(judged(&count, weeks(21)), "ok, sure, by value");
        assert_eq!(judged(&count, weeks(12)), "warning, sure, by value");
        let assessment = total(&count, table(weeks(12)));
        assert_eq!(assessment.signal.map(|signal| signal.kind), Some(Kind::BeyondLimit));
        assert_eq!(assessment.marks.warning, assessment.signal.map(|signal| signal.low));
        let share = conversion("threshold: #{ warning: beyond_usual() }");
        assert_eq!(judged(&share, [won(LAST, "North", 5, 20)]), "not judged: no_past");
        assert_eq!(by_region(&count, weeks(12)), ["North: not judged: no_marks"]);
    }
}

mod which_breaches_count {
    use super::*;

    /// Judged by a script that says which count.
    fn counting(judge: &str) -> Kpi {
        conversion(&format!("threshold: #{{ warning: 0.5, critical: 0.3 }}, judge: {judge}"))
    }

    fn counts(row: &Row) -> bool {
        let judged = &row.assessment.as_ref().unwrap().judged;
        assert_eq!(judged.sure, Some(false));
        !judged.chance
    }

    #[test]
    fn any_of_the_total_and_sure_ones_of_groups_unless_the_kpi_says_otherwise() {
        let of = |kpi: &Kpi, by: &[Dimension]| {
            let all = [won(LAST, "North", 5, 12), won(LAST, "South", 6, 12)];
            counts(&rows(kpi, by, NOW, &mut table(all))[0])
        };
        assert_eq!((of(&marked(), &[]), of(&marked(), &[Dimension::REGION])), (true, false));
        assert_eq!((of(&counting(r#""sure""#), &[]), of(&counting(r#""any""#), &[Dimension::REGION])), (false, true));
        let each = counting(r#"#{ total: "sure", groups: "any" }"#);
        assert_eq!((of(&each, &[]), of(&each, &[Dimension::REGION])), (false, true));
    }

    #[test]
    fn the_total_of_a_scope_is_a_group() {
        let north = Scope { regions: Some(vec!["North".to_owned()]), ..Scope::everything() };
        let in_scope = |leads: Vec<String>| {
            let request =
                Request { kpi: &marked(), breakdowns: vec![vec![]], comparison: Comparison::NONE, assess: true };
            let weeks = period(&format!("2026-W{LAST}")).trail(HISTORY).unwrap();
            let Ok(mut figures) = compute(&[request], &weeks, &north, NOW.parse().unwrap(), &mut table(leads));
            figures.remove(0).into_total().unwrap()
        };
        assert!(!counts(&in_scope(vec![won(LAST, "North", 5, 12)])));
        // So little, so often.
        let weeks = (LAST - 12..=LAST).map(|week| won(week, "North", 2, 6)).collect();
        assert_eq!(said(&in_scope(weeks).assessment.unwrap().judged), "warning, sure, by 26 of 78 in 13 weeks");
    }

    #[test]
    fn a_longer_look_may_find_that_the_milder_mark_is_surely_broken() {
        let narrow = conversion("threshold: #{ warning: 0.8, critical: 0.75 }");
        let weeks = |of: u32, all: u32| (LAST - 12..=LAST).map(move |week| won(week, "North", of, all));
        assert_eq!(by_region(&narrow, weeks(59, 80)), ["North: warning, sure, by 767 of 1040 in 13 weeks"]);
        // That asks for more than one look does.
        assert_eq!(by_region(&narrow, weeks(7, 10)), ["North: critical, may be chance, by value"]);
    }

    #[test]
    fn beyond_the_worse_mark_by_chance_it_may_be_beyond_the_other_surely() {
        let few = [won(LAST, "North", 11, 40), won(LAST, "South", 30, 40)];
        assert_eq!(by_region(&marked(), few), ["North: warning, sure, by value", "South: ok, sure, by value"]);
        let few = [won(LAST, "North", 11, 40), won(LAST, "South", 30, 40)];
        assert_eq!(by_region(&counting(r#""any""#), few)[0], "North: critical, may be chance, by value");
    }
}

mod while_it_can_change {
    use super::*;

    /// Of a hundred leads a week that many were won within it, as many within three days, and two thirds of that later.
    fn growing(weeks: impl IntoIterator<Item = i64>, first: u32) -> Vec<String> {
        let week = |week| leads(week, "North", 100, &[(first, WITHIN), (first, 60), (first * 2 / 3, 10 * 24)]);
        weeks.into_iter().map(week).collect()
    }

    #[test]
    fn it_is_judged_by_what_it_will_come_to() {
        // 24 weeks are settled: week 45 was, as week 47 ended.
        let kpi = settling();
        assert_eq!(judged(&kpi, growing(LAST - 25..=LAST, 15)), "warning, sure, by 0.40 expected after 24 weeks");
        assert_eq!(judged(&kpi, growing(LAST - 25..=LAST, 21)), "ok, sure, by 0.56 expected after 24 weeks");
        let expected = total(&kpi, table(growing(LAST - 25..=LAST, 15))).expected.unwrap();
        assert_eq!((expected.low, expected.high), (expected.value, expected.value), "each week grew alike");
    }

    #[test]
    fn an_expectation_may_be_chance_as_its_rows_may() {
        let few = |week| leads(week, "North", 50, &[(6, WITHIN), (6, 60), (9, 10 * 24)]);
        let chance = "warning, may be chance, by 0.42 expected after 24 weeks";
        assert_eq!(judged(&settling(), (LAST - 25..=LAST).map(few)), chance);
    }

    #[test]
    fn without_an_expectation_it_is_judged_by_the_last_week_that_is_settled() {
        // Three wins are too few to be extrapolated.
        assert_eq!(judged(&settling(), growing(LAST - 25..=LAST, 3)), "critical, sure, by 0.08 of 2026-W45");
        // And seven weeks say too little of how figures grow.
        assert_eq!(judged(&settling(), growing(LAST - 8..=LAST, 15)), "warning, sure, by 0.40 of 2026-W45");
    }

    #[test]
    fn where_nothing_is_settled_it_is_too_young() {
        assert_eq!(judged(&settling(), growing(LAST - 1..=LAST, 15)), "not judged: too_young");
    }

    #[test]
    fn a_kpi_may_be_judged_as_it_stands() {
        let kpi = conversion(
            r#"threshold: #{ warning: 0.5, critical: 0.3 }, settles_after: "14d", judge_provisional: "as_it_stands""#,
        );
        assert_eq!(judged(&kpi, growing(LAST - 25..=LAST, 15)), "critical, sure, by value");
    }

    #[test]
    fn a_running_week_is_judged_by_the_last_one_that_is_over() {
        let weeks = [won(LAST - 1, "North", 20, 100), won(LAST, "North", 60, 100)];
        let row = rows(&marked(), &[], "2026-11-18T12:00:00Z", &mut table(weeks)).remove(0);
        let Assessment { judged, expected, signal, before, .. } = row.assessment.unwrap();
        assert_eq!(said(&judged), "critical, sure, by 0.20 of 2026-W46");
        assert_eq!((expected, signal, before), (None, None, None));
    }

    /// Leads that are complete up to an instant.
    struct Complete(Tables, &'static str);

    impl Source for Complete {
        type Error = Infallible;

        fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), Infallible> {
            self.0.scan(scan, each)
        }

        fn refreshed_at(&mut self, _: &Table) -> Result<Option<i64>, Infallible> {
            Ok(Some(self.1.parse::<Timestamp>().unwrap().as_second()))
        }
    }

    #[test]
    fn a_week_that_ends_after_its_data_is_not_judged() {
        for (complete, said_of_it) in
            [("2026-11-23T00:00:00Z", "critical, sure, by value"), ("2026-11-22T23:59:59Z", "not judged: incomplete")]
        {
            let mut leads = Complete(table([won(LAST, "North", 20, 100)]), complete);
            let row = rows(&marked(), &[], NOW, &mut leads).remove(0);
            assert_eq!(said(&row.assessment.unwrap().judged), said_of_it);
        }
    }

    #[test]
    fn nothing_is_said_of_a_week_that_the_data_does_not_reach() {
        let leads = || table([won(LAST - 1, "North", 20, 100), won(LAST, "North", 20, 100)]);
        let count =
            |declared| kpi(&format!(r#"unit: "count", better: "higher"{declared}"#), "all: leads.count()", "m.all");
        let marked = count(", threshold: #{ warning: 200 }");
        let seen = |complete: &'static str| {
            let row = rows(&marked, &[], NOW, &mut Complete(leads(), complete)).remove(0);
            let [before, last] = row.cells.last_chunk().unwrap();
            let state = |cell: &Cell| if cell.incomplete { "incomplete" } else { cell.outcome.state() };
            (state(before), state(last), said(&row.assessment.unwrap().judged))
        };
        let incomplete = || "not judged: incomplete".to_owned();
        assert_eq!(seen("2026-11-18T12:00:00Z"), ("value", "incomplete", incomplete()));
        assert_eq!(seen("2026-11-16T00:00:00Z"), ("value", "stale", incomplete()));
        assert_eq!(seen("2026-11-15T12:00:00Z"), ("incomplete", "stale", incomplete()));
        assert_eq!(seen("2026-11-23T00:00:00Z"), ("value", "value", "warning, sure, by value".to_owned()));
        let unmarked = rows(&count(""), &[], NOW, &mut Complete(leads(), "2026-11-18T12:00:00Z")).remove(0);
        assert_eq!(said(&unmarked.assessment.unwrap().judged), "not judged: no_marks");
        // There is no age at which it could be compared with other weeks.
        let row = rows(&settling(), &[], NOW, &mut Complete(leads(), "2026-11-18T12:00:00Z")).remove(0);
        assert_eq!(row.aged, None);
    }

    /// Tables that begin then, by their names.
    struct Begun(Tables, Vec<(&'static str, Begins)>);

    impl Source for Begun {
        type Error = Infallible;

        fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), Infallible> {
            self.0.scan(scan, each)
        }

        fn money_digits(&mut self) -> Result<u8, Infallible> {
            self.0.money_digits()
        }

        fn begins(&mut self, table: &Table) -> Result<Begins, Infallible> {
            let begins = self.1.iter().find(|(name, _)| *name == &*table.name);
            Ok(begins.map_or(Begins::Always, |(_, begins)| *begins))
        }
    }

    /// What is known of the last four weeks, oldest first.
    fn of_four_weeks(row: &Row) -> Vec<&'static str> {
        row.cells.last_chunk::<4>().unwrap().iter().map(|cell| cell.outcome.state()).collect()
    }

    #[test]
    fn before_the_data_begins_there_is_no_figure() {
        let begins = |week: i64| end(week).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
        let kpi = kpi(r#"unit: "count", better: "higher", threshold: #{ warning: 30 }"#, "all: leads.count()", "m.all");
        let seen = |begins: Begins| {
            let leads = table((LAST - 2..=LAST).map(|week| won(week, "North", 0, 20)));
            rows(&kpi, &[], NOW, &mut Begun(leads, vec![("leads", begins)])).remove(0)
        };
        // Three weeks are not enough for usual variation, and those before them are not weeks in which nothing happened.
        let row = seen(Begins::At(begins(LAST - 3)));
        assert_eq!(of_four_weeks(&row), ["no_data", "value", "value", "value"]);
        let Assessment { judged, signal, since, .. } = row.assessment.unwrap();
        assert_eq!((said(&judged).as_str(), signal), ("warning, sure, by value", None));
        let since = since.unwrap();
        assert_eq!((since.period.as_str(), since.periods, since.at_least), ("2026-W45", 3, true));
        // A table that never held anything.
        let never = seen(Begins::Never).assessment.unwrap();
        assert_eq!((said(&never.judged).as_str(), never.signal), ("not judged: no_data", None));
    }

    #[test]
    fn weeks_before_the_first_cost_did_not_come_free() {
        let kpi = kpi(
            r#"unit: "money", better: "lower", threshold: #{ warning: 10 }"#,
            "spent: data.costs.dated(|c| c.incurred_on).sum(|c| c.amount), all: leads.count()",
            "ratio(m.spent, m.all)",
        );
        let leads: String = (LAST - 3..=LAST).map(|week| won(week, "North", 0, 20)).collect();
        // The first cost lies on the last day of a week.
        let first = (end(LAST - 1) - 1.days()).date();
        let costs = format!("incurred_on amount\n{first} 100\n{} 300\n", end(LAST - 1).date());
        let row = |begins| {
            let leads = format!("created_at region closed_at outcome\n{leads}");
            let both = tables(&[("leads", &leads), ("costs", &costs)]);
            rows(&kpi, &[], NOW, &mut Begun(both, vec![("costs", begins)])).remove(0)
        };
        let seen = row(Begins::On(days_since_1970(first)));
        assert_eq!(of_four_weeks(&seen), ["no_data", "no_data", "value", "value"]);
        let values: Vec<f64> = seen.cells.iter().filter_map(|cell| cell.outcome.value()).collect();
        assert_eq!(values, [5.0, 15.0]);
        assert_eq!(seen.assessment.unwrap().since.unwrap().periods, 1);
        let never = row(Begins::Never);
        assert_eq!(of_four_weeks(&never), ["no_data"; 4]);
    }

    #[test]
    fn a_running_week_is_counted_up_to_when_its_data_ends() {
        let count = kpi(r#"unit: "count", better: "higher""#, "all: leads.count()", "m.all");
        let weeks = || table([won(LAST - 1, "North", 0, 20), won(LAST, "North", 0, 30)]);
        let asked = |now: &str, complete| {
            let row = rows(&count, &[], now, &mut Complete(weeks(), complete)).remove(0);
            row.cells.iter().rev().take(2).map(|cell| cell.outcome.clone()).collect::<Vec<_>>()
        };
        // Asked on Friday, of data up to Wednesday, it says what it said on Wednesday.
        let wednesday = "2026-11-18T12:00:00Z";
        assert_eq!(asked("2026-11-20T12:00:00Z", wednesday), asked(wednesday, wednesday));
        // Of a week of which nothing is known yet, it says nothing; nor of one that has not begun.
        assert_eq!(asked("2026-11-18T12:00:00Z", "2026-11-15T12:00:00Z")[0], Outcome::Stale);
        assert_eq!(asked("2026-11-15T12:00:00Z", "2026-11-15T12:00:00Z")[0], Outcome::NoData);
    }

    #[test]
    fn what_stands_out_while_it_can_change_is_said_by_what_it_will_come_to() {
        // Each week about 20 of 100 are won at once and 30 more later; of the last week 8 at once. That 20 of 100 miss
        // 22 % may be chance, but for that.
        let week = |number: i64, first| leads(number, "North", 100, &[(first, WITHIN), (30 * first / 20, 60)]);
        let weeks = table(
            (LAST - 25..LAST)
                .zip([19, 20, 21].into_iter().cycle())
                .chain([(LAST, 8)])
                .map(|(number, first)| week(number, first)),
        );
        let kpi = conversion(r#"threshold: #{ warning: 0.22 }, settles_after: "14d""#);
        let Assessment { judged, signal, .. } = total(&kpi, weeks);
        assert_eq!(signal.unwrap().kind, Kind::BeyondLimit);
        assert_eq!(said(&judged), "warning, sure, by 0.20 expected after 24 weeks");
    }

    #[test]
    fn where_all_that_can_be_is_usual_nothing_is_beyond_it() {
        let kpi = usual_count();
        let few = |last| {
            let weeks = (LAST - 25..LAST).zip([0, 1, 6].into_iter().cycle());
            table(weeks.chain([(LAST, last)]).map(|(week, leads)| won(week, "North", 0, leads)))
        };
        let row = rows(&kpi, &[], NOW, &mut few(0)).remove(0).assessment.unwrap();
        assert_eq!((said(&row.judged).as_str(), row.marks), ("not judged: no_past", Threshold::default()));
        assert!(row.signal.unwrap().low < 0.0);
    }

    #[test]
    fn a_week_that_is_not_complete_is_in_no_course() {
        let kpi = kpi(r#"unit: "count", better: "higher", threshold: #{ warning: 10 }"#, "all: leads.count()", "m.all");
        let leads = (LAST - 25..LAST - 1).zip([50, 51, 52].into_iter().cycle());
        let weeks = || table(leads.clone().map(|(week, leads)| won(week, "North", 0, leads)));
        let row = |complete| rows(&kpi, &[], NOW, &mut Complete(weeks(), complete)).remove(0);
        // Of the last two weeks nothing came: either it was quiet, or nobody knows.
        assert_eq!(row(NOW).assessment.unwrap().signal.unwrap().kind, Kind::BeyondLimit);
        let unknown = row("2026-11-12T00:00:00Z");
        assert_eq!(unknown.assessment.unwrap().signal, None);
        assert_eq!(unknown.cells[unknown.cells.len() - 2].whole(), None);
    }

    #[test]
    fn where_every_week_grows_alike_the_expectation_is_what_it_will_be() {
        let mut random = ChaCha8Rng::seed_from_u64(21);
        let kpi = settling();
        for _ in 0..20 {
            let [later, last] = [(); 2].map(|()| random.random_range(0..=3));
            let week = |week: i64, random: &mut ChaCha8Rng| {
                let of = |region, random: &mut ChaCha8Rng| {
                    let (first, others) = (random.random_range(5..12), random.random_range(0..40));
                    let won = [(first, WITHIN), (first * later, 60), (first * last, 300)];
                    leads(week, region, first * (1 + later + last) + others, &won)
                };
                ["North", "South"].map(|region| of(region, random)).concat()
            };
            let text: Vec<String> = (LAST - 25..=LAST).map(|number| week(number, &mut random)).collect();
            let mut leads = table(text);
            for by in [vec![], vec![Dimension::REGION]] {
                let young = rows(&kpi, &by, NOW, &mut leads);
                let settled = rows(&kpi, &by, "2026-12-31T00:00:00Z", &mut leads);
                for (young, settled) in young.iter().zip(&settled) {
                    let expected = young.assessment.as_ref().unwrap().expected.unwrap().value;
                    let came = settled.cells.last().unwrap().outcome.value().unwrap();
                    assert!((expected - came).abs() < 1e-9, "{expected} is not {came}");
                }
            }
        }
    }
}
