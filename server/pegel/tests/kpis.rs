//! KPIs on the command line.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use serde_json::json;

const OPPORTUNITIES: &str = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Anna Beispiel,Basic,Muster AG,Won,2017-04-03,2017-05-02,1054.50
A2,Anna Beispiel,Pro,Muster AG,Won,2017-04-03,2017-05-22,4514
A3,Anna Beispiel,Basic,Probe KG,Lost,2017-04-03,2017-06-02,0
B1,Bert Beispiel,Pro,Probe KG,Won,2017-04-03,2017-06-12,50
B2,Bert Beispiel,Pro,,Engaging,2017-04-03,,
";
const TEAMS: &str = "sales_agent,manager,regional_office
Anna Beispiel,Max Muster,Central
Bert Beispiel,Max Muster,West
";
const PRODUCTS: &str = "product,series,sales_price\nBasic,GTX,550\nPro,GTX,4821\n";
const ACCOUNTS: &str = "account,sector,year_established,revenue,employees,office_location,subsidiary_of
Muster AG,retail,1996,1100.04,2822,Germany,
Probe KG,medical,1999,251.41,495,Austria,
";

fn import_all(home: &TestHome) {
    for (name, text) in [("accounts", ACCOUNTS), ("products", PRODUCTS), ("teams", TEAMS), ("pipeline", OPPORTUNITIES)]
    {
        let file = home.write(&format!("in/{name}.csv"), text);
        home.run(&["import", file.to_str().unwrap(), "--map", &format!("maven_{name}")]).succeeded();
    }
}

#[test]
fn amounts_are_those_of_the_currency_they_were_imported_in_or_none() {
    let home = TestHome::new();
    home.write("config/pegel.toml", "currency = \"KWD\"\n");
    import_all(&home);
    let size = ["average_deal_size", "--period", "2017", "--by", "product"];
    assert_eq!(home.cells(&size)[0]["value"], json!(1054.5));
    home.write("config/pegel.toml", "currency = \"EUR\"\n");
    home.run(&["kpi", "value", "revenue", "--period", "2017"])
        .failed(2, &["3 digits after the point (KWD)", "EUR have 2"]);
    home.write("config/pegel.toml", "currency = \"KWT\"\n");
    home.run(&["kpi", "list"]).failed(2, &["config/pegel.toml, line 1", "did you mean KWD?"]);
}

#[test]
fn the_same_commands_print_the_same_cells_on_both_databases() {
    let [sqlite, postgres] = [TestHome::new(), TestHome::on_postgres()].map(|home| {
        import_all(&home);
        [
            home.cells(&["win_rate", "--period", "2017-Q2"]),
            home.cells(&["win_rate", "--period", "2017-Q2", "--by", "rep"]),
            home.cells(&["average_deal_size", "--period", "2017", "--by", "product,region"]),
            home.cells(&["sales_cycle", "--period", "2017", "--where", "rep=Anna Beispiel"]),
            home.cells(&["win_rate", "--period", "2018"]),
        ]
    });
    assert_eq!(sqlite, postgres);

    let [total, by_rep, by_product, anna, later] = sqlite;
    let total_cell = json!({ "group": {}, "state": "value", "value": 0.75,
                             "numerator": 3.0, "denominator": 4.0, "sample": 4,
                             "interval": { "low": 0.300_641_842_582_401_9, "high": 0.954_412_739_190_299_5 },
                             "as_of": "2026-11-18T09:00:00Z", "settled": true,
                             "judged": { "status": "unjudged", "sure": null, "reason": "no_marks" } });
    assert_eq!(total, [total_cell]);
    assert_eq!(by_rep[0]["group"], json!({ "rep": "Anna Beispiel" }));
    assert_eq!((&by_rep[0]["numerator"], &by_rep[0]["denominator"]), (&json!(2.0), &json!(3.0)));
    assert_eq!(by_product[0]["group"], json!({ "product": "Basic", "region": "Central" }));
    assert_eq!(by_product[0]["value"], json!(1054.5));
    assert_eq!(anna[0]["value"], json!(39.0 * 86_400.0));
    let nothing = json!({ "group": {}, "state": "no_rows", "numerator": 0.0, "denominator": 0.0, "sample": 0,
                          "as_of": "2026-11-18T09:00:00Z", "settled": true,
                          "judged": { "status": "unjudged", "sure": null, "reason": "no_marks" } });
    assert_eq!(later, [nothing]);
}

#[test]
fn one_group_can_be_asked_for_and_may_have_no_rows_in_the_period() {
    let home = TestHome::new();
    import_all(&home);
    let cells = home.cells(&["win_rate", "--period", "2018", "--where", "region=West"]);
    assert_eq!((cells.len(), &cells[0]["state"]), (1, &json!("no_rows")));
    let nobody = ["kpi", "value", "win_rate", "--period", "2017", "--where", "rep=Nobody"];
    home.run(&nobody).failed(2, &["no row of win_rate has the rep “Nobody”"]);
}

#[test]
fn who_moves_to_another_region_takes_no_past_figures_along() {
    for home in [TestHome::new(), TestHome::on_postgres()] {
        import_all(&home);
        let by_region = ["win_rate", "--period", "2017", "--by", "region"];
        let before = home.cells(&by_region);
        assert_eq!(before[0]["group"], json!({ "region": "Central" }));
        let moved = home.write("in/moved.csv", &TEAMS.replace("Central", "East"));
        home.run(&["import", moved.to_str().unwrap(), "--map", "maven_teams"]).succeeded();
        assert_eq!(home.cells(&by_region), before);
    }
}

const SHOP: &str = r#"system = "shop"
[[tables]]
table = "orders"
key = "line"
[tables.columns]
number = "order"
channel = { constant = "shop" }
amount = "amount"
ordered_at = "when"
"#;

#[test]
fn an_order_1_of_two_shops_is_two_orders() {
    for home in [TestHome::new(), TestHome::on_postgres()] {
        for shop in ["shop", "fair"] {
            home.write(&format!("config/imports/{shop}.toml"), &SHOP.replace("shop", shop));
        }
        for (shop, amount) in [("shop", 100), ("fair", 300)] {
            let rows = format!("line,order,amount,when\n1,1,{amount},2026-05-05\n2,1,50,2026-05-05\n");
            let file = home.write("in/orders.csv", &rows);
            home.run(&["import", file.to_str().unwrap(), "--map", shop]).succeeded();
        }
        let total = home.cells(&["average_order_value", "--period", "2026-05"]);
        assert_eq!((&total[0]["value"], &total[0]["denominator"]), (&json!(250.0), &json!(2.0)));
    }
}

const LEADS: &str = r#"system = "crm"
[[tables]]
table = "leads"
key = "lead"
[tables.columns]
created_at = "created"
accepted_at = "accepted"
closed_at = "closed"
outcome = "outcome"
"#;

#[test]
fn a_week_can_be_seen_as_it_stood_on_any_monday() {
    const HOUR: i64 = 3600;
    let instant = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    let week = instant("2026-11-08T23:00:00Z")..instant("2026-11-15T23:00:00Z");
    // Created in the week and around it, accepted some hours later, closed some days later.
    let leads = (0..90).map(|number| {
        let created = week.start + (number * 3 - 40) * HOUR;
        let accepted = created + (number % 7) * HOUR;
        let closed = (number % 5 > 0).then_some(accepted + (number * 37 % 900) * HOUR);
        (created, accepted, closed, number % 3 > 0)
    });
    let leads: Vec<_> = leads.collect();
    let mut csv = "lead,created,accepted,closed,outcome\n".to_owned();
    for (number, (created, accepted, closed, won)) in leads.iter().enumerate() {
        let written = |at: i64| jiff::Timestamp::from_second(at).unwrap().to_string();
        let outcome = closed.map_or("", |_| if *won { "won" } else { "lost" });
        let closed = closed.map(written).unwrap_or_default();
        let row = [&number.to_string(), &written(*created), &written(*accepted), &closed, outcome].join(",");
        csv.extend([&row, "\n"]);
    }
    let mondays = ["2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"];
    let mut won_by_then = Vec::new();
    for home in [TestHome::new(), TestHome::on_postgres()] {
        home.write("config/imports/crm.toml", LEADS);
        let file = home.write("in/leads.csv", &csv);
        let import = ["import", file.to_str().unwrap(), "--map", "crm"];
        assert!(home.command_at("2026-12-31T00:00:00Z", &import).status().unwrap().success());
        for monday in mondays {
            let as_of = format!("{monday}T06:00:00Z");
            let cell = home.cells(&["conversion_rate", "--period", "2026-W46", "--as-of", &as_of]).remove(0);
            let (mut accepted_then, mut won_then) = (0.0, 0.0);
            for (_, accepted, closed, won) in &leads {
                if week.contains(accepted) {
                    accepted_then += 1.0;
                    if *won && closed.is_some_and(|closed| closed <= instant(&as_of)) {
                        won_then += 1.0;
                    }
                }
            }
            let expected = (&json!(won_then), &json!(accepted_then), &json!(won_then / accepted_then), &json!(as_of));
            let found = (&cell["numerator"], &cell["denominator"], &cell["value"], &cell["as_of"]);
            assert_eq!(found, expected);
            won_by_then.push(won_then);
        }
    }
    assert!(won_by_then[..5].is_sorted_by(|one, next| one < next), "{won_by_then:?}");
}

const PARTNERS: &str = r#"system = "crm"
[[tables]]
table = "partners"
key = "partner"
valid_from = "since"
[tables.columns]
name = "partner"
region = "region"
[[tables]]
table = "leads"
key = "lead"
[tables.columns]
partner_id = { from = "partner", lookup = "key" }
created_at = "created"
"#;

#[test]
fn a_partner_that_has_moved_left_its_past_behind_unless_it_is_asked_where_it_is_today() {
    for home in [TestHome::new(), TestHome::on_postgres()] {
        home.write("config/imports/crm.toml", PARTNERS);
        let rows = "partner,since,region,lead,created
Ada,2026-01-01,North,1,2026-10-06T08:00:00Z
Ada,2026-11-01,South,2,2026-11-03T08:00:00Z
Bob,2026-01-01,South,3,2026-10-07T08:00:00Z
";
        let file = home.write("in/rows.csv", rows);
        home.run(&["import", file.to_str().unwrap(), "--map", "crm"]).succeeded();
        let october = ["leads", "--period", "2026-10"];
        let by_region = |more: &[&str]| {
            let cells = home.cells(&[&october[..], &["--by", "region"], more].concat());
            cells.iter().map(|cell| (cell["group"]["region"].clone(), cell["value"].clone())).collect::<Vec<_>>()
        };
        let then = [(json!("North"), json!(1.0)), (json!("South"), json!(1.0))];
        assert_eq!(by_region(&[]), then);
        assert_eq!(by_region(&["--dimensions", "then"]), then);
        assert_eq!(by_region(&["--dimensions", "today"]), [(json!("South"), json!(2.0))]);
        let partners = |of: &str| {
            let south = ["--period", "2026-10", "--where", "region=South", "--dimensions", of, "--json"];
            let out = home.run(&[&["kpi", "rows", "leads"], &south[..]].concat()).succeeded().out;
            let listed: serde_json::Value = serde_json::from_str(&out).unwrap();
            let rows = listed["rows"].as_array().unwrap();
            rows.iter().map(|row| row["partner"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            (partners("then"), partners("today")),
            (vec!["Bob".to_owned()], vec!["Ada".to_owned(), "Bob".to_owned()])
        );
    }
}

#[test]
fn values_are_printed_as_people_read_them() {
    let home = TestHome::new();
    import_all(&home);
    let printed = |arguments: &[&str]| home.run(&[&["kpi", "value"], arguments].concat()).succeeded().out;
    insta::assert_snapshot!(printed(&["win_rate", "--period", "2017", "--by", "region"]), @r"
    Central	66.7%	2 of 3	20.8% to 93.9%
    West	100.0%	1 of 1	20.7% to 100.0%
    ");
    insta::assert_snapshot!(printed(&["average_deal_size", "--period", "2017", "--by", "product"]), @r"
    Basic	€1,054.50	€1,054.50 of 1
    Pro	€2,282.00	€4,564.00 of 2
    ");
    insta::assert_snapshot!(printed(&["sales_cycle", "--period", "2017"]), @"49.3 days	median 49.0 days");
    insta::assert_snapshot!(printed(&["win_rate", "--period", "2017-Q3", "--compare"]), @"no_rows	0 of 0	before 75.0%	a year before no_data");
    home.write("config/pegel.toml", "currency = \"CHF\"\n");
    insta::assert_snapshot!(printed(&["average_deal_size", "--period", "2017"]), @"CHF 1,872.83	CHF 5,618.50 of 3");
}

#[test]
fn the_rows_behind_a_figure_are_listed_as_people_read_them() {
    let home = TestHome::new();
    import_all(&home);
    let printed = |arguments: &[&str]| home.run(&[&["kpi", "rows"], arguments].concat()).succeeded().out;
    insta::assert_snapshot!(printed(&["win_rate", "--period", "2017", "--bad"]), @r"
    Key  Name      Sales rep      Region   Product  Closed               Age
    A3   Probe KG  Anna Beispiel  Central  Basic    2017-06-02 02:00:00  213.0 days
    ");
    insta::assert_snapshot!(printed(&["sales_cycle", "--period", "2017", "--where", "region=Central"]), @r"
    Key  Name       Sales rep      Region   Product  Closed               Age         mean
    A1   Muster AG  Anna Beispiel  Central  Basic    2017-05-02 02:00:00  244.0 days  29.0 days
    A2   Muster AG  Anna Beispiel  Central  Pro      2017-05-22 02:00:00  224.0 days  49.0 days
    ");
    insta::assert_snapshot!(printed(&["average_deal_size", "--period", "2017", "--limit", "1"]), @r"
    Key  Name       Sales rep      Region   Product  Closed               Age         amount
    A1   Muster AG  Anna Beispiel  Central  Basic    2017-05-02 02:00:00  244.0 days  €1,054.50
    2 more rows: --limit shows more, --csv FILE writes all of them, with all dates
    ");
    insta::assert_snapshot!(printed(&["win_rate", "--period", "2018"]), @"no_rows");
    for command in ["value", "rows"] {
        let asked = ["kpi", command, "win_rate", "--period", "2017", "--where", "region=west"];
        home.run(&asked).failed(2, &["no row of win_rate has the region “west”; did you mean “West”?"]);
    }
    insta::assert_snapshot!(printed(&["win_rate", "--period", "2018", "--where", "region=West"]), @"no_rows");
}

/// Deals for each customer, and as its bad side those that were lost.
const DEALS: &str = r#"kpi(#{ id: "deals", title: #{ en: "Deals" }, description: #{ en: "Deals per customer." },
    unit: "number", better: "higher" });
fn deals(data) { data.opportunities.dated(|o| o.closed_at) }
fn measures(data) { #{ customers: data.customers.all().count(), deals: deals(data).count() } }
fn value(m) { ratio(m.deals, m.customers) }
fn rows(data) { deals(data).filter(|o| o.outcome == "lost") }
"#;

#[test]
fn rows_are_the_same_for_programs_on_both_databases() {
    let [sqlite, postgres] = [TestHome::new(), TestHome::on_postgres()].map(|home| {
        import_all(&home);
        home.write("kpis/own/deals.rhai", DEALS);
        let file = home.path().join("rows.csv");
        let to_file = ["deals", "--period", "2017", "--csv", file.to_str().unwrap()];
        home.run(&[&["kpi", "rows"], &to_file[..]].concat()).succeeded();
        let json = |arguments: &[&str]| {
            let said = home.run(&[&["kpi", "rows"], arguments, &["--json"]].concat()).succeeded();
            serde_json::from_str::<serde_json::Value>(&said.out).unwrap()
        };
        let rows = [
            json(&["win_rate", "--period", "2017-Q2", "--bad"]),
            json(&["average_deal_size", "--period", "2017", "--where", "product=Pro", "--limit", "1"]),
            json(&["deals", "--period", "2017"]),
            json(&["deals", "--period", "2017", "--bad"]),
        ];
        (rows, std::fs::read_to_string(file).unwrap())
    });
    assert_eq!(sqlite, postgres);

    let ([lost, pro, deals, bad_deals], csv) = sqlite;
    let row = json!({
        "key": "A3", "system": "maven", "name": "Probe KG", "partner": null, "rep": "Anna Beispiel",
        "region": "Central", "product": "Basic",
        "dates": { "created_at": "2017-04-03T00:00:00Z", "closed_at": "2017-06-02T00:00:00Z" }, "age": 28 * 86_400 + 79_200,
    });
    assert_eq!(lost, json!({ "kpi": "win_rate", "period": "2017-Q2", "side": "bad", "rows": [row], "more": 0 }));
    assert_eq!((&pro["rows"][0]["key"], &pro["more"]), (&json!("A2"), &json!(1)));
    assert_eq!(pro["rows"][0]["contributions"], json!({ "amount": 4514.0 }));
    // Measures that find their rows in two tables have a list each.
    let of = |list: &serde_json::Value| {
        let keys = list["rows"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap().to_owned());
        keys.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(&deals), "Muster AG Probe KG A1 A2 A3 B1");
    assert_eq!(
        (&deals["lists"][0]["measure"], &deals["lists"][0]["table"]),
        (&json!("customers"), &json!("customers"))
    );
    assert_eq!([0, 1].map(|list| of(&deals["lists"][list])), ["Muster AG Probe KG", "A1 A2 A3 B1"]);
    // The script says which rows are bad.
    assert_eq!((of(&bad_deals), &bad_deals["lists"]), ("A3".to_owned(), &serde_json::Value::Null));
    insta::assert_snapshot!(csv, @r"
    measure,table,key,system,name,partner,rep,region,product,acquired_at,churned_at,created_at,expected_close_on,closed_at,age
    customers,customers,Muster AG,maven,Muster AG,,,,,,,,,,
    customers,customers,Probe KG,maven,Probe KG,,,,,,,,,,
    deals,opportunities,A1,maven,Muster AG,,Anna Beispiel,Central,Basic,,,2017-04-03T00:00:00Z,,2017-05-02T00:00:00Z,21078000
    deals,opportunities,A2,maven,Muster AG,,Anna Beispiel,Central,Pro,,,2017-04-03T00:00:00Z,,2017-05-22T00:00:00Z,19350000
    deals,opportunities,A3,maven,Probe KG,,Anna Beispiel,Central,Basic,,,2017-04-03T00:00:00Z,,2017-06-02T00:00:00Z,18399600
    deals,opportunities,B1,maven,Probe KG,,Bert Beispiel,West,Pro,,,2017-04-03T00:00:00Z,,2017-06-12T00:00:00Z,17535600
    ");
}

#[test]
fn rows_are_written_into_a_workbook_with_a_sheet_for_each_list() {
    let home = TestHome::new();
    import_all(&home);
    home.write("kpis/own/deals.rhai", DEALS);
    let file = home.path().join("rows.xlsx");
    let to_file = ["kpi", "rows", "deals", "--period", "2017", "--xlsx", file.to_str().unwrap()];
    home.run(&to_file).succeeded();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&file).unwrap();
    let sheets = calamine::Reader::worksheets(&mut book);
    let shapes: Vec<(&str, usize)> = sheets.iter().map(|(name, range)| (name.as_str(), range.height())).collect();
    assert_eq!(shapes, [("customers", 3), ("deals", 5)]);
    let dates = sheets[1].1.cells().filter(|(.., data)| matches!(data, calamine::Data::DateTime(_))).count();
    assert_eq!(dates, 3 * 4, "when it was created and closed, and how old it is");
}

#[test]
fn what_rows_cannot_be_listed_is_said_with_what_was_meant() {
    let home = TestHome::new();
    import_all(&home);
    let rows = |arguments: &[&str]| home.run(&[&["kpi", "rows"], arguments].concat());
    rows(&["win_rat", "--period", "2017"]).failed(2, &["did you mean “win_rate”?"]);
    rows(&["win_rate", "--period", "2017-Q5"]).failed(2, &["“2017-Q5” is not a period"]);
    rows(&["win_rate", "--period", "2017", "--where", "regio=West"]).failed(2, &["did you mean “region”?"]);
    rows(&["win_rate", "--period", "2017", "--where", "region=Wst"]).failed(2, &["did you mean “West”?"]);
    rows(&["win_rate", "--period", "2017", "--where", "region=Mars"]).failed(2, &["there are Central, West"]);
    rows(&["cost_per_lead", "--period", "2017", "--where", "partner=Ada"]).failed(2, &["costs has no partner"]);
    rows(&["win_rate", "--period", "2017", "--csv", "/nowhere/rows.csv"]).failed(2, &["/nowhere/rows.csv"]);
}

const TARGETS: &str = r#"system = "plans"
[[tables]]
table = "targets"
key = "id"
[tables.columns]
metric = { constant = "revenue" }
region = "region"
starts_on = "from"
ends_on = "to"
amount = "amount"
"#;

#[test]
fn a_total_without_a_target_says_who_has_one() {
    let home = TestHome::new();
    home.write("config/imports/targets.toml", TARGETS);
    let import = |rows: &str| {
        let file = home.write("in/targets.csv", &format!("id,region,from,to,amount\n{rows}"));
        home.run(&["import", file.to_str().unwrap(), "--map", "targets"]).succeeded();
    };
    let ask = |kpi: &str| home.run(&["kpi", "value", kpi, "--period", "2026-10", "--compare"]).succeeded();
    assert_eq!(ask("revenue").err, "");
    import("1,North,2026-10-01,2026-10-31,500\n2,South,2026-10-01,2026-10-31,300\n");
    let said = ask("revenue");
    assert!(!said.out.contains("target"), "{}", said.out);
    let note = "2 targets name a region, none is the company's: a report adds them up with targets = \"sum\"\n";
    assert_eq!(said.err, note);
    assert_eq!(ask("leads").err, "");
    import("3,,2026-10-01,2026-10-31,900\n");
    let said = ask("revenue");
    assert!(said.out.contains("target €900.00"), "{}", said.out);
    assert_eq!(said.err, "");
}

const FAILING: &str = r#"kpi(#{ id: "failing", title: #{ en: "Failing", de: "Scheitert" },
    description: #{ en: "Fails.", de: "Scheitert." }, unit: "count", better: "higher" });
fn measures(data) { #{ n: data.opportunities.dated(|o| o.closed_at).count() } }
fn value(m) { if m.n == 4 { throw "four\x1b[2J\u0007\rdone"; } m.n }
"#;

#[test]
fn a_script_error_is_said_and_ends_with_1() {
    let home = TestHome::new();
    import_all(&home);
    home.write("kpis/own/failing.rhai", FAILING);
    let value = |arguments: &[&str]| home.run(&[&["kpi", "value", "failing", "--period"], arguments].concat());
    let said = value(&["2017"]).failed(1, &["the script gave up: four␛[2J␇␍done", "own/failing.rhai:4:"]);
    assert_eq!(said.out, "script_error\n");
    // The figures compared with fail as well; the error is shown once.
    let said = value(&["2018", "--compare"]).failed(1, &["the script gave up"]);
    assert_eq!(said.err.matches("the script gave up").count(), 1, "{}", said.err);
    assert_eq!(value(&["2017-Q3"]).succeeded().out, "0\n");
    let said = value(&["2017", "--json"]).failed(1, &["the script gave up"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let message = json["cells"][0]["message"].as_str().unwrap();
    assert!(message.contains("the script gave up: four"), "{message:?}");
}

#[test]
fn nothing_that_a_terminal_would_obey_reaches_it() {
    let home = TestHome::new();
    let hostile = OPPORTUNITIES.replace("Anna Beispiel", "Anna \u{9b}2J\u{1b}[31mRed\u{7}");
    let teams = TEAMS.replace("Anna Beispiel", "Anna \u{9b}2J\u{1b}[31mRed\u{7}");
    for (name, text) in [("accounts", ACCOUNTS), ("products", PRODUCTS), ("teams", &teams), ("pipeline", &hostile)] {
        let file = home.write(&format!("in/{name}.csv"), text);
        home.run(&["import", file.to_str().unwrap(), "--map", &format!("maven_{name}")]).succeeded();
    }
    let title = r#"title: #{ en: "Fail\x1b[1ming\nnow", de: "Scheitert" }"#;
    let script =
        FAILING.replace(r#"title: #{ en: "Failing", de: "Scheitert" }"#, title).replace("four", "four\u{9b}2J");
    let file = home.write("kpis/own/failing.rhai", &format!("// \u{1b}]0;title\u{7} \u{85}\n{script}"));
    let broken = home.write(
        "broken.rhai",
        &format!("{script}\nfn tests() {{ [#{{ name: \"\\x1b[5m\", period: \"2017\", expect: 1 }}] }} // \u{1b}[7m"),
    );
    for arguments in [
        &["kpi", "value", "failing", "--period", "2017"][..],
        &["kpi", "value", "win_rate", "--period", "2017", "--by", "rep"],
        &["kpi", "value", "win_rate", "--period", "2017", "--by", "rep", "--json"],
        &["kpi", "value", "\u{1b}[31m", "--period", "2017"],
        &["kpi", "rows", "win_rate", "--period", "2017"],
        &["kpi", "rows", "win_rate", "--period", "2017", "--where", "rep=\u{1b}[31m"],
        &["kpi", "list"],
        &["kpi", "show", "failing"],
        &["kpi", "check", file.to_str().unwrap()],
        &["kpi", "test", broken.to_str().unwrap()],
        &["kpi", "history"],
        &["kpi", "activate", "--dry-run"],
    ] {
        let said = home.run(arguments);
        for text in [&said.out, &said.err] {
            let obeyed = text.chars().find(|letter| letter.is_control() && !"\n\t".contains(*letter));
            assert_eq!(obeyed, None, "{arguments:?}\n{text:?}");
        }
    }
    let listed = home.run(&["kpi", "list"]).succeeded().out;
    assert!(listed.contains("Fail [1ming now\n"), "{listed}");
}

#[test]
fn importing_twice_changes_nothing() {
    let home = TestHome::new();
    import_all(&home);
    let file = home.path().join("in/pipeline.csv");
    let said = home.run(&["import", file.to_str().unwrap(), "--map", "maven_pipeline"]).succeeded();
    assert_eq!(said.out, "0 new, 0 changed, 5 unchanged, 0 rejected\n");
}

#[test]
fn all_shipped_kpis_are_in_order_and_pass_their_tests_without_a_database() {
    let home = TestHome::empty();
    assert!(home.run(&["kpi", "check"]).succeeded().out.ends_with(" in order\n"));
    assert!(home.run(&["kpi", "test"]).succeeded().out.contains(" passed, 0 failed\n"));
    let said = home.run(&["kpi", "list"]).succeeded();
    assert!(said.out.lines().count() >= 10 && said.out.contains("Feedback rate"), "{}", said.out);
    assert!(home.run(&["kpi", "show", "win_rate"]).succeeded().out.starts_with("kpi(#{"));
}

#[test]
fn beside_a_script_is_shown_how_its_kpi_is_judged() {
    let home = TestHome::empty();
    home.write("config/thresholds.toml", "[win_rate]\nwarning = \"25 %\"\nlook_back = 26\n");
    let said = home.run(&["kpi", "show", "win_rate"]).succeeded();
    let judged = "In force, as config/thresholds.toml says it:\n\n[win_rate]\nwarning = 0.25\ncritical = false\n";
    assert!(said.err.contains(judged) && said.err.contains("look_back = 26\n"), "{}", said.err);
}

#[test]
fn a_script_that_counts_what_becomes_known_later_is_asked_when_it_settles() {
    let home = TestHome::empty();
    let shipped = home.run(&["kpi", "show", "close_rate"]).succeeded().out;
    let lines = shipped.lines().filter(|line| !line.contains("settles_after"));
    let mine = home.write("mine.rhai", &lines.collect::<Vec<_>>().join("\n"));
    let said = home.run(&["kpi", "check", mine.to_str().unwrap()]).succeeded();
    let warned = "close_rate counts what becomes known after a period (first_meeting_at, outcome): say settles_after";
    assert!(said.err.contains(warned), "{}", said.err);
}

#[test]
fn a_failing_test_is_shown_with_what_was_expected_and_found() {
    let home = TestHome::empty();
    let shipped = home.run(&["kpi", "show", "win_rate"]).succeeded().out;
    let broken = home.write("win_rate.rhai", &shipped.replace("expect: 0.36", "expect: 0.37"));
    let said = home.run(&["kpi", "test", broken.to_str().unwrap()]);
    assert_eq!(said.status, 1);
    assert!(said.out.contains("36 of 100\n    expected 0.37, found 0.36\n"), "{}", said.out);
    assert!(said.out.contains("2 passed, 1 failed\n"), "{}", said.out);
}

#[test]
fn a_kpi_of_the_home_is_in_force_at_once() {
    let home = TestHome::new();
    import_all(&home);
    home.write(
        "kpis/own/open_deals.rhai",
        r#"kpi(#{ id: "closed_deals", title: #{ en: "Closed deals", de: "Abschlüsse" },
                  description: #{ en: "Closed.", de: "Abgeschlossen." }, unit: "count", better: "higher" });
           fn measures(data) { #{ n: data.opportunities.dated(|o| o.closed_at).count() } }
           fn value(m) { m.n }"#,
    );
    assert_eq!(home.cells(&["closed_deals", "--period", "2017"])[0]["value"], json!(4.0));
    // Counting nothing gives 0, which is a value.
    assert_eq!(home.cells(&["closed_deals", "--period", "2018"])[0]["value"], json!(0.0));
}
