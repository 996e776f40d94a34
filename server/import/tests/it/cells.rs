//! How single cells are read, and which are no value of their column.

use crate::common::{has_attributes, import_bytes, import_text, lines};
use pegel_import::{Mapping, Summary};
use pegel_kpi::data::model::Model;
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

#[test]
fn what_a_spreadsheet_could_not_show_is_no_text_and_no_key() {
    on_both(|store| {
        let cells = ["N/A", "#N/A", "#NAME?", "#BEZUG!", "########", "1.23E+11", "#1", "1E5"];
        assert_eq!(
            rejected(&store, "orders", "number = \"v\"", &cells),
            ["#N/A", "#NAME?", "#BEZUG!", "########", "1.23E+11"]
        );
        let by_name = "partner_id = { from = \"v\", lookup = \"name\", policy = \"create\" }";
        assert_eq!(rejected(&store, "leads", by_name, &["Nord", "#REF!", "1,23E+11"]), ["#REF!", "1,23E+11"]);
        let composed = "[[tables]]\ntable = \"leads\"\nkey = [\"id\", \"line\"]\n";
        let summary = import_text(&store, composed, "id,line\n1.23E+11,1\nA,#N/A\nA,1\n").unwrap();
        assert_eq!(
            reasons(&summary),
            [
                "line 2, column id: “1.23E+11” is what a spreadsheet made of a longer number: export the column as text",
                "line 3, column line: “#N/A” is an error of a spreadsheet: mend it there, or list it in `missing`",
            ]
        );
        let missing = import_cells(&store, "missing = [\"#N/A\"]", "leads", "source = \"v\"", &["#N/A", "fair"]);
        assert!(missing.rejected.is_empty());
    });
}

#[test]
fn letters_that_were_lost_before_are_not_taken_for_others() {
    on_both(|store| {
        let cells = ["Köln", "KÃ¶ln", "K\u{fffd}ln", "São Paulo", "Łódź"];
        let summary = import_cells(&store, "", "leads", "region = \"v\"", &cells);
        assert_eq!(lines(&store, "leads", &["region"]), ["Köln", "São Paulo", "Łódź"]);
        assert_eq!(
            reasons(&summary),
            [
                "line 3: “KÃ¶ln” is “Köln”, read in a wrong encoding by what wrote the file: export it again",
                "line 4: “K\u{fffd}ln” holds a letter that was lost when the file was written, or is not in the encoding \
                 of the mapping",
            ]
        );
        // What the mapping does not read is nobody's concern.
        let notes = import_text(&store, "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n", "id,note\n9,KÃ¶ln\n").unwrap();
        assert!(notes.rejected.is_empty());
        let gbk = Mapping::parse(
            "[source]\nencoding = \"gbk\"\n[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\nregion = \"r\"\n",
            "test",
            &Model::built_in(),
        );
        let summary = import_bytes(&store, &gbk.unwrap(), b"id,r\nA,\xff\xffln\nB,\xc4\xcf\n").unwrap();
        assert_eq!((summary.rejected.len(), summary.new), (1, 1));
    });
}

#[test]
fn names_are_on_one_line_and_notes_keep_theirs() {
    on_both(|store| {
        let mapping = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
                       partner_id = { from = \"p\", lookup = \"name\", policy = \"create\" }\n\
                       source = { from = \"s\", values = { \"  fair   trade \" = \"fair\" }, otherwise = \"keep\" }\n\
                       [tables.attributes]\nnote = \"n\"\n";
        let text = "id,p,s,n\nL1,\"Auto\r\nNord\",\"fair\ntrade\",\"a\nb\"\nL2,Auto Nord\u{fe0f},\"web\nsite\",\nL3, \"Auto, Süd\",fair  trade,\n";
        let summary = import_text(&store, mapping, text).unwrap();
        assert_eq!(summary.to_string(), "3 new, 0 changed, 0 unchanged, 0 rejected");
        assert_eq!(
            lines(&store, "leads", &["key", "partner.name", "source"]),
            ["L1 | Auto Nord | fair", "L2 | Auto Nord | web site", "L3 | Auto, Süd | fair"]
        );
        assert!(has_attributes(&store, "leads", "L1", &serde_json::json!({ "note": "a\nb" })));
    });
}

#[test]
fn headings_are_compared_as_people_read_them() {
    on_both(|store| {
        let mapping = "[aliases]\n\"Größe\" = [\"Gro\u{308}ße \"]\n[[tables]]\ntable = \"leads\"\nkey = \"id\"\n\
                       [tables.columns]\nregion = \"Köln\"\nsource = \"Gro\u{308}ße\"\n";
        let summary = import_text(&store, mapping, "\u{200b}id,Ko\u{308}ln,Gr\u{ad}öße\nL1,N,web\n").unwrap();
        assert_eq!((summary.new, lines(&store, "leads", &["region", "source"])), (1, vec!["N | web".to_owned()]));
        let error = import_text(&store, mapping, "id,Ko\u{308}lm,Größe\nL1,N,web\n").unwrap_err();
        assert!(error.to_string().contains("has no column “Köln” (did you mean “Kölm”?)"), "{error}");
    });
}
