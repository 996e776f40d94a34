//! What others see and do while a file is being read, and what they must not do.

use crate::common::{lines, options};
use pegel_import::{ImportError, Mapping, SourceFile, Summary, import, import_together};
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};
use std::fs::File;
use std::io::{Cursor, Write};

const LEADS: &str = r#"
[[tables]]
table = "leads"
key = "id"
[tables.columns]
partner_id = { from = "partner", lookup = "name" }
"#;

/// Imports a file, and does something else while it is read and once more when all of it is merged.
fn import_while(
    store: &Store,
    mapping: &str,
    file: &str,
    meanwhile: &mut dyn FnMut(bool),
) -> Result<Summary, ImportError> {
    let mapping = Mapping::parse(mapping, "test", &Model::built_in()).unwrap();
    import(Cursor::new(file.as_bytes()), "data.csv", &mapping, store, &options(), &mut |progress| {
        meanwhile(progress.bytes == progress.total);
    })
}

/// More rows than are read at once.
fn all(row: impl Fn(u32) -> String) -> String {
    (0..9_000).map(row).collect()
}

fn add_partner(store: &Store, name: &str) {
    store.execute(&format!("INSERT INTO partners (key, name) VALUES ('{name}', '{name}')")).unwrap();
}

#[test]
fn who_reads_sees_the_old_state_until_all_is_there_and_who_writes_is_not_held_up() {
    on_both(|store| {
        add_partner(&store, "Ada");
        let rows = all(|row| format!("L{row},Ada\n"));
        let mut others = 0;
        let summary = import_while(&store, LEADS, &format!("id,partner\n{rows}"), &mut |merged| {
            assert!(lines(&store, "leads", &["key"]).is_empty());
            if !merged {
                let written: Result<(), StoreError> = store.write(true, |_| Ok(()));
                written.unwrap();
                add_partner(&store, &format!("Bo {others}"));
                others += 1;
            }
        });
        assert_eq!(summary.unwrap().new, 9_000);
        assert_eq!(
            (lines(&store, "leads", &["key"]).len(), lines(&store, "partners", &["key"]).len()),
            (9_000, 1 + others)
        );
    });
}

#[test]
fn what_a_row_refers_to_must_be_there_when_it_is_written() {
    on_both(|store| {
        add_partner(&store, "Ada");
        let rows = all(|row| format!("L{row},Ada\n"));
        let failed = import_while(&store, LEADS, &format!("id,partner\n{rows}"), &mut |merged| {
            if !merged {
                store.execute("UPDATE partners SET name = 'Ada & Co'").unwrap();
            }
        });
        // Depending on what was read before, the rows are rejected, or the import fails as a whole.
        match failed {
            Err(error @ ImportError::Moved { .. }) => {
                let said = "data.csv: “Ada” was found in partners before and is not any more: another import is at \
                    work; import again when it has ended";
                assert_eq!(error.to_string(), said);
                assert!(!error.is_usage());
                assert!(lines(&store, "leads", &["key"]).is_empty());
            }
            other => assert_eq!(other.unwrap().rejected.len(), 9_000),
        }
    });
}

#[test]
fn a_row_refers_to_rows_above_it_however_far_and_to_none_below() {
    const REPS: &str = r#"
[[tables]]
table = "reps"
key = "id"
[tables.columns]
name = "id"
[[tables]]
table = "reps"
key = "id"
[tables.columns]
manager_id = { from = "manager", lookup = "key" }
"#;
    let rows = all(|row| format!("R{row},\n"));
    on_both(|store| {
        let file = format!("id,manager\n{rows}A,R0\nB,A\nC,C\nD,E\nE,R8999\n");
        // The second time E is there, below D as it may be.
        for (expected, rejected) in
            [("9004 new, 0 changed, 0 unchanged", vec![9_005]), ("1 new, 0 changed, 9004 unchanged", vec![])]
        {
            let summary = import_while(&store, REPS, &file, &mut |_| {}).unwrap();
            assert_eq!(summary.rejected.iter().map(|row| row.at.line).collect::<Vec<_>>(), rejected);
            assert_eq!(summary.to_string(), format!("{expected}, {} rejected", rejected.len()));
        }
        let managed = lines(&store, "reps", &["key", "manager.key"]).into_iter().filter(|line| !line.starts_with('R'));
        assert_eq!(managed.collect::<Vec<_>>(), ["A | R0", "B | A", "C | C", "D | E", "E | R8999"]);
    });
}

/// What somebody does to a file.
type Writes = fn(&File);

#[test]
fn a_file_into_which_somebody_writes_while_it_is_read_is_refused() {
    let mapping = Mapping::parse(
        &LEADS.replace("partner_id = { from = \"partner\", lookup = \"name\" }", "source = \"partner\""),
        "test",
        &Model::built_in(),
    )
    .unwrap();
    let whole = format!("id,partner\n{}", all(|row| format!("L{row},Ada\n")));
    let meanwhile: [(Writes, bool); 4] = [
        (|_| {}, true),
        (|mut file| file.write_all(b"L9001,Ada\n").unwrap(), false),
        (|file| file.set_len(100_000).unwrap(), false),
        // Into the middle of it.
        (|file| std::os::unix::fs::FileExt::write_all_at(file, b"L1,Bob", 11).unwrap(), false),
    ];
    on_both(|store| {
        for (at, (write, taken)) in meanwhile.iter().enumerate() {
            let path = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(path.path(), &whole).unwrap();
            let others = File::options().append(at == 1).write(true).open(path.path()).unwrap();
            let file = SourceFile::opened("leads.csv", File::open(path.path()).unwrap()).unwrap();
            let mut written = false;
            let imported = import_together(vec![file], &mapping, &store, &options(), &mut |_| {
                if !std::mem::replace(&mut written, true) {
                    write(&others);
                }
            });
            match imported {
                Ok(summary) => assert!(*taken, "{summary}"),
                Err(error) => {
                    let expected = "leads.csv changed while it was read: import it again when it is complete";
                    assert!(!taken && error.is_usage(), "{error}");
                    assert_eq!(error.to_string(), expected);
                }
            }
            assert_eq!(lines(&store, "leads", &["key"]).len(), 9_000);
        }
    });
}
