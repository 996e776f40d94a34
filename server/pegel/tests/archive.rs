//! The archive as its home sees it: what was published before the update stays, what is damaged is named.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use common::server::Served;
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use std::path::Path;

/// The last migration before editions had renditions.
const BEFORE: &str = "2026-11-27-000002_deliveries";

/// The artefacts that were stored of an edition then, with media types.
const OLD: [(&str, &str); 5] = [
    ("numbers.json", "application/json"),
    ("mail.html", "text/html; charset=utf-8"),
    ("mail.txt", "text/plain; charset=utf-8"),
    ("subject.txt", "text/plain; charset=utf-8"),
    ("manifest.json", "application/json"),
];

fn old(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/old_edition");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Homes on both databases.
fn homes() -> [TestHome; 2] {
    [TestHome::new(), TestHome::on_postgres()]
}

/// Stores the edition of the fixture as programs did at that time: one mail delivered, one given up.
fn store_old_edition(store: &Store) {
    let manifest: serde_json::Value = serde_json::from_str(&old("manifest.json")).unwrap();
    let checksum = pegel_text::digest::sha256(old("manifest.json"));
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let insert = |table: &str, columns: &str, values: String| {
        store.execute(&format!("INSERT INTO {table} ({columns}) VALUES ({values})")).unwrap();
    };
    insert(
        "runs",
        "report, period, revision, state, attempts, claimed_at, lease_until, origin",
        "'weekly', '2026-W46', 0, 'done', 1, 1794808800, 1794809400, 'due'".to_owned(),
    );
    let head = &manifest["edition"];
    insert(
        "editions",
        "run_id, report, title, period, revision, starts_at, ends_at, created_at, status, checksum",
        format!(
            "1, 'weekly', {}, '2026-W46', 0, {}, {}, {}, 'critical', '{checksum}'",
            quoted(head["title"].as_str().unwrap()),
            head["starts_at"],
            head["ends_at"],
            head["created_at"]
        ),
    );
    for (name, media_type) in OLD {
        let (content, sha256) = (quoted(&old(name)), pegel_text::digest::sha256(old(name)));
        let values = format!("1, '{name}', '{media_type}', {content}, '{sha256}'");
        insert("artefacts", "edition_id, name, media_type, content, sha256", values);
    }
    for source in manifest["sources"].as_array().unwrap() {
        let [kind, name, sha256] = ["kind", "name", "sha256"].map(|field| quoted(source[field].as_str().unwrap()));
        insert("edition_sources", "edition_id, kind, name, sha256", format!("1, {kind}, {name}, {sha256}"));
    }
    let columns =
        "edition_id, recipient, message_id, state, attempts, due_at, attempted_at, delivered_at, answer, queued_at";
    let ada = "1, 'Ada <ada@example.com>', '<1@pegel>', 'delivered', 1, 1794808800, 1794808801, 1794808801, '250 ok'";
    let bob = "1, 'bob@example.com', '<2@pegel>', 'failed', 8, 1794808800, 1794908801, NULL, '550 unknown'";
    insert("deliveries", columns, format!("{ada}, 1794808800"));
    insert("deliveries", columns, format!("{bob}, 1794808800"));
}

/// What can be seen of the old edition.
fn look_at_old_edition(home: &TestHome) {
    let verified = home.run(&["report", "verify", "1"]).succeeded().out;
    let checksum = pegel_text::digest::sha256(old("manifest.json"));
    assert_eq!(verified, format!("edition 1 is as it was published: {checksum}\n"));
    let listed = home.run(&["deliveries", "list"]).succeeded().out;
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines.len() == 2, "{listed}");
    assert!(lines[0].starts_with("2\tgiven up\tedition 1\tbob@example.com\t"), "{listed}");
    assert!(lines[1].starts_with("1\tdelivered\tedition 1\tAda <ada@example.com>\t"), "{listed}");

    let stored = home.store().edition(1).unwrap().unwrap();
    let audience = &stored.renditions[0].audience;
    assert_eq!((audience.scope.as_str(), audience.locale.as_str()), ("{}", "de-DE"));
    assert_eq!(audience.zone, "Europe/Berlin");
    assert_eq!(stored.manifest, old("manifest.json"));
}

fn look_at_old_page(home: &TestHome) {
    let served = Served::start(home);
    let page = served.body("/editions/1");
    for shown in ["Feedback rate", "Adler Solar", "North", "70.0", "ada@example.com", "550 unknown"] {
        assert!(page.contains(shown), "{shown} is not on the page: {page}");
    }
    for (name, _) in &OLD[..3] {
        assert_eq!(served.body(&format!("/editions/1/{name}")), old(name), "{name}");
    }
}

#[test]
fn an_edition_from_before_there_were_renditions_survives_the_update() {
    for home in homes() {
        let store = home.store();
        store.migrate_to(BEFORE, &Model::built_in()).unwrap();
        store_old_edition(&store);
        home.run(&["report", "verify"]).failed(3, &["pegel migrate"]);
        home.run(&["migrate"]).succeeded();
        look_at_old_edition(&home);
        look_at_old_page(&home);

        // Ids go on from there, and a new edition follows the old one.
        home.run(&["report", "run", "weekly", "--again"]).succeeded();
        let verified = home.run(&["report", "verify"]).succeeded().out;
        assert!(verified.ends_with("2 editions verified, none damaged\n"), "{verified}");
        let old_checksum = pegel_text::digest::sha256(old("manifest.json"));
        assert!(store.edition(2).unwrap().unwrap().manifest.contains(&format!("\"previous\": \"{old_checksum}\"")));
        let resent = home.run(&["deliveries", "resend", "2"]).succeeded().out;
        assert!(resent.starts_with("1 mail goes out again"), "{resent}");
    }
}

#[test]
fn an_old_edition_survives_the_way_back_and_forth() {
    for home in homes() {
        let store = home.store();
        store.migrate_to(BEFORE, &Model::built_in()).unwrap();
        store_old_edition(&store);
        home.run(&["migrate"]).succeeded();
        store.migrate_to(BEFORE, &Model::built_in()).unwrap();
        for (name, _) in OLD {
            let stored = store.texts(&format!("SELECT content AS value FROM artefacts WHERE name = '{name}'")).unwrap();
            assert_eq!(stored, [old(name)]);
        }
        // New rows do not reuse ids.
        let cy =
            "(edition_id, recipient, message_id, state, due_at) VALUES (1, 'cy@example.com', '<3@pegel>', 'failed', 1)";
        store.execute(&format!("INSERT INTO deliveries {cy}")).unwrap();
        store.execute("DELETE FROM deliveries WHERE id = 3").unwrap();
        assert!(store.execute("DELETE FROM artefacts").unwrap_err().to_string().contains("immutable"));
        home.run(&["migrate"]).succeeded();
        look_at_old_edition(&home);
        // A newer edition has no place in the older schema: with it there is no way back, and nothing is lost.
        home.run(&["report", "run", "weekly", "--again"]).succeeded();
        store.migrate_to(BEFORE, &Model::built_in()).unwrap_err();
        home.run(&["report", "verify"]).succeeded();
    }
}

#[test]
fn a_numbers_text_that_is_none_leaves_language_and_zone_unknown() {
    for home in homes() {
        let store = home.store();
        store.migrate_to(BEFORE, &Model::built_in()).unwrap();
        store_old_edition(&store);
        let guard = if store.is_sqlite().unwrap() {
            "DROP TRIGGER artefacts_no_update"
        } else {
            "ALTER TABLE artefacts DISABLE TRIGGER USER"
        };
        store.execute(guard).unwrap();
        store.execute("UPDATE artefacts SET content = '{\"locale' WHERE name = 'numbers.json'").unwrap();
        if store.is_sqlite().unwrap() {
            store
                .execute(
                    "CREATE TRIGGER artefacts_no_update BEFORE UPDATE ON artefacts BEGIN SELECT RAISE(ABORT, ''); END",
                )
                .unwrap();
        }
        home.run(&["migrate"]).succeeded();
        let audience = store.edition(1).unwrap().unwrap().renditions.remove(0).audience;
        assert_eq!((audience.locale.as_str(), audience.zone.as_str()), ("und", "Etc/Unknown"));
        let verified = home.run(&["report", "verify"]);
        assert_eq!(verified.status, 1);
        assert!(verified.out.contains("edition 1: the artefact numbers.json has been altered"), "{}", verified.out);
    }
}

#[test]
fn verify_names_the_script_of_which_another_text_is_kept() {
    for home in homes() {
        home.run(&["report", "run", "weekly"]).succeeded();
        home.run(&["report", "verify"]).succeeded();
        let store = home.store();
        store.allow_tampering().unwrap();
        store.execute("UPDATE kpi_versions SET text = text || ' ' WHERE file LIKE '%feedback_rate%'").unwrap();
        let verified = home.run(&["report", "verify"]);
        let said = "edition 1: the text that is kept of the kpi partner/feedback_rate.rhai that it was made from has been altered\n";
        assert!(verified.out.starts_with(said), "{}", verified.out);
        assert_eq!(verified.status, 1);
    }
}

#[test]
fn verify_names_what_is_altered_missing_and_erased_in_all_editions() {
    for home in homes() {
        for week in ["2026-W43", "2026-W44", "2026-W45", "2026-W46"] {
            home.run(&["report", "run", "weekly", "--period", week]).succeeded();
        }
        let verified = home.run(&["report", "verify"]).succeeded().out;
        assert!(verified.ends_with("4 editions verified, none damaged\n"), "{verified}");

        let store = home.store();
        let first = store.edition(1).unwrap().unwrap();
        assert!(store.erase_artefact(1, &first.renditions[0].audience, "mail.html", 1_795_262_400).unwrap());
        let verified = home.run(&["report", "verify"]).succeeded().out;
        let lines: Vec<&str> = verified.lines().collect();
        assert_eq!(lines[0], "edition 1: the artefact mail.html was erased on 2026-11-21");
        assert!(lines[1].starts_with("edition 1 is as it was published, but for what was erased: "), "{verified}");
        assert_eq!(lines.len(), 6);

        store.allow_tampering().unwrap();
        let second = store.edition(2).unwrap().unwrap().head.checksum;
        home.lose_edition(2);
        store.execute("UPDATE editions SET title = 'Another' WHERE id = 4").unwrap();
        let verified = home.run(&["report", "verify"]);
        assert_eq!(verified.status, 1, "{}", verified.out);
        let lines: Vec<&str> = verified.out.lines().collect();
        assert_eq!(
            lines[2..],
            [
                format!("edition 3: the previous edition, with the checksum {second}, is missing or has been altered")
                    .as_str(),
                "edition 4: the field title says “Another” instead of “Weekly partner sales”",
                "the edition of weekly 2026-W44, revision 0, is missing",
                "3 editions verified, 2 damaged, 1 missing",
            ]
        );
        assert_eq!(home.run(&["report", "verify", "3"]).status, 1);
        assert_eq!(home.run(&["report", "verify", "1"]).status, 0);
        let served = Served::start(&home);
        assert!(served.get("/editions/1/mail.html").starts_with("HTTP/1.1 410"));
        assert!(!served.body("/editions/1").contains("mail.html"));
    }
}
