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

/// The cells that are rejected, of some in a column.
fn rejected(store: &Store, table: &str, column: &str, cells: &[&str]) -> Vec<String> {
    let summary = import_cells(store, "", table, column, cells);
    summary.rejected.iter().map(|row| row.faults[0].value.clone()).collect()
}

#[test]
fn closed_lists_hold_their_words_and_no_others() {
    on_both(|store| {
        assert_eq!(
            rejected(&store, "costs", "category = \"v\"", &["marketing", "Marketing", "sales", "Vertrieb"]),
            ["Marketing", "Vertrieb"]
        );
        assert_eq!(rejected(&store, "surveys", "kind = \"v\"", &["nps", "NPS", "csat", "care", "ces"]), ["NPS", "ces"]);
        assert_eq!(rejected(&store, "activities", "kind = \"v\"", &["call", "Anruf", "E-Mail"]), ["Anruf", "E-Mail"]);
        assert_eq!(rejected(&store, "lead_offers", "answer = \"v\"", &["accepted", "ja"]), ["ja"]);
        // What is good in your words is your business.
        assert!(rejected(&store, "leads", "quality = \"v\"", &["hot", "A", "lukewarm"]).is_empty());
        let care = "kind = { constant = \"care\" }\nscore = \"v\"";
        assert_eq!(rejected(&store, "surveys", care, &["5", "-4", "100", "101"]), ["-4", "101"]);
    });
}

#[test]
fn only_amounts_have_currencies_and_words_that_multiply() {
    on_both(|store| {
        let cells = ["12", "12 M", "12 EUR", "€12", "12%", "1k"];
        let summary = import_cells(&store, "", "opportunities", "contract_months = \"v\"", &cells);
        assert_eq!(lines(&store, "opportunities", &["contract_months"]), ["12"]);
        assert_eq!(
            reasons(&summary)[..2],
            [
                "line 3, column v: “12 M” has a word that multiplies only amounts of money: list what is meant under \
                 `values`",
                "line 4, column v: “12 EUR” is an amount of money, and none is meant here: leave such rows out, or map \
                 an amount",
            ]
        );
        assert_eq!(summary.rejected.len(), 5);
        assert_eq!(rejected(&store, "activities", "minutes = \"v\"", &["5", "5 m", "12%", "-5"]), ["5 m", "12%", "-5"]);
        assert_eq!(rejected(&store, "lead_offers", "level = \"v\"", &["1", "1k", "100%"]), ["1k", "100%"]);
        assert_eq!(rejected(&store, "costs", "amount = \"v\"", &["5k", "15 %", "5 EUR"]), ["15 %"]);
        assert_eq!(rejected(&store, "observations", "value = \"v\"", &["12%", "5", "5 M"]), ["5 M"]);
        assert!(rejected(&store, "opportunities", "probability = \"v\"", &["75%", "0.5"]).is_empty());
    });
}

#[test]
fn a_group_of_thousands_does_not_begin_with_a_zero() {
    on_both(|store| {
        let summary = import_cells(&store, "", "orders", "quantity = \"v\"", &["1,234", "0,500", "01,234"]);
        assert_eq!(
            reasons(&summary),
            [
                "line 3, column v: “0,500” is not a number such as 1,234.5 (decimal = \"point\"), and one with decimal = \
                 \"comma\"",
                "line 4, column v: “01,234” is not a number such as 1,234.5 (decimal = \"point\"), and one with decimal = \
                 \"comma\"",
            ]
        );
    });
}

#[test]
fn a_word_and_a_scale_multiply_once() {
    on_both(|store| {
        let column = "amount = { from = \"v\", scale = \"1000\" }";
        let summary = import_cells(&store, "", "costs", column, &["5", "5 TEUR", "5 M"]);
        assert_eq!(lines(&store, "costs", &["key", "amount"]), ["2 | 500000", "3 | 500000"]);
        assert_eq!(
            reasons(&summary),
            ["line 4, column v: “5 M” is multiplied by 1000000 already, and `scale` would do so by 1000"]
        );
    });
}
