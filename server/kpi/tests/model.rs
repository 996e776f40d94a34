//! The model is a value: a script over a table that is made up here loads where that table is, and nowhere else.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::data::model::Model;
use pegel_kpi::reference::Reference;
use pegel_kpi::script::{Environment, Language};
use std::sync::Arc;

const INVOICES: &str = r#"
row = "A bill, sent to a customer."
columns = [
    { name = "customer_id", refers_to = "customers" },
    { name = "sent_on", kind = "date", holds = "the day on which it went out" },
    { name = "paid_on", kind = "date" },
    { name = "amount", kind = "money" },
]
"#;

const OPEN: &str = r#"
kpi(#{
    id: "open_invoices", title: #{ en: "Open invoices", de: "Offene Rechnungen" },
    description: #{ en: "Sent and not paid.", de: "Verschickt und nicht bezahlt." }, unit: "money", better: "lower",
});

fn measures(data) {
    let sent = data.invoices.dated(|i| i.sent_on);
    #{
        open: sent.filter(|i| i.paid_on.is_missing()).sum(|i| i.amount),
        late: data.customers.all().filter(|c| c.invoices.filter(|i| i.paid_on.is_missing()).exists()).count(),
    }
}

fn value(m) { m.open }

fn tests() {
    [
        #{
            name: "by the region of the customer",
            period: "2026-11",
            by: "region",
            customers: [ #{ name: "Ada", region: "North" }, #{ name: "Bob", region: "South" } ],
            invoices: [
                #{ customer: "Ada", sent_on: "2026-11-02", amount: 100 },
                #{ customer: "Ada", sent_on: "2026-11-03", amount: 50, paid_on: "2026-11-20" },
                #{ customer: "Bob", sent_on: "2026-11-04", amount: 7 },
                #{ customer: "Bob", sent_on: "2026-12-01", amount: 9 },
            ],
            expect: #{ North: 100, South: 7 },
        },
    ]
}
"#;

fn with_invoices() -> Arc<Language> {
    let model = Model::with(&[("invoices", INVOICES)], "").unwrap();
    Arc::new(Language::within(Environment { model, ..Environment::default() }).unwrap())
}

#[test]
fn a_script_about_a_table_of_ones_own_loads_and_its_tests_pass() {
    let tested = with_invoices().test("open_invoices.rhai", OPEN, &|_| true).unwrap_or_else(|wrong| panic!("{wrong}"));
    let outcomes: Vec<_> = tested.results.iter().map(|test| test.outcome.clone()).collect();
    assert_eq!(outcomes, [Ok(())]);
    assert!(tested.measures.iter().all(|(.., counted)| *counted), "{:?}", tested.measures);
}

#[test]
fn where_the_table_is_not_the_script_does_not_load() {
    let wrong = Arc::new(Language::new()).load("open_invoices.rhai", OPEN).unwrap_err();
    assert_eq!(wrong.message, "there is no table “invoices”");
}

#[test]
fn the_reference_describes_the_tables_of_the_language() {
    let page = Reference::of(&with_invoices()).markdown();
    let part = page.split("### data.invoices\n\n").nth(1).unwrap();
    insta::assert_snapshot!(part.split("\n\n").take(2).collect::<Vec<_>>().join("\n\n"), @r"
    A bill, sent to a customer.

    | Column | Kind |  |
    | --- | --- | --- |
    | `sent_on` | date | the day on which it went out |
    | `paid_on` | date |  |
    | `amount` | money |  |
    | `customer` | a row of `customers` |  |
    ");
    let customers = page.split("### data.customers\n").nth(1).unwrap();
    let related = customers.lines().find(|line| line.starts_with("Related rows: ")).unwrap();
    assert!(related.ends_with(", `invoices`."), "{related}");
}

const DELIVERED: &str = r#"
[[attributes]]
name = "delivered_at"
kind = "instant"
holds = "when the customer had it"

[[attributes]]
name = "discount"
kind = "money"

[[attributes]]
name = "parcels"
kind = "number"

[[attributes]]
name = "gift"
kind = "boolean"

[[attributes]]
name = "promised_on"
kind = "date"
"#;

fn with_attributes() -> Arc<Language> {
    let dimension = |name: &str| format!("[{name}]\norders = [\"attributes.{name}\"]\n");
    let dimensions = ["carrier", "gift", "parcels"].map(dimension).concat();
    Arc::new(Language::about(Model::with(&[("orders", DELIVERED)], &dimensions).unwrap()))
}

/// A KPI with this measure, and its tests.
fn over_orders(unit: &str, measure: &str, tests: &str) -> String {
    format!(
        "kpi(#{{ id: \"k\", title: #{{ en: \"K\" }}, description: #{{ en: \"K.\" }}, unit: \"{unit}\", better: \"lower\" }});\n\
         fn measures(data) {{ let o = data.orders.dated(|o| o.ordered_at); #{{ m: {measure} }} }}\nfn value(m) {{ m.m }}\n\
         fn tests() {{ {tests} }}"
    )
}

#[test]
fn attributes_are_calculated_with_in_their_units() {
    let orders = r#"[
        #{ ordered_at: "2026-11-02T08:00", attributes: #{ delivered_at: "2026-11-02T10:00", discount: 2.5, parcels: 2,
           promised_on: "2026-11-04", carrier: "Post", gift: false } },
        #{ ordered_at: "2026-11-02T08:00", attributes: #{ delivered_at: "2026-11-02T12:00", discount: 1, parcels: 1, gift: true } },
        #{ ordered_at: "2026-11-02T08:00" },
    ]"#;
    let test =
        |expect: &str, by: &str| format!("[ #{{ period: \"2026-W45\", {by} orders: {orders}, expect: {expect} }} ]");
    for (unit, measure, tests) in [
        ("duration", r#"o.mean(|o| o.attr("delivered_at") - o.ordered_at)"#, test("10800", "")),
        ("money", r#"o.sum(|o| o.attr("discount"))"#, test("3.5", "")),
        ("number", r#"o.sum(|o| o.attr("parcels") * 2)"#, test("6", "")),
        ("count", r#"o.filter(|o| o.attr("promised_on") > date("2026-11-03")).count()"#, test("1", "")),
        ("count", r#"data.orders.dated(|o| o.attr("delivered_at")).count()"#, test("2", "")),
        ("money", r#"o.sum(|o| o.attr("discount"))"#, test("#{ Post: 2.5, \"(none)\": 1 }", "by: \"carrier\",")),
        ("count", r#"o.filter(|o| o.attr("carrier") == "Post").count()"#, test("1", "")),
        // What a number, or yes or no, is broken down by is how it is written.
        ("count", "o.count()", test("#{ \"true\": 1, \"false\": 1, \"(none)\": 1 }", "by: \"gift\",")),
        ("count", "o.count()", test("#{ \"1\": 1, \"2\": 1, \"(none)\": 1 }", "by: \"parcels\",")),
        ("count", r#"o.filter(|o| o.attr("gift")).count()"#, test("#{ \"1\": 1 }", "by: \"parcels\",")),
    ] {
        let script = over_orders(unit, measure, &tests);
        let tested = with_attributes().test("k.rhai", &script, &|_| true).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(tested.results[0].outcome, Ok(()), "{measure}");
    }
}

#[test]
fn an_attribute_of_the_wrong_kind_is_an_error_with_a_hint_as_a_column_is() {
    let said = |unit: &str, measure: &str| {
        let wrong = with_attributes().load("k.rhai", &over_orders(unit, measure, "[]")).unwrap_err();
        format!("{}; {}", wrong.message, wrong.hint.unwrap_or_default())
    };
    let all = [
        said("duration", r#"o.mean(|o| o.attr("discount") - o.ordered_at)"#),
        said("money", r#"o.mean(|o| o.attr("delivered_at") - o.ordered_at)"#),
        said("duration", r#"o.mean(|o| o.attr("promised_on") - o.ordered_at)"#),
        said("duration", r#"o.mean(|o| o.attr("delivred_at") - o.ordered_at)"#),
        said("count", r#"o.filter(|o| o.attr("carrier") > 5).count()"#),
        said("count", r#"data.orders.dated(|o| o.attr("discount")).count()"#),
        said("count", r#"data.orders.dated(|o| o.attr("sent_at")).count()"#),
        said("money", r#"o.sum(|o| o.attr("rebate"))"#),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    an amount of money cannot be calculated with an instant; both sides must be of kinds that fit
    the unit is money, but no measure is an amount of money; sum or average an amount, or choose another unit
    a date cannot be calculated with an instant; both sides must be of kinds that fit
    a text cannot be calculated with an instant; did you mean “delivered_at”? attr("delivred_at") is a text, as no file says otherwise
    a text cannot be compared with a number; attr("carrier") is a text, as no file says otherwise: declare its kind in config/tables/orders.toml
    rows are dated by a column with a date or an instant, not by an amount of money; give the column itself, such as |l| l.created_at
    rows are dated by a column with a date or an instant, not by a text; attr("sent_at") is a text, as no file says otherwise: declare its kind in config/tables/orders.toml
    sum cannot be taken of a text; attr("rebate") is a text, as no file says otherwise: declare its kind in config/tables/orders.toml
    "#);
}

#[test]
fn what_attributes_tell_of_later_instants_makes_figures_change() {
    let known_later = |measure: &str| {
        let kpis = with_attributes().load("k.rhai", &over_orders("count", measure, "[]")).unwrap();
        kpis[0].known_later().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(known_later(r#"o.filter(|o| o.attr("delivered_at").is_set()).count()"#), ["attr(\"delivered_at\")"]);
    assert!(known_later(r#"o.filter(|o| o.attr("discount") > 3).count()"#).is_empty());
}

#[test]
fn the_reference_lists_attributes_that_are_declared() {
    let page = Reference::of(&with_attributes()).markdown();
    let orders = page.split("### data.orders\n\n").nth(1).unwrap();
    assert!(orders.contains("| `attr(\"delivered_at\")` | instant | when the customer had it |"), "{orders}");
    assert!(page.contains("| `carrier` | `orders` |"));
}

#[test]
fn what_helps_to_write_tests_is_not_to_be_tested_itself() {
    let script = r#"
kpi(#{ id: "won", title: #{ en: "Won" }, description: #{ en: "Deals won." }, unit: "count", better: "higher" });

fn measures(data) { #{ won: data.opportunities.dated(|o| o.closed_at).filter(|o| o.outcome == "won").count() } }

fn value(m) {
    if m.won > 100 { return capped(m.won); }
    m.won
}

fn capped(n) { 100 }

fn closed(outcome) { #{ created_at: "2026-11-02", closed_at: "2026-11-03", outcome: outcome } }

fn tests() { [#{ name: "two", period: "2026-W45", opportunities: [closed("won"), closed("won"), closed("lost")], expect: 2 }] }
"#;
    let tested =
        Arc::new(Language::new()).test("won.rhai", script, &|_| true).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(tested.results[0].outcome, Ok(()));
    let lines = |wanted: bool| -> Vec<usize> {
        tested.blocks.iter().filter(|(_, reached)| *reached == wanted).map(|(block, _)| block.line).collect()
    };
    assert_eq!((lines(true), lines(false)), (vec![4, 6], vec![7, 11]));
}
