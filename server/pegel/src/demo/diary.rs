//! What reps do all day, and what customers say afterwards.

use super::calendar::{Calendar, DAY, HOUR};
use super::cast::{Cast, Rep};
use super::dice::{Dice, Part, real, whole};
use super::leads::Lead;
use super::orders::Order;
use super::table::{DemoTable, Parent, cells};

/// What reps do: kind, weight, typical minutes.
const KINDS: [(&str, u32, f64); 7] = [
    ("call", 34, 14.0),
    ("email", 22, 9.0),
    ("meeting", 14, 55.0),
    ("visit", 8, 110.0),
    ("demo", 6, 60.0),
    ("social", 6, 12.0),
    ("admin", 10, 75.0),
];

/// The surveys: kind, weight, the lowest and the highest score, the days until the answer.
const QUESTIONS: [(&str, u32, i64, i64, i64); 3] = [("nps", 5, 0, 10, 21), ("csat", 4, 1, 5, 7), ("care", 3, 1, 5, 60)];
/// The share of orders after which somebody answers.
const ANSWERS: f64 = 0.3;

/// Activities of the reps: at least one on most working days, on some two or three.
pub fn activities(seed: u64, cast: &Cast, calendar: &Calendar, all: &[Lead]) -> DemoTable {
    let mut dice = Dice::of(seed, Part::Activities);
    let mut table =
        DemoTable::new("activities", "T", &["rep_id", "customer_id", "lead_id", "kind", "occurred_at", "minutes"]);
    for (position, rep) in cast.reps.iter().enumerate() {
        let own: Vec<usize> = (0..all.len()).filter(|lead| all[*lead].rep == position).collect();
        for day in working_days(rep, calendar) {
            let mut earlier = 0;
            for _ in 0..dice.weighted([3, 4, 2, 1]) {
                let at = calendar.working_hour(day, earlier, &mut dice);
                earlier = at;
                let (kind, _, typical) = KINDS[dice.weighted(KINDS.iter().map(|(_, weight, _)| *weight))];
                let about = (kind != "admin").then(|| recent(&own, all, at, &mut dice)).flatten();
                let customer = about.and_then(|lead| all[lead].customer);
                let minutes = real(whole(dice.log_normal(typical, 0.4)).clamp(2, 240));
                let cells = cells![Parent(position), customer.map(Parent), about.map(Parent), kind, at, minutes];
                table.push(cells);
            }
        }
    }
    table
}

fn working_days(rep: &Rep, calendar: &Calendar) -> impl Iterator<Item = i64> {
    (0..calendar.length()).filter(|day| calendar.is_working_day(*day) && rep.hired_on <= calendar.date(*day))
}

/// One of the latest leads that came in before an instant.
fn recent(own: &[usize], all: &[Lead], at: i64, dice: &mut Dice) -> Option<usize> {
    let known = own.partition_point(|lead| all[*lead].created_at < at);
    let last = &own[known.saturating_sub(25)..known];
    (!last.is_empty()).then(|| *dice.pick(last))
}

/// Answers of customers some time after an order; good partners get better scores.
pub fn surveys(seed: u64, cast: &Cast, calendar: &Calendar, orders: &[Order]) -> DemoTable {
    let mut dice = Dice::of(seed, Part::Surveys);
    let mut table =
        DemoTable::new("surveys", "U", &["customer_id", "partner_id", "rep_id", "kind", "score", "answered_at"]);
    for order in orders.iter().filter(|order| order.cancelled_at.is_none()) {
        let (kind, _, worst, best, days) = QUESTIONS[dice.weighted(QUESTIONS.iter().map(|(_, weight, ..)| *weight))];
        let answered_at = order.ordered_at + days * DAY + dice.between(0, 60 * HOUR);
        let skill = order.partner.map_or(1.0, |partner| cast.partners[partner].skill);
        let satisfied = 0.55 + 0.3 * skill - dice.log_normal(0.06, 1.0);
        let score = whole(satisfied * real(best)).clamp(worst, best);
        if dice.chance(ANSWERS) && answered_at < calendar.end {
            let (customer, partner, rep) = (Parent(order.customer), order.partner.map(Parent), Parent(order.rep));
            let cells = cells![customer, partner, rep, kind, real(score), answered_at];
            table.push(cells);
        }
    }
    table
}
