//! What a file may ask of us: rows and keys have a greatest length.

use crate::common::{import_bytes, import_text, lines};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;
use std::io::Write;

const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";
const MIB: usize = 1 << 20;

#[test]
fn a_row_longer_than_the_limit_is_rejected_and_reading_goes_on() {
    on_both(|store| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let long = "a".repeat(20 * MIB);
        write!(gzip, "id,name\n1,A\n2,{long}\n3,C\n4,\"{long}\n5,E\n6,\"{}\"\n", "f".repeat(1000)).unwrap();
        let mapping = Mapping::parse(PARTNERS, "test", &Model::built_in()).unwrap();
        let summary = import_bytes(&store, &mapping, &gzip.finish().unwrap()).unwrap();
        assert_eq!(summary.to_string(), "4 new, 0 changed, 0 unchanged, 2 rejected");
        let rejected: Vec<String> = summary.rejected.iter().map(ToString::to_string).collect();
        assert_eq!(
            rejected,
            [
                "line 3: the row is longer than 1 MiB, the most that is read",
                "line 5: the row is longer than 1 MiB, the most that is read"
            ]
        );
        // Their text is not kept.
        assert!(summary.rejected.iter().all(|row| row.cells.iter().all(String::is_empty)));
        assert_eq!(lines(&store, "partners", &["key"]), ["1", "3", "5", "6"]);
    });
}

#[test]
fn a_quote_that_stays_open_beyond_the_limit_swallows_no_rows() {
    on_both(|store| {
        let rows: Vec<String> = (1..=60_000).map(|row| format!("{row},a partner of theirs\n")).collect();
        let text = format!("id,name\n0,\"open\n{}last,\"closed\"\n", rows.concat());
        let summary = import_text(&store, PARTNERS, &text).unwrap();
        assert_eq!(summary.to_string(), "60001 new, 0 changed, 0 unchanged, 1 rejected");
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 2: the row is longer than 1 MiB, the most that is read: is a quote left open in it?"
        );
    });
}

#[test]
fn a_header_longer_than_the_limit_is_an_error() {
    on_both(|store| {
        let text = format!("id,name,{}\n1,A,x\n", "a".repeat(3 * MIB));
        let error = import_text(&store, PARTNERS, &text).unwrap_err().to_string();
        assert_eq!(error, "data.csv:1: the header cannot be read: the row is longer than 1 MiB, the most that is read");
    });
}

#[test]
fn a_key_longer_than_an_index_can_hold_rejects_its_row_alone() {
    const LEADS: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
                         partner_id = { from = \"partner\", lookup = \"name\", policy = \"create\" }\n";
    on_both(|store| {
        // What cannot be packed.
        let long: String = (0..20_000_u32).map(|n| char::from(b'a' + (n.wrapping_mul(n) / 7 % 26) as u8)).collect();
        let text = format!("id,partner\nL1,A\n{long},A\nL3,{long}\n");
        let summary = import_text(&store, LEADS, &text).unwrap();
        assert_eq!(summary.to_string(), "1 new, 0 changed, 0 unchanged, 2 rejected");
        let reasons: Vec<&str> = summary.rejected.iter().map(|row| row.faults[0].reason.as_str()).collect();
        assert_eq!(reasons, ["a key of 20000 bytes: the longest has 1000"; 2]);
    });
}
