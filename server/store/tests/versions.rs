//! Versions and activations: immutable, recorded once, whoever sees a change first; and the health of KPIs.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

use pegel_store::Store;
use pegel_store::health::Health;
use pegel_store::testing::on_both;
use pegel_store::versions::{FileOrigin, NewActivation, NewVersion, Reason, Recorded};

fn version(file: &str, text: &str) -> NewVersion {
    NewVersion {
        file: file.to_owned(),
        sha256: format!("hash of {text}"),
        text: text.to_owned(),
        origin: FileOrigin::Home,
    }
}

fn set(reason: Reason, files_sha256: &str, versions: Vec<NewVersion>) -> NewActivation {
    NewActivation {
        activated_at: 1_794_300_000,
        author: None,
        reason,
        forced_past: 0,
        files_sha256: files_sha256.to_owned(),
        note: None,
        versions,
    }
}

fn new(recorded: Recorded) -> i64 {
    match recorded {
        Recorded::New(id) => id,
        Recorded::There(id) => panic!("activation {id} was there"),
    }
}

#[test]
fn the_latest_activation_is_in_force_and_texts_are_stored_once() {
    on_both(|store| {
        assert_eq!(store.active_set().unwrap(), None);
        let old = set(Reason::Files, "d1", vec![version("b.rhai", "b"), version("a.rhai", "a")]);
        let first = new(store.activate(&old).unwrap());
        let changed = vec![version("a.rhai", "a2"), version("b.rhai", "b")];
        let forced = NewActivation {
            author: Some("Ada".to_owned()),
            forced_past: 2,
            note: Some("Łódź".to_owned()),
            ..set(Reason::Command, "d2", changed)
        };
        let second = new(store.activate(&forced).unwrap());
        assert_eq!(store.latest_activation().unwrap(), Some(second));

        let active = store.active_set().unwrap().unwrap();
        assert_eq!((active.activation.id, active.activation.forced_past), (second, 2));
        assert_eq!(active.activation.note.as_deref(), Some("Łódź"));
        let texts: Vec<_> =
            active.versions.iter().map(|version| (version.file.as_str(), version.text.as_str())).collect();
        assert_eq!(texts, [("a.rhai", "a2"), ("b.rhai", "b")]);
        let authors: Vec<_> = active.versions.iter().map(|version| version.author.as_deref()).collect();
        assert_eq!(authors, [Some("Ada"), None]);
        // What is not in force any more can still be read.
        assert_eq!(store.version_text("hash of a").unwrap().as_deref(), Some("a"));
        assert_eq!(store.version_text("hash of c").unwrap(), None);

        let before = store.activated_set(first).unwrap().unwrap();
        assert_eq!(before.versions[1].id, active.versions[1].id);
        assert_eq!(store.activated_set(99).unwrap(), None);
        assert_eq!(store.activations().unwrap().iter().map(|head| head.id).collect::<Vec<_>>(), [second, first]);
        let held = store.held_versions(Some("a.rhai")).unwrap();
        let held: Vec<_> = held.iter().map(|held| (held.activation, held.sha256.as_str())).collect();
        assert_eq!(held, [(first, "hash of a"), (second, "hash of a2")]);
        assert_eq!(store.held_versions(None).unwrap().len(), 4);
    });
}

#[test]
fn what_two_servers_see_at_once_is_recorded_once() {
    on_both(|store| {
        let seen = set(Reason::Files, "d1", vec![version("a.rhai", "a")]);
        let recorded = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| store.activate(&seen).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        let new = recorded.iter().filter(|recorded| matches!(recorded, Recorded::New(_))).count();
        assert_eq!((new, store.activations().unwrap().len()), (1, 1), "{recorded:?}");
        // A command is obeyed even so.
        store.activate(&NewActivation { reason: Reason::Command, ..seen }).unwrap();
        assert_eq!(store.activations().unwrap().len(), 2);
    });
}

#[test]
fn what_was_in_force_can_be_neither_changed_nor_deleted() {
    on_both(|store| {
        store.activate(&set(Reason::Files, "d1", vec![version("a.rhai", "a")])).unwrap();
        let columns = [("kpi_versions", "text"), ("activations", "note"), ("activation_versions", "version_id")];
        for (table, column) in columns {
            for sql in [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")] {
                let refused = store.execute(&sql).unwrap_err().to_string();
                assert!(refused.contains("is immutable"), "{sql}: {refused}");
            }
        }
    });
}

fn health(store: &Store) -> Health {
    store.health("win_rate").unwrap().unwrap()
}

#[test]
fn health_keeps_the_latest_error_and_the_latest_measurement() {
    on_both(|store| {
        assert_eq!(store.health("win_rate").unwrap(), None);
        let measured = Health {
            kpi: "win_rate".to_owned(),
            evaluated_at: 1,
            micros: Some(1200),
            rows_read: Some(17),
            ..Health::default()
        };
        let failed = Health {
            evaluated_at: 2,
            micros: None,
            rows_read: None,
            error: Some("no".to_owned()),
            error_at: Some(2),
            ..measured.clone()
        };
        store.record_health(&[measured.clone(), failed]).unwrap();
        store.record_health(&[Health { evaluated_at: 3, micros: Some(900), ..measured }]).unwrap();
        let now = health(&store);
        assert_eq!((now.evaluated_at, now.micros, now.rows_read), (3, Some(900), Some(17)));
        assert_eq!((now.error.as_deref(), now.error_at), (Some("no"), Some(2)));
    });
}
