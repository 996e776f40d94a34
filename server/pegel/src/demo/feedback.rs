//! Which leads partners report back on, and so the story that the demo tells: one region has stopped.

use super::calendar::Calendar;
use super::cast::{Cast, Partner, REGIONS, SLIPPING};
use super::dice::{Dice, Part};
use super::leads::Lead;

/// The feedback rates of the slipping region in the last complete week (and the current one) and those before it. They
/// first fall below the warning at 80 %, then below the critical mark at 75 %.
const SLIDE: [f64; 4] = [0.69, 0.77, 0.80, 0.84];

/// How far a region's rate goes up and down from week to week.
const WEEKLY_NOISE: f64 = 0.015;

/// Decides for every accepted lead whether its partner reports back on it.
///
/// This is systematic sampling per region: each lead gets a report with its partner's probability in its week, but the
/// number of reports in any stretch of time is within one of the expected number. Drawn independently, a healthy region
/// of 60 leads a week would fall below its warning every other month, and the noise would drown the story.
pub fn decide(seed: u64, cast: &Cast, calendar: &Calendar, leads: &mut [Lead]) {
    let mut dice = Dice::of(seed, Part::Feedback);
    let weeks = calendar.weeks_back(calendar.at(0, 0)) + 1;
    for region in 0..REGIONS.len() {
        let noise: Vec<f64> = (0..weeks).map(|_| dice.around(0.0, WEEKLY_NOISE)).collect();
        let mut owed = dice.around(0.5, 0.5);
        for (accepted_at, position) in accepted(leads, region) {
            let lead = &mut leads[position];
            let partner = &cast.partners[lead.partner().expect("somebody has accepted it")];
            let week = calendar.weeks_back(accepted_at);
            owed += rate(partner, week, noise[week]);
            lead.reports = owed >= 1.0;
            owed -= f64::from(u8::from(lead.reports));
        }
    }
}

/// The accepted leads of a region as (accepted at, position), in order.
fn accepted(leads: &[Lead], region: usize) -> Vec<(i64, usize)> {
    let positions = leads.iter().enumerate().filter(|(_, lead)| lead.region == region);
    let mut accepted: Vec<(i64, usize)> =
        positions.filter_map(|(position, lead)| Some((lead.accepted_at?, position))).collect();
    accepted.sort_unstable();
    accepted
}

/// A partner's feedback rate for leads accepted that many weeks before the last complete one.
fn rate(partner: &Partner, week: usize, noise: f64) -> f64 {
    let region = &REGIONS[partner.region];
    match SLIDE.get(week) {
        Some(rate) if region.name == SLIPPING => *rate,
        _ if partner.bad => partner.feedback,
        _ => region.feedback + partner.feedback + noise,
    }
}
