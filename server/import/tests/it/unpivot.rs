//! One column for each month or channel: each makes a row.

use crate::common::{import_bytes, import_text, lines, told};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;

const TARGETS: &str = r#"
[source]
missing = ["-"]

[unpivot]
columns = ["2026-*", "Later"]
name = "month"
value = "amount"

[[tables]]
table = "targets"
key = ["Region", "month"]
[tables.columns]
region = "Region"
metric = { constant = "revenue" }
starts_on = { from = "month", month = true }
ends_on = { from = "month", month = "last" }
amount = "amount"
"#;

const FILE: &str = "Region,2026-01,2026-02,Note,2026-03\nNorth,10,-,hm,30\nSouth,,20,hm,much\nEast,,,hm,\n";

#[test]
fn each_filled_cell_of_the_columns_makes_a_row() {
    on_both(|store| {
        let summary = import_text(&store, TARGETS, FILE).unwrap();
        assert_eq!(summary.to_string(), "3 new, 0 changed, 0 unchanged, 1 rejected");
        assert_eq!(
            lines(&store, "targets", &["key", "region", "amount"]),
            ["North|2026-01 | North | 1000", "North|2026-03 | North | 3000", "South|2026-02 | South | 2000"]
        );
        assert_eq!(summary.unused_columns, ["Note"]);
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 3, column 2026-03: “much” is not a number such as 1,234.5 (decimal = \"point\")"
        );
        // What is rejected comes back by itself.
        let mut rejected = Vec::new();
        summary.write_rejected(&mut rejected).unwrap();
        let rejected = String::from_utf8(rejected).unwrap();
        assert!(rejected.contains("\nSouth,,,hm,much,3,2026-03,"), "{rejected}");
        let corrected = import_text(&store, TARGETS, &rejected.replace("much", "40")).unwrap();
        assert_eq!(corrected.to_string(), "1 new, 0 changed, 0 unchanged, 0 rejected");
    });
}

#[test]
fn control_characters_are_dropped_from_the_cells_that_rows_are_made_of() {
    on_both(|store| {
        let summary = import_text(&store, TARGETS, "Region,2026-01,2026-02\nNo\u{7}rth,\u{b}10,2\u{7}x\n").unwrap();
        assert_eq!(summary.new, 1);
        assert_eq!(lines(&store, "targets", &["key", "amount"]), ["No rth|2026-01 | 1000"]);
        assert_eq!(
            told(&summary),
            [
                "1 value of “Region” cleaned of what cannot be seen; first in line 2",
                "1 value of “amount” cleaned of what cannot be seen; first in line 2"
            ]
        );
    });
}

#[test]
fn objects_and_occurrences_see_the_columns_made() {
    let costs = "[unpivot]\ncolumns = \"spent.*\"\nname = \"channel\"\nvalue = \"spent\"\n[[tables]]\ntable = \"costs\"\n\
                 key = { from = \"channel\", occurrence = true }\n[tables.columns]\nchannel = \"channel\"\namount = \"spent\"\n";
    let mapping = Mapping::parse(costs, "test", &Model::built_in()).unwrap();
    on_both(|store| {
        let text = b"{\"spent\": {\"tv\": 1, \"web\": 2}}\n{\"spent\": {\"web\": 3, \"fair\": null}}\n";
        import_bytes(&store, &mapping, text).unwrap();
        assert_eq!(
            lines(&store, "costs", &["key", "amount"]),
            ["spent.tv|1 | 100", "spent.web|1 | 200", "spent.web|2 | 300"]
        );
    });
}

#[test]
fn columns_that_are_not_there_and_names_that_are_taken_are_said() {
    on_both(|store| {
        assert_eq!(
            import_text(&store, TARGETS, "Region,Jan\nNorth,1\n").unwrap_err().to_string(),
            "data.csv cannot be imported: none of its columns fits those of [unpivot]; they are “Region”, “Jan”"
        );
        assert_eq!(
            import_text(&store, TARGETS, "Region,2026-01,month\nNorth,1,x\n").unwrap_err().to_string(),
            "data.csv cannot be imported: it has a column “month” already: call the column that [unpivot] makes something \
             else"
        );
    });
    let error = |from: &str, to: &str| {
        Mapping::parse(&TARGETS.replace(from, to), "mine", &Model::built_in()).unwrap_err().to_string()
    };
    assert_eq!(
        error("value = \"amount\"", "value = \"sum\""),
        "mine.toml:5: no column reads “sum”, which [unpivot] makes: name it in a `from`"
    );
    assert!(error("value = \"amount\"", "value = \"month\"").contains("cannot hold both the heading and the cell"));
    assert!(error("[\"2026-*\", \"Later\"]", "[]").starts_with("mine.toml:5: [unpivot] names no columns"));
}
