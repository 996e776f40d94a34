//! Who buys: those who were customers before the first day, and those won since.

use super::calendar::{Calendar, DAY, HOUR};
use super::cast::{Cast, REGIONS, SOURCES, some_region};
use super::dice::{Dice, Part};
use super::leads::{Closing, Lead};
use super::names;
use super::table::{DemoTable, Parent, cells};

/// How many there were on the first day.
const BEFORE: usize = 2_400;
/// The share of the won leads that come from someone who was a customer before.
const BUYS_AGAIN: f64 = 0.45;
/// The share of the leads that are not won (yet) but come from a customer.
const ASKS_AGAIN: f64 = 0.06;
/// The share of referred customers whose referrer is known.
const REFERRER_KNOWN: f64 = 0.7;

/// Private households, companies and towns, with weights.
const SEGMENTS: [(&str, u32); 3] = [("Privat", 78), ("Gewerbe", 18), ("Kommune", 4)];

#[derive(Debug)]
pub struct Customer {
    name: String,
    segment: &'static str,
    pub region: usize,
    country: &'static str,
    /// Position in [`SOURCES`].
    pub channel: usize,
    /// The partner who won or looks after them.
    pub partner: usize,
    pub acquired_at: i64,
    pub churned_at: Option<i64>,
    /// Position of a customer from before the first day.
    referred_by: Option<usize>,
}

impl Customer {
    /// Whether they are a customer at that instant.
    pub fn is_there(&self, at: i64) -> bool {
        self.acquired_at <= at && self.churned_at.is_none_or(|left| at < left)
    }
}

/// All customers; also links the leads to theirs.
pub fn gather(seed: u64, cast: &Cast, calendar: &Calendar, leads: &mut [Lead]) -> Vec<Customer> {
    let mut dice = Dice::of(seed, Part::Customers);
    let mut customers: Vec<Customer> = (0..BEFORE).map(|_| from_before(cast, calendar, &mut dice)).collect();
    let mut of_region = vec![Vec::new(); REGIONS.len()];
    for (position, customer) in customers.iter().enumerate() {
        of_region[customer.region].push(position);
    }
    for lead in leads {
        let won_at = lead.closed_at.filter(|_| lead.outcome == Some(Closing::Won));
        let known = dice.chance(if won_at.is_some() { BUYS_AGAIN } else { ASKS_AGAIN });
        let candidate = *dice.pick(&of_region[lead.region]);
        let stays = customers[candidate].is_there(won_at.unwrap_or(lead.created_at));
        if known && stays {
            lead.customer = Some(candidate);
        } else if let (Some(won_at), Some(partner)) = (won_at, lead.partner()) {
            lead.customer = Some(customers.len());
            let country = cast.partners[partner].country;
            let mut customer = someone(lead.region, country, lead.source, partner, won_at, calendar, &mut dice);
            let referred = SOURCES[lead.source].0 == "Empfehlung" && dice.chance(REFERRER_KNOWN);
            customer.referred_by = referred.then_some(candidate);
            customers.push(customer);
        }
    }
    customers
}

fn from_before(cast: &Cast, calendar: &Calendar, dice: &mut Dice) -> Customer {
    let region = some_region(dice);
    let partner = cast.some_partner(region, dice);
    let channel = dice.weighted(SOURCES.iter().map(|(_, weight)| *weight));
    let acquired_at = calendar.at(-dice.between(1, 1_800), dice.between(8 * HOUR, 18 * HOUR));
    someone(region, cast.partners[partner].country, channel, partner, acquired_at, calendar, dice)
}

fn someone(
    region: usize,
    country: &'static str,
    channel: usize,
    partner: usize,
    acquired_at: i64,
    calendar: &Calendar,
    dice: &mut Dice,
) -> Customer {
    let segment = SEGMENTS[dice.weighted(SEGMENTS.iter().map(|(_, weight)| *weight))].0;
    // One in ten leaves within the 18 months, none before, and none right after being won.
    let leaves_at = calendar.at(dice.between(0, 5_500), dice.between(8 * HOUR, 18 * HOUR)).max(acquired_at + 30 * DAY);
    Customer {
        name: names::customer(segment, dice),
        segment,
        region,
        country,
        channel,
        partner,
        acquired_at,
        churned_at: Some(leaves_at).filter(|at| *at < calendar.end),
        referred_by: None,
    }
}

/// The customers, and then who referred whom, which needs all of them.
pub fn tables(customers: &[Customer]) -> [DemoTable; 2] {
    let mut table = DemoTable::new(
        "customers",
        "K",
        &["name", "segment", "region", "country", "channel", "acquired_at", "churned_at"],
    );
    let mut referrals = DemoTable::new("customers", "K", &["referred_by"]);
    for (position, customer) in customers.iter().enumerate() {
        let (region, channel) = (REGIONS[customer.region].name, SOURCES[customer.channel].0);
        let Customer { segment, country, acquired_at, churned_at, .. } = *customer;
        table.push(cells![&customer.name, segment, region, country, channel, acquired_at, churned_at]);
        if let Some(referrer) = customer.referred_by {
            referrals.push_at(position, cells![Parent(referrer)]);
        }
    }
    [table, referrals]
}
