//! Costs of marketing and sales, and daily figures of the website and the adverts.

use super::calendar::Calendar;
use super::cast::{PRODUCTS, REGIONS, REPS_PER_REGION, SOURCES};
use super::dice::{Dice, Part, real, whole};
use super::table::{DemoTable, Parent, cells};

/// The weekly costs of each of [`SOURCES`], in minor units.
const CHANNEL_COSTS: [i64; 6] = [420_000, 1_150_000, 980_000, 160_000, 540_000, 210_000];
/// The weekly costs of a rep, in minor units.
const REP_COSTS: i64 = 165_000;

/// Daily figures that add up: metric, value on an average day.
const COUNTS: [(&str, f64); 8] = [
    ("website_visits", 2_600.0),
    ("page_views", 9_900.0),
    ("visit_seconds", 2_600.0 * 164.0),
    ("downloads", 74.0),
    ("contact_requests", 41.0),
    ("ad_clicks", 390.0),
    // In major units of the currency.
    ("ad_cost", 390.0 * 1.85),
    ("newsletter_clicks", 31.0),
];

/// How many people get the newsletter, every Tuesday.
const SUBSCRIBERS: i64 = 8_400;
const TUESDAY: usize = 1;

/// Costs by week: marketing by channel on Mondays, sales by region on Fridays.
pub fn costs(seed: u64, calendar: &Calendar) -> DemoTable {
    let mut dice = Dice::of(seed, Part::Costs);
    let mut table = DemoTable::new("costs", "C", &["category", "channel", "region", "incurred_on", "amount"]);
    let mut push = |category: &str, channel: Option<&str>, region: Option<&str>, day: i64, amount: f64| {
        // Whole units of the currency.
        let amount = whole(amount / 100.0) * 100;
        table.push(cells![category, channel, region, calendar.date(day), amount]);
    };
    for day in 0..calendar.length() {
        match calendar.weekday(day) {
            0 => {
                for ((channel, _), typical) in SOURCES.iter().zip(CHANNEL_COSTS) {
                    let amount = real(typical) * calendar.wave(day) * dice.around(1.0, 0.15);
                    push("marketing", Some(channel), None, day, amount);
                }
            }
            4 => {
                let reps = i64::try_from(REPS_PER_REGION).expect("three");
                for region in &REGIONS {
                    let amount = real(REP_COSTS * reps) * dice.around(1.0, 0.05);
                    push("sales", None, Some(region.name), day, amount);
                }
            }
            _ => {}
        }
    }
    table
}

/// Daily figures of the website, the newsletter and the adverts, and weekly prices of competitors.
pub fn observations(seed: u64, calendar: &Calendar) -> DemoTable {
    let mut dice = Dice::of(seed, Part::Observations);
    let mut table = DemoTable::new("observations", "W", &["metric", "observed_on", "value", "product_id"]);
    let mut push = |metric: &str, day: i64, value: f64, product: Option<usize>| {
        table.push(cells![metric, calendar.date(day), value, product.map(Parent)]);
    };
    let mut followers = 5_200;
    for day in 0..calendar.length() {
        let traffic = calendar.season(day);
        for (metric, typical) in COUNTS {
            push(metric, day, real(whole(typical * traffic * dice.around(1.0, 0.12))), None);
        }
        followers += dice.between(-3, 14);
        push("followers", day, real(followers), None);
        if calendar.weekday(day) == TUESDAY {
            let delivered = SUBSCRIBERS + day * 3 - dice.between(0, 90);
            push("newsletter_delivered", day, real(delivered), None);
            push("newsletter_opens", day, real(whole(real(delivered) * dice.around(0.31, 0.04))), None);
        }
        if calendar.weekday(day) == 0 {
            for (position, product) in PRODUCTS.iter().enumerate() {
                // Major units, as people write prices.
                let price = real(whole(real(product.list_price) / 100.0 * dice.around(1.03, 0.08)));
                push("competitor_price", day, price, Some(position));
            }
        }
    }
    table
}
