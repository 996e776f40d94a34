//! Objects: JSON Lines, arrays, objects within objects.

use crate::common::{has_attributes, import_text, lines};
use pegel_store::testing::on_both;
use serde_json::json;

const LEADS: &str = r#"
[source]
zone = "UTC"
decimal = "comma"

[[tables]]
table = "leads"
key = "id"
[tables.columns]
source = "source"
amount = "deal.amount"
created_at = "created"
[tables.attributes]
email = "contact.email"
"#;

#[test]
fn an_object_on_each_line() {
    on_both(|store| {
        let text = concat!(
            "{\"id\": 9007199254740993, \"source\": \"fair\", \"created\": \"2026-03-05T14:15:33Z\", ",
            "\"deal\": {\"amount\": 1234.5}, \"contact\": {\"email\": \"a@b.de\", \"tags\": [1]}}\n",
            "\n",
            "{\"id\": \"L2\", \"source\": null, \"deal\": {\"amount\": 1.5e3}}\n",
            "{\"id\": \"L3\", \"source\":\n",
            "[1, 2]\n",
            "{\"id\": \"L4\", \"source\": [\"a\", \"b\"]}\n",
            "{\"id\": \"L5\", \"id\": \"L6\"}\n",
            "{\"id\": true, \"source\": \"Z\\u00fcrich\\nNord\"}",
        );
        let summary = import_text(&store, LEADS, text).unwrap();
        assert_eq!(
            summary.rejected.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "line 4: the row is no JSON: EOF while parsing a value at its byte 22",
                "line 5: the row is not an object such as {\"id\": 1}",
                "line 6: “source” is a list: a cell holds one value",
                "line 7: the row has “id” twice",
            ]
        );
        assert_eq!(
            lines(&store, "leads", &["key", "source", "amount", "created_at"]),
            [
                "9007199254740993 | fair | 123450 | 2026-03-05T14:15:33Z",
                "L2 | – | 150000 | –",
                "true | Zürich Nord | – | –",
            ]
        );
        assert!(has_attributes(&store, "leads", "9007199254740993", &json!({ "email": "a@b.de" })));
        assert_eq!(summary.unused_columns, ["contact.tags"]);
    });
}

#[test]
fn an_array_of_objects() {
    on_both(|store| {
        let text = "\u{feff}[\n  {\"id\": \"L1\", \"source\": \"a ] b\", \"deal\": {\"amount\": 5}},\n  {\n    \"id\": \"L2\"\n  }, 7\n]\n";
        let summary = import_text(&store, LEADS, text).unwrap();
        assert_eq!(summary.rejected[0].to_string(), "line 5: the row is not an object such as {\"id\": 1}");
        assert_eq!(lines(&store, "leads", &["key", "source", "amount"]), ["L1 | a ] b | 500", "L2 | – | –"]);
        // What no object has is missing, and said.
        assert_eq!(
            summary.notes(),
            [
                "leads: 2 rows have no created_at: what counts by it leaves them out; first in line 2, line 3",
                "no object of data.csv has “created”: it is missing in all rows",
                "no object of data.csv has “contact.email”: it is missing in all rows",
            ]
        );
        let empty = import_text(&store, LEADS, "[]").unwrap();
        assert_eq!(empty.notes(), ["1 row of leads, imported without a `system`, is not in this file"]);
    });
}

#[test]
fn objects_that_take_several_lines_each() {
    on_both(|store| {
        import_text(&store, LEADS, "{\n\"id\": \"L1\"\n}\n{\n\"id\": \"L2\"\n}\n").unwrap();
        assert_eq!(lines(&store, "leads", &["key"]), ["L1", "L2"]);
    });
}

#[test]
fn a_list_that_breaks_off_is_an_error() {
    on_both(|store| {
        for (text, expected) in [
            ("[{\"id\": 1},\n", "line 2: the file breaks off in its list of objects"),
            ("[{\"id\": 1}", "line 1: the file breaks off in its list of objects"),
            ("[{\"id\": 1},\n{\"id\": ", "line 2: the object that begins here does not end"),
            ("[{\"id\": 1} {\"id\": 2}]", "line 1: a comma is missing between two objects"),
            ("[{\"id\": 1},,{\"id\": 2}]", "line 1: an object is missing beside a comma"),
            ("[{\"id\": 1}]\n[{\"id\": 2}]", "line 2: text follows the list of objects"),
            (
                "{\"total\": 1, \"data\": {\"items\": [{\"id\": 1}]}}",
                "it is one object that has its rows in “data.items”: export that list alone",
            ),
        ] {
            let error = import_text(&store, LEADS, text).unwrap_err();
            assert_eq!(error.to_string(), format!("data.csv cannot be imported: {expected}"));
            assert!(error.is_usage());
        }
        assert!(lines(&store, "leads", &["key"]).is_empty());
    });
}

#[test]
fn an_object_too_large_is_rejected_alone() {
    on_both(|store| {
        let long = "a".repeat(1 << 20);
        for text in [
            format!("{{\"id\": \"{long}\"}}\n{{\"id\": \"L2\"}}\n"),
            format!("[{{\"id\": \"{long}\"}},\n{{\"id\": \"L2\"}}]"),
            format!("{{\"id\": 1{}}}\n{{\"id\": \"L2\"}}\n", ", \"a\": {\"b\": 1".repeat(20) + "}".repeat(20).as_str()),
        ] {
            let summary = import_text(&store, LEADS, &text).unwrap();
            assert_eq!((summary.rejected.len(), summary.rejected[0].at.line), (1, 1));
        }
        assert_eq!(lines(&store, "leads", &["key"]), ["L2"]);
    });
}

#[test]
fn a_csv_file_may_begin_with_a_bracket() {
    on_both(|store| {
        let mapping = "[[tables]]\ntable = \"leads\"\nkey = \"[id]\"\n";
        assert_eq!(import_text(&store, mapping, "[id],{x}\nL1,2\n").unwrap().new, 1);
    });
}

#[test]
fn a_member_that_is_an_object_is_no_value() {
    on_both(|store| {
        let mapping = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\namount = \"a\"\n";
        let text = "{\"id\": \"L1\", \"a\": {\"value\": 10}}\n{\"id\": \"L2\", \"a\": 10, \"b\": {\"c\": 1}}\n";
        let summary = import_text(&store, mapping, text).unwrap();
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 1: “a” is an object: name what is within it, such as “a.value”"
        );
        assert_eq!(lines(&store, "leads", &["key", "amount"]), ["L2 | 1000"]);
    });
}

#[test]
fn a_member_that_differs_in_its_letters_case_is_not_missing_unsaid() {
    on_both(|store| {
        let mapping = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\namount = \"a\"\n";
        let error =
            import_text(&store, mapping, "{\"id\": \"L1\", \"A\": 10}\n{\"id\": \"L2\", \"A\": 10}\n").unwrap_err();
        assert_eq!(error.to_string(), "data.csv has no column “a” (did you mean “A”?); its columns are “id”, “A”");
        let mixed = "{\"id\": \"L1\", \"a\": 10}\n{\"id\": \"L2\", \"A\": 10}\n{\"id\": \"L3\", \"a\": 10, \"A\": 5}\n";
        let summary = import_text(&store, mapping, mixed).unwrap();
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 2: “a” of the mapping is “A” here: add that to its [aliases]"
        );
        assert_eq!(lines(&store, "leads", &["key", "amount"]), ["L1 | 1000", "L3 | 1000"]);
        let aliases = format!("[aliases]\na = [\"A\"]\n{mapping}");
        assert_eq!(import_text(&store, &aliases, "{\"id\": \"L4\", \"A\": 10}\n").unwrap().new, 1);
    });
}
