//! Where the names of the columns stand: below titles, in the mapping, under `sep=;`.

use crate::common::{import_bytes, import_text, lines, told};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;

const LEADS: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\nsource = \"source\"\n";

fn with_source(section: &str) -> String {
    format!("[source]\n{section}\n{LEADS}")
}

#[test]
fn titles_above_the_header_are_found_and_said() {
    on_both(|store| {
        let text = "Leads of March\n\"Exported by A. Meier, 1 April\",\n\nid,source\nL1,fair\n";
        let summary = import_text(&store, LEADS, text).unwrap();
        assert_eq!(
            told(&summary),
            ["2 lines are no data and skipped: line 1 (“Leads of March”), line 2 (“Exported by A. Meier, 1 April”)"]
        );
        assert_eq!(lines(&store, "leads", &["key", "source"]), ["L1 | fair"]);
    });
}

#[test]
fn a_header_that_lacks_a_column_is_named_though_a_title_stands_above_it() {
    on_both(|store| {
        let error = import_text(&store, LEADS, "Leads of March\nid,sourse\nL1,fair\n").unwrap_err().to_string();
        assert_eq!(error, "data.csv has no column “source” (did you mean “sourse”?); its columns are “id”, “sourse”");
    });
}

#[test]
fn lines_above_the_header_may_be_counted() {
    on_both(|store| {
        // Without the number, the first line would be it.
        let text = "id,source\n\n\"a quote\nid,source\nL1,fair\n";
        let summary = import_text(&store, &with_source("skip_lines = 3"), text).unwrap();
        assert_eq!(summary.to_string(), "1 new, 0 changed, 0 unchanged, 0 rejected");
        assert_eq!(told(&summary), ["2 lines are no data and skipped: line 1 (“id source”), line 3 (“\"a quote”)"]);
    });
}

#[test]
fn a_file_may_say_what_separates_its_cells() {
    on_both(|store| {
        for (line, text) in [("sep=;", "id;source\nL1;a, b\n"), ("\"SEP=|\"\r", "id|source\nL1|a, b\n")] {
            let summary = import_text(&store, LEADS, &format!("{line}\n{text}L2\n")).unwrap();
            assert_eq!(summary.rejected[0].to_string(), "line 4: the row has 1 cells where the header has 2");
            assert_eq!(lines(&store, "leads", &["key", "source"]), ["L1 | a, b"]);
        }
        let utf_16: Vec<u8> = "\u{feff}sep=\t\nid\tsource\nL1\tc\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        import_bytes(&store, &Mapping::parse(LEADS, "test", &Model::built_in()).unwrap(), &utf_16).unwrap();
        assert_eq!(lines(&store, "leads", &["key", "source"]), ["L1 | c"]);
    });
}

#[test]
fn a_file_without_a_header_gets_it_from_the_mapping() {
    let mapping = with_source("header = [\"id\", \"source\", \"amount\"]");
    on_both(|store| {
        let summary = import_text(&store, &mapping, "L1,fair,1\nL2,web\nL3,call,3\n").unwrap();
        assert_eq!(summary.rejected[0].to_string(), "line 2: the row has 2 cells where the header has 3");
        assert_eq!(lines(&store, "leads", &["key", "source"]), ["L1 | fair", "L3 | call"]);
        assert_eq!(summary.unused_columns, ["amount"]);
        // The file of rejected rows has a header.
        let mut rejected = Vec::new();
        summary.write_rejected(&mut rejected).unwrap();
        let corrected = String::from_utf8(rejected).unwrap();
        assert_eq!(
            import_text(&store, &mapping, &corrected).unwrap().to_string(),
            "1 new, 0 changed, 0 unchanged, 0 rejected"
        );
        assert_eq!(import_text(&store, &mapping, "").unwrap().to_string(), "0 new, 0 changed, 0 unchanged, 0 rejected");
    });
    let error = Mapping::parse(&with_source("header = []"), "mine", &Model::built_in()).unwrap_err().to_string();
    assert_eq!(error, "mine.toml:2: the header names no column: leave it out if the file has one");
}
