//! Orders: one for every won lead, and reorders of customers.

use super::calendar::{Calendar, DAY, HOUR};
use super::cast::{Cast, FIRST_SERVICE, PRODUCTS, Product, REGIONS, SOURCES};
use super::customers::Customer;
use super::dice::{Dice, Part, real, whole};
use super::leads::{Closing, Lead};
use super::table::{DemoTable, Parent, cells};

/// The average time until a customer orders again, in days.
const ORDERS_AGAIN_AFTER: f64 = 420.0;
/// The share of the first orders that come with a service as a second line.
const WITH_SERVICE: f64 = 0.3;
const CANCELLED: f64 = 0.03;
const COMPLAINED: f64 = 0.04;
/// The share of reorders without a partner.
const WITHOUT_PARTNER: f64 = 0.15;

/// One order. Instants in UTC seconds.
#[derive(Debug)]
pub struct Order {
    pub customer: usize,
    pub partner: Option<usize>,
    pub rep: usize,
    pub region: usize,
    /// Position in [`SOURCES`].
    channel: usize,
    pub ordered_at: i64,
    pub cancelled_at: Option<i64>,
    complained_at: Option<i64>,
    pub lines: Vec<Line>,
}

/// One order line. Money in minor units.
#[derive(Debug)]
pub struct Line {
    product: usize,
    quantity: i64,
    pub amount: i64,
    cost: i64,
}

/// All orders, by time.
pub fn place(seed: u64, cast: &Cast, calendar: &Calendar, leads: &[Lead], customers: &[Customer]) -> Vec<Order> {
    let mut clerk = Clerk { cast, calendar, dice: Dice::of(seed, Part::Orders) };
    let mut orders: Vec<Order> = leads.iter().filter_map(|lead| clerk.order_of(lead)).collect();
    for (position, customer) in customers.iter().enumerate() {
        let mut earlier = customer.acquired_at;
        while let Some(order) = clerk.reorder(position, customer, earlier) {
            earlier = order.ordered_at;
            orders.push(order);
        }
    }
    orders.sort_by_key(|order| (order.ordered_at, order.customer));
    orders
}

struct Clerk<'a> {
    cast: &'a Cast,
    calendar: &'a Calendar,
    dice: Dice,
}

impl Clerk<'_> {
    fn order_of(&mut self, lead: &Lead) -> Option<Order> {
        let ordered_at = lead.closed_at.filter(|_| lead.outcome == Some(Closing::Won))?;
        let mut lines = vec![self.line(lead.product, lead.worth)];
        if self.dice.chance(WITH_SERVICE) {
            let service = self.service();
            lines.push(self.line(service, PRODUCTS[service].list_price));
        }
        Some(Order {
            customer: lead.customer?,
            partner: lead.partner(),
            rep: lead.rep,
            region: lead.region,
            channel: lead.source,
            ordered_at,
            cancelled_at: self.later(CANCELLED, ordered_at, 14),
            complained_at: self.later(COMPLAINED, ordered_at, 60),
            lines,
        })
    }

    /// The customer's next order, unless it falls after the end or they have left by then.
    fn reorder(&mut self, position: usize, customer: &Customer, earlier: i64) -> Option<Order> {
        // The logarithm of a uniform number gives an exponential waiting time.
        let waits = -ORDERS_AGAIN_AFTER * self.dice.around(0.5, 0.4999).ln();
        let day = self.calendar.day_of(earlier) + whole(waits).max(1);
        let ordered_at = self.calendar.working_hour(day, earlier, &mut self.dice);
        if ordered_at >= self.calendar.end || !customer.is_there(ordered_at) {
            return None;
        }
        let product = if self.dice.chance(0.5) {
            self.service()
        } else {
            self.cast.some_product(customer.region, &mut self.dice)
        };
        let price = real(PRODUCTS[product].list_price) * self.dice.around(0.85, 0.15);
        Some(Order {
            customer: position,
            partner: (!self.dice.chance(WITHOUT_PARTNER)).then_some(customer.partner),
            rep: self.cast.some_rep(customer.region, self.calendar.date(day), &mut self.dice),
            region: customer.region,
            channel: customer.channel,
            ordered_at,
            cancelled_at: self.later(CANCELLED, ordered_at, 14),
            complained_at: self.later(COMPLAINED, ordered_at, 60),
            lines: vec![self.line(product, whole(price / 1_000.0) * 1_000)],
        })
    }

    fn line(&mut self, product: usize, amount: i64) -> Line {
        let Product { list_price, unit_cost, .. } = PRODUCTS[product];
        let (of_list_price, cost_share) = (real(amount) / real(list_price), real(unit_cost) / real(list_price));
        let cost = whole(real(amount) * cost_share * self.dice.around(1.0, 0.06));
        Line { product, quantity: whole(of_list_price).max(1), amount, cost }
    }

    fn service(&mut self) -> usize {
        *self.dice.pick(&[FIRST_SERVICE, FIRST_SERVICE + 1, FIRST_SERVICE + 2])
    }

    /// With that probability, an instant within so many days.
    fn later(&mut self, share: f64, ordered_at: i64, days: i64) -> Option<i64> {
        let at = ordered_at + self.dice.between(HOUR, days * DAY);
        (self.dice.chance(share) && at < self.calendar.end).then_some(at)
    }
}

/// The order lines.
pub fn table(orders: &[Order]) -> DemoTable {
    let mut table = DemoTable::new(
        "orders",
        "B",
        &[
            "number",
            "customer_id",
            "partner_id",
            "rep_id",
            "product_id",
            "region",
            "channel",
            "quantity",
            "amount",
            "cost",
            "ordered_at",
            "cancelled_at",
            "complained_at",
        ],
    );
    for (order, number) in orders.iter().zip(1..) {
        let number = format!("B-{number:06}");
        for line in &order.lines {
            table.push(cells![
                &number,
                Parent(order.customer),
                order.partner.map(Parent),
                Parent(order.rep),
                Parent(line.product),
                REGIONS[order.region].name,
                SOURCES[order.channel].0,
                real(line.quantity),
                line.amount,
                line.cost,
                order.ordered_at,
                order.cancelled_at,
                order.complained_at,
            ]);
        }
    }
    table
}
