//! Mapping files: those that come with Pegel, those of a home, and what is said about wrong ones.

use pegel_import::Mapping;
use pegel_kpi::data::model::{Kind, Model, Table};

fn error(text: &str) -> String {
    Mapping::parse(text, "mine", &Model::built_in()).unwrap_err().to_string()
}

/// A mapping of leads with this among its columns.
fn with_column(column: &str) -> String {
    format!("[[tables]]\ntable = \"leads\"\nkey = \"id\"\n\n[tables.columns]\n{column}\n")
}

#[test]
fn all_mappings_that_come_with_pegel_are_right_and_described() {
    let home = tempfile::tempdir().unwrap();
    let mappings = Mapping::all(home.path(), &Model::built_in()).unwrap();
    assert_eq!(mappings.len(), 11);
    for (name, mapping) in mappings {
        let mapping = mapping.unwrap();
        assert!(!mapping.description.is_empty(), "{name}");
    }
}

#[test]
fn a_home_overrides_and_adds_mappings() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("config/imports");
    std::fs::create_dir_all(&folder).unwrap();
    let mine = "description = \"mine\"\n[[tables]]\ntable = \"leads\"\nkey = \"id\"\n";
    std::fs::write(folder.join("olist_leads.toml"), mine).unwrap();
    std::fs::write(folder.join("fair.toml"), mine).unwrap();
    assert_eq!(Mapping::find(home.path(), "olist_leads", &Model::built_in()).unwrap().description, "mine");
    assert!(Mapping::find(home.path(), "olist_deals", &Model::built_in()).is_ok());
    assert!(Mapping::all(home.path(), &Model::built_in()).unwrap()["fair"].is_ok());
}

#[test]
fn a_mapping_that_is_not_in_order_takes_down_itself_alone() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("config/imports");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("olist_leads.toml"), b"description = \"M\xfcller\"\n").unwrap();
    std::fs::write(folder.join("fair.toml"), "\u{feff}[[tables]]\ntable = \"leads\"\nkey = \"id\"\n").unwrap();
    std::fs::write(folder.join("._fair.toml"), b"\0\x05").unwrap();
    // The built-in one would read the file in another way.
    let error = Mapping::find(home.path(), "olist_leads", &Model::built_in()).unwrap_err();
    assert!(error.is_usage() && error.to_string().ends_with("line 1 is not UTF-8: save it as UTF-8"), "{error}");
    assert!(
        Mapping::find(home.path(), "fair", &Model::built_in()).is_ok()
            && Mapping::find(home.path(), "olist_deals", &Model::built_in()).is_ok()
    );
    let all = Mapping::all(home.path(), &Model::built_in()).unwrap();
    assert_eq!((all.len(), all.values().filter(|mapping| mapping.is_err()).count()), (12, 1));
    assert_eq!(Mapping::file_of("fair"), "config/imports/fair.toml");
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    assert_eq!(
        error("[[tables]]\ntable = \"lead\"\nkey = \"id\"\n"),
        "mine.toml:2: there is no table “lead” (did you mean “leads”?)"
    );
    assert_eq!(
        error(&with_column("create_at = \"when\"")),
        "mine.toml:6: leads has no column “create_at” (did you mean “created_at”?); what the model lacks can go to \
         [tables.attributes]"
    );
    assert!(error("[[tables]]\ntabel = \"leads\"\nkey = \"id\"\n").starts_with("mine.toml:2: unknown field `tabel`"));
    assert!(error(&with_column("amount = { form = \"x\" }")).starts_with("mine.toml:6: unknown field `form`"));
    assert!(error("[[tables]]\ntable = \"leads\"\n").contains("missing field `key`"));
    assert!(error("tables = []").contains("add [[tables]]"));
    assert!(error("[[tables]\n").starts_with("mine.toml:1: "));
}

#[test]
fn a_mapping_is_about_the_tables_that_there_are() {
    let invoices = "row = \"A bill.\"\ncolumns = [{ name = \"customer_id\", refers_to = \"customers\" }]\n";
    let model = Model::with(&[("invoices", invoices)], "").unwrap();
    let text = "[[tables]]\ntable = \"invoices\"\nkey = \"id\"\n\n[tables.columns]\n\
                customer_id = { from = \"customer\", lookup = \"name\" }\n";
    assert!(Mapping::parse(text, "mine", &model).is_ok());
    assert!(error(text).starts_with("mine.toml:2: there is no table “invoices”"));
}

#[test]
fn a_column_must_make_sense() {
    for (column, expected) in [
        ("id = \"x\"", "ids are given by the database"),
        ("partner_id = \"x\"", "refers to a row of partners: say how it is found"),
        (
            "partner_id = { from = \"x\", lookup = \"nam\" }",
            "partners cannot be looked up by “nam”; it can by key, name",
        ),
        ("partner_id = { from = \"x\", lookup = \"region\", policy = \"create\" }", "by key or name, not by region"),
        ("source = { from = \"x\", lookup = \"key\" }", "refers to no other table"),
        ("source = { from = \"x\", policy = \"create\" }", "needs a `lookup`"),
        ("source = { from = \"x\", scale = \"100\" }", "is not a number"),
        ("source = { from = \"x\", kind = \"text\" }", "`kind` is for attributes"),
        ("source = { from = \"x\", constant = \"y\" }", "needs either `from` or `constant`"),
        ("source = {}", "needs either `from` or `constant`"),
        ("source = 5", "the name of a source column"),
        ("created_at = { constant = \"soon\" }", "“soon” is not a date"),
        ("outcome = { constant = \"Won\" }", "the constant of “outcome”: “Won” is none of won, lost"),
        (
            "outcome = { from = \"x\", values = { A = \"Won\" } }",
            "the `values` of “outcome”: “Won” is none of won, lost",
        ),
        ("amount = { from = \"x\", scale = \"ten\" }", "the scale of “amount” is not a number"),
        ("amount = { from = \"x\", otherwise = \"drop\" }", "unknown variant `drop`"),
    ] {
        let error = error(&with_column(column));
        assert!(error.starts_with("mine.toml:6: ") && error.contains(expected), "{column}: {error}");
    }
}

#[test]
fn the_kind_of_an_attribute_is_declared_where_it_is_more_than_a_text_or_a_number() {
    let attribute = |kind: &str| {
        let attribute = format!("[tables.attributes]\ndue = {{ from = \"x\", kind = \"{kind}\" }}\n");
        error(&format!("[[tables]]\ntable = \"leads\"\nkey = \"id\"\n{attribute}"))
    };
    assert_eq!(
        attribute("date"),
        "mine.toml:5: no table declares “due”: for kind = \"date\" write [[attributes]], name = \"due\" and that kind into \
         config/tables/leads.toml, and leave it out here"
    );
    assert_eq!(attribute("day"), "mine.toml:5: the kind of “due” is text, number or boolean, not “day”");
}

#[test]
fn the_format_of_the_source_must_make_sense() {
    for (line, expected) in [
        ("delimiter = \"semicolon\"", "is not a delimiter: write one character, or \"tab\""),
        ("encoding = \"latin-five\"", "is not an encoding"),
        ("zone = \"Berlin\"", "is not a time zone: write an IANA name"),
        ("dates = [\"dd.mm.yyyy\"]", "is not a date format"),
        ("dates = [\"%d.%m.%!\"]", "the date format “%d.%m.%!” is wrong"),
        ("dates = [\"unix\", \"%Y%m%d\"]", "“unix” and “%Y%m%d” read 20260304 as different days"),
        ("dates = [\"%Y%m%d\", \"unix\"]", "read 20260304 as different days"),
        ("dates = [\"excel\", \"unix\"]", "read 46085 as different days"),
        ("dates = [\"%m/%y\", \"%y/%m\"]", "read 10/11 as different days"),
        ("dates = [\"iso\", \"%Y-%d-%m\"]", "read 2026-03-04 as different days"),
        ("dates = [\"%Y-%m-%d %H:%m\"]", "it has the month twice: did you mean %M, the minutes?"),
        ("dates = [\"%d.%m.%Y %S\"]", "it has seconds or a half of the day, and no hour"),
        ("dates = [\"%d.%m.%Y %p\"]", "it has seconds or a half of the day, and no hour"),
        ("dates = [\"%d.%M.%Y %H:%m\"]", "it has the month behind the hour: did you mean %M, the minutes?"),
        ("decimal = \"dot\"", "unknown variant `dot`"),
    ] {
        let error = error(&format!("[source]\n{line}\n\n[[tables]]\ntable = \"leads\"\nkey = \"id\"\n"));
        assert!(error.starts_with("mine.toml:2: ") && error.contains(expected), "{line}: {error}");
    }
}

#[test]
fn two_tables_sections_must_not_write_the_same_column() {
    let two = |first: &str, second: &str| {
        let section = |key: &str, columns: &str| {
            format!("[[tables]]\ntable = \"reps\"\nkey = \"{key}\"\n[tables.columns]\n{columns}\n")
        };
        Mapping::parse(&(section("a", first) + section("b", second).as_str()), "mine", &Model::built_in())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    // Both follow from the key, so that they cannot contradict each other.
    assert_eq!(two("name = \"a\"", "name = \"b\""), Ok(()));
    assert_eq!(two("team = { constant = \"x\" }", "team = { constant = \"x\" }"), Ok(()));
    assert_eq!(
        two("team = { constant = \"x\" }", "team = { constant = \"y\" }"),
        Err("mine.toml:7: “team” of reps is written by two [[tables]] of this mapping: leave it to one".to_owned())
    );
}

/// A table of the model as the documentation shows it.
fn documented(table: &Table) -> String {
    let columns =
        table.columns.iter().filter(|column| ![table.id(), table.key()].contains(column)).map(|column| {
            match (table.reference_in(column), column.kind) {
                (Some(reference), _) => format!("{} → {}", column.name, reference.table),
                (None, Kind::Integer) => format!("{} integer", column.name),
                (None, Kind::Number) => format!("{} number", column.name),
                (None, Kind::Money) => format!("{} money", column.name),
                (None, Kind::Boolean) => format!("{} boolean", column.name),
                (None, Kind::Instant | Kind::Date | Kind::Text) => column.name.to_string(),
            }
        });
    format!("| {} | {} |", table.name, columns.collect::<Vec<_>>().join(", "))
}

#[test]
fn the_documentation_lists_the_model() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/imports/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    // What opportunities were before a change is written by the import alone.
    for table in Model::built_in().tables().filter(|table| table.history_of().is_none()) {
        assert!(readme.contains(&documented(&table)), "config/imports/README.md lacks:\n{}", documented(&table));
    }
}

/// The first example of the documentation is a mapping.
#[test]
fn the_example_of_the_documentation_is_right() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/imports/README.md")).unwrap();
    let example = readme.split("```").nth(1).and_then(|block| block.strip_prefix("toml\n")).unwrap();
    assert!(
        Mapping::parse(example, "example", &Model::built_in()).is_ok(),
        "{:?}",
        Mapping::parse(example, "example", &Model::built_in())
    );
}
