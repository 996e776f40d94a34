//! Files that are no CSV, whatever their names say.

use crate::common::{import_bytes, import_text, lines};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;
use std::io::Write;

const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";

/// The local header of a file in a ZIP archive.
fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    for length in [content.len(), content.len()] {
        bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
    }
    bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(name.as_bytes());
    bytes.extend(content);
    bytes
}

fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(content).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn workbooks_and_other_files_given_as_csv_are_told_what_they_are() {
    let excel = [zipped("[Content_Types].xml", b"\x01\x02"), zipped("xl/workbook.xml", b"\x03")].concat();
    let ods = zipped("mimetype", b"application/vnd.oasis.opendocument.spreadsheet");
    let mut tar = vec![0; 512];
    tar[..8].copy_from_slice(b"data.csv");
    tar[257..262].copy_from_slice(b"ustar");
    let mapping = Mapping::parse(PARTNERS, "test", &Model::built_in()).unwrap();
    on_both(|store| {
        for (bytes, expected) in [
            (
                excel.clone(),
                "data.csv is an Excel workbook (.xlsx), not a CSV file: open it and save the sheet as “CSV UTF-8”",
            ),
            (gzipped(&excel), "data.csv is an Excel workbook (.xlsx)"),
            (
                ods.clone(),
                "data.csv is an OpenDocument spreadsheet (.ods), not a CSV file: open it and save the sheet as “CSV UTF-8”",
            ),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest".to_vec(), "data.csv is an old Excel workbook (.xls)"),
            (zipped("data.csv", b"id,name\n"), "data.csv is a ZIP archive, not a CSV file: unpack it"),
            (b"%PDF-1.7\n".to_vec(), "data.csv is a PDF file, not a CSV file: "),
            (b"PAR1\x15\x04".to_vec(), "data.csv is a Parquet file, not a CSV file: "),
            (b"<!DOCTYPE html>\n<html>".to_vec(), "data.csv is an HTML page, not a CSV file: "),
            (b"\xef\xbb\xbf \n<html xmlns:x=\"x\">".to_vec(), "data.csv is an HTML page"),
            (b"<?xml version=\"1.0\"?><Workbook>".to_vec(), "data.csv is an XML file"),
            (b"\x28\xb5\x2f\xfd\x04".to_vec(), "data.csv is packed with zstd, not a CSV file: unpack it"),
            (gzipped(&tar), "data.csv is a tar archive, not a CSV file: unpack it"),
            (b"SQLite format 3\0".to_vec(), "data.csv is an SQLite database, not a CSV file"),
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
