//! Several files that are one import.

use crate::common::{lines, options, told};
use pegel_import::{ImportError, Mapping, SourceFile, Summary, import_together};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use std::io::Cursor;

const LEADS: &str = r#"
system = "crm"

[aliases]
source = ["Origin"]

[[tables]]
table = "leads"
key = "id"
complete = true
[tables.columns]
source = "source"
amount = "amount"
"#;

fn import(store: &Store, files: &[(&str, &str)]) -> Result<Summary, ImportError> {
    let mapping = Mapping::parse(LEADS, "test", &Model::built_in()).unwrap();
    let files = files.iter().map(|(name, text)| SourceFile::new(*name, Cursor::new(*text))).collect();
    import_together(files, &mapping, store, &options(), &mut |_| {})
}

#[test]
fn files_are_one_import_though_their_columns_differ_in_order() {
    on_both(|store| {
        let files = [
            ("a.csv", "id,source,amount,seen\nL1,fair,1,x\nL2,web,2,x\n"),
            ("b.csv", "note,amount,Origin,id\nhm,3,call,L3\nhm,4,mail,L1\n"),
            ("c.json", "[{\"id\": \"L4\", \"amount\": 5, \"extra\": 1}]"),
        ];
        let summary = import(&store, &files).unwrap();
        assert_eq!(summary.to_string(), "4 new, 0 changed, 1 unchanged, 0 rejected");
        assert_eq!(summary.unused_columns, ["seen", "note", "extra"]);
        assert_eq!(
            lines(&store, "leads", &["key", "source", "amount"]),
            ["L1 | mail | 400", "L2 | web | 200", "L3 | call | 300", "L4 | – | 500"]
        );
        assert_eq!(store.texts("SELECT file AS value FROM imports").unwrap(), ["a.csv and 2 other files"]);
        // They are complete together.
        let again = import(&store, &files).unwrap();
        assert_eq!((again.tables["leads"].gone, again.new, again.changed), (0, 0, 0));
    });
}

#[test]
fn messages_name_the_file() {
    on_both(|store| {
        let files = [
            ("a.csv", "Leads\nid,source,amount\nL1,fair,much\nL2,\u{7}x,2\n"),
            ("b.csv", "amount,source,id\nmore,web,L3\n1\n"),
        ];
        let summary = import(&store, &files).unwrap();
        assert_eq!(
            summary.rejected.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "line 3 of a.csv, column amount: “much” is not a number such as 1,234.5 (decimal = \"point\")",
                "line 2 of b.csv, column amount: “more” is not a number such as 1,234.5 (decimal = \"point\")",
                "line 3 of b.csv: the row has 1 cells where the header has 3",
            ]
        );
        let notes = told(&summary);
        assert!(notes.contains(&"1 line is no data and skipped: line 1 of a.csv (“Leads”)".to_owned()), "{notes:?}");
        let cleaned = "1 value of “source” cleaned of what cannot be seen; first in line 4 of a.csv";
        assert!(notes.contains(&cleaned.to_owned()), "{notes:?}");
        let mut rejected = Vec::new();
        summary.write_rejected(&mut rejected).unwrap();
        let rejected = String::from_utf8(rejected).unwrap();
        assert!(rejected.contains("\nL3,web,more,b.csv:2,amount,"), "{rejected}");
    });
}

#[test]
fn a_file_that_cannot_be_read_keeps_the_others_out() {
    on_both(|store| {
        let error =
            import(&store, &[("a.csv", "id,source,amount\nL1,fair,1\n"), ("b.csv", "id,amount\n")]).unwrap_err();
        assert!(error.to_string().starts_with("b.csv has no column “source”"), "{error}");
        assert!(lines(&store, "leads", &["key"]).is_empty());
    });
}
