//! The cast: regions, partners, reps, products.

use super::calendar::Calendar;
use super::dice::{Dice, Part, whole};
use super::names;
use super::table::{DemoTable, Parent, cells};

/// A region and its usual performance.
#[derive(Debug)]
pub struct Region {
    pub name: &'static str,
    pub team: &'static str,
    /// Its share of the leads, in per cent.
    weight: u32,
    /// The median time a partner takes to accept a lead.
    pub acceptance_minutes: f64,
    /// The share of accepted leads on which partners report back.
    pub feedback: f64,
}

const fn region(name: &'static str, team: &'static str, weight: u32, acceptance_minutes: f64, feedback: f64) -> Region {
    Region { name, team, weight, acceptance_minutes, feedback }
}

pub const REGIONS: [Region; 8] = [
    region("Nord", "Team Leuchtturm", 12, 23.0, 0.90),
    region("Ost", "Team Morgenrot", 10, 26.0, 0.885),
    region("Süd", "Team Sonnenseite", 15, 22.0, 0.91),
    region("West", "Team Abendlicht", 14, 25.0, 0.895),
    region("Mitte", "Team Morgenrot", 12, 24.0, 0.905),
    region("Alpen", "Team Gipfel", 11, 30.0, 0.885),
    region(SLIPPING, "Team Leuchtturm", 14, 34.0, 0.89),
    region("Rhein", "Team Abendlicht", 12, 26.0, 0.90),
];

/// The region whose partners have stopped reporting back.
pub const SLIPPING: &str = "Küste";

/// How many partners are clearly bad: slow, and silent on every second lead. Each is in a different region, none in the
/// slipping one, so that the two stories do not mix.
const BAD_PARTNERS: usize = 5;

/// How much better the other partners do in a region with a bad one, so that the region as a whole performs as usual.
const OFFSET_OF_THE_OTHERS: f64 = 0.04;

/// Where enquiries come from, with weights; an order's channel and the marketing costs use the same names.
pub const SOURCES: [(&str, u32); 6] =
    [("Website", 34), ("Suchanzeigen", 22), ("Vergleichsportal", 17), ("Empfehlung", 12), ("Messe", 9), ("Telefon", 6)];

#[derive(Debug)]
pub struct Product {
    pub name: &'static str,
    pub line: &'static str,
    /// Minor units.
    pub list_price: i64,
    /// Minor units.
    pub unit_cost: i64,
    /// Its share of the leads, in per cent.
    weight: u32,
}

const fn product(name: &'static str, line: &'static str, price: i64, cost: i64, weight: u32) -> Product {
    Product { name, line, list_price: price * 100, unit_cost: cost * 100, weight }
}

pub const PRODUCTS: [Product; 12] = [
    product("Wärmepumpe Bruno 6", "Wärme", 11_900, 8_100, 9),
    product("Wärmepumpe Bruno 9", "Wärme", 14_900, 10_300, 8),
    product("Wärmepumpe Bruno 12", "Wärme", 18_500, 13_200, 4),
    product("Solardach Lumi 5", "Solar", 7_900, 5_200, 13),
    product("Solardach Lumi 8", "Solar", 11_500, 7_700, 14),
    product("Solardach Lumi 12", "Solar", 15_900, 10_900, 7),
    product("Speicher Otto 5", "Speicher", 4_600, 3_100, 10),
    product("Speicher Otto 10", "Speicher", 7_400, 5_100, 9),
    product("Ladesäule Flink", "Speicher", 1_450, 890, 11),
    product("Wartung Basis", "Service", 290, 150, 6),
    product("Wartung Plus", "Service", 540, 260, 5),
    product("Energieberatung", "Service", 780, 310, 4),
];

/// The first of the three services in [`PRODUCTS`].
pub const FIRST_SERVICE: usize = 9;

#[derive(Debug)]
pub struct Partner {
    pub name: String,
    pub region: usize,
    pub country: &'static str,
    pub active: bool,
    /// One of the clearly bad ones.
    pub bad: bool,
    /// How many leads it gets in each round of its region's leads; follows from its tier.
    pub hand: usize,
    /// How slow it is compared with the others in its region.
    pub slowness: f64,
    /// Added to its region's feedback rate; for a bad partner, its own rate.
    pub feedback: f64,
    /// How often it wins compared with others.
    pub skill: f64,
    /// Days since 1970.
    certified_on: i64,
}

#[derive(Debug)]
pub struct Rep {
    pub name: String,
    pub region: usize,
    /// Days since 1970.
    pub hired_on: i64,
    /// Days since 1970.
    ramped_on: Option<i64>,
}

/// Everyone, and what they sell.
#[derive(Debug)]
pub struct Cast {
    /// Grouped by region.
    pub partners: Vec<Partner>,
    /// Three per region, grouped by region.
    pub reps: Vec<Rep>,
    /// For each region, the weight of each product: tastes differ.
    tastes: Vec<Vec<u32>>,
}

pub const REPS_PER_REGION: usize = 3;

impl Cast {
    pub fn new(seed: u64, calendar: &Calendar) -> Cast {
        let mut dice = Dice::of(seed, Part::Cast);
        let bad = bad_partners(&mut dice);
        let partners = (0..REGIONS.len() * names::STEMS.len()).map(|number| {
            let (region, stem) = (number / names::STEMS.len(), number % names::STEMS.len());
            partner(number, bad[region].map(|of_region| of_region == stem), calendar, &mut dice)
        });
        let partners = partners.collect();
        let reps = (0..REGIONS.len() * REPS_PER_REGION).map(|number| rep(number, calendar, &mut dice)).collect();
        let taste = |product: &Product, dice: &mut Dice| {
            u32::try_from(whole(f64::from(product.weight) * 10.0 * dice.around(1.0, 0.5))).expect("a small weight")
        };
        let tastes = REGIONS.iter().map(|_| PRODUCTS.iter().map(|product| taste(product, &mut dice)).collect());
        let tastes = tastes.collect();
        Cast { partners, reps, tastes }
    }

    /// A product, by the region's tastes.
    pub fn some_product(&self, region: usize, dice: &mut Dice) -> usize {
        dice.weighted(self.tastes[region].iter().copied())
    }

    /// One of the region's partners.
    pub fn some_partner(&self, region: usize, dice: &mut Dice) -> usize {
        let first = region * names::STEMS.len();
        let position = dice.weighted(self.partners_of(region).iter().map(|partner| u32::from(partner.active)));
        first + position
    }

    /// The partners of a region, in order; the first of them has the position `region · 15`.
    pub fn partners_of(&self, region: usize) -> &[Partner] {
        let first = region * names::STEMS.len();
        &self.partners[first..first + names::STEMS.len()]
    }

    /// A rep of the region who is employed on that day (days since 1970).
    pub fn some_rep(&self, region: usize, on: i64, dice: &mut Dice) -> usize {
        let first = region * REPS_PER_REGION;
        // The first rep of a region has been there from the start.
        let chosen =
            dice.weighted((first..first + REPS_PER_REGION).map(|rep| u32::from(self.reps[rep].hired_on <= on)));
        first + chosen
    }

    pub fn tables(&self) -> Vec<DemoTable> {
        vec![self.partner_table(), self.rep_table(), self.manager_table(), product_table()]
    }

    fn partner_table(&self) -> DemoTable {
        let columns = ["name", "region", "country", "tier", "certified_on", "active", "contact_email", "language"];
        let mut table = DemoTable::new("partners", "P", &columns);
        for (number, partner) in self.partners.iter().enumerate() {
            let Partner { name, country, certified_on, active, .. } = partner;
            let tier = ["Bronze", "Silber", "Gold"][partner.hand - 1];
            let region = REGIONS[partner.region].name;
            let language = language(country, number % names::STEMS.len());
            let contact = names::email(name);
            table.push(cells![name, region, *country, tier, *certified_on, *active, &contact, language]);
        }
        table
    }

    fn rep_table(&self) -> DemoTable {
        let mut table = DemoTable::new("reps", "R", &["name", "email", "team", "region", "hired_on", "ramped_on"]);
        for rep in &self.reps {
            let Region { name: region, team, .. } = REGIONS[rep.region];
            let cells = cells![&rep.name, &names::email(&rep.name), team, region, rep.hired_on, rep.ramped_on];
            table.push(cells);
        }
        table
    }

    /// To be called once all reps exist: the first of a team leads it.
    fn manager_table(&self) -> DemoTable {
        let mut table = DemoTable::new("reps", "R", &["manager_id"]);
        let team = |rep: &Rep| REGIONS[rep.region].team;
        for (position, rep) in self.reps.iter().enumerate() {
            let manager = self.reps.iter().position(|other| team(other) == team(rep));
            if let Some(manager) = manager.filter(|manager| *manager != position) {
                table.push_at(position, cells![Parent(manager)]);
            }
        }
        table
    }
}

/// Most partners get mails in German, some Swiss ones in French, one in each region in English.
fn language(country: &str, stem: usize) -> &'static str {
    match (country, stem) {
        (_, 7) => "en",
        ("CH", _) => "fr",
        _ => "de",
    }
}

/// A region, in proportion to the weights.
pub fn some_region(dice: &mut Dice) -> usize {
    dice.weighted(REGIONS.iter().map(|region| region.weight))
}

fn product_table() -> DemoTable {
    let mut table = DemoTable::new("products", "A", &["name", "line", "list_price", "unit_cost"]);
    for product in &PRODUCTS {
        table.push(cells![product.name, product.line, product.list_price, product.unit_cost]);
    }
    table
}

/// For each region the position of its bad partner, if it has one.
fn bad_partners(dice: &mut Dice) -> Vec<Option<usize>> {
    let mut healthy: Vec<usize> = (0..REGIONS.len()).filter(|region| REGIONS[*region].name != SLIPPING).collect();
    dice.shuffle(&mut healthy);
    let mut bad = vec![None; REGIONS.len()];
    for region in &healthy[..BAD_PARTNERS] {
        bad[*region] = usize::try_from(dice.between(0, 13)).ok();
    }
    bad
}

/// In a region with a bad partner, `bad` says whether it is this one.
fn partner(number: usize, bad: Option<bool>, calendar: &Calendar, dice: &mut Dice) -> Partner {
    let (region, stem) = (number / names::STEMS.len(), number % names::STEMS.len());
    let country = match (REGIONS[region].name, stem % 3) {
        ("Alpen", 0) => "CH",
        ("Alpen", _) => "AT",
        _ => "DE",
    };
    let is_bad = bad == Some(true);
    Partner {
        name: names::partner(region, stem, country != "DE", dice),
        region,
        country,
        // Every second region has one that has quit.
        active: stem + 1 < names::STEMS.len() || region % 2 == 0,
        bad: is_bad,
        hand: if is_bad { 3 } else { dice.weighted([5, 6, 3]) + 1 },
        slowness: if is_bad { 8.0 } else { dice.around(1.0, 0.3) },
        feedback: match bad {
            Some(true) => dice.around(0.52, 0.06),
            Some(false) => OFFSET_OF_THE_OTHERS + dice.around(0.0, 0.02),
            None => dice.around(0.0, 0.02),
        },
        skill: if is_bad { 0.55 } else { dice.around(1.0, 0.25) },
        certified_on: calendar.date(-dice.between(30, 2_500)),
    }
}

fn rep(number: usize, calendar: &Calendar, dice: &mut Dice) -> Rep {
    let name = names::rep(number, dice);
    let newcomer = number % 8 == 5;
    let hired_on = calendar.date(if newcomer { dice.between(60, 300) } else { -dice.between(60, 2_500) });
    let ramped_on = hired_on + dice.between(80, 180);
    Rep {
        name,
        region: number / REPS_PER_REGION,
        hired_on,
        ramped_on: Some(ramped_on).filter(|day| *day < calendar.date(calendar.length())),
    }
}
