//! A home's own tables, attributes and dimensions from the file to the mail.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Said, TestHome};
use std::path::Path;

/// Switches an example on, as its head says.
fn with_example(home: &TestHome, name: &str, kpi: &str) {
    for (from, to) in [
        (format!("{name}.toml"), format!("config/tables/{name}.toml")),
        (format!("{name}.import.toml"), format!("config/imports/{name}.toml")),
        (format!("{name}.rhai"), format!("kpis/{name}/{kpi}.rhai")),
    ] {
        let text = std::fs::read_to_string(home.path().join("config/tables/examples").join(from)).unwrap();
        home.write(&to, &text);
    }
}

fn within(home: &TestHome, path: &str) -> String {
    home.path().join(path).display().to_string()
}

fn import(home: &TestHome, text: &str, map: &str) -> Said {
    let file = home.write("data.csv", text);
    home.run(&["import", file.to_str().unwrap(), "--map", map])
}

fn on_both(test: impl Fn(&TestHome)) {
    test(&TestHome::new());
    test(&TestHome::on_postgres());
}

const QUOTES: &str = "Number,Version,Lead,Customer,Partner,Rep,Net,Discount %,Sent,Valid until,Answered,Status
Q1,1,,Ada,GTX,Eve,1000.50,10,2026-11-10 09:00,2026-12-10,2026-11-12 10:00,Accepted
Q2,1,,Ada,GTX,Eve,500,,2026-11-10 10:00,2026-12-10,,Sent
Q2,2,,Ada,GTX,Eve,450,5,2026-11-11 10:00,2026-12-10,2026-11-17 10:00,Accepted
Q3,1,,Bob,Muster,Jan,700,0,2026-11-12 11:00,2026-12-12,2026-11-13 08:00,Declined
Q4,1,,Bob,Muster,Jan,700,0,2026-11-13 11:00,2026-12-12,2026-11-16 08:00,Declined
";

#[test]
fn the_example_of_quotes_works_from_the_file_to_the_rows() {
    on_both(|home| {
        with_example(home, "quotes", "quote_acceptance");
        let value = ["kpi", "value", "quote_acceptance", "--period", "2026-W46"];
        home.run(&value).failed(3, &["lacks", "table quotes", "pegel migrate"]);
        assert_eq!(home.run(&["migrate"]).succeeded().out, "table quotes\n");
        let tested = home.run(&["kpi", "test", &within(home, "kpis/quotes")]);
        assert!(tested.status == 0 && tested.out.contains('3'), "{tested:?}");
        assert!(import(home, QUOTES, "quotes").succeeded().out.starts_with("5 new"));
        assert!(import(home, QUOTES, "quotes").succeeded().out.starts_with("0 new, 0 changed"));
        let said = home.run(&value).succeeded().out;
        assert!(said.starts_with("40.0%\t2 of 5"), "{said}");
        let by = home.run(&[&value[..], &["--by", "partner"]].concat()).succeeded().out;
        let lines: Vec<&str> = by.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(lines, ["GTX", "Muster"]);
        let rows = home.run(&["kpi", "rows", "quote_acceptance", "--period", "2026-W46", "--where", "partner=GTX"]);
        let rows = rows.succeeded().out;
        assert!(rows.contains("Q1|1") && rows.contains("Q2|2") && !rows.contains("Q3"), "{rows}");
        // As it stood when the second answer had not come.
        let earlier = home.run(&[&value[..], &["--as-of", "2026-11-15T00:00:00Z"]].concat()).succeeded().out;
        assert!(earlier.starts_with("20.0%\t1 of 5"), "{earlier}");
        let reference = home.run(&["kpi", "reference"]).succeeded().out;
        assert!(reference.contains("### data.quotes") && reference.contains("A quote, as it went out"), "reference");
    });
}

#[test]
fn the_example_of_support_cases_works_with_its_dimension() {
    on_both(|home| {
        with_example(home, "support_cases", "solution_time");
        home.write(
            "config/dimensions.toml",
            "[priority]\ntitle = { en = \"Priority\", de = \"Priorität\" }\nsupport_cases = [\"priority\"]\n",
        );
        home.run(&["migrate"]).succeeded();
        let tested = home.run(&["kpi", "test", &within(home, "kpis/support_cases")]);
        assert!(tested.status == 0, "{tested:?}");
        let cases = "Case,Customer,Product,Agent,Channel,Type,Priority,Opened,First answer,Solved,Score
1,Ada,Pumpe,Eve,Phone,Fault,High,2026-11-10 09:00,2026-11-10 09:30,2026-11-10 10:00,5
2,Ada,Pumpe,Eve,Phone,Fault,High,2026-11-10 09:00,2026-11-10 09:30,2026-11-10 11:00,4
3,Bob,Dach,Eve,Mail,Question,Low,2026-11-11 09:00,2026-11-11 09:30,2026-11-12 09:00,
4,Bob,Dach,Eve,Mail,Question,Low,2026-11-11 09:00,,,
";
        import(home, cases, "support_cases").succeeded();
        let priorities = home.cells(&["solution_time", "--period", "2026-W46", "--by", "priority"]);
        let shown: Vec<String> = priorities.iter().map(|cell| cell["group"]["priority"].to_string()).collect();
        assert_eq!(shown, ["\"high\"", "\"low\""]);
        let kinds = home.cells(&["solution_time", "--period", "2026-W46", "--by", "kind"]);
        assert_eq!(kinds.len(), 2);
        home.run(&["kpi", "value", "solution_time", "--period", "2026-W46", "--by", "priorty"])
            .failed(2, &["“priorty” is not a dimension; did you mean “priority”?"]);
    });
}

const DELIVERY: &str = r#"kpi(#{
    id: "delivery_time", title: #{ en: "Delivery time", de: "Lieferzeit" },
    description: #{ en: "From order to delivery.", de: "Von der Bestellung bis zur Lieferung." },
    unit: "duration", better: "lower", settles_after: "30d",
});
fn measures(data) {
    let ordered = data.orders.dated(|o| o.ordered_at);
    #{ time: ordered.mean(|o| o.attr("delivered_at") - o.ordered_at) }
}
fn value(m) { m.time }
"#;

const GIVEN_AWAY: &str = r#"kpi(#{
    id: "given_away", title: #{ en: "Given away", de: "Nachlass" },
    description: #{ en: "Discounts of orders.", de: "Nachlässe." }, unit: "money", better: "lower",
});
fn measures(data) { #{ away: data.orders.dated(|o| o.ordered_at).sum(|o| o.attr("discount")) } }
fn value(m) { m.away }
"#;

const ATTRIBUTES: &str = r#"
[[attributes]]
name = "delivered_at"
kind = "instant"
holds = "when the customer had it"

[[attributes]]
name = "discount"
kind = "money"
"#;

#[test]
fn attributes_are_read_with_their_kind_and_calculated_with() {
    on_both(|home| {
        home.write("kpis/delivery_time.rhai", DELIVERY);
        home.run(&["kpi", "check", &within(home, "kpis/delivery_time.rhai")]).failed(
            1,
            &["a text cannot be calculated with an instant", "declare its kind in config/tables/orders.toml"],
        );
        home.write("config/tables/orders.toml", ATTRIBUTES);
        home.write("kpis/given_away.rhai", GIVEN_AWAY);
        home.write(
            "config/dimensions.toml",
            "[carrier]\ntitle = { en = \"Carrier\" }\norders = [\"attributes.carrier\"]\n",
        );
        home.run(&["kpi", "check"]).succeeded();
        home.write(
            "config/imports/shop.toml",
            "[source]\nzone = \"UTC\"\ndecimal = \"comma\"\ndelimiter = \";\"\ndates = [\"%d.%m.%Y %H:%M\"]\n[[tables]]\n\
             table = \"orders\"\nkey = \"id\"\n[tables.columns]\nordered_at = \"ordered\"\n[tables.attributes]\n\
             delivered_at = \"delivered\"\ndiscount = \"discount\"\ncarrier = \"carrier\"\n",
        );
        let orders = "id;ordered;delivered;discount;carrier\n1;10.11.2026 08:00;10.11.2026 10:00;1.000,50;Post\n\
                      2;10.11.2026 08:00;17.11.2026 08:00;;Bike\n3;10.11.2026 08:00;;0,25;\n";
        import(home, orders, "shop").succeeded();
        assert!(import(home, orders, "shop").succeeded().out.starts_with("0 new, 0 changed, 3 unchanged"));
        import(home, "id;ordered;delivered;discount;carrier\n4;10.11.2026 08:00;soon;;\n", "shop")
            .failed(1, &["delivered “soon”", "is not a date"]);
        let value = |arguments: &[&str]| {
            let cells = home.cells(&[arguments, &["--period", "2026-W46"]].concat());
            cells.iter().map(|cell| cell["value"].to_string()).collect::<Vec<_>>()
        };
        // Two hours, and seven days.
        assert_eq!(value(&["delivery_time"]), ["306000.0"]);
        assert_eq!(value(&["given_away"]), ["1000.75"]);
        assert_eq!(value(&["delivery_time", "--where", "carrier=Post"]), ["7200.0"]);
        // The second had not come.
        assert_eq!(value(&["delivery_time", "--as-of", "2026-11-16T00:00:00Z"]), ["7200.0"]);
        // The discount is known since the order is.
        assert_eq!(value(&["given_away", "--as-of", "2026-11-16T00:00:00Z"]), ["1000.75"]);
    });
}

#[test]
fn what_was_imported_as_another_kind_is_missing_until_it_is_imported_again() {
    on_both(|home| {
        let declared = |kind: &str| {
            home.write("config/tables/orders.toml", &format!("[[attributes]]\nname = \"worth\"\nkind = \"{kind}\"\n"));
        };
        let kpi = |unit: &str, measured: &str| {
            let script = GIVEN_AWAY.replace("\"money\"", &format!("\"{unit}\""));
            home.write("kpis/given_away.rhai", &script.replace("sum(|o| o.attr(\"discount\"))", measured));
        };
        home.write(
            "config/imports/shop.toml",
            "[[tables]]\ntable = \"orders\"\nkey = \"id\"\n[tables.columns]\nordered_at = \"ordered\"\n\
             [tables.attributes]\nworth = \"worth\"\n",
        );
        let value = || home.cells(&["given_away", "--period", "2026-W46"])[0]["value"].to_string();
        let (sum, set) = ("sum(|o| o.attr(\"worth\"))", "filter(|o| o.attr(\"worth\").is_set()).count()");
        let kinds =
            [("number", "count", sum), ("money", "money", sum), ("date", "count", set), ("instant", "count", set)];
        for (worth, (kind, unit, measured)) in ["100", "100", "2026-11-01", "2026-11-01"].into_iter().zip(kinds) {
            declared(kind);
            kpi(unit, measured);
            let nothing = if measured == sum { "null" } else { "0.0" };
            assert_eq!(value(), if kind == "number" { "null" } else { nothing }, "{kind}");
            import(home, &format!("id,ordered,worth\n1,2026-11-10,{worth}\n"), "shop").succeeded();
            assert_eq!(value(), if measured == sum { "100.0" } else { "1.0" }, "{kind}");
        }
    });
}

#[test]
fn a_report_breaks_down_by_a_dimension_of_the_home_and_calls_it_by_its_title() {
    let home = TestHome::new();
    home.write(
        "config/dimensions.toml",
        "[quality]\ntitle = { en = \"Quality\", de = \"Güte\" }\nleads = [\"quality\"]\n",
    );
    let out = home.path().join("out");
    let report = |dimension: &str| {
        let text = format!(
            "title = {{ en = \"Small\" }}\nlocale = \"de-DE\"\nzone = \"UTC\"\n[[sections]]\ntitle = {{ en = \"A\" }}\n\
             [[sections.kpis]]\nid = \"leads\"\nbreakdowns = [\"{dimension}\"]\n"
        );
        home.write("config/reports/small.toml", &text);
        home.run(&["report", "run", "small", "--period", "2026-W46", "--out", out.to_str().unwrap()])
    };
    home.write(
        "config/imports/crm.toml",
        "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\ncreated_at = \"created\"\nquality = \"quality\"\n",
    );
    import(&home, "id,created,quality\n1,2026-11-10,hot\n2,2026-11-11,cold\n", "crm").succeeded();
    report("qualty").failed(2, &["small.toml:", "“qualty” is not a dimension; did you mean “quality”?"]);
    report("quality").succeeded();
    let mail = std::fs::read_to_string(out.join("mail.txt")).unwrap();
    assert!(mail.contains("Güte") && mail.contains("hot") && mail.contains("cold"), "{mail}");
}

#[test]
fn a_file_about_tables_that_is_not_in_order_says_where() {
    let home = TestHome::new();
    home.write(
        "config/tables/invoices.toml",
        "row = \"A bill.\"\ncolumns = [{ name = \"sent_at\", kind = \"instnt\" }]\n",
    );
    home.run(&["migrate"])
        .failed(2, &["config/tables/invoices.toml:2", "“instnt” is not a kind of column", "did you mean “instant”?"]);
    // What needs no such table goes on without.
    home.run(&["deliveries", "list"]).succeeded();
    let said = home.run(&["kpi", "value", "leads", "--period", "2026-W46"]).succeeded();
    assert!(said.err.contains("config/tables/invoices.toml is not in order and waits"), "{}", said.err);
    assert!(Path::new(&home.path().join("config/tables/examples/quotes.toml")).exists());
}
