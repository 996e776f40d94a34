//! The schema: migrations both ways, the same tables on both databases, immutable editions, wrong URLs.

mod common;

use common::edition::{long_edition, publish, run};
use common::{put, rows, scan_of};
use pegel_kpi::data::model::{ATTRIBUTES, Column, GONE_AT, Kind, Model, SYSTEM, Table};
use pegel_store::facts::Written;
use pegel_store::testing::{TestDatabase, on_both, on_both_databases};
use pegel_store::{Store, StoreError};
use std::sync::Arc;

const MIGRATIONS: [&str; 28] = [
    "2026-11-22-000001_facts",
    "2026-11-22-000002_bookkeeping",
    "2026-11-22-000003_readable_views",
    "2026-11-23-000001_activations",
    "2026-11-27-000001_currency",
    "2026-11-27-000002_deliveries",
    "2026-11-27-000004_editions",
    "2026-11-27-000005_unused",
    "2026-11-27-000006_contacts",
    "2026-11-27-000007_systems",
    "2026-11-27-000008_gone_rows",
    "2026-11-27-000009_import_tables",
    "2026-11-27-000010_spans",
    "2026-11-27-000011_own_tables",
    "2026-11-27-000012_undo",
    "2026-11-27-000013_import_columns",
    "2026-11-28-000001_touched",
    "2026-11-28-000002_kept_states",
    "2026-11-28-000003_kept_by_generation",
    "2026-11-28-000004_kept_in_rows",
    "2026-11-28-000005_unsubscribed",
    "2026-11-28-000006_reasons",
    "2026-11-28-000007_attachments",
    "2026-11-29-000002_signatures",
    "2026-11-29-000003_deflated",
    "2026-11-29-000004_alerts",
    "2026-11-29-000005_attempts",
    "2026-11-29-000006_channels",
];

#[test]
fn migrations_run_up_down_and_up_again() {
    on_both_databases(|database| {
        let store = Store::open(database.url()).unwrap();
        let behind = store.check_schema(&Model::built_in()).unwrap_err();
        assert!(behind.to_string().contains("pegel migrate") && behind.to_string().contains(MIGRATIONS[0]), "{behind}");
        assert_eq!(store.migrate(&Model::built_in()).unwrap(), MIGRATIONS);
        store.check_schema(&Model::built_in()).unwrap();
        let first = store.objects().unwrap();
        assert!(store.migrate(&Model::built_in()).unwrap().is_empty());
        put(&store, &facts!("leads" [region] "L1": "North"));
        store.revert_all_migrations(&Model::built_in()).unwrap();
        let left = store.objects().unwrap();
        assert!(left.iter().all(|object| object.contains("__diesel_schema_migrations")), "{left:?}");
        assert_eq!(store.migrate(&Model::built_in()).unwrap(), MIGRATIONS);
        assert_eq!(store.objects().unwrap(), first);
        assert!(rows(&store, &scan_of("leads", &["key"])).is_empty());
    });
}

#[test]
fn the_way_back_is_refused_where_it_would_leave_what_nobody_can_read() {
    on_both(|store| {
        let edition = long_edition(0);
        let id = publish(&store, run(&store, &edition), &edition, &[]).unwrap();
        assert!(store.revert_all_migrations(&Model::built_in()).is_err(), "SQL cannot inflate");
        assert_eq!(store.edition(id).unwrap().unwrap().renditions, edition.renditions);
    });
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    on_both(|store| {
        store.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')").unwrap();
        let ahead = store.check_schema(&Model::built_in()).unwrap_err();
        assert!(matches!(&ahead, StoreError::SchemaAhead { unknown } if unknown == &["20991231000001"]), "{ahead:?}");
    });
}

#[test]
fn the_tables_are_those_of_the_model() {
    on_both(|store| {
        for table in Model::built_in().tables() {
            let of_the_model = table.columns.iter().map(|column| {
                let required = [table.id(), table.key()].contains(&column);
                format!("{} {}{}", column.name, type_of(column.kind), if required { " NOT NULL" } else { "" })
            });
            let mut expected: Vec<String> = of_the_model
                .chain(["system TEXT NOT NULL", "gone_at BIGINT", "attributes TEXT NOT NULL"].map(str::to_owned))
                .collect();
            let mut columns = store.columns(&table.name).unwrap();
            // A column that was added later stands at the end.
            expected.sort();
            columns.sort();
            assert_eq!(columns, expected, "{}", table.name);
            let references =
                table.references.iter().map(|reference| format!("{} {}", reference.column.name, reference.table));
            let mut references: Vec<String> = references.collect();
            references.sort();
            assert_eq!(store.references(&table.name).unwrap(), references, "{}", table.name);
        }
    });
}

#[test]
fn no_table_of_a_home_is_called_like_one_of_ours() {
    on_both(|store| {
        let ours = store.objects().unwrap().into_iter();
        let named = |object: String| {
            let (kind, name) = object.split_once(' ')?;
            ["table", "view"].contains(&kind).then(|| name.to_owned())
        };
        let ours = ours.filter_map(named);
        let ours = ours.filter(|name| Model::built_in().table(name).is_none() && !name.starts_with("__"));
        for name in ours {
            let table = "row = \"x\"\ncolumns = [{ name = \"at\", kind = \"instant\" }]";
            assert!(Model::with(&[(&name, table)], "").is_err(), "{name}");
        }
    });
}

fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer | Kind::Money | Kind::Instant => "BIGINT",
        Kind::Number => "DOUBLE PRECISION",
        Kind::Date => "INTEGER",
        Kind::Text => "TEXT",
        Kind::Boolean => "BOOLEAN",
    }
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let [sqlite, postgres] = [TestDatabase::sqlite(), TestDatabase::postgres()];
    let [sqlite_, postgres_] = [sqlite.store(), postgres.store()];
    let tables =
        sqlite_.objects().unwrap().into_iter().filter_map(|object| object.strip_prefix("table ").map(str::to_owned));
    let tables: Vec<String> = tables.filter(|table| table != "__diesel_schema_migrations").collect();
    assert_eq!(tables.len(), Model::built_in().names().count() + 28);
    for table in &tables {
        assert_eq!(sqlite_.columns(table).unwrap(), postgres_.columns(table).unwrap(), "{table}");
        assert_eq!(sqlite_.references(table).unwrap(), postgres_.references(table).unwrap(), "{table}");
    }
    // Triggers are written differently.
    let comparable = |store: &Store| {
        let mut objects = store.objects().unwrap();
        objects.retain(|object| !object.starts_with("trigger ") && !object.starts_with("function "));
        objects
    };
    assert_eq!(comparable(&sqlite_), comparable(&postgres_));
}

#[test]
fn every_date_and_every_reference_has_an_index() {
    on_both(|store| {
        let objects = store.objects().unwrap();
        for table in Model::built_in().tables() {
            let keys = table.references.iter().map(|reference| &reference.column);
            for name in dates(&table).chain(keys).map(|column| &column.name) {
                assert!(objects.contains(&format!("index {}_{name}", table.name)), "{}.{name}", table.name);
            }
        }
    });
}

fn dates(table: &Table) -> impl Iterator<Item = &Arc<Column>> {
    table.columns.iter().filter(|column| matches!(column.kind, Kind::Instant | Kind::Date))
}

#[test]
fn the_readable_views_have_the_columns_of_the_model_and_show_timestamps() {
    on_both(|store| {
        for table in Model::built_in().tables() {
            let shown = store.columns(&format!("{}_readable", table.name)).unwrap();
            let shown: Vec<&str> = shown.iter().filter_map(|column| column.split(' ').next()).collect();
            let columns = table.columns.iter().map(|column| &*column.name).chain([SYSTEM, GONE_AT, ATTRIBUTES]);
            assert_eq!(shown, columns.collect::<Vec<_>>(), "{}", table.name);
        }
        put(&store, &facts!("partners" [name, certified_on] "P1": "Ada", 20_454));
        put(&store, &facts!("leads" [partner_id, created_at] "L1": 1, 1_767_225_600));
        let shown = "SELECT CAST(created_at AS TEXT) || ' ' || CAST(certified_on AS TEXT) AS value
            FROM leads_readable l JOIN partners_readable p ON p.id = l.partner_id";
        assert_eq!(store.texts(shown).unwrap(), ["2026-01-01 00:00:00 2026-01-01"]);
    });
}

#[test]
fn a_wrong_url_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().display();
    std::fs::write(folder.path().join("text.db"), "this is no database, but a text of some length".repeat(100))
        .unwrap();
    let said = |url: String| match Store::open(&url) {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error.to_string(),
    };
    assert!(said("mysql://h/d".to_owned()).contains("postgres://"));
    assert!(said(format!("sqlite:{there}/missing/pegel.db")).contains("missing"));
    assert!(said(format!("sqlite:{there}")).contains("cannot be opened"));
    assert!(said(format!("sqlite:{there}/text.db")).contains("not a database"));
    // A file system on which nobody can write, root neither.
    assert!(said("sqlite:/proc/pegel.db".to_owned()).contains("cannot be opened"));
    let refused = said("postgres://ada:secret@127.0.0.1:1/pegel".to_owned());
    assert!(
        refused.contains("refused") && refused.contains("ada:***@127.0.0.1:1") && !refused.contains("secret"),
        "{refused}"
    );
    let postgres = TestDatabase::postgres();
    let unknown = said(format!("{}x", postgres.url()));
    assert!(unknown.contains("does not exist"), "{unknown}");
}

#[test]
fn an_sqlite_file_that_must_be_there_is_not_made() {
    let database = TestDatabase::sqlite();
    let missing = Store::open_existing(database.url()).err().unwrap();
    assert!(matches!(missing, StoreError::MissingFile { .. }) && missing.to_string().contains("pegel init"));
    drop(Store::open(database.url()).unwrap());
    Store::open_existing(database.url()).unwrap();
}

#[test]
fn a_database_that_is_deleted_or_replaced_under_a_server_is_noticed_and_not_made_anew() {
    let database = TestDatabase::sqlite();
    drop(database.store());
    let store = Store::open_existing(database.url()).unwrap();
    store.editions(1, 0).unwrap();
    let path = database.url().strip_prefix("sqlite:").unwrap();
    let away = format!("{path}.away");
    std::fs::rename(path, &away).unwrap();
    let error = store.editions(1, 0).unwrap_err();
    assert!(matches!(&error, StoreError::Replaced { path: gone } if gone == path), "{error}");
    assert!(!std::path::Path::new(path).exists(), "no empty file takes its place");
    std::fs::copy(&away, path).unwrap();
    assert!(matches!(store.editions(1, 0), Err(StoreError::Replaced { .. })), "it is another file");
    std::fs::rename(&away, path).unwrap();
    store.editions(1, 0).unwrap();
}

#[test]
fn a_path_may_hold_what_uris_give_a_meaning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("100% of #1?mode=ro&x.db");
    let url = format!("sqlite:{}", path.display());
    Store::open(&url).unwrap().migrate(&Model::built_in()).unwrap();
    assert!(path.exists());
    Store::open_existing(&url).unwrap().check_schema(&Model::built_in()).unwrap();
}

#[test]
fn two_that_migrate_at_once_do_not_disturb_each_other() {
    on_both_databases(|database| {
        let store = Store::open(database.url()).unwrap();
        let ran = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| store.migrate(&Model::built_in()).unwrap().len())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(ran.iter().sum::<usize>(), MIGRATIONS.len(), "{ran:?}");
    });
}

#[test]
fn many_that_open_a_new_file_at_once_all_get_it() {
    for _ in 0..5 {
        let database = TestDatabase::sqlite();
        let barrier = std::sync::Barrier::new(8);
        let open = || {
            barrier.wait();
            Store::open(database.url()).map(drop)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            for thread in threads {
                thread.join().unwrap().unwrap();
            }
        });
    }
}

/// The last migration before tables were made anew.
const BEFORE: &str = "2026-11-27-000002_deliveries";

/// The columns of a table by name, with a value of each for a row that refers to the rows of id 7.
fn examples(store: &Store, table: &Table) -> Vec<(String, String)> {
    let value = |name: &str, kind: &str| match kind {
        _ if name == "id" || table.references.iter().any(|reference| *reference.column.name == *name) => "7".to_owned(),
        _ if name == ATTRIBUTES => "'{\"code\":\"Ä\"}'".to_owned(),
        "TEXT" => format!("'{name} of ''{}'''", table.name),
        "BOOLEAN" => "TRUE".to_owned(),
        "INTEGER" => "20454".to_owned(),
        "BIGINT" => "1767225600123".to_owned(),
        "DOUBLE PRECISION" | "DOUBLE" => "0.1".to_owned(),
        other => panic!("{}.{name} is of kind {other}", table.name),
    };
    let columns = store.columns(&table.name).expect("the table is there");
    let split = |column: &String| {
        let (name, kind) = column.split_once(' ').expect("a column has a name and a kind");
        (name.to_owned(), value(name, kind.trim_end_matches(" NOT NULL")))
    };
    columns.iter().map(split).collect()
}

#[test]
fn what_was_imported_before_an_update_is_there_after_it_and_after_a_way_back() {
    let model = Model::built_in();
    on_both_databases(|database| {
        let store = Store::open(database.url()).unwrap();
        store.migrate_to(BEFORE, &model).unwrap();
        let mut selects = Vec::new();
        for table in model.tables() {
            let (names, values): (Vec<String>, Vec<String>) = examples(&store, &table).into_iter().unzip();
            let name = &table.name;
            store
                .execute(&format!("INSERT INTO {name} ({}) VALUES ({})", names.join(", "), values.join(", ")))
                .unwrap();
            store.execute(&format!("INSERT INTO {name} (id, key) VALUES (9, 'bare')")).unwrap();
            let texts = names.iter().map(|name| format!("coalesce(CAST({name} AS TEXT), '-')"));
            let all = texts.collect::<Vec<_>>().join(" || ', ' || ");
            selects.push(format!("SELECT {all} AS value FROM {name} ORDER BY id"));
        }
        let read = |store: &Store| selects.iter().map(|select| store.texts(select).unwrap()).collect::<Vec<_>>();
        let before = read(&store);
        store.migrate(&model).unwrap();
        assert_eq!(read(&store), before);
        // New rows still find the old ones by their keys.
        assert_eq!(put(&store, &facts!("partners" [region] "bare": "North")), [Written::Changed]);
        put(&store, &facts!("partners" [region] "bare": ()));
        store.migrate_to(BEFORE, &model).unwrap();
        assert_eq!(read(&store), before);
    });
}
