//! How single cells are read, and which are no value of their column.

use crate::common::{import_text, lines};
use pegel_import::Summary;
use pegel_store::Store;
use pegel_store::testing::on_both;

/// Imports cells into a column of a table, each with its line as its key; the mapping says the rest of the column.
fn import_cells(store: &Store, source: &str, table: &str, column: &str, cells: &[&str]) -> Summary {
    let mapping = format!(
        "[source]\n{source}\n[[tables]]\ntable = \"{table}\"\nkey = {{ from = \"id\", case = \"lower\" }}\n\
         [tables.columns]\n{column}\n"
    );
    let rows = cells.iter().zip(2..).map(|(cell, line)| format!("{line},\"{}\"\n", cell.replace('"', "\"\"")));
    import_text(store, &mapping, &format!("id,v\n{}", rows.collect::<String>())).unwrap()
}

/// Why cells are rejected, each as its line and the reason.
fn reasons(summary: &Summary) -> Vec<String> {
    summary.rejected.iter().map(ToString::to_string).collect()
}

#[test]
fn what_no_spreadsheet_counts_as_a_day_is_rejected() {
    on_both(|store| {
        let cells = ["45631", "20261103", "1793660400", "2026"];
        let summary = import_cells(&store, "dates = [\"excel\"]", "leads", "created_at = \"v\"", &cells);
        assert_eq!(lines(&store, "leads", &["created_at"]), ["2024-12-04T23:00:00Z"]);
        assert_eq!(
            reasons(&summary)[0],
            "line 3, column v: “20261103” is not a date of the years 1900 to 2199 written as excel"
        );
        assert_eq!(summary.rejected.len(), 3);
    });
}

#[test]
fn iso_is_no_way_out_where_the_mapping_exchanges_day_and_month() {
    on_both(|store| {
        let cells = ["2026-25-03", "2026-04-03", "2026-03-25", "2026-03-04T00:00:00"];
        import_cells(&store, "zone = \"UTC\"\ndates = [\"%Y-%d-%m\"]", "leads", "created_at = \"v\"", &cells);
        assert_eq!(
            lines(&store, "leads", &["key", "created_at"]),
            ["2 | 2026-03-25T00:00:00Z", "3 | 2026-03-04T00:00:00Z", "5 | 2026-03-04T00:00:00Z"]
        );
    });
}
