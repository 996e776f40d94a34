//! Targets and forecasts of revenue, by month.

use super::calendar::{Calendar, Month};
use super::cast::{Cast, REGIONS, REPS_PER_REGION};
use super::dice::{Dice, Part, real, whole};
use super::orders::Order;
use super::table::{DemoTable, Parent, cells};

const REVENUE: &str = "revenue";
/// A forecast covers its own month and the next two.
const MONTHS_AHEAD: usize = 3;
/// Minor units: targets are set in whole thousands.
const THOUSAND: i64 = 100_000;

/// An amount for each region, minor units.
type ByRegion = [i64; REGIONS.len()];

/// Targets for every month from the first to the third after the last: in total, by region, team and rep.
///
/// They follow the revenue of the 18 months, so that some are met and some missed, and rise from month to month.
pub fn targets(seed: u64, cast: &Cast, calendar: &Calendar, orders: &[Order]) -> DemoTable {
    let mut table =
        DemoTable::new("targets", "Z", &["metric", "rep_id", "team", "region", "starts_on", "ends_on", "amount"]);
    let mut push = |rep: Option<usize>, team: Option<&str>, region: Option<&str>, month: Month, amount: i64| {
        table.push(cells![REVENUE, rep.map(Parent), team, region, month.first_day, month.last_day, amount]);
    };
    for (goal, month) in goals(seed, calendar, orders).iter().zip(calendar.months()) {
        push(None, None, None, month, goal.iter().sum());
        for (region, amount) in REGIONS.iter().zip(goal) {
            push(None, None, Some(region.name), month, *amount);
        }
        for team in teams() {
            let regions = REGIONS.iter().zip(goal).filter(|(region, _)| region.team == team);
            push(None, Some(team), None, month, regions.map(|(_, amount)| amount).sum());
        }
        let reps = i64::try_from(REPS_PER_REGION).expect("three");
        for (position, rep) in cast.reps.iter().enumerate().filter(|(_, rep)| rep.hired_on <= month.first_day) {
            push(Some(position), None, None, month, goal[rep.region] / reps);
        }
    }
    table
}

/// Forecasts given on the first day of each month, in total and by region.
pub fn forecasts(seed: u64, calendar: &Calendar, orders: &[Order]) -> DemoTable {
    let mut dice = Dice::of(seed, Part::Forecasts);
    let mut table =
        DemoTable::new("forecasts", "V", &["metric", "region", "given_on", "starts_on", "ends_on", "amount"]);
    let (goals, turned_over, months) =
        (goals(seed, calendar, orders), turned_over(calendar, orders), calendar.months());
    let days = calendar.date(0)..calendar.date(calendar.length());
    for (given_in, given) in months.iter().enumerate().filter(|(_, month)| days.contains(&month.first_day)) {
        for ahead in given_in..given_in + MONTHS_AHEAD {
            let month = months[ahead];
            // Forecasts of past months come close to their revenue; for months that are not over, only the goal is
            // known.
            let known = if month.last_day < days.end { &turned_over[ahead] } else { &goals[ahead] };
            let foreseen = known.map(|amount| whole(real(amount) * dice.around(0.99, 0.1) / 100.0) * 100);
            let by_region = REGIONS.iter().map(|region| Some(region.name)).zip(foreseen);
            for (region, amount) in std::iter::once((None, foreseen.iter().sum())).chain(by_region) {
                let cells = cells![REVENUE, region, given.first_day, month.first_day, month.last_day, amount];
                table.push(cells);
            }
        }
    }
    table
}

/// The teams, each once.
fn teams() -> Vec<&'static str> {
    let mut teams: Vec<&str> = REGIONS.iter().map(|region| region.team).collect();
    teams.sort_unstable();
    teams.dedup();
    teams
}

/// The goals of each month of the calendar.
fn goals(seed: u64, calendar: &Calendar, orders: &[Order]) -> Vec<ByRegion> {
    let mut dice = Dice::of(seed, Part::Targets);
    let turned_over = turned_over(calendar, orders);
    let in_all: ByRegion = std::array::from_fn(|region| turned_over.iter().map(|month| month[region]).sum());
    let (first_day, length) = (calendar.date(0), real(calendar.length()));
    let mut goals = Vec::new();
    for month in calendar.months() {
        let days = real(month.last_day + 1 - month.first_day);
        let growth = 0.8 + 0.4 * real(month.first_day - first_day) / length;
        goals.push(in_all.map(|amount| {
            let goal = real(amount) * days / length * growth * dice.around(1.0, 0.04);
            whole(goal / real(THOUSAND)) * THOUSAND
        }));
    }
    goals
}

/// The revenue of each month of the calendar, up to the end.
fn turned_over(calendar: &Calendar, orders: &[Order]) -> Vec<ByRegion> {
    let mut months = vec![[0; REGIONS.len()]; calendar.months().len()];
    for order in orders.iter().filter(|order| order.cancelled_at.is_none()) {
        let month = calendar.month_of(calendar.day_of(order.ordered_at));
        months[month][order.region] += order.lines.iter().map(|line| line.amount).sum::<i64>();
    }
    months
}
