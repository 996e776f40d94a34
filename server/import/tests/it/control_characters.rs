//! Characters that mails, pages and terminals cannot bear.

use crate::common::{has_attributes, import_text, lines, told};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;

const LEADS: &str = r#"
[source]
zone = "UTC"

[[tables]]
table = "partners"
key = "Partner"
[tables.columns]
name = "Partner"
region = "Region"

[[tables]]
table = "leads"
key = "Lead"
[tables.columns]
partner_id = { from = "Partner", lookup = "key" }
source = { from = "Source", values = { "fair trade" = "fair" }, otherwise = "keep" }
created_at = "Created"
[tables.attributes]
note = "Note"
"#;

#[test]
fn control_characters_are_cleaned_from_values_keys_look_ups_and_attributes() {
    on_both(|store| {
        for (number, c) in
            ['\u{1}', '\u{7}', '\u{b}', '\u{c}', '\u{1b}', '\u{1f}', '\u{7f}', '\u{9b}', '\u{fffe}', '\u{ffff}']
                .into_iter()
                .enumerate()
        {
            let text = format!(
                "Lead,Partner,Region,Source,Created,Note,Unused\n\
                 {number}{c}a,Haus{c}{c}Nord{number},{c}N,web,2026-11-03,a{c}b,c\n\
                 {number} b,{c}Haus Nord{number}{c},{c},fair{c}trade,2026-11-03{c},,x{c}\n"
            );
            let summary = import_text(&store, LEADS, &text).unwrap();
            assert_eq!(summary.to_string(), "2 new, 0 changed, 0 unchanged, 0 rejected", "{c:?}");
            assert_eq!(
                told(&summary),
                [
                    "2 values of “Partner” cleaned of what cannot be seen; first in line 2, line 3",
                    "2 values of “Region” cleaned of what cannot be seen; first in line 2, line 3",
                    "1 value of “Lead” cleaned of what cannot be seen; first in line 2",
                    "1 value of “Created” cleaned of what cannot be seen; first in line 3",
                    "1 value of “Source” cleaned of what cannot be seen; first in line 3",
                    "1 value of “Note” cleaned of what cannot be seen; first in line 2",
                    &format!("partners: 1 row gave way to a later row with the same key: “Haus Nord{number}”"),
                ][..],
            );
            assert!(has_attributes(&store, "leads", &format!("{number} a"), &serde_json::json!({ "note": "a b" })));
            let again = import_text(&store, LEADS, &text).unwrap();
            assert_eq!((again.new, again.changed), (0, 0), "{c:?}: {again}");
        }
        let leads = lines(&store, "leads", &["key", "partner.key", "partner.name", "partner.region", "source"]);
        assert_eq!(leads.len(), 20);
        assert_eq!(leads[0], "0 a | Haus Nord0 | Haus Nord0 | – | web");
        assert_eq!(leads[1], "0 b | Haus Nord0 | Haus Nord0 | – | fair");
    });
}

#[test]
fn a_row_known_by_a_clean_key_gets_its_name_cleaned() {
    const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";
    on_both(|store| {
        use pegel_store::facts::{Fact, Facts, Value};
        let table = Model::built_in().table("partners").unwrap();
        let fact = Fact {
            key: "7".to_owned(),
            values: vec![Value::Text("A\u{b}B".to_owned())],
            attributes: serde_json::Map::default(),
            valid_from: None,
            changed_at: None,
        };
        let columns = vec![table.column("name").unwrap().clone()];
        let facts = Facts { table, columns, rows: vec![fact] };
        store.write(true, |writer| writer.upsert(&facts, 0)).unwrap();
        let summary = import_text(&store, PARTNERS, "id,name\n7,A\u{b}B\n").unwrap();
        assert_eq!(summary.to_string(), "0 new, 1 changed, 0 unchanged, 0 rejected");
        assert_eq!(lines(&store, "partners", &["key", "name"]), ["7 | A B"]);
    });
}

#[test]
fn columns_are_found_whatever_control_characters_their_names_have() {
    on_both(|store| {
        let text = "\u{1b}Lead,Part\u{b}ner\u{1f},Region\u{1},Source,Created,Note\nL1,P,N,web,2026-11-03,\n";
        let mapping = LEADS.replace("\"Partner\"", "\"Part ner\"");
        assert_eq!(import_text(&store, &mapping, text).unwrap().new, 1);
    });
}

#[test]
fn a_nul_is_not_cleaned_but_told_since_it_comes_from_another_encoding() {
    on_both(|store| {
        let text = "Lead,Partner,Region,Source,Created,Note\nL1,P\0Q,N,web,2026-11-03,\n";
        let summary = import_text(&store, LEADS, text).unwrap();
        assert!(summary.rejected[0].to_string().contains("a NUL character: is the file's encoding utf-16?"));
    });
}

#[test]
fn rejected_rows_are_written_as_they_are_and_shown_without_orders_to_the_terminal() {
    on_both(|store| {
        let long = "x".repeat(100_000);
        let text = format!("Lead,Partner,Region,Source,Created,Note\nL\u{1b}[31m1,P,N,web,so\u{7}on {long},\u{b}\n");
        let summary = import_text(&store, LEADS, &text).unwrap();
        let shown = summary.rejected[0].to_string();
        assert!(
            shown.starts_with("line 2, column Created: “so on xxx") && shown.ends_with("written as iso"),
            "{shown}"
        );
        assert!(shown.len() < 500 && !shown.contains(char::is_control), "{}", shown.len());
        assert!(summary.rejected[0].faults[0].value.len() < 500);
        let mut file = Vec::new();
        summary.write_rejected(&mut file).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert!(file.contains(&format!("\nL\u{1b}[31m1,P,N,web,so\u{7}on {long},\u{b},2,Created,")), "{}", file.len());
    });
}

#[test]
fn messages_about_a_file_hold_no_orders_to_the_terminal() {
    on_both(|store| {
        let mapping = Mapping::parse(LEADS, "test", &Model::built_in()).unwrap();
        let options = crate::common::options();
        let import = |text: &str| {
            let text = std::io::Cursor::new(text.to_owned());
            pegel_import::import(text, "a\u{1b}[2J.csv", &mapping, &store, &options, &mut |_| {})
                .unwrap_err()
                .to_string()
        };
        for text in [
            "",
            "Lead,\"Par\ntner\u{1b}[31m\",x\n1,2\n",
            "Lead,Lead,Partner,Region,Source,Created,Note\n",
            "Lead,\"a\"b\n",
            "Lead\0,x\n",
            &format!("Lead,{}\n", "c,".repeat(50_000)),
        ] {
            let message = import(text);
            assert!(message.starts_with("a [2J.csv") && !message.contains(char::is_control), "{message}");
            assert!(message.len() < 2000, "{}", message.len());
        }
    });
}

#[test]
fn a_mapping_brings_no_control_characters_in() {
    for line in [
        "name = { constant = \"a\\u000bb\" }",
        "name = { from = \"x\", values = { a = \"\\u001b\" } }",
        "name = { from = \"x\", values = { \"a\\u0007\" = \"b\" } }",
        "name = \"x\\u0001\"",
        "name = { from = \"x\", when = { column = \"y\", in = [\"\\u0000\"] } }",
    ] {
        let mapping = format!("[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\n{line}\n");
        let error = Mapping::parse(&mapping, "mine", &Model::built_in()).unwrap_err().to_string();
        assert!(error.starts_with("mine.toml:5: ") && error.contains("control character"), "{line}: {error}");
    }
}
