//! Public data sets, where they lie in the folder that `PEGEL_REAL_DATA` names: our figures against figures that another
//! program computed from the same files.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::PathBuf;

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
