//! What is kept is not read again, and says the same.

use super::{lines_as_seen, measure, period, tables};
use crate::data::batch::Batch;
use crate::data::dimension::Dimension;
use crate::data::kept::{Kept, Wanted};
use crate::data::model::{Column, Table};
use crate::data::scan::{Scan, Source};
use crate::data::scope::Scope;
use crate::data::spans::Spans;
use crate::engine::fold::Fold;
use crate::engine::fold::plan::Plan;
use crate::engine::gate::Scopes;
use crate::engine::sight::Sight;
use crate::testing::Tables;
use std::convert::Infallible;
use std::sync::Arc;

/// Rows that do not change, with what was computed of them.
pub struct Keeper<'a> {
    tables: &'a mut Tables,
    kept: Vec<Kept>,
    /// The ranges of all scans so far.
    read: Vec<String>,
}

impl Source for Keeper<'_> {
    type Error = Infallible;

    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), Infallible> {
        let ranges = scan.window.iter().flat_map(|window| &window.ranges);
        self.read.extend(ranges.map(|range| format!("{}..{}", days(range.start), days(range.end))));
        self.tables.scan(scan, each)
    }

    fn spans(&mut self, table: &Table, column: &Column) -> Result<Option<Arc<Spans>>, Infallible> {
        self.tables.spans(table, column)
    }

    fn money_digits(&mut self) -> Result<u8, Infallible> {
        self.tables.money_digits()
    }

    fn keeps(&self) -> bool {
        true
    }

    fn kept(&mut self, wanted: &[Wanted]) -> Result<Vec<Kept>, Infallible> {
        let is_wanted = |kept: &&Kept| wanted.iter().any(|wanted| wanted.mark == kept.mark);
        Ok(self.kept.iter().filter(is_wanted).cloned().collect())
    }
}

/// Days since Monday, 2 November 2026.
fn days(instant: i64) -> i64 {
    instant.div_euclid(86_400) - 20_759
}

impl Keeper<'_> {
    pub fn new(tables: &mut Tables) -> Keeper<'_> {
        Keeper { tables, kept: Vec::new(), read: Vec::new() }
    }

    /// What a measure reads.
    pub fn read(&mut self, text: &str, by: &[Dimension], periods: &[&str], sight: &Sight) -> Vec<String> {
        let periods: Vec<_> = periods.iter().map(|text| period(text)).collect();
        let measure = measure(text);
        let mut plan = Plan::like(&measure, &periods);
        plan.want(&measure, &by.to_vec(), sight, &Scope::everything());
        let Ok(mut folds) = Fold::run(vec![plan], &Scopes::new(&[Scope::everything()]), self);
        let (mut fold, _) = folds.remove(0);
        self.kept.append(&mut fold.to_keep);
        lines_as_seen(&fold, &measure, by, sight)
    }

    /// What a measure reads of the weeks 45 and 46 as they are seen at an instant, and the ranges that were read for it.
    fn two_weeks(&mut self, text: &str, instant: &str) -> (String, String) {
        let instant: jiff::Timestamp = instant.parse().unwrap();
        let sight = Sight(vec![Some(instant.as_second()); 2]);
        let lines = self.read(text, &[], &["2026-W45", "2026-W46"], &sight);
        (lines.join(""), self.windows().join(", "))
    }

    /// The ranges that were read since it was asked last.
    fn windows(&mut self) -> Vec<String> {
        std::mem::take(&mut self.read)
    }
}

const LEADS: &str = "
    created_at          region   closed_at           outcome   amount
    2026-10-05T08:00    West     2026-11-19T08:00    lost      50.0
    2026-11-02T08:00    North    2026-11-06T08:00    won       100.0
    2026-11-03T08:00    South    2026-11-17T08:00    won       200.0
    2026-11-09T08:00    North    2026-11-16T05:00    won       400.0
    2026-11-17T08:00    North    -                   -         -";

const COUNT: &str = "data.leads.dated(|l| l.created_at).count()";
const WON: &str = r#"data.leads.dated(|l| l.created_at).filter(|l| l.outcome == "won").count()"#;

fn everything(periods: &[&str]) -> Sight {
    Sight::everything(periods.len())
}

#[test]
fn the_week_after_is_read_alone() {
    let mut tables = tables(&[("leads", LEADS)]);
    let mut keeper = Keeper::new(&mut tables);
    let mut read = |periods: &[&str]| {
        let lines = keeper.read(COUNT, &[Dimension::REGION], periods, &everything(periods));
        (lines, keeper.windows())
    };
    let first = ["2026-W45", "2026-W46"];
    assert_eq!(read(&first), (vec!["North 1 1".to_owned(), "South 1 0".to_owned()], vec!["0..14".to_owned()]));
    assert_eq!(read(&first).1, [""; 0]);
    let (lines, windows) = read(&["2026-W45", "2026-W46", "2026-W47"]);
    assert_eq!((lines, windows), (vec!["North 1 1 1".to_owned(), "South 1 0 0".to_owned()], vec!["14..21".to_owned()]));
    assert_eq!(read(&["2026-W46"]), (vec!["North 1".to_owned()], vec![]));
}

#[test]
fn what_holds_since_ever_is_put_together_of_what_was_kept_and_what_came_since() {
    let mut tables = tables(&[("leads", LEADS)]);
    let mut keeper = Keeper::new(&mut tables);
    let so_far = "data.leads.dated(|l| l.created_at, data.period.so_far()).median(|l| l.amount)";
    let mut read = |week: &str| keeper.read(so_far, &[], &[week], &everything(&[week]));
    assert_eq!(read("2026-W45"), ["100"]);
    assert_eq!(read("2026-W46"), ["150"]);
    assert_eq!(read("2026-W47"), ["150"]);
    assert_eq!(keeper.windows()[1..], ["7..14", "14..21"]);
}

#[test]
fn another_measure_another_breakdown_and_another_zone_find_nothing() {
    let mut tables = tables(&[("leads", LEADS)]);
    let mut keeper = Keeper::new(&mut tables);
    let week = ["2026-W45"];
    let reads = |keeper: &mut Keeper, text: &str, by: &[Dimension]| {
        keeper.read(text, by, &week, &everything(&week));
        !keeper.windows().is_empty()
    };
    assert!(reads(&mut keeper, COUNT, &[]));
    assert!(!reads(&mut keeper, COUNT, &[]));
    assert!(reads(&mut keeper, WON, &[]));
    assert!(reads(&mut keeper, COUNT, &[Dimension::REGION]));
}

#[test]
fn what_was_seen_holds_until_something_happens() {
    let mut tables = tables(&[("leads", LEADS)]);
    let mut keeper = Keeper::new(&mut tables);
    let mut read = |instant: &str| {
        let instant: jiff::Timestamp = instant.parse().unwrap();
        let lines = keeper.read(WON, &[], &["2026-W45"], &Sight(vec![Some(instant.as_second())]));
        (lines.join(""), keeper.windows().len())
    };
    assert_eq!(read("2026-11-10T00:00:00Z"), ("1".to_owned(), 1));
    assert_eq!(read("2026-11-17T07:59:59Z"), ("1".to_owned(), 0), "the second is won at eight");
    assert_eq!(read("2026-11-17T08:00:00Z"), ("2".to_owned(), 1));
    assert_eq!(read("2027-11-17T08:00:00Z"), ("2".to_owned(), 0), "nothing comes after that");
    assert_eq!(read("2026-11-09T00:00:00Z"), ("1".to_owned(), 1), "nobody has looked so early");
}

#[test]
fn what_happens_to_rows_of_one_week_is_read_of_that_week_alone() {
    let won_in_days = r#"data.leads.dated(|l| l.created_at).filter(|l| l.outcome == "won").sum(|l| data.period.days)"#;
    for (measure, each) in [(WON, 1), (won_in_days, 7)] {
        let mut tables = tables(&[("leads", LEADS)]);
        let mut keeper = Keeper::new(&mut tables);
        let mut read = |instant| keeper.two_weeks(measure, instant);
        let won = |first: i64, second: i64| format!("{} {}", first * each, second * each);
        assert_eq!(read("2026-11-10T00:00:00Z"), (won(1, 0), "0..14".to_owned()));
        assert_eq!(read("2026-11-16T12:00:00Z"), (won(1, 1), "7..14".to_owned()), "one of the second week is won");
        assert_eq!(read("2026-11-17T12:00:00Z"), (won(2, 1), "0..7".to_owned()), "one of the first week is won");
        assert_eq!(read("2026-11-18T12:00:00Z"), (won(2, 1), String::new()));
    }
}

#[test]
fn what_happens_to_rows_behind_those_of_one_week_is_read_of_that_week_alone() {
    let converted = "data.leads.dated(|l| l.created_at).filter(|l| l.opportunities.exists()).count()";
    let leads = "created_at\n2026-11-02T08:00\n2026-11-09T08:00";
    let opportunities = "lead_id created_at\n1 2026-11-20T08:00\n2 2026-11-16T05:00";
    let mut tables = tables(&[("leads", leads), ("opportunities", opportunities)]);
    let mut keeper = Keeper::new(&mut tables);
    let mut read = |instant| keeper.two_weeks(converted, instant);
    assert_eq!(read("2026-11-10T00:00:00Z"), ("0 0".to_owned(), "0..14, 0..14".to_owned()));
    assert_eq!(read("2026-11-16T12:00:00Z"), ("0 1".to_owned(), "7..14, 7..14".to_owned()));
    assert_eq!(read("2026-11-18T12:00:00Z"), ("0 1".to_owned(), String::new()));
    assert_eq!(read("2026-11-20T12:00:00Z"), ("1 1".to_owned(), "0..7, 0..7".to_owned()));
}
