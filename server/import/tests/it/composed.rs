//! Values made of several columns: dates, months, keys with constants; one table from two files.

use crate::common::{import_text, lines};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;

fn error(mapping: &str) -> String {
    Mapping::parse(mapping, "mine", &Model::built_in()).unwrap_err().to_string()
}

#[test]
fn a_date_and_a_time_in_two_columns() {
    let mapping = r#"
[source]
zone = "UTC"
dates = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
[[tables]]
table = "leads"
key = "id"
[tables.columns]
created_at = { from = ["Date", "Time"] }
source = ["First", "Last"]
"#;
    on_both(|store| {
        let text =
            "id,Date,Time,First,Last\nL1,05.03.2026,8:15,Ada,Lovelace\nL2,05.03.2026,,,Cher\nL3,,,,\nL4,,8:15,,\n";
        let summary = import_text(&store, mapping, text).unwrap();
        assert_eq!(
            lines(&store, "leads", &["key", "created_at", "source"]),
            ["L1 | 2026-03-05T08:15:00Z | Ada Lovelace", "L2 | 2026-03-05T00:00:00Z | Cher", "L3 | – | –"]
        );
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 5, column Date + Time: “8:15” is not a date of the years 1900 to 2199 written as %d.%m.%Y %H:%M or \
             %d.%m.%Y"
        );
    });
}

#[test]
fn a_month_stands_for_its_first_or_its_last_day() {
    let mapping = r#"
[source]
dates = ["%m/%Y", "%B %Y", "%Y %m", "%d.%m.%Y"]
[[tables]]
table = "targets"
key = "id"
[tables.columns]
starts_on = { from = ["Year", "Month"], month = true }
ends_on = { from = ["Year", "Month"], month = "last" }
"#;
    on_both(|store| {
        let text =
            "id,Year,Month\nT1,2026,2\nT2,,2026-03\nT3,,12/2026\nT4,March,2026\nT5,,15.04.2026\nT6,2026,\nT7,2026,13\n";
        let summary = import_text(&store, mapping, text).unwrap();
        let days = |key: &str, starts: &str, ends: &str| {
            let days =
                |day: &str| (day.parse::<jiff::civil::Date>().unwrap() - jiff::civil::date(1970, 1, 1)).get_days();
            format!("{key} | {} | {}", days(starts), days(ends))
        };
        assert_eq!(
            lines(&store, "targets", &["key", "starts_on", "ends_on"]),
            [
                days("T1", "2026-02-01", "2026-02-28"),
                days("T2", "2026-03-01", "2026-03-31"),
                days("T3", "2026-12-01", "2026-12-31"),
                days("T4", "2026-03-01", "2026-03-31"),
                days("T5", "2026-04-01", "2026-04-30"),
            ]
        );
        assert_eq!(summary.rejected.iter().map(|row| row.at.line).collect::<Vec<_>>(), [7, 8]);
        assert_eq!(
            summary.rejected[0].faults[0].reason,
            "“2026” is not a month of the years 1900 to 2199 written as %m/%Y or %B %Y or %Y %m or %d.%m.%Y"
        );
    });
}

#[test]
fn a_format_without_a_day_needs_a_column_of_months() {
    let mapping = |column: &str| {
        format!(
            "[source]\ndates = [\"iso\",\n\"%m/%Y\"]\n[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n{column}\n"
        )
    };
    assert_eq!(
        error(&mapping("created_at = \"a\"")),
        "mine.toml:3: the date format “%m/%Y” has no day, and no column is read as a month: say month = true for those \
         that are"
    );
    assert!(
        Mapping::parse(&mapping("created_at = { from = \"a\", month = true }"), "mine", &Model::built_in()).is_ok()
    );
    for (column, expected) in [
        ("amount = { from = \"a\", month = true }", "“amount” is not a date: `month` cannot apply"),
        ("created_at = { from = \"a\", month = \"middle\" }", "month is true, \"first\" or \"last\""),
        ("created_at = { from = [] }", "“created_at” needs either `from` or `constant`"),
    ] {
        let error = error(&mapping(column));
        assert!(error.starts_with("mine.toml:8: ") && error.contains(expected), "{error}");
    }
}

#[test]
fn keys_may_have_constants_among_their_parts() {
    let mapping = |key: &str| format!("[[tables]]\ntable = \"orders\"\nkey = {key}\n");
    on_both(|store| {
        import_text(&store, &mapping("[\"order\", { constant = 2026 }]"), "order\n1\n").unwrap();
        let long = "{ from = [{ constant = \"shop|a\" }, \"order\"], case = \"lower\" }";
        import_text(&store, &mapping(long), "order\nA\n").unwrap();
        assert_eq!(lines(&store, "orders", &["key"]), ["1|2026", "shop\\|a|a"]);
    });
    assert_eq!(error(&mapping("[{ constant = 1 }]")), "mine.toml:3: the key names no source column");
    assert!(
        error(&mapping("[\"order\", { konstant = 1 }]"))
            .contains("expected the name of a source column, or { constant")
    );
    assert!(error(&mapping("[\"order\", { constant = [] }]")).contains("the constant of “key” is neither text"));
}

#[test]
fn columns_of_one_table_come_from_two_files_by_key() {
    let deals = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\nsource = \"source\"\n";
    let amounts =
        "[[tables]]\ntable = \"leads\"\nkey = \"lead\"\nupdate_only = true\n[tables.columns]\namount = \"amount\"\n";
    on_both(|store| {
        import_text(&store, deals, "id,source\nL1,fair\nL2,web\n").unwrap();
        let summary = import_text(&store, amounts, "lead,amount\nL1,5\nL9,7\n").unwrap();
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 3, column lead: leads has no row with this key, and the mapping only updates"
        );
        let both = ["L1 | fair | 500", "L2 | web | –"];
        assert_eq!(lines(&store, "leads", &["key", "source", "amount"]), both);
        // Neither file takes away what the other brought.
        import_text(&store, deals, "id,source\nL1,fair\nL2,web\n").unwrap();
        assert_eq!(lines(&store, "leads", &["key", "source", "amount"]), both);
    });
}
