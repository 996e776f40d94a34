//! Enquiries come in, are qualified, and are offered to partners until one accepts.

use super::calendar::{Calendar, DAY, HOUR, MINUTE};
use super::cast::{Cast, REGIONS, SOURCES, some_region};
use super::dice::{Dice, Part, real, whole};
use super::table::{Cell, DemoTable, Parent, cells};

/// How many leads there are.
pub const LEADS: i64 = 40_000;

/// A partner who does not answer within this time loses the offer to the next.
const OFFER_EXPIRES_AFTER: i64 = DAY;
/// After this many offers in vain a lead is given up.
const OFFERS_AT_MOST: usize = 3;
/// The median time after which a partner declines.
const DECLINES_AFTER_MINUTES: f64 = 45.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    Won,
    Lost,
}

impl Closing {
    pub fn name(self) -> &'static str {
        match self {
            Closing::Won => "won",
            Closing::Lost => "lost",
        }
    }
}

/// A lead as it stands at the end. Instants are UTC seconds; what comes later than the end is missing.
#[derive(Debug, Default)]
pub struct Lead {
    pub source: usize,
    pub campaign: Option<String>,
    pub region: usize,
    pub product: usize,
    pub rep: usize,
    /// Position in the customers, if the lead comes from one.
    pub customer: Option<usize>,
    /// Position in [`QUALITIES`], known once it is qualified.
    pub quality: Option<usize>,
    pub created_at: i64,
    pub qualified_at: Option<i64>,
    pub offers: Vec<Offer>,
    pub accepted_at: Option<i64>,
    /// Whether the partner ever reports back on it.
    pub reports: bool,
    pub contacted_at: Option<i64>,
    pub first_meeting_at: Option<i64>,
    pub second_meeting_at: Option<i64>,
    pub quoted_at: Option<i64>,
    pub contract_sent_at: Option<i64>,
    pub feedback_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub outcome: Option<Closing>,
    /// Minor units; on record once it is quoted.
    pub worth: i64,
    /// Large enough to become an opportunity at the first meeting.
    pub sizeable: bool,
}

/// One offer of a lead to a partner.
#[derive(Debug)]
pub struct Offer {
    pub partner: usize,
    pub offered_at: i64,
    /// With the answer: `accepted`, `declined` or `expired`.
    pub answered: Option<(i64, &'static str)>,
}

/// How good a lead looks, with the weight and the chance to win compared with an average one.
pub const QUALITIES: [(&str, u32, f64); 3] = [("hot", 22, 1.6), ("warm", 50, 1.0), ("cold", 28, 0.53)];

impl Lead {
    /// The partner who has it now.
    pub fn partner(&self) -> Option<usize> {
        self.offers.last().map(|offer| offer.partner)
    }

    /// When the partner who has it now got it.
    pub fn offered_at(&self) -> Option<i64> {
        self.offers.last().map(|offer| offer.offered_at)
    }

    fn close(&mut self, at: i64, outcome: Closing, end: i64) {
        if at < end {
            self.closed_at = Some(at);
            self.outcome = Some(outcome);
        }
    }
}

/// All leads, in the order in which they came in, up to the partner's acceptance.
pub fn arrive(seed: u64, cast: &Cast, calendar: &Calendar) -> Vec<Lead> {
    let mut dice = Dice::of(seed, Part::Arrival);
    let mut desk = Desk { cast, calendar, decks: vec![Vec::new(); REGIONS.len()], dice: Dice::of(seed, Part::Desk) };
    let instants = instants(calendar, &mut dice);
    instants.into_iter().map(|created_at| desk.take(enquiry(created_at, cast, calendar, &mut dice))).collect()
}

/// When the leads come in: exactly [`LEADS`] of them, spread over the days by season.
fn instants(calendar: &Calendar, dice: &mut Dice) -> Vec<i64> {
    let weights: Vec<f64> = (0..calendar.length()).map(|day| calendar.season(day) * dice.around(1.0, 0.08)).collect();
    let all: f64 = weights.iter().sum();
    let mut instants = Vec::new();
    let mut weight_so_far = 0.0;
    for (day, weight) in (0..).zip(weights) {
        weight_so_far += weight;
        let due = usize::try_from(whole(weight_so_far / all * real(LEADS))).expect("not negative");
        let first = instants.len();
        instants.extend((first..due).map(|_| calendar.at(day, second_of_day(dice))));
        instants[first..].sort_unstable();
    }
    instants
}

/// Three in four enquiries come during office hours, the others in the evening.
fn second_of_day(dice: &mut Dice) -> i64 {
    if dice.chance(0.75) {
        7 * HOUR + i64::midpoint(dice.between(0, 11 * HOUR), dice.between(0, 9 * HOUR))
    } else {
        dice.between(17 * HOUR, 23 * HOUR)
    }
}

fn enquiry(created_at: i64, cast: &Cast, calendar: &Calendar, dice: &mut Dice) -> Lead {
    let day = calendar.day_of(created_at);
    let source = dice.weighted(SOURCES.iter().map(|(_, weight)| *weight));
    let region = some_region(dice);
    Lead {
        source,
        campaign: campaign(source, calendar.year_and_month(day), dice),
        region,
        product: cast.some_product(region, dice),
        rep: cast.some_rep(region, calendar.date(day), dice),
        created_at,
        ..Lead::default()
    }
}

/// The campaigns in spring and autumn bring half of the enquiries from the web and from fairs.
fn campaign(source: usize, (year, month): (i16, i8), dice: &mut Dice) -> Option<String> {
    let season = match month {
        3..=5 => "Frühling",
        9..=11 => "Herbst",
        _ => return None,
    };
    let reached = matches!(SOURCES[source].0, "Website" | "Suchanzeigen" | "Messe");
    (reached && dice.chance(0.5)).then(|| format!("{season} {year}"))
}

/// The desk that qualifies leads and hands them to partners.
struct Desk<'a> {
    cast: &'a Cast,
    calendar: &'a Calendar,
    /// Leads are dealt like cards, and a partner's tier says how often it is in the deck: so each partner gets the same
    /// share of its region's leads every week.
    decks: Vec<Vec<usize>>,
    dice: Dice,
}

impl Desk<'_> {
    fn take(&mut self, mut lead: Lead) -> Lead {
        let end = self.calendar.end;
        let looked_at = lead.created_at + self.minutes(35.0, 0.8, 600);
        let looked_at = self.calendar.office(looked_at, &mut self.dice);
        if !self.dice.chance(0.91) {
            lead.close(looked_at, Closing::Lost, end);
        } else if looked_at < end {
            lead.qualified_at = Some(looked_at);
            lead.quality = Some(self.dice.weighted(QUALITIES.iter().map(|(_, weight, _)| *weight)));
            self.offer(&mut lead);
        }
        lead
    }

    fn offer(&mut self, lead: &mut Lead) {
        let end = self.calendar.end;
        let mut free_at = lead.qualified_at.expect("only qualified leads are offered");
        for _ in 0..OFFERS_AT_MOST {
            let offered_at = self.calendar.office(free_at, &mut self.dice) + self.minutes(6.0, 0.5, 40);
            if offered_at >= end {
                return;
            }
            let partner = self.deal(lead);
            let (answered_at, answer) = self.answer(partner, offered_at);
            let answered = (answered_at < end).then_some((answered_at, answer));
            lead.offers.push(Offer { partner, offered_at, answered });
            match answered {
                None => return,
                Some((_, "accepted")) => {
                    lead.accepted_at = Some(answered_at);
                    return;
                }
                Some(_) => free_at = answered_at,
            }
        }
        lead.close(self.calendar.office(free_at + DAY, &mut self.dice), Closing::Lost, end);
    }

    fn answer(&mut self, partner: usize, offered_at: i64) -> (i64, &'static str) {
        let partner = &self.cast.partners[partner];
        let (answer, minutes) = match (self.dice.weighted([3, if partner.bad { 10 } else { 2 }, 92]), partner.bad) {
            (0, _) => ("declined", self.minutes(DECLINES_AFTER_MINUTES, 0.8, 900)),
            (1, _) => return (offered_at + OFFER_EXPIRES_AFTER, "expired"),
            (_, bad) => {
                let median = REGIONS[partner.region].acceptance_minutes * partner.slowness;
                ("accepted", self.minutes(median, if bad { 0.6 } else { 0.9 }, if bad { 1_380 } else { 480 }))
            }
        };
        (offered_at + minutes, answer)
    }

    /// The next partner of the lead's region, but none who had it before.
    fn deal(&mut self, lead: &Lead) -> usize {
        loop {
            let deck = &mut self.decks[lead.region];
            let Some(partner) = deck.pop() else {
                *deck = full_deck(self.cast, lead.region);
                self.dice.shuffle(deck);
                continue;
            };
            if lead.offers.iter().all(|offer| offer.partner != partner) {
                return partner;
            }
        }
    }

    /// A log-normal number of minutes, at most so many, in seconds.
    fn minutes(&mut self, median: f64, sigma: f64, at_most: i64) -> i64 {
        whole(self.dice.log_normal(median, sigma).min(real(at_most)) * real(MINUTE)).max(1)
    }
}

fn full_deck(cast: &Cast, region: usize) -> Vec<usize> {
    let first = region * cast.partners_of(region).len();
    let partners = (first..).zip(cast.partners_of(region)).filter(|(_, partner)| partner.active);
    partners.flat_map(|(position, partner)| std::iter::repeat_n(position, partner.hand)).collect()
}

/// The leads and their offers.
pub fn tables(leads: &[Lead]) -> [DemoTable; 2] {
    let mut table = DemoTable::new(
        "leads",
        "L",
        &[
            "source",
            "campaign",
            "region",
            "product_id",
            "customer_id",
            "partner_id",
            "rep_id",
            "quality",
            "created_at",
            "qualified_at",
            "offered_at",
            "accepted_at",
            "contacted_at",
            "first_meeting_at",
            "second_meeting_at",
            "quoted_at",
            "contract_sent_at",
            "feedback_at",
            "closed_at",
            "outcome",
            "amount",
        ],
    );
    let mut offers =
        DemoTable::new("lead_offers", "F", &["lead_id", "partner_id", "offered_at", "answered_at", "answer", "level"]);
    for (position, lead) in leads.iter().enumerate() {
        for (offer, level) in lead.offers.iter().zip(1_i64..) {
            let (answered_at, answer) = offer.answered.unzip();
            let cells = cells![Parent(position), Parent(offer.partner), offer.offered_at, answered_at, answer, level];
            offers.push(cells);
        }
        table.push(lead_cells(lead));
    }
    [table, offers]
}

fn lead_cells(lead: &Lead) -> Vec<Cell> {
    cells![
        SOURCES[lead.source].0,
        lead.campaign.as_ref(),
        REGIONS[lead.region].name,
        Parent(lead.product),
        lead.customer.map(Parent),
        lead.partner().map(Parent),
        Parent(lead.rep),
        lead.quality.map(|quality| QUALITIES[quality].0),
        lead.created_at,
        lead.qualified_at,
        lead.offered_at(),
        lead.accepted_at,
        lead.contacted_at,
        lead.first_meeting_at,
        lead.second_meeting_at,
        lead.quoted_at,
        lead.contract_sent_at,
        lead.feedback_at,
        lead.closed_at,
        lead.outcome.map(Closing::name),
        lead.quoted_at.map(|_| lead.worth),
    ]
}
