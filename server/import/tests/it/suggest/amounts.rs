//! What rows are worth: prices, totals, currencies, units, and orders that count no more.

use super::{about, flat, imported, of_text};
use crate::common::lines;

#[test]
fn lines_of_orders_are_counted_within_their_order() {
    let toml = imported(
        "orders.csv",
        b"Order number,Order date,Customer,Product,Quantity,Amount\n7,2026-11-03,Ada,Tap,1,10.50\n7,2026-11-03,Ada,Tub,2,20\n\
          8,2026-11-04,Bo,Tap,1,10.50\n",
        |store| {
            let orders = lines(store, "orders", &["key", "number", "customer.name", "product.name", "amount"]);
            assert_eq!(orders, ["7|1 | 7 | Ada | Tap | 1050", "7|2 | 7 | Ada | Tub | 2000", "8|1 | 8 | Bo | Tap | 1050"]);
        },
    );
    let key = about(&toml, "key =");
    assert!(
        key[0].starts_with("# check: no number tells lines apart") && key[0].ends_with("occurrence = true }"),
        "{key:?}"
    );
}

#[test]
fn only_amounts_in_the_currency_of_the_home_count_where_there_are_several() {
    let file = "Deal - ID,Deal - Title,Deal - Value,Deal - Currency,Deal - Status,Deal - Deal created\n\
                1,A,100,EUR,Won,2026-11-03\n2,B,200,USD,Lost,2026-11-04\n";
    let toml = imported("deals.csv", file.as_bytes(), |store| {
        assert_eq!(lines(store, "opportunities", &["key", "amount"]), ["1 | 10000", "2 | –"]);
    });
    assert!(
        toml.contains("amount = { from = \"Deal - Value\", when = { column = \"Deal - Currency\", in = [\"EUR\"] } }")
    );
    let toml = of_text("deals.csv", &file.replace("EUR", "USD"));
    assert_eq!(about(&toml, "currency =").len(), 1, "{toml}");
    assert!(
        flat(&toml).contains(
            "check: “Deal - Currency” names USD alone, in 2 of 2 rows, and the home's currency is EUR: nothing is converted, \
             and the figures will be shown as amounts in EUR. If all of the company's amounts are in USD, say so in \
             pegel.toml: currency = \"USD\"\ncurrency = \"USD\""
        ),
        "{toml}"
    );
}

#[test]
fn the_price_of_a_piece_is_no_amount_of_a_line() {
    let orders = |head: &str, last: [&str; 3]| {
        let [a, b, c] = last;
        of_text(
            "orders.csv",
            &format!(
                "Order number,Line,Order date,Product,{head}\n7,1,2026-11-03,Tap,{a}\n7,2,2026-11-03,Tub,{b}\n8,1,2026-11-04,Tap,{c}\n"
            ),
        )
    };
    // Where the line has its amount, it is taken, whatever it is called.
    let toml = orders("Quantity,Price,Sum of it", ["1,10.50,10.50", "2,20,40", "3,10.50,31.50"]);
    assert!(toml.contains("in 3 rows it is “Price” times the quantity\namount = \"Sum of it\""), "{toml}");
    assert!(!about(&toml, "amount =")[0].contains("check"), "{toml}");
    let toml = orders("Quantity,Unit Price", ["1,10.50", "2,20", "3,10.50"]);
    assert!(
        about(&toml, "amount =")[0].ends_with("amount = { from = \"Unit Price\", times = \"Quantity\" }"),
        "{toml}"
    );
    assert!(toml.contains("# check: 3 of 3 values read as numbers; taken for the price of a piece"), "{toml}");
}

#[test]
fn the_total_of_an_order_counts_once() {
    let lines =
        |order: usize| (1..=2).map(move |line| format!("S{order},2026-11-0{order},P{line},{line},{}\n", order * 100));
    let rows: String = (1..=4).flat_map(lines).collect();
    let toml = imported(
        "orders.csv",
        format!("Order ID,Order Date,Product,Quantity,Order Total\n{rows}").as_bytes(),
        |store| {
            let orders = lines_of(store, &["key", "number", "quantity", "amount"]);
            assert_eq!(
                orders,
                ["S1 | S1 | – | 10000", "S2 | S2 | – | 20000", "S3 | S3 | – | 30000", "S4 | S4 | – | 40000"]
            );
        },
    );
    assert!(
        about(&toml, "key =")[0].contains("key = \"Order ID\"") && toml.contains("# check: one row for each order"),
        "{toml}"
    );
    assert!(toml.contains("# check: 8 of 8 values read as numbers; it is the same in all lines of an order"), "{toml}");
}

fn lines_of(store: &pegel_store::Store, columns: &[&str]) -> Vec<String> {
    lines(store, "orders", columns)
}

#[test]
fn orders_that_were_cancelled_some_day_are_left_out() {
    let file = "Order number,Order date,Amount,State of it\n1,2026-11-02,5,Shipped\n2,2026-11-03,7,Cancelled\n";
    let toml = imported("orders.csv", file.as_bytes(), |store| assert_eq!(lines(store, "orders", &["key"]), ["1"]));
    assert!(about(&toml, "when =")[0].ends_with("not_in = [\"Cancelled\"] }"), "{toml}");
    assert!(toml.contains("# check: 1 of 2 rows are left out: by “State of it” they were cancelled"), "{toml}");
}

#[test]
fn amounts_in_several_currencies_are_said() {
    let leads = |last: &str| {
        of_text(
            "leads.csv",
            &format!(
                "Lead ID,Created,Status,Amount\n1,2026-11-02,Won,€5\n2,2026-11-03,Won,£7\n3,2026-11-03,Won,{last}\n"
            ),
        )
    };
    assert!(
        leads("$8")
            .contains("# check: of 3 amounts, some are marked as 1 in EUR, 1 in GBP, 1 in USD: several currencies")
    );
    let toml = of_text("leads.csv", "Lead ID,Created,Status,Value (USD)\n1,2026-11-02,Won,5\n");
    assert!(about(&toml, "currency =")[0].contains("currency = \"USD\""), "{toml}");
    assert!(toml.contains("amount 5.00 USD"), "{toml}");
}

#[test]
fn a_column_of_currencies_is_known_by_what_is_in_it() {
    let deals = |heading: &str, [a, b, c]: [&str; 3]| {
        format!(
            "Deal ID,Stage,{heading},Amount,Close Date,Create Date\n1,Won,{a},100,2026-11-13,2026-10-13\n\
             2,Lost,{b},200,2026-11-14,2026-10-14\n3,Won,{c},400,2026-11-14,2026-10-14\n"
        )
    };
    let headings = ["Amount Currency", "Curr.", "Whg.", "Währungsschlüssel", "Belegwährung", "ISO", "In which"];
    let words = [["EUR", "USD", "GBP"], ["€", "$", "£"], ["Euro", "US Dollar", "zł"], ["EUR - Euro", "USD", "CHF"]];
    for (heading, [a, b, c]) in headings.into_iter().zip(words.into_iter().cycle()) {
        let toml = imported("deals.csv", deals(heading, [a, b, c]).as_bytes(), |store| {
            assert_eq!(lines(store, "opportunities", &["key", "amount"]), ["1 | 10000", "2 | –", "3 | –"]);
        });
        let rule = format!("amount = {{ from = \"Amount\", when = {{ column = \"{heading}\", in = [\"{a}\"] }} }}");
        assert!(toml.contains(&rule), "{toml}");
        let why = format!("“{heading}” names 3 currencies; only the 1 amounts in EUR count");
        assert!(flat(&toml).contains(&why), "{toml}");
    }
    // What is among the codes and is a word as well tells nothing by itself.
    let toml = of_text("deals.csv", &deals("Priority", ["TOP", "ALL", "TOP"]));
    assert!(!toml.contains("currenc"), "{toml}");
    // A price times a quantity is in a currency as well.
    let toml = of_text(
        "orders.csv",
        "Order number,Order date,Quantity,Unit price,Curr.\n1,2026-11-03,2,5,EUR\n2,2026-11-03,1,7,USD\n",
    );
    assert!(toml.contains("times = \"Quantity\", when = { column = \"Curr.\", in = [\"EUR\"] } }"), "{toml}");
    // Where two columns say different things, the one of the amount counts, or it is said.
    let two = |one: &str| of_text("deals.csv", &deals(&format!("{one},Currency"), ["USD,EUR", "EUR,EUR", "EUR,EUR"]));
    assert!(two("Amount Currency").contains("column = \"Amount Currency\""));
    assert!(flat(&two("In which")).contains("another column names others"), "{}", two("In which"));
}

#[test]
fn units_in_headings_multiply() {
    let orders = |heading: &str| {
        let file = format!("Auftragsnr;Auftragsdatum;Kunde;{heading}\n1;02.10.2026;A;12,5\n2;23.10.2026;B;7\n");
        imported("auftraege.csv", file.as_bytes(), |store| {
            assert!(!lines(store, "orders", &["amount"]).is_empty());
        })
    };
    for (heading, scale) in [
        ("Umsatz (T€)", "1000"),
        ("Umsatz in TEUR", "1000"),
        ("Umsatz (Tsd. €)", "1000"),
        ("Umsatz [Mio €]", "1000000"),
        ("Betrag (Cent)", "0.01"),
    ] {
        let rule = format!("amount = {{ from = \"{heading}\", scale = \"{scale}\" }}");
        let toml = orders(heading);
        assert!(toml.contains(&rule) && about(&toml, "amount =")[0].contains("check"), "{heading}: {toml}");
    }
    assert!(orders("Umsatz (EUR)").contains("\namount = \"Umsatz (EUR)\""));
}

#[test]
fn orders_that_were_taken_back_are_left_out_or_said() {
    let orders = |last: &str, cells: [&str; 3]| {
        let [one, two, three] = cells;
        of_text(
            "orders.csv",
            &format!(
                "Order ID,Order Date,Customer,Amount,{last}\n1,2026-10-02,A,5,{one}\n2,2026-10-03,B,5,{two}\n3,2026-10-23,C,5,{three}\n"
            ),
        )
    };
    let cancelled = orders("Cancelled", ["no", "yes", "no"]);
    assert!(cancelled.contains("when = { column = \"Cancelled\", not_in = [\"yes\"] }"), "{cancelled}");
    let credits = orders("Type", ["Sale", "Return", "Sale"]);
    assert!(credits.contains("by “Type”, 1 of 3 rows take back orders"), "{credits}");
}
