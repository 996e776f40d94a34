//! What becomes of a lead after a partner has accepted it.

use super::calendar::{Calendar, HOUR, MINUTE};
use super::cast::{Cast, FIRST_SERVICE, PRODUCTS, SOURCES};
use super::dice::{Dice, Part, real, whole};
use super::leads::{Closing, Lead, QUALITIES};

/// The chance of winning a lead of average quality with an average partner.
const WINS: f64 = 0.245;
/// The share of the won leads that are large.
const SIZEABLE_WON: f64 = 0.6;
/// The share of the lost leads that are large.
const SIZEABLE_LOST: f64 = 0.58;
/// How far lost leads get, as weights: contact, first meeting, second meeting, quote, contract.
const LOST_AFTER: [u32; 5] = [43, 22, 11, 17, 7];
/// When the steps of a lead that takes them all happen, as shares of the time until it is closed.
const STEPS: [f64; 4] = [0.12, 0.3, 0.5, 0.8];

/// Follows every accepted lead to its end or to the end of the data.
pub fn follow(seed: u64, cast: &Cast, calendar: &Calendar, leads: &mut [Lead]) {
    let mut course = LeadCourse { cast, calendar, dice: Dice::of(seed, Part::Course) };
    for lead in leads {
        lead.worth = course.worth(lead.product);
        if let Some(accepted_at) = lead.accepted_at {
            course.follow(lead, accepted_at);
            cut(lead, calendar.end);
        }
    }
}

/// How a lead goes on after the first contact.
struct Way {
    /// Whether there is a first meeting, a second one, a quote, a contract.
    steps: [bool; 4],
    /// From the contact to the close.
    days: f64,
}

struct LeadCourse<'a> {
    cast: &'a Cast,
    calendar: &'a Calendar,
    dice: Dice,
}

impl LeadCourse<'_> {
    fn follow(&mut self, lead: &mut Lead, accepted_at: i64) {
        let bad = lead.partner().is_some_and(|partner| self.cast.partners[partner].bad);
        let minutes = self.dice.log_normal(if bad { 90.0 } else { 31.0 }, 0.85).min(900.0);
        let contacted_at = accepted_at + whole(minutes * real(MINUTE)).max(MINUTE);
        if !lead.reports {
            return self.fall_silent(lead, accepted_at, contacted_at);
        }
        lead.contacted_at = Some(contacted_at);
        let hours = self.dice.log_normal(4.0, 1.1).min(6.0 * 24.0);
        let reported_at = self.calendar.awake(contacted_at + whole(hours * real(HOUR)), &mut self.dice);
        lead.feedback_at = Some(reported_at);
        let way = if self.dice.chance(self.chance(lead)) { self.win(lead) } else { self.lose(lead) };
        self.walk(lead, contacted_at, &way);
    }

    /// Nobody reports on the lead again; after some weeks it is given up.
    fn fall_silent(&mut self, lead: &mut Lead, accepted_at: i64, contacted_at: i64) {
        lead.contacted_at = self.dice.chance(0.6).then_some(contacted_at);
        lead.outcome = Some(Closing::Lost);
        let given_up = self.calendar.day_of(accepted_at) + self.dice.between(16, 34);
        lead.closed_at = Some(self.calendar.working_hour(given_up, contacted_at, &mut self.dice));
    }

    fn chance(&self, lead: &Lead) -> f64 {
        let quality = lead.quality.map_or(1.0, |quality| QUALITIES[quality].2);
        let skill = lead.partner().map_or(1.0, |partner| self.cast.partners[partner].skill);
        let source = match SOURCES[lead.source].0 {
            "Empfehlung" => 1.45,
            "Messe" | "Telefon" => 1.1,
            "Vergleichsportal" => 0.75,
            "Suchanzeigen" => 0.85,
            _ => 1.0,
        };
        WINS * quality * skill * source
    }

    fn win(&mut self, lead: &mut Lead) -> Way {
        lead.outcome = Some(Closing::Won);
        lead.sizeable = self.dice.chance(SIZEABLE_WON);
        if lead.sizeable {
            Way { steps: [true; 4], days: self.dice.log_normal(37.0, 0.45) }
        } else {
            Way { steps: [self.dice.chance(0.45), false, true, true], days: self.dice.log_normal(6.0, 0.7) }
        }
    }

    fn lose(&mut self, lead: &mut Lead) -> Way {
        lead.outcome = Some(Closing::Lost);
        lead.sizeable = self.dice.chance(SIZEABLE_LOST);
        let steps = self.dice.weighted(LOST_AFTER);
        let days = self.dice.log_normal([9.0, 17.0, 25.0, 33.0, 38.0][steps], 0.6);
        Way { steps: [steps >= 1, steps >= 2, steps >= 3, steps >= 4], days }
    }

    /// Dates the steps, in working hours, and the close.
    fn walk(&mut self, lead: &mut Lead, contacted_at: i64, way: &Way) {
        let first_day = self.calendar.day_of(contacted_at);
        let mut earlier = contacted_at;
        let milestones =
            [&mut lead.first_meeting_at, &mut lead.second_meeting_at, &mut lead.quoted_at, &mut lead.contract_sent_at];
        for ((milestone, taken), share) in milestones.into_iter().zip(way.steps).zip(STEPS) {
            if taken {
                earlier = self.calendar.working_hour(first_day + whole(way.days * share), earlier, &mut self.dice);
                *milestone = Some(earlier);
            }
        }
        let closed_at = self.calendar.working_hour(first_day + whole(way.days), earlier, &mut self.dice);
        let reported_at = lead.feedback_at.unwrap_or(closed_at);
        lead.closed_at = Some(closed_at.max(reported_at + self.dice.between(MINUTE, HOUR)));
    }

    /// What it is worth, in minor units: around the list price, in whole units of the currency.
    fn worth(&mut self, product: usize) -> i64 {
        let sigma = if product >= FIRST_SERVICE { 0.2 } else { 0.4 };
        whole(self.dice.log_normal(real(PRODUCTS[product].list_price), sigma) / 1_000.0).max(5) * 1_000
    }
}

/// Removes what would happen after the end of the data.
fn cut(lead: &mut Lead, end: i64) {
    for milestone in [
        &mut lead.contacted_at,
        &mut lead.first_meeting_at,
        &mut lead.second_meeting_at,
        &mut lead.quoted_at,
        &mut lead.contract_sent_at,
        &mut lead.feedback_at,
        &mut lead.closed_at,
    ] {
        *milestone = milestone.filter(|at| *at < end);
    }
    lead.outcome = lead.outcome.filter(|_| lead.closed_at.is_some());
}
