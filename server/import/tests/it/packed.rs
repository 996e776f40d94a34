//! Files packed with ZIP and gzip.

use crate::common::{import_bytes, lines};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn an_archive_with_one_file_is_read_as_that_file() {
    let mapping = Mapping::parse(PARTNERS, "test", &Model::built_in()).unwrap();
    let csv: &[u8] = b"id,name\nP1,Ada\n";
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip([["id", "name"], ["P1", "Ada"]]) {
        sheet.write_row(row, 0, cells).unwrap();
    }
    let workbook = workbook.save_to_buffer().unwrap();
    on_both(|store| {
        for bytes in [
            zipped(&[("out/partners.csv", csv)]),
            zipped(&[
                ("out/", b""),
                ("out/partners.csv", csv),
                ("__MACOSX/out/._partners.csv", b"\0"),
                (".DS_Store", b""),
            ]),
            zipped(&[("partners.csv.gz", &gzipped(csv))]),
            zipped(&[("partners.jsonl", b"{\"id\": \"P1\", \"name\": \"Ada\"}\n")]),
            zipped(&[("partners.xlsx", &workbook)]),
            gzipped(&workbook),
            gzipped(&zipped(&[("partners.csv", csv)])),
        ] {
            let summary = import_bytes(&store, &mapping, &bytes).unwrap();
            assert_eq!(summary.rejected_rows(), 0);
            assert_eq!(summary.new + summary.unchanged, 1);
        }
        assert_eq!(lines(&store, "partners", &["key", "name"]), ["P1 | Ada"]);
    });
}

#[test]
fn an_archive_of_several_files_lists_them() {
    let mapping = Mapping::parse(PARTNERS, "test", &Model::built_in()).unwrap();
    let nested = (0..5).fold(b"id,name\n".to_vec(), |bytes, _| zipped(&[("a.zip", &bytes)]));
    on_both(|store| {
        for (bytes, expected) in [
            (
                zipped(&[("a.csv", b"id"), ("b\x1b.csv", b"id")]),
                "it is a ZIP archive of 2 files, “a.csv”, “b .csv”: unpack it and import those that belong together",
            ),
            (zipped(&[("a/", b"")]), "it is a ZIP archive without a file in it"),
            (nested.clone(), "archives lie in archives: unpack them and import the file in them"),
        ] {
            let error = import_bytes(&store, &mapping, &bytes).unwrap_err();
            assert_eq!(error.to_string(), format!("data.csv cannot be imported: {expected}"));
            assert!(error.is_usage());
        }
        let open = "application/vnd.oasis.opendocument.text".as_bytes();
        for document in [
            zipped(&[("[Content_Types].xml", b""), ("word/document.xml", b"")]),
            zipped(&[("mimetype", open), ("content.xml", b"")]),
        ] {
            let error = import_bytes(&store, &mapping, &document).unwrap_err();
            let expected = "a document without a sheet, such as a text or slides, which is not read";
            assert!(error.to_string().contains(expected), "{error}");
        }
        // A byte of what is packed is another.
        let mut damaged = zipped(&[("a.csv", "id,name\n".repeat(100).as_bytes())]);
        damaged[45] ^= 0xff;
        let error = import_bytes(&store, &mapping, &damaged).unwrap_err();
        assert!(error.to_string().starts_with("data.csv could not be read: ") && error.is_usage(), "{error}");
    });
}

#[test]
fn a_file_made_to_unpack_for_hours_is_an_error() {
    let mapping = Mapping::parse(PARTNERS, "test", &Model::built_in()).unwrap();
    // Packed once, and unpacked 100 times.
    let bomb = gzipped(&vec![b'a'; 1 << 20]).repeat(100);
    on_both(|store| {
        let error = import_bytes(&store, &mapping, &bomb).unwrap_err();
        assert!(error.to_string().contains("unpack to more than 64 MiB") && error.is_usage(), "{error}");
    });
}
