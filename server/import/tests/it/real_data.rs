//! The mappings that come with Pegel, on the public data sets that they are for. The data are not part of the project:
//! the folder is named by `PEGEL_REAL_DATA`, and the tests are skipped where it is not.

use crate::common::{has_attributes, lines, options};
use pegel_import::{Mapping, Summary, import};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The folder, or a word on standard error that the test is skipped.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("PEGEL_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: PEGEL_REAL_DATA names no folder with the data sets");
    }
    folder
}

/// The figures that were computed independently.
fn reference(data: &Path, set: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(data.join(set).join("REFERENCE.json")).unwrap()).unwrap()
}

fn import_file(store: &Store, data: &Path, file: &str, mapping: &str) -> Summary {
    let home = tempfile::tempdir().unwrap();
    let mapping = Mapping::find(home.path(), mapping, &Model::built_in()).unwrap();
    import(File::open(data.join(file)).unwrap(), file, &mapping, store, &options(), &mut |_| {}).unwrap()
}

/// Imports files by mappings, checks the counts of the first time and that the second time changes nothing.
fn import_all(store: &Store, data: &Path, files: &[(&str, &str, &str)]) {
    for (file, mapping, expected) in files {
        let summary = import_file(store, data, file, mapping);
        assert_eq!(summary.to_string(), *expected, "{file}: {:?}", summary.rejected.first());
    }
    for (file, mapping, _) in files {
        let summary = import_file(store, data, file, mapping);
        assert_eq!((summary.new, summary.changed, summary.rejected.len()), (0, 0, 0), "{file} for the second time");
    }
}

const OLIST: [&[(&str, &str, &str)]; 3] = [
    &[
        (
            "olist_funnel/canonical/olist_marketing_qualified_leads_dataset.csv",
            "olist_leads",
            "8000 new, 0 changed, 0 unchanged, 0 rejected",
        ),
        (
            "olist_funnel/canonical/olist_closed_deals_dataset.csv",
            "olist_deals",
            "842 new, 0 changed, 0 unchanged, 0 rejected",
        ),
    ],
    &[
        (
            "olist_funnel/olist_marketing_qualified_leads_dataset.csv",
            "olist_leads_semicolon",
            "8000 new, 0 changed, 0 unchanged, 0 rejected",
        ),
        (
            "olist_funnel/olist_marketing_closed_deals_dataset.csv",
            "olist_deals_semicolon",
            "842 new, 0 changed, 0 unchanged, 0 rejected",
        ),
    ],
    &[
        (
            "olist_funnel/us_format_variant/olist_marketing_qualified_leads_dataset.csv",
            "olist_leads_us",
            "8000 new, 0 changed, 0 unchanged, 0 rejected",
        ),
        (
            "olist_funnel/us_format_variant/olist_closed_deals_dataset.csv",
            "olist_deals_us",
            "380 new, 0 changed, 0 unchanged, 0 rejected",
        ),
    ],
];

#[test]
fn maven() {
    let Some(data) = data() else { return };
    on_both(|store| {
        import_all(
            &store,
            &data,
            &[
                ("maven_crm/accounts.csv", "maven_accounts", "85 new, 0 changed, 0 unchanged, 0 rejected"),
                ("maven_crm/products.csv", "maven_products", "7 new, 0 changed, 0 unchanged, 0 rejected"),
                ("maven_crm/sales_teams.csv", "maven_teams", "35 new, 0 changed, 0 unchanged, 0 rejected"),
                ("maven_crm/sales_pipeline.csv", "maven_pipeline", "8800 new, 0 changed, 0 unchanged, 0 rejected"),
            ],
        );
        let rows = lines(&store, "opportunities", &["outcome", "amount", "product.name", "customer.key", "rep.region"]);
        let count = |test: &dyn Fn(&[&str]) -> bool| {
            rows.iter().filter(|row| test(&row.split(" | ").collect::<Vec<_>>())).count()
        };
        assert_eq!(count(&|row| row[0] == "won"), 4238);
        assert_eq!(count(&|row| row[0] == "lost"), 2473);
        assert_eq!(count(&|row| row[1] != "–"), 4238);
        assert_eq!(count(&|row| row[2] == "GTX Pro"), 1480);
        assert_eq!(count(&|row| row[3] == "–"), 1425);
        assert_eq!(count(&|row| row[4] == "–"), 0);
        let cents: u64 = rows.iter().filter_map(|row| row.split(" | ").nth(1)?.parse::<u64>().ok()).sum();
        assert_eq!(cents, 1_000_553_400);
        // Dates are days, in UTC: of won deals, 51.782 from the first contact on.
        let mut days = 0;
        for row in lines(&store, "opportunities", &["outcome", "created_at", "closed_at"]) {
            let cells: Vec<&str> = row.split(" | ").collect();
            if cells[0] == "won" {
                let instant = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
                let seconds = instant(cells[2]) - instant(cells[1]);
                assert_eq!(seconds % 86_400, 0);
                days += seconds / 86_400;
            }
        }
        assert_eq!(days, 219_452);
        let mut won = BTreeMap::<String, u64>::new();
        for row in lines(&store, "opportunities", &["outcome", "rep.name"]) {
            if let Some(rep) = row.strip_prefix("won | ") {
                *won.entry(rep.to_owned()).or_default() += 1;
            }
        }
        let reference = reference(&data, "maven_crm");
        let agents = reference["by_agent"].as_object().unwrap();
        assert_eq!(won.len(), agents.len());
        assert!(agents.iter().all(|(agent, figures)| figures["won"] == won[agent]));
        assert!(has_attributes(&store, "customers", "Acme Corporation", &serde_json::json!({ "employees": 2822 })));
    });
}

#[test]
fn olist() {
    let Some(data) = data() else { return };
    on_both(|store| {
        import_all(&store, &data, OLIST[0]);
        let outcomes = lines(&store, "leads", &["outcome"]);
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "won").count(), 842);
        let reference = reference(&data, "olist_funnel");
        for zone in ["UTC", "Europe/Berlin"] {
            let mut months = BTreeMap::<String, (u64, u64)>::new();
            for row in lines(&store, "leads", &["created_at", "outcome"]) {
                let (created, outcome) = row.split_once(" | ").unwrap();
                let day = created.parse::<jiff::Timestamp>().unwrap().in_tz(zone).unwrap().date();
                let (won, all) = months.entry(format!("{:04}-{:02}", day.year(), day.month())).or_default();
                *won += u64::from(outcome == "won");
                *all += 1;
            }
            for (month, figures) in reference["conversion_by_first_contact_month"].as_object().unwrap() {
                let (won, all) = months.remove(month).unwrap();
                assert!(figures["num"] == won && figures["den"] == all, "{month} in {zone}: {won} of {all}");
            }
            assert!(months.is_empty());
        }
        // A lead's source that is not known is no source that is "unknown".
        let sources = lines(&store, "leads", &["source"]);
        assert_eq!(sources.iter().filter(|source| *source == "–").count(), 60);
        assert_eq!(sources.iter().filter(|source| *source == "unknown").count(), 1099);
    });
}

#[test]
fn olist_in_two_spellings_is_the_same() {
    let Some(data) = data() else { return };
    let all = ["key", "created_at", "closed_at", "outcome", "rep.key"];
    let mut seen: Vec<Vec<String>> = Vec::new();
    for files in &OLIST[..2] {
        let database = pegel_store::testing::TestDatabase::sqlite();
        let store = database.store();
        import_all(&store, &data, files);
        assert_eq!(lines(&store, "partners", &["key"]).len(), 842);
        let deal = serde_json::json!({
            "lead_type": "online_medium", "average_stock": "5-20", "has_gtin": true, "behaviour_profile": "cat, wolf",
            "declared_catalog_size": 50, "declared_monthly_revenue": 30_000, "sdr": "45749fb708130f78d0db07d8d80f030b",
        });
        assert!(has_attributes(&store, "leads", "58caf27a48e7930aefd5437298d64a70", &deal));
        seen.push(lines(&store, "leads", &all));
    }
    assert!(seen[0] == seen[1]);
}

#[test]
fn olist_in_the_american_spelling_has_fewer_deals() {
    let Some(data) = data() else { return };
    on_both(|store| {
        import_all(&store, &data, OLIST[2]);
        let outcomes = lines(&store, "leads", &["outcome"]);
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "won").count(), 380);
    });
}
