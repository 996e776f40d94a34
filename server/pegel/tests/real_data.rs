//! Public data sets, if the folder that `PEGEL_REAL_DATA` names has them: our figures against those that another
//! program computed from the same files.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("PEGEL_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: PEGEL_REAL_DATA names no folder with the data");
    }
    folder
}

fn import(home: &TestHome, file: &std::path::Path, map: &str) -> String {
    home.run(&["import", file.to_str().unwrap(), "--map", map]).succeeded().out
}

fn maven(home: &TestHome) -> Option<PathBuf> {
    let folder = real_data()?.join("maven_crm");
    let files =
        [("accounts", "accounts"), ("products", "products"), ("sales_teams", "teams"), ("sales_pipeline", "pipeline")];
    for (file, map) in files {
        let import = || import(home, &folder.join(format!("{file}.csv")), &format!("maven_{map}"));
        import();
        let again = import();
        assert!(again.starts_with("0 new, 0 changed, ") && again.ends_with(" 0 rejected\n"), "{file}: {again}");
    }
    Some(folder)
}

#[test]
fn maven_agrees_with_its_reference_on_both_databases() {
    for home in [TestHome::new(), TestHome::on_postgres()] {
        let Some(folder) = maven(&home) else { return };
        let total = &home.cells(&["win_rate", "--period", "2017-Q2"])[0];
        assert_eq!((&total["numerator"], &total["denominator"]), (&1254.0.into(), &2032.0.into()));
        let size = home.cells(&["average_deal_size", "--period", "2017"])[0]["value"].as_f64().unwrap();
        assert!((size - 2360.91).abs() < 0.005, "{size}");
        let cycle = home.cells(&["sales_cycle", "--period", "2017"])[0]["value"].as_f64().unwrap();
        assert!((cycle / 86_400.0 - 51.782).abs() < 0.0005, "{cycle}");

        let reference = std::fs::read_to_string(folder.join("REFERENCE.json")).unwrap();
        let reference: Json = serde_json::from_str(&reference).unwrap();
        let expected: BTreeMap<String, (u64, u64)> = reference["by_agent_and_quarter"]
            .as_object()
            .unwrap()
            .iter()
            .filter_map(|(name, figures)| Some((name.strip_suffix("|2017-Q3")?, &figures["win_rate"])))
            .map(|(agent, rate)| (agent.to_owned(), (rate["num"].as_u64().unwrap(), rate["den"].as_u64().unwrap())))
            .collect();
        assert_eq!(expected.len(), 30);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
        let whole = |value: &Json| value.as_f64().unwrap() as u64;
        let cells = home.cells(&["win_rate", "--period", "2017-Q3", "--by", "rep"]);
        let found: BTreeMap<String, (u64, u64)> = cells
            .iter()
            .map(|cell| {
                let agent = cell["group"]["rep"].as_str().unwrap().to_owned();
                (agent, (whole(&cell["numerator"]), whole(&cell["denominator"])))
            })
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn the_spellings_of_olist_give_the_same_rates() {
    let Some(folder) = real_data().map(|folder| folder.join("olist_funnel")) else { return };
    let spellings = [
        ("canonical/olist_marketing_qualified_leads_dataset.csv", "canonical/olist_closed_deals_dataset.csv", ""),
        ("olist_marketing_qualified_leads_dataset.csv", "olist_marketing_closed_deals_dataset.csv", "_semicolon"),
        (
            "us_format_variant/olist_marketing_qualified_leads_dataset.csv",
            "us_format_variant/olist_closed_deals_dataset.csv",
            "_us",
        ),
    ];
    let rates = |make: fn() -> TestHome, (leads, deals, suffix): (&str, &str, &str)| {
        let home = make();
        for (file, map) in [(leads, "olist_leads"), (deals, "olist_deals")] {
            let map = format!("{map}{suffix}");
            import(&home, &folder.join(file), &map);
            let again = import(&home, &folder.join(file), &map);
            assert!(again.starts_with("0 new, 0 changed, "), "{map}: {again}");
        }
        let all = &home.cells(&["lead_conversion_rate", "--period", "2017-06-01..2018-05-31"])[0];
        let months = home.cells(&["lead_conversion_rate", "--period", "2017-06-01..2018-05-31", "--by", "month"]);
        (all["numerator"].as_f64().unwrap(), all["denominator"].as_f64().unwrap(), months)
    };
    let [canonical, semicolon, us] = spellings.map(|spelling| rates(TestHome::new, spelling));
    assert_eq!((canonical.0, canonical.1), (842.0, 8000.0));
    assert_eq!((us.0, us.1), (380.0, 8000.0));
    assert_eq!(canonical, semicolon);
    assert_eq!(rates(TestHome::on_postgres, spellings[0]), canonical);

    let reference = std::fs::read_to_string(folder.join("REFERENCE.json")).unwrap();
    let reference: Json = serde_json::from_str(&reference).unwrap();
    let expected = reference["conversion_by_first_contact_month"].as_object().unwrap();
    assert_eq!(canonical.2.len(), expected.len());
    for cell in &canonical.2 {
        let month = &expected[cell["group"]["month"].as_str().unwrap()];
        assert_eq!(cell["numerator"].as_f64(), month["num"].as_f64());
        assert_eq!(cell["denominator"].as_f64(), month["den"].as_f64());
    }
}

/// The figures that another program computed.
fn reference(folder: &Path) -> Json {
    serde_json::from_slice(&std::fs::read(folder.join("REFERENCE.json")).unwrap()).unwrap()
}

/// A number, which may be written as a text.
fn number(value: &Json) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

/// The cells by the names of their groups; a group without a name is “(blank)”.
fn by_group(home: &TestHome, arguments: &[&str]) -> BTreeMap<String, Json> {
    let named = |cell: Json| {
        let names: Vec<&str> =
            cell["group"].as_object().unwrap().values().map(|name| name.as_str().unwrap_or("(blank)")).collect();
        (names.join("|"), cell)
    };
    home.cells(arguments).into_iter().map(named).collect()
}

/// The figures of a reference by month or country.
fn numbers(figures: &Json) -> BTreeMap<String, f64> {
    figures.as_object().unwrap().iter().map(|(name, figure)| (name.clone(), number(figure))).collect()
}

/// One entry of each cell, by group.
fn entries(cells: &BTreeMap<String, Json>, entry: &str) -> BTreeMap<String, f64> {
    cells.iter().map(|(name, cell)| (name.clone(), number(&cell[entry]))).collect()
}

/// Asserts that the groups are the same, and the numbers, too, except for the rounding of the reference.
#[track_caller]
fn assert_near(found: &BTreeMap<String, f64>, expected: &BTreeMap<String, f64>, tolerance: f64, what: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{what}");
    for (name, expected) in expected {
        // The rounding error of two decimals can be half a unit, which floats do not represent exactly.
        assert!((found[name] - expected).abs() <= tolerance + 1e-9, "{what} {name}: {} and {expected}", found[name]);
    }
}

/// Win rate, deal size and sales cycle of every group are those of the reference.
#[track_caller]
fn assert_deals(home: &TestHome, period: &str, by: &[&str], expected: &BTreeMap<String, Json>) {
    let cells = |kpi: &str| by_group(home, &[&[kpi, "--period", period], by].concat());
    let figures = |read: &dyn Fn(&Json) -> f64| -> BTreeMap<String, f64> {
        expected.iter().map(|(name, figures)| (name.clone(), read(figures))).collect()
    };
    let what = |kpi: &str| format!("{kpi} {period} {by:?}");

    let rates = cells("win_rate");
    assert_near(&entries(&rates, "numerator"), &figures(&|f| number(&f["won"])), 0.0, &what("won"));
    let closed = figures(&|f| number(&f["won"]) + number(&f["lost"]));
    assert_near(&entries(&rates, "denominator"), &closed, 0.0, &what("closed"));
    let sizes = cells("average_deal_size");
    assert_near(&entries(&sizes, "numerator"), &figures(&|f| number(&f["won_value"])), 0.0, &what("won value"));
    let size = figures(&|f| number(&f["average_deal_size"]));
    assert_near(&entries(&sizes, "value"), &size, 0.005, &what("average_deal_size"));
    let cycles = cells("sales_cycle");
    let days = |read: &dyn Fn(&Json) -> f64| -> BTreeMap<String, f64> {
        cycles.iter().map(|(name, cell)| (name.clone(), read(cell) / 86_400.0)).collect()
    };
    let mean = figures(&|f| number(&f["cycle_days_won"]["mean"]));
    assert_near(&days(&|cell| number(&cell["value"])), &mean, 0.00005, &what("sales_cycle"));
    let median = figures(&|f| number(&f["cycle_days_won"]["median"]));
    assert_near(&days(&|cell| number(&cell["beside"][0]["value"])), &median, 0.0, &what("median of sales_cycle"));
}

#[test]
fn maven_agrees_with_every_breakdown_of_its_reference() {
    let home = TestHome::new();
    let Some(folder) = maven(&home) else { return };
    let reference = reference(&folder);
    let groups = |figures: &Json| -> BTreeMap<String, Json> {
        let figures = figures.as_object().unwrap();
        // The mapping corrects the accounts' spelling.
        figures.iter().map(|(name, figures)| (name.replace("technolgy", "technology"), figures.clone())).collect()
    };
    assert_deals(&home, "2017", &[], &[(String::new(), reference["total"].clone())].into());
    let breakdowns = [
        ("by_agent", "rep"),
        ("by_manager", "team"),
        ("by_region", "region"),
        ("by_product", "product"),
        ("by_sector", "segment"),
    ];
    for (name, dimension) in breakdowns {
        assert_deals(&home, "2017", &["--by", dimension], &groups(&reference[name]));
    }
    for (quarter, figures) in groups(&reference["by_close_quarter"]) {
        assert_deals(&home, &quarter, &[], &[(String::new(), figures)].into());
        let agents: BTreeMap<String, Json> = groups(&reference["by_agent_and_quarter"])
            .into_iter()
            .filter_map(|(name, figures)| Some((name.strip_suffix(&format!("|{quarter}"))?.to_owned(), figures)))
            .collect();
        assert_eq!(agents.len(), 30);
        assert_deals(&home, &quarter, &["--by", "rep"], &agents);
    }
    let months = by_group(&home, &["average_deal_size", "--period", "2017", "--by", "month"]);
    let expected = numbers(&reference["by_close_month_won_value"]);
    assert_near(&entries(&months, "numerator"), &expected, 0.0, "won value by month");

    for (quarter, cohort) in reference["engage_quarter_cohorts"].as_object().unwrap() {
        let cell = &home.cells(&["opportunity_conversion_rate", "--period", quarter])[0];
        let expected = (number(&cohort["won"]), number(&cohort["engaged"]));
        assert_eq!((number(&cell["numerator"]), number(&cell["denominator"])), expected, "{quarter}");
    }
}

#[test]
fn olist_agrees_with_its_reference_by_origin() {
    let Some(folder) = real_data().map(|folder| folder.join("olist_funnel")) else { return };
    let home = TestHome::new();
    import(&home, &folder.join("canonical/olist_marketing_qualified_leads_dataset.csv"), "olist_leads");
    import(&home, &folder.join("canonical/olist_closed_deals_dataset.csv"), "olist_deals");
    let reference = reference(&folder);
    let breakdowns = [
        ("conversion_by_origin", "source"),
        ("conversion_by_first_contact_month", "month"),
        ("conversion_by_origin_and_month", "source,month"),
    ];
    for (name, dimensions) in breakdowns {
        let expected = |entry: &str| -> BTreeMap<String, f64> {
            let figures = reference[name].as_object().unwrap();
            figures.iter().map(|(group, rate)| (group.clone(), number(&rate[entry]))).collect()
        };
        let over = ["--period", "2017-06-01..2018-05-31", "--by", dimensions];
        for kpi in ["lead_conversion_rate", "lead_to_deal_rate"] {
            let cells = by_group(&home, &[&[kpi], &over[..]].concat());
            assert_near(&entries(&cells, "numerator"), &expected("num"), 0.0, name);
            assert_near(&entries(&cells, "denominator"), &expected("den"), 0.0, name);
        }
        let leads = by_group(&home, &[&["leads"], &over[..]].concat());
        assert_near(&entries(&leads, "value"), &expected("den"), 0.0, name);
    }
}

/// A line of Online Retail, as far as it is needed.
struct RetailLine<'a> {
    text: &'a str,
    invoice: &'a str,
    at: &'a str,
    thousandths: i64,
    customer: &'a str,
    country: &'a str,
}

impl<'a> RetailLine<'a> {
    /// Commas occur only in descriptions, which are not needed.
    fn of(text: &'a str) -> RetailLine<'a> {
        let (invoice, rest) = text.split_once(',').unwrap();
        let mut cells = rest.rsplit(',');
        let mut cell = || cells.next().unwrap();
        let (country, customer, price, at, quantity) = (cell(), cell(), cell(), cell(), cell());
        let (whole, fraction) = price.split_once('.').unwrap();
        let price: i64 = format!("{whole}{fraction:0<3}").parse().unwrap();
        let thousandths = price * quantity.parse::<i64>().unwrap();
        RetailLine { text, invoice, at, thousandths, customer, country }
    }
}

/// The file, which is too long to be imported in a test, and the reference.
fn retail() -> Option<(String, Json)> {
    let folder = real_data()?.join("online_retail");
    let unpacked = Command::new("gzip").arg("-dc").arg(folder.join("online_retail.csv.gz")).output().unwrap();
    Some((String::from_utf8(unpacked.stdout).unwrap(), reference(&folder)))
}

#[test]
fn a_month_of_online_retail_agrees_with_its_reference() {
    let Some((file, reference)) = retail() else { return };
    let mut month = format!("{}\n", file.lines().next().unwrap());
    for line in file.lines().skip(1).map(RetailLine::of).filter(|line| line.at.starts_with("2010-12-")) {
        month.push_str(line.text);
        month.push('\n');
    }
    let home = TestHome::new();
    let path = home.write("month.csv", &month);
    assert_eq!(import(&home, &path, "online_retail"), "42209 new, 0 changed, 2 unchanged, 0 rejected\n");
    assert_eq!(import(&home, &path, "online_retail"), "0 new, 0 changed, 42211 unchanged, 0 rejected\n");
    let cell = |kpi| home.cells(&[kpi, "--period", "2010-12"]).remove(0);
    let found = (
        number(&cell("revenue")["value"]),
        number(&cell("average_order_value")["denominator"]),
        number(&cell("cancellation_rate")["numerator"]),
        // The customers who bought something in the month.
        number(&cell("revenue_concentration")["sample"]),
    );
    let expected = |name: &str| number(&reference[name]["2010-12"]);
    let expected = (
        expected("gross_revenue_by_month"),
        expected("orders_by_month"),
        expected("cancellations_by_month"),
        expected("active_customers_by_month"),
    );
    assert_eq!(found, expected);
}

#[test]
fn online_retail_agrees_with_its_reference_on_both_databases() {
    let Some((file, reference)) = retail() else { return };
    // Each invoice as one line: a twentieth of the rows, and enough for these figures.
    let mut invoices = BTreeMap::<&str, RetailLine<'_>>::new();
    for line in file.lines().skip(1).map(RetailLine::of) {
        let invoice = invoices.entry(line.invoice).or_insert(RetailLine { thousandths: 0, ..line });
        invoice.thousandths += line.thousandths;
    }
    assert_eq!(invoices.len(), 25_900);
    let mut text = format!("{}\n", file.lines().next().unwrap());
    for RetailLine { invoice, at, thousandths, customer, country, .. } in invoices.values() {
        let sign = if *thousandths < 0 { "-" } else { "" };
        let (pounds, rest) = (thousandths.abs() / 1000, thousandths.abs() % 1000);
        // The way the file writes lines without a price.
        let price = if *thousandths == 0 { "0.0".to_owned() } else { format!("{sign}{pounds}.{rest:03}") };
        writeln!(text, "{invoice},ALL,All lines,1,{at},{price},{customer},{country}").unwrap();
    }

    for home in [TestHome::new(), TestHome::on_postgres()] {
        home.write("config/thresholds.toml", "[repurchase_rate]\nparameters = { window = \"13 months\" }\n");
        let said = import(&home, &home.write("invoices.csv", &text), "online_retail");
        assert!(said.ends_with(" 0 rejected\n"), "{said}");

        let by = |kpi, dimension| by_group(&home, &[kpi, "--period", "2010-12-01..2011-12-31", "--by", dimension]);
        // Nothing is cancelled later, since no cancellation says what it cancels: revenue is what was invoiced.
        let revenue = entries(&by("revenue", "month"), "value");
        assert_near(&revenue, &numbers(&reference["gross_revenue_by_month"]), 0.005, "revenue");
        let orders = numbers(&reference["orders_by_month"]);
        assert_near(&entries(&by("average_order_value", "month"), "denominator"), &orders, 0.0, "orders");
        // The reference puts cancellations beside orders; in the KPI they are part of all orders.
        let rates = by("cancellation_rate", "month");
        let cancelled = numbers(&reference["cancellations_by_month"]);
        assert_near(&entries(&rates, "numerator"), &cancelled, 0.0, "cancellations");
        let all = orders.iter().map(|(month, orders)| (month.clone(), orders + cancelled[month])).collect();
        assert_near(&entries(&rates, "denominator"), &all, 0.0, "orders and cancellations");

        let top = numbers(&reference["revenue_top_countries"]);
        let mut countries = entries(&by("revenue", "region"), "value");
        countries.retain(|country, _| top.contains_key(country));
        assert_near(&countries, &top, 0.005, "revenue by country");

        let again = &home.cells(&["repurchase_rate", "--period", "2011-12"])[0];
        assert_eq!((number(&again["numerator"]), number(&again["denominator"])), (2845.0, 4338.0));
    }
}
