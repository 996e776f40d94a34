//! Files that are no CSV, whatever their names say.

use crate::common::{import_bytes, import_text, lines};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;
use std::io::Write;

const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";

fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(content).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn files_that_hold_no_rows_are_told_what_they_are() {
    let mut tar = vec![0; 512];
    tar[..8].copy_from_slice(b"data.csv");
    tar[257..262].copy_from_slice(b"ustar");
    let mapping = Mapping::parse(PARTNERS, "test", &Model::built_in()).unwrap();
    on_both(|store| {
        for (bytes, expected) in [
            (b"%PDF-1.7\n".to_vec(), "data.csv is a PDF file, which is not read: "),
            (b"PAR1\x15\x04".to_vec(), "data.csv is a Parquet file, which is not read: "),
            (b"<!DOCTYPE html>\n<html>".to_vec(), "data.csv is an HTML page, which is not read: "),
            (b"\xef\xbb\xbf \n<html xmlns:x=\"x\">".to_vec(), "data.csv is an HTML page"),
            (b"<?xml version=\"1.0\"?><Workbook>".to_vec(), "data.csv is an XML file"),
            (b"\x28\xb5\x2f\xfd\x04".to_vec(), "data.csv is packed with zstd, which is not read: unpack it"),
            (gzipped(&tar), "data.csv is a tar archive, which is not read: unpack it"),
            (b"SQLite format 3\0".to_vec(), "data.csv is an SQLite database, which is not read"),
        ] {
            let error = import_bytes(&store, &mapping, &bytes).unwrap_err();
            assert!(error.to_string().starts_with(expected) && error.is_usage(), "{error}");
        }
        assert!(lines(&store, "partners", &["key"]).is_empty());
        // Texts that only look a little like them.
        for text in ["PK,id,name\n1,2,3\n", "id,name\n<html>,PAR1\n", "BZh9,id,name\n1,2,3\n"] {
            assert_eq!(import_text(&store, PARTNERS, text).unwrap().rejected.len(), 0, "{text}");
        }
    });
}

#[test]
fn utf_16_without_a_mark_is_told_at_the_header() {
    on_both(|store| {
        let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        for text in
            ["id,name\n1,A\n", "\"id\",\"name\"\r\n\"1\",\"A\"\r\n", "größe,id,name\n5,1,A\n", "Имя,id,name\nЯ,1,A\n"]
        {
            for (bytes, name) in [(little(text), "utf-16le"), (big(text), "utf-16be")] {
                for encoding in ["", "[source]\nencoding = \"windows-1252\"\n"] {
                    let mapping = Mapping::parse(&format!("{encoding}{PARTNERS}"), "test", &Model::built_in()).unwrap();
                    let error = import_bytes(&store, &mapping, &bytes).unwrap_err().to_string();
                    let expected = format!(
                        "data.csv:1: the header holds NUL characters: is the file UTF-16? name it in the mapping: \
                         encoding = \"{name}\""
                    );
                    assert_eq!(error, expected, "{text:?} {name} {encoding:?}");
                }
                let mapping =
                    Mapping::parse(&format!("[source]\nencoding = \"{name}\"\n{PARTNERS}"), "test", &Model::built_in())
                        .unwrap();
                assert_eq!(import_bytes(&store, &mapping, &bytes).unwrap().rejected.len(), 0);
            }
        }
    });
}
