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
    let model = Model::with(&[("invoices", INVOICES)]).unwrap();
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
