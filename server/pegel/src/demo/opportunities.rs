//! The larger leads as opportunities, and the past values of these.

use super::calendar::Calendar;
use super::cast::{FIRST_SERVICE, REGIONS};
use super::dice::{Dice, Part, real, whole};
use super::leads::{Closing, Lead};
use super::table::{DemoTable, Parent, cells};

/// Changes are recorded for the opportunities of the last half year, as if the history had been switched on then.
const HISTORY_DAYS: i64 = 182;

/// The values of an opportunity from an instant on.
struct State {
    since: i64,
    stage: &'static str,
    amount: i64,
    probability: f64,
    /// Days since 1970.
    expected_close_on: i64,
}

/// The opportunities and their changes.
pub fn tables(seed: u64, calendar: &Calendar, leads: &[Lead]) -> [DemoTable; 2] {
    let mut dice = Dice::of(seed, Part::Opportunities);
    let mut table = DemoTable::new(
        "opportunities",
        "O",
        &[
            "lead_id",
            "customer_id",
            "partner_id",
            "rep_id",
            "product_id",
            "region",
            "stage",
            "amount",
            "probability",
            "contract_months",
            "created_at",
            "expected_close_on",
            "closed_at",
            "outcome",
        ],
    );
    let mut changes = DemoTable::new(
        "opportunity_changes",
        "H",
        &["opportunity_id", "changed_at", "stage", "amount", "probability", "expected_close_on"],
    );
    let history_from = calendar.at(calendar.length() - HISTORY_DAYS, 0);
    for (position, lead) in leads.iter().enumerate() {
        let Some(created_at) = lead.first_meeting_at.filter(|_| lead.sizeable) else { continue };
        let opportunity = Parent(table.rows.len());
        let (last, before) = states(lead, created_at, calendar, &mut dice);
        if created_at >= history_from {
            let ended = before.iter().skip(1).chain([&last]).map(|state| state.since);
            for (state, changed_at) in before.iter().zip(ended) {
                let State { stage, amount, probability, expected_close_on, .. } = *state;
                let cells = cells![opportunity, changed_at, stage, amount, probability, expected_close_on];
                changes.push(cells);
            }
        }
        let months = if lead.product >= FIRST_SERVICE { *dice.pick(&[24.0, 36.0, 60.0]) } else { 12.0 };
        table.push(cells![
            Parent(position),
            lead.customer.map(Parent),
            lead.partner().map(Parent),
            Parent(lead.rep),
            Parent(lead.product),
            REGIONS[lead.region].name,
            last.stage,
            last.amount,
            last.probability,
            months,
            created_at,
            last.expected_close_on,
            lead.closed_at,
            lead.outcome.map(Closing::name),
        ]);
    }
    [table, changes]
}

/// The opportunity at the end, and its past states in order.
fn states(lead: &Lead, created_at: i64, calendar: &Calendar, dice: &mut Dice) -> (State, Vec<State>) {
    let mut before = Vec::new();
    let mut expect = |since: i64, low: i64, high: i64| {
        let on = calendar.date(calendar.day_of(since)) + dice.between(low, high);
        (since, on)
    };
    let (since, on) = expect(created_at, 25, 60);
    let steps = [
        (lead.quoted_at.map(|at| expect(at, 10, 30)), "proposal", 0.5),
        (lead.contract_sent_at.map(|at| expect(at, 4, 14)), "negotiation", 0.75),
    ];
    // At first the amount is an estimate, in whole hundreds.
    let estimate = whole(real(lead.worth) * dice.around(1.0, 0.25) / 10_000.0).max(1) * 10_000;
    let mut now = State { since, stage: "qualified", amount: estimate, probability: 0.2, expected_close_on: on };
    for (step, stage, probability) in steps {
        if let Some((since, expected_close_on)) = step {
            let next = State { since, stage, amount: lead.worth, probability, expected_close_on };
            before.push(std::mem::replace(&mut now, next));
        }
    }
    if let (Some(since), Some(outcome)) = (lead.closed_at, lead.outcome) {
        let probability = if outcome == Closing::Won { 1.0 } else { 0.0 };
        let next = State { since, stage: outcome.name(), probability, ..now };
        before.push(std::mem::replace(&mut now, next));
    }
    (now, before)
}
