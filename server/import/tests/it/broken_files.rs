//! Files and mappings that are wrong: a clear message, nothing half-written.

use crate::common::{import_bytes, import_text, lines, options};
use pegel_import::{ImportError, Mapping, import};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use std::io::Cursor;

const LEADS: &str = r#"
[source]
zone = "UTC"
missing = ["?"]

[[tables]]
table = "leads"
key = "id"

[tables.columns]
created_at = "created"
amount = "amount"
"#;

/// The message of an import that fails as a whole; checks that it has written nothing.
fn failure(store: &Store, text: &[u8]) -> String {
    let error = import_bytes(store, &Mapping::parse(LEADS, "test", &Model::built_in()).unwrap(), text).unwrap_err();
    assert!(lines(store, "leads", &["key"]).is_empty());
    error.to_string()
}

#[test]
fn a_file_that_lacks_a_column() {
    on_both(|store| {
        assert_eq!(
            failure(&store, b"id,Created,amount\nL1,2026-11-02,5\n"),
            "data.csv has no column “created” (did you mean “Created”?); its columns are “id”, “Created”, “amount”"
        );
        assert_eq!(
            failure(&store, b"id;created;amount\nL1;2026-11-02;5\n"),
            "data.csv has no column “id”; its columns are “id;created;amount”: name the file's delimiter in the mapping"
        );
        assert_eq!(
            failure(&store, b"id,created,amount,created\n"),
            "data.csv has the column “created” more than once: rename one of them in line 1"
        );
        assert_eq!(failure(&store, b""), "data.csv is empty: its first line should name the columns");
    });
}

#[test]
fn a_quote_that_is_never_closed() {
    on_both(|store| {
        let text = "id,created,amount\nL1,2026-11-02,1\n\"L2\n,2026-11-02,2\nL3,2026-11-02,3\n";
        let summary = import_text(&store, LEADS, text).unwrap();
        let rejected: Vec<String> = summary.rejected.iter().map(ToString::to_string).collect();
        assert_eq!(
            rejected,
            [
                "line 3: a quote is opened here and never closed: close it, or double it if it belongs to the text",
                "line 4, column id: the key is missing",
            ]
        );
        assert_eq!(lines(&store, "leads", &["key"]), ["L1", "L3"]);
    });
}

#[test]
fn a_quote_that_swallows_rows() {
    on_both(|store| {
        let text = "id,created,amount\nL1,2026-11-02,1\n\"L2,2026-11-02,2\nL3,2026-11-02,\"3\nL4,2026-11-02,4\n";
        let summary = import_text(&store, LEADS, text).unwrap();
        let rejected: Vec<u64> = summary.rejected.iter().map(|row| row.at.line).collect();
        assert_eq!(rejected, [3, 4]);
        assert_eq!(lines(&store, "leads", &["key"]), ["L1", "L4"]);
    });
}

#[test]
fn a_line_of_nothing_but_a_nul_is_a_row_like_any_other() {
    on_both(|store| {
        let text = "id,created,amount\nL1,2026-11-02,1\n\0\nL2,2026-11-02,2\nL3,never,3\n\0";
        let summary = import_text(&store, LEADS, text).unwrap();
        assert_eq!(summary.to_string(), "2 new, 0 changed, 0 unchanged, 3 rejected");
        let rejected: Vec<String> = summary.rejected.iter().map(ToString::to_string).collect();
        assert_eq!(
            rejected,
            [
                "line 3: the row has 1 cells where the header has 3",
                "line 5, column created: “never” is not a date of the years 1900 to 2199 written as iso",
                "line 6: the row has 1 cells where the header has 3",
            ]
        );
        assert_eq!(lines(&store, "leads", &["key"]), ["L1", "L2"]);
    });
}

#[test]
fn a_closed_quote_around_a_nul_at_the_end_of_the_file() {
    on_both(|store| {
        for end in ["", "\n"] {
            let text = format!("id,created,amount\nL1,2026-11-02,1\n\"L2\n\0\n\"{end}");
            let summary = import_text(&store, LEADS, &text).unwrap();
            assert_eq!(
                summary.rejected[0].to_string(),
                "line 3: the row has 1 cells where the header has 3; it runs to line 5: is a quote left open in it?"
            );
        }
        assert_eq!(lines(&store, "leads", &["key"]), ["L1"]);
    });
}

#[test]
fn a_text_in_another_encoding() {
    on_both(|store| {
        let text = b"id,created,amount\nL1,2026-11-02,1\nM\xfcller,2026-11-02,2\n";
        let summary = import_bytes(&store, &Mapping::parse(LEADS, "test", &Model::built_in()).unwrap(), text).unwrap();
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 3: the row is not valid UTF-8: name the file's encoding in the mapping, such as windows-1252"
        );
        assert_eq!(summary.new, 1);
        assert!(failure_of_header(&store).contains("data.csv:1: the header is not valid UTF-8"));
    });
}

fn failure_of_header(store: &Store) -> String {
    import_bytes(store, &Mapping::parse(LEADS, "test", &Model::built_in()).unwrap(), b"id,created,gr\xf6\xdfe\n")
        .unwrap_err()
        .to_string()
}

#[test]
fn a_packed_file_that_breaks_off() {
    on_both(|store| {
        use std::io::Write;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(b"id,created,amount\n").unwrap();
        for row in 0..10_000 {
            writeln!(gzip, "L{row},2026-11-02,{}", row * 7919 % 1013).unwrap();
        }
        let packed = gzip.finish().unwrap();
        let message = failure(&store, &packed[..packed.len() / 2]);
        assert!(message.starts_with("data.csv could not be read: "), "{message}");
    });
}

#[test]
fn values_that_cannot_be_read_are_reported_with_line_column_value_and_reason() {
    on_both(|store| {
        // The record of L2 spans two lines, blank lines count, ends are those of Windows.
        let text = "id,created,amount\r\nL1,2026-11-02,5.00\r\n\r\n\"L\r\n2\",TBD,\"1,5\"\r\nL3,2026-13-01,?\r\nL4,,1\r\nL5,a\r\n";
        let summary = import_text(&store, LEADS, text).unwrap();
        assert_eq!(summary.to_string(), "2 new, 0 changed, 0 unchanged, 3 rejected");
        let rejected: Vec<String> = summary.rejected.iter().map(ToString::to_string).collect();
        assert_eq!(
            rejected,
            [
                "line 4, column amount: “1,5” is not a number such as 1,234.5 (decimal = \"point\"), and one with decimal = \"comma\"\n\
                 line 4, column created: “TBD” is not a date of the years 1900 to 2199 written as iso",
                "line 6, column created: “2026-13-01” is not a date of the years 1900 to 2199 written as iso",
                "line 8: the row has 2 cells where the header has 3",
            ]
        );
        assert_eq!(summary.rejected[1].faults[0].value, "2026-13-01");

        // The rejected rows come out as a file that can be corrected and imported with the same mapping.
        let mut file = Vec::new();
        summary.write_rejected(&mut file).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert!(file.starts_with("id,created,amount,rejected_line,rejected_column,rejected_reason\n"), "{file}");
        assert!(file.contains("\nL3,2026-13-01,?,6,created,“2026-13-01” is not a date"), "{file}");
        let corrected = file.replace("2026-13-01", "2026-11-03");
        assert_eq!(
            import_text(&store, LEADS, &corrected).unwrap().to_string(),
            "1 new, 0 changed, 0 unchanged, 2 rejected"
        );
    });
}

#[test]
fn a_dry_run_shows_the_same_and_writes_nothing() {
    on_both(|store| {
        let mapping = Mapping::parse(LEADS, "test", &Model::built_in()).unwrap();
        let text = "id,created,amount\nL1,2026-11-02,5\nL2,never,5\n";
        let mut dry = options();
        dry.dry_run = true;
        let summary = import(Cursor::new(text), "data.csv", &mapping, &store, &dry, &mut |_| {}).unwrap();
        assert_eq!(summary.to_string(), "1 new, 0 changed, 0 unchanged, 1 rejected");
        assert_eq!(summary.notes(), ["nothing was written: this was a dry run"]);
        assert!(lines(&store, "leads", &["key"]).is_empty());
        let real = import_bytes(&store, &mapping, text.as_bytes()).unwrap();
        assert_eq!(real.to_string(), summary.to_string());
    });
}

#[test]
fn progress_ends_where_the_file_does() {
    on_both(|store| {
        let mapping = Mapping::parse(LEADS, "test", &Model::built_in()).unwrap();
        let rows = (0..12_000).map(|row| format!("L{row},2026-11-02,{row}\n"));
        let text: String = std::iter::once("id,created,amount\n".to_owned()).chain(rows).collect();
        let mut seen = Vec::new();
        let summary =
            import(Cursor::new(&text), "data.csv", &mapping, &store, &options(), &mut |progress| seen.push(progress))
                .unwrap();
        assert_eq!(summary.new, 12_000);
        assert!(seen.windows(2).all(|pair| pair[0].bytes <= pair[1].bytes), "{seen:?}");
        assert!(seen.len() > 4 && seen.iter().all(|progress| progress.total == 2 * text.len() as u64));
        assert_eq!(seen.last().unwrap().bytes, seen.last().unwrap().total);
    });
}

#[test]
fn a_mapping_that_does_not_exist() {
    let home = tempfile::tempdir().unwrap();
    let error = Mapping::find(home.path(), "maven_pipelin", &Model::built_in()).unwrap_err();
    let ImportError::UnknownMapping { ref nearest, .. } = error else { panic!("{error}") };
    assert_eq!(nearest.as_deref(), Some("maven_pipeline"));
    assert_eq!(
        error.to_string(),
        "there is no mapping “maven_pipelin” (did you mean “maven_pipeline”?); the mappings are maven_accounts, \
         maven_pipeline, maven_products, maven_teams, olist_deals, olist_deals_semicolon, olist_deals_us, olist_leads, \
         olist_leads_semicolon, olist_leads_us, online_retail"
    );
    assert!(Mapping::find(home.path(), "../maven_pipeline", &Model::built_in()).is_err());
}
