//! What a line of an order costs: its amount, or the price of a piece and how many there are. The total of an order that
//! stands in each of its lines is none.

use super::headings::is_among;
use super::making::Making;
use super::numbers;
use super::sample::Column;
use super::toml::quoted;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// So many rows must agree, to call it more than a chance.
const ENOUGH: usize = 3;

impl Making<'_> {
    /// An amount with tax, where none is without.
    pub fn gross_amount(&mut self) {
        if self.kind_of("amount").is_none() || self.is_planned("amount") || self.held("amount").is_some() {
            return;
        }
        let columns = self.seen.sample.columns.iter().enumerate();
        let is_gross = |(at, column): &(usize, &Column)| {
            !column.twice && self.is_number(*at) && is_among(&column.heading, &self.seen.headings.gross)
        };
        let Some((at, column)) = columns.into_iter().find(is_gross) else { return };
        let why = "amounts with tax, and no column has them without: revenue is usually counted without".to_owned();
        self.push("amount", quoted(&column.heading), vec![at], Some(why), false);
    }

    /// The amount of tables whose rows have a quantity.
    pub fn amount_of_lines(&mut self) {
        if self.kind_of("quantity").is_none() || self.kind_of("amount").is_none() {
            return;
        }
        let quantity = self.held("quantity").map(|held| held.at);
        let price = self.unit_price();
        let held = self.held("amount").map(|held| held.at);
        let product = quantity.and_then(|quantity| self.product(quantity, [price, held]));
        if let Some((at, price, rows)) = product {
            let why = format!("in {rows} rows it is “{}” times the quantity", self.column(price).heading);
            return self.push("amount", quoted(&self.column(at).heading), vec![at], Some(why), true);
        }
        let total = held.filter(|held| self.is_of_whole_order(*held));
        match (price, quantity, total) {
            (Some(price), Some(quantity), _) if held.is_none() || total.is_some() => {
                let [price_is, quantity_is] = [price, quantity].map(|at| quoted(&self.column(at).heading));
                let rule = format!("{{ from = {price_is}, times = {quantity_is} }}");
                let why = match total {
                    None => "taken for the price of a piece: if it is that of the line, leave `times` out".to_owned(),
                    Some(total) => format!(
                        "“{}” is the same in all lines of an order, so it is the order’s and would count once for each",
                        self.column(total).heading
                    ),
                };
                self.push("amount", rule, vec![price], Some(why), false);
            }
            (_, _, Some(total)) => {
                let heading = &self.column(total).heading;
                let why = "it is the same in all lines of an order, so it is that of the whole order: of the lines only \
                           one is kept, as the key says";
                self.push("amount", quoted(heading), vec![total], Some(why.to_owned()), false);
                self.plan.is_of_orders = true;
            }
            (Some(price), None, None) if held.is_none() => {
                let why = "this may be the price of one piece, and nothing says how many there are".to_owned();
                self.push("amount", quoted(&self.column(price).heading), vec![price], Some(why), false);
            }
            _ => {}
        }
    }

    /// Whether a row stands for a whole order, so that what only a line has is left out.
    pub fn is_of_line(&self, column: &str) -> bool {
        self.plan.is_of_orders && matches!(column, "quantity" | "product_id" | "cost")
    }

    fn unit_price(&self) -> Option<usize> {
        let columns = self.seen.sample.columns.iter().enumerate();
        let fits = |(at, column): &(usize, &super::sample::Column)| {
            !column.twice && self.is_number(*at) && is_among(&column.heading, &self.seen.headings.unit_prices)
        };
        columns.into_iter().find(fits).map(|(at, _)| at)
    }

    fn is_number(&self, at: usize) -> bool {
        let contents = self.contents(at);
        contents.filled > 0 && contents.numbers == contents.filled && !contents.are_dates()
    }

    fn number(&self, at: usize, row: usize) -> Option<Decimal> {
        numbers::value(&self.column(at).cells[row], self.seen.mark.before_decimals)
    }

    /// The column that is a price times the quantity in all rows, with that price, and in how many.
    fn product(&self, quantity: usize, prices: [Option<usize>; 2]) -> Option<(usize, usize, usize)> {
        let columns = 0..self.seen.sample.columns.len();
        let pairs = prices.into_iter().flatten().flat_map(|price| columns.clone().map(move |at| (at, price)));
        let mut pairs = pairs
            .filter(|(at, price)| at != price && *at != quantity && self.is_number(*at) && !self.column(*at).twice);
        pairs.find_map(|(at, price)| Some((at, price, self.rows_of_product(at, price, quantity)?)))
    }

    fn rows_of_product(&self, at: usize, price: usize, quantity: usize) -> Option<usize> {
        let (mut rows, mut telling) = (0, 0);
        for row in 0..self.seen.sample.rows {
            let numbers = (self.number(at, row), self.number(price, row), self.number(quantity, row));
            let (Some(amount), Some(price), Some(count)) = numbers else { continue };
            let rounded = Decimal::new(6, 3) * count.abs().max(Decimal::ONE);
            if (price.checked_mul(count)? - amount).abs() > rounded {
                return None;
            }
            rows += 1;
            telling += usize::from(count != Decimal::ONE && price != Decimal::ZERO);
        }
        (rows >= ENOUGH && telling > 0).then_some(rows)
    }

    /// Whether an amount is the same in all lines of each order.
    fn is_of_whole_order(&self, at: usize) -> bool {
        let Some(number) = self.held("number").or_else(|| self.held("key")) else { return false };
        let mut orders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (number, amount) in self.column(number.at).cells.iter().zip(&self.column(at).cells) {
            orders.entry(number).or_default().push(amount);
        }
        let several = orders.iter().filter(|(number, amounts)| !number.is_empty() && amounts.len() > 1);
        let (same, all) = several.fold((0, 0), |(same, all), (_, amounts)| {
            let is_same = !amounts[0].is_empty() && amounts.iter().all(|amount| *amount == amounts[0]);
            (same + usize::from(is_same), all + 1)
        });
        all >= ENOUGH && same * 20 >= all * 19
    }
}
