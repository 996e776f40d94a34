//! The demo's promises, checked on the rows themselves.

use super::leads::Lead;
use super::*;
use jiff::civil::date;
use pegel_kpi::period::{Period, zone};
use pegel_store::facts::Value;
use std::collections::{HashMap, HashSet};

fn berlin() -> TimeZone {
    zone("Europe/Berlin").unwrap()
}

/// A Sunday: the data are complete up to the last second of a week.
fn sunday() -> Date {
    date(2026, 11, 22)
}

/// The leads alone, which is where the story is.
struct Story {
    cast: Cast,
    leads: Vec<Lead>,
    last_week: Period,
}

impl Story {
    fn new(seed: u64, last_day: Date) -> Story {
        let calendar = Calendar::new(last_day, &berlin());
        let cast = Cast::new(seed, &calendar);
        let mut leads = leads::arrive(seed, &cast, &calendar);
        feedback::decide(seed, &cast, &calendar, &mut leads);
        course::follow(seed, &cast, &calendar, &mut leads);
        let morning_after = last_day.tomorrow().unwrap().at(7, 0, 0, 0).to_zoned(berlin()).unwrap().timestamp();
        Story { cast, leads, last_week: Period::parse("last-week", morning_after, &berlin()).unwrap() }
    }

    /// Accepted leads of a period, of one region or of all.
    fn accepted<'a>(&'a self, region: Option<&'a str>, period: &Period) -> Vec<&'a Lead> {
        let instants = period.instants();
        let accepted = self.leads.iter().filter(|lead| lead.accepted_at.is_some_and(|at| instants.contains(&at)));
        accepted.filter(|lead| region.is_none_or(|name| cast::REGIONS[lead.region].name == name)).collect()
    }
}

fn feedback_rate(leads: &[&Lead]) -> f64 {
    part(leads, |lead| lead.feedback_at.is_some())
}

fn part(leads: &[&Lead], of: impl Fn(&Lead) -> bool) -> f64 {
    dice::real(i64::try_from(leads.iter().filter(|lead| of(lead)).count()).unwrap())
        / dice::real(i64::try_from(leads.len()).unwrap())
}

fn mean(seconds: impl Iterator<Item = i64>) -> f64 {
    let (sum, count) = seconds.fold((0, 0), |(sum, count), each| (sum + each, count + 1));
    dice::real(sum) / dice::real(count)
}

#[test]
fn sweep() {
    let days: i64 = std::env::var("DAYS").map(|x| x.parse().unwrap()).unwrap_or(7);
    let seeds: u64 = std::env::var("SEEDS").map(|x| x.parse().unwrap()).unwrap_or(1);
    let step: i64 = std::env::var("STEP").map(|x| x.parse().unwrap()).unwrap_or(1);
    for seed in 1..=seeds {
        for d in 0..days {
            let last = sunday().checked_sub(jiff::ToSpan::days(d * step)).unwrap();
            let s = Story::new(seed, last);
            let weeks = s.last_week.trail(6).unwrap();
            print!("{seed} {last} {} ", last.weekday().to_monday_zero_offset());
            print!("all {:.3} ", feedback_rate(&s.accepted(None, &s.last_week)));
            for r in &cast::REGIONS {
                let a = s.accepted(Some(r.name), &s.last_week);
                print!("{} {:.3}/{} ", r.name, feedback_rate(&a), a.len());
            }
            print!(" || ");
            for w in &weeks {
                let a = s.accepted(Some("Küste"), w);
                print!("{:.3}/{} ", feedback_rate(&a), a.len());
            }
            print!(" || acc ");
            for w in &weeks {
                let a = s.accepted(None, w);
                print!("{:.1} ", mean(a.iter().map(|l| l.accepted_at.unwrap() - l.offered_at().unwrap())) / 60.);
            }
            print!(" | by region ");
            for r in &cast::REGIONS {
                let a = s.accepted(Some(r.name), &s.last_week);
                print!("{:.0} ", mean(a.iter().map(|l| l.accepted_at.unwrap() - l.offered_at().unwrap())) / 60.);
            }
            let i = s.last_week.instants();
            print!(
                " | contact {:.1} ",
                mean(
                    s.leads
                        .iter()
                        .filter(|l| l.contacted_at.is_some_and(|c| i.contains(&c)))
                        .map(|l| l.contacted_at.unwrap() - l.accepted_at.unwrap())
                ) / 60.
            );
            print!(
                " | processing {:.1} ",
                mean(
                    s.leads
                        .iter()
                        .filter(|l| l.accepted_at.is_some() && l.closed_at.is_some_and(|c| i.contains(&c)))
                        .map(|l| l.closed_at.unwrap() - l.accepted_at.unwrap())
                ) / 86400.
            );
            let acc: Vec<&Lead> = s.leads.iter().filter(|l| l.accepted_at.is_some()).collect();
            let old: Vec<&Lead> =
                acc.iter().copied().filter(|l| l.accepted_at.unwrap() < i.start - 90 * 86400).collect();
            print!(
                " | fb all {:.3} conv all {:.3} mature {:.3} lastweek {:.3}",
                feedback_rate(&acc),
                part(&acc, |l| l.outcome == Some(leads::Outcome::Won)),
                part(&old, |l| l.outcome == Some(leads::Outcome::Won)),
                part(&s.accepted(None, &s.last_week), |l| l.outcome == Some(leads::Outcome::Won))
            );
            println!();
            if d == 0 {
                for (p, partner) in s.cast.partners.iter().enumerate().filter(|p| p.1.bad) {
                    let a: Vec<&Lead> = acc.iter().copied().filter(|l| l.partner() == Some(p)).collect();
                    println!(
                        "  bad {} {} {:.3}/{} {:.1} min",
                        partner.name,
                        cast::REGIONS[partner.region].name,
                        feedback_rate(&a),
                        a.len(),
                        mean(a.iter().map(|l| l.accepted_at.unwrap() - l.offered_at().unwrap())) / 60.
                    );
                }
                for r in &cast::REGIONS {
                    let a: Vec<&Lead> =
                        acc.iter().copied().filter(|l| cast::REGIONS[l.region].name == r.name).collect();
                    println!(
                        "  {} {:.3} {:.0}",
                        r.name,
                        feedback_rate(&a),
                        mean(a.iter().map(|l| l.accepted_at.unwrap() - l.offered_at().unwrap())) / 60.
                    );
                }
            }
        }
    }
}

#[test]
fn counts() {
    let start = std::time::Instant::now();
    let tables = demo_data(1, sunday(), &berlin());
    eprintln!("{:?}", start.elapsed());
    let ts: Vec<_> = tables.iter().filter(|t| t.table.name == "orders").collect();
    let t = ts[0];
    let ix = |n: &str| t.columns.iter().position(|c| c.name == n).unwrap();
    let (a, o) = (ix("amount"), ix("ordered_at"));
    let mut m: std::collections::BTreeMap<i64, (i64, i64)> = Default::default();
    for r in &t.rows {
        if let (table::Cell::Value(Value::Integer(x)), table::Cell::Value(Value::Integer(at))) =
            (&r.cells[a], &r.cells[o])
        {
            let e = m.entry(at / 86400 / 30).or_default();
            e.0 += x / 100;
            e.1 += 1;
        }
    }
    println!("{m:?}");
    let t = tables.iter().find(|t| t.table.name == "opportunities").unwrap();
    let ix = |n: &str| t.columns.iter().position(|c| c.name == n).unwrap();
    let (c, cl, o) = (ix("created_at"), ix("closed_at"), ix("outcome"));
    let (mut w, mut l, mut d) = (0, 0, 0);
    for r in &t.rows {
        if let (
            table::Cell::Value(Value::Integer(x)),
            table::Cell::Value(Value::Integer(y)),
            table::Cell::Value(Value::Text(o)),
        ) = (&r.cells[c], &r.cells[cl], &r.cells[o])
        {
            if o == "won" {
                w += 1;
                d += y - x
            } else {
                l += 1
            }
        }
    }
    println!("won {w} lost {l} rate {} cycle {}", w as f64 / (w + l) as f64, d as f64 / w as f64 / 86400.);
    let _: (HashMap<i32, i32>, HashSet<i32>) = Default::default();
}
