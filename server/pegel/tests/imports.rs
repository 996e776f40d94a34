//! What `pegel import` says about faulty files, and what it imports of them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Said, TestHome};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

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
    assert_eq!(said.err, "2 values of “name” cleaned of what cannot be seen; first in line 2, line 3\n");
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
fn damaged_workbooks_devices_and_utf_16_are_told_what_they_are() {
    let home = home();
    let path = home.path().join("partners.csv");
    std::fs::write(&path, b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0xl/workbook.xml").unwrap();
    import(&home, &path).failed(2, &["partners.csv cannot be imported: the ZIP archive or workbook is damaged"]);
    let text = "id,name,region\n1,A,N\n".encode_utf16().flat_map(u16::to_le_bytes);
    std::fs::write(&path, text.collect::<Vec<u8>>()).unwrap();
    import(&home, &path).failed(2, &["partners.csv:1:", "encoding = \"utf-16le\""]);
    import(&home, Path::new("/dev/zero")).failed(2, &["/dev/zero is not a file"]);
    import(&home, home.path()).failed(2, &["is not a file: a folder"]);
}

#[test]
fn several_files_are_one_import() {
    let home = home();
    home.write("in/a.csv", "id,name,region\n1,Ada,North\n2\n");
    home.write("in/b.csv", "region,id,name\nSouth,3,Bo\n");
    // No shell reads the pattern here.
    let pattern = home.path().join("in/*.csv");
    let said = import(&home, &pattern).failed(1, &["in/a.csv:3: the row has 1 cells where the header has 3"]);
    assert_eq!(said.out, "2 new, 0 changed, 0 unchanged, 1 rejected\n");
    import(&home, &home.path().join("in/*.tsv")).failed(2, &["no file is called ", "in/*.tsv"]);
    let file = home.path().join("in/b.csv");
    let file = file.to_str().unwrap();
    home.run(&["import", file, file, "--map", "partners"]).failed(2, &["in/b.csv is named twice"]);
    let replaced = ["import", pattern.to_str().unwrap(), "--map", "partners", "--rejected", file];
    home.run(&replaced).failed(2, &["would replace a file that is imported"]);
}

#[test]
fn a_file_may_come_through_standard_input() {
    let home = home();
    let mut command = home.command(&["import", "-", "--map", "partners"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    running.stdin.take().unwrap().write_all(b"id,name,region\n1,Ada,North\n2\n").unwrap();
    let said = Said::of(&running.wait_with_output().unwrap());
    let said = said.failed(1, &["standard input:3: the row has 1 cells"]);
    assert_eq!(said.out, "1 new, 0 changed, 0 unchanged, 1 rejected\n");
}

const DEALS: &str = "system = \"crm\"\n[[tables]]\ntable = \"orders\"\nkey = \"id\"\n[tables.columns]\nnumber = \"id\"\n\
                     channel = { constant = \"shop\" }\nordered_at = \"when\"\namount = \"amount\"\n";

#[test]
fn an_import_is_listed_and_taken_back_and_figures_are_what_they_were() {
    for home in [home(), TestHome::on_postgres()] {
        home.write("config/imports/shop.toml", DEALS);
        let import = |name: &str, rows: &str, at: &str| {
            let file = home.write(name, &format!("id,when,amount\n{rows}"));
            let arguments = ["import", file.to_str().unwrap(), "--map", "shop"];
            Said::of(&home.command_at(at, &arguments).output().unwrap()).succeeded()
        };
        let revenue = || home.run(&["kpi", "value", "revenue", "--period", "2026-10", "--json"]).succeeded().out;
        import("first.csv", "1,2026-10-01,100\n2,2026-10-02,100\n", "2026-11-16T09:00:00Z");
        let before = revenue();
        let said = import("second.csv", "1,2026-10-01,50\n3,2026-10-03,7\n", "2026-11-17T09:00:00Z");
        assert_eq!(said.err, "1 row of crm's orders is not in this file\n");
        assert_ne!(revenue(), before);
        let said = home.run(&["import", "undo"]).succeeded();
        assert_eq!(said.err, "orders: 1 removed, 1 as before\n");
        assert!(
            said.out.starts_with("import 2 of ") && said.out.ends_with("second.csv is taken back\n"),
            "{}",
            said.out
        );
        assert_eq!(revenue(), before);
        let listed = home.run(&["import", "list", "--system", "crm"]).succeeded().out;
        let listed: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(listed[0][3..], ["shop", "crm", "orders: 1 new, 1 changed", "taken back 2026-11-18 10:00:00"]);
        assert_eq!((listed[1][0], listed[1][1]), ("1", "2026-11-16 10:00:00"));
        assert_eq!(listed[1][3..], ["shop", "crm", "orders: 2 new", "can be taken back"]);
        let other = |system: &str| home.run(&["import", "list", "--system", system]).succeeded();
        assert_eq!(other("fair").err, "nothing was imported for “fair”; there are imports of crm\n");
        assert_eq!(other("crn").err, "nothing was imported for “crn”; did you mean “crm”?\n");
        // What all commands take may stand anywhere.
        assert_eq!(home.run(&["import", "--mail-url", "folder:out", "list", "--system", "fair"]).succeeded().out, "");
        home.run(&["import", "undo", "2"]).failed(2, &["import 2 was taken back already"]);
        // A file of that name is one after another file, or with its folder.
        home.write("list", "id,when,amount\n9,2026-10-09,1\n");
        let list = home.path().join("list");
        home.run(&["import", list.to_str().unwrap(), "--map", "shop"]).succeeded();
    }
}

#[test]
fn a_mapping_that_takes_the_files_time_takes_none_from_a_pipe() {
    let home = home();
    home.write("config/imports/shop.toml", &format!("exported_at = \"file\"\n{DEALS}"));
    let file = home.write("orders.csv", "id,when,amount\n1,2026-10-01,100\n");
    // It was written just now, which is later than the time that the command is told.
    let said = home.run(&["import", file.to_str().unwrap(), "--map", "shop"]).succeeded();
    assert!(said.err.contains("which is still to come"), "{}", said.err);
    let mut command = home.command(&["import", "-", "--map", "shop"]);
    let said = Said::of(&command.stdin(Stdio::null()).output().unwrap());
    said.failed(2, &["the mapping takes the file's own time, and standard input has none"]);
}

#[test]
fn what_nobody_delivers_is_no_data_and_what_nothing_is_in_is_zero() {
    let home = TestHome::new();
    let leads = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\ncreated_at = \"created\"\n\
                 accepted_at = \"accepted\"\n";
    home.write("config/imports/leads.toml", leads);
    home.write("config/imports/reported.toml", &format!("{leads}feedback_at = \"feedback\"\n"));
    let rows: Vec<String> = (0..20).map(|id| format!("{id},2026-10-06,2026-10-07,\n")).collect();
    let file = home.write("leads.csv", &format!("id,created,accepted,feedback\n{}", rows.concat()));
    let rate = || home.cells(&["feedback_rate", "--period", "2026-W41"])[0].clone();
    home.run(&["import", file.to_str().unwrap(), "--map", "leads"]).succeeded();
    // A system that does not know of feedback says nothing about partners.
    assert_eq!(rate()["state"], "no_data");
    home.run(&["import", file.to_str().unwrap(), "--map", "reported"]).succeeded();
    assert_eq!((&rate()["state"], &rate()["value"]), (&"value".into(), &0.0.into()));
    home.run(&["import", "undo"]).succeeded();
    assert_eq!(rate()["state"], "no_data");
}
