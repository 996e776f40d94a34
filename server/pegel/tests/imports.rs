//! What `pegel import` says about faulty files, and what it imports of them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Said, TestHome};
use std::path::Path;

const PARTNERS: &str =
    "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\nregion = \"region\"\n";

/// A home with a mapping of partners.
fn home() -> TestHome {
    let home = TestHome::new();
    home.write("config/imports/partners.toml", PARTNERS);
    home
}

fn import(home: &TestHome, file: &Path) -> Said {
    home.run(&["import", file.to_str().unwrap(), "--map", "partners"])
}

#[test]
fn stray_quotes_reject_their_rows_and_the_summary_says_so() {
    let home = home();
    let mut rows: Vec<String> = (1..=1000).map(|row| format!("{row},P{row},North\n")).collect();
    rows[99] = "100,\"Zum Hirschen,North\n".to_owned();
    rows[899] = "900,\"Adler,North\n".to_owned();
    let file = home.write("partners.csv", &format!("id,name,region\n{}", rows.concat()));
    let said =
        import(&home, &file).failed(1, &["partners.csv:101: text after a closing quote", "partners.csv:901: a quote"]);
    assert_eq!(said.out, "998 new, 0 changed, 0 unchanged, 2 rejected\n");
}

#[test]
fn what_is_cleaned_of_control_characters_is_said() {
    let home = home();
    let file = home.write("partners.csv", "id,name,region\n1,Haus\u{b}Nord,North\n2,Haus\u{1f}Süd,South\n");
    let said = import(&home, &file).succeeded();
    assert_eq!(said.err, "cleaned of control characters: 2 values of “name”, first in line 2\n");
    assert_eq!(said.out, "2 new, 0 changed, 0 unchanged, 0 rejected\n");
}

#[test]
fn nothing_of_a_file_gives_orders_to_the_terminal() {
    let home = home();
    let no_orders = |said: &Said| {
        assert!(!said.err.contains(|c: char| c.is_control() && c != '\n'), "{:?}", said.err);
        assert!(said.err.len() < 2000, "{}", said.err.len());
    };
    let long = "x".repeat(100_000);
    // Too many cells, a key of control characters alone, a name that nobody can read.
    let file = home.write("\u{1b}[2J.csv", &format!("id,name,region\n1,A,N,\u{7}{long}\n\u{9b}\u{1b},B\u{7},N\n"));
    let said = import(&home, &file).failed(1, &[" [2J.csv:2:", " [2J.csv:3: id", "the key is missing"]);
    no_orders(&said);
    let file = home.write("\u{1b}[2J.csv", &format!("id,\"na\nme\u{1b}]0;title\u{7}\",{long}\n"));
    no_orders(&import(&home, &file).failed(2, &[" [2J.csv has no column “name”"]));
    no_orders(&import(&home, &home.path().join("\u{1b}[31mnone.csv")).failed(2, &[" [31mnone.csv cannot be read"]));
}

#[test]
fn workbooks_devices_and_utf_16_given_as_csv_are_told_what_they_are() {
    let home = home();
    let path = home.path().join("partners.csv");
    std::fs::write(&path, b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0xl/workbook.xml").unwrap();
    import(&home, &path).failed(2, &["partners.csv is an Excel workbook (.xlsx), not a CSV file", "CSV UTF-8"]);
    let text = "id,name,region\n1,A,N\n".encode_utf16().flat_map(u16::to_le_bytes);
    std::fs::write(&path, text.collect::<Vec<u8>>()).unwrap();
    import(&home, &path).failed(2, &["partners.csv:1:", "encoding = \"utf-16le\""]);
    import(&home, Path::new("/dev/zero")).failed(2, &["/dev/zero is not a file"]);
    import(&home, home.path()).failed(2, &["is not a file: a folder"]);
}
